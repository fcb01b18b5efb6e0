"""The compiled part of :mod:`guangcheng.coverage.kernel`; import it only from there, importing it loads Numba."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GROW = 1.0 + 1e-12
_TINY = 1e-150
"""A search window is a hair wider than the distance, so that rounding in ``dx * dx`` never loses a point."""


_NUMBER, _COUNT = types.float64, types.int64
_GIVEN = types.Array(_NUMBER, 1, "C", readonly=True)
"""A column as given; what comes from Arrow may not be written to."""
_BEST = types.Tuple((_NUMBER, _COUNT))  # type: ignore[no-untyped-call]
_GIVEN_INTS = types.Array(_COUNT, 1, "C", readonly=True)


def _compiled(signature: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile for exactly one signature; the machine code is kept beside the source (or in the user's cache)."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        compiled: Callable[..., Any] = njit(signature, cache=True, nogil=True)(function)
        return compiled

    return wrap


@_compiled(_COUNT(_NUMBER, _NUMBER, _NUMBER, _COUNT))
def cell_of(value: float, low: float, per_metre: float, cells: int) -> int:
    """Cell of a coordinate along one axis, clamped; monotone in ``value`` (NaN falls into cell 0)."""
    at = (value - low) * per_metre
    if not at > 0.0:
        return 0
    if at >= cells:
        return cells - 1
    return int(at)


@_compiled(
    types.void(_GIVEN, _GIVEN, *(_NUMBER,) * 4, *(_COUNT,) * 2, _COUNT[::1], _NUMBER[::1], _NUMBER[::1], _COUNT[::1])
)
def fill_cells(
    ax: Floats,
    ay: Floats,
    low_x: float,
    low_y: float,
    per_x: float,
    per_y: float,
    nx: int,
    ny: int,
    start: Ints,
    sx: Floats,
    sy: Floats,
    index: Ints,
) -> None:
    """Order the points by cell, a row of cells after the other; within a cell the order given stays.

    ``start`` comes as nx·ny + 2 zeros; afterwards cell ``c`` holds places ``start[c]`` to ``start[c + 1]``.
    Points with a coordinate that is not finite are left out.
    """
    for i in range(ax.size):
        if math.isfinite(ax[i]) and math.isfinite(ay[i]):
            cell = cell_of(ay[i], low_y, per_y, ny) * nx + cell_of(ax[i], low_x, per_x, nx)
            start[cell + 2] += 1
    for c in range(nx * ny):
        start[c + 2] += start[c + 1]
    for i in range(ax.size):
        if math.isfinite(ax[i]) and math.isfinite(ay[i]):
            cell = cell_of(ay[i], low_y, per_y, ny) * nx + cell_of(ax[i], low_x, per_x, nx)
            place = start[cell + 1]
            start[cell + 1] += 1
            sx[place] = ax[i]
            sy[place] = ay[i]
            index[place] = i


@_compiled(_BEST(_NUMBER, _NUMBER, _GIVEN, _GIVEN, _GIVEN_INTS, _COUNT, _COUNT, _NUMBER, _COUNT))
def nearer(
    x: float, y: float, sx: Floats, sy: Floats, index: Ints, begin: int, end: int, best: float, nearest: int
) -> tuple[float, int]:
    """Look through places ``begin`` to ``end``; give the best squared distance and its index (lowest index on ties)."""
    for k in range(begin, end):
        dx = x - sx[k]
        dy = y - sy[k]
        d2 = dx * dx + dy * dy
        if d2 < best or (d2 == best and (nearest < 0 or index[k] < nearest)):
            best = d2
            nearest = index[k]
    return best, nearest


@_compiled(
    types.void(
        *(_GIVEN,) * 3,
        *(_NUMBER,) * 8,
        *(_COUNT,) * 2,
        _GIVEN_INTS,
        _GIVEN,
        _GIVEN,
        _GIVEN_INTS,
        _COUNT[::1],
        _NUMBER[::1],
    )
)
def search(
    px: Floats,
    py: Floats,
    radius: Floats,
    west: float,
    south: float,
    east: float,
    north: float,
    low_x: float,
    low_y: float,
    per_x: float,
    per_y: float,
    nx: int,
    ny: int,
    start: Ints,
    sx: Floats,
    sy: Floats,
    index: Ints,
    found: Ints,
    distance: Floats,
) -> None:
    """Nearest point within each radius: own cell first, then row by row outward while a row can hold a nearer one."""
    for i in range(px.size):
        x, y, best = px[i], py[i], radius[i] * radius[i]
        found[i] = -1
        distance[i] = math.nan
        # Where r·r overflows every finite distance is within it.
        window = math.inf if best == math.inf else abs(radius[i]) * _GROW + _TINY
        inside = x + window >= west and x - window <= east and y + window >= south and y - window <= north
        if not (inside and math.isfinite(x) and math.isfinite(y)):
            continue
        row = cell_of(y, low_y, per_y, ny)
        cell = row * nx + cell_of(x, low_x, per_x, nx)
        best, nearest = nearer(x, y, sx, sy, index, start[cell], start[cell + 1], best, -1)
        for step in range(ny):
            if nearest >= 0:
                window = math.sqrt(best) * _GROW + _TINY
            bottom = cell_of(y - window, low_y, per_y, ny)
            top = cell_of(y + window, low_y, per_y, ny)
            if row - step < bottom and row + step > top:
                break
            first = cell_of(x - window, low_x, per_x, nx)
            last = cell_of(x + window, low_x, per_x, nx) + 1
            if row + step <= top:
                at = (row + step) * nx
                best, nearest = nearer(x, y, sx, sy, index, start[at + first], start[at + last], best, nearest)
            if step > 0 and row - step >= bottom:
                at = (row - step) * nx
                best, nearest = nearer(x, y, sx, sy, index, start[at + first], start[at + last], best, nearest)
        if nearest >= 0:
            found[i] = nearest
            distance[i] = math.sqrt(best)
