"""The cheapest sites that cover what must be covered and a share of the rest, or the most demand for a budget.

Points that must be covered enter the covering problem with a weight just above what the rest may leave out, so that
no choice of sites can reach the target without every one of them. Ports are counted afterwards: where the cheapest
cover has too few, sites are added by unserved households per yuan. The bound is that of the problem without ports,
which no choice with ports can beat, so the gap stays honest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from guangcheng.base.errors import InputError, UsageError
from guangcheng.base.text import Text
from guangcheng.planning.cover.merge import groups_of_sets, sets_in_reach
from guangcheng.planning.cover.model import Answer, Goal, Groups, Problem
from guangcheng.planning.cover.search import Search
from guangcheng.planning.cover.solve import Plan, solve
from guangcheng.planning.siting.assign import Links, assign
from guangcheng.planning.siting.model import Ask, Bools, Candidates, Demand, Floats, Ints, Siting

__all__ = ["choose"]

_ABOVE = 1.2
"""Weight of a point that must be covered, over what the rest may leave out; above one is exact."""
_NAMED = 5


def choose(
    candidates: Candidates,
    demand: Demand,
    ask: Ask,
    plan: Plan,
    *,
    clock: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
) -> Siting:
    """Choose sites; ``clock`` counts seconds, ``stop`` says that a person wants the answer now.

    Raises ``UsageError`` for ids that are no candidates and ``InputError`` where no choice can do what is asked.
    """
    case = _Case.of(candidates, demand, ask)
    if not case.open.size or (not ask.most and case.limit <= 0 and not case.must.any() and not case.forced):
        return case.nothing(plan)
    answer = solve(case.problem, plan, clock=clock, stop=stop)
    chosen = np.zeros(len(candidates), dtype=bool)
    chosen[list(answer.chosen)] = True
    greedy = case.greedy()
    if ask.most:
        return case.siting(chosen, answer, case.households(greedy), 0)
    full = case.with_ports(chosen)
    baseline = case.with_ports(greedy)
    added = int(full.sum() - chosen.sum())
    return case.siting(full, answer, float(candidates.cost[baseline].sum()), added)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """The open part of the demand (not covered before), its links to candidates, and the covering problem."""

    candidates: Candidates
    demand: Demand
    ask: Ask
    open: Ints
    links: Links
    weight: Floats
    must: Bools
    limit: float
    """Households of the other open points that are to be covered."""
    problem: Problem
    forced: tuple[int, ...]
    forbidden: tuple[int, ...]

    @classmethod
    def of(cls, candidates: Candidates, demand: Demand, ask: Ask) -> "_Case":
        forced, forbidden = (_rows(candidates.ids, ids) for ids in (ask.forced, ask.forbidden))
        rows = np.flatnonzero(~demand.covered)
        must = demand.must[rows] & (not ask.most)
        weight = demand.weight[rows]
        links = Links(
            *(
                part.astype(np.int64)
                for part in sets_in_reach(
                    candidates.x, candidates.y, demand.x[rows], demand.y[rows], demand.radius[rows]
                )
            )
        )
        others = ~demand.must
        total, done = float(demand.weight[others].sum()), float(demand.weight[others & demand.covered].sum())
        limit = max(0.0, ask.share * total - done)
        _refuse_unreachable(demand, rows, must, links, forbidden)
        problem = _problem(candidates, ask, links, weight, must, limit, forced, forbidden)
        return cls(candidates, demand, ask, rows, links, weight, must, limit, problem, forced, forbidden)

    def nothing(self, plan: Plan) -> Siting:
        """The answer where everything is covered already."""
        none = np.zeros(0)
        served = np.where(self.demand.covered, self.demand.weight, 0.0)
        empty = none.astype(np.int64)
        return Siting(
            empty, none, 0.0, 0.0, 0.0, True, plan.seed, "proved", 0.0, 0, self.demand.covered, served, self.ask.most
        )

    def flows(self, chosen: Bools) -> tuple[Links, Floats]:
        """Households over the links of the chosen sites."""
        links = self.links.only(chosen)
        return links, assign(links, self.weight, self.must, self.candidates.capacity)

    def households(self, chosen: Bools) -> float:
        """Open households served."""
        return float(self.flows(chosen)[1].sum())

    def greedy(self) -> Bools:
        """Lazy greedy: the better of taking what must be covered first and of weighing all points alike."""
        first = Search(self.problem, 1).greedy()
        if self.problem.goal is not Goal.SHARE or not self.must.any():
            return first
        light = float(self.weight.mean()) or 1.0
        weights = np.where(self.must, np.maximum(self.weight, light), self.weight)
        free = (weights[~self.must].sum()) - self.limit
        groups = _groups(self.links, weights, len(self.candidates))
        eager = Problem(
            groups,
            self.problem.cost,
            Goal.SHARE,
            max(0.0, float(weights.sum()) - max(free, 0.0)),
            self.forced,
            self.forbidden,
        )
        if groups.demand - groups.lost < eager.limit:
            return first
        second = Search(eager, 1).greedy()
        # what must be covered and is not yet: the same greedy from there
        rest = Problem(
            self.problem.groups,
            self.problem.cost,
            Goal.SHARE,
            self.problem.limit,
            tuple(np.flatnonzero(second)),
            self.forbidden,
        )
        second = Search(rest, 1).greedy()
        costs = [float(self.candidates.cost[one].sum()) for one in (first, second)]
        return first if costs[0] <= costs[1] else second

    def with_ports(self, chosen: Bools) -> Bools:
        """Add sites until the ports suffice; then leave out what is not needed, the dearest first."""
        chosen = chosen.copy()
        allowed = np.ones(chosen.size, dtype=bool)
        allowed[list(self.forbidden)] = False
        links, flows = self.flows(chosen)
        grown = False
        while not self._enough(links, flows):
            j = self._next(chosen, allowed, links, flows)
            chosen[j] = grown = True
            links, flows = self.flows(chosen)
        return self._lean(chosen) if grown else chosen

    def _enough(self, links: Links, flows: Floats) -> bool:
        served = np.bincount(links.point, weights=flows, minlength=self.weight.size)
        tolerance = 1e-6
        short = self.weight[self.must] - served[self.must] > tolerance
        return not short.any() and float(served[~self.must].sum()) >= self.limit * (1 - tolerance) - tolerance

    def _next(self, chosen: Bools, allowed: Bools, links: Links, flows: Floats) -> int:
        """The candidate with most unserved households in reach per yuan; those at full sites count a little."""
        n = len(self.candidates)
        served = np.bincount(links.point, weights=flows, minlength=self.weight.size)
        unserved = np.maximum(self.weight - served, 0.0)
        has_site = np.diff(links.first) > 0
        # the target is met by points in reach that are not served for want of ports, before new ones are reached
        unserved = np.where(has_site | self.must, unserved, 0.0)
        load = np.bincount(links.site, weights=flows, minlength=n)
        full = load >= self.candidates.capacity * (1 - 1e-9)
        crowded = np.bincount(links.point[full[links.site]], minlength=self.weight.size) > 0
        wanted = unserved + 0.01 * np.where(crowded, served, 0.0)
        reach = np.bincount(self.links.site, weights=wanted[self.links.point], minlength=n)
        worth = np.minimum(reach, self.candidates.capacity) / self.candidates.cost
        worth[chosen | ~allowed] = 0.0
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            raise InputError(
                Text(
                    zh="候选站点的端口不够：能够到的都建了，仍有用户分不到端口",
                    en="the candidates have too few ports: all in reach are built and households are left without one",
                ),
                mend=Text(
                    zh="降低 --share、换容量大的站型（--prices），或增加候选",
                    en="lower --share, use larger sites (--prices), or add candidates",
                ),
            )
        return best

    def _lean(self, chosen: Bools) -> Bools:
        """Leave out sites that are not needed, the dearest first; each is tried once."""
        links, flows = self.flows(chosen)
        load = np.bincount(links.site, weights=flows, minlength=len(self.candidates))
        rows = np.flatnonzero(chosen)
        rows = rows[np.lexsort((load[rows], -self.candidates.cost[rows]))]
        spare = [int(j) for j in rows if j not in self.forced and load[j] < 0.25 * self.candidates.capacity[j]]
        for j in spare[:60]:
            chosen[j] = False
            if not self._enough(*self.flows(chosen)):
                chosen[j] = True
        return chosen

    def siting(self, chosen: Bools, answer: Answer, greedy: float, added: int) -> Siting:
        """The answer in the terms of siting."""
        links, flows = self.flows(chosen)
        rows = np.flatnonzero(chosen)
        load: Floats = np.bincount(links.site, weights=flows, minlength=chosen.size)[rows].astype(np.float64)
        reached, served = self.demand.covered.copy(), np.where(self.demand.covered, self.demand.weight, 0.0)
        reached[self.open] = np.diff(links.first) > 0
        served[self.open] = np.bincount(links.point, weights=flows, minlength=self.open.size)
        cost = float(self.candidates.cost[chosen].sum())
        most = self.ask.most
        value = float(flows.sum()) if most else cost
        bound = max(answer.bound, value) if most else min(answer.bound, value)
        proven = answer.proven_optimal and abs(value - answer.value) <= 1e-6 * max(abs(value), 1.0)
        phases = {name: round(spent, 3) for name, spent in answer.phases.items()}
        return Siting(
            rows,
            load,
            cost,
            value,
            value if proven else bound,
            proven,
            answer.seed,
            "ports" if added and answer.proven_optimal else answer.stopped,
            greedy,
            added,
            reached,
            served,
            most,
            phases,
        )


def _problem(
    candidates: Candidates,
    ask: Ask,
    links: Links,
    weight: Floats,
    must: Bools,
    limit: float,
    forced: tuple[int, ...],
    forbidden: tuple[int, ...],
) -> Problem:
    n = len(candidates)
    if ask.most:
        cost = np.ones(n) if ask.sites is not None else candidates.cost
        most = float(ask.sites if ask.sites is not None else ask.budget or 0.0)
        return Problem(_groups(links, weight, n), cost, Goal.MOST, most, forced, forbidden)
    rest = float(weight[~must].sum())
    if rest - limit <= 1e-9 * max(rest, 1.0):
        return Problem(_groups(links, np.maximum(weight, 1e-9), n), candidates.cost, Goal.ALL, 0.0, forced, forbidden)
    heavy = _ABOVE * (rest - limit)
    weights = np.where(must, heavy, weight)
    groups = _groups(links, weights, n)
    return Problem(groups, candidates.cost, Goal.SHARE, limit + heavy * float(must.sum()), forced, forbidden)


def _groups(links: Links, weight: Floats, sites: int) -> Groups:
    ones = np.ones(weight.size, dtype=np.int64)
    return groups_of_sets(sites, links.first, links.site.astype(np.int32), weight, ones)


def _rows(ids: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    if not wanted:
        return ()
    at = {name: row for row, name in enumerate(ids)}
    unknown = sorted(set(wanted) - at.keys())
    if unknown:
        raise UsageError(
            Text(zh=f"没有候选站点 {unknown[0]}", en=f"there is no candidate site {unknown[0]}"),
            mend=Text(
                zh="候选编号见结果 GeoJSON：路口为 street:编号，小区、单位和已有站址用台账编号",
                en="candidates are called street:node, estates, premises and structures by their register's ids",
            ),
        )
    return tuple(sorted({at[name] for name in wanted}))


def _refuse_unreachable(demand: Demand, rows: Ints, must: Bools, links: Links, forbidden: tuple[int, ...]) -> None:
    """Say which points that must be covered no allowed candidate reaches."""
    allowed = np.ones(int(links.site.max(initial=-1)) + 1, dtype=bool)
    allowed[[j for j in forbidden if j < allowed.size]] = False
    lost = np.flatnonzero(must & (np.diff(links.only(allowed).first) == 0))
    if lost.size:
        named = "、".join(demand.ids[row] for row in rows[lost[:_NAMED]])
        raise InputError(
            Text(
                zh=f"有 {lost.size} 处必须覆盖，但半径内没有可用的候选站点：{named}",
                en=f"{lost.size} points must be covered but have no candidate in reach: {named}",
            ),
            mend=Text(
                zh="放开禁选，或用 --must 缩小必须覆盖的类型", en="forbid fewer sites, or narrow --must to fewer kinds"
            ),
        )
