"""Parquet and GeoParquet; each broken file has a twin that reads."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from guangcheng.registers.raw import RawColumn, RawTable

from .making import faults, headers, only, records, refused

POINTS = [shapely.to_wkb(shapely.Point(113.05, 23.7)), None]
GCS = {"id": {"authority": "EPSG", "code": 4490}}
DAY = datetime.fromisoformat("2018-06-30")


def write_geoparquet(path: Path, column: dict[str, Any]) -> Path:
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", **column}}}
    table = pa.table({"编号": ["P1", "P2"], "geometry": pa.array(POINTS, pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def test_plain_parquet_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "编号": ["P1", " "],
            "户数": [3, None],
            "比例": [0.5, 2.0],
            "启用": [date(2018, 6, 30), None],
            "时刻": pa.array([DAY, None], pa.timestamp("us", tz="UTC")),
            "在用": [True, False],
            "别名": [["甲", "乙"], []],
            "类": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    pq.write_table(table, path)
    found = only(path)
    assert found == RawTable(
        file=path,
        sheet=None,
        columns=[
            RawColumn("编号", "编号", ["P1", None]),
            RawColumn("户数", "户数", [3, None]),
            RawColumn("比例", "比例", [0.5, 2]),
            RawColumn("启用", "启用", [DAY, None]),
            RawColumn("时刻", "时刻", [DAY, None]),
            RawColumn("在用", "在用", [True, False]),
            RawColumn("别名", "别名", ["甲;乙", None]),
            RawColumn("类", "类", ["x", "y"]),
        ],
        rows=[1, 2],
    )


@pytest.mark.parametrize(
    ("column", "crs"),
    [
        ({}, "EPSG:4326"),
        ({"crs": None}, None),
        ({"crs": GCS}, "EPSG:4490"),
        ({"crs": {"id": {"authority": "OGC", "code": "CRS84"}}}, "EPSG:4326"),
        ({"crs": {"type": "GeographicCRS", "name": "地方坐标系"}}, '{"type": "GeographicCRS", "name": "地方坐标系"}'),
    ],
)
def test_geoparquet_and_its_crs(tmp_path: Path, column: dict[str, Any], crs: str | None) -> None:
    found = only(write_geoparquet(tmp_path / "a.parquet", column))
    assert (headers(found), records(found)) == (["编号"], [("P1",), ("P2",)])
    assert (found.geometry, found.crs, found.faults) == (POINTS, crs, [])


def test_geoparquet_with_another_geometry_encoding(tmp_path: Path) -> None:
    path = write_geoparquet(tmp_path / "a.parquet", {"encoding": "point"})
    assert refused(path)[:2] == ("WrongFormat", "R-007")


def test_numbers_that_are_none(tmp_path: Path) -> None:
    pq.write_table(pa.table({"数": [1.0, float("nan"), None, 4.41802102001e16]}), tmp_path / "a.parquet")
    found = only(tmp_path / "a.parquet")
    assert faults(found) == [("R-029", 2, "数", "nan"), ("R-024", 4, "数", "4.41802102001e+16")]
    exact = 44180210200100123
    pq.write_table(pa.table({"数": [1, exact]}), tmp_path / "b.parquet")
    assert (records(only(tmp_path / "b.parquet")), only(tmp_path / "b.parquet").faults) == ([(1,), (exact,)], [])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_parquet_cut_off(tmp_path: Path, share: float) -> None:
    path = write_geoparquet(tmp_path / "a.parquet", {})
    assert len(only(path).rows) == 2
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refused(path)[:2] == ("WrongFormat", "R-007")


def test_parquet_with_a_damaged_page(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"编号": [f"P{i}" for i in range(1000)]}), path, use_dictionary=False)
    assert len(only(path).rows) == 1000
    content = bytearray(path.read_bytes())
    content[4:60] = bytes(56)
    path.write_bytes(bytes(content))
    assert refused(path)[:2] == ("WrongFormat", "R-007")


def test_parquet_without_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"编号": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet")[:2] == ("InputError", "R-011")


def test_parquet_columns_of_one_name(tmp_path: Path) -> None:
    pq.write_table(pa.table([["x"], ["y"]], names=["编号", "编 号"]), tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet")[1] == "R-010"
