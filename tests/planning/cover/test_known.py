"""Proven optima of real instances, in the shared reference data."""

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from guangcheng.planning.cover.formats import read_instance
from guangcheng.planning.cover.merge import groups_of_points
from guangcheng.planning.cover.model import Goal, Problem
from guangcheng.planning.cover.solve import Plan, solve

ROWS = [("SJC324.txt", 3), ("SJC402.txt", 4), ("SJC500.txt", 2), ("SJC708.txt", 4), ("SJC818.txt", 8)]


@pytest.mark.needs_shared
@pytest.mark.parametrize(("name", "sites"), ROWS)
def test_known_optimum(shared: Path, name: str, sites: int) -> None:
    with (shared / "data" / "cover" / "known.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    row = next(r for r in rows if (r["instance"], r["radius"], r["sites_p"]) == (name, "800", str(sites)))
    read = read_instance(shared / "data" / "cover" / name)
    groups = groups_of_points(read.site_x, read.site_y, read.x, read.y, read.demand, 800.0)
    problem = Problem(groups, np.ones(groups.sites), Goal.MOST, float(sites))
    answer = solve(problem, Plan(time_limit=30.0, threads=1), clock=time.perf_counter)
    assert (answer.value, answer.proven_optimal) == (float(row["best_value"]), True)
