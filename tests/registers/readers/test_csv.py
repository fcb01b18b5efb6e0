"""CSV and TSV: separators, quoting, ragged rows, titles, totals; each broken file has a twin that reads."""

from pathlib import Path

import pytest

from guangcheng.base.errors import Where
from guangcheng.registers.raw import RawColumn, RawTable, Subtotal

from .making import english, faults, headers, only, records, refused, write_text


def test_a_plain_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "编号,名称,户数\r\nP1,甲村,12\r\nP2,,0\r\n")
    assert only(path) == RawTable(
        file=path,
        sheet=None,
        columns=[
            RawColumn("编号", "1", ["P1", "P2"]),
            RawColumn("名称", "2", ["甲村", None]),
            RawColumn("户数", "3", ["12", "0"]),
        ],
        rows=[2, 3],
    )


@pytest.mark.parametrize("separator", [",", "\t", ";", "，", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    lines = [["编号", "名称", "备注"], ["P1", "甲村", "x"], ["P2", "乙村", "y"]]
    table = only(write_text(tmp_path / "a.csv", "\n".join(separator.join(line) for line in lines)))
    assert (headers(table), records(table)) == (lines[0], [("P1", "甲村", "x"), ("P2", "乙村", "y")])


def test_full_width_commas_inside_names_do_not_separate(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "编号,名称\nP1,东门，西门\nP2,南门，北门\n"))
    assert records(table) == [("P1", "东门，西门"), ("P2", "南门，北门")]


def test_the_separator_excel_writes_into_the_first_line(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "sep=;\n编号;名称,别名\nP1;甲,乙\n"))
    assert (headers(table), records(table), table.rows) == (["编号", "名称,别名"], [("P1", "甲,乙")], [3])


def test_quoted_line_breaks_start_no_row(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", '编号,地址\nP1,"一路\n2号"\nP2,"他说""好"""\n'))
    assert (records(table), table.rows) == ([("P1", "一路\n2号"), ("P2", '他说"好"')], [2, 3])


def test_cells_are_handed_on_as_written(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "代码,日期,数\n5.00157E+11,2018.6,１２３\n 007 ,2018年6月,—\n"))
    assert records(table) == [("5.00157E+11", "2018.6", "１２３"), (" 007 ", "2018年6月", "—")]
    assert table.faults == []


def test_titles_blank_rows_totals_and_footnotes(tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.csv",
        "用户统计表,,\n单位：万户,,\n\n区域,运营商,用户数\n源潭镇,电信,1.5\n, ,\n源潭镇,移动,2\n小计,,3.5\n"
        '东城街,电信,4\n小 计,,4\n区域,运营商,用户数\n合计,,"1,007.5"\n注：含专线,,\n填表人：,审核人：,\n',
    )
    table = only(path)
    assert headers(table) == ["区域", "运营商", "用户数"]
    assert records(table) == [("源潭镇", "电信", "1.5"), ("源潭镇", "移动", "2"), ("东城街", "电信", "4")]
    assert table.rows == [5, 7, 9]
    assert table.subtotals == [
        Subtotal(8, "小计", {2: 3.5}, (0, 1)),
        Subtotal(10, "小 计", {2: 4.0}, (2,)),
        Subtotal(12, "合计", {2: 1007.5}, (0, 1, 2)),
    ]
    assert table.unit == "万户"
    assert english(table.notes) == [
        "row 1 is a title, not read: 用户统计表",
        "row 2 is a title, not read: 单位：万户",
        "row 11 repeats the header, not read",
        "row 13 is a footnote, not read: 注：含专线",
        "row 14 is a footnote, not read: 填表人： 审核人：",
        "total rows, checked and not read as records: 3 (rows 8, 10, 12)",
    ]
    assert table.faults == []


def test_a_remark_between_records_is_a_record(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "名称,户数,备注\n注：旧名,,\n甲村,3,\n"))
    assert (records(table), table.notes) == ([("注：旧名", None, None), ("甲村", "3", None)], [])


def test_a_value_that_equals_the_only_header_is_a_record(tmp_path: Path) -> None:
    assert records(only(write_text(tmp_path / "a.csv", "名称\n甲村\n名称\n"))) == [("甲村",), ("名称",)]


def test_a_full_row_that_begins_like_a_footnote_is_a_record(tmp_path: Path) -> None:
    content = "名称,户数,层数,备注\n甲村,3,2,x\n备注：乙村,4,5,\n"
    assert records(only(write_text(tmp_path / "a.csv", content)))[1] == ("备注：乙村", "4", "5", None)
    content = "名称,户数,层数,备注\n甲村,3,2,x\n备注：乙村,4,,\n2.又一条,,,\n"
    table = only(write_text(tmp_path / "b.csv", content))
    assert (len(table.rows), len(table.notes)) == (1, 2)


@pytest.mark.parametrize(
    "word", ["Total", "Grand  total:", "TOTAL", "Sub-total", "subtotal", "A town total", "总 计："]
)
def test_words_of_totals(tmp_path: Path, word: str) -> None:
    table = only(write_text(tmp_path / "a.csv", f"name,count\nA,3\n{word},3\n"))
    assert table.subtotals == [Subtotal(3, word, {1: 3.0}, (0,))]


def test_words_that_only_contain_the_sign_of_a_total_are_records(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "名称,户数\n设计院小区,3\n统计局宿舍,4\n合计村,5\nfixed_total,6\n"))
    assert (records(table), table.subtotals) == (
        [("设计院小区", "3"), ("统计局宿舍", "4"), ("合计村", "5"), ("fixed_total", "6")],
        [],
    )


def test_a_two_row_header_whose_merges_were_lost(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "表一,,,\n区域,用户数,,备注\n,光纤,铜缆,\n源潭镇,1,2,\n"))
    assert headers(table) == ["区域", "用户数/光纤", "用户数/铜缆", "备注"]
    assert (records(table), table.rows) == ([("源潭镇", "1", "2", None)], [4])


def test_too_many_and_too_few_cells_are_faults_of_their_rows(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,\n"))
    assert records(table) == [("1", "2", "3"), ("1", "2", None), ("1", "2", "3"), ("1", "2", "3")]
    assert faults(table) == [("R-021", 3, None, "1 | 2"), ("R-020", 4, None, "1 | 2 | 3 | 4")]
    twin = only(write_text(tmp_path / "b.csv", "a,b,c\n1,2,3\n1,2,\n1,2,3\n1,2,3,\n"))
    assert faults(twin) == []


def test_a_column_without_a_header_is_left_out_with_a_warning(tmp_path: Path) -> None:
    table = only(write_text(tmp_path / "a.csv", ",编号,名称\n0,P1,甲\n1,P2,乙\n"))
    assert (headers(table), records(table)) == (["编号", "名称"], [("P1", "甲"), ("P2", "乙")])
    assert faults(table) == [("R-027", None, "1", "")]


def test_two_headers_alike_refuse_the_file(tmp_path: Path) -> None:
    kind, rule, error = refused(write_text(tmp_path / "a.csv", "编号,名称,编 号\n1,2,3\n"))
    assert (kind, rule) == ("InputError", "R-010")
    assert error.message.zh == "“1”列和“3”列的表头都是“编 号”（R-010）"
    assert error.message.en == "columns 1 and 3 are both called “编 号” (R-010)"
    assert records(only(write_text(tmp_path / "b.csv", "编号,名称,编 码\n1,2,3\n"))) == [("1", "2", "3")]


def test_a_file_without_header(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "441802102,12,2018-06-30\n441802103,13,2018-06-30\n")
    assert refused(path)[:2] == ("InputError", "R-009")
    twin = write_text(tmp_path / "b.csv", "代码,户数,日期\n441802103,13,2018-06-30\n")
    assert records(only(twin)) == [("441802103", "13", "2018-06-30")]


@pytest.mark.parametrize("content", ["", "\n\n", "编号,名称\n", "编号,名称\n,\n"])
def test_a_file_without_rows(tmp_path: Path, content: str) -> None:
    assert refused(write_text(tmp_path / "a.csv", content))[1] == "R-011"


def test_a_quotation_mark_that_never_closes(tmp_path: Path) -> None:
    kind, rule, error = refused(write_text(tmp_path / "a.csv", '编号,名称\n1,"甲\n2,乙\n'))
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-012", 2)
    assert len(records(only(write_text(tmp_path / "b.csv", '编号,名称\n1,"甲"\n2,乙\n')))) == 2


def test_a_nul_byte(tmp_path: Path) -> None:
    kind, rule, error = refused(write_text(tmp_path / "a.csv", "编号,名称\n1,甲\n2,\0乙\n"))
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-006", 3)


def test_a_sheet_cannot_be_chosen(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "编号,名称\n1,甲\n")
    assert refused(path, sheet="x")[:2] == ("UsageError", "R-019")


def test_every_place_names_the_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "a,b\n1\n")
    assert [fault.where for fault in only(path).faults] == [Where(file=str(path), row=2)]
