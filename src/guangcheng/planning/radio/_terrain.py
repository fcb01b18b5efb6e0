"""Compiled terrain profiles: free space and Bullington's equivalent edge. Imported only by :mod:`.terrain`."""

import math
from typing import Any

import numba
import numpy as np

from guangcheng.planning.radio._kernel import DEGREES, _sector_row

CURVE = 1.0 / (2.0 * 8_500_000.0)
"""Bulge of the ground in metres per m²: effective earth radius 8,500 km (ITU-R P.526)."""


@numba.njit(cache=True, nogil=True, inline="always")
def _height(ground: Any, column: float, row: float) -> float:
    """Height between the four pixels around; the caller stays inside."""
    j, i = int(column), int(row)
    j, i = min(j, ground.shape[1] - 2), min(i, ground.shape[0] - 2)
    a, b = column - j, row - i
    low = ground[i, j] + a * (ground[i, j + 1] - ground[i, j])
    high = ground[i + 1, j] + a * (ground[i + 1, j + 1] - ground[i + 1, j])
    found: float = low + b * (high - low)
    return found


@numba.njit(cache=True, nogil=True, inline="always")
def edge(v: float) -> float:
    """Loss of one knife edge in dB (ITU-R P.526, equation 31)."""
    if v <= -0.78:
        return 0.0
    return 6.9 + 20.0 * math.log10(math.sqrt((v - 0.1) ** 2 + 1.0) + v - 0.1)


@numba.njit(cache=True, nogil=True)
def bullington(
    ground: Any, c0: float, r0: float, c1: float, r1: float, z0: float, z1: float, d: float, steps: int, wave: float
) -> float:
    """Diffraction over the profile between two points of the height grid (in pixels), antennas at ``z0``, ``z1``.

    ``d`` metres apart, looked at every ``d/steps``. ITU-R P.526 §4.5.1.
    """
    if steps < 2:
        return 0.0
    up = -math.inf
    back = -math.inf
    most = -math.inf
    c_step, r_step, d_step = (c1 - c0) / steps, (r1 - r0) / steps, d / steps
    slope = (z1 - z0) / d
    for k in range(1, steps):
        a = d_step * k
        b = d - a
        ab = a * b
        once = 1.0 / ab
        h = _height(ground, c0 + c_step * k, r0 + r_step * k) + ab * CURVE
        up = max(up, (h - z0) * b * once)
        back = max(back, (h - z1) * a * once)
        over = h - z0 - slope * a
        most = max(most, over * abs(over) * once)  # the square of ν, signed: no root in the loop
    if up < slope:
        loss = edge(math.copysign(math.sqrt(abs(most) * 2.0 * d / wave), most))
    else:
        at = (z1 - z0 + back * d) / (up + back)
        rise = z0 + up * at - (z0 * (d - at) + z1 * at) / d
        loss = edge(rise * math.sqrt(2.0 * d / (wave * at * (d - at))))
    return loss + (1.0 - math.exp(-loss / 6.0)) * (10.0 + 0.02 * d / 1000.0)


@numba.njit(cache=True, nogil=True, parallel=True)
def best_server(
    ground: Any,
    gx0: float,
    gy0: float,
    gpixel: float,
    x0: float,
    y0: float,
    pixel: float,
    columns: int,
    rows: int,
    masts: Any,
    above: Any,
    starts: Any,
    azimuth: Any,
    eirp: Any,
    curve: Any,
    most: Any,
    tilt: Any,
    width: Any,
    wave: Any,
    ut: float,
    near: float,
    far: float,
    step: float,
    best: Any,
    server: Any,
    done: Any,
) -> None:
    """Fill ``best`` and ``server`` as the statistical kernel does, with the loss of each profile.

    Per mast: ``above`` the antenna's height above ground, ``tilt``, ``width`` of the vertical pattern, ``wave`` length.
    """
    for i in numba.prange(rows):
        row_loss = np.empty(columns)
        row_down = np.empty(columns)
        row_off = np.empty(columns)
        y = y0 + pixel * i
        r1 = (y - gy0) / gpixel
        count = 0
        for m in range(masts.shape[0]):
            dy = y - masts[m, 1]
            if abs(dy) > far:
                continue
            half = math.sqrt(far * far - dy * dy)
            first = max(0, math.ceil((masts[m, 0] - half - x0) / pixel))
            last = min(columns, math.floor((masts[m, 0] + half - x0) / pixel) + 1)
            c0, r0 = (masts[m, 0] - gx0) / gpixel, (masts[m, 1] - gy0) / gpixel
            z0 = _height(ground, c0, r0) + above[m]
            for j in range(first, last):
                dx = x0 + pixel * j - masts[m, 0]
                d = math.sqrt(dx * dx + dy * dy)
                c1 = (x0 + pixel * j - gx0) / gpixel
                inside = 0 <= c1 <= ground.shape[1] - 1 and 0 <= r1 <= ground.shape[0] - 1
                if d < near or d > far or not inside:
                    row_loss[j] = math.inf
                    row_down[j] = 0.0
                    row_off[j] = 0.0
                    continue
                z1 = _height(ground, c1, r1) + ut
                air = math.sqrt(d * d + (z0 - z1) ** 2)
                free = 20.0 * math.log10(4.0 * math.pi * air / wave[m])
                row_loss[j] = free + bullington(ground, c0, r0, c1, r1, z0, z1, d, math.ceil(d / step), wave[m])
                off = math.atan2(z0 - z1, d) * DEGREES - tilt[m]
                row_down[j] = min(12.0 * (off / width[m]) ** 2, most[starts[m]])
                row_off[j] = math.atan2(dx, dy) * DEGREES
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
            count += max(last - first, 0) * (starts[m + 1] - starts[m])
        done[i] = count
