"""Quota, budget and node costs against brute force, and against a flow programme on the SteinLib B graphs."""

from itertools import combinations
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import OutsideKnowledge
from guangcheng.planning.steiner.cuts import solve_exactly
from guangcheng.planning.steiner.files import read
from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.steiner.side import solve_with_sides
from guangcheng.planning.steiner.solve import _Task, solve
from tests.planning.steiner.flow_mip import flow_optimum
from tests.planning.steiner.oracle import optimum
from tests.planning.steiner.test_exact import problems


def cheapest_tree(problem: Problem, chosen: tuple[int, ...]) -> float:
    """The cheapest tree on exactly the vertices ``chosen`` (Kruskal), infinite when they are not connected."""
    net = problem.network
    group = {v: v for v in chosen}
    total = 0.0 if problem.node_cost is None else sum(float(problem.node_cost[v]) for v in chosen)
    for e in np.argsort(net.cost, kind="stable").tolist():
        u, v = int(net.tail[e]), int(net.head[e])
        if u in group and v in group and group[u] != group[v]:
            total += float(net.cost[e])
            group = {w: group[v] if of == group[u] else of for w, of in group.items()}
    return total if len(set(group.values())) == 1 else inf


def brute_force(problem: Problem) -> float:
    """The optimum over all sets of vertices."""
    n = problem.network.vertices
    must = set(np.flatnonzero(problem.required).tolist())
    waited = must | set(problem.terminals.tolist())
    prize = [p if p < inf else 0.0 for p in problem.prize.tolist()]
    best = inf
    for size in range(1, n + 1):
        for chosen in combinations(range(n), size):
            if not must <= set(chosen) or not waited & set(chosen):
                continue
            built = cheapest_tree(problem, chosen)
            missed = sum(prize) - sum(prize[v] for v in chosen)
            if problem.quota is not None:
                best = min(best, built if sum(prize) - missed >= problem.quota else inf)
            elif problem.budget is not None:
                best = min(best, missed if built <= problem.budget else inf)
            else:
                best = min(best, built + missed)
    return best


@st.composite
def sided(draw: st.DrawFn) -> Problem:
    """Problems of up to 7 vertices with node costs, a quota or a budget."""
    problem = draw(problems().filter(lambda one: one.network.vertices <= 7))
    kind = draw(st.sampled_from(["node", "quota", "budget"]))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    node = rng.integers(0, 6, problem.network.vertices).astype(float)
    finite = np.isfinite(problem.prize)
    share = draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    quota = share * float(problem.prize[finite].sum()) if kind == "quota" else None
    budget = share * float(problem.network.cost.sum()) if kind == "budget" else None
    node_cost = node if kind == "node" or draw(st.booleans()) else None
    return Problem(problem.network, problem.prize, problem.root, node_cost, quota, budget)


@given(sided())
@settings(max_examples=80, deadline=None)
def test_small_problems_with_sides_equal_brute_force(problem: Problem) -> None:
    """Each version is exact, and says so when there is no tree."""
    best = brute_force(problem)
    assert flow_optimum(problem) == pytest.approx(best)
    if best == inf:
        with pytest.raises(OutsideKnowledge):
            solve(problem)
        return
    answer = solve(problem)
    assert answer.cost == pytest.approx(best)
    assert answer.proven_optimal
    assert problem.cost_of(answer.edges, answer.vertices) == pytest.approx(best)


@given(problems())
@settings(max_examples=40, deadline=None)
def test_the_exact_part_alone_is_exact(problem: Problem) -> None:
    """Cuts and branch and bound, without the search before them, reach the optimum."""
    assert solve_exactly(problem).cost == pytest.approx(optimum(problem), abs=1e-6)


def test_a_quota_nobody_can_meet_is_said() -> None:
    """More customers than there are: no tree, and how to mend it."""
    network = Network.of(2, [0], [1], [1.0])
    with pytest.raises(OutsideKnowledge, match="no tree meets"):
        solve(Problem(network, np.array([1.0, 2.0]), quota=4.0))


def versions(problem: Problem, seed: int) -> list[Problem]:
    """Quota, budget and node-cost versions of a SteinLib graph with seeded prizes on its terminals."""
    rng = np.random.default_rng(seed)
    net = problem.network
    prize = np.zeros(net.vertices)
    prize[problem.terminals] = rng.integers(1, 20, problem.terminals.size)
    node = np.zeros(net.vertices)
    node[problem.terminals] = rng.integers(0, 8, problem.terminals.size)
    return [
        Problem(net, prize, quota=float(np.ceil(prize.sum() * 0.6))),
        Problem(net, prize, budget=float(np.floor(net.cost.sum() * 0.12))),
        Problem(net, prize, node_cost=node),
    ]


def check_versions(shared: Path, name: str) -> None:
    """The three versions of one SteinLib B graph equal an exact programme of another kind."""
    problem = read(shared / "data" / "steiner" / "steinlib_B" / f"{name}.stp.gz")
    for version in versions(problem, seed=int(name[1:])):
        answer = solve(version)
        assert answer.proven_optimal
        assert answer.cost == pytest.approx(flow_optimum(version))


@pytest.mark.needs_shared
def test_versions_of_a_steinlib_graph_equal_the_flow_programme(shared: Path) -> None:
    """The first of the 18 graphs; the others take the flow programme minutes."""
    check_versions(shared, "b01")


@pytest.mark.nightly
@pytest.mark.needs_shared
@pytest.mark.parametrize("name", [f"b{i:02}" for i in range(2, 19)])
def test_versions_of_steinlib_b_equal_the_flow_programme(shared: Path, name: str) -> None:
    """The other 17."""
    check_versions(shared, name)


@given(sided())
@settings(max_examples=60, deadline=None)
def test_without_the_exact_part_bounds_and_trees_still_hold(problem: Problem) -> None:
    """Prices and arcs alone (as on graphs too large for the exact part): a tree that keeps the side, a true bound."""
    best, task = brute_force(problem), _Task(problem, 2, 0, None)
    try:
        edges, first, bound = solve_with_sides(problem, task.ordinary, 0, task.left)
    except OutsideKnowledge:
        return
    net = problem.network
    vertices = np.unique(np.concatenate([net.tail[edges], net.head[edges], [first]]))
    assert edges.size == vertices.size - 1
    assert bound <= best + 1e-6
    assert problem.cost_of(edges, vertices) >= best - 1e-6
    if problem.quota is not None:
        kept = problem.prize[vertices]
        assert kept[np.isfinite(kept)].sum() >= problem.quota
