"""The radio measurements: on a small made-up network, and the committed figures of the real one."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from guangcheng.apps.bench import radio
from guangcheng.base.errors import NotFound
from tests.apps.cli.schemas import validate
from tests.conftest import ROOT

COMMITTED = ROOT / "docs" / "reference" / "bench-radio.json"
VECTORS = Path(__file__).parent / "data" / "vectors.csv"


def write_shared(folder: Path) -> None:
    (folder / "radio").mkdir()
    (folder / "de_leipzig_5g").mkdir()
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["quantity"] == "path_loss" and row["scenario"] != "InH-Office"
        ]
    lines = ["scenario,h_bs,h_ut,f_ghz,d2d_m,los,pathloss_db,source"]
    for row in rows[::10]:
        seen = int(row["sight"] == "LOS")
        link = f"{row['bs_m']},{row['ut_m']},{row['ghz']},{row['metres']}"
        lines.append(f"{row['scenario']},{link},{seen},{row['value']},vectors")
    (folder / radio.REFERENCE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    network = folder / radio.NETWORK
    sites = ["site_id;construction;coordinates;operators", "1;Building;51.34,12.37;A,B", "2;Indoor;51.341,12.371;A"]
    (network / "sites.csv").write_text("\n".join(sites) + "\n", encoding="utf-8")
    antennas = ["antenna_id;site_id;operator;orientation;manufacturer", "a;1;A;0.0;x", "b;1;A;180.0;x", "c;1;B;90.0;x"]
    (network / "antennas.csv").write_text("\n".join([*antennas, "d;2;A;;x"]) + "\n", encoding="utf-8")
    x, y = 316_900.0, 5_690_700.0
    ring = [[x - 500, y - 500], [x + 500, y - 500], [x + 500, y + 500], [x - 500, y + 500], [x - 500, y - 500]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (network / "regions.json").write_text(json.dumps({"features": [feature]}), encoding="utf-8")


def test_a_made_up_network_is_measured_and_drawn(tmp_path: Path) -> None:
    write_shared(tmp_path)
    result = radio.run_radio_bench(tmp_path, pixel_m=50.0, output=tmp_path / "maps")
    validate("bench-radio", result)
    assert result["reference"]["within"] == result["reference"]["values"] == 144
    network = result["network"]
    assert (network["antennas"], network["indoor_left_out"], network["city_pixels"]) == (3, 1, 400)
    assert [(item["operator"], item["cells"], item["masts"]) for item in network["operators"]] == [
        ("A", 2, 1),
        ("B", 1, 1),
    ]
    world = (tmp_path / "maps" / "rsrp-A.pgw").read_text(encoding="ascii").split()
    assert [float(number) for number in world] == [50.0, 0.0, 0.0, -50.0, 316_425.0, 5_691_175.0]
    with Image.open(tmp_path / "maps" / "rsrp-A.tif") as levels, Image.open(tmp_path / "maps" / "server-A.tif") as best:
        assert levels.size == best.size == (network["columns"], network["rows"])
        assert set(np.unique(np.asarray(best)).tolist()) == {-1, 0, 1}  # the pixel of the mast itself is too near
        np.testing.assert_array_equal(np.isnan(np.asarray(levels)), np.asarray(best) < 0)
    listed = (tmp_path / "maps" / "server-A.csv").read_text(encoding="utf-8").splitlines()
    mine = radio.read_network(tmp_path / radio.NETWORK)[0]["A"]
    assert listed == ["cell,x,y,azimuth_deg"] + [
        f"{k},{c.x:.2f},{c.y:.2f},{c.azimuth_deg:.2f}" for k, c in enumerate(mine)
    ]
    assert (tmp_path / "maps" / "rsrp-B.png").read_bytes().startswith(b"\x89PNG")


def test_orientations_are_turned_from_true_to_grid_north(tmp_path: Path) -> None:
    """At 12.37° E, 51.34° N grid north of zone 33 (15° E) lies (12.37 − 15)·sin 51.34° = −2.05° off true north."""
    write_shared(tmp_path)
    cells, _ = radio.read_network(tmp_path / radio.NETWORK)
    assert cells["A"][0].azimuth_deg == pytest.approx(2.63 * np.sin(np.radians(51.34)), abs=0.01)


def test_missing_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="ns3_tr38901"):
        radio.run_radio_bench(tmp_path)


def test_the_committed_figures_are_valid_and_every_assumption_is_named() -> None:
    result = json.loads(COMMITTED.read_text(encoding="utf-8"))
    validate("bench-radio", result)
    assert result["assumptions"] == radio.assumptions()
    assert result["reference"]["within"] == result["reference"]["values"] == 24
    assert result["network"]["antennas"] + result["network"]["indoor_left_out"] == 2633
    assert result["met"] == all(result["aims"].values())


@pytest.mark.needs_shared
def test_the_real_network_is_read_whole(shared: Path) -> None:
    cells, indoors = radio.read_network(shared / "data" / radio.NETWORK)
    assert sum(map(len, cells.values())) + indoors == 2633
    assert sorted(cells) == ["1&1", "Telefonica", "Telekom", "Vodafone"]
