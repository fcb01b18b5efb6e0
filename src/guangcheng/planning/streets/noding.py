"""Lines that know where they are cut: the vertices of all lines in one table, and the nodes they share.

Lines meet where they share a vertex (to the centimetre), where an end lies within the tolerance of another vertex, and
where a loose end lies on another line. Lines that merely cross do not meet, for one may be a bridge; ``join_crossings``
says that they do.
"""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.steiner.model import Network, components
from guangcheng.planning.streets.model import Bools, Floats, Ints, Shapes

__all__ = ["CutLines", "Pieces", "cut_at", "groups", "node_lines", "pieces", "points_at"]

_CM = 100.0
_SAME_M = 0.01
"""Cuts of one line nearer than this are one."""


@dataclass(frozen=True, slots=True, eq=False)
class CutLines:
    """Every vertex of every line, sorted along each line, and the node it is (−1: it only gives the line its shape)."""

    lines: Shapes
    line: Ints
    at: Floats
    """Metres from the line's start, in the plane."""
    xy: Floats
    node: Ints
    node_xy: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Stretches between neighbouring cuts; vertices ``first[p] … first[p] + count[p] − 1`` of ``xy`` are piece p."""

    tail: Ints
    head: Ints
    line: Ints
    first: Ints
    count: Ints
    xy: Floats


def groups(size: int, one: Ints, other: Ints) -> Ints:
    """A number from 0 for each of ``size`` things, equal where ``one[i]`` and ``other[i]`` are (in chains) the same."""
    apart = one != other
    net = Network.of(size, one[apart], other[apart], np.zeros(int(apart.sum())))
    return np.unique(components(net), return_inverse=True)[1].astype(np.int64)


def points_at(xy: Floats) -> Shapes:
    """A point for each row of ``xy``."""
    import shapely

    return np.asarray(shapely.points(xy), dtype=object)


def node_lines(lines: Shapes, *, tolerance_m: float, join_crossings: bool = False) -> CutLines:
    """Find where ``lines`` meet. Every end is a node; see the module for the others."""
    import shapely

    xy, line = shapely.get_coordinates(lines, return_index=True)
    at = _along(xy, line)
    cells = np.round(xy * _CM).astype(np.int64)
    _, first, point = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    point = point.reshape(-1)
    is_end = np.ones(line.size, dtype=np.bool_)
    is_end[1:-1] = (line[1:-1] != line[:-2]) | (line[1:-1] != line[2:])
    places = points_at(xy[first])
    ends = np.unique(point[is_end])
    near_end, near = shapely.STRtree(places).query(places[ends], predicate="dwithin", distance=tolerance_m)
    label = groups(places.size, ends[near_end], near)[point]
    times = np.bincount(label)
    at_end = np.zeros(times.size, dtype=np.bool_)
    at_end[label[is_end]] = True
    node = np.where((times[label] > 1) | at_end[label], label, -1)
    spots = np.zeros((times.size, 2))
    spots[label[::-1]] = xy[::-1]
    made = _compact(CutLines(lines, line.astype(np.int64), at, xy, node, spots))
    made = _join_loose(made, tolerance_m)
    return _join_crossings(made) if join_crossings else made


def cut_at(cut: CutLines, line: Ints, at: Floats, node: Ints | None = None) -> tuple[CutLines, Ints]:
    """Cut lines ``line[i]`` at ``at[i]`` metres, at new nodes or at the ``node`` given.

    Returns the lines and, per cut, its node in them: where a line was cut there already, the node it had. Node numbers
    change; :attr:`CutLines.node_xy` is by the new ones.
    """
    import shapely

    if not line.size:
        return cut, np.empty(0, dtype=np.int64)
    spots = shapely.get_coordinates(shapely.line_interpolate_point(cut.lines[line], at))
    old = cut.node_xy.shape[0]
    fresh = np.arange(old, old + line.size) if node is None else node
    node_xy = np.concatenate([cut.node_xy, spots]) if node is None else cut.node_xy
    lines = np.concatenate([cut.line, line])
    along = np.concatenate([cut.at, at])
    nodes = np.concatenate([cut.node, fresh])
    order = np.lexsort((nodes < 0, along, lines))
    grown = CutLines(
        cut.lines, lines[order], along[order], np.concatenate([cut.xy, spots])[order], nodes[order], node_xy
    )
    return _merge(grown, fresh)


def pieces(cut: CutLines) -> Pieces:
    """The stretches between neighbouring cuts; those without length are left out, and so are loops."""
    where = np.flatnonzero(cut.node >= 0)
    start, end = where[:-1], where[1:]
    real = (cut.line[start] == cut.line[end]) & (cut.node[start] != cut.node[end])
    start, end = start[real], end[real]
    return Pieces(cut.node[start], cut.node[end], cut.line[start], start, end - start + 1, cut.xy)


def _along(xy: Floats, line: Ints) -> Floats:
    step = np.zeros(line.size)
    same = line[1:] == line[:-1]
    step[1:][same] = np.hypot(*(xy[1:] - xy[:-1])[same].T)
    total = np.cumsum(step)
    starts = np.flatnonzero(np.concatenate([[True], ~same]))
    offset: Floats = np.repeat(total[starts], np.diff(np.append(starts, line.size)))
    return total - offset


def _compact(cut: CutLines) -> CutLines:
    """Number the nodes in use from 0, without gaps."""
    used, numbers = np.unique(cut.node[cut.node >= 0], return_inverse=True)
    node = cut.node.copy()
    node[node >= 0] = numbers
    return CutLines(cut.lines, cut.line, cut.at, cut.xy, node, cut.node_xy[used])


def _merge(cut: CutLines, wanted: Ints) -> tuple[CutLines, Ints]:
    """Make one node of cuts of a line that fall together, and say which node each of ``wanted`` is now.

    The lowest number gives the place, so that nodes that were there stay where they are.
    """
    where = np.flatnonzero(cut.node >= 0)
    start, end = where[:-1], where[1:]
    close = (cut.line[start] == cut.line[end]) & (cut.at[end] - cut.at[start] < _SAME_M)
    size = cut.node_xy.shape[0]
    label = groups(size, cut.node[start[close]], cut.node[end[close]])
    spots = np.zeros((int(label.max()) + 1, 2))
    spots[label[::-1]] = cut.node_xy[::-1]
    keep = np.ones(cut.node.size, dtype=np.bool_)
    keep[end[close]] = False
    node = np.where(cut.node >= 0, label[cut.node], -1)
    merged = CutLines(cut.lines, cut.line[keep], cut.at[keep], cut.xy[keep], node[keep], spots)
    return merged, label[wanted]


def _join_loose(cut: CutLines, tolerance_m: float) -> CutLines:
    """Cut lines where the loose end of another lies on them."""
    import shapely

    times = np.bincount(cut.node[cut.node >= 0], minlength=cut.node_xy.shape[0])
    loose = np.flatnonzero((cut.node >= 0) & (times[cut.node] == 1))
    ends = points_at(cut.xy[loose])
    end, line = shapely.STRtree(cut.lines).query(ends, predicate="dwithin", distance=tolerance_m)
    other: Bools = cut.line[loose[end]] != line
    end, line = end[other], line[other]
    if not end.size:
        return cut
    at = np.asarray(shapely.line_locate_point(cut.lines[line], ends[end]))
    return cut_at(cut, line.astype(np.int64), at, cut.node[loose[end]])[0]


def _join_crossings(cut: CutLines) -> CutLines:
    import shapely

    one, other = shapely.STRtree(cut.lines).query(cut.lines, predicate="crosses")
    once = one < other
    one, other = one[once], other[once]
    points, pair = shapely.get_parts(shapely.intersection(cut.lines[one], cut.lines[other]), return_index=True)
    proper = shapely.get_type_id(points) == 0
    points, pair = points[proper], pair[proper]
    line = np.concatenate([one[pair], other[pair]]).astype(np.int64)
    at = shapely.line_locate_point(cut.lines[line], np.concatenate([points, points]))
    size = cut.node_xy.shape[0]
    node = np.tile(np.arange(size, size + pair.size), 2)
    grown = CutLines(
        cut.lines,
        cut.line,
        cut.at,
        cut.xy,
        cut.node,
        np.concatenate([cut.node_xy, shapely.get_coordinates(points)]),
    )
    return cut_at(grown, line, at, node)[0]
