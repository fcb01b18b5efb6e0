"""Shares straight from Parquet, and results brought up to date: equal to the full computation."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.coverage import at_scale
from guangcheng.coverage.at_scale import reach_again, village_shares
from guangcheng.coverage.kernel import Floats, nearest_within


def test_shares_of_villages_over_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_scale, "_ROWS", 2)
    premises = pa.table(
        {
            "area_code": ["乙", "甲", "乙", "甲", "丙"],
            "x": [0.0, 3.0, 100.0, None, 5.0],
            "y": [0.0, 4.0, 0.0, 0.0, 0.0],
            "radius_m": [5.0] * 5,
        }
    )
    points = pa.table({"x": [0.0, 100.0], "y": [0.0, 0.0], "qualifies": [True, False]})
    pq.write_table(premises, tmp_path / "p.parquet")
    pq.write_table(points, tmp_path / "a.parquet")
    assert village_shares(tmp_path / "p.parquet", tmp_path / "a.parquet", tmp_path / "o.parquet") == 3
    assert pq.read_table(tmp_path / "o.parquet").to_pydict() == {
        "area_code": ["丙", "乙", "甲"],
        "n": [1, 2, 2],
        "passed": [1, 1, 1],
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_result_brought_up_to_date_is_the_full_result(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 200)), int(rng.integers(0, 40))

    def places_of(count: int) -> Floats:
        return rng.integers(0, 60, count).astype(np.float64)

    px, py = places_of(n), places_of(n)
    radius = rng.choice([0.0, 5.0, 13.0], n)
    ax, ay = places_of(m), places_of(m)
    found, distance = nearest_within(px, py, radius, ax, ay)
    moved = rng.choice(n, rng.integers(0, n // 4 + 1), replace=False)
    px[moved] += 7.0
    # some points go, some move, some come; those that stay keep their order
    stays = rng.random(m) > 0.2
    moves = stays & (rng.random(m) < 0.2)
    new = rng.integers(0, 60, (2, rng.integers(0, 4))) * 1.0
    places = [ax[~stays], ax[moves], ax[moves] + 3.0, new[0]], [ay[~stays], ay[moves], ay[moves], new[1]]
    ax[moves] += 3.0
    now = np.where(stays, np.cumsum(stays) - 1, -1)
    before = np.where(found >= 0, now[found] if m else -1, -1), distance
    ax, ay = np.concatenate([ax[stays], new[0]]), np.concatenate([ay[stays], new[1]])
    again = reach_again(
        px,
        py,
        radius,
        ax,
        ay,
        before=before,
        changed_premises=moved,
        changed_x=np.concatenate(places[0]),
        changed_y=np.concatenate(places[1]),
    )
    whole = nearest_within(px, py, radius, ax, ay)
    np.testing.assert_array_equal(again[0], whole[0])
    np.testing.assert_array_equal(again[1], whole[1])


def test_only_what_can_change_is_computed() -> None:
    px = np.arange(1000.0) * 100
    zeros, radius, points = np.zeros(1000), np.full(1000, 50.0), np.array([0.0, 500.0])
    before = nearest_within(px, zeros, radius, points, [0.0, 0.0])
    points = np.array([0.0, 520.0])
    _, _, rows = reach_again(
        px,
        zeros,
        radius,
        points,
        np.zeros(2),
        before=before,
        changed_premises=np.array([7]),
        changed_x=np.array([500.0, 520.0]),
        changed_y=np.zeros(2),
    )
    assert rows.tolist() == [5, 7]
