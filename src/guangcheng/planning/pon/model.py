"""What a PON is planned on: trees of built edges rooted at OLTs, customers on them, and what the plan has decided."""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.pon.catalogue import Catalogue, Scheme
from guangcheng.planning.steiner.model import Bools, Floats, Ints

__all__ = ["BOX", "NONE", "PRIMARY", "Forest", "Placement", "children_first", "rooted"]

NONE, BOX, PRIMARY = 0, 1, 2
"""What stands on a node: nothing, the last splitters (a splitter box), or the first ones too (cabinet or room)."""


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees of edges that are built, each node with the edge to its ``parent`` (−1 at an OLT), and customers on nodes.

    ``homes`` are households, ``ports`` those that get a splitter output (⌈households × take-rate⌉), ``fibres`` the
    fibres each of these is given (2 at high grade); all 0 where nobody lives. ``may_hold`` says where equipment may
    stand, ``own_box`` where splitters must stand (a tower's unit splitter box, the telecom room of a high-rise).
    """

    parent: Ints
    length_m: Floats
    homes: Ints
    ports: Ints
    fibres: Ints
    may_hold: Bools
    own_box: Bools

    def __post_init__(self) -> None:
        """Refuse what is no forest or makes no sense."""
        n = self.parent.size
        columns = (self.length_m, self.homes, self.ports, self.fibres, self.may_hold, self.own_box)
        if any(column.shape != (n,) for column in columns):
            raise ValueError("columns differ in length")
        if not (np.isfinite(self.length_m).all() and (self.length_m >= 0).all()):
            raise ValueError("lengths must be finite and not negative")
        if (self.ports < 0).any() or (self.ports > self.homes).any() or (self.fibres < (self.ports > 0)).any():
            raise ValueError("ports must lie between 0 and homes, and each needs a fibre")
        if (self.own_box & ~self.may_hold).any():
            raise ValueError("splitters must not stand where they may not")
        children_first(self.parent)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return int(self.parent.size)

    @property
    def roots(self) -> Ints:
        """Nodes of the OLTs, rising."""
        return np.flatnonzero(self.parent < 0)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where splitters stand by one scheme, and what equipment, cables and joints cost with them (no trench).

    ``exact``: no placement of this scheme that serves each node's customers together is cheaper.
    ``excess`` counts households above what the housings take (0 unless nothing else was possible).
    """

    scheme: Scheme
    catalogue: Catalogue
    stands: Ints
    """:data:`NONE`, :data:`BOX` or :data:`PRIMARY` by node."""
    cost: float
    excess: int
    exact: bool


def children_first(parent: Ints) -> Ints:
    """Nodes in an order in which children come before their parents; ``ValueError`` for a loop."""
    n = parent.size
    waiting = np.bincount(parent[parent >= 0], minlength=n)
    order = np.empty(n, dtype=np.int64)
    stack = np.flatnonzero(waiting == 0)[::-1].tolist()
    up = parent.tolist()
    left = waiting.tolist()
    count = 0
    while stack:
        v = stack.pop()
        order[count] = v
        count += 1
        u = up[v]
        if u >= 0:
            left[u] -= 1
            if left[u] == 0:
                stack.append(u)
    if count < n:
        raise ValueError("the parents form a loop")
    return order


def rooted(vertices: int, tail: Ints, head: Ints, roots: Ints) -> tuple[Ints, Ints]:
    """``(parent, edge)`` by vertex for trees given by their edges: −1 at roots; −2 where no root leads.

    ``edge`` is the place in ``tail``/``head`` of the edge to the parent, −1 where there is none.
    """
    ends = np.concatenate([tail, head])
    order = np.argsort(ends, kind="stable")
    start = np.zeros(vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=vertices), out=start[1:])
    other = np.concatenate([head, tail])[order]
    number = order % max(tail.size, 1)
    parent = np.full(vertices, -2, dtype=np.int64)
    edge = np.full(vertices, -1, dtype=np.int64)
    parent[roots] = -1
    stack = roots.tolist()
    while stack:
        u = stack.pop()
        for place in range(int(start[u]), int(start[u + 1])):
            v = int(other[place])
            if parent[v] == -2:
                parent[v], edge[v] = u, number[place]
                stack.append(v)
    return parent, edge
