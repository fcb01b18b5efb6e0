"""Reach from Parquet to Parquet with village shares, against other tools: wall seconds of the same files.

Files stand in cell order, as snapshots do. Every tool's two results are held against ours; a tool that fails or passes
the time limit is reported as such.
"""

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.apps.bench.coverage_data import make_plane, write_plane
from guangcheng.apps.bench.coverage_end_peers import END_PEERS, MEMORY_GIB
from guangcheng.apps.bench.own_postgres import own_postgres
from guangcheng.base.errors import Refused
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text

Json = dict[str, Any]
_SQL = ("duckdb_grid", "duckdb_spatial", "sedonadb", "postgis")
_SQL_TIMES = {10_000: 8.0, 100_000: 20.0}
_POLARS_TIMES = 2.0
"""What is promised at ten million premises: how many times faster than the best of the SQL tools, and than polars."""


def run_end_bench(
    *,
    premises: int = 10_000_000,
    points: tuple[int, ...] = (10_000, 100_000),
    runs: int = 5,
    seed: int = 1,
    peers: tuple[str, ...] = tuple(END_PEERS),
    limit_s: float = 300.0,
    progress: Progress = SILENT,
) -> Json:
    """Measure; per number of points the medians of every tool, its ratio to ours, the targets and whether met."""
    progress.start("bench", len(points) * len(peers))
    with tempfile.TemporaryDirectory(prefix="guangcheng-end-") as folder, _server(peers) as server:
        here = {name for name in peers if _installed(name) and (name != "postgis" or server is not None)}
        tables = []
        for count in points:
            files = write_plane(make_plane(premises, count, seed, ordered=True), Path(folder))
            rows: dict[str, Json] = {}
            for name in END_PEERS:
                if name in here | {"ours"}:
                    times = runs if name == "ours" else 1
                    rows[name] = _peer(name, files, Path(folder), times, limit_s, server)
                    progress.advance()
                if rows["ours"]["failed"] is not None:
                    break  # nothing to hold the others against
            tables.append({"points": count, "peers": rows, "targets": _checks(rows, count)})
    progress.finish()
    return {
        "premises": premises,
        "seed": seed,
        "cores": os.cpu_count(),
        "limit_s": limit_s,
        "limit_gib": MEMORY_GIB,
        "absent": sorted(set(END_PEERS) - here - {"ours"}),
        "tables": tables,
        "met": all(_met(table) for table in tables),
    }


def _peer(name: str, files: tuple[Path, Path], folder: Path, times: int, limit_s: float, server: str | None) -> Json:
    out = folder / name
    out.mkdir(exist_ok=True)
    told: list[Json] = []
    more = [server] if name == "postgis" and server is not None else []
    module = "guangcheng.apps.bench.coverage_end_peers"
    for _ in range(times):
        command = [sys.executable, "-m", module, name, *map(str, files), str(out), *more]
        try:
            shown = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            return {"failed": f"> {limit_s:g} s", "wall_s": None, "cpu_s": None, "peak_mib": None, "ratio": None}
        if shown.returncode:
            said = (shown.stderr.strip().splitlines() or [f"exit {shown.returncode}"])[-1][:200]
            return {"failed": said, "wall_s": None, "cpu_s": None, "peak_mib": None, "ratio": None}
        told.append(json.loads(shown.stdout))
    row: Json = {"failed": None} | {
        key: None if told[0][key] is None else round(statistics.median(run[key] for run in told), 3)
        for key in ("wall_s", "cpu_s", "peak_mib")
    }
    if name == "ours":
        return row | {"ratio": 1.0}
    same_results(folder / "ours", out, name)
    shutil.rmtree(out)
    return row


def same_results(mine: Path, other: Path, name: str) -> None:
    """``Refused`` unless both folders hold the same reach (distances to a micrometre) and the same shares."""
    left, right = (pq.read_table(folder / "reach.parquet").sort_by("id") for folder in (mine, other))
    same = all(
        left[column].cast(kind).equals(right[column].cast(kind))
        for column, kind in (("id", pa.int64()), ("covered", pa.bool_()), ("point_id", pa.int64()))
    )
    apart = [np.nan_to_num(table["distance_m"].to_numpy(), nan=-1.0) for table in (left, right)]
    same = same and bool(np.all(np.abs(apart[0] - apart[1]) <= 1e-6))
    ours, theirs = (
        sorted(map(tuple, (row.values() for row in pq.read_table(folder / "shares.parquet").to_pylist())))
        for folder in (mine, other)
    )
    if not same or ours != theirs:
        raise Refused(
            Text(zh=f"{name} 的答案和我们的不同，测量作废", en=f"{name} answers otherwise; the measurement is void"),
            mend=Text(zh="把数据和两个答案报给开发者", en="report the data and both answers to the developers"),
        )


def _checks(rows: dict[str, Json], points: int) -> list[Json]:
    """Set every ratio; what is promised and whether it is met, where something to compare with has an answer."""
    mine = rows["ours"]["wall_s"]
    for row in rows.values():
        row["ratio"] = None if row["wall_s"] is None or not mine else round(row["wall_s"] / mine, 2)
    found = []
    sql = [(rows[name]["ratio"], name) for name in _SQL if name in rows and rows[name]["ratio"] is not None]
    wanted = [(*min(sql), _SQL_TIMES[points])] if sql and points in _SQL_TIMES else []
    if "polars" in rows and rows["polars"]["ratio"] is not None:
        wanted.append((rows["polars"]["ratio"], "polars", _POLARS_TIMES))
    for ratio, name, least in wanted:
        found.append({"against": name, "at_least": least, "ratio": ratio, "met": ratio >= least})
    return found


def _met(table: Json) -> bool:
    """Every promise kept, and ours answered at all."""
    return table["peers"]["ours"]["failed"] is None and all(check["met"] for check in table["targets"])


def _installed(name: str) -> bool:
    module = {"duckdb_grid": "duckdb", "duckdb_spatial": "duckdb", "postgis": "psycopg"}.get(name, name)
    if name == "duckdb_spatial" and importlib.util.find_spec("duckdb_extension_spatial") is None:
        return any((Path.home() / ".duckdb" / "extensions").rglob("spatial.duckdb_extension"))
    return name == "ours" or importlib.util.find_spec(module) is not None


def _server(peers: tuple[str, ...]) -> AbstractContextManager[str | None]:
    """A PostgreSQL with PostGIS where it is among the peers and installed; else ``None``."""
    wanted = "postgis" in peers and importlib.util.find_spec("psycopg") is not None
    return own_postgres("jit=off") if wanted else nullcontext()
