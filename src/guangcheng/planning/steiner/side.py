"""Quota, budget and node costs: the exact programme directly, and a search by prices where it does not end."""

import math
from collections.abc import Callable

import numpy as np

from guangcheng.base.errors import OutsideKnowledge
from guangcheng.base.text import Text
from guangcheng.planning.steiner.cuts import available, solve_exactly
from guangcheng.planning.steiner.model import Ints, Problem

__all__ = ["solve_with_sides"]

_NODES = 2000


def solve_with_sides(problem: Problem, effort: int, left: Callable[[], float]) -> tuple[Ints, int, float]:
    """Edges, one spanned vertex and a bound for a problem with node costs, a quota or a budget.

    Raises ``OutsideKnowledge`` without the extra ``planning``, and when no tree was found: the quota cannot be met,
    the budget does not reach all required vertices, or the time was too short.
    """
    if not available():
        raise OutsideKnowledge(
            Text(
                "带配额、预算或点费用的问题需要 highspy", "problems with a quota, a budget or node costs need highspy"
            ),
            mend=Text("安装 guangcheng[planning]", "install guangcheng[planning]"),
        )
    exact = solve_exactly(problem, left=left, nodes=_NODES * min(effort, 1000))
    if not math.isfinite(exact.cost):
        raise OutsideKnowledge(
            Text("没有找到满足配额或预算的树", "no tree meets the quota or the budget"),
            mend=Text("降低配额、提高预算，或给更多时间", "lower the quota, raise the budget, or give more time"),
        )
    return np.asarray(exact.edges), exact.first, exact.bound
