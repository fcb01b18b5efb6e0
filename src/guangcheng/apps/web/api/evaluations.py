"""Evaluations: verdicts, indicators, data gaps, what would make a place pass, derivations."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps import shapes
from guangcheng.apps.web import results
from guangcheng.apps.web.api.door import api_act
from guangcheng.apps.web.standing import Standing
from guangcheng.base.errors import NotFound
from guangcheng.base.text import Text

router = Router()
PATIENCE_S = 20.0
"""Seconds a program waits for an evaluation before it gets 503 with Retry-After."""
MOST_PREMISES = 1000

Json = dict[str, Any]


def _standing(request: HttpRequest, standard: str, as_of: dt.date | None) -> Standing:
    api_act(request)
    return results.standing(standard, as_of, patience=PATIENCE_S)


@router.get("", response=list[Json])
@paginate(LimitOffsetPagination)
def standards(request: HttpRequest) -> Any:
    """The standards in force, and whether their evaluation is ready."""
    api_act(request)
    return [{"standard": name, "ready": results.ready(name) is not None} for name in results.standards_in_force()]


@router.get("/derivation", response=Json)
def derivation(request: HttpRequest, trace: str) -> Any:
    """How a figure came about, down to clauses and register rows."""
    api_act(request)
    return {"trace": trace, "derivation": shapes.trace(results.derivation(trace, patience=PATIENCE_S))}


@router.get("/{standard}", response=Json)
def summary(request: HttpRequest, standard: str, as_of: dt.date | None = None) -> Any:
    """What the evaluation stands on, how many verdicts of each kind, and the indicators of the whole."""
    found = _standing(request, standard, as_of)
    evaluation = found.looked.evaluation
    told = shapes.evaluation(evaluation)
    counts: dict[str, dict[str, int]] = {}
    for place in (*evaluation.areas, *evaluation.estates):
        level = counts.setdefault(place.level, {})
        level[place.verdict.value] = level.get(place.verdict.value, 0) + 1
    kept = ("standard", "standard_version", "area", "as_of", "snapshots", "notes")
    whole = [shapes.indicator(result) for result in found.whole]
    return {name: told[name] for name in kept} | {"verdicts": counts, "indicators": whole, "tag": found.tag}


@router.get("/{standard}/areas", response=list[Json])
@paginate(LimitOffsetPagination)
def areas(
    request: HttpRequest,
    standard: str,
    as_of: dt.date | None = None,
    parent: str | None = None,
    level: str | None = None,
    verdict: str | None = None,
) -> Any:
    """Verdicts with every test behind them; by area above, level or verdict."""
    evaluation = _standing(request, standard, as_of).looked.evaluation
    return [
        shapes.area(place)
        for place in (*evaluation.areas, *evaluation.estates)
        if (parent is None or place.parent == parent)
        and (level is None or place.level == level)
        and (verdict is None or place.verdict.value == verdict)
    ]


@router.get("/{standard}/areas/{code}", response=Json)
def area(request: HttpRequest, standard: str, code: str, as_of: dt.date | None = None) -> Any:
    """One area with its indicators and the fewest additions that would make it pass."""
    found = _standing(request, standard, as_of)
    place = found.areas.get(code)
    if place is None:
        raise NotFound(
            Text(f"没有评估区域“{code}”", f"the area {code} is not in the evaluation"),
            mend=Text("先列出 areas", "list areas first"),
        )
    way = found.way(code)
    here = [shapes.indicator(result) for result in found.by_area.get(code, ())]
    return shapes.area(place) | {
        "indicators": here,
        "way": shapes.ways({code: way})[code] if way else None,
        "failing_premises": found.count_failing(code),
    }


@router.get("/{standard}/areas/{code}/premises", response=Json)
def premises(
    request: HttpRequest,
    standard: str,
    code: str,
    as_of: dt.date | None = None,
    limit: int = 100,
    offset: int = 0,
) -> Any:
    """The premises in an area and beneath that are not shown to be capable; at most 1,000 at once."""
    limit, offset = min(max(limit, 0), MOST_PREMISES), max(offset, 0)
    found = _standing(request, standard, as_of)
    rows = found.failing(code, offset, offset + limit)
    items = [
        {
            "premises_id": one.id,
            "name": one.name,
            "area_code": one.area,
            "kind": one.kind,
            "capable": False if one.known else None,
            "fails_at": one.reason.code if one.reason else None,
            "households": one.households,
            "lon": one.lon,
            "lat": one.lat,
        }
        for one in rows
    ]
    return {"items": items, "count": found.count_failing(code)}


@router.get("/{standard}/indicators", response=list[Json])
@paginate(LimitOffsetPagination)
def indicators(request: HttpRequest, standard: str, as_of: dt.date | None = None, area: str | None = None) -> Any:
    """Indicator results, of all areas or of one."""
    found = _standing(request, standard, as_of).looked.evaluation
    return [shapes.indicator(result) for result in found.indicators if area in (None, result.area)]


@router.get("/{standard}/gaps", response=list[Json])
@paginate(LimitOffsetPagination)
def gaps(request: HttpRequest, standard: str, as_of: dt.date | None = None) -> Any:
    """What the evaluation could not know."""
    return [shapes.data_gap(gap) for gap in _standing(request, standard, as_of).looked.evaluation.data_gaps]


@router.get("/{standard}/trend", response=list[Json])
@paginate(LimitOffsetPagination)
def trend(request: HttpRequest, standard: str) -> Any:
    """How the city stood on the days of its kept snapshots."""
    _standing(request, standard, None)
    return [
        {
            "as_of": moment.day.isoformat(),
            "levels": [{"level": name, "judged": judged, "passed": passed} for name, judged, passed in moment.levels],
            "indicators": dict(moment.values),
        }
        for moment in results.trend_now(standard, patience=PATIENCE_S)
    ]
