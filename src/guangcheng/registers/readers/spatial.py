"""GeoPackage, Shapefile and GeoJSON, read by GDAL; the CRS the file declares is passed on, nothing is transformed."""

import sqlite3
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
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
from guangcheng.registers.readers.sniff import check_zip, too_large
from guangcheng.registers.rulebook import rule

__all__ = ["read_geojson", "read_geopackage", "read_shapefile", "read_shapefile_zip"]

_COMPANIONS = (".shx", ".dbf")
_DBF_HEADER = 32


def read_geojson(path: Path) -> list[RawTable]:
    """Read a FeatureCollection; by RFC 7946 its CRS is WGS84 unless it carries the old ``crs`` member."""
    check_geojson(path)
    with _whole(path):
        return _with_rows(path, [_layer(path, path, None, None, DATE_AS_STRING="YES")])


def read_geopackage(path: Path, sheet: str | None) -> list[RawTable]:
    """Read each layer and plain table of a GeoPackage, or the one called ``sheet``; empty ones give a note."""
    import pyogrio

    _check_sqlite(path)
    with _whole(path):
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        if sheet is not None and sheet not in names:
            raise no_such_sheet(path, sheet, names)
        return _with_rows(path, [_layer(path, path, name, None) for name in names if sheet in (None, name)])


def read_shapefile(path: Path, encoding: str | None) -> list[RawTable]:
    """Read a shapefile; without a ``.cpg`` its texts are read as UTF-8 if all of them are, else as GB18030."""
    return _with_rows(path, [_shapefile(path, path, encoding)])


def read_shapefile_zip(path: Path, sheet: str | None, encoding: str | None) -> list[RawTable]:
    """Read the shapefiles inside a zip that has passed :func:`~.sniff.check_zip`, unpacked to a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        files = _unpacked(path, Path(folder))
        names = [file.stem for file in files]
        if sheet is not None and sheet not in names:
            raise no_such_sheet(path, sheet, names)
        tables = [_shapefile(path, file, encoding) for file in files if sheet in (None, file.stem)]
        return _with_rows(path, tables)


def _with_rows(path: Path, tables: list[RawTable]) -> list[RawTable]:
    """The tables that have records; the first says which had none."""
    empty = [table.sheet for table in tables if not table.rows]
    full = [table for table in tables if table.rows]
    if not full:
        raise rule("R-011").error(InputError, Where(file=str(path)))
    notes = [note(f"图层“{name}”没有数据，未读取", f"layer “{name}” has no data, not read") for name in empty]
    return [replace(full[0], notes=notes + full[0].notes), *full[1:]]


@contextmanager
def _whole(path: Path) -> Iterator[None]:
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


def _layer(shown: Path, path: Path, layer: str | None, encoding: str | None, **options: str) -> RawTable:
    """One layer of ``path``; ``shown`` is the file the person gave."""
    import pyogrio

    info = pyogrio.read_info(path, layer=layer, encoding=encoding, force_feature_count=True, **options)
    _check_size(shown, info)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        meta, table = pyogrio.read_arrow(path, layer=layer, encoding=encoding, **options)
    if any("converted correctly" in str(warning.message) for warning in caught):
        raise _wrong_encoding(shown, str(meta["encoding"]))
    name = meta["geometry_name"] or "wkb_geometry"
    geometry = None
    if name in table.schema.names:
        geometry = table.column(name).to_pylist()
        table = table.drop_columns([name])
    return table_of(shown, layer, table, geometry=geometry, crs=meta["crs"])


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


def _shapefile(shown: Path, path: Path, encoding: str | None) -> RawTable:
    missing = [suffix for suffix in _COMPANIONS if not _companion(path, suffix)]
    if missing:
        names = ", ".join(path.stem + suffix for suffix in missing)
        raise rule("R-014").error(WrongFormat, Where(file=str(shown)), missing=names)
    with _whole(shown):
        chosen = encoding or (None if _companion(path, ".cpg") else _dbf_encoding(shown, path))
        table = _layer(shown, path, path.stem, chosen)
    if table.crs is None:
        table.notes.append(
            note("没有 .prj，文件没有声明坐标系", "there is no .prj, so the file does not declare its CRS")
        )
    return table


def _companion(path: Path, suffix: str) -> Path | None:
    """The file beside ``path`` of the same name with ``suffix`` in either case."""
    found = (path.with_suffix(spelling) for spelling in (suffix, suffix.upper()))
    return next((file for file in found if file.is_file()), None)


def _dbf_encoding(shown: Path, path: Path) -> str | None:
    """The encoding of a table that states none: the one all its texts decode in."""
    file = _companion(path, ".dbf")
    content = file.read_bytes() if file else b""
    texts = content[_DBF_HEADER:]
    for encoding in ("UTF-8", "GB18030"):
        try:
            _dbf_texts(content, texts).decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _wrong_encoding(shown, "GB18030")


def _dbf_texts(content: bytes, rest: bytes) -> bytes:
    """The records of a table, or all behind the first header if its length is nonsense."""
    start = int.from_bytes(content[8:10], "little")
    return content[start:].rstrip(b"\x1a") if _DBF_HEADER < start <= len(content) else rest


def _wrong_encoding(path: Path, encoding: str) -> InputError:
    return rule("R-004").error(
        WrongFormat, Where(file=str(path)), line=1, byte=0, encoding=encoding, hint_zh="", hint_en=""
    )


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """Unpack a checked zip, files only, flat, each under its own name; return its ``.shp`` files in order of name."""
    check_zip(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = Path(member.filename).name
                if not member.is_dir() and name:
                    (folder / name).write_bytes(archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise rule("R-007").error(
            WrongFormat, Where(file=str(path)), detail_zh="压缩内容读不出来", detail_en="its content cannot be unpacked"
        ) from error
    return sorted(file for file in folder.iterdir() if file.suffix.lower() == ".shp")
