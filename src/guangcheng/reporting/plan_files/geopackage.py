"""The plan as one GeoPackage: layers nodes, spans and cables, every other table as an attribute table.

Written through SQLite itself: GDAL stamps the file with the clock, and the same plan must give the same bytes.
OGC 12-128r18 (GeoPackage 1.3), WGS84 degrees, no spatial index.
"""

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guangcheng.reporting.plan_files.contract import Column, columns
from guangcheng.reporting.plan_files.tables import PlanTables

__all__ = ["cable_lines", "write_geopackage"]

_APPLICATION, _VERSION, _WGS84 = 0x47504B47, 10300, 4326
_SQL = {"text": "TEXT", "whole": "INTEGER", "real": "REAL", "bool": "BOOLEAN"}
_LAYERS = {"nodes": "POINT", "spans": "LINESTRING", "cables": "LINESTRING"}
_FLAGS_ENVELOPE, _FLAGS_BARE = 0b00000011, 0b00000001
"""Little-endian header with an envelope of x and y, or with none."""

_SETUP = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""


def write_geopackage(path: Path, plan: PlanTables) -> None:
    """Write every table of ``plan`` to ``path`` (which must not hold a database yet)."""
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute(f"PRAGMA application_id = {_APPLICATION}")
        base.execute(f"PRAGMA user_version = {_VERSION}")
        base.execute("PRAGMA journal_mode = MEMORY")
        base.execute("PRAGMA synchronous = OFF")  # the caller syncs the finished file
        base.executescript(_SETUP)
        base.execute("BEGIN")
        base.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", _systems())
        shapes = {"nodes": _points(plan["nodes"]), "spans": _lines(plan["spans"]), "cables": cable_lines(plan)}
        stamp = f"{plan.head.as_of.isoformat()}T00:00:00.000Z"
        for name, items in columns().items():
            _write(base, name, items, plan[name], shapes.get(name), stamp)
        base.execute("COMMIT")


def _systems() -> list[tuple[object, ...]]:
    from pyproj import CRS

    wgs84 = CRS.from_epsg(_WGS84).to_wkt("WKT1_GDAL")
    return [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", None),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
        ("WGS 84", _WGS84, "EPSG", _WGS84, wgs84, None),
    ]


def _write(
    base: sqlite3.Connection,
    name: str,
    items: Sequence[Column],
    table: pa.Table,
    shapes: "npt.NDArray[np.object_] | None",
    stamp: str,
) -> None:
    geometry = ["geom BLOB"] if shapes is not None else []
    fields = [f'"{item.name}" {_SQL[item.type]}{"" if item.null else " NOT NULL"}' for item in items]
    base.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY, {", ".join(geometry + fields)})')
    kind = "features" if shapes is not None else "attributes"
    box = (None,) * 4 if shapes is None or not len(shapes) else _box(shapes)
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?,?,?,'',?,?,?,?,?,?)",
        (name, kind, name, stamp, *box, None if shapes is None else _WGS84),
    )
    held = [table[item.name].to_pylist() for item in items]
    if shapes is not None:
        base.execute("INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)", (name, _LAYERS[name], _WGS84))
        held = [_blobs(shapes), *held]
    marks = ",".join("?" * (len(held) + 1))
    base.executemany(f'INSERT INTO "{name}" VALUES ({marks})', zip(range(1, table.num_rows + 1), *held, strict=True))


def _points(nodes: pa.Table) -> "npt.NDArray[np.object_]":
    import shapely

    return np.asarray(shapely.points(nodes["lon"].to_numpy(), nodes["lat"].to_numpy()), dtype=object)


def _lines(spans: pa.Table) -> "npt.NDArray[np.object_]":
    import shapely

    return np.asarray(shapely.from_wkb(spans["geometry"].to_pylist()), dtype=object)


def cable_lines(plan: PlanTables) -> "npt.NDArray[np.object_]":
    """The line of each cable (degrees), its spans joined from ``from_node`` on; an empty line where it has none."""
    import shapely

    spans = plan["spans"]
    ends = dict(zip(spans["span_id"].to_pylist(), zip(*_ends(spans), strict=True), strict=True))
    coordinates, owner = shapely.get_coordinates(_lines(spans), return_index=True)
    starts = np.searchsorted(owner, np.arange(spans.num_rows + 1))
    routes: dict[str, list[tuple[int, str]]] = {}
    way = plan["cable_spans"]
    for cable, seq, span in zip(*(way[key].to_pylist() for key in ("cable_id", "seq", "span_id")), strict=True):
        routes.setdefault(cable, []).append((seq, span))
    cables = plan["cables"]
    found = []
    for cable, start in zip(cables["cable_id"].to_pylist(), cables["from_node"].to_pylist(), strict=True):
        steps = [ends[span] for _, span in sorted(routes.get(cable, ())) if span in ends]
        found.append(_joined(start, steps, coordinates, starts))
    return np.array(found, dtype=object)


def _ends(spans: pa.Table) -> tuple[Sequence[int], Sequence[str], Sequence[str]]:
    return range(spans.num_rows), spans["from_node"].to_pylist(), spans["to_node"].to_pylist()


def _joined(
    at: str, steps: Sequence[tuple[int, str, str]], coordinates: npt.NDArray[np.float64], starts: npt.NDArray[np.intp]
) -> object:
    import shapely

    parts = []
    for number, head, tail in steps:
        points = coordinates[starts[number] : starts[number + 1]]
        forward = head == at
        parts.append(points if forward else points[::-1])
        at = tail if forward else head
    return shapely.LineString(np.concatenate(parts)) if parts else shapely.LineString()


def _box(shapes: "npt.NDArray[np.object_]") -> Sequence[float | None]:
    import shapely

    return [None if np.isnan(value) else float(value) for value in shapely.total_bounds(shapes)]


def _blobs(shapes: "npt.NDArray[np.object_]") -> list[bytes]:
    """GeoPackage geometry: header, envelope (lines only), WKB."""
    import shapely

    if not len(shapes):
        return []
    points = shapely.get_type_id(shapes[0]) == 0
    held = shapely.to_wkb(shapes, byte_order=1)
    bare = struct.pack("<2sBBi", b"GP", 0, _FLAGS_BARE, _WGS84)
    if points:
        return [bare + wkb for wkb in held]
    full = struct.pack("<2sBBi", b"GP", 0, _FLAGS_ENVELOPE, _WGS84)
    empty = struct.pack("<2sBBi", b"GP", 0, 0b00010001, _WGS84)
    boxes = shapely.bounds(shapes)
    return [
        empty + wkb if np.isnan(box[0]) else full + struct.pack("<4d", box[0], box[2], box[1], box[3]) + wkb
        for wkb, box in zip(held, boxes, strict=True)
    ]
