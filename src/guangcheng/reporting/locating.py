"""How many premises an area must have with fibre before its count is published: so that no access point is located.

Who knows every premises' place learns from a count that at most so many premises of an area are served: an access
point cannot stand where it would serve more. And from an area that is served whole: around each of its premises, within
the radius of access, stands one. Disc without excluded places: what is left may be small. Here every premises gets a
*refuge*, places at which the point that serves it may stand and which no published count excludes: for a radius below
:data:`FAR_M` the whole disc, for a longer one two opposite places on its edge. The refuge is at least
:data:`UNCERTAIN_M` in radius, so the best guess may be wrong by as much. Refuges are chosen from places of premises
alone: which counts are withheld says only what excludes nothing.

Distances are taken between cells of :data:`CELL_M`, always so that more places are counted as served, never fewer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CELL_M", "UNCERTAIN_M", "Located", "needed"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNCERTAIN_M = 200.0
"""How far off the best guess of an access point's place must still be able to be, metres."""
FAR_M = 2 * UNCERTAIN_M
"""From this radius on two opposite places on the edge are a refuge (product decision 0010)."""
CELL_M = 50.0
"""Side of the cells places are gathered in, metres."""
MOST_CELLS = 1 << 12
"""Cells along the longer side of the city: a larger city, or a stray place, is gathered in larger cells."""
DIRECTIONS = 12
_PAIRS = 1 << 22
"""Distances held in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """Premises with a place, one row each; an estate without a point of its own is a row per building.

    ``x``, ``y`` metres; ``part``: number of the published part (area) it is counted in; ``least``: the radius within
    which somebody serves it if it has fibre, ``most``: the radius within which somebody may (they differ where the
    zone is not known), metres.
    """

    x: Floats
    y: Floats
    part: Ints
    least: Floats
    most: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Premises of one part and radius in one cell, by y; ``n`` how many, ``share`` which share of its part."""

    x: Floats
    y: Floats
    n: Floats
    share: Floats
    part: Ints
    least: Floats
    most: Floats
    half: float
    """Half a cell's diagonal."""

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Places of refuges, by y. ``slack``: how far the true place may be from the one here."""

    x: Floats
    y: Floats
    slack: Floats


def needed(places: Located, parts: int) -> Ints:
    """Per part the least number of its premises that must have fibre before its count may be published.

    One more than a single access point in anybody's refuge could serve there, and than is known to be served anyway
    because of premises of other parts beside it; 0 for a part without places. A part whose premises lie close together
    may need more than it has: it is never published. Raises ``ValueError`` for a radius below :data:`UNCERTAIN_M`: then
    already one premises with fibre locates an access point.
    """
    if len(places.x) and float(places.least.min()) < UNCERTAIN_M:
        raise ValueError("a radius below the distance to be kept uncertain")
    cells = _gathered(places, parts)
    if not len(cells):
        return np.zeros(parts, dtype=np.int64)
    points = _refuges(cells)
    found = np.zeros(parts, dtype=np.int64)
    for part, mine in _by_part(cells):
        reach = float(cells.most[mine].max()) + float(points.slack.max()) + cells.half
        near = _within(points.x, points.y, cells, mine, reach)
        served = _most_served(points, near, cells, mine)
        found[part] = served + _known_from_beside(cells, part, mine) + 1
    return found


def _gathered(places: Located, parts: int) -> _Cells:
    extent = max((float(np.ptp(axis)) for axis in (places.x, places.y) if len(axis)), default=0.0)
    side = max(CELL_M, extent / MOST_CELLS)
    columns = np.stack(
        [np.floor(places.y / side), np.floor(places.x / side), places.part, places.least, places.most], axis=1
    )
    rows, n = np.unique(columns, axis=0, return_counts=True)
    part = rows[:, 2].astype(np.int64)
    in_part = np.bincount(part, weights=n, minlength=parts)
    return _Cells(
        x=(rows[:, 1] + 0.5) * side,
        y=(rows[:, 0] + 0.5) * side,
        n=n.astype(np.float64),
        share=n / np.maximum(in_part, 1)[part],
        part=part,
        least=rows[:, 3],
        most=rows[:, 4],
        half=side / np.sqrt(2),
    )


def _by_part(cells: _Cells) -> Iterator[tuple[int, Ints]]:
    order = np.argsort(cells.part, kind="stable")
    names, starts = np.unique(cells.part[order], return_index=True)
    for at, part in enumerate(names.tolist()):
        stop = starts[at + 1] if at + 1 < len(starts) else len(order)
        yield part, order[starts[at] : stop]


def _within(x: Floats, y: Floats, cells: _Cells, mine: Ints, reach: float) -> Ints:
    """Which of the places sorted by ``y`` lie in the box around some cells, widened by ``reach``."""
    low, high = cells.y[mine].min() - reach, cells.y[mine].max() + reach
    first, last = np.searchsorted(y, [low, high], side="left")
    west, east = cells.x[mine].min() - reach, cells.x[mine].max() + reach
    inside: Ints = first + np.flatnonzero((x[first:last] >= west) & (x[first:last] <= east))
    return inside


def _chunks(rows: Ints, others: int) -> Iterator[Ints]:
    size = max(_PAIRS // max(others, 1), 1)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _most_served(points: _Points, near: Ints, cells: _Cells, mine: Ints) -> int:
    best = 0.0
    for some in _chunks(near, len(mine)):
        reach = cells.most[mine] + cells.half + points.slack[some, None]
        served = _squared(points.x[some], points.y[some], cells, mine) <= reach**2
        best = max(best, float((served @ cells.n[mine]).max(initial=0.0)))
    return round(best)


def _squared(x: Floats, y: Floats, cells: _Cells, rows: Ints) -> Floats:
    squared: Floats = (x[:, None] - cells.x[rows]) ** 2 + (y[:, None] - cells.y[rows]) ** 2
    return squared


def _known_from_beside(cells: _Cells, part: int, mine: Ints) -> int:
    """Premises of a part that are served whenever some premises of another part is: its disc lies within theirs."""
    reach = float(cells.most[mine].max()) + 2 * cells.half
    near = _within(cells.x, cells.y, cells, mine, reach)
    others = near[cells.part[near] != part]
    known = np.zeros(len(mine), dtype=np.bool_)
    for some in _chunks(others, len(mine)):
        margin = cells.most[mine] - cells.least[some, None] + 2 * cells.half
        close = _squared(cells.x[some], cells.y[some], cells, mine) <= np.maximum(margin, 0.0) ** 2
        known |= close.any(axis=0)
    return round(float(cells.n[mine][known].sum()))


def _refuges(cells: _Cells) -> _Points:
    far = cells.least >= FAR_M
    parts = [_discs(cells, np.flatnonzero(~far))]
    parts += [_opposite(cells, mine[far[mine]]) for _, mine in _by_part(cells) if far[mine].any()]
    x, y, slack = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(y, kind="stable")
    return _Points(x[order], y[order], slack[order])


def _discs(cells: _Cells, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """The centres of all cells that the discs of some cells touch."""
    side = cells.half * np.sqrt(2)
    found = []
    for radius in np.unique(cells.least[rows]).tolist():
        own = rows[cells.least[rows] == radius]
        steps = int((radius + 2 * cells.half) // side)
        across, up = np.mgrid[-steps : steps + 1, -steps : steps + 1]
        touched = (across**2 + up**2) * side**2 <= (radius + 2 * cells.half) ** 2
        at = np.unique(np.floor(np.stack([cells.x[own], cells.y[own]], axis=1) / side), axis=0)
        spread = at[:, None, :] + np.stack([across[touched], up[touched]], axis=1)
        found.append(np.unique(spread.reshape(-1, 2), axis=0))
    keys = np.unique(np.concatenate(found), axis=0) if found else np.empty((0, 2))
    x, y = ((keys[:, axis] + 0.5) * side for axis in (0, 1))
    return x, y, np.full(len(keys), cells.half)


def _opposite(cells: _Cells, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """Two opposite places on the edge of each cell's discs, in the direction in which they would serve the fewest."""
    angles = np.arange(DIRECTIONS) * np.pi / DIRECTIONS
    turned = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ends = np.concatenate([turned, -turned])
    reach = float((cells.least[rows] + cells.most[rows]).max()) + cells.half
    near = _within(cells.x, cells.y, cells, rows, reach)
    found = []
    for some in _chunks(rows, len(near) * len(ends)):
        radius = (cells.least[some] - cells.half)[:, None]
        x, y = (axis[some][:, None] + radius * ends[:, at] for at, axis in enumerate((cells.x, cells.y)))
        served = _squared(x.ravel(), y.ravel(), cells, near) <= (cells.most[near] + cells.half) ** 2
        share = (served @ cells.share[near]).reshape(len(some), 2, DIRECTIONS).max(axis=1)
        best = share.argmin(axis=1)
        for end in (best, best + DIRECTIONS):
            own = np.arange(len(some)), end
            found += [np.stack([x[own], y[own]], axis=1)]
    at = np.concatenate(found)
    return at[:, 0], at[:, 1], np.zeros(len(at))
