"""Every ONT followed fibre by fibre to a PON port: joints, splitters, length, connectors, splices and loss."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from guangcheng.reporting.plan_check.files import Row, Run
from guangcheng.reporting.plan_check.model import Findings
from guangcheng.reporting.plan_check.structure import close, route_of

__all__ = ["Traced", "check_fibres"]

Key = tuple[str, str, int | None]
_LOSS_DB = 0.005


@dataclass(frozen=True, slots=True)
class _Way:
    """From a port down to a place: its end, splitters passed, metres and joints, pieces of cable by (cable, spans)."""

    port: tuple[str, int] | None
    stuck: str
    splitters: tuple[tuple[str, int], ...] = ()
    length_m: float = 0.0
    connectors: int = 0
    splices: int = 0
    pieces: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Traced:
    """What following the fibres brought to light, for other checks."""

    onts_of_span: Counter[str] = field(default_factory=Counter)
    overloaded: int = 0


def check_fibres(run: Run, found: Findings) -> Traced:
    """Look at every joint, then follow every ONT."""
    wires = _Wires(run, found)
    wires.joints()
    wires.splitters()
    wires.used()
    traced = Traced()
    losses = _Losses(run)
    reach: dict[tuple[str, int], list[tuple[float, str]]] = defaultdict(list)
    pieces: Counter[tuple[str, int]] = Counter()
    for ont in run["onts"]:
        way = wires.way(("ont", ont["ont_id"], None))
        if way.port is None:
            found.add("ont-dark", ont["ont_id"], found=way.stuck)
            continue
        _told(ont, way, wires, found)
        traced.overloaded += losses.judge(ont, way, wires, found)
        reach[way.port].append((way.length_m, ont["ont_id"]))
        pieces.update(way.pieces)
    _apart(reach, wires, losses, found)
    for (cable, many), onts in pieces.items():
        for name in wires.spans_of[cable][:many]:
            traced.onts_of_span[name] += onts
    for span in run["spans"]:
        behind = traced.onts_of_span[span["span_id"]]
        if span["onts"] != behind:
            found.add("span-onts", span["span_id"], found=span["onts"], wanted=behind)
    return traced


class _Wires:
    """Joints by what they feed, cables with their nodes and metres, and the ways found so far."""

    def __init__(self, run: Run, found: Findings) -> None:
        self.run, self.found = run, found
        self.cables = {row["cable_id"]: row for row in run["cables"]}
        self.split = {row["splitter_id"]: row for row in run["splitters"]}
        self.onts = {row["ont_id"]: row for row in run["onts"]}
        self.ports = {(row["olt_node"], row["pon_port"]): row for row in run["ports"]}
        self.fed: dict[Key, Row] = {}
        self.ways: dict[str, _Way] = {}
        self.reel = run.parameter("reel_m", 2000.0)
        self.nodes_of: dict[str, dict[str, int]] = {}
        self.spans_of: dict[str, list[str]] = {}
        self.metres_to: dict[str, list[float]] = {}
        spans = {row["span_id"]: row for row in run["spans"]}
        runs: dict[str, list[Row]] = defaultdict(list)
        for row in run["cable_spans"]:
            runs[row["cable_id"]].append(row)
        for name, cable in self.cables.items():
            route = route_of(cable, runs[name], spans) or [cable["from_node"], cable["to_node"]]
            ordered = [row["span_id"] for row in sorted(runs[name], key=lambda one: one["seq"])]
            metres = [0.0]
            for span in ordered:
                metres.append(metres[-1] + spans[span]["length_m"])
            self.nodes_of[name] = {node: at for at, node in reversed(list(enumerate(route)))}
            self.spans_of[name], self.metres_to[name] = ordered, metres

    def joints(self) -> None:
        """Each end joined once, fibres and outputs that are there, at a place its two sides pass."""
        above: Counter[Key] = Counter()
        for row in self.run["splices"]:
            up: Key = (row["up_kind"], row["up_id"], row["up_no"])
            down: Key = (row["down_kind"], row["down_id"], row["down_no"])
            above[up] += 1
            if down in self.fed:
                self.found.add("fibre-twice", _name(down))
            self.fed.setdefault(down, row)
            self._side(up, row["node_id"])
            self._side(down, row["node_id"])
        for up, many in above.items():
            if many > 1:
                self.found.add("fibre-twice", _name(up))

    def _side(self, end: Key, node: str) -> None:
        kind, name, number = end
        if kind == "cable":
            if number is None or not 1 <= number <= self.cables[name]["fibres"]:
                self.found.add("fibre-number", name, found=number)
            there = node in self.nodes_of[name]
        elif kind == "splitter":
            ratio = self.split[name]["ratio"]
            if number is not None and not 1 <= number <= ratio:
                self.found.add("splitter-output", name, found=number)
            there = node == self.split[name]["node_id"]
        elif kind == "port":
            if (name, number) not in self.ports:
                self.found.add("port-unknown", _name(end))
            there = node == name
        else:
            there = node == self.onts[name]["node_id"]
        if not there:
            self.found.add("joint-place", _name(end), found=node)

    def splitters(self) -> None:
        """Outputs counted, inputs as told."""
        outputs = Counter(row["up_id"] for row in self.run["splices"] if row["up_kind"] == "splitter")
        for name, row in self.split.items():
            if outputs[name] != row["outputs_used"]:
                self.found.add("splitter-used", name, found=row["outputs_used"], wanted=outputs[name])
            joint = self.fed.get(("splitter", name, None))
            fed = (joint["up_id"], joint["up_no"]) if joint and joint["up_kind"] == "cable" else (None, None)
            told = (row["input_cable"], row["input_fibre"])
            if joint is None or fed != told:
                self.found.add("splitter-input", name, found=told, wanted=fed if joint else "–")

    def used(self) -> None:
        """Fibres joined at some end."""
        fibres: dict[str, set[int]] = defaultdict(set)
        for row in self.run["splices"]:
            for side in ("up", "down"):
                if row[f"{side}_kind"] == "cable":
                    fibres[row[f"{side}_id"]].add(row[f"{side}_no"])
        for name, row in self.cables.items():
            if len(fibres[name]) != row["fibres_used"]:
                self.found.add("fibres-used", name, found=row["fibres_used"], wanted=len(fibres[name]))

    def way(self, end: Key) -> _Way:
        """The way up from ``end``; those of splitters are kept."""
        seen: list[tuple[Key, Row]] = []
        passed: set[Key] = set()
        while True:
            if end[0] == "splitter" and end[1] in self.ways:
                return self._down(self.ways[end[1]], seen)
            joint = self.fed.get(end)
            if joint is None or end in passed:
                return self._down(_Way(None, _name(end)), seen)
            passed.add(end)
            seen.append((end, joint))
            kind, name, number = joint["up_kind"], joint["up_id"], joint["up_no"]
            if kind == "port":
                known = (name, number) in self.ports
                start = _Way((name, number) if known else None, "" if known else _name((kind, name, number)))
                return self._down(start, seen)
            end = (kind, name, None if kind == "splitter" else number)

    def _down(self, way: _Way, seen: list[tuple[Key, Row]]) -> _Way:
        """Add the joints of ``seen`` (from below) to the way to the uppermost of them."""
        for end, joint in reversed(seen):
            length, splices, pieces = way.length_m, way.splices + joint["fusions"], way.pieces
            splitters = way.splitters
            if joint["up_kind"] == "cable":
                name = joint["up_id"]
                metres, many = self._piece(name, joint["node_id"])
                length += metres
                splices += max(0, ceil(metres / self.reel) - 1)
                pieces = (*pieces, (name, many))
            elif joint["up_kind"] == "splitter":
                splitters = (*splitters, (joint["up_id"], joint["up_no"]))
            way = _Way(way.port, way.stuck, splitters, length, way.connectors + joint["connectors"], splices, pieces)
            if end[0] == "splitter":
                self.ways[end[1]] = way
        return way

    def _piece(self, cable: str, node: str) -> tuple[float, int]:
        row = self.cables[cable]
        if node == row["to_node"] or node not in self.nodes_of[cable]:
            return row["length_m"], len(self.spans_of[cable])
        at = self.nodes_of[cable][node]
        return self.metres_to[cable][min(at, len(self.metres_to[cable]) - 1)], at


def _name(end: Key) -> str:
    return f"{end[0]} {end[1]}" if end[2] is None else f"{end[0]} {end[1]}/{end[2]}"


def _told(ont: Row, way: _Way, wires: _Wires, found: Findings) -> None:
    """What the ONT's row says beside what was found."""
    name = ont["ont_id"]
    stages = [(ont["splitter_1"], ont["out_1"]), (ont["splitter_2"], ont["out_2"])]
    told = ((ont["olt_node"], ont["pon_port"]), tuple(one for one in stages if one[0] is not None))
    if told != (way.port, way.splitters):
        found.add("ont-port", name, found=told, wanted=(way.port, way.splitters))
    if not close(ont["length_m"], way.length_m):
        found.add("ont-length", name, found=ont["length_m"], wanted=way.length_m)
    if ont["connectors"] != way.connectors:
        found.add("ont-connectors", name, found=ont["connectors"], wanted=way.connectors)
    if ont["splices"] != way.splices:
        found.add("ont-splices", name, found=ont["splices"], wanted=way.splices)
    split, most = 1, wires.run.parameter("max_split", 128)
    for splitter, _ in way.splitters:
        split *= wires.split[splitter]["ratio"]
    if split > most:
        found.add("split-ratio", name, found=split, wanted=int(most))


class _Losses:
    """The table of losses, and each ONT's loss by it."""

    def __init__(self, run: Run) -> None:
        self.of = {(row["item"], row["key"]): (row["most_db"], row["least_db"]) for row in run["losses"]}
        self.classes = {row["id"]: row for row in run["classes"]}

    def judge(self, ont: Row, way: _Way, wires: _Wires, found: Findings) -> int:
        """Hold loss and reach against the told ones and the class; 1 where the light may be too strong."""
        if way.port is None:
            return 0
        cls = self.classes[wires.ports[way.port]["class"]]
        name = ont["ont_id"]
        down, up = (self._loss(ont, way, wires, cls[f"{side}_nm"], 0) for side in ("down", "up"))
        least = min(self._loss(ont, way, wires, cls[f"{side}_nm"], 1) for side in ("down", "up"))
        for told, loss in ((ont["down_db"], down), (ont["up_db"], up), (ont["least_db"], least)):
            if not abs(told - loss) <= _LOSS_DB:
                found.add("ont-loss", name, found=told, wanted=loss)
        if max(down, up) > cls["max_loss_db"] + _LOSS_DB:
            found.add("power", name, found=max(down, up), wanted=cls["max_loss_db"])
        if way.length_m > cls["reach_km"] * 1000:
            found.add("reach", name, found=way.length_m, wanted=cls["reach_km"] * 1000)
        return int(least < cls["min_loss_db"] - _LOSS_DB)

    def _loss(self, ont: Row, way: _Way, wires: _Wires, nm: int, column: int) -> float:
        nothing = (float("nan"), float("nan"))

        def of(item: str, key: Any = None) -> float:
            return float(self.of.get((item, key), nothing)[column])

        total = way.length_m / 1000 * of("fibre_km", nm) + of("margin")
        total += sum(of("splitter", wires.split[name]["ratio"]) for name, _ in way.splitters)
        total += way.connectors * of("connector") + way.splices * of("splice")
        return float(total + ont["coexistence"] * of("coexistence"))


def _apart(reach: dict[Any, list[tuple[float, str]]], wires: _Wires, losses: _Losses, found: Findings) -> None:
    """The farthest ONT of a port beside the nearest."""
    for port, ways in reach.items():
        most = losses.classes[wires.ports[port]["class"]]["differential_km"] * 1000
        (near, _), (far, name) = min(ways), max(ways)
        if far - near > most:
            found.add("reach", name, found=far - near, wanted=most)
