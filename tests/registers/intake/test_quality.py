"""How checks are run: a crash is seen, a fallen row takes its children along, order does not matter to the outcome."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.text import Text
from guangcheng.registers.faults import Severity
from guangcheng.registers.intake import IntakeContext, take, take_all
from guangcheng.registers.quality import Batch, Check, Finding, Within
from guangcheng.registers.quality_rules import CHECKS
from guangcheng.registers.raw import Subtotal
from guangcheng.registers.rulebook import rules
from guangcheng.registers.schema import schema
from tests.registers.intake import test_broken
from tests.registers.intake.town import AREAS, AS_OF, CRS, raw_table

CONTEXT = IntakeContext(crs=CRS, as_of=AS_OF)


def crashing(batch: Batch) -> Iterator[Finding]:
    """Find something, then fall over."""
    yield Finding("R-170", 0, "lon", {"field_zh": "x", "field_en": "x", "shown": "-1"})
    raise ZeroDivisionError("no such thing")


def test_a_check_that_crashes_is_reported_and_never_a_pass() -> None:
    check = Check(Text(zh="会出错的规则", en="a rule that crashes"), crashing)
    found = take_all([raw_table(AREAS)], schema("areas"), CONTEXT, checks=(check, *CHECKS))
    assert found.not_run == ("会出错的规则",)
    (fault,) = found.faults
    assert (fault.rule, fault.severity) == ("R-190", Severity.ERROR)
    assert "未能执行（ZeroDivisionError: no such thing）" in fault.why.zh
    # The other checks ran, and nothing the broken one half said was believed.
    assert found.table.num_rows == len(AREAS) - 1
    unknown = [*AREAS, ("X", "无根", "自然村", "441899", "")]
    again = take_all([raw_table(unknown)], schema("areas"), CONTEXT, checks=(check, *CHECKS))
    assert {fault.rule for fault in again.faults} == {"R-190", "R-132"}


def test_a_refused_area_takes_its_children_along() -> None:
    rows = [*AREAS]
    rows[3] = ("441802103", "源潭镇", "镇", "441899", "")
    found = take(raw_table(rows), schema("areas"), CONTEXT)
    assert [(fault.rule, fault.where.row) for fault in found.faults] == [("R-132", row) for row in (4, 7, 8, 9)]
    assert found.table["code"].to_pylist() == ["441802", "441802006", "441802006001", "441802006002"]


@settings(max_examples=25)
@given(st.permutations(AREAS[1:]))
def test_areas_may_come_in_any_order(rows: list[tuple[str, ...]]) -> None:
    found = take(raw_table([AREAS[0], *rows]), schema("areas"), CONTEXT)
    assert found.table.num_rows == len(AREAS) - 1
    assert found.faults == ()


def test_areas_may_come_in_several_files() -> None:
    tables = [raw_table([AREAS[0], *AREAS[4:]], "b.csv"), raw_table([AREAS[0], *AREAS[1:4]], "a.csv")]
    found = take_all(tables, schema("areas"), CONTEXT)
    assert found.table.num_rows == len(AREAS) - 1
    assert found.faults == ()


def test_parents_may_be_names_of_rows_of_the_same_file() -> None:
    rows = (
        ("区域代码", "名称", "级别", "所属街镇", "所属行政村"),
        ("ZR-1", "上围", "自然村", "源潭镇", "大连村"),
        ("ZR-2", "上围", "自然村", "石角镇", "大连村"),
        ("V1", "大连村委会", "行政村", "源潭镇", ""),
        ("V2", "大连村委会", "行政村", "石角镇", ""),
        ("441802103", "源潭镇", "镇", "", ""),
        ("441802106", "石角镇", "镇", "", ""),
        ("441802", "清城区", "区县", "", ""),
    )
    found = take(raw_table(rows), schema("areas"), CONTEXT)
    parents = {row["code"]: row["parent"] for row in found.table.to_pylist()}
    assert parents == {
        "ZR-1": "V1",
        "ZR-2": "V2",
        "V1": "441802103",
        "V2": "441802106",
        "441802103": "441802",
        "441802106": "441802",
        "441802": None,
    }
    assert sorted(fault.rule for fault in found.faults) == ["R-137", "R-140", "R-140"]


def test_the_topmost_area_needs_no_parent() -> None:
    town = [AREAS[0], ("441802006", "凤城街道", "街道", "", "")]
    assert [fault.rule for fault in take(raw_table(town), schema("areas"), CONTEXT).faults] == ["R-142"]
    assert take(raw_table(town), schema("areas"), replace(CONTEXT, top="441802006")).faults == ()


@pytest.mark.parametrize(
    ("name", "code", "level", "noted"),
    [
        ("鹤堂社区", "441802006009", "community", False),
        ("鹤堂居委会", "441802006209", "community", False),
        ("鹤堂村", "441802006009", "admin_village", False),
        ("鹤堂生产队", "441802006009", "community", True),
        ("鹤堂生产队", "441802006209", "admin_village", True),
        ("鹤堂生活区", "441802006409", "community", True),
        ("鹤堂生活区", "441802006509", "admin_village", True),
        ("鹤堂", "自编-1", "admin_village", True),
    ],
)
def test_village_or_community_by_name_then_by_code(name: str, code: str, level: str, noted: bool) -> None:
    rows = [*AREAS, (code, name, "村居", "441802006", "")]
    found = take(raw_table(rows), schema("areas"), CONTEXT)
    assert found.table["level"].to_pylist()[-1] == level
    assert [fault.rule for fault in found.faults] == (["R-143"] if noted else [])


@pytest.mark.parametrize(
    ("level", "subtype"), [("街道", "street"), ("镇", "town"), ("乡", "town"), ("镇街", None), ("开发区", "other")]
)
def test_the_level_may_say_the_subtype(level: str, subtype: str | None) -> None:
    found = take(raw_table([*AREAS, ("441802300", "新区", level, "441802", "")]), schema("areas"), CONTEXT)
    assert (found.table["level"].to_pylist()[-1], found.table["subtype"].to_pylist()[-1]) == ("township", subtype)


def test_codes_filled_to_twelve_digits() -> None:
    """As the statistics publish them; villages may hang below either spelling."""
    rows = (
        ("统计用区划代码", "名称", "级别", "上级代码"),
        ("441802000000", "清城区", "区县", ""),
        ("441802006000", "凤城街道", "街道", "441802000000"),
        ("441802006001", "高基里社区居委会", "社区", "441802006000"),
        ("441802006002", "鹤堂社区居委会", "社区", ""),
    )
    found = take(raw_table(rows), schema("areas"), CONTEXT)
    codes = [(row["code"], row["parent"]) for row in found.table.to_pylist()]
    assert codes == [
        ("441802", None),
        ("441802006", "441802"),
        ("441802006001", "441802006"),
        ("441802006002", "441802006"),
    ]
    assert [(fault.rule, fault.where.row) for fault in found.faults] == [("R-144", 2), ("R-137", 5)]


def test_the_class_says_urban_or_rural_where_the_row_does_not() -> None:
    rows = (
        ("代码", "名称", "层级", "城乡", "城乡分类代码"),
        ("441802", "清城区", "区县", "", "111"),
        ("441803", "清新区", "区县", "", 220),
        ("441821", "佛冈县", "区县", "城市", "220"),
        ("441823", "阳山县", "区县", "", ""),
    )
    found = take(raw_table(rows), schema("areas"), CONTEXT)
    assert found.table["urban_rural"].to_pylist() == ["urban", "rural", "urban", None]
    assert found.faults == ()


def test_no_message_repeats_a_persons_number() -> None:
    rows = (("驻地编号", "类型", "所属区域", "户数"), ("N1", "电话13812345678", "13812345678", "11010519491231002X"))
    found = take(raw_table(rows), schema("premises"), CONTEXT)
    assert sorted(fault.rule for fault in found.faults) == ["R-111", "R-112", "R-133"]
    for fault in found.faults:
        told = fault.value + fault.why.zh + fault.why.en + fault.mend.zh + fault.mend.en
        assert "13812345678" not in told
        assert "11010519491231002X" not in told


@pytest.mark.parametrize(("total", "marks"), [(300.0, []), (301.0, [("R-181", 4, "C")])])
def test_a_total_row_is_checked_and_not_imported(total: float, marks: list[object]) -> None:
    rows = (("所属区域", "统计日期", "户数"), ("441802006", "2017", "100"), ("441802103", "2017", "200"))
    areas = take(raw_table(AREAS), schema("areas"), CONTEXT).table
    table = raw_table(rows, subtotals=[Subtotal(4, "合计", {2: total}, (0, 1))])
    found = take(table, schema("area_facts"), replace(CONTEXT, registers={"areas": areas}))
    assert found.table.num_rows == 2
    places = [(fault.rule, fault.where.row, fault.where.column) for fault in found.faults]
    assert [place for place in places if place[0] != "R-116"] == marks


def test_only_rows_of_the_part_given_are_taken() -> None:
    """R-184: neither a row of another area, nor one the register has in another area, nor one of no area."""
    areas = take(raw_table(AREAS), schema("areas"), CONTEXT).table
    held = schema("premises").empty().select(["premises_id", "area_code"])
    held = pa.concat_tables(
        [held, pa.table({"premises_id": ["N3", "N4"], "area_code": ["441802103", "441802006"]}, schema=held.schema)]
    )
    rows = (
        ("驻地编号", "类型", "所属区域"),
        ("N1", "楼栋", "441802006"),
        ("N2", "楼栋", "441802103"),
        ("N3", "楼栋", "441802006"),
        ("N4", "楼栋", "441802006"),
    )
    mine = Within("441802006", frozenset({"441802006"}))
    context = replace(CONTEXT, registers={"areas": areas, "premises": held}, within=mine)
    found = take(raw_table(rows), schema("premises"), context)
    assert found.table["premises_id"].to_pylist() == ["N1", "N4"]
    told = [(fault.rule, fault.where.row, fault.why.zh) for fault in found.faults if fault.rule == "R-184"]
    why = "“441802103”不在“441802006”范围内，填报人只能报本区域的行"
    assert told == [("R-184", 3, why), ("R-184", 4, why)]
    whole = take(raw_table(rows), schema("premises"), replace(context, within=None))
    assert whole.table.num_rows == 4


def test_every_rule_is_broken_by_some_test() -> None:
    """The rules of intake, and where they are tested."""
    elsewhere = {
        "R-101": "test_broken",
        "R-102": "test_broken",
        "R-106": "test_mapping",
        "R-143": "test_quality",
        "R-144": "test_quality",
        "R-145": "test_polygons",
        "R-146": "test_polygons",
        "R-147": "test_polygons",
        "R-148": "test_polygons",
        "R-149": "test_polygons",
        "R-158": "test_points",
        "R-159": "test_points",
        "R-162": "test_points",
        "R-163": "test_points",
        "R-164": "test_points",
        "R-181": "test_quality",
        "R-184": "test_quality",
        "R-185": "tests/coverage/test_cross_checks",
        "R-186": "tests/coverage/test_cross_checks",
        "R-190": "test_quality",
        "R-201": "test_codelists",
        "R-202": "test_codelists",
        "R-203": "test_codelists",
        "R-204": "test_codelists",
        "R-205": "test_codelists",
    }
    broken = {mark.partition("@")[0] for case in test_broken.CASES for mark in case.marks.split()}
    assert broken.isdisjoint(elsewhere)
    assert broken | elsewhere.keys() == {number for number in rules() if number >= "R-100"}


def test_dates_after_the_as_of_day_depend_on_it() -> None:
    rows = (("测试编号", "场所编号", "运营商", "测试日期", "是否通达"), ("T1", "K1", "移动", "2018-06-30", "是"))
    for as_of, marks in ((date(2018, 6, 30), ["R-134"]), (date(2018, 6, 29), ["R-134", "R-179"])):
        found = take(raw_table(rows), schema("key_place_tests"), IntakeContext(crs=CRS, as_of=as_of))
        assert sorted(fault.rule for fault in found.faults) == marks
