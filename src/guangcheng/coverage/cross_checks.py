"""What operators say held against the registers, and against what they said the month before (001 二(三)1, U-12).

Never a verdict: each is something for people to look at. What can be checked row by row is checked at import; these
need the whole city.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.errors import Where
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import CONDITION_WORDS, Condition
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.tree import Ints, in_force
from guangcheng.registers.faults import Fault
from guangcheng.registers.rulebook import rule
from guangcheng.registers.schema import schema
from guangcheng.standards.model import value_at

__all__ = ["JUMP_PERCENT", "LEAST", "cross_checks"]

JUMP_PERCENT = 20.0
"""Jump asked about where the standard sets none (U-12)."""
LEAST = 50
"""Lines whose larger figure is below this may jump as they like (product default)."""
MOST = 2000
"""Findings of one kind at most, the largest first."""

_LINE = ("operator", "area_code", "technology", "tier", "customer", "zone")


def cross_checks(survey: Survey) -> dict[str, tuple[Fault, ...]]:
    """By register the findings: ``claims`` against reach (R-185), ``subscriber_stats`` month on month (R-186)."""
    found = {"claims": tuple(_claims(survey)), "subscriber_stats": tuple(_jumps(survey))}
    return {register: faults for register, faults in found.items() if faults}


def jump_percent(survey: Survey) -> float:
    """The jump the standard asks about, in percent of the earlier figure."""
    for item in survey.standard.rules.values():
        parameter = item.parameters.get("jump_percent")
        value = None if parameter is None else value_at(parameter.values, survey.as_of)
        if value is not None:
            return float(str(value.value))
    return JUMP_PERCENT


def _claims(survey: Survey) -> Iterator[Fault]:
    """Fibre claims in force whose own operator is surely not capable there by the registers."""
    if not (survey.has("claims") and survey.has("access_points")):
        return
    names = ("claim_id", "operator", "area_code", "premises_id", "technology", "tv_only", *_DATES)
    table = survey.whole_view.table("claims", names)
    wanted = pc.and_(in_force(table, *_DATES, survey.as_of), pc.equal(table["technology"], "fibre"))
    wanted = pc.and_(pc.fill_null(wanted, False), pc.invert(pc.fill_null(table["tv_only"], False)))
    table = table.filter(wanted)
    row_of = pc.index_in(table["premises_id"], value_set=survey.premises.ids)
    columns = (table[name].to_pylist() for name in ("claim_id", "operator", "area_code", "premises_id"))
    told = 0
    for claim, operator, area, premises, row in zip(*columns, row_of.to_pylist(), strict=True):
        fault = None
        if premises is not None:
            fault = None if row is None else _claimed_premises(survey, claim, operator, row)
        elif area in survey.tree.index:
            fault = _claimed_area(survey, claim, operator, survey.tree.index[area])
        if fault is not None and (told := told + 1) <= MOST:
            yield fault


_DATES = ("effective_from", "effective_to")


def _failed(survey: Survey, operator: str, rows: Ints) -> Ints:
    """Per row the first condition the operator fails, 0 where it fails none, -1 where it cannot be known."""
    reach = survey.reach
    if operator in reach.operators:
        failed: Ints = reach.operator_failed[reach.operators.index(operator), rows].astype(np.int64)
        return failed
    return np.full(len(rows), int(Condition.IN_SERVICE), dtype=np.int64)


def _claimed_premises(survey: Survey, claim: str, operator: str, row: int) -> Fault | None:
    failed = int(_failed(survey, operator, np.array([row]))[0])
    if failed <= 0:
        return None
    words = CONDITION_WORDS[Condition(failed)]
    reason = Text(f"不满足“{words.zh}”", f"it fails “{words.en}”")
    return _claim_fault(claim, operator, survey.premises.label(row), reason)


def _claimed_area(survey: Survey, claim: str, operator: str, area: int) -> Fault | None:
    rows = survey.rows_below(area)
    rows = rows[survey.premises.record[rows]]
    lacking = int(np.count_nonzero(_failed(survey, operator, rows) > 0))
    if not lacking:
        return None
    reason = Text(
        f"其中 {lacking} 处驻地不具备（共 {len(rows)} 处）", f"{lacking} of {len(rows)} premises are not capable"
    )
    return _claim_fault(claim, operator, survey.tree.areas[area].name, reason)


def _claim_fault(claim: str, operator: str, place: str, reason: Text) -> Fault:
    where = Where(file="claims", field=f"claim_id={claim}")
    who = schema("claims").field("operator").word(operator).zh
    return rule("R-185").fault(where, place, operator=who, place=place, reason_zh=reason.zh, reason_en=reason.en)


def _jumps(survey: Survey) -> Iterator[Fault]:
    """Lines of the newest month that differ from the month before by more than the standard lets pass unasked."""
    if not survey.has("subscriber_stats"):
        return
    table = survey.whole_view.table("subscriber_stats", (*_LINE, "month", "subscribers"))
    table = table.filter(pc.less_equal(table["month"], pa.scalar(survey.as_of)))
    months = sorted(set(table["month"].unique().to_pylist()))
    if len(months) < 2:
        return
    now, then = (table.filter(pc.equal(table["month"], pa.scalar(month))) for month in (months[-1], months[-2]))
    before = {_line(row): row["subscribers"] for row in then.to_pylist()}
    percent = jump_percent(survey)
    found = []
    for row in now.to_pylist():
        old, new = before.get(_line(row)), row["subscribers"]
        if old is None or new is None or max(old, new) < LEAST:
            continue
        if 100 * abs(new - old) > percent * old:
            found.append((-abs(new - old), _line(row), old, new))
    for _, line, old, new in sorted(found)[:MOST]:
        place = " · ".join(_words(survey, line))
        where = Where(file="subscriber_stats", field=f"{place}, {months[-1].isoformat()}", column="subscribers")
        values = {"place": place, "month": months[-1].strftime("%Y-%m"), "now": new, "then": old}
        yield rule("R-186").fault(where, str(new), **values, percent=f"{percent:g}")


def _line(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(row[name] or "") for name in _LINE)


def _words(survey: Survey, line: tuple[str, ...]) -> Iterator[str]:
    """A line as people say it: operator, area, technology, tier and so on."""
    wanted = schema("subscriber_stats")
    for name, value in zip(_LINE, line, strict=True):
        if not value:
            continue
        if name == "area_code":
            yield survey.tree.areas[survey.tree.index[value]].name if value in survey.tree.index else value
        else:
            yield wanted.field(name).word(value).zh
