"""One evaluation measured twice: by the straight line, as the text does, and along the streets, as planners ask.

The verdict by the line stays the standard's; the one along the streets stands beside it and decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.errors import NotFound, Where
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import numbers_of, one_array
from guangcheng.coverage.evaluate import evaluation_of
from guangcheng.coverage.kernel import Floats
from guangcheng.coverage.results import Evaluation
from guangcheng.coverage.routes import RouteNearest, Streets
from guangcheng.coverage.survey import Flags, Survey
from guangcheng.coverage.verdicts import PASSED, UNKNOWN
from guangcheng.registers.osm import street_uses
from guangcheng.registers.view import RegisterView

__all__ = ["STREET_LIMIT_M", "ByRoute", "Lost", "by_route"]

STREET_LIMIT_M = 100.0
"""Unless said otherwise, a premises further than this from every street has no way that could be measured."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A premises within reach by the line that is not so along the streets."""

    premises: str
    area: str | None
    straight_m: float | None
    """To the nearest point that meets every condition; ``None`` for an estate judged by its buildings."""


@dataclass(frozen=True, slots=True)
class ByRoute:
    """What the streets say beside the straight line. Premises are records (no buildings of estates)."""

    limit_m: float
    streets: int
    """Streets a way may use."""
    evaluation: Evaluation
    """The same standard, city and day, distances measured along the streets."""
    premises: int
    straight: int
    """Premises with access capability by the straight line."""
    route: int
    """Premises with access capability along the streets."""
    unknown: int
    """Premises of which the streets cannot tell."""
    detour: float | None
    """Median of street metres over straight metres, where both are known and more than 0; ``None`` without any."""
    lost: tuple[Lost, ...]
    """By the line but not along the streets, by id."""
    off_street: tuple[str, ...]
    """Ids of premises further than ``limit_m`` from every street (or without any)."""
    points_off_street: tuple[str, ...]
    """Ids of access points so; no way leads to them."""


def by_route(survey: Survey, *, limit_m: float = STREET_LIMIT_M, progress: Progress = SILENT) -> ByRoute:
    """Evaluate what ``survey`` looks at once more, along the streets; ``survey`` itself is only read.

    A premises too far from every street is unknown there, not failed (an estate of that kind is as its buildings
    are). Streets of a class nobody may walk (motorways) are left out; a street without a class counts. ``NotFound``
    without a register of streets.
    """
    view = survey.whole_view
    lines = _streets(view)
    streets = Streets.of(lines["geometry"], lines["from_node"], lines["to_node"])
    places = {name: view.table(name, (key, "x", "y")) for name, key in _KEYS.items()}
    x, y = (np.concatenate([numbers_of(table[axis]) for table in places.values()]) for axis in ("x", "y"))
    nearest = RouteNearest(streets, x, y, limit_m=limit_m)
    off = {name: _off(nearest, table) for name, table in places.items()}
    again = Survey(
        _unplaced(view, off["premises"]),
        survey.standard,
        as_of=survey.as_of,
        calendar=survey.calendar,
        area=None if survey.scope < 0 else survey.area_code,
        nearest=nearest,
        progress=progress,
    )
    evaluation = evaluation_of(again)
    record, straight, route = survey.premises.record, survey.capable, again.capable
    return ByRoute(
        limit_m=limit_m,
        streets=lines.num_rows,
        evaluation=evaluation,
        premises=int(record.sum()),
        straight=int((record & (straight == PASSED)).sum()),
        route=int((record & (route == PASSED)).sum()),
        unknown=int((record & (route == UNKNOWN)).sum()),
        detour=_detour(survey, again),
        lost=_lost(survey, record & (straight == PASSED) & (route != PASSED) & (route != UNKNOWN)),
        off_street=_ids(_within(survey, places["premises"].filter(pa.array(off["premises"])))),
        points_off_street=_ids(places["access_points"].filter(pa.array(off["access_points"]))["access_point_id"]),
    )


_KEYS = {"premises": "premises_id", "access_points": "access_point_id"}


def _streets(view: RegisterView) -> pa.Table:
    if not view.has("streets"):
        raise NotFound(
            Text(zh="没有道路台账，不能沿道路量距离", en="there is no register of streets to measure along"),
            mend=Text(
                zh="先导入道路（streets），例如 guangcheng import <城市文件夹> streets 道路.gpkg 或 .osm.pbf",
                en="import streets first, such as guangcheng import DIR streets roads.gpkg, or an .osm.pbf",
            ),
            where=Where(file="streets"),
        )
    table = view.table("streets", ("edge_id", "highway", "from_node", "to_node", "geometry"))
    closed = pa.array([name for name, use in street_uses().items() if not use.walkable], pa.string())
    return table.filter(pc.invert(pc.is_in(table["highway"], value_set=closed))).sort_by("edge_id")


def _off(nearest: RouteNearest, table: pa.Table) -> Flags:
    """Rows that have a place, but no street near it."""
    x, y = (numbers_of(table[axis]) for axis in ("x", "y"))
    return np.isfinite(x) & np.isfinite(y) & (nearest.snapped(x, y).street < 0)


def _unplaced(view: RegisterView, off: Flags) -> RegisterView:
    """The registers without the coordinates of premises that are off the streets."""

    def load(ref: SnapshotRef, columns: Sequence[str] | None) -> pa.Table:
        table = view.load(ref, columns)
        if ref.register == "premises":
            for axis in {"x", "y"} & set(table.schema.names):
                held = pc.if_else(pa.array(off), pa.scalar(None, pa.float64()), table[axis])
                table = table.set_column(table.schema.names.index(axis), axis, held)
        return table

    return RegisterView(as_of=view.as_of, crs=view.crs, refs=view.refs, load=load)


def _within(survey: Survey, table: pa.Table) -> pa.ChunkedArray:
    """Ids of the premises of ``table`` that the survey looks at."""
    return table.filter(pc.is_in(table["premises_id"], value_set=survey.premises.ids))["premises_id"]


def _ids(column: pa.ChunkedArray) -> tuple[str, ...]:
    return tuple(sorted(column.to_pylist()))


def _detour(survey: Survey, again: Survey) -> float | None:
    if not survey.has("access_points"):
        return None
    line, way = _metres(survey), _metres(again)
    both = (line > 0) & (way > 0)
    return round(float(np.median(way[both] / line[both])), 4) if both.any() else None


def _metres(survey: Survey) -> Floats:
    metres: Floats = np.nan_to_num(survey.reach.distance_m, nan=0.0)
    return metres


def _lost(survey: Survey, rows: Flags) -> tuple[Lost, ...]:
    if not rows.any():
        return ()
    metres, codes = survey.reach.distance_m, one_array(survey.reach.area_code)
    return tuple(
        Lost(
            survey.premises.id_of(row),
            codes[row].as_py(),
            None if np.isnan(metres[row]) else round(float(metres[row]), 3),
        )
        for row in survey.by_id(np.flatnonzero(rows)).tolist()
    )
