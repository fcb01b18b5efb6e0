"""Compiled loops of the heuristics: greedy, ruin and recreate, and row weighting for full covering.

Imported only by :mod:`.search`. All keep, for every group, how many chosen sites reach it (``hits``), and for every
site what adding it would newly cover (``gain``); a change touches only the groups of one site and their sites.
"""

from typing import Any

import numba
import numpy as np

njit: Any = numba.njit(cache=True, nogil=True)

F, COST, BEST, BEST_COST, BUDGET, STEPS, WORK = 0, 1, 2, 3, 4, 5, 6
"""Places in the state: covered now, cost now, the best's covered and cost, budget, steps and touches done."""


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
def add(
    j: int,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    weight: Any,
    need: Any,
    cost: Any,
    x: Any,
    hits: Any,
    gain: Any,
    state: Any,
) -> None:
    """Build site ``j``."""
    x[j] = 1
    state[COST] += cost[j]
    for k in range(sf[j], sf[j + 1]):
        g = sg[k]
        hits[g] += 1
        h, n = hits[g], need[g]
        if h == n:
            state[F] += weight[g]
            for q in range(gf[g], gf[g + 1]):
                gain[gs[q]] -= weight[g]
            state[WORK] += gf[g + 1] - gf[g]
        elif h == n - 1:
            for q in range(gf[g], gf[g + 1]):
                gain[gs[q]] += weight[g]
    state[WORK] += sf[j + 1] - sf[j]


@njit
def drop(
    j: int,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    weight: Any,
    need: Any,
    cost: Any,
    x: Any,
    hits: Any,
    gain: Any,
    state: Any,
) -> None:
    """Take site ``j`` away."""
    x[j] = 0
    state[COST] -= cost[j]
    for k in range(sf[j], sf[j + 1]):
        g = sg[k]
        h, n = hits[g], need[g]
        hits[g] -= 1
        if h == n:
            state[F] -= weight[g]
            for q in range(gf[g], gf[g + 1]):
                gain[gs[q]] += weight[g]
            state[WORK] += gf[g + 1] - gf[g]
        elif h == n - 1:
            for q in range(gf[g], gf[g + 1]):
                gain[gs[q]] -= weight[g]
    state[WORK] += sf[j + 1] - sf[j]


@njit
def loss(j: int, sf: Any, sg: Any, weight: Any, need: Any, hits: Any, state: Any) -> float:
    """Return what would be uncovered without site ``j``."""
    out = 0.0
    for k in range(sf[j], sf[j + 1]):
        if hits[sg[k]] == need[sg[k]]:
            out += weight[sg[k]]
    state[WORK] += sf[j + 1] - sf[j]
    return out


@njit
def best_site(
    pool: Any, size: int, blink: float, room: float, fixed: Any, cost: Any, x: Any, gain: Any, part: Any, random: Any
) -> int:
    """Return the affordable site of the pool with most gain per cost (ties: more partial cover, then first)."""
    best, at, second = 0.0, -1, 0.0
    for k in range(size):
        j = pool[k]
        if x[j] or fixed[j] < 0 or cost[j] > room or (gain[j] <= 0.0 and part.size == 0):
            continue
        value = gain[j] / max(cost[j], 1e-9)
        half = part[j] if part.size else 0.0
        if value > best or (value == best and half > second):
            if blink > 0.0 and uniform(random) < blink:
                continue
            best, at, second = value, j, half
    return at


@njit
def greedy(  # noqa: C901 - one compiled loop
    target: float,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    weight: Any,
    need: Any,
    cost: Any,
    fixed: Any,
    x: Any,
    hits: Any,
    gain: Any,
    state: Any,
    deep: bool,
) -> None:
    """Add the site with most new cover per cost until the target is reached or nothing affordable helps.

    ``deep`` (groups that need two sites) counts a half-covered group as half its weight.
    """
    random = np.ones(1, np.uint64)
    everyone = np.arange(cost.size)
    if not deep:
        none = np.zeros(0)
        while state[F] < target:
            j = best_site(everyone, cost.size, 0.0, state[BUDGET] - state[COST], fixed, cost, x, gain, none, random)
            if j < 0:
                break
            add(j, gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)
        return
    while state[F] < target:
        best, at = 0.0, -1
        for j in range(cost.size):
            if x[j] or fixed[j] < 0 or cost[j] > state[BUDGET] - state[COST]:
                continue
            value = 0.0
            for k in range(sf[j], sf[j + 1]):
                g = sg[k]
                if hits[g] < need[g]:
                    value += weight[g] / need[g]
            value /= max(cost[j], 1e-9)
            if value > best:
                best, at = value, j
        if at < 0:
            break
        add(at, gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)


@njit
def shrink(
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    weight: Any,
    need: Any,
    cost: Any,
    fixed: Any,
    x: Any,
    hits: Any,
    gain: Any,
    state: Any,
) -> None:
    """Take away sites, those that cover least per cost first, until the budget is kept."""
    while state[COST] > state[BUDGET]:
        worst, at = np.inf, -1
        for j in range(cost.size):
            if x[j] and fixed[j] <= 0:
                value = loss(j, sf, sg, weight, need, hits, state) / max(cost[j], 1e-9)
                if value < worst:
                    worst, at = value, j
        if at < 0:
            return
        drop(at, gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)


@njit
def recreate(
    center: int,
    nf: Any,
    ns: Any,
    added: Any,
    pool: Any,
    everywhere: bool,
    most: int,
    blink: float,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    weight: Any,
    need: Any,
    cost: Any,
    fixed: Any,
    x: Any,
    hits: Any,
    gain: Any,
    state: Any,
    random: Any,
) -> int:
    """Add good sites, of the neighbourhood or of all, while the budget allows; return how many."""
    none = np.zeros(0)
    size = 0
    if everywhere:
        size = cost.size
        for j in range(size):
            pool[j] = j
    else:
        for k in range(nf[center], nf[center + 1]):
            pool[size] = ns[k]
            size += 1
        pool[size] = center
        size += 1
    count = 0
    while count < added.size:
        j = best_site(pool, size, blink, state[BUDGET] - state[COST], fixed, cost, x, gain, none, random)
        state[WORK] += size
        if j < 0:
            if everywhere or count >= most:
                break
            everywhere = True
            size = cost.size
            for q in range(size):
                pool[q] = q
            continue
        add(j, gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)
        added[count] = j
        count += 1
    return count


@njit
def ruin_recreate(  # noqa: C901 - one compiled loop
    work: float,
    whole: float,
    hot: float,
    cold: float,
    target: float,
    step: float,
    most: int,
    nf: Any,
    ns: Any,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    weight: Any,
    need: Any,
    cost: Any,
    fixed: Any,
    x: Any,
    hits: Any,
    gain: Any,
    state: Any,
    best: Any,
    random: Any,
) -> None:
    """Take a few chosen sites near each other away, put others there, keep what is better or not much worse.

    Runs until ``state[WORK]`` reaches ``work`` (``whole`` is the planned total: it sets the temperature, from ``hot``
    to ``cold``). Without a target ``best`` holds the most covering choice within the budget. With one, each choice
    that reaches it is kept, the budget is lowered below its cost by ``step`` and sites are dropped to fit.
    """
    n = cost.size
    removed, added, pool = np.empty(most, np.int64), np.empty(4 * most + 8, np.int64), np.empty(n + 1, np.int64)
    while state[WORK] < work:
        heat = hot * (cold / hot) ** min(1.0, state[WORK] / whole) if hot > 0.0 else 0.0
        center = int(uniform(random) * n)
        wanted = 1 + int(uniform(random) * most)
        skip = uniform(random) * 0.5
        before, before_cost = state[F], state[COST]
        r = 0
        if x[center] and fixed[center] <= 0:
            removed[r] = center
            r += 1
        for k in range(nf[center], nf[center + 1]):
            if r >= wanted:
                break
            if x[ns[k]] and fixed[ns[k]] <= 0 and uniform(random) >= skip:
                removed[r] = ns[k]
                r += 1
        for k in range(r):
            drop(removed[k], gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)
        everywhere = uniform(random) < 0.03
        a = recreate(
            center,
            nf,
            ns,
            added,
            pool,
            everywhere,
            r,
            0.02,
            gf,
            gs,
            sf,
            sg,
            weight,
            need,
            cost,
            fixed,
            x,
            hits,
            gain,
            state,
            random,
        )
        state[STEPS] += 1
        state[WORK] += 20
        change = state[F] - before
        if change < 0.0 and (heat <= 0.0 or uniform(random) >= np.exp(change / heat)):
            for k in range(a):
                drop(added[k], gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)
            for k in range(r):
                add(removed[k], gf, gs, sf, sg, weight, need, cost, x, hits, gain, state)
            state[F], state[COST] = before, before_cost
            continue
        if target > 0.0:
            while state[F] >= target and state[COST] < state[BEST_COST]:
                state[BEST], state[BEST_COST] = state[F], state[COST]
                best[:] = x
                state[BUDGET] = state[COST] - step
                shrink(gf, gs, sf, sg, weight, need, cost, fixed, x, hits, gain, state)
        elif state[F] > state[BEST] or (state[F] == state[BEST] and state[COST] < state[BEST_COST]):
            state[BEST], state[BEST_COST] = state[F], state[COST]
            best[:] = x


@njit
def neighbours(gf: Any, gs: Any, sf: Any, sg: Any, weight: Any, cap: int, nf: Any, ns: Any) -> int:
    """List for each site the (at most ``cap``) others it shares most demand with, most first; return the length."""
    n = sf.size - 1
    shared = np.zeros(n)
    seen = np.empty(n, np.int64)
    at = 0
    for j in range(n):
        count = 0
        for k in range(sf[j], sf[j + 1]):
            g = sg[k]
            for q in range(gf[g], gf[g + 1]):
                i = gs[q]
                if i != j:
                    if shared[i] == 0.0:
                        seen[count] = i
                        count += 1
                    shared[i] += weight[g] + 1e-9
        here = seen[:count]
        here.sort()
        order = np.argsort(-shared[here], kind="mergesort")
        for k in range(min(cap, count)):
            ns[at] = here[order[k]]
            at += 1
        shared[here] = 0.0
        nf[j + 1] = at
    return at


@njit
def transpose(sites: int, gf: Any, gs: Any, sf: Any, sg: Any) -> None:
    """From the sites of groups to the groups of sites, groups rising."""
    for k in range(gs.size):
        sf[gs[k] + 1] += 1
    for j in range(sites):
        sf[j + 1] += sf[j]
    at = sf.copy()
    for g in range(gf.size - 1):
        for k in range(gf[g], gf[g + 1]):
            sg[at[gs[k]]] = g
            at[gs[k]] += 1


@njit
def _cover_add(
    j: int,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    need: Any,
    heavy: Any,
    x: Any,
    hits: Any,
    score: Any,
    open_rows: Any,
    place: Any,
    count: int,
) -> int:
    x[j] = 1
    own = 0.0
    for k in range(sf[j], sf[j + 1]):
        g = sg[k]
        hits[g] += 1
        h, n = hits[g], need[g]
        if h <= n:
            own += heavy[g]
        if h == n:
            for q in range(gf[g], gf[g + 1]):
                if not x[gs[q]]:
                    score[gs[q]] -= heavy[g]
            last = open_rows[count - 1]
            open_rows[place[g]] = last
            place[last] = place[g]
            place[g] = -1
            count -= 1
        elif h == n + 1:
            for q in range(gf[g], gf[g + 1]):
                i = gs[q]
                if x[i] and i != j:
                    score[i] -= heavy[g]
    score[j] = own
    return count


@njit
def _cover_drop(
    j: int,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    need: Any,
    heavy: Any,
    x: Any,
    hits: Any,
    score: Any,
    open_rows: Any,
    place: Any,
    count: int,
) -> int:
    x[j] = 0
    own = 0.0
    for k in range(sf[j], sf[j + 1]):
        g = sg[k]
        hits[g] -= 1
        h, n = hits[g], need[g]
        if h < n:
            own += heavy[g]
        if h == n - 1:
            for q in range(gf[g], gf[g + 1]):
                i = gs[q]
                if not x[i] and i != j:
                    score[i] += heavy[g]
            place[g] = count
            open_rows[count] = g
            count += 1
        elif h == n:
            for q in range(gf[g], gf[g + 1]):
                if x[gs[q]]:
                    score[gs[q]] += heavy[g]
    score[j] = own
    return count


@njit
def least_missed(size: int, chosen: Any, fixed: Any, score: Any, cost: Any, stamp: Any, last: int, random: Any) -> int:
    """Return the chosen site least missed per cost among 60 drawn ones, the longest unmoved of equals; −1: none."""
    worst, at = np.inf, -1
    for k in range(min(size, 60)):
        j = chosen[int(uniform(random) * size)] if size > 60 else chosen[k]
        if fixed[j] > 0 or j == last:
            continue
        value = score[j] / max(cost[j], 1e-9)
        if value < worst or (value == worst and stamp[j] < stamp[at]):
            worst, at = value, j
    return at


@njit
def most_wanted(
    row: int, gf: Any, gs: Any, x: Any, fixed: Any, score: Any, cost: Any, stamp: Any, clock: int, room: float
) -> int:
    """Return the site that covers most per cost among those of an open row, not the one just dropped; −1: none."""
    top, at = -1.0, -1
    for q in range(gf[row], gf[row + 1]):
        j = gs[q]
        if x[j] or fixed[j] < 0 or stamp[j] == clock or cost[j] >= room:
            continue
        value = score[j] / max(cost[j], 1e-9)
        if value > top or (value == top and stamp[j] < stamp[at]):
            top, at = value, j
    return at


@njit
def row_weighting(  # noqa: C901 - one compiled loop
    steps: int,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    need: Any,
    cost: Any,
    fixed: Any,
    x: Any,
    hits: Any,
    score: Any,
    heavy: Any,
    stamp: Any,
    chosen: Any,
    spot: Any,
    open_rows: Any,
    place: Any,
    counts: Any,
    state: Any,
    best: Any,
    random: Any,
) -> None:
    """Full covering by row weighting (Gao et al. 2015): drop the site least missed, cover a random open row anew.

    ``counts`` holds the number of open rows, of chosen sites, the clock and the site added last; ``chosen``/``spot``
    and ``open_rows``/``place`` are sets with constant-time removal. Rows left open grow heavier, so that the search
    turns to what is hard to cover. ``best`` is the cheapest full cover met.
    """
    opened, size, clock, last = counts[0], counts[1], counts[2], counts[3]
    for _ in range(steps):
        clock += 1
        swap = True
        while swap or opened == 0:
            if opened == 0:
                if state[COST] < state[BEST_COST]:
                    state[BEST_COST] = state[COST]
                    best[:] = x
            else:
                swap = False
            j = least_missed(size, chosen, fixed, score, cost, stamp, last, random)
            if j < 0:
                break
            opened = _cover_drop(j, gf, gs, sf, sg, need, heavy, x, hits, score, open_rows, place, opened)
            state[COST] -= cost[j]
            stamp[j] = clock
            size -= 1
            tail = chosen[size]
            chosen[spot[j]] = tail
            spot[tail] = spot[j]
        while opened > 0:
            row = open_rows[int(uniform(random) * opened)]
            room = state[BEST_COST] - state[COST]
            j = most_wanted(row, gf, gs, x, fixed, score, cost, stamp, clock, room)
            if j < 0:
                break
            opened = _cover_add(j, gf, gs, sf, sg, need, heavy, x, hits, score, open_rows, place, opened)
            state[COST] += cost[j]
            stamp[j] = clock
            last = j
            chosen[size] = j
            spot[j] = size
            size += 1
        for k in range(opened):
            row = open_rows[k]
            heavy[row] += 1.0
            for q in range(gf[row], gf[row + 1]):
                if not x[gs[q]]:
                    score[gs[q]] += 1.0
        state[STEPS] += 1
    counts[0], counts[1], counts[2], counts[3] = opened, size, clock, last


@njit
def redundant_rows(gf: Any, gs: Any, sf: Any, sg: Any, need: Any, gone: Any) -> None:
    """Mark rows that are satisfied whenever another is: their sites hold all of its, and they need no more."""
    for g in range(gf.size - 1):
        if gone[g]:
            continue
        size = gf[g + 1] - gf[g]
        rare = gs[gf[g]]
        for k in range(gf[g], gf[g + 1]):
            if sf[gs[k] + 1] - sf[gs[k]] < sf[rare + 1] - sf[rare]:
                rare = gs[k]
        for k in range(sf[rare], sf[rare + 1]):
            h = sg[k]
            if h == g or gone[h] or gf[h + 1] - gf[h] < size or need[h] > need[g]:
                continue
            if _inside(gs, gf[g], gf[g + 1], gs, gf[h], gf[h + 1]):
                gone[h] = 1


@njit
def dominated_sites(gf: Any, gs: Any, sf: Any, sg: Any, cost: Any, gone: Any) -> None:
    """Mark sites another covers everything of at no higher cost (the first of equals stays)."""
    for j in range(sf.size - 1):
        if sf[j] == sf[j + 1]:
            continue
        rare = sg[sf[j]]
        for k in range(sf[j], sf[j + 1]):
            if gf[sg[k] + 1] - gf[sg[k]] < gf[rare + 1] - gf[rare]:
                rare = sg[k]
        for k in range(gf[rare], gf[rare + 1]):
            i = gs[k]
            if i == j or gone[i] or cost[i] > cost[j] or sf[i + 1] - sf[i] < sf[j + 1] - sf[j]:
                continue
            if _inside(sg, sf[j], sf[j + 1], sg, sf[i], sf[i + 1]):
                gone[j] = 1
                break


@njit
def _inside(a: Any, a0: int, a1: int, b: Any, b0: int, b1: int) -> bool:
    """Whether the rising a[a0:a1] is part of the rising b[b0:b1]."""
    at = b0
    for k in range(a0, a1):
        while at < b1 and b[at] < a[k]:
            at += 1
        if at == b1 or b[at] != a[k]:
            return False
        at += 1
    return True
