"""Costs that are no whole numbers and tie: two ways of one length must not each push the other out of the graph."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.steiner.solve import solve
from tests.planning.steiner.oracle import optimum


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.integers(2, 6), st.sampled_from([0.1, 1 / 3, 979.18604651, 5463.858139534884]))
def test_lattices_whose_ways_tie_but_for_rounding(seed: int, terminals: int, step: float) -> None:
    rng = np.random.default_rng(seed)
    side = 5
    pairs = [(v, v + 1) for v in range(side * side) if v % side < side - 1]
    pairs += [(v, v + side) for v in range(side * (side - 1))]
    cost = step * rng.integers(1, 4, len(pairs)) + step * 0.3 * rng.integers(0, 2, len(pairs))
    prize = np.zeros(side * side)
    prize[rng.choice(side * side, terminals, replace=False)] = np.inf
    problem = Problem(Network.of(side * side, [u for u, _ in pairs], [v for _, v in pairs], cost), prize)
    found = solve(problem, effort=2)
    best = optimum(problem)
    assert found.terminals_connected == terminals
    assert found.cost == pytest.approx(best)
    assert found.lower_bound <= best * (1 + 1e-9)
