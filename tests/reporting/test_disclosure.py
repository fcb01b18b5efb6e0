"""What is published gives no small count away: attacked by subtraction, and by trying every table that fits."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.reporting.disclosure import SMALLEST_SHOWN, publishable

Ints = npt.NDArray[np.int64]


def shown(parents: list[int], counts: list[list[int]]) -> list[bool]:
    return [bool(flag) for flag in publishable(np.array(parents), np.array(counts))]


def test_a_small_count_takes_the_smallest_neighbour_with_it() -> None:
    counts = [[60, 18], [30, 10], [10, 2], [20, 6]]
    assert shown([-1, 0, 0, 0], counts) == [True, True, False, False]


def test_nothing_small_hides_nothing_and_none_at_all_may_be_said() -> None:
    assert shown([-1, 0, 0], [[30, 3], [20, 3], [10, 0]]) == [True, True, True]


def test_two_withheld_whose_sum_is_small_take_a_third() -> None:
    counts = [[60, 12], [10, 1], [20, 1], [30, 10]]
    assert shown([-1, 0, 0, 0], counts) == [True, False, False, False]


def test_an_empty_neighbour_hides_nothing() -> None:
    counts = [[60, 18], [10, 2], [0, 0], [50, 16]]
    assert shown([-1, 0, 0, 0], counts) == [True, False, True, False]


def test_everything_below_a_withheld_area_is_withheld() -> None:
    counts = [[60, 10], [10, 2], [50, 8], [10, 2], [25, 4], [25, 4]]
    assert shown([-1, 0, 0, 1, 2, 2], counts) == [True, False, False, False, False, False]


def test_what_lies_directly_in_an_area_is_not_found_by_subtraction() -> None:
    counts = [[60, 19], [20, 6], [40, 12]]
    assert shown([-1, 0, 0], counts) == [True, False, True]


def test_a_small_city_says_nothing() -> None:
    assert shown([-1, 0, 0], [[8, 2], [4, 1], [4, 1]]) == [False, False, False]


def test_several_roots_are_judged_each_alone() -> None:
    assert shown([-1, -1], [[8, 2], [4, 4]]) == [False, True]


@st.composite
def trees(draw: st.DrawFn, most: int = 14, high: int = 6) -> tuple[Ints, Ints]:
    """A tree and its counts; some premises lie directly in areas that have areas below."""
    size = draw(st.integers(1, most))
    parents = np.array([-1, *(draw(st.integers(-1, area - 1)) for area in range(1, size))], dtype=np.int64)
    own = st.lists(st.integers(0, high), min_size=2, max_size=2)
    counts = np.array([draw(own) for _ in range(size)], dtype=np.int64)
    for area in range(size - 1, 0, -1):
        if parents[area] >= 0:
            counts[parents[area]] += counts[area]
    return parents, counts


def parts(parents: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Leaves and direct remainders as columns: which areas contain each, and the counts of each."""
    size = len(parents)
    inside = np.eye(size, dtype=np.int64)
    for area in range(size - 1, 0, -1):
        if parents[area] >= 0:
            inside[parents[area]] += inside[area]
    own = counts.copy()
    for area in range(1, size):
        if parents[area] >= 0:
            own[parents[area]] -= counts[area]
    return inside, own


@settings(max_examples=200, deadline=None)
@given(trees())
def test_no_small_count_follows_from_what_is_published(tree: tuple[Ints, Ints]) -> None:
    """A withheld row that is a combination of published rows holds no small count; published rows hold none either."""
    parents, counts = tree
    flags = publishable(parents, counts)
    assert not np.any((counts[flags] > 0) & (counts[flags] < SMALLEST_SHOWN))
    inside, own = parts(parents, counts)
    # areas without areas below have no remainder of their own beside the area
    known = inside[flags]
    rank = np.linalg.matrix_rank(known) if len(known) else 0
    unknown = [
        *zip(inside[~flags], counts[~flags], strict=True),
        *zip(np.eye(len(parents), dtype=int), own, strict=True),
    ]
    for row, values in unknown:
        if np.any((values > 0) & (values < SMALLEST_SHOWN)):
            assert np.linalg.matrix_rank(np.vstack([known, row])) == rank + 1


@settings(max_examples=40, deadline=None)
@given(trees(most=5, high=3))
def test_every_small_count_could_be_another(tree: tuple[Ints, Ints]) -> None:
    """All tables of whole numbers from 0 that give the published rows: each small count takes several values."""
    parents, counts = tree
    flags = publishable(parents, counts)
    inside, _ = parts(parents, counts)
    for category in range(counts.shape[1]):
        truth = counts[:, category]
        most = int(min(truth.max(initial=0), 7)) + 1
        tables = np.array(list(product(range(most + 1), repeat=len(parents)))) @ inside.T
        fitting = tables[(tables[:, flags] == truth[flags]).all(axis=1)]
        for area in np.flatnonzero(~flags & (truth > 0) & (truth < SMALLEST_SHOWN)):
            assert len(np.unique(fitting[:, area])) > 1


def test_a_row_without_spare_is_withheld_with_another() -> None:
    """Too little spare counts as too small, for a row and for what the published rows leave of the whole."""
    counts, spare = np.array([[60, 18], [30, 10], [10, 4], [20, 4]]), np.array([9, 6, -1, 4])
    assert publishable(np.array([-1, 0, 0, 0]), counts, spare=spare).tolist() == [True, True, False, False]
    # together the two have spare; were they short together, the third would go too
    spare = np.array([3, 6, -5, 2])
    assert publishable(np.array([-1, 0, 0, 0]), counts, spare=spare).tolist() == [True, False, False, False]
    assert not publishable(np.array([-1, 0, 0, 0]), counts, spare=np.array([-1, 3, -5, 1])).any()


@settings(max_examples=100, deadline=None)
@given(trees(), st.integers(0, 2**31))
def test_every_row_and_every_remainder_has_spare(tree: tuple[Ints, Ints], seed: int) -> None:
    parents, counts = tree
    inside, own = parts(parents, counts)
    # where nobody lives nothing is needed
    spare = inside @ (np.random.default_rng(seed).integers(-3, 5, len(parents)) * own.any(axis=1))
    flags = publishable(parents, counts, spare=spare)
    assert np.all(spare[flags] >= 0)
    for area in np.flatnonzero(flags):
        below = (parents == area) & flags
        if np.any(parents == area) and np.any((parents == area) & ~flags):
            assert spare[area] - spare[below].sum() >= 0
    # without the demand it is the rule for small counts alone
    assert publishable(parents, counts, spare=np.abs(spare) * 0).tolist() == publishable(parents, counts).tolist()


@pytest.mark.parametrize(
    ("parents", "counts"),
    [
        ([-1, 0], [[5, 5]]),
        ([1, -1], [[5, 5], [5, 5]]),
        ([-1, 0], [[5, 5], [6, 0]]),
        ([-1], [[-1, 5]]),
        ([-2], [[1, 5]]),
        ([-1], [5]),
    ],
)
def test_columns_that_do_not_fit_are_refused(parents: list[int], counts: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        shown(parents, counts)
