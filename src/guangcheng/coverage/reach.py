"""Reach: which premises have optical access capability (光网接入能力), by whom, and what fails first (RUL-001-05).

One operator must meet all conditions (:class:`~guangcheng.coverage.conditions.Condition`). They narrow ALL its
access points in a fixed order; the first condition at which no point is left is the operator's first failure. A
missing register value is unknown, never a failure. Everything runs on columns; the kernel is asked once per operator
and class of points, and only for premises not settled yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.progress import SILENT, Progress
from guangcheng.coverage.conditions import (
    NO,
    PASSED,
    UNKNOWN,
    YES,
    AccessPoints,
    Condition,
    Expansions,
    Flags,
    Floats,
    Ints,
    States,
    numbers_of,
    one_array,
    positions,
)
from guangcheng.coverage.kernel import Nearest, nearest_within
from guangcheng.coverage.orders import Orders
from guangcheng.coverage.reach_rule import ReachRule
from guangcheng.coverage.tree import Tree, in_force, tree_of
from guangcheng.coverage.zones import NO_ZONE, URBAN, AreaZones, premises_zones, zones_of
from guangcheng.registers.view import RegisterView

__all__ = [
    "NO",
    "UNKNOWN",
    "YES",
    "Condition",
    "OperatorReach",
    "Reach",
    "ReachRule",
    "compute_reach",
    "premises_zones",
]

_COLUMNS = (
    *("premises_id", "area_code", "kind", "parent_premises", "residential", "zone"),
    *("in_service_from", "in_service_to", "x", "y"),
)
_BITS = 31


@dataclass(frozen=True, slots=True)
class OperatorReach:
    """What one operator offers one premises: ``capable`` is ``None`` when it cannot be known."""

    capable: bool | None
    first_failed: str | None
    """Name of the condition that fails first, when it surely fails."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The reach of every premises in use on the day, one row each in table order.

    Failures are stored as ``Condition`` numbers, 0 where none failed, −1 where it cannot be known.
    """

    as_of: date
    rule: ReachRule
    operators: tuple[str, ...]
    """The rule's operators that have any access point, in the rule's order."""
    premises: pa.Table
    """``premises_id``, ``area_code``, ``kind``, ``parent_premises`` of each row."""
    zone: States
    """1 urban, 0 rural, −1 cannot be told."""
    capable: States
    """1 yes, 0 no, −1 unknown: any operator capable, else any unknown, else no."""
    capable_operators: Ints
    """Bit *i* is set where ``operators[i]`` is capable; an estate without a point: where it is so at every building."""
    operator_failed: States
    """First failure per operator, shape (operators, premises)."""
    first_failed: States
    """The furthest condition any operator got to before it failed; 0 where capable, −1 where unknown."""
    nearest_point: Ints
    """Where capable: position in ``point_ids`` of the nearest point that meets every condition; else −1."""
    distance_m: Floats
    """Distance to it in metres, else NaN."""
    point_ids: pa.Array

    def __len__(self) -> int:
        return len(self.capable)

    @property
    def premises_id(self) -> pa.ChunkedArray:
        """Id of each premises."""
        return self.premises["premises_id"]

    @property
    def area_code(self) -> pa.ChunkedArray:
        """Finest area of each premises."""
        return self.premises["area_code"]

    @property
    def kind(self) -> pa.ChunkedArray:
        """Kind of each premises."""
        return self.premises["kind"]

    def of_operator(self, row: int, operator: str) -> OperatorReach:
        """The reach of one premises by one operator; an operator without any point has none in service."""
        if operator in self.operators:
            failed = int(self.operator_failed[self.operators.index(operator), row])
        else:
            failed = UNKNOWN if self.capable[row] == UNKNOWN and not self.operators else int(Condition.IN_SERVICE)
        if failed in (PASSED, UNKNOWN):
            return OperatorReach(None if failed == UNKNOWN else True, None)
        return OperatorReach(False, Condition(failed).code)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The premises considered: in use on the day and, if areas are given, in them."""

    table: pa.Table
    zone: States
    x: Floats
    y: Floats

    @classmethod
    def on(cls, view: RegisterView, tree: Tree, areas: Sequence[str] | None) -> "Places":
        """Read the register; with ``areas`` only the premises there or below, and the buildings of estates there."""
        table = view.table("premises", _COLUMNS)
        table = table.filter(in_force(table, "in_service_from", "in_service_to", view.as_of))
        if areas is not None:
            table = table.filter(_inside(table, tree, areas))
        zone = zones_of(table["zone"], table["area_code"], AreaZones.of(view, tree), tree)
        return cls(table, zone, numbers_of(table["x"]), numbers_of(table["y"]))

    @property
    def placed(self) -> Flags:
        """Whether there is a point to measure from and a zone to measure by."""
        placed: Flags = np.isfinite(self.x) & np.isfinite(self.y) & (self.zone != NO_ZONE)
        return placed

    def radius(self, rule: ReachRule) -> Floats:
        """The radius of each premises' zone in metres."""
        return np.where(self.zone == URBAN, rule.urban_radius_m, rule.rural_radius_m)


def compute_reach(
    view: RegisterView,
    rule: ReachRule,
    *,
    calendar: WorkingCalendar,
    area: str | Sequence[str] | None = None,
    tree: Tree | None = None,
    nearest: Nearest = nearest_within,
    progress: Progress = SILENT,
) -> Reach:
    """Judge every premises in use on the view's day by RUL-001-05.

    ``area`` (a code or several) restricts the premises to those areas and all below; the answer for them is the same
    as in the full result, at the cost of the part. ``tree`` spares building the tree of areas again; ``nearest``
    measures the distances, by default here. Without an
    ``access_points`` register, and for a premises without a point or a zone, the answer is unknown. An estate
    without a point but with residential buildings is as its buildings are (C-09). Raises ``OutsideKnowledge`` when an
    order or expansion falls in a year whose working days are not known.
    """
    tree = tree or tree_of(view, view.as_of)
    places = Places.on(view, tree, [area] if isinstance(area, str) else area)
    expansions = Expansions.on(view, rule, calendar)
    points = AccessPoints.on(view, rule, expansions)
    orders = Orders.in_window(view, rule, expansions, calendar)
    present = [bit for bit in range(len(rule.operators)) if bool((points.operator == bit).any())]
    operators = tuple(rule.operators[bit] for bit in present)
    failed = np.full((len(operators), len(places.zone)), UNKNOWN, dtype=np.int8)
    best = _Nearest.none(len(places.zone))
    progress.start("reach", len(operators))
    for row, bit in enumerate(present):
        found = _judge(points, points.operator == bit, places, places.radius(rule), nearest, failed[row])
        late = orders.late_at(operators[row], places.table["premises_id"], places.table["area_code"])
        failed[row, late & places.placed & (failed[row] <= PASSED)] = Condition.INSTALLATION
        best.improve(found, failed[row] == PASSED)
        progress.advance()
    progress.finish()
    return _reach(view, rule, operators, places, failed, best, points.ids)


@dataclass(frozen=True, slots=True, eq=False)
class _Nearest:
    """Per premises the nearest point that meets every condition, and its distance."""

    point: Ints
    distance: Floats

    @classmethod
    def none(cls, n: int) -> "_Nearest":
        return cls(np.full(n, -1, dtype=np.int64), np.full(n, np.nan))

    def improve(self, other: "_Nearest", where: Flags) -> None:
        """Take the other's point where it is allowed and nearer (or as near, with the lower id)."""
        nearer = (self.point < 0) | (other.distance < self.distance)
        nearer |= (other.distance == self.distance) & (other.point < self.point)
        take = np.flatnonzero(where & nearer)
        self.point[take] = other.point[take]
        self.distance[take] = other.distance[take]


def _judge(
    points: AccessPoints, mine: Flags, places: Places, radius: Floats, nearest: Nearest, failed: States
) -> _Nearest:
    """Write one operator's first failures (all but installation) into ``failed``; give its nearest sure points.

    Premises that cannot be measured stay unknown.
    """
    best = _Nearest.none(failed.size)
    waiting = np.flatnonzero(places.placed)
    for outcome, chosen in _classes(points, mine):
        found, distance = nearest(
            places.x[waiting], places.y[waiting], radius[waiting], points.x[chosen], points.y[chosen]
        )
        hit = found >= 0
        failed[waiting[hit]] = outcome
        if outcome == PASSED:
            best.point[waiting[hit]] = chosen[found[hit]]
            best.distance[waiting[hit]] = distance[hit]
        waiting = waiting[~hit]
    failed[waiting] = _before_radius(points, mine)
    return best


def _classes(points: AccessPoints, mine: Flags) -> Iterator[tuple[int, Ints]]:
    """Points that count at all, by how far they get within the radius: the furthest first."""
    usable = mine & points.in_service & ~points.tv_only
    fast = usable & (points.capacity != NO)
    sure = fast & (points.capacity == YES) & (points.ports == YES)
    classes = (
        (PASSED, sure),
        (UNKNOWN, fast & (points.ports != NO) & ~sure),
        (int(Condition.PORTS), fast & (points.ports == NO)),
        (int(Condition.CAPACITY), usable & ~fast),
    )
    for outcome, flags in classes:
        chosen = np.flatnonzero(flags)
        if chosen.size:
            yield outcome, chosen


def _before_radius(points: AccessPoints, mine: Flags) -> Condition:
    """What fails first where nothing is within the radius: the operator may have no usable point in the city."""
    if not (mine & points.in_service).any():
        return Condition.IN_SERVICE
    usable = mine & points.in_service & ~points.tv_only
    return Condition.RADIUS if usable.any() else Condition.NOT_TV_ONLY


def _reach(
    view: RegisterView,
    rule: ReachRule,
    operators: tuple[str, ...],
    places: Places,
    failed: States,
    best: _Nearest,
    point_ids: pa.Array,
) -> Reach:
    n = len(places.zone)
    capable = np.full(n, NO, dtype=np.int8)
    bits = np.zeros(n, dtype=np.int64)
    furthest = np.full(n, Condition.IN_SERVICE, dtype=np.int8)
    unknown = ~places.placed | (not view.has("access_points"))
    for row in range(len(operators)):
        capable[failed[row] == PASSED] = YES
        bits |= (failed[row] == PASSED).astype(np.int64) << row
        np.maximum(furthest, failed[row], out=furthest)
        unknown |= failed[row] == UNKNOWN
    capable[unknown & (capable == NO)] = UNKNOWN
    _estates_as_their_buildings(places, capable, bits, furthest, failed)
    first_failed = np.select([capable == YES, capable == UNKNOWN], [PASSED, UNKNOWN], furthest).astype(np.int8)
    return Reach(
        as_of=view.as_of,
        rule=rule,
        operators=operators,
        premises=places.table.select(_COLUMNS[:4]),
        zone=places.zone,
        capable=capable,
        capable_operators=bits,
        operator_failed=failed,
        first_failed=first_failed,
        nearest_point=best.point,
        distance_m=best.distance,
        point_ids=point_ids,
    )


def buildings_of_estates(table: pa.Table, estates: Flags) -> tuple[Ints, Ints]:
    """Rows of residential buildings whose estate is among the marked rows, and the estate's row of each.

    A building not said to be something else is residential (C-09).
    """
    rows = np.flatnonzero(estates)
    ids = one_array(table["premises_id"].take(pa.array(rows)))
    home = pc.and_(pc.equal(table["kind"], "building"), pc.fill_null(table["residential"], fill_value=True))
    at = positions(table["parent_premises"], ids)
    buildings = np.flatnonzero(home.to_numpy() & (at >= 0))
    return buildings, rows[at[buildings]]


def estates_without_point(table: pa.Table, x: Floats, y: Floats) -> Flags:
    """Mark the estates that can only be judged by their buildings."""
    estate: Flags = pc.equal(table["kind"], "estate").to_numpy()
    return estate & ~(np.isfinite(x) & np.isfinite(y))


def _estates_as_their_buildings(places: Places, capable: States, bits: Ints, furthest: States, failed: States) -> None:
    """Give estates without a point what all their residential buildings have: the weakest building decides.

    Any building surely not capable makes the estate so, else any unknown one makes it unknown; per operator alike,
    the earliest failure standing for the estate.
    """
    estates = estates_without_point(places.table, places.x, places.y)
    if not estates.any():
        return
    building, estate = buildings_of_estates(places.table, estates)
    derived = np.unique(estate)
    capable[derived], bits[derived], furthest[derived] = YES, (1 << _BITS) - 1, Condition.INSTALLATION
    lost = capable[building] == NO
    capable[estate[capable[building] == UNKNOWN]] = UNKNOWN
    capable[estate[lost]] = NO
    np.bitwise_and.at(bits, estate, bits[building])
    np.minimum.at(furthest, estate[lost], furthest[building[lost]])
    for row in failed:
        row[derived] = PASSED
        surely = row[building] > PASSED
        row[estate[row[building] == UNKNOWN]] = UNKNOWN
        row[estate[surely]] = Condition.INSTALLATION
        np.minimum.at(row, estate[surely], row[building[surely]])


def _inside(table: pa.Table, tree: Tree, areas: Sequence[str]) -> pa.ChunkedArray:
    mask = np.zeros(len(tree), dtype=bool)
    everything = False
    for code in areas:
        number = tree.find(code)
        everything |= number < 0
        mask |= tree.mask_below(number)
    if everything:
        return pa.chunked_array([pa.array(np.ones(table.num_rows, dtype=bool))])
    codes = pa.array([area.code for area in tree.areas if mask[area.index]], pa.string())
    here = pc.is_in(table["area_code"], value_set=codes)
    estates = one_array(table.filter(pc.and_(here, pc.equal(table["kind"], "estate")))["premises_id"])
    return pc.or_(here, pc.is_in(table["parent_premises"], value_set=estates))
