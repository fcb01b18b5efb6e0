"""GeoPackage and GeoJSON, read by GDAL; the CRS the file declares is passed on, nothing is transformed."""

import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from guangcheng.base.errors import GuangchengError, InputError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.columns import table_of
from guangcheng.registers.readers.excel import no_such_sheet
from guangcheng.registers.readers.geojson import check_geojson
from guangcheng.registers.readers.grid import note
from guangcheng.registers.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

__all__ = ["Decode", "read_geojson", "read_geopackage", "read_layer", "whole", "with_rows"]

Decode = Callable[[pa.Table], pa.Table]


def read_geojson(path: Path) -> list[RawTable]:
    """Read a FeatureCollection; by RFC 7946 its CRS is WGS84 unless it carries the old ``crs`` member."""
    check_geojson(path)
    with whole(path):
        return with_rows(path, [read_layer(path, path, None, DATE_AS_STRING="YES")])


def read_geopackage(path: Path, sheet: str | None) -> list[RawTable]:
    """Read each layer and plain table of a GeoPackage, or the one called ``sheet``; empty ones give a note."""
    import pyogrio

    _check_sqlite(path)
    with whole(path):
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        if sheet is not None and sheet not in names:
            raise no_such_sheet(path, sheet, names)
        return with_rows(path, [read_layer(path, path, name) for name in names if sheet in (None, name)])


def with_rows(path: Path, tables: list[RawTable]) -> list[RawTable]:
    """The tables that have records; the first says which had none."""
    empty = [table.sheet for table in tables if not table.rows]
    full = [table for table in tables if table.rows]
    if not full:
        raise rule("R-011").error(InputError, Where(file=str(path)))
    notes = [note(f"图层“{name}”没有数据，未读取", f"layer “{name}” has no data, not read") for name in empty]
    return [replace(full[0], notes=notes + full[0].notes), *full[1:]]


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Turn GDAL's errors into R-007."""
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

    try:
        yield
    except GuangchengError:
        raise
    except (
        DataSourceError,
        DataLayerError,
        FieldError,
        GeometryError,
        RuntimeError,
        pa.ArrowException,
        ValueError,
    ) as e:
        raise rule("R-007").error(
            WrongFormat, Where(file=str(path)), detail_zh="GDAL 读不出内容", detail_en="GDAL cannot read its content"
        ) from e


def read_layer(shown: Path, path: Path, layer: str | None, decode: Decode | None = None, **options: str) -> RawTable:
    """One layer of ``path``; ``shown`` is the file the person gave, ``decode`` puts texts right, if they need it."""
    import pyogrio

    info = pyogrio.read_info(path, layer=layer, force_feature_count=True, **options)
    _check_size(shown, info)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks on styles, extensions and the like
        meta, table = pyogrio.read_arrow(path, layer=layer, **options)
    name = meta["geometry_name"] or "wkb_geometry"
    geometry = None
    if name in table.schema.names:
        geometry = table.column(name).to_pylist()
        table = table.drop_columns([name])
    return table_of(shown, layer, decode(table) if decode else table, geometry=geometry, crs=meta["crs"])


def _check_size(path: Path, info: dict[str, Any]) -> None:
    where = Where(file=str(path))
    rows, columns = int(info["features"]), len(info["fields"])
    if rows > MAX_ROWS:
        raise too_large(where, Text(zh="要素数", en="the number of features"), rows, MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise too_large(where, Text(zh="列数", en="the number of columns"), columns, MAX_COLUMNS)
    if rows * columns > MAX_CELLS:
        raise too_large(where, Text(zh="单元格数", en="the number of cells"), rows * columns, MAX_CELLS)


def _check_sqlite(path: Path) -> None:
    """Refuse (R-007) a database that is cut off or damaged: GDAL may read the pages that are left without a word."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            answer = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        answer = (str(error),)
    if answer != ("ok",):
        raise rule("R-007").error(
            WrongFormat,
            Where(file=str(path)),
            detail_zh="数据库页缺失或损坏",
            detail_en="database pages are missing or damaged",
        )
