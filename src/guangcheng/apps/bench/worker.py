"""The measured process: ``python -m guangcheng.apps.bench.worker FOLDER [AREA]`` prints one JSON object."""

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from guangcheng.apps.bootstrap import calendar_of, standard_of
from guangcheng.apps.meter import MIB, cpu_seconds, peak_bytes, seconds
from guangcheng.base.provenance import SnapshotRef
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.results import Evaluation
from guangcheng.registers.city import City
from guangcheng.registers.view import RegisterView


class Stopwatch:
    """Exclusive seconds per phase: what a nested phase takes is not counted in the outer one."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self._stack: list[str] = ["rest"]
        self._since = seconds()

    def start(self, label: str, total: int | None) -> None:  # noqa: ARG002
        """A phase begins."""
        self._credit()
        self._stack.append(label)

    def advance(self, done: int = 1) -> None:
        """Parts of a phase are not told apart."""

    def finish(self) -> None:
        """The innermost phase ends."""
        self._credit()
        self._stack.pop()

    def _credit(self) -> None:
        now = seconds()
        label = self._stack[-1]
        self.phases[label] = self.phases.get(label, 0.0) + now - self._since
        self._since = now


def timed(view: RegisterView, watch: Stopwatch) -> RegisterView:
    """The same view, its reading counted as phase ``read``."""

    def load(ref: SnapshotRef, columns: Sequence[str] | None) -> pa.Table:
        watch.start("read", None)
        try:
            return view.load(ref, columns)
        finally:
            watch.finish()

    return dataclasses.replace(view, load=load)


def measure(folder: Path, area: str | None) -> dict[str, Any]:
    """Open the city and evaluate it, or one area of it, by its own standard.

    ``wall_s``, ``cpu_s`` and ``phases`` are of the first time, which also loads what the program needs. For an area
    ``reopened_s`` is a second time: the folder opened anew, nothing of its registers kept.
    """
    started, busy = seconds(), cpu_seconds()
    found, watch = _evaluate(folder, area)
    result = {
        "wall_s": round(seconds() - started, 3),
        "cpu_s": round(cpu_seconds() - busy, 3),
        "phases": {label: round(value, 3) for label, value in watch.phases.items()},
        "areas": len(found.areas),
        "estates": len(found.estates),
        "indicators": len(found.indicators),
        "data_gaps": len(found.data_gaps),
    }
    if area is not None:
        started, busy = seconds(), cpu_seconds()
        _evaluate(folder, area)
        result["reopened_s"] = round(seconds() - started, 3)
        result["reopened_cpu_s"] = round(cpu_seconds() - busy, 3)
    return result | {"peak_mib": round(peak_bytes() / MIB)}


def _evaluate(folder: Path, area: str | None) -> tuple[Evaluation, Stopwatch]:
    watch = Stopwatch()
    city = City.open(folder)
    standard = standard_of(city, city.config.standards[0])
    view = timed(city.view(), watch)
    found = evaluate(view, standard, as_of=view.as_of, calendar=calendar_of(city), area=area, progress=watch)
    watch.start("done", None)
    return found, watch


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)))
