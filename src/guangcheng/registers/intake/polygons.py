"""Rows that name no area: put where the person importing said, or into the polygon their point lies in."""

import numpy as np
import numpy.typing as npt

from guangcheng.registers.intake.context import IntakeContext
from guangcheng.registers.intake.draft import Draft
from guangcheng.registers.mapfile import MapFile
from guangcheng.registers.matching import AreaIndex
from guangcheng.registers.placing import AreaShapes
from guangcheng.registers.schema import Schema

__all__ = ["settle_areas", "settled_elsewhere"]

_FIELD = "area_code"


def settled_elsewhere(schema: Schema, settled: MapFile, context: IntakeContext) -> frozenset[str]:
    """The fields a file of this register need not have, because the import itself says them."""
    has_area = any(column.name == _FIELD for column in schema.fields)
    if not has_area or _FIELD in settled.constants or (context.area is None and context.shapes is None):
        return frozenset()
    return frozenset({_FIELD})


def settle_areas(draft: Draft, index: AreaIndex, context: IntakeContext) -> None:
    """Fill the area of rows that name none; warn of points outside the polygon of the area they do name.

    A point in no polygon is refused where the register demands an area (R-146), else it stays without (R-147).
    """
    if _FIELD not in draft.values or (context.area is None and context.shapes is None):
        return
    codes = draft.values[_FIELD]
    waiting = [row for row, record in enumerate(draft.record) if codes[row] is None and record not in draft.refused]
    if context.area is not None:
        _put(draft, index, waiting, context.area)
    elif context.shapes is not None and draft.schema.geometry == "point":
        named = [row for row in range(len(codes)) if codes[row] is not None]
        _place(draft, context.shapes, waiting)
        _compare(draft, index, context.shapes, named)
    if draft.schema.field(_FIELD).required:
        _refuse_missing(draft, waiting)


def _put(draft: Draft, index: AreaIndex, waiting: list[int], code: str) -> None:
    if not waiting:
        return
    for row in waiting:
        draft.values[_FIELD][row] = code
    draft.add("R-149", None, _FIELD, count=len(waiting), area=index.by_code[code].name, code=code)


def _place(draft: Draft, shapes: AreaShapes, waiting: list[int]) -> None:
    placed = shapes.place(_column(draft, "x", waiting), _column(draft, "y", waiting))
    lost = "R-146" if draft.schema.field(_FIELD).required else "R-147"
    names = dict(zip(shapes.codes, shapes.names, strict=True))
    count = 0
    for place, row in enumerate(waiting):
        code = placed.codes[place]
        if code is not None:
            draft.values[_FIELD][row] = code
            count += 1
        elif np.isfinite(placed.distance_m[place]):
            near = str(placed.nearest[place])
            _outside(draft, lost, row, names[near], near, placed.distance_m[place])
    if count:
        draft.add("R-145", None, _FIELD, count=count, file=shapes.file)


def _compare(draft: Draft, index: AreaIndex, shapes: AreaShapes, named: list[int]) -> None:
    """R-148: the polygon of the row's area, or of the nearest area above that has one, does not hold its point."""
    drawn: dict[str, list[int]] = {}
    for row in named:
        code = _drawn(str(draft.values[_FIELD][row]), index, shapes)
        if code is not None:
            drawn.setdefault(code, []).append(row)
    for code, rows in sorted(drawn.items()):
        metres = shapes.distance(code, _column(draft, "x", rows), _column(draft, "y", rows))
        for place in np.flatnonzero(np.isfinite(metres) & (metres > 0)):
            _outside(draft, "R-148", rows[int(place)], index.by_code[code].name, code, metres[place])


def _drawn(code: str, index: AreaIndex, shapes: AreaShapes) -> str | None:
    at: str | None = code
    seen: set[str] = set()
    while at is not None and at not in seen:
        if at in shapes.codes:
            return at
        seen.add(at)
        area = index.by_code.get(at)
        at = None if area is None else area.parent
    return None


def _refuse_missing(draft: Draft, waiting: list[int]) -> None:
    title = draft.schema.field(_FIELD).title
    for row in waiting:
        if draft.values[_FIELD][row] is None and draft.record[row] not in draft.refused:
            draft.add("R-110", draft.record[row], _FIELD, field_zh=title.zh, field_en=title.en)


def _column(draft: Draft, name: str, rows: list[int]) -> npt.NDArray[np.float64]:
    values = draft.values[name]
    return np.array([values[row] for row in rows], dtype=object).astype(np.float64)


def _outside(draft: Draft, rule_id: str, row: int, area: str, code: str, metres: float) -> None:
    told = {name: f"{draft.values[name][row]:.6f}" for name in ("lon", "lat")}
    told |= {"area": area, "code": code, "metres": f"{metres:.0f}"}
    draft.add(rule_id, draft.record[row], "lon", None, **told)
