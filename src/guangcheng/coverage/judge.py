"""Verdicts of all places, from the estates and natural villages up to the city."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import numpy as np

from guangcheng.base.shares import shown
from guangcheng.base.text import Text
from guangcheng.coverage.measured import THINGS, Measured, named
from guangcheng.coverage.measures import take
from guangcheng.coverage.results import AreaVerdict, DataGap, TestResult, Verdict
from guangcheng.coverage.status import exact
from guangcheng.coverage.survey import ESTATE, Survey
from guangcheng.coverage.trace import VERDICT, Trace
from guangcheng.coverage.tree import LEVELS, Area
from guangcheng.coverage.verdicts import FAILED, UNKNOWN, combine, decide, state_of
from guangcheng.standards.model import DatedValue, Level, LevelStandard, LevelTest, value_at

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


def trace_of(survey: Survey, code: str, what: str) -> str:
    """The address of one figure of this survey."""
    return str(Trace(survey.standard.id, survey.as_of, code, what))


def is_hard(survey: Survey, test: LevelTest) -> bool:
    """Whether a test gates: its own mark, or the parameter that can make a reference test hard (C-06)."""
    return test.hard or (test.hard_parameter is not None and survey.parameter(test.hard_parameter) is True)


def threshold_of(value: DatedValue, found: Measured) -> Fraction:
    """The number to compare with: the test's, unless the rule itself demands another; percentages as 90, not 0.9."""
    if found.demanded is not None:
        return Fraction(found.demanded)
    if isinstance(value.value, bool | str | list) or value.value is None:
        raise TypeError(f"a threshold must be a number, not {value.value!r}")
    return exact(value.value)


def test_result(survey: Survey, test: LevelTest, limit: DatedValue, found: Measured, code: str) -> TestResult:
    """One test of one place against the threshold in force."""
    threshold = threshold_of(limit, found)
    ok = decide(found.low, found.high, test.comparator, threshold)
    value = None if ok is None or found.low is None else shown(found.low)
    return TestResult(
        id=test.id,
        clause=limit.source.as_clause(),
        title=Text(zh=test.title.zh, en=test.title.en),
        hard=is_hard(survey, test),
        numerator=whole(found.numerator),
        denominator=whole(found.denominator),
        unknown=found.unknown,
        value=value,
        unit=test.unit,
        comparator=test.comparator,
        threshold=plain(threshold),
        ok=ok,
        basis=found.basis or limit.basis,
        trace=trace_of(survey, code, test.id),
    )


def whole(value: int | Fraction | None) -> int | None:
    """A count as an integer."""
    return None if value is None else int(value)


def plain(value: Fraction) -> str:
    """A decimal number as people write it: 80, 0.36."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next((digits for digits in range(1, 13) if (value * 10**digits).denominator == 1), 12)
    return shown(value, places)


def tests_in_force(survey: Survey, standard: LevelStandard) -> list[tuple[LevelTest, DatedValue]]:
    """The level's tests with the threshold of each on the day."""
    pairs = ((test, value_at(test.threshold, survey.as_of)) for test in standard.tests)
    return [(test, limit) for test, limit in pairs if limit is not None]


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
    standard = survey.standard.level(Level.ESTATE)
    if standard is None:
        return
    tests = tests_in_force(survey, standard)
    for row in np.flatnonzero(survey.premises.kind == ESTATE).tolist():
        place = _Place(survey.premises.id_of(row), survey.premises.label(row), "estate", None, _home(survey, row))
        verdict = _verdict(survey, place, row, tests)
        survey.estates[row] = verdict
        survey.estate_states[row] = state_of(verdict.verdict)


def _home(survey: Survey, row: int) -> str | None:
    area = int(survey.premises.area[row])
    return None if area < 0 else survey.tree.areas[area].code


class _Place:
    """What a verdict says about the place itself."""

    __slots__ = ("code", "level", "name", "parent", "subtype")

    def __init__(self, code: str, name: str, level: str, subtype: str | None, parent: str | None) -> None:
        self.code, self.name, self.level, self.subtype, self.parent = code, name, level, subtype, parent


def _place(area: Area) -> _Place:
    return _Place(area.code, area.name, area.level, area.subtype, area.parent_code)


def _judge_area(survey: Survey, area: Area) -> AreaVerdict:
    place = _place(area)
    if area.level == "natural_village" and not survey.in_scope_villages[area.index]:
        return _plain_verdict(survey, place, Verdict.OUT_OF_SCOPE, _too_small(survey, area))
    if area.judged_as is None:
        return _unjudged(survey, place, area)
    standard = survey.standard.level(area.judged_as)
    if standard is None:
        return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, _NO_STANDARD)
    tests = tests_in_force(survey, standard)
    if not tests:
        return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, _NOT_IN_FORCE)
    return _verdict(survey, place, area.index, tests)


def _unjudged(survey: Survey, place: _Place, area: Area) -> AreaVerdict:
    if area.level == "community":
        return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, _COMMUNITY)
    if area.subtype is None:
        reason = Text(
            zh="没有写明是街道还是镇，代码也看不出来，无法判定",
            en="neither the register nor the code says whether it is a street or a town, so it cannot be judged",
        )
        return _plain_verdict(survey, place, Verdict.NO_DATA, reason)
    return _plain_verdict(survey, place, Verdict.NOT_APPLICABLE, _NOT_COUNTED)


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


def _plain_verdict(survey: Survey, place: _Place, verdict: Verdict, reason: Text) -> AreaVerdict:
    return AreaVerdict(
        code=place.code,
        name=place.name,
        level=place.level,
        subtype=place.subtype,
        parent=place.parent,
        verdict=verdict,
        tests=(),
        reasons=(reason,),
        trace=trace_of(survey, place.code, VERDICT),
    )


def _verdict(survey: Survey, place: _Place, where: int, tests: Iterable[tuple[LevelTest, DatedValue]]) -> AreaVerdict:
    results: list[TestResult] = []
    reasons: list[Text] = []
    applicable = True
    for test, limit in tests:
        found = take(survey, test.measure, where, test.params)
        result = test_result(survey, test, limit, found, place.code)
        results.append(result)
        applicable &= found.applicable or not result.hard
        reasons += _reasons(survey, result, found)
    verdict = combine(results) if applicable else Verdict.NOT_APPLICABLE
    base = _plain_verdict(survey, place, verdict, _NO_STANDARD)
    return replace(base, tests=tuple(results), reasons=tuple(reasons))


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
