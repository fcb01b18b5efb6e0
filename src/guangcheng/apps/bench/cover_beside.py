"""Covering beside other tools in one run: the same instances, every answer counted anew by a check of its own.

Each peer runs in a process of its own with limits on time and memory; one that fails is reported as such. A claim is
*wrong* where a peer says "optimal" of a choice that covers less than a choice known here, or where the value it
tells is not what its sites cover.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from guangcheng.apps.bench import cover_peers
from guangcheng.apps.cover import Asked, run_cover
from guangcheng.apps.meter import seconds
from guangcheng.base.progress import SILENT, Progress
from guangcheng.planning.cover.model import Floats
from guangcheng.planning.cover.rand import RAND_MAX
from guangcheng.planning.cover.recipe import Recipe
from guangcheng.planning.cover.solve import Plan

Json = dict[str, Any]
CASES = ((10_000, 4.0, 15), (10_000, 5.5, 10), (100_000, 4.0, 15))
"""Customers, radius and sites of what is asked; 100 candidate sites, seed 1."""
_TOLERANCE = 0.5
"""Demand is whole, so claims nearer than this to the truth are the truth."""


def beside(
    *, limit: float, most: int | None = None, pythons: Mapping[str, str] | None = None, progress: Progress = SILENT
) -> list[Json]:
    """Ask every peer every case (``most``: the first ones); ``pythons`` names the interpreter of a peer's package."""
    cases = CASES[:most]
    progress.start("bench cover peers", len(cases) * (1 + len(cover_peers.PEERS)))
    rows = []
    for customers, radius, sites in cases:
        rows += _case(customers, radius, sites, limit, pythons or {}, progress)
    progress.finish()
    return rows


def covered(given: Mapping[str, Any], sites: list[int]) -> float:
    """Demand within the radius of any of the sites, by trying every pair."""
    reached = np.zeros(given["x"].size, dtype=bool)
    for j in sites:
        apart = (given["x"] - given["sx"][j]) ** 2 + (given["y"] - given["sy"][j]) ** 2
        reached |= apart <= given["radius"] ** 2
    return float(given["demand"][reached].sum())


def drawn(customers: int, radius: float, sites: int) -> dict[str, Any]:
    """The instance as columns."""
    recipe = Recipe(100, customers, 1)
    sx, sy = recipe.site_places()
    places, _ = recipe.start.after(200).draw(2 * customers)
    demand, _ = recipe.demands.draw(customers)
    place: Floats = places / RAND_MAX * recipe.grid
    weights = demand.astype(np.int64) % 100 + 1
    return {"sx": sx, "sy": sy, "x": place[0::2], "y": place[1::2], "demand": weights, "radius": radius, "p": sites}


def _case(
    customers: int, radius: float, sites: int, limit: float, pythons: Mapping[str, str], progress: Progress
) -> list[Json]:
    given = drawn(customers, radius, sites)
    name = f"{customers:,} customers, R {radius:g}, {sites}"
    source = f"cordeau:n=100,m={customers},seed=1"
    own = run_cover(Asked(source, radius=radius, sites=sites, plan=Plan(time_limit=limit)))
    status = "Optimal" if own["proven_optimal"] else "Feasible"
    told = {"sites": [j - 1 for j in own["sites"]], "value": own["value"], "status": status, "seconds": own["seconds"]}
    answers = {"ours": told | {"process_s": None, "failure": None}}
    progress.advance()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.npz"
        np.savez(path, **given)
        for peer, package in cover_peers.PEERS.items():
            python = pythons.get(package) or (sys.executable if importlib.util.find_spec(package) else None)
            answers[peer] = _asked(peer, python, path, limit) if python else _failed(f"{package} is not installed")
            progress.advance()
    values = {peer: covered(given, told["sites"]) for peer, told in answers.items() if _obeys(told["sites"], sites)}
    best = max(values.values())
    return [_row(name, peer, told, values.get(peer), best) for peer, told in answers.items()]


def _obeys(sites: list[int], most: int) -> bool:
    return 0 < len(set(sites)) == len(sites) <= most and all(0 <= j < 100 for j in sites)


def _row(case: str, peer: str, told: Json, value: float | None, best: float) -> Json:
    claims = value is not None and str(told["status"]).lower() == "optimal"
    off = value is not None and told["value"] is not None and abs(told["value"] - value) > _TOLERANCE
    return {
        "case": case,
        "peer": peer,
        "value": value,
        "told": told["value"],
        "status": told["status"],
        "below_best": None if value is None else round(1 - value / best, 8),
        "wrong": bool(off or (claims and value is not None and value < best - _TOLERANCE)),
        "seconds": told["seconds"],
        "process_s": told["process_s"],
        "failure": told["failure"],
    }


def _failed(why: str, process_s: float | None = None) -> Json:
    return {"sites": [], "value": None, "status": None, "seconds": None, "process_s": process_s, "failure": why}


def _asked(peer: str, python: str, path: Path, limit: float) -> Json:
    # -P: the folder of the program is no place to import from
    command = [python, "-P", str(cover_peers.__file__), peer, str(path), str(limit)]
    began = seconds()
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, check=False, capture_output=True, text=True, timeout=2 * limit + 30.0
        )
    except subprocess.TimeoutExpired:
        return _failed("out of time", round(seconds() - began, 3))
    took = round(seconds() - began, 3)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return _failed(last[:200], took)
    told: Json = json.loads(done.stdout.strip().splitlines()[-1])
    return told | {"process_s": took, "failure": None}
