"""What an acceptance case is given: the ordinary evaluation of its place, pinned to snapshots, and its premises."""

import datetime as dt
from typing import Any

from guangcheng.apps.web import results
from guangcheng.apps.web.standing import Standing
from guangcheng.base.errors import NotFound
from guangcheng.base.text import Text
from guangcheng.coverage.results import AreaVerdict

__all__ = ["LEVELS_ACCEPTED", "evidence", "premises"]

LEVELS_ACCEPTED = ("district", "street", "town", "township", "admin_village", "natural_village", "estate")


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
    return told, _due(standing)


def _due(standing: Standing) -> dt.date | None:
    """The last target day of the whole: who passes before it is early."""
    evaluation = standing.looked.evaluation
    days = [one.target_date for one in evaluation.indicators if one.area == evaluation.area and one.target_date]
    return max(days) if days else None


def premises(standard_id: str, code: str, *, as_of: dt.date | None = None) -> list[tuple[str, str]]:
    """Every judged premises in the place with what the register claims (``yes`` or ``no``), for drawing a sample."""
    standing = results.standing(standard_id, as_of)
    survey = standing.looked.survey
    inside = _below(standing, code)
    held = survey.premises
    found = []
    for row, area in enumerate(held.area.tolist()):
        if held.record[row] and (survey.tree.areas[area].code in inside or held.id_of(row) == code):
            found.append((held.id_of(row), "yes" if int(survey.capable[row]) == 1 else "no"))
    return found


def _below(standing: Standing, code: str) -> set[str]:
    found, waiting = set(), [code]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += [area.code for area in standing.below.get(one, ()) if area.code not in found]
    return found
