"""Where a row lies: from two columns, from one merged column or from the file's geometry, to WGS84 and to metres."""

import itertools
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum, area_of_use, crs_datum, parse_datum, reproject, to_city, to_metric, to_wgs84
from guangcheng.base.text import Text
from guangcheng.base.units import is_missing, plain
from guangcheng.registers.intake.context import IntakeContext
from guangcheng.registers.intake.draft import Draft
from guangcheng.registers.rulebook import rule

__all__ = ["locate"]

Floats = npt.NDArray[np.float64]

_SEPARATOR = re.compile(r"[,，;；、\s]+")
_BRACKETS = re.compile(r"^[(（\[]|[)）\]]$")
_DEGREE_CRS = "EPSG:4326"
_SAME = frozenset({Datum.WGS84, Datum.CGCS2000})
"""Taken as equal (see :mod:`guangcheng.base.places`)."""

_FILE = Text(zh="文件", en="the file")
_HEADER = Text(zh="表头", en="the header")
_OPTION = Text(zh="--datum", en="--datum")


def locate(draft: Draft, context: IntakeContext) -> None:
    """Fill ``lon``, ``lat`` (WGS84 degrees), ``x``, ``y`` (metres) or ``geometry`` of every row.

    Rows whose coordinates cannot be read or cannot be are refused; rows without any are kept. Raises ``InputError``
    (R-157) when what the file, its header and the person declare disagree.
    """
    if draft.schema.geometry == "line":
        _locate_lines(draft, context)
        return
    declared = _declared(draft, context)
    if draft.raw.geometry is not None:
        lon, lat = _from_geometry(draft)
        datums = np.full(len(draft.record), Datum.WGS84, dtype=object)
    else:
        lon, lat = _from_cells(draft)
        datums = _datum_per_row(draft, declared)
        _refuse_halves(draft, lon, lat)
    _refuse_impossible(draft, lon, lat, context)
    if draft.schema.field("lon").required:
        _refuse_missing(draft, lon)
    if declared is None and draft.columns.datum_column is None and np.isfinite(lon).any():
        draft.add("R-162", None)
    _project(draft, lon, lat, datums, context)


def _declared(draft: Draft, context: IntakeContext) -> Datum | None:
    """The datum of the whole file, from all who declare one."""
    of_crs = crs_datum(draft.raw.crs) if draft.raw.crs is not None and draft.raw.geometry is not None else None
    said = [
        (who, datum)
        for who, datum in ((_FILE, of_crs), (_HEADER, draft.columns.header_datum), (_OPTION, context.datum))
        if datum is not None
    ]
    for first, second in itertools.pairwise(said):
        if first[1] != second[1] and {first[1], second[1]} != _SAME:
            raise rule("R-157").error(InputError, draft.where(None, None), **_disagreement(first, second))
    return said[-1][1] if said else None


def _disagreement(first: tuple[Text, Datum], second: tuple[Text, Datum]) -> dict[str, str]:
    return {
        "first_zh": first[0].zh,
        "first_en": first[0].en,
        "first": first[1].value,
        "second_zh": second[0].zh,
        "second_en": second[0].en,
        "second": second[1].value,
    }


def _datum_per_row(draft: Draft, declared: Datum | None) -> npt.NDArray[np.object_]:
    """Datum of each row: its own column, else what was declared, else WGS84. A row may not contradict the file."""
    datums = np.full(len(draft.record), declared or Datum.WGS84, dtype=object)
    column = draft.columns.datum_column
    if column is None:
        return datums
    cells = draft.raw.columns[column].cells
    for row, record in enumerate(draft.record):
        value = cells[record]
        if is_missing(value):
            continue
        own = parse_datum(str(value))
        if own is None:
            draft.add("R-156", record, None, column, shown=value)
        elif declared is not None and own != declared and {own, declared} != _SAME:
            what = _disagreement((Text(zh="声明的坐标系", en="the declaration"), declared), (_ROW, own))
            draft.add("R-157", record, None, column, **what)
        else:
            datums[row] = own
    return datums


_ROW = Text(zh="这一行", en="the row")


def _from_cells(draft: Draft) -> tuple[Floats, Floats]:
    pair = draft.columns.pair
    if pair is None:
        return _floats(draft.values["lon"]), _floats(draft.values["lat"])
    lon, lat = np.full(len(draft.record), np.nan), np.full(len(draft.record), np.nan)
    cells = draft.raw.columns[pair.column].cells
    for row, record in enumerate(draft.record):
        value = cells[record]
        if is_missing(value) or draft.is_broken(record, pair.column):
            continue
        parts = [part for part in _SEPARATOR.split(_BRACKETS.sub("", plain(str(value)))) if part]
        try:
            first, second = (float(part) for part in parts)
        except ValueError:
            draft.add("R-161", record, "lon", pair.column, shown=value)
            continue
        lon[row], lat[row] = (first, second) if pair.order == "lonlat" else (second, first)
    return lon, lat


def _floats(values: list[object]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _refuse_halves(draft: Draft, lon: Floats, lat: Floats) -> None:
    for row in np.flatnonzero(np.isfinite(lon) != np.isfinite(lat)):
        record = draft.record[row]
        if record not in draft.refused:
            draft.add("R-150", record, "lon" if np.isnan(lon[row]) else "lat")
        lon[row] = lat[row] = np.nan


def _refuse_missing(draft: Draft, lon: Floats) -> None:
    column = draft.schema.field("lon")
    for row in np.flatnonzero(np.isnan(lon)):
        if draft.record[row] not in draft.refused:
            draft.add("R-110", draft.record[row], "lon", field_zh="经纬度", field_en=f"{column.title.en} and latitude")


def _refuse_impossible(draft: Draft, lon: Floats, lat: Floats, context: IntakeContext) -> None:
    """Zeros, values out of range, and coordinates that lie near the city only when exchanged."""
    given = np.isfinite(lon) & np.isfinite(lat)
    if not given.any():
        return
    home = _home(context.crs)
    zero = given & ((lon == 0) | (lat == 0)) & ~_inside(home, lon, lat)
    swapped = given & ~zero & ~_inside(home, lon, lat) & _inside(home, lat, lon)
    beyond = given & ~zero & ~swapped & ((np.abs(lon) > 180) | (np.abs(lat) > 90))
    for row in np.flatnonzero(zero):
        draft.add("R-154", draft.record[row], "lon" if lon[row] == 0 else "lat")
    for row in np.flatnonzero(swapped):
        draft.add("R-152", draft.record[row], "lon", lon=lon[row], lat=lat[row])
    for row in np.flatnonzero(beyond):
        name = "lon" if abs(lon[row]) > 180 else "lat"
        title = draft.schema.field(name).title
        value = lon[row] if name == "lon" else lat[row]
        draft.add("R-151", draft.record[row], name, field_zh=title.zh, field_en=title.en, shown=value)
    lost = zero | swapped | beyond
    lon[lost] = lat[lost] = np.nan


def _home(crs: str) -> tuple[float, float, float, float] | None:
    """Where a city with this metric CRS can lie, one degree wider than where the CRS is meant to be used."""
    area = area_of_use(crs)
    return None if area is None else (area[0] - 1, area[1] - 1, area[2] + 1, area[3] + 1)


def _inside(home: tuple[float, float, float, float] | None, lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    if home is None:
        return np.zeros(len(lon), dtype=bool)
    west, south, east, north = home
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _from_geometry(draft: Draft) -> tuple[Floats, Floats]:
    """WGS84 degrees of the file's geometry; a shape gives a point inside it."""
    import shapely

    if draft.columns.pair is not None or {"lon", "lat"} & set(draft.columns.fields):
        draft.add("R-163", None)
    shapes = _shapes(draft)
    kinds = shapely.get_type_id(shapes)
    wrong = np.isin(kinds, (1, 2, 5))
    for row in np.flatnonzero(wrong):
        found = shapes[row].geom_type
        draft.add("R-159", draft.record[row], "geometry", found=found, expected="Point")
    shapes[wrong] = None
    other = np.isin(kinds, (3, 4, 6, 7))
    if other.any():
        draft.add("R-158", None)
        shapes[other] = shapely.point_on_surface(shapes[other])
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    shapes[empty] = None
    x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    x[~empty], y[~empty] = shapely.get_x(shapes[~empty]), shapely.get_y(shapes[~empty])
    crs = draft.raw.crs or _DEGREE_CRS
    if not empty.all() and crs != _DEGREE_CRS:
        x, y = reproject(x, y, source=crs, target="EPSG:4490" if crs_datum(crs) is Datum.CGCS2000 else _DEGREE_CRS)
    return x, y


def _shapes(draft: Draft) -> npt.NDArray[Any]:
    import shapely

    found = draft.raw.geometry or []
    return np.array([shapely.from_wkb(found[record], on_invalid="ignore") for record in draft.record], dtype=object)


def _project(draft: Draft, lon: Floats, lat: Floats, datums: npt.NDArray[np.object_], context: IntakeContext) -> None:
    for datum in (Datum.GCJ02, Datum.BD09):
        rows = np.flatnonzero((datums == datum) & np.isfinite(lon))
        if len(rows):
            lon[rows], lat[rows] = to_wgs84(lon[rows], lat[rows], datum)
    x, y = to_metric(lon, lat, context.crs) if len(lon) else (lon.copy(), lat.copy())
    for row in np.flatnonzero(np.isfinite(lon) & np.isnan(x)):
        draft.add("R-164", draft.record[row], "lon", lon=lon[row], lat=lat[row], crs=context.crs)
    for name, values in (("lon", lon), ("lat", lat), ("x", x), ("y", y)):
        draft.values[name] = [None if np.isnan(value) else value for value in values.tolist()]


def _locate_lines(draft: Draft, context: IntakeContext) -> None:
    """Lines in the city's metric CRS; a row without a line, or with another shape, is refused."""
    import shapely

    if draft.raw.geometry is None:
        raise rule("R-101").error(
            InputError,
            draft.where(None, None),
            missing_zh="几何（线）",
            missing_en="geometry (lines)",
            closest_zh="用 GeoPackage、Shapefile 或 GeoJSON 提供线图层",
            closest_en="give a layer of lines as GeoPackage, shapefile or GeoJSON",
        )
    _declared(draft, context)
    shapes = _shapes(draft)
    crs = draft.raw.crs or _DEGREE_CRS
    lines: list[object] = []
    for row, shape in enumerate(shapes):
        line = shapely.line_merge(shape) if shape is not None and shape.geom_type == "MultiLineString" else shape
        if line is None or line.geom_type != "LineString" or line.is_empty:
            found = "—" if line is None else line.geom_type
            draft.add("R-159", draft.record[row], "geometry", found=found, expected="LineString")
            lines.append(None)
            continue
        lines.append(shapely.to_wkb(shapely.transform(line, lambda points: _metric(points, crs, context.crs))))
    draft.values["geometry"] = lines


def _metric(points: Floats, source: str, target: str) -> Floats:
    return np.column_stack(to_city(points[:, 0], points[:, 1], source=source, crs=target))
