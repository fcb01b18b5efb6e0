"""The rows of one raw table while they are read: values per field, faults, and which records are refused."""

from dataclasses import dataclass, field

from guangcheng.base.errors import Where
from guangcheng.base.places import level_of_code, short_code, urban_rural_of_class
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.intake.cells import VILLAGE, Trouble, reader_of
from guangcheng.registers.intake.identity import identity_in, masked
from guangcheng.registers.mapping import Bound, ColumnMap, WideColumn
from guangcheng.registers.matching import core_name
from guangcheng.registers.raw import RawTable
from guangcheng.registers.rulebook import rule
from guangcheng.registers.schema import Field, Schema

__all__ = ["Draft", "read_cells"]

_SHOWN = 80
"""Characters of a cell that a fault shows."""


@dataclass
class Draft:
    """Rows read from one raw table; a record of the source may be several rows (a table unpivoted), never fewer."""

    raw: RawTable
    schema: Schema
    columns: ColumnMap
    record: list[int]
    """Per row its record: an index into ``raw.rows``."""
    values: dict[str, list[object]] = field(default_factory=dict)
    """Per field one value per row."""
    faults: list[Fault] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    """Records with an error; none of their rows is accepted."""
    broken: set[tuple[int, str | None]] = field(default_factory=set)
    """Cells the reader refused, as (record, column label): they are not missing, so no second rule is broken."""
    noted: set[tuple[str, str]] = field(default_factory=set)
    """What was noted already: a remark that holds for a whole column is made once, at its first row."""

    def where(self, record: int | None, column: int | None, name: str | None = None) -> Where:
        """The place of a record and a column (``None``: the whole table, the whole row) in the source."""
        return Where(
            file=str(self.raw.file),
            sheet=self.raw.sheet,
            row=None if record is None else self.raw.rows[record],
            column=None if column is None else self.raw.columns[column].label,
            field=name,
        )

    def column_of(self, name: str) -> int | None:
        """The source column a field was read from, as far as it is one column."""
        bound = self.columns.fields.get(name)
        if bound is not None:
            return bound.column
        if name in ("lon", "lat") and self.columns.pair is not None:
            return self.columns.pair.column
        if name in ("parent", "area_code") and self.columns.areas:
            return self.columns.areas[0].column
        return None

    def is_broken(self, record: int, column: int) -> bool:
        """Whether the reader refused this cell already."""
        return (record, self.raw.columns[column].label) in self.broken

    def cell(self, record: int, column: int | None) -> str:
        """The original cell as text, shortened, with any identity masked."""
        if column is None:
            return ""
        value = self.raw.columns[column].cells[record]
        text = "" if value is None else masked(str(value))
        return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

    def once(self, what: str, about: str) -> bool:
        """Whether ``what`` is to be noted about ``about`` for the first time."""
        key = (what, about)
        if key in self.noted:
            return False
        self.noted.add(key)
        return True

    def add(
        self, rule_id: str, record: int | None, name: str | None = None, column: int | None = None, **values: object
    ) -> None:
        """Note a fault; an error refuses the record. The column is the field's own unless given."""
        at = self.column_of(name) if column is None and name is not None else column
        shown = self.cell(record, at) if record is not None else ""
        told = {key: masked(value) if isinstance(value, str) else value for key, value in values.items()}
        found = rule(rule_id).fault(self.where(record, at, name), shown, **told)
        self.faults.append(found)
        if found.severity is Severity.ERROR and record is not None:
            self.refused.add(record)


def read_cells(raw: RawTable, schema: Schema, columns: ColumnMap, *, elsewhere: frozenset[str] = frozenset()) -> Draft:
    """Read every cell of the bound columns, except places and points, which need the city (see the package).

    Fields filled from ``elsewhere`` later are empty here, without a fault.
    """
    rows = range(len(raw.rows))
    draft = Draft(raw, schema, columns, record=list(rows))
    _take_reader_faults(draft)
    if columns.wide:
        _unpivot(draft)
    placed = {"area_code", "parent"} if columns.areas else set()
    draft.values |= {name: [None] * len(draft.record) for name in sorted(elsewhere - placed)}
    for column in schema.fields:
        if column.name in draft.values or column.name in placed:
            continue
        draft.values[column.name] = _read_column(draft, column)
    if schema.register == "areas":
        _subtype_from_level(draft)
        _kind_from_name(draft)
        _shorten_codes(draft)
        _zone_from_class(draft)
    return draft


def _take_reader_faults(draft: Draft) -> None:
    """What the reader refused stays refused: its faults name rows of the source."""
    records = {row: record for record, row in enumerate(draft.raw.rows)}
    draft.faults += draft.raw.faults
    for fault in draft.raw.faults:
        record = records.get(fault.where.row) if fault.where.row is not None else None
        if record is not None and fault.severity is Severity.ERROR:
            draft.refused.add(record)
            draft.broken.add((record, fault.where.column))


def _read_column(draft: Draft, column: Field) -> list[object]:
    bound = draft.columns.fields.get(column.name)
    default = _default(draft, column)
    demanded = column.required and default is None and column.type not in ("lon", "lat")
    if bound is None:
        if demanded:
            for record in dict.fromkeys(draft.record):
                draft.add("R-110", record, column.name, field_zh=column.title.zh, field_en=column.title.en)
        return [default] * len(draft.record)
    read = reader_of(column, draft.schema, bound.unit)
    cells = draft.raw.columns[bound.column].cells
    guarded = column.type in ("id", "text", "list")
    values: list[object] = []
    for record in draft.record:
        if draft.is_broken(record, bound.column):
            values.append(None)
            continue
        found = read(cells[record])
        if found.trouble is not None:
            _note(draft, record, column.name, bound.column, found.trouble)
        elif found.value is None and demanded:
            draft.add("R-110", record, column.name, field_zh=column.title.zh, field_en=column.title.en)
        elif guarded and found.value is not None:
            _refuse_identity(draft, record, column.name, found.value)
        values.append(default if found.value is None else found.value)
    return values


def _note(draft: Draft, record: int, name: str, column: int, trouble: Trouble) -> None:
    if rule(trouble.rule).severity is not Severity.NOTE or draft.once(trouble.rule, name):
        draft.add(trouble.rule, record, name, column, **trouble.values)


def _default(draft: Draft, column: Field) -> object:
    """The constant of the map file, else the schema's default, read as a cell would be."""
    text = draft.columns.constants.get(column.name, column.default)
    if text is None:
        return None
    if text == column.default:
        return {"true": True, "false": False}.get(text, text) if column.type == "bool" else text
    found = reader_of(column, draft.schema)(text)
    if found.trouble is not None and rule(found.trouble.rule).severity is Severity.ERROR:
        draft.faults.append(
            rule(found.trouble.rule).fault(draft.where(None, None, column.name), text, **found.trouble.values)
        )
        draft.refused.update(draft.record)
    return found.value


def _refuse_identity(draft: Draft, record: int, name: str, value: object) -> None:
    texts = value if isinstance(value, list) else [value]
    for text in texts:
        found = identity_in(text) if isinstance(text, str) and len(text) >= 11 else None
        if found is not None:
            draft.add("R-105", record, name, what_zh=found[0], what_en=found[1])
            return


def _unpivot(draft: Draft) -> None:
    """One row per record and filled wide column; a total column must be their sum."""
    columns, name = draft.columns, draft.columns.wide_field
    assert name is not None  # noqa: S101 - a map with wide columns names their field
    column = draft.schema.field(name)
    readers = [reader_of(column, draft.schema, wide.unit) for wide in columns.wide]
    rows: list[tuple[int, WideColumn, object]] = []
    for record in range(len(draft.raw.rows)):
        found: list[tuple[WideColumn, object]] = []
        for wide, read in zip(columns.wide, readers, strict=True):
            cell = read(draft.raw.columns[wide.column].cells[record])
            if cell.trouble is not None:
                _note(draft, record, name, wide.column, cell.trouble)
            elif cell.value is not None:
                found.append((wide, cell.value))
        if record not in draft.refused:
            _check_total(draft, record, column, columns.wide_total, [value for _, value in found])
        if not found and record not in draft.refused:
            draft.add("R-110", record, name, columns.wide[0].column, field_zh=column.title.zh, field_en=column.title.en)
        # A record without a value keeps one row, so that it can be refused.
        rows += [(record, wide, value) for wide, value in found] or [(record, columns.wide[0], None)]
    draft.record = [record for record, _, _ in rows]
    draft.values[name] = [value for _, _, value in rows]
    for spread in sorted({key for wide in columns.wide for key in wide.codes}):
        default = draft.schema.field(spread).default
        draft.values[spread] = [wide.codes.get(spread, default) for _, wide, _ in rows]


def _check_total(draft: Draft, record: int, column: Field, total: Bound | None, parts: list[object]) -> None:
    if total is None:
        return
    found = reader_of(column, draft.schema, total.unit)(draft.raw.columns[total.column].cells[record])
    if found.trouble is not None:
        _note(draft, record, column.name, total.column, found.trouble)
    elif isinstance(found.value, int):
        added = sum(part for part in parts if isinstance(part, int))
        if added != found.value:
            draft.add("R-183", record, column.name, total.column, sum=added, total=found.value)


def _subtype_from_level(draft: Draft) -> None:
    """街道 or 镇 written as the level says the subtype too, where no subtype is written."""
    bound = draft.columns.fields.get("level")
    constant = draft.columns.constants.get("level")
    if bound is None and constant is None:
        return
    read = reader_of(draft.schema.field("subtype"), draft.schema)
    subtypes, levels = draft.values["subtype"], draft.values["level"]
    for row, record in enumerate(draft.record):
        cell = draft.raw.columns[bound.column].cells[record] if bound is not None else constant
        if subtypes[row] is None and levels[row] == "township":
            found = read(cell)
            subtypes[row] = found.value if found.trouble is None else None


def _kind_from_name(draft: Draft) -> None:
    """村 or 社区, where the level only says 村居: by the ending of the name, else by the last three digits of the code.

    Those are 001–199 and 400–499 for 居委会 and their like, 200–399 and 500–599 for 村委会 and theirs (the statistical
    coding rules). What only the code or nothing tells is noted.
    """
    levels = draft.values["level"]
    for row, record in enumerate(draft.record):
        if levels[row] != VILLAGE:
            continue
        name, code = draft.values["name"][row], draft.values["code"][row]
        kind = core_name(name)[1] if isinstance(name, str) else None
        if kind in ("community", "village"):
            levels[row] = "community" if kind == "community" else "admin_village"
            continue
        last = int(code[9:]) if isinstance(code, str) and level_of_code(code) == "village" and len(code) == 12 else 200
        levels[row] = "community" if last < 200 or 400 <= last < 500 else "admin_village"
        title = dict(draft.schema.field("level").codes)[str(levels[row])][0]
        draft.add("R-143", record, "name", shown=name, level=title)


def _shorten_codes(draft: Draft) -> None:
    """Codes of districts and towns filled with zeros to 12 digits are kept short, as every other list writes them."""
    digits = {"district": 6, "township": 9}
    codes, levels = draft.values["code"], draft.values["level"]
    for row, record in enumerate(draft.record):
        code, level = codes[row], levels[row]
        if not isinstance(code, str) or not isinstance(level, str) or level not in digits:
            continue
        short = short_code(code)
        if short == code or len(short) != digits[level]:
            continue
        codes[row] = short
        if draft.once("R-144", "code"):
            word = dict(draft.schema.field("level").codes)[level][0]
            draft.add("R-144", record, "code", long=code, short=short, level=word)


def _zone_from_class(draft: Draft) -> None:
    """The three-digit class of the statistics says urban or rural where the row does not."""
    zones = draft.values["urban_rural"]
    for row, found in enumerate(draft.values["urban_rural_class"]):
        if zones[row] is None and isinstance(found, str):
            zones[row] = urban_rural_of_class(found)
