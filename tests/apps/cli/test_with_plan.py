"""``evaluate --with-plan`` with a fibre plan: what fails today and passes with it, and nothing else changes."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate
from tests.apps.cli.town_files import grid_around

STANDARD = "qingcheng-2017-all-optical"


@pytest.fixture(scope="module")
def city(demo: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("with-plan") / "city"
    shutil.copytree(demo[0] / "qingcheng", folder)
    return folder


@pytest.fixture(scope="module")
def today(city: Path, run: Run) -> dict[str, Any]:
    return run("evaluate", city, "--standard", STANDARD, "--json").json


@pytest.fixture(scope="module")
def village(today: dict[str, Any]) -> str:
    """The first village that fails."""
    return min(
        str(one["code"]) for one in today["areas"] if one["level"] == "admin_village" and one["verdict"] == "fail"
    )


@pytest.fixture(scope="module")
def planned(city: Path, village: str, run: Run) -> tuple[Ran, Path]:
    """A plan of it, kept by name too."""
    from guangcheng.base.places import from_metric
    from guangcheng.registers.city import City

    opened = City.open(city)
    rows = opened.view(opened.config.as_of).table("premises", ("area_code", "x", "y")).to_pylist()
    mine = [row for row in rows if (row["area_code"] or "").startswith(village) and row["x"] is not None]
    x, y = [row["x"] for row in mine], [row["y"] for row in mine]
    streets = grid_around(city.parent / "streets.geojson", x, y, opened.config.crs)
    lon, lat = from_metric([min(x)], [min(y)], opened.config.crs)
    olt = city.parent / "olt.csv"
    olt.write_text(f"olt_id,lon,lat,pon_ports,cost\na,{lon[0]:.7f},{lat[0]:.7f},64,0\n", encoding="utf-8")
    given = ("--area", village, "--olt", olt, "--streets", streets, "--join-crossings", "--operator", "mobile")
    out = city.parent / "run-1"
    return run("plan", "fibre", city, *given, "--name", "光纤", "-o", out, "--json"), out


def evaluated(run: Run, city: Path, plan: object, *more: object) -> dict[str, Any]:
    ran = run("evaluate", city, "--standard", STANDARD, "--with-plan", plan, *more, "--json")
    assert ran.code == 0, ran.err + ran.out
    validate("evaluate", ran.json)
    return ran.json


def test_the_village_passes_with_it_and_the_registers_stay(
    city: Path, village: str, today: dict[str, Any], planned: tuple[Ran, Path], run: Run
) -> None:
    assert planned[0].code == 0, planned[0].err + planned[0].out
    validate("plan-fibre", planned[0].json)
    assert planned[0].json["kept"] == "光纤"
    found = evaluated(run, city, planned[1])
    verdicts = {one["code"]: one["verdict"] for one in found["areas"]}
    assert verdicts[village] == "pass"
    villages = next(one for one in found["with_plan"]["levels"] if one["level"] == "admin_village")
    assert village in villages["newly"]
    assert villages["after"] - villages["before"] == len(villages["newly"]) - len(villages["no_longer"])
    was = {one["code"]: one["verdict"] for one in today["areas"]}
    assert {code for code in was if was[code] == "fail" and verdicts[code] == "pass"} == {
        code for one in found["with_plan"]["levels"] for code in one["newly"] if code in was
    }
    assert run("evaluate", city, "--standard", STANDARD, "--json").json == today


def test_access_points_are_the_last_splitters(city: Path, planned: tuple[Ran, Path], run: Run) -> None:
    change = evaluated(run, city, planned[1])["with_plan"]
    with closing(sqlite3.connect(planned[1] / "plan.gpkg")) as base:
        wanted = base.execute(
            "select count(distinct node_id), sum(ratio) from splitters "
            "where splitter_id in (select coalesce(splitter_2, splitter_1) from onts)"
        ).fetchone()
    assert (change["access_points"], change["ports"]) == wanted
    assert change["plan"] == "run-1"
    assert change["snapshots"]["access_points"]["hash"] == planned[0].json["plan"]
    assert change["connected"] == planned[0].json["premises"]["connected"]
    assert change["uncounted"] == []


def test_kept_by_name_it_says_the_same(city: Path, planned: tuple[Ran, Path], run: Run) -> None:
    by_run, by_name = evaluated(run, city, planned[1]), evaluated(run, city, "光纤")
    assert by_name["with_plan"]["levels"] == by_run["with_plan"]["levels"]
    assert [one["verdict"] for one in by_name["areas"]] == [one["verdict"] for one in by_run["areas"]]
    assert by_name["with_plan"]["connected"] is None


def test_a_standard_with_a_tiny_radius_leaves_some_uncounted(
    city: Path, village: str, planned: tuple[Ran, Path], run: Run, tmp_path: Path
) -> None:
    """Homes the plan connects, but whose splitter is farther than the standard allows, are named."""
    other = tmp_path / "city"
    shutil.copytree(city, other)
    config = other / "city.toml"
    text = config.read_text(encoding="utf-8")
    assert f"[parameters.{STANDARD}]" not in text
    config.write_text(f"{text}\n[parameters.{STANDARD}]\nurban_radius_m = 1\nrural_radius_m = 1\n", encoding="utf-8")
    change = evaluated(run, other, planned[1], "--area", village)["with_plan"]
    assert 0 < len(change["uncounted"]) <= change["connected"]
    assert {one["condition"] for one in change["uncounted"]} == {"radius"}


def test_the_screen_says_before_and_after(city: Path, planned: tuple[Ran, Path], run: Run) -> None:
    zh = run("evaluate", city, "--standard", STANDARD, "--with-plan", planned[1]).out
    assert "现状达标" in zh
    assert "新达标 · 行政村" in zh
    en = run("evaluate", city, "--standard", STANDARD, "--with-plan", planned[1], lang="en").out
    assert "pass today" in en
    assert "not what stands today" in en


def refusal(run: Run, city: Path, plan: object, *more: object) -> str:
    ran = run("evaluate", city, "--standard", STANDARD, "--with-plan", plan, *more, "--json")
    assert ran.code == 2
    return str(ran.json["error"]["message"]["en"])


def test_what_is_no_plan_of_this_city_is_refused(
    city: Path, planned: tuple[Ran, Path], run: Run, tmp_path: Path
) -> None:
    assert "no fibre plan here" in refusal(run, city, tmp_path)
    assert "after 2000-01-01" in refusal(run, city, planned[1], "--as-of", "2000-01-01")
    assert "on or before" in refusal(run, city, "光纤", "--as-of", "2000-01-01")

    def changed(name: str, **values: object) -> Path:
        folder = tmp_path / name
        shutil.copytree(planned[1], folder)
        head = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        (folder / "plan.json").write_text(json.dumps(head | values), encoding="utf-8")
        return folder

    assert "EPSG:32649" in refusal(run, city, changed("crs", crs="EPSG:32649"))
    assert "whose access points" in refusal(run, city, changed("operator", parameters={}))
    assert "not that of a fibre plan" in refusal(run, city, changed("format", format="other"))
    touched = changed("touched")
    with closing(sqlite3.connect(touched / "plan.gpkg")) as base, base:
        base.execute("delete from onts")
    assert "changed after it was written" in refusal(run, city, touched)


def test_a_name_needs_an_operator(city: Path, run: Run, tmp_path: Path) -> None:
    ran = run("plan", "fibre", city, "--area", "1", "--olt", "register", "--name", "x", "-o", tmp_path / "r", "--json")
    assert (ran.code, ran.json["error"]["mend"]["en"]) == (2, "add --operator, such as telecom")
