"""A rooted forest as arrays: what hangs below what, and who loses service when an edge is cut."""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.streets.model import Floats, Ints, PlanningGraph

__all__ = ["Forest", "below", "forest_of", "lost_if_cut"]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees rooted at OLT sites; vertices are in an order in which each parent comes before its children.

    ``node`` is the graph's node of a vertex, ``parent`` the place of its parent in these arrays (−1: a root), ``edge``
    the graph's edge to the parent (−1), with its ``length_m`` and ``cost`` (0 for a root; a site's own cost is not in
    it), ``site`` the index of the site of its root. ``premises[i]`` is the vertex of the graph's customer i, −1 when it
    is not connected; several customers may share one vertex.
    """

    node: Ints
    parent: Ints
    edge: Ints
    length_m: Floats
    cost: Floats
    site: Ints
    premises: Ints


def forest_of(graph: PlanningGraph, edges: Ints, wanted: Ints) -> Forest:
    """Hang chosen ``edges`` (a forest) below the sites; ``wanted`` are indices of the customers to connect.

    Branches that lead to none of them are left out, and so is what no site reaches. Where two usable sites share a
    node the first has it.
    """
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for edge, tail, head in zip(edges.tolist(), graph.tail[edges].tolist(), graph.head[edges].tolist(), strict=True):
        neighbours.setdefault(tail, []).append((head, edge))
        neighbours.setdefault(head, []).append((tail, edge))
    place: dict[int, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for site, root in enumerate(graph.site_node.tolist()):
        if root >= 0 and root not in place:
            _walk(root, site, neighbours, place, rows)
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    premises = np.full(graph.premises_node.size, -1, dtype=np.int64)
    premises[wanted] = [place.get(node, -1) for node in graph.premises_node[wanted].tolist()]
    return _pruned(graph, table, premises)


def below(forest: Forest, weight: Floats) -> Floats:
    """Per vertex, the sum of ``weight`` (one number per vertex) over it and all that hangs below it."""
    total = weight.astype(np.float64).copy()
    parent = forest.parent.tolist()
    for v in range(len(parent) - 1, -1, -1):
        if parent[v] >= 0:
            total[parent[v]] += total[v]
    return total


def lost_if_cut(forest: Forest, edge: int) -> Ints:
    """Indices of the customers that lose service when this edge of the graph is cut; empty if no tree uses it."""
    cut = np.zeros(forest.node.size)
    cut[forest.edge == edge] = 1
    parent = forest.parent.tolist()
    for v in range(len(parent)):
        if parent[v] >= 0 and cut[parent[v]]:
            cut[v] = 1
    lost: Ints = np.flatnonzero((forest.premises >= 0) & (cut[forest.premises] > 0))
    return lost


def _walk(
    root: int,
    site: int,
    neighbours: dict[int, list[tuple[int, int]]],
    place: dict[int, int],
    rows: list[tuple[int, int, int, int]],
) -> None:
    place[root] = len(rows)
    rows.append((root, -1, -1, site))
    at = place[root]
    while at < len(rows):
        for other, edge in neighbours.get(rows[at][0], ()):
            if other not in place:
                place[other] = len(rows)
                rows.append((other, at, edge, site))
        at += 1


def _pruned(graph: PlanningGraph, table: Ints, premises: Ints) -> Forest:
    """Leave out what serves nobody, roots excepted."""
    node, parent, edge, site = table.T
    used = parent < 0
    used[premises[premises >= 0]] = True
    for v in range(node.size - 1, -1, -1):
        if used[v] and parent[v] >= 0:
            used[parent[v]] = True
    number = np.cumsum(used) - 1
    kept = np.flatnonzero(used)
    up = parent[kept]
    edge, root = edge[kept], parent[kept] < 0
    return Forest(
        node[kept],
        np.where(root, -1, number[up]),
        edge,
        np.where(root, 0.0, graph.length_m[edge]),
        np.where(root, 0.0, graph.cost[edge]),
        site[kept],
        np.where(premises >= 0, number[premises], -1),
    )
