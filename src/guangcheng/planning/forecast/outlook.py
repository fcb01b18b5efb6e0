"""A forecast for one city: the method that did best on its own past, and intervals from the errors made there.

The areas beneath speak for the whole: errors are relative, and each series keeps its own ceiling.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from guangcheng.base.text import Text
from guangcheng.planning.forecast.backtest import LEAST_YEARS, Case, Choice, cases_at, choose, forecasts_of
from guangcheng.planning.forecast.intervals import LEVEL, ORIGINS, empirical
from guangcheng.planning.forecast.methods import METHODS, context_of
from guangcheng.planning.forecast.series import series_of

__all__ = ["FEWEST", "Outlook", "outlook"]

FEWEST = 10
"""Known errors that an interval rests on at least: with fewer an 80 % interval is no more than its extremes."""
_LONGEST = 5
"""Years ahead that are back-tested at most; the years a city has are needed for origins too."""
_DEFAULT = "damped"

Observed = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Values of the years after the last, the ends of their intervals where known, and how the method was chosen."""

    values: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    level: float
    method: str
    choice: Choice | None
    """``None`` where the past was too short to choose by."""
    tested: int
    """Series of the back-test."""
    origins: tuple[int, ...]
    note: Text


def outlook(
    observed: Observed, beneath: Sequence[tuple[Observed, float | None]], horizon: int, ceiling: float | None
) -> Outlook:
    """Forecast ``observed`` for ``horizon`` years; ``beneath`` are (values, ceiling) of series alike.

    A series with a value of zero, or none above it, has no part in the back-test. ``InputError`` without any value.
    """
    series = series_of(observed)
    usable = [(values, top) for values, top in [(observed, ceiling), *beneath] if values and min(values.values()) > 0]
    panel = {f"{k:05d}": values for k, (values, _) in enumerate(usable)}
    tops = {f"{k:05d}": top for k, (_, top) in enumerate(usable)}
    last = series.last
    ahead = max(1, min(horizon, _LONGEST, last - min(observed) + 1 - LEAST_YEARS))
    by_origin = {
        origin: cases
        for origin in range(min(observed), last - ahead + 1)
        if (cases := _cases(panel, origin, ahead, tops))
    }
    choice = choose(by_origin) if by_origin else None
    method = choice.method if choice else _DEFAULT if len(observed) > 1 else "naive"
    context = context_of([series_of(values) for values in panel.values() if max(values) == last], ceiling=ceiling)
    values = METHODS[method].forecast(series, horizon, context)
    low, high = _intervals(method, by_origin, values, ahead)
    note = _note(choice, len(observed), low)
    tested = max((len(cases) for cases in by_origin.values()), default=0)
    told = tuple(round(float(value), 1) for value in values)
    return Outlook(told, low, high, LEVEL, method, choice, tested, tuple(by_origin), note)


def _cases(panel: Mapping[str, Observed], origin: int, ahead: int, tops: Mapping[str, float | None]) -> list[Case]:
    return [
        replace(case, context=replace(case.context, ceiling=tops[case.name]))
        for case in cases_at(panel, origin, horizon=ahead)
    ]


def _intervals(
    method: str, by_origin: Mapping[int, Sequence[Case]], values: np.ndarray, ahead: int
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Ends by the signed relative errors of the latest origins, for the years that were back-tested with enough."""
    low: list[float | None] = [None] * values.size
    high: list[float | None] = [None] * values.size
    latest = [by_origin[origin] for origin in sorted(by_origin)[-ORIGINS:]]
    ran = [(forecasts_of(method, cases), np.array([case.truth for case in cases])) for cases in latest]
    for h in range(min(ahead, values.size)):
        errors = (
            np.concatenate([(truth[:, h] - found[:, h]) / found[:, h] for found, truth in ran]) if ran else np.zeros(0)
        )
        errors = errors[np.isfinite(errors)]
        if errors.size >= FEWEST:
            ends = empirical(errors, float(values[h]))
            low[h], high[h] = round(max(ends[0], 0.0), 1), round(ends[1], 1)
    return tuple(low), tuple(high)


def _note(choice: Choice | None, years: int, low: Sequence[float | None]) -> Text:
    if choice is None:
        return Text(
            zh=f"只有 {years} 个年末数，不够回测：方法是默认的，没有区间",
            en=f"only {years} year-ends, too few to test methods on: the method is the default, without intervals",
        )
    if low[0] is None:
        return Text(
            zh=f"方法由回测选出；误差不足 {FEWEST} 个，没有区间",
            en=f"chosen by back-test; fewer than {FEWEST} known errors, so no intervals",
        )
    return Text(
        zh="方法由回测选出；区间是最近几个起点误差的分位数，回测不到的年份没有区间",
        en="chosen by back-test; intervals are quantiles of the latest origins' errors, none beyond what was tested",
    )
