"""A binary heap of vertices with decrease-key, for the compiled loops: ``heap[:size]`` and each vertex's place."""

from typing import Any

from numba import njit

__all__ = ["pop", "push"]


@njit(cache=True)
def push(heap: Any, place: Any, size: int, key: Any, v: int) -> int:
    """Put ``v`` in, or move it up after its key fell; return the new size."""
    i = place[v]
    if i < 0:
        i = size
        size += 1
    k = key[v]
    while i > 0:
        j = (i - 1) >> 1
        w = heap[j]
        if key[w] <= k:
            break
        heap[i] = w
        place[w] = i
        i = j
    heap[i] = v
    place[v] = i
    return size


@njit(cache=True)
def pop(heap: Any, place: Any, size: int, key: Any) -> int:
    """Take out and return the vertex of the smallest key; the size falls by one."""
    top: int = heap[0]
    place[top] = -1
    size -= 1
    if size > 0:
        v = heap[size]
        k = key[v]
        i = 0
        while True:
            j = 2 * i + 1
            if j >= size:
                break
            if j + 1 < size and key[heap[j + 1]] < key[heap[j]]:
                j += 1
            w = heap[j]
            if key[w] >= k:
                break
            heap[i] = w
            place[w] = i
            i = j
        heap[i] = v
        place[v] = i
    return top
