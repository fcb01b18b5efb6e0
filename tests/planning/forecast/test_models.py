"""Curves, baselines and their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.planning.forecast.diffusion import KINDS, fit_curve
from guangcheng.planning.forecast.fit import least_squares
from guangcheng.planning.forecast.methods import DAMPING, METHODS, Context, context_of, shared_damping
from guangcheng.planning.forecast.series import Series, series_of

TRUE = {"logistic": (0.6, 6.0), "gompertz": (0.4, 5.0), "bass": (0.01, 0.5, -1.0)}


def made(*values: float) -> Series:
    return Series(2000, np.array(values))


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_curve_without_noise_is_found_again(kind: str) -> None:
    years = np.arange(2000.0, 2014.0)
    values = KINDS[kind].curve(np.array([40.0, *TRUE[kind]]), years - 2000)
    curve = fit_curve(kind, Series(2000, values))
    later = np.array([2014.0, 2015.0, 2020.0])
    expected = KINDS[kind].curve(np.array([40.0, *TRUE[kind]]), later - 2000)
    assert curve.at(later) == pytest.approx(expected, rel=2e-3)
    assert curve.saturation == pytest.approx(40.0, rel=5e-3)
    assert curve.rmse < 0.02


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_known_ceiling_bounds_the_saturation(kind: str) -> None:
    series = made(1, 2, 4, 7, 12, 18, 24)
    assert fit_curve(kind, series, ceiling=30.0).saturation <= 30.0
    with pytest.raises(InputError, match="not within"):
        fit_curve(kind, series, ceiling=20.0)


def test_too_few_years_and_nothing_at_all_are_refused() -> None:
    with pytest.raises(InputError, match="at least 4 years"):
        fit_curve("logistic", made(1, 2, 3))
    with pytest.raises(InputError, match="not within"):
        fit_curve("logistic", made(0, 0, 0, 0))
    with pytest.raises(InputError, match="no yearly values"):
        series_of({2010: 1.0}, 2009)
    with pytest.raises(InputError, match="value of 2011"):
        series_of({2010: 1.0, 2011: -1.0})


def test_gaps_are_filled_on_the_line_and_named_and_the_future_is_not_seen() -> None:
    series = series_of({2005: 1.0, 2008: 7.0, 2009: 8.0, 2010: 99.0}, 2009)
    assert series.values.tolist() == [1.0, 3.0, 5.0, 7.0, 8.0]
    assert series.filled == (2006, 2007)
    assert series.last == 2009


def test_least_squares_stays_within_bounds() -> None:
    target = np.array([3.0, -2.0])
    found = least_squares(lambda p: p - target, [np.array([0.5, 0.5])], np.zeros(2), np.ones(2))
    assert found.parameters.tolist() == [1.0, 0.0]
    free = least_squares(lambda p: p - target, [np.zeros(2)], np.full(2, -9.0), np.full(2, 9.0))
    assert free.parameters == pytest.approx(target, abs=1e-6)


def test_baselines_by_hand() -> None:
    series = made(1, 2, 4)

    def ahead(name: str, context: Context | None = None) -> list[float]:
        return [float(value) for value in METHODS[name].forecast(series, 2, context or Context())]

    assert ahead("naive") == [4, 4]
    assert ahead("drift") == [6, 8]
    # slope 0.8·2 + 0.2·1 = 1.8; then 0.8 of it, then 0.64
    assert ahead("damped") == pytest.approx([5.44, 6.592])
    assert ahead("shared", Context(damping=0.5)) == pytest.approx([5.0, 5.5])
    assert ahead("saturating") == ahead("damped")
    parts = np.mean([ahead(name) for name in ("damped", "shared", "saturating")], axis=0)
    assert ahead("combined") == pytest.approx(parts.tolist())


def test_shared_damping_is_the_weighted_median_of_the_ratios() -> None:
    panel = [made(1, 1, 2, 2 + ratio) for ratio in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)]
    grid = np.linspace(0, 1, 2001)
    cost = [sum(abs(s.values[3] - s.values[2] - phi) / s.values[3] for s in panel) for phi in grid]
    assert shared_damping(panel) == pytest.approx(grid[int(np.argmin(cost))], abs=1e-3)
    assert shared_damping(panel[:9]) == DAMPING
    assert context_of(panel, enough=3.0).damping == DAMPING
    filled = [Series(s.first, s.values, (2002,)) for s in panel]
    assert shared_damping(filled) == DAMPING


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.1, 5.0), min_size=4, max_size=10),
    st.floats(1.0, 30.0),
    st.floats(1.05, 4.0),
)
def test_growing_series_go_on_growing_less_than_drift_and_stay_below_the_ceiling(
    steps: list[float], start: float, room: float
) -> None:
    values = start + np.cumsum([0.0, *sorted(steps, reverse=True)])
    series, ceiling = Series(2000, values), float(values[-1]) * room
    context = Context(ceiling=ceiling, damping=0.9)
    drift = METHODS["drift"].forecast(series, 3, context)
    assert (METHODS["shared"].forecast(series, 3, context) <= drift + 1e-9).all()
    ahead = METHODS["saturating"].forecast(series, 30, context)
    assert (ahead <= ceiling * (1 + 1e-12)).all()
    assert (np.diff(ahead) >= -1e-9).all()


@pytest.mark.parametrize("name", list(METHODS))
def test_every_method_gives_a_number_for_each_year_and_scales_with_the_units(name: str) -> None:
    values = np.array([0.5, 1.2, 2.4, 4.1, 6.0, 8.2, 10.0, 11.4])
    named = METHODS[name]
    one = named.forecast(Series(2000, values), 3, Context(ceiling=40.0))
    thousand = named.forecast(Series(2000, 1000 * values), 3, Context(ceiling=40_000.0))
    assert one.shape == (3,)
    assert (one > 0).all()
    assert thousand == pytest.approx(1000 * one, rel=1e-6)
