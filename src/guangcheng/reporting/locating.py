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
Flags = npt.NDArray[np.bool_]

UNCERTAIN_M = 200.0
"""How far off the best guess of an access point's place must still be able to be, metres."""
FAR_M = 2 * UNCERTAIN_M
"""From this radius on two opposite places on the edge are a refuge (product decision 0010)."""
CELL_M = 50.0
"""Side of the cells places are gathered in, metres."""
MOST_CELLS = 1 << 12
"""Cells along the longer side of the city: a larger city, or a stray place, is gathered in larger cells."""
DIRECTIONS = 12


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
    """Premises of one part and radius in one cell, by row then column of the cell."""

    row: Ints
    column: Ints
    n: Floats
    """How many premises."""
    share: Floats
    """Which share of their part."""
    part: Ints
    least: Floats
    most: Floats
    side: float

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class _Box:
    """A window of cells: first row and column, and how many."""

    row: int
    column: int
    rows: int
    columns: int

    @classmethod
    def around(cls, cells: _Cells, mine: Ints, margin: int) -> "_Box":
        low_row, high_row = int(cells.row[mine].min()) - margin, int(cells.row[mine].max()) + margin
        low, high = int(cells.column[mine].min()) - margin, int(cells.column[mine].max()) + margin
        return cls(low_row, low, high_row - low_row + 1, high - low + 1)

    def within(self, row: Ints, column: Ints) -> Ints:
        """Which of the cells, sorted by row, lie in the window."""
        first, last = np.searchsorted(row, [self.row, self.row + self.rows])
        here = column[first:last] - self.column
        inside: Ints = first + np.flatnonzero((here >= 0) & (here < self.columns))
        return inside

    def sums(self, row: Ints, column: Ints, values: Floats) -> Floats:
        """The values of cells in the window, summed by cell."""
        at = (row - self.row) * self.columns + column - self.column
        found = np.bincount(at, weights=values, minlength=self.rows * self.columns).astype(np.float64)
        return found.reshape(self.rows, self.columns)

    def at(self, grid: Floats, row: Ints, column: Ints) -> Floats:
        """The grid's values at some cells; nothing outside the window."""
        down, across = row - self.row, column - self.column
        inside = (down >= 0) & (down < self.rows) & (across >= 0) & (across < self.columns)
        values: Floats = np.where(inside, grid[np.where(inside, down, 0), np.where(inside, across, 0)], 0.0)
        return values


def needed(places: Located, parts: int) -> Ints:
    """Per part the least number of its premises that must have fibre before its count may be published.

    One more than a single access point in anybody's refuge could serve there, and than is known to be served anyway
    because of premises of other parts beside it; 0 for a part without places. A part whose premises lie close together
    may need more than it has: it is never published. Raises ``ValueError`` for a radius below :data:`UNCERTAIN_M`: then
    already one premises with fibre locates an access point.
    """
    if len(places.x) and float(places.least.min()) < UNCERTAIN_M:
        raise ValueError("a radius below the distance to be kept uncertain")
    found = np.zeros(parts, dtype=np.int64)
    if not len(places.x):
        return found
    cells = _gathered(places, parts)
    row, column = _refuges(cells)
    for part, mine in _by_part(cells):
        served = _most_served(cells, mine, row, column)
        found[part] = served + _known_from_beside(cells, part, mine) + 1
    return found


def _gathered(places: Located, parts: int) -> _Cells:
    extent = max(float(np.ptp(places.x)), float(np.ptp(places.y)))
    side = max(CELL_M, extent / MOST_CELLS)
    columns = [np.floor(places.y / side), np.floor(places.x / side), places.part, places.least, places.most]
    keys, n = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
    part = keys[:, 2].astype(np.int64)
    in_part = np.bincount(part, weights=n, minlength=parts)
    return _Cells(
        row=keys[:, 0].astype(np.int64),
        column=keys[:, 1].astype(np.int64),
        n=n.astype(np.float64),
        share=n / in_part[part],
        part=part,
        least=keys[:, 3],
        most=keys[:, 4],
        side=side,
    )


def _by_part(cells: _Cells) -> Iterator[tuple[int, Ints]]:
    order = np.argsort(cells.part, kind="stable")
    names, starts = np.unique(cells.part[order], return_index=True)
    yield from zip(names.tolist(), np.split(order, starts[1:]), strict=True)


def _spread(grid: Floats, radius: float) -> Floats:
    """Per cell the sum over all cells that come within ``radius`` (in cells) of it at their nearest points."""
    rows, columns = grid.shape
    reach = int(radius) + 1
    sums = np.zeros((rows + 2 * reach, columns + 2 * reach + 1))
    sums[reach : reach + rows, reach + 1 : reach + 1 + columns] = grid
    np.cumsum(sums, axis=1, out=sums)
    total = np.zeros(grid.shape)
    for down in range(-reach, reach + 1):
        gap = max(abs(down) - 1, 0)
        if gap > radius:
            continue
        wide = int(np.sqrt(radius**2 - gap**2)) + 1
        line = sums[reach + down : reach + down + rows]
        total += line[:, reach + wide + 1 : reach + wide + 1 + columns] - line[:, reach - wide : reach - wide + columns]
    return np.round(total, 9)


def _served(cells: _Cells, some: Ints, box: _Box, values: Floats) -> Floats:
    """Per cell of a window the most that one access point anywhere in it could serve of the cells ``some``."""
    total = np.zeros((box.rows, box.columns))
    for radius in np.unique(cells.most[some]).tolist():
        these = some[cells.most[some] == radius]
        total += _spread(box.sums(cells.row[these], cells.column[these], values[these]), radius / cells.side)
    return total


def _steps(cells: _Cells, radius: float) -> int:
    return int(np.ceil(radius / cells.side)) + 1


def _most_served(cells: _Cells, mine: Ints, row: Ints, column: Ints) -> int:
    box = _Box.around(cells, mine, _steps(cells, float(cells.most[mine].max())))
    near = box.within(row, column)
    return round(float(box.at(_served(cells, mine, box, cells.n), row[near], column[near]).max(initial=0.0)))


def _known_from_beside(cells: _Cells, part: int, mine: Ints) -> int:
    """Premises of a part that are served whenever some premises of another part is: its disc lies within theirs."""
    box = _Box.around(cells, mine, _steps(cells, float(cells.most[mine].max())))
    near = box.within(cells.row, cells.column)
    others = near[cells.part[near] != part]
    known = np.zeros(len(mine), dtype=np.bool_)
    for least in np.unique(cells.least[others]).tolist():
        these = others[cells.least[others] == least]
        there = box.sums(cells.row[these], cells.column[these], np.ones(len(these)))
        for most in np.unique(cells.most[mine]).tolist():
            close = _spread(there, max(most - least, 0.0) / cells.side)
            own = cells.most[mine] == most
            known[own] |= box.at(close, cells.row[mine[own]], cells.column[mine[own]]) > 0
    return round(float(cells.n[mine][known].sum()))


def _refuges(cells: _Cells) -> tuple[Ints, Ints]:
    """The cells in which refuges lie, by row: row and column of each."""
    far = cells.least >= FAR_M
    parts = [_discs(cells, np.flatnonzero(~far))]
    parts += [_opposite(cells, mine[far[mine]]) for _, mine in _by_part(cells) if far[mine].any()]
    keys = np.unique(np.concatenate(parts))
    row = (keys + _ROW // 2) // _ROW
    return row, keys - row * _ROW


_ROW = 1 << 32


def _keys(row: Ints, column: Ints) -> Ints:
    """One whole number for each cell, in the order of row and column; sorted much faster than pairs."""
    return row * _ROW + column


def _discs(cells: _Cells, some: Ints) -> Ints:
    """Every cell that a disc touches, by key."""
    found = np.empty(0, dtype=np.int64)
    for radius in np.unique(cells.least[some]).tolist():
        own = some[cells.least[some] == radius]
        steps = _steps(cells, radius)
        down, across = np.mgrid[-steps : steps + 1, -steps : steps + 1]
        gaps = np.maximum(np.abs([down, across]) - 1, 0)
        touched = np.hypot(*gaps) * cells.side <= radius
        at, moves = np.unique(_keys(cells.row[own], cells.column[own])), _keys(down[touched], across[touched])
        found = np.unique(np.concatenate([found, (at[:, None] + moves).ravel()]))
    return found


def _opposite(cells: _Cells, some: Ints) -> Ints:
    """Two opposite cells on the edge of each cell's discs, where they serve the least shares; by key."""
    angles = np.arange(2 * DIRECTIONS) * np.pi / DIRECTIONS
    wide = _Box.around(cells, some, _steps(cells, float((cells.least[some] + cells.most.max()).max())))
    served = _served(cells, wide.within(cells.row, cells.column), wide, cells.share)
    found = []
    for radius in np.unique(cells.least[some]).tolist():
        own = some[cells.least[some] == radius]
        # from anywhere in the cell to there it is no further than the radius
        ends = (radius / cells.side - np.sqrt(0.5)) * np.stack([np.sin(angles), np.cos(angles)]) + 0.5
        row, column = (
            np.floor(at[own][:, None] + end).astype(np.int64)
            for at, end in zip((cells.row, cells.column), ends, strict=True)
        )
        pairs = wide.at(served, row, column).reshape(len(own), 2, DIRECTIONS).max(axis=1)
        best = pairs.argmin(axis=1)
        for end in (best, best + DIRECTIONS):
            at = np.arange(len(own)), end
            found += [_keys(row[at], column[at])]
    return np.concatenate(found)
