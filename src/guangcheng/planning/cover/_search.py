"""Compiled loops of the heuristics: greedy, and ruin and recreate.

Imported only by :mod:`.search`. For every group is kept how many chosen sites reach it (``hits``), and for every site
what adding it would newly cover (``gain``); a change touches only the groups of one site and their sites.
"""

from typing import Any, NamedTuple

import numba
import numpy as np

njit: Any = numba.njit(cache=True, nogil=True)

F, COST, BEST, BEST_COST, BUDGET, STEPS, WORK = 0, 1, 2, 3, 4, 5, 6
"""Places in the state: covered now, cost now, the best's covered and cost, budget, steps and touches done."""


class Table(NamedTuple):
    """The problem.

    Sites of each group (firsts, sites), groups of each site, weight and need of groups, cost, and what is fixed of
    each site (1 built, −1 banned, 0 free).
    """

    gf: Any
    gs: Any
    sf: Any
    sg: Any
    weight: Any
    need: Any
    cost: Any
    fixed: Any


class Live(NamedTuple):
    """A choice with its books: flags, hits of groups, gain of sites, the state."""

    x: Any
    hits: Any
    gain: Any
    state: Any


@njit
def uniform(random: Any) -> float:
    """Return the next number in [0, 1) of a 64-bit xorshift-multiply generator."""
    s = random[0]
    s ^= s >> np.uint64(12)
    s ^= s << np.uint64(25)
    s ^= s >> np.uint64(27)
    random[0] = s
    return float((s * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit
def flip(j: int, step: int, t: Any, now: Any) -> None:
    """Build site ``j`` (``step`` 1) or take it away (−1)."""
    now.x[j] = max(step, 0)
    now.state[COST] += step * t.cost[j]
    for k in range(t.sf[j], t.sf[j + 1]):
        g = t.sg[k]
        low = min(now.hits[g], now.hits[g] + step)
        now.hits[g] += step
        missing = t.need[g] - low
        if missing == 1:
            now.state[F] += step * t.weight[g]
            for q in range(t.gf[g], t.gf[g + 1]):
                now.gain[t.gs[q]] -= step * t.weight[g]
            now.state[WORK] += t.gf[g + 1] - t.gf[g]
        elif missing == 2:
            for q in range(t.gf[g], t.gf[g + 1]):
                now.gain[t.gs[q]] += step * t.weight[g]
    now.state[WORK] += t.sf[j + 1] - t.sf[j]


@njit
def loss(j: int, t: Any, now: Any) -> float:
    """Return what would be uncovered without site ``j``."""
    out = 0.0
    for k in range(t.sf[j], t.sf[j + 1]):
        g = t.sg[k]
        if now.hits[g] == t.need[g]:
            out += t.weight[g]
    now.state[WORK] += t.sf[j + 1] - t.sf[j]
    return out


@njit
def best_site(pool: Any, size: int, blink: float, t: Any, now: Any, random: Any) -> int:
    """Return the affordable site of the pool with most gain per cost, the first of equals; −1: none.

    A better one is passed over with probability ``blink``.
    """
    best, at = 0.0, -1
    room = now.state[BUDGET] - now.state[COST]
    for k in range(size):
        j = pool[k]
        if now.x[j] or t.fixed[j] < 0 or t.cost[j] > room or now.gain[j] <= 0.0:
            continue
        value = now.gain[j] / max(t.cost[j], 1e-9)
        if value > best and not (blink > 0.0 and uniform(random) < blink):
            best, at = value, j
    return at


@njit
def _deepest(t: Any, now: Any) -> int:
    """Return the affordable site with most gain per cost where a group half covered counts half; −1: none."""
    best, at = 0.0, -1
    for j in range(t.cost.size):
        if now.x[j] or t.fixed[j] < 0 or t.cost[j] > now.state[BUDGET] - now.state[COST]:
            continue
        value = 0.0
        for k in range(t.sf[j], t.sf[j + 1]):
            g = t.sg[k]
            if now.hits[g] < t.need[g]:
                value += t.weight[g] / t.need[g]
        value /= max(t.cost[j], 1e-9)
        if value > best:
            best, at = value, j
    return at


@njit
def greedy(target: float, t: Any, now: Any, deep: bool) -> None:
    """Add the site with most new cover per cost until the target is reached or nothing affordable helps.

    ``deep`` (groups that need two sites) counts a half-covered group as half its weight.
    """
    random = np.ones(1, np.uint64)
    everyone = np.arange(t.cost.size)
    while now.state[F] < target:
        j = _deepest(t, now) if deep else best_site(everyone, everyone.size, 0.0, t, now, random)
        if j < 0:
            break
        flip(j, 1, t, now)


@njit
def shrink(t: Any, now: Any) -> None:
    """Take away sites, those that cover least per cost first, until the budget is kept."""
    while now.state[COST] > now.state[BUDGET]:
        worst, at = np.inf, -1
        for j in range(t.cost.size):
            if now.x[j] and t.fixed[j] <= 0:
                value = loss(j, t, now) / max(t.cost[j], 1e-9)
                if value < worst:
                    worst, at = value, j
        if at < 0:
            return
        flip(at, -1, t, now)


@njit
def _ruin(center: int, wanted: int, nf: Any, ns: Any, removed: Any, t: Any, now: Any, random: Any) -> int:
    """Take away up to ``wanted`` chosen sites around one, nearest first but some passed over; return how many."""
    skip = uniform(random) * 0.5
    count = 0
    if now.x[center] and t.fixed[center] <= 0:
        removed[count] = center
        count += 1
    for k in range(nf[center], nf[center + 1]):
        if count >= wanted:
            break
        if now.x[ns[k]] and t.fixed[ns[k]] <= 0 and uniform(random) >= skip:
            removed[count] = ns[k]
            count += 1
    for k in range(count):
        flip(removed[k], -1, t, now)
    return count


@njit
def _recreate(center: int, most: int, nf: Any, ns: Any, added: Any, pool: Any, t: Any, now: Any, random: Any) -> int:
    """Add good sites, of the neighbourhood or now and then of all, while the budget allows; return how many."""
    everywhere = uniform(random) < 0.03
    size, count = 0, 0
    if everywhere:
        size = _everyone(pool, t.cost.size)
    else:
        for k in range(nf[center], nf[center + 1]):
            pool[size] = ns[k]
            size += 1
        pool[size] = center
        size += 1
    while count < added.size:
        j = best_site(pool, size, 0.02, t, now, random)
        now.state[WORK] += size
        if j >= 0:
            flip(j, 1, t, now)
            added[count] = j
            count += 1
        elif everywhere or count >= most:
            break
        else:
            everywhere = True
            size = _everyone(pool, t.cost.size)
    return count


@njit
def _everyone(pool: Any, size: int) -> int:
    for j in range(size):
        pool[j] = j
    return size


@njit
def _keep(target: float, step: float, t: Any, now: Any, best: Any) -> None:
    """Take the choice as the best where it is; with a target, lower the budget below its cost and drop to fit."""
    state = now.state
    if target > 0.0:
        while state[F] >= target and state[COST] < state[BEST_COST]:
            state[BEST], state[BEST_COST] = state[F], state[COST]
            best[:] = now.x
            state[BUDGET] = state[COST] - step
            shrink(t, now)
    elif state[F] > state[BEST] or (state[F] == state[BEST] and state[COST] < state[BEST_COST]):
        state[BEST], state[BEST_COST] = state[F], state[COST]
        best[:] = now.x


@njit
def ruin_recreate(
    work: float,
    whole: float,
    hot: float,
    cold: float,
    target: float,
    step: float,
    most: int,
    nf: Any,
    ns: Any,
    t: Any,
    now: Any,
    best: Any,
    random: Any,
) -> None:
    """Take a few chosen sites near each other away, put others there, keep what is better or not much worse.

    Runs until ``state[WORK]`` reaches ``work`` (``whole`` is the planned total: it sets the temperature, from ``hot``
    to ``cold``). Without a target ``best`` holds the most covering choice within the budget. With one, each choice
    that reaches it is kept, the budget is lowered below its cost by ``step`` and sites are dropped to fit.
    """
    n, state = t.cost.size, now.state
    removed, added, pool = np.empty(most, np.int64), np.empty(4 * most + 8, np.int64), np.empty(n + 1, np.int64)
    while state[WORK] < work:
        heat = hot * (cold / hot) ** min(1.0, state[WORK] / whole) if hot > 0.0 else 0.0
        center = int(uniform(random) * n)
        wanted = 1 + int(uniform(random) * most)
        before, before_cost = state[F], state[COST]
        r = _ruin(center, wanted, nf, ns, removed, t, now, random)
        a = _recreate(center, r, nf, ns, added, pool, t, now, random)
        state[STEPS] += 1
        state[WORK] += 20
        change = state[F] - before
        if change < 0.0 and (heat <= 0.0 or uniform(random) >= np.exp(change / heat)):
            for k in range(a):
                flip(added[k], -1, t, now)
            for k in range(r):
                flip(removed[k], 1, t, now)
            state[F], state[COST] = before, before_cost
        else:
            _keep(target, step, t, now, best)
