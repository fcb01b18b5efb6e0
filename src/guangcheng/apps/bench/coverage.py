"""Reach against other tools in one run: processor seconds of the question itself, and whole processes.

Every tool runs in a fresh process on the same columns; a ratio is of medians. An answer that differs from ours in one
premises ends the run.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from guangcheng.apps.bench.coverage_data import make_plane, write_plane
from guangcheng.apps.bench.coverage_peers import PEERS, installed, program
from guangcheng.apps.meter import seconds
from guangcheng.base.errors import Refused
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text

Json = dict[str, Any]
ORDERS = ("cell", "random")
KNOWN_ABSENT = ("postgis",)
"""Peers of the published table that this command does not run."""
_SLOW = ("geopandas", "duckdb", "polars", "sedonadb")
_TARGETS: dict[tuple[str, str], dict[int, float]] = {
    ("cell", "scipy"): {10_000: 12.0, 100_000: 8.0},
    ("cell", "geopandas"): {10_000: 60.0, 100_000: 60.0},
    ("random", "scipy"): {10_000: 4.0, 100_000: 4.0},
    ("random", "geopandas"): {10_000: 25.0, 100_000: 25.0},
}
_PASSES = {10_000: 5.0, 100_000: 12.0}
_WHOLE_PROCESS = 3.0
"""What is promised: how many times faster than a peer, and within how many passes over the columns."""


def run_coverage_bench(
    *,
    premises: int = 1_000_000,
    points: tuple[int, ...] = (10_000, 100_000),
    runs: int = 5,
    seed: int = 1,
    peers: tuple[str, ...] = tuple(PEERS),
    progress: Progress = SILENT,
) -> Json:
    """Measure; ``tables`` per number of points and order: medians per peer, ratios to ours, targets and whether met."""
    here = [name for name in PEERS if name in peers and installed(name)]
    progress.start("bench", len(points) * len(ORDERS) * len(here) + 1)
    tables = [_table(premises, count, order, here, runs, seed, progress) for count in points for order in ORDERS]
    process = _whole_process(premises, points[0], seed, runs) if "geopandas" in here else None
    progress.finish()
    result = {
        "premises": premises,
        "seed": seed,
        "cores": os.cpu_count(),
        "absent": sorted({*(name for name in PEERS if not installed(name)), *KNOWN_ABSENT}),
        "tables": tables,
        "process": process,
    }
    checks = [check["met"] for table in tables for check in table["targets"]]
    return result | {"met": all(checks) and (process is None or process["met"])}


def _table(premises: int, points: int, order: str, here: list[str], runs: int, seed: int, progress: Progress) -> Json:
    rows: dict[str, Json] = {}
    for name in here:
        rows[name] = _peer(name, premises, points, order, 1 if name in _SLOW else runs, seed)
        progress.advance()
    for name, row in rows.items():
        if name != "one_pass" and row["digest"] != rows["ours"]["digest"]:
            raise Refused(
                Text(
                    zh=f"{name} 的答案和我们的不同，测量作废", en=f"{name} answers otherwise; the measurement is void"
                ),
                mend=Text(zh="把数据和两个答案报给开发者", en="report the data and both answers to the developers"),
            )
    mine = rows["ours"]["cpu_s"]
    for row in rows.values():
        row["ratio"] = round(row["cpu_s"] / mine, 2) if mine else None
        del row["digest"]
    return {"points": points, "order": order, "peers": rows, "targets": _checks(rows, points, order)}


def _checks(rows: dict[str, Json], points: int, order: str) -> list[Json]:
    found = []
    for (how, name), wanted in _TARGETS.items():
        if how == order and name in rows and points in wanted:
            ratio = rows[name]["ratio"]
            met = ratio is not None and ratio >= wanted[points]
            found.append({"against": name, "at_least": wanted[points], "ratio": ratio, "met": met})
    if order == "cell" and "one_pass" in rows and points in _PASSES:
        one, most = rows["one_pass"]["cpu_s"], _PASSES[points]
        passes = round(rows["ours"]["cpu_s"] / one, 2) if one else None
        met = passes is not None and passes <= most
        found.append({"against": "one_pass", "at_most": most, "ratio": passes, "met": met})
    return found


def _peer(name: str, premises: int, points: int, order: str, runs: int, seed: int) -> Json:
    module = "guangcheng.apps.bench.coverage_worker"
    command = [sys.executable, "-m", module, name, *map(str, (premises, points, seed)), order, str(runs)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    told: Json = json.loads(shown.stdout)
    return told | {key: round(statistics.median(told[key]), 5) for key in ("cpu_s", "wall_s")}


def _whole_process(premises: int, points: int, seed: int, runs: int) -> Json:
    """Wall seconds from start to exit, Parquet in and out, the first run not counted."""
    with tempfile.TemporaryDirectory() as folder:
        files = write_plane(make_plane(premises, points, seed, ordered=False), Path(folder))
        took = {}
        for name, times in (("ours", runs), ("geopandas", max(1, runs // 2))):
            walls = []
            for _ in range(times + 1):
                began = seconds()
                command = program(name, *files, Path(folder) / f"{name}.parquet")
                subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own programs
                walls.append(seconds() - began)
            took[name] = round(statistics.median(walls[1:]), 3)
    ratio = round(took["geopandas"] / took["ours"], 2)
    return {"wall_s": took, "ratio": ratio, "at_least": _WHOLE_PROCESS, "met": ratio >= _WHOLE_PROCESS}
