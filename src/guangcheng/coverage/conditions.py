"""The conditions of RUL-001-05 in their fixed order, and how each access point meets those that need no distance."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guangcheng.base.days import NEVER, WorkingCalendar, day_number
from guangcheng.base.provenance import Clause
from guangcheng.base.text import Text
from guangcheng.coverage.reach_rule import CAPABILITY_CLAUSE, OPERATOR_CLAUSE, ReachRule
from guangcheng.coverage.tree import in_force
from guangcheng.registers.view import RegisterView

Ints = NDArray[np.int64]
States = NDArray[np.int8]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

YES, NO, UNKNOWN = 1, 0, -1
"""The three answers; a missing register value is unknown and never a failure."""

PASSED = 0
"""In columns of first failures: no condition failed. ``UNKNOWN`` there: none surely failed, some cannot be known."""


class Condition(IntEnum):
    """The conditions, in the order in which they are tried; the first at which no point is left is named."""

    IN_SERVICE = 1
    NOT_TV_ONLY = 2
    RADIUS = 3
    CAPACITY = 4
    PORTS = 5
    INSTALLATION = 6

    @property
    def code(self) -> str:
        """Name in data: ``in_service`` … ``installation``."""
        return self.name.lower()


CONDITION_WORDS: Mapping[Condition, Text] = MappingProxyType(
    {
        Condition.IN_SERVICE: Text(zh="在用", en="in service"),
        Condition.NOT_TV_ONLY: Text(zh="不是仅传电视", en="not TV only"),
        Condition.RADIUS: Text(zh="在半径内", en="within the radius"),
        Condition.CAPACITY: Text(zh="容量达标", en="capacity"),
        Condition.PORTS: Text(zh="有空闲端口或按时扩容", en="free port or an expansion in time"),
        Condition.INSTALLATION: Text(zh="报装按时完成", en="installations in time"),
    }
)

CONDITION_CLAUSES: Mapping[Condition, Clause] = MappingProxyType(
    {item: OPERATOR_CLAUSE if item is Condition.NOT_TV_ONLY else CAPABILITY_CLAUSE for item in Condition}
)


@dataclass(frozen=True, slots=True, eq=False)
class Expansions:
    """Expansions reported by the day, sorted by point and age; ``late`` as of the day (RUL-001-13).

    An open one is late once the day is past its due day, a finished one if it was finished after it. One reported
    later than the day is not there yet; one finished later is still open.
    """

    ids: pa.Array
    access_point_ids: pa.Array
    reported: Ints
    finished: Ints
    """Day number, ``NEVER`` while open."""
    late: Flags

    @classmethod
    def on(cls, view: RegisterView, rule: ReachRule, calendar: WorkingCalendar) -> "Expansions":
        """Read and judge the register on the view's day."""
        today = day_number(view.as_of)
        table = view.table("expansions", ("expansion_id", "access_point_id", "reported_short_at", "finished_at"))
        table = table.filter(pc.less_equal(table["reported_short_at"], pa.scalar(view.as_of, pa.date32())))
        table = table.sort_by(
            [(name, "ascending") for name in ("access_point_id", "reported_short_at", "expansion_id")]
        )
        reported = days_of(table["reported_short_at"], NEVER)
        finished = days_of(table["finished_at"], NEVER)
        finished = np.where(finished <= today, finished, NEVER)
        late = calendar.exceeds(reported, np.minimum(finished, today), rule.expansion_working_days)
        ids, points = (one_array(table[name]) for name in ("expansion_id", "access_point_id"))
        return cls(ids, points, reported, finished, late)

    def latest_of(self, access_point_ids: pa.Array) -> Ints:
        """Row of the latest expansion of each point, −1 where there is none."""
        if len(self.ids) == 0:
            return np.full(len(access_point_ids), -1, dtype=np.int64)
        runs = pc.run_end_encode(self.access_point_ids)
        run = positions(access_point_ids, runs.values)
        last = np.asarray(runs.run_ends, dtype=np.int64) - 1
        return np.where(run >= 0, last[run], -1)


@dataclass(frozen=True, slots=True, eq=False)
class AccessPoints:
    """The access points of the counting operators, sorted by id so that ties never depend on the file's order."""

    ids: pa.Array
    operator: States
    """Position in the rule's operators."""
    x: Floats
    y: Floats
    in_service: Flags
    tv_only: Flags
    capacity_mbps: Floats
    """NaN: not known."""
    ports_free: Floats
    """NaN: not known."""
    expansion: Ints
    """Row of the point's latest expansion, −1 for none."""
    capacity: States
    ports: States

    @classmethod
    def on(cls, view: RegisterView, rule: ReachRule, expansions: Expansions) -> "AccessPoints":
        """Read the register and judge on the view's day what needs no distance."""
        table = view.table(
            "access_points",
            (
                *("access_point_id", "operator", "x", "y", "capacity_mbps", "ports_free"),
                *("in_service_from", "in_service_to", "tv_only"),
            ),
        )
        table = table.filter(pc.is_in(table["operator"], value_set=pa.array(rule.operators, pa.string())))
        table = table.sort_by("access_point_id")
        ids = one_array(table["access_point_id"])
        capacity_mbps, ports_free = (numbers_of(table[name]) for name in ("capacity_mbps", "ports_free"))
        latest = expansions.latest_of(ids)
        no_expansion = True  # the place that −1 points to
        in_time = ~np.append(expansions.late, no_expansion)[latest]
        ports = answers(ports_free > 0, known=~np.isnan(ports_free))
        ports[in_time] = YES
        return cls(
            ids=ids,
            operator=positions(table["operator"], pa.array(rule.operators, pa.string())).astype(np.int8),
            x=numbers_of(table["x"]),
            y=numbers_of(table["y"]),
            in_service=in_force(table, "in_service_from", "in_service_to", view.as_of).to_numpy(),
            tv_only=pc.fill_null(table["tv_only"], fill_value=False).to_numpy(),
            capacity_mbps=capacity_mbps,
            ports_free=ports_free,
            expansion=latest,
            capacity=answers(capacity_mbps >= rule.min_access_mbps, known=~np.isnan(capacity_mbps)),
            ports=ports,
        )


def answers(holds: Flags, *, known: Flags) -> States:
    """Three-valued answers: yes or no where known, else unknown."""
    return np.where(known, holds, UNKNOWN).astype(np.int8)


def days_of(column: pa.ChunkedArray, missing: int) -> Ints:
    """Day numbers of a date column, ``missing`` where empty."""
    numbers = column.cast(pa.int32()).cast(pa.int64())
    return pc.fill_null(numbers, missing).to_numpy()  # type: ignore[no-any-return]


def numbers_of(column: pa.ChunkedArray) -> Floats:
    """Numbers as doubles, NaN where empty."""
    return column.cast(pa.float64()).to_numpy()  # type: ignore[no-any-return]


def positions(values: pa.Array | pa.ChunkedArray, among: pa.Array) -> Ints:
    """Position of each value in ``among``, −1 where it is not there (or empty)."""
    found = pc.fill_null(pc.index_in(values, value_set=among, skip_nulls=True), -1)
    return np.asarray(found, dtype=np.int64)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
