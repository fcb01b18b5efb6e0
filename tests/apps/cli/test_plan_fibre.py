"""``plan fibre`` on a small town: every household has a fibre, the files add up, what cannot be is listed."""

import datetime as dt
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate
from tests.apps.cli.town_files import geojson, grid_around, town


def asked(files: dict[str, Path], *more: object, out: str = "run") -> tuple[object, ...]:
    given = ("--olt", files["olt"], "--streets", files["streets"], "--premises", files["premises"])
    run = files["city"].parent / out
    return ("plan", "fibre", files["city"], "--area", "420106", *given, "--join-crossings", "-o", run, *more, "--json")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return town(tmp_path_factory.mktemp("town") / "t")


@pytest.fixture(scope="module")
def planned(files: dict[str, Path], run: Run) -> tuple[Ran, Path]:
    ran = run(*asked(files))
    return ran, files["city"].parent / "run"


def rows_of(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "plan.gpkg")) as db:
        return db.execute(query).fetchall()


def test_every_household_has_a_fibre_and_the_cost_adds_up(planned: tuple[Ran, Path]) -> None:
    ran, folder = planned
    assert ran.code == 0, ran.err + ran.out
    validate("plan-fibre", ran.json)
    homes = ran.json["households"]
    assert (homes["connected"], homes["share"]) == (homes["total"], 1.0)
    assert rows_of(folder, "select count(*) from onts") == [(homes["total"],)]
    head = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert rows_of(folder, "select sum(cost) from boq")[0][0] == pytest.approx(head["cost"], rel=1e-12)
    civil = rows_of(folder, "select sum(cost) from boq where counts='spans'")[0][0]
    assert rows_of(folder, "select sum(cost) from spans")[0][0] == pytest.approx(civil, rel=1e-12)
    assert 0 < head["lower_bound"] <= head["cost"]
    assert [
        row for (row,) in rows_of(folder, "select premises_id from nodes where premises_id like 'p0%' order by 1")
    ] == [
        "p0#1",
        "p0#2",
        "p0#3",
    ]


def test_the_check_follows_every_fibre_of_it(planned: tuple[Ran, Path], run: Run) -> None:
    checked = run("plan", "check", planned[1], "--json")
    validate("plan-check", checked.json)
    assert (checked.code, checked.json["counts"], checked.json["ok"]) == (0, {}, True)
    assert checked.json["looked_at"]["onts"] == planned[0].json["onts"]
    assert "PON" in run("plan", "check", planned[1]).out


def test_the_check_says_no_to_a_changed_plan(planned: tuple[Ran, Path], run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(planned[1], other)
    with closing(sqlite3.connect(other / "plan.gpkg")) as db, db:
        db.execute("update onts set length_m = length_m + 1")
    checked = run("plan", "check", other, "--json")
    validate("plan-check", checked.json)
    assert checked.code == 1
    assert checked.json["counts"] == {"file-changed": 1, "ont-length": planned[0].json["onts"]}
    assert len([one for one in checked.json["findings"] if one["id"] == "ont-length"]) == 20
    assert f"× {planned[0].json['onts']:,}" in run("plan", "check", other).out
    assert run("plan", "check", tmp_path, "--json").code == 2


def test_same_seed_same_plan(files: dict[str, Path], planned: tuple[Ran, Path], run: Run) -> None:
    again = run(*asked(files, out="again"))
    assert again.json["plan"] == planned[0].json["plan"]
    one, other = planned[1], files["city"].parent / "again"
    assert sorted(p.name for p in one.iterdir()) == sorted(p.name for p in other.iterdir())
    assert all((one / p.name).read_bytes() == p.read_bytes() for p in other.iterdir())


def test_ducts_are_used_within_their_holes(files: dict[str, Path], planned: tuple[Ran, Path], run: Run) -> None:
    ran = run(*asked(files, "--ducts", files["ducts"], out="ducts"))
    assert ran.json["length_m"]["duct"] > 0
    assert ran.json["trench"]["cost"] <= planned[0].json["trench"]["cost"]
    folder = files["city"].parent / "ducts"
    worst = rows_of(folder, "select max(c) from (select count(*) c from cable_spans join spans using (span_id) "
                         "where duct_id is not null group by span_id)")  # fmt: skip
    assert 1 <= worst[0][0] <= 2


def test_who_cannot_be_connected_is_named_and_the_rest_planned(files: dict[str, Path], run: Run) -> None:
    far = geojson(
        files["city"].parent / "far.geojson",
        "Point",
        [
            ([(50.0, 20.0)], {"premises_id": "near", "households": 6}),
            ([(390.0, 2000.0)], {"premises_id": "far", "households": 5}),
        ],
    )  # fmt: skip
    ran = run(*asked({**files, "premises": far}, out="far"))
    validate("plan-fibre", ran.json)
    assert ran.code == 1
    assert [(one["premises"], one["households"], one["reason"]) for one in ran.json["unserved"]["named"]] == [
        ("far", 5, "S-04")
    ]
    assert ran.json["households"] == {"total": 11, "connected": 6, "share": round(6 / 11, 6)}


def test_few_ports_leave_whole_premises_out(tmp_path: Path, run: Run) -> None:
    few = town(tmp_path / "few", many=12, ports=3)
    ran = run(*asked(few))
    assert ran.code == 1
    assert set(ran.json["unserved"]["by_reason"]) <= {"S-16", "ports"}
    assert ran.json["pon_ports"] <= 6
    assert 0 < ran.json["households"]["connected"] < ran.json["households"]["total"]


def test_a_budget_holds_and_a_quota_is_met(files: dict[str, Path], planned: tuple[Ran, Path], run: Run) -> None:
    money = planned[0].json["cost"] / 2
    cheap = run(*asked(files, "--objective", "budget", "--budget", money, out="budget"))
    assert cheap.json["cost"] <= money
    assert 0 < cheap.json["households"]["connected"] < planned[0].json["households"]["total"]
    some = run(*asked(files, "--objective", "quota", "--households", 400, out="quota"))
    assert some.json["households"]["connected"] >= 400
    assert some.json["cost"] < planned[0].json["cost"]


def test_refusals(files: dict[str, Path], run: Run, tmp_path: Path) -> None:
    assert run(*asked({**files, "olt": tmp_path / "none"})).code == 2
    assert run(*asked(files, "--objective", "quota")).code == 2
    assert run(*asked(files, "--class", "gpon-z")).code == 2
    (tmp_path / "p.csv").write_text("a,b\n1,2\n")
    assert run(*asked(files, "--prices", tmp_path / "p.csv")).code == 2
    taken = files["city"].parent / "taken"
    taken.mkdir(exist_ok=True)
    (taken / "other").write_text("x")
    assert run(*asked(files, out="taken")).code == 2
    wanted = ("plan", "fibre", files["city"], "--area", "420106", "--olt", files["olt"], "-o", tmp_path / "r", "--json")
    assert run(*wanted).json["error"]["kind"] == "NotFound"


def test_the_screen_says_it_too(files: dict[str, Path], run: Run) -> None:
    words = [part for part in asked(files, out="screen") if part != "--json"]
    ran = run(*words, lang="en")
    assert "households" in ran.out
    assert "100.00 %" in ran.out


def test_registers_give_premises_and_olts(demo: tuple[Path, Ran], run: Run, tmp_path: Path) -> None:
    from guangcheng.registers.city import City

    folder = demo[0] / "qingcheng"
    city = City.open(folder)
    view = city.view(city.config.as_of or dt.date(2026, 1, 1))
    rows = view.table("premises", ("premises_id", "area_code", "x", "y", "kind", "households", "parent_premises"))
    here = [row for row in rows.to_pylist() if row["area_code"] and row["x"] is not None]
    area = min(
        {row["area_code"] for row in here}, key=lambda code: (sum(r["area_code"] == code for r in here) < 20, code)
    )
    mine = [row for row in here if row["area_code"] == area]
    points = view.table("access_points", ("x", "y", "ports_free")).to_pylist()
    x, y = [row["x"] for row in mine], [row["y"] for row in mine]
    west, east, south, north = min(x) - 300, max(x) + 300, min(y) - 300, max(y) + 300
    inside = [one for one in points if one["x"] and west < one["x"] < east and south < one["y"] < north]
    assert inside
    streets = grid_around(tmp_path / "streets.geojson", x, y, city.config.crs)
    out = tmp_path / "run"
    given = ("--area", area, "--olt", "register", "--streets", streets, "--join-crossings", "--take-rate", 0.3)
    ran = run("plan", "fibre", folder, *given, "-o", out, "--json")
    assert ran.code in (0, 1), ran.err + ran.out
    validate("plan-fibre", ran.json)
    planned = {
        name.partition("#")[0] for (name,) in rows_of(out, "select premises_id from nodes where kind='premises'")
    }
    planned |= {one["premises"].partition("#")[0] for one in ran.json["unserved"]["named"]}
    assert planned
    assert planned <= {row["premises_id"] for row in rows.to_pylist() if (row["area_code"] or "").startswith(area)}
    assert run("plan", "check", out, "--json").json["counts"] == {}
    head = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert set(head["inputs"]) == {"premises", "access_points", "streets.geojson"}
