"""Reductions: a smaller problem with the same optimum, and the way back from its trees."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcheng.planning.steiner.model import Floats, Ints, Network, Problem

__all__ = ["Reduced", "reduce"]

_NEAREST = 4
"""Required vertices looked at per vertex for special distances."""
_SETTLED = 60
"""Vertices settled by each local search for a shorter way."""
_ENOUGH = 0.01
"""Another round is made while the last one took this share of the edges."""


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A smaller problem; ``expand`` turns edges of it into edges of the problem it came from."""

    problem: Problem
    vertex: Ints
    """For each vertex of the smaller network, one it stands for in the larger."""
    made: Ints
    pairs: Ints
    whole: int
    fixed: Ints
    """Edges of the larger network that are in an optimum anyway."""
    fixed_cost: float

    def expand(self, edges: Ints) -> Ints:
        """Edges of the larger network for a tree of the smaller one, with the fixed ones: rising numbers."""
        found = self.fixed
        todo = self.made[edges]
        while todo.size:
            plain = todo < self.whole
            found = np.concatenate([found, todo[plain]])
            todo = self.pairs[todo[~plain] - self.whole].ravel()
        return np.unique(found)

    def carry(self, mask: Any) -> Any:
        """Which edges of the smaller network lie wholly in the tree ``mask`` of the larger one."""
        held = np.concatenate([mask, np.zeros(len(self.pairs), dtype=np.bool_)])
        for i, (one, two) in enumerate(self.pairs.tolist()):
            held[self.whole + i] = held[one] and held[two]
        return held[self.made]


def reduce(problem: Problem, *, keep: Any = None, rounds: int = 20) -> Reduced:
    """Shrink a problem without node costs, quota or budget; ``keep`` names the edges that may be used at all.

    Applies degree tests, merges required vertices along edges an optimum may use, deletes edges longer than the
    special distance of their ends, and takes out vertices of degree 3 no optimum branches at; repeats while it pays.
    """
    from guangcheng.planning.steiner import _shrink

    network = problem.network
    n, m = network.vertices, network.edges
    usable = np.ones(m, dtype=np.bool_) if keep is None else keep
    kind = np.where(np.isinf(problem.prize), 2, np.where(problem.prize > 0, 1, 0)).astype(np.int64)
    if problem.root >= 0:
        kind[problem.root] = 2
    graph = _half_edges(network)
    for e in np.flatnonzero(~usable).tolist():
        _shrink.unlink(graph, e)
    cost = network.cost.copy()
    made = np.arange(m)
    pairs = np.empty((4 * n + m, 2), dtype=np.int64)
    fixed = np.empty(n + 1, dtype=np.int64)
    into = np.arange(n)
    state = np.array([0, 0, int((kind == 2).sum()), m], dtype=np.int64)
    for _ in range(rounds):
        _shrink.simplify(graph, cost, made, pairs, state, kind, fixed, into)
        if state[0] > 3 * n:
            break
        base, far = _shrink.near_terminals(graph, cost, kind, _NEAREST)
        parent, leg = _shrink.terminal_tree(graph, cost, base, far)
        gone = _shrink.cheap_ways(graph, cost, made, pairs, state, kind, base, far, parent, leg, _SETTLED)
        if gone <= _ENOUGH * graph[5].sum():
            break
    _shrink.simplify(graph, cost, made, pairs, state, kind, fixed, into)
    return _compact(problem, graph, cost, made, pairs[: state[0]].copy(), kind, fixed[: state[1]].copy(), into)


def _half_edges(network: Network) -> tuple[Any, ...]:
    n, m = network.vertices, network.edges
    end = np.stack([network.tail, network.head], axis=1).ravel()
    place = np.empty(2 * m, dtype=np.int64)
    order = np.argsort(end, kind="stable")
    degree = np.bincount(end, minlength=n)
    start = np.concatenate([[0], np.cumsum(degree)])
    after, before = np.empty(2 * m, dtype=np.int64), np.empty(2 * m, dtype=np.int64)
    place[order] = np.arange(2 * m)
    ends = end[order]
    following = np.arange(2 * m) + 1
    last = following == start[ends + 1]
    following[last] = start[ends[last]]
    after[order] = order[following]
    before[after] = np.arange(2 * m)
    first = np.full(n, -1, dtype=np.int64)
    some = degree > 0
    first[some] = order[start[:-1][some]]
    return end, after, before, first, degree.astype(np.int64), np.ones(m, dtype=np.bool_)


def _compact(
    problem: Problem,
    graph: tuple[Any, ...],
    cost: Floats,
    made: Ints,
    pairs: Ints,
    kind: Ints,
    fixed: Ints,
    into: Ints,
) -> Reduced:
    end, _, _, _, degree, alive = graph
    goal = into
    while not np.array_equal(goal[goal], goal):
        goal = goal[goal]
    edges = np.flatnonzero(alive)
    root = int(goal[problem.root]) if problem.root >= 0 else -1
    used = (degree > 0) | ((kind > 0) & (into == np.arange(into.size)))
    vertex = np.flatnonzero(used)
    number = np.full(into.size, -1, dtype=np.int64)
    number[vertex] = np.arange(vertex.size)
    prize = np.where(kind == 2, np.inf, problem.prize)[vertex]
    network = Network.of(vertex.size, number[end[2 * edges]], number[end[2 * edges + 1]], cost[edges])
    smaller = Problem(network, prize, int(number[root]) if root >= 0 else -1)
    whole = problem.network.edges
    missed = problem.network.cost
    return Reduced(smaller, vertex, made[edges], pairs, whole, _leaves(fixed, pairs, whole), _sum(fixed, pairs, missed))


def _leaves(items: Ints, pairs: Ints, whole: int) -> Ints:
    found = np.empty(0, dtype=np.int64)
    todo = items
    while todo.size:
        plain = todo < whole
        found = np.concatenate([found, todo[plain]])
        todo = pairs[todo[~plain] - whole].ravel()
    return np.unique(found)


def _sum(items: Ints, pairs: Ints, cost: Floats) -> float:
    return float(cost[_leaves(items, pairs, cost.size)].sum())
