"""The Engine on a PostgreSQL server with PostGIS: tables are copied in for one transaction and never stay."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from psycopg import sql as compose

from guangcheng.base.errors import InputError, NotFound
from guangcheng.base.text import Text
from guangcheng.store.files import write_whole
from guangcheng.store.parquet import bad_query, batches, scan_parquet, schema_of
from guangcheng.store.ports import Kernel

_ROWS = 1 << 16
_TO_SERVER: tuple[tuple[Any, str], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int8, "smallint"),
    (pa.types.is_int16, "smallint"),
    (pa.types.is_int32, "integer"),
    (pa.types.is_integer, "bigint"),
    (pa.types.is_float32, "real"),
    (pa.types.is_floating, "double precision"),
    (pa.types.is_date, "date"),
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_null, "text"),
    (pa.types.is_binary, "bytea"),
)
_FROM_SERVER = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "date": pa.date32(),
    "text": pa.string(),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "bytea": pa.binary(),
    "numeric": pa.float64(),
}
_NEAREST = """
SELECT {kept}, n.id IS NOT NULL AS covered, n.id AS point_id, sqrt(n.d2) AS distance_m
FROM premises p LEFT JOIN LATERAL (
  SELECT a.id, (p.x - a.x) * (p.x - a.x) + (p.y - a.y) * (p.y - a.y) AS d2
  FROM points a
  WHERE a.place && ST_Expand(ST_MakePoint(p.x, p.y), p.radius_m * 1.000000001 + 0.000001)
    AND (p.x - a.x) * (p.x - a.x) + (p.y - a.y) * (p.y - a.y) <= p.radius_m * p.radius_m
  ORDER BY 2, 1 LIMIT 1
) n ON p.x <> 'NaN' AND p.y <> 'NaN' AND p.radius_m <> 'NaN'
"""
"""The index finds what lies in the box; which of it is near enough is decided by the same arithmetic as everywhere."""


class PostgresEngine:
    """An :class:`guangcheng.store.ports.Engine` on a server; give it a role that may only make temporary tables."""

    def __init__(self, where: str) -> None:
        """``where``: a connection string, ``host=… dbname=…`` or ``postgresql://…``. ``NotFound`` if none answers."""
        try:
            self._connection = psycopg.connect(where, autocommit=True)
        except psycopg.Error as fault:
            raise NotFound(
                Text(zh=f"连不上 PostgreSQL：{fault}", en=f"no PostgreSQL server answers: {fault}"),
                mend=Text(zh="检查地址、库名和账号", en="check the address, the database and the role"),
            ) from fault

    def query(self, sql: str, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
        """Run one SELECT over ``tables``; see the port. ``InputError`` carries the server's own words."""
        with self._connection.transaction(force_rollback=True):
            for name, table in tables.items():
                self._bring(name, table)
            found = list(self._select(sql))
        return pa.Table.from_batches(found[1:], found[0].schema) if len(found) > 1 else found[0].schema.empty_table()

    def scan(self, path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream ``columns``, in that order, of a Parquet file; see the port."""
        return scan_parquet(path, columns, batch_rows)

    def reach(self, premises: pa.Table | Path, points: pa.Table | Path, kernel: Kernel, out: Path) -> None:  # noqa: ARG002
        """Let PostGIS's index find the points; see the port."""
        kept = [name for name in schema_of(premises).names if name not in ("x", "y", "radius_m")]
        wanted = compose.SQL(_NEAREST).format(
            kept=compose.SQL(", ").join(compose.Identifier("p", name) for name in kept)
        )
        with self._connection.transaction(force_rollback=True):
            self._bring("premises", premises)
            self._bring("points", points)
            for step in (
                "ALTER TABLE points ADD COLUMN place geometry",
                "UPDATE points SET place = ST_MakePoint(x, y) WHERE x <> 'NaN' AND y <> 'NaN'",
                "CREATE INDEX ON points USING gist (place)",
                "ANALYZE points",
            ):
                self._connection.execute(step)
            found = self._select(wanted.as_string(self._connection))

            def fill(part: Path) -> None:
                with pq.ParquetWriter(part, next(found).schema) as writer:
                    for batch in found:
                        writer.write_batch(batch)

            write_whole(out, fill)

    def close(self) -> None:
        """End the connection; a second call does nothing."""
        self._connection.close()

    def _bring(self, name: str, table: pa.Table | Path) -> None:
        """Copy a table in, for this transaction only."""
        columns = [
            compose.SQL("{} {}").format(compose.Identifier(field.name), compose.SQL(_server_type(field)))
            for field in schema_of(table)
        ]
        here = compose.Identifier(name)
        self._connection.execute(
            compose.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(here, compose.SQL(", ").join(columns))
        )
        options = pa.csv.WriteOptions(include_header=False)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(compose.SQL("COPY {} FROM STDIN (FORMAT csv)").format(here)) as copy,
        ):
            for batch in batches(table, _ROWS):
                memory = io.BytesIO()
                pa.csv.write_csv(_plain(batch), memory, options)
                copy.write(memory.getvalue())

    def _select(self, sql: str) -> Iterator[pa.RecordBatch]:
        """An empty batch that tells the columns, then the rows; a cursor takes nothing but one SELECT."""
        try:
            with self._connection.cursor() as cursor:
                # prepared, so that a second statement after a semicolon is refused
                cursor.execute(f"DECLARE answer NO SCROLL CURSOR FOR {sql}".encode(), prepare=True)
                cursor.execute("FETCH 0 FROM answer")
                schema = self._schema(cursor)
                yield pa.RecordBatch.from_pylist([], schema=schema)
                while rows := cursor.execute(f"FETCH {_ROWS} FROM answer").fetchall():
                    columns = zip(*rows, strict=True)
                    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
                    yield pa.record_batch(arrays, schema=schema)
        except psycopg.Error as fault:
            raise bad_query(fault) from fault

    def _schema(self, cursor: "psycopg.Cursor[Any]") -> pa.Schema:
        fields = []
        for column in cursor.description or ():
            known = self._connection.adapters.types.get(column.type_code)
            kind = _FROM_SERVER.get(known.name if known else "")
            if kind is None:
                raise bad_query(f"{column.name}: type {known.name if known else column.type_code}")
            fields.append((column.name, kind))
        return pa.schema(fields)


def _server_type(field: pa.Field) -> str:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    for is_it, name in _TO_SERVER:
        if is_it(kind):
            return name
    raise InputError(
        Text(zh=f"列“{field.name}”的类型 {kind} 不能送入 PostgreSQL", en=f"{field.name}: PostgreSQL takes no {kind}"),
        mend=Text(zh="去掉这一列", en="leave the column out"),
    )


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Columns as CSV can carry them: dictionaries decoded, bytes in hexadecimal."""
    arrays = []
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            arrays.append(column.dictionary_decode())
        elif pa.types.is_binary(column.type):
            arrays.append(pa.array([None if value is None else f"\\x{value.hex()}" for value in column.to_pylist()]))
        elif pa.types.is_null(column.type):
            arrays.append(pc.cast(column, pa.string()))
        else:
            arrays.append(column)
    return pa.record_batch(arrays, names=batch.schema.names)
