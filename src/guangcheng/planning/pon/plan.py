"""The one door: trees and customers in, the cheapest network out in which every planned ONT has light and a port."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from guangcheng.base.text import Text
from guangcheng.planning.fibre.tables import Losses, PowerClass
from guangcheng.planning.pon.catalogue import Catalogue, Scheme
from guangcheng.planning.pon.checks import Lit, light
from guangcheng.planning.pon.design import Design, design
from guangcheng.planning.pon.model import Forest, Placement
from guangcheng.planning.pon.place import LABELS, SHAKES, place

__all__ = ["Plan", "Unserved", "plan"]


@dataclass(frozen=True, slots=True)
class Unserved:
    """Customers on ``node`` that are left out: ``budget`` (no light) or ``ports`` (the OLT has none left), and why."""

    node: int
    households: int
    reason: str
    words: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """The network of those served, and who is not."""

    forest: Forest
    """The forest without the customers left out."""
    placement: Placement
    design: Design
    lit: Lit
    unserved: tuple[Unserved, ...]


def plan(
    forest: Forest,
    catalogue: Catalogue,
    schemes: Sequence[Scheme],
    cls: PowerClass,
    losses: Losses,
    *,
    names: tuple[str, ...] | None = None,
    ports: Mapping[int, int] | None = None,
    labels: int = LABELS,
    shakes: int = SHAKES,
    seed: int = 0,
) -> Plan:
    """Plan by the schemes and take that with the fewest households left out, then the cheapest.

    Schemes are drawn in the order of their cost for everybody, until one leaves nobody out.

    Customers whose light does not suffice are left out with the reason and the rest planned again, until all have
    light. ``ports``: PON ports there are at each root (no limit where none is given); the customers farthest from an
    OLT with too few are left out. Raises ``ValueError`` without schemes.
    """
    how = (labels, shakes, seed)
    placed = [place(forest, catalogue, way, labels=labels, shakes=shakes, seed=seed) for way in schemes]
    found: list[Plan] = []
    for first in sorted(placed, key=lambda one: (one.excess, one.cost)):
        found.append(_by_scheme(forest, catalogue, first, cls, losses, names, ports or {}, how))
        if not found[-1].unserved:
            return found[-1]
    return min(
        found,
        key=lambda one: (sum(left.households for left in one.unserved), one.placement.excess, one.placement.cost),
    )


def _by_scheme(
    forest: Forest,
    catalogue: Catalogue,
    placement: Placement,
    cls: PowerClass,
    losses: Losses,
    names: tuple[str, ...] | None,
    ports: Mapping[int, int],
    how: tuple[int, int, int],
) -> Plan:
    out: list[Unserved] = []
    way = placement.scheme
    labels, shakes, seed = how
    while True:
        drawn = design(forest, placement, names)
        lit = light(drawn, cls, losses)
        fresh = _dark(forest, drawn, lit) or _too_many(forest, drawn, way, ports, names)
        if not fresh:
            return Plan(forest, placement, drawn, lit, tuple(sorted(out, key=lambda one: one.node)))
        out += fresh
        forest = _without(forest, [one.node for one in fresh])
        placement = place(forest, catalogue, way, labels=labels, shakes=shakes, seed=seed)


def _dark(forest: Forest, drawn: Design, lit: Lit) -> list[Unserved]:
    """The customers with an ONT without light, each once, with the reason of their first such ONT."""
    reasons = dict(lit.dark)
    found: dict[int, Unserved] = {}
    for ont in drawn.onts:
        if ont.id in reasons and ont.node not in found:
            words = reasons[ont.id][0]
            found[ont.node] = Unserved(ont.node, int(forest.homes[ont.node]), "budget", words)
    return list(found.values())


def _too_many(
    forest: Forest, drawn: Design, way: Scheme, ports: Mapping[int, int], names: tuple[str, ...] | None
) -> list[Unserved]:
    """Customers farthest from an OLT that needs more ports than it has, as many as fill the ports missing."""
    needed = Counter(port.node for port in drawn.ports)
    found: list[Unserved] = []
    for root in sorted(ports):
        missing = needed[root] - ports[root]
        if missing <= 0:
            continue
        far = {ont.node: sum(ont.spans_m) for ont in drawn.onts if ont.port.node == root}
        left = missing * way.homes if ports[root] else int(forest.ports.sum()) + 1
        said = names[root] if names else str(root)
        for node in sorted(far, key=lambda v: (-far[v], v)):
            if left <= 0:
                break
            left -= int(forest.ports[node])
            words = Text(
                zh=f"局点 {said} 只有 {ports[root]} 个 PON 口，需要 {needed[root]} 个",
                en=f"OLT {said} has {ports[root]} PON ports and would need {needed[root]}",
            )
            found.append(Unserved(node, int(forest.homes[node]), "ports", words))
    return found


def _without(forest: Forest, nodes: Iterable[int]) -> Forest:
    gone = np.zeros(forest.nodes, dtype=bool)
    gone[list(nodes)] = True
    return replace(
        forest,
        homes=np.where(gone, 0, forest.homes),
        ports=np.where(gone, 0, forest.ports),
        fibres=np.where(gone, 0, forest.fibres),
    )
