"""Good choices quickly: greedy, then ruin and recreate (or row weighting for full covering)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from guangcheng.planning.cover.model import Goal, Groups, Ints, Problem, summed

Flags = NDArray[np.uint8]

__all__ = ["Search", "columns_of"]

_CAP = 128
"""Neighbours kept for each site."""


def columns_of(groups: Groups) -> tuple[Ints, Ints]:
    """Groups of each site: firsts and groups, rising."""
    from guangcheng.planning.cover import _search

    first = np.zeros(groups.sites + 1, dtype=np.int64)
    out = np.empty(groups.members.size, dtype=np.int64)
    _search.transpose(groups.sites, groups.first, groups.members, first, out)
    return first, out


class Search:
    """One heuristic run that can be continued; the same seed and work give the same choice."""

    def __init__(self, problem: Problem, seed: int, columns: tuple[Ints, Ints] | None = None) -> None:
        self.problem, self.groups = problem, problem.groups
        self.columns = columns or columns_of(problem.groups)
        # for full covering every group counts, whatever its demand
        self.weight = np.ones(self.groups.count) if problem.goal is Goal.ALL else problem.groups.weight
        self.random = np.array([(seed * 2 + 1) * 0x9E3779B97F4A7C15 % (1 << 64) or 1], dtype=np.uint64)
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

    @property
    def _table(self) -> tuple[NDArray[np.generic], ...]:
        g = self.groups
        return (g.first, g.members, *self.columns, self.weight, g.need, self.problem.cost)

    @property
    def _live(self) -> tuple[NDArray[np.generic], ...]:
        return (self.x, self.hits, self.gain, self.state)

    def greedy(self) -> NDArray[np.bool_]:
        """Start over from the forced sites and add the best site per cost until done."""
        from guangcheng.planning.cover import _search

        problem = self.problem
        self._empty()
        self.state[:] = 0.0
        most = problem.goal is Goal.MOST
        self.state[_search.BUDGET] = problem.limit * (1 + 1e-12) if most else np.inf
        for j in problem.forced:
            _search.add(j, *self._table, *self._live)
        target = {Goal.MOST: np.inf, Goal.ALL: self.weight.sum(), Goal.SHARE: problem.limit}[problem.goal] * (1 - 1e-12)
        deep = bool((self.groups.need > 1).any())
        _search.greedy(target, *self._table, self.fixed, *self._live, deep)
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
        nf, ns = self._neighbours()
        target, step = -1.0, 0.0
        if problem.goal is Goal.SHARE:
            target = problem.limit * (1 - 1e-12)
            step = 1.0 if problem.whole else 1e-9 * max(float(self.state[_search.BEST_COST]), 1.0)
            self.state[_search.BUDGET] = self.state[_search.COST] - step
            _search.shrink(*self._table, self.fixed, *self._live)
        built = max(int(self.best.sum()), 1)
        hot = 0.06 * float(self.state[_search.BEST]) / built
        self.state[_search.WORK] = 0.0
        done = 0.0
        while done < work and not stop():
            done = min(work, done + 5e7)
            table = (nf, ns, *self._table, self.fixed, *self._live, self.best, self.random)
            _search.ruin_recreate(done, work, hot, hot / 500, target, step, most, *table)
        return self.best.astype(bool)

    def _neighbours(self) -> tuple[Ints, Ints]:
        from guangcheng.planning.cover import _search

        g = self.groups
        nf = np.zeros(g.sites + 1, dtype=np.int64)
        ns = np.empty(g.sites * min(_CAP, g.sites), dtype=np.int64)
        size = _search.neighbours(g.first, g.members, *self.columns, self.weight, _CAP, nf, ns)
        return nf, ns[:size].copy()

    def _row_weighting(self, work: float, stop: Callable[[], bool]) -> NDArray[np.bool_]:
        from guangcheng.planning.cover import _search

        g = self.groups
        hits = g.hits(self.best.astype(bool))
        x = self.best.copy()
        heavy = np.ones(g.count)
        sizes = g.sizes()
        loss = summed(g.members, np.repeat(np.where(hits <= g.need, heavy, 0.0), sizes), g.sites)
        gain = summed(g.members, np.repeat(np.where(hits < g.need, heavy, 0.0), sizes), g.sites)
        score = np.where(x == 1, loss, gain)
        chosen = np.zeros(g.sites, dtype=np.int64)
        picked = np.flatnonzero(x)
        chosen[: picked.size] = picked
        spot = np.zeros(g.sites, dtype=np.int64)
        spot[picked] = np.arange(picked.size)
        counts = np.array([0, picked.size, 0, -1], dtype=np.int64)
        sets = (np.zeros(g.sites, dtype=np.int64), chosen, spot, np.empty(g.count, np.int64), np.full(g.count, -1))
        rest = (g.need, self.problem.cost, self.fixed, x, hits, score, heavy, *sets, counts, self.state, self.best)
        cost_of_step = (
            4.0 * max(g.members.size / max(g.sites, 1), 1.0) * max(float(sizes.mean()) if g.count else 1, 1.0)
        )
        done = 0.0
        while done < work and not stop():
            steps = int(max(1000, 5e7 / cost_of_step))
            _search.row_weighting(steps, g.first, g.members, *self.columns, *rest, self.random)
            done += steps * cost_of_step
        return self.best.astype(bool)

    def value(self) -> float:
        """Value of the best choice, computed anew."""
        return self.problem.value(self.best.astype(bool))
