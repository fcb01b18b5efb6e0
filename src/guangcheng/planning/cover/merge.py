"""From places to groups: which sites reach each point, equal sets merged, in one scan.

A fine grid is laid over the sites' circles once. In a cell no edge crosses, all points are covered by the same sites;
in one that ``b`` edges cross there are 2ᵇ regions and ``b`` tests per point decide. A point costs a few nanoseconds
however many sites there are, and memory grows with the regions, not with the points.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guangcheng.planning.cover.model import Distance, Floats, Groups, Ints, Sites, summed
from guangcheng.planning.cover.rand import State

__all__ = ["Cells", "groups_of_points", "groups_of_sets", "merge_recipe", "sets_in_reach"]

EARTH_M = 6_378_100.0
_MOST_BITS = 12
_MOST_REGIONS = 30_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The grid: for each cell the sites that cover it whole and those whose edge may cross it."""

    grid: Floats
    """West, south, cells per unit."""
    shape: Ints
    inside_first: Ints
    inside: Sites
    ring_first: Ints
    ring: Sites
    start: Ints
    """First region of each cell, one more at the end."""
    x: Floats
    y: Floats
    squared: Floats

    @classmethod
    def of(
        cls, x: Floats, y: Floats, radius: Floats, box: tuple[float, float, float, float], cells: int
    ) -> "Cells | None":
        """Lay about ``cells``² cells over ``box``; ``None`` where too many edges meet in one cell for regions."""
        from guangcheng.planning.cover import _rand

        west, south, east, north = box
        side = max(east - west, north - south) or 1.0
        grid = np.array([west, south, cells / side])
        shape = np.array([int((east - west) * grid[2]) + 1, int((north - south) * grid[2]) + 1])
        total = int(shape.prod())
        squared = radius * radius
        inside_count, ring_count = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.int64)
        _rand.classify(x, y, squared, grid, shape, inside_count, ring_count)
        if ring_count.max(initial=0) > _MOST_BITS:
            return None
        start = _firsts(np.left_shift(1, ring_count))
        if start[-1] > _MOST_REGIONS:
            return None
        inside_first, ring_first = _firsts(inside_count), _firsts(ring_count)
        inside = np.empty(int(inside_first[-1]), dtype=np.int32)
        ring = np.empty(int(ring_first[-1]), dtype=np.int32)
        _rand.list_cells(x, y, squared, grid, shape, inside_first.copy(), inside, ring_first.copy(), ring)
        return cls(grid, shape, inside_first, inside, ring_first, ring, start, x, y, squared)

    def regions(self, x: Floats, y: Floats) -> Ints:
        """Region of each point."""
        from guangcheng.planning.cover import _rand

        out = np.empty(x.size, dtype=np.int64)
        _rand.scan_points(x, y, *self.arguments(), out)
        return out

    def arguments(self) -> tuple[NDArray[np.generic], ...]:
        """The arrays in the order the compiled loops take them."""
        return (self.grid, self.shape, self.start, self.ring_first, self.ring, self.x, self.y, self.squared)

    def sets(self, used: Ints) -> tuple[Ints, Sites]:
        """Sites of each of the ``used`` regions."""
        from guangcheng.planning.cover import _rand

        cell = np.searchsorted(self.start, used, side="right") - 1
        first = np.zeros(used.size + 1, dtype=np.int64)
        table = (used, self.start, self.inside_first, self.inside, self.ring_first, self.ring, cell)
        _rand.region_sets(*table, first, np.empty(0, dtype=np.int32), False)
        np.cumsum(first, out=first)
        out = np.empty(int(first[-1]), dtype=np.int32)
        _rand.region_sets(*table, first, out, True)
        return first, out


def _firsts(counts: Ints) -> Ints:
    first = np.zeros(counts.size + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    return first


def groups_of_sets(
    sites: int, first: Ints, members: Sites, weight: Floats, points: Ints, need: Ints | None = None
) -> Groups:
    """Merge rows with the same sites (rising) and the same need; groups stand in the order of their first row.

    Rows no site reaches, or fewer sites than they need, are left out and counted as lost.
    """
    from guangcheng.planning.cover import _rand

    need = np.ones(weight.size, dtype=np.int64) if need is None else need
    keys = np.random.Generator(np.random.PCG64(20171)).integers(0, 1 << 63, size=(2, max(sites, 1)), dtype=np.uint64)
    group, chosen = np.empty(weight.size, dtype=np.int64), np.empty(weight.size, dtype=np.int64)
    table = np.full(1 << max(4, int(2 * weight.size).bit_length()), -1, dtype=np.int64)
    count = _rand.group_rows(first, members, need, keys[0], keys[1], table, group, chosen)
    chosen = chosen[:count]
    sums = summed(group, weight, count)
    held = summed(group, points.astype(np.float64), count).astype(np.int64)
    sizes = np.diff(first)[chosen]
    kept = sizes >= np.maximum(need[chosen], 1)
    lost, lost_points = float(sums[~kept].sum()), int(held[~kept].sum())
    new_first = _firsts(sizes[kept])
    rows = np.repeat(first[chosen[kept]] - new_first[:-1], sizes[kept]) + np.arange(new_first[-1])
    return Groups(sites, new_first, members[rows], sums[kept], held[kept], need[chosen[kept]], lost, lost_points)


def groups_of_points(
    site_x: ArrayLike,
    site_y: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    demand: ArrayLike,
    radius: ArrayLike,
    *,
    need: ArrayLike | None = None,
    distance: Distance = Distance.PLANE,
) -> Groups:
    """Merge points by the sites within ``radius``: one number, or one per point (urban, rural).

    A point at exactly the radius is covered. ``need`` per point is how many sites must reach it (default 1). Points
    with different needs stay apart even where the same sites reach them.
    """
    sx, sy, px, py = (np.ascontiguousarray(v, dtype=np.float64) for v in (site_x, site_y, x, y))
    weight = np.ascontiguousarray(demand, dtype=np.float64)
    needs = np.ones(px.size, dtype=np.int64) if need is None else np.asarray(need, dtype=np.int64)
    reach = np.broadcast_to(np.asarray(radius, dtype=np.float64), px.shape)
    parts = []
    for r in np.unique(reach):
        here = np.flatnonzero(reach == r)
        part = (px[here], py[here], weight[here], needs[here])
        parts.append(_one_radius(sx, sy, *part, float(r), distance))
    return _joined(sx.size, parts)


def _joined(sites: int, parts: list[Groups]) -> Groups:
    if not parts:
        none = np.zeros(0)
        return Groups(
            sites, np.zeros(1, np.int64), none.astype(np.int32), none, none.astype(np.int64), none.astype(np.int64)
        )
    if len(parts) == 1:
        return parts[0]
    first = _firsts(np.concatenate([part.sizes() for part in parts]))
    members, weight, points, need = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("members", "weight", "points", "need")
    )
    out = groups_of_sets(sites, first, members, weight, points, need)
    lost, lost_points = sum(part.lost for part in parts), sum(part.lost_points for part in parts)
    return Groups(sites, out.first, out.members, out.weight, out.points, out.need, lost, lost_points)


def _one_radius(
    sx: Floats, sy: Floats, x: Floats, y: Floats, weight: Floats, need: Ints, radius: float, distance: Distance
) -> Groups:
    if distance is Distance.SPHERE:
        return _chunked(sx.size, weight, need, lambda part: _sphere_sets(sx, sy, x[part], y[part], radius), 4096)
    cells = _cells_for(sx, sy, x, y, radius) if x.size >= 50_000 and (need == 1).all() else None
    if cells is None:
        return _chunked(sx.size, weight, need, lambda part: _plane_sets(sx, sy, x[part], y[part], radius), _CHUNK)
    region = cells.regions(x, y)
    held = np.bincount(region, minlength=int(cells.start[-1]))
    used = np.flatnonzero(held)
    first, members = cells.sets(used)
    return groups_of_sets(sx.size, first, members, summed(region, weight, int(cells.start[-1]))[used], held[used])


def _cells_for(sx: Floats, sy: Floats, x: Floats, y: Floats, radius: float) -> Cells | None:
    box = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    return next((c for n in (512, 1024, 2048) if (c := Cells.of(sx, sy, np.full(sx.size, radius), box, n))), None)


def _chunked(sites: int, weight: Floats, need: Ints, sets: Callable[[slice], tuple[Ints, Sites]], size: int) -> Groups:
    parts = []
    for at in range(0, weight.size, size):
        part = slice(at, at + size)
        first, members = sets(part)
        ones = np.ones(weight[part].size, dtype=np.int64)
        parts.append(groups_of_sets(sites, first, members, weight[part], ones, need[part]))
    return _joined(sites, parts)


def sets_in_reach(sx: Floats, sy: Floats, x: Floats, y: Floats, radius: Floats) -> tuple[Ints, Sites]:
    """Sites within each point's own ``radius`` (inclusive), rising, in compressed form: firsts and sites."""
    if not x.size:
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32)
    return _plane_sets(sx, sy, x, y, radius)


def _plane_sets(sx: Floats, sy: Floats, x: Floats, y: Floats, radii: Floats | float) -> tuple[Ints, Sites]:
    from guangcheng.planning.cover import _rand

    reach = np.broadcast_to(np.asarray(radii, dtype=np.float64), x.shape)
    radius = float(reach.max())

    west, south = (float(sx.min()), float(sy.min())) if sx.size else (0.0, 0.0)
    span = max(float(np.ptp(sx)), float(np.ptp(sy)), 1e-9) if sx.size else 1.0
    per = min(1.0 / max(radius / 2, 1e-300), 2048 / span)
    grid = np.array([west, south, per])
    shape = np.array([int((float(v.max(initial=low)) - low) * per) + 1 for v, low in ((sx, west), (sy, south))])
    cell = ((sy - south) * per).astype(np.int64) * shape[0] + ((sx - west) * per).astype(np.int64)
    order = np.argsort(cell, kind="stable").astype(np.int32)
    bins = _firsts(np.bincount(cell, minlength=int(shape.prod())))
    first = np.zeros(x.size + 1, dtype=np.int64)
    limit = reach * reach
    place = (x, y, limit, sx[order], sy[order], order, bins, grid, shape, radius)
    _rand.sets_by_bins(*place, first, np.empty(0, dtype=np.int32), False)
    np.cumsum(first, out=first)
    out = np.empty(int(first[-1]), dtype=np.int32)
    _rand.sets_by_bins(*place, first, out, True)
    return first, out


def _sphere_sets(sx: Floats, sy: Floats, x: Floats, y: Floats, radius: float) -> tuple[Ints, Sites]:
    # unit vectors first: a product of matrices leaves out all but a hair more than what the formula keeps
    cosine = _unit(x, y) @ _unit(sx, sy).T
    row, site = np.nonzero(cosine >= np.cos(min(radius / EARTH_M, np.pi)) - 1e-11)
    near = great_circle(x[row], y[row], sx[site], sy[site]) <= radius
    return _firsts(np.bincount(row[near], minlength=x.size)), site[near].astype(np.int32)


def _unit(lat: Floats, lon: Floats) -> Floats:
    a, b = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])


def great_circle(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Distance in metres by the spherical law of cosines, rounded to single precision; zero to itself."""
    a, b, c, d = (np.radians(v) for v in (lat_a, lon_a, lat_b, lon_b))
    cosine = np.sin(a) * np.sin(c) + np.cos(a) * np.cos(c) * np.cos(d - b)
    apart = (np.arccos(np.clip(cosine, -1.0, 1.0)) * EARTH_M).astype(np.float32).astype(np.float64)
    return np.where((lat_a == lat_b) & (lon_a == lon_b), 0.0, apart)


def merge_recipe(
    site_x: Floats,
    site_y: Floats,
    radius: float,
    *,
    side: float,
    places: State,
    demands: State,
    customers: int,
    demand_low: int,
    demand_high: int,
    threads: int = 1,
) -> Groups | None:
    """Draw ``customers`` from two states of one generator and merge them; no customer is ever stored.

    ``places`` gives x then y of each (``rand()/RAND_MAX·side``), ``demands`` their demand. ``None`` where the circles
    are too many for regions. The answer does not depend on ``threads``.
    """
    from guangcheng.planning.cover import _rand

    box = (0.0, 0.0, side, side)
    sizes = (512, 1024, 2048) if site_x.size <= 1000 else (1024, 2048)
    radii = np.full(site_x.size, radius)
    cells = next((c for n in sizes if (c := Cells.of(site_x, site_y, radii, box, n))), None)
    if cells is None:
        return None
    span = demand_high - demand_low + 1
    cuts = np.linspace(0, customers, threads + 1).astype(np.int64)

    def part(begin: int, end: int) -> tuple[Ints, Ints]:
        weight, points = np.zeros(int(cells.start[-1]), np.int64), np.zeros(int(cells.start[-1]), np.int64)
        states = (places.after(2 * begin).words, demands.after(begin).words)
        _rand.scan_recipe(*states, end - begin, side, demand_low, span, *cells.arguments(), weight, points)
        return weight, points

    with ThreadPoolExecutor(threads) as pool:
        sums = list(pool.map(part, cuts[:-1].tolist(), cuts[1:].tolist()))
    weight, points = (np.sum([s[k] for s in sums], axis=0) for k in (0, 1))
    used = np.flatnonzero(points)
    first, members = cells.sets(used)
    return groups_of_sets(site_x.size, first, members, weight[used].astype(np.float64), points[used])
