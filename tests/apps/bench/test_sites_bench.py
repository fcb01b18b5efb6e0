"""The siting bench on a made-up town, and the committed figures of the real city."""

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from guangcheng.apps.bench.sites import AIMS, run_sites_bench
from guangcheng.apps.bench.sites_city import wuchang_city
from guangcheng.base.errors import NotFound
from tests.apps.cli.conftest import run_guangcheng as run
from tests.apps.cli.schemas import validate
from tests.conftest import ROOT

STEP = 0.003
"""Degrees between corners: about 290 m along a street, 330 m across."""
SIZE = 5
NAME = Path("data") / "cn_wuhan" / "derived_wuchang_420106"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A square of streets, an estate 50 m from every second corner, a cell of 10 people at each corner."""
    shared = tmp_path_factory.mktemp("shared")
    folder = shared / NAME
    folder.mkdir(parents=True)
    corners = [(114.3 + STEP * east, 30.5 + STEP * north) for north in range(SIZE) for east in range(SIZE)]
    pairs = [(k, k + 1) for k in range(SIZE * SIZE) if k % SIZE < SIZE - 1]
    pairs += [(k, k + SIZE) for k in range(SIZE * (SIZE - 1))]
    pyogrio.raw.write(
        folder / "streets.gpkg",
        np.array(shapely.to_wkb([shapely.LineString([corners[a], corners[b]]) for a, b in pairs]), dtype=object),
        [np.array(column) for column in (*np.array(pairs).T, ["residential"] * len(pairs))],
        ["u", "v", "highway"],
        geometry_type="LineString",
        crs="EPSG:4326",
    )
    _points(folder, "residential_neighbourhoods", [(x + 0.0005, y) for x, y in corners[::2]], "group", range(1, 99))
    _points(folder, "popgrid_points", corners, "POP_2015", [10.0] * len(corners))
    return shared


def _points(folder: Path, name: str, places: list[tuple[float, float]], key: str, values: range | list[float]) -> None:
    features = [
        {"type": "Feature", "properties": {key: value}, "geometry": {"type": "Point", "coordinates": list(place)}}
        for place, value in zip(places, values, strict=False)
    ]
    told = {"type": "FeatureCollection", "features": features}
    (folder / f"{name}.geojson").write_text(json.dumps(told), encoding="utf-8")


def test_a_town_is_planned_and_judged(town: Path, tmp_path: Path) -> None:
    ran = run("bench", "sites", town, "--time-limit", "5", "-o", tmp_path / "out.json", "--json")
    validate("bench-sites", ran.json)
    assert json.loads((tmp_path / "out.json").read_text()) == ran.json
    # corners are farther apart than 200 m: 24 of 25 cells are 95 %, each needs a site of its own; the 13 estates, 50 m
    # from their corners, are cheaper places for 13 of them
    assert (ran.json["sites"], ran.json["by_place"]) == (24, {"estate": 13, "street": 11})
    assert ran.json["cost"] == ran.json["bound"] == 13 * 12000 + 11 * 18000
    assert ran.json["proven_optimal"]
    assert (ran.json["estates"], ran.json["people"]) == (1.0, 0.96)
    assert ran.json["verdicts"] == {"before": {"fail": 13, "no_data": 1}, "after": {"no_data": 1, "pass": 13}}
    assert ran.json["passed"]
    # greedy is as good here, so the aim to be 5 % under it is missed and said to be
    assert (ran.json["under_greedy"], ran.json["met"], ran.code) == (0.0, False, 1)
    assert ran.json["aims"] == AIMS


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"streets\.gpkg"):
        wuchang_city(tmp_path, tmp_path / "city")
    assert not (tmp_path / "city").exists()


def test_the_committed_figures_meet_the_aims() -> None:
    got = json.loads((ROOT / "docs" / "reference" / "bench-sites.json").read_text(encoding="utf-8"))
    validate("bench-sites", got)
    assert got["met"]
    assert got["verdicts"]["after"] == {"no_data": 1, "pass": got["estate_points"]}
    assert got["gap"] == pytest.approx((got["cost"] - got["bound"]) / got["cost"])


@pytest.mark.nightly
@pytest.mark.needs_shared
def test_wuchang_meets_the_aims(shared: Path) -> None:
    got = run_sites_bench(shared)
    validate("bench-sites", got)
    assert got["met"], got
