"""Several operators on shared sites: the structure is paid once, each operator's equipment where it goes.

``min Σ_j structure_j·y_j + Σ_jk equipment_jk·x_jk`` with ``x_jk ≤ y_j`` and, for every operator ``k``, covered demand
at least its target. Built separately every operator pays its own structures; the difference is what sharing saves.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guangcheng.planning.cover import milp
from guangcheng.planning.cover.model import Floats, Goal, Groups, Problem
from guangcheng.planning.cover.recipe import Recipe
from guangcheng.planning.cover.solve import Plan, solve

__all__ = ["Shared", "SharedAnswer", "draw_shared", "solve_shared"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """One problem: operators' groups have the same sites in the same order."""

    groups: tuple[Groups, ...]
    structure: Floats
    equipment: Floats
    """Operators × sites."""
    targets: tuple[float, ...]

    def cost(self, chosen: Bools) -> float:
        """Cost of a choice (operators × sites), structures shared."""
        return float(self.structure[chosen.any(axis=0)].sum() + self.equipment[chosen].sum())

    def feasible(self, chosen: Bools) -> bool:
        """Whether every operator reaches its target."""
        rows = zip(self.groups, chosen, self.targets, strict=True)
        return all(groups.covered(flags) >= target * (1 - 1e-12) for groups, flags, target in rows)


@dataclass(frozen=True, slots=True, eq=False)
class SharedAnswer:
    """Sites per operator with cost and bound; ``separate`` is what the operators would pay alone."""

    chosen: tuple[tuple[int, ...], ...]
    value: float
    bound: float
    proven_optimal: bool
    seconds: float
    separate: float

    @property
    def gap(self) -> float:
        """(value − bound)/value."""
        return max(0.0, (self.value - self.bound) / self.value) if self.value else 0.0


def draw_shared(recipe: Recipe, radius: float, share: float, operators: int, *, threads: int = 1) -> Shared:
    """Extend the recipe to several operators.

    Structures cost 10…100 as the recipe's sites. Behind its last draw follow, per operator, the demand of every
    customer (the first operator keeps the recipe's), then per operator and site the equipment, ``rand() % 16 + 5``.
    """
    m = recipe.customers
    streams = [recipe.demands] + [recipe.beyond(k * m) for k in range(operators - 1)]
    groups = tuple(recipe.groups(radius, threads=threads, demands=stream) for stream in streams)
    drawn, _ = recipe.beyond((operators - 1) * m).draw(operators * recipe.sites)
    equipment = (drawn.astype(np.int64) % 16 + 5).astype(np.float64).reshape(operators, recipe.sites)
    low, high = recipe.cost or (10, 100)
    return Shared(groups, recipe.site_costs(low, high), equipment, tuple(share * g.demand for g in groups))


def _alone(shared: Shared, k: int, built: Bools, plan: Plan, clock: Callable[[], float]) -> tuple[Bools, float]:
    """Best choice of one operator where the structures ``built`` cost nothing."""
    cost = shared.equipment[k] + np.where(built, 0.0, shared.structure)
    found = solve(Problem(shared.groups[k], cost, Goal.SHARE, shared.targets[k]), plan, clock=clock)
    flags = np.zeros(cost.size, dtype=bool)
    flags[list(found.chosen)] = True
    return flags, found.value


def _start(shared: Shared, plan: Plan, clock: Callable[[], float]) -> tuple[Bools, float]:
    """One operator after the other on what stands, twice round; also the sum of what they would pay alone."""
    n = shared.structure.size
    none = np.zeros(n, dtype=bool)
    alone = [_alone(shared, k, none, plan, clock) for k in range(len(shared.groups))]
    chosen = np.array([flags for flags, _ in alone])
    best = chosen.copy()
    for turn in range(2 * len(shared.groups)):
        k = turn % len(shared.groups)
        others = np.asarray(np.delete(chosen, k, axis=0).any(axis=0))
        chosen[k], _ = _alone(shared, k, others, plan, clock)
        if shared.cost(chosen) < shared.cost(best):
            best = chosen.copy()
    return best, sum(value for _, value in alone)


def model_of(shared: Shared) -> milp.Model:
    """Variables: structures, then equipment per operator, then groups per operator."""
    n, operators = shared.structure.size, len(shared.groups)
    blocks, lows = [], []
    at_z = n + operators * n
    for k, groups in enumerate(shared.groups):
        sizes = groups.sizes()
        x = n + k * n
        ends = np.cumsum(sizes + 1) - 1
        index = np.empty(int(sizes.sum()) + groups.count, dtype=np.int64)
        value = np.ones(index.size)
        last = np.zeros(index.size, dtype=bool)
        last[ends] = True
        index[last], value[last] = at_z + np.arange(groups.count), -1.0
        index[~last] = x + groups.members
        blocks.append((sizes + 1, index, value))
        lows.append(np.zeros(groups.count))
        pairs = np.column_stack([np.arange(n), x + np.arange(n)]).ravel()
        blocks.append((np.full(n, 2), pairs, np.tile([1.0, -1.0], n)))
        lows.append(np.zeros(n))
        blocks.append((np.array([groups.count]), at_z + np.arange(groups.count), groups.weight))
        lows.append(np.array([shared.targets[k]]))
        at_z += groups.count
    first, index, value = milp.stacked(blocks)
    low = np.concatenate(lows)
    objective = np.concatenate([shared.structure, shared.equipment.ravel(), np.zeros(at_z - n - operators * n)])
    integer = np.arange(at_z) < n + operators * n
    whole = bool((objective == np.rint(objective)).all())
    return milp.Model(
        False, objective, np.ones(at_z), integer, first, index, value, low, np.full(low.size, np.inf), whole
    )


def solve_shared(shared: Shared, plan: Plan, *, clock: Callable[[], float]) -> SharedAnswer:
    """Operators in turn for a start, then HiGHS on all together."""
    began = clock()
    n, operators = shared.structure.size, len(shared.groups)
    quick = Plan(time_limit=max(plan.time_limit * 0.02, 0.5), seed=plan.seed, threads=plan.threads, enough=1e-3)
    start, separate = _start(shared, quick, clock)
    covered = [groups.hits(flags) >= groups.need for groups, flags in zip(shared.groups, start, strict=True)]
    values = np.concatenate([start.any(axis=0), start.ravel(), *covered]).astype(np.float64)
    left = plan.time_limit - (clock() - began)
    proof = milp.run(
        model_of(shared), values, time_limit=left, threads=plan.threads, seed=plan.seed, relative_gap=plan.enough
    )
    best = start
    if proof.values is not None:
        found = proof.values[n : n + operators * n].reshape(operators, n) > 0.5
        if shared.feasible(found) and shared.cost(found) <= shared.cost(best):
            best = found
    value = shared.cost(best)
    bound = min(value, float(np.ceil(proof.bound - 1e-6)) if (value == np.rint(value)) else proof.bound)
    proven = bool(bound >= value) or (proof.optimal and plan.enough == 0.0)
    sites = tuple(tuple(int(j) for j in np.flatnonzero(flags)) for flags in best)
    return SharedAnswer(sites, value, value if proven else bound, proven, clock() - began, separate)
