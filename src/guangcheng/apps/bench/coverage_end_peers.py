"""From Parquet to Parquet with other tools, one in a process of its own: reach per premises, then shares per village.

``python -m guangcheng.apps.bench.coverage_end_peers PEER PREMISES POINTS FOLDER`` writes ``reach.parquet`` (``id``,
``covered``, ``point_id``, ``distance_m``) and ``shares.parquet`` (``area_code``, ``n``, ``covered``) into FOLDER and
prints wall and processor seconds from the open files to the closed ones; imports and starting a server do not count.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.apps.bench.coverage_data import RURAL_M, VILLAGES
from guangcheng.apps.meter import MIB, cpu_seconds, peak_bytes, seconds

Run = Callable[[Path, Path, Path], None]
_ROWS = 1 << 18
_PLAIN: dict[str, Any] = {
    # distances do not compress; rising ids do, by their differences, to an eighth
    "use_dictionary": False,
    "write_statistics": False,
    "compression": "none",
    "column_encoding": {"id": "DELTA_BINARY_PACKED"},
}
MEMORY_GIB = 14
"""What one tool may take."""
_COLUMNS = ["id", "area_code", "x", "y", "radius_m"]
_D2 = "(q.x - c.x) * (q.x - c.x) + (q.y - c.y) * (q.y - c.y)"
_RESULT = f"""
SELECT p.id AS id, n.j IS NOT NULL AS covered, n.j AS point_id, sqrt(n.d2) AS distance_m, p.area_code AS area_code
FROM p LEFT JOIN (
  SELECT q.id AS id, {{first}} AS j, min({_D2}) AS d2 FROM {{joined}}
  WHERE {_D2} <= q.radius_m * q.radius_m GROUP BY q.id
) n ON n.id = p.id
"""
_SHARES = (
    "SELECT area_code, count(*) AS n, sum(CASE WHEN covered THEN 1 ELSE 0 END) AS covered FROM r GROUP BY area_code"
)
_CELL = f"CAST(floor({{0}} / {RURAL_M}) AS INT)"


def ours(premises: Path, points: Path, folder: Path) -> None:
    """The kernel over a stream: while one piece is computed the next is read and the last written."""
    from concurrent.futures import ThreadPoolExecutor

    from guangcheng.coverage.kernel import PointGrid

    held = pq.ParquetFile(points).read(columns=["id", "x", "y"]).combine_chunks()
    ids, ax, ay = (_values(held[name].chunk(0)) for name in ("id", "x", "y"))
    grid = PointGrid.of(ax, ay)
    counted, covered = np.zeros(VILLAGES, dtype=np.int64), np.zeros(VILLAGES, dtype=np.int64)
    source = pq.ParquetFile(premises).iter_batches(_ROWS, columns=_COLUMNS, use_threads=False)
    schema = pa.schema(
        [("id", pa.int64()), ("covered", pa.bool_()), ("point_id", pa.int64()), ("distance_m", pa.float64())]
    )
    with (
        pq.ParquetWriter(folder / "reach.parquet", schema, **_PLAIN) as writer,
        ThreadPoolExecutor(1) as reading,
        ThreadPoolExecutor(1) as writing,
    ):
        coming, written = reading.submit(next, source, None), None
        while (batch := coming.result()) is not None:
            coming = reading.submit(next, source, None)
            found, distance = grid.nearest(*(_values(batch[name]) for name in ("x", "y", "radius_m")))
            hit = found >= 0
            area = _values(batch["area_code"])
            counted += np.bincount(area, minlength=VILLAGES)
            covered += np.bincount(area[hit], minlength=VILLAGES)
            answer = _with_nulls(batch["id"], hit, ids[found], distance, schema)
            if written is not None:
                written.result()
            written = writing.submit(writer.write_batch, answer, row_group_size=_ROWS)
        if written is not None:
            written.result()
    there = np.flatnonzero(counted)
    shares = pa.table({"area_code": there, "n": counted[there], "covered": covered[there]})
    pq.write_table(shares, folder / "shares.parquet")


def _values(column: pa.Array) -> Any:
    """The numbers where they lie (Arrow's ``to_numpy`` imports pandas where it is installed)."""
    kind = np.int64 if pa.types.is_integer(column.type) else np.float64
    return np.frombuffer(column.buffers()[1], kind)[column.offset : column.offset + len(column)]


def _with_nulls(ids: pa.Array, hit: Any, chosen: Any, distance: Any, schema: pa.Schema) -> pa.RecordBatch:
    bits, n = pa.py_buffer(np.packbits(hit, bitorder="little")), len(hit)
    columns = [
        ids,
        pa.Array.from_buffers(pa.bool_(), n, [None, bits]),
        pa.Array.from_buffers(pa.int64(), n, [bits, pa.py_buffer(chosen)]),
        pa.Array.from_buffers(pa.float64(), n, [bits, pa.py_buffer(distance)]),
    ]
    return pa.record_batch(columns, schema=schema)


def duckdb_grid(premises: Path, points: Path, folder: Path) -> None:
    """Points copied into nine cells as wide as the greatest radius, joined by cell."""
    with _duckdb(premises, points) as connection:
        cx, cy = _CELL.format("x"), _CELL.format("y")
        connection.execute(f"CREATE TEMP VIEW q AS SELECT *, {cx} AS cx, {cy} AS cy FROM p")
        connection.execute(
            f"CREATE TEMP TABLE c AS SELECT a.*, {cx} + dx AS cx, {cy} + dy AS cy "
            "FROM a, (VALUES (-1), (0), (1)) u(dx), (VALUES (-1), (0), (1)) v(dy)"
        )
        _finish_duckdb(connection, "q JOIN c ON q.cx = c.cx AND q.cy = c.cy", folder)


def duckdb_spatial(premises: Path, points: Path, folder: Path) -> None:
    """``ST_DWithin`` at a hair more than the greatest radius, then the exact condition."""
    import importlib.util

    spec = importlib.util.find_spec("duckdb_extension_spatial")
    with _duckdb(premises, points) as connection:
        if spec is not None and spec.origin is not None:
            found = next(Path(spec.origin).parent.rglob("spatial.duckdb_extension"))
            connection.execute(f"LOAD '{found}'")
        else:
            connection.execute("LOAD spatial")
        connection.execute("CREATE TEMP VIEW q AS SELECT *, ST_Point(x, y) AS g FROM p")
        connection.execute("CREATE TEMP TABLE c AS SELECT *, ST_Point(x, y) AS h FROM a")
        _finish_duckdb(connection, f"q JOIN c ON ST_DWithin(q.g, c.h, {RURAL_M * (1 + 1e-9)})", folder)


def _duckdb(premises: Path, points: Path) -> Any:
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "12GB"})
    connection.execute(f"CREATE TEMP VIEW p AS SELECT {', '.join(_COLUMNS)} FROM '{premises}'")
    connection.execute(f"CREATE TEMP VIEW a AS SELECT id, x, y FROM '{points}'")
    return connection


def _finish_duckdb(connection: Any, joined: str, folder: Path) -> None:
    first = f"arg_min(c.id, {_D2})"
    connection.execute(f"CREATE TEMP TABLE r AS {_RESULT.format(first=first, joined=joined)}")
    connection.execute(
        f"COPY (SELECT id, covered, point_id, distance_m FROM r) TO '{folder / 'reach.parquet'}' (FORMAT parquet)"
    )
    connection.execute(f"COPY ({_SHARES}) TO '{folder / 'shares.parquet'}' (FORMAT parquet)")


def polars(premises: Path, points: Path, folder: Path) -> None:
    """Grid buckets: the same nine cells, joined and reduced by polars."""
    import polars as pl

    def cell(name: str) -> "pl.Expr":
        return (pl.col(name) / RURAL_M).floor().cast(pl.Int32)

    table = pl.read_parquet(premises, columns=_COLUMNS)
    held = pl.read_parquet(points, columns=["id", "x", "y"]).rename({"id": "point_id", "x": "ax", "y": "ay"})
    spread = pl.DataFrame({"dx": np.repeat([-1, 0, 1], 3), "dy": np.tile([-1, 0, 1], 3)}).cast(pl.Int32)
    near = held.join(spread, how="cross").with_columns(cx=cell("ax") + pl.col("dx"), cy=cell("ay") + pl.col("dy"))
    found = (
        table.lazy()
        .with_columns(cx=cell("x"), cy=cell("y"))
        .join(near.lazy(), on=["cx", "cy"])
        .with_columns(d2=(pl.col("x") - pl.col("ax")) ** 2 + (pl.col("y") - pl.col("ay")) ** 2)
        .filter(pl.col("d2") <= pl.col("radius_m") * pl.col("radius_m"))
        .group_by("id")
        .agg(pl.col("point_id").sort_by("d2").first(), pl.col("d2").min())
        .collect()
    )
    answer = table.join(found, on="id", how="left").with_columns(
        covered=pl.col("point_id").is_not_null(), distance_m=pl.col("d2").sqrt()
    )
    answer.select("id", "covered", "point_id", "distance_m").write_parquet(folder / "reach.parquet")
    shares = answer.group_by("area_code").agg(n=pl.len().cast(pl.Int64), covered=pl.col("covered").sum().cast(pl.Int64))
    shares.write_parquet(folder / "shares.parquet")


def sedonadb(premises: Path, points: Path, folder: Path) -> None:
    """``ST_DWithin``, then the exact condition and the nearest."""
    import sedonadb as sd

    session = sd.connect()
    session.read_parquet(str(premises)).to_view("p", overwrite=True)
    session.read_parquet(str(points)).to_view("a", overwrite=True)
    session.sql("SELECT *, ST_Point(x, y) AS g FROM p").to_view("q", overwrite=True)
    session.sql("SELECT *, ST_Point(x, y) AS h FROM a").to_view("c", overwrite=True)
    joined = f"q JOIN c ON ST_DWithin(q.g, c.h, {RURAL_M * (1 + 1e-9)})"
    first = f"first_value(c.id ORDER BY {_D2})"
    answer = pa.table(session.sql(_RESULT.format(first=first, joined=joined)))
    session.create_data_frame(answer).to_view("r", overwrite=True)
    pq.write_table(answer.select(["id", "covered", "point_id", "distance_m"]), folder / "reach.parquet")
    pq.write_table(pa.table(session.sql(_SHARES)), folder / "shares.parquet")


def postgis(premises: Path, points: Path, folder: Path) -> None:
    """Rows copied in, a GiST index, the nearest of those in the box of each radius, rows copied out."""
    import psycopg

    steps = (
        "ALTER TABLE a ADD COLUMN place geometry",
        "UPDATE a SET place = ST_MakePoint(x, y)",
        "CREATE INDEX ON a USING gist (place)",
        "ANALYZE a",
        _POSTGIS,
    )
    with psycopg.connect(SERVER[0], autocommit=True) as connection:
        kinds = "id bigint, area_code bigint, x float8, y float8, radius_m float8"
        connection.execute(f"CREATE TEMP TABLE p ({kinds})".encode())
        connection.execute(b"CREATE TEMP TABLE a (id bigint, x float8, y float8)")
        _copy_in(connection, "p", premises, _COLUMNS)
        _copy_in(connection, "a", points, ["id", "x", "y"])
        for step in steps:
            connection.execute(step.encode())
        wanted = {"reach": "SELECT id, covered, point_id, distance_m FROM r", "shares": _SHARES}
        for name, sql in wanted.items():
            _copy_out(connection, sql, folder / f"{name}.parquet")


_POSTGIS = (
    "CREATE TEMP TABLE r AS SELECT q.id, n.id IS NOT NULL AS covered, n.id AS point_id, sqrt(n.d2) AS distance_m, "
    f"q.area_code FROM p q LEFT JOIN LATERAL (SELECT c.id, {_D2} AS d2 FROM a c "
    "WHERE c.place && ST_Expand(ST_MakePoint(q.x, q.y), q.radius_m * 1.000000001) "
    f"AND {_D2} <= q.radius_m * q.radius_m ORDER BY 2, 1 LIMIT 1) n ON true"
)

SERVER: list[str] = []
"""Connection string of the server :func:`main` started, for :func:`postgis`."""


def _copy_in(connection: Any, name: str, path: Path, columns: list[str]) -> None:
    import io

    from pyarrow import csv

    with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        for batch in pq.ParquetFile(path).iter_batches(1 << 16, columns=columns):
            memory = io.BytesIO()
            csv.write_csv(batch.select(columns), memory, csv.WriteOptions(include_header=False))
            copy.write(memory.getvalue())


def _copy_out(connection: Any, sql: str, path: Path) -> None:
    import io

    from pyarrow import csv

    memory = io.BytesIO()
    with connection.cursor().copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as copy:
        for block in copy:
            memory.write(block)
    memory.seek(0)
    told = csv.ConvertOptions(true_values=["t"], false_values=["f"])
    pq.write_table(csv.read_csv(memory, convert_options=told), path)


END_PEERS: dict[str, Run] = {
    "ours": ours,
    "polars": polars,
    "duckdb_grid": duckdb_grid,
    "duckdb_spatial": duckdb_spatial,
    "sedonadb": sedonadb,
    "postgis": postgis,
}


def _warm(name: str) -> None:
    """Import what is used before the clock starts; Arrow brings in pandas where it is installed."""
    import importlib
    import importlib.util

    pa.table({"a": np.zeros(1)})
    for module in ("pyarrow.compute", "pyarrow.dataset", "pandas"):
        if importlib.util.find_spec(module) is not None:
            importlib.import_module(module)
    if name == "ours":
        from guangcheng.coverage.kernel import warm_up

        warm_up()
        return
    importlib.import_module({"duckdb_grid": "duckdb", "duckdb_spatial": "duckdb", "postgis": "psycopg"}.get(name, name))


def measure(name: str, premises: Path, points: Path, folder: Path) -> dict[str, Any]:
    """Run once and tell the cost; the server's processor time of PostGIS is not seen."""
    _warm(name)
    busy, began = cpu_seconds(), seconds()
    END_PEERS[name](premises, points, folder)
    return {
        "wall_s": round(seconds() - began, 3),
        "cpu_s": None if name == "postgis" else round(cpu_seconds() - busy, 3),
        "peak_mib": None if name == "postgis" else round(peak_bytes() / MIB),
    }


def _limit_memory() -> None:
    """Keep one tool from taking the machine's memory."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_GIB << 30, MEMORY_GIB << 30))


def main(name: str, premises: Path, points: Path, folder: Path, server: str | None) -> None:
    """One measurement, printed as JSON."""
    if server is not None:
        SERVER.append(server)
    _limit_memory()
    sys.stdout.write(json.dumps(measure(name, premises, points, folder)))


if __name__ == "__main__":
    peer, *paths = sys.argv[1:5]
    first, second, out = (Path(part) for part in paths)
    main(peer, first, second, out, sys.argv[5] if len(sys.argv) > 5 else None)
