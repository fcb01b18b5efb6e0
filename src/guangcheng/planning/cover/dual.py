"""Safe dual bounds: multipliers from a first-order method, clipped, the Lagrangian evaluated exactly.

Relax ``need_g·z_g ≤ Σ_{j∋g} x_j`` with multipliers ``u_g``. For any ``0 ≤ u_g ≤ weight_g/need_g``

    covered(x) ≤ Σ_g (weight_g − need_g·u_g) + Σ_j x_j·s_j,   s_j = Σ_{g∋j} u_g

for every choice ``x``, however the multipliers were found. With a budget the right side is largest at a fractional
knapsack (maximal covering); asked for a cover of ``D`` it says what must be paid at least (partial covering); and for
full covering ``Σ need_g·u_g + Σ_j min(0, cost_j − s_j)`` bounds the cost from below for any ``u ≥ 0``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from guangcheng.planning.cover.model import Floats, Goal, Groups, Ints, Problem, summed

__all__ = ["Dual", "bound_of", "improve"]

_SAFETY = 1e-10
"""Relative allowance for the rounding of the sums."""
_CHECK = 60
"""Steps between two evaluations."""


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A bound with what it follows from."""

    bound: float
    """No choice covers more (maximal covering), or costs less, than this."""
    multipliers: Floats
    change: Floats
    """Worth of each site at the price of the budget: at least ``−change`` is lost by building a site where it is
    negative, at least ``change`` by leaving one out where it is positive (in units of the bound)."""
    lp: Floats
    """Fractional choice of the first-order method."""
    steps: int = 0


def _knapsack(sums: Floats, cost: Floats, budget: float) -> tuple[float, float]:
    """Most of Σ sums·x with Σ cost·x ≤ budget, 0 ≤ x ≤ 1, and the price of the budget (its dual value is exact)."""
    ratio = sums / np.maximum(cost, 1e-300)
    order = np.argsort(-ratio, kind="stable")
    spent = np.cumsum(cost[order])
    at = int(np.searchsorted(spent, budget, side="right"))
    price = float(ratio[order[at]]) if at < cost.size else 0.0
    # the dual form is a bound for any price, so rounding in the order above cannot hurt
    return price * budget + float(np.maximum(sums - price * cost, 0.0).sum()), price


def _least_cost(sums: Floats, cost: Floats, wanted: float) -> tuple[float, float]:
    """Least Σ cost·x with Σ sums·x ≥ wanted, 0 ≤ x ≤ 1 and the price of demand; inf where it cannot be reached."""
    if wanted <= 0:
        return 0.0, 0.0
    if sums.sum() < wanted * (1 - 1e-12):
        return np.inf, 0.0
    ratio = cost / np.maximum(sums, 1e-300)
    order = np.argsort(ratio, kind="stable")
    at = min(int(np.searchsorted(np.cumsum(sums[order]), wanted, side="left")), cost.size - 1)
    price = float(ratio[order[at]])
    return price * wanted + float(np.minimum(cost - price * sums, 0.0).sum()), price


def bound_of(problem: Problem, multipliers: Floats, sums: Floats | None = None) -> tuple[float, Floats]:
    """Evaluate the Lagrangian for any multipliers (clipped to where it is valid); return the bound and ``change``.

    Sites must be free: problems with forced or forbidden sites are reduced first.
    """
    groups = problem.groups
    if sums is None:
        u = np.clip(multipliers, 0.0, None if problem.goal is Goal.ALL else groups.weight / groups.need)
        s = summed(groups.members, np.repeat(u, groups.sizes()), groups.sites)
    else:
        u, s = multipliers, sums
    if problem.goal is Goal.ALL:
        change = s - problem.cost
        bound = float((groups.need * u).sum()) - float(np.maximum(change, 0.0).sum())
        return bound - abs(bound) * _SAFETY, change
    rest = float((groups.weight - groups.need * u).sum())
    if problem.goal is Goal.MOST:
        most, price = _knapsack(s, problem.cost, problem.limit)
        return (rest + most) * (1 + _SAFETY), s - price * problem.cost
    least, price = _least_cost(s, problem.cost, problem.limit - rest)
    return least * (1 - _SAFETY), price * s - problem.cost


def improve(
    problem: Problem,
    most_steps: int,
    stop: Callable[[float], bool],
    columns: tuple[Ints, Ints] | None = None,
    budget: float | None = None,
) -> Dual:
    """Tighten the bound for at most ``most_steps`` first-order steps or until ``stop(bound)`` says enough.

    Primal-dual hybrid gradient with row and column scaling, averaging and restarts. For partial covering the budget
    of the inner maximal problem follows the bound (``budget`` is where it starts).
    """
    from guangcheng.planning.cover.search import columns_of

    groups = problem.groups
    sf, sg = columns or columns_of(groups)
    return _Gradient(problem, groups, sf, sg, budget).run(most_steps, stop)


class _Gradient:
    """State of one run."""

    def __init__(self, problem: Problem, groups: Groups, sf: Ints, sg: Ints, budget: float | None) -> None:
        self.problem, self.groups, self.sf, self.sg = problem, groups, sf, sg
        self.pure = problem.goal is Goal.ALL
        n = groups.sites
        sizes = np.maximum(groups.sizes(), 1)
        weight = groups.weight
        if self.pure:
            # a row's multiplier is at most its cheapest site; that is also its natural scale
            weight = np.minimum.reduceat(problem.cost[groups.members], groups.first[:-1]) if groups.count else weight
            weight = np.maximum(weight, 1e-9)
            self.cap = np.full(groups.count, np.inf)
        else:
            self.cap = weight / groups.need
        column = summed(groups.members, np.repeat(np.maximum(weight, 1e-9), groups.sizes()), n)
        self.tau = 1.0 / np.maximum(column, 1e-9)
        self.sigma = np.maximum(weight, 1e-9) / sizes
        self.low = np.zeros(n)
        self.budget = problem.limit if problem.goal is Goal.MOST else (budget or 0.0)
        self.x, self.u = np.zeros(n), 0.5 * self.cap if not self.pure else weight / np.maximum(sizes, 1)
        if self.pure:
            self.x[:] = np.minimum(1.0, 1.0 / max(float(np.mean(sizes)), 1.0))
        else:
            self.x[:] = min(1.0, self.budget / max(float(problem.cost.sum()), 1e-9))
        self.mean_x, self.mean_u = self.x.copy(), self.u.copy()
        self.done, self.omega = 0, 1.0

    def gap(self, x: Floats, u: Floats) -> tuple[float, float, Floats]:
        """Duality gap of the inner problem (how far from optimal), the true bound and the changes."""
        from guangcheng.planning.cover import _dual

        groups, problem = self.groups, self.problem
        sums = np.empty(groups.sites)
        _dual.site_sums(self.sf, self.sg, u, sums)
        bound, change = bound_of(problem, u, sums)
        if self.pure:
            short = np.maximum(0.0, groups.need - np.add.reduceat(x[groups.members], groups.first[:-1]))
            primal = float(problem.cost @ x) + float((short * np.maximum(u, self.sigma)).sum())
            return primal - bound, bound, change
        inner = float((groups.weight - groups.need * u).sum()) + _knapsack(sums, problem.cost, self.budget)[0]
        return inner - _dual.reach(groups.first, groups.members, groups.weight, groups.need, x), bound, change

    def run(self, most_steps: int, stop: Callable[[float], bool]) -> Dual:
        """Step, check, restart."""
        from guangcheng.planning.cover import _dual

        problem, g = self.problem, self.groups
        sign = 1.0 if problem.goal is Goal.MOST else -1.0
        best = Dual(sign * np.inf, self.u.copy(), np.zeros(g.sites), self.x.copy())
        n = g.sites
        sums, y, ahead = np.empty(n), np.empty(n), np.empty(n)
        total = since = 0
        last_gap = np.inf
        start_x, start_u = self.x.copy(), self.u.copy()
        while total < most_steps:
            table = (
                g.first,
                g.members,
                self.sf,
                self.sg,
                self.cap,
                g.need,
                problem.cost,
                self.low,
                self.tau,
                self.sigma,
            )
            run = (self.x, self.u, self.mean_x, self.mean_u, self.done, sums, y, ahead)
            _dual.steps(_CHECK, self.pure, self.budget, self.omega, *table, *run)
            self.done += _CHECK
            total += _CHECK
            since += _CHECK
            found = [(*self.gap(x, u), x, u) for x, u in ((self.x, self.u), (self.mean_x, self.mean_u))]
            for _, bound, change, x, u in found:
                if sign * (bound - best.bound) < 0:
                    best = Dual(bound, u.copy(), change, x.copy(), total)
            if stop(best.bound):
                break
            gap, _, _, x, u = min(found, key=lambda item: item[0])
            if gap <= 0.4 * last_gap or since >= 0.4 * total or (gap <= 0.8 * last_gap and self.done > 20 * _CHECK):
                self._balance(x, u, start_x, start_u)
                self.x, self.u = x.copy(), u.copy()
                start_x, start_u = x.copy(), u.copy()
                self.mean_x, self.mean_u = x.copy(), u.copy()
                self.done, last_gap, since = 0, gap, 0
                if problem.goal is Goal.SHARE and np.isfinite(best.bound):
                    self.budget = max(best.bound, 0.0)
        return best

    def _balance(self, x: Floats, u: Floats, start_x: Floats, start_u: Floats) -> None:
        """Move the primal weight towards the ratio of the distances travelled, in the scaled norms."""
        dx = float(np.sqrt((((x - start_x) ** 2) / self.tau).sum()))
        du = float(np.sqrt((((u - start_u) ** 2) / self.sigma).sum()))
        if dx > 1e-12 and du > 1e-12:
            self.omega = float(np.exp(0.5 * np.log(du / dx) + 0.5 * np.log(self.omega)))
