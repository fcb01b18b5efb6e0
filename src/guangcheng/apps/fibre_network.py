"""From streets, premises and OLT sites to a drawn PON: routes, entries and risers, splitters, cables, every fibre.

Two things are only known once all is drawn: whether a duct has a hole for every cable, and whether an OLT has a port
for every splitter. Where not, the routes are found again without that duct, or with fewer ONTs reckoned per port.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np

from guangcheng.base.text import Text
from guangcheng.planning.fibre.tables import Losses, PowerClass
from guangcheng.planning.pon.catalogue import Catalogue, Scheme
from guangcheng.planning.pon.checks import holes_needed
from guangcheng.planning.pon.model import Forest
from guangcheng.planning.pon.place import LABELS
from guangcheng.planning.pon.plan import Plan, plan
from guangcheng.planning.streets.build import Rules, planning_graph
from guangcheng.planning.streets.model import (
    Bools,
    Customers,
    Ducts,
    Ints,
    PlanningGraph,
    Shapes,
    Sites,
    StreetLines,
)
from guangcheng.planning.streets.prices import Prices
from guangcheng.planning.streets.routes import Goal, Objective, Routes, onts, plan_routes, without_ducts

__all__ = ["HIGH_RISE", "Given", "How", "Left", "Network", "Trees", "network_of"]

UNIT_HOMES = 120
"""Households of a unit: a premises with more is planned as several, each with an entry of its own."""
SMALL_HOMES = 4
"""A house of at most so many is reached by its drop alone, without entry and riser."""
UNIT_M = 20.0
"""Metres within a building from its entry to that of one of several units."""
FLOOR_M = 3.0
HOMES_PER_FLOOR = 4
"""Where the floors are not known."""
HIGH_RISE = 10
"""Floors from which a residential building is a high-rise (GB 50352)."""
_ROUNDS = 8
_LARGE, _LEAST_LABELS = 1000, 12
"""Nodes from which splitters are placed with fewer alternatives kept, and the fewest that are kept."""
_LEAST_PER_PORT = 20
_NARROWER = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What is planned for; ``floors`` per customer, 0 where not known."""

    crs: str
    streets: StreetLines
    customers: Customers
    sites: Sites
    floors: Ints
    ducts: Ducts | None = None
    forbidden: Shapes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """By what means: prices, equipment, power class, splitting schemes, what is to be reached."""

    prices: Prices
    catalogue: Catalogue
    cls: PowerClass
    losses: Losses
    schemes: tuple[Scheme, ...]
    goal: Goal = field(default_factory=Goal)
    fibres: int = 1
    """Fibres a home: 2 at high grade."""
    rules: Rules = field(default_factory=Rules)
    effort: int = 6
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Left:
    """Premises (or one unit of them) that are not connected, and why."""

    premises: str
    households: int
    reason: str
    words: Text


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """The routes as a PON forest: nodes of the routes first, then entries of units and premises.

    ``names`` are node ids; ``unit`` is the id of the premises a node is, ``None`` for the others; ``customer`` its
    index; ``entry`` the node where its riser starts (itself for a house).
    """

    forest: Forest
    names: tuple[str, ...]
    spans: tuple[str, ...]
    unit: tuple[str | None, ...]
    customer: Ints
    entry: Ints
    place: Ints
    """The node of the routes each node stands at."""
    high_rise: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """All that was planned."""

    graph: PlanningGraph
    routes: Routes
    trees: Trees
    pon: Plan
    left: tuple[Left, ...]
    rounds: int


def network_of(given: Given, how: How, *, left: Callable[[], float] | None = None) -> Network:
    """Plan. Premises that cannot be connected are listed and the rest planned.

    Under a quota or budget the routes choose who is connected (a budget is CNY of routes); what is proven afterwards
    is the cost of connecting those chosen. ``left`` is that of :func:`planning.streets.routes.plan_routes`.
    """
    graph = planning_graph(
        given.streets,
        given.customers,
        given.sites,
        crs=given.crs,
        ducts=given.ducts,
        forbidden=given.forbidden,
        prices=how.prices,
        rules=how.rules,
    )
    out = [*_hopeless(graph)]
    if how.goal.objective is not Objective.CONNECT_ALL:
        graph = _chosen(graph, how, out, left)
    return _settled(graph, given, how, out, left)


def _hopeless(graph: PlanningGraph) -> list[Left]:
    """Customers without a place in the graph, with the first fault that names them."""
    said = {one.value: one for one in reversed(graph.faults) if one.where.field == "premises" and one.rule != "S-15"}
    found = []
    for i in np.flatnonzero(graph.premises_node < 0).tolist():
        name = graph.premises_ids[i]
        fault = said.get(name)
        words = fault.why if fault else Text("不能接到道路上", "it cannot be joined to any street")
        found.append(Left(name, max(0, int(graph.households[i])), fault.rule if fault else "unreached", words))
    return found


def _chosen(graph: PlanningGraph, how: How, out: list[Left], left: Callable[[], float] | None) -> PlanningGraph:
    routes = plan_routes(graph, how.goal, effort=how.effort, seed=how.seed, left=left)
    keep = routes.forest.premises >= 0
    words = {
        Objective.QUOTA: Text("配额之外：接它比接别的更贵", "outside the quota: dearer to connect than others"),
        Objective.BUDGET: Text(
            "预算之外：同样的钱能接别处更多的户", "outside the budget: the money connects more elsewhere"
        ),
    }[how.goal.objective]
    reason = f"outside-{how.goal.objective}"
    out += [
        Left(graph.premises_ids[i], int(graph.households[i]), reason, words)
        for i in np.flatnonzero(~keep & (graph.premises_node >= 0)).tolist()
    ]
    return _without(graph, ~keep)


def _settled(
    graph: PlanningGraph, given: Given, how: How, out: list[Left], left: Callable[[], float] | None
) -> Network:
    per_port = how.goal.onts_per_port
    rounds = 0
    while True:
        rounds += 1
        goal = Goal(onts_per_port=per_port, take_rate=how.goal.take_rate)
        routes = _routes(graph, goal, how, left)
        full = [one for one in routes.faults if one.rule == "S-16"]
        trees = _trees(graph, routes, given, how)
        last = rounds >= _ROUNDS
        drawn = _drawn(graph, routes, trees, how, per_port if np.unique(graph.site_node).size > 1 and not last else 0)
        crowded = _crowded(graph, routes, drawn)
        fewer = _fewer(graph, routes, drawn, per_port)
        if crowded.size and not last:
            graph = replace(graph, free_holes=_emptied(graph.free_holes, crowded))
        elif fewer < per_port and not last:
            per_port = fewer
        else:
            fresh = [Left(one.value, _homes(graph, one.value), one.rule, one.why) for one in full]
            whole, units = _dark(graph, trees, drawn)
            gone = {one.premises for one in fresh} | {one.premises for one in whole}
            if not gone or last:
                return Network(graph, routes, trees, drawn, (*out, *fresh, *whole, *units), rounds)
            out += [*fresh, *whole]
            graph = _without(graph, np.array([name in gone for name in graph.premises_ids]))


def _routes(graph: PlanningGraph, goal: Goal, how: How, left: Callable[[], float] | None) -> Routes:
    warm = None
    if (graph.duct >= 0).any():
        warm = plan_routes(without_ducts(graph), goal, effort=how.effort, seed=how.seed, left=left)
    return plan_routes(graph, goal, effort=how.effort, seed=how.seed, left=left, warm=warm)


def _without(graph: PlanningGraph, gone: Bools) -> PlanningGraph:
    return replace(graph, premises_node=np.where(gone, -1, graph.premises_node))


def _emptied(holes: Ints, edges: Ints) -> Ints:
    emptied = holes.copy()
    emptied[edges] = 0
    return emptied


def _homes(graph: PlanningGraph, name: str) -> int:
    return int(graph.households[graph.premises_ids.index(name)])


def _fewer(graph: PlanningGraph, routes: Routes, drawn: Plan, per_port: int) -> int:
    """ONTs to reckon per port where an OLT needs more ports than it has; ``per_port`` where none does."""
    needed = Counter(port.node for port in drawn.design.ports)
    if all(many <= graph.pon_ports[routes.forest.site[v]] for v, many in needed.items()):
        return per_port
    filled = len(drawn.design.onts) / len(drawn.design.ports)
    return max(_LEAST_PER_PORT, int(min(per_port, filled) * _NARROWER))


def _drawn(graph: PlanningGraph, routes: Routes, trees: Trees, how: How, per_port: int) -> Plan:
    """The PON; ports of OLTs are held to only when no fewer ONTs per port can be tried any more."""
    site = routes.forest.site
    held = per_port <= _LEAST_PER_PORT
    ports = {int(v): int(graph.pon_ports[site[v]]) for v in trees.forest.roots} if held else {}
    large = trees.forest.nodes / _LARGE
    return plan(
        trees.forest,
        how.catalogue,
        how.schemes,
        how.cls,
        how.losses,
        names=trees.names,
        ports=ports,
        room=int(graph.pon_ports[np.unique(site[trees.forest.roots])].sum()),
        labels=max(_LEAST_LABELS, min(LABELS, int(LABELS / max(large, 1.0)))),
        shakes=how.effort if large <= 1 else 0,
        seed=how.seed,
    )


def _crowded(graph: PlanningGraph, routes: Routes, drawn: Plan) -> Ints:
    """Edges in ducts with fewer holes to give than cables run there."""
    edge = routes.forest.edge
    found = [
        int(edge[v])
        for v, many in holes_needed(drawn.design).items()
        if v < edge.size and graph.duct[edge[v]] >= 0 and many > graph.free_holes[edge[v]]
    ]
    return np.array(sorted(found), dtype=np.int64)


def _dark(graph: PlanningGraph, trees: Trees, drawn: Plan) -> tuple[list[Left], list[Left]]:
    """Premises left out whole when the PON was drawn, and single units of others."""
    lit = {int(trees.customer[one.node]) for one in drawn.design.onts}
    whole: dict[int, Left] = {}
    units = []
    for one in drawn.unserved:
        i = int(trees.customer[one.node])
        if i in lit:
            units.append(Left(str(trees.unit[one.node]), one.households, one.reason, one.words))
        elif i not in whole:
            whole[i] = Left(graph.premises_ids[i], int(graph.households[i]), one.reason, one.words)
    return list(whole.values()), units


@dataclass(slots=True)
class _Rows:
    """Nodes of the PON forest as they are laid out."""

    parent: list[int]
    length: list[float]
    names: list[str]
    spans: list[str]
    place: list[int]
    homes: list[int]
    ports: list[int]
    unit: list[str | None]
    customer: list[int]
    entry: list[int]
    own_box: list[bool]
    high_rise: list[int] = field(default_factory=list)

    def add(self, parent: int, length: float, name: str) -> int:
        self.parent.append(parent)
        self.length.append(length)
        self.names.append(name)
        self.spans.append(f"R-{name}")
        self.place.append(self.place[parent])
        self.homes.append(0)
        self.ports.append(0)
        self.unit.append(None)
        self.customer.append(-1)
        self.entry.append(-1)
        self.own_box.append(False)
        return len(self.parent) - 1

    def settle(self, v: int, entry: int, unit: str, customer: int, share: tuple[int, int]) -> None:
        self.unit[v], self.customer[v], self.entry[v] = unit, customer, entry
        self.homes[v], self.ports[v] = share


def _trees(graph: PlanningGraph, routes: Routes, given: Given, how: How) -> Trees:
    """Hang entries, risers and premises below the routes; see :class:`Trees`."""
    forest = routes.forest
    rows = _rows(graph, routes)
    served = np.flatnonzero(forest.premises >= 0)
    planned = onts(graph, how.goal.take_rate)
    shared = np.bincount(forest.premises[served], minlength=forest.node.size)
    inner = np.zeros(forest.node.size, dtype=np.bool_)
    inner[forest.parent[forest.parent >= 0]] = True
    floors = dict(zip(given.customers.ids[::-1], given.floors.tolist()[::-1], strict=True))
    for i in served.tolist():
        v = int(forest.premises[i])
        alone = bool(shared[v] == 1 and not inner[v] and forest.parent[v] >= 0)
        name, homes = graph.premises_ids[i], int(graph.households[i])
        if alone and homes <= SMALL_HOMES:
            rows.settle(v, v, name, i, (homes, int(planned[i])))
            rows.names[v] = f"P-{name}"
        else:
            _building(rows, v, i, name, (homes, int(planned[i])), floors.get(name, 0))
    return _made(rows, how.fibres)


def _rows(graph: PlanningGraph, routes: Routes) -> _Rows:
    forest = routes.forest
    many = forest.node.size
    length = np.where(forest.parent >= 0, graph.length_m[forest.edge], 0.0)
    names = [f"N{node}" for node in forest.node.tolist()]
    for v in np.flatnonzero(forest.parent < 0).tolist():
        names[v] = f"O-{graph.site_ids[forest.site[v]]}"
    return _Rows(
        parent=forest.parent.tolist(),
        length=length.tolist(),
        names=names,
        spans=[f"S{edge}" for edge in forest.edge.tolist()],
        place=list(range(many)),
        homes=[0] * many,
        ports=[0] * many,
        unit=[None] * many,
        customer=[-1] * many,
        entry=[-1] * many,
        own_box=[False] * many,
    )


def _building(rows: _Rows, v: int, customer: int, name: str, share: tuple[int, int], floors: int) -> None:
    """Units of at most :data:`UNIT_HOMES`, each with its entry and, above it, the homes."""
    homes, ports = share
    units = max(1, ceil(homes / UNIT_HOMES))
    for j in range(units):
        h, p = homes // units + (j < homes % units), ports // units + (j < ports % units)
        unit = name if units == 1 else f"{name}#{j + 1}"
        entry = v if units == 1 else rows.add(v, UNIT_M, f"E-{unit}")
        high = floors or ceil(h / HOMES_PER_FLOOR)
        leaf = rows.add(entry, high * FLOOR_M, f"P-{unit}")
        rows.settle(leaf, entry, unit, customer, (h, p))
        if high >= HIGH_RISE and p:
            rows.own_box[entry] = True
            rows.high_rise.append(entry)


def _made(rows: _Rows, fibres: int) -> Trees:
    ports = np.array(rows.ports, dtype=np.int64)
    leaf = np.array([unit is not None for unit in rows.unit])
    forest = Forest(
        parent=np.array(rows.parent, dtype=np.int64),
        length_m=np.array(rows.length, dtype=np.float64),
        homes=np.array(rows.homes, dtype=np.int64),
        ports=ports,
        fibres=np.where(ports > 0, fibres, 0).astype(np.int64),
        may_hold=~leaf,
        own_box=np.array(rows.own_box, dtype=np.bool_),
    )
    return Trees(
        forest,
        tuple(rows.names),
        tuple(rows.spans),
        tuple(rows.unit),
        np.array(rows.customer, dtype=np.int64),
        np.array(rows.entry, dtype=np.int64),
        np.array(rows.place, dtype=np.int64),
        np.array(sorted(set(rows.high_rise)), dtype=np.int64),
    )
