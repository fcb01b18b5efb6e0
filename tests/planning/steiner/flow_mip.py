"""An exact programme of its own kind (one flow from a source), to hold the cuts against."""

import math

import numpy as np

from guangcheng.planning.steiner.model import Problem


def flow_optimum(problem: Problem) -> float:
    """The least cost, quota, budget and node costs included; infinite when there is no tree.

    Every spanned vertex takes one unit of a flow that enters the tree at its one root.
    """
    import highspy

    net = problem.network
    m, n = net.edges, net.vertices
    # columns: x per arc (2m), f per arc (2m), y per vertex, r per vertex (root)
    columns = 4 * m + 2 * n
    high = np.concatenate([np.ones(2 * m), np.full(2 * m, float(n)), np.ones(2 * n)])
    low = np.zeros(columns)
    low[4 * m : 4 * m + n][problem.required] = 1.0
    prize = np.where(np.isfinite(problem.prize), problem.prize, 0.0)
    node = np.zeros(n) if problem.node_cost is None else problem.node_cost
    built = np.concatenate([net.cost, net.cost, np.zeros(2 * m), node, np.zeros(n)])
    prizes = np.concatenate([np.zeros(4 * m), prize, np.zeros(n)])
    constant = float(prize.sum())
    cost = built - prizes
    if problem.quota is not None:
        cost, constant = built, 0.0
    elif problem.budget is not None:
        cost = -prizes
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.addVars(columns, low, high)
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), cost)
    whole = np.concatenate([np.arange(2 * m), np.arange(4 * m, columns)]).astype(np.int32)
    highs.changeColsIntegrality(whole.size, whole, np.full(whole.size, highspy.HighsVarType.kInteger))

    def row(lower: float, upper: float, entries: dict[int, float]) -> None:
        highs.addRow(lower, upper, len(entries), np.array(list(entries), dtype=np.int32), np.array([*entries.values()]))

    starts = np.flatnonzero(problem.required | (problem.prize > 0)).tolist()
    row(1, 1, {4 * m + n + v: 1.0 for v in starts})
    row(1, 1, {4 * m + n + v: 1.0 for v in range(n)})
    into: list[list[int]] = [[] for _ in range(n)]
    out: list[list[int]] = [[] for _ in range(n)]
    for e, (u, v) in enumerate(zip(net.tail.tolist(), net.head.tolist(), strict=True)):
        into[v].append(e)
        out[u].append(e)
        into[u].append(m + e)
        out[v].append(m + e)
        for arc, far in ((e, u), (m + e, v)):
            row(-math.inf, 0, {2 * m + arc: 1.0, arc: -(n - 1.0)})
            row(-math.inf, 0, {arc: 1.0, 4 * m + far: -1.0})
    for v in range(n):
        root, y = 4 * m + n + v, 4 * m + v
        row(0, 0, {**dict.fromkeys(into[v], 1.0), root: 1.0, y: -1.0})
        flow = {**{2 * m + a: 1.0 for a in into[v]}, **{2 * m + a: -1.0 for a in out[v]}}
        row(0, math.inf, {**flow, y: -1.0, root: float(n)})
    if problem.quota is not None:
        row(problem.quota, math.inf, {4 * m + v: float(prize[v]) for v in np.flatnonzero(prize).tolist()})
    if problem.budget is not None:
        row(-math.inf, problem.budget, {i: float(built[i]) for i in np.flatnonzero(built).tolist()})
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return math.inf
    return float(highs.getInfo().objective_function_value) + constant
