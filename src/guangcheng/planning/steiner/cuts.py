"""Directed cuts in a linear programme, then branch and bound: the exact part, for what the search leaves open.

Variables: ``x`` per arc, ``y`` per vertex (spanned), and where there is no root ``s`` per terminal (it is the root).

* entering: what enters a vertex is ``y``: x(δ⁻(v)) + s(v) = y(v); nothing enters the root
* one way: an edge is used in one direction, and only where both ends are spanned: x(u,v) + x(v,u) ≤ y(u), y(v)
* leaving: an ordinary vertex is no leaf: x(δ⁻(v)) ≤ x(δ⁺(v))
* cuts: for a set W of vertices and v in W: x(δ⁻(W)) + s(W) ≥ y(v), found by minimum cuts as they are violated
* one root: the sum of s is 1
* quota: the prizes of spanned vertices add up to at least the quota
* budget: edges and nodes cost at most the budget
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from guangcheng.planning.steiner.model import Bools, Floats, Ints, Problem
from guangcheng.planning.steiner.search import Found, Limits

__all__ = ["Exact", "available", "close", "solve_exactly"]

_MOST_EDGES = 6000
_EDGES_PER_EFFORT = 150
"""Larger graphs are left to the search: the linear programme would not end in time."""
_ROUNDS = 200
_LEAST = 1e-4
_TINY = 1e-9
_NODES = 2000
"""Branch-and-bound nodes per unit of effort."""

Left = Callable[[], float]


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """What the exact part found: edges and first vertex (both ``None``-like when nothing better), value and bound."""

    edges: Ints
    first: int
    cost: float
    bound: float


def available() -> bool:
    """Whether the solver is installed (the extra ``planning``)."""
    from importlib.util import find_spec

    return find_spec("highspy") is not None


def close(found: Found, limits: Limits, left: Left, effort: int) -> Found:
    """Prove or improve what the search found, where what is left of the graph is small enough."""
    if found.left is None or found.back is None or limits.stop() or not available():
        return found
    problem = found.left
    if not 0 < problem.network.edges <= min(_MOST_EDGES, _EDGES_PER_EFFORT * effort):
        return found
    upper = found.cost - found.left_cost
    exact = solve_exactly(problem, upper=upper, unit=limits.unit, left=left, nodes=_NODES * min(effort, 1000))
    bound = max(found.bound, min(exact.bound + found.left_cost, found.cost))
    if exact.cost < upper - _TINY * max(1.0, upper):
        edges = found.back(exact.edges)
        cost = exact.cost + found.left_cost
        return Found(edges, cost, min(bound, cost))
    return Found(found.edges, found.cost, bound)


def solve_exactly(
    problem: Problem, *, upper: float = math.inf, unit: float = 0.0, left: Left | None = None, nodes: int = 100_000
) -> Exact:
    """Solve any of our problems by cuts and branch and bound; ends early when ``left`` says the time is up.

    Only trees cheaper than ``upper`` are of use. ``cost`` is infinite when none was found, ``bound`` when none exists.
    """
    model = _Model(problem, upper, unit, left or (lambda: math.inf), nodes)
    return model.run()


def _silent_solver() -> Any:
    """A new solver; its greeting, written to the process's stdout before any option can forbid it, is swallowed."""
    import highspy

    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        return highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


@dataclass(slots=True)
class _Model:
    problem: Problem
    upper: float
    unit: float
    left: Left
    nodes: int
    scale: float = 1.0
    highs: Any = None
    arcs: int = 0
    root: int = -1
    terminals: Ints = field(init=False)
    arc_at: Ints = field(init=False)
    """Per place of the network, the column of the arc into its vertex."""

    def run(self) -> Exact:
        self._build()
        bound = self._relaxed()
        if self._closed(bound) or self.left() <= 0:
            return Exact(np.empty(0, dtype=np.int64), -1, math.inf, bound)
        return self._branch(bound)

    def _closed(self, bound: float) -> bool:
        limit = self.upper - self.unit * (1 - 1e-6) if self.unit else self.upper - _TINY * max(1.0, abs(self.upper))
        return bound >= limit

    # columns: 2m arcs (edge e: tail→head at e, head→tail at m + e), n vertices, then roots
    def _build(self) -> None:
        problem, net = self.problem, self.problem.network
        m, n = net.edges, net.vertices
        self.arcs = 2 * m
        self.terminals = problem.terminals
        self.root = problem.root
        if self.root < 0 and problem.required.any():
            self.root = int(np.flatnonzero(problem.required)[0])
        own = np.repeat(np.arange(n), np.diff(net.start))
        self.arc_at = np.where(net.head[net.edge] == own, net.edge, net.edge + m)
        cost, constant = self._costs()
        self.scale = 1000.0 / max(1e-300, float(np.abs(cost).max())) if cost.size else 1.0
        self.constant = constant
        roots = 0 if self.root >= 0 else self.terminals.size
        low = np.zeros(cost.size + roots)
        high = np.ones(cost.size + roots)
        low[self.arcs : self.arcs + n][problem.required] = 1.0
        if self.root >= 0:
            high[self.arc_at[net.start[self.root] : net.start[self.root + 1]]] = 0.0
        self.highs = _silent_solver()
        for name, value in (("output_flag", False), ("parallel", "off"), ("random_seed", 0), ("mip_rel_gap", 0.0)):
            self.highs.setOptionValue(name, value)
        self.highs.addVars(low.size, low, high)
        columns = np.arange(cost.size, dtype=np.int32)
        self.highs.changeColsCost(columns.size, columns, cost * self.scale)
        self._entering()
        self._one_way()
        self._leaving()
        self._sides()

    constant: float = 0.0

    def _costs(self) -> tuple[Floats, float]:
        problem, net = self.problem, self.problem.network
        node = np.zeros(net.vertices) if problem.node_cost is None else problem.node_cost
        prize = np.where(np.isfinite(problem.prize), problem.prize, 0.0)
        arcs = np.concatenate([net.cost, net.cost])
        if problem.quota is not None:
            return np.concatenate([arcs, node]), 0.0
        if problem.budget is not None:
            return np.concatenate([np.zeros(arcs.size), -prize]), float(prize.sum())
        return np.concatenate([arcs, node - prize]), float(prize.sum())

    def _add(self, low: float, high: float, columns: Ints, values: Floats) -> None:
        self.highs.addRow(low, high, columns.size, columns.astype(np.int32), values)

    def _root_column(self, v: int) -> Ints:
        if self.root >= 0:
            return np.empty(0, dtype=np.int64)
        return self.arcs + self.problem.network.vertices + np.flatnonzero(self.terminals == v)

    def _into(self, v: int) -> Ints:
        net = self.problem.network
        return self.arc_at[net.start[v] : net.start[v + 1]]

    def _out_of(self, v: int) -> Ints:
        net = self.problem.network
        return self.arc_at[net.back[net.start[v] : net.start[v + 1]]]

    def _entering(self) -> None:
        for v in range(self.problem.network.vertices):
            if v == self.root:
                continue
            columns = np.concatenate([self._into(v), self._root_column(v), [self.arcs + v]])
            self._add(0.0, 0.0, columns, np.concatenate([np.ones(columns.size - 1), [-1.0]]))
        if self.root < 0:
            roots = np.arange(self.terminals.size) + self.arcs + self.problem.network.vertices
            self._add(1.0, 1.0, roots, np.ones(roots.size))

    def _one_way(self) -> None:
        net = self.problem.network
        for e in range(net.edges):
            for v in (int(net.tail[e]), int(net.head[e])):
                columns = np.array([e, e + net.edges, self.arcs + v])
                self._add(-math.inf, 0.0, columns, np.array([1.0, 1.0, -1.0]))

    def _leaving(self) -> None:
        for v in np.flatnonzero(self.problem.prize == 0).tolist():
            if v == self.root or not self._into(v).size:
                continue
            columns = np.concatenate([self._into(v), self._out_of(v)])
            half = columns.size // 2
            self._add(-math.inf, 0.0, columns, np.concatenate([np.ones(half), -np.ones(half)]))

    def _sides(self) -> None:
        problem, net = self.problem, self.problem.network
        n = net.vertices
        if problem.quota is not None:
            paying = np.flatnonzero(np.isfinite(problem.prize) & (problem.prize > 0))
            self._add(problem.quota, math.inf, self.arcs + paying, problem.prize[paying])
        if problem.budget is not None:
            node = np.zeros(n) if problem.node_cost is None else problem.node_cost
            columns = np.arange(self.arcs + n)
            self._add(-math.inf, problem.budget, columns, np.concatenate([net.cost, net.cost, node]))

    def _solved(self) -> Any:
        """Run the solver; the column values, or ``None`` when there is no solution (yet)."""
        import highspy

        rest = self.left()
        if math.isfinite(rest):
            self.highs.setOptionValue("time_limit", float(self.highs.getRunTime()) + max(0.0, rest))
        self.highs.run()
        status = self.highs.getModelStatus()
        self.infeasible = status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kObjectiveBound)
        if self.highs.getInfo().primal_solution_status != 2:
            return None
        self.optimal = status == highspy.HighsModelStatus.kOptimal
        return np.array(self.highs.getSolution().col_value)

    infeasible: bool = False
    optimal: bool = False

    def _objective(self, value: float) -> float:
        return value / self.scale + self.constant

    def _rounded(self, bound: float) -> float:
        bound -= _TINY * max(1.0, abs(bound))
        return math.ceil(bound / self.unit - 1e-6) * self.unit if self.unit else bound

    def _relaxed(self) -> float:
        """Add violated cuts to the linear programme until there are none; its value is a bound."""
        bound, still = -math.inf, 0
        for _ in range(_ROUNDS):
            value = self._solved()
            if value is None:
                return math.inf if self.infeasible else bound
            if not self.optimal:
                return bound
            fresh = self._rounded(self._objective(self.highs.getInfo().objective_function_value))
            still = still + 1 if fresh <= bound + 1e-6 * abs(bound) else 0
            bound = max(bound, fresh)
            if self._closed(bound) or self.left() <= 0 or still > 15 or not self._separate(value, _LEAST):
                return bound
        return bound

    def _separate(self, value: Floats, least: float, *, whole: bool = False) -> int:
        """Add the cuts ``value`` violates, for terminals or the ``whole`` graph; how many there were."""
        from guangcheng.planning.steiner._flow import violated_cuts

        net, n = self.problem.network, self.problem.network.vertices
        spanned = value[self.arcs : self.arcs + n]
        wanted = np.ones(n, dtype=np.bool_) if whole else self.problem.prize > 0
        targets = np.flatnonzero(wanted & (spanned > least) & (np.arange(n) != self.root))
        if self.root >= 0:
            graph, capacity, source = net, value[self.arc_at], self.root
        else:
            graph, capacity, source = self._with_source(value)
        rows, of = violated_cuts(
            graph.start, graph.neighbour, graph.back, capacity, source, targets, spanned[targets], 3, least
        )
        fresh = {(row[:n].tobytes(), int(v)) for row, v in zip(rows, of, strict=True)}
        for packed, v in sorted(fresh):
            self._cut(np.frombuffer(packed, dtype=np.bool_), v)
        return len(fresh)

    def _with_source(self, value: Floats) -> tuple[Any, Floats, int]:
        """The network with one more vertex, the source, joined with every terminal by what makes it the root."""
        from guangcheng.planning.steiner.model import Network

        net = self.problem.network
        n, m = net.vertices, net.edges
        tail = np.concatenate([net.tail, np.full(self.terminals.size, n)])
        head = np.concatenate([net.head, self.terminals])
        graph = Network.of(n + 1, tail, head, np.zeros(tail.size))
        own = np.repeat(np.arange(n + 1), np.diff(graph.start))
        forward = graph.head[graph.edge] == own
        capacity = np.zeros(graph.edge.size)
        old = graph.edge < m
        capacity[old] = value[np.where(forward, graph.edge, graph.edge + m)[old]]
        starts = ~old & forward
        capacity[starts] = value[self.arcs + n + graph.edge[starts] - m]
        return graph, capacity, n

    def _cut(self, inside: Bools, v: int) -> None:
        net = self.problem.network
        enter_head = np.flatnonzero(inside[net.head] & ~inside[net.tail])
        enter_tail = np.flatnonzero(inside[net.tail] & ~inside[net.head]) + net.edges
        columns = np.concatenate([enter_head, enter_tail])
        if self.root < 0:
            roots = np.flatnonzero(inside[self.terminals]) + self.arcs + net.vertices
            columns = np.concatenate([columns, roots])
        columns = np.concatenate([columns, [self.arcs + v]])
        self._add(0.0, math.inf, columns, np.concatenate([np.ones(columns.size - 1), [-1.0]]))

    def _branch(self, bound: float) -> Exact:
        """Branch and bound; whenever its tree is not connected, add the cuts that say so and go on."""
        import highspy

        columns = np.arange(self.highs.getNumCol(), dtype=np.int32)
        whole = np.full(columns.size, highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(columns.size, columns, whole)
        self.highs.setOptionValue("mip_max_nodes", int(self.nodes))
        nothing = Exact(np.empty(0, dtype=np.int64), -1, math.inf, bound)
        while self.left() > 0:
            value = self._solved()
            if value is None:
                return Exact(nothing.edges, -1, math.inf, math.inf if self.infeasible else bound)
            dual = self.highs.getInfo().mip_dual_bound
            if math.isfinite(dual):
                bound = max(bound, self._rounded(self._objective(dual)))
            if self._separate(np.rint(value), 0.5, whole=True):
                if not self.optimal:
                    break
                continue
            return self._read(np.rint(value), bound)
        return Exact(nothing.edges, -1, math.inf, bound)

    def _read(self, value: Floats, bound: float) -> Exact:
        net = self.problem.network
        m, n = net.edges, net.vertices
        edges = np.flatnonzero(value[:m] + value[m : 2 * m] > 0.5)
        vertices = np.flatnonzero(value[self.arcs : self.arcs + n] > 0.5)
        first = self.root if self.root >= 0 else int(vertices[0])
        cost = self.problem.cost_of(edges, vertices)
        if self.optimal:
            bound = max(bound, cost)
        return Exact(edges, first, cost, min(bound, cost))
