"""Building and improving trees, in compiled code.

A tree is a mask over edges. ``weight`` holds the edge costs to search by (they may be changed to guide the search,
infinite to forbid an edge); ``cost`` the true ones. ``prize`` is infinite for required vertices.
"""

from typing import Any

import numpy as np
from numba import njit

from guangcheng.planning.steiner._heap import pop, push

__all__ = ["grow", "improve", "span"]


@njit(cache=True)
def grow(start: Any, neighbour: Any, edge: Any, weight: Any, prize: Any, first: int) -> Any:  # noqa: C901 - one compiled loop
    """Shortest-path heuristic (Takahashi and Matsuyama) from ``first``: which vertices the tree holds.

    A terminal joins when its path costs less than its prize; vertices on the path are at distance 0 from then on.
    """
    n = start.size - 1
    held = np.zeros(n, np.bool_)
    dist = np.full(n, np.inf)
    came = np.full(n, -1, np.int64)
    heap = np.empty(n, np.int64)
    place = np.full(n, -1, np.int64)
    todo = 0
    limit = 0.0
    for v in range(n):
        if prize[v] > 0 and v != first:
            todo += 1
            limit = max(limit, prize[v])
    held[first] = True
    dist[first] = 0.0
    size = push(heap, place, 0, dist, first)
    while size > 0 and todo > 0:
        v = pop(heap, place, size, dist)
        size -= 1
        d = dist[v]
        if d > limit:
            break
        if not held[v] and prize[v] > d:
            u = v
            while not held[u]:
                held[u] = True
                dist[u] = 0.0
                if prize[u] > 0:
                    todo -= 1
                if u != v:
                    size = push(heap, place, size, dist, u)
                u = came[u]
            d = 0.0
        for a in range(start[v], start[v + 1]):
            u = neighbour[a]
            new = d + weight[edge[a]]
            if new < dist[u] and not held[u]:
                dist[u] = new
                came[u] = v
                size = push(heap, place, size, dist, u)
    return held


@njit(cache=True)
def span(  # noqa: C901 - one compiled loop
    start: Any, neighbour: Any, edge: Any, cost: Any, prize: Any, toll: Any, root: int, held: Any
) -> tuple[Any, float]:
    """The cheapest tree on the vertices ``held`` (Prim), less the branches that cost more than their prizes.

    ``toll`` is the node cost. Returns (edge mask, cost with the finite prizes of vertices left out).
    Vertices of ``held`` that ``root`` does not reach are left out; the cost is infinite if a required one is.
    """
    n = start.size - 1
    dist = np.full(n, np.inf)
    parent = np.full(n, -1, np.int64)
    link = np.full(n, -1, np.int64)
    heap = np.empty(n, np.int64)
    place = np.full(n, -1, np.int64)
    done = np.zeros(n, np.bool_)
    order = np.empty(n, np.int64)
    many = 0
    dist[root] = 0.0
    size = push(heap, place, 0, dist, root)
    while size > 0:
        v = pop(heap, place, size, dist)
        size -= 1
        done[v] = True
        order[many] = v
        many += 1
        for a in range(start[v], start[v + 1]):
            u = neighbour[a]
            if held[u] and not done[u] and cost[edge[a]] < dist[u]:
                dist[u] = cost[edge[a]]
                parent[u] = v
                link[u] = edge[a]
                size = push(heap, place, size, dist, u)
    worth = np.zeros(n)
    must = np.zeros(n, np.bool_)
    total = 0.0
    for v in range(n):
        if prize[v] == np.inf:
            must[v] = True
            if not done[v]:
                total = np.inf
        else:
            worth[v] = prize[v]
            total += prize[v]
        worth[v] -= toll[v]
    mask = np.zeros(neighbour.size // 2, np.bool_)
    keep = np.zeros(n, np.bool_)
    for i in range(many - 1, 0, -1):
        v = order[i]
        gain = worth[v] - dist[v]
        if must[v] or gain > 0:
            keep[v] = True
            worth[parent[v]] += gain
            must[parent[v]] = must[parent[v]] or must[v]
    keep[root] = True
    if prize[root] != np.inf:
        total -= prize[root]
    total += toll[root]
    for i in range(1, many):
        v = order[i]
        keep[v] = keep[v] and keep[parent[v]]
        if keep[v]:
            mask[link[v]] = True
            total += dist[v] + toll[v]
            if prize[v] != np.inf:
                total -= prize[v]
    return mask, total


_PARTS = 8
"""Most parts a tree falls into when the paths at a vertex are taken away."""


@njit(cache=True)
def improve(
    start: Any,
    neighbour: Any,
    edge: Any,
    tail: Any,
    head: Any,
    cost: Any,
    prize: Any,
    mask: Any,
    order: Any,
    most: int,
    work: int,
) -> tuple[float, int]:
    """Exchange key paths and remove key vertices while that saves; changes ``mask``; returns (saved, work left).

    A key vertex is a terminal or joins three or more branches; a key path runs between two of them. Taking the paths
    at a vertex away leaves parts; all but the largest look for the shortest way back, by distances to the nearest part.
    Vertices are looked at in the given ``order``, once each. Parts are searched up to ``most`` vertices each; where all
    are larger the paths stay.
    """
    n = start.size - 1
    degree = np.zeros(n, np.int64)
    for e in range(mask.size):
        if mask[e]:
            degree[tail[e]] += 1
            degree[head[e]] += 1
    label = np.full(n, -1, np.int64)
    dist = np.full(n, np.inf)
    parent = np.full(n, -1, np.int64)
    link = np.full(n, -1, np.int64)
    place = np.full(n, -1, np.int64)
    heap = np.empty(n, np.int64)
    after = np.empty(n, np.int64)
    removed = np.empty(n, np.int64)
    seen = np.empty(n, np.int64)
    rooms = (label, dist, parent, link, place, heap, after, removed, seen)
    saved = 0.0
    for at in range(order.size):
        v = order[at]
        if work <= 0:
            break
        if degree[v] == 0 or (prize[v] == 0 and degree[v] < 3):
            continue
        if prize[v] == 0 and degree[v] <= _PARTS:
            gain, work = _rejoin(
                start, neighbour, edge, tail, head, cost, prize, mask, degree, v, -1, rooms, most, work
            )
            saved += gain
        for a in range(start[v], start[v + 1]):
            if mask[edge[a]] and degree[v] > 0 and (prize[v] > 0 or degree[v] > 2):
                gain, work = _rejoin(
                    start, neighbour, edge, tail, head, cost, prize, mask, degree, v, a, rooms, most, work
                )
                saved += gain
    return saved, work


@njit(cache=True)
def _rejoin(  # noqa: C901 - one compiled loop
    start: Any,
    neighbour: Any,
    edge: Any,
    tail: Any,
    head: Any,
    cost: Any,
    prize: Any,
    mask: Any,
    degree: Any,
    v: int,
    only: int,
    rooms: Any,
    most: int,
    work: int,
) -> tuple[float, int]:
    """Take away the key paths at ``v`` (or only the one through place ``only``) and join the parts more cheaply."""
    label, dist, parent, link, place, heap, after, removed, seen = rooms
    ends = np.empty(_PARTS, np.int64)
    parts = 0
    touched = 0
    cut = 0
    old = 0.0
    if only >= 0:
        ends[0] = v
        parts = 1
    else:
        label[v] = -2
        seen[touched] = v
        touched += 1
    for a in range(start[v], start[v + 1]):
        if not mask[edge[a]] or (only >= 0 and a != only):
            continue
        b = a
        while True:
            e = edge[b]
            removed[cut] = e
            cut += 1
            old += cost[e]
            u = neighbour[b]
            if prize[u] > 0 or degree[u] != 2:
                break
            label[u] = -2
            seen[touched] = u
            touched += 1
            for c in range(start[u], start[u + 1]):
                if mask[edge[c]] and edge[c] != e:
                    b = c
                    break
        ends[parts] = u
        parts += 1
    for i in range(cut):
        mask[removed[i]] = False
    # name the parts: searched in turn, one vertex each, until only one is not finished: the largest
    first = np.empty(_PARTS, np.int64)
    last = np.empty(_PARTS, np.int64)
    begin = touched
    for i in range(parts):
        label[ends[i]] = i
        first[i] = last[i] = ends[i]
        after[ends[i]] = -1
        seen[touched] = ends[i]
        touched += 1
    open_ = parts
    rest = -1
    limit = touched + most
    while open_ > 1 and touched < limit:
        for i in range(parts):
            u = first[i]
            if u < 0:
                continue
            for a in range(start[u], start[u + 1]):
                w = neighbour[a]
                if mask[edge[a]] and label[w] == -1:
                    label[w] = i
                    seen[touched] = w
                    touched += 1
                    after[w] = -1
                    after[last[i]] = w
                    last[i] = w
            work -= start[u + 1] - start[u]
            first[i] = after[u]
            if first[i] < 0:
                open_ -= 1
                if open_ == 0:
                    rest = i
                    break
    for i in range(parts):
        if first[i] >= 0:
            rest = i
    size = 0
    if open_ > 1:
        begin = touched  # too large to be looked at: nothing is searched, the paths are put back
    for i in range(begin, touched):
        u = seen[i]
        if label[u] != rest:
            dist[u] = 0.0
            size = push(heap, place, size, dist, u)
    length = np.full((_PARTS, _PARTS), np.inf)
    near = np.empty((_PARTS, _PARTS), np.int64)
    over = np.empty((_PARTS, _PARTS), np.int64)
    bound = old
    while size > 0 and dist[heap[0]] < bound:
        u = pop(heap, place, size, dist)
        size -= 1
        d = dist[u]
        mine = label[u]
        work -= start[u + 1] - start[u]
        for a in range(start[u], start[u + 1]):
            w = neighbour[a]
            new = d + cost[edge[a]]
            if new >= bound:
                continue
            other = label[w]
            if other == rest or (other == -1 and degree[w] > 0):
                other = rest
            elif other >= 0 and dist[w] <= d:
                new += dist[w]
            else:
                if new < dist[w]:
                    if dist[w] == np.inf and other == -1:
                        seen[touched] = w
                        touched += 1
                    dist[w] = new
                    label[w] = mine
                    parent[w] = u
                    link[w] = edge[a]
                    size = push(heap, place, size, dist, w)
                continue
            if other != mine and new < length[mine, other]:
                length[mine, other] = length[other, mine] = new
                near[mine, other] = near[other, mine] = u
                over[mine, other] = over[other, mine] = a
                if parts == 2 and new < bound:
                    bound = new
    # the cheapest tree over the parts
    into = np.zeros(_PARTS, np.int64)
    reach = length[0].copy()
    pick = np.empty(_PARTS, np.int64)
    joined = np.zeros(_PARTS, np.bool_)
    joined[0] = True
    new = 0.0
    for k in range(parts - 1):
        best = -1
        for j in range(parts):
            if not joined[j] and (best < 0 or reach[j] < reach[best]):
                best = j
        new += reach[best]
        pick[k] = best
        joined[best] = True
        if new >= old:
            break
        for j in range(parts):
            if not joined[j] and length[best, j] < reach[j]:
                reach[j] = length[best, j]
                into[j] = best
    saved = 0.0
    if new < old * (1.0 - 1e-12):
        saved = old
        for i in range(cut):
            degree[tail[removed[i]]] -= 1
            degree[head[removed[i]]] -= 1
        for k in range(parts - 1):
            i = pick[k]
            j = into[i]
            a = over[i, j]
            u = near[i, j]
            saved -= _lay(edge[a], tail, head, cost, mask, degree)
            for side in range(2):
                x = u if side == 0 else neighbour[a]
                while parent[x] >= 0:
                    saved -= _lay(link[x], tail, head, cost, mask, degree)
                    x = parent[x]
    else:
        for i in range(cut):
            mask[removed[i]] = True
    for i in range(touched):
        u = seen[i]
        label[u] = -1
        dist[u] = np.inf
        parent[u] = -1
        place[u] = -1
    return saved, work


@njit(cache=True)
def _lay(e: int, tail: Any, head: Any, cost: Any, mask: Any, degree: Any) -> float:
    """Put an edge into the tree, once; return what that costs."""
    if mask[e]:
        return 0.0
    mask[e] = True
    degree[tail[e]] += 1
    degree[head[e]] += 1
    return float(cost[e])
