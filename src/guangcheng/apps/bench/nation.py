"""A made-up country on disk, every verdict up to the province, with what it takes: time, memory, bytes read.

As many provinces, towns and villages as the country has, times ``scale``; premises and points around each village.
Provinces lie apart, so no radius crosses their borders; from the first to the last ever more of their points qualify
(40 to 100 per cent).
"""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.apps.meter import MIB, cpu_seconds, peak_bytes, seconds
from guangcheng.base.progress import SILENT, Progress
from guangcheng.coverage.at_scale import village_shares
from guangcheng.coverage.engine_kernel import shares_sql
from guangcheng.coverage.kernel import Floats, Ints
from guangcheng.store.duckdb_engine import DuckDBEngine

PROVINCES, TOWNS, VILLAGES = 31, 41_352, 620_573
PREMISES, POINTS = 100_000_000, 10_000_000
_SIDE_M, _APART_M = 400_000.0, 600_000.0
_URBAN = 0.3
_VILLAGE_SHARE, _SHARE = Fraction(95), Fraction(90)
"""Per cent of premises that make a village pass, and of members that make each level above pass."""
LEVELS: tuple[tuple[str, int], ...] = (("town", 1000), ("county", 1000), ("city", 100), ("province", 100))
"""Levels above the village, and by what a code is divided to give its parent's."""

Json = dict[str, Any]


def run_nation_bench(
    folder: Path, *, scale: float = 0.1, seed: int = 1, threads: int = 2, progress: Progress = SILENT
) -> Json:
    """Build the country in ``folder`` (kept, and not built again if it is there), evaluate it, measure."""
    began = seconds()
    files = _build(folder, scale, seed, progress)
    built = seconds() - began
    began, busy = seconds(), cpu_seconds()
    progress.start("reach", PROVINCES)
    areas = []
    for premises, points in files:
        out = premises.with_name(premises.name.replace("premises", "shares"))
        village_shares(premises, points, out, threads=threads)
        areas.append(pq.read_table(out))
        progress.advance()
    progress.finish()
    reached = seconds() - began
    verdicts = _verdicts(pa.concat_tables(areas))
    whole = seconds() - began
    return {
        "scale": scale,
        "seed": seed,
        "cores": os.cpu_count(),
        "provinces": PROVINCES,
        "premises": sum(pq.read_metadata(premises).num_rows for premises, _ in files),
        "points": sum(pq.read_metadata(points).num_rows for _, points in files),
        "built_s": round(built, 1),
        "reach_s": round(reached, 2),
        "verdicts_s": round(whole - reached, 2),
        "wall_s": round(whole, 2),
        "cpu_s": round(cpu_seconds() - busy, 2),
        "peak_mib": round(peak_bytes() / MIB),
        "bytes_read": sum(path.stat().st_size for pair in files for path in pair),
        "verdicts": verdicts,
    }


def _build(folder: Path, scale: float, seed: int, progress: Progress) -> list[tuple[Path, Path]]:
    folder.mkdir(parents=True, exist_ok=True)
    progress.start("build", PROVINCES)
    files = []
    for province in range(PROVINCES):
        tag = f"{scale:g}-{seed}-{province + 11}"
        pair = folder / f"premises-{tag}.parquet", folder / f"points-{tag}.parquet"
        if not all(path.is_file() for path in pair):
            _province(province, scale, np.random.default_rng([seed, province]), *pair)
        files.append(pair)
        progress.advance()
    progress.finish()
    return files


def _province(province: int, scale: float, rng: np.random.Generator, premises: Path, points: Path) -> None:
    """Write one province: villages by town, premises village by village as a register lists them."""
    villages = max(1, round(VILLAGES * scale / PROVINCES))
    codes = _codes(province + 11, villages, max(1, round(TOWNS * scale / PROVINCES)))
    low = np.array([province % 6, province // 6]) * _APART_M
    centre = low[:, None] + rng.uniform(0, _SIDE_M, (2, villages))
    urban = rng.random(villages) < _URBAN
    share = 0.4 + 0.6 * province / (PROVINCES - 1)

    def around(count: int) -> tuple[Ints, Floats, Floats]:
        at = np.sort(rng.integers(0, villages, count))
        spread = np.where(urban[at], 90.0, 400.0)
        x, y = (centre[axis, at] + rng.normal(0, 1, count) * spread for axis in (0, 1))
        return at, x, y

    at, x, y = around(round(PREMISES * scale / PROVINCES))
    radius = np.where(urban[at], 200.0, 1000.0)
    table = pa.table({"area_code": codes[at], "x": x, "y": y, "radius_m": radius})
    pq.write_table(
        table, premises.with_suffix(".part"), row_group_size=1 << 20, use_dictionary=["area_code", "radius_m"]
    )
    _, x, y = around(round(POINTS * scale / PROVINCES))
    pq.write_table(pa.table({"x": x, "y": y, "qualifies": rng.random(x.size) < share}), points)
    premises.with_suffix(".part").replace(premises)


def _codes(province: int, villages: int, towns: int) -> Ints:
    """12-digit codes: province 2, city 2, county 2, town 3, village 3; towns of a county and villages of a town."""
    village = np.arange(villages)
    town = village * towns // villages
    first = np.searchsorted(town, np.arange(towns))
    county, city = town // 14, town // 140
    above = (province * 100 + city % 100) * 100 + county % 10
    return (above * 1000 + town % 14 + 1) * 1000 + (village - first[town]) % 999 + 1


def _verdicts(shares: pa.Table) -> list[Json]:
    """Passed, failed and without data per level, the queries run by the engine; the last are the provinces."""
    codes, n, passed = (shares[name].to_numpy() for name in ("area_code", "n", "passed"))
    state = (passed * 100 * _VILLAGE_SHARE.denominator >= n * _VILLAGE_SHARE.numerator).astype(np.int64)
    told = [{"level": "village", "pass": int(state.sum()), "fail": int((state == 0).sum()), "no_data": 0}]
    engine = DuckDBEngine()
    for level, divisor in LEVELS:
        members = pa.table({"area_code": codes // divisor, "state": state})
        areas = pa.table({"code": np.unique(codes // divisor)})
        found = engine.query(shares_sql(_SHARE), {"areas": areas, "members": members})
        verdict = np.array(found["verdict"].to_pylist())
        codes = found["code"].to_numpy()
        state = np.select([verdict == "pass", verdict == "fail"], [1, 0], -1)
        told.append({"level": level, **{name: int((verdict == name).sum()) for name in ("pass", "fail", "no_data")}})
    engine.close()
    return told
