"""The forecast of one city: what its back-test knows, when there are intervals, how it scales."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.planning.forecast.outlook import FEWEST, outlook


def fading(top: float, rate: float, first: int = 2003, years: int = 12) -> dict[int, float]:
    """Values that go towards ``top``, each year's increment ``1 − rate`` of the last."""
    return {first + k: top * (1 - (1 - rate) ** (k + 1)) for k in range(years)}


BENEATH = [(fading(100.0 + 10 * k, 0.1 + 0.02 * k), None) for k in range(4)]


def test_two_years_are_not_tested_and_have_no_interval() -> None:
    got = outlook({2014: 370_000.0, 2015: 486_000.0}, [], 2, None)
    assert (got.method, got.choice, got.tested, got.origins) == ("damped", None, 0, ())
    # a damped trend: 0.8 of the last increment, then 0.64 of it
    assert got.values == (486_000 + 0.8 * 116_000, 486_000 + (0.8 + 0.64) * 116_000)
    assert (got.low, got.high) == ((None, None), (None, None))
    assert "too few" in got.note.en


def test_one_year_stays_what_it_is_and_none_is_refused() -> None:
    assert outlook({2015: 5.0}, [], 3, None).values == (5.0, 5.0, 5.0)
    with pytest.raises(InputError):
        outlook({}, [], 3, None)


def test_the_best_on_the_past_is_chosen_and_intervals_rest_on_enough_errors() -> None:
    got = outlook(fading(100.0, 0.12), BENEATH, 2, None)
    assert got.choice is not None
    assert got.choice.mean(got.method) <= min(got.choice.mean(name) for name in got.choice.medians) + 0.3
    assert (got.tested, got.origins[-1]) == (5, 2012)
    assert all(
        low is not None and high is not None and low <= high for low, high in zip(got.low, got.high, strict=True)
    )


def test_few_errors_give_no_interval() -> None:
    """Alone, one error for each of the last three origins: fewer than an interval rests on."""
    got = outlook(fading(100.0, 0.12), [], 2, None)
    assert got.choice is not None
    assert got.low == (None, None)
    assert str(FEWEST) in got.note.en


def test_years_beyond_the_back_test_have_no_interval() -> None:
    got = outlook(fading(100.0, 0.12), BENEATH, 9, None)
    assert [low is not None for low in got.low] == [True] * 5 + [False] * 4


def test_each_series_keeps_its_own_ceiling() -> None:
    """The ceiling of a series beneath counts in the back-test, and not for the series forecast."""
    own, small = fading(1000.0, 0.3), fading(5.0, 0.1)
    near, far = (outlook(own, [(small, top)], 3, 1010.0) for top in (5.5, 5000.0))
    assert near.choice is not None
    assert far.choice is not None
    assert near.choice.mean("saturating") != far.choice.mean("saturating")
    assert near.choice.mean("damped") == far.choice.mean("damped")


def test_a_series_with_a_zero_takes_no_part() -> None:
    zero = dict.fromkeys(range(2003, 2015), 0.0)
    assert outlook(fading(100.0, 0.12), [*BENEATH, (zero, None)], 2, None) == outlook(
        fading(100.0, 0.12), BENEATH, 2, None
    )


@settings(max_examples=8, deadline=None)
@given(
    values=st.lists(st.integers(1_000, 90_000), min_size=2, max_size=9),
    factor=st.sampled_from([2.0, 16.0]),
    horizon=st.integers(1, 4),
)
def test_forecasts_scale_with_the_units(values: list[int], factor: float, horizon: int) -> None:
    observed = {2005 + k: float(value) for k, value in enumerate(sorted(values))}
    once = outlook(observed, [], horizon, 100_000.0)
    scaled = outlook({year: factor * value for year, value in observed.items()}, [], horizon, 100_000.0 * factor)
    assert scaled.method == once.method
    # curves are found by search, to a relative thousandth
    assert np.allclose(scaled.values, factor * np.array(once.values), rtol=1e-3, atol=factor)
    assert len(once.values) == len(once.low) == len(once.high) == horizon
