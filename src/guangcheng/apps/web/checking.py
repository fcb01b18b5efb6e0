"""What the pages and the API of the registers desk show of a load: checked once per version, arranged in rows."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from guangcheng.apps.web.results import content_of
from guangcheng.apps.web.shelf import Shelf
from guangcheng.base.errors import GuangchengError
from guangcheng.base.text import Text
from guangcheng.base.units import is_missing
from guangcheng.programme.desk import loads
from guangcheng.programme.desk.models import Load
from guangcheng.programme.desk.settled import Cell, Settled
from guangcheng.programme.platform import scope
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.importing import REMOVAL_PERCENT
from guangcheng.registers.intake.identity import MASK, masked
from guangcheng.registers.mapfile import IGNORE, MapFile, header_key
from guangcheng.registers.mapping import ColumnMap, bind_columns
from guangcheng.registers.matching import AreaIndex, areas_of
from guangcheng.registers.raw import RawTable
from guangcheng.registers.schema import schema

MOST_CHECKED = 16
SAMPLES = 3
MOST_NAMES = 200
MOST_COLUMNS = 25
"""Cells of a row that can be mended in the page."""
MOST_CHOICES = 2000
NAME_RULES = ("R-132", "R-133", "R-138", "R-139")
"""Rules broken by a name or code of an area that is not known, or is several."""

_shelf = Shelf(MOST_CHECKED, lane="slow")
_index_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its header, some of its cells, what it is read as, and what a person said."""

    header: str
    label: str
    sheet: str
    samples: tuple[str, ...]
    bound: Text | None
    """What it is read as; ``None`` when it is not read."""
    said: str


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell that can be mended: its name in a form, its header, what it says now (identity masked)."""

    cell: str
    header: str
    now: str


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault with the cell to mend (``None`` for a whole row or file, or where the cell stands above already).

    ``rest`` are the other cells of the row, given with the first of its faults.
    """

    fault: Fault
    cell: CellRow | None = None
    rest: tuple[CellRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an area that nobody knows or that is several, with what it may be."""

    name: str
    rows: int
    candidates: tuple[tuple[str, str], ...]
    """Code and name."""


def checked(load: Load, *, patience: float | None = None) -> loads.Checked:
    """What committing the load would do now; kept until it is settled anew or the registers change.

    Raises ``Computing`` while a large file is being checked.
    """
    city = scope.the_city()
    key = ("load", city.folder, load.pk, load.version, content_of(city.folder))
    found: loads.Checked | None = _shelf.peek(key)
    if found is not None:
        return found
    return _shelf.ask(key, partial(loads.check, city, loads.handed(load)), patience=patience)


def pending(ticket: str) -> bool:
    """Whether a load is still being checked."""
    return _shelf.pending(ticket)


def columns(load: Load, seen: loads.Checked) -> list[Column]:
    """The columns of every table of the file."""
    wanted, told = schema(load.register), Settled.of(load.settled)
    settled = MapFile(headers=dict(told.columns))
    found: list[Column] = []
    for raw in seen.raws:
        try:
            bound = _bound(bind_columns(raw, wanted, settled), load.register)
        except GuangchengError:  # two columns for one field: the page says so above the table
            bound = {}
        for at, column in enumerate(raw.columns):
            said = told.columns.get(header_key(column.header), "")
            samples = tuple(masked(str(cell))[:40] for cell in column.cells if not is_missing(cell))[:SAMPLES]
            found.append(Column(column.header, column.label, raw.sheet or "", samples, bound.get(at), said))
    return found


def _bound(found: ColumnMap, register: str) -> dict[int, Text]:
    wanted = schema(register)
    bound = {item.column: wanted.field(name).title for name, item in found.fields.items()}
    bound |= {area.column: Text("区域", "area") for area in found.areas}
    if found.pair is not None:
        bound[found.pair.column] = Text("经纬度", "coordinates")
    if found.datum_column is not None:
        bound[found.datum_column] = Text("坐标系", "datum")
    bound |= {wide.column: Text("分列统计", "a row of its own") for wide in found.wide}
    if found.wide_total is not None:
        bound[found.wide_total.column] = Text("合计", "total")
    return bound


def choices(load: Load) -> list[tuple[str, Text]]:
    """What a person may say of a column."""
    fields = [(item.name, item.title) for item in schema(load.register).fields]
    return [("", Text("自动", "automatic")), (IGNORE, Text("不读取", "leave out")), *fields]


def fault_rows(seen: loads.Checked, faults: Iterable[Fault]) -> list[FaultRow]:
    """Faults with their cells, each cell once, so that a form says one thing of it."""
    listed = list(faults)
    sheets = {(str(raw.file), raw.sheet or ""): _Sheet(raw) for raw in seen.raws}
    found: list[FaultRow] = []
    given: set[str] = set()
    wrong = {cell.cell for fault in listed if (cell := _cell_of(sheets, fault)) is not None}
    opened: set[tuple[str | None, str | None, int | None]] = set()
    for fault in listed:
        cell, row = _cell_of(sheets, fault), (fault.where.file, fault.where.sheet, fault.where.row)
        rest: tuple[CellRow, ...] = ()
        if fault.severity is Severity.ERROR and row not in opened:
            opened.add(row)
            rest = tuple(other for other in _row_of(sheets, fault) if other.cell not in wrong)
        found.append(FaultRow(fault, None if cell is None or cell.cell in given else cell, rest))
        given |= {cell.cell} if cell else set()
    return found


class _Sheet:
    """A table of the file with its rows and columns by name."""

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.rows = {row: at for at, row in enumerate(raw.rows)}
        self.labels = {column.label: at for at, column in enumerate(raw.columns)}

    def cell(self, row: int, at: int) -> CellRow:
        column = self.raw.columns[at]
        value = column.cells[self.rows[row]]
        now = "" if value is None else masked(str(value))
        return CellRow(str(Cell(self.raw.sheet or "", row, column.label)), column.header, now)


def _cell_of(sheets: Mapping[tuple[str, str], _Sheet], fault: Fault) -> CellRow | None:
    where = fault.where
    sheet = sheets.get((where.file or "", where.sheet or ""))
    if sheet is None or where.row not in sheet.rows or where.column not in sheet.labels:
        return None
    return sheet.cell(where.row, sheet.labels[where.column])


def _row_of(sheets: Mapping[tuple[str, str], _Sheet], fault: Fault) -> Iterator[CellRow]:
    """The cells of the fault's row, but for those of columns that identify subscribers."""
    where = fault.where
    sheet = sheets.get((where.file or "", where.sheet or ""))
    if sheet is None or where.row not in sheet.rows:
        return
    for at in range(min(len(sheet.raw.columns), MOST_COLUMNS)):
        found = sheet.cell(where.row, at)
        if MASK not in found.now:
            yield found


def names(load: Load, seen: loads.Checked) -> list[Name]:
    """Names of areas to settle, the most frequent first."""
    if seen.report is None:
        return []
    counts: dict[str, int] = {}
    for fault in seen.report.faults:
        if fault.rule in NAME_RULES and fault.value:
            counts[fault.value] = counts.get(fault.value, 0) + 1
    if not counts:
        return []
    index = _index()
    within = None if load.area_code == scope.top() else load.area_code
    found = []
    for name in sorted(counts, key=lambda name: (-counts[name], name))[:MOST_NAMES]:
        candidates = index.find(name, within=within).candidates
        found.append(Name(name, counts[name], tuple((area.code, area.name) for area in candidates)))
    return found


def _index() -> AreaIndex:
    with _index_lock:  # an index remembers what it was asked
        registers = scope.the_city().registers
        ref = registers.latest("areas")
        return AreaIndex([] if ref is None else areas_of(registers.read(ref)))


def area_choices(load: Load) -> list[tuple[str, str]]:
    """Areas a name may be settled to: those of the load's area, as far as a list can be read."""
    known = scope.areas()
    found = [(code, name) for code, (name, _, _) in known.items() if scope.within(code, load.area_code)]
    return sorted(found)[:MOST_CHOICES]


def counts(seen: loads.Checked) -> dict[str, int]:
    """The difference in numbers, as the page's tiles and the API have it; nothing when the file cannot be used."""
    report = seen.report
    if report is None:
        return {}
    keys = ("before", "added", "changed", "removed", "unchanged", "accepted", "refused", "doubles")
    return {key: getattr(report, key) for key in keys}


def needs_agreement(seen: loads.Checked) -> bool:
    """Whether more than a tenth of the rows would go."""
    report = seen.report
    return report is not None and 100 * report.removed > REMOVAL_PERCENT * report.before


def by_rule(seen: loads.Checked) -> list[tuple[str, str, int]]:
    """Rule, severity and how often, errors first."""
    if seen.report is None:
        return []
    found: dict[tuple[str, str], int] = {}
    for fault in seen.report.faults:
        key = (fault.rule, fault.severity.value)
        found[key] = found.get(key, 0) + 1
    order = [severity.value for severity in Severity]
    return sorted(((rule, kind, n) for (rule, kind), n in found.items()), key=lambda row: (order.index(row[1]), row[0]))


def fault_json(row: FaultRow) -> dict[str, Any]:
    """A fault for the API."""
    fault = row.fault
    where = fault.where
    return {
        "rule": fault.rule,
        "severity": fault.severity.value,
        "file": Path(where.file).name if where.file else None,
        "sheet": where.sheet,
        "row": where.row,
        "column": where.column,
        "field": where.field,
        "value": fault.value,
        "why": {"zh": fault.why.zh, "en": fault.why.en},
        "mend": {"zh": fault.mend.zh, "en": fault.mend.en},
        "cell": row.cell.cell if row.cell else None,
    }
