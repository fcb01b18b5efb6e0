"""``plan radio`` on the demonstration district and on tables of sites and antennas."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from guangcheng.base.places import from_metric
from guangcheng.registers.city import City
from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate
from tests.planning.radio.test_bench import write_shared

COARSE = ("--pixel", "200")


@pytest.fixture
def city(demo: tuple[Path, Ran], tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    shutil.copytree(demo[0] / "liangjiang", folder)
    return folder


def spots(city: Path, count: int) -> list[tuple[float, float]]:
    """Where the first structures stand, 120 m north of each."""
    opened = City.open(city)
    rows = opened.view(opened.config.as_of).table("wireless_sites", ["x", "y", "structure"]).to_pylist()
    near = [row for row in rows if row["structure"] == "rooftop"][:count]
    lon, lat = from_metric([row["x"] for row in near], [row["y"] + 120 for row in near], opened.config.crs)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def test_rasters_pictures_tiles_and_places(city: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "radio"
    ran = run("plan", "radio", city, "-o", out, *COARSE, "--operator", "mobile", "--json")
    assert ran.code == 0
    validate("plan-radio", ran.json)
    (row,) = ran.json["operators"]
    with Image.open(out / row["files"]["rsrp_tif"]) as levels, Image.open(out / row["files"]["server_tif"]) as best:
        assert levels.size == best.size == (ran.json["columns"], ran.json["rows"])
        there = np.asarray(best) >= 0
        assert int((~there).sum()) == row["no_data_pixels"]
        values = np.asarray(levels)[there].astype(float)
        assert row["median_dbm"] == pytest.approx(np.median(values), abs=0.01)
        assert row["mean_in_db_dbm"] == pytest.approx(values.mean(), abs=0.01)
        assert row["mean_linear_dbm"] == pytest.approx(10 * np.log10((10 ** (values / 10)).mean()), abs=0.01)
    with Image.open(out / row["files"]["chance_tif"]) as chances:
        sure = np.nan_to_num(np.asarray(chances).astype(float))
        assert row["reached_percent"] == pytest.approx(100 * (sure >= 0.95).mean(), abs=0.01)
        assert row["mean_probability_percent"] == pytest.approx(100 * sure.mean(), abs=0.01)
    for kind in ("rsrp", "chance", "server"):
        with Image.open(out / row["files"][f"{kind}_png"]) as picture:
            assert min(picture.size) > 600
    written = list((out / "tiles" / "rsrp-mobile").glob("*/*/*.png"))
    assert len(written) == ran.json["tiles"]["count"]["rsrp-mobile"] > 0
    assert json.loads((out / "tiles" / "rsrp-mobile" / "tiles.json").read_text())["tilejson"] == "3.0.0"
    total = ran.json["summary"][-1]
    assert (total["operator"], total["places"]) == (None, 30)
    assert (total["reached"], total["not_reached"], total["unknown"]) == (24, 4, 2)
    assert {item["name"] for item in ran.json["assumptions"]} >= {
        "threshold_dbm",
        "reliability_percent",
        "macro_power_dbm",
    }


def test_key_points_get_a_prediction_and_tests_still_decide(city: Path, run: Run, tmp_path: Path) -> None:
    places = spots(city, 3)
    tested, untested = "K001", "K029"
    lines = [f"{tested},1,{places[0][0]},{places[0][1]},no", f"{untested},a,{places[1][0]},{places[1][1]},no",
             f"{untested},b,{places[2][0]},{places[2][1]},yes"]  # fmt: skip
    path = tmp_path / "points.csv"
    path.write_text("place_id,point_id,lon,lat,indoor\n" + "\n".join(lines) + "\n")
    ran = run("plan", "radio", city, "-o", tmp_path / "r", *COARSE, "--no-tiles", "--points", path, "--json")
    validate("plan-radio", ran.json)
    assert "tiles" not in ran.json
    found = {(one["place_id"], one["operator"]): one for one in ran.json["places"]}
    (point,) = found[tested, "telecom"]["points"]
    assert point["by"] == "measured"
    assert point["predicted"] is not None
    outdoors, indoors = found[untested, "mobile"]["points"]
    assert (outdoors["by"], indoors["by"]) == ("predicted", "predicted")
    assert indoors["predicted"]["probability"] < outdoors["predicted"]["probability"]
    lines = (tmp_path / "r" / "places.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sum(line.startswith(f"{untested},") for line in lines) == 2 * 3


def test_the_threshold_is_editable_and_said(city: Path, run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    shares = []
    for level in (-115, -95):
        own.write_text(f"threshold_dbm = {level}\n")
        ran = run("plan", "radio", city, "-o", tmp_path / "r", *COARSE, "--no-tiles", "--parameters", own, "--json")
        shares.append([row["reached_percent"] for row in ran.json["operators"]])
        (told,) = [item for item in ran.json["assumptions"] if item["name"] == "threshold_dbm"]
        assert (told["value"], told["basis"]) == (level, "local")
    assert all(low > high for low, high in zip(*shares, strict=True))


def test_the_same_files_twice(city: Path, run: Run, tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        run("plan", "radio", city, "-o", tmp_path / name, *COARSE, "--operator", "unicom")
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        contents.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert contents[0] == contents[1]


def test_the_screen_is_in_both_languages(city: Path, run: Run, tmp_path: Path) -> None:
    asked = ("plan", "radio", city, "-o", tmp_path / "r", *COARSE, "--no-tiles", "--operator", "mobile")
    chinese, english = run(*asked), run(*asked, lang="en")
    assert "重点场所" in chinese.out
    assert "threshold_dbm = -105 dBm" in chinese.out
    assert "Key places" in english.out
    assert "reached reliably" in english.out


def test_tables_of_sites_and_antennas(run: Run, tmp_path: Path) -> None:
    write_shared(tmp_path)
    data = tmp_path / "de_leipzig_5g"
    outline = json.loads((data / "regions.json").read_text())
    outline |= {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:25833"}}}
    for feature in outline["features"]:
        feature["properties"] = {"name": "x"}
    (tmp_path / "outline.geojson").write_text(json.dumps(outline))
    city = tmp_path / "town"
    run("init", city, "--name", "town", "--area-code", "999999", "--crs", "EPSG:25833", "--as-of", "2025-05-26")
    asked = ("plan", "radio", city, "-o", tmp_path / "r", "--pixel", "50", "--sites", data / "sites.csv")
    ran = run(*asked, "--antennas", data / "antennas.csv", "--outline", tmp_path / "outline.geojson", "--json")
    validate("plan-radio", ran.json)
    assert [(row["operator"], row["sites"], row["cells"], row["pixels"]) for row in ran.json["operators"]] == [
        ("A", 1, 2, 400),
        ("B", 1, 1, 400),
    ]
    assert [(row["what"], row["count"]) for row in ran.json["left_out"]] == [("indoor_antennas", 1)]
    assert run(*asked, "--json").code == 2  # sites without antennas


@pytest.mark.parametrize(
    ("extra", "content"),
    [
        ("--parameters", "threshold = 3"),
        ("--points", "place_id,lon,lat\nnobody,106.5,29.6\n"),
        ("--points", "a,b\n1,2\n"),
        ("--antennas", "site_id,operator,azimuth\nnowhere,mobile,0\n"),
        ("--outline", "no layer"),
    ],
)
def test_bad_files_are_refused(city: Path, run: Run, tmp_path: Path, extra: str, content: str) -> None:
    path = tmp_path / ("x.geojson" if extra == "--outline" else "x.csv")
    path.write_text(content)
    ran = run("plan", "radio", city, "-o", tmp_path / "r", *COARSE, extra, path, "--json")
    assert ran.code == 2
    validate("error", ran.json)
    assert not (tmp_path / "r").exists()


def test_refusals(city: Path, run: Run, tmp_path: Path) -> None:
    asked = ("plan", "radio", city, "-o", tmp_path / "r", "--json")
    assert run(*asked, "--operator", "cable").json["error"]["kind"] == "NotFound"
    high = tmp_path / "high.toml"
    high.write_text("macro_height_m = 30\n")
    refused = run(*asked, "--parameters", high).json["error"]
    assert (refused["kind"], "25" in refused["message"]["zh"]) == ("OutsideKnowledge", True)
    assert run(*asked, "--pixel", "1").json["error"]["kind"] == "InputError"
    shutil.rmtree(city / "registers" / "wireless_services")
    assert "wireless_services" in run(*asked).json["error"]["mend"]["en"]
