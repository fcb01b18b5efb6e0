"""Compiled loops of row weighting, the search for full covering. Imported only by :mod:`.search`.

For every site is kept a ``score``: what only it covers where it is chosen, what it would newly cover where it is not,
both in the weights of the rows (groups), which grow while a row stays open.
"""

from typing import Any, NamedTuple

import numba
import numpy as np

from guangcheng.planning.cover._search import BEST_COST, COST, STEPS, uniform

njit: Any = numba.njit(cache=True, nogil=True)

OPENED, SIZE, CLOCK, LAST = 0, 1, 2, 3
"""Places in the counts: open rows, chosen sites, the clock, the site added last."""


class Books(NamedTuple):
    """A choice that may leave rows open.

    ``chosen``/``spot`` and ``opened``/``place`` are sets with removal in constant time; ``stamp`` is when a site last
    moved.
    """

    x: Any
    hits: Any
    score: Any
    heavy: Any
    stamp: Any
    chosen: Any
    spot: Any
    opened: Any
    place: Any
    counts: Any
    state: Any
    best: Any


@njit
def _flip(j: int, step: int, t: Any, now: Any) -> None:
    """Build site ``j`` (``step`` 1) or take it away (−1) and keep the scores and the open rows."""
    now.x[j] = max(step, 0)
    now.state[COST] += step * t.cost[j]
    now.stamp[j] = now.counts[CLOCK]
    own = 0.0
    for k in range(t.sf[j], t.sf[j + 1]):
        g = t.sg[k]
        low = min(now.hits[g], now.hits[g] + step)
        now.hits[g] += step
        missing = t.need[g] - low
        change = step * now.heavy[g]
        if missing >= 1:
            own += now.heavy[g]
        if missing == 1:
            _rescore(g, 0, change, j, t, now)
            if step > 0:
                _close(g, now)
            else:
                _open(g, now)
        elif missing == 0:
            _rescore(g, 1, change, j, t, now)
    now.score[j] = own


@njit
def _rescore(g: int, side: int, change: float, j: int, t: Any, now: Any) -> None:
    """Lower the score of the row's sites that are chosen (``side`` 1) or not (0), ``j`` left out."""
    for q in range(t.gf[g], t.gf[g + 1]):
        i = t.gs[q]
        if now.x[i] == side and i != j:
            now.score[i] -= change


@njit
def _open(g: int, now: Any) -> None:
    now.place[g] = now.counts[OPENED]
    now.opened[now.counts[OPENED]] = g
    now.counts[OPENED] += 1


@njit
def _close(g: int, now: Any) -> None:
    now.counts[OPENED] -= 1
    tail = now.opened[now.counts[OPENED]]
    now.opened[now.place[g]] = tail
    now.place[tail] = now.place[g]
    now.place[g] = -1


@njit
def _least_missed(t: Any, now: Any, random: Any) -> int:
    """Return the chosen site least missed per cost among 60 drawn ones, the longest unmoved of equals; −1: none."""
    worst, at = np.inf, -1
    size = now.counts[SIZE]
    for k in range(min(size, 60)):
        j = now.chosen[int(uniform(random) * size)] if size > 60 else now.chosen[k]
        if t.fixed[j] > 0 or j == now.counts[LAST]:
            continue
        value = now.score[j] / max(t.cost[j], 1e-9)
        if value < worst or (value == worst and now.stamp[j] < now.stamp[at]):
            worst, at = value, j
    return at


@njit
def _most_wanted(row: int, t: Any, now: Any) -> int:
    """Return the site that covers most per cost among those of an open row, not the one just dropped; −1: none."""
    top, at = -1.0, -1
    room = now.state[BEST_COST] - now.state[COST]
    for q in range(t.gf[row], t.gf[row + 1]):
        j = t.gs[q]
        if now.x[j] or t.fixed[j] < 0 or now.stamp[j] == now.counts[CLOCK] or t.cost[j] >= room:
            continue
        value = now.score[j] / max(t.cost[j], 1e-9)
        if value > top or (value == top and now.stamp[j] < now.stamp[at]):
            top, at = value, j
    return at


@njit
def _drop(t: Any, now: Any, random: Any) -> None:
    """Drop one site, and more while every row is covered, each full cover met being kept where it is cheaper."""
    swap = True
    while swap or now.counts[OPENED] == 0:
        if now.counts[OPENED] > 0:
            swap = False
        elif now.state[COST] < now.state[BEST_COST]:
            now.state[BEST_COST] = now.state[COST]
            now.best[:] = now.x
        j = _least_missed(t, now, random)
        if j < 0:
            break
        _flip(j, -1, t, now)
        now.counts[SIZE] -= 1
        tail = now.chosen[now.counts[SIZE]]
        now.chosen[now.spot[j]] = tail
        now.spot[tail] = now.spot[j]


@njit
def _cover(t: Any, now: Any, random: Any) -> None:
    """Cover random open rows while that costs less than the best."""
    while now.counts[OPENED] > 0:
        row = now.opened[int(uniform(random) * now.counts[OPENED])]
        j = _most_wanted(row, t, now)
        if j < 0:
            break
        _flip(j, 1, t, now)
        now.counts[LAST] = j
        now.chosen[now.counts[SIZE]] = j
        now.spot[j] = now.counts[SIZE]
        now.counts[SIZE] += 1


@njit
def row_weighting(steps: int, t: Any, now: Any, random: Any) -> None:
    """Full covering by row weighting (Gao et al. 2015): drop the site least missed, cover a random open row anew.

    Rows left open grow heavier, so that the search turns to what is hard to cover. ``best`` is the cheapest full
    cover met.
    """
    for _ in range(steps):
        now.counts[CLOCK] += 1
        _drop(t, now, random)
        _cover(t, now, random)
        for k in range(now.counts[OPENED]):
            row = now.opened[k]
            now.heavy[row] += 1.0
            for q in range(t.gf[row], t.gf[row + 1]):
                if not now.x[t.gs[q]]:
                    now.score[t.gs[q]] += 1.0
        now.state[STEPS] += 1
