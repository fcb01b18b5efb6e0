"""Points into polygons of areas, and a grid summed by area."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.base.places import from_metric, to_metric
from guangcheng.registers.placing import AreaShapes, facts_of_cells, read_shapes
from guangcheng.registers.raw import RawColumn, RawTable
from tests.registers.samples import CRS, areas

EAST, NORTH = 38_500_000.0, 2_620_000.0
"""Corner of the small land, metres: 114° E, 23.7° N."""
Box = tuple[float, float, float, float]


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def layer(path: Path, *features: tuple[Mapping[str, Any], Any], crs: str = CRS) -> Path:
    """A GeoJSON layer of shapes given in metres."""

    def degrees(points: Any) -> Any:
        return np.column_stack(from_metric(points[:, 0], points[:, 1], crs))

    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": dict(properties),
                "geometry": json.loads(shapely.to_geojson(shapely.transform(shape, degrees))),
            }
            for properties, shape in features
        ],
    }
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def shapes(*pieces: tuple[str, shapely.Polygon]) -> AreaShapes:
    codes, polygons = zip(*pieces, strict=True)
    return AreaShapes("面", codes, codes, np.array(polygons, dtype=object))


def test_points_inside_on_borders_and_beyond() -> None:
    land = shapes(("a", box(0, 0, 1000, 1000)), ("b", box(1000, 0, 2000, 1000)))
    x = EAST + np.array([500.0, 1000.0, 1500.0, 2300.0, np.nan, 1000.0])
    y = NORTH + np.array([500.0, 500.0, 1000.0, 1400.0, 500.0, 1250.0])
    found = land.place(x, y)
    assert found.codes.tolist() == ["a", "a", "b", None, None, None]
    assert found.nearest.tolist() == [None, None, None, "b", None, "a"]
    assert found.distance_m == pytest.approx([0, 0, 0, 500, np.nan, 250], nan_ok=True)


def test_the_polygon_given_first_wins_where_polygons_nest() -> None:
    land = shapes(("village", box(0, 0, 10, 10)), ("town", box(0, 0, 100, 100)))
    assert land.place([EAST + 5, EAST + 50], [NORTH + 5, NORTH + 5]).codes.tolist() == ["village", "town"]


def test_distance_to_one_polygon() -> None:
    land = shapes(("a", box(0, 0, 10, 10)))
    found = land.distance("a", [EAST + 5, EAST + 13, np.nan], [NORTH + 5, NORTH + 14, NORTH])
    assert found == pytest.approx([0, 5, np.nan], nan_ok=True)


def test_sums_by_area() -> None:
    land = shapes(("a", box(0, 0, 10, 10)), ("b", box(10, 0, 20, 10)), ("c", box(500, 0, 510, 10)))
    found = land.sums(EAST + np.array([1, 2, 12, 40]), [NORTH] * 4, [0.25, 0.5, 5.0, 7.0])
    assert (found.by_code, found.cells) == ({"a": 0.75, "b": 5.0}, {"a": 2, "b": 1})
    assert (found.outside, found.cells_outside) == (7.0, 1)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(-5, 25), st.floats(0, 1e6)), min_size=1, max_size=30).flatmap(
        lambda cells: st.tuples(st.just(cells), st.permutations(cells))
    )
)
def test_sums_do_not_depend_on_the_order_of_cells(
    lists: tuple[Sequence[tuple[int, float]], Sequence[tuple[int, float]]],
) -> None:
    land = shapes(("a", box(0, 0, 10, 10)), ("b", box(10, 0, 20, 10)))
    one, two = (
        land.sums([EAST + x for x, _ in cells], [NORTH] * len(cells), [value for _, value in cells]) for cells in lists
    )
    assert one == two
    assert sum(one.cells.values()) + one.cells_outside == len(lists[0])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-10, 40), st.integers(-10, 20)), min_size=1, max_size=20))
def test_placing_boxes_is_comparing_numbers(points: list[tuple[int, int]]) -> None:
    boxes: dict[str, Box] = {"a": (0, 0, 10, 10), "b": (10, 0, 30, 10), "c": (10, 12, 30, 15)}
    land = shapes(*((code, box(*sides)) for code, sides in boxes.items()))

    def inside(x: int, y: int) -> str | None:
        hits = (code for code, (west, south, east, north) in boxes.items() if west <= x <= east and south <= y <= north)
        return next(hits, None)

    found = land.place([EAST + x for x, _ in points], [NORTH + y for _, y in points])
    assert found.codes.tolist() == [inside(x, y) for x, y in points]


def test_polygons_bear_codes_or_names(tmp_path: Path) -> None:
    path = layer(
        tmp_path / "面.geojson",
        ({"name": "清城", "gb": "156441802"}, box(0, 0, 100, 100)),
        ({"name": "源潭镇", "gb": None}, box(0, 0, 10, 10)),
        ({"name": "源潭镇", "gb": None}, box(20, 0, 30, 10)),
        ({"name": "龙塘镇", "gb": "441802102000"}, shapely.MultiPolygon([box(0, 20, 10, 30)])),
        ({"name": "别处", "gb": "156999999"}, box(500, 0, 600, 100)),
    )
    land = read_shapes(path, areas(), crs=CRS)
    assert (land.file, land.codes) == ("面.geojson", ("441802101", "441802102", "441802"))
    assert land.names == ("源潭镇", "龙塘镇", "清城区")
    assert land.unknown == ("别处",)
    assert shapely.area(land.shapes) == pytest.approx([200, 100, 10_000], rel=1e-4)
    assert land.place(*_at((5, 5), (25, 5), (50, 50), (550, 50))).codes.tolist() == [
        "441802101",
        "441802101",
        "441802",
        None,
    ]


def _at(*points: tuple[float, float]) -> tuple[list[float], list[float]]:
    return [EAST + x for x, _ in points], [NORTH + y for _, y in points]


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ([({"name": "别处"}, box(0, 0, 1, 1))], "别处"),
        ([({"name": "清城区"}, shapely.Point(EAST, NORTH))], "R-159"),
    ],
)
def test_files_that_cannot_place_are_refused(tmp_path: Path, features: Any, words: str) -> None:
    path = layer(tmp_path / "面.geojson", *features)
    with pytest.raises(InputError) as caught:
        read_shapes(path, areas(), crs=CRS)
    assert words in caught.value.message.zh
    assert caught.value.where.file == str(path)


def test_a_table_has_no_polygons(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("代码,名称\n441802,清城区\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_shapes(path, areas(), crs=CRS)
    assert "没有几何" in caught.value.message.zh


def test_a_grid_becomes_dated_facts() -> None:
    land = shapes(("441802101", box(0, 0, 100, 100)), ("441802102", box(100, 0, 200, 100)))
    lon, lat = from_metric([EAST + 10, EAST + 20, EAST + 150, EAST + 900], [NORTH + 10] * 4, CRS)
    cells = RawTable(
        Path("grid.csv"),
        None,
        [
            RawColumn("POP", "A", ["1.25", "1.25", "0.4", "9"]),
            RawColumn("lng", "B", lon.tolist()),
            RawColumn("lat", "C", lat.tolist()),
        ],
        [2, 3, 4, 5],
    )
    table, sums = facts_of_cells(
        cells, land, value="POP", lon="lng", lat="lat", as_of=date(2015, 12, 31), crs=CRS, source="格网"
    )
    assert {column.header: column.cells for column in table.columns} == {
        "area_code": ["441802101", "441802102"],
        "as_of": ["2015-12-31", "2015-12-31"],
        "population": [3, 0],
        "source_note": ["格网", "格网"],
    }
    assert (sums.outside, sums.cells_outside) == (9.0, 1)
    assert to_metric(lon[:1], lat[:1], CRS)[0][0] == pytest.approx(EAST + 10, abs=1e-6)
