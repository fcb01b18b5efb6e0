"""Snapshots as files: GeoParquet 1.1 that geopandas and QGIS read, with the manifest inside.

The manifest stands under the metadata key ``guangcheng``; the same content and manifest give the same bytes. Rows are
stored sorted by key, premises in cell order (:func:`in_stored_order`); the hash knows nothing of it.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guangcheng.base.curve import cell_order
from guangcheng.base.errors import InputError, OutsideKnowledge, Where
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.registers.schema import SCHEMA_VERSION, schema

Mode = Literal["upsert", "replace"]

_MANIFEST = b"guangcheng"
_GEO = b"geo"
_ROW_GROUP = 131_072
_BY_PLACE = ("premises",)
"""Registers stored in cell order; not access points: of equally near ones the first row, the lowest id, is taken."""
_UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Source:
    """A file rows came from: its name (without folders) and the SHA-256 (hex) of its bytes."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says about itself.

    ``scope`` is the area a ``replace`` was held to (``None``: the whole register); the counts compare with the latest
    snapshot of the same or an earlier date when this one was made.
    """

    register: str
    as_of: date
    seq: int
    hash: str
    rows: int
    sources: tuple[Source, ...]
    mode: Mode
    scope: str | None
    added: int
    changed: int
    removed: int
    unchanged: int

    @property
    def ref(self) -> SnapshotRef:
        """The name other parts know the snapshot by."""
        return SnapshotRef(self.register, self.as_of, self.hash)

    @property
    def file_name(self) -> str:
        """``<as-of>-<seq>-<hash16>.parquet``."""
        return f"{self.as_of.isoformat()}-{self.seq:04d}-{self.hash[:16]}.parquet"


def in_stored_order(register: str, table: pa.Table) -> pa.Table:
    """Put the rows of a canonical ``table`` in the order they are stored in.

    Premises near each other stand together, so that reach finds its way in half the time; premises without a place come
    last, by key. Other registers stay sorted by key.
    """
    if register not in _BY_PLACE or table.num_rows <= 1:
        return table
    x, y = (pc.fill_null(table[name], math.nan).to_numpy() for name in ("x", "y"))
    return table.take(pa.array(cell_order(x, y))).combine_chunks()


def write_snapshot(path: Path, table: pa.Table, manifest: Manifest, crs: str | None) -> None:
    """Write a canonical ``table``; ``crs`` names the CRS of ``x``, ``y`` and the geometry (``None``: not stated)."""
    metadata = {_MANIFEST: _manifest_json(manifest)}
    if schema(manifest.register).geometry is not None:
        metadata[_GEO] = _geo_json(table, crs)
    pq.write_table(
        in_stored_order(manifest.register, table).replace_schema_metadata(metadata),
        path,
        compression="zstd",
        row_group_size=_ROW_GROUP,
        write_page_checksum=True,
    )


def read_manifest(path: Path) -> Manifest:
    """Read the manifest only (the file's footer). ``InputError`` when the file is damaged or not a snapshot."""
    try:
        held = pq.read_schema(path).metadata or {}
        content = json.loads(held[_MANIFEST])
        seal = content.pop("seal")
        known = content.pop("schema_version") == SCHEMA_VERSION
        if seal != _seal(content | {"schema_version": SCHEMA_VERSION}) and known:
            raise damaged(path)
        if known:
            return _manifest(content)
    except _UNREADABLE as fault:
        raise damaged(path) from fault
    raise OutsideKnowledge(
        Text(zh="这份快照是另一版本的台账格式", en="this snapshot has another version of the register tables"),
        mend=Text(zh="用写它的光城版本打开", en="open it with the version of Guangcheng that wrote it"),
        where=Where(file=str(path)),
    )


def read_table(path: Path, register: str, columns: Sequence[str] | None) -> pa.Table:
    """Read the stored columns (or only ``columns``), page checksums verified. ``InputError`` when damaged."""
    wanted = schema(register).arrow
    names = wanted.names if columns is None else list(columns)
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        table = file.read(columns=names).select(names).replace_schema_metadata(None)
    except _UNREADABLE as fault:
        raise damaged(path) from fault
    if table.schema != pa.schema([wanted.field(name) for name in names]):
        raise damaged(path)
    return table


def damaged(path: Path) -> InputError:
    """The error for a snapshot whose bytes are not what was written."""
    return InputError(
        Text(
            zh="快照文件已损坏，内容与登记的哈希不符",
            en="the snapshot file is damaged: its content is not what was hashed",
        ),
        mend=Text(
            zh="从备份恢复（guangcheng restore），或移走此文件后重新导入",
            en="restore it from a backup (guangcheng restore), or move this file away and import again",
        ),
        where=Where(file=str(path)),
    )


def _manifest_json(manifest: Manifest) -> bytes:
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "register": manifest.register,
        "as_of": manifest.as_of.isoformat(),
        "seq": manifest.seq,
        "hash": manifest.hash,
        "rows": manifest.rows,
        "sources": [{"file": source.file, "sha256": source.sha256} for source in manifest.sources],
        "mode": manifest.mode,
        "scope": manifest.scope,
        "added": manifest.added,
        "changed": manifest.changed,
        "removed": manifest.removed,
        "unchanged": manifest.unchanged,
    }
    return _dump(content | {"seal": _seal(content)})


def _manifest(content: dict[str, Any]) -> Manifest:
    sources = tuple(Source(**source) for source in content["sources"])
    return Manifest(**(content | {"as_of": date.fromisoformat(content["as_of"]), "sources": sources}))


def _seal(content: dict[str, Any]) -> str:
    """SHA-256 over the manifest itself, so that a changed count is found as surely as a changed row."""
    return hashlib.sha256(_dump(content)).hexdigest()


def _dump(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def _geo_json(table: pa.Table, crs: str | None) -> bytes:
    points = "x" in table.schema.names
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Point"] if points else ["LineString"],
        "crs": _projjson(crs) if crs is not None else None,
    }
    bounds = _point_bounds(table) if points else _line_bounds(table)
    if bounds is not None:
        column["bbox"] = bounds
    return _dump({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}})


@cache
def _projjson(crs: str) -> dict[str, Any]:
    import pyproj

    described: dict[str, Any] = pyproj.CRS.from_user_input(crs).to_json_dict()
    return described


def _point_bounds(table: pa.Table) -> list[float] | None:
    x, y = pc.min_max(table["x"]).as_py(), pc.min_max(table["y"]).as_py()
    if x["min"] is None or y["min"] is None:
        return None
    return [x["min"], y["min"], x["max"], y["max"]]


def _line_bounds(table: pa.Table) -> list[float] | None:
    import shapely

    shapes = shapely.from_wkb(table["geometry"].drop_null().to_numpy())
    return [float(value) for value in shapely.total_bounds(shapes)] if shapes.size else None
