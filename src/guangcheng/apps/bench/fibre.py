"""Fibre routes in real streets: how long they take, what is proven about them, which ducts they use."""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from guangcheng.apps.bench.fibre_city import City, kotka, with_ducts, wuchang
from guangcheng.apps.fibre_network import Given, network_of
from guangcheng.apps.fibre_tables import drawn_tables
from guangcheng.apps.meter import MIB, cpu_seconds, peak_bytes, seconds
from guangcheng.apps.plan_fibre import default_how, plan_tables
from guangcheng.base.progress import SILENT, Progress
from guangcheng.planning.steiner.solve import warm
from guangcheng.planning.streets.build import planning_graph
from guangcheng.planning.streets.model import METHODS, Ducts, Method, PlanningGraph, Surface
from guangcheng.planning.streets.prices import Prices, example_prices
from guangcheng.planning.streets.routes import Goal, Routes, plan_routes, without_ducts
from guangcheng.reporting.plan_check.check import check_plan
from guangcheng.reporting.plan_files.write import write_plan

__all__ = ["CITIES", "run_fibre_bench"]

Result = dict[str, Any]
CITIES = ("wuchang", "kotka", "kotka-ducts", "kotka-plan", "wuchang-plan")
"""The last two are planned whole, written as plan files and checked from them."""
_DAY = dt.date(2026, 1, 1)
_EFFORT = {"wuchang": 6, "kotka": 10, "kotka-ducts": 10, "kotka-plan": 6, "wuchang-plan": 6}
TARGETS: dict[str, dict[str, float]] = {
    "wuchang": {"gap": 0.015, "seconds": 600.0, "connected": 0.995},
    "kotka": {"seconds": 30.0, "connected": 0.98},
    "kotka-plan": {"seconds": 30.0, "connected": 0.98},
    "wuchang-plan": {"seconds": 600.0, "connected": 0.995},
}
DUCT_SHARE, DUCT_PRICE = 0.4, 0.15


def run_fibre_bench(
    shared: Path, *, cities: tuple[str, ...] = (), seed: int = 1, progress: Progress = SILENT
) -> Result:
    """Plan each of ``cities`` (all when empty) once; compiled code is loaded before the clock starts."""
    warm()
    named = cities or CITIES
    progress.start("bench fibre", len(named))
    rows = []
    for name in named:
        rows.append(_measured(name, shared, seed))
        progress.advance()
    progress.finish()
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "seed": seed,
        "peak_mib": round(peak_bytes() / MIB),
        "cities": rows,
        "met": all(row["met"] for row in rows),
    }


def _measured(name: str, shared: Path, seed: int) -> Result:
    if name == "kotka-ducts":
        return _ducts(shared, seed)
    return _whole(name, shared, seed) if name.endswith("-plan") else _plain(name, shared, seed)


def _whole(name: str, shared: Path, seed: int) -> Result:
    """Streets to plan files as ``plan fibre`` does it, then ``plan check`` of those files."""
    started, busy = seconds(), cpu_seconds()
    city = wuchang(shared, seed=seed, onts_per_port=32) if name == "wuchang-plan" else kotka(shared)
    how = default_how(effort=_EFFORT[name], seed=seed)
    floors = np.zeros(len(city.customers.ids), dtype=np.int64)
    network = network_of(Given(city.crs, city.streets, city.customers, city.sites, floors), how)
    drawn = drawn_tables(network, how)
    tables = plan_tables(network, drawn, how, city=city.name, area="-", as_of=_DAY, inputs={})
    with TemporaryDirectory() as folder:
        write_plan(Path(folder) / "run", tables)
        taken = {"seconds": round(seconds() - started, 2), "cpu_s": round(cpu_seconds() - busy, 2)}
        checked = check_plan(Path(folder) / "run")
    head = tables.head
    row = _row(name, city, network.graph, network.routes) | taken
    row["connected"] = round(int(network.pon.forest.homes.sum()) / int(city.customers.households.sum()), 6)
    row |= {"cost": round(head.cost, 2), "lower_bound": round(head.lower_bound, 2), "gap": round(head.gap, 6)}
    row |= {
        "proven_optimal": False,
        "trench_gap": round(1 - head.trench_lower_bound / head.trench_cost, 6),
        "scheme": network.pon.placement.scheme.id,
        "onts": len(network.pon.design.onts),
        "findings": sum(checked.counts.values()),
        "check_s": round(seconds() - started - taken["seconds"], 2),
    }
    target = TARGETS[name]
    met = checked.ok and row["connected"] >= target["connected"] and row["seconds"] <= target["seconds"]
    return row | {"met": met}


def _plain(name: str, shared: Path, seed: int) -> Result:
    started, busy = seconds(), cpu_seconds()
    city = wuchang(shared, seed=seed) if name == "wuchang" else kotka(shared)
    graph = _graph(city, None)
    built = seconds() - started
    routes = plan_routes(graph, Goal(), effort=_EFFORT[name], seed=seed)
    taken = {
        "build_s": round(built, 2),
        "seconds": round(seconds() - started, 2),
        "cpu_s": round(cpu_seconds() - busy, 2),
    }
    row = _row(name, city, graph, routes) | taken
    target = TARGETS[name]
    met = row["connected"] >= target["connected"] and row["seconds"] <= target["seconds"]
    return row | {"met": met and row["gap"] <= target.get("gap", 1.0)}


def _ducts(shared: Path, seed: int) -> Result:
    """Kotka with ducts, beside the plan that leaves them alone; proven optimal, it uses all the optimum's duct."""
    started, busy = seconds(), cpu_seconds()
    city = kotka(shared)
    graph = _graph(city, with_ducts(city.streets, share=DUCT_SHARE, seed=seed))
    plain = plan_routes(without_ducts(graph), Goal(), effort=_EFFORT["kotka-ducts"], seed=seed)
    routes = plan_routes(graph, Goal(), effort=_EFFORT["kotka-ducts"], seed=seed, warm=plain)
    used = routes.forest.edge[routes.forest.edge >= 0]
    laid = float(graph.length_m[used][graph.duct[used] >= 0].sum())
    row = _row("kotka-ducts", city, graph, routes) | {
        "cost_without_ducts": plain.cost,
        "duct_m_there": round(float(graph.length_m[graph.duct >= 0].sum())),
        "duct_m_used": round(laid),
        "seconds": round(seconds() - started, 2),
        "cpu_s": round(cpu_seconds() - busy, 2),
    }
    return row | {"met": routes.proven_optimal and routes.cost <= plain.cost}


def _graph(city: City, ducts: Ducts | None) -> PlanningGraph:
    """The graph at example prices, a metre of duct at :data:`DUCT_PRICE` of one of trench in a narrow street."""
    example = example_prices()
    trench = example.per_m[Method.TRENCH, Surface.CARRIAGEWAY]
    duct = replace(trench, cny_per_m=round(DUCT_PRICE * trench.cny_per_m, 2))
    prices = Prices("bench", {**example.per_m, (Method.DUCT, Surface.NONE): duct})
    return planning_graph(city.streets, city.customers, city.sites, crs=city.crs, ducts=ducts, prices=prices)


def _row(name: str, city: City, graph: PlanningGraph, routes: Routes) -> Result:
    used = routes.forest.edge[routes.forest.edge >= 0]
    by_method = np.bincount(graph.method[used], weights=graph.length_m[used], minlength=len(METHODS))
    demand = int(city.customers.households.sum())
    rules = [one.rule for one in routes.faults]
    return {
        "city": name,
        "streets": len(city.streets.ids),
        "premises": len(city.customers.ids),
        "households": demand,
        "sites": len(city.sites.ids),
        "nodes": graph.nodes,
        "edges": graph.edges,
        "connected": round(routes.households / demand, 6),
        "faults": {rule: rules.count(rule) for rule in sorted(set(rules))},
        "cost": round(routes.cost, 2),
        "lower_bound": round(routes.lower_bound, 2),
        "gap": round(routes.gap, 6),
        "gap_before_ports": round(1 - routes.lower_bound / routes.searched_cost, 6),
        "proven_optimal": routes.proven_optimal,
        "length_m": {str(method): round(float(by_method[i])) for i, method in enumerate(METHODS) if by_method[i] > 0},
    }
