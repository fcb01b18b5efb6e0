"""A planned network as the tables of the plan files: nodes, spans, quantities, checks, beside what the PON draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from guangcheng.apps.fibre_network import How, Network
from guangcheng.base.text import Text
from guangcheng.planning.fibre.tables import Losses, PowerClass
from guangcheng.planning.pon.bound import Bound, city_bound
from guangcheng.planning.pon.checks import Check, gb50846, holes_needed
from guangcheng.planning.pon.tables import boq_table, checks_table, network_tables, node_kinds
from guangcheng.planning.steiner import model as steiner
from guangcheng.planning.streets.model import METHODS, SURFACES, Bools, Floats, Ints, Method, PlanningGraph, Surface

__all__ = ["Drawn", "drawn_tables"]

Columns = dict[str, list[Any]]
OPERATORS = 3
"""A new duct has holes for so many operators (GB 50846-2012 3.2.2)."""
_DUG = (Method.TRENCH, Method.MICRO_TRENCH)
_CHECKS = {
    "area-room": "room_households",
    "area-cabinet": "cabinet_households",
    "operators": "duct_operators",
    "one-cable-a-hole": "one_cable_per_hole",
    "spare-holes": "spare_holes",
    "spare-fibres": "spare_fibres",
    "high-grade-fibres": "fibres_per_home",
    "estate-room": "estate_room",
}
"""The ids of the plan files for the checks of the PON."""
_METHODS = {
    "trench": Text("开挖", "trench"),
    "micro_trench": Text("微槽", "micro-trench"),
    "aerial": Text("架空", "aerial"),
    "duct": Text("既有管道穿缆", "in an existing duct"),
    "shared_trench": Text("同沟", "shared trench"),
    "drop": Text("引入", "drop"),
    "riser": Text("楼内竖井", "riser"),
}
_SURFACES = {
    "carriageway": Text("车行道", "carriageway"),
    "pavement": Text("人行道", "pavement"),
    "unpaved": Text("土路", "unpaved"),
    "crossing": Text("过街", "crossing"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The tables and the figures of the head. ``trench`` is the civil work of spans and sites, without cable."""

    tables: dict[str, Columns]
    cost: float
    trench: float
    trench_bound: float
    bound: Bound


def drawn_tables(network: Network, how: How) -> Drawn:
    """All tables but ``phases``; only what serves somebody is in them."""
    draft = _Draft.of(network, how)
    design, pon = network.pon.design, network.pon
    premises = {v: unit for v, unit in enumerate(network.trees.unit) if unit is not None}
    tables = network_tables(
        design,
        how.catalogue,
        how.cls,
        how.losses,
        node_ids=network.trees.names,
        span_ids=network.trees.spans,
        premises_ids=premises,
    )
    spans = draft.spans()
    _holes(tables["cable_spans"], spans)
    tables |= {"nodes": draft.nodes(), "spans": spans, "unserved": _unserved(network)}
    tables |= {"checks": checks_table(_checks(network, how, draft)), "classes": _class(how.cls)}
    tables["losses"] = _losses(how.losses, tables["splitters"]["ratio"], how.cls)
    rows = boq_table(design, how.catalogue, how.cls, attenuators=len(pon.lit.attenuators))
    tables["boq"] = _joined(draft.span_rows(spans), rows, draft.other_rows(len(design.onts)))
    cost = float(sum(tables["boq"]["cost"]))
    trench = float(sum(spans["cost"])) + draft.site_cost
    least = max(0.0, network.routes.lower_bound - 0.005 * network.graph.nodes)
    least = min(least, trench)  # prices of single edges are rounded to the fen in the search
    bound = _bound(network, how, least)
    return Drawn(tables, cost, trench, least, bound)


def _holes(rows: Columns, spans: Columns) -> None:
    """Fill in which hole each cable takes: those taken before come first."""
    has = {
        name: taken
        for name, holes, taken in zip(spans["span_id"], spans["holes"], spans["holes_taken"], strict=True)
        if holes is not None
    }
    for row, name in enumerate(rows["span_id"]):
        if name in has:
            has[name] += 1
            rows["hole"][row] = has[name]


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """What is looked up again and again."""

    network: Network
    how: How
    used: Bools
    """Nodes that lead to an ONT."""
    onts: Ints
    cables: Mapping[int, int]

    @classmethod
    def of(cls, network: Network, how: How) -> "_Draft":
        trees = network.trees
        own = np.zeros(trees.forest.nodes)
        for ont in network.pon.design.onts:
            own[ont.node] += 1
        total = _below(trees.forest.parent, own)
        return cls(network, how, total > 0, total.astype(np.int64), holes_needed(network.pon.design))

    @property
    def roots(self) -> list[int]:
        """OLTs that serve somebody."""
        return [int(v) for v in self.network.trees.forest.roots if self.used[v]]

    @property
    def site_cost(self) -> float:
        """CNY of opening them."""
        return float(sum(self._site_cost(v) for v in self.roots))

    def _site_cost(self, v: int) -> float:
        return float(self.network.graph.site_cost[self.network.routes.forest.site[v]])

    def nodes(self) -> Columns:
        """OLTs, points of the routes, entries, premises."""
        trees, graph = self.network.trees, self.network.graph
        kinds = node_kinds(self.network.pon.design)
        rows = np.flatnonzero(self.used).tolist()
        at = self.network.routes.forest.node[trees.place[rows]]
        return {
            "node_id": [trees.names[v] for v in rows],
            "kind": [self._kind(v, kinds) for v in rows],
            "existing": [self._stands(v) for v in rows],
            "x": graph.x[at].tolist(),
            "y": graph.y[at].tolist(),
            "lon": graph.lon[at].tolist(),
            "lat": graph.lat[at].tolist(),
            "premises_id": [trees.unit[v] for v in rows],
            "households": [int(trees.forest.homes[v]) if trees.unit[v] else None for v in rows],
            "grade": [self._grade() if trees.unit[v] else None for v in rows],
        }

    def _grade(self) -> str:
        return "high" if self.how.fibres > 1 else "standard"

    def _kind(self, v: int, kinds: Mapping[int, str]) -> str:
        if self.network.trees.forest.parent[v] < 0:
            return "olt"
        return "premises" if self.network.trees.unit[v] else kinds.get(v, "junction")

    def _stands(self, v: int) -> bool:
        return self.network.trees.forest.parent[v] < 0 and self._site_cost(v) == 0

    def spans(self) -> Columns:
        """Every stretch that carries a cable, from the node towards the OLT."""
        trees, graph, forest = self.network.trees, self.network.graph, self.network.routes.forest
        rows = [v for v in np.flatnonzero(self.used).tolist() if trees.forest.parent[v] >= 0]
        streets = forest.node.size
        edge = [int(forest.edge[v]) if v < streets else -1 for v in rows]
        method = [str(METHODS[graph.method[e]]) if e >= 0 else "riser" for e in edge]
        surface = [_surface(graph, e) for e in edge]
        price = [self._price(e) for e in edge]
        holes = [self._span_holes(v, e) for v, e in zip(rows, edge, strict=True)]
        length = [float(trees.forest.length_m[v]) for v in rows]
        return {
            "span_id": [trees.spans[v] for v in rows],
            "from_node": [trees.names[trees.forest.parent[v]] for v in rows],
            "to_node": [trees.names[v] for v in rows],
            "method": method,
            "surface": surface,
            "rise_m": [0.0 if e >= 0 else m for e, m in zip(edge, length, strict=True)],
            "length_m": length,
            "duct_id": [graph.duct_ids[graph.duct[e]] if e >= 0 and graph.duct[e] >= 0 else None for e in edge],
            "holes": holes,
            "holes_taken": [None if one is None else 0 for one in holes],
            "cost": [m * cny for m, cny in zip(length, price, strict=True)],
            "onts": [int(self.onts[v]) for v in rows],
            "geometry": _lines(self.network, rows, edge),
        }

    def _price(self, edge: int) -> float:
        graph = self.network.graph
        if edge < 0:
            return 0.0
        return self.how.prices.of(METHODS[graph.method[edge]], SURFACES[graph.surface[edge]])

    def _span_holes(self, v: int, edge: int) -> int | None:
        """Holes known to be free in an existing duct; those laid in a new one: for each cable, spare, operators."""
        graph = self.network.graph
        if edge < 0:
            return None
        spare = self.how.rules.spare_holes
        if graph.duct[edge] >= 0:
            there = METHODS[graph.method[edge]] is Method.DUCT
            return int(graph.free_holes[edge]) + spare if there else None
        if METHODS[graph.method[edge]] not in _DUG:
            return None
        return max(OPERATORS, self.cables.get(v, 0) + max(1, spare))

    def holes(self, *, new: bool) -> dict[int, int]:
        """Free holes by node of spans in new or existing ducts."""
        graph, forest = self.network.graph, self.network.routes.forest
        found = {}
        for v in range(forest.node.size):
            edge = int(forest.edge[v])
            if edge < 0 or not self.used[v] or (graph.duct[edge] < 0) is not new:
                continue
            many = self._span_holes(v, edge)
            if many is not None:
                found[v] = many
        return found

    def span_rows(self, spans: Columns) -> Columns:
        """Quantities of civil works."""
        metres: dict[tuple[str, str | None], float] = {}
        for method, surface, length in zip(spans["method"], spans["surface"], spans["length_m"], strict=True):
            metres[method, surface] = metres.get((method, surface), 0.0) + length
        rows = []
        for method, surface in sorted(metres, key=lambda pair: (pair[0], pair[1] or "")):
            name = _METHODS[method]
            if surface:
                name = Text(f"{name.zh}（{_SURFACES[surface].zh}）", f"{name.en} ({_SURFACES[surface].en})")
            price, source, year = self._listed(method, surface)
            of = f"{method}/{surface or ''}"
            rows.append((of, name, "spans", of, Text("米", "m"), metres[method, surface], price, source, year))
        return _boq(rows)

    def _listed(self, method: str, surface: str | None) -> tuple[float, str, int]:
        if method == "riser":
            return 0.0, Text("楼内竖井已有，线缆另计", "shafts are there; the cable is counted apart").zh, 0
        price = self.how.prices.per_m[Method(method), Surface(surface or "none")]
        return price.cny_per_m, price.source.zh or "-", price.year or 0

    def other_rows(self, onts: int) -> Columns:
        """OLT sites that are opened, and ONTs (the operator's own, not priced here)."""
        rows = []
        opened = [v for v in self.roots if self._site_cost(v) > 0]
        if opened:
            each = self.site_cost / len(opened)
            name, unit = Text("新开局点", "OLT site opened"), Text("个", "piece")
            rows.append(("olt", name, "nodes", "olt", unit, float(len(opened)), each, "局点文件", 0))
        if onts:
            name, unit = Text("光网络单元（用户终端，另计）", "ONTs (counted apart)"), Text("台", "piece")
            rows.append(("ont", name, "onts", self.how.cls.system, unit, float(onts), 0.0, "-", 0))
        return _boq(rows)


def _below(parent: Ints, own: Floats) -> Floats:
    """Sums over what hangs below each node; parents come before their children."""
    total = own.copy()
    up = parent.tolist()
    for v in range(len(up) - 1, -1, -1):
        if up[v] >= 0:
            total[up[v]] += total[v]
    return total


def _surface(graph: PlanningGraph, edge: int) -> str | None:
    if edge < 0 or SURFACES[graph.surface[edge]] is Surface.NONE:
        return None
    return str(SURFACES[graph.surface[edge]])


def _lines(network: Network, rows: list[int], edge: list[int]) -> list[bytes]:
    """Lines in degrees from the node towards the OLT; within a building both ends are one place."""
    import shapely

    from guangcheng.base.places import from_metric

    graph, forest, trees = network.graph, network.routes.forest, network.trees
    lines = np.empty(len(rows), dtype=object)
    for at, (v, e) in enumerate(zip(rows, edge, strict=True)):
        up = forest.node[trees.place[trees.forest.parent[v]]]
        if e < 0:
            lines[at] = shapely.LineString([(graph.x[up], graph.y[up])] * 2)
        else:
            lines[at] = graph.geometry[e] if graph.tail[e] == up else shapely.reverse(graph.geometry[e])
    moved = shapely.transform(lines, lambda xy: np.column_stack(from_metric(xy[:, 0], xy[:, 1], graph.crs)))
    found: list[bytes] = shapely.to_wkb(moved).tolist()
    return found


def _unserved(network: Network) -> Columns:
    return {
        "premises_id": [one.premises for one in network.left],
        "households": [one.households for one in network.left],
        "reason": [one.reason for one in network.left],
        "zh": [one.words.zh for one in network.left],
        "en": [one.words.en for one in network.left],
    }


def _checks(network: Network, how: How, draft: _Draft) -> Iterable[Check]:
    """The checks of GB 50846, their subjects by the ids of the files, and the light."""
    design, forest, trees = network.pon.design, network.pon.forest, network.trees
    new, old = draft.holes(new=True), draft.holes(new=False)
    high = [int(v) for v in trees.high_rise if draft.used[v]]
    both = gb50846(design, forest, free_holes=new | old, estates={}, high_rises=high)
    fresh = gb50846(design, forest, free_holes=new, estates={}, high_rises=[])
    found = [one for one in both if one.check != "operators"] + [one for one in fresh if one.check == "operators"]
    cables = {cable.id for cable in design.cables}
    for one in found:
        subject = one.subject
        if subject is not None and subject not in cables and subject.isdigit():
            by_span = one.check in ("operators", "one-cable-a-hole", "spare-holes")
            subject = (trees.spans if by_span else trees.names)[int(subject)]
        yield replace(one, check=_CHECKS.get(one.check, one.check), subject=subject)
    worst = max((max(ont.down_db, ont.up_db) for port in network.pon.lit.ports for ont in port.onts), default=0.0)
    most = how.cls.max_loss_db
    words = Text(
        f"最大光衰减 {worst:.2f} dB，{how.cls.title} 至多 {most:g} dB",
        f"most loss {worst:.2f} dB, {how.cls.title} takes at most {most:g} dB",
    )
    yield Check("power", "", "must", None, worst, most, worst <= most + 1e-9, words)


def _class(cls: PowerClass) -> Columns:
    return {
        "id": [cls.id],
        "min_loss_db": [cls.min_loss_db],
        "max_loss_db": [cls.max_loss_db],
        "down_nm": [cls.down_nm],
        "up_nm": [cls.up_nm],
        "differential_km": [cls.differential_km],
        "reach_km": [cls.reach_km],
    }


def _losses(losses: Losses, ratios: list[int], cls: PowerClass) -> Columns:
    """The figures the budgets were reckoned with."""
    rows: list[tuple[str, int | None, Any]] = [
        ("splitter", ratio, losses.of_splitter(ratio)) for ratio in sorted(set(ratios))
    ]
    rows += [("fibre_km", nm, losses.of_fibre(nm)) for nm in sorted({cls.down_nm, cls.up_nm})]
    rows += [(name, None, getattr(losses, name)) for name in ("connector", "splice", "margin", "coexistence")]
    return {
        "item": [item for item, _, _ in rows],
        "key": [key for _, key, _ in rows],
        "most_db": [loss.most_db for _, _, loss in rows],
        "least_db": [loss.least_db for _, _, loss in rows],
        "source": [loss.source.zh for _, _, loss in rows],
    }


def _boq(rows: Sequence[tuple[str, Text, str, str | None, Text, float, float, str, int]]) -> Columns:
    return {
        "item": [row[0] for row in rows],
        "name_zh": [row[1].zh for row in rows],
        "name_en": [row[1].en for row in rows],
        "counts": [row[2] for row in rows],
        "of": [row[3] for row in rows],
        "unit": [row[4].zh for row in rows],
        "quantity": [row[5] for row in rows],
        "unit_price": [row[6] for row in rows],
        "cost": [row[5] * row[6] for row in rows],
        "source": [row[7] for row in rows],
        "year": [row[8] for row in rows],
    }


def _joined(*parts: Columns) -> Columns:
    return {name: [cell for part in parts for cell in part[name]] for name in parts[0]}


def _bound(network: Network, how: How, trench: float) -> Bound:
    """What connecting these customers cannot cost less than."""
    from guangcheng.planning.steiner._ascent import distance_from_root

    graph, trees, pon = network.graph, network.trees, network.pon
    usable = np.flatnonzero((graph.duct < 0) | (graph.free_holes > 0))
    sites = graph.site_node[graph.site_node >= 0]
    net = steiner.Network.of(
        graph.nodes + 1,
        np.concatenate([graph.tail[usable], np.full(sites.size, graph.nodes)]),
        np.concatenate([graph.head[usable], sites]),
        np.concatenate([graph.length_m[usable], np.zeros(sites.size)]),
    )
    metres = distance_from_root(net.start, net.neighbour, net.back, graph.nodes, net.cost[net.edge])
    leaf = np.flatnonzero(pon.forest.ports > 0)
    entry = trees.entry[leaf]
    riser = np.where(entry == leaf, 0.0, trees.forest.length_m[leaf])
    distance = metres[network.routes.forest.node[trees.place[leaf]]]
    own = pon.forest.own_box[entry]
    return city_bound(
        pon.forest.ports[leaf], own, distance, riser, how.catalogue, how.schemes, trench=trench, olts=int(sites.size)
    )
