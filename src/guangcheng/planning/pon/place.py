"""Where splitters stand on trees that are given: dynamic programming over what each node sends up, then exchanges.

A node may hold nothing, the last splitters (a box) or the first ones too (a cabinet or room). What stands on a node
serves all that comes up to it. A label of the programme is what goes up from a node (ports without a splitter, their
fibres, last splitters without a first, households of the distribution area, PON fibres) with the least cost below.
While no label had to be dropped the placement is the cheapest there is; otherwise the ``labels`` most promising ones
are kept at each node and single nodes are changed afterwards as long as that saves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcheng.planning.pon.catalogue import Catalogue, Scheme
from guangcheng.planning.pon.model import BOX, NONE, PRIMARY, Forest, Placement, children_first
from guangcheng.planning.steiner.model import Bools, Floats, Ints

__all__ = ["LABELS", "SHAKES", "evaluate", "place", "place_best"]

LABELS = 40
"""Labels kept at a node."""
SHAKES = 30
"""Random changes tried for each node that may hold something."""
_REGION = 24
"""Nodes of a region that is changed and improved together."""
ROUNDS = 200
"""Rounds of exchanges at most."""
_FINE = 1e6
"""CNY for a household above what a housing takes, so that it happens only where it must; never part of a cost."""

_Key = tuple[int, int, int, int, int]
_Label = tuple[float, Any]


def place_best(
    forest: Forest,
    catalogue: Catalogue,
    schemes: Iterable[Scheme],
    *,
    labels: int = LABELS,
    shakes: int = SHAKES,
    seed: int = 0,
) -> Placement | None:
    """The cheapest placement among ``schemes``: fewest households above the housings first; the first of equals."""
    found = [place(forest, catalogue, way, labels=labels, shakes=shakes, seed=seed) for way in schemes]
    return min(found, key=lambda one: (one.excess, one.cost), default=None)


def place(
    forest: Forest,
    catalogue: Catalogue,
    way: Scheme,
    *,
    labels: int = LABELS,
    shakes: int = SHAKES,
    seed: int = 0,
) -> Placement:
    """Place splitters by one scheme; ``shakes`` random changes a node are tried unless the programme was exact."""
    board = _Board.of(forest, catalogue, way)
    stands, exact = board.programme(labels)
    if not exact:
        stands = board.exchanged(stands, shakes, seed)
    return board.judged(stands, exact)


def evaluate(forest: Forest, catalogue: Catalogue, way: Scheme, stands: Ints) -> Placement:
    """What a given placement costs; what stands where nothing comes up is taken away."""
    return _Board.of(forest, catalogue, way).judged(stands, exact=False)


@dataclass(slots=True)
class _Board:
    """The forest without the nodes of bare chains (lengths added up), and prices as columns for compiled code."""

    forest: Forest
    catalogue: Catalogue
    way: Scheme
    keep: Ints
    parent: Ints
    length: Floats
    least: Ints
    order: Ints
    fig: Floats
    prices: tuple[Floats, Floats, Floats]

    @classmethod
    def of(cls, forest: Forest, catalogue: Catalogue, way: Scheme) -> "_Board":
        """Shorten chains: a node with one child, no customers and a parent that is the same kind is passed through."""
        order = children_first(forest.parent)
        used = _used(forest, order)
        keep, parent, length = _shortened(forest, order, used)
        least = np.where(forest.may_hold[keep], NONE, -1)
        if way.first > 1:
            least[forest.own_box[keep]] = BOX
        return cls(
            forest,
            catalogue,
            way,
            keep,
            parent,
            length,
            least,
            children_first(parent),
            _figures(catalogue),
            _columns(catalogue, way),
        )

    @property
    def own(self) -> tuple[Ints, Ints, Ints]:
        """Ports, drop fibres and households of each node's own customers."""
        f, k = self.forest, self.keep
        homes = np.where(f.ports[k] > 0, f.homes[k], 0)
        return f.ports[k], f.ports[k] * f.fibres[k], homes

    def judged(self, stands: Ints, exact: bool) -> Placement:
        """The placement of ``stands`` (by node of the forest)."""
        tables = self._tables(stands[self.keep])
        over = self._filled(tables)
        into, state = tables[1], tables[5]
        root = self.parent < 0
        busy = (into[:, 0] > 0) | ((into[:, 2] > 0) & (state == PRIMARY))
        clean = np.zeros(self.forest.nodes, dtype=np.int64)
        clean[self.keep] = np.where(root, PRIMARY, np.where(busy, state, NONE))
        cost = float(tables[4].sum()) - over * _FINE
        return Placement(self.way, self.catalogue, clean, cost, over, exact)

    def exchanged(self, stands: Ints, shakes: int, seed: int) -> Ints:
        """Change single nodes while that saves, then a few at random in one region after another."""
        from guangcheng.planning.pon._cost import improve, shake

        tables = self._tables(stands[self.keep])
        self._filled(tables)
        own, into, count, out, paid, state = tables
        fixed = (self.least, self.parent, self.length)
        prices = (self.fig, self.prices)
        turn = np.flatnonzero((self.least >= 0) & (self.parent >= 0))
        exchange: Any = improve
        tried: Any = shake
        exchange(turn, *fixed, own, into, count, out, paid, state, *prices, ROUNDS)
        if turn.size and shakes:
            tried(*self._regions(turn), *fixed, own, into, count, out, paid, state, *prices, shakes * turn.size, seed)
        result = stands.copy()
        result[self.keep] = state
        return result

    def _regions(self, turn: Ints) -> tuple[Ints, Ints]:
        """Runs of nodes that follow each other in a walk over the trees: (nodes, where each run starts)."""
        at = np.empty(self.keep.size, dtype=np.int64)
        at[self.order] = np.arange(self.keep.size)
        walk = turn[np.argsort(at[turn], kind="stable")]
        step = max(1, _REGION // 2)
        runs = [walk[first : first + _REGION] for first in range(0, walk.size, step)]
        start = np.zeros(len(runs) + 1, dtype=np.int64)
        np.cumsum([run.size for run in runs], out=start[1:])
        return np.concatenate(runs), start

    def _tables(self, stands: Ints) -> tuple[Ints, Ints, Ints, Ints, Floats, Ints]:
        n = self.keep.size
        ports, drops, homes = self.own
        into = np.zeros((n, 5), dtype=np.int64)
        into[:, 0], into[:, 1], into[:, 3] = ports, drops, homes
        state = np.maximum(stands, np.maximum(self.least, 0)).astype(np.int64)
        if self.way.first == 1:
            state = np.minimum(state, BOX)
        state[self.least < 0] = NONE
        state[self.parent < 0] = PRIMARY
        blank = np.zeros((n, 5), dtype=np.int64)
        return ports.astype(np.int64), into, np.zeros((n, 3), dtype=np.int64), blank, np.zeros(n), state

    def _filled(self, tables: tuple[Ints, Ints, Ints, Ints, Floats, Ints]) -> int:
        from guangcheng.planning.pon._cost import fill

        own, into, count, out, paid, state = tables
        return int(
            fill(self.order, self.parent, self.length, own, into, count, out, paid, state, self.fig, self.prices)
        )

    def programme(self, most: int) -> tuple[Ints, bool]:
        """The placement of the cheapest label at each root, and whether no label was dropped on the way."""
        from guangcheng.planning.pon._cost import node

        ports, drops, homes = self.own
        ahead = self._ahead()
        kids: list[list[int]] = [[] for _ in range(self.keep.size)]
        for v in self.order.tolist():
            if self.parent[v] >= 0:
                kids[self.parent[v]].append(v)
        stands = np.zeros(self.forest.nodes, dtype=np.int64)
        sent: dict[int, dict[_Key, _Label]] = {}
        exact = True
        into, count = np.zeros(5, dtype=np.int64), np.zeros(3, dtype=np.int64)
        for v in self.order.tolist():
            own: _Key = (int(ports[v]), int(drops[v]), 0, int(homes[v]), 0)
            gathered, whole = _gathered(own, [sent.pop(u) for u in kids[v]], most, ahead, v)
            exact = exact and whole
            root = self.parent[v] < 0
            fresh: dict[_Key, _Label] = {}
            for (key, below), (cost, chosen) in gathered.items():
                into[:], count[:] = key, below
                for put in self._choices(v, root, key):
                    found = node(put, root, own[0], into, count, self.length[v], self.fig, self.prices)
                    price = cost + found[0] + found[1] * _FINE
                    up: _Key = found[2:]
                    if up not in fresh or price < fresh[up][0]:
                        fresh[up] = (price, (v, put, chosen))
            if root:
                _follow(min(fresh.values(), key=lambda label: label[0])[1], stands, self.keep)
            else:
                sent[v], whole = _best(fresh, most, ahead, int(self.parent[v]))
                exact = exact and whole
        return stands, exact

    def _choices(self, v: int, root: bool, key: _Key) -> tuple[int, ...]:
        if root:
            return (PRIMARY,)
        if self.least[v] < 0:
            return (NONE,)
        if self.way.first == 1:
            return (NONE, BOX) if key[0] else (NONE,)
        every = (NONE, BOX, PRIMARY) if key[0] else (NONE, PRIMARY) if key[2] else (NONE,)
        return tuple(put for put in every if put >= self.least[v] or not key[0])

    def _ahead(self) -> tuple[Floats, Floats]:
        """CNY that each port, drop fibre, last splitter, household and PON fibre will still cost: (fixed, per metre).

        Only to rank labels; the figures are shares of equipment and a usual slope of cable prices.
        """
        c, way = self.catalogue, self.way
        slope = (c.cable_cny(40) - c.cable_cny(1)) / 39
        pon = c.cny("olt_port")
        first = (c.splitter[way.first].cny + pon) / way.first if way.first > 1 else 0.0
        last = c.splitter[way.second].cny / way.second + (first if way.first > 1 else pon) / way.second
        home = min(c.cny("cabinet") / c.single["cabinet"].capacity, c.cny("room") / c.single["room"].capacity)
        box = c.cny("splitter_box") / 16 if way.first > 1 else 0.0
        fixed = np.array([last + box, 0.0, first, home, pon])
        metres = np.zeros(self.keep.size)
        for v in self.order[::-1].tolist():
            if self.parent[v] >= 0:
                metres[v] = metres[self.parent[v]] + self.length[v]
        return np.append(fixed, slope), metres


def _gathered(
    own: _Key, parts: list[dict[_Key, _Label]], most: int, ahead: tuple[Floats, Floats], v: int
) -> tuple[dict[tuple[_Key, tuple[int, int, int]], _Label], bool]:
    """What comes together at a node: sums of one label a child, with how many children send each kind of fibre."""
    gathered: dict[tuple[_Key, tuple[int, int, int]], _Label] = {(own, (0, 0, 0)): (0.0, None)}
    whole = True
    for part in parts:
        fresh: dict[tuple[_Key, tuple[int, int, int]], _Label] = {}
        for (key, count), (cost, chosen) in gathered.items():
            for other, (more, below) in part.items():
                sums: _Key = (
                    key[0] + other[0],
                    key[1] + other[1],
                    key[2] + other[2],
                    key[3] + other[3],
                    key[4] + other[4],
                )
                kinds = (
                    min(2, count[0] + (other[0] > 0)),
                    min(2, count[1] + (other[2] > 0)),
                    min(2, count[2] + (other[4] > 0)),
                )
                at, price = (sums, kinds), cost + more
                if at not in fresh or price < fresh[at][0]:
                    fresh[at] = (price, (chosen, below))
        if len(fresh) > most:
            whole = False
            ranked = sorted(fresh.items(), key=lambda item: (_rank(item[0][0], item[1][0], ahead, v), item[0]))
            fresh = dict(ranked[:most])
        gathered = fresh
    return gathered, whole


def _best(
    fresh: dict[_Key, _Label], most: int, ahead: tuple[Floats, Floats], v: int
) -> tuple[dict[_Key, _Label], bool]:
    if len(fresh) <= most:
        return fresh, True
    ranked = sorted(fresh.items(), key=lambda item: (_rank(item[0], item[1][0], ahead, v), item[0]))
    return dict(ranked[:most]), False


def _rank(key: _Key, cost: float, ahead: tuple[Floats, Floats], v: int) -> float:
    weight, metres = ahead
    far = weight[5] * metres[v]
    fixed = key[0] * weight[0] + key[2] * weight[2] + key[3] * weight[3] + key[4] * weight[4]
    return float(cost + fixed + far * (key[4] + 0.5 * key[2] + 0.5 * key[1]))


def _follow(chosen: Any, stands: Ints, keep: Ints) -> None:
    """Write the choices of a label and of those it was made of."""
    stack = [chosen]
    while stack:
        item = stack.pop()
        if item is None:
            continue
        if len(item) == 3:
            v, put, below = item
            stands[keep[v]] = put
            stack.append(below)
        else:
            stack.extend(item)


def _used(forest: Forest, order: Ints) -> Bools:
    """Nodes with a planned port below or on them, and roots."""
    below = forest.ports.copy()
    for v in order.tolist():
        u = forest.parent[v]
        if u >= 0:
            below[u] += below[v]
    used: Bools = (below > 0) | (forest.parent < 0)
    return used


def _shortened(forest: Forest, order: Ints, used: Bools) -> tuple[Ints, Ints, Floats]:
    """Nodes kept, and among them the parent of each and the metres to it."""
    n, up = forest.nodes, forest.parent
    inner = used & (up >= 0)
    kids = np.bincount(up[inner], minlength=n)
    fork = (kids >= 2) | (forest.ports > 0) | (up < 0)
    above_plain = np.zeros(n, dtype=bool)
    above_plain[up[inner & ~forest.may_hold]] = True
    below_fork = np.zeros(n, dtype=bool)
    below_fork[inner] = fork[up[inner]]
    kept = used & (fork | above_plain | (below_fork & forest.may_hold) | forest.own_box)
    keep = np.flatnonzero(kept)
    number = np.full(n, -1, dtype=np.int64)
    number[keep] = np.arange(keep.size)
    top, metres = np.full(n, -1, dtype=np.int64), np.zeros(n)
    for v in order[::-1].tolist():
        u = up[v]
        if u >= 0:
            top[v] = u if kept[u] else top[u]
            metres[v] = forest.length_m[v] + (0.0 if kept[u] else metres[u])
    parent = np.where(top[keep] >= 0, number[top[keep]], -1)
    return keep, parent, np.where(parent >= 0, metres[keep], 0.0)


def _figures(catalogue: Catalogue) -> Floats:
    """Single figures in the order of :mod:`._cost`."""
    c = catalogue
    box, cabinet, room = (c.single[name] for name in ("splitter_box", "cabinet", "room"))
    return np.array(
        [
            c.cny("olt_port"),
            box.cny,
            box.capacity,
            cabinet.cny,
            cabinet.capacity,
            room.cny,
            room.capacity,
            c.cny("closure"),
            c.cny("fusion"),
            c.cny("connector"),
            _FINE,
            c.largest_cable,
        ]
    )


def _columns(catalogue: Catalogue, way: Scheme) -> tuple[Floats, Floats, Floats]:
    """Prices of splitters for 0… outputs (first and last stage) and of cables a metre for 0… fibres."""
    first = [catalogue.splitters_cny(ports, way.first) for ports in range(way.first + 1)] if way.first > 1 else [0, 0]
    last = [catalogue.splitters_cny(ports, way.second) for ports in range(way.second + 1)]
    cable = [catalogue.cable_cny(fibres) for fibres in range(catalogue.largest_cable + 1)]
    return np.array(first, dtype=np.float64), np.array(last), np.array(cable)
