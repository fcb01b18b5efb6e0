"""The hierarchical PON benchmark: cost, bound and gap of plans on public street graphs with customers from a seed.

Each instance is named by (file, customers, seed) and made again by :func:`.instances.generate`. A plan's cost is
counted from its drawing (every cable, splitter and joint), not taken from the search.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guangcheng.apps.meter import cpu_seconds, seconds
from guangcheng.base.errors import NotFound
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text
from guangcheng.planning.pon.bound import bound, forest_of, trench_and_cable
from guangcheng.planning.pon.catalogue import Catalogue, schemes, shipped_catalogue
from guangcheng.planning.pon.design import Design, design
from guangcheng.planning.pon.instances import generate
from guangcheng.planning.pon.place import SHAKES, place_best
from guangcheng.planning.steiner.files import read
from guangcheng.planning.steiner.solve import solve, warm

__all__ = ["CASES", "TARGETS", "Case", "run_pon_bench"]

Result = dict[str, Any]
EFFORT = 4
"""Effort of the Steiner solver."""


@dataclass(frozen=True, slots=True)
class Case:
    """An instance: file, customers asked for, seed."""

    file: str
    customers: int
    seed: int


CASES = (
    Case("I056", 20, 1),
    Case("I056", 40, 1),
    Case("I004", 40, 2),
    Case("I025", 700, 1),
    Case("I025", 900, 2),
    Case("I063", 1200, 1),
    Case("I063", 1500, 2),
)
TARGETS = {"small_customers": 40, "small_gap": 0.01, "large_gap": 0.12, "share": 0.35, "seconds": 300.0}


def run_pon_bench(
    data: Path, *, cases: tuple[Case, ...] = CASES, shakes: int = SHAKES, progress: Progress = SILENT
) -> Result:
    """Plan every case on the graphs of the folder ``data``; ``NotFound`` for a missing graph."""
    missing = [case.file for case in cases if not _path(data, case).is_file()]
    if missing:
        raise NotFound(
            Text(zh=f"没有 {_path(data, cases[0]).parent}/{missing[0]}.gr.gz", en=f"there is no {missing[0]}.gr.gz"),
            mend=Text(zh="给出含这些 .gr.gz 图的文件夹", en="give the folder that holds these .gr.gz graphs"),
        )
    warm()
    _case(data, Case(cases[0].file, 3, 1), 1)  # compiles what is compiled, before the clock starts
    progress.start("bench pon", len(cases))
    found = []
    for case in cases:
        found.append(_case(data, case, shakes))
        progress.advance()
    progress.finish()
    return {
        "cores": os.cpu_count(),
        "effort": EFFORT,
        "shakes": shakes,
        "targets": TARGETS,
        "instances": found,
        "met": all(one["met"] for one in found),
    }


def _path(data: Path, case: Case) -> Path:
    return data / f"{case.file}.gr.gz"


def _case(data: Path, case: Case, shakes: int) -> Result:
    instance = generate(case.file, read(_path(data, case)), customers=case.customers, seed=case.seed)
    catalogue = shipped_catalogue()
    wall, cpu = seconds(), cpu_seconds()
    tree = solve(trench_and_cable(instance, catalogue), effort=EFFORT, seed=case.seed)
    forest, _ = forest_of(instance, tree.edges)
    best = place_best(forest, catalogue, schemes().values(), shakes=shakes, seed=case.seed)
    if best is None or best.excess:
        raise AssertionError("an instance is drawn so that its housings suffice")
    drawn = design(forest, best)
    least = bound(instance, catalogue, schemes().values(), steiner=tree.lower_bound)
    trench = float(instance.network.cost[tree.edges].sum())
    inside = counted(drawn, catalogue)
    cost = trench + inside
    gap, share, spent = (cost - least.total) / cost, inside / cost, seconds() - wall
    small = case.customers <= TARGETS["small_customers"]
    limit = TARGETS["small_gap"] if small else TARGETS["large_gap"]
    return {
        "file": case.file,
        "customers": int(instance.customer.size),
        "seed": case.seed,
        "homes": int(instance.homes.sum()),
        "vertices": instance.network.vertices,
        "scheme": best.scheme.id,
        "cost": round(cost, 2),
        "trench": round(trench, 2),
        "lower_bound": round(least.total, 2),
        "gap": round(gap, 5),
        "share_inside": round(share, 4),
        "ports": len(drawn.ports),
        "splitters": len(drawn.splitters),
        "seconds": round(spent, 2),
        "cpu_s": round(cpu_seconds() - cpu, 2),
        "gap_wanted": limit,
        "met": bool(gap <= limit and share >= TARGETS["share"] and spent <= TARGETS["seconds"]),
    }


def counted(drawn: Design, catalogue: Catalogue) -> float:
    """CNY of everything in the drawing, counted piece by piece."""
    single = {
        "olt_port": len(drawn.ports),
        "closure": len(drawn.closures),
        "cabinet": len(drawn.cabinets),
        "room": len(drawn.rooms),
        "splitter_box": len(drawn.boxes),
        "fusion": sum(joint.fusions for joint in drawn.joints),
        "connector": sum(joint.connectors for joint in drawn.joints),
    }
    pieces = sum(number * catalogue.cny(item) for item, number in single.items())
    split = sum(catalogue.splitter[one.ratio].cny for one in drawn.splitters)
    return pieces + split + sum(catalogue.cable[one.fibres].cny * one.length_m for one in drawn.cables)
