"""Tables of sites, antennas and key points, and an outline, as people send them."""

import json
from pathlib import Path

import pytest

from guangcheng.base.errors import InputError
from guangcheng.base.places import from_metric
from guangcheng.registers.radio_files import read_antennas, read_key_points, read_masts, read_outline

CRS = "EPSG:4545"


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_sites_have_their_place_in_one_column_or_two_and_a_known_structure(tmp_path: Path) -> None:
    one = write(tmp_path, "a.csv", "site_id;construction;coordinates", "a;Building;29.6,106.5", "b;Mast;29.7,106.5")
    two = write(tmp_path, "b.csv", "站址编号,经度,纬度,站址类型", "a,106.5,29.6,楼面", "b,106.5,29.7,别的")
    first, second = read_masts(one, CRS), read_masts(two, CRS)
    assert first == second
    assert {name: mast.structure for name, mast in first.items()} == {"a": "rooftop", "b": "other"}


def test_antennas_without_an_azimuth_stay_without_one(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "antenna_id;site_id;operator;orientation", "1;a;甲;120.5", "2;a;甲;")
    assert [(row.antenna_id, row.operator, row.azimuth_deg) for row in read_antennas(path)] == [
        ("1", "甲", 120.5),
        ("2", "甲", None),
    ]


def test_a_line_is_cut_into_stretches_that_add_up(tmp_path: Path) -> None:
    lon, lat = from_metric([357_000.0, 357_120.0, 357_120.0], [3_277_000.0, 3_277_000.0, 3_277_030.0], CRS)
    rows = [f"road,{a:.9f},{b:.9f},yes" for a, b in zip(lon, lat, strict=True)]
    path = write(tmp_path, "p.csv", "place_id,lon,lat,line", *rows, f"spot,{lon[0]:.9f},{lat[0]:.9f},no")
    spot, *line = read_key_points(path, CRS, 50.0)
    assert (spot.place_id, spot.length_m) == ("spot", 0.0)
    assert [round(point.length_m) for point in line] == [40, 40, 40, 30]
    assert [round(point.x) for point in line] == [357_020, 357_060, 357_100, 357_120]
    assert [point.point_id for point in line] == ["1", "2", "3", "4"]


def test_indoor_points_and_systems(tmp_path: Path) -> None:
    path = write(tmp_path, "p.csv", "place_id,point_id,lon,lat,indoor,inside_m,indoor_system",
                 "h,门诊,106.5,29.6,是,5,mobile;telecom")  # fmt: skip
    (point,) = read_key_points(path, CRS, 50.0)
    assert (point.point_id, point.indoor, point.inside_m) == ("门诊", True, 5.0)
    assert point.indoor_systems == {"mobile", "telecom"}


def test_an_outline_in_degrees_or_metres_is_the_same_area(tmp_path: Path) -> None:
    corners = [(357_000.0, 3_277_000.0), (358_000.0, 3_277_000.0), (358_000.0, 3_278_000.0), (357_000.0, 3_277_000.0)]
    lon, lat = from_metric([x for x, _ in corners], [y for _, y in corners], CRS)
    degrees = [list(pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
    areas = []
    for name, ring, crs in (("m", corners, CRS), ("d", degrees, None)):
        shape = {"type": "Polygon", "coordinates": [ring]}
        told: dict[str, object] = {"type": "FeatureCollection"}
        told["features"] = [{"type": "Feature", "properties": {"n": 1}, "geometry": shape}]
        if crs:
            told["crs"] = {"type": "name", "properties": {"name": crs}}
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps(told))
        areas.append(read_outline(path, CRS).area)
    assert areas == pytest.approx([500_000.0, 500_000.0], rel=1e-6)


@pytest.mark.parametrize(
    ("what", "lines", "field", "row"),
    [
        ("masts", ["site_id,lon,lat", "a,200,29"], "lon", 2),
        ("masts", ["site_id,lon,lat", "a,106,29", "a,106,29"], "site_id", 3),
        ("masts", ["name,lon,lat", "a,106,29"], "site_id", None),
        ("masts", ["site_id,coordinates", "a,somewhere"], "lon", 2),
        ("antennas", ["site_id,operator,azimuth", "a,x,north"], "azimuth", 2),
        ("antennas", ["site_id,operator,azimuth", "a,x,720"], "azimuth", 2),
        ("antennas", ["site_id,operator", "a,x"], "azimuth", None),
        ("antennas", ["site_id,operator,azimuth", "a,,5"], "operator", 2),
        ("points", ["place_id,lon,lat,line", "r,106,29,yes"], "line", None),
        ("points", ["place_id,lon,lat,indoor", "r,106,29,maybe"], "indoor", 2),
        ("points", ["place_id,point_id,lon,lat", "r,1,106,29", "r,1,106,29"], "point_id", None),
        ("points", ["place_id,lon,lat,inside_m", "r,106,29,40"], "inside_m", 2),
    ],
)
def test_what_is_wrong_is_refused_with_its_row(
    tmp_path: Path, what: str, lines: list[str], field: str, row: int | None
) -> None:
    path = write(tmp_path, "x.csv", *lines)
    with pytest.raises(InputError) as refused:
        _read(what, path)
    assert (refused.value.where.field, refused.value.where.row) == (field, row)
    assert refused.value.where.file == str(path)


def _read(what: str, path: Path) -> object:
    if what == "masts":
        return read_masts(path, CRS)
    return read_antennas(path) if what == "antennas" else read_key_points(path, CRS, 50.0)


def test_a_layer_without_polygons_is_refused(tmp_path: Path) -> None:
    point = {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": [106.5, 29.6]}}
    path = tmp_path / "p.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
    with pytest.raises(InputError, match="polygons"):
        read_outline(path, CRS)
