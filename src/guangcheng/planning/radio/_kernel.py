"""Compiled loop of the map: rows in parallel, cells inside. Imported only by :mod:`.raster`."""

import math
from typing import Any

import numba
import numpy as np

DEGREES = 180.0 / math.pi


@numba.njit(cache=True, nogil=True, inline="always")
def _lookup(table: Any, profile: int, at: float) -> float:
    """Linear between the table's steps."""
    k = int(at)
    part = at - k
    low: float = table[profile, k]
    high: float = table[profile, k + 1]
    return low + part * (high - low)


@numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz", "arcp"})
def _site_row(
    x0: float,
    pixel: float,
    dy: float,
    first: int,
    last: int,
    sx: float,
    far: float,
    near: float,
    per_m: float,
    profile: int,
    loss: Any,
    down: Any,
    row_loss: Any,
    row_down: Any,
    row_off: Any,
) -> None:
    """Loss, vertical attenuation and bearing from one mast to pixels ``first``…``last`` of one row."""
    for j in range(first, last):
        dx = x0 + pixel * j - sx
        d = math.sqrt(dx * dx + dy * dy)
        if d < near or d > far:
            row_loss[j] = math.inf
            row_down[j] = 0.0
            row_off[j] = 0.0
        else:
            at = d * per_m
            row_loss[j] = _lookup(loss, profile, at)
            row_down[j] = _lookup(down, profile, at)
            row_off[j] = math.atan2(dx, dy) * DEGREES


@numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz", "arcp"})
def _sector_row(
    first: int,
    last: int,
    cell: int,
    azimuth: float,
    eirp: float,
    curve: float,
    most: float,
    row_loss: Any,
    row_down: Any,
    row_off: Any,
    best: Any,
    server: Any,
) -> None:
    """Keep one sector where it is stronger; of equally strong ones the first stays."""
    for j in range(first, last):
        off = row_off[j] - azimuth
        off -= 360.0 * math.floor(off * (1.0 / 360.0) + 0.5)
        taken = min(min(curve * off * off, most) + row_down[j], most)
        level = eirp - taken - row_loss[j]
        if level > best[j]:
            best[j] = level
            server[j] = cell


@numba.njit(cache=True, nogil=True, parallel=True)
def best_server(
    x0: float,
    y0: float,
    pixel: float,
    columns: int,
    rows: int,
    masts: Any,
    mast_profile: Any,
    starts: Any,
    azimuth: Any,
    eirp: Any,
    curve: Any,
    most: Any,
    far: Any,
    near: Any,
    per_m: float,
    loss: Any,
    down: Any,
    best: Any,
    server: Any,
    done: Any,
) -> None:
    """Fill ``best`` (dBm) and ``server``; ``done[row]`` counts the pixel·cells computed in a row.

    ``masts`` are sorted by their y; sectors of mast ``m`` are ``starts[m]…starts[m+1]``.
    """
    reach = far.max()
    for i in numba.prange(rows):
        row_loss = np.empty(columns)
        row_down = np.empty(columns)
        row_off = np.empty(columns)
        y = y0 + pixel * i
        begin = np.searchsorted(masts[:, 1], y - reach)
        count = 0
        for m in range(begin, masts.shape[0]):
            dy = y - masts[m, 1]
            if -dy > reach:
                break
            limit = far[mast_profile[m]]
            if abs(dy) > limit:
                continue
            half = math.sqrt(limit * limit - dy * dy)
            first = max(0, math.ceil((masts[m, 0] - half - x0) / pixel))
            last = min(columns, math.floor((masts[m, 0] + half - x0) / pixel) + 1)
            if first >= last:
                continue
            _site_row(
                x0,
                pixel,
                dy,
                first,
                last,
                masts[m, 0],
                limit,
                near[mast_profile[m]],
                per_m,
                mast_profile[m],
                loss,
                down,
                row_loss,
                row_down,
                row_off,
            )
            for s in range(starts[m], starts[m + 1]):
                _sector_row(
                    first,
                    last,
                    s,
                    azimuth[s],
                    eirp[s],
                    curve[s],
                    most[s],
                    row_loss,
                    row_down,
                    row_off,
                    best[i],
                    server[i],
                )
                count += last - first
        done[i] = count
