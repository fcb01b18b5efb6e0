"""Parquet and GeoParquet."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.base.errors import InputError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.columns import table_of
from guangcheng.registers.readers.limits import MAX_CELLS, MAX_CHUNK_BYTES, MAX_COLUMNS, MAX_ROWS
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

__all__ = ["read_parquet"]

_LON_LAT = "EPSG:4326"
"""What GeoParquet means by leaving the CRS out (OGC:CRS84: WGS84, longitude first), named as GDAL names it."""


def read_parquet(path: Path) -> list[RawTable]:
    """Read a Parquet file as one table; ``geo`` metadata (GeoParquet 1.x, WKB) gives its geometry and CRS.

    Raises R-007 for a file cut off or damaged, R-008 for one too large, R-011 for one without rows.
    """
    where = Where(file=str(path))
    try:
        file = pq.ParquetFile(path)
        _check_size(where, file.metadata)
        geo = _geo(file.schema_arrow.metadata)
        # Texts stay dictionary-encoded: a small file may say one long text a million times.
        texts = [
            name for name, kind in zip(file.schema_arrow.names, file.schema_arrow.types, strict=True) if _is_text(kind)
        ]
        table = pq.ParquetFile(path, read_dictionary=texts).read()
        for name in texts:
            column = table.column(name)
            if not pa.types.is_dictionary(column.type):
                table = table.set_column(table.schema.names.index(name), name, column.dictionary_encode())
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise rule("R-007").error(
            WrongFormat, where, detail_zh="不是完整的 Parquet 文件", detail_en="it is not a whole Parquet file"
        ) from error
    if table.num_rows == 0:
        raise rule("R-011").error(InputError, where)
    if geo is None:
        return [table_of(path, None, table)]
    name, crs = geo
    geometry = table.column(name).to_pylist()
    return [table_of(path, None, table.drop_columns([name]), geometry=geometry, crs=crs)]


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _check_size(where: Where, metadata: Any) -> None:
    if metadata.num_rows > MAX_ROWS:
        raise too_large(where, Text(zh="行数", en="the number of rows"), metadata.num_rows, MAX_ROWS)
    if metadata.num_columns > MAX_COLUMNS:
        raise too_large(where, Text(zh="列数", en="the number of columns"), metadata.num_columns, MAX_COLUMNS)
    cells = metadata.num_rows * metadata.num_columns
    if cells > MAX_CELLS:
        raise too_large(where, Text(zh="单元格数", en="the number of cells"), cells, MAX_CELLS)
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            size = metadata.row_group(group).column(column).total_uncompressed_size
            if size > MAX_CHUNK_BYTES:
                raise too_large(
                    where, Text(zh="一列解压后的字节数", en="a column's unpacked size"), size, MAX_CHUNK_BYTES
                )


def _geo(metadata: dict[bytes, bytes] | None) -> tuple[str, str | None] | None:
    """The geometry column and its CRS from GeoParquet's metadata; ``None`` for plain Parquet."""
    text = (metadata or {}).get(b"geo")
    if text is None:
        return None
    geo = json.loads(text)
    name = geo["primary_column"]
    column = geo["columns"][name]
    if column["encoding"] != "WKB":
        raise ValueError(f"geometry encoding {column['encoding']} is not WKB")
    return name, _crs(column.get("crs", _LON_LAT))


def _crs(found: Any) -> str | None:
    """``EPSG:4490`` where PROJJSON names an authority, else the PROJJSON itself; ``None`` for an unknown CRS."""
    if found is None or isinstance(found, str):
        return found
    named = found.get("id")
    if named is None:
        return json.dumps(found, ensure_ascii=False)
    crs = f"{named['authority']}:{named['code']}"
    return _LON_LAT if crs == "OGC:CRS84" else crs
