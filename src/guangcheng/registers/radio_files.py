"""What a radio plan may be given beside the registers: tables of sites and of antennas, key points, an outline.

Columns are known by name. None of it is a register: it is read for one look and kept nowhere.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from pathlib import Path
from typing import Any

import numpy as np

from guangcheng.base.errors import InputError, Where
from guangcheng.base.places import reproject, to_metric
from guangcheng.base.text import Text
from guangcheng.registers.raw import RawColumn, RawTable, column_named

__all__ = ["AntennaRow", "KeyPoint", "Mast", "read_antennas", "read_key_points", "read_masts", "read_outline"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "site_id": ("site_id", "site", "站址编号", "站址编码"),
    "antenna_id": ("antenna_id", "cell_id", "antenna", "天线编号", "小区编号"),
    "operator": ("operator", "运营商"),
    "azimuth": ("azimuth", "azimuth_deg", "orientation", "方位角"),
    "structure": ("structure", "construction", "站址类型"),
    "coordinates": ("coordinates", "坐标"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "place_id": ("place_id", "场所编号"),
    "point_id": ("point_id", "点编号", "关键点编号"),
    "line": ("line", "线路", "线路编号"),
    "indoor": ("indoor", "室内"),
    "inside_m": ("inside_m", "离外墙"),
    "indoor_system": ("indoor_system", "室分", "室内分布"),
}
_STRUCTURES = {
    "ground_tower": ("ground_tower", "freestanding", "独立占地型", "地面塔", "铁塔"),
    "rooftop": ("rooftop", "building", "附建型", "楼面", "楼顶"),
    "pole": ("pole", "灯杆", "灯杆塔"),
    "indoor": ("indoor", "室分", "室内分布"),
}
_KINDS = {word: kind for kind, words in _STRUCTURES.items() for word in words}
_YES, _NO = ("yes", "true", "1", "是", "y"), ("no", "false", "0", "否", "n", "")


@dataclass(frozen=True, slots=True)
class Mast:
    """A structure that may carry antennas: metres of the city's CRS, kind of structure as in the register of sites."""

    site_id: str
    x: float
    y: float
    structure: str


@dataclass(frozen=True, slots=True)
class AntennaRow:
    """One row of a table of antennas; ``azimuth_deg`` clockwise from true north, ``None`` where it has none."""

    antenna_id: str
    site_id: str
    operator: str
    azimuth_deg: float | None


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A key point of a place, or the middle of a stretch ``length_m`` long of a line; metres of the city's CRS.

    ``indoor_systems`` are the operators with an indoor system of their own there.
    """

    place_id: str
    point_id: str
    x: float
    y: float
    indoor: bool = False
    inside_m: float | None = None
    indoor_systems: frozenset[str] = frozenset()
    length_m: float = 0.0


class _Row:
    """Cells of one row by our names; a column the file lacks gives an empty cell."""

    def __init__(self, path: Path, number: int, columns: Mapping[str, RawColumn | None], index: int) -> None:
        self.path, self.number = path, number
        self._columns, self._index = columns, index

    def text(self, name: str) -> str:
        column = self._columns[name]
        cell = None if column is None else column.cells[self._index]
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else str(cell).strip()

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise self.wrong(name, Text(zh=f"{name} 是空的", en=f"{name} is empty"))
        return found

    def number_or_none(self, name: str) -> float | None:
        told = self.text(name)
        if not told:
            return None
        try:
            found = float(told)
        except ValueError:
            found = float("nan")
        if not isfinite(found):
            raise self.wrong(name, Text(zh=f"{name} 不是数：{told}", en=f"{name} is no number: {told}"))
        return found

    def yes(self, name: str) -> bool:
        told = self.text(name).casefold()
        if told in _YES or told in _NO:
            return told in _YES
        raise self.wrong(name, Text(zh=f"{name} 须为 yes 或 no：{told}", en=f"{name} must be yes or no: {told}"))

    def place(self) -> tuple[float, float]:
        """Longitude and latitude, from two columns or from one that says ``lat,lon``."""
        told = self.text("coordinates")
        try:
            if told:
                lat, lon = (float(part) for part in told.split(","))
            else:
                lon, lat = float(self.needed("lon")), float(self.needed("lat"))
        except ValueError:
            lon = lat = float("nan")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise self.wrong("lon", Text(zh="经纬度（WGS84）不对", en="longitude and latitude (WGS84) are wrong"))
        return lon, lat

    def wrong(self, name: str, message: Text) -> InputError:
        return _wrong(self.path, self.number, name, message)


def _rows(path: Path, wanted: Sequence[str]) -> Iterator[_Row]:
    """The rows of all tables of a file; ``InputError`` where one lacks a wanted column."""
    from guangcheng.registers.readers import read

    for table in read(path):
        columns = {name: column_named(table, names) for name, names in _NAMES.items()}
        for name in wanted:
            if columns[name] is None:
                told = "、".join(_NAMES[name])
                raise _wrong(
                    path, None, name, Text(zh=f"没有这一列：{told}", en=f"there is no column called any of {told}")
                )
        for index, number in enumerate(table.rows):
            yield _Row(path, number, columns, index)


def read_masts(path: Path, crs: str) -> dict[str, Mast]:
    """Structures by id from a table with ``site_id``, a place (``lon``, ``lat`` or ``coordinates``) and ``structure``.

    A kind of structure that is not known counts as ``other``. ``InputError`` names the file, row and column.
    """
    rows = list(_rows(path, ["site_id"]))
    places = [row.place() for row in rows]
    x, y = to_metric([lon for lon, _ in places], [lat for _, lat in places], crs)
    found: dict[str, Mast] = {}
    for row, east, north in zip(rows, x, y, strict=True):
        name = row.needed("site_id")
        if name in found:
            raise row.wrong("site_id", Text(zh=f"站址 {name} 写了两行", en=f"site {name} stands twice"))
        found[name] = Mast(name, float(east), float(north), _KINDS.get(row.text("structure").casefold(), "other"))
    return found


def read_antennas(path: Path) -> list[AntennaRow]:
    """Antennas from a table with ``site_id``, ``operator`` and ``azimuth`` (empty: none); ids are optional.

    ``InputError`` names the file, row and column of an azimuth that is no number from −360 to 360.
    """
    found = []
    for row in _rows(path, ["site_id", "operator", "azimuth"]):
        azimuth = row.number_or_none("azimuth")
        if azimuth is not None and not -360 <= azimuth <= 360:
            raise row.wrong(
                "azimuth", Text(zh=f"方位角 {azimuth:g} 不在 0–360", en=f"azimuth {azimuth:g} is not 0–360")
            )
        name = row.text("antenna_id") or str(row.number)
        found.append(AntennaRow(name, row.needed("site_id"), row.needed("operator"), azimuth))
    return found


def read_key_points(path: Path, crs: str, step_m: float) -> list[KeyPoint]:
    """Key points of places, in metres of ``crs``.

    Columns: ``place_id``, ``lon``, ``lat`` and, where they apply, ``point_id``, ``line``, ``indoor``, ``inside_m``
    (metres from the outer wall) and ``indoor_system`` (operators, parted by ``;``).
    Rows of one place with ``line`` = yes are the corners of a line in their order; it is cut into stretches of
    ``step_m`` at most, each a point in its middle. ``InputError`` names the file, row and column.
    """
    rows = list(_rows(path, ["place_id"]))
    places = [row.place() for row in rows]
    x, y = to_metric([lon for lon, _ in places], [lat for _, lat in places], crs)
    points: list[KeyPoint] = []
    lines: dict[str, list[KeyPoint]] = {}
    for row, east, north in zip(rows, x, y, strict=True):
        point = _point(row, float(east), float(north))
        if row.yes("line"):
            lines.setdefault(point.place_id, []).append(point)
        else:
            points.append(point)
    _refuse_twice(path, points, lines)
    for corners in lines.values():
        if len(corners) < 2:
            place = corners[0].place_id
            raise _wrong(
                path, None, "line", Text(zh=f"线路 {place} 只有一个点", en=f"the line {place} has one point only")
            )
        points += _cut(corners, step_m)
    return points


def _point(row: _Row, x: float, y: float) -> KeyPoint:
    inside = row.number_or_none("inside_m")
    if inside is not None and not 0 <= inside <= 25:
        raise row.wrong("inside_m", Text(zh="inside_m 须在 0–25 米", en="inside_m must be 0–25 m"))
    systems = frozenset(
        part.strip() for part in row.text("indoor_system").replace("；", ";").split(";") if part.strip()
    )
    return KeyPoint(
        row.needed("place_id"), row.text("point_id") or str(row.number), x, y, row.yes("indoor"), inside, systems
    )


def _refuse_twice(path: Path, points: Sequence[KeyPoint], lines: Mapping[str, object]) -> None:
    seen: set[tuple[str, str]] = set()
    for point in points:
        key = (point.place_id, point.point_id)
        if key in seen or point.place_id in lines:
            raise _wrong(
                path,
                None,
                "point_id",
                Text(
                    zh=f"场所 {point.place_id} 的点 {point.point_id} 写了两次，或又是点又是线",
                    en=f"point {point.point_id} of {point.place_id} stands twice, or the place is points and line",
                ),
            )
        seen.add(key)


def _cut(corners: Sequence[KeyPoint], step_m: float) -> list[KeyPoint]:
    """Points in the middle of stretches of ``step_m`` at most between corners."""
    found: list[KeyPoint] = []
    for one, two in itertools.pairwise(corners):
        length = float(np.hypot(two.x - one.x, two.y - one.y))
        parts = max(1, ceil(length / step_m))
        for k in range(parts):
            at = (k + 0.5) / parts
            found.append(
                KeyPoint(
                    one.place_id,
                    f"{len(found) + 1}",
                    one.x + at * (two.x - one.x),
                    one.y + at * (two.y - one.y),
                    one.indoor,
                    one.inside_m,
                    one.indoor_systems,
                    length / parts,
                )
            )
    return [point for point in found if point.length_m > 0]


def read_outline(path: Path, crs: str) -> Any:
    """The union of the polygons of a layer in metres of ``crs`` (shapely); ``InputError`` where there is none."""
    import shapely

    from guangcheng.registers.readers import read

    shapes = []
    for table in read(path):
        shapes += [_moved(shape, table, crs) for shape in shapely.from_wkb(table.geometry or []) if shape is not None]
    outline = shapely.union_all([shape for shape in shapes if shapely.get_dimensions(shape) == 2])
    if outline.is_empty:
        raise _wrong(path, None, None, Text(zh="没有面", en="there are no polygons"))
    return outline


def _moved(shape: Any, table: RawTable, crs: str) -> Any:
    import shapely

    source = table.crs or "EPSG:4326"

    def move(places: Any) -> Any:
        return np.column_stack(reproject(places[:, 0], places[:, 1], source=source, target=crs))

    return shapely.make_valid(shape if source == crs else shapely.transform(shape, move))


def _wrong(path: Path, row: int | None, name: str | None, message: Text) -> InputError:
    return InputError(
        message,
        mend=Text(
            zh="站址表：site_id,lon,lat,structure；天线表：antenna_id,site_id,operator,azimuth；"
            "关键点表：place_id,point_id,lon,lat,line,indoor,inside_m,indoor_system；边界：GeoJSON 等面图层",
            en="sites: site_id,lon,lat,structure; antennas: antenna_id,site_id,operator,azimuth; "
            "key points: place_id,point_id,lon,lat,line,indoor,inside_m,indoor_system; outline: a layer of polygons",
        ),
        where=Where(file=str(path), row=row, field=name),
    )
