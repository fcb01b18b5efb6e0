"""Intervals that were right as often in the past as they claim for the future.

Two kinds, both from the errors of a back-test, so no error distribution is assumed. *Empirical*: quantiles of past
relative errors, signed, so a method that was always low gets an interval that leans up. *Conformal*: past absolute
errors in units of the series' own recent pace; a quick mover gets a wide interval, a calm one a narrow one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from guangcheng.base.errors import OutsideKnowledge
from guangcheng.base.text import Text
from guangcheng.planning.forecast.backtest import Case, forecasts_of
from guangcheng.planning.forecast.series import Floats, Series

__all__ = ["Calibration", "calibrate", "contained", "empirical", "pace"]

LEVEL = 0.8
ORIGINS = 3
"""How many of the latest origins speak: errors shrink as series mature, old ones would make intervals too wide."""
_STILL = 1e-3
"""The pace of a series that stands still, relative to its value."""


def pace(series: Series) -> float:
    """Mean absolute yearly change over the last two years, never below a thousandth of the last value."""
    change = float(np.mean(np.abs(np.diff(series.values[-3:])))) if series.values.size > 1 else 0.0
    return max(change, _STILL * float(series.values[-1]), 1e-12)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Half the width of an interval, in paces, for each year ahead, and how many errors each rests on."""

    level: float
    paces: Floats
    counts: tuple[int, ...]

    def around(self, forecast: Floats, series: Series) -> tuple[Floats, Floats]:
        """Lower (never below zero) and upper end for each year of ``forecast``."""
        half = self.paces[: forecast.size] * pace(series)
        return np.maximum(forecast - half, 0.0), forecast + half


def calibrate(method: str, by_origin: Mapping[int, Sequence[Case]], *, until: int, level: float = LEVEL) -> Calibration:
    """Learn widths for forecasts made at the end of ``until``: only errors already known then are looked at.

    For h years ahead these are of the last three origins up to ``until − h``. The quantile is the conformal one,
    ``⌈(n+1)·level⌉``-th of n. ``OutsideKnowledge`` where too few errors are known for the level.
    """
    horizon = min(case.truth.size for cases in by_origin.values() for case in cases)
    widths, counts = [], []
    for h in range(1, horizon + 1):
        origins = sorted(origin for origin in by_origin if origin <= until - h)[-ORIGINS:]
        scores = [score for origin in origins for score in _scores(method, by_origin[origin], h)]
        place = int(np.ceil((len(scores) + 1) * level))
        if place > len(scores):
            raise OutsideKnowledge(
                Text(
                    zh=f"只有 {len(scores)} 个回测误差，给不出 {level:.0%} 区间",
                    en=f"{len(scores)} known errors cannot carry an interval of {level:.0%}",
                ),
                mend=Text(zh="多给几个序列或更早的起点", en="give more series or earlier origins"),
            )
        widths.append(float(np.sort(scores)[place - 1]))
        counts.append(len(scores))
    return Calibration(level, np.array(widths), tuple(counts))


def _scores(method: str, cases: Sequence[Case], h: int) -> list[float]:
    if not cases:
        return []
    ahead = forecasts_of(method, cases)
    return [
        abs(float(row[h - 1] - case.truth[h - 1])) / pace(case.series) for row, case in zip(ahead, cases, strict=True)
    ]


def contained(calibration: Calibration, forecasts: Floats, cases: Sequence[Case]) -> Floats:
    """Whether each value lay in its interval: rows are cases, columns years ahead, 1 or 0."""
    rows = []
    for forecast, case in zip(forecasts, cases, strict=True):
        low, high = calibration.around(forecast, case.series)
        rows.append((case.truth >= low) & (case.truth <= high))
    return np.array(rows, dtype=np.float64)


def empirical(errors: Floats, forecast: float, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of past signed relative errors ``(value − forecast) / forecast`` around a forecast."""
    low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
    return forecast * (1 + float(low)), forecast * (1 + float(high))
