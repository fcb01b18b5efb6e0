"""Is the network right: the optical budget of every ONT and of later systems, and GB 50846-2012 3.2.1 to 3.2.7."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from guangcheng.base.shares import Share
from guangcheng.base.text import Text
from guangcheng.planning.fibre.budget import Failing, OpticalPath, PortBudget, Upgrade, path, port_budget, upgrade
from guangcheng.planning.fibre.tables import Losses, PowerClass
from guangcheng.planning.pon.catalogue import limits
from guangcheng.planning.pon.design import Design, Ont
from guangcheng.planning.pon.model import Forest

__all__ = ["Check", "Lit", "Step", "gb50846", "holes_needed", "light", "optical_path", "upgrade_path"]

SPARE_HOLES = 1
"""Holes kept free on each new stretch of duct (GB 50846-2012 3.2.3: one or two)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement looked at on one subject (``None``: the whole plan)."""

    check: str
    clause: str
    level: str
    subject: str | None
    value: float
    limit: float
    passed: bool
    words: Text


@dataclass(frozen=True, slots=True)
class Lit:
    """The optical budgets of a design: of every port, and which ONTs get no service or need an attenuator."""

    ports: tuple[PortBudget, ...]
    dark: tuple[tuple[str, tuple[Text, ...]], ...]
    """ONTs whose light does not suffice, with the sentences why."""
    attenuators: tuple[str, ...]
    """ONTs that may get too much light: each needs a fixed attenuator and is served."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the upgrade path: the ports that could carry the system, and the share of 10G (or better) ports."""

    upgrade: Upgrade
    share: Share


def optical_path(ont: Ont, *, coexistence: int = 0) -> OpticalPath:
    """The light's way to ``ont``: every cable, splitter and joint on it."""
    return path(ont.id, ont.spans_m, ont.ratios, closures=ont.fusions, coexistence=coexistence)


def light(design: Design, cls: PowerClass, losses: Losses, *, coexistence: int = 0) -> Lit:
    """Judge every port of ``design`` by ``cls``.

    A port whose ONTs lie too far apart leaves its farthest ones dark until the rest lie within the distance.
    """
    ports, dark, attenuators = [], [], []
    for name, ways in _by_port(design, coexistence):
        judged = port_budget(name, ways, cls, losses)
        ports.append(judged)
        nearest = min(way.length_m for way in ways)
        for ont in judged.onts:
            failing = set(ont.failing)
            apart = Failing.DIFFERENTIAL in judged.failing and ont.length_m - nearest > cls.differential_km * 1000
            if failing - {Failing.OVERLOAD} or apart:
                dark.append((ont.ont, ont.reasons() if failing else judged.reasons()[:1]))
            elif failing:
                attenuators.append(ont.ont)
    return Lit(tuple(ports), tuple(dark), tuple(attenuators))


def upgrade_path(
    design: Design, classes: Sequence[PowerClass], losses: Losses, *, coexistence: int = 1
) -> tuple[Step, ...]:
    """What each class of ``classes`` in turn (GPON, XGS-PON, 50G-PON) could carry on the fibres of ``design``.

    The first lights the network alone; each later one shares it with those before through ``coexistence`` elements.
    ``share``: ports that could carry 10 Gbit/s or more (any class but GPON) among all ports, so far.
    """
    steps: list[Step] = []
    fast: set[str] = set()
    ports = list(_by_port(design, 0))
    for number, cls in enumerate(classes):
        judged = upgrade(ports, cls, losses, coexistence=coexistence if number else 0)
        if cls.system != "GPON":
            fast |= {port.port for port in judged.ports if port.closes}
        steps.append(Step(judged, Share(ok=len(fast), n=len(ports))))
    return tuple(steps)


def _by_port(design: Design, coexistence: int) -> Iterator[tuple[str, list[OpticalPath]]]:
    found: dict[str, list[OpticalPath]] = {f"{port.node}/{port.number}": [] for port in design.ports}
    for ont in design.onts:
        found[f"{ont.port.node}/{ont.port.number}"].append(optical_path(ont, coexistence=coexistence))
    yield from ((name, ways) for name, ways in found.items() if ways)


def holes_needed(design: Design) -> dict[int, int]:
    """Cables on each node's edge to its parent: each takes a hole (3.2.3)."""
    found: dict[int, int] = {}
    for cable in design.cables:
        for edge in cable.edges:
            found[edge] = found.get(edge, 0) + 1
    return found


def gb50846(
    design: Design,
    forest: Forest,
    *,
    free_holes: Mapping[int, int],
    estates: Mapping[str, Iterable[int]],
    high_rises: Iterable[int],
) -> tuple[Check, ...]:
    """Every check of 3.2.1 to 3.2.7, worst subject named.

    ``free_holes``: holes free before this plan, by node of the forest, of edges that run in ducts (others need none).
    ``estates``: nodes that belong to each; ``high_rises``: nodes of high-rise entries, each with the splitters within.
    """
    return (
        *_areas(design),
        *_ducts(design, free_holes),
        *_fibres(design, forest),
        *_rooms(design, estates, high_rises),
    )


def _check(name: str, found: Sequence[tuple[float, str]]) -> list[Check]:
    """The check ``name`` on the worst of ``found`` (value, subject); nothing to check gives no check."""
    if not found:
        return []
    limit = limits()[name]
    value, subject = max(found) if limit.comparator == "<=" else min(found)
    passed = limit.holds(value)
    said = Text(
        zh=f"{limit.title.zh}：{value:g}，{'不多于' if limit.comparator == '<=' else '不少于'} {limit.value:g}",
        en=f"{limit.title.en}: {value:g}, {'at most' if limit.comparator == '<=' else 'at least'} {limit.value:g}",
    )
    clause = f"{limit.source} {limit.clause}"
    return [Check(name, clause, limit.level, subject, value, limit.value, passed, said)]


def _areas(design: Design) -> list[Check]:
    cabinets = set(design.cabinets)
    every = [(float(homes), str(v)) for v, homes in sorted(design.area_homes.items())]
    small = [(value, v) for value, v in every if int(v) in cabinets]
    return _check("area-room", every) + _check("area-cabinet", small)


def _ducts(design: Design, free_holes: Mapping[int, int]) -> list[Check]:
    needed = holes_needed(design)
    cables = [(float(-(-needed[v] // max(1, free))), str(v)) for v, free in sorted(free_holes.items()) if v in needed]
    spare = [(float(free - needed[v]), str(v)) for v, free in sorted(free_holes.items()) if v in needed]
    operators = [(float(free), str(v)) for v, free in sorted(free_holes.items()) if v in needed]
    return _check("operators", operators) + _check("one-cable-a-hole", cables) + _check("spare-holes", spare)


def _fibres(design: Design, forest: Forest) -> list[Check]:
    spare = [(cable.spare_share, cable.id) for cable in design.cables]
    high = [(float(forest.fibres[v]), str(v)) for v in range(forest.nodes) if forest.fibres[v] > 1]
    return _check("spare-fibres", spare) + _check("high-grade-fibres", high)


def _rooms(design: Design, estates: Mapping[str, Iterable[int]], high_rises: Iterable[int]) -> list[Check]:
    rooms, split = set(design.rooms), {splitter.node for splitter in design.splitters}
    own = [(float(len(rooms & set(nodes))), name) for name, nodes in sorted(estates.items())]
    telecom = [(float(v in split), str(v)) for v in sorted(high_rises)]
    return _check("estate-room", own) + _check("telecom-room", telecom)
