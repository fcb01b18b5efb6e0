"""Exact answers by brute force for small problems: Dreyfus and Wagner's dynamic programme and plain enumeration."""

from itertools import combinations
from math import inf

from guangcheng.planning.steiner.model import Problem


def distances(problem: Problem) -> list[list[float]]:
    """Shortest distances between all vertices (Floyd and Warshall)."""
    n = problem.network.vertices
    far = [[0.0 if i == j else inf for j in range(n)] for i in range(n)]
    net = problem.network
    for u, v, c in zip(net.tail.tolist(), net.head.tolist(), net.cost.tolist(), strict=True):
        far[u][v] = far[v][u] = min(far[u][v], c)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                far[i][j] = min(far[i][j], far[i][k] + far[k][j])
    return far


def steiner_costs(problem: Problem) -> dict[int, list[float]]:
    """For each set of terminals (as bits) and vertex, the cheapest tree spanning the set and the vertex."""
    far = distances(problem)
    terminals = problem.terminals.tolist()
    n = problem.network.vertices
    best: dict[int, list[float]] = {1 << i: far[t] for i, t in enumerate(terminals)}
    for size in range(2, len(terminals) + 1):
        for chosen in combinations(range(len(terminals)), size):
            bits = sum(1 << i for i in chosen)
            row = [inf] * n
            part = (bits - 1) & bits
            while part:
                if part < bits - part:
                    break
                one, two = best[part], best[bits - part]
                row = [min(a, b + c) for a, b, c in zip(row, one, two, strict=True)]
                part = (part - 1) & bits
            best[bits] = [min(row[k] + far[k][v] for k in range(n)) for v in range(n)]
    return best


def optimum(problem: Problem) -> float:
    """The least cost of a problem without node costs, quota and budget; infinite when there is no tree."""
    terminals = problem.terminals.tolist()
    prize = problem.prize.tolist()
    needed = sum(1 << i for i, t in enumerate(terminals) if prize[t] == inf)
    best = inf
    for bits, row in steiner_costs(problem).items():
        if bits & needed == needed:
            missed = sum(prize[t] for i, t in enumerate(terminals) if not bits >> i & 1)
            best = min(best, min(row[t] for i, t in enumerate(terminals) if bits >> i & 1) + missed)
    return best
