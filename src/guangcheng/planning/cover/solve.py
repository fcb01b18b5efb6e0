"""One answer with its certificate: greedy, search, bound, settling by reduced cost, proof.

Small problems (after merging) are searched a moment, bounded, shrunk by what the bound settles, and handed to HiGHS
with the best choice as start. Large ones are searched and bounded at the same time, on two threads. The work planned
depends on the size and the time limit only, so that a run that is not cut short gives the same answer again.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.cover import milp
from guangcheng.planning.cover.dual import Dual, improve
from guangcheng.planning.cover.model import Answer, Goal, Ints, Problem
from guangcheng.planning.cover.reduce import Reduced, dominance, settle
from guangcheng.planning.cover.search import Search, columns_of

__all__ = ["Plan", "solve"]

Bools = NDArray[np.bool_]
Clock = Callable[[], float]
Columns = tuple[Ints, Ints]

_TOUCHES_PER_S = 1.0e8
_SMALL = 60_000
_MIDDLE = 300_000
"""Entries of the cover matrix up to which HiGHS is asked at once, and at all."""
_PER_ENTRY = 2e4
"""Touches of the search for each entry of the matrix at most: a tiny problem is proved sooner than searched."""
_SEARCHES = 4
"""Searches from different seeds for problems between the two."""
_ROUNDS, _RUNS, _ELITE = 6, 8, 16
"""Rounds of annealing, runs of a round, and how many of the best choices are kept for their union."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how well; ``enough`` is a gap at which to stop (0: only a proof ends the run early)."""

    time_limit: float = 60.0
    seed: int = 1
    threads: int = 2
    enough: float = 0.0


def solve(problem: Problem, plan: Plan, *, clock: Clock, stop: Callable[[], bool] = lambda: False) -> Answer:
    """Solve one covering problem; ``clock`` counts seconds, ``stop`` says that a person wants the answer now.

    Raises :class:`InputError` where no choice can satisfy the problem.
    """
    return _Run(problem, plan, clock, stop).answer()


class _Run:
    """State of one solution: the best choice, the best bound, the time spent."""

    def __init__(self, problem: Problem, plan: Plan, clock: Clock, stop: Callable[[], bool]) -> None:
        self.full, self.plan, self.clock, self.asked = problem, plan, clock, stop
        self.began = clock()
        self.phases: dict[str, float] = {}
        self.most = problem.goal is Goal.MOST
        self.better = 1.0 if self.most else -1.0
        self.reduced = self._prepared()
        self.problem = self.reduced.problem
        self.best = np.zeros(self.problem.groups.sites, dtype=bool)
        self.value, self.bound = 0.0, np.inf if self.most else 0.0
        self.dual: Dual | None = None

    def _prepared(self) -> Reduced:
        problem = self.full
        _check(problem)
        built, banned = (np.zeros(problem.groups.sites, dtype=bool) for _ in range(2))
        built[list(problem.forced)] = True
        banned[list(problem.forbidden)] = True
        if self.most:
            banned |= ~built & (problem.cost > problem.limit - problem.cost[built].sum())
        outer = settle(problem, built, banned)
        inner = dominance(outer.problem)
        merged = replace(inner, kept=outer.kept[inner.kept], built=built, constant=outer.constant)
        self._mark("reduce")
        return merged

    def _mark(self, phase: str) -> None:
        now = self.clock() - self.began
        self.phases[phase] = now - sum(self.phases.values())

    def _left(self) -> float:
        return self.plan.time_limit - (self.clock() - self.began)

    def _past(self, end: float, _bound: float = 0.0) -> bool:
        """Whether no more than ``end`` seconds are left, or a person wants the answer."""
        return self._left() <= end or self.asked()

    def _over(self) -> bool:
        return self._left() <= 0 or self.asked()

    def _closed(self, bound: float | None = None) -> bool:
        """Whether the bound leaves no room for a better choice (or little enough)."""
        bound = self.bound if bound is None else bound
        scale = abs(bound + self.reduced.constant if self.most else self.value + self.reduced.constant)
        room = self._room(bound)
        return room < self._step() or room <= self.plan.enough * scale

    def _room(self, bound: float | None = None) -> float:
        """How much better than the best a choice may be by the bound."""
        return self.better * ((self.bound if bound is None else bound) - self.value)

    def _step(self) -> float:
        """The least by which one value can be better than another."""
        return 1.0 if self.problem.whole else 1e-9 * max(abs(self.value + self.reduced.constant), 1.0)

    def answer(self) -> Answer:
        """Run the phases in their order."""
        problem = self.problem
        if not problem.groups.count or (problem.goal is Goal.SHARE and problem.limit <= 0):
            self.bound = self.value
            return self._finish("proved")
        columns = columns_of(problem.groups)
        search = Search(problem, self.plan.seed, columns)
        self._take(search.greedy())
        self._mark("greedy")
        size = problem.groups.members.size
        if size > _MIDDLE:
            self._together([search], 0.85, columns)
        elif size > _SMALL:
            self._middle(search, columns)
        else:
            work = min(_PER_ENTRY * size, 2e7 + 1500.0 * size, 0.3 * self._left() * _TOUCHES_PER_S)
            self._take(search.polish(work, self._over))
            self._mark("search")
            self._bound(columns, 600)
            self._mark("bound")
        if size <= _MIDDLE and not self._closed() and not self._over():
            self._prove(self._settled(), self._left(), whole=True)
            self._mark("proof")
        return self._finish(self._why())

    def _middle(self, search: Search, columns: Columns) -> None:
        """Several searches beside the bound, then HiGHS on more and more of the promising sites."""
        if search.swaps:
            union = self._annealed(search, columns)
        else:
            searches = [search] + [
                Search(self.problem, self.plan.seed + 1000 * k, columns) for k in range(1, _SEARCHES)
            ]
            for other in searches[1:]:
                other.greedy()
            first = self.best.copy()
            self._together(searches, 0.3, columns)
            union = np.any([one.best.astype(bool) for one in searches] + [first], axis=0)
        if self.dual is not None and self.problem.goal is not Goal.ALL:
            self._widen(union, self.dual)

    def _annealed(self, search: Search, columns: Columns) -> Bools:
        """Rounds of annealing from greedy and from the best, each followed by HiGHS on the union of the best choices.

        Beside the first round the bound is improved. Returns the union: what no good choice holds is left out.
        """
        elite = [self.best.copy()]
        size, sites = self.problem.groups.members.size, self.problem.groups.sites
        touches = 3.0 * size / sites * (1.0 + 0.02 * size / self.problem.groups.count)
        # books small enough for the processor's cache: eight times the touches a second of large problems
        whole = 0.6 * self._left() * self.plan.threads * 8 * _TOUCHES_PER_S
        moves = int(whole / touches / (_ROUNDS * _RUNS))
        until = 0.3 * self.plan.time_limit
        steps = int(min(20_000, 0.2 * self._left() * 2.5e8 / size))
        stop = partial(self._past, until)
        with ThreadPoolExecutor(self.plan.threads) as pool:
            bound = pool.submit(improve, self.problem, steps, stop, columns, None)
            for turn in range(_ROUNDS):
                seeds = range(self.plan.seed + turn * _RUNS, self.plan.seed + (turn + 1) * _RUNS)
                best = self.best.copy()
                found = pool.map(
                    lambda seed, best=best: search.anneal(best, seed, moves, stop, 1.0 if seed % 2 else 0.5), seeds
                )
                elite = self._elite(elite + list(found))
                self._take(elite[0])
                self._mark(f"annealing {turn + 1}")
                self._united(np.any(elite, axis=0), min(0.1 * self.plan.time_limit, self._left() - until))
                elite.insert(0, self.best.copy())
                self._mark(f"union {turn + 1}")
                if self._past(until):
                    break
            self.dual = bound.result()
        self._tighten(self.dual.bound)
        return np.asarray(np.any(elite, axis=0))

    def _elite(self, found: list[Bools]) -> list[Bools]:
        """The best of the choices, most covering first, each once."""
        unique = {chosen.tobytes(): chosen for chosen in found}
        return sorted(unique.values(), key=self.problem.value, reverse=True)[:_ELITE]

    def _united(self, union: Bools, seconds: float) -> bool:
        """Ask HiGHS for the best choice of some of the sites; return whether it finished."""
        if seconds <= 0 or self._closed():
            return False
        none = np.zeros(union.size, dtype=bool)
        return self._prove(settle(self.problem, none, ~union), seconds, whole=False)

    def _widen(self, union: Bools, dual: Dual) -> None:
        """HiGHS on the union and the sites the bound favours, more and more of them."""
        order = np.lexsort((-dual.change, -dual.lp))
        wanted = int(1.3 * union.sum()) + 60
        until = (0.1 if self.most else 0.35) * self.plan.time_limit
        while wanted < order.size and self._left() > until and not self._closed() and not self._over():
            promising = union | self.best
            extra = order[~promising[order]][: max(0, wanted - int(promising.sum()))]
            promising[extra] = True
            if not self._united(promising, self._left() - until):
                break
            wanted = int(1.5 * wanted)
        self._mark("widening")

    def _why(self) -> str:
        if self._closed():
            return "proved" if self._room() < self._step() else "gap"
        return "interrupted" if self.asked() else "time" if self._left() <= 0 else "work"

    def _take(self, chosen: Bools) -> None:
        value = self.problem.value(chosen)
        if not self.best.any() or self.better * (value - self.value) > 0:
            self.best, self.value = chosen, value

    def _tighten(self, bound: float) -> None:
        if self.better * (bound - self.bound) < 0:
            self.bound = bound

    def _bound(self, columns: Columns, steps: int) -> None:
        start = self.value * 0.95 if self.problem.goal is Goal.SHARE else None
        self.dual = improve(self.problem, steps, lambda b: self._over() or self._closed(b), columns, start)
        self._tighten(self.dual.bound)

    def _together(self, searches: list[Search], share: float, columns: Columns) -> None:
        """Search and bound on two threads, each with its planned work and for ``share`` of the time at most."""
        size = self.problem.groups.members.size
        rate = _TOUCHES_PER_S if size > _MIDDLE else 4 * _TOUCHES_PER_S
        work = share * self._left() * rate / len(searches)
        steps = int(min(20_000, 0.7 * share * self._left() * 2.5e8 / size))
        until = self._left() * (1.0 - share) if size <= _MIDDLE else 0.01 * self.plan.time_limit
        whole = self._left() - until
        start = self.value * 0.95 if self.problem.goal is Goal.SHARE else None
        with ThreadPoolExecutor(1) as pool:
            bound = pool.submit(improve, self.problem, steps, partial(self._past, until), columns, start)
            for turn, search in enumerate(searches, start=1):
                end = until + whole * (1 - turn / len(searches))
                self._take(search.polish(work, partial(self._past, end)))
            self.dual = bound.result()
        self._tighten(self.dual.bound)
        self._mark("search and bound")

    def _prove(self, reduced: Reduced, time_limit: float, *, whole: bool) -> bool:
        """Hand a settled problem to HiGHS; return whether it finished.

        ``whole``: the problem lost only choices no better than the best known, so that its bound holds for all;
        otherwise it is a part of the problem, searched for a better choice.
        """
        if not reduced.problem.groups.count:
            self._take(reduced.whole(np.zeros(reduced.problem.groups.sites, dtype=bool)))
            if whole:
                self._tighten(self.value)
            return True
        chosen, proof = milp.prove(
            reduced.problem,
            reduced.part(self.best),
            time_limit=time_limit,
            threads=self.plan.threads,
            seed=self.plan.seed,
            relative_gap=self.plan.enough,
            stop=self.asked,
        )
        before = self.value
        if chosen is not None:
            candidate = reduced.whole(chosen)
            if self.problem.feasible(candidate):
                self._take(candidate)
        if whole:
            bound = proof.bound + reduced.constant
            if proof.infeasible or (proof.optimal and self._room(bound) < self._step() + 1e-6 * abs(bound)):
                bound = self.value if proof.infeasible or self.plan.enough == 0.0 else bound
            self._tighten(max(bound, before, self.value) if self.most else min(bound, before, self.value))
        return proof.optimal or proof.infeasible

    def _settled(self) -> Reduced:
        """Build and ban the sites whose other state cannot lead to a better choice (those of the best stay open)."""
        n = self.problem.groups.sites
        built, banned = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        if self.dual is not None and np.isfinite(self.dual.bound):
            step = 1.0 - 1e-6 if self.problem.whole else 0.0
            room = self.better * (self.dual.bound - self.value) - step
            settled = np.abs(self.dual.change) > room * (1 + 1e-9) + 1e-9
            built = settled & (self.dual.change > 0) & self.best
            banned = settled & (self.dual.change < 0) & ~self.best
        return settle(self.problem, built, banned)

    def _finish(self, stopped: str) -> Answer:
        chosen = self.reduced.whole(self.best)
        value = self.full.value(chosen)
        bound = self.bound + self.reduced.constant
        if self.full.whole:
            bound = float(np.floor(bound + 1e-6) if self.most else np.ceil(bound - 1e-6))
        bound = max(bound, value) if self.most else min(bound, value)
        seconds = self.clock() - self.began
        proven = bool(bound == value) or stopped == "proved"
        if proven:
            bound = value
        sites = tuple(int(j) for j in np.flatnonzero(chosen))
        return Answer(
            sites, value, bound, proven, seconds, self.plan.seed, stopped, dict(self.phases), goal=self.full.goal
        )


def _check(problem: Problem) -> None:
    """Refuse what no choice can satisfy."""
    if set(problem.forced) & set(problem.forbidden):
        raise InputError(
            Text(zh="有站点既必选又禁选", en="a site is both forced and forbidden"),
            mend=Text(zh="从其中一个名单里去掉它", en="take it off one of the two lists"),
        )
    if problem.goal is Goal.MOST and problem.cost[list(problem.forced)].sum() > problem.limit:
        raise InputError(
            Text(zh="必选站点已超出预算", en="the forced sites alone exceed the budget"),
            mend=Text(zh="提高预算或减少必选站点", en="raise the budget or force fewer sites"),
        )
    everyone = np.ones(problem.groups.sites, dtype=bool)
    everyone[list(problem.forbidden)] = False
    if problem.goal is Goal.ALL and not problem.feasible(everyone):
        raise InputError(
            Text(
                zh="有的需求点只有禁选站点够得到，无法全部覆盖",
                en="some points are reached only by forbidden sites, so not everything can be covered",
            ),
            mend=Text(zh="放开部分禁选站点，或改用 --share", en="forbid fewer sites, or ask for a --share"),
        )
    if problem.goal is Goal.SHARE:
        most = problem.groups.covered(everyone)
        if most < problem.limit:
            share = most / problem.groups.demand if problem.groups.demand else 0.0
            raise InputError(
                Text(
                    zh=f"全部站点都建也只能覆盖 {share:.4%} 的需求",
                    en=f"even all sites together cover only {share:.4%} of the demand",
                ),
                mend=Text(
                    zh="降低 --share，加大 --radius，或增加候选站点",
                    en="lower --share, raise --radius, or add candidate sites",
                ),
            )
