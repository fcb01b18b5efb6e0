"""Where a row lies: columns, merged columns, geometry; which datum; what cannot be."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum, from_metric, to_metric
from guangcheng.registers.city import City
from guangcheng.registers.importing import ImportOptions
from guangcheng.registers.intake import Intake, IntakeContext, take
from guangcheng.registers.schema import schema
from tests.registers.intake.town import AS_OF, CRS, LAT, LON, raw_table, try_import

HEAD = ("站址编号", "经度", "纬度")


def taken(
    rows: list[tuple[object, ...]], register: str = "wireless_sites", datum: Datum | None = None, **more: Any
) -> Intake:
    context = IntakeContext(crs=CRS, as_of=AS_OF, datum=datum)
    return take(raw_table(rows, **more), schema(register), context)


def rules_of(found: Intake) -> list[str]:
    return [fault.rule for fault in found.faults]


def wkb(*shapes: str | None) -> list[bytes | None]:
    return [None if text is None else shapely.to_wkb(shapely.from_wkt(text)) for text in shapes]


def test_metres_and_degrees_of_a_plain_point() -> None:
    found = taken([HEAD, ("S", LON, LAT)], datum=Datum.WGS84)
    (row,) = found.table.to_pylist()
    x, y = to_metric([LON], [LAT], CRS)
    assert (row["lon"], row["lat"], row["x"], row["y"]) == (LON, LAT, x[0], y[0])
    assert rules_of(found) == []


def test_an_undeclared_datum_is_taken_for_wgs84_and_said() -> None:
    assert rules_of(taken([HEAD, ("S", LON, LAT)])) == ["R-162"]
    assert rules_of(taken([HEAD, ("S", "", "")])) == []


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_declared_datum_is_undone(datum: Datum) -> None:
    plain = taken([HEAD, ("S", LON, LAT)], datum=Datum.WGS84).table.to_pylist()[0]
    moved = taken([HEAD, ("S", LON, LAT)], datum=datum).table.to_pylist()[0]
    assert 300 < np.hypot(plain["x"] - moved["x"], plain["y"] - moved["y"]) < 1500
    in_header = taken([("站址编号", f"经度({datum.value})", "纬度"), ("S", LON, LAT)]).table.to_pylist()[0]
    in_column = taken([(*HEAD, "坐标系"), ("S", LON, LAT, datum.value)]).table.to_pylist()[0]
    assert in_header == in_column == moved


def test_rows_may_have_a_datum_each() -> None:
    found = taken([(*HEAD, "坐标系"), ("A", LON, LAT, "百度"), ("B", LON, LAT, ""), ("C", LON, LAT, "CGCS2000")])
    x = {row["site_id"]: row["x"] for row in found.table.to_pylist()}
    assert x["B"] == x["C"]
    assert abs(x["A"] - x["B"]) > 300
    assert rules_of(found) == []


def test_merged_columns_in_every_spelling() -> None:
    separators = (",", "，", " ", ", ", "、", ";")
    cells = (*(f"{LON}{mark}{LAT}" for mark in separators), f"({LON}, {LAT})", "１１３．０５,23.7")
    found = taken([("站址编号", "经纬度(WGS84)"), *((f"S{n}", cell) for n, cell in enumerate(cells)), ("T", "无")])
    points = [(row["lon"], row["lat"]) for row in found.table.to_pylist()]
    assert points == [(LON, LAT)] * len(cells) + [(None, None)]
    swapped = taken([("站址编号", "纬经度(WGS84)"), ("S", f"{LAT},{LON}")])
    assert [(row["lon"], row["lat"]) for row in swapped.table.to_pylist()] == [(LON, LAT)]


@pytest.mark.parametrize(
    ("lon", "lat", "number"),
    [
        (LAT, LON, "R-152"),
        (0, 0, "R-154"),
        (LON, 0, "R-154"),
        (181, LAT, "R-151"),
        (LON, -91, "R-151"),
        (24.0, 0.01, "R-164"),
        (38_403_110.0, 2_622_384.7, "R-151"),
    ],
)
def test_coordinates_that_cannot_be(lon: float, lat: float, number: str) -> None:
    found = taken([HEAD, ("S", lon, lat)], datum=Datum.WGS84)
    assert rules_of(found) == [number]
    assert (found.table.num_rows, len(found.refused)) == (0, 1)


def test_rows_without_a_point_are_kept_unless_it_is_required() -> None:
    assert taken([HEAD, ("S", "", "—")]).table.num_rows == 1
    found = taken([("接入点编号", "运营商", "经度", "纬度"), ("A", "电信", "", "")], "access_points")
    assert [(fault.rule, fault.where.field) for fault in found.faults] == [("R-110", "lon")]


def test_points_of_a_layer_in_another_crs() -> None:
    x, y = to_metric([LON], [LAT], "EPSG:32649")
    found = taken([("站址编号",), ("S",)], geometry=wkb(f"POINT ({float(x[0])!r} {float(y[0])!r})"), crs="EPSG:32649")
    (row,) = found.table.to_pylist()
    assert (row["lon"], row["lat"]) == pytest.approx((LON, LAT), abs=1e-8)
    assert rules_of(found) == []


def test_a_shape_gives_a_point_inside_it() -> None:
    square = f"POLYGON (({LON} {LAT}, {LON + 0.01} {LAT}, {LON + 0.01} {LAT + 0.01}, {LON} {LAT + 0.01}, {LON} {LAT}))"
    found = taken([("站址编号",), ("S",), ("T",)], geometry=wkb(square, None), crs="EPSG:4326")
    first, second = found.table.to_pylist()
    assert shapely.contains_xy(shapely.from_wkt(square), first["lon"], first["lat"])
    assert second["lon"] is None
    assert rules_of(found) == ["R-158"]


def test_a_line_is_no_point_and_geometry_wins_over_columns() -> None:
    found = taken(
        [HEAD, ("S", 1, 1), ("T", 1, 1)],
        geometry=wkb(f"LINESTRING ({LON} {LAT}, 113 23)", f"POINT ({LON} {LAT})"),
        crs="EPSG:4326",
    )
    assert sorted(rules_of(found)) == ["R-159", "R-163"]
    assert [row["lon"] for row in found.table.to_pylist()] == [LON]


def test_a_layer_with_its_axes_swapped() -> None:
    found = taken([("站址编号",), ("S",)], geometry=wkb(f"POINT ({LAT} {LON})"), crs="EPSG:4326")
    assert rules_of(found) == ["R-152"]


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"geometry": wkb(f"POINT ({LON} {LAT})"), "crs": "EPSG:4326", "datum": Datum.GCJ02}, "站址编号"),
        ({"datum": Datum.BD09}, "经纬度(高德)"),
    ],
)
def test_contradicting_declarations_refuse_the_file(options: dict[str, Any], header: str) -> None:
    rows: list[tuple[object, ...]] = [("站址编号", "经纬度(高德)"), ("S", f"{LON},{LAT}")]
    if header == "站址编号":
        rows = [("站址编号",), ("S",)]
    with pytest.raises(InputError, match="R-157"):
        taken(rows, **options)


def test_wgs84_and_cgcs2000_do_not_contradict() -> None:
    found = taken([("站址编号",), ("S",)], geometry=wkb(f"POINT ({LON} {LAT})"), crs="EPSG:4490", datum=Datum.WGS84)
    assert rules_of(found) == []


def test_streets_are_lines_in_metres() -> None:
    line = f"LINESTRING ({LON} {LAT}, {LON + 0.001} {LAT})"
    shapes = wkb(
        line,
        f"MULTILINESTRING (({LON} {LAT}, 113.051 {LAT}), (113.051 {LAT}, 113.052 {LAT}))",
        f"POINT ({LON} {LAT})",
        None,
    )
    found = taken([("路段编号",), ("a",), ("b",), ("c",), ("d",)], "streets", geometry=shapes, crs="EPSG:4326")
    assert rules_of(found) == ["R-159", "R-159"]
    lines = shapely.from_wkb(found.table["geometry"].to_pylist())
    assert [len(shapely.get_coordinates(item)) for item in lines] == [2, 3]
    x, y = shapely.get_coordinates(lines[0]).T
    lon, lat = from_metric(x, y, CRS)
    assert lon == pytest.approx([LON, LON + 0.001], abs=1e-9)
    assert lat == pytest.approx([LAT, LAT], abs=1e-9)


def test_streets_without_lines_refuse_the_file() -> None:
    with pytest.raises(InputError, match="R-101"):
        taken([("路段编号",), ("a",)], "streets")


def test_geojson_declared_as_gcj02(town: City, tmp_path: Path) -> None:
    """A GeoJSON file is WGS84 by its standard; a person saying otherwise must make up their mind."""
    path = tmp_path / "a.geojson"
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [LON, LAT]},
        "properties": {"驻地编号": "N0", "类型": "小区", "所属区域": "441802006"},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    with pytest.raises(InputError, match="R-157"):
        try_import(town, "premises", path, ImportOptions(datum=Datum.GCJ02))
    assert try_import(town, "premises", path).accepted == 1
