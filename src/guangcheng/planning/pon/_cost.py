"""What one node of a PON costs, and how the whole cost changes when something else stands there, in machine code."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["FIGURES", "climb", "fill", "improve", "node", "shake"]

FIGURES = 12
"""Single figures: see :func:`.place._figures`."""
_OLT, _BOX, _BOX_MOST, _CABINET, _CABINET_MOST, _ROOM, _ROOM_MOST, _CLOSURE, _FUSION, _CONNECTOR, _FINE, _LARGEST = (
    range(FIGURES)
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@njit(cache=True)
def _cable(price: Any, fibres: int) -> Any:
    """CNY a metre for ``fibres``; ``price`` holds it up to the largest cable."""
    most = price.size - 1
    full = fibres // most
    return full * price[most] + price[fibres - full * most]


@njit(cache=True)
def _split(price: Any, ports: int) -> Any:
    """CNY of splitters for ``ports`` outputs; ``price`` holds it up to one full splitter."""
    ratio = price.size - 1
    full = ports // ratio
    return full * price[ratio] + price[ports - full * ratio]


@njit(cache=True)
def _housing(fig: Floats, homes: int) -> tuple[float, int]:
    """CNY of what houses the splitters of ``homes`` households, and the households too many."""
    if homes <= fig[_CABINET_MOST] and fig[_CABINET] <= fig[_ROOM]:
        return fig[_CABINET], 0
    return fig[_ROOM], max(0, homes - int(fig[_ROOM_MOST]))


@njit(cache=True)
def node(  # noqa: C901 - one compiled rule, mirrored nowhere
    stands: int, root: bool, own: int, into: Ints, count: Ints, length: float, fig: Floats, prices: Any
) -> tuple[float, int, int, int, int, int, int]:
    """Cost of a node with the edge above it, households too many, and what goes up.

    ``into``: ports, drop fibres, last splitters, households, PON fibres from below and from the node's own
    customers; ``count``: children with each of drop, distribution and feeder fibres.
    """
    first, second, cable = prices
    ports, drops, lasts, homes, pons = into[0], into[1], into[2], into[3], into[4]
    single = first.size == 2
    here, ended, excess = 0, 0, 0
    cost, fusions, connectors = 0.0, 0, own
    closure = False
    if root:
        stands = 2
    if stands > 0 and ports > 0:
        here = -(-ports // (second.size - 1))
        cost += _split(second, ports)
        connectors += ports + here
        fusions += ports - own
        if stands == 1 and not single:
            cost += fig[_BOX]
            excess += max(0, ports - int(fig[_BOX_MOST]))
        ports, drops = 0, 0
        lasts += here
    elif ports > 0:
        if own > 0 or count[0] >= 2:
            fusions += ports
        closure = count[0] + (own > 0) >= 2
    if single:
        ended, lasts = here, 0
    elif stands == 2 and lasts > 0:
        ended = -(-lasts // (first.size - 1))
        cost += _split(first, lasts)
        connectors += lasts + ended
        fusions += lasts - here
        lasts = 0
    elif lasts > 0:
        if here > 0 or count[1] >= 2:
            fusions += lasts
        closure = closure or count[1] >= 2
    if ended > 0:
        price, over = _housing(fig, homes)
        excess += over
        if not root:
            cost += price
        homes = 0
        pons += ended
    if root:
        cost += fig[_OLT] * pons
        connectors += pons
        fusions += pons - ended
    elif pons > 0:
        if ended > 0 or count[2] >= 2:
            fusions += pons
        closure = closure or count[2] >= 2
    if closure and here == 0 and ended == 0 and not root:
        cost += fig[_CLOSURE]
    cost += fusions * fig[_FUSION] + connectors * fig[_CONNECTOR]
    if not root:
        cost += length * (_cable(cable, drops) + _cable(cable, lasts) + _cable(cable, pons))
    return cost, excess, ports, drops, lasts, homes, pons


@njit(cache=True)
def climb(
    v: int,
    stands: int,
    commit: bool,
    parent: Ints,
    length: Floats,
    own: Ints,
    into: Ints,
    count: Ints,
    out: Ints,
    paid: Floats,
    state: Ints,
    fig: Floats,
    prices: Any,
) -> Any:
    """Change of the cost (fines included) when ``stands`` stands on ``v``; with ``commit`` it is done."""
    delta = 0.0
    put = stands
    sums = into[v].copy()
    kids = count[v].copy()
    fresh = np.empty(5, dtype=np.int64)
    while True:
        cost, excess, fresh[0], fresh[1], fresh[2], fresh[3], fresh[4] = node(
            put, parent[v] < 0, own[v], sums, kids, length[v], fig, prices
        )
        cost += excess * fig[_FINE]
        delta += cost - paid[v]
        u = parent[v]
        if commit:
            paid[v] = cost
            state[v] = put
            into[v] = sums
            count[v] = kids
        if u < 0:
            if commit:
                out[v] = fresh
            return delta
        same = True
        for i in range(5):
            if fresh[i] != out[v, i]:
                same = False
        if same:
            return delta
        sums = into[u] + fresh - out[v]
        kids = count[u].copy()
        kids[0] += int(fresh[0] > 0) - int(out[v, 0] > 0)
        kids[1] += int(fresh[2] > 0) - int(out[v, 2] > 0)
        kids[2] += int(fresh[4] > 0) - int(out[v, 4] > 0)
        if commit:
            out[v] = fresh
        v = u
        put = state[v]


@njit(cache=True)
def fill(
    order: Ints,
    parent: Ints,
    length: Floats,
    own: Ints,
    into: Ints,
    count: Ints,
    out: Ints,
    paid: Floats,
    state: Ints,
    fig: Floats,
    prices: Any,
) -> int:
    """Reckon all nodes, children first, ``into`` holding the nodes' own customers; households too many."""
    over = 0
    for v in order:
        cost, excess, out[v, 0], out[v, 1], out[v, 2], out[v, 3], out[v, 4] = node(
            state[v], parent[v] < 0, own[v], into[v], count[v], length[v], fig, prices
        )
        over += excess
        paid[v] = cost + excess * fig[_FINE]
        u = parent[v]
        if u >= 0:
            into[u] += out[v]
            count[u, 0] += int(out[v, 0] > 0)
            count[u, 1] += int(out[v, 2] > 0)
            count[u, 2] += int(out[v, 4] > 0)
    return over


@njit(cache=True)
def improve(
    turn: Ints,
    least: Ints,
    parent: Ints,
    length: Floats,
    own: Ints,
    into: Ints,
    count: Ints,
    out: Ints,
    paid: Floats,
    state: Ints,
    fig: Floats,
    prices: Any,
    rounds: int,
    moves: bool = True,
) -> Any:
    """Change one node, or (``moves``) swap it with its parent, while that saves; the change of the cost.

    ``turn``: nodes that may hold something, in the order they are looked at; ``least`` what must stand on a node.
    """
    top = 1 if prices[0].size == 2 else 2
    total = 0.0
    for _ in range(rounds):
        saved = False
        for v in turn:
            was = state[v]
            best, choice = -1e-6, was
            for put in range(least[v], top + 1):
                if put != was:
                    delta = climb(v, put, False, parent, length, own, into, count, out, paid, state, fig, prices)
                    if delta < best:
                        best, choice = delta, put
            if choice != was:
                total += climb(v, choice, True, parent, length, own, into, count, out, paid, state, fig, prices)
                saved = True
            elif moves:
                delta = _moved(v, least, parent, length, own, into, count, out, paid, state, fig, prices)
                total += delta
                saved = saved or delta < 0
        if not saved:
            break
    return total


@njit(cache=True)
def _moved(
    v: int,
    least: Ints,
    parent: Ints,
    length: Floats,
    own: Ints,
    into: Ints,
    count: Ints,
    out: Ints,
    paid: Floats,
    state: Ints,
    fig: Floats,
    prices: Any,
) -> Any:
    """Swap what stands on ``v`` and on its parent if that saves; the change of the cost."""
    u = parent[v]
    if u < 0 or parent[u] < 0 or least[u] < 0 or state[u] == state[v] or least[v] > state[u] or least[u] > state[v]:
        return 0.0
    mine, other = state[v], state[u]
    delta = climb(v, other, True, parent, length, own, into, count, out, paid, state, fig, prices)
    delta += climb(u, mine, True, parent, length, own, into, count, out, paid, state, fig, prices)
    if delta < -1e-6:
        return delta
    climb(u, other, True, parent, length, own, into, count, out, paid, state, fig, prices)
    climb(v, mine, True, parent, length, own, into, count, out, paid, state, fig, prices)
    return 0.0


@njit(cache=True)
def shake(
    regions: Ints,
    start: Ints,
    least: Ints,
    parent: Ints,
    length: Floats,
    own: Ints,
    into: Ints,
    count: Ints,
    out: Ints,
    paid: Floats,
    state: Ints,
    fig: Floats,
    prices: Any,
    times: int,
    seed: int,
) -> int:
    """Change a few nodes of a region at random, exchange there, keep what is cheaper; how often that saved.

    ``regions[start[i]:start[i + 1]]`` are the nodes of region ``i`` that may hold something.
    """
    np.random.seed(seed)
    top = 1 if prices[0].size == 2 else 2
    won = 0
    for _ in range(times):
        i = np.random.randint(0, start.size - 1)
        turn = regions[start[i] : start[i + 1]]
        if turn.size == 0:
            continue
        was = state[turn].copy()
        change = 0.0
        for _ in range(1 + np.random.randint(0, 4)):
            v = turn[np.random.randint(0, turn.size)]
            put = least[v] + np.random.randint(0, top + 1 - least[v])
            change += climb(v, put, True, parent, length, own, into, count, out, paid, state, fig, prices)
        change += improve(turn, least, parent, length, own, into, count, out, paid, state, fig, prices, 20, False)
        if change < -1e-6:
            won += 1
        elif change > 1e-6:
            for j in range(turn.size):
                if state[turn[j]] != was[j]:
                    climb(turn[j], was[j], True, parent, length, own, into, count, out, paid, state, fig, prices)
    return won
