"""One spelling for the many ways people write a column name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.registers.readers.headerrow import Header, Merge, find_header
from guangcheng.registers.readers.headers import clean, normalise, squeeze, unit_of

Rows = list[tuple[int, list[object]]]


@pytest.mark.parametrize(
    ("header", "word", "unit"),
    [
        ("用户数", "用户数", None),
        (" 用 户\n数 ", "用户数", None),
        ("用户数（户）", "用户数", "户"),
        ("用户数(万户)", "用户数", "万户"),
        ("用户数【单位：万户】", "用户数", "万户"),
        ("容量（Mbit/s）", "容量", "mbit/s"),
        ("占比（%）", "占比", "%"),
        ("*名称（必填）", "名称", None),
        ("小区编号（上级）", "小区编号(上级)", None),
        ("用户数(户)/光纤", "用户数/光纤", "户"),
        ("Premises ID", "premisesid", None),
        ("ｏｐｅｒａｔｏｒ", "operator", None),
        ("经度，纬度", "经度,纬度", None),
        ("备注：", "备注", None),
        ("", "", None),
    ],
)
def test_a_header_is_one_word_and_its_unit(header: str, word: str, unit: str | None) -> None:
    assert (normalise(header), unit_of(header)) == (word, unit)


@settings(max_examples=100)
@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(header: str) -> None:
    assert squeeze(squeeze(header)) == squeeze(header)
    assert normalise(normalise(header)) == normalise(header)


def test_cleaning_keeps_all_but_line_breaks_and_outer_blanks() -> None:
    assert clean("  用户数\r\n（户） ") == "用户数（户）"
    assert clean("in service") == "in service"


def test_a_header_below_titles() -> None:
    rows: Rows = [
        (1, ["接入点台账"]),
        (2, ["填报单位：某公司", None, "2018年6月"]),
        (4, ["编号", "名称", "端口"]),
        (5, ["1", "甲", "8"]),
    ]
    assert find_header(rows, (), frozenset()) == Header(2, 3, ("编号", "名称", "端口"))


def test_known_words_settle_which_row_is_the_header() -> None:
    rows: Rows = [(1, ["台账", "草稿", "内部"]), (2, ["编号", "名称", "端口"]), (3, ["甲", "乙", "丙"])]
    assert find_header(rows, (), frozenset()) == Header(0, 1, ("台账", "草稿", "内部"))
    assert find_header(rows, (), frozenset({"编号", "端口"})) == Header(1, 2, ("编号", "名称", "端口"))


def test_a_header_of_three_rows_by_its_merged_cells() -> None:
    rows: Rows = [
        (1, ["区域", "用户数", None, None]),
        (2, [None, "光纤", None, "铜缆"]),
        (3, [None, "家庭", "政企", None]),
        (4, ["源潭镇", 1, 2, 3]),
    ]
    merges = [Merge(1, 0, 3, 0), Merge(1, 1, 1, 3), Merge(2, 1, 2, 2), Merge(2, 3, 3, 3)]
    names = ("区域", "用户数/光纤/家庭", "用户数/光纤/政企", "用户数/铜缆")
    assert find_header(rows, merges, frozenset()) == Header(0, 3, names)


def test_a_header_whose_wide_cells_alone_are_merged() -> None:
    rows: Rows = [(1, ["区域", "用户数", None]), (2, [None, "光纤", "铜缆"]), (3, ["源潭镇", 1, 2])]
    merges = [Merge(1, 1, 1, 2)]
    assert find_header(rows, merges, frozenset()) == Header(0, 2, ("区域", "用户数/光纤", "用户数/铜缆"))


def test_a_header_of_two_full_rows_under_a_wide_cell() -> None:
    rows: Rows = [(1, ["区域", "用户数", None]), (2, ["代码", "光纤", "铜缆"]), (3, ["441802102", 1, 2])]
    names = ("区域/代码", "用户数/光纤", "用户数/铜缆")
    assert find_header(rows, [Merge(1, 1, 1, 2)], frozenset()) == Header(0, 2, names)


def test_a_row_half_of_labels_is_a_title() -> None:
    rows: Rows = [(1, ["用户表", "单位：户", None]), (2, ["区域", "光纤", "铜缆"]), (3, ["源潭镇", 1, 2])]
    assert find_header(rows, (), frozenset()) == Header(1, 2, ("区域", "光纤", "铜缆"))


def test_a_column_for_each_year_or_month() -> None:
    years: Rows = [(1, ["区域", "指标", "2015", "2016", 2017, 2018]), (2, ["源潭镇", "户数", "1", "2", "3", "4"])]
    assert find_header(years, (), frozenset()) == Header(0, 1, ("区域", "指标", "2015", "2016", "2017", "2018"))
    months: Rows = [(1, ["区域", "2018年5月", "2018年6月", "2018-07"]), (2, ["源潭镇", 1, 2, 3])]
    assert find_header(months, (), frozenset()) == Header(0, 1, ("区域", "2018年5月", "2018年6月", "2018-07"))
    assert find_header([(1, ["源潭镇", "2018", "2018"]), (2, ["龙塘镇", "2018", "3"])], (), frozenset()) is None


def test_a_wide_cell_over_records_is_no_upper_header_row() -> None:
    numbers: Rows = [(1, ["区域", "用户数", None]), (2, ["源潭镇", 1, 2])]
    one_name: Rows = [(1, ["区域", "名称", None]), (2, ["源潭镇", "甲村", None])]
    far_below: Rows = [(1, ["区域", "名称", None]), (3, ["源潭镇", "甲村", "乙村"])]
    merges = [Merge(1, 1, 1, 2)]
    assert find_header(numbers, merges, frozenset()) == Header(0, 1, ("区域", "用户数"))
    assert find_header(one_name, merges, frozenset()) == Header(0, 1, ("区域", "名称"))
    assert find_header(far_below, merges, frozenset()) == Header(0, 1, ("区域", "名称"))


def test_a_merged_block_deeper_than_a_header_is_none() -> None:
    rows: Rows = [(1, ["编号", "名称"]), (2, [1, "甲"]), (3, [2, "乙"]), (4, [3, "丙"])]
    assert find_header(rows, [Merge(1, 0, 4, 0)], frozenset()) == Header(0, 1, ("编号", "名称"))


def test_a_header_may_leave_some_columns_unnamed() -> None:
    body: list[object] = ["P1", "甲", 3, 4, 5]
    assert find_header([(1, ["编号", "名称", "户数"]), (2, body)], (), frozenset()) is not None
    assert find_header([(1, ["编号", "名称"]), (2, body)], (), frozenset()) is None
    known = frozenset({"编号", "名称"})
    assert find_header([(1, ["编号", "名称"]), (2, body)], (), known) == Header(0, 1, ("编号", "名称"))


def test_a_part_of_a_two_row_header_may_be_known() -> None:
    rows: Rows = [
        (1, ["某表", "内部", "草稿"]),
        (2, ["区域", "用户数", None]),
        (3, [None, "光纤", "铜缆"]),
        (4, ["甲", 1, 2]),
    ]
    merges = [Merge(2, 0, 3, 0), Merge(2, 1, 2, 2)]
    names = ("区域", "用户数/光纤", "用户数/铜缆")
    assert find_header(rows, merges, frozenset({"用户数"})) == Header(1, 3, names)


def test_a_title_over_a_full_header_is_no_upper_header_row() -> None:
    rows: Rows = [(1, ["用户统计", None, None]), (2, ["区域", "光纤", "铜缆"]), (3, ["源潭镇", "1", "2"])]
    assert find_header(rows, (), frozenset()) == Header(1, 2, ("区域", "光纤", "铜缆"))
    assert find_header(rows, [Merge(1, 0, 1, 2)], frozenset()) == Header(1, 2, ("区域", "光纤", "铜缆"))


def test_rows_of_numbers_are_no_header() -> None:
    rows: Rows = [(1, ["441802102", "源潭镇", "100", "20"]), (2, ["441802103", "龙塘镇", "90", "10"])]
    assert find_header(rows, (), frozenset()) is None
