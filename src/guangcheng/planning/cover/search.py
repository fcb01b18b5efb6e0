"""Good choices quickly: greedy, then ruin and recreate, annealing by swaps, or row weighting for full covering."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guangcheng.planning.cover.model import Goal, Groups, Ints, Problem, summed

Flags = NDArray[np.uint8]

__all__ = ["Search", "columns_of"]

_CAP = 128
"""Neighbours kept for each site."""
_HOT, _COLD = 0.05, 0.002
"""Temperatures of annealing, in the mean demand a chosen site covers."""
_PIECE = 200_000
"""Moves between two looks at the clock."""


def columns_of(groups: Groups) -> tuple[Ints, Ints]:
    """Groups of each site: firsts and groups, rising."""
    from guangcheng.planning.cover import _links

    first = np.zeros(groups.sites + 1, dtype=np.int64)
    out = np.empty(groups.members.size, dtype=np.int64)
    _links.transpose(groups.sites, groups.first, groups.members, first, out)
    return first, out


def _seeded(seed: int) -> NDArray[np.uint64]:
    return np.array([(seed * 2 + 1) * 0x9E3779B97F4A7C15 % (1 << 64) or 1], dtype=np.uint64)


class Search:
    """One heuristic run that can be continued; the same seed and work give the same choice."""

    def __init__(self, problem: Problem, seed: int, columns: tuple[Ints, Ints] | None = None) -> None:
        self.problem, self.groups = problem, problem.groups
        self.columns = columns or columns_of(problem.groups)
        # for full covering every group counts, whatever its demand
        self.weight = np.ones(self.groups.count) if problem.goal is Goal.ALL else problem.groups.weight
        self.random = _seeded(seed)
        self.fixed = np.zeros(self.groups.sites, dtype=np.int8)
        self.fixed[list(problem.forbidden)] = -1
        self.fixed[list(problem.forced)] = 1
        self.state = np.zeros(8)
        self.best = np.zeros(self.groups.sites, dtype=np.uint8)
        self._empty()

    def _empty(self) -> None:
        g = self.groups
        self.x = np.zeros(g.sites, dtype=np.uint8)
        self.hits = np.zeros(g.count, dtype=np.int64)
        gains = np.where(g.need == 1, self.weight, 0.0)
        self.gain = summed(g.members, np.repeat(gains, g.sizes()), g.sites)

    @cached_property
    def table(self) -> Any:
        """The problem as the compiled loops take it."""
        from guangcheng.planning.cover import _search

        g = self.groups
        return _search.Table(g.first, g.members, *self.columns, self.weight, g.need, self.problem.cost, self.fixed)

    @property
    def _live(self) -> Any:
        from guangcheng.planning.cover import _search

        return _search.Live(self.x, self.hits, self.gain, self.state)

    def greedy(self) -> NDArray[np.bool_]:
        """Start over from the forced sites and add the best site per cost until done."""
        from guangcheng.planning.cover import _search

        problem = self.problem
        self._empty()
        self.state[:] = 0.0
        most = problem.goal is Goal.MOST
        self.state[_search.BUDGET] = problem.limit * (1 + 1e-12) if most else np.inf
        for j in problem.forced:
            _search.flip(j, 1, self.table, self._live)
        target = {Goal.MOST: np.inf, Goal.ALL: self.weight.sum(), Goal.SHARE: problem.limit}[problem.goal] * (1 - 1e-12)
        deep = bool((self.groups.need > 1).any())
        _search.greedy(target, self.table, self._live, deep)
        self.best[:] = self.x
        self.state[_search.BEST] = self.state[_search.F]
        self.state[_search.BEST_COST] = self.state[_search.COST]
        return self.best.astype(bool)

    def polish(self, work: float, stop: Callable[[], bool], most: int = 6) -> NDArray[np.bool_]:
        """Improve the choice for ``work`` touches (a touch is about a nanosecond) or until ``stop()``."""
        if self.problem.goal is Goal.ALL:
            return self._row_weighting(work, stop)
        return self._ruin(work, stop, most)

    def _ruin(self, work: float, stop: Callable[[], bool], most: int) -> NDArray[np.bool_]:
        from guangcheng.planning.cover import _search

        problem = self.problem
        target, step = -1.0, 0.0
        if problem.goal is Goal.SHARE:
            target = problem.limit * (1 - 1e-12)
            step = 1.0 if problem.whole else 1e-9 * max(float(self.state[_search.BEST_COST]), 1.0)
            self.state[_search.BUDGET] = self.state[_search.COST] - step
            _search.shrink(self.table, self._live)
        built = max(int(self.best.sum()), 1)
        hot = 0.06 * float(self.state[_search.BEST]) / built
        self.state[_search.WORK] = 0.0
        done = 0.0
        while done < work and not stop():
            done = min(work, done + 5e7)
            table = (*self.neighbours, self.table, self._live, self.best, self.random)
            _search.ruin_recreate(done, work, hot, hot / 500, target, step, most, *table)
        return self.best.astype(bool)

    @cached_property
    def neighbours(self) -> tuple[Ints, Ints]:
        """For each site (firsts, sites) those it shares most demand with, most first."""
        from guangcheng.planning.cover import _links

        g = self.groups
        nf = np.zeros(g.sites + 1, dtype=np.int64)
        ns = np.empty(g.sites * min(_CAP, g.sites), dtype=np.int64)
        size = _links.neighbours(g.first, g.members, *self.columns, self.weight, _CAP, nf, ns)
        return nf, ns[:size].copy()

    @property
    def swaps(self) -> bool:
        """Whether :meth:`anneal` serves: most demand with a number of sites of one cost, one site for each group."""
        cost = self.problem.cost
        single = bool((self.groups.need == 1).all())
        return self.problem.goal is Goal.MOST and single and bool(cost.size) and bool((cost == cost[0]).all())

    def anneal(
        self, start: NDArray[np.bool_], seed: int, moves: int, stop: Callable[[], bool], heat: float = 1.0
    ) -> NDArray[np.bool_]:
        """Swap chosen sites of ``start`` for others, ``moves`` tries or until ``stop()``; return the best choice met.

        Where :attr:`swaps`. Nothing of this search is changed, so several may run at a time; ``heat`` is a factor on
        the temperatures.
        """
        from guangcheng.planning.cover import _anneal

        now = self.swapping(start)
        random = _seeded(seed)
        unit = heat * float(now.covered[0]) / max(now.chosen.size, 1)
        done = 0
        while done < moves and now.chosen.size and unit and not stop():
            end = min(moves, done + _PIECE)
            _anneal.anneal(done, end, moves, _HOT * unit, _COLD * unit, *self.neighbours, self.table, now, random)
            done = end
        best: Flags = now.best
        return best.astype(bool)

    def swapping(self, start: NDArray[np.bool_]) -> Any:
        """The books of annealing, at ``start``."""
        from guangcheng.planning.cover import _anneal

        g = self.groups
        now = _anneal.Swaps(
            np.zeros(g.sites, dtype=np.uint8),
            np.zeros(g.count, dtype=np.int32),
            np.zeros(g.count, dtype=np.int32),
            np.full(g.count, -1, dtype=np.int32),
            summed(g.members, np.repeat(g.weight, g.sizes()), g.sites),
            np.flatnonzero(start),
            np.zeros(2),
            start.astype(np.uint8),
        )
        for j in now.chosen:
            _anneal.flip(j, 1, self.table, now)
        now.covered[1] = now.covered[0]
        return now

    def _row_weighting(self, work: float, stop: Callable[[], bool]) -> NDArray[np.bool_]:
        from guangcheng.planning.cover import _rows

        g = self.groups
        hits = g.hits(self.best.astype(bool))
        x = self.best.copy()
        heavy = np.ones(g.count)
        sizes = g.sizes()
        loss = summed(g.members, np.repeat(np.where(hits <= g.need, heavy, 0.0), sizes), g.sites)
        gain = summed(g.members, np.repeat(np.where(hits < g.need, heavy, 0.0), sizes), g.sites)
        chosen, spot, stamp = (np.zeros(g.sites, dtype=np.int64) for _ in range(3))
        picked = np.flatnonzero(x)
        chosen[: picked.size] = picked
        spot[picked] = np.arange(picked.size)
        opened, place = np.empty(g.count, dtype=np.int64), np.full(g.count, -1)
        counts = np.array([0, picked.size, 0, -1], dtype=np.int64)
        sets = (chosen, spot, opened, place, counts)
        now = _rows.Books(x, hits, np.where(x == 1, loss, gain), heavy, stamp, *sets, self.state, self.best)
        per_step = 4.0 * max(g.members.size / max(g.sites, 1), 1.0) * max(float(sizes.mean()) if g.count else 1, 1.0)
        done = 0.0
        while done < work and not stop():
            steps = int(max(1000, min(5e7, work - done) / per_step))
            _rows.row_weighting(steps, self.table, now, self.random)
            done += steps * per_step
        return self.best.astype(bool)

    def value(self) -> float:
        """Value of the best choice, computed anew."""
        return self.problem.value(self.best.astype(bool))
