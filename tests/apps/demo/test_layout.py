"""The layout's promises, measured: what stands where can be trusted by whoever writes the truth."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.apps.demo.layout import (
    back,
    circle_points,
    claim_cells,
    disc,
    largest_remainder,
    quarters,
    shares,
    spread,
    turned,
)
from guangcheng.apps.demo.made import DemoCity
from guangcheng.base.places import default_metric_crs

Floats = npt.NDArray[np.float64]
RADIUS = {"urban": 200.0, "rural": 1000.0}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 200), st.floats(1, 2000))
def test_a_disc_and_a_spread_stay_inside_their_radius(seed: int, count: int, radius: float) -> None:
    for make in (disc, spread):
        x, y = make(np.random.default_rng(seed), count, radius)
        assert len(x) == len(y) == count
        assert bool((np.hypot(x, y) <= radius * (1 + 1e-12)).all())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20))
def test_turning_back_gives_the_same_place_and_keeps_distances(values: list[float]) -> None:
    u, v = np.array(values), np.array(values[::-1])
    x, y = turned(u, v)
    assert np.hypot(x, y) == pytest.approx(np.hypot(u, v))
    found = back(x, y)
    assert found[0] == pytest.approx(u, abs=1e-6)
    assert found[1] == pytest.approx(v, abs=1e-6)


@pytest.mark.parametrize("radius", [200, 1000])
def test_points_on_the_circle_are_whole_metres_at_exactly_the_radius(radius: int) -> None:
    x, y = circle_points(radius, 18)
    assert len({*zip(x.tolist(), y.tolist(), strict=True)}) == 18
    assert (x * x + y * y).tolist() == [radius**2] * 18
    assert (x == np.round(x)).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_whole_things_are_shared_without_loss(total: int, weights: list[float]) -> None:
    given_ = largest_remainder(total, weights)
    assert int(given_.sum()) == total
    assert bool((given_ >= 0).all())
    exact = total * np.array(weights) / sum(weights)
    assert bool((np.abs(given_ - exact) < 1 + 1e-6).all())
    even = shares(total, len(weights))
    assert (int(even.sum()), int(even.max() - even.min()) <= 1) == (total, True)


def test_no_cell_is_claimed_twice_and_each_unit_gets_its_number() -> None:
    needs = {"a": 5, "b": 1, "c": 7}
    cells = claim_cells({"a": (0.0, 0.0), "b": (100.0, 0.0), "c": (9000.0, 3000.0)}, needs)
    assert {unit: len(found) for unit, found in cells.items()} == needs
    taken = [tuple(cell) for found in cells.values() for cell in found.tolist()]
    assert len(set(taken)) == sum(needs.values())
    assert cells["a"][0].tolist() == [0.0, 0.0]


def test_four_communities_share_a_cell() -> None:
    u, v = quarters(np.array([[0.0, 0.0], [2.0, 0.0]]), 5)
    assert list(zip(u.tolist(), v.tolist(), strict=True)) == [
        (-900.0, -900.0),
        (900.0, -900.0),
        (-900.0, 900.0),
        (900.0, 900.0),
        (6300.0, -900.0),
    ]


def test_the_metric_crs_is_the_default_of_the_district(small: DemoCity) -> None:
    (district,) = [row for row in small.tables["areas"].to_pylist() if row["level"] == "district"]
    assert default_metric_crs(district["lon"], district["lat"]) == small.crs


def test_nobody_good_stands_near_a_place_built_to_fail(small: DemoCity) -> None:
    """Every distance by brute force: reasons that mean “no good point” have none, the others have one."""
    premises, reasons = _placed(small)
    good = _good_points(small)
    near = _nearest(premises, good)
    radius = np.array([RADIUS[zone] for zone in premises["zone"]])
    served = np.isin(reasons, ["ok", "on_limit", "order_late"])
    expanding = reasons == "expansion_in_time"
    assert bool((near[served] <= radius[served]).all())
    assert bool((near[~served & ~expanding] > radius[~served & ~expanding]).all())
    assert set(near[reasons == "on_limit"].tolist()) == {200.0, 1000.0}
    assert near[reasons == "beyond_limit"].tolist() == pytest.approx([1000.96004, 200.80090], abs=1e-5)
    margin = np.abs(near - radius)
    assert margin[~np.isin(reasons, ["on_limit", "beyond_limit"])].min() > 20


def _placed(city: DemoCity) -> tuple[dict[str, Any], npt.NDArray[np.str_]]:
    zones = dict(zip(*[city.tables["areas"][name].to_pylist() for name in ("code", "urban_rural")], strict=True))
    rows = [row for row in city.tables["premises"].to_pylist() if row["x"] is not None]
    reason = {row["code"]: row["reason"] for row in city.truth.to_pylist() if row["subject"] == "premises"}
    columns: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in ("x", "y")}
    columns["zone"] = [row["zone"] or zones[row["area_code"]] for row in rows]
    return columns, np.array([reason[row["premises_id"]] for row in rows])


def _good_points(city: DemoCity) -> pa.Table:
    def good(row: dict[str, Any]) -> bool:
        started = row["in_service_from"] is None or row["in_service_from"] <= city.as_of
        there = row["in_service_to"] is None or row["in_service_to"] > city.as_of
        return started and there and not row["tv_only"] and row["capacity_mbps"] >= 50 and row["ports_free"] > 0

    rows = [row for row in city.tables["access_points"].to_pylist() if good(row)]
    return pa.table({name: [row[name] for row in rows] for name in ("x", "y")})


def _nearest(premises: dict[str, Any], points: pa.Table) -> Floats:
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    found = [
        np.sqrt(((x - px) ** 2 + (y - py) ** 2).min()) for px, py in zip(premises["x"], premises["y"], strict=True)
    ]
    return np.array(found)
