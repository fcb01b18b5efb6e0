"""Do the tables hang together: ids, references, ends and lengths of spans, routes and lengths of cables, holes."""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from guangcheng.base.places import from_metric
from guangcheng.reporting.plan_check.files import Row, Run
from guangcheng.reporting.plan_check.model import Findings

Floats = npt.NDArray[np.float64]

__all__ = ["LENGTH_M", "check_structure", "route_of"]

LENGTH_M = 0.01
"""Lengths agree within a centimetre (and a millionth part)."""
PLACE_M = 0.05
_IDS = {"nodes": "node_id", "spans": "span_id", "cables": "cable_id", "splitters": "splitter_id", "onts": "ont_id",
        "boq": "item", "classes": "id"}  # fmt: skip
_REFERS = (
    ("spans", "from_node", "nodes"),
    ("spans", "to_node", "nodes"),
    ("cables", "from_node", "nodes"),
    ("cables", "to_node", "nodes"),
    ("cable_spans", "cable_id", "cables"),
    ("cable_spans", "span_id", "spans"),
    ("splitters", "node_id", "nodes"),
    ("splitters", "input_cable", "cables"),
    ("ports", "olt_node", "nodes"),
    ("ports", "class", "classes"),
    ("onts", "node_id", "nodes"),
    ("onts", "olt_node", "nodes"),
    ("onts", "splitter_1", "splitters"),
    ("onts", "splitter_2", "splitters"),
    ("splices", "node_id", "nodes"),
)


def check_structure(run: Run, found: Findings) -> bool:
    """Look at everything that needs no fibre followed; ``False`` where references fail and nothing more can be said."""
    before = found.counts.total()
    _ids(run, found)
    _references(run, found)
    if found.counts.total() > before:
        return False
    _places(run, found)
    _spans(run, found)
    _cables(run, found)
    _holes(run, found)
    return True


def close(value: float, wanted: float, within: float = LENGTH_M) -> bool:
    """Whether two figures are the same but for rounding."""
    return abs(value - wanted) <= within + 1e-6 * abs(wanted)


def _ids(run: Run, found: Findings) -> None:
    for table, column in _IDS.items():
        for name, many in Counter(row[column] for row in run[table]).items():
            if many > 1:
                found.add("id-twice", f"{table}.{name}")
    ports = Counter((row["olt_node"], row["pon_port"]) for row in run["ports"])
    for port, many in ports.items():
        if many > 1:
            found.add("id-twice", f"ports.{port[0]}/{port[1]}")


def _references(run: Run, found: Findings) -> None:
    ids = {table: {row[column] for row in run[table]} for table, column in _IDS.items()}
    for table, column, to in _REFERS:
        for number, row in enumerate(run[table], start=1):
            if row[column] is not None and row[column] not in ids[to]:
                found.add("reference", f"{table}.{column} ({number})", found=row[column])
    kinds = {"cable": "cables", "splitter": "splitters", "ont": "onts", "port": "nodes"}
    for number, row in enumerate(run["splices"], start=1):
        for side in ("up", "down"):
            kept = kinds.get(row[f"{side}_kind"])
            if kept is None or row[f"{side}_id"] not in ids[kept]:
                found.add("reference", f"splices.{side}_id ({number})", found=row[f"{side}_id"])


def _places(run: Run, found: Findings) -> None:
    rows = run["nodes"]
    if not rows:
        return
    x, y = np.array([row["x"] for row in rows]), np.array([row["y"] for row in rows])
    lon, lat = from_metric(x, y, str(run.head.get("crs")))
    told = np.array([[row["lon"], row["lat"]] for row in rows])
    off = _metres(np.column_stack([lon, lat]), told)
    for at in np.flatnonzero(~(off <= PLACE_M)).tolist():
        found.add("node-place", rows[at]["node_id"], found=float(off[at]))


def _metres(one: Floats, other: Floats) -> Floats:
    """Metres on the ellipsoid between places of two tables."""
    from pyproj import Geod

    _, _, metres = Geod(ellps="WGS84").inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])
    return np.asarray(metres, dtype=np.float64)


def _spans(run: Run, found: Findings) -> None:
    place = {row["node_id"]: (row["lon"], row["lat"]) for row in run["nodes"]}
    for row in run["spans"]:
        line = run.lines.get(row["span_id"])
        if line is None or len(line) < 2:
            found.add("span-ends", row["span_id"], found="–")
            continue
        ends = np.array([place[row["from_node"]], place[row["to_node"]]])
        off = float(_metres(line[[0, -1]], ends).max())
        if not off <= PLACE_M:
            found.add("span-ends", row["span_id"], found=off)
        measured = float(_metres(line[:-1], line[1:]).sum()) + row["rise_m"]
        if not close(row["length_m"], measured):
            found.add("span-length", row["span_id"], found=row["length_m"], wanted=measured)


def route_of(cable: Row, runs: list[Row], spans: dict[str, Row]) -> list[str] | None:
    """The nodes a cable passes from its start on; ``None`` where its spans make no way between its ends."""
    at = cable["from_node"]
    nodes = [at]
    for number, row in enumerate(sorted(runs, key=lambda one: one["seq"]), start=1):
        span = spans[row["span_id"]]
        if row["seq"] != number or at not in (span["from_node"], span["to_node"]):
            return None
        at = span["to_node"] if at == span["from_node"] else span["from_node"]
        nodes.append(at)
    return nodes if at == cable["to_node"] and len(nodes) > 1 else None


def _cables(run: Run, found: Findings) -> None:
    spans = {row["span_id"]: row for row in run["spans"]}
    runs: dict[str, list[Row]] = defaultdict(list)
    for row in run["cable_spans"]:
        runs[row["cable_id"]].append(row)
    for cable in run["cables"]:
        name = cable["cable_id"]
        if route_of(cable, runs[name], spans) is None:
            found.add("cable-route", name)
        length = sum(spans[row["span_id"]]["length_m"] for row in runs[name]) + cable["slack_m"]
        if not close(cable["length_m"], length):
            found.add("cable-length", name, found=cable["length_m"], wanted=float(length))


def _holes(run: Run, found: Findings) -> None:
    by_span: dict[str, list[Row]] = defaultdict(list)
    for row in run["cable_spans"]:
        by_span[row["span_id"]].append(row)
    for span in run["spans"]:
        used = [row["hole"] for row in by_span[span["span_id"]]]
        if span["holes"] is None:
            wrong = [hole for hole in used if hole is not None]
        else:
            first, last = (span["holes_taken"] or 0) + 1, span["holes"]
            good = [hole for hole in used if hole is not None and first <= hole <= last]
            wrong = [hole for hole in used if hole is None or not first <= hole <= last]
            wrong += [a for a, b in pairwise(sorted(good)) if a == b]
        for hole in wrong:
            found.add("hole", span["span_id"], found=hole)
