"""Compiled loops over which sites and groups belong together: transposing, neighbours, dominance.

Imported only by :mod:`.search` and :mod:`.reduce`.
"""

from typing import Any

import numba
import numpy as np

njit: Any = numba.njit(cache=True, nogil=True)


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
