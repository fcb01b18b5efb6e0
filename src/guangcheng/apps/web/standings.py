"""Figures of the standards in force as scores and bulletins use them."""

from typing import Any

from guangcheng.apps.web import results
from guangcheng.base.errors import NotFound
from guangcheng.coverage.results import Verdict

PASSED = (Verdict.PASS, Verdict.PASS_WITH_REMARK)
JUDGED = (*PASSED, Verdict.FAIL)


def accepted_by_area() -> dict[str, tuple[int, int]]:
    """By area, how many areas directly beneath it pass and how many are judged, over the standards in force.

    Figures still being worked out are left out, so that a page of scores never waits.
    """
    found: dict[str, tuple[int, int]] = {}
    for standard in results.standards_in_force():
        standing = _ready(standard)
        for code, below in standing.below.items() if standing else ():
            verdicts = [one.verdict for one in below if one.verdict in JUDGED]
            passed, judged = found.get(code, (0, 0))
            found[code] = (passed + sum(one in PASSED for one in verdicts), judged + len(verdicts))
    return found


def _ready(standard: str) -> Any:
    try:
        return results.ready(standard)
    except NotFound:
        return None


def figures_of_year() -> dict[str, Any]:
    """Every indicator of the standards in force for the whole city, with day and snapshots."""
    figures = {}
    for standard in results.standards_in_force():
        standing = results.standing(standard)
        evaluation = standing.looked.evaluation
        figures[standard] = {
            "title": standing.looked.standard.title.model_dump(),
            "as_of": evaluation.as_of.isoformat(),
            "snapshots": {name: ref.hash for name, ref in sorted(evaluation.snapshots.items())},
            "indicators": [
                {
                    "id": row.id,
                    "name": row.name.zh,
                    "name_en": row.name.en,
                    "value": row.value,
                    "target_date": row.target_date.isoformat() if row.target_date else None,
                    "status": row.status.value,
                }
                for row in evaluation.indicators
                if row.area == evaluation.area
            ],
        }
    return figures
