"""Indicators: a measure's value against dated targets, with the gap in real units."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guangcheng.base.provenance import Basis
from guangcheng.base.shares import shown
from guangcheng.base.text import Text
from guangcheng.coverage.judge import survey_gaps
from guangcheng.coverage.level_tests import plain, trace_of
from guangcheng.coverage.measured import Measured, Params
from guangcheng.coverage.measures import take
from guangcheng.coverage.results import DataGap, Gap, IndicatorResult, Status
from guangcheng.coverage.status import Standing, exact, standing
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.verdicts import decide
from guangcheng.standards.measures import measures, scale
from guangcheng.standards.model import AlsoShow, Baseline, DatedValue, Indicator, Words

REPORTED = "reported_value"
ALL_MET = "indicators_met"
TARGET_BY_DEFAULT = "target_by_default"
"""Flag of an indicator whose target's value or date the product decided."""

_WHOLE_LEVELS = ("city", "district")


@dataclass(frozen=True, slots=True)
class Found:
    """An indicator's value in its own unit (``factor`` times the measure's), and where it comes from."""

    measured: Measured
    factor: Fraction = Fraction(1)
    basis: Basis | None = None
    notes: tuple[Text, ...] = ()
    decimals: int = 0
    """Digits a reported number was given with, when there are more than the indicator shows."""

    @property
    def low(self) -> Fraction | None:
        """The value with every unknown member counted as failed."""
        return None if self.measured.low is None else self.measured.low * self.factor

    @property
    def high(self) -> Fraction | None:
        """The value with every unknown member counted as passed."""
        return None if self.measured.high is None else self.measured.high * self.factor


def evaluate_indicators(survey: Survey) -> tuple[IndicatorResult, ...]:
    """Every indicator of the standard that has a value to look for, in order of id and area.

    Definitions without a measure and what is out of scope are not indicators to evaluate. Indicators of the whole are
    left out when only a township or less is asked for.
    """
    names = [name for name, item in survey.standard.indicators.items() if _has_value(item)]
    names.sort(key=lambda name: (survey.standard.indicators[name].measure == ALL_MET, name))
    survey.progress.start("indicators", len(names))
    results: list[IndicatorResult] = []
    for name in names:
        results += _evaluate(survey, name)
        survey.progress.advance()
    survey.progress.finish()
    return tuple(sorted(results, key=lambda item: (item.id, item.area)))


def _has_value(indicator: Indicator) -> bool:
    if indicator.kind == "out_of_scope":
        return False
    return indicator.measure is not None or indicator.kind in ("qualitative", "reported")


def _evaluate(survey: Survey, name: str) -> Iterator[IndicatorResult]:
    indicator = survey.standard.indicators[name]
    for where, code in places_of(survey, indicator):
        result = evaluate_one(survey, name, where, code)
        if indicator.scope == "whole":
            survey.indicators_met[name] = None if result.status is Status.NO_DATA else result.status is Status.MET
        yield result


def whole_of(survey: Survey) -> int:
    """Number of the area that stands for the whole: the one asked for, the one on top, else -1."""
    if survey.scope >= 0:
        return survey.scope
    return survey.tree.roots[0] if len(survey.tree.roots) == 1 else -1


def places_of(survey: Survey, indicator: Indicator) -> list[tuple[int, str]]:
    """Where an indicator is taken: the whole, or each area of its level inside the scope."""
    if indicator.scope == "whole":
        whole = whole_of(survey)
        small = survey.scope >= 0 and survey.tree.areas[survey.scope].level not in _WHOLE_LEVELS
        return [] if small else [(whole, survey.area_code)]
    there = (area for area in survey.tree.areas if survey.inside[area.index])
    return [(area.index, area.code) for area in there if area.judged_as is indicator.each_level]


def find_value(survey: Survey, name: str, where: int) -> Found:
    """The value: measured, else reported, else the published baseline (never a target)."""
    indicator = survey.standard.indicators[name]
    measured = indicator.measure or REPORTED
    found = _take(survey, measured, _params(name, indicator), where, indicator.unit)
    if found.low is None and REPORTED in (indicator.fallback, measured):
        reported = found if measured == REPORTED else _reported(survey, name, indicator, where)
        found = reported if reported.low is not None else found
    if found.low is None and indicator.baseline is not None and indicator.baseline.date <= survey.as_of:
        return _published(indicator.baseline, found.measured.gaps)
    return found


def _params(name: str, indicator: Indicator) -> Params:
    since = {"since": indicator.baseline.date.isoformat()} if indicator.baseline else {}
    reported = indicator.measure in (None, REPORTED)
    return {"indicator": name, **since} if reported else indicator.params


def _take(survey: Survey, measure: str, params: Params, where: int, unit: str) -> Found:
    factor = scale(measures()[measure].unit, unit)
    found = take(survey, measure, where, params)
    decimals = _digits(found.low) if measure == REPORTED and found.low is not None else 0
    return Found(found, Fraction(1) if factor is None else factor, decimals=decimals)


def _reported(survey: Survey, name: str, indicator: Indicator, where: int) -> Found:
    since = {"since": indicator.baseline.date.isoformat()} if indicator.baseline else {}
    return _take(survey, REPORTED, {"indicator": name, **since}, where, indicator.unit)


def _published(baseline: Baseline, gaps: tuple[DataGap, ...]) -> Found:
    value = exact(baseline.value)
    note = Text(
        zh=f"没有更新的数据，取文件公布的 {baseline.date.isoformat()} 基期值（{baseline.source.as_clause()}）",
        en=f"nothing newer: the published baseline of {baseline.date.isoformat()} ({baseline.source.as_clause()})",
    )
    measured = Measured(value, value, None, None, kind="number", notes=(note,), gaps=gaps)
    return Found(measured, basis=Basis.TEXT, decimals=_digits(value))


def _digits(value: Fraction) -> int:
    return len(plain(value).partition(".")[2])


def evaluate_one(survey: Survey, name: str, where: int, code: str) -> IndicatorResult:
    """One indicator of one area."""
    indicator = survey.standard.indicators[name]
    found = find_value(survey, name, where)
    survey_gaps(survey).extend(found.measured.gaps)
    limit = None if indicator.parameter is None else survey.standard.parameter(indicator.parameter, survey.as_of)
    stands, target, day = _stands(indicator, limit, found, survey.as_of)
    known = found.low is not None and (stands.status is not Status.NO_DATA or not found.measured.unknown)
    return IndicatorResult(
        id=name,
        clause=indicator.source.as_clause(),
        name=_text(indicator.name),
        area=code,
        value=_shown(found, indicator) if known else None,
        numerator=_count(found.measured.numerator),
        denominator=_count(found.measured.denominator),
        unit=indicator.unit,
        target=target if target is None else plain(target),
        target_date=day,
        status=stands.status,
        gap=_gap(indicator, found, stands.status, target),
        basis=found.basis or found.measured.basis or indicator.basis,
        trace=trace_of(survey, code, name),
        comparator=indicator.comparator if stands.target is None else indicator.asked(stands.target),
        flags=(*indicator.flags, *_defaulted(stands)),
        notes=tuple(_notes(survey, indicator, found, stands, where)),
    )


def _defaulted(stands: Standing) -> tuple[str, ...]:
    """The mark of a target whose value or date the product decided (C-33, P-15)."""
    return (TARGET_BY_DEFAULT,) if stands.target and stands.target.basis is Basis.PRODUCT_DEFAULT else ()


def _stands(
    indicator: Indicator, limit: DatedValue | None, found: Found, on: date
) -> tuple[Standing, Fraction | None, date | None]:
    """Status, the target's number and its date."""
    if limit is not None and not indicator.targets:
        return _always(indicator, limit, found)
    stands = standing(indicator, found.low, found.high, on)
    target = stands.target
    if target is None:
        return stands, None, None
    return stands, None if target.value is None else exact(target.value), target.date


def _always(indicator: Indicator, limit: DatedValue, found: Found) -> tuple[Standing, Fraction | None, date | None]:
    """A value the standard demands at all times: met or behind, it has no date to miss."""
    if isinstance(limit.value, bool | str | list) or limit.value is None or indicator.comparator is None:
        return Standing(Status.NO_DATA if found.low is None else Status.REPORTED, None), None, None
    demanded = exact(limit.value)
    ok = decide(found.low, found.high, indicator.comparator, demanded)
    status = Status.NO_DATA if ok is None else (Status.MET if ok else Status.BEHIND)
    return Standing(status, None), demanded, None


def _shown(found: Found, indicator: Indicator) -> str | None:
    return None if found.low is None else shown(found.low, max(indicator.decimals, found.decimals))


def _count(value: int | Fraction | None) -> int | str | None:
    if value is None or isinstance(value, int):
        return value
    return value.numerator if value.denominator == 1 else plain(value)


_UNMET = (Status.ON_TRACK, Status.BEHIND, Status.MISSED)


def _gap(indicator: Indicator, found: Found, status: Status, target: Fraction | None) -> Gap | None:
    """What is missing to the target shown: whole things where things are counted, else the difference."""
    if status not in _UNMET or target is None or found.low is None:
        return None
    if indicator.comparator in ("<=", "<"):
        over = found.low - target
        return Gap(plain(over), _distance(indicator.unit)) if over > 0 else None
    things = found.measured.things
    missing = found.measured.more_needed(target / found.factor)
    if not missing:
        return None
    if things is None or found.measured.kind == "number":
        return Gap(plain(Fraction(missing)), _distance(indicator.unit))
    return Gap(plain(Fraction(missing)), things)


def _distance(unit: str) -> str:
    """The unit of a difference: two shares differ by percentage points, everything else by its own unit."""
    return "百分点" if unit == "%" else unit


def _text(words: Words) -> Text:
    return Text(zh=words.zh, en=words.en)


def _notes(survey: Survey, indicator: Indicator, found: Found, stands: Standing, where: int) -> Iterable[Text]:
    yield from found.measured.notes
    if found.measured.unknown:
        yield Text(
            zh=f"{found.measured.unknown} 个缺数据：都按未达标计得出此值，都按达标计则结论不变"
            if stands.status is not Status.NO_DATA
            else f"{found.measured.unknown} 个缺数据，按达标与按未达标结论不同，无法判定",
            en=f"{found.measured.unknown} without data: counted as not passed; counted as passed the answer is the same"
            if stands.status is not Status.NO_DATA
            else f"{found.measured.unknown} without data: passed or not they change the answer",
        )
    yield from (_beside(survey, item, where) for item in indicator.also_show)
    if stands.target is not None and stands.target.note is not None:
        yield _text(stands.target.note)
    yield from (_text(note) for note in indicator.notes)


def _beside(survey: Survey, item: AlsoShow, where: int) -> Text:
    """Another reading shown beside the value, never scored."""
    found = _take(survey, item.measure, item.params, where, item.unit)
    value = None if found.low is None else shown(found.low)
    return Text(
        zh=f"{item.title.zh}：{'没有数据' if value is None else value + item.unit}",
        en=f"{item.title.en}: {'no data' if value is None else f'{value} {item.unit}'}",
    )
