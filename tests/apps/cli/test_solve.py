"""``solve reach`` from the command line: its JSON, its refusals, its start-up."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.apps.cli.conftest import Run
from tests.apps.cli.schemas import validate


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    premises, points = tmp_path / "premises.parquet", tmp_path / "points.parquet"
    n = 2000
    pq.write_table(
        pa.table({"id": range(n), "x": np.arange(n) * 1.0, "y": np.zeros(n), "radius_m": np.full(n, 10.0)}), premises
    )
    pq.write_table(
        pa.table({"id": [2, 1], "x": [100.0, 500.0], "y": [0.0, 0.0], "qualifies": [True, True], "ports": [4, 0]}),
        points,
    )
    return premises, points


def test_reach_prints_counts_seconds_and_memory(files: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ran = run("solve", "reach", *files, "-o", out, "--json")
    assert ran.code == 0, ran.err
    validate("solve-reach", ran.json)
    assert (ran.json["premises"], ran.json["points"], ran.json["covered"]) == (2000, 2, 42)
    assert ran.json["peak_rss_mb"] > 10
    table = pq.read_table(out)
    assert table.filter(table["covered"])["point_id"].to_pylist() == [2] * 21 + [1] * 21
    two = run("solve", "reach", *files, "-o", tmp_path / "two.parquet", "--threads", "2", "--json")
    assert two.code == 0
    assert (tmp_path / "two.parquet").read_bytes() == out.read_bytes()


def test_people_read_a_sentence(files: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    for lang, word in (("zh", "42 个有覆盖（2.10%）"), ("en", "42 covered (2.10%)")):
        assert word in run("solve", "reach", *files, "-o", tmp_path / "out.parquet", lang=lang).out


def test_capacity_says_what_was_asked_and_served(files: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    premises = pq.read_table(files[0])
    pq.write_table(premises.append_column("demand", pa.array([1] * len(premises))), files[0])
    ran = run("solve", "reach", *files, "-o", tmp_path / "out.parquet", "--capacity", "--json")
    validate("solve-reach", ran.json)
    assert (ran.json["covered"], ran.json["ports"]) == (4, {"asked": 2000, "served": 4})


def test_bad_input_ends_in_two_with_a_mend(files: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    for args in ((files[1], files[0]), (files[0], tmp_path / "none.parquet"), (files[0], Path(__file__))):
        ran = run("solve", "reach", *args, "-o", out, "--json")
        assert ran.code == 2
        validate("error", ran.json)
    assert run("solve", "reach", *files, "-o", out, "--capacity", "--json").json["error"]["where"]["file"] == str(
        files[0]
    )
    assert run("solve", "reach", *files, "--json").code == 2
    assert not out.exists()


def test_a_short_command_loads_no_heavy_library(files: tuple[Path, Path], tmp_path: Path) -> None:
    code = (
        "import sys; from guangcheng.apps.cli.door import run_command; from guangcheng.apps.cli.main import cli;"
        f"args = ['solve', 'reach', {str(files[0])!r}, {str(files[1])!r}, '-o', {str(tmp_path / 'o')!r}];"
        "done = run_command(cli, args);"
        "print(done, [name for name in ('numba', 'pandas', 'duckdb', 'pydantic', 'shapely') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "0 []"
