"""Measures of the time limits: how long installations and expansions took, in working days.

Judged by the same :class:`Orders` and :class:`Expansions` as reach, so that an order is never late in one place and in
time in another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow.compute as pc

from guangcheng.base.days import NEVER, day_number, months_before
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import Expansions, Flags, Ints
from guangcheng.coverage.measured import Measured, Member, Params, listed, nothing, register_gap
from guangcheng.coverage.orders import Orders
from guangcheng.coverage.reach_rule import ReachRule
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.verdicts import FAILED, PASSED


@dataclass(frozen=True, slots=True)
class Job:
    """One order or expansion: how many working days it has taken by the day, and whether that is too long."""

    row: Mapping[str, Any]
    area: int
    days: int
    late: bool


def _used(days: Ints, late: Flags, limit: int) -> list[int]:
    """Working days used up. A late job has used more than the limit, also where it ended on a day off after it."""
    return [int(day) for day in np.where(late & (days <= limit), limit + 1, days)]


def _orders(survey: Survey) -> list[Job]:
    view, calendar = survey.whole_view, survey.calendar
    rule = ReachRule.of(survey.standard, survey.as_of)
    orders = Orders.in_window(view, rule, Expansions.on(view, rule, calendar), calendar)
    days = _used(orders.running_days(calendar), orders.late, rule.install_working_days)
    areas = survey.tree.numbers(orders.table["area_code"]).tolist()
    homes = _homes(survey, orders)
    rows = zip(orders.table.to_pylist(), areas, homes, days, orders.late.tolist(), strict=True)
    return [Job(row, area if area >= 0 else home, used, late) for row, area, home, used, late in rows]


def _homes(survey: Survey, orders: Orders) -> list[int]:
    ids = orders.table["premises_id"]
    found = pc.fill_null(pc.index_in(ids, value_set=survey.premises.ids, skip_nulls=True), -1)
    return [int(survey.premises.area[row]) if row >= 0 else -1 for row in found.to_pylist()]


def _expansions(survey: Survey) -> list[Job]:
    view, calendar, today = survey.whole_view, survey.calendar, day_number(survey.as_of)
    rule = ReachRule.of(survey.standard, survey.as_of)
    found = Expansions.on(view, rule, calendar)
    days = calendar.count(found.reported, np.minimum(found.finished, today))
    used = _used(days, found.late, rule.expansion_working_days)
    points = view.table("access_points", ("access_point_id", "area_code"))
    areas = survey.tree.numbers(points["area_code"]).tolist()
    where = dict(zip(points["access_point_id"].to_pylist(), areas, strict=True))
    since = day_number(months_before(survey.as_of, rule.order_window_months))
    return [
        Job(row, where.get(row["access_point_id"], -1), used[number], bool(found.late[number]))
        for number, row in enumerate(_expansion_rows(found))
        if found.reported[number] > since
    ]


def _expansion_rows(found: Expansions) -> list[dict[str, Any]]:
    def day(number: int) -> date | None:
        return None if number == NEVER else date.fromordinal(date(1970, 1, 1).toordinal() + number)

    columns = (found.ids.to_pylist(), found.access_point_ids.to_pylist(), found.reported, found.finished)
    names = ("expansion_id", "access_point_id", "reported_short_at", "finished_at")
    return [
        dict(zip(names, (one, point, day(int(reported)), day(int(finished))), strict=True))
        for one, point, reported, finished in zip(*columns, strict=True)
    ]


def _longest(survey: Survey, jobs: list[Job], area: int, name: str) -> Measured:
    whole = area < 0 or survey.tree.roots == (area,)
    inside = survey.tree.mask_below(area)
    there = [job for job in jobs if whole or (job.area >= 0 and inside[job.area])]
    if not there:
        return nothing()
    longest = Fraction(max(job.days for job in there))

    def members() -> Iterator[Member]:
        for job in there:
            label = Text(zh=f"{job.row[name]}：{job.days} 个工作日", en=f"{job.row[name]}: {job.days} working days")
            yield Member(label, FAILED if job.late else PASSED, rows=(job.row,))

    return Measured(
        low=longest,
        high=longest,
        numerator=sum(not job.late for job in there),
        denominator=len(there),
        things="工单",
        kind="number",
        members=listed(members),
    )


def install_limit(survey: Survey, area: int, _params: Params) -> Measured:
    """The longest any installation took; numerator and denominator are orders in time and all (RUL-001-12)."""
    if not survey.has("install_orders"):
        return nothing(*register_gap(survey, "install_orders"))
    return _longest(survey, survey.kept("orders", lambda: _orders(survey)), area, "order_no")


def expansion_limit(survey: Survey, area: int, _params: Params) -> Measured:
    """The longest any expansion took; numerator and denominator are expansions in time and all (RUL-001-13)."""
    if not survey.has("expansions"):
        return nothing(*register_gap(survey, "expansions"))
    return _longest(survey, survey.kept("expansion jobs", lambda: _expansions(survey)), area, "expansion_id")
