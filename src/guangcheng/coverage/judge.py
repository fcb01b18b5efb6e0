"""Verdicts of all places, from the estates and natural villages up to the city."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from guangcheng.base.text import Text
from guangcheng.coverage.level_tests import TestInForce, level_in_force, trace_of
from guangcheng.coverage.measured import THINGS, Measured, named
from guangcheng.coverage.results import AreaVerdict, DataGap, TestResult, Verdict
from guangcheng.coverage.survey import ESTATE, Survey
from guangcheng.coverage.trace import VERDICT
from guangcheng.coverage.tree import LEVELS, Area
from guangcheng.coverage.verdicts import FAILED, UNKNOWN, combine, state_of
from guangcheng.standards.model import Level

_NAMED = 5

_NOT_COUNTED = Text(
    zh="方案只为街道和乡镇定了标准，开发区、农林场等单位不计入（产品默认）",
    en="the plan sets standards for streets and towns only; this other unit is not counted (product default)",
)
_NO_STANDARD = Text(zh="本标准没有为这一层级定验收标准", en="the standard sets none for this level")
_NOT_IN_FORCE = Text(zh="当日本标准尚未生效", en="the standard was not in force on that day")
_COMMUNITY = Text(
    zh="社区没有单独的标准，其驻地计入街道",
    en="a community has no standard of its own; its premises count in the street",
)


def judge(survey: Survey) -> None:
    """Judge every place inside the scope, from the bottom up; results stand in the survey."""
    if not survey.standard.acceptance:
        return
    _judge_estates(survey)
    survey.progress.start("verdicts", len(LEVELS))
    for level in reversed(LEVELS):
        for area in survey.tree.areas:
            if area.level == level and survey.inside[area.index]:
                verdict = _judge_area(survey, area)
                survey.verdicts[area.index] = verdict
                survey.states[area.index] = state_of(verdict.verdict)
        survey.progress.advance()
    survey.progress.finish()


def _judge_estates(survey: Survey) -> None:
    level = level_in_force(survey, Level.ESTATE)
    if level is None or not level.tests:
        return
    for row in np.flatnonzero(survey.premises.kind == ESTATE).tolist():
        place = _Place(survey.premises.id_of(row), survey.premises.label(row), "estate", None, _home(survey, row))
        verdict = _verdict(survey, place, row, level.tests)
        survey.estates[row] = verdict
        survey.estate_states[row] = state_of(verdict.verdict)


def _home(survey: Survey, row: int) -> str | None:
    area = int(survey.premises.area[row])
    return None if area < 0 else survey.tree.areas[area].code


@dataclass(frozen=True, slots=True)
class _Place:
    """What a verdict says about the place itself."""

    code: str
    name: str
    level: str
    subtype: str | None
    parent: str | None


def _place(area: Area) -> _Place:
    return _Place(area.code, area.name, area.level, area.subtype, area.parent_code)


def _judge_area(survey: Survey, area: Area) -> AreaVerdict:
    place = _place(area)
    if area.level == "natural_village" and not survey.in_scope_villages[area.index]:
        return _plain_verdict(survey, place, Verdict.OUT_OF_SCOPE, (_too_small(survey, area),))
    if area.judged_as is None:
        return _unjudged(survey, place, area)
    level = level_in_force(survey, area.judged_as)
    if level is None:
        return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, (_NO_STANDARD,))
    if not level.tests:
        return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, (_NOT_IN_FORCE,))
    return _verdict(survey, place, area.index, level.tests)


def _unjudged(survey: Survey, place: _Place, area: Area) -> AreaVerdict:
    if area.level == "community":
        return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, (_COMMUNITY,))
    if area.subtype is None:
        reason = Text(
            zh="没有写明是街道还是镇，代码也看不出来，无法判定",
            en="neither the register nor the code says whether it is a street or a town, so it cannot be judged",
        )
        return _plain_verdict(survey, place, Verdict.NO_DATA, (reason,))
    return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, (_NOT_COUNTED,))


def _too_small(survey: Survey, area: Area) -> Text:
    least = survey.parameter("natural_village_min_households", 0)
    households = survey.facts.own("resident_households", area.index)
    if households is None:
        return Text(
            zh=f"没有常住户数，不计入分子和分母（满 {least} 户才计入），列为数据缺口",
            en=f"no resident household count: in neither count ({least} are needed), listed as a gap in the data",
        )
    return Text(
        zh=f"常住 {households} 户，不足 {least} 户，不计入分子和分母",
        en=f"{households} resident households, fewer than {least}: in neither count",
    )


def _plain_verdict(
    survey: Survey,
    place: _Place,
    verdict: Verdict,
    reasons: tuple[Text, ...],
    tests: tuple[TestResult, ...] = (),
) -> AreaVerdict:
    return AreaVerdict(
        code=place.code,
        name=place.name,
        level=place.level,
        subtype=place.subtype,
        parent=place.parent,
        verdict=verdict,
        tests=tests,
        reasons=reasons,
        trace=trace_of(survey, place.code, VERDICT),
    )


def _verdict(survey: Survey, place: _Place, where: int, tests: Iterable[TestInForce]) -> AreaVerdict:
    results: list[TestResult] = []
    reasons: list[Text] = []
    applicable = True
    for test in tests:
        result, found = test.result(survey, where, place.code)
        results.append(result)
        applicable &= found.applicable or not result.hard
        reasons += _reasons(survey, result, found)
    verdict = combine(results) if applicable else Verdict.NOT_APPLICABLE
    return _plain_verdict(survey, place, verdict, tuple(reasons), tuple(results))


def _reasons(survey: Survey, result: TestResult, found: Measured) -> list[Text]:
    """Why a test is not plainly met: its numbers, and which members fail or are unknown, by name."""
    survey_gaps(survey).extend(found.gaps)
    reasons = list(found.notes)
    if (result.ok is True and not result.unknown) or (result.ok is None and not result.hard):
        return reasons
    if result.ok is False:
        reasons.append(_unmet(result))
    if found.kind == "share" and found.numerator is not None and found.denominator is not None:
        failed = int(found.denominator - found.numerator) - found.unknown
        reasons += _names(found, FAILED, failed) if result.ok is not True else []
        reasons += _names(found, UNKNOWN, found.unknown)
    if result.ok is None and not found.unknown and not found.notes:
        reasons += [gap.message for gap in found.gaps] or [_without(result)]
    return reasons


def survey_gaps(survey: Survey) -> list[DataGap]:
    """The gaps met so far, to be shown with the evaluation."""
    return survey.kept("gaps", list[DataGap])


def _unmet(result: TestResult) -> Text:
    compared = {">=": "≥", "<=": "≤"}.get(result.comparator, result.comparator)
    counts = "" if result.denominator is None else f"（{result.numerator}/{result.denominator}）"
    counts_en = counts.replace("（", " (").replace("）", ")")
    kind_zh, kind_en = ("硬性指标", "hard test") if result.hard else ("参考指标", "reference")
    return Text(
        zh=f"{kind_zh}“{result.title.zh}”为 {result.value}{result.unit}{counts}，"
        f"要求 {compared} {result.threshold}{result.unit}",
        en=f"{kind_en} “{result.title.en}” is {result.value} {result.unit}{counts_en}, "
        f"wanted {compared} {result.threshold} {result.unit}",
    )


def _without(result: TestResult) -> Text:
    return Text(zh=f"“{result.title.zh}”没有数据", en=f"no data for “{result.title.en}”")


def _names(found: Measured, state: int, total: int) -> list[Text]:
    if total <= 0:
        return []
    names = [member.title.zh for member in islice(found.members(state), _NAMED)]
    listed = named(names, total if found.things != "户" else None)
    things = THINGS[found.things] if found.things else Text("", "")
    if state == FAILED:
        return [
            Text(zh=f"未达标的{things.zh} {total} 个：{listed.zh}", en=f"{total} {things.en} not passed: {listed.en}")
        ]
    return [
        Text(
            zh=f"缺数据、无法判定的{things.zh} {total} 个：{listed.zh}",
            en=f"{total} {things.en} without data: {listed.en}",
        )
    ]
