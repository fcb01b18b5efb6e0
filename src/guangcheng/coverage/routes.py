"""Reach along the streets: the shortest way from a premises to an access point, where the text measures a line.

A way goes straight from the premises to the nearest place on a street, along streets, and straight from the street to
the access point; its metres are added up in the plane of the city's CRS, as the straight line is measured, so a way is
never shorter than the line. Exact: no graph is simplified, nothing is cut off below the radius, of equally near
points the lowest index is taken (Dijkstra, *A note on two problems in connexion with graphs*, 1959, from all points
at once).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guangcheng.coverage.kernel import Floats, Ints

__all__ = ["RouteNearest", "Snapped", "Streets"]

_MM = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Where places join the streets, one row each."""

    street: Ints
    """Number of the straight piece of street, −1 where none is near enough."""
    along: Floats
    """Metres from the beginning of the piece."""
    off: Floats
    """Metres from the place to the street."""

    def take(self, rows: Ints) -> "Snapped":
        """Some of the rows."""
        return Snapped(self.street[rows], self.along[rows], self.off[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """A street network of straight pieces, passable both ways."""

    ends: NDArray[np.float64]
    """Where each piece begins and ends, shape (pieces, 2, 2), metres."""
    tail: Ints
    head: Ints
    length: Floats
    start: Ints
    neighbour: Ints
    weight: Floats

    def __len__(self) -> int:
        return len(self.tail)

    @classmethod
    def of(cls, lines: pa.ChunkedArray, from_node: pa.ChunkedArray, to_node: pa.ChunkedArray) -> "Streets":
        """Make a network of lines (WKB, metres) and, where known, the names of the nodes at their two ends.

        Lines meet where they share a vertex (to the millimetre), and where ends have the same node; ends of the same
        node that lie apart are joined by the straight line between them. Rows without a line are left out.
        """
        import shapely

        held = np.flatnonzero(pc.is_valid(lines).to_numpy())
        places, line = shapely.get_coordinates(
            shapely.from_wkb(lines.take(pa.array(held)).to_numpy()), return_index=True
        )
        vertex, where = _vertices(places)
        same = np.flatnonzero(line[1:] == line[:-1])
        same = same[vertex[same] != vertex[same + 1]]
        tail, head = vertex[same], vertex[same + 1]
        begins, finishes = _ends(line, len(held))
        names = pa.concat_arrays([*from_node.take(pa.array(held)).chunks, *to_node.take(pa.array(held)).chunks])
        joined = _joined(names, np.concatenate([vertex[begins], vertex[finishes]]))
        length = _apart(where[tail], where[head])
        one, two = np.concatenate([tail, joined[0]]), np.concatenate([head, joined[1]])
        metres = np.concatenate([length, _apart(where[joined[0]], where[joined[1]])])
        start, neighbour, weight = _leaving(one, two, metres, len(where))
        ends = np.stack([where[tail], where[head]], axis=1)
        return cls(ends, tail, head, length, start, neighbour, weight)

    def snap(self, x: Floats, y: Floats, limit_m: float) -> Snapped:
        """Join places to the nearest piece within ``limit_m`` metres (of equally near ones the first).

        Places without coordinates (NaN, infinite) join none.
        """
        import shapely

        street = np.full(x.size, -1, dtype=np.int64)
        along, off = np.full(x.size, np.nan), np.full(x.size, np.nan)
        placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if len(self) == 0 or placed.size == 0:
            return Snapped(street, along, off)
        tree = shapely.STRtree(np.asarray(shapely.linestrings(self.ends)))
        # a little more than the limit is asked for; what counts is measured below
        row, piece = tree.query_nearest(
            shapely.points(x[placed], y[placed]), max_distance=limit_m * 1.000001 + 0.001, all_matches=True
        )
        row = placed[row]
        there, away = self._foot(piece, x[row], y[row])
        order = np.lexsort((piece, away, row))
        order = order[np.concatenate([[True], row[order][1:] != row[order][:-1]])] if order.size else order
        order = order[away[order] <= limit_m]
        street[row[order]], along[row[order]], off[row[order]] = piece[order], there[order], away[order]
        return Snapped(street, along, off)

    def _foot(self, piece: Ints, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Metres along each piece to the place nearest to (x, y), and metres from there to it."""
        begin, end, length = self.ends[piece, 0], self.ends[piece, 1], self.length[piece]
        ahead, given = end - begin, np.stack([x, y], axis=1) - begin
        along = (ahead * given).sum(axis=1) / length
        beside = np.abs(ahead[:, 0] * given[:, 1] - ahead[:, 1] * given[:, 0]) / length
        before, beyond = np.hypot(*given.T), np.hypot(x - end[:, 0], y - end[:, 1])
        off = np.select([along <= 0, along >= length], [before, beyond], beside)
        return np.clip(along, 0.0, length), off

    def nearest(self, premises: Snapped, radius: Floats, points: Snapped) -> tuple[Ints, Floats]:
        """Index of the nearest point by the streets within each premises' radius (−1: none), and the metres there."""
        from guangcheng.coverage._routes import answer, spread

        found, distance = np.full(premises.street.size, -1, dtype=np.int64), np.full(premises.street.size, np.nan)
        here = np.flatnonzero(points.street >= 0)
        limit = float(np.max(radius, where=~np.isnan(radius), initial=0.0))
        if here.size == 0 or radius.size == 0:
            return found, distance
        street, along, off = points.street[here], points.along[here], points.off[here]
        nodes = len(self.start) - 1
        metres, label = np.full(nodes, np.inf), np.full(nodes, np.iinfo(np.int64).max)
        seeds = np.concatenate([self.tail[street], self.head[street]])
        first_m = np.concatenate([off + along, off + (self.length[street] - along)])
        spread(
            self.start, self.neighbour, self.weight, seeds, first_m, np.concatenate([here, here]), limit, metres, label
        )
        order = np.argsort(street, kind="stable")
        first = np.searchsorted(street[order], np.arange(len(self) + 1))
        on_street = along[order], off[order], here[order]
        asked = premises.street, premises.along, premises.off, radius
        answer(*asked, self.tail, self.head, self.length, metres, label, first, *on_street, found, distance)
        return found, distance


class RouteNearest:
    """A :class:`guangcheng.coverage.kernel.Nearest` by the streets, for places told beforehand."""

    def __init__(self, streets: Streets, x: Floats, y: Floats, *, limit_m: float) -> None:
        """``x``, ``y``: every premises and point that will be asked about, joined to the streets once.

        What is further than ``limit_m`` metres from every street reaches nothing.
        """
        self._streets = streets
        self._places = np.unique(_pairs(x, y))
        self._snapped = streets.snap(self._places.real.copy(), self._places.imag.copy(), limit_m)

    def __call__(self, px: Floats, py: Floats, radius: Floats, ax: Floats, ay: Floats, /) -> tuple[Ints, Floats]:
        """Index (−1: none) and metres by the streets (NaN: none) of each premises' nearest point."""
        return self._streets.nearest(self.snapped(px, py), radius, self.snapped(ax, ay))

    def snapped(self, x: Floats, y: Floats) -> Snapped:
        """Where places told beforehand join the streets; ``KeyError`` for one that was not told."""
        asked = _pairs(x, y)
        at = np.searchsorted(self._places, asked)
        if (at == len(self._places)).any() or (self._places[at] != asked).any():
            raise KeyError("a place that was not told beforehand")
        return self._snapped.take(at)


def _pairs(x: Floats, y: Floats) -> NDArray[np.complex128]:
    """Places as numbers that can be sorted; one without coordinates is (inf, inf), which no street is near to."""
    placed = np.isfinite(x) & np.isfinite(y)
    pairs = np.full(x.size, complex(np.inf, np.inf))
    pairs.real[placed], pairs.imag[placed] = x[placed] + 0.0, y[placed] + 0.0
    return pairs


def _vertices(places: NDArray[np.float64]) -> tuple[Ints, NDArray[np.float64]]:
    """Number of the vertex at each place, and where each vertex is: its first place."""
    keys = np.round(places * _MM).astype(np.int64)
    _, first, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return number.reshape(-1).astype(np.int64), places[first]


def _ends(line: Ints, lines: int) -> tuple[Ints, Ints]:
    numbers = np.arange(lines)
    return np.searchsorted(line, numbers), np.searchsorted(line, numbers, side="right") - 1


def _joined(names: pa.Array, vertex: Ints) -> tuple[Ints, Ints]:
    """Pairs of different vertices at line ends that have the same node name: each with the first of that name."""
    known = np.flatnonzero(pc.is_valid(names).to_numpy(zero_copy_only=False))
    codes = names.take(pa.array(known)).dictionary_encode().indices.to_numpy()
    vertex = vertex[known]
    _, first, number = np.unique(codes, return_index=True, return_inverse=True)
    origin = vertex[first][number]
    pairs = np.unique(np.stack([origin, vertex], axis=1)[origin != vertex], axis=0).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _apart(one: NDArray[np.float64], two: NDArray[np.float64]) -> Floats:
    metres: Floats = np.hypot(two[:, 0] - one[:, 0], two[:, 1] - one[:, 1])
    return metres


def _leaving(one: Ints, two: Ints, metres: Floats, vertices: int) -> tuple[Ints, Ints, Floats]:
    """The pieces leaving each vertex, both ways: where its list begins, the other ends, the lengths."""
    tail, head = np.concatenate([one, two]), np.concatenate([two, one])
    order = np.argsort(tail, kind="stable")
    start = np.searchsorted(tail[order], np.arange(vertices + 1))
    return start, head[order], np.concatenate([metres, metres])[order]
