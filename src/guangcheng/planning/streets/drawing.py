"""The shapes of ways and their lengths on the ellipsoid."""

import numpy as np

from guangcheng.base.places import from_metric
from guangcheng.planning.streets.corners import Sided
from guangcheng.planning.streets.model import Floats, Ints, Shapes
from guangcheng.planning.streets.noding import Pieces

__all__ = ["drawn", "metres"]


def drawn(ways: Sided, parts: Pieces, half_width: Floats, keep: Ints, crs: str) -> tuple[Shapes, Floats]:
    """A line for each way of ``keep`` and its length in metres: along its side of the street, straight across it."""
    import shapely

    piece = ways.piece[keep]
    count = np.where(ways.across[keep], 2, parts.count[piece])
    start = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
    way = np.repeat(np.arange(keep.size), count)
    vertex = np.arange(way.size) - start[way] + parts.first[piece][way]
    xy = parts.xy[vertex] + _aside(parts, vertex) * (half_width[piece] * ways.side[keep])[way][:, None]
    xy[start] = ways.node_xy[ways.tail[keep]]
    xy[start + count - 1] = ways.node_xy[ways.head[keep]]
    return shapely.linestrings(xy, indices=way), metres(xy, way, keep.size, crs)


def metres(xy: Floats, line: Ints, lines: int, crs: str) -> Floats:
    """Length on the WGS84 ellipsoid of each of ``lines`` lines, vertex i belonging to ``line[i]``."""
    from pyproj import Geod

    lon, lat = from_metric(xy[:, 0], xy[:, 1], crs)
    same = line[1:] == line[:-1]
    _, _, step = Geod(ellps="WGS84").inv(lon[:-1][same], lat[:-1][same], lon[1:][same], lat[1:][same])
    return np.bincount(line[1:][same], weights=step, minlength=lines).astype(np.float64)


def _aside(parts: Pieces, vertex: Ints) -> Floats:
    """The direction left of the way at vertices (unit vectors): across the chord of their neighbours."""
    last = parts.xy.shape[0] - 1
    chord = parts.xy[np.minimum(vertex + 1, last)] - parts.xy[np.maximum(vertex - 1, 0)]
    length = np.hypot(chord[:, 0], chord[:, 1])
    chord = chord / np.where(length > 0, length, 1.0)[:, None]
    return np.column_stack([-chord[:, 1], chord[:, 0]])
