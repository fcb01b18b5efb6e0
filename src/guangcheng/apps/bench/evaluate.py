"""How long and how large an evaluation is: a made-up city on disk, measured in a fresh process.

The phases are exclusive: time spent reading a register counts as ``read`` wherever it was asked for.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from guangcheng.apps.demo.scale import changed_village, synthetic_city
from guangcheng.apps.demo.write import write_city
from guangcheng.apps.meter import seconds
from guangcheng.base.progress import SILENT, Progress

PREMISES, ACCESS_POINTS, VILLAGES = 1_000_000, 100_000, 5_000
TARGET_S, TARGET_MIB, TARGET_VILLAGE_S = 30.0, 2048, 1.0
"""What is promised on two cores (docs/explanation): whole city, its memory, one changed village."""
Result = dict[str, Any]


def run_evaluate_bench(
    *,
    premises: int = PREMISES,
    access_points: int = ACCESS_POINTS,
    villages: int = VILLAGES,
    seed: int = 1,
    progress: Progress = SILENT,
) -> Result:
    """Make the city, evaluate it whole, change one village, evaluate that village alone.

    ``whole`` and ``village`` each hold ``wall_s`` (opening the folder to the finished evaluation), ``cpu_s``,
    ``process_s`` (the whole process, start included), ``peak_mib`` (peak resident memory of that process), ``phases``
    in seconds (read, reach, verdicts, indicators, rest), and how many areas, estates and indicators came out.
    ``village`` also has ``reopened_s``: once more in the same process, so without loading the program, but with the
    folder opened and its registers read anew; this is what a change costs a program that runs. ``met`` says whether
    the targets were met.
    """
    progress.start("bench evaluate", 4)
    with tempfile.TemporaryDirectory(prefix="guangcheng-bench-") as temporary:
        folder = Path(temporary) / "city"
        started = seconds()
        made = synthetic_city(premises, access_points, villages, seed)
        village, changed = changed_village(made)
        city = write_city(folder, made)
        build_s = seconds() - started
        progress.advance()
        whole = _measured(folder)
        progress.advance()
        city.registers.commit("access_points", changed, as_of=made.as_of)
        progress.advance()
        part = _measured(folder, village)
        progress.advance()
    progress.finish()
    return {
        "premises": premises,
        "access_points": access_points,
        "villages": villages,
        "seed": seed,
        "cores": os.cpu_count(),
        "build_s": round(build_s, 3),
        "whole": whole,
        "village": part | {"area": village},
        "targets": {"wall_s": TARGET_S, "peak_mib": TARGET_MIB, "village_s": TARGET_VILLAGE_S},
        "met": whole["wall_s"] < TARGET_S and whole["peak_mib"] < TARGET_MIB and part["reopened_s"] < TARGET_VILLAGE_S,
    }


def _measured(folder: Path, area: str | None = None) -> Result:
    """Run the worker in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "guangcheng.apps.bench.worker", str(folder), *([area] if area else [])]
    started = seconds()
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    process_s = seconds() - started
    result: Result = json.loads(done.stdout)
    return result | {"process_s": round(process_s, 3)}
