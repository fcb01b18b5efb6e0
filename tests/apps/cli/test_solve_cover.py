"""``solve cover`` from the command line: its JSON, its ids, its refusals; the small benchmark."""

from pathlib import Path

import pytest

from tests.apps.cli.conftest import Run
from tests.apps.cli.schemas import validate

RECIPE = "cordeau:n=30,m=20000,seed=1"


def test_a_drawn_instance(run: Run) -> None:
    ran = run("solve", "cover", RECIPE, "--radius", "5", "--sites", "4", "--json")
    assert ran.code == 0
    validate("solve-cover", ran.json)
    got = ran.json
    assert (len(got["sites"]), got["cost"], got["goal"], got["format"]) == (4, 4, "most", "cordeau")
    assert got["proven_optimal"]
    assert got["value"] == got["bound"] == got["covered"]
    assert got["gap"] == 0.0
    share = run("solve", "cover", RECIPE + ",radius=5", "--share", "50%", "--json").json
    assert share["covered"] >= 0.5 * share["demand"]
    assert share["value"] == share["cost"] >= 10 * len(share["sites"])
    whole = run("solve", "cover", RECIPE, "--radius", "5", "--json").json
    assert whole["covered"] == whole["demand"] - whole["unreachable"]["demand"]
    assert whole["value"] == len(whole["sites"])


def test_the_files_own_ids(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "town.txt"
    path.write_text(
        "3\t4\nF\t70\t0\t0\t5\nF\t90\t10\t0\t3\nF\t80\t0\t1\t1\n"
        + "".join(f"C\t{k}\t{x}\t0\t{w}\n" for k, (x, w) in enumerate([(0, 1), (0, 2), (10, 4), (50, 8)]))
    )
    ran = run("solve", "cover", path, "--radius", "2", "--budget", "4", "--json").json
    assert (ran["sites"], ran["value"], ran["cost"]) == ([90, 80], 7, 4)
    assert ran["unreachable"] == {"demand": 8, "points": 1}
    forced = run("solve", "cover", path, "--radius", "2", "--sites", "1", "--force", "70", "--json").json
    assert (forced["sites"], forced["value"]) == ([70], 3)
    forbidden = run("solve", "cover", path, "--radius", "2", "--sites", "1", "--forbid", "90", "--json").json
    assert forbidden["value"] == 3
    twice = run("solve", "cover", path, "--radius", "2", "--sites", "3", "--need", "2", "--json").json
    assert (twice["sites"], twice["value"]) == ([70, 80], 3)


@pytest.mark.parametrize(("lang", "words"), [("zh", "已证明最优"), ("en", "proven optimal")])
def test_people_get_lines(run: Run, lang: str, words: str) -> None:
    ran = run("solve", "cover", RECIPE, "--radius", "5", "--sites", "3", lang=lang)
    assert ran.code == 0
    assert words in ran.out
    assert "HiGHS" not in ran.out


def test_refusals(run: Run, tmp_path: Path) -> None:
    strange = tmp_path / "strange.txt"
    strange.write_text("a,b\n1,2\n")
    for args, kind in (
        ((strange, "--radius", "2"), "WrongFormat"),
        ((tmp_path / "none", "--radius", "2"), "NotFound"),
        ((RECIPE, "--sites", "3"), "UsageError"),
        ((RECIPE, "--radius", "5", "--sites", "3", "--share", "0.5"), "UsageError"),
        ((RECIPE, "--radius", "5", "--share", "150%"), "UsageError"),
        ((RECIPE, "--radius", "5", "--sites", "3", "--force", "99"), "UsageError"),
        ((RECIPE, "--radius", "0.5", "--share", "99%"), "InputError"),
        (("cordeau:n=3", "--radius", "5"), "UsageError"),
        ((RECIPE, "--radius", "5", "--operators", "2"), "UsageError"),
    ):
        ran = run("solve", "cover", *args, "--json")
        assert ran.code == 2, args
        validate("error", ran.json)
        assert ran.json["error"]["kind"] == kind


def test_the_extensions(run: Run) -> None:
    asked = ("solve", "cover", RECIPE, "--radius", "6", "--share", "60%", "--json")
    shared = run(*asked, "--operators", "2").json
    validate("solve-cover", shared)
    assert shared["proven_optimal"]
    assert shared["value"] <= shared["separate"]
    assert sorted({site for sites in shared["operators"] for site in sites}) == shared["sites"]
    limited = run(*asked, "--capacitated").json
    validate("solve-cover", limited)
    assert limited["proven_optimal"]
    assert limited["covered"] >= 0.6 * limited["demand"] * (1 - 1e-9)
    assert limited["value"] >= run(*asked).json["value"]


def test_a_published_anchor(run: Run) -> None:
    """100,000 customers: the proven optimum that a dense model missed by 0.12 %."""
    ran = run("solve", "cover", "cordeau:n=100,m=1e5,seed=1", "--radius", "4", "--sites", "15", "--json").json
    assert (ran["value"], ran["proven_optimal"]) == (3_939_218, True)


def test_bench(run: Run) -> None:
    ran = run("bench", "cover", "--part", "t1", "--customers", "2000", "--cases", "3", "--json")
    validate("bench-cover", ran.json)
    assert [row["case"] for row in ran.json["rows"]] == [
        "seed 1, R 5.5, 10",
        "seed 1, R 5.5, 50%",
        "seed 1, R 5.75, 10",
    ]
    assert all(row["proven"] and row["met"] for row in ran.json["rows"])
    assert ran.code == 0
