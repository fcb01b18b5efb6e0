"""Back-tests with rolling origins: stand in a past year, forecast, look; choose by that, score the held-out years once.

The error of one series at one origin is the mean over the years ahead of ``|forecast − value| / value`` (MAPE), in %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.forecast.methods import METHODS, Context, context_of
from guangcheng.planning.forecast.series import Floats, Series, series_of

__all__ = ["Case", "Choice", "cases_at", "choose", "errors_of", "forecasts_of", "paired_bootstrap"]

Panel = Mapping[str, Mapping[int, float]]
"""Observed values by series and year."""
NOISE = 0.3
"""Percentage points: methods nearer than this to the best cannot be told apart, and a combination is preferred."""
LEAST_YEARS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One series seen from one origin, and what came after."""

    name: str
    series: Series
    truth: Floats
    context: Context


def cases_at(
    panel: Panel, origin: int, *, horizon: int, ceiling: float | None = None, enough: float = 0.0
) -> list[Case]:
    """Stand at the end of ``origin``: series observed there and in every year ahead, at least ``enough`` there.

    Each has at least six years, gaps counted. The context is learnt from series up to the origin only.
    """
    ahead = range(origin + 1, origin + horizon + 1)
    seen = {
        name: series_of(values, origin)
        for name, values in sorted(panel.items())
        if origin in values and min(values) <= origin
    }
    context = context_of(seen.values(), ceiling=ceiling, enough=enough)
    return [
        Case(name, series, np.array([panel[name][year] for year in ahead]), context)
        for name, series in seen.items()
        if series.values.size >= LEAST_YEARS and series.values[-1] >= enough and all(y in panel[name] for y in ahead)
    ]


def forecasts_of(method: str, cases: Sequence[Case]) -> Floats:
    """Forecast every case: one row per case, one column per year ahead."""
    named = METHODS[method]
    return np.array([named.forecast(case.series, case.truth.size, case.context) for case in cases])


def errors_of(forecasts: Floats, cases: Sequence[Case]) -> Floats:
    """The error of every case in %."""
    truth = np.array([case.truth for case in cases])
    return np.asarray(100 * np.mean(np.abs(forecasts - truth) / truth, axis=1))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which method, and the median error of every method at every origin it was chosen by."""

    method: str
    medians: Mapping[str, Mapping[int, float]]

    def mean(self, method: str) -> float:
        """The mean of a method's medians over the origins: what the choice goes by."""
        return float(np.mean(list(self.medians[method].values())))


def choose(by_origin: Mapping[int, Sequence[Case]], methods: Sequence[str] = tuple(METHODS)) -> Choice:
    """Choose the method with the least mean, over origins, of the median error.

    The combination is taken instead where it is within :data:`NOISE` of the best. ``InputError`` without cases.
    """
    if not any(by_origin.values()):
        raise InputError(
            Text(zh="没有可回测的序列", en="no series can be tested on its past"),
            mend=Text(
                zh="需要至少 6 年、且起点之后还有数据的序列",
                en="give series of 6 years or more with values after the origin",
            ),
        )
    medians = {
        method: {
            origin: float(np.median(errors_of(forecasts_of(method, cases), cases)))
            for origin, cases in by_origin.items()
            if cases
        }
        for method in methods
    }
    choice = Choice("", medians)
    best = min(methods, key=choice.mean)
    near = "combined" in methods and choice.mean("combined") <= choice.mean(best) + NOISE
    return Choice("combined" if near else best, medians)


def paired_bootstrap(
    first: Floats, second: Floats, *, draws: int = 10_000, seed: int = 1, level: float = 0.95
) -> tuple[float, float]:
    """An interval for ``median(first) − median(second)``: the same series are drawn for both, with replacement."""
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, first.size, size=(draws, first.size))
    found = np.median(first[picks], axis=1) - np.median(second[picks], axis=1)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
