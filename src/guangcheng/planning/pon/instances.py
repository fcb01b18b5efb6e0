"""The hierarchical PON benchmark: a street graph of public Steiner instances, and customers drawn from a seed.

The graph, its edges' costs and its terminals are read; everything added here comes from the seed and the figures
below, so that anybody can make the same instance again. An instance is committed to by (file, customers, seed).

Problem: buy edges that join the OLT with every customer, put splitters on bought vertices, and run cables along bought
edges so that every home has its own output of a splitter chain fed by a PON port, at the least cost of trench,
cables, equipment, fusion splices and connectors, by one scheme of :func:`.catalogue.schemes` and its capacities.
"""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.steiner.model import Bools, Floats, Ints, Network, Problem

__all__ = ["PonInstance", "generate"]

MEAN_EDGE_M = 40.0
"""Mean length of a street edge, metres; lengths are in the proportion of the costs that the file gives."""
TRENCH_CNY_M = 95.0
"""Trench by micro-trenching, the price of the shipped list (pavement)."""
DROP_CNY_M = 45.0
DROP_M = (5, 30)
RISER_M = (15, 60)
LOW_SHARE = 0.3
LOW_HOMES = (4, 16)
TOWER_HOMES = (24, 120)
TOWER = 17
"""Homes from which a building has a splitting point of its own (unit splitter box)."""


@dataclass(frozen=True, slots=True, eq=False)
class PonInstance:
    """A graph with lengths (m) and trench costs (CNY), an OLT, and customers on leaves of their own.

    The last 2 × customers vertices are building entries, then homes' risers: each customer is a vertex ``customer[i]``
    whose only edge (the riser, no trench) ends at its entry, whose only other edge (the drop) ends at a terminal of
    the file. ``own_box`` says which entries must hold a splitting point. No equipment stands on a customer vertex.
    """

    name: str
    seed: int
    network: Network
    length_m: Floats
    root: int
    customer: Ints
    homes: Ints
    own_box: Bools
    """By vertex."""

    @property
    def problem(self) -> Problem:
        """The trench alone: a rooted Steiner tree problem."""
        prize = np.zeros(self.network.vertices)
        prize[self.customer] = np.inf
        return Problem(self.network, prize, self.root)


def generate(name: str, source: Problem, *, customers: int, seed: int) -> PonInstance:
    """Draw an OLT site and its nearest ``customers`` terminals from ``source`` (fewer where it has fewer).

    The OLT stands on a terminal drawn by the seed; near is meant along the graph.
    """
    from guangcheng.planning.steiner._ascent import distance_from_root

    rng = np.random.default_rng(seed)
    net, ends = source.network, source.terminals
    root = int(ends[rng.integers(ends.size)])
    distance = distance_from_root(net.start, net.neighbour, net.back, root, net.cost[net.edge])
    others = ends[(ends != root) & np.isfinite(distance[ends])]
    chosen = np.sort(others[np.argsort(distance[others], kind="stable")[:customers]])
    count = chosen.size
    low = rng.random(count) < LOW_SHARE
    homes = np.where(
        low,
        rng.integers(LOW_HOMES[0], LOW_HOMES[1] + 1, count),
        rng.integers(TOWER_HOMES[0], TOWER_HOMES[1] + 1, count),
    )
    entry = net.vertices + np.arange(count)
    customer = entry + count
    drop = rng.integers(DROP_M[0], DROP_M[1] + 1, count).astype(np.float64)
    riser = rng.integers(RISER_M[0], RISER_M[1] + 1, count).astype(np.float64)
    street = np.round(net.cost / net.cost.mean() * MEAN_EDGE_M, 1)
    length = np.concatenate([street, drop, riser])
    cost = np.concatenate([street * TRENCH_CNY_M, drop * DROP_CNY_M, np.zeros(count)])
    tail, head = np.concatenate([net.tail, chosen, entry]), np.concatenate([net.head, entry, customer])
    network = Network.of(net.vertices + 2 * count, tail, head, cost)
    own_box = np.zeros(network.vertices, dtype=bool)
    own_box[entry] = homes >= TOWER
    return PonInstance(name, seed, network, length, root, customer, homes.astype(np.int64), own_box)
