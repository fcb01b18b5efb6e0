"""How close to the optimum Steiner trees are, instance by instance: each in a fresh process of the command itself.

Every tree is checked here against the file's own graph before its cost counts. Peers that are not installed are
reported as absent.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import numpy as np

from guangcheng.apps.meter import seconds
from guangcheng.base.progress import SILENT, Progress
from guangcheng.planning.steiner.files import read
from guangcheng.planning.steiner.model import Problem

__all__ = ["FAMILIES", "TARGETS", "run_steiner_bench", "verified_cost"]

Result = dict[str, Any]
PEERS = ("networkx", "rustworkx", "pcst_fast")
_PEER_VERTICES = 30_000
"""networkx takes minutes on larger graphs."""


@dataclass(frozen=True, slots=True)
class Family:
    """A set of instances and what is promised for it: shares are of the known optimum."""

    name: str
    mean_gap: float
    worst_gap: float
    mean_certified: float
    all_proven: bool = False
    mean_s: float | None = None
    mean_process_s: float | None = None


FAMILIES = (
    Family("vienna_i_simple", 0.0006, 0.0025, 0.0015),
    Family("vienna_geo_original", 0.0070, 0.0120, 0.0200),
    Family("rpcst_cologne1", 0.0, 0.0, 0.0, True, 1.0, 3.0),
    Family("pcspg_jmp", 0.0, 0.0, 0.0, True, 1.0, 3.0),
    Family("steinlib_B", 0.0, 0.0, 0.0, True),
)
TARGETS = {family.name: family for family in FAMILIES}


def run_steiner_bench(
    data: Path, *, time_limit_s: float = 60.0, families: tuple[str, ...] = (), progress: Progress = SILENT
) -> Result:
    """Solve every instance listed in ``data/known.csv`` (of ``families``, all when empty), one process at a time."""
    with (data / "known.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] in (families or TARGETS)]
    progress.start("bench steiner", len(rows))
    instances: list[Result] = []
    for row in rows:
        instances.append(_instance(data, row, time_limit_s))
        progress.advance()
    progress.finish()
    summaries = [
        _summary(family, instances) for family in FAMILIES if any(i["family"] == family.name for i in instances)
    ]
    return {
        "time_limit_s": time_limit_s,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "peers": {name: _version(name) for name in PEERS},
        "families": summaries,
        "instances": instances,
        "met": all(summary["met"] for summary in summaries),
    }


def verified_cost(problem: Problem, edges: list[list[int]], nodes: list[int]) -> float:
    """The cost of a tree given as printed (vertices from 1); infinite when it is no tree or misses a terminal."""
    net = problem.network
    low, high = np.minimum(net.tail, net.head), np.maximum(net.tail, net.head)
    cheapest: dict[tuple[int, int], float] = {}
    for u, v, cost in zip(low.tolist(), high.tolist(), net.cost.tolist(), strict=True):
        cheapest[u, v] = min(cost, cheapest.get((u, v), float("inf")))
    group = {v - 1: v - 1 for v in nodes}

    def top(v: int) -> int:
        while group[v] != v:
            group[v] = group[group[v]]
            v = group[v]
        return v

    total = 0.0
    for one, two in edges:
        u, v = min(one, two) - 1, max(one, two) - 1
        if (u, v) not in cheapest or u not in group or v not in group or top(u) == top(v):
            return float("inf")
        group[top(u)] = top(v)
        total += cheapest[u, v]
    if len(edges) != len(nodes) - 1:
        return float("inf")
    missed = problem.prize.copy()
    missed[list(group)] = 0.0
    return total + float(missed.sum())


def _instance(data: Path, row: dict[str, str], time_limit_s: float) -> Result:
    path = data / row["set"] / f"{row['instance']}.gz"
    problem, known = read(path), float(row["best_upper"])
    command = [sys.executable, "-m", "guangcheng", "solve", "steiner", str(path), "--json"]
    started = seconds()
    done = subprocess.run(  # noqa: S603 - our own command on a file the person named
        [*command, "--time-limit", str(time_limit_s)], check=True, capture_output=True, text=True
    )
    process_s = seconds() - started
    answer = json.loads(done.stdout)
    cost = verified_cost(problem, answer["edges"], answer["nodes"])
    return {
        "family": row["set"],
        "name": row["instance"].rsplit(".", 1)[0],
        "vertices": problem.network.vertices,
        "edges": int(row["m"]),
        "terminals": int(row["terminals"]),
        "known": known,
        "cost": cost if np.isfinite(cost) else None,
        "lower_bound": answer["lower_bound"],
        "gap_to_known": round(cost / known - 1, 8) if np.isfinite(cost) else None,
        "certified_gap": answer["gap"],
        "proven_optimal": answer["proven_optimal"],
        "tree_edges": len(answer["edges"]),
        "solver_s": answer["seconds"],
        "process_s": round(process_s, 3),
        "peers": {name: _peer_gap(name, problem, known) for name in PEERS},
    }


def _summary(family: Family, instances: list[Result]) -> Result:
    own = [instance for instance in instances if instance["family"] == family.name]
    gaps = [1.0 if one["gap_to_known"] is None else max(0.0, one["gap_to_known"]) for one in own]
    summary = {
        "family": family.name,
        "instances": len(own),
        "mean_gap": _mean(gaps),
        "worst_gap": max(gaps),
        "mean_certified_gap": _mean([one["certified_gap"] for one in own]),
        "proven": sum(one["proven_optimal"] for one in own),
        "mean_solver_s": _mean([one["solver_s"] for one in own]),
        "mean_process_s": _mean([one["process_s"] for one in own]),
        "mean_process_s_with_edges": _mean([one["process_s"] for one in own if one["tree_edges"]]),
        "peers": {name: _peer_mean(name, own) for name in PEERS},
    }
    return summary | {"met": _met(family, summary)}


def _met(family: Family, summary: Result) -> bool:
    tiny = 1e-7  # known values are given to six decimals
    limits = [
        summary["mean_gap"] <= family.mean_gap + tiny,
        summary["worst_gap"] <= family.worst_gap + tiny,
        summary["mean_certified_gap"] <= family.mean_certified + tiny,
        not family.all_proven or summary["proven"] == summary["instances"],
        family.mean_s is None or summary["mean_solver_s"] <= family.mean_s,
        family.mean_process_s is None or summary["mean_process_s"] <= family.mean_process_s,
    ]
    return all(limits)


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 8) if values else None


def _peer_mean(name: str, own: list[Result]) -> float | None:
    return _mean([one["peers"][name] for one in own if one["peers"][name] is not None])


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _peer_gap(name: str, problem: Problem, known: float) -> float | None:
    """How far the peer's tree is from the known optimum; ``None`` where it is absent or does not solve this kind."""
    plain = bool(np.isinf(problem.prize[problem.terminals]).all())
    if _version(name) is None or plain == (name == "pcst_fast"):
        return None
    if name == "networkx" and problem.network.vertices > _PEER_VERTICES:
        return None
    solvers: dict[str, Callable[[Problem], float]] = {
        "networkx": _networkx,
        "rustworkx": _rustworkx,
        "pcst_fast": _pcst_fast,
    }
    return round(solvers[name](problem) / known - 1, 8)


def _networkx(problem: Problem) -> float:
    nx: Any = import_module("networkx")

    net = problem.network
    graph = nx.Graph()
    for u, v, cost in zip(net.tail.tolist(), net.head.tolist(), net.cost.tolist(), strict=True):
        if not graph.has_edge(u, v) or graph[u][v]["weight"] > cost:
            graph.add_edge(u, v, weight=cost)
    tree = nx.algorithms.approximation.steiner_tree(graph, problem.terminals.tolist(), method="mehlhorn")
    return float(tree.size(weight="weight"))


def _rustworkx(problem: Problem) -> float:
    rx: Any = import_module("rustworkx")

    net = problem.network
    graph = rx.PyGraph(multigraph=True)
    graph.add_nodes_from(range(net.vertices))
    graph.add_edges_from(list(zip(net.tail.tolist(), net.head.tolist(), net.cost.tolist(), strict=True)))
    tree = rx.steiner_tree(graph, problem.terminals.tolist(), float)
    return float(sum(tree.edges()))


def _pcst_fast(problem: Problem) -> float:
    pcst: Any = import_module("pcst_fast")

    net = problem.network
    pairs = np.stack([net.tail, net.head], axis=1)
    total = float(net.cost.sum() + problem.prize[np.isfinite(problem.prize)].sum())
    prizes = np.where(np.isfinite(problem.prize), problem.prize, total)
    vertices, edges = pcst.pcst_fast(pairs, prizes, net.cost, problem.root, 1, "strong", 0)
    return problem.cost_of(np.asarray(edges), np.asarray(vertices))
