"""One network, one problem, one solution, for every version of the Steiner tree problem we solve.

A **network** is an undirected graph with non-negative edge costs. A **problem** says which vertices must be spanned,
what is paid for each other vertex that is not (its *prize*), and may set a quota or a budget. Its cost is

    sum of the costs of chosen edges + sum of node costs of spanned vertices + sum of prizes of vertices not spanned.

======== ================================================================================================
SPG      every required vertex is spanned; no prizes
RPCSTP   as many required vertices as wanted (at least the root) and prizes
PCSTP    prizes only; the tree may be a single vertex
quota    the prizes (here: customers) of spanned vertices add up to at least ``quota``; unpaid prizes cost nothing
budget   edges and nodes cost at most ``budget``; the prizes not collected are the cost
======== ================================================================================================

A tree spans at least one vertex, and one somebody waits at.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text

__all__ = ["Bools", "Floats", "Ints", "Network", "Problem", "Solution", "unreachable"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """An undirected graph, vertices and edges numbered from 0, stored by edge and by vertex.

    ``start[v]:start[v + 1]`` are the places of vertex ``v`` in ``neighbour`` (the other end), ``edge`` (edge number)
    and ``back`` (the place of the same edge at the other end).
    """

    vertices: int
    tail: Ints
    head: Ints
    cost: Floats
    start: Ints
    neighbour: Ints
    edge: Ints
    back: Ints

    @classmethod
    def of(cls, vertices: int, tail: ArrayLike, head: ArrayLike, cost: ArrayLike) -> "Network":
        """Store edges ``tail[i] – head[i]`` of ``cost[i]`` ≥ 0; loops are refused, parallel edges allowed."""
        u = np.ascontiguousarray(tail, dtype=np.int64)
        v = np.ascontiguousarray(head, dtype=np.int64)
        c = np.ascontiguousarray(cost, dtype=np.float64)
        if not (u.shape == v.shape == c.shape):
            raise ValueError("tail, head and cost differ in length")
        if u.size and (min(u.min(), v.min()) < 0 or max(u.max(), v.max()) >= vertices):
            raise ValueError("an edge names a vertex that does not exist")
        if (u == v).any():
            raise ValueError("an edge joins a vertex with itself")
        if not (np.isfinite(c).all() and (c >= 0).all()):
            raise ValueError("edge costs must be finite and not negative")
        ends = np.concatenate([u, v])
        order = np.argsort(ends, kind="stable")
        place = np.empty(order.size, dtype=np.int64)
        place[order] = np.arange(order.size)
        start = np.zeros(vertices + 1, dtype=np.int64)
        np.cumsum(np.bincount(ends, minlength=vertices), out=start[1:])
        back = place[(order + u.size) % max(order.size, 1)]
        return cls(vertices, u, v, c, start, np.concatenate([v, u])[order], order % max(u.size, 1), back)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return int(self.tail.size)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What to connect; see the table above.

    ``prize`` is 0 for a vertex nobody waits at and infinite for one that must be spanned. ``root`` is a vertex that
    must be spanned, −1 for none. ``node_cost`` is paid for a spanned vertex.
    """

    network: Network
    prize: Floats
    root: int = -1
    node_cost: Floats | None = None
    quota: float | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        n = self.network.vertices
        if self.prize.shape != (n,) or np.isnan(self.prize).any() or (self.prize < 0).any():
            raise ValueError("prize must hold one number ≥ 0 per vertex")
        if self.node_cost is not None and (self.node_cost.shape != (n,) or not (self.node_cost >= 0).all()):
            raise ValueError("node_cost must hold one number ≥ 0 per vertex")
        if not -1 <= self.root < n:
            raise ValueError("the root does not exist")
        if self.quota is not None and self.budget is not None:
            raise ValueError("quota and budget exclude each other")
        if not self.terminals.size and self.root < 0:
            raise InputError(
                Text("没有需要连接的点", "there is nothing to connect"),
                mend=Text("至少给出一个终端或有奖值的点", "give at least one terminal or vertex with a prize"),
            )

    @property
    def required(self) -> Bools:
        """Which vertices must be spanned."""
        must = np.isinf(self.prize)
        if self.root >= 0:
            must[self.root] = True
        return must

    @property
    def terminals(self) -> Ints:
        """Vertices somebody waits at: required ones and those with a prize."""
        return np.flatnonzero(self.prize > 0)

    def cost_of(self, edges: Ints, vertices: Ints) -> float:
        """The objective of a tree given by its edges and all its vertices (not whether it is one)."""
        missed = self.prize.copy()
        missed[vertices] = 0.0
        built = float(self.network.cost[edges].sum())
        if self.node_cost is not None:
            built += float(self.node_cost[vertices].sum())
        if self.quota is not None:
            return built
        finite = np.isfinite(missed)
        left = float(missed[finite].sum())
        return left if self.budget is not None else built + left


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A tree, what it costs, and what no tree can cost less than."""

    cost: float
    lower_bound: float
    edges: Ints
    """Edge numbers, rising."""
    vertices: Ints
    """All spanned vertices, rising."""
    terminals_connected: int
    proven_optimal: bool
    seed: int
    effort: int

    @property
    def gap(self) -> float:
        """(cost − lower bound) / cost; 0 for a tree that costs nothing."""
        return max(0.0, (self.cost - self.lower_bound) / self.cost) if self.cost > 0 else 0.0


def unreachable(problem: Problem) -> Ints:
    """Required vertices that cannot be joined with the first of them (the root, if there is one): rising numbers."""
    must: Ints = np.flatnonzero(problem.required)
    if must.size == 0:
        return must
    part = components(problem.network)
    first = problem.root if problem.root >= 0 else int(must[0])
    lost: Ints = must[part[must] != part[first]]
    return lost


def components(network: Network) -> Ints:
    """A number per vertex, equal for vertices that are connected: the lowest vertex of their part."""
    label: Ints = np.arange(network.vertices)
    while True:
        low = np.minimum(label[network.tail], label[network.head])
        fresh: Ints = label.copy()
        np.minimum.at(fresh, network.tail, low)
        np.minimum.at(fresh, network.head, low)
        np.minimum.at(fresh, label[network.tail], low)
        np.minimum.at(fresh, label[network.head], low)
        fresh = fresh[fresh].astype(np.int64)
        if np.array_equal(fresh, label):
            return fresh
        label = fresh
