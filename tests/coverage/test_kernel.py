"""The kernel against brute force: covered ⇔ dx·dx + dy·dy ≤ r·r in IEEE double, lowest index on ties."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from guangcheng.base.curve import cell_order
from guangcheng.coverage.kernel import PointGrid, nearest_within

Floats = NDArray[np.float64]


def brute(px: Floats, py: Floats, radius: Floats, ax: Floats, ay: Floats) -> tuple[list[int], list[float]]:
    found, distance = [], []
    for x, y, r in zip(px, py, radius, strict=True):
        best, at = math.inf, -1
        for k in range(ax.size):
            dx, dy = x - ax[k], y - ay[k]
            d2 = dx * dx + dy * dy
            if d2 <= r * r and (at < 0 or d2 < best):
                best, at = d2, k
        found.append(at)
        distance.append(math.sqrt(best) if at >= 0 else math.nan)
    return found, distance


def columns(rows: list[tuple[float, ...]], width: int) -> list[Floats]:
    table = np.array(rows, dtype=np.float64).reshape(len(rows), width)
    return [np.ascontiguousarray(column) for column in table.T]


def assert_as_brute(premises: list[tuple[float, float, float]], points: list[tuple[float, float]]) -> None:
    px, py, radius = columns([tuple(row) for row in premises], 3)
    ax, ay = columns([tuple(row) for row in points], 2)
    found, distance = nearest_within(px, py, radius, ax, ay)
    expected, metres = brute(px, py, radius, ax, ay)
    assert found.tolist() == expected
    np.testing.assert_array_equal(distance, np.array(metres, dtype=np.float64))


# Small integers on a lattice: many points lie exactly on the radius (3-4-5, 5-12-13, 8-15-17 …) and many tie.
lattice = st.integers(-20, 20).map(float)
lattice_radius = st.sampled_from([0.0, 1.0, 5.0, 10.0, 13.0, 17.0, 25.0])
# Anything a file may hold.
wild = st.floats(allow_nan=True, allow_infinity=False, width=64) | st.floats(-1e4, 1e4)
wild_radius = st.floats(0, 1e6) | st.just(math.nan) | st.just(1e200) | st.floats(0, 1e-150)


@settings(deadline=None)
@given(
    st.lists(st.tuples(lattice, lattice, lattice_radius), max_size=12),
    st.lists(st.tuples(lattice, lattice), max_size=25),
)
def test_on_a_lattice_with_ties_and_points_exactly_on_the_radius(
    premises: list[tuple[float, float, float]], points: list[tuple[float, float]]
) -> None:
    assert_as_brute(premises, points)


@settings(deadline=None)
@given(
    st.lists(st.tuples(wild, wild, wild_radius), max_size=6),
    st.lists(st.tuples(wild, wild), max_size=12),
)
def test_with_anything_a_file_may_hold(
    premises: list[tuple[float, float, float]], points: list[tuple[float, float]]
) -> None:
    with np.errstate(all="ignore"):
        assert_as_brute(premises, points)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 50.0, 3000.0]), st.integers(1, 400))
def test_on_clustered_cities(seed: int, spread: float, points: int) -> None:
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 10_000, (5, 2))
    premises = centres[rng.integers(0, 5, 150)] + rng.normal(0, spread, (150, 2))
    access = centres[rng.integers(0, 5, points)] + rng.normal(0, spread, (points, 2))
    radius = rng.choice([200.0, 1000.0, 5000.0], 150)
    assert_as_brute(
        [(x, y, r) for (x, y), r in zip(premises.tolist(), radius.tolist(), strict=True)],
        [(x, y) for x, y in access.tolist()],
    )


@pytest.mark.parametrize(
    ("dx", "dy", "radius", "inside"),
    [
        (120.0, 160.0, 200.0, True),
        (600.0, 800.0, 1000.0, True),
        (200.0, 0.0, 200.0, True),
        (200.001, 0.0, 200.0, False),
        (0.0, 1000.001, 1000.0, False),
        (0.0, 0.0, 0.0, True),
        (0.001, 0.0, 0.0, False),
    ],
)
def test_the_limit_itself_is_inside(dx: float, dy: float, radius: float, inside: bool) -> None:
    east, north = 400_000.0, 2_600_000.0  # where a city's metric CRS puts it
    found, distance = nearest_within([east], [north], radius, [east + dx], [north - dy])
    assert found.tolist() == [0 if inside else -1]
    assert distance.tolist() == [math.hypot(dx, dy)] if inside else math.isnan(distance[0])


@pytest.mark.parametrize(("premises", "points"), [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_look_at(premises: int, points: int) -> None:
    found, distance = nearest_within(np.zeros(premises), np.zeros(premises), 5.0, np.zeros(points), np.zeros(points))
    assert found.tolist() == ([0] if points else [-1]) * premises
    assert distance.size == premises


def test_identical_points_give_the_lowest_index() -> None:
    found, _ = nearest_within([0.0, 5.0], [0.0, 0.0], 10.0, np.full(1000, 3.0), np.full(1000, 4.0))
    assert found.tolist() == [0, 0]


def test_not_a_place_is_never_covered() -> None:
    nan, inf = math.nan, math.inf
    found, distance = nearest_within([nan, 0, inf, 0], [0, nan, 0, 0], [9, 9, 9, nan], [nan, 0.0], [0.0, 0.0])
    assert found.tolist() == [-1, -1, -1, -1]
    assert np.isnan(distance).all()
    assert nearest_within([0.0], [0.0], 9.0, [nan, inf, 1.0], [0.0, 0.0, 1.0])[0].tolist() == [2]


def test_the_grid_stays_small_whatever_the_extent() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 1e4, 2000), rng.uniform(0, 1e4, 2000)
    x[0], y[1], x[2] = 1e300, -1e300, -1e308
    grid = PointGrid.of(x, y)
    assert grid.shape[0] * grid.shape[1] < 4 * x.size
    # one stray point does not crowd the others into one cell
    assert int(np.diff(grid.start).max()) < 50
    found, _ = grid.nearest(x, y, 0.0)
    assert found.tolist() == list(range(2000))


def test_a_line_of_points_is_cut_along_the_line() -> None:
    grid = PointGrid.of(np.arange(1000.0), np.zeros(1000))
    assert grid.shape[1] == 1
    assert int(np.diff(grid.start).max()) <= 12


def test_chunks_and_threads_give_the_same_answer() -> None:
    rng = np.random.default_rng(5)
    px, py = rng.uniform(0, 5e4, 200_000), rng.uniform(0, 5e4, 200_000)
    grid = PointGrid.of(rng.uniform(0, 5e4, 5000), rng.uniform(0, 5e4, 5000))
    whole = grid.nearest(px, py, 300.0)
    shared_out = grid.nearest(px, py, 300.0, threads=2)
    pieces = [grid.nearest(px[at : at + 70_000], py[at : at + 70_000], 300.0) for at in range(0, 200_000, 70_000)]
    for column in range(2):
        np.testing.assert_array_equal(whole[column], shared_out[column])
        np.testing.assert_array_equal(whole[column], np.concatenate([piece[column] for piece in pieces]))
    assert 0.2 < float((whole[0] >= 0).mean()) < 0.7


def test_columns_of_different_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="ax and ay"):
        nearest_within([0.0], [0.0], 1.0, [0.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="px and py"):
        nearest_within([0.0], [0.0, 1.0], 1.0, [0.0], [0.0])


def test_importing_the_kernel_does_not_load_the_compiler() -> None:
    code = "import sys, guangcheng.coverage.kernel; print('numba' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"


def everyone(px: Floats, py: Floats, radius: Floats, ax: Floats, ay: Floats) -> NDArray[np.int64]:
    """Brute force over columns."""
    d2 = (px[:, None] - ax) ** 2 + (py[:, None] - ay) ** 2
    d2 = np.where(d2 <= (radius * radius)[:, None], d2, np.inf)
    return np.where(np.isfinite(d2).any(axis=1), d2.argmin(axis=1), -1)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.sampled_from([1.0, 25.0, 1000.0]), st.sampled_from([3, 40, 400]))
def test_many_premises_in_any_order_have_the_same_answer(seed: int, step: float, points: int) -> None:
    rng = np.random.default_rng(seed)
    # whole steps around a few centres: ties, coincident points and distances exactly equal to the radius abound
    centres = rng.integers(0, 200, (6, 2))
    px, py = ((centres[rng.integers(0, 6, 5000), k] + rng.integers(-9, 10, 5000)) * step for k in (0, 1))
    ax, ay = ((centres[rng.integers(0, 6, points), k] + rng.integers(-9, 10, points)) * step for k in (0, 1))
    radius = rng.choice([0.0, step, 5 * step, 13 * step], 5000)
    expected = everyone(px, py, radius, ax, ay)
    np.testing.assert_array_equal(nearest_within(px, py, radius, ax, ay)[0], expected)
    order = cell_order(px, py)
    np.testing.assert_array_equal(nearest_within(px[order], py[order], radius[order], ax, ay)[0], expected[order])


def test_one_place_many_times_over_is_one_point() -> None:
    x, y = np.full(100_000, 7.0), np.full(100_000, 8.0)
    grid = PointGrid.of(x, y)
    assert (grid.x.tolist(), grid.y.tolist(), grid.index.tolist()) == ([7.0], [8.0], [0])
    x[:5] = 1000.0
    found, _ = PointGrid.of(x, y).nearest([7.0, 1000.0], [8.0, 8.0], 5.0)
    assert found.tolist() == [5, 0]


def test_kept_machine_code_needs_no_compiler_and_is_made_again_when_damaged(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, guangcheng.coverage._native as native, guangcheng.coverage.kernel as kernel;"
        f"native._FOLDERS = (pathlib.Path({str(tmp_path / 'kept')!r}),);"
        "found, _ = kernel.nearest_within([0.0], [0.0], 5.0, [9.0, 3.0], [0.0, 4.0]);"
        "print(found.tolist(), 'numba' in sys.modules)"
    )
    said = []
    for _ in range(4):
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        said.append(shown.stdout.strip())
        (kept,) = (tmp_path / "kept").iterdir()
        if len(said) == 2:
            kept.write_bytes(kept.read_bytes()[:-40] + bytes(40))
    assert said == ["[1] True", "[1] False", "[1] True", "[1] False"]


def test_where_nothing_can_be_kept_the_answer_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = (
        "import pathlib, guangcheng.coverage._native as native, guangcheng.coverage.kernel as kernel;"
        f"native._FOLDERS = (pathlib.Path({str(tmp_path / 'file' / 'folder')!r}),);"
        "print(kernel.nearest_within([0.0], [0.0], 5.0, [9.0, 3.0], [0.0, 4.0])[0].tolist())"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[1]\n"


def test_without_a_limit_the_nearest_is_found_however_far() -> None:
    rng = np.random.default_rng(8)
    px, py, ax, ay = (rng.uniform(0, 1e5, count) for count in (9000, 9000, 50, 50))
    found, distance = nearest_within(px, py, math.inf, ax, ay)
    d2 = (px[:, None] - ax) ** 2 + (py[:, None] - ay) ** 2
    np.testing.assert_array_equal(found, d2.argmin(axis=1))
    np.testing.assert_array_equal(distance, np.sqrt(d2.min(axis=1)))
