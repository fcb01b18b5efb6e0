"""Trees and bounds against brute force on small graphs, and laws that hold on any."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.steiner.reduce import reduce
from guangcheng.planning.steiner.solve import solve
from tests.planning.steiner.oracle import optimum


@st.composite
def problems(draw: st.DrawFn, *, prizes: bool | None = None) -> Problem:
    """Connected graphs of up to 12 vertices and 6 terminals, with ties, parallel edges and free edges."""
    n = draw(st.integers(2, 12))
    seed = draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    more = draw(st.integers(0, 16))
    top = draw(st.sampled_from([3, 10, 1000]))
    tail = [*range(1, n), *rng.integers(0, n, more).tolist()]
    head = [*(int(rng.integers(0, v)) for v in range(1, n)), *rng.integers(0, n, more).tolist()]
    pairs = [(u, v) for u, v in zip(tail, head, strict=True) if u != v]
    cost = rng.integers(0 if draw(st.booleans()) else 1, top + 1, len(pairs)).astype(float)
    terminals = rng.choice(n, min(n, draw(st.integers(1, 6))), replace=False)
    prize = np.zeros(n)
    choosy = draw(st.booleans()) if prizes is None else prizes
    prize[terminals] = rng.integers(1, 2 * top + 1, terminals.size) if choosy else np.inf
    rooted = choosy and draw(st.booleans())
    root = int(rng.integers(0, n)) if rooted else -1
    if rooted:
        prize[root] = np.inf
    return Problem(Network.of(n, [u for u, _ in pairs], [v for _, v in pairs], cost), prize, root)


@given(problems())
@settings(max_examples=250, deadline=None)
def test_small_problems_are_solved_to_the_optimum(problem: Problem) -> None:
    """Every small problem is closed, and its cost is the brute-force optimum."""
    answer = solve(problem, effort=4)
    assert answer.cost == pytest.approx(optimum(problem), abs=1e-9)
    assert answer.lower_bound <= answer.cost
    assert problem.cost_of(answer.edges, answer.vertices) == answer.cost
    assert answer.edges.size == answer.vertices.size - 1
    assert answer.proven_optimal


@given(problems())
@settings(max_examples=250, deadline=None)
def test_reductions_keep_an_optimum(problem: Problem) -> None:
    """The smaller problem costs the same, with what was fixed."""
    if not problem.required.any():
        return
    smaller = reduce(problem)
    assert optimum(smaller.problem) + smaller.fixed_cost == pytest.approx(optimum(problem), abs=1e-9)


@given(problems(prizes=False), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_one_more_terminal_never_costs_less(problem: Problem, pick: int) -> None:
    """Spanning one more vertex is never cheaper."""
    more = problem.prize.copy()
    more[pick % more.size] = np.inf
    before = solve(problem, effort=4)
    after = solve(Problem(problem.network, more), effort=4)
    assert before.lower_bound <= after.cost


@given(problems(), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_same_seed_and_effort_same_answer(problem: Problem, seed: int) -> None:
    """The answer is a function of problem, effort and seed."""
    one, two = solve(problem, effort=3, seed=seed), solve(problem, effort=3, seed=seed)
    assert one.edges.tolist() == two.edges.tolist()
    assert (one.cost, one.lower_bound) == (two.cost, two.lower_bound)


def test_a_single_vertex_can_be_the_answer() -> None:
    """When every edge costs more than any prize, the dearest vertex alone is best."""
    network = Network.of(3, [0, 1], [1, 2], [10.0, 10.0])
    answer = solve(Problem(network, np.array([2.0, 0.0, 3.0])))
    assert (answer.cost, answer.edges.tolist(), answer.vertices.tolist()) == (2.0, [], [2])
    assert (answer.terminals_connected, answer.proven_optimal, answer.gap) == (1, True, 0.0)


def test_decimals_are_added_exactly() -> None:
    """Costs with decimals are searched in whole numbers, so that ties are ties."""
    network = Network.of(4, [0, 1, 2, 0], [1, 2, 3, 3], [0.1, 0.2, 0.3, 0.7])
    answer = solve(Problem(network, np.array([np.inf, 0.0, 0.0, np.inf])))
    assert answer.edges.tolist() == [0, 1, 2]
    assert answer.cost == pytest.approx(0.6)
    assert answer.proven_optimal
