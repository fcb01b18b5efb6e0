"""``bench steiner``: trees are checked before their cost counts; targets are held against what came out."""

import csv
import gzip
from pathlib import Path

import pytest

from guangcheng.apps.bench.steiner import verified_cost
from guangcheng.planning.steiner.files import parse
from tests.apps.cli.conftest import run_guangcheng as run
from tests.apps.cli.schemas import validate
from tests.planning.steiner.test_files import GR, RPCST

GOOD = [[1, 2], [2, 3], [4, 3]]


@pytest.mark.parametrize(
    ("edges", "nodes", "cost"),
    [
        (GOOD, [1, 2, 3, 4], 13.0),
        (GOOD[:2], [1, 2, 3, 4], float("inf")),
        (GOOD[:2], [1, 2, 3], float("inf")),
        ([*GOOD, [1, 4]], [1, 2, 3, 4], float("inf")),
        ([*GOOD, [1, 2]], [1, 2, 3, 4], float("inf")),
        (GOOD, [1, 2, 3], float("inf")),
    ],
)
def test_only_a_tree_that_spans_all_has_a_cost(edges: list[list[int]], nodes: list[int], cost: float) -> None:
    """A missing or doubled edge, a cycle, an unlisted or unspanned vertex: no cost."""
    assert verified_cost(parse(GR), edges, nodes) == cost


def test_prizes_not_collected_are_paid() -> None:
    """A single vertex is a tree; what it leaves is its cost."""
    assert verified_cost(parse(RPCST), [], [1]) == 12.5


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One instance of a set whose trees must be optimal."""
    (tmp_path / "steinlib_B").mkdir()
    (tmp_path / "steinlib_B" / "small.stp.gz").write_bytes(gzip.compress(GR))
    with (tmp_path / "known.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["set", "instance", "m", "terminals", "best_upper"])
        writer.writeheader()
        writer.writerow({"set": "steinlib_B", "instance": "small.stp", "m": 3, "terminals": 2, "best_upper": 13})
    return tmp_path


def test_the_bench_measures_and_judges(data: Path, tmp_path: Path) -> None:
    """A known optimum is reached; a lower one would be a missed target, exit 1."""
    out = tmp_path / "out.json"
    ran = run("bench", "steiner", data, "--time-limit", "5", "-o", out, "--json")
    assert ran.code == 0, ran.err
    validate("bench-steiner", ran.json)
    assert ran.json["families"][0]["mean_gap"] == 0
    assert (ran.json["instances"][0]["name"], ran.json["instances"][0]["cost"]) == ("small", 13)
    assert out.read_text(encoding="utf-8").startswith("{")
    known = (data / "known.csv").read_text(encoding="utf-8")
    (data / "known.csv").write_text(known.replace(",13", ",12"), encoding="utf-8")
    assert run("bench", "steiner", data, "--time-limit", "5").code == 1


def test_what_is_not_there_is_said(data: Path) -> None:
    """A set or a folder that does not exist, with those that do."""
    assert "there is no others" in run("bench", "steiner", data, "--family", "others", lang="en").err
    assert run("bench", "steiner", data / "none").code == 2
