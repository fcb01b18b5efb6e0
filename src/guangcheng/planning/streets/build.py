"""The planning graph: streets noded and sided, customers and sites hung on them, ducts laid beside, all priced.

What cannot be used is listed as a fault; the rest is planned.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.places import from_metric
from guangcheng.base.text import Text
from guangcheng.planning.streets.attach import Ways, ways_to_streets
from guangcheng.planning.streets.checks import (
    checked_customers,
    checked_ducts,
    checked_sites,
    checked_streets,
    doubt_datum,
)
from guangcheng.planning.streets.corners import Sided, sided
from guangcheng.planning.streets.drawing import drawn
from guangcheng.planning.streets.faults import fault
from guangcheng.planning.streets.model import (
    METHODS,
    SURFACES,
    Customers,
    Ducts,
    Floats,
    Ints,
    Method,
    PlanningGraph,
    Shapes,
    Sites,
    StreetLines,
    Surface,
)
from guangcheng.planning.streets.noding import CutLines, Pieces, cut_at, groups, node_lines, pieces, points_at
from guangcheng.planning.streets.prices import Prices, example_prices, street_class
from guangcheng.planning.streets.reached import settled
from guangcheng.registers.faults import Fault

__all__ = ["Rules", "planning_graph"]

_TOUCH_M = 0.05
"""A drop or lead-in shorter than this is none: its ends are one place."""
_KINDS = 6
_STREET, _DROP, _LEAD, _ACCESS, _DUCT, _CROSSING = range(_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How streets become a graph.

    ``two_sided_from_m``: streets at least so wide have two sides (``None``: none has). The default is where crossing
    (CNY 620/m × 12 m in the example prices) costs more than 40 m of trench, that is, more than passing some houses
    twice; below it two sides only double the graph. ``choices`` is how many streets a drop may choose from.
    ``methods`` may be used for building anew, the cheapest per surface is taken. ``spare_holes`` stay free in each duct
    (GB 50846-2012 3.2.3: one or two); a duct serves what lies within ``along_m`` of it. Lines meet within
    ``tolerance_m``; with ``join_crossings`` also where they cross.
    """

    two_sided_from_m: float | None = 12.0
    choices: int = 2
    drop_limit_m: float = 300.0
    methods: tuple[Method, ...] = (Method.TRENCH,)
    spare_holes: int = 1
    along_m: float = 8.0
    lead_limit_m: float = 60.0
    tolerance_m: float = 0.2
    join_crossings: bool = False


@dataclass(slots=True)
class _Draft:
    """Ways from things to streets and stretches of ducts as pieces, and what each piece is."""

    tail: list[Ints] = field(default_factory=list)
    head: list[Ints] = field(default_factory=list)
    line: list[Ints] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)
    count: list[Ints] = field(default_factory=list)
    xy: list[Floats] = field(default_factory=list)

    def add(self, kind: int, parts: Pieces, base: int = 0) -> None:
        """Add pieces of one kind, their nodes numbered from ``base``."""
        where = np.repeat(parts.first - np.concatenate([[0], np.cumsum(parts.count)[:-1]]), parts.count)
        self.xy.append(parts.xy[where + np.arange(where.size)] if where.size else np.empty((0, 2)))
        self.tail.append(parts.tail + base)
        self.head.append(parts.head + base)
        self.line.append(parts.line)
        self.kind.append(np.full(parts.tail.size, kind, dtype=np.int64))
        self.count.append(parts.count)

    def straight(self, kind: int, tail: Ints, head: Ints, start: Floats, end: Floats, line: Ints) -> None:
        """Add straight pieces from nodes ``tail`` at ``start`` to ``head`` at ``end``."""
        xy = np.stack([start, end], axis=1).reshape(-1, 2)
        count = np.full(tail.size, 2, dtype=np.int64)
        self.add(kind, Pieces(tail, head, line, 2 * np.arange(tail.size), count, xy))

    def all(self) -> tuple[Pieces, Ints]:
        """All pieces in one table, and their kinds."""
        count = np.concatenate(self.count)
        first = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
        tail, head, line = (np.concatenate(parts) for parts in (self.tail, self.head, self.line))
        return Pieces(tail, head, line, first, count, np.concatenate(self.xy)), np.concatenate(self.kind)


def planning_graph(
    streets: StreetLines,
    customers: Customers,
    sites: Sites,
    *,
    crs: str,
    ducts: Ducts | None = None,
    forbidden: Shapes | None = None,
    prices: Prices | None = None,
    rules: Rules | None = None,
) -> PlanningGraph:
    """Make the graph. All shapes are in the metric ``crs``; ``forbidden`` are polygons no new cable may cross.

    Existing ducts may cross forbidden areas: they are there. Customers and sites that cannot be hung on a street, and
    customers no site reaches, have node −1 and a fault. Without any usable site one is supposed and said so.
    ``InputError`` when no street is usable at all.
    """
    rules = rules or Rules()
    prices = prices or example_prices()
    barred = np.empty(0, dtype=object) if forbidden is None else forbidden
    faults: list[Fault] = []
    streets = checked_streets(streets, barred, faults)
    if not streets.lines.size:
        raise InputError(
            Text("没有可以敷设的道路", "there is no street a cable could be laid in"),
            mend=Text("检查道路文件、道路等级和禁区", "check the street file, its classes and the forbidden areas"),
        )
    customers = checked_customers(customers, faults)
    sites = checked_sites(sites, faults)
    laid = checked_ducts(ducts, rules.spare_holes, faults)
    drops = ways_to_streets(
        streets.lines, customers.shapes, limit_m=rules.drop_limit_m, choices=rules.choices, forbidden=barred
    )
    leads = ways_to_streets(streets.lines, sites.points, limit_m=rules.drop_limit_m, choices=1, forbidden=barred)
    _name_unhung(customers, drops, sites, leads, rules, faults)
    doubt_datum(customers, streets, crs, faults)
    made = _Graph(streets, customers, sites, laid, barred, prices, rules, crs)
    return settled(made.build(drops, leads, faults), faults)


def _name_unhung(
    customers: Customers, drops: Ways, sites: Sites, leads: Ways, rules: Rules, faults: list[Fault]
) -> None:
    limit = f"{rules.drop_limit_m:g}"
    far = np.flatnonzero(~(drops.nearest_m <= rules.drop_limit_m) & np.isfinite(drops.nearest_m)).tolist()
    metres_to = np.round(drops.nearest_m)
    faults += [fault("S-04", "premises", customers.ids[i], distance=f"{metres_to[i]:.0f}", limit=limit) for i in far]
    faults += [fault("S-05", "premises", customers.ids[i], limit=limit) for i in np.flatnonzero(drops.barred).tolist()]
    for i in np.flatnonzero(~(leads.nearest_m <= rules.drop_limit_m) & np.isfinite(leads.nearest_m)).tolist():
        metres = round(float(leads.nearest_m[i]))
        reason = {"reason_zh": f"离最近的道路 {metres} 米", "reason_en": f"{metres} m from the nearest street"}
        faults.append(fault("S-08", "olt", sites.ids[i], **reason))
    for i in np.flatnonzero(leads.barred).tolist():
        reason = {"reason_zh": "在禁区内", "reason_en": "it is shut in by a forbidden area"}
        faults.append(fault("S-08", "olt", sites.ids[i], **reason))


@dataclass(frozen=True, slots=True, eq=False)
class _Graph:
    """What the graph is made of, all checked."""

    streets: StreetLines
    customers: Customers
    sites: Sites
    ducts: Ducts
    forbidden: Shapes
    prices: Prices
    rules: Rules
    crs: str

    def build(self, drops: Ways, leads: Ways, faults: list[Fault]) -> PlanningGraph:
        """The graph, before it is known which customers a site reaches."""
        cut = node_lines(
            self.streets.lines, tolerance_m=self.rules.tolerance_m, join_crossings=self.rules.join_crossings
        )
        duct_cut, duct_ends, duct_ways = self._duct_ends()
        cut, feet = cut_at(
            cut,
            np.concatenate([drops.line, leads.line, duct_ways.line]),
            np.concatenate([drops.at, leads.at, duct_ways.at]),
        )
        many, some = drops.line.size, leads.line.size
        base = cut.node_xy.shape[0]
        draft = _Draft()
        draft.add(_STREET, pieces(cut))
        _hang(draft, _DROP, drops, feet[:many], base, cut.node_xy)
        _hang(draft, _LEAD, leads, feet[many : many + some], base + self.customers.shapes.size, cut.node_xy)
        ducts_base = base + self.customers.shapes.size + self.sites.points.size
        spots = self._add_ducts(
            draft, cut, duct_cut, (duct_ends[duct_ways.thing], feet[many + some :]), ducts_base, faults
        )
        parts, kind = draft.all()
        places = np.concatenate([cut.node_xy, self._places(drops, leads), spots])
        return self._priced(parts, kind, places, base)

    def _places(self, drops: Ways, leads: Ways) -> Floats:
        """Where customers and sites stand: the end of the first way to them."""
        spots = np.zeros((self.customers.shapes.size + self.sites.points.size, 2))
        spots[drops.thing[::-1]] = drops.end[::-1]
        spots[self.customers.shapes.size + leads.thing[::-1]] = leads.end[::-1]
        return spots

    def _duct_ends(self) -> tuple[CutLines | None, Ints, Ways]:
        """The ducts noded, the nodes that are ends, and the ways from those to streets."""
        if not self.ducts.lines.size:
            none = np.empty(0, dtype=object)
            return (
                None,
                np.empty(0, dtype=np.int64),
                ways_to_streets(self.streets.lines, none, limit_m=0.0, choices=1, forbidden=none),
            )
        cut = node_lines(self.ducts.lines, tolerance_m=self.rules.tolerance_m)
        ends = np.arange(cut.node_xy.shape[0])
        ways = ways_to_streets(
            self.streets.lines,
            points_at(cut.node_xy[ends]),
            limit_m=self.rules.lead_limit_m,
            choices=1,
            forbidden=self.forbidden,
        )
        return cut, ends, ways

    def _add_ducts(
        self,
        draft: _Draft,
        cut: CutLines,
        duct_cut: CutLines | None,
        ends: tuple[Ints, Ints],
        base: int,
        faults: list[Fault],
    ) -> Floats:
        """Add stretches of ducts, and the ways into them at their ends and wherever a street node is near."""
        import shapely

        if duct_cut is None:
            return np.empty((0, 2))
        spots = points_at(cut.node_xy)
        near, line = shapely.STRtree(self.ducts.lines).query(spots, predicate="dwithin", distance=self.rules.along_m)
        at = np.asarray(shapely.line_locate_point(self.ducts.lines[line], spots[near]))
        length = shapely.length(self.ducts.lines[line])
        at = np.where(at < 1.0, 0.0, np.where(at > length - 1.0, length, at))
        old = duct_cut.node_xy.shape[0]
        # the old nodes are asked for again, since cutting renumbers them
        again = np.flatnonzero(duct_cut.node >= 0)
        grown, now = cut_at(
            duct_cut,
            np.concatenate([line.astype(np.int64), duct_cut.line[again]]),
            np.concatenate([at, duct_cut.at[again]]),
        )
        renumber = np.zeros(old, dtype=np.int64)
        renumber[duct_cut.node[again]] = now[near.size :]
        inner = np.concatenate([now[: near.size], renumber[ends[0]]])
        outer = np.concatenate([near.astype(np.int64), ends[1]])
        pairs = np.unique(np.column_stack([outer, inner]), axis=0)
        draft.add(_DUCT, pieces(grown), base)
        outer, inner = pairs[:, 0], pairs[:, 1]
        start, end = cut.node_xy[outer], grown.node_xy[inner]
        draft.straight(_ACCESS, outer, inner + base, start, end, np.full(outer.size, -1, dtype=np.int64))
        self._name_lost_ducts(grown, inner, faults)
        return grown.node_xy

    def _name_lost_ducts(self, grown: CutLines, entered: Ints, faults: list[Fault]) -> None:
        stretches = pieces(grown)
        part = groups(grown.node_xy.shape[0], stretches.tail, stretches.head)
        open_part = np.zeros(int(part.max(initial=-1)) + 1, dtype=np.bool_)
        open_part[part[entered]] = True
        reached = np.zeros(self.ducts.lines.size, dtype=np.bool_)
        cuts = grown.node >= 0
        reached[grown.line[cuts][open_part[part[grown.node[cuts]]]]] = True
        for i in np.flatnonzero(~reached).tolist():
            limit = f"{self.rules.lead_limit_m:g}"
            reason = {
                "reason_zh": f"两端离道路都超过 {limit} 米",
                "reason_en": f"ends more than {limit} m from any street",
            }
            faults.append(fault("S-13", "ducts", self.ducts.ids[i], **reason))

    def _priced(self, parts: Pieces, kind: Ints, places: Floats, base: int) -> PlanningGraph:
        half = np.zeros(parts.tail.size)
        limit = self.rules.two_sided_from_m
        street = kind == _STREET
        if limit is not None:
            width = np.array([street_class(one).width_m for one in self.streets.kinds])[parts.line[street]]
            half[street] = np.where(width >= limit, width / 2, 0.0)
        ways = _touching(sided(parts, places, half), kind)
        keep = np.flatnonzero(ways.tail != ways.head)
        shape, length = drawn(ways, parts, half, keep, self.crs)
        piece, across = ways.piece[keep], ways.across[keep]
        line, kinds = parts.line[piece], np.where(across, _CROSSING, kind[piece])
        method, surface, price = self._methods(kinds, line)
        index = np.where(kinds == _DUCT, line, -1)
        holes = np.append(self.ducts.free_holes - self.rules.spare_holes, 0)[index]  # −1 is the last: 0
        lon, lat = from_metric(ways.node_xy[:, 0], ways.node_xy[:, 1], self.crs)
        many = self.customers.shapes.size
        return PlanningGraph(
            crs=self.crs,
            x=ways.node_xy[:, 0],
            y=ways.node_xy[:, 1],
            lon=lon,
            lat=lat,
            tail=ways.tail[keep],
            head=ways.head[keep],
            length_m=length,
            method=method,
            surface=surface,
            cost=np.round(length * price, 2),
            street=np.where(kind[piece] == _STREET, line, -1),
            duct=index,
            free_holes=holes,
            geometry=shape,
            street_ids=self.streets.ids,
            duct_ids=self.ducts.ids,
            premises_ids=self.customers.ids,
            premises_node=ways.node_of[base : base + many],
            households=self.customers.households,
            site_ids=self.sites.ids,
            site_node=ways.node_of[base + many : base + many + self.sites.points.size],
            pon_ports=self.sites.pon_ports,
            site_cost=self.sites.cost,
            faults=(),
        )

    def _methods(self, kinds: Ints, line: Ints) -> tuple[Ints, Ints, Floats]:
        """Method, surface and price per metre of ways of these kinds along these lines."""
        anew = self.rules.methods
        into = (self.prices.cheapest(anew, Surface.PAVEMENT), Surface.PAVEMENT)
        fixed = {_DROP: (Method.DROP, Surface.NONE), _LEAD: into, _ACCESS: into}
        fixed[_CROSSING] = (Method.TRENCH, Surface.CROSSING)
        along = [street_class(kind).surface for kind in self.streets.kinds]
        streets = [(self.prices.cheapest(anew, surface), surface) for surface in along]
        ducts = [(method, Surface.NONE) for method in self.ducts.methods]
        offers = [fixed.get(kind, into) for kind in range(_KINDS)] + streets + ducts
        row = kinds.copy()
        row[kinds == _STREET] = _KINDS + line[kinds == _STREET]
        row[kinds == _DUCT] = _KINDS + len(streets) + line[kinds == _DUCT]
        return (
            np.array([METHODS.index(method) for method, _ in offers])[row],
            np.array([SURFACES.index(surface) for _, surface in offers])[row],
            np.array([self.prices.of(*offer) for offer in offers])[row],
        )


def _hang(draft: _Draft, kind: int, ways: Ways, feet: Ints, base: int, node_xy: Floats) -> None:
    """Add the ways from streets to things, the things being nodes from ``base`` on."""
    draft.straight(kind, feet, ways.thing + base, node_xy[feet], ways.end, ways.line)


def _touching(ways: Sided, kind: Ints) -> Sided:
    """Make one node of the ends of a drop, lead-in or way into a duct too short to be one."""
    xy = ways.node_xy
    reach = np.hypot(*(xy[ways.tail] - xy[ways.head]).T)
    gone = np.isin(kind[ways.piece], (_DROP, _LEAD, _ACCESS)) & (reach < _TOUCH_M)
    label = groups(xy.shape[0], ways.tail[gone], ways.head[gone])
    spots = np.zeros((int(label.max(initial=-1)) + 1, 2))
    spots[label[::-1]] = xy[::-1]
    node_of = np.where(ways.node_of >= 0, label[ways.node_of], -1)
    return replace(ways, node_xy=spots, node_of=node_of, tail=label[ways.tail], head=label[ways.head])
