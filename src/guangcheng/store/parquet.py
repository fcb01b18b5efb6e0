"""Opening Parquet files that people name: missing and false ones are told in words."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.base.errors import NotFound, Where, WrongFormat
from guangcheng.base.text import Text


_BUFFER = 1 << 20
"""Bytes of a column read at a time, so that one huge row group does not come into memory whole."""


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file; ``NotFound`` when there is none, ``WrongFormat`` when it is something else or damaged."""
    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个文件", en="there is no such file"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(path)),
        )
    try:
        return pq.ParquetFile(path, buffer_size=_BUFFER)
    except (pa.ArrowException, OSError) as fault:
        raise false_parquet(path) from fault


def false_parquet(path: Path) -> WrongFormat:
    """The error for a file that is not, or not wholly, Parquet."""
    return WrongFormat(
        Text(zh="不是有效的 Parquet 文件", en="this is not a valid Parquet file"),
        mend=Text(zh="重新导出为 Parquet", en="export it as Parquet again"),
        where=Where(file=str(path)),
    )
