"""Back-tests, choice, intervals, scenarios."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError, OutsideKnowledge
from guangcheng.base.text import Text
from guangcheng.planning.forecast import backtest, intervals, scenario
from guangcheng.planning.forecast.series import Series
from guangcheng.standards import library

PEOPLE = Text(zh="人口", en="population")


def lines(count: int = 6, until: int = 2014) -> dict[str, dict[int, float]]:
    """Straight lines: drift is right, everything else is not."""
    return {f"s{k}": {year: 6.0 + (k + 1) * (year - 2000) for year in range(2000, until + 1)} for k in range(count)}


def test_the_past_is_all_a_case_knows() -> None:
    panel = lines()
    changed = {name: {year: (value if year <= 2010 else 1.0) for year, value in s.items()} for name, s in panel.items()}
    for ours, theirs in zip(
        backtest.cases_at(panel, 2010, horizon=2), backtest.cases_at(changed, 2010, horizon=2), strict=True
    ):
        assert ours.series.values.tolist() == theirs.series.values.tolist()
        assert ours.context == theirs.context
        assert theirs.truth.tolist() == [1.0, 1.0]


def test_cases_need_the_origin_the_years_ahead_six_years_and_enough() -> None:
    panel = {
        "whole": dict.fromkeys(range(2000, 2013), 10.0),
        "no-origin": {year: 10.0 for year in range(2000, 2013) if year != 2010},
        "no-truth": dict.fromkeys(range(2000, 2012), 10.0),
        "short": dict.fromkeys(range(2006, 2013), 10.0),
        "small": dict.fromkeys(range(2000, 2013), 1.0),
    }
    assert [case.name for case in backtest.cases_at(panel, 2010, horizon=2, enough=5.0)] == ["whole"]


def test_errors_are_mean_absolute_percentages() -> None:
    case = backtest.cases_at({"a": {**dict.fromkeys(range(2000, 2011), 10.0), 2011: 20.0, 2012: 8.0}}, 2010, horizon=2)
    assert backtest.errors_of(np.array([[10.0, 10.0]]), case).tolist() == [100 * (0.5 + 0.25) / 2]


def test_the_best_is_chosen_and_the_combination_where_it_cannot_be_told_apart() -> None:
    by_origin = {origin: backtest.cases_at(lines(), origin, horizon=2) for origin in (2009, 2010)}
    chosen = backtest.choose(by_origin, ("naive", "drift", "damped"))
    assert chosen.method == "drift"
    assert chosen.mean("drift") == pytest.approx(0.0, abs=1e-9)
    assert chosen.medians["naive"][2010] > chosen.medians["damped"][2010] > 0
    still = {"s": dict.fromkeys(range(2000, 2015), 10.0)}
    same = {2010: backtest.cases_at(still, 2010, horizon=2)}
    assert backtest.choose(same, ("naive", "combined")).method == "combined"
    with pytest.raises(InputError, match="no series"):
        backtest.choose({2010: []})


def test_the_paired_bootstrap_knows_a_sure_difference_and_an_open_one() -> None:
    errors = np.linspace(1, 9, 40)
    assert backtest.paired_bootstrap(errors - 1, errors, draws=200) == pytest.approx((-1.0, -1.0))
    low, high = backtest.paired_bootstrap(errors[::-1], errors, draws=500)
    assert low < 0 < high
    assert backtest.paired_bootstrap(errors[::-1], errors, draws=500) == (low, high)


def noisy(seed: int, count: int = 60) -> dict[str, dict[int, float]]:
    rng = np.random.default_rng(seed)
    return {
        f"s{k}": dict(zip(range(2000, 2015), 20 + np.cumsum(rng.uniform(0.5, 2.5, 15)), strict=True))
        for k in range(count)
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_intervals_hold_what_they_promise_where_the_future_is_like_the_past(seed: int) -> None:
    panel = noisy(seed)
    by_origin = {origin: backtest.cases_at(panel, origin, horizon=2) for origin in range(2007, 2011)}
    held = backtest.cases_at(panel, 2012, horizon=2)
    learnt = intervals.calibrate("drift", by_origin, until=2012)
    assert learnt.counts == (180, 180)
    share = intervals.contained(learnt, backtest.forecasts_of("drift", held), held).mean()
    assert 0.68 <= share <= 0.92


def test_calibration_does_not_look_at_errors_nobody_knew_yet() -> None:
    panel = noisy(4)
    by_origin = {origin: backtest.cases_at(panel, origin, horizon=2) for origin in (2007, 2008, 2009)}
    learnt = intervals.calibrate("drift", by_origin, until=2009)
    assert learnt.counts == (120, 60)
    with pytest.raises(OutsideKnowledge, match="cannot carry"):
        intervals.calibrate("drift", {2009: by_origin[2009][:3]}, until=2012)


def test_the_empirical_interval_is_of_signed_errors() -> None:
    assert intervals.empirical(np.linspace(0.0, 1.0, 11), 100.0) == pytest.approx((110.0, 190.0))


def test_the_pace_is_never_nothing() -> None:
    assert intervals.pace(Series(2000, np.array([1.0, 3.0, 6.0]))) == 2.5
    assert intervals.pace(Series(2000, np.array([5.0, 5.0, 5.0]))) == 0.005


def test_growth_a_target_implies() -> None:
    growth = scenario.implied_growth(37, 110, 6)
    assert growth.per_year == pytest.approx(73 / 6)
    assert growth.rate == pytest.approx((110 / 37) ** (1 / 6) - 1)
    with pytest.raises(InputError, match="above zero"):
        scenario.implied_growth(0, 110, 6)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.98), st.floats(0.01, 0.98), st.integers(1, 15))
def test_the_path_to_a_target_meets_both_ends_and_stays_below_the_ceiling(start: float, end: float, years: int) -> None:
    path = scenario.path_to(start, end, years, 1.0)
    assert path[0] == pytest.approx(start)
    assert path[-1] == pytest.approx(end)
    assert ((path > 0) & (path < 1)).all()
    assert (np.diff(path) * np.sign(end - start) >= -1e-12).all()


def test_a_target_above_the_ceiling_has_no_path() -> None:
    with pytest.raises(InputError, match="within 0 and 100"):
        scenario.path_to(37, 110, 6, 100)


def test_the_table_of_document_000_implies_three_populations() -> None:
    """C-13: 80/24 %, 115/50 %, 270/75 % are 333, 230 and 360 万 people."""
    indicators = library.load("qinzhou-2015-broadband").indicators
    counts, rates = indicators["IND-000-05"], indicators["IND-000-07"]
    assert counts.baseline is not None
    assert rates.baseline is not None
    counted = {counts.baseline.date: counts.baseline.value, **{item.date: item.value for item in counts.targets}}
    rated = {rates.baseline.date: rates.baseline.value, **{item.date: item.value for item in rates.targets}}
    bases = {
        day.year: scenario.implied_base(float(value or 0), float(rated[day] or 0)) for day, value in counted.items()
    }
    assert {year: round(value) for year, value in bases.items()} == {2014: 333, 2015: 230, 2020: 360}
    flags = scenario.moving_base(bases, PEOPLE)
    assert [flag.code for flag in flags] == ["inconsistent_basis"] * 2
    assert "333.3 in 2014, 230.0 in 2015" in flags[0].message.en
    assert scenario.moving_base({2014: 320.0, 2015: 322.0, 2020: 330.0}, PEOPLE) == ()
    users = scenario.above_ceiling({2015: 250.0, 2014: 230.0}, 230.0, PEOPLE)
    assert [flag.message.en for flag in users] == ["250 in 2015 is more than the population, 230"]
