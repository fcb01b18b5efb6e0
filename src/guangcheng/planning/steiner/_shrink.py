"""Making the graph smaller without losing an optimum, in compiled code.

The graph is kept as half-edges in a ring per vertex: half ``2e`` stands at one end of edge ``e``, ``2e + 1`` at the
other; ``end[h]`` is the vertex it stands at. An edge made from two others remembers them in ``made``: numbers below
the original number of edges are those edges, higher ones are pairs.

``kind[v]``: 0 an ordinary vertex, 1 one with a finite prize (never removed), 2 one that must be spanned.
"""

from typing import Any

import numpy as np
from numba import njit

from guangcheng.planning.steiner._heap import pop, push

__all__ = ["cheap_ways", "near_terminals", "simplify", "terminal_tree", "unlink"]


_STRICTLY = 1.0 - 1e-12
"""What is less than this share of a length is less by more than sums of floats are wrong."""


@njit(cache=True)
def unlink(graph: Any, e: int) -> None:
    """Delete an edge."""
    end, after, before, first, degree, alive = graph
    alive[e] = False
    for side in range(2):
        h = 2 * e + side
        v = end[h]
        if after[h] == h:
            first[v] = -1
        else:
            after[before[h]] = after[h]
            before[after[h]] = before[h]
            if first[v] == h:
                first[v] = after[h]
        degree[v] -= 1


@njit(cache=True)
def _link(graph: Any, e: int, u: int, v: int) -> None:
    """Put the (deleted) edge ``e`` between ``u`` and ``v``."""
    end, after, before, first, degree, alive = graph
    alive[e] = True
    for side in range(2):
        h = 2 * e + side
        x = u if side == 0 else v
        end[h] = x
        if first[x] < 0:
            first[x] = after[h] = before[h] = h
        else:
            f = first[x]
            b = before[f]
            after[b] = h
            before[h] = b
            after[h] = f
            before[f] = h
        degree[x] += 1


@njit(cache=True)
def _between(graph: Any, u: int, v: int) -> int:
    """An edge between ``u`` and ``v``, or −1."""
    end, after, _, first, degree, _ = graph
    if degree[v] < degree[u]:
        u, v = v, u
    h = first[u]
    for _ in range(degree[u]):
        if end[h ^ 1] == v:
            return int(h >> 1)
        h = after[h]
    return -1


@njit(cache=True)
def _join(graph: Any, cost: Any, made: Any, e: int, u: int, v: int, price: float, origin: int) -> bool:
    """Put the free edge ``e`` between ``u`` and ``v`` unless a cheaper one is there; say whether it was used."""
    there = _between(graph, u, v)
    if there >= 0:
        if cost[there] <= price:
            return False
        unlink(graph, there)
    cost[e] = price
    made[e] = origin
    _link(graph, e, u, v)
    return True


@njit(cache=True)
def simplify(graph: Any, cost: Any, made: Any, pairs: Any, state: Any, kind: Any, fixed: Any, into: Any) -> None:  # noqa: C901 - one compiled loop
    """Apply the degree tests and join required vertices by edges every optimum may use, until nothing changes.

    ``state`` holds the number of pairs made, of fixed edges, and of required vertices; ``into`` where a vertex that
    was merged went.
    """
    end, after, _before, first, degree, _alive = graph
    n = first.size
    stack = np.empty(n, np.int64)
    inside = np.ones(n, np.bool_)
    size = 0
    for v in range(n - 1, -1, -1):
        stack[size] = v
        size += 1
    while size > 0:
        size -= 1
        v = stack[size]
        inside[v] = False
        d = degree[v]
        if d == 0:
            continue
        a = -1
        b = -1
        if kind[v] == 0 and d == 1:
            e = first[v] >> 1
            a = end[first[v] ^ 1]
            unlink(graph, e)
        elif kind[v] == 0 and d == 2:
            h = first[v]
            k = after[h]
            a = end[h ^ 1]
            b = end[k ^ 1]
            e = h >> 1
            f = k >> 1
            unlink(graph, e)
            unlink(graph, f)
            if a != b:
                pairs[state[0], 0] = made[e]
                pairs[state[0], 1] = made[f]
                if _join(graph, cost, made, e, a, b, cost[e] + cost[f], state[3] + state[0]):
                    state[0] += 1
        elif kind[v] == 2 and state[2] > 1:
            h = first[v]
            low = h
            for _ in range(d):
                if cost[h >> 1] < cost[low >> 1] or (cost[h >> 1] == cost[low >> 1] and kind[end[h ^ 1]] == 2):
                    low = h
                h = after[h]
            u = end[low ^ 1]
            if d > 1 and kind[u] != 2:
                continue
            e = low >> 1
            fixed[state[1]] = made[e]
            state[1] += 1
            unlink(graph, e)
            if kind[u] == 2:
                state[2] -= 1
            kind[u] = 2
            into[v] = u
            while degree[v] > 0:
                f = first[v] >> 1
                w = end[first[v] ^ 1]
                unlink(graph, f)
                if w != u:
                    _join(graph, cost, made, f, u, w, cost[f], made[f])
                    if not inside[w]:
                        inside[w] = True
                        stack[size] = w
                        size += 1
            a = u
        if a >= 0 and not inside[a]:
            inside[a] = True
            stack[size] = a
            size += 1
        if b >= 0 and not inside[b]:
            inside[b] = True
            stack[size] = b
            size += 1


@njit(cache=True)
def near_terminals(graph: Any, cost: Any, kind: Any, many: int) -> tuple[Any, Any]:
    """The up to ``many`` nearest required vertices of each vertex: (vertex or −1, distance), nearest first."""
    end, after, _before, first, degree, _alive = graph
    n = first.size
    base = np.full((n, many), -1, np.int64)
    far = np.full((n, many), np.inf)
    room = many * end.size + n + 1
    keys = np.empty(room)
    what = np.empty(room, np.int64)
    whose = np.empty(room, np.int64)
    size = 0
    for t in range(n):
        if kind[t] == 2 and degree[t] > 0:
            size = _put(keys, what, whose, size, 0.0, t, t)
    while size > 0:
        d = keys[0]
        v = what[0]
        t = whose[0]
        size = _take(keys, what, whose, size)
        k = 0
        while k < many and base[v, k] >= 0 and base[v, k] != t:
            k += 1
        if k == many or base[v, k] == t:
            continue
        base[v, k] = t
        far[v, k] = d
        h = first[v]
        for _ in range(degree[v]):
            u = end[h ^ 1]
            if base[u, many - 1] < 0:
                size = _put(keys, what, whose, size, d + cost[h >> 1], u, t)
            h = after[h]
    return base, far


@njit(cache=True)
def _put(keys: Any, what: Any, whose: Any, size: int, key: float, v: int, t: int) -> int:
    i = size
    while i > 0:
        j = (i - 1) >> 1
        if keys[j] <= key:
            break
        keys[i] = keys[j]
        what[i] = what[j]
        whose[i] = whose[j]
        i = j
    keys[i] = key
    what[i] = v
    whose[i] = t
    return size + 1


@njit(cache=True)
def _take(keys: Any, what: Any, whose: Any, size: int) -> int:
    size -= 1
    key = keys[size]
    i = 0
    while True:
        j = 2 * i + 1
        if j >= size:
            break
        if j + 1 < size and keys[j + 1] < keys[j]:
            j += 1
        if keys[j] >= key:
            break
        keys[i] = keys[j]
        what[i] = what[j]
        whose[i] = whose[j]
        i = j
    keys[i] = key
    what[i] = what[size]
    whose[i] = whose[size]
    return size


@njit(cache=True)
def terminal_tree(graph: Any, cost: Any, base: Any, far: Any) -> tuple[Any, Any]:  # noqa: C901 - one compiled loop
    """The cheapest tree over required vertices by distance, for bottlenecks: (parent, length to it) by rank.

    Every vertex is a node of its own; walking up from two of them meets after at most log2(n) steps, and the longest
    length on the way is the longest leg of the tree's path between them.
    """
    end, _after, _before, first, _degree, alive = graph
    n = first.size
    m = alive.size
    length = np.full(m, np.inf)
    for e in range(m):
        if alive[e]:
            u = end[2 * e]
            v = end[2 * e + 1]
            if base[u, 0] >= 0 and base[v, 0] >= 0 and base[u, 0] != base[v, 0]:
                length[e] = far[u, 0] + cost[e] + far[v, 0]
    parent = np.arange(n)
    rank = np.zeros(n, np.int64)
    leg = np.full(n, np.inf)
    order = np.argsort(length, kind="mergesort")
    for i in range(m):
        e = order[i]
        if length[e] == np.inf:
            break
        u = base[end[2 * e], 0]
        v = base[end[2 * e + 1], 0]
        while parent[u] != u:
            u = parent[u]
        while parent[v] != v:
            v = parent[v]
        if u == v:
            continue
        if rank[u] > rank[v]:
            u, v = v, u
        parent[u] = v
        leg[u] = length[e]
        if rank[u] == rank[v]:
            rank[v] += 1
    return parent, leg


@njit(cache=True)
def _longest_leg(parent: Any, leg: Any, u: int, v: int) -> float:
    worst = 0.0
    while u != v:
        # legs grow towards the root, so the lower of the two next legs is walked first
        if leg[u] <= leg[v] and parent[u] != u:
            worst = leg[u]
            u = parent[u]
        elif parent[v] != v:
            worst = leg[v]
            v = parent[v]
        else:
            return float(np.inf)
    return worst


@njit(cache=True)
def _special(base: Any, far: Any, parent: Any, leg: Any, u: int, v: int, limit: float) -> float:
    """An upper bound of the special distance by way of required vertices, exact enough below ``limit``."""
    best = np.inf
    many = base.shape[1]
    for i in range(many):
        if base[u, i] < 0 or far[u, i] >= min(best, limit):
            break
        for j in range(many):
            if base[v, j] < 0 or far[v, j] >= min(best, limit):
                break
            way = max(far[u, i], far[v, j])
            if base[u, i] != base[v, j]:
                way = max(way, _longest_leg(parent, leg, base[u, i], base[v, j]))
            best = min(best, way)
    return best


@njit(cache=True)
def _around(graph: Any, cost: Any, v: int, limit: float, most: int, rooms: Any) -> int:
    """Search shortest paths from ``v`` up to ``limit`` or ``most`` settled vertices; leaves them in ``rooms``."""
    end, after, _before, first, degree, _alive = graph
    dist, heap, place, seen = rooms
    dist[v] = 0.0
    seen[0] = v
    touched = 1
    size = push(heap, place, 0, dist, v)
    settled = 0
    while size > 0 and settled < most and dist[heap[0]] < limit:
        u = pop(heap, place, size, dist)
        size -= 1
        settled += 1
        h = first[u]
        for _ in range(degree[u]):
            w = end[h ^ 1]
            new = dist[u] + cost[h >> 1]
            if new < dist[w] and new <= limit:
                if dist[w] == np.inf:
                    seen[touched] = w
                    touched += 1
                dist[w] = new
                size = push(heap, place, size, dist, w)
            h = after[h]
    return touched


@njit(cache=True)
def _clear(touched: int, rooms: Any) -> None:
    dist, _heap, place, seen = rooms
    for i in range(touched):
        dist[seen[i]] = np.inf
        place[seen[i]] = -1


@njit(cache=True)
def cheap_ways(
    graph: Any,
    cost: Any,
    made: Any,
    pairs: Any,
    state: Any,
    kind: Any,
    base: Any,
    far: Any,
    parent: Any,
    leg: Any,
    most: int,
) -> int:
    """Delete edges longer than the special distance of their ends; take out vertices of degree 3 that no tree needs.

    Both tests are strict, so all edges that fail may go at once (Duin and Volgenant; Polzin and Vahdati Daneshmand).
    Strict means by more than rounding: two ways of one length summed in another order must not each see the other as
    shorter, or both would go.
    Returns how many edges went.
    """
    end, after, _before, first, degree, _alive = graph
    n = first.size
    rooms = (np.full(n, np.inf), np.empty(n, np.int64), np.full(n, -1, np.int64), np.empty(n, np.int64))
    dist = rooms[0]
    gone = 0
    for v in range(n):
        d = degree[v]
        if d < 2:
            continue
        limit = 0.0
        h = first[v]
        for _ in range(d):
            limit = max(limit, cost[h >> 1])
            h = after[h]
        touched = _around(graph, cost, v, limit, most, rooms)
        h = first[v]
        for _ in range(d):
            following = after[h]
            e = h >> 1
            u = end[h ^ 1]
            c = cost[e]
            less = c * _STRICTLY
            if dist[u] < less or _special(base, far, parent, leg, v, u, c) < less:
                unlink(graph, e)
                gone += 1
            h = following
        _clear(touched, rooms)
        if kind[v] == 0 and degree[v] == 3 and d < 8:
            gone += _third(graph, cost, made, pairs, state, base, far, parent, leg, v, most, rooms)
    return gone


@njit(cache=True)
def _third(  # noqa: C901 - one compiled loop
    graph: Any,
    cost: Any,
    made: Any,
    pairs: Any,
    state: Any,
    base: Any,
    far: Any,
    parent: Any,
    leg: Any,
    v: int,
    most: int,
    rooms: Any,
) -> int:
    """Replace ``v`` (degree 3) by edges between its neighbours when no optimum has three branches there."""
    end, after, _before, first, _degree, _alive = graph
    dist = rooms[0]
    e = np.empty(3, np.int64)
    u = np.empty(3, np.int64)
    h = first[v]
    whole = 0.0
    for i in range(3):
        e[i] = h >> 1
        u[i] = end[h ^ 1]
        whole += cost[e[i]]
        h = after[h]
    if u[0] == u[1] or u[1] == u[2] or u[0] == u[2]:
        return 0
    # way[i] joins the two neighbours other than i
    way = np.empty(3)
    for i in range(3):
        x = u[(i + 1) % 3]
        y = u[(i + 2) % 3]
        way[i] = _special(base, far, parent, leg, x, y, whole)
    for i in range(2):
        touched = _around(graph, cost, u[i], whole, most, rooms)
        for j in range(3):
            if j != i:
                way[3 - i - j] = min(way[3 - i - j], dist[u[j]])
        _clear(touched, rooms)
    if way.sum() - way.max() >= whole * _STRICTLY:
        return 0
    price = np.empty(3)
    origin = np.empty(3, np.int64)
    for i in range(3):
        price[i] = cost[e[i]]
        origin[i] = made[e[i]]
        unlink(graph, e[i])
    for i in range(3):
        x = (i + 1) % 3
        y = (i + 2) % 3
        through = price[x] + price[y]
        if way[i] >= through * _STRICTLY:
            pairs[state[0], 0] = origin[x]
            pairs[state[0], 1] = origin[y]
            if _join(graph, cost, made, e[i], u[x], u[y], through, state[3] + state[0]):
                state[0] += 1
    return 1
