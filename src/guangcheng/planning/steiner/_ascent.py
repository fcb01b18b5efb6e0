"""Wong's dual ascent in compiled code, and the distances by reduced cost that fix edges.

Every edge is a pair of arcs. The place ``a`` of vertex ``v`` in the network stands for the arc *into* ``v`` from
``neighbour[a]``; ``back[a]`` is the arc the other way. ``left[a]`` is the arc's reduced cost.

A step takes the active terminal with the smallest cut and grows the set W of vertices that reach it through saturated
arcs: a search for shortest paths backwards from the terminal by reduced cost. When the set has grown to level D, every
arc into W may be lowered by the part of D during which it crossed the cut, and the bound rises by D. A terminal rests
when its set holds the root or its prize is used up. When its set reaches another active terminal it follows that one:
whatever ends the other's climb at the root ends its own, and it climbs on when the other's prize is used up.
"""

from typing import Any

import numpy as np
from numba import njit

from guangcheng.planning.steiner._heap import pop, push

__all__ = ["ascend", "distance_from_root", "distance_to_terminals", "fixing", "saturated"]


@njit(cache=True)
def ascend(  # noqa: C901 - one compiled loop
    start: Any,
    neighbour: Any,
    root: int,
    left: Any,
    budget: Any,
    active: Any,
    score: Any,
    follower: Any,
    follows: Any,
    slack: float,
    work: int,
) -> tuple[float, int]:
    """Raise the bound until all terminals rest or ``work`` arcs were looked at.

    Changes ``left``, ``budget``, ``active`` (1 while a terminal may still rise) and ``score`` in place, so that a
    call goes on where the last one stopped. Returns how much the bound rose and how many terminals are active.
    """
    n = start.size - 1
    queue = np.empty(n, np.int64)
    queued = np.full(n, -1, np.int64)
    many = 0
    for t in range(n):
        if active[t]:
            many = push(queue, queued, many, score, t)
    dist = np.full(n, np.inf)
    done = np.zeros(n, np.bool_)
    heap = np.empty(n, np.int64)
    place = np.full(n, -1, np.int64)
    seen = np.empty(n, np.int64)
    bound = 0.0
    while many > 0 and work > 0:
        t = pop(queue, queued, many, score)
        many -= 1
        limit = np.inf
        if many > 0:
            limit = score[queue[0]] * slack
        dist[t] = 0.0
        seen[0] = t
        touched = 1
        size = push(heap, place, 0, dist, t)
        level = 0.0
        end = 0.0
        cut = 0
        rests = True
        ended = False
        while size > 0:
            v = heap[0]
            d = dist[v]
            if d >= budget[t]:
                end = budget[t]
                ended = True
                break
            if v == root:
                end = d
                ended = True
                break
            if d > level:
                if cut > limit:
                    end = level
                    rests = False
                    ended = True
                    break
                level = d
            if queued[v] >= 0:
                end = d
                ended = True
                follows[t] = follower[v]
                follower[v] = t
                break
            pop(heap, place, size, dist)
            size -= 1
            done[v] = True
            for a in range(start[v], start[v + 1]):
                u = neighbour[a]
                if done[u]:
                    cut -= 1
                    continue
                cut += 1
                new = d + left[a]
                if new < dist[u]:
                    if dist[u] == np.inf:
                        seen[touched] = u
                        touched += 1
                    dist[u] = new
                    size = push(heap, place, size, dist, u)
            work -= start[v + 1] - start[v]
        if not ended:
            end = budget[t]
            if end == np.inf:
                end = level
        if end > 0.0:
            for i in range(touched):
                v = seen[i]
                if done[v] and dist[v] < end:
                    for a in range(start[v], start[v + 1]):
                        high = min(dist[neighbour[a]], end)
                        if high > dist[v]:
                            rest = left[a] - (high - dist[v])
                            left[a] = rest if rest > 0.0 else 0.0
            bound += end
            budget[t] -= end
        for i in range(touched):
            v = seen[i]
            dist[v] = np.inf
            done[v] = False
            place[v] = -1
        if rests:
            active[t] = False
            if budget[t] <= 0.0:
                v = follower[t]
                while v >= 0:
                    active[v] = True
                    many = push(queue, queued, many, score, v)
                    v = follows[v]
                follower[t] = -1
        else:
            score[t] = cut
            many = push(queue, queued, many, score, t)
    return bound, many


@njit(cache=True)
def distance_from_root(start: Any, neighbour: Any, back: Any, root: int, left: Any) -> Any:
    """Shortest distance of each vertex from the root by reduced cost."""
    n = start.size - 1
    dist = np.full(n, np.inf)
    heap = np.empty(n, np.int64)
    place = np.full(n, -1, np.int64)
    dist[root] = 0.0
    size = push(heap, place, 0, dist, root)
    while size > 0:
        v = pop(heap, place, size, dist)
        size -= 1
        for a in range(start[v], start[v + 1]):
            u = neighbour[a]
            new = dist[v] + left[back[a]]
            if new < dist[u]:
                dist[u] = new
                size = push(heap, place, size, dist, u)
    return dist


@njit(cache=True)
def distance_to_terminals(start: Any, neighbour: Any, terminals: Any, left: Any) -> Any:
    """Shortest distance of each vertex to the nearest of ``terminals`` by reduced cost."""
    n = start.size - 1
    dist = np.full(n, np.inf)
    heap = np.empty(n, np.int64)
    place = np.full(n, -1, np.int64)
    size = 0
    for i in range(terminals.size):
        dist[terminals[i]] = 0.0
        size = push(heap, place, size, dist, terminals[i])
    while size > 0:
        v = pop(heap, place, size, dist)
        size -= 1
        for a in range(start[v], start[v + 1]):
            u = neighbour[a]
            new = dist[v] + left[a]
            if new < dist[u]:
                dist[u] = new
                size = push(heap, place, size, dist, u)
    return dist


@njit(cache=True)
def fixing(start: Any, neighbour: Any, edge: Any, left: Any, down: Any, up: Any, best: Any) -> None:
    """Write per edge the least that a tree using it costs above the bound: ``best[e]``, over both directions."""
    n = start.size - 1
    for v in range(n):
        for a in range(start[v], start[v + 1]):
            u = neighbour[a]
            over = down[u] + left[a] + up[v]
            if over < best[edge[a]]:
                best[edge[a]] = over


@njit(cache=True)
def saturated(start: Any, neighbour: Any, edge: Any, back: Any, root: int, left: Any, within: float) -> Any:
    """Which edges lie among vertices the root reaches through arcs of reduced cost ≤ ``within``, and are such arcs."""
    n = start.size - 1
    seen = np.zeros(n, np.bool_)
    keep = np.zeros(neighbour.size // 2, np.bool_)
    stack = np.empty(n, np.int64)
    seen[root] = True
    stack[0] = root
    size = 1
    while size > 0:
        size -= 1
        v = stack[size]
        for a in range(start[v], start[v + 1]):
            if left[back[a]] <= within:
                keep[edge[a]] = True
                u = neighbour[a]
                if not seen[u]:
                    seen[u] = True
                    stack[size] = u
                    size += 1
    return keep
