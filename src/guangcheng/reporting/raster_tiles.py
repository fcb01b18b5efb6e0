"""Map tiles (z/x/y.png) of a raster in classes: Web Mercator, 256 pixels, a palette with transparent no data.

Written by hand as indexed PNG: small, and the same values give the same bytes. No network and no base map.
"""

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from guangcheng.base.places import from_metric, reproject, to_metric
from guangcheng.reporting.geotiff import Frame
from guangcheng.reporting.tiles import CRS

__all__ = ["TILE", "Pyramid", "indexed_png", "pyramid", "tiles"]

TILE = 256
_EARTH_M = 2 * math.pi * 6378137.0
_DEEPEST, _LEVELS = 18, 5
Classes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Which zooms a raster is cut into, and its bounds (west, south, east, north in degrees)."""

    lowest: int
    highest: int
    bounds: tuple[float, float, float, float]


def pyramid(frame: Frame, shape: tuple[int, int]) -> Pyramid:
    """The zoom at which a tile's pixel is at most the raster's, and up to four coarser ones."""
    rows, columns = shape
    half = frame.pixel_m / 2
    side = np.linspace(0.0, 1.0, 21)
    x = frame.x0 - half + frame.pixel_m * columns * np.concatenate([side, side, 0 * side, 0 * side + 1])
    y = frame.y0 - half + frame.pixel_m * rows * np.concatenate([0 * side, 0 * side + 1, side, side])
    lon, lat = from_metric(x, y, f"EPSG:{frame.epsg}")
    bounds = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    ground = _EARTH_M * math.cos(math.radians((bounds[1] + bounds[3]) / 2)) / TILE
    deep = min(_DEEPEST, max(0, math.ceil(math.log2(ground / frame.pixel_m))))
    return Pyramid(max(0, deep - _LEVELS + 1), deep, bounds)


def tiles(
    layers: Sequence[Classes], frame: Frame, cut: Pyramid
) -> Iterator[tuple[int, int, int, list[Classes | None]]]:
    """Zoom, column, row (from the north) and the classes of every layer there; ``None`` for a layer that is empty.

    All layers have the raster's shape. Each pixel of a tile takes the raster's pixel its middle lies in.
    """
    rows, columns = layers[0].shape
    for zoom in range(cut.lowest, cut.highest + 1):
        west, north = _tile_of(cut.bounds[0], cut.bounds[3], zoom)
        east, south = _tile_of(cut.bounds[2], cut.bounds[1], zoom)
        for column in range(west, east + 1):
            for row in range(north, south + 1):
                at_row, at_column = _pixels(frame, zoom, column, row)
                inside = (at_row >= 0) & (at_row < rows) & (at_column >= 0) & (at_column < columns)
                if not inside.any():
                    continue
                flat = np.where(inside, at_row * columns + at_column, 0)
                cutouts = [np.where(inside, layer.ravel()[flat], 0).astype(np.uint8) for layer in layers]
                yield zoom, column, row, [one if one.any() else None for one in cutouts]


def _tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    count = 2**zoom
    x, y = to_metric([lon], [lat], CRS)
    shares = (0.5 + metres / _EARTH_M for metres in (float(x[0]), -float(y[0])))
    column, row = (min(count - 1, max(0, int(share * count))) for share in shares)
    return column, row


def _pixels(frame: Frame, zoom: int, column: int, row: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and column of the raster's pixel under the middle of each pixel of a tile."""
    middle = (np.arange(TILE) + 0.5) / TILE
    side = _EARTH_M / 2**zoom
    east, south = np.meshgrid((column + middle) * side, (row + middle) * side)
    west, north = (east - _EARTH_M / 2).ravel(), (_EARTH_M / 2 - south).ravel()
    x, y = reproject(west, north, source=CRS, target=f"EPSG:{frame.epsg}")
    at_row = np.floor((y - frame.y0) / frame.pixel_m + 0.5).reshape(TILE, TILE)
    at_column = np.floor((x - frame.x0) / frame.pixel_m + 0.5).reshape(TILE, TILE)
    return at_row.astype(np.int64), at_column.astype(np.int64)


def indexed_png(classes: Classes, colours: Sequence[tuple[int, int, int]], opacity: int = 255) -> bytes:
    """The bytes of a PNG of classes (first row at the top): 0 is transparent, ``k`` has ``colours[k − 1]``."""
    high, wide = classes.shape
    palette = bytes(3) + b"".join(bytes(colour) for colour in colours)
    alpha = bytes([0]) + bytes([opacity]) * len(colours)
    lines = np.zeros((high, wide + 1), dtype=np.uint8)
    lines[:, 1:] = classes
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"tRNS", alpha),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
