"""The load on the pages in small: a real server, people in another process, figures that add up."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcheng.apps.bench import web, web_users
from guangcheng.apps.bench.web import TARGETS, quantile, run_web_bench
from guangcheng.base.errors import Refused
from tests.apps.cli.schemas import validate
from tests.conftest import ROOT
from tests.people import city_made

__all__ = ["city_made"]

COMMITTED = ROOT / "docs" / "reference" / "bench-web.json"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_the_smallest_value_that_covers_its_share(values: list[float], share: float) -> None:
    found = quantile(sorted(values), share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_no_quantile_of_nothing() -> None:
    assert quantile([], 0.95) is None


def test_a_small_city_is_made_served_measured_and_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    first = run_web_bench(folder, premises=2000, users=4, minutes=0.1, warm_s=6, seed=3)
    validate("bench-web", first)
    assert (first["errors"], first["users"], first["premises"]) == (0, 4, 2000)
    assert first["built_s"] is not None
    assert first["kinds"]["sign-in"]["count"] == 4
    assert first["requests"] == sum(group["count"] for group in first["groups"].values())
    assert first["groups"]["page"]["count"] == sum(
        found["count"] for kind, found in first["kinds"].items() if kind.startswith("page ")
    )
    assert first["server"]["cpu_s"] > 0
    assert first["server"]["resident_mib"] > 50
    assert web._city(folder, 2000) is None


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(Refused):
        run_web_bench(tmp_path, premises=2000)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_city_of_ones_own_and_one_of_another_size_are_refused(city_made: Path, tmp_path: Path) -> None:
    """Nobody signs made-up people into a real programme, and figures never bear another city's size."""
    with pytest.raises(Refused):
        run_web_bench(city_made, premises=2000)
    assert not (city_made / "ledger.sqlite").exists()
    (tmp_path / web.MADE_NAME).write_text(json.dumps({"premises": 2000, "city_seed": web.CITY_SEED}))
    with pytest.raises(Refused):
        run_web_bench(tmp_path, premises=3000)


def test_a_server_that_is_gone_is_an_error_for_everybody() -> None:
    plan = {
        "host": "127.0.0.1",
        "port": 9,  # nothing listens there
        "seed": 1,
        "think_s": 0.01,
        "warm_s": 0.01,
        "seconds": 0.1,
        "password": "x",
        "standard": "x",
        "indicators": ["x"],
        "areas": ["x"],
        "tasks": [1],
        "users": [{"name": "a", "kind": "viewer", "area": "1", "operator": ""}] * 3,
    }
    command = [sys.executable, "-m", "guangcheng.apps.bench.web_users"]
    done = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, timeout=60, check=True)
    rows = json.loads(done.stdout)["rows"]
    assert {row[3] for row in rows} == {0}
    assert sum(row[1] == "sign-in" for row in rows) >= 3


def test_a_view_takes_the_tiles_it_shows() -> None:
    plan = {"users": [{"kind": "viewer"}], "seed": 1, "host": "", "port": 1}
    person = web_users.Person(plan, 0, 0.0)
    person.tile, person.view = "{z}/{x}/{y}", (0.0, 0.0, 3)
    across = math.floor(4 + 1.25) - math.floor(4 - 1.25) + 1
    down = math.floor(4 + 0.625) - math.floor(4 - 0.625) + 1
    assert sorted(person._in_view()) == sorted(f"3/{x}/{y}" for x in range(2, 2 + across) for y in range(3, 3 + down))


def test_what_a_process_group_spends() -> None:
    code = "import time\nwhile time.process_time() < 0.5: pass\nprint('done', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as busy:
        assert busy.stdout is not None
        assert busy.stdout.readline() == b"done\n"
        assert 0.4 <= web.cpu_of(busy.pid) < 1.5
        assert web.resident_of(busy.pid) > 1 << 20
        busy.communicate(b"\n")
    assert web.cpu_of(busy.pid) == 0
    assert web.cpu_of(os.getpgid(0)) > 0


def test_the_committed_figures_hold_the_schema_and_the_targets() -> None:
    got = json.loads(COMMITTED.read_text(encoding="utf-8"))
    validate("bench-web", got)
    assert got["targets"] == TARGETS
    assert (got["premises"], got["users"], got["errors"], got["met"]) == (1_000_000, 50, 0, True)
