"""The areas of a city on one day, as a tree, with their dated counts.

Areas are numbered in one order everywhere: by level from the city down, then by code. Arrays over areas follow it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.errors import NotFound
from guangcheng.base.text import Text
from guangcheng.coverage.trace import WHOLE
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Level

LEVELS = ("city", "district", "township", "admin_village", "community", "natural_village")
"""Levels of the register from the top down."""

Subtype = Literal["street", "town", "other"]
Ints = npt.NDArray[np.int64]

_TOWNSHIP_CODE = 9


@dataclass(frozen=True, slots=True)
class Area:
    """One area as of the day. ``parent`` is the index of its parent, or -1 at the top."""

    index: int
    code: str
    name: str
    level: str
    subtype: str | None
    subtype_derived: bool
    """The register left the subtype empty and the code tells it."""
    parent_code: str | None
    parent: int

    @property
    def judged_as(self) -> Level | None:
        """The level of the standard that judges it; ``None`` for communities and townships that are neither."""
        if self.level == "township":
            return {"street": Level.STREET, "town": Level.TOWN}.get(self.subtype or "")
        return None if self.level == "community" else Level(self.level)


def township_subtype(code: str) -> Subtype | None:
    """Street, town or other by the last three digits of a 9-digit statistical code.

    001-099 street, 100-399 town (镇, 乡), 400 and above other units (zones, farms). ``None`` for another kind of code.
    """
    if len(code) != _TOWNSHIP_CODE or not (code.isascii() and code.isdigit()):
        return None
    number = int(code[-3:])
    if number >= 400:
        return "other"
    return "street" if number < 100 else "town"


class Tree:
    """All areas that exist on one day. Build with :func:`tree_of`."""

    def __init__(self, areas: tuple[Area, ...]) -> None:
        self.areas = areas
        self.index = {area.code: area.index for area in areas}
        self.parent: Ints = np.array([area.parent for area in areas], dtype=np.int64)
        children: list[list[int]] = [[] for _ in areas]
        for area in areas:
            if area.parent >= 0:
                children[area.parent].append(area.index)
        self.children = tuple(tuple(below) for below in children)

    def __len__(self) -> int:
        return len(self.areas)

    @cached_property
    def roots(self) -> tuple[int, ...]:
        """Areas whose parent is not in the register."""
        return tuple(area.index for area in self.areas if area.parent < 0)

    @cached_property
    def top(self) -> str:
        """Code of the whole: the one area on top, else the parent code all tops name, else ``*``."""
        tops = [self.areas[root] for root in self.roots]
        if len(tops) == 1:
            return tops[0].code
        above = {area.parent_code for area in tops}
        only = above.pop() if len(above) == 1 else None
        return only or WHOLE

    @cached_property
    def bottom_up(self) -> tuple[int, ...]:
        """Area numbers with every child before its parent."""
        order: list[int] = []
        waiting = list(self.roots)
        while waiting:
            here = waiting.pop()
            order.append(here)
            waiting += self.children[here]
        return tuple(reversed(order))

    def of_level(self, *levels: str) -> npt.NDArray[np.bool_]:
        """Mark the areas of ``levels``."""
        return np.array([area.level in levels for area in self.areas], dtype=bool)

    def below(self, index: int) -> Iterator[int]:
        """``index`` and everything under it, parents first."""
        waiting = [index]
        while waiting:
            here = waiting.pop()
            yield here
            waiting += reversed(self.children[here])

    def mask_below(self, index: int) -> npt.NDArray[np.bool_]:
        """Mark ``index`` and everything under it; -1 marks every area."""
        mask = np.full(len(self.areas), index < 0)
        if index >= 0:
            mask[list(self.below(index))] = True
        return mask

    def up(self, index: int) -> Iterator[int]:
        """``index`` and everything above it, nearest first."""
        while index >= 0:
            yield index
            index = int(self.parent[index])

    def rolled_up(self, values: Ints) -> Ints:
        """Per area the sum of ``values`` over itself and everything under it."""
        total, parents = values.tolist(), self.parent.tolist()
        for here in self.bottom_up:
            if parents[here] >= 0:
                total[parents[here]] += total[here]
        return np.array(total, dtype=np.int64)

    def numbers(self, codes: pa.ChunkedArray) -> Ints:
        """Per row the number of the area called so; -1 where there is no such area or no code."""
        if len(codes) == 0:
            return np.empty(0, dtype=np.int64)
        encoded = codes.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        names = encoded.dictionary.to_pylist()
        known = np.array([self.index.get(name, -1) for name in names] + [-1], dtype=np.int64)
        rows = pc.fill_null(encoded.indices, len(names)).to_numpy(zero_copy_only=False)
        found: Ints = known[rows]
        return found

    def find(self, code: str) -> int:
        """Number of the area ``code``; -1 for the whole; ``NotFound`` suggests the nearest codes and names."""
        if code in self.index:
            return self.index[code]
        if code == self.top:
            return -1
        raise NotFound(
            Text(zh=f"当日没有代码为“{code}”的区域", en=f"there is no area with code “{code}” on that day"),
            mend=_suggestion(code, self.areas),
        )


def _suggestion(code: str, areas: Iterable[Area]) -> Text:
    from rapidfuzz import process

    words = {f"{area.code} {area.name}": area for area in areas}
    near = [str(found[0]) for found in process.extract(code, list(words), limit=3)]
    if not near:
        return Text(zh="区域台账是空的，请先导入 areas", en="the register of areas is empty: import areas first")
    return Text(zh=f"是不是：{'；'.join(near)}", en=f"did you mean: {'; '.join(near)}")


def in_force(table: pa.Table, start: str, end: str, on: date) -> pa.ChunkedArray:
    """Mark the rows in force on ``on``: from ``start`` on, up to but without ``end``; an empty end is open."""
    day = pa.scalar(on, pa.date32())
    begun = pc.fill_null(pc.less_equal(table[start], day), fill_value=True)
    not_over = pc.fill_null(pc.greater(table[end], day), fill_value=True)
    return pc.and_(begun, not_over)


_COLUMNS = ("code", "name", "level", "subtype", "parent", "active_from", "active_to")


def tree_of(view: RegisterView, on: date) -> Tree:
    """Build the tree of the areas that exist on ``on``.

    An area whose parent does not exist (on that day) stands on top. Parents that go in a circle are cut where the
    circle's first code is, so that every area stays in the tree.
    """
    table = view.table("areas", _COLUMNS)
    rows = table.filter(in_force(table, "active_from", "active_to", on)).to_pylist()
    rows.sort(key=lambda row: (LEVELS.index(row["level"]), row["code"]))
    number = {row["code"]: index for index, row in enumerate(rows)}
    parents = [number.get(row["parent"], -1) for row in rows]
    parents = _without_circles(parents)
    return Tree(tuple(_area(index, row, parents[index]) for index, row in enumerate(rows)))


def _area(index: int, row: Mapping[str, str | None], parent: int) -> Area:
    code, level, subtype = str(row["code"]), str(row["level"]), row["subtype"]
    derived = subtype is None and level == "township"
    return Area(
        index=index,
        code=code,
        name=str(row["name"]),
        level=level,
        subtype=township_subtype(code) if derived else subtype,
        subtype_derived=derived,
        parent_code=row["parent"],
        parent=parent,
    )


def _without_circles(parents: list[int]) -> list[int]:
    """Cut circles at their lowest number; the data is at fault, and an evaluation must still end."""
    safe = list(parents)
    done = [False] * len(safe)
    for start in range(len(safe)):
        path: dict[int, None] = {}
        here = start
        while here >= 0 and not done[here]:
            if here in path:
                circle = list(path)[list(path).index(here) :]
                safe[min(circle)] = -1
                break
            path[here] = None
            here = safe[here]
        for seen in path:
            done[seen] = True
    return safe


@dataclass(frozen=True, slots=True)
class Facts:
    """Dated counts of areas: per field the latest known by the day, as an array over the tree (-1 unknown)."""

    tree: Tree
    latest: Mapping[str, Ints]
    when: Mapping[str, Mapping[int, date]]

    def own(self, field: str, index: int) -> int | None:
        """The area's own count, or ``None``."""
        found = int(self.latest[field][index])
        return None if found < 0 else found

    def of(self, field: str, index: int) -> int | None:
        """Return the area's own count, else the sum over its children when all have one; ``None`` if unknown.

        ``index`` -1 is the whole: the sum over the areas on top.
        """
        if index >= 0 and (found := self.own(field, index)) is not None:
            return found
        below = self.tree.roots if index < 0 else self.tree.children[index]
        parts = [self.of(field, child) for child in below]
        known = [part for part in parts if part is not None]
        return sum(known) if parts and len(known) == len(parts) else None

    def rows(self, field: str, index: int) -> Iterator[Mapping[str, object]]:
        """The register rows behind :meth:`of`."""
        if index >= 0 and (found := self.own(field, index)) is not None:
            day = self.when[field][index]
            yield {"area_code": self.tree.areas[index].code, "as_of": day, field: found}
            return
        for child in self.tree.roots if index < 0 else self.tree.children[index]:
            yield from self.rows(field, child)


FACTS = ("households", "urban_households", "resident_households", "population")


def facts_of(view: RegisterView, tree: Tree, on: date) -> Facts:
    """Per area and field the latest count dated by ``on``; a row that leaves the field empty does not hide an older."""
    table = view.table("area_facts", ("area_code", "as_of", *FACTS))
    table = table.filter(pc.less_equal(table["as_of"], pa.scalar(on, pa.date32()))).sort_by("as_of")
    areas = tree.numbers(table["area_code"])
    days = table["as_of"].to_pylist()
    latest: dict[str, Ints] = {}
    when: dict[str, dict[int, date]] = {}
    for field in FACTS:
        values = pc.fill_null(table[field], -1).to_numpy()
        rows = np.flatnonzero((areas >= 0) & (values >= 0))
        held = np.full(len(tree), -1, dtype=np.int64)
        held[areas[rows]] = values[rows]
        latest[field] = held
        when[field] = {int(areas[row]): days[row] for row in rows}
    return Facts(tree, latest, when)
