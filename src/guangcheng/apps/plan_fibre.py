"""``plan fibre``: a costed, buildable PON from the registers or from files, written as plan files."""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.apps import bootstrap, shapes
from guangcheng.apps.fibre_network import Given, How, Network, network_of
from guangcheng.apps.fibre_tables import Drawn, drawn_tables
from guangcheng.apps.foreign import foreign_output_to_stderr
from guangcheng.apps.with_plan import fibre_access_points
from guangcheng.base.errors import InputError, NotFound, UsageError, Where
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.reach import Places
from guangcheng.coverage.tree import tree_of
from guangcheng.planning.fibre.tables import power_class, shipped_losses
from guangcheng.planning.pon.catalogue import SPARE_SHARE, Catalogue, read_prices, scheme, schemes, shipped_catalogue
from guangcheng.planning.streets.build import Rules
from guangcheng.planning.streets.files import read_areas, read_customers, read_ducts, read_sites, read_streets
from guangcheng.planning.streets.model import Customers, Ints, Method, Shapes, Sites, StreetLines
from guangcheng.planning.streets.prices import EXAMPLE, example_prices, prices_of
from guangcheng.planning.streets.prices import Prices as CivilPrices
from guangcheng.planning.streets.routes import Goal, Objective
from guangcheng.registers.city import City
from guangcheng.registers.faults import Fault
from guangcheng.registers.planned import plan_folder, save_planned
from guangcheng.registers.view import RegisterView
from guangcheng.reporting.plan_files.read import open_plan
from guangcheng.reporting.plan_files.tables import PlanHead, PlanTables, Prices
from guangcheng.reporting.plan_files.write import plan_hash, write_plan
from guangcheng.store.files import file_sha256

__all__ = ["REGISTER", "FibreAsked", "default_how", "plan_fibre", "plan_tables"]

REGISTER = "register"
MARGIN_M = 1000.0
"""Streets farther than this outside the box around premises and OLTs are left out."""
ONTS_PER_PORT = 64
REEL_M = 2000.0
NAMED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreAsked:
    """What was asked on the command line; see its help."""

    area: str
    olt: str
    run: Path
    operator: str | None = None
    name: str | None = None
    premises: Path | None = None
    streets: Path | None = None
    ducts: Path | None = None
    forbidden: Path | None = None
    prices: Path | None = None
    equipment: Path | None = None
    objective: str = "connect-all"
    households: int | None = None
    budget: float | None = None
    cls: str = "gpon-c+"
    schemes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("trench",)
    take_rate: float = 1.0
    grade: str = "standard"
    join_crossings: bool = False
    as_of: dt.date | None = None
    effort: int = 6
    seed: int = 1


def plan_fibre(city: City, asked: FibreAsked, *, lang: Lang = "zh", progress: Progress = SILENT) -> dict[str, Any]:
    """Plan, write the run folder and tell what it holds; the command's one object.

    Raises the errors of :mod:`guangcheng.base.errors` for input nothing can be planned from; what only concerns a
    part is listed and the rest planned.
    """
    day = bootstrap.as_of_day(city, asked.as_of)
    view = city.view(day)
    _check_kept(city, asked)
    given, inputs = _given(city, view, asked)
    how, faults = _how(asked)
    progress.start("plan", 2)
    with foreign_output_to_stderr():
        network, drawn = _within_budget(given, how, asked)
    progress.advance()
    tables = plan_tables(
        network,
        drawn,
        how,
        city=city.config.name,
        area=asked.area,
        as_of=day,
        inputs=inputs,
        operator=asked.operator,
    )
    names = write_plan(asked.run, tables, lang=lang)
    if asked.name is not None:
        points = fibre_access_points(city, open_plan(asked.run), view, prefix=asked.name)
        save_planned(city, asked.name, view, {"access_points": points})
    progress.finish()
    return _told(network, tables, (*faults, *network.routes.faults), asked, names)


def _check_kept(city: City, asked: FibreAsked) -> None:
    """Refuse a name that cannot be kept before anything is planned."""
    if asked.name is None:
        return
    plan_folder(city, asked.name)
    if asked.operator is None:
        raise UsageError(
            Text("没有说是哪家运营商的接入点", "whose access points they are is not said"),
            mend=Text("加 --operator，如 telecom", "add --operator, such as telecom"),
        )


def plan_tables(
    network: Network,
    drawn: Drawn,
    how: How,
    *,
    city: str,
    area: str,
    as_of: dt.date,
    inputs: dict[str, str],
    operator: str | None = None,
) -> PlanTables:
    """The tables with their head."""
    goal = how.goal
    example = how.prices.id == EXAMPLE
    parameters: dict[str, float | int | str | bool | None] = {
        "take_rate": goal.take_rate,
        "grade": "high" if how.fibres > 1 else "standard",
        "power_class": how.cls.id,
        "scheme": network.pon.placement.scheme.id,
        "spare_share": SPARE_SHARE,
        "spare_holes": how.rules.spare_holes,
        "reel_m": REEL_M,
        "max_split": 64,
        "cabinet_households": 120,
        "room_households": 300,
        "quota_households": goal.households,
        "methods": "+".join(how.rules.methods),
        "operator": operator,
    }
    note = Text("示例价目，不是报价", "an example price list, no quotation")
    head = PlanHead(
        city=city,
        area=area,
        as_of=as_of,
        crs=network.graph.crs,
        prices=Prices(how.prices.id, "CNY", 2024, example, note if example else Text("自备价目", "own price list")),
        objective=str(goal.objective),
        seed=how.seed,
        effort=how.effort,
        cost=drawn.cost,
        lower_bound=min(drawn.bound.total, drawn.cost),
        trench_cost=drawn.trench,
        trench_lower_bound=drawn.trench_bound,
        inputs=inputs,
        parameters=parameters,
        assumptions=_ASSUMED,
    )
    return PlanTables.of(head, **drawn.tables)


_ASSUMED = (
    Text(
        "每处驻地的光纤数 = 户数 × 入网率，向上取整；没有户数的驻地按 1 户",
        "ONTs of a premises = households × take rate, rounded up; a premises without households counts as 1",
    ),
    Text(
        "超过 120 户的驻地分成若干单元（编号后加 #1、#2…），每个单元有自己的入口",
        "a premises of more than 120 households is planned as units (#1, #2 … after its id), each with its own entry",
    ),
    Text(
        "层数未知时按每层 4 户估计，每层 3 米；10 层及以上算高层，入口设分纤箱",
        "where floors are not known there are 4 homes on each, 3 m high; from 10 floors on it is a high-rise and its "
        "entry has a splitter box",
    ),
    Text("楼内竖井已有，不计土建", "shafts within buildings are there and cost nothing"),
    Text("既有管道只用已知的空余孔", "of existing ducts only the holes known to be free are used"),
    Text("用户终端（ONT）不计价", "ONTs are not priced"),
    Text("下界计入土建、光纤米数和设备的最少数量", "the bound counts civil works, fibre metres and least equipment"),
)


def _within_budget(given: Given, how: How, asked: FibreAsked) -> tuple[Network, Drawn]:
    """The plan; under a budget that of all costs, the routes' part is found by trying."""
    network = network_of(given, how)
    drawn = drawn_tables(network, how)
    if how.goal.objective is not Objective.BUDGET or asked.budget is None:
        return network, drawn
    for _ in range(_TRIES):
        if drawn.cost <= asked.budget:
            return network, drawn
        routes = drawn.trench * asked.budget / drawn.cost * _SLACK
        how = replace(how, goal=replace(how.goal, cny=routes))
        network = network_of(given, how)
        drawn = drawn_tables(network, how)
    raise InputError(
        Text(f"{asked.budget:,.0f} 元什么也接不上", f"CNY {asked.budget:,.0f} connect nothing"),
        mend=Text("提高预算", "raise the budget"),
    )


_TRIES, _SLACK = 12, 0.99


def _given(city: City, view: RegisterView, asked: FibreAsked) -> tuple[Given, dict[str, str]]:
    """Everything read, and the hash of each source by its name."""
    crs, inputs = city.config.crs, {}

    def named(path: Path) -> Path:
        inputs[path.name] = file_sha256(path)
        return path

    if asked.premises is not None:
        customers = read_customers(named(asked.premises), crs=crs)
        floors = np.zeros(len(customers.ids), dtype=np.int64)
    else:
        customers, floors = _premises(view, asked.area)
        inputs["premises"] = view.refs["premises"].hash
    if asked.olt == REGISTER:
        sites = _sites(view)
        inputs["access_points"] = view.refs["access_points"].hash
    else:
        sites = read_sites(named(_existing(asked.olt)), crs=crs)
    if asked.streets is not None:
        streets = read_streets(named(asked.streets), crs=crs)
    else:
        streets = _streets(view)
        inputs["streets"] = view.refs["streets"].hash
    ducts = read_ducts(named(asked.ducts), crs=crs) if asked.ducts else None
    forbidden = read_areas(named(asked.forbidden), crs=crs) if asked.forbidden else None
    return Given(crs, _near(streets, customers, sites), customers, sites, floors, ducts, forbidden), inputs


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise NotFound(
            Text(f"没有局点文件 {name}", f"there is no file of OLT sites {name}"),
            mend=Text(
                f"给出文件（列 olt_id、lon、lat、pon_ports、cost），或写 {REGISTER}",
                f"give a file (columns olt_id, lon, lat, pon_ports, cost) or write {REGISTER}",
            ),
            where=Where(file=name),
        )
    return path


def _needed(view: RegisterView, register: str, option: str) -> None:
    if not view.has(register):
        raise NotFound(
            Text(f"没有台账 {register}", f"there is no register {register}"),
            mend=Text(
                f"先导入 {register}，或用 {option} 给出文件", f"import {register} first, or give a file by {option}"
            ),
            where=Where(file=register),
        )


_KEPT = ("premises_id", "households", "floors")


def _premises(view: RegisterView, area: str) -> tuple[Customers, Ints]:
    """Premises of the area in use; an estate gives way to its buildings where all of them have place and households."""
    import shapely

    _needed(view, "premises", "--premises")
    places = Places.on(view, tree_of(view, view.as_of), [area])
    table = places.table
    more = view.table("premises", _KEPT).to_pylist()
    known = {row["premises_id"]: row for row in more}
    ids, kinds = table["premises_id"].to_pylist(), table["kind"].to_pylist()
    parents = table["parent_premises"].to_pylist()
    placed = np.isfinite(places.x) & np.isfinite(places.y)
    if not ids:
        raise InputError(
            Text(f"区域 {area} 里没有驻地", f"there are no premises in the area {area}"),
            mend=Text("核对区域代码", "check the area's code"),
            where=Where(field="area"),
        )
    whole: dict[str, bool] = {}
    for name, kind, parent, here in zip(ids, kinds, parents, placed.tolist(), strict=True):
        if kind == "building" and parent is not None:
            good = here and known[name]["households"] is not None
            whole[parent] = whole.get(parent, True) and good
    keep = [
        at
        for at, (name, kind, parent) in enumerate(zip(ids, kinds, parents, strict=True))
        if (whole.get(parent, False) if kind == "building" and parent is not None else not whole.get(name, False))
    ]
    points = np.empty(len(keep), dtype=object)
    points[:] = [shapely.Point(places.x[at], places.y[at]) if placed[at] else None for at in keep]
    households = np.array([known[ids[at]]["households"] or 1 for at in keep], dtype=np.int64)
    floors = np.array([known[ids[at]]["floors"] or 0 for at in keep], dtype=np.int64)
    return Customers(tuple(ids[at] for at in keep), points, households), floors


def _sites(view: RegisterView) -> Sites:
    """Access points of the register as OLT sites, with the PON ports their free ports are good for."""
    import shapely

    _needed(view, "access_points", "--olt")
    rows = [
        row
        for row in view.table("access_points", ("access_point_id", "x", "y", "ports_free")).to_pylist()
        if row["x"] is not None and (row["ports_free"] or 0) > 0
    ]
    points = np.empty(len(rows), dtype=object)
    points[:] = [shapely.Point(row["x"], row["y"]) for row in rows]
    ports = np.array([-(-row["ports_free"] // ONTS_PER_PORT) for row in rows], dtype=np.int64)
    return Sites(tuple(row["access_point_id"] for row in rows), points, ports, np.zeros(len(rows)))


def _streets(view: RegisterView) -> StreetLines:
    import shapely

    _needed(view, "streets", "--streets")
    table: pa.Table = view.table("streets", ("edge_id", "highway", "geometry")).sort_by("edge_id")
    lines = np.atleast_1d(np.asarray(shapely.from_wkb(np.array(table["geometry"].to_pylist(), dtype=object))))
    kinds = tuple(kind or "" for kind in table["highway"].to_pylist())
    return StreetLines(tuple(table["edge_id"].to_pylist()), kinds, lines)


def _near(streets: StreetLines, customers: Customers, sites: Sites) -> StreetLines:
    """Streets near the premises and OLTs."""
    import shapely

    boxes = np.concatenate([shapely.bounds(customers.shapes), shapely.bounds(sites.points)])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not boxes.size:
        return streets
    west, south = boxes[:, :2].min(axis=0) - MARGIN_M
    east, north = boxes[:, 2:].max(axis=0) + MARGIN_M
    near = np.flatnonzero(shapely.intersects(streets.lines, shapely.box(west, south, east, north)))
    if not near.size:
        return streets  # wrong datum or place: the faults say so
    pick: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda names: tuple(names[i] for i in near)  # noqa: E731
    return StreetLines(pick(streets.ids), pick(streets.kinds), _taken(streets.lines, near))


def _taken(lines: Shapes, rows: Any) -> Shapes:
    taken: Shapes = lines[rows]
    return taken


def default_how(*, effort: int, seed: int) -> How:
    """The means the command takes where nothing is said."""
    return _how(FibreAsked(area="", olt=REGISTER, run=Path(), effort=effort, seed=seed))[0]


def _how(asked: FibreAsked) -> tuple[How, tuple[Fault, ...]]:
    prices, faults = _prices(asked.prices)
    ways = tuple(scheme(name) for name in asked.schemes) or tuple(schemes().values())
    goal = Goal(
        objective=Objective(asked.objective),
        households=asked.households,
        cny=asked.budget,
        onts_per_port=min(ONTS_PER_PORT, max(way.homes for way in ways)),
        take_rate=asked.take_rate,
    )
    rules = Rules(methods=tuple(Method(one) for one in asked.methods), join_crossings=asked.join_crossings)
    how = How(
        prices=prices,
        catalogue=_catalogue(asked.equipment),
        cls=power_class(asked.cls),
        losses=shipped_losses(),
        schemes=ways,
        goal=goal,
        fibres=2 if asked.grade == "high" else 1,
        rules=rules,
        effort=asked.effort,
        seed=asked.seed,
    )
    return how, faults


def _rows(path: Path, column: str) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except UnicodeDecodeError as fault:
        raise _no_table(path, column) from fault
    if rows and column not in rows[0]:
        raise _no_table(path, column)
    return [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in rows]


def _no_table(path: Path, column: str) -> UsageError:
    return UsageError(
        Text(f"不是价目表：没有列 {column}", f"no price list: the column {column} is missing"),
        mend=Text(
            "用 UTF-8 的 CSV，列与随软件的示例相同", "use CSV in UTF-8 with the columns of the example that ships"
        ),
        where=Where(file=str(path)),
    )


def _prices(path: Path | None) -> tuple[CivilPrices, tuple[Fault, ...]]:
    return (example_prices(), ()) if path is None else prices_of(_rows(path, "method"), id=path.name)


def _catalogue(path: Path | None) -> Catalogue:
    if path is None:
        return shipped_catalogue()
    return read_prices(enumerate(_rows(path, "item"), start=2), file=path.name)


def _told(
    network: Network,
    tables: PlanTables,
    faults: tuple[Fault, ...],
    asked: FibreAsked,
    names: tuple[str, ...],
) -> dict[str, Any]:
    head, design = tables.head, network.pon.design
    left = sum(one.households for one in network.left)
    served = int(sum(network.pon.forest.homes))
    failed = [row for row in tables["checks"].to_pylist() if not row["passed"]]
    return {
        "run": str(asked.run),
        "kept": asked.name,
        "files": list(names),
        "plan": plan_hash(tables),
        "objective": head.objective,
        "scheme": network.pon.placement.scheme.id,
        "households": {"total": served + left, "connected": served, "share": round(served / max(1, served + left), 6)},
        "premises": {
            "connected": len({int(network.trees.customer[ont.node]) for ont in design.onts}),
            "left": len({one.premises.partition("#")[0] for one in network.left}),
        },
        "onts": len(design.onts),
        "pon_ports": len(design.ports),
        "splitters": len(design.splitters),
        "cost": round(head.cost, 2),
        "lower_bound": round(head.lower_bound, 2),
        "gap": round(head.gap, 6),
        "trench": {
            "cost": round(head.trench_cost, 2),
            "lower_bound": round(head.trench_lower_bound, 2),
            "gap": round(max(0.0, 1 - head.trench_lower_bound / head.trench_cost) if head.trench_cost else 0.0, 6),
        },
        "length_m": _metres(tables),
        "unserved": {
            "by_reason": dict(sorted(Counter(one.reason for one in network.left).items())),
            "named": [
                {"premises": one.premises, "households": one.households, "reason": one.reason,
                 "words": shapes.text(one.words)}
                for one in network.left[:NAMED]
            ],
        },
        "faults": [shapes.fault(one) for one in faults[:NAMED]],
        "checks_failed": [
            {"check": row["check"], "level": row["level"], "subject": row["subject"],
             "words": {"zh": row["zh"], "en": row["en"]}}
            for row in failed
        ],
        "attenuators": len(network.pon.lit.attenuators),
        "prices": head.prices.id,
    }  # fmt: skip


def _metres(tables: PlanTables) -> dict[str, float]:
    found: dict[str, float] = {}
    spans = tables["spans"]
    for method, metres in zip(spans["method"].to_pylist(), spans["length_m"].to_pylist(), strict=True):
        found[method] = found.get(method, 0.0) + metres
    return {method: round(found[method], 1) for method in sorted(found)}
