"""Minimum cuts for separating directed cut inequalities, in compiled code."""

from typing import Any

import numpy as np
from numba import njit

__all__ = ["violated_cuts"]


@njit(cache=True)
def _augment(
    start: Any, neighbour: Any, back: Any, room: Any, source: int, target: int, need: float, came: Any, queue: Any
) -> float:
    """Push flow from ``source`` to ``target`` along shortest ways until ``need`` is met or none is left."""
    flow = 0.0
    while flow < need:
        came[:] = -1
        came[target] = -2
        queue[0] = target
        first = 0
        last = 1
        # searched backwards: place a of v is the arc into v
        while first < last and came[source] == -1:
            v = queue[first]
            first += 1
            for a in range(start[v], start[v + 1]):
                u = neighbour[a]
                if came[u] == -1 and room[a] > 1e-9:
                    came[u] = a
                    queue[last] = u
                    last += 1
        if came[source] == -1:
            break
        push = need - flow
        v = source
        while v != target:
            a = came[v]
            push = min(push, room[a])
            v = neighbour[back[a]]
        v = source
        while v != target:
            a = came[v]
            room[a] -= push
            room[back[a]] += push
            v = neighbour[back[a]]
        flow += push
    return flow


@njit(cache=True)
def violated_cuts(
    start: Any,
    neighbour: Any,
    back: Any,
    value: Any,
    source: int,
    targets: Any,
    wanted: Any,
    nested: int,
    least: float,
) -> tuple[Any, Any]:
    """Sets of vertices cut off from ``source`` by less than wanted.

    ``value[a]`` is the capacity of the arc at place ``a`` (into the vertex). For each target, up to ``nested`` disjoint
    cuts are returned whose capacity is below ``wanted`` by at least ``least``: (mask rows, target of each row).
    """
    n = start.size - 1
    rows = np.zeros((targets.size * nested, n), np.bool_)
    of = np.empty(targets.size * nested, np.int64)
    many = 0
    came = np.empty(n, np.int64)
    queue = np.empty(n, np.int64)
    room = np.empty(value.size)
    fixed = value.copy()
    for i in range(targets.size):
        t = targets[i]
        fixed[:] = value
        for _ in range(nested):
            room[:] = fixed
            for a in range(room.size):
                room[a] += 1e-6
            flow = _augment(start, neighbour, back, room, source, t, wanted[i], came, queue)
            if flow > wanted[i] - least:
                break
            of[many] = t
            for v in range(n):
                rows[many, v] = came[v] != -1
            for v in range(n):
                if rows[many, v]:
                    for a in range(start[v], start[v + 1]):
                        if not rows[many, neighbour[a]]:
                            fixed[a] = 1.0
            many += 1
    return rows[:many], of[:many]
