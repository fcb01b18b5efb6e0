"""Who is served by which site: households to ports, no site over its capacity, points that must be served first.

A transport problem: a point's households may be shared between sites in its reach. A household that must be served
counts twice; since serving one more displaces at most one other, all that can be served of them are, and of the rest
as many as then can.
"""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.cover import milp
from guangcheng.planning.siting.model import Bools, Floats, Ints

__all__ = ["Links", "assign"]


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Which sites reach each point: sites of point ``i`` are ``site[first[i]:first[i + 1]]``."""

    first: Ints
    site: Ints

    @property
    def point(self) -> Ints:
        """The point of each link."""
        return np.repeat(np.arange(self.first.size - 1), np.diff(self.first))

    def only(self, keep: Bools) -> "Links":
        """The links of the sites marked."""
        kept = keep[self.site]
        counts = np.bincount(self.point[kept], minlength=self.first.size - 1)
        return Links(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), self.site[kept])


def assign(links: Links, weight: Floats, must: Bools, capacity: Floats) -> Floats:
    """Households over each link; at most ``weight`` of a point and ``capacity`` of a site (inf: not limited)."""
    flows = np.zeros(links.site.size)
    if not flows.size:
        return flows
    points = weight.size
    point = links.point
    crowded = np.bincount(links.site, weights=weight[point], minlength=capacity.size) > capacity
    if not crowded.any():
        # nobody competes: everyone to the first site in reach
        heads = links.first[:-1][np.diff(links.first) > 0]
        flows[heads] = weight[point[heads]]
        return flows
    limited = np.flatnonzero(np.isfinite(capacity))
    order = np.argsort(links.site, kind="stable")
    order = order[np.isfinite(capacity[links.site[order]])]
    sizes = np.bincount(links.site, minlength=capacity.size)[limited]
    blocks = [
        (np.diff(links.first), np.arange(flows.size), np.ones(flows.size)),
        (sizes, order, np.ones(order.size)),
    ]
    first, index, value = milp.stacked(blocks)
    rows = points + limited.size
    model = milp.Model(
        True,
        np.where(must[point], 2.0, 1.0),
        np.full(flows.size, np.inf),
        np.zeros(flows.size, dtype=bool),
        first,
        index,
        value,
        np.full(rows, -np.inf),
        np.concatenate([weight, capacity[limited]]),
        False,
    )
    found = milp.run(model, None, time_limit=600.0)
    return flows if found.values is None else np.maximum(found.values, 0.0)
