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
    room: int | None = None,
    labels: int = LABELS,
    shakes: int = SHAKES,
    seed: int = 0,
) -> Plan:
    """Plan by the schemes and take that with the fewest households left out, then the cheapest.

    Schemes are drawn in the order of their cost for everybody, until one leaves nobody out.

    Customers whose light does not suffice are left out with the reason and the rest planned again, until all have
    light. ``ports``: PON ports there are at each root (no limit where none is given); the customers farthest from an
    OLT with too few are left out. ``room``: PON ports of all roots together where customers may still move between
    them; households a scheme needs more ports for than that count as left out when schemes are compared, and nobody
    is left out for it. Raises ``ValueError`` without schemes.
    """
    tries = [_Try(forest, catalogue, way, cls, losses, names, ports or {}, (labels, shakes, seed)) for way in schemes]
    order = sorted(tries, key=lambda one: (one.placement.excess, one.placement.cost))
    for one in order:
        if one.whole(room):
            return one.finished()
    best: tuple[tuple[float, int, float], Plan] | None = None
    for one in sorted(order, key=lambda one: one.least_out):  # nobody comes back, so what is out is a bound
        if best is not None and one.least_out > best[0][0]:
            break
        found = one.finished()
        out = sum(left.households for left in found.unserved) + _lacking(found.design, found.forest, room)
        key = (out, found.placement.excess, found.placement.cost)
        if best is None or key < best[0]:
            best = (key, found)
    if best is None:
        raise ValueError("no scheme is given")
    return best[1]


def _lacking(drawn: Design, forest: Forest, room: int | None) -> float:
    """Households, at those of an average port, for whose ports there is no room."""
    if room is None or len(drawn.ports) <= room:
        return 0.0
    return float(forest.homes.sum()) * (1 - room / len(drawn.ports))


class _Try:
    """One scheme: placed for everybody, then drawn until nobody is left without light or port."""

    def __init__(
        self,
        forest: Forest,
        catalogue: Catalogue,
        way: Scheme,
        cls: PowerClass,
        losses: Losses,
        names: tuple[str, ...] | None,
        ports: Mapping[int, int],
        how: tuple[int, int, int],
    ) -> None:
        self.catalogue, self.way, self.cls, self.losses = catalogue, way, cls, losses
        self.names, self.ports, self.how = names, ports, how
        self.forest = forest
        self.placement = self._placed()
        self.out: list[Unserved] | None = None
        """Who is out after the first drawing; the drawing itself is only kept where that is nobody."""
        self.drawn: tuple[Design, Lit] | None = None
        self.lacking = 0.0

    def _placed(self) -> Placement:
        labels, shakes, seed = self.how
        return place(self.forest, self.catalogue, self.way, labels=labels, shakes=shakes, seed=seed)

    def whole(self, room: int | None) -> bool:
        """Draw once: whether nobody is out and there is room for the ports."""
        design_, lit, out = self._draw()
        self.out, self.lacking = out, _lacking(design_, self.forest, room)
        self.drawn = None if out else (design_, lit)
        return not out and not self.lacking

    @property
    def least_out(self) -> float:
        """Households that are out whatever follows, once drawn; ports lacking only where nobody else is out."""
        gone = sum(one.households for one in self.out or ())
        return float(gone) if gone else self.lacking

    def finished(self) -> Plan:
        """The plan of this scheme, after :meth:`whole`."""
        out = fresh = list(self.out or ())
        while fresh:
            self.forest = _without(self.forest, [one.node for one in fresh])
            self.placement = self._placed()
            design_, lit, fresh = self._draw()
            self.drawn, out = (design_, lit), [*out, *fresh]
        if self.drawn is None:
            raise ValueError("not drawn yet")
        ordered = tuple(sorted(out, key=lambda one: one.node))
        return Plan(self.forest, self.placement, *self.drawn, ordered)

    def _draw(self) -> tuple[Design, Lit, list[Unserved]]:
        drawn = design(self.forest, self.placement, self.names)
        lit = light(drawn, self.cls, self.losses)
        out = _dark(self.forest, drawn, lit) or _too_many(self.forest, drawn, self.way, self.ports, self.names)
        return drawn, lit, out


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
