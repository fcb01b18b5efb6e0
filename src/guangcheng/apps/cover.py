"""``solve cover``: read or draw an instance, state the problem asked for, solve it, and say it in one dictionary."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from guangcheng.apps.foreign import foreign_output_to_stderr
from guangcheng.apps.meter import seconds
from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text
from guangcheng.planning.cover.capacity import draw_capacitated, served, solve_capacitated
from guangcheng.planning.cover.formats import read_instance
from guangcheng.planning.cover.merge import groups_of_points
from guangcheng.planning.cover.model import Answer, Floats, Goal, Groups, Problem
from guangcheng.planning.cover.operators import draw_shared, solve_shared
from guangcheng.planning.cover.recipe import PREFIX, Recipe
from guangcheng.planning.cover.solve import Plan, solve

__all__ = ["Asked", "run_cover"]

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked on the command line; ``share`` is a fraction."""

    source: str
    budget: float | None = None
    sites: int | None = None
    share: float | None = None
    radius: float | None = None
    plan: Plan = field(default_factory=Plan)
    fewest: bool = False
    need: int = 1
    forced: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()
    operators: int = 1
    capacitated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """Groups with costs and the ids of sites, however they came about."""

    kind: str
    ids: tuple[int, ...]
    groups: Groups
    cost: Floats
    phases: dict[str, float]


def run_cover(asked: Asked) -> Result:
    """Solve and return the ``solve-cover`` object; raises the errors of :mod:`guangcheng.base.errors`."""
    _check(asked)
    began = seconds()
    _load()
    loaded = seconds() - began
    with foreign_output_to_stderr():
        result = _run(asked)
    return result | {"phases": {"load": round(loaded, 3)} | result["phases"]}


@cache
def _load() -> None:
    """Load the compiled loops (the first time ever: make them) by a problem of four sites, so that times are ours."""
    groups = Recipe(4, 50, 1).groups(12.0)
    for goal in Goal:
        solve(Problem(groups, np.ones(4), goal, 2.0), Plan(time_limit=0.02, threads=1), clock=seconds)


def _run(asked: Asked) -> Result:
    if asked.operators > 1:
        return _operators(asked)
    if asked.capacitated:
        return _capacitated(asked)
    loaded = _recipe(asked) if asked.source.startswith(PREFIX) else _file(asked)
    with _interruptible() as stop:
        answer = solve(_problem(asked, loaded), asked.plan, clock=seconds, stop=stop)
    scan = loaded.phases.get("scan", 0.0)
    timed = answer.timed(answer.seconds + scan, **loaded.phases)
    return _told(timed, loaded)


def _check(asked: Asked) -> None:
    if sum(value is not None for value in (asked.budget, asked.sites, asked.share)) > 1:
        raise UsageError(
            Text(zh="--budget、--sites、--share 只能给一个", en="give only one of --budget, --sites and --share"),
            mend=Text(zh="都不给就是全部覆盖", en="none of them means that everything is covered"),
        )
    extended = asked.operators > 1 or asked.capacitated
    if extended and not (asked.source.startswith(PREFIX) and asked.share is not None):
        raise UsageError(
            Text(
                zh="--operators、--capacitated 用于 cordeau: 算例和 --share",
                en="--operators and --capacitated go with a cordeau: instance and --share",
            ),
            mend=Text(
                zh="例如 cordeau:n=100,m=1e6,seed=1 --radius 4.5 --share 90%",
                en="such as cordeau:n=100,m=1e6,seed=1 --radius 4.5 --share 90%",
            ),
        )
    if asked.operators > 1 and asked.capacitated:
        raise UsageError(
            Text(zh="--operators 和 --capacitated 不能同时用", en="--operators and --capacitated exclude each other"),
            mend=Text(zh="去掉一个", en="leave one out"),
        )


def _radius(asked: Asked, own: float | None = None) -> float:
    radius = asked.radius if asked.radius is not None else own
    if radius is None:
        raise UsageError(
            Text(zh="没有给覆盖半径", en="no radius was given"),
            mend=Text(
                zh="加 --radius，单位与坐标相同（经纬度时为米）", en="add --radius, in the unit of the coordinates"
            ),
        )
    return radius


def _costs(asked: Asked, recipe: Recipe) -> Floats:
    """As published: partial covering draws 10…100 (on the 30-grid), everything else counts sites."""
    published = (10, 100) if asked.share is not None and recipe.grid == 30.0 else (1, 1)
    low, high = recipe.cost or published
    return np.ones(recipe.sites) if low == high == 1 else recipe.site_costs(low, high)


def _recipe(asked: Asked) -> _Loaded:
    recipe = Recipe.parse(asked.source)
    began = seconds()
    groups = recipe.groups(_radius(asked, recipe.radius), threads=asked.plan.threads)
    if asked.need > 1:
        groups = replace(groups, need=np.full(groups.count, asked.need))
        groups = _reachable(groups)
    ids = tuple(range(1, recipe.sites + 1))
    return _Loaded("cordeau", ids, groups, _costs(asked, recipe), {"scan": seconds() - began})


def _reachable(groups: Groups) -> Groups:
    """Drop groups fewer sites reach than they need."""
    from guangcheng.planning.cover.merge import groups_of_sets

    kept = groups_of_sets(groups.sites, groups.first, groups.members, groups.weight, groups.points, groups.need)
    return replace(kept, lost=kept.lost + groups.lost, lost_points=kept.lost_points + groups.lost_points)


def _file(asked: Asked) -> _Loaded:
    began = seconds()
    read = read_instance(Path(asked.source))
    parsed = seconds()
    groups = groups_of_points(
        read.site_x,
        read.site_y,
        read.x,
        read.y,
        read.demand,
        _radius(asked),
        need=np.full(read.x.size, asked.need),
        distance=read.distance,
    )
    phases = {"parse": parsed - began, "scan": seconds() - parsed}
    return _Loaded(read.format, read.site_ids, groups, read.site_cost, phases)


def _problem(asked: Asked, loaded: _Loaded) -> Problem:
    numbers = {site: at for at, site in enumerate(loaded.ids)}
    unknown = sorted(set(asked.forced + asked.forbidden) - numbers.keys())
    if unknown:
        raise UsageError(
            Text(zh=f"没有编号为 {unknown[0]} 的站点", en=f"there is no site {unknown[0]}"),
            mend=Text(zh="用文件里的编号，没有编号的按行从 1 数起", en="use the file's ids, or line numbers from 1"),
        )
    forced = tuple(sorted({numbers[site] for site in asked.forced}))
    forbidden = tuple(sorted({numbers[site] for site in asked.forbidden}))
    ones = np.ones(loaded.groups.sites)
    if asked.sites is not None:
        return Problem(loaded.groups, ones, Goal.MOST, float(asked.sites), forced=forced, forbidden=forbidden)
    if asked.budget is not None:
        return Problem(loaded.groups, loaded.cost, Goal.MOST, asked.budget, forced=forced, forbidden=forbidden)
    cost = ones if asked.fewest else loaded.cost
    if asked.share is None or asked.share >= 1.0:
        return Problem(loaded.groups, cost, Goal.ALL, forced=forced, forbidden=forbidden)
    return Problem(
        loaded.groups, cost, Goal.SHARE, asked.share * loaded.groups.demand, forced=forced, forbidden=forbidden
    )


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def _told(answer: Answer, loaded: _Loaded) -> Result:
    groups = loaded.groups
    chosen = np.zeros(groups.sites, dtype=bool)
    chosen[list(answer.chosen)] = True
    return {
        "sites": [loaded.ids[j] for j in answer.chosen],
        "value": _number(answer.value),
        "bound": _number(answer.bound),
        "gap": answer.gap,
        "seconds": round(answer.seconds, 3),
        "proven_optimal": answer.proven_optimal,
        "goal": answer.goal.value,
        "cost": _number(float(loaded.cost[chosen].sum())),
        "covered": _number(groups.covered(chosen)),
        "demand": _number(groups.demand),
        "unreachable": {"demand": _number(groups.lost), "points": groups.lost_points},
        "points": int(groups.points.sum()) + groups.lost_points,
        "groups": groups.count,
        "format": loaded.kind,
        "seed": answer.seed,
        "stopped": answer.stopped,
        "phases": {name: round(value, 3) for name, value in answer.phases.items()},
    }


def _capacitated(asked: Asked) -> Result:
    recipe = Recipe.parse(asked.source)
    began = seconds()
    radius, share = _radius(asked, recipe.radius), asked.share or 1.0
    problem = draw_capacitated(recipe, radius, share, threads=asked.plan.threads)
    scan = seconds() - began
    answer = solve_capacitated(problem, asked.plan, clock=seconds)
    ids = tuple(range(1, recipe.sites + 1))
    loaded = _Loaded("cordeau", ids, problem.groups, problem.cost, {})
    flags = np.zeros(recipe.sites, dtype=bool)
    flags[list(answer.chosen)] = True
    told = _told(answer.timed(answer.seconds + scan, scan=scan), loaded)
    return told | {"covered": round(served(problem, flags), 3)}


def _operators(asked: Asked) -> Result:
    recipe = Recipe.parse(asked.source)
    began = seconds()
    radius, share = _radius(asked, recipe.radius), asked.share or 1.0
    shared = draw_shared(recipe, radius, share, asked.operators, threads=asked.plan.threads)
    scan = seconds() - began
    answer = solve_shared(shared, asked.plan, clock=seconds)
    flags = np.zeros((asked.operators, recipe.sites), dtype=bool)
    for k, sites in enumerate(answer.chosen):
        flags[k, list(sites)] = True
    covered = [groups.covered(row) for groups, row in zip(shared.groups, flags, strict=True)]
    first = shared.groups[0]
    return {
        "sites": [int(j) + 1 for j in np.flatnonzero(flags.any(axis=0))],
        "value": _number(answer.value),
        "bound": _number(answer.bound),
        "gap": answer.gap,
        "seconds": round(answer.seconds + scan, 3),
        "proven_optimal": answer.proven_optimal,
        "goal": Goal.SHARE.value,
        "cost": _number(answer.value),
        "covered": _number(sum(covered)),
        "demand": _number(sum(groups.demand for groups in shared.groups)),
        "unreachable": {"demand": _number(sum(g.lost for g in shared.groups)), "points": first.lost_points},
        "points": recipe.customers,
        "groups": sum(groups.count for groups in shared.groups),
        "format": "cordeau",
        "seed": asked.plan.seed,
        "stopped": "proved" if answer.proven_optimal else "gap" if answer.gap <= asked.plan.enough else "time",
        "phases": {"scan": round(scan, 3), "proof": round(answer.seconds, 3)},
        "operators": [[j + 1 for j in sites] for sites in answer.chosen],
        "separate": _number(answer.separate),
    }


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Take the first Ctrl-C as a wish for the answer now; a second one ends the program as usual."""
    pressed = False

    def heard(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    try:
        before = signal.signal(signal.SIGINT, heard)
    except ValueError:  # not the main thread: whoever runs us there decides
        yield lambda: False
        return
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)
