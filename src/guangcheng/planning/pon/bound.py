"""What no plan of a benchmark instance can cost less than: a Steiner bound and counted minima of everything else.

* Trench with the cheapest cable: every edge of a plan carries a cable, whose price for f fibres is at least a + b·f
  (:meth:`.catalogue.Catalogue.envelope`); so trench + a·length of what joins the OLT with all customers is at least
  the lower bound of that Steiner tree problem.
* Fibre: a fibre serves at most as many homes as a PON port, so the fibre metres are at least
  Σ ports · (shortest way) / (homes a port).
* Riser: no equipment stands with the customer, so the cable there is known exactly.
* Equipment: PON ports, splitters, housings, boxes, connectors and fusions that any plan of a scheme has; the least
  scheme counts. Homes are fed site by site, so PON ports are rounded up and housings bought for each site: the
  cheapest way to share all homes out among sites of any size (:func:`_sites`) is below every plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from guangcheng.planning.pon.catalogue import Catalogue, Scheme
from guangcheng.planning.pon.instances import PonInstance
from guangcheng.planning.pon.model import Forest, rooted
from guangcheng.planning.steiner.model import Bools, Floats, Ints, Network, Problem

__all__ = ["Bound", "bound", "city_bound", "forest_of", "trench_and_cable"]


@dataclass(frozen=True, slots=True)
class Bound:
    """The parts of the bound in CNY."""

    trench_and_cable: float
    fibre: float
    riser: float
    equipment: float

    @property
    def total(self) -> float:
        """Their sum."""
        return self.trench_and_cable + self.fibre + self.riser + self.equipment


def trench_and_cable(instance: PonInstance, catalogue: Catalogue) -> Problem:
    """The Steiner tree problem whose lower bound is the bound's first part."""
    net = instance.network
    cost = net.cost + catalogue.envelope()[0] * instance.length_m
    return replace(instance.problem, network=Network.of(net.vertices, net.tail, net.head, cost))


def bound(instance: PonInstance, catalogue: Catalogue, schemes: Iterable[Scheme], *, steiner: float) -> Bound:
    """The bound, given a lower bound ``steiner`` for :func:`trench_and_cable`; infinite without schemes."""
    from guangcheng.planning.steiner._ascent import distance_from_root

    net = instance.network
    base, slope = catalogue.envelope()
    ways = distance_from_root(net.start, net.neighbour, net.back, instance.root, instance.length_m[net.edge])
    best: Bound | None = None
    for way in schemes:
        fibre = slope * float((ways[instance.customer] * instance.homes).sum()) / way.homes
        riser = _riser(instance, catalogue, base, slope / way.homes)
        found = Bound(steiner, fibre, riser, _equipment(instance.homes, _own(instance), catalogue, way))
        best = found if best is None or found.total < best.total else best
    return best or Bound(steiner, np.inf, np.inf, np.inf)


def city_bound(
    ports: Ints,
    own_box: Bools,
    distance_m: Floats,
    riser_m: Floats,
    catalogue: Catalogue,
    schemes: Iterable[Scheme],
    *,
    trench: float,
    olts: int,
) -> Bound:
    """The bound for customers in a city, one row each: ONTs, whether the entry must hold splitters, metres.

    ``distance_m`` is the shortest way from any OLT to the customer's entry, ``riser_m`` the cable from there, on which
    nothing is shared and nothing stands. ``trench`` bounds the routes (without cable) from below. The cable there is
    counted at its least, the slope per fibre metre alone, so this bound is weaker than :func:`bound`.
    """
    _, slope = catalogue.envelope()
    riser = float(sum(m * catalogue.cable_cny(int(p)) for m, p in zip(riser_m, ports, strict=True)))
    fibre_m = float((distance_m * ports).sum())
    found = [
        Bound(
            trench,
            slope * fibre_m / way.homes,
            riser,
            _equipment(ports, own_box.tolist(), catalogue, way, olts),
        )
        for way in schemes
    ]
    return min(found, key=lambda one: one.total)


def forest_of(instance: PonInstance, edges: Ints) -> tuple[Forest, Ints]:
    """The tree of ``edges`` (of the instance's network) as a forest, and the vertex of each of its nodes."""
    net = instance.network
    parent, edge = rooted(net.vertices, net.tail[edges], net.head[edges], np.array([instance.root]))
    vertices = np.flatnonzero(parent > -2)
    number = np.full(net.vertices, -1, dtype=np.int64)
    number[vertices] = np.arange(vertices.size)
    up = np.where(parent[vertices] >= 0, number[parent[vertices]], -1)
    metres = instance.length_m[edges[edge[vertices]]] if edges.size else np.zeros(vertices.size)
    length: Floats = np.where(up >= 0, metres, 0.0)
    homes = np.zeros(net.vertices, dtype=np.int64)
    homes[instance.customer] = instance.homes
    may_hold = np.ones(net.vertices, dtype=bool)
    may_hold[instance.customer] = False
    own = homes[vertices]
    forest = Forest(up, length, own, own, (own > 0).astype(np.int64), may_hold[vertices], instance.own_box[vertices])
    return forest, vertices


def _riser(instance: PonInstance, catalogue: Catalogue, base: float, slope: float) -> float:
    """What the risers' cables cost beyond what the other parts count on the same metres."""
    net, count = instance.network, instance.customer.size
    metres = instance.length_m[net.edges - count :]
    known = np.array([catalogue.cable_cny(int(homes)) for homes in instance.homes])
    return float((metres * (known - base - slope * instance.homes)).sum())


def _equipment(each: Ints, own_box: Iterable[bool], catalogue: Catalogue, way: Scheme, olts: int = 1) -> float:
    """Counted minima of equipment and joints of one scheme, for customers of ``each`` so many homes."""
    c = catalogue
    homes = int(each.sum())
    connector, fusion = c.cny("connector"), c.cny("fusion")
    joints = homes * (2 * connector + 2 * fusion)
    port = c.cny("olt_port") + 2 * connector
    if way.first == 1:
        lasts = ceil(homes / way.second)
        cost = homes * _share(c, way.second) + lasts * port
        return cost + joints + max(_housings(c, homes, 0.0, olts), _sites(c, homes, way, 0.0, olts) - lasts * port)
    own = [int(h) for h, own in zip(each, own_box, strict=True) if own]
    low = homes - sum(own)
    lasts = sum(ceil(h / way.second) for h in own) + ceil(low / way.second)
    cost = sum(c.splitters_cny(h, way.second) for h in own) + low * _share(c, way.second)
    box = c.cny("splitter_box")
    cost += len(own) * box + lasts * (_share(c, way.first) + 2 * connector)
    counted = _housings(c, homes, box, olts) + ceil(lasts / way.first) * port
    return cost + joints + max(counted, _sites(c, homes, way, box, olts))


def _own(instance: PonInstance) -> list[bool]:
    """Whether each customer's entry must hold splitters."""
    return [bool(own) for own in instance.own_box[instance.customer - instance.customer.size]]


def _share(catalogue: Catalogue, ratio: int) -> float:
    """Least CNY of an output of splitters up to 1:``ratio``."""
    return min(price.cny / size for size, price in catalogue.splitter.items() if size <= ratio)


def _housings(catalogue: Catalogue, homes: int, box: float, olts: int) -> float:
    """Least CNY of cabinets and rooms for ``homes`` less what one room's area at each OLT takes.

    ``box``: what is saved where one stands at an entry that had a box counted.
    """
    room, cabinet = catalogue.single["room"], catalogue.single["cabinet"]
    left = max(0, homes - olts * room.capacity)
    return min(
        rooms * max(0.0, room.cny - box)
        + max(0, ceil((left - rooms * room.capacity) / cabinet.capacity)) * max(0.0, cabinet.cny - box)
        for rooms in range(ceil(left / room.capacity) + 1)
    )


def _sites(catalogue: Catalogue, homes: int, way: Scheme, box: float, olts: int) -> float:
    """Least CNY of the sites of first splitters that feed ``homes``: housing, PON ports with connectors and fusions.

    A site takes at most a room's households; each OLT feeds one such site that needs neither housing nor fusions.
    ``box``: as for :func:`_housings`. Sharing homes out at will, ports rounded up at each site, only makes it cheaper.
    """
    c, most = catalogue, catalogue.single["room"].capacity
    cabinet, room = c.single["cabinet"], c.single["room"]
    port = c.cny("olt_port") + 2 * c.cny("connector")
    size = np.arange(1, most + 1)
    housing = np.where(size <= cabinet.capacity, min(cabinet.cny, room.cny), room.cny)
    fed = -(-size // way.homes)
    site = np.maximum(housing - box, 0.0) + fed * (port + 2 * c.cny("fusion"))
    least = np.zeros(homes + most + 1)  # least[most + h]: h homes at such sites; below, none are left
    for h in range(1, homes + 1):
        least[most + h] = (site + least[most + h - 1 : h - 1 : -1]).min()
    near = np.arange(min(homes, olts * most) + 1)
    return float((-(-near // way.homes) * port + least[most + homes - near]).min())
