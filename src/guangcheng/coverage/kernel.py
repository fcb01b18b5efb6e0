"""The spatial kernel: the nearest access point within a radius, exact to the last bit.

*Covered* means ``dx·dx + dy·dy ≤ r·r`` evaluated in IEEE double: a point exactly on the limit is inside (U-03). Of
equally near points the one with the lowest index is taken. Points are kept in a grid of cells whose number is bounded
by the number of points, so neither huge extents nor many premises cost memory; premises may be streamed in chunks
through one :class:`PointGrid`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Nearest", "PointGrid", "nearest_within", "warm_up"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CELLS_PER_POINT = 2
_MIN_CELLS = 64
_SAMPLE = 20_000
_CHUNK = 1 << 20
"""Premises put in order at a time."""
_MANY = 4096
"""Fewer premises are looked at as they come."""
_BLOCK, _ROOM = 32, 256
"""Sizes of the scratch arrays :mod:`._grid` works in."""
_SAMPLES, _NEAR_CELLS = 64, 3.0
_CROWD = 64
"""More points than this in one cell may be one place many times over."""


@dataclass(frozen=True, slots=True, eq=False)
class PointGrid:
    """Points ordered into the cells of a grid; build it once with :meth:`of`, ask it as often as wanted."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north of all points."""
    origin: tuple[float, float]
    """Where the cells begin; points beyond the cells lie in the outermost ones."""
    per_metre: tuple[float, float]
    shape: tuple[int, int]
    """Columns and rows of cells."""
    start: Ints
    x: Floats
    y: Floats
    index: Ints

    @classmethod
    def of(cls, ax: ArrayLike, ay: ArrayLike) -> "PointGrid":
        """Order points given by their coordinates in metres (equal lengths, any order).

        A point with NaN or infinite coordinates is never found.
        """
        ax, ay = _column(ax), _column(ay)
        if ax.size != ay.size:
            raise ValueError("ax and ay differ in length")
        grid = cls._filled(ax, ay)
        if grid.start.size and int(np.diff(grid.start).max()) > _CROWD:
            kept = _first_of_each_place(ax, ay)
            if kept.size < ax.size:
                grid = cls._filled(ax[kept], ay[kept])
                grid = replace(grid, index=kept[grid.index])
        return grid

    @classmethod
    def _filled(cls, ax: Floats, ay: Floats) -> "PointGrid":
        finite = np.isfinite(ax) & np.isfinite(ay)
        held = int(finite.sum())
        west, east, low_x, width = _extent(ax, finite)
        south, north, low_y, height = _extent(ay, finite)
        (per_x, nx), (per_y, ny) = _axes(width, height, held)
        start = np.zeros(nx * ny + 2, dtype=np.int64)
        sx, sy, index = np.empty(held), np.empty(held), np.empty(held, dtype=np.int64)
        _call("fill_cells", ax, ay, ax.size, low_x, low_y, per_x, per_y, nx, ny, start, sx, sy, index)
        bounds = (west, south, east, north)
        return cls(bounds, (low_x, low_y), (per_x, per_y), (nx, ny), start[:-1], sx, sy, index)

    def nearest(self, px: ArrayLike, py: ArrayLike, radius: ArrayLike, *, threads: int = 1) -> tuple[Ints, Floats]:
        """Index of the nearest point within each premises' radius (−1: none) and its distance in metres (NaN: none).

        ``radius`` is one number or one per premises. NaN coordinates or radii are never covered. ``threads`` > 1
        shares the premises between that many threads; the answer is the same. Premises stored near each other
        (:func:`guangcheng.base.curve.cell_order`) are answered several times faster; others are put in order first,
        a chunk at a time.
        """
        px, py = _column(px), _column(py)
        radius = np.ascontiguousarray(np.broadcast_to(np.asarray(radius, dtype=np.float64), px.shape))
        if px.size != py.size:
            raise ValueError("px and py differ in length")
        found, distance = np.empty(px.size, dtype=np.int64), np.empty(px.size)

        def part(begin: int, end: int) -> None:
            rows = slice(begin, end)
            self._part(px[rows], py[rows], radius[rows], found[rows], distance[rows])

        if threads <= 1 or px.size <= _CHUNK // threads:
            for at in range(0, px.size, _CHUNK):
                part(at, min(at + _CHUNK, px.size))
        else:
            _share_out(part, px.size, threads)
        return found, distance

    def _part(self, px: Floats, py: Floats, radius: Floats, found: Ints, distance: Floats) -> None:
        if px.size < _MANY or self.x.size == 0 or self._compact(px, py):
            self._search(px, py, radius, found, distance)
            return
        low, per, shape = self.origin, self.per_metre, self.shape
        start = np.zeros(shape[0] * shape[1] + 1, dtype=np.int64)
        order, sx, sy, sr = np.empty(px.size, dtype=np.int64), *(np.empty(px.size) for _ in range(3))
        _call("order_rows", px, py, radius, px.size, *low, *per, *shape, start, order, sx, sy, sr)
        there, apart = np.empty(px.size, dtype=np.int64), np.empty(px.size)
        self._search(sx, sy, sr, there, apart)
        _call("give_back", order, px.size, there, apart, found, distance)

    def _compact(self, px: Floats, py: Floats) -> bool:
        """Whether premises in a row mostly stand near each other: within two cells or so, in a sample of blocks."""
        at = np.linspace(0, px.size - _BLOCK, _SAMPLES).astype(np.int64)[:, None] + np.arange(_BLOCK)
        near = np.ones(_SAMPLES, dtype=bool)
        for values, per_metre in ((px, self.per_metre[0]), (py, self.per_metre[1])):
            block = values[at]
            near &= (block.max(axis=1) - block.min(axis=1)) * per_metre <= _NEAR_CELLS
        return bool(near.mean() > 0.5)

    def _search(self, px: Floats, py: Floats, radius: Floats, found: Ints, distance: Floats) -> None:
        best, rank, chosen = np.empty(_BLOCK), np.empty(_ROOM, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
        cx, cy, near = (np.empty(_ROOM) for _ in range(3))
        place = (*self.bounds, *self.origin, *self.per_metre, *self.shape)
        grid = (*place, self.start, self.x, self.y, self.index)
        _call("search", px, py, radius, px.size, *grid, best, cx, cy, near, rank, chosen, found, distance)


class Nearest(Protocol):
    """What finds the nearest points: :func:`nearest_within` here, or an engine elsewhere."""

    def __call__(self, px: Floats, py: Floats, radius: Floats, ax: Floats, ay: Floats, /) -> tuple[Ints, Floats]:
        """Index (−1: none) and distance (NaN: none) of each premises' nearest point."""


def nearest_within(
    px: ArrayLike, py: ArrayLike, radius: ArrayLike, ax: ArrayLike, ay: ArrayLike, *, threads: int = 1
) -> tuple[Ints, Floats]:
    """Nearest point of (``ax``, ``ay``) within ``radius`` of each premises (``px``, ``py``), all in metres.

    Returns ``(index, distance)``: ``int64`` index into the points, −1 where none is within the radius, and the
    distance in metres, NaN there. A point at exactly the radius is inside; ties go to the lowest index.
    """
    return PointGrid.of(ax, ay).nearest(px, py, radius, threads=threads)


def _call(name: str, *arguments: Any) -> None:
    """Call compiled code, arrays by address: each is contiguous and of the type :mod:`._grid` says."""
    from guangcheng.coverage._native import functions

    functions()[name](*(value.ctypes.data if isinstance(value, np.ndarray) else value for value in arguments))


def _first_of_each_place(ax: Floats, ay: Floats) -> Ints:
    """Indices, rising, of the first point at each coordinate pair."""
    order = np.lexsort((ay, ax))
    fresh = np.ones(ax.size, dtype=bool)
    fresh[1:] = (ax[order][1:] != ax[order][:-1]) | (ay[order][1:] != ay[order][:-1])
    return np.sort(order[fresh])


def _column(values: ArrayLike) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def _extent(values: Floats, finite: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Lowest and highest finite value, then where cells begin and how far they go.

    Cells span the middle 98 % of (a sample of) the values, so that one stray point far away does not crowd all
    others into one cell. Without any finite value the span is (inf, −inf), which nothing reaches.
    """
    held = values[finite]
    if held.size == 0:
        return math.inf, -math.inf, 0.0, 0.0
    sample = np.sort(held[:: held.size // _SAMPLE + 1])
    low, high = float(sample[sample.size // 100]), float(sample[-1 - sample.size // 100])
    return float(held.min()), float(held.max()), low, high - low


def _axes(width: float, height: float, points: int) -> tuple[tuple[float, int], tuple[float, int]]:
    """Cells per metre and number of cells along each axis: square cells, at most about 2 per point in all."""
    budget = max(_MIN_CELLS, _CELLS_PER_POINT * points)
    area = width * height
    plane = 0 < area < math.inf
    side = math.sqrt(area / budget) if plane else max(width, height) / budget
    return _axis(width, side, budget), _axis(height, side, budget)


def _axis(length: float, side: float, budget: int) -> tuple[float, int]:
    if not (0 < length < math.inf and 0 < side < math.inf):
        return 0.0, 1
    cells = int(min(budget, length // side + 1))
    per_metre = cells / length
    return (per_metre, cells) if math.isfinite(per_metre) else (0.0, 1)


def _share_out(part: Callable[[int, int], None], rows: int, threads: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    each = min(_CHUNK, -(-rows // threads))
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(part, at, min(at + each, rows)) for at in range(0, rows, each)]:
            done.result()


def warm_up() -> None:
    """Load the machine code now (the very first time: compile it) instead of at the first question."""
    from guangcheng.coverage._native import functions

    functions()
