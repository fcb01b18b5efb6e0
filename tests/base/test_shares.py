"""Shares are compared on integers (RUL-001-07's golden cases)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcheng.base.shares import Share, shown


@pytest.mark.parametrize(
    ("ok", "n", "expected"),
    [(9, 10, True), (17, 19, False), (18, 20, True), (0, 0, None), (89, 100, False), (11, 10, True)],
)
def test_ninety_percent_golden_cases(ok: int, n: int, expected: bool | None) -> None:
    assert Share(ok, n).meets(">=", 90) is expected


def test_shown_rounds_down_so_that_a_miss_never_reads_as_a_hit() -> None:
    assert Share(8999, 10000).shown() == "89.9"
    assert Share(9, 10).shown() == "90.0"
    assert Share(0, 0).shown() is None
    assert Share(12, 10).shown() == "120.0"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 6))
def test_shown_is_never_above_the_value_and_within_one_unit(ok: int, n: int, places: int) -> None:
    exact = Fraction(100 * ok, n)
    text = Fraction(shown(exact, places))
    assert text <= exact < text + Fraction(1, 10**places)
