"""Measures of the time limits: how long installations and expansions took, in working days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.days import months_before
from guangcheng.base.text import Text
from guangcheng.coverage.measured import Measured, Member, Params, listed, nothing, register_gap
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


def _from(survey: Survey) -> pa.Scalar:
    rule = ReachRule.of(survey.standard, survey.as_of)
    return pa.scalar(months_before(survey.as_of, rule.order_window_months), pa.date32())


def _within(survey: Survey, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Dates in the months looked back on (product default ``order_window_months``), up to the day."""
    return pc.and_(pc.greater_equal(column, _from(survey)), pc.less_equal(column, pa.scalar(survey.as_of, pa.date32())))


def _orders(survey: Survey) -> list[Job]:
    view, on = survey.whole_view, survey.as_of
    limit = ReachRule.of(survey.standard, on).install_working_days
    waits = {row["expansion_id"]: row for row in view.table("expansions").to_pylist()}
    table = view.table("install_orders")
    table = table.filter(_within(survey, table["submitted_at"])).sort_by("order_no")
    homes = _home(survey, table["premises_id"])
    areas = survey.tree.numbers(table["area_code"]).tolist()
    jobs = []
    for row, area, home in zip(table.to_pylist(), areas, homes, strict=True):
        days = _order_days(survey, row, waits.get(row["expansion_id"]))
        jobs.append(Job(row, area if area >= 0 else home, days, days > limit))
    return jobs


def _home(survey: Survey, ids: pa.ChunkedArray) -> list[int]:
    found = pc.fill_null(pc.index_in(ids, value_set=survey.premises.ids, skip_nulls=True), -1)
    return [int(survey.premises.area[row]) if row >= 0 else -1 for row in found.to_pylist()]


def _order_days(survey: Survey, row: Mapping[str, Any], wait: Mapping[str, Any] | None) -> int:
    """Working days of an order; the clock stands still while it waits on an expansion (U-07)."""
    between, on = survey.calendar.working_days_between, survey.as_of
    end = min(row["completed_at"] or on, on)
    days = between(row["submitted_at"], end)
    if wait is None:
        return days
    stop = max(row["submitted_at"], wait["reported_short_at"])
    resume = min(wait["finished_at"] or end, end)
    return days - (between(stop, resume) if resume > stop else 0)


def _expansions(survey: Survey) -> list[Job]:
    view, on = survey.whole_view, survey.as_of
    limit = ReachRule.of(survey.standard, on).expansion_working_days
    points = view.table("access_points", ("access_point_id", "area_code"))
    areas = survey.tree.numbers(points["area_code"]).tolist()
    where = dict(zip(points["access_point_id"].to_pylist(), areas, strict=True))
    table = view.table("expansions")
    table = table.filter(_within(survey, table["reported_short_at"])).sort_by("expansion_id")
    jobs = []
    for row in table.to_pylist():
        days = survey.calendar.working_days_between(row["reported_short_at"], min(row["finished_at"] or on, on))
        jobs.append(Job(row, where.get(row["access_point_id"], -1), days, days > limit))
    return jobs


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
