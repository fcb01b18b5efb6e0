"""From counts to verdicts: exact, and honest about what is not known.

A *state* says how a place stands, as small integers so that a million of them are an array:
``PASSED`` 1, ``FAILED`` 0, ``UNKNOWN`` -1 (``no_data``), ``OUT`` -2 (``not_applicable`` and ``out_of_scope``, which
leave numerator and denominator of the level above).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from guangcheng.base.shares import Comparator, compare
from guangcheng.coverage.results import Verdict

PASSED, FAILED, UNKNOWN, OUT = 1, 0, -1, -2


def state_of(verdict: Verdict) -> int:
    """How a place with this verdict counts in the level above."""
    if verdict.passed:
        return PASSED
    return {Verdict.FAIL: FAILED, Verdict.NO_DATA: UNKNOWN}.get(verdict, OUT)


@dataclass(frozen=True, slots=True)
class Tally:
    """``passed`` of ``n`` members, ``unknown`` of them without an answer (``n`` includes them)."""

    passed: int
    n: int
    unknown: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.passed <= self.n - self.unknown:
            raise ValueError(f"no tally: {self}")


def tally(states: Iterable[int]) -> Tally:
    """Count states; ``OUT`` is in no count."""
    counted = [state for state in states if state != OUT]
    return Tally(counted.count(PASSED), len(counted), counted.count(UNKNOWN))


def decide(
    low: Fraction | None, high: Fraction | None, comparator: Comparator, threshold: Fraction | int | Decimal
) -> bool | None:
    """Whether a value known to lie in ``low`` … ``high`` meets ``threshold``; ``None`` when both answers are possible.

    ``low`` counts every unknown member as failed, ``high`` counts it as passed, so a place passes only if it passes
    in the worst case and fails only if it fails in the best.
    """
    if low is None or high is None:
        return None
    ends = {compare(low, comparator, threshold), compare(high, comparator, threshold)}
    if comparator == "=" and low != high and Fraction(low) <= Fraction(threshold) <= Fraction(high):
        return None
    return ends.pop() if len(ends) == 1 else None


class Answered(Protocol):
    """Anything with a hard-or-reference mark and an answer."""

    @property
    def hard(self) -> bool:
        """Whether it gates."""

    @property
    def ok(self) -> bool | None:
        """The answer; ``None`` without data."""


def combine(tests: Sequence[Answered]) -> Verdict:
    """The verdict of a place from its tests (RUL-001-04).

    One hard test surely unmet fails the place. Else one hard test without an answer leaves it without data. Reference
    tests never gate: unmet ones give ``pass_with_remark``, and one without data is only a gap in the data. A place
    with no hard test is not applicable.
    """
    hard = [test.ok for test in tests if test.hard]
    if not hard:
        return Verdict.NOT_APPLICABLE
    if False in hard:
        return Verdict.FAIL
    if None in hard:
        return Verdict.NO_DATA
    remarks = [test for test in tests if not test.hard and test.ok is False]
    return Verdict.PASS_WITH_REMARK if remarks else Verdict.PASS
