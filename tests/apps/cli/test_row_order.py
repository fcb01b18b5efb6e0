"""Premises are stored in cell order; nobody sees it: a snapshot sorted by key gives the same bytes everywhere."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from tests.apps.cli.conftest import Ran, Run

STANDARD = "qingcheng-2017-all-optical"


def test_the_order_of_premises_shows_nowhere(run: Run, demo: tuple[Path, Ran], tmp_path: Path) -> None:
    told = []
    for order in ("cell", "key"):
        city = tmp_path / order / "city"
        shutil.copytree(demo[0] / "qingcheng", city)
        (stored,) = (city / "registers" / "premises").glob("*.parquet")
        held = pq.read_table(stored)
        by_key = held.sort_by("premises_id")
        assert not held.equals(by_key)
        if order == "key":
            pq.write_table(by_key, stored)
        out = tmp_path / order / "out"
        assert run("report", "evaluation", city, "--standard", STANDARD, "-o", out).code == 0
        assert run("report", "grid", city, "--standard", STANDARD, "-o", out / "grid.geojson").code == 0
        evaluated = run("evaluate", city, "--standard", STANDARD, "--json").json
        told.append((evaluated, {path.name: path.read_bytes() for path in sorted(out.iterdir())}))
    assert len(told[0][1]) == 3
    assert told[0] == told[1]
