"""Broken input: each kind says exactly which rules, rows and columns, and its twin differs in one cell and is clean."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum
from guangcheng.registers.city import City
from guangcheng.registers.faults import Severity
from guangcheng.registers.importing import ImportOptions
from guangcheng.registers.rulebook import rules
from tests.registers.intake.town import LAT, LON, Rows, try_import, write_csv


@dataclass(frozen=True)
class Case:
    """A good table, one cell of it (row and column as in the file, from 1), and what becomes of a bad value there."""

    name: str
    register: str
    rows: Rows
    cell: tuple[int, int]
    bad: object
    marks: str
    """``rule@row/column`` of every fault; the columns of a CSV are called by number."""
    refused: int = 1
    options: ImportOptions = field(default_factory=lambda: ImportOptions(datum=Datum.WGS84))

    @property
    def broken(self) -> Rows:
        row, column = self.cell
        table = [list(line) for line in self.rows]
        table[row - 1][column - 1] = self.bad
        return table


def premises(*columns: str, rows: Rows) -> Rows:
    """Premises with the given extra columns."""
    return (
        ("驻地编号", "类型", "所属区域", *columns),
        *((f"N{n}", "小区", "441802006001", *row) for n, row in enumerate(rows)),
    )


AREAS: Rows = (
    ("区域代码", "名称", "层级", "上级代码", "设立日期", "撤销日期"),
    ("441802104", "石角镇", "镇", "441802", "2001-01-01", "2019-01-01"),
    ("441802104201", "界牌村委会", "行政村", "441802104", "", ""),
    ("ZR-7", "下围", "自然村", "441802104201", "", ""),
)
NAMED: Rows = (
    ("驻地编号", "类型", "街镇", "社区", "行政村"),
    ("N0", "小区", "凤城街道", "东风社区居委会", ""),
    ("N1", "小区", "源潭镇", "", "大连村委会"),
)
POINTS: Rows = premises("经度", "纬度", "户数", rows=[(LON, LAT, 20), (LON, LAT, 30)])
ONE: Rows = premises("户数", rows=[(20,), (30,)])
ACCESS: Rows = (
    ("接入点编号", "运营商", "经度", "纬度", "接入容量(兆)", "端口总数", "空闲端口", "仅传电视", "投入使用日期"),
    ("B1", "电信", LON, LAT, "100", "64", "8", "否", "2018-01-05"),
    ("B2", "移动", LON, LAT, "1G", "32", "0", "", "2017年6月1日"),
)
FACTS: Rows = (
    ("所属区域", "统计日期", "户数", "城市户数", "常住人口"),
    ("441802006", "2017-12-31", "100", "60", "300"),
    ("441802103", "2017-12-31", "200", "50", "600"),
)
STATS_HEAD = ("运营商", "所属区域", "月份", "用户类型", "速率档", "城乡", "用户数")
ZONES: Rows = (
    STATS_HEAD,
    ("电信", "441802006", "2018.6", "光纤", "", "全部", "300"),
    ("电信", "441802006", "2018.6", "光纤", "", "城市", "200"),
    ("电信", "441802006", "2018.6", "光纤", "", "农村", "100"),
    ("移动", "441802006", "2018.6", "光纤", "", "全部", "1"),
)
_TIERS = ("4M以下", "4-8M", "8-20M", "20-50M", "50-100M", "100-500M", "500-1000M", "千兆")
TIERS: Rows = (
    STATS_HEAD,
    ("电信", "441802006", "2018-06", "光纤", "全部", "", "80"),
    *(("电信", "441802006", "2018-06", "光纤", tier, "", "10") for tier in _TIERS),
)
WIDE: Rows = (
    ("运营商", "所属区域", "月份", "光纤用户数", "铜缆用户数", "用户数"),
    ("电信", "441802006", "2018-06", "100", "20", "120"),
    ("移动", "441802006", "2018-06", "50", "0", "50"),
)
TESTS: Rows = (
    ("测试编号", "场所编号", "运营商", "测试日期", "信号强度", "是否通达"),
    ("T1", "K1", "移动", "2018-06-01", "-85", "是"),
    ("T2", "K1", "电信", "2018-06-02", "-100.5", "否"),
)
MORE_EXPANSIONS: Rows = (
    ("扩容单号", "接入点编号", "报缺日期", "完成日期"),
    ("E2", "A1", "2018-05-01", "2018-05-20"),
    ("E3", "A1", "2018-05-01", ""),
)
PON: Rows = (
    ("运营商", "所属区域", "月份", "PON端口总数", "10G-PON端口数"),
    ("电信", "441802", "2018-06", "1,000", "250"),
    ("移动", "441802", "2018-06", "800", "0"),
)
PAIRS: Rows = premises("经纬度", rows=[(f"{LON},{LAT}",), (f"{LON}，{LAT}",)])
DATUMS: Rows = premises("经度", "纬度", "坐标系", rows=[(LON, LAT, "WGS84"), (LON, LAT, "国家2000")])

CASES = (
    # one cell
    Case("no name", "areas", AREAS, (3, 2), "", "R-110@3/2 R-132@4/4", 2),
    Case("unknown level", "areas", AREAS, (4, 3), "组团", "R-111@4/3"),
    Case("no number", "premises", ONE, (3, 4), "三十户吧", "R-112@3/4"),
    Case("half a household", "premises", ONE, (2, 4), "12.5", "R-113@2/4"),
    Case("no date", "access_points", ACCESS, (2, 9), "去年春天", "R-114@2/9"),
    Case("date in 1900", "access_points", ACCESS, (2, 9), "1900-01-05", "R-115@2/9"),
    Case("only a month", "access_points", ACCESS, (2, 9), "2018.6", "R-116@2/9", 0),
    Case("damaged code", "premises", ONE, (2, 1), "5.00157E+11", "R-117@2/1"),
    Case("neither yes nor no", "access_points", ACCESS, (3, 8), "大概", "R-118@3/8"),
    Case("metres for Mbit/s", "access_points", ACCESS, (2, 5), "100米", "R-119@2/5"),
    Case("about so many", "premises", ONE, (2, 4), "约20", "R-120@2/4"),
    Case("a long text", "areas", AREAS, (4, 2), "围" * 1001, "R-121@4/2"),
    Case("a number beyond all numbers", "premises", ONE, (2, 4), "9" * 30, "R-122@2/4"),
    Case(
        "9 digits for a village",
        "areas",
        AREAS,
        (3, 3),
        "街道",
        "R-123@3/1 R-136@3/4 R-132@4/4",
        2,
    ),
    Case("a phone number", "premises", ONE, (2, 1), "13812345678", "R-105@2/1"),
    Case("a citizen's number", "premises", ONE, (3, 1), "11010519491231002X", "R-105@3/1"),
    # keys and references
    Case("same row twice", "premises", premises("户数", rows=[(1,), (1,)]), (3, 1), "N0", "R-130@3/1", 0),
    Case("one key, two rows", "premises", ONE, (3, 1), "N0", "R-131@3/1"),
    Case("unknown parent", "areas", AREAS, (4, 4), "441802199201", "R-132@4/4"),
    Case(
        "parent below",
        "areas",
        AREAS,
        (2, 4),
        "441802103201",
        "R-136@2/4 R-132@3/4 R-132@4/4",
        3,
    ),
    Case("no parent", "areas", AREAS, (4, 4), "", "R-142@4/4"),
    Case("parent from the code", "areas", AREAS, (3, 4), "", "R-137@3/4", 0),
    Case("unknown area code", "premises", ONE, (2, 3), "441802099", "R-133@2/3"),
    Case("a name that fits two areas", "premises", ONE, (2, 3), "东风社区", "R-138@2/3"),
    Case("unknown name", "premises", NAMED, (2, 4), "不存在社区", "R-139@2/4"),
    Case("another ending", "premises", NAMED, (2, 4), "东风社区", "R-140@2/4", 0),
    Case("an alias", "premises", ONE, (2, 3), "老城", "R-140@2/3", 0),
    Case("two areas in one row", "premises", NAMED, (3, 4), "东风社区居委会", "R-141@3/4"),
    Case("unknown access point", "expansions", MORE_EXPANSIONS, (2, 2), "A9", "R-134@2/2"),
    Case("its own parent", "premises", premises("所属小区", rows=[("P1",), ("",)]), (2, 4), "N0", "R-135@2/4"),
    # points
    Case("half a coordinate", "premises", POINTS, (2, 5), "", "R-150@2/5"),
    Case("latitude 99", "premises", POINTS, (2, 5), "99", "R-151@2/5"),
    Case("swapped in one cell", "premises", PAIRS, (2, 4), f"{LAT},{LON}", "R-152@2/4"),
    Case("another city", "premises", POINTS, (2, 4), "120.1", "R-153@2/4 R-155@2/4", 0),
    Case("no fix", "premises", POINTS, (2, 4), "0", "R-154@2/4"),
    Case("far from its street", "premises", POINTS, (2, 5), "23.78", "R-155@2/4", 0),
    Case("unknown datum", "premises", DATUMS, (2, 6), "西安80", "R-156@2/6"),
    Case("mixed datums", "premises", DATUMS, (3, 6), "百度", "R-157@3/6"),
    Case("no coordinates in the cell", "premises", PAIRS, (3, 4), "市政府旁", "R-161@3/4"),
    Case("access point nowhere", "access_points", ACCESS, (2, 3), "", "R-150@2/3"),
    # numbers
    Case("one below none", "premises", ONE, (2, 4), "-1", "R-170@2/4"),
    Case("negative ports", "access_points", ACCESS, (2, 6), "-64", "R-170@2/6"),
    Case("more free than there are", "access_points", ACCESS, (3, 7), "33", "R-171@3/7"),
    Case("capacity 0", "access_points", ACCESS, (2, 5), "0", "R-172@2/5"),
    Case("nobody in 100 households", "area_facts", FACTS, (2, 5), "0", "R-173@2/5"),
    Case("people in no household", "area_facts", FACTS, (3, 3), "0", "R-174@3/4"),
    Case("more 10G ports than ports", "pon_ports", PON, (2, 5), "1001", "R-174@2/5"),
    Case("finished before it began", "expansions", MORE_EXPANSIONS, (2, 4), "2018-04-30", "R-176@2/4"),
    Case(
        "abolished before it was made",
        "areas",
        AREAS,
        (2, 6),
        "2000-12-31",
        "R-176@2/6 R-132@3/4 R-132@4/4",
        3,
    ),
    Case("no such signal", "key_place_tests", TESTS, (2, 5), "85", "R-177@2/5"),
    Case("tested tomorrow", "key_place_tests", TESTS, (3, 4), "2018-07-01", "R-179@3/4", 0),
    Case(
        "urban + rural",
        "subscriber_stats",
        ZONES,
        (3, 7),
        "201",
        "R-180@2/7 R-180@3/7 R-180@4/7",
        3,
    ),
    Case("tiers", "subscriber_stats", TIERS, (2, 7), "81", " ".join(f"R-182@{row}/7" for row in range(2, 11)), 9),
    Case("columns and their total", "subscriber_stats", WIDE, (2, 6), "121", "R-183@2/6"),
    Case("a wide cell", "subscriber_stats", WIDE, (3, 5), "若干", "R-112@3/5"),
    # headers
    Case(
        "a header nobody knows",
        "premises",
        premises("楼栋数", rows=[("3",)]),
        (1, 4),
        "幢的数目",
        "R-103@/4",
        0,
    ),
    Case(
        "a column of names of people",
        "premises",
        premises("备注", rows=[("x",)]),
        (1, 4),
        "业主姓名",
        "R-104@/4",
        0,
    ),
)


def spread(rows: Rows) -> int:
    """How many rows of the register one row of the file makes: a wide one makes one per technology."""
    return 2 if rows is WIDE else 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_broken(case: Case, town: City, tmp_path: Path) -> None:
    report = try_import(town, case.register, write_csv(tmp_path / "broken.csv", case.broken), case.options)
    found = [f"{fault.rule}@{fault.where.row or ''}/{fault.where.column}" for fault in report.faults]
    assert sorted(found) == sorted(case.marks.split())
    assert report.refused == case.refused
    assert report.doubles == case.marks.count("R-130")
    assert report.accepted == (len(case.rows) - 1 - report.refused - report.doubles) * spread(case.rows)
    for fault in report.faults:
        assert fault.severity is rules()[fault.rule].severity
        for text in (fault.why, fault.mend):
            assert text.zh
            assert text.en
            assert "{" not in text.zh + text.en


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_valid_twin(case: Case, town: City, tmp_path: Path) -> None:
    report = try_import(town, case.register, write_csv(tmp_path / "good.csv", case.rows), case.options)
    assert [(fault.rule, fault.where.row, fault.why.zh) for fault in report.faults] == []
    assert report.refused == 0
    assert report.accepted == (len(case.rows) - 1) * spread(case.rows)


FILES = (
    ("no column of kinds", (("驻地编号", "所属区域", "种类名"), ("N0", "441802006", "小区")), "R-101"),
    (
        "two columns of households",
        (("驻地编号", "类型", "所属区域", "户数", "住户数"), ("N0", "小区", "441802006", 1, 2)),
        "R-102",
    ),
)


@pytest.mark.parametrize(("name", "rows", "number"), FILES)
def test_a_whole_file_is_refused(name: str, rows: Rows, number: str, town: City, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "broken.csv", rows)
    with pytest.raises(InputError) as caught:
        try_import(town, "premises", path)
    assert caught.value.message.zh.endswith(f"（{number}）")
    assert caught.value.where.file == str(path)


def test_all_missing_columns_are_named_at_once_with_the_nearest_headers(town: City, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", (("名称", "驻地的编号", "所属的区域", "户数"), ("a", "N0", "441802006", 1)))
    with pytest.raises(InputError) as caught:
        try_import(town, "premises", path)
    assert "“驻地编号”、“类型”、“所属区域”" in caught.value.message.zh
    assert "“驻地的编号”若就是“驻地编号”" in caught.value.mend.zh
    assert "“所属的区域”若就是“所属区域”" in caught.value.mend.zh


def test_errors_refuse_and_the_rest_does_not() -> None:
    for case in CASES:
        marks = [mark.partition("@") for mark in case.marks.split()]
        errors = {place.partition("/")[0] for number, _, place in marks if rules()[number].severity is Severity.ERROR}
        assert len(errors) == case.refused
