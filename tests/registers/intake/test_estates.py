"""Estates of a real city, as a table and as a layer; the twin has three of our own."""

import json
from pathlib import Path

import pytest

from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files
from tests.registers.intake.town import AS_OF, CRS, LAT, LON, write_csv

MAP = (
    '"group" = "premises_id"\n"listings" = "ignore"\n"log_price_mean" = "ignore"\n"floor_area_median" = "ignore"\n'
    'kind = {constant = "小区"}\narea_code = {constant = "420106"}\n'
)
AREAS = (("代码", "名称", "层级"), ("420106", "武昌区", "区县"))


def import_estates(source: Path, work: Path) -> tuple[City, ImportReport]:
    """Import a file of estates into a city that has one district."""
    city = City.create(work / "city", CityConfig(name="武汉", area_code="420106", crs=CRS, as_of=AS_OF))
    import_files(city, "areas", [write_csv(work / "areas.csv", AREAS)])
    settled = work / "map.toml"
    settled.write_text(MAP, encoding="utf-8")
    return city, import_files(city, "premises", [source], ImportOptions(map_file=settled))


def test_three_estates(tmp_path: Path) -> None:
    head = ("group", "lon", "lat", "listings", "log_price_mean", "floor_area_median")
    path = write_csv(tmp_path / "estates.csv", (head, *((n, LON, LAT + n / 1000, 5, 9.9, 88.5) for n in (1, 2, 3))))
    city, report = import_estates(path, tmp_path)
    assert (report.status, report.accepted, report.by_rule()) == ("imported", 3, {"R-162": 1})
    assert city.view().table("premises", ["premises_id"])["premises_id"].to_pylist() == ["1", "2", "3"]


@pytest.mark.needs_shared
def test_the_estates_of_wuhan(shared: Path, tmp_path: Path) -> None:
    city, report = import_estates(shared / "data/cn_wuhan/residential_neighbourhoods_2018.csv", tmp_path)
    assert (report.status, report.accepted, report.refused, report.by_rule()) == ("imported", 779, 0, {"R-162": 1})
    table = city.view().table("premises")
    assert table.num_rows == 779
    assert table["x"].null_count == 0


@pytest.mark.needs_shared
def test_the_estates_of_wuchang_as_a_layer(shared: Path, tmp_path: Path) -> None:
    source = shared / "data/cn_wuhan/derived_wuchang_420106/residential_neighbourhoods.geojson"
    properties = json.loads(source.read_text(encoding="utf-8"))["features"][0]["properties"]
    assert "group" in properties
    _, report = import_estates(source, tmp_path)
    assert (report.status, report.accepted, report.refused) == ("imported", 120, 0)
    assert set(report.by_rule()) <= {"R-103", "R-163"}
