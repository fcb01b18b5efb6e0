"""The benchmark on a small city: it measures what it says; how fast it is stands in no test."""

import pyarrow.compute as pc
import pytest

from guangcheng.apps.bench.evaluate import run_evaluate_bench
from guangcheng.apps.bench.worker import Stopwatch
from guangcheng.apps.demo.scale import changed_village, synthetic_city
from guangcheng.registers.schema import schema
from guangcheng.registers.snapshots import content_hash

PREMISES, POINTS, VILLAGES = 3_000, 500, 60


def test_a_made_up_city_has_the_size_asked_for_and_never_changes_by_itself() -> None:
    one, two = synthetic_city(PREMISES, POINTS, VILLAGES, 3), synthetic_city(PREMISES, POINTS, VILLAGES, 3)
    assert (one.tables["premises"].num_rows, one.tables["access_points"].num_rows) == (3_000, 500)
    levels = one.tables["areas"]["level"].to_pylist()
    assert {level: levels.count(level) for level in set(levels)} == {
        "district": 1,
        "township": 2,
        "admin_village": 60,
        "natural_village": 240,
    }
    for name, table in one.tables.items():
        assert table.schema.equals(schema(name).arrow), name
        assert content_hash(name, table) == content_hash(name, two.tables[name])


def test_a_change_touches_one_village_only() -> None:
    city = synthetic_city(PREMISES, POINTS, VILLAGES)
    village, changed = changed_village(city)
    before = city.tables["access_points"]
    inside = pc.starts_with(before["area_code"], village)
    assert changed.filter(pc.invert(inside)).equals(before.filter(pc.invert(inside)))
    assert set(changed.filter(inside)["capacity_mbps"].to_pylist()) == {1000.0}


def test_whole_and_village_are_measured_in_processes_of_their_own() -> None:
    found = run_evaluate_bench(premises=PREMISES, access_points=POINTS, villages=VILLAGES)
    assert (found["whole"]["areas"], found["village"]["areas"]) == (303, 5)
    assert found["village"]["area"] == "990001001201"
    phases = found["whole"]["phases"]
    assert set(phases) == {"rest", "read", "reach", "verdicts", "indicators"}
    assert sum(phases.values()) == pytest.approx(found["whole"]["wall_s"], abs=0.05)
    assert found["whole"]["wall_s"] < found["whole"]["process_s"]
    assert 0 < found["whole"]["peak_mib"] < 2048


def test_nested_phases_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 3.0, 7.0, 8.0])
    monkeypatch.setattr("guangcheng.apps.bench.worker.seconds", lambda: next(ticks))
    watch = Stopwatch()
    watch.start("verdicts", None)
    watch.start("reach", 3)
    watch.finish()
    watch.finish()
    assert watch.phases == {"rest": 1.0, "verdicts": 2.0 + 1.0, "reach": 4.0}
