"""The ways to forecast: from simplest to curves, all with one signature, so that a back-test can hold them together.

``method(series, horizon, context)`` gives the values of the ``horizon`` years after the last. What a method may learn
from other series (the other countries, the other towns) is in the context, and that knows nothing after the origin.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np

from guangcheng.base.text import Text
from guangcheng.planning.forecast.diffusion import KINDS, LEAST, Curve, fit_curve
from guangcheng.planning.forecast.series import Floats, Series

__all__ = ["METHODS", "Context", "Method", "context_of", "shared_damping"]

DAMPING = 0.8
"""A trend loses a fifth of its strength each year. Fixed on origins up to 2010 (docs/explanation/forecast)."""
RECENT = 0.8
"""Weight of the last increment against the one before it."""
_FEW = 10
"""Fewer transitions than this say nothing about a shared damping."""
_ROOM = 1.05
"""A ceiling lies at least so far above what was already reached."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a forecast may know beside its own series."""

    ceiling: float | None = None
    """Saturation in the units of the series: households, people; ``None`` if nothing is known."""
    damping: float = DAMPING
    """How much of a year's increment the next year keeps, as all series together showed in the last year."""


def context_of(panel: Iterable[Series] = (), *, ceiling: float | None = None, enough: float = 0.0) -> Context:
    """Learn from the series of one origin; only series at or above ``enough`` the year before speak."""
    return Context(ceiling, shared_damping(panel, enough))


def shared_damping(panel: Iterable[Series], enough: float = 0.0) -> float:
    """Estimate the ratio of one year's increment to the last, over all series, by least absolute relative error.

    Minimises ``Σ |Δ_now − φ·Δ_before| / value_now`` exactly (a weighted median of the ratios), clipped to 0…1;
    :data:`DAMPING` where fewer than ten series say something. Years that were filled in do not count.
    """
    ratios, weights = [], []
    for series in panel:
        if series.values.size < LEAST or {series.last - 1, series.last - 2, series.last - 3} & set(series.filled):
            continue
        before, now = float(series.values[-2] - series.values[-3]), float(series.values[-1] - series.values[-2])
        if series.values[-2] >= enough and before != 0 and series.values[-1] > 0:
            ratios.append(now / before)
            weights.append(abs(before) / float(series.values[-1]))
    if len(ratios) < _FEW:
        return DAMPING
    order = np.argsort(ratios, kind="stable")
    mass = np.cumsum(np.array(weights)[order])
    middle = int(np.searchsorted(mass, mass[-1] / 2))
    return float(np.clip(np.array(ratios)[order][middle], 0.0, 1.0))


Method = Callable[[Series, int, Context], Floats]


@dataclass(frozen=True, slots=True)
class Named:
    """A method with its name for people and the least number of years it needs."""

    title: Text
    forecast: Method
    least: int


def _ahead(horizon: int) -> Floats:
    return np.arange(1, horizon + 1, dtype=np.float64)


def _naive(series: Series, horizon: int, context: Context) -> Floats:  # noqa: ARG001
    return np.full(horizon, series.values[-1])


def _drift(series: Series, horizon: int, context: Context) -> Floats:  # noqa: ARG001
    return np.asarray(series.values[-1] + (series.values[-1] - series.values[-2]) * _ahead(horizon))


def _damped(values: Floats, horizon: int, damping: float, recent: float) -> Floats:
    """Go on with the recent increment, each year ``damping`` times the year before's."""
    steps = np.diff(values)
    slope = recent * steps[-1] + (1 - recent) * (steps[-2] if steps.size > 1 else steps[-1])
    return np.asarray(values[-1] + slope * np.cumsum(damping ** _ahead(horizon)))


def _damped_trend(series: Series, horizon: int, context: Context) -> Floats:  # noqa: ARG001
    return np.maximum(_damped(series.values, horizon, DAMPING, RECENT), 0.0)


def _shared(series: Series, horizon: int, context: Context) -> Floats:
    return np.maximum(_damped(series.values, horizon, context.damping, 1.0), 0.0)


def _saturating(series: Series, horizon: int, context: Context) -> Floats:
    """A damped trend on the logit scale below the ceiling: growth fades as the ceiling comes near."""
    if context.ceiling is None:
        return _damped_trend(series, horizon, context)
    top = max(context.ceiling, _ROOM * float(series.values.max()))
    shares = np.maximum(series.values, 1e-6 * top) / top
    ahead = _damped(np.log(shares / (1 - shares)), horizon, DAMPING, RECENT)
    return np.asarray(top / (1 + np.exp(-ahead)))


@lru_cache(maxsize=1024)
def _fitted(kind: str, first: int, values: tuple[float, ...], ceiling: float | None) -> Curve:
    """One fit serves the curve and its re-anchored twin."""
    return fit_curve(kind, Series(first, np.array(values)), ceiling=ceiling)


def _curve(kind: str, anchored: bool, series: Series, horizon: int, context: Context) -> Floats:
    """A fitted curve; ``anchored`` adds only its increments to the last value."""
    top = float(series.values.max())
    ceiling = None if context.ceiling is None else max(context.ceiling, _ROOM * top)
    curve = _fitted(kind, series.first, tuple(series.values.tolist()), ceiling)
    ahead = curve.at(series.last + _ahead(horizon))
    if not anchored:
        return ahead
    return np.asarray(series.values[-1] + ahead - curve.at(np.array([float(series.last)])))


PARTS = ("damped", "shared", "saturating")
"""What the combination is the mean of."""


def _combined(series: Series, horizon: int, context: Context) -> Floats:
    return np.asarray(np.mean([METHODS[name].forecast(series, horizon, context) for name in PARTS], axis=0))


def _curves() -> dict[str, Named]:
    found = {}
    for kind, model in KINDS.items():
        found[kind] = Named(model.title, partial(_curve, kind, False), LEAST)
        title = Text(zh=f"{model.title.zh}（接末值）", en=f"{model.title.en}, re-anchored")
        found[f"{kind}-anchored"] = Named(title, partial(_curve, kind, True), LEAST)
    return found


METHODS: Mapping[str, Named] = MappingProxyType(
    {
        "naive": Named(Text(zh="保持不变", en="naive"), _naive, 1),
        "drift": Named(Text(zh="线性外推", en="drift"), _drift, 2),
        "damped": Named(Text(zh="阻尼趋势", en="damped trend"), _damped_trend, 2),
        "shared": Named(Text(zh="共同阻尼趋势", en="trend with shared damping"), _shared, 2),
        "saturating": Named(Text(zh="逼近上限的阻尼趋势", en="damped trend below a ceiling"), _saturating, 2),
        **_curves(),
        "combined": Named(Text(zh="三种阻尼趋势的平均", en="mean of the three damped trends"), _combined, 2),
    }
)
