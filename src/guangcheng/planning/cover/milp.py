"""Proof by mixed-integer programming on groups (HiGHS), always started from a good choice.

``z_g`` (group covered) is at most ``Σ_{j∋g} x_j / need_g``; with need 1 it may stay continuous, since whole ``x`` make
it whole. A time-out is reported as such: the answer carries HiGHS's own bound and is not called optimal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guangcheng.planning.cover.model import Floats, Goal, Problem, summed

__all__ = ["Model", "Proof", "model_of", "prove"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Minimise or maximise ``objective·v`` with ``low ≤ v ≤ high``, ``row_low ≤ A·v ≤ row_high``; A row-wise."""

    maximise: bool
    objective: Floats
    high: Floats
    integer: Bools
    first: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats
    row_low: Floats
    row_high: Floats
    whole: bool
    """Whether the objective of whole choices is a whole number."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What HiGHS found: values of the variables (``None``: nothing), its bound, whether it finished."""

    values: Floats | None
    bound: float
    optimal: bool
    infeasible: bool = False


def stacked(rows: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]]) -> tuple[Any, Any, Floats]:
    """Put blocks of rows (sizes, indices, values) one below the other."""
    sizes = np.concatenate([block[0] for block in rows])
    first = np.zeros(sizes.size + 1, dtype=np.int32)
    np.cumsum(sizes, out=first[1:])
    index = np.concatenate([block[1] for block in rows]).astype(np.int32)
    return first, index, np.concatenate([block[2] for block in rows])


def model_of(problem: Problem) -> Model:
    """State a covering problem without forced or forbidden sites; variables are sites, then groups."""
    groups, n = problem.groups, problem.groups.sites
    sizes = groups.sizes()
    if problem.goal is Goal.ALL:
        block = (sizes, groups.members.astype(np.int64), np.ones(groups.members.size))
        first, index, value = stacked([block])
        top = np.full(groups.count, np.inf)
        integer = np.ones(n, dtype=bool)
        need = groups.need.astype(np.float64)
        return Model(False, problem.cost, np.ones(n), integer, first, index, value, need, top, problem.whole)
    single = (sizes == 1) & (groups.need == 1)
    own = summed(groups.members[groups.first[:-1][single]], groups.weight[single], n)
    rows = np.flatnonzero(~single)
    k = rows.size
    ends = np.cumsum(sizes[rows] + 1) - 1
    size = int(ends[-1]) + 1 if k else 0
    index = np.empty(size, dtype=np.int64)
    value = np.full(size, -1.0)
    at_z = np.zeros(size, dtype=bool)
    at_z[ends] = True
    index[at_z] = n + np.arange(k)
    value[at_z] = groups.need[rows]
    index[~at_z] = groups.members[np.repeat(~single, sizes)]
    worth = np.concatenate([own, groups.weight[rows]])
    most = problem.goal is Goal.MOST
    numbers = np.concatenate([problem.cost, np.zeros(k)]) if most else worth
    held = np.flatnonzero(numbers)
    first, index, value = stacked(
        [(sizes[rows] + 1, index, value), (np.array([held.size]), held, numbers[held].astype(np.float64))]
    )
    row_low, row_high = np.full(k + 1, -np.inf), np.zeros(k + 1)
    row_low[-1], row_high[-1] = (-np.inf, problem.limit) if most else (problem.limit, np.inf)
    objective = worth if most else np.concatenate([problem.cost, np.zeros(k)])
    integer = np.concatenate([np.ones(n, dtype=bool), groups.need[rows] > 1])
    return Model(most, objective, np.ones(n + k), integer, first, index, value, row_low, row_high, problem.whole)


def _full(problem: Problem, chosen: Bools) -> Floats:
    """Values of all variables for a choice of sites."""
    groups = problem.groups
    if problem.goal is Goal.ALL:
        return chosen.astype(np.float64)
    single = (groups.sizes() == 1) & (groups.need == 1)
    covered = groups.hits(chosen) >= groups.need
    return np.concatenate([chosen, covered[~single]]).astype(np.float64)


def prove(
    problem: Problem,
    start: Bools,
    *,
    time_limit: float,
    threads: int = 1,
    seed: int = 0,
    relative_gap: float = 0.0,
    stop: Callable[[], bool] | None = None,
) -> tuple[Bools | None, Proof]:
    """Run HiGHS from ``start`` for at most ``time_limit`` seconds; return the best choice (rounded) and the proof."""
    model = model_of(problem)
    proof = run(
        model,
        _full(problem, start),
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        relative_gap=relative_gap,
        stop=stop,
    )
    return (None if proof.values is None else proof.values[: problem.groups.sites] > 0.5), proof


def run(
    model: Model,
    start: Floats | None,
    *,
    time_limit: float,
    threads: int = 1,
    seed: int = 0,
    relative_gap: float = 0.0,
    stop: Callable[[], bool] | None = None,
) -> Proof:
    """Hand the model to HiGHS; ``stop`` is asked now and then and ends the run when it says so."""
    import highspy

    made: Any = highspy.Highs
    h = made()
    # HiGHS refuses to run with another number of threads than the last time, unless told to forget it
    made.resetGlobalScheduler(True)
    for name, option in _options(model, time_limit, threads, seed, relative_gap).items():
        h.setOptionValue(name, option)
    h.passModel(_lp(highspy, model))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solution.value_valid = True
        h.setSolution(solution)
    if stop is not None:
        h.cbMipInterrupt.subscribe(lambda event: event.interrupt() if stop() else None)
    ran = h.run() != highspy.HighsStatus.kError
    status, info = h.getModelStatus(), h.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(h.getSolution().col_value) if found else None
    # a solver is believed only as far as its figures agree with the values it gives and with each other
    sound = values is None or agrees(float(model.objective @ values), float(info.objective_function_value))
    optimal = status == highspy.HighsModelStatus.kOptimal and sound
    infeasible = status == highspy.HighsModelStatus.kInfeasible
    known = {"kOptimal", "kTimeLimit", "kInterrupt", "kObjectiveTarget", "kObjectiveBound"}
    nothing = np.inf if model.maximise else -np.inf
    bound = float(info.mip_dual_bound) if ran and sound and status.name in known else nothing
    return Proof(values, bound, optimal, infeasible)


def agrees(own: float, told: float) -> bool:
    """Whether the value of a choice computed anew is the one the solver claims, within its tolerances."""
    return abs(own - told) <= 0.5 + 1e-6 * abs(own)


def _options(model: Model, time_limit: float, threads: int, seed: int, relative_gap: float) -> dict[str, Any]:
    return {
        "output_flag": False,
        "time_limit": max(time_limit, 0.01),
        "threads": threads,
        "random_seed": seed,
        "mip_rel_gap": relative_gap,
        "mip_abs_gap": 0.999 if model.whole else 1e-9,
    }


def _lp(highspy: Any, model: Model) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.objective.size, model.row_low.size
    lp.sense_ = highspy.ObjSense.kMaximize if model.maximise else highspy.ObjSense.kMinimize
    lp.col_cost_ = model.objective.astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(model.objective.size), model.high
    lp.row_lower_, lp.row_upper_ = model.row_low, model.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = model.first, model.index, model.value
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(flag)] for flag in model.integer]
    return lp
