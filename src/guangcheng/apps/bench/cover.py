"""How fast and how close covering is: published recipes, real cities, known optima, and the extensions.

Every row is one problem solved as ``solve cover`` solves it. ``seconds`` is wall time with the scan, without parsing
text; ``cpu_s`` is processor time, which stays the same when others use the machine. Machine code is made before the
first row and not counted.
"""

import csv
import itertools
import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from guangcheng.apps.bench.cover_beside import beside
from guangcheng.apps.cover import Asked, run_cover
from guangcheng.apps.meter import cpu_seconds
from guangcheng.base.progress import SILENT, Progress
from guangcheng.planning.cover.model import Goal, Problem
from guangcheng.planning.cover.recipe import Recipe
from guangcheng.planning.cover.search import Search
from guangcheng.planning.cover.solve import Plan

Result = dict[str, Any]
PARTS = ("t1", "sparse", "cities", "known", "extended", "huge", "peers")
CONFIGURATIONS = (
    *((radius, 10, 0.5) for radius in (5.5, 5.75, 6.0, 6.25)),
    *((radius, 15, 0.6) for radius in (4.0, 4.25, 4.5, 4.75, 5.0)),
    *((radius, 20, 0.7) for radius in (3.25, 3.5, 3.75, 4.0, 4.25)),
)
"""Radius, sites and share of the T1 recipe."""
SPARSE_GAPS = {(3.25, 2000): 0.0125, (4.0, 1500): 0.021, (5.5, 1000): 0.036}
SHARE_GAP, FEWER, FULL_SITES, CITY_GAP, CITY_OFF, EXTENDED_GAP = 0.047, 0.10, 3194, 0.0075, 0.001, 1e-4
T1_WORST = {1_000_000: 15.0, 10_000_000: 45.0}
T1_MEDIAN = {1_000_000: 2.0, 10_000_000: 4.0}


@dataclass(frozen=True, slots=True)
class _Case:
    family: str
    case: str
    asked: Asked
    known: float | None = None
    met: Callable[[Result], bool] = lambda _row: True


def run_cover_bench(
    *,
    parts: tuple[str, ...] = PARTS,
    customers: int = 1_000_000,
    seeds: tuple[int, ...] = (1,),
    data: Path | None = None,
    time_limit: float = 60.0,
    most: int | None = None,
    ortools_python: str | None = None,
    progress: Progress = SILENT,
) -> Result:
    """Solve the cases of the named parts and return the ``bench-cover`` object.

    ``data`` is the folder with the city files and the tables of known values; without it those parts are left out.
    ``most`` is how many cases of each part are solved at most; ``ortools_python`` is a Python that has OR-tools.
    ``met`` of a row says whether the target of its family holds for it, ``met`` of the whole whether all do.
    """
    _warm()
    cases = [
        case for part in parts for case in itertools.islice(_cases(part, customers, seeds, data, time_limit), most)
    ]
    rows = []
    progress.start("bench cover", len(cases))
    for case in cases:
        rows.append(_row(case))
        progress.advance()
    progress.finish()
    times = [row["seconds"] for row in rows if row["family"] == f"T1 {customers:.0e}"]
    median = statistics.median(times) if times else 0.0
    met = all(row["met"] for row in rows) and median <= T1_MEDIAN.get(customers, np.inf)
    pythons = {"ortools": ortools_python} if ortools_python else {}
    peers = beside(limit=time_limit, most=most, pythons=pythons, progress=progress) if "peers" in parts else []
    return {"cores": os.cpu_count(), "rows": rows, "peers": peers, "met": bool(met)}


def _warm() -> None:
    """Make the machine code of every loop on small problems."""
    plan = Plan(time_limit=5.0)
    for goal in ({"sites": 5}, {"share": 0.5}, {}):
        run_cover(Asked("cordeau:n=40,m=1e4,seed=1", radius=5.0, plan=plan, **goal))


def _row(case: _Case) -> Result:
    began = cpu_seconds()
    got = run_cover(case.asked)
    spent = cpu_seconds() - began
    row: Result = {
        "family": case.family,
        "case": case.case,
        "value": got["value"],
        "bound": got["bound"],
        "gap": got["gap"],
        "proven": got["proven_optimal"],
        "known": case.known,
        "sites": len(got["sites"]),
        "greedy": _greedy(case) if case.family == "sparse" else None,
        "seconds": got["seconds"],
        "cpu_s": round(spent, 3),
        "scan_s": got["phases"].get("scan", 0.0),
    }
    return row | {"met": bool(case.met(row))}


def _greedy(case: _Case) -> float:
    """Value of lazy greedy on the same problem."""
    asked = case.asked
    recipe = Recipe.parse(asked.source)
    groups = recipe.groups(asked.radius or 0.0)
    ones = np.ones(recipe.sites)
    if asked.sites is not None:
        problem = Problem(groups, ones, Goal.MOST, float(asked.sites))
    elif asked.share is not None:
        problem = Problem(groups, ones, Goal.SHARE, asked.share * groups.demand)
    else:
        problem = Problem(groups, ones, Goal.ALL)
    return problem.value(Search(problem, 1).greedy())


def _cases(part: str, customers: int, seeds: tuple[int, ...], data: Path | None, time_limit: float) -> Iterator[_Case]:
    plan = Plan(time_limit=time_limit)
    if part == "t1":
        yield from _t1(customers, seeds, Plan(time_limit=120.0))
    elif part == "sparse":
        yield from _sparse(plan)
    elif part == "extended":
        yield from _extended(Plan(time_limit=time_limit, enough=EXTENDED_GAP))
    elif part == "huge":
        source = "cordeau:n=100,m=1e8,seed=1"
        yield _Case("1e8 customers", "R 4, 15", Asked(source, sites=15, radius=4.0, plan=plan), None, _huge)
    elif data is not None and part == "cities":
        yield from _cities(data, plan)
    elif data is not None and part == "known":
        yield from _known(data, plan)


def _huge(row: Result) -> bool:
    return bool(row["proven"] and row["seconds"] <= 30.0)


def _t1(customers: int, seeds: tuple[int, ...], plan: Plan) -> Iterator[_Case]:
    worst = T1_WORST.get(customers, np.inf)
    for seed in seeds:
        source = f"cordeau:n=100,m={customers},seed={seed}"
        for radius, sites, share in CONFIGURATIONS:
            for name, goal in ((f"{sites}", {"sites": sites}), (f"{share:.0%}", {"share": share})):
                asked = Asked(source, radius=radius, plan=plan, **goal)
                yield _Case(
                    f"T1 {customers:.0e}",
                    f"seed {seed}, R {radius:g}, {name}",
                    asked,
                    met=lambda row: bool(row["proven"] and row["seconds"] <= worst),
                )


def _sparse(plan: Plan) -> Iterator[_Case]:
    source = "cordeau:n=1e4,m=1e6,seed=1,grid=300"
    for (radius, sites), gap in SPARSE_GAPS.items():
        asked = Asked(source, radius=radius, sites=sites, plan=plan)
        yield _Case("sparse", f"R {radius:g}, {sites}", asked, None, lambda row, gap=gap: row["gap"] <= gap)  # type: ignore[misc]
    share = Asked(source, radius=4.0, share=0.95, plan=plan, fewest=True)
    yield _Case(
        "sparse", "R 4, 95%", share, None, lambda r: r["gap"] <= SHARE_GAP and r["value"] <= (1 - FEWER) * r["greedy"]
    )
    full = Asked(source, radius=4.0, plan=Plan(time_limit=min(plan.time_limit, 30.0)))
    yield _Case("sparse", "R 4, 100%", full, None, lambda row: row["value"] <= FULL_SITES)


def _cities(data: Path, plan: Plan) -> Iterator[_Case]:
    with (data / "known_cities.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            best = float(line["best_known"])
            asked = Asked(
                str(data / f"{line['instance']}.txt"), sites=int(line["p"]), radius=float(line["R_m"]), plan=plan
            )
            yield _Case(
                "cities",
                f"{line['instance']}, {line['p']}",
                asked,
                best,
                lambda row, best=best: row["value"] >= (1 - CITY_OFF) * best and row["gap"] <= CITY_GAP,  # type: ignore[misc]
            )


def _known(data: Path, plan: Plan) -> Iterator[_Case]:
    with (data / "known.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            name, best = line["instance"], float(line["best_value"])
            if not name.endswith(".txt"):
                continue
            asked = Asked(str(data / name), sites=int(line["sites_p"]), radius=float(line["radius"]), plan=plan)
            yield _Case(
                "known",
                f"{name.removesuffix('.txt')}, R {line['radius']}, {line['sites_p']}",
                asked,
                best,
                lambda row, best=best: row["proven"] and row["value"] == best,  # type: ignore[misc]
            )


def _extended(plan: Plan) -> Iterator[_Case]:
    source = "cordeau:n=100,m=1e6,seed=1"

    def met(row: Result) -> bool:
        return bool(row["gap"] <= EXTENDED_GAP and row["seconds"] <= 30.0)

    shared = Asked(source, share=0.9, radius=4.5, operators=3, plan=plan)
    yield _Case("extended", "3 operators, R 4.5, 90%", shared, None, met)
    limited = Asked(source, share=0.8, radius=4.5, capacitated=True, plan=plan)
    yield _Case("extended", "capacitated, R 4.5, 80%", limited, None, met)
