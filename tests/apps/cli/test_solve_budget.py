"""``solve budget`` from the command line: its JSON, its words, bad rows listed while the rest is judged."""

from pathlib import Path

import pytest

from tests.apps.cli.conftest import Run
from tests.apps.cli.schemas import validate

HEAD = "port,ont,spans_m,splitters,closures\n"
GOOD = HEAD + "p1,a,1800;240;35,64,2\np1,b,900,1:64,\np2,c,4000;200,8×4,3\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "paths.csv"
    path.write_text(GOOD, "utf-8")
    return path


def test_all_close(run: Run, table: Path) -> None:
    ran = run("solve", "budget", table, "--class", "gpon-b+", "--json")
    assert ran.code == 0
    validate("solve-budget", ran.json)
    assert (ran.json["ports"], ran.json["onts"]) == ({"all": 2, "closing": 2}, {"all": 3, "closing": 3})
    assert ran.json["budgets"][0]["onts"][0] == {
        "ont": "a",
        "length_m": 2075.0,
        "down_db": 27.21875,
        "up_db": 27.42625,
        "least_db": 19.9565,
        "spare_db": 0.57375,
        "failing": [],
    }
    shown = run("solve", "budget", table, "--class", "gpon-b+", lang="en").out
    assert shown == "3 ONTs, 3 pass; 2 PON ports, 2 pass; 0 rows cannot be used\n"


def test_a_coexistence_element_can_be_too_much(run: Run, table: Path) -> None:
    ran = run("solve", "budget", table, "--class", "gpon-b+", "--coexistence", "1", "--json")
    assert ran.code == 1
    failing = {ont["ont"]: ont["failing"] for port in ran.json["budgets"] for ont in port["onts"]}
    assert failing == {"a": ["loss_down", "loss_up"], "b": [], "c": []}


def test_bad_rows_are_listed_and_the_rest_judged(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "paths.csv"
    bad = "p1,a,900,64,1\n,x,1,64,1\np2,y,far,64,1\np2,z,-5,64,1\np2,w,5,8;8;2,1\np2,v,5,64,1.5\np2,u,5,7,1\n"
    path.write_text(GOOD + bad, "utf-8")
    ran = run("solve", "budget", path, "--class", "gpon-c+", "--json")
    assert ran.code == 1
    validate("solve-budget", ran.json)
    assert [one["row"] for one in ran.json["refused"]] == [5, 6, 7, 8, 9, 10, 11]
    assert ran.json["onts"]["all"] == 3
    shown = run("solve", "budget", path, "--class", "gpon-c+").out
    assert f"{path} › 第5行: ONT a 前面已经有了\n怎么改：每个 ONT 只写一行\n" in shown


def test_losses_of_ones_own(run: Run, table: Path, tmp_path: Path) -> None:
    own = tmp_path / "losses.csv"
    rows = ["item,key,most_db,least_db", "splitter,64,30,20", "splitter,8,9,9", "splitter,4,6,6"]
    rows += ["fibre_km,1310,0.4,0.3", "fibre_km,1490,0.3,0.2", "connector,,0,0", "splice,,0,0", "margin,,0,0"]
    own.write_text("\n".join([*rows, "coexistence,,0,0"]) + "\n", "utf-8")
    ran = run("solve", "budget", table, "--class", "gpon-b+", "--losses", own, "--json")
    onts = [ont for port in ran.json["budgets"] for ont in port["onts"]]
    assert [ont["up_db"] for ont in onts] == [30.83, 30.36, 16.68]
    own.write_text("\n".join([*rows, "coexistence,,-1,0"]) + "\n", "utf-8")
    ran = run("solve", "budget", table, "--class", "gpon-b+", "--losses", own, "--json")
    assert ran.code == 2
    assert ran.json["error"]["where"] == {"file": str(own), "row": 10, "column": "most_db"}
    own.write_text("\n".join([*rows[:3], "", "", *rows[3:], "coexistence,,-1,0"]) + "\n", "utf-8")
    ran = run("solve", "budget", table, "--class", "gpon-b+", "--losses", own, "--json")
    assert ran.json["error"]["where"] == {"file": str(own), "row": 12, "column": "most_db"}


def test_what_makes_no_sense_is_refused(run: Run, table: Path, tmp_path: Path) -> None:
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("port,ont,splitters\np,a,64\n", "utf-8")
    for file, name in ((table, "gpon-z"), (lacking, "gpon-b+"), (tmp_path / "none.csv", "gpon-b+")):
        ran = run("solve", "budget", file, "--class", name, "--json")
        assert ran.code == 2
        validate("error", ran.json)
    assert run("solve", "budget", table, "--json").code == 2
