"""GeoJSON, GeoPackage and Shapefile by GDAL; each broken file has a twin that reads."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.readers import read

from .making import english, faults, feature, headers, only, records, refused, write_geojson, write_text

POINT = {"type": "Point", "coordinates": [113.05, 23.7]}
NAMES = ["编号", "名称", "户数", "启用日期"]


def write_spatial(path: Path, names: list[str], columns: list[Any], points: Any = None, **options: Any) -> Path:
    places = points if points is not None else shapely.to_wkb(shapely.points([[113.05, 23.7], [113.06, 23.8]]))
    pyogrio.raw.write(
        path,
        np.asarray(places, dtype=object),
        [np.asarray(column) for column in columns],
        np.asarray(names, dtype=object),
        **{"geometry_type": "Point", "crs": "EPSG:4490", **options},
    )
    return path


def columns_of_two() -> list[Any]:
    days = np.asarray(["2018-06-30", "2018-07-01"], dtype="datetime64[D]")
    return [
        np.asarray(["P1", "P2"], dtype=object),
        np.asarray(["源潭镇", None], dtype=object),
        np.asarray([3, 4]),
        days,
    ]


ROWS = [
    ("P1", "源潭镇", 3, datetime.fromisoformat("2018-06-30")),
    ("P2", None, 4, datetime.fromisoformat("2018-07-01")),
]


def points_of(table: RawTable) -> list[str | None]:
    return [None if wkb is None else shapely.from_wkb(wkb).wkt for wkb in table.geometry or []]


def test_geojson_whole(tmp_path: Path) -> None:
    path = write_geojson(
        tmp_path / "a.geojson",
        [
            feature({"id": "P1", "户数": 3, "比例": 0.5, "整": 2.0, "日期": "2018-06-30", "在用": True}, POINT),
            feature({"id": "P2", "户数": None, "比例": 1.5, "整": 3, "日期": "2018/7/1", "在用": False}, None),
        ],
    )
    found = only(path)
    assert found == RawTable(
        file=path,
        sheet=None,
        columns=[
            RawColumn("id", "id", ["P1", "P2"]),
            RawColumn("户数", "户数", [3, None]),
            RawColumn("比例", "比例", [0.5, 1.5]),
            RawColumn("整", "整", [2, 3]),
            RawColumn("日期", "日期", ["2018-06-30", "2018/7/1"]),
            RawColumn("在用", "在用", [True, False]),
        ],
        rows=[1, 2],
        geometry=[shapely.to_wkb(shapely.Point(113.05, 23.7)), None],
        crs="EPSG:4326",
    )
    assert [type(cell) for cell in found.columns[3].cells] == [int, int]


def test_geojson_declares_another_crs(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert only(write_geojson(tmp_path / "a.geojson", [feature({"id": 1}, POINT)], crs=crs)).crs == "EPSG:4490"


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("23.7", "NaN", "it holds NaN, which is no number in JSON"),
        ("3}", "-Infinity}", "it holds -Infinity, which is no number in JSON"),
        ("[113.05, 23.7]", '"113.05, 23.7"', "feature 1: its geometry is malformed"),
        ("[113.05, 23.7]", "[[113.05, 23.7]]", "feature 1: its geometry is malformed"),
        ("[113.05, 23.7]", "[113.05]", "feature 1: its geometry is malformed"),
        ('"Point"', '"Punkt"', "feature 1: its geometry is malformed"),
        ('{"户数": 3}', "[3]", "feature 1: its “properties” is no object"),
        ('"Feature"', '"Thing"', "member 1 of “features” is no Feature"),
        ('"FeatureCollection"', '"Topology"', "the outermost object is no FeatureCollection"),
        ('"features"', '"things"', "“features” is no array"),
        ("}}]}", "}}]", "not valid JSON at line 2, character 151"),
        ("}}]}", "}}],}", "not valid JSON at line 2, character 152"),
    ],
)
def test_geojson_malformed(tmp_path: Path, old: str, new: str, detail: str) -> None:
    content = (
        '\n{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"户数": 3}, '
        '"geometry": {"type": "Point", "coordinates": [113.05, 23.7]}}]}'
    )
    assert old in content
    kind, rule, error = refused(write_text(tmp_path / "a.geojson", content.replace(old, new, 1)))
    assert (kind, rule) == ("WrongFormat", "R-015")
    assert error.message.en == f"the GeoJSON is not well formed: {detail} (R-015)"
    assert records(only(write_text(tmp_path / "b.geojson", content))) == [(3,)]


def test_geojson_properties_that_look_like_geojson(tmp_path: Path) -> None:
    inner = {"type": ["a"], "特征": {"type": "Feature"}, "点": {"type": "Point", "coordinates": "x"}}
    path = write_geojson(tmp_path / "a.geojson", [feature({"id": "P1", "type": "Point", "内": inner}, POINT)])
    found = only(path)
    assert (headers(found), records(found)[0][:2], found.faults) == (["id", "type", "内"], ("P1", "Point"), [])
    assert json.loads(str(records(found)[0][2])) == inner


def test_geojson_nested_without_end(tmp_path: Path) -> None:
    assert refused(write_text(tmp_path / "a.geojson", "[" * 100_000))[1] == "R-015"


def test_geojson_in_another_encoding(tmp_path: Path) -> None:
    content = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"名": "村"}, "geometry": null}]}'
    )
    assert refused(write_text(tmp_path / "a.geojson", content, "gbk"))[:2] == ("WrongFormat", "R-004")
    assert records(only(write_text(tmp_path / "b.geojson", content))) == [("村",)]


def test_geojson_without_features(tmp_path: Path) -> None:
    assert refused(write_geojson(tmp_path / "a.geojson", []))[:2] == ("InputError", "R-011")


def test_geojson_properties_of_one_name(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", [feature({"户数": 1, "户 数": 2}, None)])
    assert refused(path)[1] == "R-010"


def test_geopackage_whole(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.gpkg", NAMES, columns_of_two(), layer="驻地")
    found = only(path)
    assert (found.sheet, found.crs, found.rows, found.notes, found.faults) == ("驻地", "EPSG:4490", [1, 2], [], [])
    assert (headers(found), records(found)) == (NAMES, ROWS)
    assert points_of(found) == ["POINT (113.05 23.7)", "POINT (113.06 23.8)"]
    assert [column.label for column in found.columns] == NAMES


def test_geopackage_layers(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.gpkg", NAMES, columns_of_two(), layer="驻地")
    write_spatial(path, ["编号"], [np.asarray(["X"], dtype=object)], shapely.to_wkb([None]), layer="站址", append=True)
    write_spatial(path, ["编号"], [np.asarray([], dtype=object)], [], layer="空层", append=True)
    tables = read(path)
    assert [(table.sheet, len(table.rows)) for table in tables] == [("驻地", 2), ("站址", 1)]
    assert english(tables[0].notes) == ["layer “空层” has no data, not read"]
    assert points_of(tables[1]) == [None]
    assert [table.sheet for table in read(path, sheet="站址")] == ["站址"]
    assert refused(path, sheet="无")[:2] == ("UsageError", "R-016")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_geopackage_cut_off(tmp_path: Path, share: float) -> None:
    path = write_spatial(tmp_path / "a.gpkg", NAMES, columns_of_two())
    assert records(only(path)) == ROWS
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refused(path)[:2] == ("WrongFormat", "R-007")


def test_geopackage_numbers_and_coordinates_that_are_none(tmp_path: Path) -> None:
    points = shapely.to_wkb(shapely.points([[113.05, 23.7], [113.06, float("nan")], [1, 2], [3, 4]]))
    values = np.asarray([1.5, 2.0, float("inf"), 4.41802102001e16])
    path = write_spatial(tmp_path / "a.gpkg", ["户数"], [values], points)
    found = only(path)
    assert records(found) == [(1.5,), (2,), (float("inf"),), (4.41802102001e16,)]
    assert faults(found) == [
        ("R-028", 2, None, ""),
        ("R-029", 3, "户数", "inf"),
        ("R-024", 4, "户数", "4.41802102001e+16"),
    ]


def test_geopackage_columns_of_bytes_are_left_out(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.gpkg", ["编号"], [np.asarray(["P1", "P2"], dtype=object)], layer="驻地")
    with closing(sqlite3.connect(path)) as database:
        database.execute('ALTER TABLE "驻地" ADD COLUMN "照片" BLOB')
        database.commit()
    found = only(path)
    assert (headers(found), english(found.notes)) == (["编号"], ["column “照片” holds raw bytes, not read"])


SHORT = ["id", "name", "count", "since"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_shapefile_whole(tmp_path: Path, encoding: str) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding=encoding)
    found = only(path)
    assert (found.sheet, found.crs, found.rows, found.faults) == ("a", "EPSG:4490", [1, 2], [])
    assert (headers(found), records(found)) == (SHORT, ROWS)
    assert points_of(found) == ["POINT (113.05 23.7)", "POINT (113.06 23.8)"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_shapefile_that_does_not_state_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding=encoding)
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[29] = 0  # the language id, the other place that may state it
    table.write_bytes(bytes(content))
    assert records(only(path)) == ROWS
    assert records(only(path, encoding=encoding)) == ROWS


def test_shapefile_in_no_known_encoding(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    assert "源潭镇".encode() in table.read_bytes()
    table.write_bytes(table.read_bytes().replace("源潭镇".encode(), b"\xff" * 9))
    assert refused(path)[:2] == ("WrongFormat", "R-031")


def test_shapefile_whose_stated_encoding_is_wrong(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8")
    assert refused(path)[:2] == ("WrongFormat", "R-031")
    assert records(only(path, encoding="gbk")) == ROWS
    assert refused(path, encoding="klingon")[:2] == ("UsageError", "R-017")


@pytest.mark.parametrize("stated", ["936", "ANSI 936", "GB2312", "ISO-8859-1", "nonsense"])
def test_shapefile_whose_encoding_is_stated_oddly(tmp_path: Path, stated: str) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="GBK")
    path.with_suffix(".cpg").write_text(f"{stated}\n")
    assert records(only(path)) == ROWS


def test_shapefile_names_and_texts_cut_inside_a_character(tmp_path: Path) -> None:
    texts = np.asarray(["村" * 100, "甲"], dtype=object)
    with pytest.warns(RuntimeWarning):
        path = write_spatial(tmp_path / "a.shp", ["驻地编号", "名称"], [texts, texts], encoding="UTF-8")
    found = only(path)
    assert (headers(found), records(found)) == (["驻地编", "名称"], [("村" * 84, "村" * 84), ("甲", "甲")])


def test_shapefile_without_its_crs(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    found = only(path)
    assert (found.crs, english(found.notes)) == (None, ["there is no .prj, so the file does not declare its CRS"])


@pytest.mark.parametrize("lost", [".dbf", ".shx"])
def test_shapefile_without_a_companion(tmp_path: Path, lost: str) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="UTF-8")
    path.with_suffix(lost).unlink()
    kind, rule, error = refused(path)
    assert (kind, rule) == ("WrongFormat", "R-014")
    assert error.message.en == f"the shapefile lacks its companion a{lost} (R-014)"


def test_shapefile_cut_off(tmp_path: Path) -> None:
    path = write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="UTF-8")
    path.write_bytes(path.read_bytes()[:60])
    assert refused(path)[:2] == ("WrongFormat", "R-007")


def test_shapefile_zipped(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_spatial(tmp_path / f"{name}.shp", SHORT, columns_of_two(), encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in sorted(tmp_path.glob("[ab].*")):
            archive.write(file, f"folder/{file.name}")
    tables = read(tmp_path / "all.zip")
    assert [(table.file.name, table.sheet, records(table)) for table in tables] == [
        ("all.zip", "a", ROWS),
        ("all.zip", "b", ROWS),
    ]
    assert [table.sheet for table in read(tmp_path / "all.zip", sheet="b")] == ["b"]
    assert refused(tmp_path / "all.zip", sheet="c")[:2] == ("UsageError", "R-016")
    shutil.copy(tmp_path / "all.zip", tmp_path / "all.shp")
    assert refused(tmp_path / "all.shp")[1] == "R-001"


def test_shapefile_zipped_without_a_companion(tmp_path: Path) -> None:
    write_spatial(tmp_path / "a.shp", SHORT, columns_of_two(), encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.shp", "a.shp")
    assert refused(tmp_path / "a.zip")[2].message.en == "the shapefile lacks its companion a.shx, a.dbf (R-014)"
