from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.shares import Comparator, Share
from guangcheng.coverage.measured import count, ratio, share
from guangcheng.coverage.results import Verdict
from guangcheng.coverage.verdicts import FAILED, OUT, PASSED, UNKNOWN, Tally, combine, decide, state_of, tally


@dataclass(frozen=True)
class Answer:
    hard: bool
    ok: bool | None


@pytest.mark.parametrize(
    ("passed", "n", "unknown", "ok"),
    [
        (9, 10, 0, True),
        (17, 19, 0, False),
        (18, 20, 0, True),
        (0, 0, 0, None),
        (8, 10, 1, None),
        (9, 10, 1, True),
        (8, 10, 2, None),
        (7, 10, 2, None),
        (6, 10, 3, None),
        (5, 10, 3, False),
        (0, 10, 10, None),
    ],
)
def test_ninety_percent(passed: int, n: int, unknown: int, ok: bool | None) -> None:
    found = share(Tally(passed, n, unknown), "自然村")
    assert decide(found.low, found.high, ">=", 90) is ok


STATES = st.lists(st.sampled_from((PASSED, FAILED, UNKNOWN, OUT)), max_size=7)


@given(STATES, st.sampled_from((">=", ">")), st.integers(1, 100))
@settings(max_examples=200, deadline=None)
def test_bounds_are_what_all_completions_agree_on(states: list[int], comparator: Comparator, percent: int) -> None:
    found = share(tally(states), "自然村")
    places = [index for index, state in enumerate(states) if state == UNKNOWN]
    answers = set()
    for filled in product((PASSED, FAILED), repeat=len(places)):
        complete = list(states)
        for index, state in zip(places, filled, strict=True):
            complete[index] = state
        counted = tally(complete)
        answers.add(Share(counted.passed, counted.n).meets(comparator, percent))
    expected = answers.pop() if len(answers) == 1 else None
    assert decide(found.low, found.high, comparator, percent) is expected


@given(STATES)
@settings(max_examples=40, deadline=None)
def test_all_of_them_is_the_same_as_at_least_100_percent(states: list[int]) -> None:
    found = share(tally(states), "驻地")
    assert decide(found.low, found.high, "=", 100) is decide(found.low, found.high, ">=", 100)


@pytest.mark.parametrize(
    ("tests", "verdict"),
    [
        ([], Verdict.NOT_APPLICABLE),
        ([Answer(hard=False, ok=False)], Verdict.NOT_APPLICABLE),
        ([Answer(hard=True, ok=True)], Verdict.PASS),
        ([Answer(hard=True, ok=False)], Verdict.FAIL),
        ([Answer(hard=True, ok=True), Answer(hard=False, ok=True)], Verdict.PASS),
        ([Answer(hard=True, ok=True), Answer(hard=False, ok=False)], Verdict.PASS_WITH_REMARK),
        ([Answer(hard=True, ok=True), Answer(hard=False, ok=None)], Verdict.PASS),
        ([Answer(hard=True, ok=None), Answer(hard=False, ok=False)], Verdict.NO_DATA),
        ([Answer(hard=True, ok=False), Answer(hard=True, ok=None)], Verdict.FAIL),
        ([Answer(hard=True, ok=True), Answer(hard=True, ok=None)], Verdict.NO_DATA),
    ],
)
def test_only_hard_tests_gate(tests: list[Answer], verdict: Verdict) -> None:
    assert combine(tests) is verdict


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.PASS, PASSED),
        (Verdict.PASS_WITH_REMARK, PASSED),
        (Verdict.FAIL, FAILED),
        (Verdict.NO_DATA, UNKNOWN),
        (Verdict.NOT_APPLICABLE, OUT),
        (Verdict.OUT_OF_SCOPE, OUT),
    ],
)
def test_how_a_verdict_counts_above(verdict: Verdict, state: int) -> None:
    assert state_of(verdict) == state


def test_a_tally_never_counts_more_than_there_is() -> None:
    with pytest.raises(ValueError, match="no tally"):
        Tally(9, 10, 2)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 120))
@settings(max_examples=40, deadline=None)
def test_more_needed_is_the_least_that_reaches_the_target(upper: int, lower: int, percent: int) -> None:
    needed = ratio(upper, lower, "端口").more_needed(Fraction(percent))
    assert isinstance(needed, int)
    reached = [extra for extra in range(200) if 100 * (upper + extra) >= percent * lower]
    assert needed == reached[0]


def test_more_needed_of_a_count_is_whole_things() -> None:
    assert count(3, "站址").more_needed(Fraction(7, 2)) == 1
    assert count(5, "站址").more_needed(Fraction(4)) == 0
