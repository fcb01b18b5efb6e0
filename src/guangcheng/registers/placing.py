"""Which area a point lies in, by polygons of areas: to place rows that name no area, and to sum a grid by area.

A polygon belongs to the area whose code it bears (also as 国标码, ``156`` before the code), else to the one whose name
it bears. A point on a border belongs to both sides: the lower code gets it. Of nested polygons the finest level wins.
A point in no polygon is never moved into one: it is listed with the nearest area and the distance.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guangcheng.base.errors import InputError, Where
from guangcheng.base.places import short_code, to_city
from guangcheng.base.text import Text
from guangcheng.base.units import plain
from guangcheng.registers.mapfile import header_key
from guangcheng.registers.matching import AreaIndex, areas_of
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.rulebook import rule
from guangcheng.registers.schema import schema

__all__ = ["AreaShapes", "CellSums", "Placed", "facts_of_cells", "read_shapes"]

Floats = npt.NDArray[np.float64]

_LEVELS = tuple(schema("areas").field("level").codes)
_COUNTRY = "156"
"""China in front of a code (GB/T 2659), as 天地图 writes it."""
_CODE_HEADERS = ("gb", "adcode", "国标码")
_POLYGONS = (3, 6)
_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where points lie; arrays have one entry per point."""

    codes: npt.NDArray[np.object_]
    """Code of the area, ``None`` where the point lies in no polygon or there is no point."""
    nearest: npt.NDArray[np.object_]
    """For a point in no polygon the nearest area, else ``None``."""
    distance_m: Floats
    """0 inside, metres to the nearest polygon outside, NaN without a point."""


@dataclass(frozen=True, slots=True)
class CellSums:
    """A quantity summed by area; equal whatever the order of the cells."""

    by_code: dict[str, float]
    """Only areas with a cell, by code."""
    cells: dict[str, int]
    """How many cells each of them has."""
    outside: float
    """The sum over cells in no polygon."""
    cells_outside: int


@dataclass(frozen=True, slots=True, eq=False)
class AreaShapes:
    """Polygons of known areas in the city's metric CRS, the finest level first, then by code."""

    file: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    shapes: npt.NDArray[Any]
    unknown: tuple[str, ...] = ()
    """What the file calls polygons of areas that are not in the register; they place nothing."""

    def place(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Placed:
        """Place points (metres in the same CRS; NaN for none)."""
        import shapely

        xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        given = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
        points, tree = np.array(shapely.points(xs[given], ys[given])), shapely.STRtree(self.shapes)
        first = np.full(len(xs), len(self.codes), dtype=np.int64)
        at, inside = tree.query(points, predicate="intersects")
        np.minimum.at(first, given[at], inside)
        distance = np.full(len(xs), np.nan)
        distance[given] = 0.0
        lost = np.flatnonzero(first[given] == len(self.codes))
        near = np.full(len(xs), len(self.codes), dtype=np.int64)
        (at, beside), metres = tree.query_nearest(points[lost], return_distance=True)
        np.minimum.at(near, given[lost[at]], beside)
        distance[given[lost[at]]] = metres
        called = np.array([*self.codes, None], dtype=object)
        return Placed(called[first], called[near], distance)

    def sums(self, x: npt.ArrayLike, y: npt.ArrayLike, values: npt.ArrayLike) -> CellSums:
        """Sum ``values`` over the points in each area, exactly rounded once (``math.fsum``)."""
        codes = self.place(x, y).codes
        numbers = np.asarray(values, dtype=np.float64)
        held = {code: numbers[codes == code] for code in sorted({code for code in codes if code is not None})}
        lost = numbers[[code is None for code in codes]]
        return CellSums(
            {code: math.fsum(own) for code, own in held.items()},
            {code: len(own) for code, own in held.items()},
            math.fsum(lost),
            len(lost),
        )

    def distance(self, code: str, x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
        """Metres from points to the polygon of one of :attr:`codes`; 0 inside, NaN without a point."""
        import shapely

        points = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
        given = np.isfinite(points).all(axis=1)
        metres = np.full(len(points), np.nan)
        metres[given] = shapely.distance(shapely.points(points[given]), self.shapes[self.codes.index(code)])
        return metres


def read_shapes(path: Path, areas: pa.Table, *, crs: str) -> AreaShapes:
    """Read polygons of ``areas`` (columns of that register) from a spatial file, into the metric ``crs``.

    Several polygons of one area count as one; a damaged outline is mended the way it was drawn. ``InputError`` when
    the file has no geometry, something other than polygons, or no polygon of a known area.
    """
    import shapely

    index = AreaIndex(areas_of(areas))
    found: dict[str, list[Any]] = {}
    unknown: list[str] = []
    for label, code, shape in _features(path, index, crs):
        if code is None:
            unknown.append(label)
        else:
            found.setdefault(code, []).append(shape)
    if not found:
        raise _no_polygons(path, unknown)
    codes = sorted(found, key=lambda code: (-_LEVELS.index(index.by_code[code].level), code))
    return AreaShapes(
        file=path.name,
        codes=tuple(codes),
        names=tuple(index.by_code[code].name for code in codes),
        shapes=np.array([shapely.union_all(found[code]) for code in codes], dtype=object),
        unknown=tuple(unknown),
    )


def facts_of_cells(
    cells: RawTable, shapes: AreaShapes, *, value: str, lon: str, lat: str, as_of: date, crs: str, source: str
) -> tuple[RawTable, CellSums]:
    """A table of ``area_facts`` with the population of each area: the sum over the cells of a population grid in it.

    ``value``, ``lon`` and ``lat`` (WGS84 degrees) are headers of ``cells``; sums are rounded to whole persons, halves
    up. ``source`` says in words where the grid comes from and what it leaves out; it stands in every row.
    """
    columns = {column.header: column.cells for column in cells.columns}
    numbers = {name: np.array(columns[name], dtype=np.float64) for name in (value, lon, lat)}
    x, y = to_city(numbers[lon], numbers[lat], source="EPSG:4326", crs=crs)
    sums = shapes.sums(x, y, numbers[value])
    codes = list(sums.by_code)
    rows: dict[str, list[object]] = {
        "area_code": list(codes),
        "as_of": [as_of.isoformat()] * len(codes),
        "population": [math.floor(sums.by_code[code] + 0.5) for code in codes],
        "source_note": [source] * len(codes),
    }
    table = RawTable(
        cells.file, cells.sheet, [RawColumn(name, name, held) for name, held in rows.items()], list(_numbers(codes))
    )
    return table, sums


def _numbers(rows: Sequence[object]) -> range:
    return range(1, len(rows) + 1)


def _features(path: Path, index: AreaIndex, crs: str) -> Iterator[tuple[str, str | None, Any]]:
    """Per polygon what the file calls it, the code of its area (``None``: not known), its shape in metres."""
    import shapely

    from guangcheng.registers.readers import read

    for raw in read(path):
        if raw.geometry is None:
            raise _no_polygons(path, ())
        shapes = shapely.from_wkb(np.array(raw.geometry, dtype=object), on_invalid="fix")
        columns = _naming(raw)
        for record, shape in enumerate(shapes):
            if shape is None or shapely.get_type_id(shape) not in _POLYGONS:
                kind = "—" if shape is None else shape.geom_type
                where = Where(file=str(path), sheet=raw.sheet, row=raw.rows[record])
                raise rule("R-159").error(InputError, where, found=kind, expected="Polygon, MultiPolygon")
            words = [plain(str(cells[record])) for cells in columns if cells[record] is not None]
            code = next((code for word in words if (code := _code(word, index)) is not None), None)
            metric = shapely.transform(shape, partial(_metric, source=raw.crs or "EPSG:4326", crs=crs))
            yield (words or [f"#{raw.rows[record]}"])[-1], code, shapely.make_valid(metric)


def _metric(points: Floats, *, source: str, crs: str) -> Floats:
    return np.column_stack(to_city(points[:, 0], points[:, 1], source=source, crs=crs))


def _naming(raw: RawTable) -> list[list[object]]:
    """The columns that say which area a polygon is: codes first, then names."""
    fields = {name: schema("areas").field(name) for name in ("code", "name")}
    found: list[list[object]] = []
    for name, more in (("code", _CODE_HEADERS), ("name", ())):
        words = {header_key(word) for word in (name, *fields[name].aliases, fields[name].title.zh, *more)}
        found += [column.cells for column in raw.columns if header_key(column.header) in words]
    return found


def _code(word: str, index: AreaIndex) -> str | None:
    bare = word.removeprefix(_COUNTRY) if len(word) == len(_COUNTRY) + 6 else word
    known = next((code for code in (word, bare, short_code(bare)) if code in index.by_code), None)
    return known or index.find(word).code


def _no_polygons(path: Path, unknown: Sequence[str]) -> InputError:
    names = "、".join(unknown[:_SHOWN])
    return InputError(
        Text(
            zh="没有一个面属于区域台账里的区域" + (f"，文件里是：{names}" if names else "：文件里没有几何"),
            en="no polygon belongs to an area of the register"
            + (f"; the file has: {names}" if names else ": the file has no geometry"),
        ),
        mend=Text(
            zh="先导入区域台账；面图层要有一列写区域代码（或名称）",
            en="import the areas first; the layer of polygons needs a column with the areas' codes or names",
        ),
        where=Where(file=str(path)),
    )
