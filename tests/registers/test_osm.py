"""OpenStreetMap extracts: buildings as candidates, streets as a network."""

import csv
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import pytest
import shapely
from osmium.osm import mutable

from guangcheng.base.errors import NotFound, WrongFormat
from guangcheng.base.places import from_metric
from guangcheng.registers.canonical import canonical
from guangcheng.registers.osm import (
    OsmExtract,
    StreetUse,
    in_area,
    in_nearest_area,
    kind_of,
    read_osm,
    street_uses,
)
from guangcheng.registers.schema import schema
from tests.registers.samples import CRS, table

Thing = mutable.Node | mutable.Way | mutable.Relation

EQUATOR_STEP_M = 6378137.0 * np.pi / 180 / 1000
"""0.001° along the equator of the WGS84 ellipsoid: 111.3194908 m."""


def write(path: Path, *things: Thing) -> Path:
    """A small extract; nodes, ways, relations in that order, as the format wants."""
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in things:
            if isinstance(thing, mutable.Node):
                writer.add_node(thing)
            elif isinstance(thing, mutable.Way):
                writer.add_way(thing)
            else:
                writer.add_relation(thing)
    return path


def node(id_: int, east: float, north: float) -> mutable.Node:
    """A node so many thousandths of a degree from 113°E on the equator."""
    return mutable.Node(id=id_, location=(113 + east / 1000, north / 1000))


def square(first: int, east: float, north: float, side: float) -> list[mutable.Node]:
    """Four nodes, counter-clockwise."""
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
    return [node(first + n, east + right, north + up) for n, (right, up) in enumerate(corners)]


def ring(first: int) -> list[int]:
    return [first, first + 1, first + 2, first + 3, first]


def way(id_: int, refs: Sequence[int], **tags: str) -> mutable.Way:
    return mutable.Way(id=id_, nodes=list(refs), tags={key.replace("__", ":"): value for key, value in tags.items()})


@pytest.fixture
def buildings(tmp_path: Path) -> OsmExtract:
    outer, inner = square(31, 40, 0, 8), square(41, 42, 2, 4)
    nodes = [*square(1, 0, 0, 1), *square(11, 10, 0, 1), *square(21, 20, 0, 1), *outer, *inner]
    ways = [
        way(
            1,
            ring(1),
            building="residential",
            building__levels="3.5",
            name="甲楼",
            addr__street="环城路",
            addr__housenumber="8号",
        ),
        way(2, ring(11), building="yes", amenity="school"),
        way(3, ring(21), building="no"),
        way(4, [21, 901, 902, 22, 21], building="yes"),  # three references are there
        way(5, [901, 902, 23, 901], building="yes"),  # one is
        way(6, [1, 2, 3], building="yes"),  # not closed
        way(7, ring(31)),
        way(8, ring(41)),
        way(9, ring(11), amenity="school"),  # grounds, not a building
    ]
    relations = [
        mutable.Relation(
            id=1,
            members=[("w", 7, "outer"), ("w", 8, "inner")],
            tags={"type": "multipolygon", "building": "apartments"},
        ),
        mutable.Relation(id=2, members=[("w", 99, "outer")], tags={"type": "multipolygon", "building": "yes"}),
        mutable.Relation(id=3, members=[("w", 1, "outline")], tags={"type": "building", "building": "yes"}),
    ]
    return read_osm(write(tmp_path / "b.osm.pbf", *nodes, *ways, *relations), crs=CRS)


def test_buildings_become_candidates(buildings: OsmExtract) -> None:
    columns = ["premises_id", "name", "kind", "address", "floors", "residential", "note", "area_code"]
    assert buildings.premises.select(columns).to_pylist() == [
        dict(zip(columns, row, strict=True))
        for row in [
            ("osm-r1", None, "building", None, None, True, "OSM building=apartments", None),
            ("osm-w1", "甲楼", "building", "环城路 8号", 3, True, "OSM building=residential", None),
            ("osm-w2", None, "school", None, None, False, "OSM building=yes", None),
            ("osm-w4", None, "building", None, None, None, "OSM building=yes", None),
        ]
    ]
    assert buildings.premises.schema == schema("premises").arrow
    assert buildings.buildings_left_out == 2


def test_the_point_lies_on_the_footprint_and_not_in_the_courtyard(buildings: OsmExtract) -> None:
    rows = {row["premises_id"]: row for row in buildings.premises.to_pylist()}
    assert (rows["osm-w1"]["lon"], rows["osm-w1"]["lat"]) == pytest.approx((113.0005, 0.0005), abs=1e-9)
    court = shapely.box(113.042, 0.002, 113.046, 0.006)
    footprint = shapely.box(113.04, 0.0, 113.048, 0.008).difference(court)
    assert footprint.contains(shapely.Point(rows["osm-r1"]["lon"], rows["osm-r1"]["lat"]))
    assert (rows["osm-w4"]["lon"], rows["osm-w4"]["lat"]) == pytest.approx((113.0205, 0.0), abs=1e-9)


def test_metres_and_degrees_name_the_same_place(buildings: OsmExtract) -> None:
    lon, lat = from_metric(buildings.premises["x"].to_numpy(), buildings.premises["y"].to_numpy(), CRS)
    assert lon == pytest.approx(buildings.premises["lon"].to_numpy(), abs=1e-8)
    assert lat == pytest.approx(buildings.premises["lat"].to_numpy(), abs=1e-8)


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """Two streets that cross at 3, a loop, a torn way, and what is no street."""
    nodes = [node(1, 0, 0), node(2, 1, 0), node(3, 2, 0), node(4, 3, 0), node(5, 2, 1), node(6, 2, -1)]
    nodes += [node(n, n, 5) for n in range(11, 16)]
    nodes += [node(n, n, 9 + n % 2) for n in range(21, 24)]
    return write(
        tmp_path / "s.osm.pbf",
        *nodes,
        way(1, [1, 2, 3, 4], highway="residential", name="环城路"),
        way(2, [5, 3, 6], highway="footway"),
        way(3, [11, 12, 999, 13, 13, 14], highway="service"),
        way(4, [15, 998], highway="service"),
        way(5, [21, 22, 23, 21], highway="tertiary"),
        way(6, [1, 5], highway="construction"),
        way(7, [1, 2, 3, 1], highway="pedestrian", area="yes"),
        way(8, [1, 2], railway="rail"),
    )


def edges(extract: OsmExtract) -> list[tuple[str, str, str, str]]:
    columns = [extract.streets[name].to_pylist() for name in ("edge_id", "highway", "from_node", "to_node")]
    return list(zip(*columns, strict=True))


def test_streets_are_cut_where_they_meet(network: Path) -> None:
    found = read_osm(network, crs=CRS)
    assert edges(found) == [
        ("osm-w1-1", "residential", "osm-n1", "osm-n3"),
        ("osm-w1-2", "residential", "osm-n3", "osm-n4"),
        ("osm-w2-1", "footway", "osm-n5", "osm-n3"),
        ("osm-w2-2", "footway", "osm-n3", "osm-n6"),
        ("osm-w3-1", "service", "osm-n11", "osm-n12"),
        ("osm-w3-2", "service", "osm-n13", "osm-n14"),
        ("osm-w5-1", "tertiary", "osm-n21", "osm-n21"),
    ]
    assert found.streets["name"].to_pylist()[:3] == ["环城路", "环城路", None]
    assert found.streets.schema == schema("streets").arrow
    assert (found.ways_left_out, found.premises.num_rows) == (1, 0)


def test_streets_can_be_cut_at_every_vertex(network: Path) -> None:
    found = read_osm(network, crs=CRS, at_every_vertex=True)
    assert [edge[2:] for edge in edges(found)][:3] == [("osm-n1", "osm-n2"), ("osm-n2", "osm-n3"), ("osm-n3", "osm-n4")]
    assert found.streets.num_rows == 3 + 2 + 2 + 3
    merged = read_osm(network, crs=CRS)
    assert sum(found.streets["length_m"].to_pylist()) == pytest.approx(sum(merged.streets["length_m"].to_pylist()))


def test_lengths_are_metres_on_the_ellipsoid(network: Path) -> None:
    found = read_osm(network, crs=CRS)
    lengths = dict(zip(found.streets["edge_id"].to_pylist(), found.streets["length_m"].to_pylist(), strict=True))
    assert lengths["osm-w1-1"] == pytest.approx(2 * EQUATOR_STEP_M, abs=1e-6)
    assert lengths["osm-w1-2"] == pytest.approx(EQUATOR_STEP_M, abs=1e-6)


def test_lines_run_through_all_their_vertices(network: Path) -> None:
    found = read_osm(network, crs=CRS)
    lines = shapely.from_wkb(found.streets["geometry"].to_pylist())
    assert [shapely.get_num_points(line) for line in lines] == [3, 2, 2, 2, 2, 2, 4]
    points = shapely.get_coordinates(lines[0])
    lon, lat = from_metric(points[:, 0], points[:, 1], CRS)
    assert lon == pytest.approx([113.0, 113.001, 113.002], abs=1e-8)
    assert lat == pytest.approx([0, 0, 0], abs=1e-8)


def test_an_extract_without_either_gives_empty_registers(tmp_path: Path) -> None:
    found = read_osm(write(tmp_path / "n.osm.pbf", node(1, 0, 0)), crs=CRS)
    assert found.premises.equals(schema("premises").empty())
    assert found.streets.equals(schema("streets").empty())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b'<?xml version="1.0"?><osm/>', None, "cut"])
def test_what_is_no_whole_pbf_is_refused(tmp_path: Path, network: Path, content: bytes | str | None) -> None:
    path = tmp_path / "bad.osm.pbf"
    if content is None:
        write(path)
    else:
        path.write_bytes(network.read_bytes()[:-20] if isinstance(content, str) else content)
    with pytest.raises(WrongFormat) as caught:
        read_osm(path, crs=CRS)
    assert caught.value.where.file == str(path)


def test_an_absent_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_osm(tmp_path / "absent.osm.pbf", crs=CRS)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"building": "yes"}, ("building", None)),
        ({"building": "ship"}, ("building", None)),
        ({"building": "apartments"}, ("building", True)),
        ({"building": "garage"}, ("other", False)),
        ({"building": "hospital"}, ("hospital", False)),
        ({"building": "yes", "amenity": "clinic"}, ("clinic", False)),
        ({"building": "yes", "amenity": "marketplace"}, ("market", False)),
        ({"building": "residential", "amenity": "kindergarten"}, ("school", False)),
        ({"building": "yes", "office": "government"}, ("government", False)),
        ({"building": "yes", "office": "company"}, ("office_building", False)),
        ({"building": "train_station"}, ("station", False)),
    ],
)
def test_kinds_are_guessed_from_tags(tags: dict[str, str], expected: tuple[str, bool | None]) -> None:
    assert kind_of(tags) == expected


def test_every_kind_of_the_table_is_one_of_the_register() -> None:
    text = resources.files("guangcheng.registers").joinpath("osm_kinds.csv").read_text(encoding="utf-8")
    kinds = {row["kind"] for row in csv.DictReader(text.splitlines())}
    assert kinds - set(schema("premises").field("kind").codes) == set()


@pytest.mark.parametrize(
    ("levels", "floors"),
    [("6", 6), ("3.5", 3), ("0", None), ("-1", None), ("many", None), ("1000", None), ("２", None)],
)
def test_storeys(tmp_path: Path, levels: str, floors: int | None) -> None:
    path = write(tmp_path / "b.osm.pbf", *square(1, 0, 0, 1), way(1, ring(1), building="yes", building__levels=levels))
    assert read_osm(path, crs=CRS).premises["floors"].to_pylist() == [floors]


def test_street_classes_say_who_may_use_them() -> None:
    uses = street_uses()
    assert uses["residential"] == StreetUse(drivable=True, walkable=True)
    assert uses["motorway"] == StreetUse(drivable=True, walkable=False)
    assert uses["footway"] == StreetUse(drivable=False, walkable=True)
    assert "construction" not in uses


def _candidates(*places: tuple[float | None, float | None]) -> pa.Table:
    rows = [{"premises_id": f"p{n}", "kind": "building", "x": x, "y": y} for n, (x, y) in enumerate(places)]
    return canonical("premises", table("premises", rows))


def test_candidates_can_be_put_into_one_area() -> None:
    found = in_area(_candidates((0, 0), (None, None)), "441802101")
    assert found["area_code"].to_pylist() == ["441802101", "441802101"]
    assert found.schema == schema("premises").arrow


def test_candidates_can_be_put_into_the_nearest_area() -> None:
    rows: list[dict[str, Any]] = [
        {"code": "town", "x": 0.0, "y": 0.0},
        {"code": "b", "parent": "town", "x": 10.0, "y": 0.0},
        {"code": "a", "parent": "town", "x": -10.0, "y": 0.0},
        {"code": "c", "parent": "town"},
    ]
    areas = table("areas", rows)
    found = in_nearest_area(_candidates((1, 0), (-1, 0), (0, 5), (None, 1)), areas)
    assert found["area_code"].to_pylist() == ["b", "a", "a", None]
    none = in_nearest_area(_candidates((1, 0)), areas.slice(3))
    assert none["area_code"].to_pylist() == [None]


def _kotka(shared: Path) -> Path:
    return shared / "data" / "fi_helsinki_kotka_pyrosm" / "kotka_karhula_test.osm.pbf"


@pytest.mark.needs_shared
def test_kotka_gives_its_buildings(shared: Path) -> None:
    found = read_osm(_kotka(shared), crs="EPSG:32635")
    assert found.premises.num_rows == 2208
    assert found.premises["note"].to_pylist().count("OSM building=residential") == 1154
    assert found.buildings_left_out == 11


@pytest.mark.needs_shared
def test_kotka_gives_its_streets(shared: Path) -> None:
    """1,515 nodes and 1,664 edges count every vertex; the 343rd way is under construction and has one vertex."""
    found = read_osm(_kotka(shared), crs="EPSG:32635", at_every_vertex=True)
    ways = {edge[0].rsplit("-", 1)[0] for edge in edges(found)}
    nodes = {name for edge in edges(found) for name in edge[2:]}
    assert len(ways) + found.ways_left_out + 1 == 343
    assert (len(nodes), found.streets.num_rows) == (1515, 1664)
    merged = read_osm(_kotka(shared), crs="EPSG:32635")
    nodes = {name for edge in edges(merged) for name in edge[2:]}
    # cutting only at junctions keeps the number of independent loops
    assert (len(nodes), merged.streets.num_rows) == (555, 704)
    assert merged.streets.num_rows - len(nodes) == 1664 - 1515


@pytest.mark.needs_shared
def test_helsinki_gives_the_same_counts_as_its_source_says(shared: Path) -> None:
    path = shared / "data" / "fi_helsinki_kotka_pyrosm" / "Helsinki.osm.pbf"
    found = read_osm(path, crs="EPSG:32635", at_every_vertex=True)
    nodes = {name for edge in edges(found) for name in edge[2:]}
    assert (found.premises.num_rows, len(nodes), found.streets.num_rows) == (486, 6067, 7158)
