"""The compiled part of :mod:`guangcheng.coverage.routes`: shortest ways from many points at once.

A vertex is as good as ``(metres, label)``, compared in this order, so that of equally near points the lowest label
wins. ``heap`` holds vertices, best first; ``place`` says where each one stands, −1 where it does not.
"""

from typing import Any

from numba import njit

__all__ = ["answer", "spread"]


@njit(cache=True)
def _better(metres: Any, label: Any, v: int, w: int) -> bool:
    return bool(metres[v] < metres[w] or (metres[v] == metres[w] and label[v] < label[w]))


@njit(cache=True)
def _push(heap: Any, place: Any, size: int, metres: Any, label: Any, v: int) -> int:
    """Put ``v`` in, or move it up after it became better; return the new size."""
    i = place[v]
    if i < 0:
        i = size
        size += 1
    while i > 0:
        j = (i - 1) >> 1
        if not _better(metres, label, v, heap[j]):
            break
        heap[i] = heap[j]
        place[heap[i]] = i
        i = j
    heap[i] = v
    place[v] = i
    return size


@njit(cache=True)
def _pop(heap: Any, place: Any, size: int, metres: Any, label: Any) -> int:
    """Take out the best vertex; the size falls by one."""
    top: int = heap[0]
    place[top] = -1
    size -= 1
    if size > 0:
        v = heap[size]
        i = 0
        while True:
            j = 2 * i + 1
            if j >= size:
                break
            if j + 1 < size and _better(metres, label, heap[j + 1], heap[j]):
                j += 1
            if not _better(metres, label, heap[j], v):
                break
            heap[i] = heap[j]
            place[heap[i]] = i
            i = j
        heap[i] = v
        place[v] = i
    return top


@njit(cache=True)
def spread(
    start: Any,
    neighbour: Any,
    weight: Any,
    seed: Any,
    seed_m: Any,
    seed_label: Any,
    limit: float,
    metres: Any,
    label: Any,
) -> None:
    """Fill ``metres`` (inf before) and ``label`` of every vertex whose nearest seed is within ``limit`` metres.

    Vertices further away may hold any number above ``limit``. ``start``, ``neighbour``, ``weight`` are the streets
    leaving each vertex.
    """
    heap = label.copy()
    place = label.copy()
    place[:] = -1
    size = 0
    for k in range(seed.size):
        v = seed[k]
        if seed_m[k] < metres[v] or (seed_m[k] == metres[v] and seed_label[k] < label[v]):
            metres[v], label[v] = seed_m[k], seed_label[k]
            size = _push(heap, place, size, metres, label, v)
    while size > 0:
        v = _pop(heap, place, size, metres, label)
        size -= 1
        if metres[v] > limit:
            break
        for k in range(start[v], start[v + 1]):
            w = neighbour[k]
            there = metres[v] + weight[k]
            if there < metres[w] or (there == metres[w] and label[v] < label[w]):
                metres[w], label[w] = there, label[v]
                size = _push(heap, place, size, metres, label, w)


@njit(cache=True)
def answer(
    street: Any,
    along: Any,
    off: Any,
    radius: Any,
    tail: Any,
    head: Any,
    length: Any,
    metres: Any,
    label: Any,
    first: Any,
    on_along: Any,
    on_off: Any,
    on_label: Any,
    found: Any,
    distance: Any,
) -> None:
    """Per premises the nearest point within its radius: by either end of its street, or on the same street.

    Points on street *s* are rows ``first[s]`` to ``first[s + 1]`` of ``on_along``, ``on_off``, ``on_label``.
    """
    for i in range(street.size):
        s = street[i]
        if s < 0:
            continue
        best, chosen = metres[tail[s]] + along[i], label[tail[s]]
        other, its = metres[head[s]] + (length[s] - along[i]), label[head[s]]
        if other < best or (other == best and its < chosen):
            best, chosen = other, its
        for k in range(first[s], first[s + 1]):
            other, its = on_off[k] + abs(on_along[k] - along[i]), on_label[k]
            if other < best or (other == best and its < chosen):
                best, chosen = other, its
        if off[i] + best <= radius[i]:
            found[i], distance[i] = chosen, off[i] + best
