"""The one door: a problem in, the best tree found and a proven bound out."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from guangcheng.planning.steiner.model import Bools, Floats, Ints, Network, Problem, Solution, unreachable
from guangcheng.planning.steiner.search import Found, Limits, search

__all__ = ["EFFORT", "is_compiled", "solve", "warm"]

EFFORT = 10
"""Effort when none is asked for: rounds of dual ascent; recombinations are a multiple of it."""
_RECOMBINATIONS = 8
_LAMBDAS = 8
_PROBE = 4
"""Effort of one of many problems on the way to an answer."""
_ENDLESS = 1_000_000
_DECIMALS = 6
_EXACT = 2.0**52

Left = Callable[[], float]


def solve(problem: Problem, *, effort: int | None = None, seed: int = 0, left: Left | None = None) -> Solution:
    """Find a tree and a bound for it.

    ``effort`` bounds the work (rounds of search and nodes of the exact part), so that the same effort and seed give
    the same answer on any machine. ``left`` tells the seconds that are left; when they are used up the best so far is
    returned. With ``left`` and no ``effort`` the search goes on until the optimum is proven or the time is up.
    Required vertices that cannot be joined raise ``ValueError``; ask :func:`.model.unreachable` first.
    """
    if unreachable(problem).size:
        raise ValueError("required vertices are not connected")
    task = _Task(problem, effort, seed, left)
    if problem.quota is not None or problem.budget is not None or problem.node_cost is not None:
        from guangcheng.planning.steiner.side import solve_with_sides

        edges, first, bound = solve_with_sides(problem, task.ordinary, task.effort, task.left)
    else:
        edges, first, bound = task.ordinary(problem, task.asked)
    return _answer(problem, edges, first, bound, seed, task.effort)


def is_compiled() -> bool:
    """Whether compiled code is kept beside the source, so that :func:`warm` only loads it."""
    folder = Path(__file__).parent / "__pycache__"
    return any(folder.glob("_trees._rejoin-*.nbi"))


def warm() -> None:
    """Compile (or load) all compiled code by solving tiny problems, so that a clock may start afterwards."""
    from guangcheng.planning.steiner._flow import violated_cuts

    grid = [(v, v + 1) for v in range(35) if v % 6 != 5] + [(v, v + 6) for v in range(30)]
    cost = [float(3 + (7 * i) % 11) for i in range(len(grid))]
    network = Network.of(36, [u for u, _ in grid], [v for _, v in grid], cost)
    prize = np.zeros(36)
    prize[[0, 5, 14, 21, 30, 35]] = np.inf
    solve(Problem(network, prize), effort=2)
    solve(Problem(network, np.where(prize > 0, 9.0, 0.0)), effort=2)
    violated_cuts(network.start, network.neighbour, network.back, network.cost[network.edge], 0, *_one_cut(), 1, 0.1)


def _one_cut() -> tuple[Ints, Floats]:
    """The arguments of a cut to look for."""
    return np.array([1], dtype=np.int64), np.array([1.0])


def _answer(problem: Problem, edges: Ints, first: int, bound: float, seed: int, effort: int) -> Solution:
    network = problem.network
    ends = np.concatenate([network.tail[edges], network.head[edges], np.array([first], dtype=np.int64)])
    vertices = np.unique(ends)
    cost = problem.cost_of(edges, vertices)
    close = bound >= cost - 1e-9 * max(1.0, abs(cost))
    connected = int((problem.prize[vertices] > 0).sum())
    return Solution(cost, cost if close else bound, np.sort(edges), vertices, connected, close, seed, effort)


@dataclass(slots=True)
class _Task:
    problem: Problem
    asked: int | None
    seed: int
    until: Left | None

    @property
    def effort(self) -> int:
        """The effort that bounds the work."""
        if self.asked is not None:
            return self.asked
        return EFFORT if self.until is None else _ENDLESS

    @property
    def rng(self) -> np.random.Generator:
        """The same stream for the same seed."""
        return np.random.default_rng(self.seed)

    def left(self) -> float:
        """Seconds left."""
        return math.inf if self.until is None else self.until()

    def limits(self, unit: float, effort: int = _ENDLESS) -> Limits:
        """How long to search, at most with this effort."""
        work = min(self.effort, effort)
        return Limits(min(work, 4 * EFFORT), work * _RECOMBINATIONS, lambda: self.left() <= 0, unit)

    def ordinary(self, problem: Problem, effort: int | None = _PROBE) -> tuple[Ints, int, float]:
        """Edges, one spanned vertex and a bound for a problem without sides."""
        task = _Task(problem, effort, self.seed, self.until)
        return task.rooted() if problem.required.any() else task.unrooted()

    def rooted(self) -> tuple[Ints, int, float]:
        scaled, unit, factor = _scaled(self.problem)
        root = scaled.root if scaled.root >= 0 else int(np.flatnonzero(scaled.required)[0])
        found = self.close(scaled, self.limits(unit), self.rng, np.inf)
        if not math.isfinite(found.cost):
            # a connected problem has a tree: rather an internal error than an answer that joins nobody
            raise RuntimeError("the search lost its required vertices")
        return found.edges, root, found.bound / factor

    def close(self, problem: Problem, limits: Limits, rng: np.random.Generator, cutoff: float) -> Found:
        """Search, then prove what is left by cuts where that pays."""
        from guangcheng.planning.steiner.cuts import close

        return close(search(problem, limits, rng, cutoff), limits, self.left, self.effort)

    def unrooted(self) -> tuple[Ints, int, float]:
        """Try roots by falling prize; after each, what it could pay to reach needs no second look.

        A tree that avoids the root r but comes within distance d ≤ prize(r) of it is no better than the same tree
        joined with r; so the ball of radius prize(r) around r may be left out from then on, its prizes paid. Every
        root is looked at shortly; those whose bound leaves hope get the whole effort afterwards.
        """
        scaled, unit, factor = _scaled(self.problem)
        first = int(np.argmax(scaled.prize))
        alone = float(scaled.prize.sum() - scaled.prize[first])
        best = _Best(np.empty(0, dtype=np.int64), first, alone)
        open_: list[_Branch] = []
        tries, paid, prize, allowed = 0, 0.0, scaled.prize.copy(), np.ones(scaled.network.vertices, dtype=np.bool_)
        short = self.limits(unit, _PROBE)
        while prize.any() and paid < short.beats(best.cost):
            if tries.bit_count() == 1:  # after 1, 2, 4, … roots: is there hope at all?
                rest = paid + _rootless_bound(scaled, prize, allowed, short)
                if rest >= short.beats(best.cost) or short.stop():
                    open_.append(_Branch(None, np.empty(0, dtype=np.int64), -1, paid, rest))
                    break
            tries += 1
            root = int(np.argmax(prize))
            part, vertices, numbers = _part(scaled, prize, allowed, root)
            out = paid + float(prize.sum() - part.prize[np.isfinite(part.prize)].sum() - prize[root])
            branch, best = self._tried(_Branch(part, numbers, root, out, 0.0), best, short)
            open_.append(branch)
            near = vertices[_ball(part, int(np.flatnonzero(vertices == root)[0]), float(prize[root]))]
            paid += float(prize[near].sum())
            allowed[near] = False
            prize[near] = 0.0
        bound = math.inf
        for branch in open_:
            tried = branch
            if branch.bound < short.beats(best.cost) and branch.part is not None and not short.stop():
                tried, best = self._tried(branch, best, self.limits(unit))
            bound = min(bound, tried.bound)
        return best.edges, best.first, min(bound, best.cost) / factor

    def _tried(self, branch: "_Branch", best: "_Best", limits: Limits) -> tuple["_Branch", "_Best"]:
        """One root: its bound, and the best tree so far."""
        if branch.part is None:
            return branch, best
        found = self.close(branch.part, limits, self.rng, best.cost - branch.paid)
        cost = found.cost + branch.paid
        if cost < best.cost:
            best = _Best(branch.numbers[found.edges], branch.root, cost)
        return replace(branch, bound=max(branch.bound, found.bound + branch.paid)), best


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    edges: Ints
    first: int
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class _Branch:
    """The trees that hold ``root`` (all that are left, for no ``part``), with what is paid besides, and their bound."""

    part: Problem | None
    numbers: Ints
    root: int
    paid: float
    bound: float


def _part(problem: Problem, prize: Floats, allowed: Bools, root: int) -> tuple[Problem, Ints, Ints]:
    """The connected part around ``root`` as a rooted problem: (it, its vertices, its edges' numbers)."""
    from guangcheng.planning.steiner._ascent import distance_from_root

    net = problem.network
    usable = allowed[net.tail] & allowed[net.head]
    open_ = np.where(usable[net.edge], 0.0, np.inf)
    inside = np.isfinite(distance_from_root(net.start, net.neighbour, net.back, root, open_))
    vertices = np.flatnonzero(inside)
    numbers = np.flatnonzero(usable & inside[net.tail])
    new = np.cumsum(inside) - 1
    network = Network.of(vertices.size, new[net.tail[numbers]], new[net.head[numbers]], net.cost[numbers])
    own = prize[vertices].copy()
    own[new[root]] = np.inf
    return Problem(network, own, int(new[root])), vertices, numbers


def _rootless_bound(problem: Problem, prize: Floats, allowed: Bools, limits: Limits) -> float:
    """A bound for all trees on the vertices allowed, wherever their root is.

    A root outside reaches every terminal for λ; a tree uses one of these arcs at least, so what dual ascent gives is
    above the bound by λ. The best of some λ is taken.
    """
    from guangcheng.planning.steiner._ascent import ascend

    net, n = problem.network, problem.network.vertices
    ends = np.flatnonzero(prize > 0)
    usable = np.flatnonzero(allowed[net.tail] & allowed[net.head])
    tail = np.concatenate([net.tail[usable], np.full(ends.size, n)])
    head = np.concatenate([net.head[usable], ends])
    outside = Network.of(n + 1, tail, head, np.zeros(tail.size))
    cost = np.concatenate([net.cost[usable], np.zeros(ends.size)])
    best = 0.0
    for step in range(_LAMBDAS):
        if limits.stop() and step:
            break
        price = float(prize.max()) / 2.0**step
        left = np.where(outside.edge < usable.size, cost[outside.edge], price)
        budget = np.append(prize, 0.0)
        score = np.diff(outside.start).astype(np.float64)
        none = np.full(n + 1, -1, dtype=np.int64)
        bound, _ = ascend(
            outside.start, outside.neighbour, n, left, budget, budget > 0, score, none, none.copy(), 1.5, 1 << 60
        )
        best = max(best, float(bound) - price)
    return best


def _ball(problem: Problem, root: int, radius: float) -> Ints:
    from guangcheng.planning.steiner._ascent import distance_from_root

    net = problem.network
    dist = distance_from_root(net.start, net.neighbour, net.back, root, net.cost[net.edge])
    return np.flatnonzero(dist <= radius)


def _scaled(problem: Problem) -> tuple[Problem, float, float]:
    """The problem in whole numbers where that is exact: (it, unit of its costs or 0, factor applied)."""
    net = problem.network
    finite = problem.prize[np.isfinite(problem.prize)]
    values = np.concatenate([net.cost, finite])
    for decimals in range(_DECIMALS + 1):
        factor = 10.0**decimals
        whole = np.rint(values * factor)
        if whole.sum() > _EXACT:
            break
        if (np.abs(values * factor - whole) <= 1e-9 * np.maximum(1.0, whole)).all():
            network = Network.of(net.vertices, net.tail, net.head, whole[: net.edges])
            prize = problem.prize.copy()
            prize[np.isfinite(prize)] = whole[net.edges :]
            unit = float(np.gcd.reduce(whole.astype(np.int64))) if whole.size else 1.0
            return Problem(network, prize, problem.root), max(unit, 1.0), factor
    return problem, 0.0, 1.0
