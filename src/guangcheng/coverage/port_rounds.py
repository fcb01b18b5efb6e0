"""Free ports are consumed by the demand assigned to them: eight ports never serve ten thousand premises.

In each round every premises not yet served asks the nearest point within its radius that has at least as many ports
left as it needs (lowest index on ties). A point serves those who ask it nearest first (then lowest premises id, then
row) as long as the next one fits; the others ask again in the next round. The rounds end when nobody has a point left
to ask. So a premises loses its nearest point only to premises nearer to that point, or to ones that asked it in an
earlier round; the result depends on the rows' values alone, not on their order.
"""

import numpy as np
from numpy.typing import NDArray

from guangcheng.coverage.kernel import Floats, Ints, PointGrid

__all__ = ["serve"]


def serve(
    px: Floats, py: Floats, radius: Floats, demand: Ints, ids: Ints, ax: Floats, ay: Floats, ports: Ints
) -> tuple[Ints, Floats]:
    """Index of the point that serves each premises (−1: none) and its distance (NaN: none), ports being consumed.

    A premises without demand takes its nearest point and consumes nothing.
    """
    found, distance = np.full(px.size, -1, dtype=np.int64), np.full(px.size, np.nan)
    free = ports.copy()
    waiting = np.arange(px.size)
    while waiting.size:
        asked, apart = _ask(px, py, radius, demand, ax, ay, free, waiting)
        hit = asked >= 0
        waiting, asked, apart = waiting[hit], asked[hit], apart[hit]
        order = np.lexsort((waiting, ids[waiting], apart, asked))
        waiting, asked, apart = waiting[order], asked[order], apart[order]
        served = _fitting(asked, demand[waiting], free)
        rows = waiting[served]
        found[rows], distance[rows] = asked[served], apart[served]
        np.subtract.at(free, asked[served], demand[rows])
        waiting = waiting[~served]
    return found, distance


def _ask(
    px: Floats, py: Floats, radius: Floats, demand: Ints, ax: Floats, ay: Floats, free: Ints, waiting: Ints
) -> tuple[Ints, Floats]:
    """Nearest point that could serve each waiting premises now."""
    asked, apart = np.full(waiting.size, -1, dtype=np.int64), np.full(waiting.size, np.nan)
    needs = demand[waiting]
    for need in np.unique(needs):
        open_points = np.flatnonzero(free >= need)
        if open_points.size == 0:
            continue
        alike = np.flatnonzero(needs == need)
        rows = waiting[alike]
        at, away = PointGrid.of(ax[open_points], ay[open_points]).nearest(px[rows], py[rows], radius[rows])
        hit = at >= 0
        asked[alike[hit]] = open_points[at[hit]]
        apart[alike] = away
    return asked, apart


def _fitting(asked: Ints, needs: Ints, free: Ints) -> NDArray[np.bool_]:
    """Of askers ordered by point and turn: whether all needs up to this one fit into what the point has free."""
    total = np.cumsum(needs)
    first = np.searchsorted(asked, asked, side="left")
    before = np.where(first > 0, total[first - 1], 0)
    fits: NDArray[np.bool_] = total - before <= free[asked]
    return fits
