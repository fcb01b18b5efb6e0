"""The tests of a level as they are in force on the day, ready to be applied to many places."""

from dataclasses import dataclass, field
from fractions import Fraction

from guangcheng.base.provenance import Clause
from guangcheng.base.shares import shown
from guangcheng.base.text import Text
from guangcheng.coverage.measured import Measured
from guangcheng.coverage.measures import take
from guangcheng.coverage.results import TestResult
from guangcheng.coverage.status import exact
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.trace import Trace
from guangcheng.coverage.verdicts import decide
from guangcheng.standards.model import DatedValue, Level, LevelStandard, LevelTest, value_at

Answer = tuple[bool | None, str | None, str]
"""Whether a test is met, the value shown, and the threshold shown."""


def trace_of(survey: Survey, code: str, what: str) -> str:
    """The address of one figure of this survey."""
    return str(Trace(survey.standard.id, survey.as_of, code, what))


@dataclass(frozen=True, slots=True, eq=False)
class TestInForce:
    """One test with the threshold of the day and whether it gates on that day."""

    __test__ = False  # not a pytest class

    test: LevelTest
    limit: DatedValue
    hard: bool
    threshold: Fraction
    title: Text
    clause: Clause
    _answers: dict[object, Answer] = field(default_factory=dict)

    @classmethod
    def on(cls, survey: Survey, test: LevelTest, limit: DatedValue) -> "TestInForce":
        """Read the test; a reference test may be made hard by a parameter (C-06)."""
        if isinstance(limit.value, bool | str | list) or limit.value is None:
            raise TypeError(f"a threshold must be a number, not {limit.value!r}")
        made_hard = test.hard_parameter is not None and survey.parameter(test.hard_parameter) is True
        return cls(
            test=test,
            limit=limit,
            hard=test.hard or made_hard,
            threshold=exact(limit.value),
            title=Text(zh=test.title.zh, en=test.title.en),
            clause=limit.source.as_clause(),
        )

    def demanded(self, found: Measured) -> Fraction:
        """The number to compare with: the test's, unless the rule itself demands another."""
        return self.threshold if found.demanded is None else Fraction(found.demanded)

    def met_at(self, value: Fraction, found: Measured) -> bool | None:
        """Whether ``value`` would meet the test."""
        return decide(value, value, self.test.comparator, self.demanded(found))

    def result(self, survey: Survey, where: int, code: str) -> tuple[TestResult, Measured]:
        """Apply the test to one place: an area by number, or an estate by its row."""
        found = take(survey, self.test.measure, where, self.test.params)
        ok, value, threshold = self._answer(found)
        result = TestResult(
            id=self.test.id,
            clause=self.clause,
            title=self.title,
            hard=self.hard,
            numerator=whole(found.numerator),
            denominator=whole(found.denominator),
            unknown=found.unknown,
            value=value,
            unit=self.test.unit,
            comparator=self.test.comparator,
            threshold=threshold,
            ok=ok,
            basis=found.basis or self.limit.basis,
            trace=trace_of(survey, code, self.test.id),
        )
        return result, found

    def _answer(self, found: Measured) -> Answer:
        """The answer; shares of few members come again and again, so they are worked out once."""
        if found.kind != "share" or found.low is None:
            return self._worked_out(found)
        key = (found.numerator, found.denominator, found.unknown, found.demanded)
        if key not in self._answers:
            self._answers[key] = self._worked_out(found)
        return self._answers[key]

    def _worked_out(self, found: Measured) -> Answer:
        demanded = self.demanded(found)
        ok = decide(found.low, found.high, self.test.comparator, demanded)
        value = None if ok is None or found.low is None else shown(found.low)
        return ok, value, plain(demanded)


def whole(value: int | Fraction | None) -> int | None:
    """A count as an integer."""
    return None if value is None else int(value)


def plain(value: Fraction) -> str:
    """A decimal number as people write it: 80, 0.36."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next((digits for digits in range(1, 13) if (value * 10**digits).denominator == 1), 12)
    return shown(value, places)


@dataclass(frozen=True, slots=True, eq=False)
class LevelInForce:
    """What the standard demands of one level on the day; no tests when it is not in force yet."""

    standard: LevelStandard
    tests: tuple[TestInForce, ...]


def level_in_force(survey: Survey, level: Level | None) -> LevelInForce | None:
    """The standard of ``level``, read once per survey; ``None`` when the document sets none for it."""
    return survey.kept(("level", level), lambda: _level(survey, level))


def _level(survey: Survey, level: Level | None) -> LevelInForce | None:
    standard = None if level is None else survey.standard.level(level)
    if standard is None:
        return None
    pairs = ((test, value_at(test.threshold, survey.as_of)) for test in standard.tests)
    return LevelInForce(standard, tuple(TestInForce.on(survey, test, limit) for test, limit in pairs if limit))
