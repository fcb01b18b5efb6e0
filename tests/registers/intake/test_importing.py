"""Files into a city: one snapshot of the good rows, a quarantine to mend, nothing lost, nothing by halves."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from guangcheng.base.errors import Refused
from guangcheng.base.places import Datum
from guangcheng.base.progress import Progress
from guangcheng.registers.city import City
from guangcheng.registers.importing import ImportOptions, import_files, refused_error
from guangcheng.registers.intake.identity import MASK
from guangcheng.registers.schema import schema
from tests.registers.intake.town import AREAS, AS_OF, LAT, LON, PREMISES, Rows, write_csv

WGS84 = ImportOptions(datum=Datum.WGS84)
MIXED: Rows = (
    ("驻地编号", "名称", "类型", "所属区域", "户数", "联系电话", "备注"),
    ("N1", "甲", "小区", "441802006001", "100", "13900000000", ""),
    ("N2", "乙", "凉亭", "441802006001", "-5", "13900000001", "电话13812345678"),
    ("N3", "丙", "市场", "441802103201", "20", "", ""),
    ("N4", "丁", "小区", "不存在", "20", "", ""),
)


def state(city: City) -> dict[str, str]:
    """Every file of the city and the hash of its bytes."""
    return {
        str(path.relative_to(city.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(city.folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def keys(city: City, register: str, name: str) -> list[str]:
    """The column, rows by their key: premises are stored by place."""
    table = city.view().table(register)
    return list(table.sort_by(schema(register).key[0])[name].to_pylist())


def test_good_rows_are_in_and_bad_rows_in_quarantine(own_town: City, tmp_path: Path) -> None:
    report = import_files(own_town, "premises", [write_csv(tmp_path / "混.csv", MIXED)])
    assert (report.status, report.accepted, report.refused, report.new) == ("partial", 2, 2, True)
    assert (report.before, report.added, report.changed, report.removed, report.unchanged) == (12, 2, 0, 0, 12)
    assert not report.clean
    assert keys(own_town, "premises", "premises_id")[:2] == ["N1", "N3"]
    assert report.by_rule() == {"R-104": 1, "R-105": 1, "R-111": 1, "R-139": 1}
    assert report.quarantine is not None
    sheet = openpyxl.load_workbook(report.quarantine).active
    assert sheet is not None
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head == [*MIXED[0], "来源文件", "来源行", "规则", "原因", "怎么改"]
    assert [row[:7] for row in rows] == [
        ["N2", "乙", "凉亭", "441802006001", "-5", None, f"电话{MASK}"],
        ["N4", "丁", "小区", "不存在", "20", None, None],
    ]
    assert [row[7:10] for row in rows] == [["混.csv", 3, "R-105 R-111"], ["混.csv", 5, "R-139"]]
    assert "3列：“凉亭”不是“类型”的可选值" in str(rows[0][10])
    text = report.quarantine.with_suffix(".csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == ",".join(str(cell) for cell in head)
    assert "139000" not in text + json.dumps(json.loads(_quality(report.quality)))
    assert "13812345678" not in text + _quality(report.quality)


def _quality(path: Path | None) -> str:
    assert path is not None
    return path.read_text(encoding="utf-8")


def test_a_mended_quarantine_is_imported_again(own_town: City, tmp_path: Path) -> None:
    first = import_files(own_town, "premises", [write_csv(tmp_path / "混.csv", MIXED)])
    assert first.quarantine is not None
    book = openpyxl.load_workbook(first.quarantine)
    sheet = book.active
    assert sheet is not None
    for cell, value in (("C2", "市场"), ("E2", "5"), ("G2", None), ("D3", "441802006")):
        sheet[cell] = value
    mended = tmp_path / "改好.xlsx"
    book.save(mended)
    again = import_files(own_town, "premises", [mended])
    assert (again.status, again.accepted, again.refused, again.added) == ("imported", 2, 0, 2)
    assert keys(own_town, "premises", "premises_id")[:4] == ["N1", "N2", "N3", "N4"]


def test_the_quarantine_has_the_same_bytes_each_time(own_town: City, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "混.csv", MIXED)
    first = import_files(own_town, "premises", [path]).quarantine
    assert first is not None
    before = first.read_bytes()
    first.unlink()
    assert import_files(own_town, "premises", [path]).quarantine == first
    assert first.read_bytes() == before


def test_strict_leaves_the_store_untouched(own_town: City, tmp_path: Path) -> None:
    before = state(own_town)
    options = ImportOptions(strict=True)
    report = import_files(own_town, "premises", [write_csv(tmp_path / "混.csv", MIXED)], options)
    assert (report.status, report.accepted, report.refused) == ("refused", 2, 2)
    assert (report.snapshot, report.new, report.quarantine) == (None, False, None)
    assert state(own_town) == before
    assert "2 行有错误" in refused_error(report).message.zh


def test_values_an_update_would_empty_are_named(own_town: City, tmp_path: Path) -> None:
    head = ("驻地编号", "类型", "所属区域", "户数", "名称")
    full = [head, ("N1", "小区", "441802006001", "20", "甲"), ("N2", "小区", "441802006001", "", "乙")]
    assert import_files(own_town, "premises", [write_csv(tmp_path / "full.csv", full)]).notes == ()
    less = [head[:3], *(row[:3] for row in full[1:])]
    report = import_files(own_town, "premises", [write_csv(tmp_path / "less.csv", less)], ImportOptions(dry_run=True))
    assert [note.zh for note in report.notes] == [
        "整行按新的写入，这些原来有值、这次为空：名称（2 行）、户数（1 行）；要保留，请在文件里补上这些列或单元格"
    ]
    assert "name (2 rows), households (1 rows)" in report.notes[0].en


def test_a_dry_run_counts_and_writes_nothing(own_town: City, tmp_path: Path) -> None:
    before = state(own_town)
    report = import_files(own_town, "premises", [write_csv(tmp_path / "混.csv", MIXED)], ImportOptions(dry_run=True))
    assert (report.status, report.added, report.unchanged, report.snapshot) == ("partial", 2, 12, None)
    assert state(own_town) == before


def test_no_good_row_makes_no_snapshot(own_town: City, tmp_path: Path) -> None:
    rows = [MIXED[0], MIXED[2], MIXED[4]]
    report = import_files(own_town, "premises", [write_csv(tmp_path / "坏.csv", rows)])
    assert (report.status, report.snapshot, report.before) == ("refused", None, 12)
    assert report.quarantine is not None
    assert len(own_town.registers.history("premises")) == 1


def test_the_same_content_makes_no_second_snapshot(own_town: City, tmp_path: Path) -> None:
    shuffled = [PREMISES[0], *reversed(PREMISES[1:])]
    report = import_files(own_town, "premises", [write_csv(tmp_path / "p.csv", shuffled, "gb18030")], WGS84)
    assert (report.status, report.new, report.unchanged) == ("unchanged", False, 12)
    assert report.clean
    assert report.snapshot == own_town.registers.latest("premises")
    assert len(own_town.registers.history("premises")) == 1


def test_replacing_that_removes_much_must_be_agreed_to(own_town: City, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", PREMISES[:12])  # 11 of 12: 8.3 % fewer
    report = import_files(own_town, "premises", [path], replace(WGS84, mode="replace"))
    assert (report.removed, report.before) == (1, 12)
    fewer = write_csv(tmp_path / "q.csv", PREMISES[:10])  # 9 of 11: 18 % fewer
    before = state(own_town)
    with pytest.raises(Refused) as caught:
        import_files(own_town, "premises", [fewer], replace(WGS84, mode="replace"))
    assert "11 行中的 2 行" in caught.value.message.zh
    assert "--yes" in caught.value.mend.zh
    assert state(own_town) == before
    assert import_files(own_town, "premises", [fewer], replace(WGS84, mode="replace", dry_run=True)).removed == 2
    assert import_files(own_town, "premises", [fewer], replace(WGS84, mode="replace", yes=True)).removed == 2


def test_replacing_within_an_area_leaves_the_rest(own_town: City, tmp_path: Path) -> None:
    rows = (("驻地编号", "类型", "所属区域"), ("Q1", "市场", "441802103201"))
    scope = ImportOptions(mode="replace", scope="441802103")
    assert import_files(own_town, "premises", [write_csv(tmp_path / "q.csv", rows)], scope).removed == 0
    assert len(keys(own_town, "premises", "premises_id")) == 13


def test_a_replacement_says_that_refused_rows_go(own_town: City, tmp_path: Path) -> None:
    rows = [*PREMISES[:12], ("P12", "小区12", "凉亭", "441802006001", LON, LAT, 100)]
    path = write_csv(tmp_path / "p.csv", rows)
    report = import_files(own_town, "premises", [path], replace(WGS84, mode="replace"))
    assert (report.refused, report.removed) == (1, 1)
    assert report.notes[0].zh.startswith("有 1 行被退回")


def test_several_files_are_one_snapshot(own_town: City, tmp_path: Path) -> None:
    paths = [
        write_csv(tmp_path / f"{name}.csv", (("驻地编号", "类型", "所属区域"), (name, "市场", "441802006")))
        for name in ("N1", "N2")
    ]
    report = import_files(own_town, "premises", paths)
    assert report.files == ("N1.csv", "N2.csv")
    assert (report.added, len(own_town.registers.history("premises"))) == (2, 2)
    (source, other) = own_town.registers.history("premises")[-1].sources
    assert (source.file, other.file) == ("N1.csv", "N2.csv")
    assert source.sha256 == hashlib.sha256(paths[0].read_bytes()).hexdigest()


def test_a_map_is_remembered_and_its_use_is_said(own_town: City, tmp_path: Path) -> None:
    settings = tmp_path / "map.toml"
    settings.write_text('"组团" = "area_code"\nkind = {constant = "市场"}\n', encoding="utf-8")
    rows = (("驻地编号", "组团"), ("M1", "441802006"))
    first = import_files(own_town, "premises", [write_csv(tmp_path / "a.csv", rows)], ImportOptions(map_file=settings))
    assert (first.status, first.notes) == ("imported", ())
    second = import_files(own_town, "premises", [write_csv(tmp_path / "b.csv", (rows[0], ("M2", "441802006")))])
    assert (second.status, second.added) == ("imported", 1)
    assert [note.zh[:4] for note in second.notes] == ["沿用以前"]


def test_a_decision_links_a_name_and_is_remembered(own_town: City, tmp_path: Path) -> None:
    rows = (("驻地编号", "类型", "镇", "所属区域"), ("M1", "市场", "源潭镇", "东风小区那边"))
    path = write_csv(tmp_path / "a.csv", rows)
    assert import_files(own_town, "premises", [path]).by_rule() == {"R-139": 1}
    decided = tmp_path / "decisions.yaml"
    decided.write_text('"源潭镇/东风小区那边": "441802103001"\n', encoding="utf-8")
    report = import_files(own_town, "premises", [path], ImportOptions(decisions_file=decided))
    assert (report.accepted, report.by_rule()) == (1, {"R-140": 1})
    again = import_files(own_town, "premises", [path])
    assert (again.status, again.by_rule()) == ("unchanged", {"R-140": 1})
    assert keys(own_town, "premises", "area_code")[0] == "441802103001"


def test_rows_of_an_earlier_day_do_not_see_later_registers(own_town: City, tmp_path: Path) -> None:
    rows = (("驻地编号", "类型", "所属区域"), ("E1", "市场", "441802006"))
    path = write_csv(tmp_path / "a.csv", rows)
    report = import_files(own_town, "premises", [path], ImportOptions(as_of=date(2017, 1, 1)))
    assert (report.status, report.by_rule()) == ("refused", {"R-133": 1})


def test_a_quality_report_lies_beside_the_snapshot(own_town: City, tmp_path: Path) -> None:
    report = import_files(own_town, "premises", [write_csv(tmp_path / "混.csv", MIXED)])
    content = json.loads(_quality(report.quality))
    assert report.snapshot is not None
    assert {name: content[name] for name in ("register", "as_of", "snapshot", "accepted", "refused")} == {
        "register": "premises",
        "as_of": AS_OF.isoformat(),
        "snapshot": report.snapshot.hash,
        "accepted": 2,
        "refused": 2,
    }
    assert content["faults_by_severity"] == {"error": 3, "warning": 1, "note": 0}
    assert content["faults_by_rule"] == report.by_rule()
    assert [(fault["rule"], fault["row"], fault["column"]) for fault in content["faults"]] == [
        ("R-104", None, "6"),
        ("R-105", 3, "7"),
        ("R-111", 3, "3"),
        ("R-139", 5, "4"),
    ]


def test_a_csv_and_a_workbook_of_the_same_rows_are_the_same_snapshot(own_town: City, tmp_path: Path) -> None:
    rows = (
        ("编号", "类型", "街镇", "村", "经纬度(WGS84)", "户数(万户)"),
        ("W1", "小区", "凤城街道", "老城", f"{LON},{LAT}", 0.01),
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("凤城街道驻地台账",), *rows):
        sheet.append(list(row))
    book.save(tmp_path / "a.xlsx")
    first = import_files(own_town, "premises", [tmp_path / "a.xlsx"])
    second = import_files(own_town, "premises", [write_csv(tmp_path / "b.csv", rows, "gbk")])
    assert (first.new, second.new, second.status) == (True, False, "unchanged")
    assert first.snapshot == second.snapshot


def test_a_bad_cell_the_reader_found_goes_to_quarantine_too(own_town: City, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    head = ("驻地编号", "类型", "所属区域", "户数")
    for row in (head, ("F1", "小区", "441802006", "=1+1"), ("F2", "小区", "441802006", 3)):
        sheet.append(list(row))
    book.save(tmp_path / "a.xlsx")  # openpyxl stores no result of a formula
    report = import_files(own_town, "premises", [tmp_path / "a.xlsx"])
    assert (report.accepted, report.refused, report.by_rule()) == (1, 1, {"R-022": 1})
    assert report.quarantine is not None


class Counting(Progress):
    """Progress that counts."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, label: str, total: int | None) -> None:
        self.told.append((label, total))

    def advance(self, done: int = 1) -> None:
        self.told.append(done)

    def finish(self) -> None:
        self.told.append("finished")


def test_progress_counts_files(town: City, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", AREAS)
    seen = Counting()
    import_files(town, "areas", [path, path], ImportOptions(dry_run=True), seen)
    assert seen.told == [("areas", 2), 1, 1, "finished"]
