"""The Engine on DuckDB, in this process and in memory: a calculator, never a store."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from guangcheng.base.errors import InputError, Where
from guangcheng.base.text import Text
from guangcheng.store.parquet import open_parquet

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # statements see the named tables and nothing else: no file, no network, no extension, no Python variable
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


class DuckDBEngine:
    """An :class:`guangcheng.store.ports.Engine`; several threads may share it, each query has its own cursor."""

    def __init__(self, *, threads: int | None = None) -> None:
        """``threads``: how many it may use; ``None`` leaves the choice to DuckDB (all cores)."""
        settings = dict(_SETTINGS)
        if threads is not None:
            settings["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=settings)

    def query(self, sql: str, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
        """Run one SELECT over ``tables``; see the port. ``InputError`` carries DuckDB's own words."""
        with self._connection.cursor() as cursor:
            self._refuse_all_but_one_select(cursor, sql)
            cursor.execute("SET enable_progress_bar = false")
            for name, table in tables.items():
                cursor.register(name, _dataset(table) if isinstance(table, Path) else table)
            try:
                return cursor.execute(sql).to_arrow_table()
            except duckdb.Error as fault:
                raise _bad_query(fault) from fault

    def scan(self, path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream ``columns``, in that order, of a Parquet file; see the port."""
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

    def close(self) -> None:
        """Free the memory; a second call does nothing."""
        self._connection.close()

    @staticmethod
    def _refuse_all_but_one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
        try:
            statements = cursor.extract_statements(sql)
        except duckdb.Error as fault:
            raise _bad_query(fault) from fault
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise InputError(
                Text(zh="只接受一条 SELECT 语句", en="only one SELECT statement is accepted"),
                mend=Text(zh="改写成一条 SELECT", en="write it as one SELECT"),
            )


def _bad_query(fault: duckdb.Error) -> InputError:
    return InputError(
        Text(zh=f"查询无法执行：{fault}", en=f"the query cannot be run: {fault}"),
        mend=Text(zh="检查表名、列名和写法", en="check the names of tables and columns, and the spelling"),
    )


def _dataset(path: Path) -> ds.Dataset:
    open_parquet(path)
    return ds.dataset(path, format="parquet")
