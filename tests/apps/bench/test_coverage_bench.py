"""The coverage benchmarks on small sizes: they measure what they say; how fast it is stands in no test."""

from pathlib import Path

import numpy as np
import pytest

from guangcheng.apps.bench.coverage import run_coverage_bench
from guangcheng.apps.bench.coverage_data import make_plane
from guangcheng.apps.bench.coverage_peers import PEERS, digest, installed
from guangcheng.apps.bench.nation import run_nation_bench
from tests.apps.cli.schemas import validate

HERE = [name for name in PEERS if name != "one_pass" and installed(name)]


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("ordered", [False, True])
def test_every_peer_here_has_the_same_answer(name: str, ordered: bool) -> None:
    plane = make_plane(20_000, 10_000, 3, ordered=ordered)
    found = PEERS[name](plane)
    assert digest(plane, found) == digest(plane, PEERS["ours"](plane))
    assert 0.2 < float((found >= 0).mean()) < 0.8


def test_a_wrong_answer_has_another_digest() -> None:
    plane = make_plane(2000, 400, 3, ordered=False)
    found = PEERS["ours"](plane)
    wrong = found.copy()
    wrong[np.flatnonzero(found >= 0)[0]] = -1
    assert digest(plane, wrong) != digest(plane, found)


def test_ratios_are_of_medians_and_absent_peers_are_named() -> None:
    result = run_coverage_bench(premises=20_000, points=(10_000,), runs=3, peers=("one_pass", "ours", "scipy"))
    validate("bench-coverage", result)
    assert result["absent"] == sorted({"postgis", *(name for name in PEERS if not installed(name))})
    assert result["process"] is None
    assert [(table["points"], table["order"]) for table in result["tables"]] == [(10_000, "cell"), (10_000, "random")]
    for table in result["tables"]:
        peers = table["peers"]
        assert set(peers) == {"one_pass", "ours", "scipy"}
        assert peers["scipy"]["covered"] == peers["ours"]["covered"] > 0
        assert peers["scipy"]["ratio"] == round(peers["scipy"]["cpu_s"] / peers["ours"]["cpu_s"], 2)
        assert [check["against"] for check in table["targets"]] == (
            ["scipy", "one_pass"] if table["order"] == "cell" else ["scipy"]
        )


def test_a_country_is_built_once_and_judged_to_the_province(tmp_path: Path) -> None:
    first = run_nation_bench(tmp_path, scale=0.001)
    validate("bench-nation", first)
    files = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir() if "shares" not in path.name}
    assert len(files) == 62
    again = run_nation_bench(tmp_path, scale=0.001, threads=1)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir() if "shares" not in path.name} == files
    assert again["verdicts"] == first["verdicts"]
    levels = {row["level"]: row for row in first["verdicts"]}
    assert list(levels) == ["village", "town", "county", "city", "province"]
    assert sum(levels["village"][name] for name in ("pass", "fail", "no_data")) == 31 * 20
    assert sum(levels["province"][name] for name in ("pass", "fail", "no_data")) == 31
    assert levels["village"]["pass"] > 0
    assert (first["premises"], first["points"]) == (31 * 3226, 31 * 323)
