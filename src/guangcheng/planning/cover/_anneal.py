"""Compiled loop of simulated annealing by swaps, for the most demand with a number of sites of equal cost.

Imported only by :mod:`.search`. Beside the number of chosen sites that reach a group the sum of their numbers is kept:
where there is one, the sum names it, so that what a swap would change is known before anything is moved.
"""

from typing import Any, NamedTuple

import numba
import numpy as np

from guangcheng.planning.cover._search import uniform

njit: Any = numba.njit(cache=True, nogil=True)

_NEAR = 0.8
"""How often the new site is sought among the neighbours of the old one."""
_COOL = 1024
"""Moves between two changes of temperature."""


class Swaps(NamedTuple):
    """A choice with its books.

    Flags; hits and sum of the hitting sites of every group; the only site that hits it (−1: none or several); score of
    sites (gain where not chosen, loss where chosen); the sites chosen; covered demand now and at best; the best flags.
    """

    x: Any
    hits: Any
    total: Any
    only: Any
    score: Any
    chosen: Any
    covered: Any
    best: Any


@njit
def flip(j: int, step: int, t: Any, now: Any) -> None:
    """Build site ``j`` (``step`` 1) or take it away (−1)."""
    own = 0.0
    for k in range(t.sf[j], t.sf[j + 1]):
        g = t.sg[k]
        low = min(now.hits[g], now.hits[g] + step)
        if low == 1 and step > 0:
            now.score[now.only[g]] -= t.weight[g]
        now.hits[g] += step
        now.total[g] += step * j
        now.only[g] = now.total[g] if now.hits[g] == 1 else -1
        if low == 0:
            own += t.weight[g]
            for q in range(t.gf[g], t.gf[g + 1]):
                now.score[t.gs[q]] -= step * t.weight[g]
        elif low == 1 and step < 0:
            now.score[now.only[g]] += t.weight[g]
    now.x[j] = max(step, 0)
    now.covered[0] += step * own
    now.score[j] = own


@njit
def _worth(i: int, j: int, least: float, t: Any, now: Any) -> bool:
    """Whether ``j`` in the place of ``i`` changes the covered demand by at least ``least``."""
    change = now.score[j] - now.score[i]
    if change >= least or now.score[j] < least:
        return bool(change >= least)
    for k in range(t.sf[j], t.sf[j + 1]):
        if now.only[t.sg[k]] == i:
            change += t.weight[t.sg[k]]
    return bool(change >= least)


@njit
def anneal(
    begin: int, end: int, moves: int, hot: float, cold: float, nf: Any, ns: Any, t: Any, now: Any, random: Any
) -> None:
    """Try the moves ``begin`` to ``end`` of ``moves`` while the temperature falls from ``hot`` to ``cold``."""
    heat = hot
    for move in range(begin, end):
        if (move - begin) % _COOL == 0:
            heat = hot * (cold / hot) ** (move / moves)
        slot = int(uniform(random) * now.chosen.size)
        i = now.chosen[slot]
        if uniform(random) < _NEAR and nf[i + 1] > nf[i]:
            j = ns[nf[i] + int(uniform(random) * (nf[i + 1] - nf[i]))]
        else:
            j = int(uniform(random) * now.x.size)
        if now.x[j] or t.fixed[j] < 0 or t.fixed[i] > 0:
            continue
        if not _worth(i, j, heat * np.log(max(uniform(random), 1e-300)), t, now):
            continue
        flip(i, -1, t, now)
        flip(j, 1, t, now)
        now.chosen[slot] = j
        if now.covered[0] > now.covered[1]:
            now.covered[1] = now.covered[0]
            now.best[:] = now.x
