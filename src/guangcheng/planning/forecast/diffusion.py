"""Diffusion curves: logistic, Gompertz, Bass. Each rises from (almost) nothing to its saturation and stays there.

Parameters are searched in units of the data: saturation as a multiple of the largest value seen, time in years since
the first observation, so that one set of bounds serves every series.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.forecast.fit import least_squares
from guangcheng.planning.forecast.series import Floats, Series

LEAST = 4
"""A curve of three parameters says something only with more values than parameters."""
_FIRST_GUESS, _MOST = 1.3, 6.0
"""Without a known ceiling, saturation is sought up to so many times the largest value seen."""


def _logistic(p: Floats, t: Floats) -> Floats:
    return np.asarray(p[0] / (1 + np.exp(-np.clip(p[1] * (t - p[2]), -60, 60))))


def _gompertz(p: Floats, t: Floats) -> Floats:
    return np.asarray(p[0] * np.exp(-np.exp(-np.clip(p[1] * (t - p[2]), -60, 60))))


def _bass(p: Floats, t: Floats) -> Floats:
    """Cumulative Bass adoption that began at ``p[3]``; innovation ``p[1]``, imitation ``p[2]``."""
    fall = np.exp(-np.clip((p[1] + p[2]) * np.maximum(t - p[3], 0.0), 0, 60))
    return np.asarray(p[0] * (1 - fall) / (1 + p[2] / p[1] * fall))


@dataclass(frozen=True, slots=True)
class Kind:
    """One curve: its function of (parameters, years since the first value), bounds after saturation, starts."""

    title: Text
    curve: Callable[[Floats, Floats], Floats]
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]


KINDS = MappingProxyType(
    {
        "logistic": Kind(
            Text(zh="逻辑斯蒂", en="logistic"),
            _logistic,
            ("rate", "midpoint"),
            (0.02, -30.0),
            (4.0, 60.0),
            tuple(product((0.3, 0.9), (3.0, 9.0))),
        ),
        "gompertz": Kind(
            Text(zh="龚珀兹", en="Gompertz"),
            _gompertz,
            ("rate", "midpoint"),
            (0.02, -30.0),
            (4.0, 60.0),
            tuple(product((0.15, 0.5), (2.0, 7.0))),
        ),
        "bass": Kind(
            Text(zh="巴斯", en="Bass"),
            _bass,
            ("innovation", "imitation", "start"),
            (1e-5, 0.0, -10.0),
            (0.5, 3.0, 0.0),
            tuple(product((0.003, 0.03), (0.3, 0.9), (-1.0,))),
        ),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A fitted curve: saturation in the units of the data, the other parameters by name, and its values anywhere."""

    kind: str
    first: int
    saturation: float
    parameters: tuple[tuple[str, float], ...]
    rmse: float

    def at(self, years: Floats) -> Floats:
        """The curve at the ends of ``years``."""
        values = np.array([self.saturation, *(value for _, value in self.parameters)])
        return KINDS[self.kind].curve(values, np.asarray(years, dtype=np.float64) - self.first)


def fit_curve(kind: str, series: Series, *, ceiling: float | None = None) -> Curve:
    """Fit by least squares; ``ceiling`` (households, people…, in the units of the data) bounds the saturation.

    ``InputError`` for fewer than four years, for a series that is zero throughout, or one already above ``ceiling``.
    """
    if series.values.size < LEAST:
        raise InputError(
            Text(zh=f"只有 {series.values.size} 年数据，拟合曲线至少要 4 年", en="a curve needs at least 4 years"),
            mend=Text(zh="补充年份，或改用趋势法", en="add years, or use a trend instead"),
        )
    top = float(series.values.max())
    if top <= 0 or (ceiling is not None and ceiling < top):
        raise InputError(
            Text(
                zh=f"最大值 {top:g} 不在 0 与上限 {ceiling} 之间",
                en=f"the largest value {top:g} is not within (0, {ceiling}]",
            ),
            mend=Text(zh="核对数据和上限的单位", en="check the units of the data and of the ceiling"),
        )
    model = KINDS[kind]
    years, shares = series.years - series.first, series.values / top
    most = max(ceiling / top, 1.0 + 1e-9) if ceiling is not None else _MOST
    low, high = np.array([min(1.0, most), *model.low]), np.array([most, *model.high])
    low[0] = min(low[0], most - 1e-9)
    starts = [np.array([min(_FIRST_GUESS, most), *rest]) for rest in model.starts]
    fitted = least_squares(lambda p: model.curve(p, years) - shares, starts, low, high)
    rmse = float(np.sqrt(fitted.loss / years.size)) * top
    named = tuple(zip(model.names, map(float, fitted.parameters[1:]), strict=True))
    return Curve(kind, series.first, float(fitted.parameters[0]) * top, named, rmse)
