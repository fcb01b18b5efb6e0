"""Parquet to Parquet against other tools on a small size: same answers, and a wrong one or a slow one is told."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guangcheng.apps.bench.coverage_data import make_plane, write_plane
from guangcheng.apps.bench.coverage_end import _installed, run_end_bench, same_results
from guangcheng.apps.bench.coverage_end_peers import END_PEERS
from guangcheng.base.errors import Refused
from guangcheng.coverage.kernel import nearest_within
from tests.apps.cli.schemas import validate

IN_PROCESS = [name for name in END_PEERS if name not in ("ours", "postgis") and _installed(name)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_plane(make_plane(20_000, 2_000, 3, ordered=True), tmp_path_factory.mktemp("plane"))


@pytest.fixture(scope="module")
def mine(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ours")
    END_PEERS["ours"](*files, folder)
    return folder


def test_ours_is_the_kernel_and_counts_every_village(mine: Path) -> None:
    plane = make_plane(20_000, 2_000, 3, ordered=True)
    found, distance = nearest_within(plane.x, plane.y, plane.radius, plane.ax, plane.ay)
    reach, shares = pq.read_table(mine / "reach.parquet"), pq.read_table(mine / "shares.parquet")
    assert reach["id"].to_pylist() == list(range(20_000))
    assert reach["covered"].to_pylist() == (found >= 0).tolist()
    assert reach["point_id"].to_pylist() == [at if at >= 0 else None for at in found.tolist()]
    assert reach["distance_m"].drop_null().to_pylist() == distance[found >= 0].tolist()
    villages, n = np.unique(plane.village, return_counts=True)
    covered = [int((found[plane.village == village] >= 0).sum()) for village in villages]
    assert shares.to_pydict() == {"area_code": villages.tolist(), "n": n.tolist(), "covered": covered}


@pytest.mark.parametrize("name", IN_PROCESS)
def test_every_peer_here_has_the_same_results(name: str, files: tuple[Path, Path], mine: Path, tmp_path: Path) -> None:
    END_PEERS[name](*files, tmp_path)
    same_results(mine, tmp_path, name)


@pytest.mark.parametrize("column", ["point_id", "distance_m", "shares"])
def test_another_result_voids_the_measurement(mine: Path, tmp_path: Path, column: str) -> None:
    reach, shares = pq.read_table(mine / "reach.parquet"), pq.read_table(mine / "shares.parquet")
    if column == "shares":
        shares = shares.set_column(2, "covered", pa.array([row + 1 for row in shares["covered"].to_pylist()]))
    else:
        at = reach.schema.names.index(column)
        changed = [None if value is None else value + 1 for value in reach[column].to_pylist()]
        reach = reach.set_column(at, column, pa.array(changed))
    pq.write_table(reach, tmp_path / "reach.parquet")
    pq.write_table(shares, tmp_path / "shares.parquet")
    with pytest.raises(Refused):
        same_results(mine, tmp_path, "other")


def test_a_tool_beyond_the_limit_is_reported() -> None:
    result = run_end_bench(premises=20_000, points=(10_000,), runs=1, peers=("ours", "duckdb_grid"), limit_s=0.01)
    validate("bench-coverage-end", result)
    (table,) = result["tables"]
    assert {name: row["failed"] for name, row in table["peers"].items()} == {"ours": "> 0.01 s"}
    assert result["absent"] == sorted(set(END_PEERS) - {"ours", "duckdb_grid"})
    assert result["met"] is False
