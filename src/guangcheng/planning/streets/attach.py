"""Which street a thing hangs on: the shortest ways from premises, sites and duct ends to street lines."""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.streets.model import Bools, Floats, Ints, Shapes

__all__ = ["Ways", "ways_to_streets"]

_TWICE, _PLUS_M = 2.0, 10.0
"""A second choice may be twice as far as the nearest street, and 10 m."""


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Straight ways from things to lines, by thing and then by length; see :func:`ways_to_streets`."""

    thing: Ints
    line: Ints
    at: Floats
    """Where the way leaves the line: metres from its start, whole unless at its end, so that neighbours share a cut."""
    end: Floats
    """x, y where the way ends: the point, or the nearest spot of the outline."""
    nearest_m: Floats
    """Per thing: metres to the nearest line; NaN for a thing without a shape."""
    barred: Bools
    """Per thing: a line is near enough, but every way to one crosses a forbidden area."""


def ways_to_streets(lines: Shapes, things: Shapes, *, limit_m: float, choices: int, forbidden: Shapes) -> Ways:
    """Up to ``choices`` ways, each to another line at most ``limit_m`` away (at the limit is near enough).

    Others than the shortest are taken only while they are at most twice as long and 10 m. A way may not cross one of
    the ``forbidden`` polygons, nor end in one.
    """
    nearest, there = _nearest(lines, things)
    reach = np.minimum(limit_m, _TWICE * nearest + _PLUS_M)
    close = np.flatnonzero(there & (nearest <= limit_m))
    found = _found(lines, things, close, reach[close], forbidden)
    served = np.zeros(things.size, dtype=np.bool_)
    served[found[0]] = True
    rest = close[~served[close]]
    if rest.size and forbidden.size:  # all near ways are barred: look further
        further = _found(lines, things, rest, np.full(rest.size, limit_m), forbidden)
        found = tuple(np.concatenate(pair) for pair in zip(found, further, strict=True))  # type: ignore[assignment]
        served[further[0]] = True
    thing, line, at, end, length = found
    order = np.lexsort((line, length, thing))
    thing, line, at, end = thing[order], line[order], at[order], end[order]
    rank = np.arange(thing.size) - np.searchsorted(thing, thing)
    kept = rank < choices
    barred = np.zeros(things.size, dtype=np.bool_)
    barred[close] = ~served[close]
    return Ways(thing[kept], line[kept], at[kept], end[kept], nearest, barred)


def _nearest(lines: Shapes, things: Shapes) -> tuple[Floats, Bools]:
    import shapely

    nearest = np.full(things.size, np.nan)
    there: Bools = ~(shapely.is_missing(things) | shapely.is_empty(things))
    if lines.size:
        who = np.flatnonzero(there)
        pairs, metres = shapely.STRtree(lines).query_nearest(things[who], all_matches=False, return_distance=True)
        nearest[who[pairs[0]]] = metres
    return nearest, there & np.isfinite(nearest)


def _found(
    lines: Shapes, things: Shapes, who: Ints, reach: Floats, forbidden: Shapes
) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Thing, line, place on it, end and length of every way that is allowed."""
    import shapely

    one, line = shapely.STRtree(lines).query(things[who], predicate="dwithin", distance=reach)
    thing = who[one].astype(np.int64)
    on, shape = lines[line], things[thing]
    foot = shapely.get_point(shapely.shortest_line(on, shape), 0)
    length = shapely.length(on)
    at = np.round(shapely.line_locate_point(on, foot))
    at = np.where(at < 1.0, 0.0, np.where(at > length - 1.0, length, at))
    way = shapely.shortest_line(shapely.line_interpolate_point(on, at), shape)
    free = np.ones(thing.size, dtype=np.bool_)
    if forbidden.size:
        free[shapely.STRtree(forbidden).query(way, predicate="intersects")[0]] = False
    end = shapely.get_coordinates(way)[1::2]
    return thing[free], line[free].astype(np.int64), at[free], end[free], shapely.length(way)[free]
