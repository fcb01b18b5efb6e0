"""One peer in a process of its own; its arguments are PEER PREMISES POINTS SEED ORDER N.

Prints one JSON object: processor and wall seconds of each of N runs, peak memory, premises covered, digest.
"""

import json
import sys
from typing import Any

from guangcheng.apps.bench.coverage_data import make_plane
from guangcheng.apps.bench.coverage_peers import PEERS, digest
from guangcheng.apps.meter import MIB, cpu_seconds, peak_bytes, seconds


def measure(peer: str, premises: int, points: int, seed: int, order: str, runs: int) -> dict[str, Any]:
    """Warm up on a thousand premises (imports, compilation), then run."""
    answer = PEERS[peer]
    answer(make_plane(1000, 100, seed, ordered=False))
    plane = make_plane(premises, points, seed, ordered=order == "cell")
    cpu, wall = [], []
    for _ in range(runs):
        busy, began = cpu_seconds(), seconds()
        found = answer(plane)
        cpu.append(cpu_seconds() - busy)
        wall.append(seconds() - began)
    return {
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mib": round(peak_bytes() / MIB),
        "covered": int((found >= 0).sum()),
        "digest": digest(plane, found),
    }


if __name__ == "__main__":
    name, *sizes, how, times = sys.argv[1:]
    count, places, start = (int(value) for value in sizes)
    sys.stdout.write(json.dumps(measure(name, count, places, start, how, int(times))))
