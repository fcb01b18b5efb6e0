"""The run folder as plain rows: ``plan.json`` and the tables of ``plan.gpkg``, read through SQLite."""

import hashlib
import json
import sqlite3
import struct
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.text import Text
from guangcheng.reporting.plan_check.model import Findings

__all__ = ["Row", "Run", "read_run"]

Row = dict[str, Any]
PLAN, TABLES, FORMAT = "plan.json", "plan.gpkg", "guangcheng-plan/1"
_ENVELOPE = (0, 32, 48, 48, 64)

COLUMNS: Mapping[str, str] = {
    "nodes": "node_id kind existing x y lon lat premises_id households grade",
    "spans": "span_id from_node to_node method surface rise_m length_m duct_id holes holes_taken cost onts",
    "cables": "cable_id level from_node to_node fibres fibres_used fibres_reserved slack_m length_m cost",
    "cable_spans": "cable_id seq span_id hole",
    "splitters": "splitter_id node_id stage ratio input_cable input_fibre outputs_used",
    "ports": "olt_node pon_port technology class",
    "onts": "ont_id premises_id node_id olt_node pon_port splitter_1 out_1 splitter_2 out_2 length_m connectors "
    "splices coexistence down_db up_db least_db",
    "splices": "node_id up_kind up_id up_no down_kind down_id down_no connectors fusions",
    "boq": "item counts of quantity unit_price cost",
    "unserved": "premises_id households reason",
    "checks": "check level subject value limit passed",
    "phases": "phase kind id cost households",
    "classes": "id min_loss_db max_loss_db down_nm up_nm differential_km reach_km",
    "losses": "item key most_db least_db",
}
"""Columns read of each table."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """``head`` is ``plan.json``; ``lines`` are the spans' vertices in degrees by span id."""

    head: Mapping[str, Any]
    tables: Mapping[str, list[Row]]
    lines: Mapping[str, npt.NDArray[np.float64]]

    def __getitem__(self, name: str) -> list[Row]:
        """The rows of one table."""
        return self.tables[name]

    def parameter(self, name: str, default: float) -> float:
        """A figure of ``plan.json``."""
        value = self.head.get("parameters", {}).get(name)
        return float(value) if isinstance(value, int | float) else default


def read_run(folder: Path, found: Findings) -> Run | None:
    """Read what is there; ``None`` (with findings) where tables are missing, errors where it is no plan at all."""
    head = _head(folder / PLAN)
    for name, digest in sorted(head.get("files", {}).items()):
        path = folder / name
        if not path.is_file() or _sha256(path) != digest:
            found.add("file-changed", name)
    if not (folder / TABLES).is_file():
        found.add("table-missing", TABLES)
        return None
    try:
        return _tables(folder / TABLES, head, found)
    except sqlite3.DatabaseError as fault:
        raise InputError(
            Text(f"{TABLES} 读不出来", f"{TABLES} cannot be read"),
            mend=Text("重新规划或重新拷贝", "plan or copy it again"),
            where=Where(file=str(folder / TABLES)),
        ) from fault


def _head(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise NotFound(
            Text("这里没有规划（plan.json）", "there is no plan here (plan.json)"),
            mend=Text("给出 plan fibre 写出的文件夹", "give a folder that plan fibre wrote"),
            where=Where(file=str(path)),
        )
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InputError(
            Text("plan.json 不是光纤规划的", "plan.json is not that of a fibre plan"),
            mend=Text(f"应写明 format：{FORMAT}", f"it should name the format {FORMAT}"),
            where=Where(file=str(path)),
        )
    return head


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tables(path: Path, head: Mapping[str, Any], found: Findings) -> Run | None:
    tables: dict[str, list[Row]] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        missing = _missing(db)
        for name in missing:
            found.add("table-missing", name)
        if missing:
            return None
        for name, columns in COLUMNS.items():
            names = columns.split()
            listed = ", ".join(f'"{column}"' for column in names)
            rows = db.execute(f'SELECT {listed} FROM "{name}"')
            tables[name] = [dict(zip(names, row, strict=True)) for row in rows]
        geometry = _geometry_column(db)
        lines = {span: _vertices(blob) for span, blob in db.execute(f'SELECT span_id, "{geometry}" FROM spans')}
    for name, held in tables.items():
        wanted = head.get("rows", {}).get(name)
        if wanted is not None and wanted != len(held):
            found.add("row-count", name, found=len(held), wanted=wanted)
    return Run(head, tables, lines)


def _missing(db: sqlite3.Connection) -> list[str]:
    gone = []
    for name, columns in COLUMNS.items():
        there = {row[1] for row in db.execute(f'PRAGMA table_info("{name}")')}
        gone += [name] if not there else [f"{name}.{one}" for one in columns.split() if one not in there]
    return gone


def _geometry_column(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = 'spans'").fetchone()
    return str(row[0]).replace('"', "") if row else "geom"


def _vertices(blob: bytes | None) -> npt.NDArray[np.float64]:
    """Vertices of a GeoPackage LineString; none where it is something else."""
    none = np.empty((0, 2))
    if blob is None or len(blob) < 17 or blob[:2] != b"GP":
        return none
    at = 8 + _ENVELOPE[min(4, blob[3] >> 1 & 7)]
    order = "<" if blob[at] == 1 else ">"
    kind, many = struct.unpack_from(f"{order}II", blob, at + 1)
    if kind != 2 or len(blob) < at + 9 + 16 * many:
        return none
    return np.frombuffer(blob, dtype=f"{order}f8", count=2 * many, offset=at + 9).reshape(-1, 2).astype(np.float64)
