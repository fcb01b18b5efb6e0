"""Compiled loops of the C library's generator and of the scan that merges the points of one covering set.

Imported only by :mod:`.rand` and :mod:`.merge`, when they are used: Numba takes a second to load.
"""

from typing import Any

import numba
import numpy as np

njit: Any = numba.njit(cache=True, nogil=True)
LAGS = 31
BLOCK = 2048
"""Customers drawn at a time."""
RAND_MAX = 2147483647.0
CROWDED = -1


@njit
def draw(state: Any, out: Any) -> None:
    """Fill ``out`` (uint32, LAGS + n long) behind the 31 words of ``state`` and leave the last 31 in ``state``."""
    for k in range(LAGS):
        out[k] = state[k]
    for k in range(LAGS, out.size):
        out[k] = np.uint32(out[k - LAGS] + out[k - 3])
    for k in range(LAGS):
        state[k] = out[out.size - LAGS + k]


@njit
def locate(
    x: float, y: float, grid: Any, shape: Any, start: Any, first: Any, ring: Any, cx: Any, cy: Any, rr: Any
) -> int:
    """Return the region of a point: its cell's first region plus one bit for each circle of the cell it lies in."""
    column = int((x - grid[0]) * grid[2])
    row = int((y - grid[1]) * grid[2])
    column = min(max(column, 0), shape[0] - 1)
    row = min(max(row, 0), shape[1] - 1)
    cell = row * shape[0] + column
    region = int(start[cell])
    begin, end = first[cell], first[cell + 1]
    for k in range(begin, end):
        site = ring[k]
        dx, dy = x - cx[site], y - cy[site]
        if dx * dx + dy * dy <= rr[site]:
            region += 1 << (k - begin)
    return region


@njit
def scan_points(
    x: Any, y: Any, grid: Any, shape: Any, start: Any, first: Any, ring: Any, cx: Any, cy: Any, rr: Any, region: Any
) -> None:
    """Write the region of every point."""
    for i in range(x.size):
        region[i] = locate(x[i], y[i], grid, shape, start, first, ring, cx, cy, rr)


@njit
def scan_recipe(
    places: Any,
    demands: Any,
    count: int,
    side: float,
    low: int,
    span: int,
    grid: Any,
    shape: Any,
    start: Any,
    first: Any,
    ring: Any,
    cx: Any,
    cy: Any,
    rr: Any,
    weight: Any,
    points: Any,
) -> None:
    """Draw ``count`` customers from the two states and add demand and number to their regions; nothing is kept."""
    done = 0
    xy = np.empty(LAGS + 2 * BLOCK, np.uint32)
    de = np.empty(LAGS + BLOCK, np.uint32)
    while done < count:
        here = min(BLOCK, count - done)
        block_xy = xy[: LAGS + 2 * here]
        block_de = de[: LAGS + here]
        draw(places, block_xy)
        draw(demands, block_de)
        for i in range(here):
            x = float(block_xy[LAGS + 2 * i] >> 1) / RAND_MAX * side
            y = float(block_xy[LAGS + 2 * i + 1] >> 1) / RAND_MAX * side
            region = locate(x, y, grid, shape, start, first, ring, cx, cy, rr)
            weight[region] += np.int64(block_de[LAGS + i] >> 1) % span + low
            points[region] += 1
        done += here


@njit
def classify(cx: Any, cy: Any, rr: Any, grid: Any, shape: Any, inside: Any, ring_count: Any) -> None:
    """Count for every cell the circles that hold it whole and those whose edge may cross it."""
    _cells(cx, cy, rr, grid, shape, inside, ring_count, ring_count, inside, ring_count, False)


@njit
def list_cells(
    cx: Any, cy: Any, rr: Any, grid: Any, shape: Any, inside_first: Any, inside: Any, ring_first: Any, ring: Any
) -> None:
    """List the circles of every cell, lowest site first; the firsts are used as cursors and must be copies."""
    _cells(cx, cy, rr, grid, shape, inside_first, ring_first, ring_first, inside, ring, True)


@njit
def _cells(
    cx: Any,
    cy: Any,
    rr: Any,
    grid: Any,
    shape: Any,
    inside_at: Any,
    ring_at: Any,
    _: Any,
    inside: Any,
    ring: Any,
    fill: bool,
) -> None:
    width = 1.0 / grid[2]
    for site in range(cx.size):
        radius = np.sqrt(rr[site])
        lo_c = max(int((cx[site] - radius - grid[0]) * grid[2]) - 1, 0)
        hi_c = min(int((cx[site] + radius - grid[0]) * grid[2]) + 1, shape[0] - 1)
        lo_r = max(int((cy[site] - radius - grid[1]) * grid[2]) - 1, 0)
        hi_r = min(int((cy[site] + radius - grid[1]) * grid[2]) + 1, shape[1] - 1)
        for row in range(lo_r, hi_r + 1):
            south = grid[1] + row * width
            near_y = max(south - cy[site], cy[site] - south - width, 0.0)
            far_y = max(abs(south - cy[site]), abs(south + width - cy[site]))
            for column in range(lo_c, hi_c + 1):
                west = grid[0] + column * width
                near_x = max(west - cx[site], cx[site] - west - width, 0.0)
                far_x = max(abs(west - cx[site]), abs(west + width - cx[site]))
                # a hair of margin: whatever is decided here must hold for every rounding of a point's place
                if near_x * near_x + near_y * near_y > rr[site] * (1.0 + 1e-9) + 1e-12:
                    continue
                cell = row * shape[0] + column
                if far_x * far_x + far_y * far_y < rr[site] * (1.0 - 1e-9) - 1e-12:
                    if fill:
                        inside[inside_at[cell]] = site
                    inside_at[cell] += 1
                else:
                    if fill:
                        ring[ring_at[cell]] = site
                    ring_at[cell] += 1


@njit
def region_sets(
    used: Any,
    start: Any,
    in_first: Any,
    inside: Any,
    ring_first: Any,
    ring: Any,
    cell_of: Any,
    out_first: Any,
    out: Any,
    fill: bool,
) -> None:
    """Measure (``fill`` False) or write the sites of each used region, sorted."""
    for k in range(used.size):
        cell = cell_of[k]
        bits = used[k] - start[cell]
        size = 0
        at = out_first[k]
        a, a_end = in_first[cell], in_first[cell + 1]
        b, b_begin, b_end = ring_first[cell], ring_first[cell], ring_first[cell + 1]
        while a < a_end or b < b_end:
            if b < b_end and not (bits >> (b - b_begin)) & 1:
                b += 1
            elif b >= b_end or (a < a_end and inside[a] < ring[b]):
                if fill:
                    out[at + size] = inside[a]
                size += 1
                a += 1
            else:
                if fill:
                    out[at + size] = ring[b]
                size += 1
                b += 1
        if not fill:
            out_first[k + 1] = size


@njit
def sets_by_bins(
    x: Any,
    y: Any,
    limit: Any,
    sx: Any,
    sy: Any,
    order: Any,
    bins: Any,
    grid: Any,
    shape: Any,
    reach: float,
    first: Any,
    out: Any,
    fill: bool,
) -> None:
    """Measure or write the sites within ``limit`` (squared radius of each point), by bins of sites."""
    for i in range(x.size):
        size = 0
        lo_c = min(max(int((x[i] - reach - grid[0]) * grid[2]) - 1, 0), shape[0] - 1)
        hi_c = min(max(int((x[i] + reach - grid[0]) * grid[2]) + 1, 0), shape[0] - 1)
        lo_r = min(max(int((y[i] - reach - grid[1]) * grid[2]) - 1, 0), shape[1] - 1)
        hi_r = min(max(int((y[i] + reach - grid[1]) * grid[2]) + 1, 0), shape[1] - 1)
        for row in range(lo_r, hi_r + 1):
            for k in range(bins[row * shape[0] + lo_c], bins[row * shape[0] + hi_c + 1]):
                dx, dy = x[i] - sx[k], y[i] - sy[k]
                if dx * dx + dy * dy <= limit[i]:
                    if fill:
                        out[first[i] + size] = order[k]
                    size += 1
        if fill:
            out[first[i] : first[i] + size].sort()
        else:
            first[i + 1] = size


@njit
def group_rows(first: Any, sites: Any, extra: Any, key_a: Any, key_b: Any, table: Any, group: Any, chosen: Any) -> int:
    """Give equal rows (same sites, same ``extra``) the same group number; return how many groups there are.

    A 64 + 64 bit additive hash finds the place; the sites themselves are compared, so a collision costs time, never
    truth. ``table`` is all −1, a power of two long and at least twice the number of rows.
    """
    mask = table.size - 1
    groups = 0
    hash_b = np.empty(first.size - 1, np.uint64)
    for i in range(first.size - 1):
        a, b = np.uint64(extra[i]) * np.uint64(0x9E3779B97F4A7C15), np.uint64(extra[i])
        for k in range(first[i], first[i + 1]):
            a += key_a[sites[k]]
            b += key_b[sites[k]]
        at = np.int64((a ^ (a >> np.uint64(32))) & np.uint64(mask))
        size = first[i + 1] - first[i]
        while True:
            g = table[at]
            if g < 0:
                table[at] = groups
                chosen[groups] = i
                hash_b[groups] = b
                group[i] = groups
                groups += 1
                break
            other = chosen[g]
            same = hash_b[g] == b and first[other + 1] - first[other] == size and extra[other] == extra[i]
            if same:
                for k in range(size):
                    if sites[first[other] + k] != sites[first[i] + k]:
                        same = False
                        break
            if same:
                group[i] = g
                break
            at = (at + 1) & mask
    return groups
