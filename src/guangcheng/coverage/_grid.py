"""The compiled part of :mod:`guangcheng.coverage.kernel`, written for Numba; only :mod:`._native` imports it.

Every function here works on bare memory: the caller answers for lengths and types. Nothing allocates or raises, so
the machine code needs no Numba at run time and can be kept as an object file.

Exactness: rounding is monotone, so for a box of premises the squared distance from its nearest side to a point,
computed like any other squared distance, is never above that of a premises inside, nor that from its furthest corner
below. A point is passed over only when another one is surely nearer for every premises of the box.
"""

import math
from collections.abc import Callable
from typing import Any

from numba import cfunc, njit, types

_GROW = 1.0 + 1e-12
_TINY = 1e-150
"""A search window is a hair wider than the distance, so that rounding in ``dx * dx`` never loses a point."""
_BLOCK = 32
"""Premises looked at together; scratch arrays hold as many."""
_ROOM = 256
_FEW = 96
"""Candidates collected for a block, and how many may remain before its premises are looked at one by one."""
_NO_POINT = 2**62

_NUMBER, _COUNT = types.float64, types.int64
_NUMBERS: Any = types.CPointer(_NUMBER)  # type: ignore[no-untyped-call]
_COUNTS: Any = types.CPointer(_COUNT)  # type: ignore[no-untyped-call]
_GRID = (*(_NUMBER,) * 8, *(_COUNT,) * 2, _COUNTS, _NUMBERS, _NUMBERS, _COUNTS)

SIGNATURES: dict[str, Any] = {
    "fill_cells": types.void(
        *(_NUMBERS, _NUMBERS, _COUNT, *(_NUMBER,) * 4, _COUNT, _COUNT, _COUNTS, _NUMBERS, _NUMBERS, _COUNTS)
    ),
    "order_rows": types.void(
        *(_NUMBERS,) * 3, _COUNT, *(_NUMBER,) * 4, _COUNT, _COUNT, _COUNTS, _COUNTS, *(_NUMBERS,) * 3
    ),
    "give_back": types.void(_COUNTS, _COUNT, _COUNTS, _NUMBERS, _COUNTS, _NUMBERS),
    "search": types.void(*(_NUMBERS,) * 3, _COUNT, *_GRID, *(_NUMBERS,) * 4, *(_COUNTS,) * 2, _COUNTS, _NUMBERS),
}

_inside: Callable[[Callable[..., Any]], Callable[..., Any]] = njit(error_model="numpy", nogil=True)


@_inside
def cell_of(value: float, low: float, per_metre: float, cells: int) -> int:
    """Cell of a coordinate along one axis, clamped; monotone in ``value`` (NaN falls into cell 0)."""
    at = (value - low) * per_metre
    if not at > 0.0:
        return 0
    if at >= cells:
        return cells - 1
    return int(at)


def fill_cells(
    ax: Any,
    ay: Any,
    n: int,
    low_x: float,
    low_y: float,
    per_x: float,
    per_y: float,
    nx: int,
    ny: int,
    start: Any,
    sx: Any,
    sy: Any,
    index: Any,
) -> None:
    """Order the points by cell, a row of cells after the other; within a cell the order given stays.

    ``start`` comes as nx·ny + 2 zeros; afterwards cell ``c`` holds places ``start[c]`` to ``start[c + 1]``.
    Points with a coordinate that is not finite are left out.
    """
    for i in range(n):
        if math.isfinite(ax[i]) and math.isfinite(ay[i]):
            cell = cell_of(ay[i], low_y, per_y, ny) * nx + cell_of(ax[i], low_x, per_x, nx)
            start[cell + 2] += 1
    for c in range(nx * ny):
        start[c + 2] += start[c + 1]
    for i in range(n):
        if math.isfinite(ax[i]) and math.isfinite(ay[i]):
            cell = cell_of(ay[i], low_y, per_y, ny) * nx + cell_of(ax[i], low_x, per_x, nx)
            place = start[cell + 1]
            start[cell + 1] += 1
            sx[place] = ax[i]
            sy[place] = ay[i]
            index[place] = i


def order_rows(
    px: Any,
    py: Any,
    radius: Any,
    n: int,
    low_x: float,
    low_y: float,
    per_x: float,
    per_y: float,
    nx: int,
    ny: int,
    start: Any,
    order: Any,
    sx: Any,
    sy: Any,
    sr: Any,
) -> None:
    """Bring premises into the order of the cells: ``order[k]`` is the row that stands in place ``k``.

    ``start`` comes as nx·ny + 1 zeros. Coordinates that are not finite fall into some cell.
    """
    for i in range(n):
        cell = cell_of(py[i], low_y, per_y, ny) * nx + cell_of(px[i], low_x, per_x, nx)
        start[cell + 1] += 1
    for c in range(nx * ny):
        start[c + 1] += start[c]
    for i in range(n):
        cell = cell_of(py[i], low_y, per_y, ny) * nx + cell_of(px[i], low_x, per_x, nx)
        place = start[cell]
        start[cell] += 1
        order[place] = i
        sx[place] = px[i]
        sy[place] = py[i]
        sr[place] = radius[i]


def give_back(order: Any, n: int, found: Any, distance: Any, to_found: Any, to_distance: Any) -> None:
    """Put results found in the order of :func:`order_rows` back where the rows came from."""
    for k in range(n):
        to_found[order[k]] = found[k]
        to_distance[order[k]] = distance[k]


@_inside
def _nearer(
    x: float, y: float, sx: Any, sy: Any, index: Any, begin: int, end: int, best: float, nearest: int
) -> tuple[float, int]:
    """Look through places ``begin`` to ``end``; give the best squared distance and its index (lowest index on ties)."""
    for k in range(begin, end):
        dx = x - sx[k]
        dy = y - sy[k]
        d2 = dx * dx + dy * dy
        if d2 < best or (d2 == best and index[k] < nearest):
            best = d2
            nearest = index[k]
    return best, nearest


@_inside
def _alone(
    x: float,
    y: float,
    radius: float,
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
    start: Any,
    sx: Any,
    sy: Any,
    index: Any,
) -> tuple[float, int]:
    """Nearest point of one premises: own cell first, then row by row outward while a row can hold a nearer one."""
    best, nearest = radius * radius, _NO_POINT
    # Where r·r overflows every finite distance is within it.
    window = math.inf if best == math.inf else abs(radius) * _GROW + _TINY
    inside = x + window >= west and x - window <= east and y + window >= south and y - window <= north
    if not (inside and math.isfinite(x) and math.isfinite(y)):
        return best, nearest
    row = cell_of(y, low_y, per_y, ny)
    cell = row * nx + cell_of(x, low_x, per_x, nx)
    best, nearest = _nearer(x, y, sx, sy, index, start[cell], start[cell + 1], best, nearest)
    for step in range(ny):
        if nearest != _NO_POINT:
            window = math.sqrt(best) * _GROW + _TINY
        bottom = cell_of(y - window, low_y, per_y, ny)
        top = cell_of(y + window, low_y, per_y, ny)
        if row - step < bottom and row + step > top:
            break
        first = cell_of(x - window, low_x, per_x, nx)
        last = cell_of(x + window, low_x, per_x, nx) + 1
        if row + step <= top:
            at = (row + step) * nx
            best, nearest = _nearer(x, y, sx, sy, index, start[at + first], start[at + last], best, nearest)
        if step > 0 and row - step >= bottom:
            at = (row - step) * nx
            best, nearest = _nearer(x, y, sx, sy, index, start[at + first], start[at + last], best, nearest)
    return best, nearest


@_inside
def _from_box(low: float, high: float, value: float) -> tuple[float, float]:
    """Distance along one axis from a box's nearest side and from its furthest one."""
    below, above = low - value, value - high
    near = max(below, above, 0.0)
    return near, max(high - value, value - low)


@_inside
def _candidates(
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    limit: float,
    held: int,
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
    start: Any,
    sx: Any,
    sy: Any,
    index: Any,
    cx: Any,
    cy: Any,
    near: Any,
    rank: Any,
) -> int:
    """Collect the points that may be the nearest of a premises in the box, within squared distance ``limit``.

    ``held`` points of the block before stand in ``cx``, ``cy``: one near here narrows the search. Gives how many were
    collected, −1 when there are too many.
    """
    for k in range(held):
        _, wide = _from_box(x0, x1, cx[k])
        _, high = _from_box(y0, y1, cy[k])
        limit = min(limit, wide * wide + high * high)
    window = math.sqrt(limit) * _GROW + _TINY
    if not (x1 + window >= west and x0 - window <= east and y1 + window >= south and y0 - window <= north):
        return 0
    first = cell_of(x0 - window, low_x, per_x, nx)
    last = cell_of(x1 + window, low_x, per_x, nx) + 1
    count = 0
    for row in range(cell_of(y0 - window, low_y, per_y, ny), cell_of(y1 + window, low_y, per_y, ny) + 1):
        for k in range(start[row * nx + first], start[row * nx + last]):
            dx, wide = _from_box(x0, x1, sx[k])
            dy, high = _from_box(y0, y1, sy[k])
            d2 = dx * dx + dy * dy
            if d2 <= limit:
                if count == _ROOM:
                    return -1
                limit = min(limit, wide * wide + high * high)
                cx[count], cy[count], near[count], rank[count] = sx[k], sy[k], d2, index[k]
                count += 1
    kept = 0
    for k in range(count):
        if near[k] <= limit:
            cx[kept], cy[kept], rank[kept] = cx[k], cy[k], rank[k]
            kept += 1
    return kept


@_inside
def _box(px: Any, py: Any, radius: Any, begin: int, end: int) -> tuple[float, float, float, float, float, bool]:
    """Bounds of a block, its greatest squared radius, and whether all of it is finite."""
    x0, y0, x1, y1, reach = math.inf, math.inf, -math.inf, -math.inf, 0.0
    odd = 0.0
    for i in range(begin, end):
        x, y, r2 = px[i], py[i], radius[i] * radius[i]
        x0, x1 = min(x0, x), max(x1, x)
        y0, y1 = min(y0, y), max(y1, y)
        reach = max(reach, r2)
        odd += (x - x) + (y - y) + (r2 - r2)
    return x0, y0, x1, y1, reach, odd == 0.0


def search(
    px: Any,
    py: Any,
    radius: Any,
    n: int,
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
    start: Any,
    sx: Any,
    sy: Any,
    index: Any,
    best: Any,
    cx: Any,
    cy: Any,
    near: Any,
    rank: Any,
    chosen: Any,
    found: Any,
    distance: Any,
) -> None:
    """Nearest point within each radius, block by block; premises far from each other are looked at one by one."""
    held = 0
    for begin in range(0, n, _BLOCK):
        end = min(begin + _BLOCK, n)
        x0, y0, x1, y1, reach, plain = _box(px, py, radius, begin, end)
        count = -1
        if plain:
            count = _candidates(
                x0,
                y0,
                x1,
                y1,
                reach,
                held,
                west,
                south,
                east,
                north,
                low_x,
                low_y,
                per_x,
                per_y,
                nx,
                ny,
                start,
                sx,
                sy,
                index,
                cx,
                cy,
                near,
                rank,
            )
        if count < 0 or count > _FEW:
            held = 0
            for i in range(begin, end):
                best[i - begin], chosen[i - begin] = _alone(
                    px[i],
                    py[i],
                    radius[i],
                    west,
                    south,
                    east,
                    north,
                    low_x,
                    low_y,
                    per_x,
                    per_y,
                    nx,
                    ny,
                    start,
                    sx,
                    sy,
                    index,
                )
        else:
            held = max(count, held) if count == 0 else count
            for i in range(end - begin):
                best[i] = radius[begin + i] * radius[begin + i]
                chosen[i] = _NO_POINT
            for k in range(count):
                x, y, c = cx[k], cy[k], rank[k]
                for i in range(end - begin):
                    dx = px[begin + i] - x
                    dy = py[begin + i] - y
                    d2 = dx * dx + dy * dy
                    take = (d2 < best[i]) | ((d2 == best[i]) & (c < chosen[i]))
                    best[i] = d2 if take else best[i]
                    chosen[i] = c if take else chosen[i]
        for i in range(end - begin):
            hit = chosen[i] != _NO_POINT
            found[begin + i] = chosen[i] if hit else -1
            distance[begin + i] = math.sqrt(best[i]) if hit else math.nan


def machine_text(name: str) -> str:
    """Compile one of :data:`SIGNATURES` for this machine; its LLVM text, in which the function bears ``name``."""
    made: Any = cfunc(SIGNATURES[name], error_model="numpy")(globals()[name])
    text: str = made._library.get_llvm_str()
    return text.replace(made._wrapper_name, name)
