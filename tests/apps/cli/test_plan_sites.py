"""``plan sites`` on the demonstration district: the plan is kept apart, and the ordinary evaluation passes with it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate

STANDARD = "qingcheng-2017-all-optical"


@pytest.fixture
def city(demo: tuple[Path, Ran], tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    shutil.copytree(demo[0] / "qingcheng", folder)
    return folder


def test_access_points_make_the_rest_pass(city: Path, run: Run) -> None:
    before = run("evaluate", city, "--standard", STANDARD, "--json")
    ran = run(
        "plan",
        "sites",
        city,
        "--kind",
        "access-point",
        "--operator",
        "telecom",
        "--name",
        "近期",
        "--time-limit",
        "2",
        "--json",
    )
    assert ran.code == 0
    validate("plan-sites", ran.json)
    assert ran.json["must"]["points"] == ran.json["must"]["reached"]
    assert ran.json["households"]["total"] == ran.json["households"]["served"]
    assert ran.json["bound"] <= ran.json["value"] <= ran.json["greedy"]
    verdicts = ran.json["verdicts"]
    assert verdicts["after"]["pass"] > verdicts["before"]["pass"]
    assert run("evaluate", city, "--standard", STANDARD, "--json").out == before.out
    planned = run("evaluate", city, "--standard", STANDARD, "--with-plan", "近期", "--json")
    validate("evaluate", planned.json)
    change = planned.json["with_plan"]
    assert (change["plan"], change["access_points"]) == ("近期", len(ran.json["sites"]))
    assert (change["connected"], change["uncounted"]) == (None, [])
    gained = sum(len(level["newly"]) for level in change["levels"])
    assert gained == verdicts["after"]["pass"] - verdicts["before"]["pass"]
    assert run("evaluate", city, "--standard", STANDARD, "--planned", "近期", "--json").out == planned.out
    sites = json.loads((city / "planned" / "近期" / "sites.geojson").read_text())
    assert [feature["properties"]["id"] for feature in sites["features"]] == ran.json["sites"]


def test_cells_are_counted_by_people(city: Path, run: Run, tmp_path: Path) -> None:
    from guangcheng.base.places import from_metric
    from guangcheng.registers.city import City

    opened = City.open(city)
    table = opened.view(opened.config.as_of).table("premises", ["kind", "x", "y"]).to_pylist()
    placed = [row for row in table if row["kind"] == "estate" and row["x"] is not None][:40]
    lon, lat = from_metric([row["x"] for row in placed], [row["y"] for row in placed], opened.config.crs)
    file = tmp_path / "cells.csv"
    lines = [f"{east:.7f},{north:.7f},{10 * (row + 1)}" for row, (east, north) in enumerate(zip(lon, lat, strict=True))]
    file.write_text("经度,纬度,人口\n" + "\n".join(lines) + "\n", encoding="utf-8")
    asked = ("plan", "sites", city, "--kind", "access-point", "--operator", "telecom", "--cells", file)
    ran = run(*asked, "--share", "90%", "--time-limit", "2", "--json")
    validate("plan-sites", ran.json)
    assert ran.json["cells"]["share"] >= 0.9
    file.write_text("a,b\n1,2\n")
    wrong = run(*asked, "--json")
    assert (wrong.code, wrong.json["error"]["where"]["file"]) == (2, str(file))


def test_olts_are_files_only(city: Path, run: Run) -> None:
    ran = run(
        "plan", "sites", city, "--kind", "olt", "--radius", "20000", "--must", "estate", "--time-limit", "2", "--json"
    )
    validate("plan-sites", ran.json)
    assert "verdicts" not in ran.json
    assert len(ran.json["sites"]) >= 1
    assert ran.json["fullest_site"] <= 16384
    assert not (city / "planned" / "plan" / "registers").exists()


def test_refusals(city: Path, run: Run) -> None:
    kind = ("plan", "sites", city, "--kind", "access-point")
    assert run(*kind, "--json").code == 2
    both = run(*kind, "--operator", "telecom", "--sites", "3", "--budget", "5", "--json")
    assert "--sites" in both.json["error"]["message"]["zh"]
    assert run("evaluate", city, "--standard", STANDARD, "--with-plan", "没有", "--json").code == 2
    wrong = run(*kind, "--operator", "telecom", "--name", "../x", "--json")
    assert wrong.json["error"]["kind"] == "InputError"
