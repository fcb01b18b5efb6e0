"""The Engine on DuckDB, in this process and in memory: a calculator, never a store."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from guangcheng.store.files import write_whole
from guangcheng.store.parquet import bad_query, batches, not_one_select, parquet_files, scan_parquet, schema_of, whole
from guangcheng.store.ports import Kernel

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # statements see the named tables and nothing else: no file, no network, no extension, no Python variable
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}
_ROWS = 1 << 20
"""Premises answered at a time."""


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
                raise bad_query(fault) from fault

    def scan(self, path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream ``columns``, in that order, of a Parquet file; see the port."""
        return scan_parquet(path, columns, batch_rows)

    def reach(self, premises: pa.Table | Path, points: pa.Table | Path, kernel: Kernel, out: Path) -> None:
        """Run the kernel here, a chunk of premises at a time; see the port."""
        held, schema = whole(points), schema_of(premises)
        pieces = (pa.Table.from_batches([batch], schema) for batch in batches(premises, _ROWS))

        def fill(part: Path) -> None:
            with pq.ParquetWriter(part, kernel(schema.empty_table(), held).schema) as writer:
                for piece in pieces:
                    writer.write_table(kernel(piece, held), row_group_size=_ROWS)

        write_whole(out, fill)

    def close(self) -> None:
        """Free the memory; a second call does nothing."""
        self._connection.close()

    @staticmethod
    def _refuse_all_but_one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
        try:
            statements = cursor.extract_statements(sql)
        except duckdb.Error as fault:
            raise bad_query(fault) from fault
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise not_one_select()


def _dataset(path: Path) -> ds.Dataset:
    return ds.dataset([str(file) for file in parquet_files(path)], format="parquet")
