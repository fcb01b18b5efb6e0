"""The one door: a problem in, the best tree found and a proven bound out."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from guangcheng.planning.steiner.model import Floats, Ints, Network, Problem, Solution, unreachable
from guangcheng.planning.steiner.search import Found, Limits, search

__all__ = ["EFFORT", "is_compiled", "solve", "warm"]

EFFORT = 10
"""Effort when none is asked for: rounds of dual ascent; recombinations are a multiple of it."""
_RECOMBINATIONS = 8
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

    def limits(self, unit: float) -> Limits:
        rounds = min(self.effort, 4 * EFFORT)
        return Limits(rounds, self.effort * _RECOMBINATIONS, lambda: self.left() <= 0, unit)

    def ordinary(self, problem: Problem, effort: int | None = _PROBE) -> tuple[Ints, int, float]:
        """Edges, one spanned vertex and a bound for a problem without sides."""
        task = _Task(problem, effort, self.seed, self.until)
        return task.rooted() if problem.required.any() else task.unrooted()

    def rooted(self) -> tuple[Ints, int, float]:
        scaled, unit, factor = _scaled(self.problem)
        root = scaled.root if scaled.root >= 0 else int(np.flatnonzero(scaled.required)[0])
        found = self.close(scaled, self.limits(unit), self.rng, np.inf)
        return found.edges, root, found.bound / factor

    def close(self, problem: Problem, limits: Limits, rng: np.random.Generator, cutoff: float) -> Found:
        """Search, then prove what is left by cuts where that pays."""
        from guangcheng.planning.steiner.cuts import close

        return close(search(problem, limits, rng, cutoff), limits, self.left, self.effort)

    def unrooted(self) -> tuple[Ints, int, float]:
        """Try roots by falling prize; after each, what it could pay to reach needs no second look.

        A tree that avoids the root r but comes within distance d ≤ prize(r) of it is no better than the same tree
        joined with r; so the ball of radius prize(r) around r may be left out from then on, its prizes paid.
        """
        scaled, unit, factor = _scaled(self.problem)
        total = float(scaled.prize.sum())
        first = int(np.argmax(scaled.prize))
        best, edges, start = total - float(scaled.prize[first]), np.empty(0, dtype=np.int64), first
        bound, paid, prize, allowed = np.inf, 0.0, scaled.prize.copy(), np.ones(scaled.network.vertices, dtype=bool)
        limits = self.limits(unit)
        while prize.any() and paid < limits.beats(best):
            if limits.stop() and bound < np.inf:
                bound = min(bound, paid)
                break
            root = int(np.argmax(prize))
            part, vertices, numbers = _part(scaled, prize, allowed, root)
            out = paid + float(prize.sum() - part.prize[np.isfinite(part.prize)].sum() - prize[root])
            found = self.close(part, limits, self.rng, best - out)
            if found.cost + out < best:
                best, edges, start = found.cost + out, numbers[found.edges], root
            bound = min(bound, found.bound + out)
            near = _ball(part, int(np.flatnonzero(vertices == root)[0]), float(prize[root]))
            paid += float(prize[vertices[near]].sum())
            allowed[vertices[near]] = False
            prize[vertices[near]] = 0.0
        return edges, start, min(bound, best) / factor


def _part(
    problem: Problem, prize: Floats, allowed: "np.ndarray[tuple[int], np.dtype[np.bool_]]", root: int
) -> tuple[Problem, Ints, Ints]:
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
