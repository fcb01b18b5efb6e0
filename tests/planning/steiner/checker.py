"""An independent check of a tree: reads the file's text itself, shares nothing with the product but the answer."""

import gzip
from pathlib import Path
from typing import Any


def load(path: Path) -> dict[str, Any]:
    """Read vertices, edges and prizes in the plainest way."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    nodes, root = 0, None
    edges: list[tuple[int, int, float]] = []
    prizes: dict[int, float] = {}
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        key = words[0].lower()
        if key == "nodes":
            nodes = int(words[1])
        elif key == "e":
            edges.append((int(words[1]), int(words[2]), float(words[3])))
        elif key == "t":
            prizes[int(words[1])] = float("inf")
        elif key == "tp":
            prizes[int(words[1])] = float(words[2])
        elif key in ("root", "rootp"):
            root = int(words[1])
            prizes[root] = float("inf")
    return {"nodes": nodes, "edges": edges, "prizes": prizes, "root": root}


def faults(instance: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What is wrong with an answer as ``solve steiner --json`` prints it; nothing for a right one."""
    found: list[str] = []
    cheapest: dict[tuple[int, int], float] = {}
    for u, v, cost in instance["edges"]:
        key = (min(u, v), max(u, v))
        cheapest[key] = min(cost, cheapest.get(key, float("inf")))
    total = 0.0
    neighbours: dict[int, list[int]] = {v: [] for v in answer["nodes"]}
    for u, v in answer["edges"]:
        key = (min(u, v), max(u, v))
        if key not in cheapest:
            found.append(f"no edge {key}")
            continue
        if u not in neighbours or v not in neighbours:
            found.append(f"edge {key} ends at a vertex not listed")
            continue
        total += cheapest[key]
        neighbours[u].append(v)
        neighbours[v].append(u)
    nodes = answer["nodes"]
    if len(set(nodes)) != len(nodes) or not nodes:
        return [*found, "vertices are listed twice or not at all"]
    if len(answer["edges"]) != len(nodes) - 1:
        found.append("not a tree: edges and vertices do not match")
    seen, stack = {nodes[0]}, [nodes[0]]
    while stack:
        for other in neighbours[stack.pop()]:
            if other not in seen:
                seen.add(other)
                stack.append(other)
    if seen != set(nodes):
        found.append("not connected")
    missed = {v: prize for v, prize in instance["prizes"].items() if v not in seen}
    if any(prize == float("inf") for prize in missed.values()):
        found.append("a required vertex is not spanned")
    total += sum(missed.values())
    if abs(total - answer["cost"]) > 1e-6 * max(1.0, abs(total)):
        found.append(f"costs {total}, not {answer['cost']}")
    if answer["lower_bound"] > answer["cost"] * (1 + 1e-9):
        found.append("the bound is above the cost")
    if answer["terminals_connected"] != sum(1 for v, prize in instance["prizes"].items() if v in seen and prize > 0):
        found.append("terminals are counted wrongly")
    return found
