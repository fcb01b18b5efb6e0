"""The demonstration on disk: whole, readable, repeatable, and with files to practise on."""

import csv
import zipfile
from pathlib import Path

import openpyxl
import pytest

from guangcheng.apps.demo.inputs import FACTS, POINTS, WORKBOOK
from guangcheng.apps.demo.write import DemoFolders, write_demo
from guangcheng.base.errors import Refused, UsageError
from guangcheng.registers.city import City
from guangcheng.registers.faults import Severity
from guangcheng.registers.importing import import_files
from tests.apps.demo.conftest import SMALL


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> DemoFolders:
    return write_demo(tmp_path_factory.mktemp("made") / "demo", premises=SMALL)


def test_three_cities_with_their_standards_and_days(written: DemoFolders) -> None:
    cities = [City.open(folder) for folder in written.cities]
    assert [(city.config.area_code, city.config.standards, str(city.config.as_of)) for city in cities] == [
        ("441802", ("qingcheng-2017-all-optical",), "2018-06-30"),
        ("500157", ("liangjiang-2022-gigabit",), "2022-08-31"),
        ("450700", ("qinzhou-2015-broadband",), "2015-12-31"),
    ]
    assert cities[0].view().table("premises", ["premises_id"]).num_rows == SMALL
    assert [str(info.as_of) for info in cities[2].registers.history("indicator_values")] == ["2014-12-31", "2015-12-31"]


def test_the_truth_lies_beside_the_cities(written: DemoFolders) -> None:
    with written.truth.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    district = [row for row in rows if row["code"] == "441802"]
    assert [(row["city"], row["verdict"], row["numerator"], row["denominator"]) for row in district] == [
        ("qingcheng", "fail", "4", "8")
    ]
    assert sum(row["subject"] == "premises" for row in rows) == SMALL


def test_a_second_time_gives_the_same_bytes(written: DemoFolders, tmp_path: Path) -> None:
    again = write_demo(tmp_path / "again", premises=SMALL)
    files = sorted(path.relative_to(written.folder) for path in written.folder.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again.folder) for path in again.folder.rglob("*") if path.is_file())
    for name in files:
        assert (written.folder / name).read_bytes() == (again.folder / name).read_bytes(), name


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(Refused):
        write_demo(mine, premises=SMALL)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "letter.txt"]


def test_nothing_is_left_of_a_demonstration_that_could_not_be_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_demo(tmp_path / "demo", premises=10)
    assert list(tmp_path.iterdir()) == []


def test_the_workbook_is_as_messy_as_promised(written: DemoFolders) -> None:
    sheet = openpyxl.load_workbook(written.input / WORKBOOK)["驻地"]
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {"A1:I1", "A3:A4", "E3:F3", "G3:H3", "D5:D8"} <= merged
    assert [cell.value for cell in sheet[4]][4:8] == ["经度", "纬度", "户数", "楼栋数"]
    assert sheet.cell(sheet.max_row, 1).value == "合计"
    households = [int(str(sheet.cell(row, 7).value)) for row in range(5, sheet.max_row)]
    assert sheet.cell(sheet.max_row, 7).value == sum(households)
    assert min(households) == -5
    assert [sheet.cell(row, 1).value for row in range(5, sheet.max_row)].count(None) == 1
    with zipfile.ZipFile(written.input / WORKBOOK) as parts:
        assert b"2018-07-01" in parts.read("docProps/core.xml")


def test_importing_the_practice_files_gives_the_faults_they_were_given(tmp_path: Path) -> None:
    made = write_demo(tmp_path / "demo", premises=SMALL)
    city = City.open(made.qingcheng)
    premises = import_files(city, "premises", [made.input / WORKBOOK])
    errors = [(fault.rule, fault.where.row) for fault in premises.faults if fault.severity == Severity.ERROR]
    assert (premises.accepted, premises.refused) == (16, 4)
    assert errors == [("R-152", 6), ("R-170", 11), ("R-111", 16), ("R-110", 18)]
    points = import_files(city, "access_points", [made.input / POINTS])
    facts = import_files(city, "area_facts", [made.input / FACTS])
    assert [(report.accepted, report.refused) for report in (points, facts)] == [(5, 0), (10, 0)]


def test_the_tables_are_utf8_and_gb18030(written: DemoFolders) -> None:
    points = list(csv.reader((written.input / POINTS).read_text(encoding="utf-8").splitlines()))
    assert (points[0][1], points[1][1], len(points)) == ("运营商", "中国联通", 6)
    facts = list(csv.reader((written.input / FACTS).read_text(encoding="gb18030").splitlines()))
    assert facts[0] == ["区域代码", "统计日期", "常住户数", "数据来源"]
    assert len(facts) == 11
    with pytest.raises(UnicodeDecodeError):
        (written.input / FACTS).read_text(encoding="utf-8")
