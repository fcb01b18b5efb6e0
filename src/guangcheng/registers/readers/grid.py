"""Sheets as people fill them: title rows, merged cells, blank rows, totals and footnotes, turned into one raw table."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from guangcheng.base.errors import InputError, Where
from guangcheng.base.units import parse_unit
from guangcheng.registers.faults import Fault
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.readers.headerrow import Header, Merge, find_header
from guangcheng.registers.readers.headers import normalise, squeeze
from guangcheng.registers.readers.limits import HEADER_SEARCH_ROWS
from guangcheng.registers.readers.subtotals import TotalRow, find_label, resolve
from guangcheng.registers.rulebook import rule

__all__ = ["Merge", "Row", "Source", "build", "check_headers", "note"]

CellFault = tuple[int, Fault]
"""A fault and the column (from 0) it stands in."""

Row = tuple[int, list[object], Sequence[CellFault]]
"""A row that is not blank: its number, its cells from column 0 on (``None`` where empty), its faults."""

_BATCH = 4096
_SHOWN_CHARS = 100
_SHOWN_TOTALS = 10
_SHARED_VALUES = 50_000
"""A column with more different texts than this does not share them: looking them up would cost more than it saves."""

_FOOTNOTE = re.compile(
    r"^(注|备注|说明|附注|填表说明|填报说明|数据来源|资料来源|来源|统计口径|口径说明)\s*[\d一二三]*\s*[:：.、]"
    r"|^(单位)?(填表|制表|填报|编制|审核|复核|审批|经办|联系|统计|单位|部门)?(负责)?(人|单位|日期|时间|电话|负责人)\s*"
    r"(签字|签名|盖章|签章)?\s*[(（]?(签字|签名|盖章|签章)?[)）]?\s*[:：]"
)
_UNIT = re.compile(r"单位:([^,;:)\]]+)")
_COLON = re.compile(r"[:：]")
_SEQUENCE = frozenset({"序号", "no", "no.", "编次"})
_CODE_DIGITS = 9
"""A merged number with this many digits is a code, not a quantity."""


@dataclass(frozen=True, slots=True)
class Source:
    """One sheet on its way in: its rows from the top, its merged cells, how a column is called in it."""

    file: Path
    sheet: str | None
    rows: Iterable[Row]
    label: Callable[[int], str]
    merges: Sequence[Merge] = ()
    ragged: bool = False
    """Whether a row may have too many or too few cells (CSV); a spreadsheet has no such thing."""

    def where(self, row: int | None = None, column: int | None = None) -> Where:
        """The place of a cell as a person finds it."""
        label = None if column is None else self.label(column)
        return Where(file=str(self.file), sheet=self.sheet, row=row, column=label)


def note(zh: str, en: str) -> str:
    """A remark in both languages, as ``RawTable.notes`` wants it: a slash between blanks parts the two."""
    return f"{zh.replace(' / ', '/')} / {en.replace(' / ', '/')}"


def build(source: Source, known_headers: frozenset[str]) -> RawTable | None:
    """The table of a sheet; ``None`` if the sheet has no cells.

    Raises R-009 where no row looks like a header and R-010 where two columns are called the same. Title rows, repeated
    headers and footnotes are left out with a note; totals become ``subtotals``; merged cells are filled down.
    """
    rows = iter(source.rows)
    head = list(islice(rows, HEADER_SEARCH_ROWS))
    if not head:
        return None
    upper_merges = [merge for merge in source.merges if merge.top <= head[-1][0]]
    header = find_header([(number, cells) for number, cells, _ in head], upper_merges, known_headers)
    if header is None:
        raise rule("R-009").error(InputError, source.where(), rows=HEADER_SEARCH_ROWS)
    check_headers(header.names, source)
    body = _Body(source, header, [_trimmed(cells) for _, cells, _ in head[header.start : header.end]])
    body.take(_filled(chain(head[header.end :], rows), source.merges, body))
    titles = head[: header.start]
    return replace(body.table(_titles(titles)), unit=_unit(titles))


def check_headers(names: Sequence[str], source: Source) -> None:
    """Refuse a table in which two columns are called the same, whatever the width, case and blanks (R-010)."""
    seen: dict[str, int] = {}
    for column, name in enumerate(names):
        first = seen.setdefault(squeeze(name), column) if name else column
        if first != column:
            raise rule("R-010").error(
                InputError,
                source.where(column=column),
                header=name,
                first=source.label(first),
                second=source.label(column),
            )


def _trimmed(cells: Sequence[object]) -> list[object]:
    """The cells without the empty ones at their end."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return list(cells[:end])


def _titles(rows: Sequence[Row]) -> list[str]:
    notes = []
    for number, cells, _ in rows:
        text = _shown(cells)
        notes.append(note(f"第{number}行是标题，未读取：{text}", f"row {number} is a title, not read: {text}"))
    return notes


def _totals_note(totals: Sequence[TotalRow]) -> list[str]:
    """One remark for all total rows, naming the first of them."""
    if not totals:
        return []
    rows = ", ".join(str(total.row) for total in totals[:_SHOWN_TOTALS]) + ("…" if len(totals) > _SHOWN_TOTALS else "")
    zh = f"合计行共{len(totals)}行，只核对，不作为记录（第{rows}行）"
    return [note(zh, f"total rows, checked and not read as records: {len(totals)} (rows {rows})")]


def _shown(cells: Sequence[object]) -> str:
    return " ".join(str(cell) for cell in cells if cell is not None)[:_SHOWN_CHARS]


def _unit(titles: Sequence[Row]) -> str | None:
    """The unit that a title row states for all numbers below; 填报单位：某局 states none."""
    for _, cells, _ in titles:
        for cell in cells:
            found = _UNIT.search(squeeze(cell)) if isinstance(cell, str) else None
            if found is not None and parse_unit(found[1]) is not None:
                return found[1]
    return None


def _filled(rows: Iterable[Row], merges: Sequence[Merge], body: "_Body") -> Iterator[Row]:
    """The rows with the cells of each vertical merge filled down in its first column."""
    if not any(merge.bottom > merge.top for merge in merges):
        yield from rows
        return
    waiting = sorted((merge for merge in merges if merge.bottom > merge.top), key=lambda merge: -merge.top)
    open_merges: dict[Merge, object] = {}
    used: set[Merge] = set()
    for number, cells, faults in rows:
        open_merges = {merge: value for merge, value in open_merges.items() if merge.bottom >= number}
        filled = list(cells)
        for merge, value in open_merges.items():
            filled.extend([None] * (merge.left + 1 - len(filled)))
            filled[merge.left] = value
            if merge not in used:
                used.add(merge)
                body.merged(merge, value)
        while waiting and waiting[-1].top <= number:
            merge = waiting.pop()
            if merge.top == number and merge.left < len(filled) and filled[merge.left] is not None:
                open_merges[merge] = filled[merge.left]
        yield number, filled, faults


@dataclass(slots=True)
class _Body:
    """The rows below the header, sorted into records, totals, footnotes and repeated headers."""

    source: Source
    header: Header
    header_cells: list[list[object]]
    header_starts: frozenset[object] = frozenset()
    width: int = 0
    columns: list[list[object]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unnamed: set[int] = field(default_factory=set)
    pending: list[Row] = field(default_factory=list)
    batch: list[list[object]] = field(default_factory=list)
    shared: list[dict[object, object] | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width = len(self.header.names)
        self.header_starts = frozenset(cells[0] for cells in self.header_cells)
        self.columns = [[] for _ in range(self.width)]
        self.shared = [{} if self.source.ragged else None for _ in range(self.width)]
        self.unnamed = {column for column, name in enumerate(self.header.names) if not name}

    def take(self, rows: Iterable[Row]) -> None:
        """Sort every row; footnotes count as such only if no record follows them."""
        for row in rows:
            cells = row[1]
            if self._is_footnote(cells):
                self.pending.append(row)
                continue
            label = find_label(cells)
            if label is not None:
                self._flush_pending()
                self._total(
                    row, TotalRow(row[0], label, len(self.rows), self._parents(cells, label.column), tuple(cells))
                )
            elif cells[0] in self.header_starts and self._is_header(cells):
                self.notes.append(note(f"第{row[0]}行重复表头，未读取", f"row {row[0]} repeats the header, not read"))
            else:
                self._flush_pending()
                self._record(row)
        self._flush_batch()

    def merged(self, merge: Merge, value: object) -> None:
        """Remark on a quantity that was merged over several rows and is now repeated in each (R-026)."""
        if isinstance(value, bool) or not isinstance(value, int | float) or merge.left >= self.width:
            return
        name = normalise(self.header.names[merge.left])
        if name and name not in _SEQUENCE and len(str(abs(int(value)))) < _CODE_DIGITS:
            where = self.source.where(merge.top, merge.left)
            self.faults.append(rule("R-026").fault(where, str(value), rows=merge.bottom - merge.top + 1))

    def table(self, notes: list[str]) -> RawTable:
        """The table of all rows taken."""
        for row in self.pending:
            text = _shown(row[1])
            self.notes.append(
                note(f"第{row[0]}行是表尾说明，未读取：{text}", f"row {row[0]} is a footnote, not read: {text}")
            )
        kept = [column for column, name in enumerate(self.header.names) if name]
        return RawTable(
            file=self.source.file,
            sheet=self.source.sheet,
            columns=[RawColumn(self.header.names[i], self.source.label(i), self.columns[i]) for i in kept],
            rows=self.rows,
            faults=sorted(self.faults + self._unnamed_faults(), key=lambda fault: fault.where.row or 0),
            subtotals=resolve(self.totals, self.columns, kept),
            notes=notes + self.notes + _totals_note(self.totals),
        )

    def _is_footnote(self, cells: Sequence[object]) -> bool:
        first = next(cell for cell in cells if cell is not None)
        if not isinstance(first, str):
            return False
        filled = len(cells) - cells.count(None)
        if self.pending and filled == 1 and self.width > 2:
            return True
        few = filled <= max(1, self.width // 2) or all(_COLON.search(str(cell)) for cell in cells if cell is not None)
        return few and _FOOTNOTE.match(first.strip()) is not None

    def _flush_pending(self) -> None:
        """What looked like footnotes is followed by records: these were records too."""
        for row in self.pending:
            self._record(row)
        self.pending.clear()

    def _is_header(self, cells: Sequence[object]) -> bool:
        return self.width > 1 and _trimmed(cells) in self.header_cells

    def _parents(self, cells: Sequence[object], label: int) -> tuple[tuple[int, str], ...]:
        return tuple((column, cell) for column, cell in enumerate(cells[:label]) if isinstance(cell, str))

    def _total(self, row: Row, total: TotalRow) -> None:
        self._flush_batch()
        self.totals.append(total)
        for column, fault in row[2]:
            label = self.source.label(column)
            self.notes.append(
                note(
                    f"第{row[0]}行{total.label.text}的{label}列不能核对：{fault.why.zh}",
                    f"row {row[0]}, {total.label.text}, column {label} cannot be checked: {fault.why.en}",
                )
            )

    def _record(self, row: Row) -> None:
        number, cells, faults = row
        if len(cells) != self.width:
            cells = self._fitted(number, cells)
        self.rows.append(number)
        self.batch.append(cells)
        if faults:
            self.faults.extend(fault for column, fault in faults if column < self.width and self.header.names[column])
        if len(self.batch) == _BATCH:
            self._flush_batch()

    def _fitted(self, number: int, cells: list[object]) -> list[object]:
        """The cells brought to the width of the header; in a CSV a wrong number of cells is a fault."""
        missing, beyond = self.width - len(cells), cells[self.width :]
        where = self.source.where(number)
        if self.source.ragged and missing > 0:
            found = self._as_found(cells)
            self.faults.append(rule("R-021").fault(where, found, found=len(cells), expected=self.width))
        elif any(cell is not None for cell in beyond):
            if self.source.ragged:
                found = self._as_found(cells)
                self.faults.append(rule("R-020").fault(where, found, found=len(cells), expected=self.width))
            else:
                self.unnamed.update(self.width + i for i, cell in enumerate(beyond) if cell is not None)
        return cells[: self.width] + [None] * missing

    def _as_found(self, cells: Sequence[object]) -> str:
        return " | ".join("" if cell is None else str(cell) for cell in cells)

    def _flush_batch(self) -> None:
        for column, cells in enumerate(zip(*self.batch, strict=True)):
            shared = self.shared[column]
            if shared is None:
                self.columns[column].extend(cells)
                continue
            self.columns[column].extend([shared.setdefault(cell, cell) for cell in cells])
            if len(shared) > _SHARED_VALUES:
                self.shared[column] = None
        self.batch.clear()

    def _unnamed_faults(self) -> list[Fault]:
        """One warning (R-027) for each column that has cells but no header."""
        return [
            rule("R-027").fault(self.source.where(column=column), "")
            for column in sorted(self.unnamed)
            if column >= self.width or any(cell is not None for cell in self.columns[column])
        ]
