"""The measuring pages: dashboard, area, indicator, derivation; map tiles."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from guangcheng.apps.web import checking, results
from guangcheng.apps.web.http import lang_of, page, paged, show
from guangcheng.apps.web.standing import CATEGORIES, Standing
from guangcheng.apps.web.templatetags.words import CURRENT
from guangcheng.base.errors import InputError, NotFound
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.conditions import CONDITION_WORDS
from guangcheng.coverage.results import AreaVerdict, IndicatorResult, TestResult, Verdict
from guangcheng.programme.platform import scope
from guangcheng.registers.schema import schema
from guangcheng.reporting.basis import target_value
from guangcheng.reporting.summary import LevelCount, remedy, status_counts, way_sentence
from guangcheng.reporting.words import (
    BASES,
    FLAGS,
    HARDNESS,
    LEVELS,
    OK,
    STATUSES,
    VERDICTS,
    level_key,
    requirement,
    with_unit,
)

PAGE = 50
MOST_BELOW = 400
"""Areas listed beneath one; the map and the API have the rest."""
MAP_VERDICTS = (Verdict.PASS, Verdict.PASS_WITH_REMARK, Verdict.FAIL, Verdict.NO_DATA)
PLACE_WORDS = {
    "pass": Text("具备接入能力", "capable"),
    "fail": Text("不具备", "not capable"),
    "no_data": Text("数据不足", "no data"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator's result as a table row."""

    result: IndicatorResult
    value: str
    target: str
    gap: str
    address: str

    @property
    def word(self) -> Text:
        """How it stands."""
        return STATUSES[self.result.status]


def asked_day(request: HttpRequest) -> dt.date | None:
    """``?as_of=``; ``InputError`` when it is no day."""
    text = request.GET.get("as_of", "")
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise InputError(
            Text(f"“{text}”不是日期", f"“{text}” is no day"),
            mend=Text("写成 2026-01-31", "write it as 2026-01-31"),
        ) from fault


def asked_standard(request: HttpRequest) -> str:
    """``?standard=``, else the first in force; ``NotFound`` for a city that has none."""
    known = results.standards_in_force()
    asked = request.GET.get("standard", "")
    if asked or known:
        return asked or known[0]
    raise NotFound(
        Text("城市还没有选定标准", "the city has no standard in force"),
        mend=Text("在 city.toml 的 standards 里写上标准编号", "name one in standards of city.toml"),
    )


def target_row(result: IndicatorResult, lang: Lang) -> Target:
    """An indicator's result in words."""
    standard = result.trace.partition("@")[0]
    value = "—" if result.value is None else with_unit(str(result.value), result.unit, lang)
    gap = "" if result.gap is None else with_unit(result.gap.amount, result.gap.unit, lang)
    address = reverse("indicator", args=[standard, result.id])
    return Target(result, value, requirement(result.comparator, result.target, result.unit, lang), gap, address)


@page()
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Targets at a glance, verdicts by level, the map, the trend."""
    lang, standard_id = lang_of(request), asked_standard(request)
    standing = results.standing(standard_id, asked_day(request))
    evaluation, standard = standing.looked.evaluation, standing.looked.standard
    context = {
        "standing": standing,
        "standard": standard,
        "evaluation": evaluation,
        "others": list(_others(standard_id)),
        "levels": [_level(count) for count in standing.levels if count.judged],
        "levels_chart": _levels_chart(standing, lang),
        "statuses": [(status.value, STATUSES[status], n) for status, n in status_counts(standing.whole).items()],
        "targets": [target_row(result, lang) for result in standing.whole],
        "top": evaluation.area,
        "lagging": [_area_row(area) for area in standing.lagging[:12]],
        "trend": _trend_chart(standard_id, lang),
        "levels_title": Text("各级结论的占比", "Shares of verdicts by level"),
        "trend_title": Text("达标比例的变化", "Share that passes over time"),
        "target_caption": Text("目标一览", "Targets at a glance"),
        **_map(standing, evaluation.area),
    }
    return show(request, "figures/home.html", context)


def _level(count: LevelCount) -> tuple[Text, dict[str, int]]:
    counts = {"passed": count.passed, "judged": count.judged, "total": count.total}
    return LEVELS.get(count.level, Text(count.level, count.level)), {
        **counts,
        "not_counted": count.total - count.judged,
    }


def _others(current: str) -> Iterator[dict[str, Any]]:
    """Each standard in force, with its statuses where they are worked out already."""
    for standard_id in results.standards_in_force():
        found = results.ready(standard_id)
        counts = [] if found is None else _whole_counts(found)
        title = found.looked.standard.title if found else Text(standard_id, standard_id)
        yield {"id": standard_id, "title": title, "current": standard_id == current, "counts": counts}


def _whole_counts(standing: Standing) -> list[tuple[str, Text, int]]:
    return [(status.value, STATUSES[status], n) for status, n in status_counts(standing.whole).items()]


def _levels_chart(standing: Standing, lang: Lang) -> dict[str, Any] | None:
    counts = standing.levels
    shown = [verdict for verdict in VERDICTS if any(verdict in count.verdicts for count in counts)]
    if not counts:
        return None
    return {
        "kind": "stack",
        "unit": "%",
        "columns": [Text("层级", "level").in_(lang), *(VERDICTS[verdict].in_(lang) for verdict in shown)],
        "rows": [
            [
                LEVELS[count.level].in_(lang),
                *(_percent(count.verdicts.get(verdict, 0), count.total) for verdict in shown),
            ]
            for count in counts
        ],
        "looks": [verdict.value for verdict in shown],
    }


def _trend_chart(standard_id: str, lang: Lang) -> dict[str, Any] | None:
    """Per level the share that passes, by the days of the kept snapshots; nothing with fewer than two days."""
    moments = results.trend(standard_id)
    if moments is None or len(moments) < 2:
        return None
    levels = list(dict.fromkeys(level for moment in moments for level, judged, _ in moment.levels if judged))
    rows = []
    for moment in moments:
        shares = {level: _percent(passed, judged) for level, judged, passed in moment.levels}
        rows.append([moment.day.isoformat(), *(shares.get(level) for level in levels)])
    return {
        "kind": "line",
        "unit": "%",
        "columns": [Text("日期", "day").in_(lang), *(LEVELS[level].in_(lang) for level in levels)],
        "rows": rows,
    }


def _percent(part: int, whole: int) -> float | None:
    """A share in percent, rounded down to one decimal, as the reports do."""
    return None if whole == 0 else (1000 * part // whole) / 10


def _area_row(area: AreaVerdict) -> dict[str, Any]:
    return {
        "area": area,
        "word": VERDICTS[area.verdict],
        "level": LEVELS.get(level_key(area), Text(area.level, area.level)),
        "reasons": area.reasons[:3],
    }


def _map(standing: Standing, code: str, *, places: bool = True) -> dict[str, Any]:
    """What ``parts/map.html`` needs: the areas beneath ``code``, the premises as tiles, the table saying the same."""
    standard, tag = standing.looked.standard.id, standing.tag
    day = standing.looked.evaluation.as_of.isoformat()
    query = f"?as_of={day}&v={tag}"
    below = standing.below.get(code, ())
    drawn = any(standing.place_of(area.code) for area in below)
    box = standing.bounds.get(code) or standing.bounds.get(standing.looked.evaluation.area)
    return {
        "map_bounds": "" if box is None else ",".join(f"{number:.5f}" for number in box),
        "map_tiles": f"/tiles/{standard}/{{z}}/{{x}}/{{y}}.mvt{query}" if places else "",
        "map_areas": reverse("area_features", args=[standard, code]) + query if drawn else "",
        "map_legend": _legend(),
        "map_label": Text("各区域结论和驻地", "Verdicts of areas, and premises"),
        "base_map": settings.WEB.base_map,
        "credit": settings.WEB.base_map_number,
        "map_rows": [_map_row(standing, area) for area in below],
        "map_place": f"/premises/__id__?standard={standard}",
    }


def _legend() -> list[dict[str, Any]]:
    areas = [{"key": verdict.value, "look": verdict.value, "words": VERDICTS[verdict]} for verdict in MAP_VERDICTS]
    for row in areas:
        if row["key"] in CATEGORIES:
            row["words"] = _joined(row["words"], PLACE_WORDS[str(row["key"])])
    return areas


def _joined(area: Any, place: Text) -> Text:
    return area if area == place else Text(f"{area.zh}（驻地：{place.zh}）", f"{area.en} (premises: {place.en})")


def _map_row(standing: Standing, area: AreaVerdict) -> dict[str, Any]:
    lon, lat = standing.place_of(area.code) or (None, None)
    return {
        "name": area.name,
        "verdict": area.verdict.value,
        "word": VERDICTS[area.verdict],
        "address": _area_address(standing, area.code),
        "lon": lon,
        "lat": lat,
    }


def _area_address(standing: Standing, code: str) -> str:
    return f"{reverse('area', args=[code])}?standard={standing.looked.standard.id}"


@page()
@require_GET
def area(request: HttpRequest, code: str) -> HttpResponseBase:
    """One area: verdict and tests, what lies beneath, failing premises, what would make it pass."""
    lang, standard_id = lang_of(request), asked_standard(request)
    standing = results.standing(standard_id, asked_day(request))
    found = standing.areas.get(code)
    if found is None and code != standing.looked.evaluation.area:
        raise _no_area(code, standing)
    evaluation = standing.looked.evaluation
    way = standing.way(code)
    context = {
        "standing": standing,
        "standard": standing.looked.standard,
        "evaluation": evaluation,
        "code": code,
        "name": found.name if found else scope.area_name(code),
        "found": found,
        "word": VERDICTS[found.verdict] if found else None,
        "level": LEVELS.get(level_key(found)) if found else None,
        "tests": [_test_row(test, lang) for test in found.tests] if found else [],
        "remedies": [remedy(test) for test in found.tests if test.hard and test.ok is not True] if found else [],
        "way": way_sentence(standing.areas, way) if way else None,
        "steps": [*_chain(standing, code), (found.name if found else scope.area_name(code), None)],
        "target_caption": Text("指标", "Indicators"),
        "below": [_area_row(area) for area in standing.below.get(code, ())[:MOST_BELOW]],
        "estates": [_area_row(estate) for estate in standing.estates.get(code, ())[:PAGE]],
        "targets": [target_row(result, lang) for result in standing.by_area.get(code, ())],
        "premises": paged(_FailingList(standing, code), request, PAGE),
        "standards": results.standards_in_force(),
        **_map(standing, code),
    }
    return show(request, "figures/area.html", context)


def _chain(standing: Standing, code: str) -> list[tuple[str, str | None]]:
    """The areas above, from the whole down, as crumbs."""
    chain: list[tuple[str, str | None]] = []
    found = standing.areas.get(code)
    seen = {code}
    while found is not None and found.parent and found.parent not in seen:
        seen.add(found.parent)
        above = standing.areas.get(found.parent)
        name = above.name if above else scope.area_name(found.parent)
        chain.append((name, _area_address(standing, found.parent)))
        found = above
    return chain[::-1]


@dataclass(frozen=True)
class _Rows(Sequence[Any]):
    """A list whose rows are made when a page shows them."""

    items: Any
    row: Any

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, which: Any) -> Any:
        return [self.row(item) for item in self.items[which]]


@dataclass(frozen=True)
class _FailingList(Sequence[Any]):
    """The failing premises of an area, read page by page."""

    standing: Standing
    code: str

    def __len__(self) -> int:
        return self.standing.count_failing(self.code)

    def __getitem__(self, which: Any) -> Any:
        kinds = schema("premises").field("kind")
        return [
            {
                "one": one,
                "kind": kinds.word(one.kind),
                "reason": CONDITION_WORDS[one.reason] if one.reason else None,
                "look": "fail" if one.known else "no_data",
                "word": PLACE_WORDS["fail" if one.known else "no_data"],
            }
            for one in self.standing.failing(self.code, which.start or 0, which.stop or 0)
        ]


def _test_row(test: TestResult, lang: Lang) -> dict[str, Any]:
    value = "—" if test.value is None else with_unit(test.value, test.unit, lang)
    count = "" if test.denominator is None else f"{test.numerator} / {test.denominator}"
    look = {True: "pass", False: "fail" if test.hard else "pass_with_remark", None: "no_data"}[test.ok]
    return {
        "test": test,
        "value": value,
        "count": count,
        "needed": requirement(test.comparator, test.threshold, test.unit, lang),
        "hard": HARDNESS[test.hard],
        "word": OK[test.ok],
        "look": look,
        "basis": BASES[test.basis],
    }


def _no_area(code: str, standing: Standing) -> NotFound:
    day = standing.looked.evaluation.as_of
    return NotFound(
        Text(f"{day} 没有评估区域“{code}”", f"the area {code} is not in the evaluation of {day}"),
        mend=Text("从总览的地图或表格进入", "go in by the map or the table of the overview"),
    )


@page()
@require_GET
def indicator(request: HttpRequest, standard_id: str, indicator_id: str) -> HttpResponseBase:
    """One indicator: value, target and gap by area, its dated targets, its derivation down to clause and rows."""
    lang, day = lang_of(request), asked_day(request)
    standing = results.standing(standard_id, day)
    standard, evaluation = standing.looked.standard, standing.looked.evaluation
    item = standard.indicators.get(indicator_id)
    if item is None:
        raise NotFound(
            Text(f"标准里没有指标“{indicator_id}”", f"the standard has no indicator {indicator_id}"),
            mend=Text("从标准库进入", "go in by the library of standards"),
        )
    every = standing.indicators.get(indicator_id, ())
    code = request.GET.get("area", evaluation.area)
    here = next((result for result in every if result.area == code), every[0] if every else None)
    context = {
        "standing": standing,
        "standard": standard,
        "item": item,
        "crumbs": [(Text("总览", "Overview"), f"/?standard={standard_id}"), (Text(item.name.zh, item.name.en), None)],
        "id": indicator_id,
        "evaluation": evaluation,
        "here": target_row(here, lang) if here else None,
        "basis": BASES[here.basis] if here else None,
        "flags": [FLAGS.get(flag, Text(flag, flag)) for flag in item.flags],
        "targets": [(target, target_value(target, item, lang)) for target in item.targets],
        "rows": paged(_Rows(every, lambda result: _by_area(standing, result, lang)), request, PAGE),
        "path": _path_chart(standing, indicator_id, lang),
        "words": _WORDS,
        "kind": _KINDS.get(item.kind, Text("这一天没有可算的数", "nothing to compute on this day")),
        "trace": here.trace if here else "",
        "node": results.derivation_ready(here.trace) if here else None,
    }
    return show(request, "figures/indicator.html", context)


_KINDS = {
    "definition": Text("这是一项定义，由验收检验来算", "a definition, computed by the acceptance tests"),
    "reported": Text("这项指标靠上报，还没有上报值", "a reported indicator; nothing has been reported yet"),
    "qualitative": Text("这项指标没有数值", "an indicator without a number"),
    "out_of_scope": Text("这项指标不在本系统范围内", "an indicator outside the scope of this system"),
}
_WORDS = {
    "value": Text("现值", "Value"),
    "target": Text("目标", "Target"),
    "gap": Text("差距", "Gap"),
    "path": Text("对照阶段目标", "Against the phase plan"),
}


def _by_area(standing: Standing, result: IndicatorResult, lang: Lang) -> dict[str, Any]:
    area = standing.areas.get(result.area)
    return {"row": target_row(result, lang), "name": area.name if area else scope.area_name(result.area)}


_PATH_COLUMNS = (Text("日期", "day"), Text("实际", "actual"), Text("阶段目标", "phase target"))


def _path_chart(standing: Standing, indicator_id: str, lang: Lang) -> dict[str, Any] | None:
    """The value on the days of the kept snapshots against the dated targets (the phase plan)."""
    item = standing.looked.standard.indicators[indicator_id]
    planned = {target.date: _number(target.value) for target in item.targets if target.date is not None}
    planned = {day: value for day, value in planned.items() if value is not None}
    moments = results.trend(standing.looked.standard.id) or ()
    actual = {moment.day: _number(dict(moment.values).get(indicator_id)) for moment in moments}
    actual = {day: value for day, value in actual.items() if value is not None}
    if not planned or not actual:
        return None
    days = sorted({*planned, *actual})
    return {
        "kind": "line",
        "unit": item.unit,
        "columns": [
            Text(*pair).in_(lang) for pair in (("日期", "day"), ("实际", "actual"), ("阶段目标", "phase target"))
        ],
        "rows": [[day.isoformat(), actual.get(day), planned.get(day)] for day in days],
    }


def _number(value: object) -> float | None:
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None


@page()
@require_GET
def steps(request: HttpRequest) -> HttpResponseBase:
    """A derivation as a part of a page that asks for it while it is worked out (204: ask again)."""
    node = results.derivation_ready(request.GET.get("trace", ""))
    if node is None:
        return HttpResponse(status=204)
    return show(request, "figures/steps.html", {"node": node})


@page()
@require_GET
def derivation(request: HttpRequest) -> HttpResponseBase:
    """How any figure came about, by its trace (``?trace=``)."""
    trace = request.GET.get("trace", "")
    node = results.derivation(trace)
    return show(request, "figures/derivation.html", {"node": node, "trace": trace})


@page()
@require_GET
def premises(request: HttpRequest, premises_id: str) -> HttpResponseBase:
    """One premises: can it get fibre, by which operator, why not (the derivation by the reach rule)."""
    standard_id = asked_standard(request)
    standing = results.standing(standard_id, asked_day(request))
    node = results.premises(standard_id, premises_id, standing.looked.evaluation.as_of)
    context = {"node": node, "trace": premises_id, "standard": standing.looked.standard}
    return show(request, "figures/derivation.html", context)


@page()
@require_GET
def tile(request: HttpRequest, standard_id: str, zoom: int, column: int, row: int) -> HttpResponseBase:
    """Premises as a vector tile, packed, with an ETag by snapshots; for signed-in people with a grant."""
    standing = results.standing(standard_id, asked_day(request))
    etag = f'"{standing.tag}-{zoom}-{column}-{row}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    packed = standing.tile(zoom, column, row)
    headers = {"ETag": etag, "Cache-Control": "private, max-age=300", "Vary": "Cookie"}
    if not packed:
        return HttpResponse(status=204, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return HttpResponse(packed, content_type="application/vnd.mapbox-vector-tile", headers=headers)


@page()
@require_GET
def area_features(request: HttpRequest, standard_id: str, code: str) -> HttpResponseBase:
    """The areas beneath one, as GeoJSON for the map."""
    standing = results.standing(standard_id, asked_day(request))
    lang = CURRENT.get()
    etag = f'"{standing.tag}-{code}-{lang}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    headers = {"ETag": etag, "Cache-Control": "private, max-age=300", "Vary": "Cookie"}
    return HttpResponse(standing.features(code, lang), content_type="application/geo+json", headers=headers)


@page(public=True)
@require_GET
def computing(_request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Whether an answer is there: the waiting page asks, and is told to load again."""
    if results.pending(ticket) or checking.pending(ticket):
        return HttpResponse(status=204)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


urlpatterns = [
    path("", home, name="home"),
    path("areas/<str:code>", area, name="area"),
    path("indicators/<str:standard_id>/<str:indicator_id>", indicator, name="indicator"),
    path("derivation/", derivation, name="derivation"),
    path("derivation/steps", steps, name="steps"),
    path("premises/<str:premises_id>", premises, name="premises"),
    path("tiles/<str:standard_id>/<int:zoom>/<int:column>/<int:row>.mvt", tile, name="tile"),
    path("map/<str:standard_id>/<str:code>.geojson", area_features, name="area_features"),
    path("computing/<str:ticket>", computing, name="computing"),
]
