"""The network fibre by fibre: cables, splitters, PON ports, ONTs and every joint, from a placement.

At each level (feeder from the OLT, distribution from the first splitters, drop from the last ones) the fibres on an
edge are numbered by who they lead to, customers in the order of a walk over the tree. A cable runs through nodes where
nothing branches and nothing ends; elsewhere it ends and each of its fibres is joined to the next thing.
The columns are those of the plan files; lengths come from the forest's edges.
"""

from dataclasses import dataclass, field
from itertools import count

from guangcheng.planning.pon.catalogue import usable
from guangcheng.planning.pon.model import BOX, PRIMARY, Forest, Placement, children_first

__all__ = ["LEVELS", "Cable", "Design", "Joint", "Ont", "Port", "Splitter", "design"]

LEVELS = ("feeder", "distribution", "drop")
_FEEDER, _DISTRIBUTION, _DROP = range(3)


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable from ``start`` (towards the OLT) on; ``edges``: nodes whose edge to the parent it runs along."""

    id: str
    level: str
    fibres: int
    used: int
    reserved: int
    start: int
    edges: tuple[int, ...]
    length_m: float

    @property
    def end(self) -> int:
        """The node towards the customers."""
        return self.edges[-1]

    @property
    def spare_share(self) -> float:
        """Share of its fibres neither used nor reserved."""
        return 1 - (self.used + self.reserved) / self.fibres


@dataclass(frozen=True, slots=True)
class Splitter:
    """A splitter on ``node``; its input fibre, ``None`` when patched from a port or splitter beside it."""

    id: str
    node: int
    stage: int
    ratio: int
    input: tuple[str, int] | None
    used: int


@dataclass(frozen=True, slots=True)
class Port:
    """A PON port: the OLT's node and its number there, from 1."""

    node: int
    number: int


@dataclass(frozen=True, slots=True)
class Joint:
    """One joint: ``up`` is (port | cable | splitter, id, number), ``down`` (cable | splitter | ont, id, number)."""

    node: int
    up: tuple[str, str, int]
    down: tuple[str, str, int | None]
    connectors: int
    fusions: int


@dataclass(frozen=True, slots=True)
class Ont:
    """The ``number``-th planned household of the customers on ``node``, with its way: ports, splitters, cables."""

    id: str
    node: int
    number: int
    port: Port
    splitters: tuple[tuple[str, int], ...]
    """(splitter, output) from the OLT on."""
    ratios: tuple[int, ...]
    spans_m: tuple[float, ...]
    """Length of each cable on the way."""
    fusions: int


@dataclass(frozen=True, slots=True)
class Design:
    """Everything that is built, and the cost of it all without trench as the placement reckons it."""

    cables: tuple[Cable, ...]
    splitters: tuple[Splitter, ...]
    ports: tuple[Port, ...]
    joints: tuple[Joint, ...]
    onts: tuple[Ont, ...]
    closures: tuple[int, ...]
    """Nodes with a splice closure."""
    cabinets: tuple[int, ...]
    rooms: tuple[int, ...]
    boxes: tuple[int, ...]
    area_homes: dict[int, int]
    """Households of the distribution area of each node where the PON is split first."""
    cost: float


def design(forest: Forest, placement: Placement, names: tuple[str, ...] | None = None) -> Design:
    """Number every fibre of ``placement``. ``names``: an id for each node's ONTs (premises), else its number."""
    return _Drawing(forest, placement, names or tuple(str(v) for v in range(forest.nodes))).drawn()


@dataclass(slots=True)
class _Way:
    """Where an item's fibre has come from: its port, splitters, cables and joints so far, and its last end."""

    port: Port
    splitters: tuple[tuple[str, int], ...]
    ratios: tuple[int, ...]
    spans_m: tuple[float, ...]
    fusions: int
    end: tuple[str, str, int]


@dataclass(slots=True)
class _Drawing:
    forest: Forest
    placement: Placement
    names: tuple[str, ...]
    cables: list[Cable] = field(default_factory=list)
    splitters: list[Splitter] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    onts: list[Ont] = field(default_factory=list)
    closures: set[int] = field(default_factory=set)
    kids: list[list[int]] = field(default_factory=list)
    stands: list[int] = field(default_factory=list)
    flow: list[list[int]] = field(default_factory=list)
    """Fibres on the edge above each node by level (drop: ports)."""
    here: list[int] = field(default_factory=list)
    """Last splitters on each node."""
    ended: list[int] = field(default_factory=list)
    """Splitters on each node that a feeder fibre ends at."""
    areas: dict[int, int] = field(default_factory=dict)
    backup: list[int] = field(default_factory=list)
    """Second fibres (high grade) on the edge above each node."""

    def drawn(self) -> Design:
        self._count()
        numbers = {level: count(1) for level in LEVELS}
        for root in self.forest.roots.tolist():
            self._tree(root, numbers)
        c = self.placement.catalogue
        cabinet = c.single["cabinet"]
        housed = [v for v in sorted(self.areas) if self.forest.parent[v] >= 0]
        small = [v for v in housed if self.areas[v] <= cabinet.capacity and cabinet.cny <= c.cny("room")]
        boxes = [v for v in range(self.forest.nodes) if self.here[v] and v not in self.areas]
        return Design(
            cables=tuple(self.cables),
            splitters=tuple(self.splitters),
            ports=tuple(self.ports),
            joints=tuple(self.joints),
            onts=tuple(self.onts),
            closures=tuple(sorted(self.closures)),
            cabinets=tuple(small),
            rooms=tuple(sorted(set(housed) - set(small))),
            boxes=tuple(v for v in boxes if self.forest.parent[v] >= 0),
            area_homes=self.areas,
            cost=self.placement.cost,
        )

    def _count(self) -> None:
        """Fibres on every edge, splitters on every node, children first."""
        f, way = self.forest, self.placement.scheme
        n = f.nodes
        self.stands = self.placement.stands.tolist()
        self.kids = [[] for _ in range(n)]
        self.flow = [[0, 0, 0] for _ in range(n)]
        self.here, self.ended, self.backup = [0] * n, [0] * n, [0] * n
        homes = [0] * n
        for v in children_first(f.parent).tolist():
            pons, lasts, ports = (sum(self.flow[u][level] for u in self.kids[v]) for level in range(3))
            own = int(f.ports[v])
            ports += own
            backup = sum(self.backup[u] for u in self.kids[v]) + own * max(0, int(f.fibres[v]) - 1)
            homes[v] += int(f.homes[v]) if own else 0
            if self.stands[v] and ports:
                self.here[v] = -(-ports // way.second)
                ports = backup = 0
            if way.first == 1:
                self.ended[v] = self.here[v]
            else:
                lasts += self.here[v]
                if self.stands[v] == PRIMARY:
                    self.ended[v], lasts = -(-lasts // way.first), 0
            if self.ended[v]:
                self.areas[v], homes[v] = homes[v], 0
            self.flow[v], self.backup[v] = [pons + self.ended[v], lasts, ports], backup
            if f.parent[v] >= 0:
                self.kids[f.parent[v]].append(v)
                homes[f.parent[v]] += homes[v]

    def _tree(self, root: int, numbers: dict[str, "count[int]"]) -> None:
        ports = [Port(root, number + 1) for number in range(self.flow[root][_FEEDER])]
        self.ports += ports
        name = self.names[root]
        starts = [_Way(p, (), (), (), 0, ("port", name, p.number)) for p in ports]
        stack: list[tuple[int, list[list[_Way]]]] = [(root, [starts, [], []])]
        while stack:
            v, ways = stack.pop()
            stack += self._node(v, ways, numbers)

    def _node(
        self,
        v: int,
        ways: list[list[_Way]],
        numbers: dict[str, "count[int]"],
    ) -> list[tuple[int, list[list[_Way]]]]:
        """Join what comes to ``v`` with what is there and what leads on; the children with what goes to them."""
        from_here = [False] * 3
        pons, lasts, drops = ways
        first, own = self.placement.scheme.first, int(self.forest.ports[v])
        if self.ended[v]:
            ended, pons = pons[: self.ended[v]], pons[self.ended[v] :]
            made = self._split(v, 1, ended, first if first > 1 else self.placement.scheme.second)
            if first > 1:
                lasts, from_here[_DISTRIBUTION] = made, True
            else:
                drops, from_here[_DROP] = made, True
        if first > 1 and self.here[v]:
            taken, lasts = lasts[: self.here[v]], lasts[self.here[v] :]
            drops, from_here[_DROP] = self._split(v, 2, taken, self.placement.scheme.second), True
        for number, one in enumerate(drops[:own], start=1):
            self._ont(v, number, one)
        ways = [pons, lasts, drops[own:]]
        return self._onward(v, ways, from_here, numbers)

    def _split(self, v: int, stage: int, inputs: list[_Way], ratio: int) -> list[_Way]:
        """Put splitters on ``v``; a way for each output that is needed."""
        last = stage == 2 or self.placement.scheme.first == 1
        needed = self._needed(v, last)
        sizes = self.placement.catalogue.splitters_for(needed, ratio)
        made: list[_Way] = []
        for number, (one, size) in enumerate(zip(inputs, sizes, strict=True), start=1):
            name = f"S{stage}-{self.names[v]}-{number}"
            used = min(size, needed - len(made))
            spliced = one.end[0] == "cable"
            own = 2 if one.end[0] == "port" else 1 if spliced else 2
            self.joints.append(Joint(v, one.end, ("splitter", name, None), own, int(spliced)))
            fibre = (one.end[1], one.end[2]) if spliced else None
            self.splitters.append(Splitter(name, v, stage, size, fibre, used))
            made += [
                _Way(
                    one.port,
                    (*one.splitters, (name, output)),
                    (*one.ratios, size),
                    one.spans_m,
                    one.fusions + spliced,
                    ("splitter", name, output),
                )
                for output in range(1, used + 1)
            ]
        return made

    def _needed(self, v: int, last: bool) -> int:
        if last:
            return int(self.forest.ports[v]) + sum(self.flow[u][_DROP] for u in self.kids[v])
        return self.here[v] + sum(self.flow[u][_DISTRIBUTION] for u in self.kids[v])

    def _ont(self, v: int, number: int, one: _Way) -> None:
        name = f"{self.names[v]}/{number}"
        spliced = one.end[0] == "cable"
        self.joints.append(Joint(v, one.end, ("ont", name, None), 1 if spliced else 2, int(spliced)))
        self.onts.append(
            Ont(name, v, number, one.port, one.splitters, one.ratios, one.spans_m, one.fusions + int(spliced))
        )

    def _onward(
        self,
        v: int,
        ways: list[list[_Way]],
        from_here: list[bool],
        numbers: dict[str, "count[int]"],
    ) -> list[tuple[int, list[list[_Way]]]]:
        onward: dict[int, list[list[_Way]]] = {u: [[], [], []] for u in self.kids[v] if any(self.flow[u])}
        root = self.forest.parent[v] < 0
        for level in range(3):
            fed = [u for u in self.kids[v] if self.flow[u][level]]
            ends = (self.ended[v], self.here[v], int(self.forest.ports[v]))[level]
            through = len(fed) == 1 and not ends and not from_here[level] and not root
            at = 0
            for u in fed:
                part = ways[level][at : at + self.flow[u][level]]
                at += len(part)
                onward[u][level] = part if through else self._lay(v, u, level, part, numbers)
            if len(fed) + bool(ends) >= 2 and not (root or self.here[v] or self.ended[v]):
                self.closures.add(v)
        return [(u, onward[u]) for u in reversed(onward)]

    def _lay(self, v: int, u: int, level: int, part: list[_Way], numbers: dict[str, "count[int]"]) -> list[_Way]:
        """Cables from ``v`` towards ``u`` as far as they run: the ways at their ends."""
        name = LEVELS[level]
        backup = self.backup[u] if level == _DROP else 0
        edges = self._run(u, level)
        length = float(sum(self.forest.length_m[e] for e in edges))
        sizes = self.placement.catalogue.cables_for(len(part) + backup)
        fresh: list[_Way] = []
        for size in sizes:
            used = min(usable(size), len(part) - len(fresh))
            reserved = min(usable(size) - used, backup)
            backup -= reserved
            cable = f"{name[0].upper() if level != _DROP else 'U'}{next(numbers[name])}"
            self.cables.append(Cable(cable, name, size, used, reserved, v, tuple(edges), length))
            for fibre, one in enumerate(part[len(fresh) : len(fresh) + used], start=1):
                self.joints.append(_joint(v, one.end, cable, fibre))
                fused = one.fusions + 1
                fresh.append(
                    _Way(one.port, one.splitters, one.ratios, (*one.spans_m, length), fused, ("cable", cable, fibre))
                )
        return fresh

    def _run(self, u: int, level: int) -> list[int]:
        """Edges from ``u`` on along which a cable of ``level`` is not cut."""
        edges = [u]
        while True:
            v = edges[-1]
            fed = [w for w in self.kids[v] if self.flow[w][level]]
            ends = (self.ended[v], self.here[v], int(self.forest.ports[v]))[level]
            source = (False, self.stands[v] == PRIMARY and self.ended[v], self.stands[v] >= BOX and self.here[v])[level]
            if len(fed) != 1 or ends or source:
                return edges
            edges.append(fed[0])


def _joint(v: int, end: tuple[str, str, int], cable: str, fibre: int) -> Joint:
    return Joint(v, end, ("cable", cable, fibre), 0 if end[0] == "cable" else 1, 1)
