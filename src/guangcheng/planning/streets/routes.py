"""The cheapest routes from OLT sites to customers, with a proof of how far from the optimum they can be.

All sites hang on one root above them (its edges cost what opening the site costs), so one Steiner tree decides who is
served from where. The number of PON ports is not part of that tree: where a site gets more customers than its ports
hold, branches move to sites with room (:mod:`.ports`). The bound is that of the tree without port limits, so it holds
for any plan that keeps them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text
from guangcheng.planning.steiner.model import Network, Problem, Solution
from guangcheng.planning.steiner.solve import solve
from guangcheng.planning.streets.faults import fault
from guangcheng.planning.streets.forest import Forest, forest_of
from guangcheng.planning.streets.model import Ints, PlanningGraph
from guangcheng.planning.streets.ports import kept_within_ports
from guangcheng.registers.faults import Fault

__all__ = ["Goal", "Objective", "Routes", "plan_routes", "route_cost", "without_ducts"]

_ANEW = 4
"""Effort for trees found anew after branches moved."""


class Objective(StrEnum):
    """What is to be reached."""

    CONNECT_ALL = "connect-all"
    QUOTA = "quota"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The objective and its number: ``households`` to connect at least (quota), ``cny`` to spend at most (budget).

    ``onts_per_port`` is what one PON port serves, ``take_rate`` the share of households that get an ONT (rounded up
    per premises).
    """

    objective: Objective = Objective.CONNECT_ALL
    households: int | None = None
    cny: float | None = None
    onts_per_port: int = 64
    take_rate: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        asked = {Objective.QUOTA: self.households, Objective.BUDGET: self.cny}
        number = asked.get(self.objective, 1)
        if number is None or not number >= 0:
            raise UsageError(
                Text(f"目标“{self.objective}”缺少数值", f"the objective “{self.objective}” lacks its number"),
                mend=Text("配额给出户数，预算给出元数", "give households for a quota, CNY for a budget"),
            )
        if not 0 < self.take_rate <= 1 or self.onts_per_port < 1:
            raise UsageError(
                Text("入网率或每口用户数超出范围", "the take rate or the ONTs per port are out of range"),
                mend=Text(
                    "入网率在 0 与 1 之间，每口至少 1 户", "a take rate above 0 up to 1, at least 1 ONT per port"
                ),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """Which edges are used and what is proven about them.

    ``cost`` is CNY of edges and opened sites; under a budget, ``households`` is what is maximised and the bound is on
    households left out (``missed``, ``lower_bound``). ``gap`` is (value − bound) / value of what is minimised.
    ``unserved`` are indices of customers not connected, for whatever reason; ``faults`` names those whose reason is in
    the input (also the graph's own), so that those without a fault were left out by choice.
    """

    forest: Forest
    cost: float
    lower_bound: float
    gap: float
    proven_optimal: bool
    households: int
    unserved: Ints
    faults: tuple[Fault, ...]
    seed: int
    effort: int
    searched_cost: float
    """What the search itself found, before branches moved to keep the ports: its own gap is to the same bound."""


def plan_routes(
    graph: PlanningGraph,
    goal: Goal | None = None,
    *,
    effort: int | None = None,
    seed: int = 0,
    left: Callable[[], float] | None = None,
    warm: Routes | None = None,
) -> Routes:
    """Find routes; ``effort``, ``seed`` and ``left`` are those of :func:`planning.steiner.solve.solve`.

    ``warm`` is a plan on the same nodes and edges (say, of :func:`without_ducts`): connect-all never answers a
    dearer one.
    ``OutsideKnowledge`` when a quota or budget cannot be met.
    """
    goal = goal or Goal()
    problem, inner = _problem(graph, goal)
    solution = solve(problem, effort=effort, seed=seed, left=left)
    chosen = inner[solution.edges]
    wanted = _wanted(graph, solution)
    forest = forest_of(graph, chosen[chosen >= 0], wanted)
    room = np.where(graph.site_node >= 0, graph.pon_ports * goal.onts_per_port, 0)
    demand = onts(graph, goal.take_rate)
    forest, out = kept_within_ports(graph, forest, demand, room, effort=min(solution.effort, _ANEW), seed=seed)
    faults = [fault("S-16", "premises", graph.premises_ids[i], found=int(graph.households[i])) for i in out.tolist()]
    answer = _answer(graph, goal, forest, solution, tuple(faults))
    if warm is None or goal.objective is not Objective.CONNECT_ALL:
        return answer
    return _cheaper(answer, warm)


def onts(graph: PlanningGraph, take_rate: float) -> Ints:
    """ONTs each customer gets: households × take rate, rounded up."""
    return np.ceil(np.round(graph.households * take_rate, 9)).astype(np.int64)


def route_cost(graph: PlanningGraph, forest: Forest) -> float:
    """CNY of the edges of a forest and of the sites that serve somebody."""
    opened = np.unique(forest.site[forest.parent >= 0])
    return round(float(forest.cost.sum() + graph.site_cost[opened].sum()), 2)


def without_ducts(graph: PlanningGraph) -> PlanningGraph:
    """The same graph, nodes and edges numbered alike, in which no duct, pole or trench of others has a hole to give."""
    return replace(graph, free_holes=np.where(graph.duct >= 0, 0, graph.free_holes))


def _problem(graph: PlanningGraph, goal: Goal) -> tuple[Problem, Ints]:
    """The tree to find, and the graph's edge for each of its edges (−1: from the root to a site)."""
    usable = np.flatnonzero((graph.duct < 0) | (graph.free_holes > 0))
    sites = np.flatnonzero(graph.site_node >= 0)
    root = graph.nodes
    network = Network.of(
        graph.nodes + 1,
        np.concatenate([graph.tail[usable], np.full(sites.size, root)]),
        np.concatenate([graph.head[usable], graph.site_node[sites]]),
        np.concatenate([graph.cost[usable], graph.site_cost[sites]]),
    )
    inner = np.concatenate([usable, np.full(sites.size, -1, dtype=np.int64)])
    hung = graph.premises_node >= 0
    waiting = np.bincount(
        graph.premises_node[hung], weights=graph.households[hung].astype(np.float64), minlength=root + 1
    ).astype(np.float64)
    if goal.objective is Objective.CONNECT_ALL:
        return Problem(network, np.where(waiting > 0, np.inf, 0.0), root), inner
    quota = float(goal.households or 0) if goal.objective is Objective.QUOTA else None
    budget = goal.cny if goal.objective is Objective.BUDGET else None
    return Problem(network, waiting, root, quota=quota, budget=budget), inner


def _wanted(graph: PlanningGraph, solution: Solution) -> Ints:
    spanned = np.zeros(graph.nodes + 1, dtype=np.bool_)
    spanned[solution.vertices] = True
    wanted: Ints = np.flatnonzero((graph.premises_node >= 0) & spanned[graph.premises_node])
    return wanted


def _answer(graph: PlanningGraph, goal: Goal, forest: Forest, solution: Solution, faults: tuple[Fault, ...]) -> Routes:
    cost = route_cost(graph, forest)
    served = forest.premises >= 0
    households = int(graph.households[served].sum())
    if goal.objective is Objective.BUDGET:
        value = float(graph.households[graph.premises_node >= 0].sum() - households)
    else:
        value = cost
    bound = min(solution.lower_bound, value) if not faults else solution.lower_bound
    proven = solution.proven_optimal and value <= solution.cost + 0.005
    gap = max(0.0, (value - bound) / value) if value > 0 else 0.0
    return Routes(
        forest,
        cost,
        bound,
        gap,
        proven,
        households,
        np.flatnonzero(~served),
        (*graph.faults, *faults),
        solution.seed,
        solution.effort,
        solution.cost,
    )


def _cheaper(answer: Routes, warm: Routes) -> Routes:
    """The plan found, or the one it started from if that connects as many for less."""
    if warm.households < answer.households or warm.cost >= answer.cost:
        return answer
    bound = min(answer.lower_bound, warm.cost)
    gap = (warm.cost - bound) / warm.cost if warm.cost > 0 else 0.0
    return replace(answer, forest=warm.forest, cost=warm.cost, lower_bound=bound, gap=gap, unserved=warm.unserved)
