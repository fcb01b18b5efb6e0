"""What acceptance is given at the doors: the ordinary evaluation of a place, its premises, the day a notice ends.

Pages and API take every step by :func:`take_step`, so that neither can do what the other cannot.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings

from guangcheng.apps import bootstrap
from guangcheng.apps.web import results
from guangcheng.apps.web.standing import Standing
from guangcheng.base.errors import NotFound, UsageError
from guangcheng.base.text import Text
from guangcheng.coverage.results import AreaVerdict
from guangcheng.coverage.survey import Survey
from guangcheng.programme.acceptance import cases
from guangcheng.programme.acceptance.models import Case
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.standards.model import Indicator

__all__ = ["Given", "evidence", "open_case", "premises", "take_step"]


def _place(standing: Standing, code: str) -> AreaVerdict:
    found = standing.areas.get(code)
    if found is None:
        found = next((one for one in standing.looked.evaluation.estates if one.code == code), None)
    if found is None:
        raise NotFound(
            Text(f"评估里没有“{code}”", f"{code} is not in the evaluation"),
            mend=Text("用区域代码或小区编号", "use an area's code or an estate's id"),
        )
    return found


def evidence(standard_id: str, code: str, *, as_of: dt.date | None = None) -> tuple[dict[str, Any], dt.date | None]:
    """The self-check of a place by the ordinary evaluation, and the last day its level's target is due (if any).

    Waits as every figure does (``shelf.Computing``). ``NotFound`` for a place that is not judged.
    """
    standing = results.standing(standard_id, as_of)
    place = _place(standing, code)
    evaluation = standing.looked.evaluation
    told = {
        "standard": evaluation.standard,
        "standard_version": evaluation.standard_version,
        "as_of": evaluation.as_of.isoformat(),
        "snapshots": {name: str(ref) for name, ref in sorted(evaluation.snapshots.items())},
        "verdict": place.verdict.value,
        "level": place.level,
        "name": place.name,
        "area": _area_of(standing, place),
        "trace": place.trace,
        "failing": standing.count_failing(code),
        "reasons": [{"zh": reason.zh, "en": reason.en} for reason in place.reasons],
        "tests": [
            {
                "id": test.id,
                "clause": str(test.clause),
                "title": {"zh": test.title.zh, "en": test.title.en},
                "hard": test.hard,
                "numerator": test.numerator,
                "denominator": test.denominator,
                "value": test.value,
                "unit": test.unit,
                "threshold": f"{test.comparator} {test.threshold}",
                "ok": test.ok,
                "trace": test.trace,
            }
            for test in place.tests
        ],
    }
    return told, _due(standing, place)


def _area_of(standing: Standing, place: AreaVerdict) -> str:
    """The area by which rights go: the place's own, or the one an estate lies in (the whole for one in no area)."""
    if place.level != "estate":
        return place.code
    return place.parent or standing.looked.evaluation.area


def open_case(act: Act, standard_id: str, code: str, *, as_of: dt.date | None = None) -> Case:
    """Self-check an area, or an estate in its area, and keep it as a new case."""
    told, due = evidence(standard_id, code, as_of=as_of)
    return cases.open_case(act, area=told["area"], place=code, evidence=told, due=due)


_COUNTED = {
    "estates_passed_share": ("estate",),
    "natural_villages_passed_share": ("natural_village",),
    "natural_villages_covered": ("natural_village",),
    "natural_villages_passed": ("natural_village",),
    "admin_villages_passed": ("admin_village",),
    "townships_passed": ("street", "town"),
}
"""Measures that count places that pass, and places of which level; ``count_passed`` says it itself."""


def _due(standing: Standing, place: AreaVerdict) -> dt.date | None:
    """The last day by which places of this level are to pass: who passes before it is early (001 三(四)).

    From the targets of the indicators that count such places; where none does, the last day of all.
    """
    levels = {place.level, place.subtype}
    indicators = standing.looked.standard.indicators.values()
    own = [one for one in indicators if not levels.isdisjoint(_levels(one))]
    days = [target.date for one in own or indicators for target in one.targets if target.date is not None]
    return max(days) if days else None


def _levels(indicator: Indicator) -> tuple[str, ...]:
    if indicator.measure == "count_passed":
        listed = indicator.params.get("levels", ())
        return tuple(map(str, listed)) if isinstance(listed, list | tuple) else (str(listed),)
    return _COUNTED.get(indicator.measure or "", ())


def premises(standard_id: str, code: str, *, as_of: dt.date | None = None) -> list[tuple[str, str]]:
    """Every judged premises in the place with what the register claims (``cases.CLAIMS``), for drawing a sample.

    Of an estate its residential buildings, which are what it is judged by; the estate itself where none is listed.
    """
    survey = results.standing(standard_id, as_of).looked.survey
    held = survey.premises
    rows = _rows_of_estate(survey, code)
    if rows is None:
        inside = np.append(survey.tree.mask_below(survey.tree.find(code)), np.False_)
        rows = np.flatnonzero(held.record & inside[held.area])
    said = {1: "yes", 0: "no"}
    return [(held.id_of(row), said.get(int(survey.capable[row]), "unknown")) for row in rows.tolist()]


def _rows_of_estate(survey: Survey, code: str) -> npt.NDArray[np.int64] | None:
    own = next((row for row, one in survey.estates.items() if one.code == code), None)
    if own is None:
        return None
    buildings = np.flatnonzero((survey.premises.estate == own) & survey.premises.residential)
    return buildings if len(buildings) else np.array([own])


@dataclass(frozen=True, slots=True)
class Given:
    """What a step may need: a reason, the size of a sample, where a plaque hangs."""

    reason: str = ""
    size: int | None = None
    place: str = ""


def take_step(act: Act, case: Case, name: str, given: Given) -> Anchor:
    """Take the step ``name`` of the table; ``NotFound`` for an unknown one, else what the verb refuses with."""
    if name in _PLAIN:
        return _PLAIN[name](act, case.pk)
    if name in _REASONED:
        return _REASONED[name](act, case.pk, reason=given.reason)
    if name == "award":
        return cases.award(act, case.pk, place=given.place)
    if name == "announce":
        calendar = bootstrap.calendar_of(scope.the_city())
        return cases.announce(act, case.pk, objection_days=settings.WEB.objection_days, calendar=calendar)
    if name == "draw":
        return _draw(act, case, given)
    if name == "recheck":
        told, due = evidence(case.standard, case.place_code)
        cases.self_check(act, case.pk, evidence=told, due=due)
        return ledger.last_of(case.subject)
    raise NotFound(
        Text(f"没有步骤 {name}", f"there is no step {name}"),
        mend=Text("现在能办的步骤见这一事项", "see the case for the steps there are now"),
    )


_PLAIN = {
    "submit": cases.submit,
    "take": cases.take,
    "pass_review": cases.pass_review,
    "collate": cases.collate,
    "approve": cases.approve,
    "close_notice": cases.close_notice,
    "publish": cases.publish,
}
_REASONED = {
    "send_back": cases.send_back,
    "refuse": cases.refuse,
    "uphold": cases.uphold,
    "withdraw": cases.withdraw,
}


def _draw(act: Act, case: Case, given: Given) -> Anchor:
    if given.size is None:
        raise UsageError(Text("没有给样本数", "no size was given"), mend=Text("填正整数", "give a whole number"))
    # from the register as the self-check saw it: what was pinned is what is visited
    drawn = premises(case.standard, case.place_code, as_of=dt.date.fromisoformat(case.evidence["as_of"]))
    return cases.draw(act, case.pk, premises=drawn, size=given.size)
