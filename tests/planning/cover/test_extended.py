"""Shared sites of several operators and sites of limited capacity, against all choices tried."""

import hashlib
import itertools
import time

import numpy as np
import pytest

from guangcheng.base.errors import InputError
from guangcheng.planning.cover.capacity import Capacitated, draw_capacitated, served, solve_capacitated
from guangcheng.planning.cover.operators import Shared, draw_shared, solve_shared
from guangcheng.planning.cover.recipe import Recipe
from guangcheng.planning.cover.solve import Plan
from tests.planning.cover import small

PLAN = Plan(time_limit=20.0, threads=1)


@pytest.mark.parametrize("seed", range(3))
def test_shared_sites(seed: int) -> None:
    groups = (small.points(seed, sites=5, radius=4.0), small.points(seed, sites=5, customers=50, radius=4.0))
    rng = np.random.default_rng(seed)
    shared = Shared(
        groups,
        rng.integers(5, 20, 5).astype(float),
        rng.integers(1, 6, (2, 5)).astype(float),
        tuple(0.6 * float(g.weight.sum()) for g in groups),
    )
    every = small.choices(5)
    pairs = (np.array(pair) for pair in itertools.product(every, every))
    best = min(shared.cost(pair) for pair in pairs if shared.feasible(pair))
    answer = solve_shared(shared, PLAN, clock=time.perf_counter)
    assert answer.proven_optimal
    assert answer.value == answer.bound == best
    assert answer.separate >= answer.value
    flags = np.zeros((2, 5), dtype=bool)
    for k, sites in enumerate(answer.chosen):
        flags[k, list(sites)] = True
    assert shared.feasible(flags)
    assert shared.cost(flags) == answer.value


def _most_served(problem: Capacitated, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Most demand by Gale and Hall's condition: the least cut over all subsets of the chosen sites."""
    groups = problem.groups
    rows = [set(groups.members[a:b].tolist()) for a, b in zip(groups.first[:-1], groups.first[1:], strict=True)]
    built = [int(j) for j in np.flatnonzero(chosen)]
    cuts = []
    for size in range(len(built) + 1):
        for cut in itertools.combinations(built, size):
            rest = set(built) - set(cut)
            served = sum(w for w, row in zip(groups.weight, rows, strict=True) if row & rest)
            # groups that reach a site outside the cut are cut themselves; the sites inside by their capacity
            cuts.append(sum(problem.capacity[j] for j in cut) + served)
    return float(min(cuts))


@pytest.mark.parametrize("seed", range(3))
def test_limited_capacity(seed: int) -> None:
    groups = small.points(seed, sites=6, radius=4.0)
    rng = np.random.default_rng(seed)
    capacity = np.floor(groups.demand * rng.uniform(0.15, 0.4, 6))
    problem = Capacitated(groups, rng.integers(1, 9, 6).astype(float), capacity, 0.6 * float(groups.weight.sum()))
    values = []
    for choice in small.choices(6):
        most = _most_served(problem, choice)
        assert served(problem, choice) == pytest.approx(most, abs=1e-5) if choice.sum() in (1, 4) else True
        if most >= problem.target:
            values.append(problem.cost[choice].sum())
    answer = solve_capacitated(problem, PLAN, clock=time.perf_counter)
    assert answer.proven_optimal
    assert answer.value == answer.bound == min(values)


def test_capacity_too_small() -> None:
    groups = small.points(0, sites=6, radius=4.0)
    problem = Capacitated(groups, np.ones(6), np.ones(6), 100.0)
    with pytest.raises(InputError, match="serve only"):
        solve_capacitated(problem, PLAN, clock=time.perf_counter)


def test_the_extended_recipe_by_checksum() -> None:
    """What the extensions draw behind the recipe, held by a checksum."""
    recipe = Recipe(20, 20_000, 1)
    shared = draw_shared(recipe, 6.0, 0.9, 3)
    limited = draw_capacitated(recipe, 6.0, 0.8)
    assert [groups.count for groups in shared.groups] == [shared.groups[0].count] * 3
    numbers = [*(g.weight for g in shared.groups), shared.structure, shared.equipment.ravel(), limited.capacity]
    content = np.concatenate(numbers).astype("<f8").tobytes()
    assert hashlib.sha256(content).hexdigest() == CHECKSUM


CHECKSUM = "9d3d564220eea22a341dd6db95c28a1c93c87c1f07dd56f226c1874f12e74b9a"
