"""OpenStreetMap extracts (``.osm.pbf``) as registers: buildings as premises candidates, streets as a network.

What is taken:

* **Buildings**: closed ways and multipolygon relations tagged ``building`` (other than ``no``). The kind is guessed
  from the tags by ``osm_kinds.csv``, first matching row first; the point lies on the footprint. At the border of an
  extract a way may name vertices the file does not have: a building is kept when at least three of its vertex
  references (the closing one counts) are there, and its point is taken from those.
* **Streets**: ways tagged ``highway`` that are lines in use: not ``area=yes`` and not abandoned, construction, planned,
  platform, proposed or raceway. A vertex that is not in the file interrupts its way. Ways are cut where they meet,
  or, on request, at every vertex. One-way rules are ignored: a cable has no direction. ``osm_highways.csv`` says which
  classes are drivable and walkable.

OpenStreetMap data are © OpenStreetMap contributors, ODbL 1.0: whoever passes the imported rows on must say so.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guangcheng.base.errors import InputError, NotFound, UsageError, Where, WrongFormat
from guangcheng.base.packaged import packaged_rows
from guangcheng.base.places import to_metric
from guangcheng.base.text import Text
from guangcheng.registers.canonical import canonical
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.schema import schema

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry as Geometry

Floats = npt.NDArray[np.float64]
Tags = Mapping[str, str]

_NOT_IN_USE = frozenset({"abandoned", "construction", "planned", "platform", "proposed", "raceway"})
_AREA_TYPES = ("multipolygon", "boundary")
_NEEDED_VERTICES = 3
_ADDRESS_KEYS = ("addr:city", "addr:district", "addr:place", "addr:street", "addr:housenumber")


@dataclass(frozen=True, slots=True)
class OsmExtract:
    """What an extract holds, with the stored columns of the two registers.

    ``premises`` have no ``area_code`` yet: see :func:`in_area` and :func:`in_nearest_area`.
    """

    premises: pa.Table
    streets: pa.Table
    buildings_left_out: int
    """Buildings too little of which is in the file to place them."""
    ways_left_out: int
    """Street ways with no two neighbouring vertices in the file."""


@dataclass(frozen=True, slots=True)
class StreetUse:
    """Who may use a street of an OSM class."""

    drivable: bool
    walkable: bool


@dataclass(frozen=True, slots=True)
class _Building:
    id: str
    tags: Tags
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of a way all of whose vertices are in the file."""

    way: int
    tags: Tags
    refs: list[int]
    lonlat: list[tuple[float, float]]


def read_osm(path: Path, *, crs: str, at_every_vertex: bool = False) -> OsmExtract:
    """Read buildings and streets of an ``.osm.pbf`` file, with ``x``, ``y`` and geometry in the metric ``crs``.

    ``at_every_vertex`` cuts the streets at each vertex, not only where ways meet or end. Lengths are metres on the
    WGS84 ellipsoid. ``WrongFormat`` when the file is no PBF, is cut off, or holds nothing; ``NotFound`` when absent.
    """
    buildings: list[_Building] = []
    runs: list[_Run] = []
    left_out = Counter[str]()
    for thing in _objects(path):
        if "building" in thing.tags and thing.tags["building"] != "no":
            _take_building(thing, buildings, left_out)
        if thing.is_way() and _is_street(thing.tags):
            found = _runs(thing)
            runs += found
            left_out["ways"] += not found
    return OsmExtract(
        premises=_premises(buildings, crs),
        streets=_streets(runs, crs, at_every_vertex=at_every_vertex),
        buildings_left_out=left_out["buildings"],
        ways_left_out=left_out["ways"],
    )


def read_footprints(path: Path, *, crs: str) -> "dict[str, Geometry]":
    """The outlines of buildings in the metric ``crs`` by their ``premises_id`` in :func:`read_osm`.

    A building whose outline is not wholly in the file, or spans no area, has none. Raises as :func:`read_osm`.
    """
    import shapely

    found: dict[str, Geometry] = {}
    for thing in _objects(path):
        if thing.tags.get("building", "no") == "no" or thing.is_relation():
            continue
        if thing.is_area():
            found[f"osm-r{thing.orig_id()}"] = _shape(thing)
        elif thing.is_closed() and all(node.location.valid() for node in thing.nodes):
            outline = _footprint([(node.lon, node.lat) for node in thing.nodes])
            if isinstance(outline, shapely.Polygon):
                found[f"osm-w{thing.id}"] = outline

    def metres(lonlat: Floats) -> Floats:
        return np.column_stack(to_metric(lonlat[:, 0], lonlat[:, 1], crs))

    return {name: shapely.transform(outline, metres) for name, outline in found.items()}


def is_osm(path: Path) -> bool:
    """Whether a file calls itself an OpenStreetMap extract."""
    return path.suffix.lower() == ".pbf"


def osm_rows(path: Path, register: str, *, crs: str) -> RawTable:
    """What an extract holds for ``register`` (premises or streets) as rows to import like those of any file.

    Rows are numbered as in the extract's order of things, ids say which way or relation they are. ``UsageError`` for
    another register; see :func:`read_osm` for the rest.
    """
    if register not in ("premises", "streets"):
        raise UsageError(
            Text(
                zh=f"OSM 数据不能导入“{register}”台账", en=f"an OSM extract holds nothing for the register {register}"
            ),
            mend=Text(zh="导入 premises（建筑）或 streets（道路）", en="import it as premises (buildings) or streets"),
            where=Where(file=str(path)),
        )
    extract = read_osm(path, crs=crs)
    if register == "premises":
        return _rows(
            path, _as_degrees(extract.premises), "EPSG:4326", extract.buildings_left_out, "栋建筑", "buildings"
        )
    return _rows(path, extract.streets, crs, extract.ways_left_out, "条道路", "streets")


def _as_degrees(premises: pa.Table) -> pa.Table:
    """The candidates with their points as the extract has them, in degrees."""
    import shapely

    points = shapely.to_wkb(shapely.points(premises["lon"].to_numpy(), premises["lat"].to_numpy()))
    bare = premises.drop_columns(["lon", "lat", "x", "y", "area_code"])
    return bare.set_column(bare.schema.names.index("geometry"), "geometry", pa.array(points, pa.binary()))


def _rows(path: Path, table: pa.Table, crs: str, left_out: int, things_zh: str, things_en: str) -> RawTable:
    filled = [name for name in table.schema.names if name != "geometry" and table[name].null_count < table.num_rows]
    notes = ["数据 © OpenStreetMap 贡献者，ODbL 1.0，转发须注明 / data © OpenStreetMap contributors, ODbL 1.0: say so"]
    if left_out:
        notes.append(
            f"{left_out} {things_zh}在边界上残缺，未取 / {left_out} {things_en} cut by the border were left out"
        )
    return RawTable(
        path,
        None,
        [RawColumn(name, name, table[name].to_pylist()) for name in filled],
        list(range(1, table.num_rows + 1)),
        geometry=table["geometry"].to_pylist(),
        crs=crs,
        notes=notes,
    )


def in_area(premises: pa.Table, area_code: str) -> pa.Table:
    """Put every candidate into one area: right when the extract is that area."""
    codes = pa.array([area_code] * premises.num_rows, pa.string())
    return premises.set_column(premises.schema.names.index("area_code"), "area_code", codes)


def in_nearest_area(premises: pa.Table, areas: pa.Table) -> pa.Table:
    """Put every candidate into the area whose point is nearest, among areas with a point and none beneath them.

    A proposal to be checked, for the nearest point is not always the area one is in. A candidate without a point, and
    every one when no area has a point, stays without an area. Equal distances go to the smaller code.
    """
    import shapely

    parents = set(areas["parent"].to_pylist())
    leaves = sorted(
        (row["code"], row["x"], row["y"])
        for row in areas.select(["code", "x", "y"]).to_pylist()
        if row["x"] is not None and row["y"] is not None and row["code"] not in parents
    )
    placed = np.flatnonzero(premises["geometry"].is_valid().to_numpy())
    codes: list[str | None] = [None] * premises.num_rows
    if leaves and placed.size:
        tree = shapely.STRtree(shapely.points([(x, y) for _, x, y in leaves]))
        points = shapely.from_wkb(premises["geometry"].drop_null().to_numpy())
        nearest: dict[int, int] = {}
        for point, leaf in tree.query_nearest(points).T.tolist():
            nearest[point] = min(leaf, nearest.get(point, leaf))
        for point, leaf in nearest.items():
            codes[int(placed[point])] = leaves[leaf][0]
    return premises.set_column(premises.schema.names.index("area_code"), "area_code", pa.array(codes, pa.string()))


@cache
def street_uses() -> MappingProxyType[str, StreetUse]:
    """Who may use each class of ``osm_highways.csv``; a class that is not there is for nobody."""
    rows = _table("osm_highways.csv")
    return MappingProxyType(
        {row["highway"]: StreetUse(row["drivable"] == "yes", row["walkable"] == "yes") for row in rows}
    )


def kind_of(tags: Tags) -> tuple[str, bool | None]:
    """Guess kind and residential use of a building by the first row of ``osm_kinds.csv`` its tags match.

    ``building=yes`` and values the table does not know give ``building`` with residential use unknown.
    """
    for row in _table("osm_kinds.csv"):
        value = tags.get(row["key"])
        if value is not None and row["value"] in ("*", value):
            return row["kind"], {"yes": True, "no": False}.get(row["residential"])
    return "building", None


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    return tuple(packaged_rows("guangcheng.registers", name))


def _objects(path: Path) -> Iterator[Any]:
    """Everything tagged building or highway: ways with their vertices' places, relations, areas made of relations."""
    import osmium

    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个文件", en="there is no such file"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(path)),
        )
    _refuse_empty(path)
    file = osmium.io.File(str(path), "pbf")
    wanted = osmium.filter.KeyFilter("building", "highway")
    try:
        things: Any = osmium.FileProcessor(file).with_areas(osmium.filter.KeyFilter("building"))
        for thing in things.with_filter(wanted):
            if thing.is_way() or thing.is_relation() or (thing.is_area() and not thing.from_way()):
                yield thing
    except RuntimeError as fault:
        raise _wrong_format(path, str(fault)) from fault


def _refuse_empty(path: Path) -> None:
    import osmium

    try:
        first = next(iter(osmium.FileProcessor(osmium.io.File(str(path), "pbf"))), None)
    except RuntimeError as fault:
        raise _wrong_format(path, str(fault)) from fault
    if first is None:
        raise _wrong_format(path, "no objects")


def _take_building(thing: Any, buildings: list[_Building], left_out: Counter[str]) -> None:
    if thing.is_relation():
        # it counts as left out until the area made of it comes by
        left_out["buildings"] += thing.tags.get("type") in _AREA_TYPES
    elif thing.is_area():
        left_out["buildings"] -= 1
        buildings.append(_Building(f"osm-r{thing.orig_id()}", dict(thing.tags), *_point_on(_shape(thing))))
    elif thing.is_closed():
        outer = [(node.lon, node.lat) for node in thing.nodes if node.location.valid()]
        if len(outer) < _NEEDED_VERTICES:
            left_out["buildings"] += 1
        else:
            buildings.append(_Building(f"osm-w{thing.id}", dict(thing.tags), *_point_on(_footprint(outer))))


def _shape(area: Any) -> "Geometry":
    import osmium
    import shapely

    return shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))


def _footprint(outer: list[tuple[float, float]]) -> "Geometry":
    """The polygon of the corners; what there is of it when too few are left to span one."""
    import shapely

    corners = list(dict.fromkeys(outer))
    return shapely.Polygon(corners) if len(corners) >= _NEEDED_VERTICES else shapely.LineString([*corners, corners[0]])


def _point_on(shape: "Geometry") -> tuple[float, float]:
    """A point on the footprint, never in its courtyard; the middle of a footprint that lost its corners."""
    import shapely

    if isinstance(shape, shapely.LineString):
        point = shapely.centroid(shape)
    else:
        point = shapely.point_on_surface(shape if shapely.is_valid(shape) else shapely.make_valid(shape))
    return shapely.get_x(point).item(), shapely.get_y(point).item()


def _premises(buildings: list[_Building], crs: str) -> pa.Table:
    x, y = to_metric([one.lon for one in buildings], [one.lat for one in buildings], crs)
    kinds = [kind_of(one.tags) for one in buildings]
    texts = {
        "premises_id": [one.id for one in buildings],
        "name": [one.tags.get("name") for one in buildings],
        "kind": [kind for kind, _ in kinds],
        "address": [_address(one.tags) for one in buildings],
        "note": [f"OSM building={one.tags['building']}" for one in buildings],
    }
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns["residential"] = pa.array([residential for _, residential in kinds], pa.bool_())
    columns["floors"] = pa.array([_floors(one.tags) for one in buildings], pa.int64())
    columns["lon"] = pa.array([one.lon for one in buildings], pa.float64())
    columns["lat"] = pa.array([one.lat for one in buildings], pa.float64())
    columns |= {"x": pa.array(x), "y": pa.array(y)}
    return canonical("premises", pa.table(columns))


def _address(tags: Tags) -> str | None:
    if "addr:full" in tags:
        return tags["addr:full"]
    return " ".join(tags[key] for key in _ADDRESS_KEYS if key in tags) or None


def _floors(tags: Tags) -> int | None:
    """Whole storeys from 1 to 999; ``3.5`` (an attic) is 3, and anything else is unknown."""
    levels = re.fullmatch(r"([1-9][0-9]{0,2})([.][0-9]+)?", tags.get("building:levels", "").strip())
    return int(levels[1]) if levels is not None else None


def _is_street(tags: Any) -> bool:
    return "highway" in tags and tags["highway"] not in _NOT_IN_USE and tags.get("area") != "yes"


def _runs(way: Any) -> list[_Run]:
    tags = dict(way.tags)
    runs, run = [], _Run(way.id, tags, [], [])
    for node in way.nodes:
        if not node.location.valid():
            runs.append(run)
            run = _Run(way.id, tags, [], [])
        elif not run.refs or node.ref != run.refs[-1]:
            run.refs.append(node.ref)
            run.lonlat.append((node.lon, node.lat))
    runs.append(run)
    return [one for one in runs if len(one.refs) > 1]


def _streets(runs: list[_Run], crs: str, *, at_every_vertex: bool) -> pa.Table:
    junctions = None if at_every_vertex else _junctions(runs)
    edges = [edge for run in runs for edge in _cut(run, junctions)]
    if not edges:
        return schema("streets").empty()
    return canonical("streets", _edge_table(edges, crs))


def _junctions(runs: list[_Run]) -> frozenset[int]:
    """Vertices where ways meet, a way meets itself, or a stretch ends."""
    seen = Counter(ref for run in runs for ref in run.refs)
    ends = {ref for run in runs for ref in (run.refs[0], run.refs[-1])}
    return frozenset(ends | {ref for ref, times in seen.items() if times > 1})


def _cut(run: _Run, junctions: frozenset[int] | None) -> Iterator[_Run]:
    for start, end in pairwise(at for at, ref in enumerate(run.refs) if junctions is None or ref in junctions):
        yield replace(run, refs=run.refs[start : end + 1], lonlat=run.lonlat[start : end + 1])


def _edge_table(edges: list[_Run], crs: str) -> pa.Table:
    import shapely

    lonlat = np.array([point for edge in edges for point in edge.lonlat])
    index = np.repeat(np.arange(len(edges)), [len(edge.refs) for edge in edges])
    x, y = to_metric(lonlat[:, 0], lonlat[:, 1], crs)
    lines = shapely.linestrings(np.column_stack([x, y]), indices=index)
    texts = {
        "edge_id": _edge_ids(edges),
        "name": [edge.tags.get("name") for edge in edges],
        "highway": [edge.tags["highway"] for edge in edges],
        "from_node": [f"osm-n{edge.refs[0]}" for edge in edges],
        "to_node": [f"osm-n{edge.refs[-1]}" for edge in edges],
    }
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns["length_m"] = pa.array(_lengths(lonlat, index, len(edges)))
    columns["geometry"] = pa.array(shapely.to_wkb(lines), pa.binary())
    return pa.table(columns)


def _edge_ids(edges: list[_Run]) -> list[str]:
    """``osm-w<way>-<n>``, counted along each way."""
    seen = Counter[int]()
    ids = []
    for edge in edges:
        seen[edge.way] += 1
        ids.append(f"osm-w{edge.way}-{seen[edge.way]}")
    return ids


def _lengths(lonlat: Floats, index: npt.NDArray[np.int64], edges: int) -> Floats:
    """Metres on the WGS84 ellipsoid of each edge."""
    import pyproj

    within = index[:-1] == index[1:]
    start, end = lonlat[:-1][within], lonlat[1:][within]
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    lengths: Floats = np.bincount(index[1:][within], weights=metres, minlength=edges).astype(np.float64)
    return lengths


def _wrong_format(path: Path, found: str) -> InputError:
    return WrongFormat(
        Text(zh=f"不是完整的 OSM PBF 文件：{found}", en=f"this is not a whole OSM PBF file: {found}"),
        mend=Text(zh="重新下载 .osm.pbf 文件", en="download the .osm.pbf file again"),
        where=Where(file=str(path)),
    )
