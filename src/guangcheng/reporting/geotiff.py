"""GeoTIFF of one raster (levels, best server): deflated, north up, with its CRS by EPSG number and its no-data value.

Baseline TIFF 6.0 and the geokeys of OGC 19-008r4, one band in one strip, written by hand: of the libraries in use none
writes georeferenced rasters. The same values give the same bytes.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text

__all__ = ["Frame", "geotiff"]

_SHORT, _LONG, _DOUBLE, _ASCII = 3, 4, 12, 2
_CODES = {_SHORT: "H", _LONG: "I", _DOUBLE: "d"}
_DEFLATE, _BLACK_IS_ZERO, _SIGNED, _REAL = 8, 1, 2, 3
_STRIP = 273
_MOST_BYTES = 2**32 - 4096
"""A classic TIFF counts in 32 bits."""
_Entry = tuple[int, int, int, bytes]
"""Tag, type, count, value."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a raster lies: centre of its south-west pixel and pixel size in metres of a projected CRS (EPSG number)."""

    x0: float
    y0: float
    pixel_m: float
    epsg: int


def geotiff(values: npt.NDArray[np.float64] | npt.NDArray[np.int32], frame: Frame) -> bytes:
    """The bytes of a GeoTIFF of ``values`` (rows go north, as maps are computed; the file's go south).

    Real numbers are kept as float32 with NaN for no data, whole numbers as int32 with −1 for no data. ``InputError``
    for a raster without pixels or one past the 4 GiB of a classic TIFF.
    """
    if values.ndim != 2 or not values.size or 4 * values.size > _MOST_BYTES:
        shape = " × ".join(map(str, values.shape))
        raise InputError(
            Text(zh=f"{shape} 的栅格写不成 GeoTIFF", en=f"a raster of {shape} cannot be written as GeoTIFF"),
            mend=Text(zh="给出 1 个以上、10 亿个以下的像元", en="give at least one pixel and fewer than a billion"),
        )
    whole = np.issubdtype(values.dtype, np.integer)
    pixels = np.ascontiguousarray(values[::-1], dtype="<i4" if whole else "<f4")
    strip = zlib.compress(pixels.tobytes(), 6)
    entries = _entries(pixels.shape, whole, len(strip), frame)
    start = 8 + 2 + 12 * len(entries) + 4
    loose = b"".join(_even(value) for *_, value in entries if len(value) > 4)
    directory, at = b"", start
    for tag, kind, count, given in entries:
        value = _pack(_LONG, start + len(loose)) if tag == _STRIP else given
        if len(value) > 4:
            directory += struct.pack("<HHII", tag, kind, count, at)
            at += len(_even(value))
        else:
            directory += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    return head + directory + struct.pack("<I", 0) + loose + strip


def _entries(shape: tuple[int, ...], whole: bool, size: int, frame: Frame) -> list[_Entry]:
    """The directory in the order of its tags; the place of the strip is filled in afterwards."""
    rows, columns = shape
    half = frame.pixel_m / 2
    west, north = frame.x0 - half, frame.y0 + frame.pixel_m * rows - half
    # projected model, a pixel is an area, the CRS by its number
    keys = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, frame.epsg)
    none = b"-1\0" if whole else b"nan\0"
    return [
        _entry(256, _LONG, columns),
        _entry(257, _LONG, rows),
        _entry(258, _SHORT, 32),
        _entry(259, _SHORT, _DEFLATE),
        _entry(262, _SHORT, _BLACK_IS_ZERO),
        _entry(_STRIP, _LONG, 0),
        _entry(277, _SHORT, 1),
        _entry(278, _LONG, rows),
        _entry(279, _LONG, size),
        _entry(339, _SHORT, _SIGNED if whole else _REAL),
        _entry(33550, _DOUBLE, frame.pixel_m, frame.pixel_m, 0.0),
        _entry(33922, _DOUBLE, 0.0, 0.0, 0.0, west, north, 0.0),
        _entry(34735, _SHORT, *keys),
        (42113, _ASCII, len(none), none),
    ]


def _entry(tag: int, kind: int, *values: float) -> _Entry:
    return tag, kind, len(values), _pack(kind, *values)


def _pack(kind: int, *values: float) -> bytes:
    return struct.pack(f"<{len(values)}{_CODES[kind]}", *values)


def _even(value: bytes) -> bytes:
    return value + b"\0" * (len(value) % 2)
