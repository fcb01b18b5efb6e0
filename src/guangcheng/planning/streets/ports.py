"""PON ports: where a site has more customers than its ports hold, branches move to sites with room.

A branch is moved whole: it is cut from its tree and joined by the cheapest way, through nodes no tree uses, with the
nearest tree whose site has room for all of it; the move that costs least per ONT goes first. Where only full trees
lie around, a branch goes to one that is nearer (counted in trees) to a site with room, which then passes on one of its
own. When no branch can be moved, or too many were, the customers dearest to reach per ONT are left out until the rest
fits. In the end each tree that changed is found anew for the customers it has now, on nodes no other tree uses.
"""

import heapq
from collections.abc import Iterator

import numpy as np

from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.steiner.solve import solve
from guangcheng.planning.streets.forest import Forest, below, forest_of
from guangcheng.planning.streets.model import Bools, Ints, PlanningGraph

__all__ = ["kept_within_ports"]

_BRANCHES = 24
"""Branches of an overfull tree tried before the best is taken."""
_MOVES_PER_SITE = 12
_NOBODY = np.empty(0, dtype=np.int64)

Neighbours = list[list[tuple[int, int]]]


def kept_within_ports(
    graph: PlanningGraph, forest: Forest, demand: Ints, room: Ints, *, effort: int, seed: int
) -> tuple[Forest, Ints]:
    """A forest in which no site has more ONTs than ``room`` (per site), and the customers left out for it.

    ``demand`` is ONTs per customer of the graph. A forest that fits already comes back unchanged.
    ``effort`` and ``seed`` are for trees found anew.
    """
    if _overfull(forest, demand, room) < 0:
        return forest, _NOBODY
    neighbours, before = _neighbours(graph), forest
    out: list[int] = []
    moves = _MOVES_PER_SITE * room.size
    while (over := _overfull(forest, demand, room)) >= 0:
        moved = _move(graph, neighbours, forest, demand, room, over) if moves > 0 else None
        moves -= 1
        if moved is None:
            dropped = _dearest(forest, demand, over, _load(forest, demand, room.size)[over] - int(room[over]))
            out += dropped.tolist()
            served = np.setdiff1d(np.flatnonzero(forest.premises >= 0), dropped)
            moved = forest_of(graph, forest.edge[forest.edge >= 0], served)
        forest = moved
    forest, still = _put_back(graph, neighbours, forest, demand, room, out)
    for site in _changed(before, forest, room.size):
        forest = _found_anew(graph, forest, site, effort, seed)
    return forest, still


def _changed(before: Forest, after: Forest, sites: int) -> list[int]:
    """Sites whose trees use other edges now."""
    edges = [[set(one.edge[one.site == site].tolist()) for site in range(sites)] for one in (before, after)]
    return [site for site in range(sites) if edges[0][site] != edges[1][site]]


def _found_anew(graph: PlanningGraph, forest: Forest, site: int, effort: int, seed: int) -> Forest:
    """The forest with the tree of ``site`` as cheap as the search finds it on nodes no other tree uses."""
    mine = np.flatnonzero((forest.premises >= 0) & (forest.site[forest.premises] == site))
    if not mine.size:
        return forest
    free = np.ones(graph.nodes, dtype=np.bool_)
    free[forest.node[forest.site != site]] = False
    usable = (graph.duct < 0) | (graph.free_holes > 0)
    inner = np.flatnonzero(usable & free[graph.tail] & free[graph.head])
    prize = np.zeros(graph.nodes)
    prize[graph.premises_node[mine]] = np.inf
    root = int(graph.site_node[site])
    network = Network.of(graph.nodes, graph.tail[inner], graph.head[inner], graph.cost[inner])
    found = solve(Problem(network, prize, root), effort=effort, seed=seed)
    others = forest.edge[(forest.site != site) & (forest.edge >= 0)]
    if found.cost >= float(forest.cost[forest.site == site].sum()):
        return forest
    edges = np.concatenate([others, inner[found.edges]])
    return forest_of(graph, np.sort(edges), np.flatnonzero(forest.premises >= 0))


def _put_back(
    graph: PlanningGraph, neighbours: Neighbours, forest: Forest, demand: Ints, room: Ints, out: list[int]
) -> tuple[Forest, Ints]:
    """Connect again who was left out but fits a site after all, those with fewest ONTs first."""
    still: list[int] = []
    for i in sorted(out, key=lambda i: (int(demand[i]), i)):
        free = room - _load(forest, demand, room.size) - int(demand[i])
        way = _way(graph, neighbours, forest, {int(graph.premises_node[i])}, free)
        if way is None:
            still.append(i)
            continue
        edges = np.union1d(forest.edge[forest.edge >= 0], np.array(way[1], dtype=np.int64))
        forest = forest_of(graph, edges, np.append(np.flatnonzero(forest.premises >= 0), i))
    return forest, np.array(sorted(still), dtype=np.int64)


def _load(forest: Forest, demand: Ints, sites: int) -> Ints:
    served = np.flatnonzero(forest.premises >= 0)
    site = forest.site[forest.premises[served]]
    return np.bincount(site, weights=demand[served].astype(np.float64), minlength=sites).astype(np.int64)


def _overfull(forest: Forest, demand: Ints, room: Ints) -> int:
    """The site that is furthest over its room, −1 if none is."""
    excess = _load(forest, demand, room.size) - room
    worst = int(np.argmax(excess))
    return worst if excess[worst] > 0 else -1


def _neighbours(graph: PlanningGraph) -> Neighbours:
    found: Neighbours = [[] for _ in range(graph.nodes)]
    usable = np.flatnonzero((graph.duct < 0) | (graph.free_holes > 0))
    rows = zip(usable.tolist(), graph.tail[usable].tolist(), graph.head[usable].tolist(), strict=True)
    for edge, tail, head in rows:
        found[tail].append((head, edge))
        found[head].append((tail, edge))
    return found


def _move(
    graph: PlanningGraph, neighbours: Neighbours, forest: Forest, demand: Ints, room: Ints, over: int
) -> Forest | None:
    """The forest after the best move of a branch away from site ``over``; ``None`` if no branch finds room."""
    load = _load(forest, demand, room.size)
    moved = _best_move(graph, neighbours, forest, demand, over, load - room, room - load)
    if moved is None:
        hops = _hops(neighbours, forest, room > load)
        passing = np.where(hops < hops[over], room, -1)
        moved = _best_move(graph, neighbours, forest, demand, over, load - room, passing)
    return moved


def _best_move(
    graph: PlanningGraph, neighbours: Neighbours, forest: Forest, demand: Ints, over: int, above: Ints, free: Ints
) -> Forest | None:
    """Move the branch of site ``over`` that is cheapest to move to a site with ``free`` places for all of it."""
    own = np.bincount(
        forest.premises[forest.premises >= 0],
        weights=demand[forest.premises >= 0].astype(np.float64),
        minlength=forest.node.size,
    )
    weight = below(forest, own.astype(np.float64))
    excess, most = int(above[over]), int(free.max())
    mine = np.flatnonzero((forest.site == over) & (forest.parent >= 0) & (weight > 0) & (weight <= most))
    # branches near the excess first: one move should do, and not carry much more than it must
    order = mine[np.lexsort((mine, np.abs(weight[mine] - excess)))]
    best: tuple[float, float, int, list[int]] | None = None
    for v in order[:_BRANCHES].tolist():
        inside = {int(forest.node[u]) for u in _branch(forest, v)}
        way = _way(graph, neighbours, forest, inside, free - int(weight[v]))
        if way is None:
            continue
        value = (way[0] - float(forest.cost[v])) / min(float(weight[v]), excess)
        choice = (round(value, 6), float(weight[v]), v, way[1])
        best = choice if best is None else min(best, choice)
    if best is None:
        return None
    edges = set(forest.edge[forest.edge >= 0].tolist()) - {int(forest.edge[best[2]])} | set(best[3])
    return forest_of(graph, np.array(sorted(edges), dtype=np.int64), np.flatnonzero(forest.premises >= 0))


def _hops(neighbours: Neighbours, forest: Forest, has_room: Bools) -> Ints:
    """Per site, through how many trees the way to a site with room leads; a large number where there is none."""
    site_at = dict(zip(forest.node.tolist(), forest.site.tolist(), strict=True))
    owner, queue = dict(site_at), list(site_at)
    beside: set[tuple[int, int]] = set()
    for node in queue:  # grows while it is walked
        for other, _ in neighbours[node]:
            if other not in owner:
                owner[other] = owner[node]
                queue.append(other)
            elif owner[other] != owner[node]:
                beside |= {(owner[node], owner[other]), (owner[other], owner[node])}
    hops = np.where(has_room, 0, has_room.size + 1)
    for _ in range(has_room.size):
        for one, other in sorted(beside):
            hops[one] = min(hops[one], hops[other] + 1)
    return hops


def _branch(forest: Forest, top: int) -> Iterator[int]:
    """Vertices of the branch below ``top``, itself first."""
    inside = np.zeros(forest.node.size, dtype=np.bool_)
    inside[top] = True
    parent = forest.parent
    for v in range(top, forest.node.size):
        if inside[v] or (parent[v] >= 0 and inside[parent[v]]):
            inside[v] = True
            yield v


def _way(
    graph: PlanningGraph, neighbours: Neighbours, forest: Forest, inside: set[int], left: Ints
) -> tuple[float, list[int]] | None:
    """Cost and edges of the cheapest way from nodes ``inside`` to a tree whose site has room left, by unused nodes."""
    site_at = dict(zip(forest.node.tolist(), forest.site.tolist(), strict=True))
    cost: dict[int, float] = dict.fromkeys(inside, 0.0)
    came: dict[int, tuple[int, int]] = {}
    heap = [(0.0, node) for node in sorted(inside)]
    done: set[int] = set()
    while heap:
        value, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node in site_at and node not in inside:
            if left[site_at[node]] < 0:
                continue
            return value, _back(node, came)
        for other, edge in neighbours[node]:
            new = value + float(graph.cost[edge])
            if new < cost.get(other, np.inf):
                cost[other], came[other] = new, (node, edge)
                heapq.heappush(heap, (new, other))
    return None


def _back(node: int, came: dict[int, tuple[int, int]]) -> list[int]:
    edges: list[int] = []
    while node in came:
        node, edge = came[node]
        edges.append(edge)
    return edges


def _dearest(forest: Forest, demand: Ints, site: int, excess: int) -> Ints:
    """Customers of a site to leave out, those first whose last stretch costs most per ONT."""
    mine = np.flatnonzero((forest.premises >= 0) & (forest.site[forest.premises] == site))
    rate = forest.cost[forest.premises[mine]] / np.maximum(demand[mine], 1)
    order = mine[np.lexsort((mine, -rate))]
    many = int(np.searchsorted(np.cumsum(demand[order]), excess)) + 1
    return order[:many]
