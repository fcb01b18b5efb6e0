"""Merging changes nothing: same cover for every choice, whatever way the points are scanned."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.planning.cover.merge import great_circle, groups_of_points, groups_of_sets
from guangcheng.planning.cover.model import Distance, Groups
from guangcheng.planning.cover.recipe import Recipe


def as_sets(groups: Groups) -> dict[tuple[tuple[int, ...], int], tuple[float, int]]:
    """Groups by their sites and need."""
    rows = [tuple(groups.members[a:b].tolist()) for a, b in zip(groups.first[:-1], groups.first[1:], strict=True)]
    assert len(set(zip(rows, groups.need.tolist(), strict=True))) == groups.count
    numbers = zip(groups.weight.tolist(), groups.points.tolist(), strict=True)
    return dict(zip(zip(rows, groups.need.tolist(), strict=True), numbers, strict=True))


@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, 2.5, 5.0]), st.integers(1, 2))
@settings(max_examples=30, deadline=None)
def test_merged_equals_unmerged(seed: int, radius: float, need: int) -> None:
    rng = np.random.default_rng(seed)
    sx, sy = rng.integers(0, 8, (2, 7)).astype(float)
    x, y = rng.integers(0, 8, (2, 40)).astype(float)
    demand = rng.integers(0, 9, 40).astype(float)
    groups = groups_of_points(sx, sy, x, y, demand, radius, need=np.full(40, need))
    near = (x[:, None] - sx) ** 2 + (y[:, None] - sy) ** 2 <= radius**2
    assert groups.demand == demand.sum()
    assert int(groups.points.sum()) + groups.lost_points == 40
    for _ in range(10):
        chosen = rng.random(7) < 0.5
        assert groups.covered(chosen) == demand[near[:, chosen].sum(axis=1) >= need].sum()


def test_the_edge_of_the_circle_is_inside() -> None:
    groups = groups_of_points([0.0], [0.0], [3.0, np.nextafter(5.0, 6), 5.0], [4.0, 0.0, 0.0], [1, 2, 4], 5.0)
    assert groups.covered(np.array([True])) == 5.0


def test_regions_equal_single_tests() -> None:
    """60,000 points take the way through cells; the same points in small pieces are tested one by one."""
    rng = np.random.default_rng(3)
    sx, sy = rng.random((2, 40)) * 30
    x, y = rng.random((2, 60_000)) * 30
    demand = rng.integers(1, 100, 60_000).astype(float)
    whole = as_sets(groups_of_points(sx, sy, x, y, demand, 4.0))
    near = (x[:, None] - sx) ** 2 + (y[:, None] - sy) ** 2 <= 16.0
    first = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    members = np.nonzero(near)[1].astype(np.int32)
    assert whole == as_sets(groups_of_sets(40, first, members, demand, np.ones(60_000, dtype=np.int64)))


def test_urban_and_rural_radius() -> None:
    groups = groups_of_points([0.0], [0.0], [150.0, 250.0, 900.0], [0.0, 0.0, 0.0], [1, 2, 4], [200.0, 200.0, 1000.0])
    assert as_sets(groups) == {((0,), 1): (5.0, 2)}
    assert (groups.lost, groups.lost_points) == (2.0, 1)


def test_different_needs_stay_apart() -> None:
    groups = groups_of_points([0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [3, 5], 2.0, need=[1, 2])
    assert as_sets(groups) == {((0, 1), 1): (3.0, 1), ((0, 1), 2): (5.0, 1)}


def test_great_circle() -> None:
    """A quarter of the equator, and the same point."""
    apart = great_circle(np.array([0.0, 12.0]), np.array([0.0, 34.0]), np.array([0.0, 12.0]), np.array([90.0, 34.0]))
    assert apart.tolist() == [float(np.float32(np.pi / 2 * 6_378_100)), 0.0]
    groups = groups_of_points([0.0], [0.0], [0.0, 0.0], [1.0, 2.0], [1, 1], 111_400.0, distance=Distance.SPHERE)
    assert groups.covered(np.array([True])) == 1.0


def test_recipe_numbers() -> None:
    """Places and sums of the published recipe at seed 1, and the checksum of its groups."""
    recipe = Recipe(100, 100_000, 1)
    x, y = recipe.site_places()
    assert (round(x[0], 6), round(y[0], 6)) == (25.205632, 11.831488)
    assert recipe.site_costs(10, 100).min() >= 10
    groups = recipe.groups(4.0)
    assert (groups.count, groups.demand, groups.lost_points) == RECIPE


RECIPE = (1449, 5040640.0, 932)


@pytest.mark.parametrize("threads", [1, 3])
def test_streamed_equals_stored(threads: int) -> None:
    """Customers drawn in the scan, in one piece or several, equal customers drawn into memory first."""
    recipe = Recipe(30, 20_000, 9)
    x, y = recipe.site_places()
    drawn, _ = recipe.start.after(60).draw(40_000)
    place = drawn / 2147483647 * 30.0
    demand = recipe.demands.draw(20_000)[0] % 100 + 1
    stored = groups_of_points(x, y, place[0::2], place[1::2], demand, 5.0)
    assert as_sets(recipe.groups(5.0, threads=threads)) == as_sets(stored)


def test_too_many_circles_for_regions() -> None:
    """A crowd of sites whose circles cross in every cell is scanned point by point, in chunks."""
    recipe = Recipe(60, 3_000, 2, grid=1e-3, radius=5e-4)
    assert recipe.groups(5e-4).demand == float((recipe.demands.draw(3_000)[0] % 100 + 1).sum())


def test_equal_hash_places_are_compared() -> None:
    """Rows are told apart by their sites, not by a hash: every subset of 10 sites is its own group."""
    rows = [[j for j in range(10) if bits >> j & 1] for bits in range(1, 1024)] * 2
    first = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    members = np.array([j for row in rows for j in row], dtype=np.int32)
    groups = groups_of_sets(10, first, members, np.ones(2046), np.ones(2046, dtype=np.int64))
    assert groups.count == 1023
    assert groups.weight.tolist() == [2.0] * 1023
