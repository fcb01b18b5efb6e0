"""Bounded least squares for curves of a few parameters: Levenberg–Marquardt on the free ones, steps cut at the bounds.

A library would be a dependency for forty lines: the problems have three or four parameters and a dozen points.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from guangcheng.planning.forecast.series import Floats

_TOLERANCE = 1e-9
_ROUNDS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Where the search ended: parameters and the sum of squared residuals."""

    parameters: Floats
    loss: float


def _jacobian(residuals: Callable[[Floats], Floats], at: Floats, low: Floats, high: Floats) -> Floats:
    columns = []
    for k in range(at.size):
        step = 1e-6 * max(abs(at[k]), 1e-3)
        up, down = at.copy(), at.copy()
        up[k], down[k] = min(at[k] + step, high[k]), max(at[k] - step, low[k])
        columns.append((residuals(up) - residuals(down)) / (up[k] - down[k]))
    return np.stack(columns, axis=1)


def _free(at: Floats, gradient: Floats, low: Floats, high: Floats) -> np.ndarray:
    """Parameters that may move: not held at a bound by the slope."""
    return ~(((at <= low) & (gradient > 0)) | ((at >= high) & (gradient < 0)))


def descend(residuals: Callable[[Floats], Floats], start: Floats, low: Floats, high: Floats) -> Fitted:
    """Go down from one start until nothing improves; ``low < high`` for every parameter."""
    at = np.clip(start, low, high)
    found = residuals(at)
    loss, damping = float(found @ found), 1e-3
    for _ in range(_ROUNDS):
        slopes = _jacobian(residuals, at, low, high)
        gradient = slopes.T @ found
        free = _free(at, gradient, low, high)
        if not free.any():
            break
        square = slopes[:, free].T @ slopes[:, free]
        scale = np.diag(np.maximum(np.diag(square), 1e-30))
        step = np.zeros_like(at)
        step[free] = -np.linalg.solve(square + damping * scale, gradient[free])
        ahead = np.clip(at + step, low, high)
        there = residuals(ahead)
        reached = float(there @ there)
        if reached < loss:
            gain = loss - reached
            at, found, loss, damping = ahead, there, reached, max(damping / 5, 1e-12)
            if gain <= _TOLERANCE * loss:
                break
        else:
            damping *= 6
            if damping > 1e10:
                break
    return Fitted(at, loss)


def least_squares(residuals: Callable[[Floats], Floats], starts: Iterable[Floats], low: Floats, high: Floats) -> Fitted:
    """Take the best of several starts; of equal ones the first, so the answer is the same every time."""
    return min((descend(residuals, start, low, high) for start in starts), key=lambda fitted: fitted.loss)
