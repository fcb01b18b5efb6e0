"""Quota, budget and node costs.

Small problems go to the exact programme (:mod:`.cuts`). Before that, and where the graph is too large for it:

* **quota, budget by prices.** With prizes multiplied by a price λ the problem is an ordinary prize-collecting one. If B
  bounds it from below, every tree with at least the quota q of the prizes P costs at least B - λ(P - q), and every tree
  within the budget b forgoes prizes of at least (B - b)/λ. The price is halved in on: trees that keep the quota
  (the budget) are answers, the best of the bounds is the bound.
* **node costs.** An arc costs its edge and the vertex it enters; dual ascent on these arcs gives the bound, the
  shortest-path heuristic by edges that bear half the cost of either end a tree.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from guangcheng.base.errors import OutsideKnowledge
from guangcheng.base.text import Text
from guangcheng.planning.steiner.cuts import available, solve_exactly
from guangcheng.planning.steiner.model import Floats, Ints, Problem

__all__ = ["solve_with_sides"]

_NODES = 2000
_MOST_EDGES, _EDGES_PER_EFFORT = 6000, 150
_PRICES = 24
"""Prices tried."""

Left = Callable[[], float]
Ordinary = Callable[[Problem], tuple[Ints, int, float]]
"""Solves a problem without sides: edges, one spanned vertex, bound."""


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    edges: Ints
    first: int
    cost: float
    bound: float

    def or_(self, edges: Ints, first: int, cost: float) -> "_Best":
        """The cheaper of this tree and that one."""
        return replace(self, edges=edges, first=first, cost=cost) if cost < self.cost else self


def solve_with_sides(problem: Problem, ordinary: Ordinary, effort: int, left: Left) -> tuple[Ints, int, float]:
    """Edges, one spanned vertex and a bound for a problem with node costs, a quota or a budget.

    Raises ``OutsideKnowledge`` when no tree was found: the quota cannot be met, the budget does not reach all required
    vertices, or the problem needs the exact part and the extra ``planning`` is not installed or the time was too short.
    """
    best = _Best(np.empty(0, dtype=np.int64), -1, math.inf, 0.0)
    small = available() and problem.network.edges <= min(_MOST_EDGES, _EDGES_PER_EFFORT * effort)
    if problem.node_cost is None and not small:
        best = _by_prices(problem, ordinary, left, best)
    elif problem.quota is None and problem.budget is None and not small:
        best = _by_arcs(problem, best)
    if small:
        exact = solve_exactly(problem, left=left, nodes=_NODES * min(effort, 1000))
        best = replace(best, bound=max(best.bound, exact.bound)).or_(exact.edges, exact.first, exact.cost)
    if not math.isfinite(best.cost):
        raise OutsideKnowledge(
            Text("没有找到满足配额或预算的树", "no tree meets the quota or the budget"),
            mend=Text(
                "降低配额、提高预算、给更多时间，或安装 guangcheng[planning]",
                "lower the quota, raise the budget, give more time, or install guangcheng[planning]",
            ),
        )
    return best.edges, best.first, min(best.bound, best.cost)


def _by_prices(problem: Problem, ordinary: Ordinary, left: Left, best: _Best) -> _Best:
    """Trees and bounds from ordinary problems with the prizes at a price."""
    prize = np.where(np.isfinite(problem.prize), problem.prize, 0.0)
    whole = float(prize.sum())
    if problem.quota is not None and whole < problem.quota:
        return best
    low, high = 0.0, 4.0 * float(problem.network.cost.sum() + 1.0) / max(float(prize[prize > 0].min(initial=1.0)), 1e-9)
    each = float(problem.network.cost.sum()) / max(1, problem.network.edges)
    price = max(1e-3, each / max(whole / max(1, int((prize > 0).sum())), 1e-9))
    for _ in range(_PRICES):
        enough, best = _at_price(problem, prize, price, ordinary, best)
        if left() <= 0:
            break
        low, high = (low, price) if enough == (problem.quota is not None) else (price, high)
        price = math.sqrt(low * high) if low > 0 else high / 16
    return best


def _at_price(problem: Problem, prize: Floats, price: float, ordinary: Ordinary, best: _Best) -> tuple[bool, _Best]:
    """One ordinary problem: whether its tree keeps the quota or the budget, and the best so far."""
    net, whole = problem.network, float(prize.sum())
    # three decimals keep the search in whole numbers; rounding down keeps the bound a bound
    priced = np.where(np.isfinite(problem.prize), np.floor(problem.prize * price * 1000) / 1000, problem.prize)
    if not priced.any():
        return problem.budget is not None, best
    edges, first, bound = ordinary(Problem(net, priced, problem.root))
    vertices = np.unique(np.concatenate([net.tail[edges], net.head[edges], np.array([first])]))
    built, kept = float(net.cost[edges].sum()), float(prize[vertices].sum())
    if problem.quota is not None:
        enough, cost = kept >= problem.quota, built
        least = bound - price * (whole - problem.quota)
    else:
        budget = math.inf if problem.budget is None else problem.budget
        enough, cost = built <= budget, whole - kept
        least = (bound - budget) / price
    best = replace(best, bound=max(best.bound, least))
    return enough, best.or_(edges, first, cost) if enough else best


def _by_arcs(problem: Problem, best: _Best) -> _Best:
    """A tree by edges that bear half of their ends' costs; a bound by arcs that bear the cost of the vertex entered."""
    from guangcheng.planning.steiner import _ascent, _trees

    net = problem.network
    toll = np.zeros(net.vertices) if problem.node_cost is None else problem.node_cost
    must = np.flatnonzero(problem.required)
    root = problem.root if problem.root >= 0 else int(must[0]) if must.size else int(np.argmax(problem.prize))
    weight = net.cost + (toll[net.tail] + toll[net.head]) / 2
    held = _trees.grow(net.start, net.neighbour, net.edge, weight, problem.prize, root)
    mask, value = _trees.span(net.start, net.neighbour, net.edge, net.cost, problem.prize, toll, root, held)
    best = best.or_(np.flatnonzero(mask), root, float(value))
    if not must.size:
        return best
    own = np.repeat(np.arange(net.vertices), np.diff(net.start))
    price = net.cost[net.edge] + toll[own]
    budget = problem.prize.copy()
    budget[root] = 0.0
    score = np.diff(net.start).astype(np.float64)
    none = np.full(net.vertices, -1, dtype=np.int64)
    bound, _ = _ascent.ascend(
        net.start, net.neighbour, root, price, budget, budget > 0, score, none, none.copy(), 1.5, 1 << 60
    )
    return replace(best, bound=max(best.bound, float(bound) + float(toll[root])))
