"""Streets, premises, OLT sites, ducts and forbidden areas from files: GeoParquet, GeoPackage, GeoJSON, OSM, tables.

Columns are known by the names the registers use and some usual others; coordinates are brought from the CRS the file
declares to the city's. A table without shapes has its points in the columns ``lon`` and ``lat``.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from guangcheng.base.errors import InputError, UsageError, Where
from guangcheng.base.places import Datum, to_city, to_metric, to_wgs84
from guangcheng.base.text import Text
from guangcheng.planning.streets.model import Customers, Ducts, Floats, Ints, Method, Shapes, Sites, StreetLines
from guangcheng.registers.osm import is_osm, read_footprints, read_osm
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers import read
from guangcheng.registers.readers.headers import normalise

__all__ = ["read_areas", "read_customers", "read_ducts", "read_sites", "read_streets"]

_IDS = ("edge_id", "premises_id", "olt_id", "duct_id", "编号", "id", "osm_id")
_NUMBERS: dict[str, tuple[str, ...]] = {
    "households": ("households", "户数", "住户数"),
    "pon_ports": ("pon_ports", "PON口数", "pon端口数"),
    "cost": ("cost", "费用", "启用费用"),
    "free_holes": ("free_holes", "空余孔数", "空闲孔数"),
}
_KIND = ("highway", "fclass", "道路等级")
_METHOD = ("method", "方式")


def read_streets(path: Path, *, crs: str) -> StreetLines:
    """Street lines with their classes; an OSM extract gives its streets. Without a class column all are narrow."""
    if is_osm(path):
        import shapely

        table = read_osm(path, crs=crs).streets
        lines = _array(shapely.from_wkb(table["geometry"].to_numpy()))
        return StreetLines(tuple(table["edge_id"].to_pylist()), tuple(table["highway"].to_pylist()), lines)
    raw = _one(path)
    kinds = _texts(raw, _KIND) or [""] * len(raw.rows)
    return StreetLines(_ids(raw, "s"), tuple(kinds), _shapes(raw, crs, Datum.WGS84))


def read_customers(path: Path, *, crs: str, datum: Datum = Datum.WGS84) -> Customers:
    """Premises as points or outlines with their households (1 where a file has no such column).

    An OSM extract gives its buildings, with outlines where they are whole. ``datum`` is that of degrees whose file
    declares no CRS, or of tables.
    """
    if is_osm(path):
        return _osm_customers(path, crs)
    raw = _one(path)
    return Customers(_ids(raw, "p"), _shapes(raw, crs, datum), _whole(raw, "households", 1))


def read_sites(path: Path, *, crs: str, datum: Datum = Datum.WGS84) -> Sites:
    """OLT sites with ``pon_ports`` (16 where a file has no such column) and ``cost`` of opening (0)."""
    raw = _one(path)
    return Sites(_ids(raw, "olt"), _shapes(raw, crs, datum), _whole(raw, "pon_ports", 16), _numbers(raw, "cost", 0.0))


def read_ducts(path: Path, *, crs: str) -> Ducts:
    """Existing lines with ``method`` (duct, aerial, shared_trench; duct where not said) and ``free_holes`` (2)."""
    raw = _one(path)
    known = {str(method): method for method in (Method.DUCT, Method.AERIAL, Method.SHARED_TRENCH)}
    said = _texts(raw, _METHOD) or [Method.DUCT] * len(raw.rows)
    wrong = [i for i, word in enumerate(said) if word not in known]
    if wrong:
        raise InputError(
            Text(f"不认识的方式“{said[wrong[0]]}”", f"the method “{said[wrong[0]]}” is not known"),
            mend=Text(f"写 {'、'.join(known)} 之一", f"write one of {', '.join(known)}"),
            where=Where(file=str(path), row=raw.rows[wrong[0]]),
        )
    methods = tuple(known[word] for word in said)
    return Ducts(_ids(raw, "d"), methods, _shapes(raw, crs, Datum.WGS84), _whole(raw, "free_holes", 2))


def read_areas(path: Path, *, crs: str) -> Shapes:
    """Polygons of a file (forbidden areas); other shapes in it are refused."""
    import shapely

    areas = _shapes(_one(path), crs, Datum.WGS84)
    if not np.isin(shapely.get_type_id(areas), (3, 6)).all():
        raise InputError(
            Text("禁区文件里有不是面的图形", "a file of forbidden areas holds shapes that are no polygons"),
            mend=Text("改画成面", "draw them as polygons"),
            where=Where(file=str(path)),
        )
    return _array(shapely.make_valid(areas))


def _osm_customers(path: Path, crs: str) -> Customers:
    import shapely

    premises = read_osm(path, crs=crs).premises
    outlines = read_footprints(path, crs=crs)
    ids = tuple(premises["premises_id"].to_pylist())
    points = shapely.points(premises["x"].to_numpy(), premises["y"].to_numpy())
    shapes = _array([outlines.get(one, point) for one, point in zip(ids, np.atleast_1d(points), strict=True)])
    return Customers(ids, shapes, np.ones(len(ids), dtype=np.int64))


def _one(path: Path) -> RawTable:
    """The only table of a file, or its first."""
    return read(path)[0]


def _column(raw: RawTable, names: tuple[str, ...]) -> list[object] | None:
    wanted = {normalise(name): rank for rank, name in enumerate(names)}
    found = [(wanted[normalise(one.header)], one) for one in raw.columns if normalise(one.header) in wanted]
    return min(found, key=lambda pair: pair[0])[1].cells if found else None


def _ids(raw: RawTable, letter: str) -> tuple[str, ...]:
    cells = _column(raw, _IDS)
    if cells is None:
        return tuple(f"{letter}{row}" for row in raw.rows)
    return tuple(f"{letter}{row}" if cell is None else str(cell) for cell, row in zip(cells, raw.rows, strict=True))


def _texts(raw: RawTable, names: tuple[str, ...]) -> list[str] | None:
    cells = _column(raw, names)
    return None if cells is None else ["" if cell is None else str(cell).strip() for cell in cells]


def _numbers(raw: RawTable, name: str, default: float) -> Floats:
    """Numbers of a column; NaN for a cell that is none (it becomes a fault when the graph is made)."""
    cells = _column(raw, _NUMBERS[name])
    if cells is None:
        return np.full(len(raw.rows), default)
    return np.array([_number(cell) for cell in cells], dtype=np.float64)


def _number(cell: object) -> float:
    try:
        return float(str(cell).strip())
    except ValueError:
        return float("nan")


def _whole(raw: RawTable, name: str, default: int) -> Ints:
    """Whole numbers of a column; −1 for a cell that is none."""
    found = _numbers(raw, name, default)
    whole = np.isfinite(found) & (found == np.floor(found))
    return np.where(whole, np.where(whole, found, 0), -1).astype(np.int64)


def _shapes(raw: RawTable, crs: str, datum: Datum) -> Shapes:
    import shapely

    if raw.geometry is not None:
        shapes = _array(shapely.from_wkb(np.array(raw.geometry, dtype=object)))
        return _array(shapely.transform(shapes, _to_city(raw, crs, datum)))
    lon, lat = _column(raw, ("lon", "经度", "longitude", "lng")), _column(raw, ("lat", "纬度", "latitude"))
    if lon is None or lat is None:
        raise UsageError(
            Text("文件里没有图形，也没有经纬度列", "the file has neither shapes nor columns lon and lat"),
            mend=Text("给出 lon、lat 两列，或用带图形的格式", "give columns lon and lat, or a format with shapes"),
            where=Where(file=str(raw.file)),
        )
    degrees = np.array([[_number(a), _number(b)] for a, b in zip(lon, lat, strict=True)], dtype=np.float64)
    x, y = to_metric(*to_wgs84(degrees[:, 0], degrees[:, 1], datum), crs)
    points = _array(shapely.points(x, y))
    points[~(np.isfinite(x) & np.isfinite(y))] = None
    return points


def _to_city(raw: RawTable, crs: str, datum: Datum) -> Callable[[Floats], Floats]:
    source = raw.crs
    if source is None:
        raise InputError(
            Text("文件没有声明坐标系", "the file does not declare its coordinate system"),
            mend=Text("在文件里写明坐标系（如 EPSG:4490）", "write the CRS into the file (e.g. EPSG:4490)"),
            where=Where(file=str(raw.file)),
        )

    def moved(points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        if source == "EPSG:4326" and datum is not Datum.WGS84:
            return np.column_stack(to_metric(*to_wgs84(x, y, datum), crs))
        return np.column_stack(to_city(x, y, source=source, crs=crs))

    return moved


def _array(shapes: object) -> Shapes:
    return np.atleast_1d(np.asarray(shapes, dtype=object))
