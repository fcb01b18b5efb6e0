"""The sites chosen, held against every choice there is on small towns."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError, UsageError
from guangcheng.planning.cover.solve import Plan
from guangcheng.planning.siting.assign import Links, assign
from guangcheng.planning.siting.choose import choose
from guangcheng.planning.siting.model import Ask, Candidates, Demand, Siting

PLAN = Plan(time_limit=0.4, threads=1)


def candidates(xs: list[float], cost: list[float], capacity: float = np.inf) -> Candidates:
    n = len(xs)
    return Candidates(
        ids=tuple(f"c{row}" for row in range(n)),
        place=("street",) * n,
        x=np.array(xs, dtype=float),
        y=np.zeros(n),
        cost=np.array(cost, dtype=float),
        capacity=np.full(n, capacity),
    )


def demand(xs: list[float], weight: list[float], must: list[bool] | None = None, radius: float = 1.0) -> Demand:
    n = len(xs)
    return Demand(
        ids=tuple(f"d{row}" for row in range(n)),
        x=np.array(xs, dtype=float),
        y=np.zeros(n),
        weight=np.array(weight, dtype=float),
        radius=np.full(n, radius),
        must=np.array(must or [False] * n, dtype=bool),
        covered=np.zeros(n, dtype=bool),
        cell=np.zeros(n, dtype=bool),
    )


def chosen(sites: Candidates, wants: Demand, ask: Ask) -> Siting:
    return choose(sites, wants, ask, PLAN, clock=time.perf_counter)


def best_by_trying(sites: Candidates, wants: Demand, share: float) -> float:
    """The least cost over all choices without port limits."""
    near = np.abs(wants.x[:, None] - sites.x) <= wants.radius[:, None]
    others = float(wants.weight[~wants.must].sum())
    costs = []
    for size in range(len(sites) + 1):
        for rows in itertools.combinations(range(len(sites)), size):
            reached = np.asarray(near[:, list(rows)].any(axis=1))
            enough = float(wants.weight[reached & ~wants.must].sum()) >= share * others - 1e-9
            if reached[wants.must].all() and enough:
                costs.append(float(sites.cost[list(rows)].sum()))
    return min(costs)


@settings(max_examples=10, deadline=None)
@given(
    places=st.lists(st.integers(0, 12), min_size=2, max_size=6),
    points=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9), st.booleans()), min_size=1, max_size=8),
    share=st.sampled_from([0.5, 0.8, 1.0]),
    data=st.data(),
)
def test_the_cheapest_choice_is_found_and_proven(
    places: list[int], points: list[tuple[int, int, bool]], share: float, data: st.DataObject
) -> None:
    cost = [float(data.draw(st.integers(1, 9))) for _ in places]
    reachable = [point for point in points if min(abs(point[0] - place) for place in places) <= 1]
    if not reachable:
        return
    sites = candidates([float(place) for place in places], cost)
    wants = demand(
        [float(x) for x, _, _ in reachable], [float(w) for _, w, _ in reachable], [m for _, _, m in reachable]
    )
    got = chosen(sites, wants, Ask(share=share))
    assert got.value == pytest.approx(best_by_trying(sites, wants, share))
    assert (got.proven_optimal, got.gap) == (True, 0.0)
    assert bool(got.reached[wants.must].all())
    assert got.greedy >= got.value


def test_no_site_serves_more_than_its_ports() -> None:
    sites = candidates([0, 0.5, 1.0], [1, 5, 5], capacity=10)
    got = chosen(sites, demand([0.4, 0.5, 0.6], [8, 8, 8], [True, True, True]), Ask())
    assert got.chosen.tolist() == [0, 1, 2]
    assert got.load.max() <= 10
    assert got.load.sum() == pytest.approx(24)
    assert got.served.sum() == pytest.approx(24)
    assert (got.added, got.proven_optimal, got.stopped) == (2, False, "ports")
    assert got.bound == 1


def test_too_few_ports_are_said() -> None:
    with pytest.raises(InputError, match="too few ports"):
        chosen(candidates([0], [1], capacity=5), demand([0], [8], [True]), Ask())


def test_forced_and_forbidden() -> None:
    sites = candidates([0, 0, 5], [1, 2, 1])
    wants = demand([0], [1], [True])
    assert chosen(sites, wants, Ask(forbidden=("c0",))).chosen.tolist() == [1]
    assert chosen(sites, wants, Ask(forced=("c2",))).chosen.tolist() == [0, 2]
    with pytest.raises(UsageError, match="c9"):
        chosen(sites, wants, Ask(forced=("c9",)))
    with pytest.raises(InputError, match="no candidate in reach"):
        chosen(sites, wants, Ask(forbidden=("c0", "c1")))


def test_the_most_households_by_a_number_or_a_budget() -> None:
    sites = candidates([0, 3, 6], [1, 1, 3])
    wants = demand([0, 3, 6], [5, 4, 9])
    got = chosen(sites, wants, Ask(sites=1))
    assert (got.chosen.tolist(), got.value, got.bound) == ([2], 9, 9)
    assert chosen(sites, wants, Ask(budget=2)).chosen.tolist() == [0, 1]


def test_what_is_covered_needs_nothing() -> None:
    wants = demand([0], [3], [True])
    wants.covered[0] = True
    got = chosen(candidates([0], [1]), wants, Ask())
    assert (got.chosen.tolist(), got.cost, got.served.tolist()) == ([], 0.0, [3.0])


def test_same_seed_same_sites() -> None:
    rng = np.random.default_rng(3)
    sites = candidates(list(rng.uniform(0, 60, 40)), list(rng.integers(1, 9, 40)))
    wants = demand(list(rng.uniform(0, 60, 80)), list(rng.integers(1, 9, 80)), radius=4.0)
    first, again = (chosen(sites, wants, Ask(share=0.9)) for _ in range(2))
    assert (first.chosen.tolist(), first.bound) == (again.chosen.tolist(), again.bound)


def test_households_that_must_be_served_come_first() -> None:
    links = Links(np.array([0, 1, 2], dtype=np.int64), np.array([0, 0], dtype=np.int64))
    flows = assign(links, np.array([6.0, 6.0]), np.array([False, True]), np.array([8.0]))
    assert flows.tolist() == pytest.approx([2, 6])
