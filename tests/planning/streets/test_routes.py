"""Routes: exact on small towns, bounds that hold, ports that are kept, and who loses service."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import UsageError
from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.streets.build import planning_graph
from guangcheng.planning.streets.forest import Forest, lost_if_cut
from guangcheng.planning.streets.model import METHODS, Ints, Method, PlanningGraph
from guangcheng.planning.streets.routes import Goal, Objective, plan_routes, route_cost, without_ducts
from tests.planning.steiner.oracle import optimum
from tests.planning.streets.town import CRS, customers, ducts, grid, line, point, sites, streets, town

seeds = st.integers(0, 10_000)
small = settings(max_examples=12, deadline=None)


def only(graph: PlanningGraph, chosen: Ints) -> PlanningGraph:
    """The graph with the customers of ``chosen`` alone."""
    node = np.where(np.isin(np.arange(graph.premises_node.size), chosen), graph.premises_node, -1)
    return replace(graph, premises_node=node)


def exact(graph: PlanningGraph) -> float:
    """The least cost, by the dynamic programme of Dreyfus and Wagner on the graph with its sites made one vertex."""
    site = graph.site_node[0]
    joined = np.arange(graph.nodes)
    joined[graph.site_node] = site
    tail, head = joined[graph.tail], joined[graph.head]
    real = tail != head
    prize = np.zeros(graph.nodes)
    prize[joined[graph.premises_node]] = prize[site] = np.inf
    return optimum(Problem(Network.of(graph.nodes, tail[real], head[real], graph.cost[real]), prize))


def checked(graph: PlanningGraph, forest: Forest) -> None:
    """Each vertex hangs on its parent by its edge, in an order parents first, each node once."""
    assert np.unique(forest.node).size == forest.node.size
    for v in np.flatnonzero(forest.parent >= 0).tolist():
        ends = {int(graph.tail[forest.edge[v]]), int(graph.head[forest.edge[v]])}
        assert forest.parent[v] < v
        assert ends == {int(forest.node[v]), int(forest.node[forest.parent[v]])}
        assert forest.site[v] == forest.site[forest.parent[v]]
    roots = forest.parent < 0
    assert np.array_equal(forest.node[roots], graph.site_node[forest.site[roots]])
    served = forest.premises >= 0
    assert np.array_equal(forest.node[forest.premises[served]], graph.premises_node[served])


@small
@given(seeds, st.sampled_from(["residential", "secondary"]))
def test_routes_cost_what_the_exact_programme_says(seed: int, kind: str) -> None:
    graph = town(seed, many=4, side=1, kind=kind)
    routes = plan_routes(graph)
    checked(graph, routes.forest)
    assert routes.cost == pytest.approx(exact(graph), abs=0.01)
    assert routes.lower_bound <= routes.cost + 0.005
    assert routes.unserved.size == 0


@small
@given(seeds, st.integers(1, 14))
def test_a_bound_for_some_never_exceeds_the_cost_for_more(seed: int, fewer: int) -> None:
    graph = town(seed, many=15)
    part = only(graph, np.arange(fewer))
    assert plan_routes(part, effort=2).lower_bound <= plan_routes(graph, effort=2).cost + 0.005


@small
@given(seeds)
def test_the_same_seed_gives_the_same_routes(seed: int) -> None:
    graph = town(seed, many=30)
    one, two = (plan_routes(graph, effort=3, seed=seed) for _ in range(2))
    assert np.array_equal(one.forest.edge, two.forest.edge)
    assert (one.cost, one.lower_bound) == (two.cost, two.lower_bound)


@small
@given(seeds, st.integers(30, 200))
def test_ports_are_kept_and_what_does_not_fit_is_named(seed: int, room: int) -> None:
    graph = replace(town(seed, many=15), pon_ports=np.array([room, 150]))
    routes = plan_routes(graph, Goal(onts_per_port=1), effort=2)
    forest = routes.forest
    checked(graph, forest)
    served = forest.premises >= 0
    load = np.bincount(forest.site[forest.premises[served]], weights=graph.households[served], minlength=2)
    assert (load <= graph.pon_ports).all()
    assert [one.value for one in routes.faults] == [f"p{i}" for i in routes.unserved.tolist()]
    assert routes.lower_bound <= routes.cost + 0.005 or routes.unserved.size > 0


def test_who_fits_after_all_is_put_back() -> None:
    graph = planning_graph(
        streets(line((0, 0), (400, 0))),
        replace(customers(point(50, 5), point(100, 20), point(150, 5)), households=np.array([10, 3, 12])),
        sites(point(0, 0), ports=15),
        crs=CRS,
    )
    routes = plan_routes(graph, Goal(onts_per_port=1))
    # the third and the second use all 15 ports: the second was left out at first
    assert routes.unserved.tolist() == [0]
    assert [(one.rule, one.value) for one in routes.faults] == [("S-16", "p0")]


def test_branches_move_to_the_site_with_room() -> None:
    graph = planning_graph(
        streets(line((0, 0), (400, 0))),
        customers(point(50, 5), point(100, 5), point(200, 5), households=10),
        sites(point(0, 0), point(400, 0), ports=20),
        crs=CRS,
    )
    routes = plan_routes(graph, Goal(onts_per_port=1))
    assert routes.unserved.size == 0
    assert routes.forest.site[routes.forest.premises].tolist() == [0, 0, 1]
    assert routes.lower_bound < routes.cost
    assert not routes.proven_optimal


def test_ducts_are_used_and_a_plan_without_them_is_never_cheaper() -> None:
    roads = grid(2)
    graph = planning_graph(
        streets(*roads),
        customers(point(60, 90), point(150, 120), point(190, 160)),
        sites(point(0, 0)),
        crs=CRS,
        ducts=ducts(line((0, 0), (0, 100), (200, 100))),
        rules=None,
    )
    plain = plan_routes(without_ducts(graph))
    routes = plan_routes(graph, warm=plain)
    assert not (graph.method[plain.forest.edge[plain.forest.edge >= 0]] == METHODS.index(Method.DUCT)).any()
    used = routes.forest.edge[routes.forest.edge >= 0]
    assert graph.length_m[used][graph.duct[used] >= 0].sum() > 200
    assert routes.cost < plain.cost
    kept = plan_routes(graph, effort=1, warm=replace(plain, cost=1.0, forest=plain.forest))
    assert (kept.cost, kept.lower_bound, kept.forest) == (1.0, 1.0, plain.forest)


def test_quota_and_budget() -> None:
    graph = planning_graph(
        streets(line((0, 0), (1000, 0))),
        customers(*(point(x, 5) for x in (100, 300, 600, 990)), households=10),
        sites(point(0, 0)),
        crs=CRS,
    )
    everything = plan_routes(graph)
    quota = plan_routes(graph, Goal(objective=Objective.QUOTA, households=20))
    budget = plan_routes(graph, Goal(objective=Objective.BUDGET, cny=everything.cost * 0.7))
    assert quota.unserved.tolist() == [2, 3]
    assert quota.proven_optimal
    assert budget.unserved.tolist() == [3]
    assert budget.cost <= everything.cost * 0.7
    assert budget.lower_bound == 10
    with pytest.raises(UsageError):
        Goal(objective=Objective.QUOTA)


def test_who_loses_service_when_an_edge_is_cut() -> None:
    graph = planning_graph(
        streets(line((0, 0), (300, 0))),
        customers(point(100, 5), point(200, 5)),
        sites(point(0, 0)),
        crs=CRS,
    )
    forest = plan_routes(graph).forest
    first, second = forest.premises.tolist()
    assert lost_if_cut(forest, int(forest.edge[second])).tolist() == [1]
    assert lost_if_cut(forest, int(forest.edge[forest.parent[first]])).tolist() == [0, 1]
    assert lost_if_cut(forest, graph.edges - 1 if graph.edges - 1 not in forest.edge else -9).tolist() == []
    assert route_cost(graph, forest) == pytest.approx(200 * 260 + 2 * 5 * 45, rel=1e-3)
