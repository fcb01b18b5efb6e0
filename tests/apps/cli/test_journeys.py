"""A clerk's journeys through the command line: what was promised of imports and of days, one story each."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate

STANDARD = "qingcheng-2017-all-optical"
TOWN, VILLAGE, UPPER, LOWER = "999901100", "999901100201", "999901100201001", "999901100201002"
AREAS = (
    ("区域代码", "名称", "层级", "上级代码"),
    ("999901", "示例区", "区县", ""),
    (TOWN, "示例镇", "镇", "999901"),
    (VILLAGE, "东村委会", "行政村", TOWN),
    (UPPER, "上东村", "自然村", VILLAGE),
    (LOWER, "下东村", "自然村", VILLAGE),
)
FACTS = (("自然村", "统计日期", "常住户数"), ("上东村", "2018年4月", "56"), ("下东村", "2018年4月", "31"))
HEAD = ("驻地编号", "名称", "类型", "自然村", "主要聚居地", "经度", "纬度", "户数")
ROWS = (
    ("Z001", "上东村聚居地", "人口聚居地", "上东村", "是", "113.05", "23.7", "30"),
    ("Z002", "东村小学", "学校", "上东村", "", "113.052", "23.701", ""),
    ("Z003", "下东村聚居地", "人口聚居地", "下东村", "是", "113.07", "23.7", "31"),
)
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
Table = Sequence[Sequence[object]]


def write(path: Path, rows: Table, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def made(run: Run, folder: Path, name: str, rows: Table, register: str, *options: object) -> Ran:
    """Import ``rows`` as a CSV into ``folder``'s city."""
    return run("import", folder, register, write(folder.parent / f"{name}.csv", rows), *options, "--json")


@pytest.fixture
def city(run: Run, tmp_path: Path) -> Path:
    """A city in a folder with Chinese and blanks in its path."""
    folder = tmp_path / "城 市"
    setup = ("--name", "示例区", "--area-code", "999901", "--centre", "113.05,23.7", "--as-of", "2018-05-31")
    assert run("init", folder, *setup).code == 0
    assert made(run, folder, "areas", AREAS, "areas").code == 0
    assert made(run, folder, "facts", FACTS, "area_facts").code == 0
    return folder


def snapshots(city: Path, register: str = "premises") -> list[str]:
    return sorted(path.name for path in (city / "registers" / register).glob("*.parquet"))


def geojson(rows: Table) -> dict[str, Any]:
    keep = [index for index in range(len(HEAD)) if HEAD[index] not in ("经度", "纬度")]
    features = [
        {
            "type": "Feature",
            "properties": {HEAD[index]: row[index] for index in keep},
            "geometry": {"type": "Point", "coordinates": [float(str(row[5])), float(str(row[6]))]},
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def formats(folder: Path) -> Iterable[tuple[Path, tuple[str, ...]]]:
    """The same three rows in every format and spelling, with the options each needs."""
    import pyogrio
    import xlwt

    yield write(folder / "turned.csv", [HEAD, *ROWS[::-1]]), ()
    for encoding in ("gb18030", "gbk", "utf-8-sig", "utf-16"):
        yield write(folder / f"{encoding}.csv", [HEAD, *ROWS], encoding), ()
    english = (
        "premises id", "name", "kind", "natural village", "main settlement", "longitude", "latitude", "households"
    )  # fmt: skip
    yield write(folder / "en.csv", [english, *ROWS]), ()
    pairs = [(*row[:5], f"{row[5]}，{row[6]}", row[7]) for row in ROWS]
    yield write(folder / "pairs.csv", [(*HEAD[:5], "经纬度", HEAD[7]), *pairs]), ()
    full = [(*row[:5], *(cell.translate(WIDE) for cell in row[5:])) for row in ROWS]
    yield write(folder / "full-width.csv", [HEAD, *full]), ()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in ((), ("驻地台账",), HEAD, *ROWS):
        sheet.append(line)
    book.save(folder / "a.xlsx")
    yield folder / "a.xlsx", ()
    old = xlwt.Workbook()
    cells = old.add_sheet("表")
    for at, row in enumerate((HEAD, *ROWS)):
        for column, cell in enumerate(row):
            cells.write(at, column, cell)
    old.save(str(folder / "a.xls"))
    yield folder / "a.xls", ()
    (folder / "a.geojson").write_text(json.dumps(geojson(ROWS)), encoding="utf-8")
    yield folder / "a.geojson", ()
    _, layer = pyogrio.read_arrow(folder / "a.geojson")
    layer = layer.rename_columns(["geometry" if name == "wkb_geometry" else name for name in layer.schema.names])
    for name, columns in (("a.gpkg", None), ("a.shp", [f"c{index}" for index in range(6)])):
        renamed = layer if columns is None else layer.rename_columns([*columns, "geometry"])
        pyogrio.write_arrow(renamed, folder / name, geometry_name="geometry", geometry_type="Point", crs="EPSG:4326")
        yield folder / name, () if columns is None else ("--map", str(folder / "map.json"))


MAP = dict(zip((f"c{index}" for index in range(6)), (
    "premises_id", "name", "kind", "area_code", "main_settlement", "households"
), strict=True))  # fmt: skip


def test_the_same_content_in_every_format_is_one_snapshot(city: Path, run: Run, tmp_path: Path) -> None:
    first = made(run, city, "first", [HEAD, *ROWS], "premises", "--datum", "wgs84")
    assert (first.code, first.json["added"], first.json["new_snapshot"]) == (0, 3, True)
    (tmp_path / "map.json").write_text(json.dumps(MAP), encoding="utf-8")
    seen = []
    for path, options in formats(tmp_path):
        ran = run("import", city, "premises", path, "--datum", "wgs84", *options, "--json")
        assert ran.code == 0, (path.name, ran.out)
        assert ran.json["snapshot"]["hash"] == first.json["snapshot"]["hash"], path.name
        assert (ran.json["accepted"], ran.json["unchanged"], ran.json["new_snapshot"]) == (3, 3, False), path.name
        seen.append(path.suffix)
    assert set(seen) == {".csv", ".xlsx", ".xls", ".geojson", ".gpkg", ".shp"}
    assert len(snapshots(city)) == 1


def test_refused_rows_are_mended_and_come_back(city: Path, run: Run) -> None:
    bad = [
        ("Z004", "甲", "凉亭", "上东村", "", "113.05", "23.7", "1"),
        ("Z005", "乙", "学校", "无此村", "", "", "", "3"),
    ]
    strict = made(run, city, "bad", [HEAD, *ROWS, *bad], "premises", "--strict")
    assert (strict.code, strict.json["status"], snapshots(city)) == (2, "refused", [])
    ran = made(run, city, "bad", [HEAD, *ROWS, *bad], "premises")
    assert (ran.code, ran.json["accepted"], ran.json["refused"]) == (1, 3, 2)
    faults = [(item["rule"], item["where"].get("row"), item["where"].get("column")) for item in ran.json["faults"]]
    assert faults == [("R-162", None, None), ("R-111", 5, "3"), ("R-139", 6, "4")]
    path = Path(ran.json["quarantine"])
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    for row in book.active.iter_rows(min_row=2):
        for cell in row:
            cell.value = {"凉亭": "学校", "无此村": "下东村"}.get(str(cell.value), cell.value)
    book.save(path)
    back = run("import", city, "premises", path, "--json")
    assert (back.code, back.json["added"], back.json["refused"]) == (0, 2, 0)
    assert len(snapshots(city)) == 2


def test_what_would_change_is_shown_first_and_much_is_not_removed_unasked(city: Path, run: Run) -> None:
    made(run, city, "first", [HEAD, *ROWS], "premises")
    changed = [HEAD, (*ROWS[0][:7], "33"), ("Z009", "新校", "学校", "上东村", "", "", "", "")]
    counts = ("added", "changed", "removed", "unchanged")
    within = ("--mode", "replace", "--scope", UPPER)
    dry = made(run, city, "changed", changed, "premises", *within, "--dry-run")
    assert [dry.json[name] for name in counts] == [1, 1, 1, 1]
    assert len(snapshots(city)) == 1
    unasked = made(run, city, "changed", changed, "premises", *within)
    assert (unasked.code, unasked.json["error"]["kind"], len(snapshots(city))) == (2, "Refused", 1)
    done = made(run, city, "changed", changed, "premises", *within, "--yes")
    assert (done.code, [done.json[name] for name in counts]) == (0, [1, 1, 1, 1])
    outside = made(run, city, "outside", [HEAD, *ROWS], "premises", *within, "--yes")
    assert (outside.code, outside.json["error"]["kind"], len(snapshots(city))) == (2, "Refused", 2)


def test_headers_and_names_settled_once_are_remembered(city: Path, run: Run, tmp_path: Path) -> None:
    odd = [("甲列", "乙列", "丙列"), ("Z001", "学校", "老东村")]
    assert made(run, city, "odd", odd, "premises").code == 2
    settled = write(tmp_path / "map.toml", [])
    settled.write_text('"甲列" = "premises_id"\n"乙列" = "kind"\n"丙列" = "area_code"\n', encoding="utf-8")
    unnamed = made(run, city, "odd", odd, "premises", "--map", settled)
    assert [item["rule"] for item in unnamed.json["faults"]] == ["R-139"]
    decided = tmp_path / "decisions.toml"
    decided.write_text(f'"老东村" = "{VILLAGE}"\n', encoding="utf-8")
    assert made(run, city, "odd", odd, "premises", "--map", settled, "--decisions", decided).code == 0
    again = made(run, city, "odd", [*odd, ("Z002", "医院", "老东村")], "premises")
    assert (again.code, again.json["added"], again.json["unchanged"]) == (0, 1, 1)


def test_the_day_chooses_snapshots_and_what_is_in_service(city: Path, run: Run) -> None:
    head = (*HEAD, "启用日期", "拆除日期")
    estate = ("Z009", "旧小区", "小区", "上东村", "", "113.05", "23.7", "9", "2018-06-02", "2018-06-15")
    made(run, city, "premises", [head, *((*row, "", "") for row in ROWS), estate], "premises", "--datum", "wgs84")
    points = ("接入点编号", "运营商", "经度", "纬度", "接入容量", "端口总数", "空闲端口", "投入使用日期", "停用日期")
    near = ("D1", "电信", "113.05", "23.7", "100", "64", "20", "2018-03-01", "2018-06-25")
    late = ("D2", "移动", "113.07", "23.7", "100", "64", "20", "2018-06-20", "")
    made(run, city, "points", [points, near], "access_points", "--datum", "wgs84")
    made(run, city, "more", [points, late], "access_points", "--datum", "wgs84", "--as-of", "2018-06-10")
    found = {}
    for day in ("2018-05-30", "2018-06-01", "2018-06-02", "2018-06-14", "2018-06-15", "2018-06-19", "2018-06-20",
                "2018-06-25"):  # fmt: skip
        answer = run("evaluate", city, "--standard", STANDARD, "--as-of", day, "--json").json
        validate("evaluate", answer)
        verdicts = {place["code"]: place["verdict"] for place in answer["areas"]}
        snapshot = answer["snapshots"].get("access_points", {}).get("as_of")
        found[day] = (snapshot, verdicts.get(UPPER), verdicts.get(LOWER), len(answer["estates"]))
    assert found == {
        "2018-05-30": (None, None, None, 0),
        "2018-06-01": ("2018-05-31", "pass", "fail", 0),
        "2018-06-02": ("2018-05-31", "pass", "fail", 1),
        "2018-06-14": ("2018-06-10", "pass", "fail", 1),
        "2018-06-15": ("2018-06-10", "pass", "fail", 0),
        "2018-06-19": ("2018-06-10", "pass", "fail", 0),
        "2018-06-20": ("2018-06-10", "pass", "pass", 0),
        "2018-06-25": ("2018-06-10", "fail", "pass", 0),
    }


def test_the_order_of_rows_in_the_files_does_not_change_a_byte_of_the_answer(city: Path, run: Run) -> None:
    points = ("接入点编号", "运营商", "经度", "纬度", "接入容量", "端口总数", "空闲端口")
    rows = [(f"D{n}", "电信", f"113.0{n}", "23.7", "100", "64", "20") for n in (4, 5)]
    answers = []
    for name, step in (("one", 1), ("other", -1)):
        made(run, city, name, [HEAD, *ROWS[::step]], "premises", "--datum", "wgs84")
        made(run, city, f"{name}-points", [points, *rows[::step]], "access_points", "--datum", "wgs84")
        answers.append(run("evaluate", city, "--standard", STANDARD, "--json").out)
        for register in ("premises", "access_points"):
            (city / "registers" / register / snapshots(city, register)[0]).unlink()
    assert answers[0] == answers[1]
    assert json.loads(answers[0])["areas"][0]["verdict"] == "fail"


@pytest.mark.parametrize(
    "command",
    [
        ("init", "FILE/city", "--name", "x", "--area-code", "1", "--centre", "113.05,23.7"),
        ("template", "premises", "-o", "FILE/t.xlsx"),
        ("report", "evaluation", "CITY", "--standard", STANDARD, "-o", "FILE/out"),
        ("backup", "CITY", "FILE/b.zip"),
    ],
)
def test_a_place_that_cannot_be_written_ends_in_two_with_a_mend(
    command: tuple[str, ...], city: Path, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    words = (word.replace("CITY", str(city)).replace("FILE", str(tmp_path / "file")) for word in command)
    ran = run(*words, "--json")
    assert ran.code == 2, ran
    validate("error", ran.json)
    assert ran.json["error"]["mend"]["zh"] in ran.err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_the_report_of_a_part_does_not_take_the_place_of_the_whole(city: Path, run: Run) -> None:
    made(run, city, "first", [HEAD, *ROWS], "premises")
    for options, mark in (((), ""), (("--area", TOWN), f"-{TOWN}")):
        ran = run("report", "evaluation", city, "--standard", STANDARD, *options, "--json", lang="en")
        names = [f"{STANDARD}-2018-05-31{mark}-{word}" for word in ("ledger.xlsx", "report.docx")]
        assert (ran.code, ran.json["files"]) == (0, [str(city / "reports" / name) for name in names])
    assert len(list((city / "reports").iterdir())) == 4


def test_subscribers_are_not_taken_in(city: Path, run: Run) -> None:
    rows = [("驻地编号", "类型", "自然村", "户主姓名", "备注"), ("Z001", "学校", "上东村", "某某", "13800000000")]
    ran = made(run, city, "id", rows, "premises")
    assert (ran.code, sorted(item["rule"] for item in ran.json["faults"])) == (2, ["R-104", "R-105"])
    kept = b"".join(path.read_bytes() for path in (city / "registers").rglob("*") if path.is_file())
    assert "某某".encode() not in kept
    assert b"13800000000" not in kept
