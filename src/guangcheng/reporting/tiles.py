"""Vector tiles of places by category, from one snapshot, without a tile server: every place, or counts per cell.

The places are sorted once along the quadkey (Morton order), so that every tile and every cell of a tile is one run of
the sorted columns; a tile costs two binary searches and its own places. Access points have no business here: positions
of facilities are not for the public.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guangcheng.base.errors import NotFound
from guangcheng.base.text import Text
from guangcheng.reporting.mvt import EXTENT, Layer, Value

__all__ = ["CELLS", "CRS", "MAX_ZOOM", "PLACES", "PLACES_AT_MOST", "TileSet", "tile_set"]

CRS = "EPSG:3857"
"""Web Mercator; ``base.places.reproject`` brings a city's metres here."""

MAX_ZOOM = 18
"""The deepest tiles made; a map enlarges them for closer views (one step is 3.7 cm on the equator)."""

PLACES_AT_MOST = 4000
"""A tile with more places than this shows cells, whatever its zoom, so that no tile is slow or large."""

PLACES, CELLS = "places", "cells"
"""Names of the two layers; a tile has one of them."""

_EXTENT_BITS = EXTENT.bit_length() - 1
_WORLD_BITS = MAX_ZOOM + _EXTENT_BITS
_CELL_BITS = 6
"""2^6 = 64 cells across a tile: one for every 4 to 8 pixels of a screen."""
_HALF_WORLD_M = 6378137.0 * np.pi

Grid = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class TileSet:
    """Places in quadkey order, ready to be cut into tiles; made by ``tile_set``. All columns are of one length."""

    keys: npt.NDArray[np.uint64]
    """Morton number of the place on the world's grid of 2^30 × 2^30, rising."""
    x: Grid
    y: Grid
    """Steps from the world's west and north edge."""
    category: npt.NDArray[np.uint8]
    """Index into ``categories``."""
    rows: npt.NDArray[np.int64]
    """Row of the place in the columns given; the feature's id."""
    ids: pa.Array
    """Identifier by row, in the order given."""
    categories: tuple[str, ...]
    unplaced: int
    """Rows left out because they have no position or one outside the map."""

    def tile(self, zoom: int, column: int, row: int) -> bytes:
        """The tile at ``zoom``/``column``/``row`` (XYZ, row 0 in the north) as MVT bytes; ``b""`` where nothing lies.

        Up to ``PLACES_AT_MOST`` places: layer ``places``, one feature each with ``id`` and ``category``. More: layer
        ``cells``, one feature per occupied cell at the mean of its places, with ``count`` and the number of each
        category that occurs, under the category's name. Same columns, same bytes.

        Raises ``NotFound`` for a tile that does not exist: ``zoom`` beyond ``MAX_ZOOM`` or a number outside the zoom.
        """
        if not (0 <= zoom <= MAX_ZOOM and 0 <= column < 1 << zoom and 0 <= row < 1 << zoom):
            raise _no_such_tile(zoom, column, row)
        run = self._run(zoom, column, row)
        if run.stop - run.start <= PLACES_AT_MOST:
            return self._places(zoom, run)
        return self._cells(zoom, run)

    def _run(self, zoom: int, column: int, row: int) -> slice:
        shift = 2 * (_WORLD_BITS - zoom)
        first = int(_morton(np.array([column], np.uint32), np.array([row], np.uint32))[0])
        ends = np.array([first << shift, ((first + 1) << shift) - 1], dtype=np.uint64)
        return slice(
            int(np.searchsorted(self.keys, ends[0], side="left")),
            int(np.searchsorted(self.keys, ends[1], side="right")),
        )

    def _local(self, zoom: int, run: slice) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Steps of the tile from its west and north edge, 0 … EXTENT - 1."""
        shift = np.uint32(_WORLD_BITS - _EXTENT_BITS - zoom)
        inside = np.uint32(EXTENT - 1)
        x, y = (self.x[run] >> shift) & inside, (self.y[run] >> shift) & inside
        return x.astype(np.int64), y.astype(np.int64)

    def _places(self, zoom: int, run: slice) -> bytes:
        layer = Layer(PLACES)
        x, y = self._local(zoom, run)
        rows = self.rows[run]
        columns = (x.tolist(), y.tolist(), self.category[run].tolist(), rows.tolist(), self.ids.take(rows).to_pylist())
        for left, top, category, number, name in zip(*columns, strict=True):
            layer.point(left, top, {"id": name, "category": self.categories[category]}, number)
        return layer.bytes()

    def _cells(self, zoom: int, run: slice) -> bytes:
        layer = Layer(CELLS)
        cell = self.keys[run] >> np.uint64(2 * (_WORLD_BITS - zoom - _CELL_BITS))
        starts = np.concatenate([[0], np.flatnonzero(cell[1:] != cell[:-1]) + 1])
        counts = np.diff(starts, append=len(cell))
        x, y = (np.add.reduceat(steps, starts) // counts for steps in self._local(zoom, run))
        category = self.category[run]
        of_each = [np.add.reduceat(category == index, starts, dtype=np.int64) for index in range(len(self.categories))]
        numbers = np.stack(of_each, axis=1).tolist()
        for left, top, count, each in zip(x.tolist(), y.tolist(), counts.tolist(), numbers, strict=True):
            properties: dict[str, Value] = {"count": count}
            properties.update((name, n) for name, n in zip(self.categories, each, strict=True) if n)
            layer.point(left, top, properties)
        return layer.bytes()


def tile_set(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    category: npt.NDArray[np.uint8],
    ids: pa.Array,
    categories: Sequence[str],
) -> TileSet:
    """Sort places for tiles. Columns of one length, one row a place.

    ``x``, ``y``: metres of ``CRS``; rows that are not finite or lie outside the map's square are left
    out and counted in ``unplaced``. ``category``: index into ``categories``, whose names must be distinct and not the
    properties' own. ``ids``: strings without nulls. Raises ``ValueError`` for columns that break this.
    """
    if not len(x) == len(y) == len(category) == len(ids):
        raise ValueError("x, y, category and ids must be of one length")
    if len(set(categories)) != len(categories) or "count" in categories:
        raise ValueError("categories must be distinct and none may be called count")
    if ids.null_count or (len(category) and int(category.max()) >= len(categories)):
        raise ValueError("every place needs an id and one of the categories")
    with np.errstate(invalid="ignore"):
        placed = np.flatnonzero((np.abs(x) < _HALF_WORLD_M) & (np.abs(y) < _HALF_WORLD_M))
    east, south = _steps(x[placed]), _steps(-y[placed])
    keys = _morton(east, south)
    order = np.argsort(keys, kind="stable")
    return TileSet(
        keys=keys[order],
        x=east[order],
        y=south[order],
        category=category[placed][order],
        rows=placed[order].astype(np.int64),
        ids=ids,
        categories=tuple(categories),
        unplaced=len(x) - len(placed),
    )


def _steps(metres: npt.NDArray[np.float64]) -> Grid:
    """Metres from the middle of the world to steps from its edge."""
    share = (metres + _HALF_WORLD_M) / (2 * _HALF_WORLD_M)
    # a place a hair inside the edge may round up to the edge itself
    return np.minimum(share * (1 << _WORLD_BITS), (1 << _WORLD_BITS) - 1).astype(np.uint32)


def _morton(x: Grid, y: Grid) -> npt.NDArray[np.uint64]:
    return _spread(x) | _spread(y) << np.uint64(1)


_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(numbers: Grid) -> npt.NDArray[np.uint64]:
    """Put a zero between every two bits of 32."""
    spread = numbers.astype(np.uint64)
    for shift, mask in _SPREAD:
        spread = (spread | spread << np.uint64(shift)) & np.uint64(mask)
    return spread


def _no_such_tile(zoom: int, column: int, row: int) -> NotFound:
    return NotFound(
        Text(f"没有瓦片 {zoom}/{column}/{row}", f"There is no tile {zoom}/{column}/{row}"),
        mend=Text(
            f"缩放级别取 0 到 {MAX_ZOOM}，列号和行号取 0 到 2 的缩放级别次方减 1",
            f"Take a zoom from 0 to {MAX_ZOOM}, and a column and row from 0 to 2 to the power of the zoom, less 1",
        ),
    )
