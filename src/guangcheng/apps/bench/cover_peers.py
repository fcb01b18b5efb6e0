"""Other tools asked the same maximal covering problem, each in its own process with a limit on time and memory.

Written to be run as a file by any Python (OR-tools must not share a process with highspy, so it may live elsewhere):
reads an instance (``.npz``), writes ``{"sites", "value", "status", "seconds"}`` as JSON, imports nothing of ours. What
a peer claims is not believed: the caller counts the demand its sites cover anew.
"""

import json
import resource
import sys
import time
from importlib import import_module
from typing import Any

import numpy as np

PEERS = {"spopt-highs": "spopt", "spopt-cbc": "spopt", "highs": "highspy", "ortools-cpsat": "ortools"}
"""What is asked, and the package it needs."""
MEMORY_BYTES = 8 << 30


def spopt(given: Any, limit: float, solver: str) -> dict[str, Any]:
    """``MCLP`` from a cost matrix, as its documentation shows, solved through PuLP."""
    pulp: Any = import_module("pulp")
    locate: Any = import_module("spopt.locate")
    distances = np.hypot(given["x"][:, None] - given["sx"], given["y"][:, None] - given["sy"])
    model = locate.MCLP.from_cost_matrix(distances, given["demand"], float(given["radius"]), int(given["p"]))
    cbc, highs = pulp.PULP_CBC_CMD, pulp.HiGHS
    model.solve(cbc(msg=False, timeLimit=limit) if solver == "cbc" else highs(msg=False, timeLimit=limit))
    chosen = [j for j, variable in enumerate(model.fac_vars) if (variable.value() or 0.0) > 0.5]
    value = pulp.value(model.problem.objective)
    return {"sites": chosen, "value": value, "status": pulp.LpStatus[model.problem.status]}


def highs(given: Any, limit: float) -> dict[str, Any]:
    """The compact model, one row a customer, handed to HiGHS itself."""
    highspy: Any = import_module("highspy")
    n, m, first, members = _reach(given)
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("time_limit", limit)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n + m, m + 1
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([np.zeros(n), given["demand"]]).astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(n + m), np.ones(n + m)
    lp.row_lower_ = np.full(m + 1, -np.inf)
    lp.row_upper_ = np.concatenate([np.zeros(m), [float(given["p"])]])
    sizes = np.diff(first) + 1
    start = np.concatenate([[0], np.cumsum(sizes), [int(sizes.sum()) + n]])
    index = np.insert(members, first[1:], n + np.arange(m))
    value = np.insert(np.full(members.size, -1.0), first[1:], 1.0)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = start.astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([index, np.arange(n)]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([value, np.ones(n)])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * n + [highspy.HighsVarType.kContinuous] * m
    h.passModel(lp)
    h.run()
    values = np.array(h.getSolution().col_value)
    status = h.modelStatusToString(h.getModelStatus())
    chosen = np.flatnonzero(values[:n] > 0.5).tolist()
    return {"sites": chosen, "value": float(h.getInfo().objective_function_value), "status": status}


def ortools(given: Any, limit: float) -> dict[str, Any]:
    """CP-SAT on the same compact model."""
    cp: Any = import_module("ortools.sat.python.cp_model")
    n, m, first, members = _reach(given)
    model = cp.CpModel()
    build = [model.new_bool_var(f"x{j}") for j in range(n)]
    covered = [model.new_bool_var(f"z{i}") for i in range(m)]
    for i in range(m):
        near = [build[j] for j in members[first[i] : first[i + 1]].tolist()]
        model.add_bool_or([*near, covered[i].negated()])
    model.add(sum(build) <= int(given["p"]))
    model.maximize(cp.LinearExpr.weighted_sum(covered, given["demand"].astype(int).tolist()))
    solver = cp.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = 2
    status = solver.status_name(solver.solve(model))
    found = status in ("OPTIMAL", "FEASIBLE")
    chosen = [j for j in range(n) if found and solver.value(build[j])]
    return {"sites": chosen, "value": float(solver.objective_value) if found else None, "status": status}


def _reach(given: Any) -> tuple[int, int, Any, Any]:
    """Sites within the radius of each customer, customer by customer."""
    near = (given["x"][:, None] - given["sx"]) ** 2 + (given["y"][:, None] - given["sy"]) ** 2 <= given["radius"] ** 2
    first = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    return near.shape[1], near.shape[0], first, np.nonzero(near)[1]


def main() -> None:
    """Arguments: peer, instance file, seconds."""
    name, path, limit = sys.argv[1], sys.argv[2], float(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    given = np.load(path)
    began = time.perf_counter()
    asked = {
        "spopt-highs": lambda: spopt(given, limit, "highs"),
        "spopt-cbc": lambda: spopt(given, limit, "cbc"),
        "highs": lambda: highs(given, limit),
        "ortools-cpsat": lambda: ortools(given, limit),
    }
    told = asked[name]()
    sys.stdout.write("\n" + json.dumps(told | {"seconds": round(time.perf_counter() - began, 3)}) + "\n")


if __name__ == "__main__":
    main()
