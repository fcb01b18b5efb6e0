"""Rows that name no area: by a given area, by polygons; points outside the polygon of their area."""

from pathlib import Path

import pytest
import shapely

from guangcheng.base.errors import InputError, NotFound, UsageError
from guangcheng.base.places import Datum, from_metric, to_metric
from guangcheng.registers.city import City
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files
from tests.registers.intake.town import CRS, LAT, LON, Rows, try_import, write_csv
from tests.registers.test_placing import layer

HEAD = ("驻地编号", "类型", "所属区域", "经度", "纬度")
X0, Y0 = (float(axis[0]) for axis in to_metric([LON], [LAT], CRS))


@pytest.fixture
def polygons(tmp_path: Path) -> Path:
    """凤城街道 is 1 km to the west of the town's origin, 源潭镇 1 km to the east."""
    return layer(
        tmp_path / "街镇.geojson",
        ({"code": "441802006"}, _box(-1000, 0)),
        ({"code": "441802103"}, _box(0, 1000)),
        ({"code": "999999"}, _box(5000, 6000)),
        crs=CRS,
    )


def _box(west: float, east: float) -> shapely.Polygon:
    return shapely.box(X0 + west, Y0 - 500, X0 + east, Y0 + 500)


def degrees(east: float) -> tuple[float, float]:
    lon, lat = from_metric([X0 + east], [Y0], CRS)
    return float(lon[0]), float(lat[0])


def marks(report: ImportReport) -> list[str]:
    return [f"{fault.rule}@{fault.where.row}" for fault in report.faults]


def run(city: City, register: str, path: Path, **more: object) -> ImportReport:
    return try_import(city, register, path, ImportOptions(datum=Datum.WGS84, **more))  # type: ignore[arg-type]


def test_rows_without_an_area_go_by_polygons(own_town: City, tmp_path: Path, polygons: Path) -> None:
    rows: Rows = (
        HEAD,
        ("N1", "小区", "", *degrees(-500)),
        ("N2", "小区", "", *degrees(500)),
        ("N3", "小区", "", *degrees(1300)),
        ("N4", "小区", "", "", ""),
        ("N5", "小区", "441802006001", *degrees(-10)),
        ("N6", "小区", "441802006001", *degrees(250)),
    )
    path = write_csv(tmp_path / "p.csv", rows)
    options = ImportOptions(datum=Datum.WGS84, shapes_file=polygons)
    report = import_files(own_town, "premises", [path], options)
    assert marks(report) == ["R-145@None", "R-146@4", "R-110@5", "R-148@7"]
    by_rule = {fault.rule: fault for fault in report.faults}
    assert "2 行" in by_rule["R-145"].why.zh
    assert "“源潭镇”（441802103）300 米" in by_rule["R-146"].why.zh
    assert "250 m outside the polygon of 凤城街道 (441802006)" in by_rule["R-148"].why.en
    assert [note.zh for note in report.notes] == ["街镇.geojson 里有 1 个面不是区域台账里的区域，未使用：999999"]
    table = own_town.view().table("premises", ["premises_id", "area_code"]).to_pylist()
    assert {row["premises_id"]: row["area_code"] for row in table if row["premises_id"].startswith("N")} == {
        "N1": "441802006",
        "N2": "441802103",
        "N5": "441802006001",
        "N6": "441802006001",
    }
    assert (report.accepted, report.refused) == (4, 2)


def test_without_a_column_of_areas(town: City, tmp_path: Path, polygons: Path) -> None:
    path = write_csv(tmp_path / "p.csv", (tuple(HEAD[i] for i in (0, 1, 3, 4)), ("N1", "小区", *degrees(500))))
    with pytest.raises(InputError) as caught:
        run(town, "premises", path)
    assert "R-101" in caught.value.message.zh
    assert "--shapes" in caught.value.mend.zh
    assert marks(run(town, "premises", path, shapes_file=polygons)) == ["R-145@None"]
    given = run(town, "premises", path, area="441802006")
    assert marks(given) == ["R-149@None"]
    assert "1 行没有写区域，按导入时指定的“凤城街道”（441802006）计" in given.faults[0].why.zh


def test_an_area_that_cannot_be_found_is_not_replaced(town: City, tmp_path: Path, polygons: Path) -> None:
    path = write_csv(tmp_path / "p.csv", (HEAD, ("N1", "小区", "无此社区", *degrees(500))))
    assert marks(run(town, "premises", path, shapes_file=polygons)) == ["R-139@2"]
    assert marks(run(town, "premises", path, area="441802006")) == ["R-139@2"]


def test_where_the_area_may_stay_empty_the_point_is_only_noted(town: City, tmp_path: Path, polygons: Path) -> None:
    head = ("接入点编号", "运营商", "经度", "纬度")
    rows: Rows = (head, ("B1", "电信", *degrees(500)), ("B2", "电信", *degrees(1300)))
    report = run(town, "access_points", write_csv(tmp_path / "a.csv", rows), shapes_file=polygons)
    assert marks(report) == ["R-145@None", "R-147@3"]
    assert (report.accepted, report.refused) == (2, 0)


def test_options_that_make_no_sense(town: City, tmp_path: Path, polygons: Path) -> None:
    path = write_csv(tmp_path / "p.csv", (HEAD, ("N1", "小区", "", *degrees(500))))
    with pytest.raises(UsageError):
        run(town, "premises", path, shapes_file=polygons, area="441802006")
    with pytest.raises(NotFound) as caught:
        run(town, "premises", path, area="441899")
    assert caught.value.where.field == "--area"
    with pytest.raises(UsageError) as refused:
        run(
            town,
            "areas",
            write_csv(tmp_path / "b.csv", (("代码", "名称", "层级"), ("441802", "清城区", "区县"))),
            shapes_file=polygons,
        )
    assert refused.value.where.field == "--shapes"
