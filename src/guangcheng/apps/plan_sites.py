"""``plan sites``: where to put access points or OLTs, kept as a plan of its own and judged by the standard."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.apps import bootstrap
from guangcheng.apps.foreign import foreign_output_to_stderr
from guangcheng.apps.handover import look
from guangcheng.apps.meter import seconds
from guangcheng.apps.planned_points import PORT_MBPS, access_point_rows
from guangcheng.base.errors import InputError, UsageError
from guangcheng.base.places import from_metric
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import Flags
from guangcheng.coverage.reach import YES, Places, Reach, ReachRule, compute_reach
from guangcheng.coverage.tree import tree_of
from guangcheng.planning.cover.merge import sets_in_reach
from guangcheng.planning.cover.solve import Plan
from guangcheng.planning.siting.choose import choose
from guangcheng.planning.siting.costs import Prices, read_prices
from guangcheng.planning.siting.model import Ask, Candidates, Demand, Siting
from guangcheng.planning.siting.places import Cells, candidates_of, with_cells
from guangcheng.registers.city import City
from guangcheng.registers.planned import plan_folder, planned_view, save_planned, with_planned
from guangcheng.registers.popcells import read_cells
from guangcheng.registers.view import RegisterView
from guangcheng.store.files import write_whole_bytes

__all__ = ["KINDS", "PERSONS_PER_HOUSEHOLD", "SitesAsked", "plan_sites"]

KINDS = ("access-point", "olt")
OLT_RADIUS_M = 5000.0
"""Default reach of an OLT for siting, metres in a straight line: a product default, well inside class B+ at 1:32."""
PERSONS_PER_HOUSEHOLD = 2.62
"""七普 2020: average persons of a family household (第七次全国人口普查公报第二号), to turn people into households."""
NAMED = 200


@dataclass(frozen=True, slots=True)
class SitesAsked:
    """What was asked on the command line."""

    kind: str
    name: str
    operator: str | None = None
    standard: str | None = None
    ask: Ask = field(default_factory=Ask)
    must: tuple[str, ...] = ("estate",)
    cells: Path | None = None
    prices: Path | None = None
    radius_m: float | None = None
    area: str | None = None
    as_of: dt.date | None = None
    plan: Plan = field(default_factory=Plan)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """The city as siting sees it."""

    view: RegisterView
    """With the cells among the premises."""
    rule: ReachRule
    reach: Reach
    demand: Demand
    candidates: Candidates
    lost: tuple[str, ...]
    """Demand that no candidate reaches; it is in no plan."""
    total: float
    """Households of the demand that need not be covered whole, lost ones included."""


def plan_sites(city: City, asked: SitesAsked, *, stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """Choose sites, keep them as the plan ``asked.name``, evaluate with and without them; the command's one object.

    Raises the errors of :mod:`guangcheng.base.errors` for wrong options and for what no choice can do. Demand out of
    every candidate's reach is listed and the rest planned.
    """
    _check(city, asked)
    prices = read_prices(asked.kind, asked.prices)
    case = _case(city, asked, prices)
    ask = _reachable(case, asked)
    began = seconds()
    with foreign_output_to_stderr():
        siting = choose(case.candidates, case.demand, ask, asked.plan, clock=seconds, stop=stop)
    spent = seconds() - began
    folder = plan_folder(city, asked.name)
    found = _told(case, asked, siting, prices) | {"seconds": round(spent, 3)}
    if asked.kind == "access-point":
        save_planned(city, asked.name, city.view(case.view.as_of), {"access_points": _points(case, asked, siting)})
        found |= _judged(city, asked, case)
    sites = _features(city, case, siting, prices)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole_bytes(folder / "sites.geojson", _text(sites))
    write_whole_bytes(folder / "plan.json", _text({key: value for key, value in found.items() if key != "seconds"}))
    return found | {"folder": str(folder)}


def _check(city: City, asked: SitesAsked) -> None:
    if asked.kind == "access-point" and asked.operator is None:
        raise UsageError(
            Text("没有说是哪家运营商的接入点", "whose access points they are is not said"),
            mend=Text("加 --operator，如 telecom", "add --operator, such as telecom"),
        )
    if asked.standard is None and not city.config.standards:
        raise UsageError(
            Text("没有说按哪项标准的半径", "by which standard's radius is not said"),
            mend=Text("加 --standard，或在 city.toml 写 standards", "add --standard, or set standards in city.toml"),
        )
    if asked.ask.sites is not None and asked.ask.budget is not None:
        raise UsageError(
            Text("--sites 与 --budget 只能给一个", "--sites and --budget exclude each other"),
            mend=Text("去掉一个", "leave one out"),
        )


def _standard(city: City, asked: SitesAsked) -> str:
    return asked.standard or city.config.standards[0]


def _case(city: City, asked: SitesAsked, prices: Prices) -> _Case:
    day = bootstrap.as_of_day(city, asked.as_of)
    built = city.view(day)
    candidates = candidates_of(built, prices)
    if not len(candidates):
        raise InputError(
            Text(
                "没有候选站点：没有道路节点、小区或已有站址",
                "there are no candidates: no streets, estates or structures",
            ),
            mend=Text("先导入 streets 或 premises 台账", "import the register streets or premises first"),
        )
    view = built
    if asked.cells is not None:
        ids, x, y, people = read_cells(asked.cells, city.config.crs)
        cells = Cells(ids, x, y, people)
        view = with_cells(built, cells)
        weights = {
            f"cell:{name}": float(count) / PERSONS_PER_HOUSEHOLD for name, count in zip(ids, people, strict=True)
        }
    else:
        weights = {}
    standard = bootstrap.standard_of(city, _standard(city, asked))
    rule = ReachRule.of(standard, day)
    tree = tree_of(view, day)
    area = asked.area
    reach = compute_reach(view, rule, calendar=bootstrap.calendar_of(city), area=area, tree=tree)
    places = Places.on(view, tree, None if area is None else [area])
    demand = _demand(view, places, reach, asked, rule, weights)
    return _with_candidates(view, rule, reach, demand, candidates)


def _demand(
    view: RegisterView, places: Places, reach: Reach, asked: SitesAsked, rule: ReachRule, cells: dict[str, float]
) -> Demand:
    ids = places.table["premises_id"].to_pylist()
    kinds = places.table["kind"].to_pylist()
    parents = places.table["parent_premises"].to_pylist()
    counts = view.table("premises", ["premises_id", "households"])
    households = dict(zip(counts["premises_id"].to_pylist(), counts["households"].to_pylist(), strict=True))
    own = np.array(
        [kind != "building" or parent is None for kind, parent in zip(kinds, parents, strict=True)], dtype=bool
    )
    rows = np.flatnonzero(places.placed & own)
    olt = asked.kind == "olt"
    radius = np.full(len(ids), asked.radius_m or OLT_RADIUS_M) if olt else places.radius(rule)
    if not olt and asked.radius_m is not None:
        radius = np.full(len(ids), asked.radius_m)
    weight = np.array([cells.get(ids[row]) or float(households.get(ids[row]) or 1) for row in rows])
    cell = np.array([ids[row] in cells for row in rows], dtype=bool)
    counted = cell if cells else np.array([kinds[row] not in asked.must for row in rows], dtype=bool)
    must = np.array([kinds[row] in asked.must and not cell[at] for at, row in enumerate(rows)], dtype=bool)
    keep = must | counted
    rows, weight, cell, must = rows[keep], weight[keep], cell[keep], must[keep]
    covered = np.zeros(rows.size, dtype=bool) if olt else np.asarray(reach.capable)[rows] == YES
    return Demand(
        ids=tuple(ids[row] for row in rows),
        x=places.x[rows],
        y=places.y[rows],
        weight=weight,
        radius=radius[rows].astype(np.float64),
        must=must,
        covered=covered,
        cell=cell,
    )


def _with_candidates(
    view: RegisterView, rule: ReachRule, reach: Reach, demand: Demand, candidates: Candidates
) -> _Case:
    first, _ = sets_in_reach(candidates.x, candidates.y, demand.x, demand.y, demand.radius)
    lost: Flags = (np.diff(first) == 0) & ~demand.covered
    kept = np.flatnonzero(~lost)
    total = float(demand.weight[~demand.must].sum())
    names = tuple(demand.ids[row] for row in np.flatnonzero(lost))
    return _Case(view, rule, reach, _taken(demand, kept), candidates, names, total)


def _taken(demand: Demand, rows: Any) -> Demand:
    return Demand(
        ids=tuple(demand.ids[row] for row in rows),
        x=demand.x[rows],
        y=demand.y[rows],
        weight=demand.weight[rows],
        radius=demand.radius[rows],
        must=demand.must[rows],
        covered=demand.covered[rows],
        cell=demand.cell[rows],
    )


def _reachable(case: _Case, asked: SitesAsked) -> Ask:
    """The ask with its share taken of all demand, though what nobody reaches is left out of the problem."""
    ask, within = asked.ask, float(case.demand.weight[~case.demand.must].sum())
    if ask.most or ask.share >= 1 or within <= 0:
        return ask
    share = ask.share * case.total / within
    if share > 1:
        best = np.floor(1000 * within / case.total) / 10
        raise InputError(
            Text(f"候选站点最多够到 {best:g}% 的需求", f"the candidates reach {best:g} % of the demand at most"),
            mend=Text(f"把 --share 降到 {best:g}% 以下，或增加候选", f"lower --share to {best:g} %, or add candidates"),
        )
    return Ask(share, ask.sites, ask.budget, ask.forced, ask.forbidden)


def _points(case: _Case, asked: SitesAsked, siting: Siting) -> pa.Table:
    """The chosen sites as rows of the register of access points, in service on the plan's day."""
    rows = siting.chosen
    x, y = case.candidates.x[rows], case.candidates.y[rows]
    ports = np.where(np.isfinite(case.candidates.capacity[rows]), case.candidates.capacity[rows], siting.load + 1)
    return access_point_rows(
        case.view,
        ids=[f"{asked.name}-{number:05d}" for number in range(1, rows.size + 1)],
        names=[case.candidates.ids[row] for row in rows],
        operator=str(asked.operator),
        x=x,
        y=y,
        ports=ports.astype(np.int64),
        capacity_mbps=max(PORT_MBPS, case.rule.min_access_mbps),
        technology="xgs-pon",
        since=case.view.as_of,
    )


def _told(case: _Case, asked: SitesAsked, siting: Siting, prices: Prices) -> dict[str, Any]:
    demand, rows = case.demand, siting.chosen
    others = ~demand.must
    served = float(siting.served[others].sum())
    return {
        "plan": asked.name,
        "kind": asked.kind,
        "as_of": case.view.as_of.isoformat(),
        "prices": {"zh": prices.listed_in.zh, "en": prices.listed_in.en},
        "candidates": len(case.candidates),
        "sites": [case.candidates.ids[row] for row in rows],
        "by_place": dict(sorted(Counter(case.candidates.place[row] for row in rows).items())),
        "cost": siting.cost,
        "value": siting.value,
        "bound": siting.bound,
        "gap": siting.gap,
        "proven_optimal": siting.proven_optimal,
        "seed": siting.seed,
        "stopped": siting.stopped,
        "greedy": siting.greedy,
        "added_for_ports": siting.added,
        "must": {"points": int(demand.must.sum()), "reached": int((siting.reached & demand.must).sum())},
        "households": {"total": round(case.total, 1), "served": round(served, 1)},
        "fullest_site": float(siting.load.max(initial=0.0)),
        "out_of_reach": {"count": len(case.lost), "named": list(case.lost[:NAMED])},
    }


def _judged(city: City, asked: SitesAsked, case: _Case) -> dict[str, Any]:
    """Verdicts by the ordinary evaluation without and with the plan, and the reach of cells where there are any."""
    standard = _standard(city, asked)
    found = {}
    mine = planned_view(city, asked.name, case.view.as_of)
    for key, planned in (("before", None), ("after", mine)):
        evaluation = look(city, standard, as_of=asked.as_of, area=asked.area, planned=planned).evaluation
        places = (*evaluation.areas, *evaluation.estates)
        found[key] = dict(sorted(Counter(place.verdict.value for place in places).items()))
    told: dict[str, Any] = {"standard": standard, "verdicts": found}
    if asked.cells is not None:
        told["cells"] = _cells_after(city, asked, case)
    return told


def _cells_after(city: City, asked: SitesAsked, case: _Case) -> dict[str, float]:
    view = with_planned(case.view, planned_view(city, asked.name, case.view.as_of))
    reach = compute_reach(view, case.rule, calendar=bootstrap.calendar_of(city), area=asked.area)
    ids = reach.premises_id.to_pylist()
    weight = dict(zip(case.demand.ids, case.demand.weight.tolist(), strict=True))
    capable = np.asarray(reach.capable) == YES
    held = np.array([name.startswith("cell:") for name in ids], dtype=bool)
    weights = np.array([weight.get(name, 0.0) for name in ids])
    return {
        "households": round(case.total, 1),
        "reached": round(float(weights[held & capable].sum()), 1),
        "share": round(float(weights[held & capable].sum()) / case.total, 6) if case.total else 0.0,
    }


def _features(city: City, case: _Case, siting: Siting, prices: Prices) -> dict[str, Any]:
    rows = siting.chosen
    lon, lat = from_metric(case.candidates.x[rows], case.candidates.y[rows], city.config.crs)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(float(east), 7), round(float(north), 7)]},
            "properties": {
                "id": case.candidates.ids[row],
                "place": case.candidates.place[row],
                "cost_yuan": float(case.candidates.cost[row]),
                "households": round(float(load), 1),
                "capacity": _finite(case.candidates.capacity[row]),
                "year": prices.by_place[case.candidates.place[row]].year,
            },
        }
        for row, east, north, load in zip(rows.tolist(), lon, lat, siting.load, strict=True)
    ]
    return {"type": "FeatureCollection", "name": "规划工作文件，含设施位置，不得公开", "features": features}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _text(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
