"""Searching for good trees and good bounds of a rooted problem, each helping the other.

One round: dual ascent from some root gives a bound and a sparse graph of saturated arcs; the shortest-path heuristic
and local search on it give a tree; bound and tree together remove edges no better tree can use; reductions shrink what
is left; trees found so far are recombined by solving the problem on their union.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from guangcheng.planning.steiner.model import Floats, Ints, Network, Problem
from guangcheng.planning.steiner.reduce import Reduced, reduce

__all__ = ["Found", "Limits", "Tree", "search"]

Stop = Callable[[], bool]
Masks = Any

_CHUNK = 30_000_000
"""Arcs looked at by dual ascent between two looks at the clock."""
_POOL = 10
_PART, _LARGE_PART = 500, 8000
"""Local search looks at parts of a tree up to this size: in every tree, and in the few best."""
_PATIENCE, _PROVABLE = 25, 6000
"""After so many recombinations in vain a graph of up to so many edges is left to the exact part."""
_SHRINKS = 0.05
"""The graph is reduced again when bounds removed this share of its edges."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to search: rounds of each kind, and a question asked often: must it stop now."""

    rounds: int
    recombinations: int
    stop: Stop
    unit: float = 0.0
    """Costs are multiples of it (0: not known): a better tree is better by at least this much."""

    def beats(self, best: float) -> float:
        """The value from which on a bound proves that no tree is better than ``best``."""
        return best - self.unit * (1 - 1e-6) if self.unit > 0 else best - 1e-9 * max(1.0, abs(best))


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A tree of the problem at hand: edge mask and cost."""

    mask: Masks
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best tree, a proven bound, and what is left of the graph (edges a better tree could use)."""

    edges: Ints
    cost: float
    bound: float
    left: Problem | None = None
    back: Callable[[Ints], Ints] | None = None
    """Edges of the problem for edges of ``left``."""
    left_cost: float = 0.0
    """What is paid besides a tree of ``left``."""


def search(problem: Problem, limits: Limits, rng: np.random.Generator, cutoff: float = np.inf) -> Found:
    """Search a rooted problem without node costs, quota or budget.

    Trees that cost ``cutoff`` or more are of no use: edges that only they use may be removed. The bound returned is
    then one for trees cheaper than ``cutoff`` only.
    """
    work = _Work(problem, limits, rng, cutoff)
    work.run()
    return work.found()


@dataclass(slots=True)
class _Work:
    """The state of one search; ``layers`` lead from the problem at hand back to the one given."""

    given: Problem
    limits: Limits
    rng: np.random.Generator
    cutoff: float
    layers: list[Reduced] = field(default_factory=list)
    paid: float = 0.0
    problem: Problem = field(init=False)
    pool: list[Tree] = field(default_factory=list)
    best: Ints | None = None
    """Edges of the problem given."""
    best_cost: float = np.inf
    bound: float = 0.0
    keep: Masks = None
    roots: Ints = field(init=False)

    def run(self) -> None:
        self._shrink(None)
        self._first_trees()
        for i in range(self.limits.rounds):
            if self._done() or not self.problem.network.edges:
                return
            self._round(i)
        self._recombine_all()

    def found(self) -> Found:
        edges = np.empty(0, dtype=np.int64) if self.best is None else self.best
        bound = min(self.bound, self.best_cost, self.cutoff)
        left = None if self._proven() else self.problem
        return Found(edges, self.best_cost, bound, left, self._expand, self.paid)

    def _proven(self) -> bool:
        return self.bound >= self.limits.beats(min(self.best_cost, self.cutoff))

    def _done(self) -> bool:
        return self._proven() or self.limits.stop()

    def _upper(self) -> float:
        return min(self.best_cost, self.cutoff)

    def _expand(self, edges: Ints) -> Ints:
        for layer in reversed(self.layers):
            edges = layer.expand(edges)
        return edges

    def _shrink(self, keep: Masks) -> None:
        layer = reduce(self.problem if self.layers else self.given, keep=keep)
        self.layers.append(layer)
        self.problem = layer.problem
        self.paid += layer.fixed_cost
        self.keep = np.ones(self.problem.network.edges, dtype=np.bool_)
        self.roots = np.flatnonzero(np.isinf(self.problem.prize))
        carried = [layer.carry(tree.mask) for tree in self.pool]
        self.pool = []
        for mask in carried:
            self._repair(mask)
        if carried and not self.pool:
            self._add(self._tree(self.problem.network.cost, self._root()))
        if carried and not self.pool:
            # required vertices fell apart: no tree is better than the best one
            self.bound = max(self.bound, self._upper())

    def _repair(self, mask: Masks) -> None:
        """Turn what is left of a tree after a reduction into a tree again."""
        weight = self.problem.network.cost * np.where(mask, 1e-6, 1.0)
        self._add(self._tree(weight, self._root()))

    def _root(self) -> int:
        return self.problem.root if self.problem.root >= 0 else int(self.roots[0])

    def _tree(self, weight: Floats, first: int, wanted: Floats | None = None) -> Tree:
        """Shortest-path heuristic by ``weight``, then the cheapest tree on its vertices by true cost, improved.

        ``wanted`` are the prizes the heuristic goes by; branches that do not pay are pruned by the true ones.
        """
        from guangcheng.planning.steiner import _trees

        net = self.problem.network
        prize = self.problem.prize if wanted is None else wanted
        held = _trees.grow(net.start, net.neighbour, net.edge, weight, prize, first)
        cost = np.where(np.isfinite(weight), net.cost, np.inf)
        return self._polish(self._span(held, cost), passes=2)

    def _span(self, held: Masks, cost: Floats) -> Tree:
        from guangcheng.planning.steiner import _trees

        net, prize = self.problem.network, self.problem.prize
        toll = np.zeros(net.vertices)
        mask, value = _trees.span(net.start, net.neighbour, net.edge, cost, prize, toll, self._root(), held)
        return Tree(mask, float(value))

    def _polish(self, tree: Tree, passes: int, part: int = _PART) -> Tree:
        from guangcheng.planning.steiner import _trees

        net, prize = self.problem.network, self.problem.prize
        mask, saved_ever = tree.mask, 0.0
        for _ in range(passes):
            order = self.rng.permutation(net.vertices)
            saved, _ = _trees.improve(
                net.start, net.neighbour, net.edge, net.tail, net.head, net.cost, prize, mask, order, part, 1 << 60
            )
            saved_ever += saved
            if saved <= 0 or self.limits.stop():
                break
        held = np.zeros(net.vertices, dtype=np.bool_)
        held[net.tail[mask]] = held[net.head[mask]] = held[self._root()] = True
        return self._span(held, net.cost)

    def _add(self, tree: Tree) -> bool:
        """Put a tree into the pool; remember the best; say whether it is new there."""
        total = tree.cost + self.paid
        if not np.isfinite(total):
            return False
        if total < self.best_cost:
            self.best, self.best_cost = self._true(self._expand(np.flatnonzero(tree.mask)))
        if any(tree.cost == other.cost and np.array_equal(tree.mask, other.mask) for other in self.pool):
            return False
        self.pool.append(tree)
        self.pool.sort(key=lambda one: one.cost)
        del self.pool[_POOL:]
        return any(other is tree for other in self.pool)

    def _true(self, edges: Ints) -> tuple[Ints, float]:
        """The cheapest tree of the problem given on the ends of ``edges``: where two shared a way it is paid once."""
        from guangcheng.planning.steiner import _trees

        net, prize = self.given.network, self.given.prize
        root = self.given.root if self.given.root >= 0 else int(np.flatnonzero(np.isinf(prize))[0])
        held = np.zeros(net.vertices, dtype=np.bool_)
        held[net.tail[edges]] = held[net.head[edges]] = held[root] = True
        toll = np.zeros(net.vertices)
        mask, value = _trees.span(net.start, net.neighbour, net.edge, net.cost, prize, toll, root, held)
        return np.flatnonzero(mask), float(value)

    def _first_trees(self) -> None:
        cost = self.problem.network.cost
        self._add(self._tree(cost, self._root()))
        if not cost.size:
            self.bound = max(self.bound, self.best_cost)
            return
        if self._choosy():
            self._add(self._tree(cost, self._root(), self._everyone()))
        for first in self._starts(3):
            if self.limits.stop():
                return
            self._add(self._tree(cost, first))

    def _starts(self, many: int) -> list[int]:
        return [int(v) for v in self.rng.choice(self.roots, min(many, self.roots.size), replace=False)]

    def _round(self, i: int) -> None:
        """One dual ascent and what follows from it."""
        root = self._root() if i == 0 else int(self.rng.choice(self.roots))
        slack = 1.25 if i % 2 else 1.6
        bound, left, budget, finished = self._ascent(root, slack)
        self.bound = max(self.bound, bound + self.paid)
        if not finished:
            return
        self._saturated_tree(root, left)
        if i % 3 == 1 and self.limits.recombinations:
            self._recombine(3)
        if self._proven():
            return
        self._fix(root, bound, left, budget)
        removed = 1.0 - self.keep.mean()
        if removed > _SHRINKS:
            self._shrink(self.keep)
            if not self.problem.network.edges:
                self.bound = max(self.bound, min(self._upper(), self.paid + self._missed()))

    def _missed(self) -> float:
        """What no tree avoids when no edge is left: the prizes of all vertices but the root."""
        missed = self.problem.prize.copy()
        missed[self._root()] = 0.0
        return float(missed.sum())

    def _ascent(self, root: int, slack: float) -> tuple[float, Floats, Floats, bool]:
        from guangcheng.planning.steiner import _ascent

        net = self.problem.network
        left = net.cost[net.edge]
        budget = self.problem.prize.copy()
        budget[root] = 0.0
        active = budget > 0
        score = np.diff(net.start).astype(np.float64)
        follower = np.full(net.vertices, -1, dtype=np.int64)
        follows = np.full(net.vertices, -1, dtype=np.int64)
        bound, many = 0.0, 1
        while many and not (self.limits.stop() and bound > 0):
            rise, many = _ascent.ascend(
                net.start,
                net.neighbour,
                root,
                left,
                budget,
                active,
                score,
                follower,
                follows,
                slack,
                _CHUNK,
            )
            bound += rise
        return bound, left, budget, many == 0

    def _saturated_tree(self, root: int, left: Floats) -> None:
        from guangcheng.planning.steiner import _ascent

        net = self.problem.network
        keep = _ascent.saturated(net.start, net.neighbour, net.edge, net.back, root, left, 0.0)
        weight = np.where(keep, net.cost, np.inf)
        self._add(self._tree(weight, self._root()))
        if self._choosy():
            self._add(self._tree(weight, self._root(), self._everyone()))

    def _choosy(self) -> bool:
        """Whether there are vertices that need not be spanned."""
        return bool((np.isfinite(self.problem.prize) & (self.problem.prize > 0)).any())

    def _everyone(self) -> Floats:
        """Prizes that make every terminal wanted."""
        return np.where(self.problem.prize > 0, np.inf, 0.0)

    def _fix(self, root: int, bound: float, left: Floats, budget: Floats) -> None:
        """Drop edges that no better tree uses; require the prizes no better tree forgoes."""
        from guangcheng.planning.steiner import _ascent

        net = self.problem.network
        limit = self.limits.beats(self._upper()) - self.paid - bound
        down = _ascent.distance_from_root(net.start, net.neighbour, net.back, root, left)
        ends = self.problem.terminals
        up = _ascent.distance_to_terminals(net.start, net.neighbour, ends[ends != root], left)
        over = np.full(net.edges, np.inf)
        _ascent.fixing(net.start, net.neighbour, net.edge, left, down, up, over)
        self.keep &= over < limit
        sure = np.isfinite(self.problem.prize) & (self.problem.prize > 0) & (budget >= limit)
        if sure.any():
            prize = np.where(sure, np.inf, self.problem.prize)
            self.problem = Problem(net, prize, self.problem.root)
            self.roots = np.flatnonzero(np.isinf(prize))

    def _recombine_all(self) -> None:
        vain = 0
        for i in range(self.limits.recombinations):
            edges = self.problem.network.edges
            if self._done() or not edges or (vain > _PATIENCE and edges <= _PROVABLE):
                return
            before = self.best_cost
            self._perturbed()
            self._recombine(2 + i % 3)
            vain = 0 if self.best_cost < before else vain + 1

    def _perturbed(self) -> None:
        """A tree found by costs changed at random."""
        net = self.problem.network
        noise = self.rng.uniform(1.0, 1.0 + self.rng.uniform(0.1, 0.5), net.edges)
        wanted = None
        if self._choosy():
            wanted = self.problem.prize * self.rng.choice([0.5, 1.0, 2.0, 4.0], net.vertices)
        self._add(self._tree(net.cost * noise, int(self.rng.choice(self.roots)), wanted))

    def _recombine(self, many: int) -> None:
        """Solve the problem on the union of the best tree and some others."""
        if len(self.pool) < 2:
            return
        others = self.rng.choice(len(self.pool) - 1, min(many, len(self.pool) - 1), replace=False) + 1
        union = self.pool[0].mask.copy()
        for i in others:
            union |= self.pool[i].mask
        mask = self._solve_on(union)
        self._add(self._polish(Tree(mask, 0.0), passes=1, part=_LARGE_PART))

    def _solve_on(self, keep: Masks) -> Masks:
        """A good tree of the problem at hand that uses the edges ``keep`` only."""
        limits = Limits(4, 0, self.limits.stop, self.limits.unit)
        usable = np.flatnonzero(keep)
        net = self.problem.network
        smaller = Network.of(net.vertices, net.tail[usable], net.head[usable], net.cost[usable])
        root = self._root()
        done = search(Problem(smaller, self.problem.prize, root), limits, self.rng)
        mask = np.zeros(net.edges, dtype=np.bool_)
        mask[usable[done.edges]] = True
        return mask
