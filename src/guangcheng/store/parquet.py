"""Opening Parquet files that people name: missing and false ones are told in words."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.base.errors import InputError, NotFound, Where, WrongFormat
from guangcheng.base.text import Text

_BUFFER = 1 << 20
"""Bytes of a column read at a time; reading ahead (``pre_buffer``) would keep the whole file until the end."""


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file; ``NotFound`` when there is none, ``WrongFormat`` when it is something else or damaged."""
    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个文件", en="there is no such file"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(path)),
        )
    try:
        return pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
    except (pa.ArrowException, OSError) as fault:
        raise false_parquet(path) from fault


def false_parquet(path: Path) -> WrongFormat:
    """The error for a file that is not, or not wholly, Parquet."""
    return WrongFormat(
        Text(zh="不是有效的 Parquet 文件", en="this is not a valid Parquet file"),
        mend=Text(zh="重新导出为 Parquet", en="export it as Parquet again"),
        where=Where(file=str(path)),
    )


def parquet_files(path: Path) -> list[Path]:
    """The file itself, or the Parquet files of a folder by name; each is opened, so errors come now and in words."""
    found = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    for file in found:
        open_parquet(file)
    return found


def batches(table: pa.Table | Path, batch_rows: int) -> Iterator[pa.RecordBatch]:
    """All columns of a table in memory or on disk, ``batch_rows`` rows at a time."""
    if isinstance(table, Path):
        for file in parquet_files(table):
            yield from open_parquet(file).iter_batches(batch_rows)
    else:
        yield from table.to_batches(max_chunksize=batch_rows)


def schema_of(table: pa.Table | Path) -> pa.Schema:
    """The columns of a table in memory or on disk."""
    if not isinstance(table, Path):
        return table.schema.remove_metadata()
    files = parquet_files(table)
    return open_parquet(files[0]).schema_arrow.remove_metadata() if files else pa.schema([])


def whole(table: pa.Table | Path) -> pa.Table:
    """A table in memory."""
    return pa.Table.from_batches(batches(table, 1 << 20), schema_of(table)) if isinstance(table, Path) else table


def scan_parquet(path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
    """Stream ``columns``, in that order, of a Parquet file; ``InputError`` names those the file lacks."""
    file = open_parquet(path)
    absent = [name for name in columns if name not in file.schema_arrow.names]
    if absent:
        names = ", ".join(absent)
        raise InputError(
            Text(zh=f"文件里没有这些列：{names}", en=f"the file has no such columns: {names}"),
            mend=Text(zh="只读取文件里有的列", en="read only columns the file has"),
            where=Where(file=str(path)),
        )
    return (batch.select(list(columns)) for batch in file.iter_batches(batch_rows, columns=list(columns)))


def bad_query(said: object) -> InputError:
    """The error for a query an engine refuses, in the engine's own words."""
    return InputError(
        Text(zh=f"查询无法执行：{said}", en=f"the query cannot be run: {said}"),
        mend=Text(zh="检查表名、列名和写法", en="check the names of tables and columns, and the spelling"),
    )


def not_one_select() -> InputError:
    """The error for anything but one SELECT."""
    return InputError(
        Text(zh="只接受一条 SELECT 语句", en="only one SELECT statement is accepted"),
        mend=Text(zh="改写成一条 SELECT", en="write it as one SELECT"),
    )
