"""合计, 小计 and 总计 rows: told from records by their label, and the records each of them sums."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from guangcheng.base.errors import InputError
from guangcheng.base.units import parse_number, plain
from guangcheng.registers.raw import Subtotal
from guangcheng.registers.readers.headers import squeeze
from guangcheng.registers.readers.limits import LABEL_COLUMNS

__all__ = ["Label", "TotalRow", "find_label", "resolve"]

_CHINESE = re.compile(r"^(.*?)(总合计|合计|小计|总计|共计):?$")
_ENGLISH = re.compile(r"^(?:(.*)\s)?(sub-?total|grand\s+total|total)\s*:?$")
_PART = frozenset({"小计", "subtotal", "sub-total"})
_MAX_LABEL = 40


@dataclass(frozen=True, slots=True)
class Label:
    """The word that makes a row a total: in which column, of what (``源潭镇`` in 源潭镇小计), and if of a part only."""

    column: int
    text: str
    of: str
    part: bool


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A total as found: how many records stood before it, and what names stood left of its label."""

    row: int
    label: Label
    before: int
    parents: tuple[tuple[int, str], ...]
    cells: tuple[object, ...]


def find_label(cells: Sequence[object]) -> Label | None:
    """The label of a total row in its leading cells; ``None`` for a record (设计院, fixed_total are no labels)."""
    for column, cell in enumerate(cells[:LABEL_COLUMNS]):
        if cell.__class__ is str and ("计" in cell or "otal" in cell or "OTAL" in cell):
            label = _label(column, str(cell))
            if label is not None:
                return label
    return None


def _label(column: int, text: str) -> Label | None:
    if len(text) > _MAX_LABEL:
        return None
    match = _CHINESE.match(squeeze(text)) or _ENGLISH.match(plain(text).lower())
    return Label(column, text.strip(), squeeze(match[1] or ""), match[2] in _PART) if match else None


def resolve(totals: Sequence[TotalRow], columns: Sequence[Sequence[object]], names: Sequence[int]) -> list[Subtotal]:
    """The subtotals with the records they cover; ``columns`` are the records' cells by place in the source.

        ``names`` gives the place of each column handed on. A total with names left of its label covers the records of
    these names; one with a name in its label (源潭镇小计) the records that bear it; a bare 小计 those since the total
    before (up to the next one, where the table begins with its totals); a bare 合计 or 总计 all. Names right of the
    label (合计, 电信) keep only the records that bear them in that column. A total of which no record can be told is
    left out.
    """
    finder = _Finder(totals, columns)
    subtotals = [
        Subtotal(row=total.row, label=total.label.text, values=_values(total, names), covers=finder.covers(place))
        for place, total in enumerate(totals)
    ]
    return [subtotal for subtotal in subtotals if subtotal.covers]


def _values(total: TotalRow, names: Sequence[int]) -> dict[int, float]:
    values: dict[int, float] = {}
    for index, place in enumerate(names):
        if place <= total.label.column or place >= len(total.cells):
            continue
        number = _number(total.cells[place])
        if number is not None:
            values[index] = number
    return values


def _number(cell: object) -> float | None:
    try:
        number = parse_number(cell)
    except InputError:
        return None
    return None if number is None else float(number)


class _Finder:
    """Finds the records of a total; the records of each name are listed once."""

    def __init__(self, totals: Sequence[TotalRow], columns: Sequence[Sequence[object]]) -> None:
        self._totals = totals
        self._columns = columns
        self._records = len(columns[0]) if columns else 0
        self._on_top = next((total.before == 0 for total in totals if total.label.part), False)
        self._by_names: dict[tuple[int, ...], dict[tuple[object, ...], list[int]]] = {}

    def covers(self, place: int) -> tuple[int, ...]:
        """Indices of the records that total number ``place`` sums."""
        total = self._totals[place]
        covered = self._of_names(total) or (self._since_last(place) if total.label.part else range(self._records))
        for column in range(total.label.column + 1, min(len(total.cells), len(self._columns))):
            cell = total.cells[column]
            if isinstance(cell, str) and _number(cell) is None and (bearers := self._named((column,), (cell,))):
                bearing = frozenset(bearers)
                covered = tuple(index for index in covered if index in bearing)
        return tuple(covered)

    def _of_names(self, total: TotalRow) -> tuple[int, ...]:
        """The records of the names left of the label or inside it; none if there are no such names."""
        if total.parents:
            found = self._named(tuple(column for column, _ in total.parents), tuple(name for _, name in total.parents))
            if found:
                return found
        columns = range(total.label.column + 1) if total.label.of else ()
        return next(filter(None, (self._named((column,), (total.label.of,)) for column in columns)), ())

    def _named(self, columns: tuple[int, ...], names: tuple[str, ...]) -> tuple[int, ...]:
        if columns not in self._by_names:
            records: dict[tuple[object, ...], list[int]] = defaultdict(list)
            for index, cells in enumerate(zip(*(self._columns[column] for column in columns), strict=True)):
                records[tuple(squeeze(cell) if isinstance(cell, str) else cell for cell in cells)].append(index)
            self._by_names[columns] = records
        return tuple(self._by_names[columns].get(tuple(squeeze(name) for name in names), ()))

    def _since_last(self, place: int) -> tuple[int, ...]:
        total = self._totals[place]
        if self._on_top:
            later = (other.before for other in self._totals[place + 1 :])
            return tuple(range(total.before, next(later, self._records)))
        earlier = (other.before for other in reversed(self._totals[:place]))
        return tuple(range(next(earlier, 0), total.before))
