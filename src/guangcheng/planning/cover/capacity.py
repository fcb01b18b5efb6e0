"""Partial covering by sites of limited capacity: demand is served, not only reached.

``min Σ cost_j·x_j`` with flows ``y_gj ≥ 0`` from groups to sites that reach them, ``Σ_j y_gj ≤ weight_g``,
``Σ_g y_gj ≤ capacity_j·x_j`` and ``Σ y ≥ target``. The demand of one group, and so of one point, may be shared between
sites. Groups are merged first, so the size does not grow with the points.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.cover import milp
from guangcheng.planning.cover.model import Answer, Floats, Goal, Groups, summed
from guangcheng.planning.cover.recipe import Recipe
from guangcheng.planning.cover.solve import Plan

__all__ = ["Capacitated", "draw_capacitated", "served", "solve_capacitated"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Capacitated:
    """Groups, cost and capacity per site, and the demand that must be served."""

    groups: Groups
    cost: Floats
    capacity: Floats
    target: float


def draw_capacitated(recipe: Recipe, radius: float, share: float, *, threads: int = 1) -> Capacitated:
    """Extend the recipe by capacities, drawn behind its last draw.

    ``⌊W/n·(rand() % 301 + 200)/100⌋`` with ``W`` all demand and ``n`` sites: two to five times the mean demand per
    site. Costs 10…100 as in the recipe.
    """
    groups = recipe.groups(radius, threads=threads)
    drawn, _ = recipe.beyond().draw(recipe.sites)
    capacity = np.floor(groups.demand / recipe.sites * (drawn.astype(np.int64) % 301 + 200) / 100)
    low, high = recipe.cost or (10, 100)
    return Capacitated(groups, recipe.site_costs(low, high), capacity, share * groups.demand)


def served(problem: Capacitated, chosen: Bools) -> float:
    """Most demand the chosen sites can serve (a linear program over their groups)."""
    return float(_flows(problem, chosen).sum()) * _unit(problem)


def _flows(problem: Capacitated, chosen: Bools) -> Floats:
    """Flows from groups to sites, as the entries of the groups, that serve most."""
    model = model_of(problem)
    n = problem.cost.size
    flows = model.objective.size - n
    limit = model.row_high.copy()
    rows = problem.groups.count
    limit[rows : rows + n] = np.where(chosen, problem.capacity / _unit(problem), 0.0)
    keep = np.repeat(np.arange(rows + n + 1), np.diff(model.first)) < rows + n
    inner = keep & (model.index >= n)
    sizes = np.bincount(np.repeat(np.arange(rows + n + 1), np.diff(model.first))[inner], minlength=rows + n)
    first = np.zeros(rows + n + 1, dtype=np.int32)
    np.cumsum(sizes[: rows + n], out=first[1:])
    lp = milp.Model(
        True,
        np.ones(flows),
        np.full(flows, np.inf),
        np.zeros(flows, dtype=bool),
        first,
        (model.index[inner] - n).astype(np.int32),
        model.value[inner],
        np.full(rows + n, -np.inf),
        limit[: rows + n],
        False,
    )
    found = milp.run(lp, None, time_limit=600.0)
    return np.zeros(flows) if found.values is None else found.values


def _unit(problem: Capacitated) -> float:
    return float(problem.groups.weight.mean()) if problem.groups.count else 1.0


def model_of(problem: Capacitated) -> milp.Model:
    """Variables: sites, then flows group by group; rows: groups, capacities, target.

    Flows are counted in mean group weights (:func:`_unit`), which keeps the numbers near one.
    """
    groups, n = problem.groups, problem.cost.size
    unit = _unit(problem)
    weight, capacity = groups.weight / unit, problem.capacity / unit
    size = groups.members.size
    order = np.argsort(groups.members, kind="stable")
    per_site = np.bincount(groups.members, minlength=n)
    # capacity rows: Σ flows − capacity·x ≤ 0, the flows of a site first, then the site
    ends = np.cumsum(per_site + 1) - 1
    index = np.empty(size + n, dtype=np.int64)
    value = np.ones(size + n)
    last = np.zeros(size + n, dtype=bool)
    last[ends] = True
    index[last], value[last] = np.arange(n), -capacity
    index[~last] = n + order
    blocks = [
        (groups.sizes(), n + np.arange(size), np.ones(size)),
        (per_site + 1, index, value),
        (np.array([size]), n + np.arange(size), np.ones(size)),
    ]
    first, columns, values = milp.stacked(blocks)
    low = np.concatenate([np.full(groups.count + n, -np.inf), [problem.target / unit]])
    high = np.concatenate([weight, np.zeros(n), [np.inf]])
    objective = np.concatenate([problem.cost, np.zeros(size)])
    top = np.concatenate([np.ones(n), np.repeat(weight, groups.sizes())])
    whole = bool((problem.cost == np.rint(problem.cost)).all())
    integer = np.arange(n + size) < n
    return milp.Model(False, objective, top, integer, first, columns, values, low, high, whole)


def _start(problem: Capacitated) -> Bools:
    """Add sites by served demand per cost, each serving what is left, most first; an upper start, always checked."""
    groups, n = problem.groups, problem.cost.size
    left = groups.weight.copy()
    rows = np.repeat(np.arange(groups.count), groups.sizes())
    chosen = np.zeros(n, dtype=bool)
    total = 0.0
    while total < problem.target and not chosen.all():
        reach = summed(groups.members, left[rows], n)
        worth = np.minimum(reach, problem.capacity) / np.maximum(problem.cost, 1e-9)
        worth[chosen] = -1.0
        j = int(np.argmax(worth))
        mine = rows[groups.members == j]
        # first the groups few other sites reach
        mine = mine[np.argsort(groups.sizes()[mine], kind="stable")]
        take = np.minimum(left[mine], np.maximum(0.0, problem.capacity[j] - (np.cumsum(left[mine]) - left[mine])))
        left[mine] -= take
        total += float(take.sum())
        chosen[j] = True
    return chosen


def solve_capacitated(problem: Capacitated, plan: Plan, *, clock: Callable[[], float]) -> Answer:
    """Greedy for a start, HiGHS for the rest; raises :class:`InputError` where all sites together serve too little."""
    began = clock()
    n = problem.cost.size
    most = served(problem, np.ones(n, dtype=bool))
    if most < problem.target * (1 - 1e-9):
        share = most / problem.groups.demand if problem.groups.demand else 0.0
        raise InputError(
            Text(zh=f"全部站点都建也只能服务 {share:.4%} 的需求", en=f"all sites together serve only {share:.4%}"),
            mend=Text(zh="降低 --share 或加大 --radius", en="lower --share or raise --radius"),
        )
    start = _start(problem)
    flows = _flows(problem, start)
    if flows.sum() * _unit(problem) < problem.target:
        start = np.ones(n, dtype=bool)
        flows = _flows(problem, start)
    model = model_of(problem)
    hint = np.concatenate([start.astype(np.float64), flows])
    left = plan.time_limit - (clock() - began)
    proof = milp.run(model, hint, time_limit=left, threads=plan.threads, seed=plan.seed, relative_gap=plan.enough)
    chosen = start if proof.values is None else proof.values[:n] > 0.5
    if float(problem.cost[chosen].sum()) > float(problem.cost[start].sum()):
        chosen = start
    value = float(problem.cost[chosen].sum())
    bound = min(value, float(np.ceil(proof.bound - 1e-6)) if model.whole else proof.bound)
    proven = bool(bound >= value) or (proof.optimal and plan.enough == 0.0)
    stopped = "proved" if proven else "gap" if proof.optimal else "time"
    sites = tuple(int(j) for j in np.flatnonzero(chosen))
    seconds = clock() - began
    return Answer(
        sites,
        value,
        value if proven else bound,
        proven,
        seconds,
        plan.seed,
        stopped,
        {"proof": seconds},
        (),
        Goal.SHARE,
    )
