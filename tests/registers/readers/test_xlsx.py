"""XLSX as people fill it in; each broken workbook has a twin that reads."""

import shutil
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.cell import Cell

from guangcheng.registers.raw import RawColumn, RawTable, Subtotal
from guangcheng.registers.readers import read

from .making import Rows, english, faults, headers, only, records, refused, write_xlsx

STATISTICS: Rows = [
    ["清城区宽带用户统计表"],
    ["填报单位：某公司", None, None, "2018年6月"],
    ["区域", "运营商", "用户数", None, None],
    [None, None, "光纤", "铜缆", "同轴"],
    ["源潭镇", "电信", 100, 20, None],
    [None, "移动", 50, None, 3],
    [None, "小计", 150, 20, 3],
    [],
    ["东城街道", "电信", 7, 1, None],
    ["东城街道", "联通", 3, 2, 1],
    ["东城街道小计", None, 10, 3, 1],
    ["合计", None, 160, 23, 4],
    ["注：含专线"],
    ["填表人：", None, "审核人："],
]
DAY = datetime.fromisoformat("2018-06-30")
MORNING = datetime.fromisoformat("2018-06-30T08:05")
MERGES = ["A1:E1", "A3:A4", "B3:B4", "C3:E3", "A5:A7", "A12:B12"]


def edited(path: Path, cell: str, value: object, number_format: str | None = None) -> Path:
    """A copy of a workbook in which one cell of the first sheet is another."""
    copy = path.with_name(f"edited-{path.name}")
    book = openpyxl.load_workbook(path)
    place = book.worksheets[0][cell]
    assert isinstance(place, Cell)
    place.value = value  # type: ignore[assignment]
    if number_format is not None:
        place.number_format = number_format
    book.save(copy)
    return copy


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """A copy of a workbook in whose first sheet's XML ``old`` is replaced by ``new``."""
    copy = path.with_name(f"rewritten-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                assert old in content
                content = content.replace(old, new)
            target.writestr(member, content)
    return copy


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "a.xlsx", {"表": [["编号", "户数", "代码"], ["P1", 3, 441802], ["P2", 4, 441803]]})


def test_a_statistics_sheet_whole(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"统计": STATISTICS}, merges=MERGES)
    found = only(path)
    assert found == RawTable(
        file=path,
        sheet="统计",
        columns=[
            RawColumn("区域", "A", ["源潭镇", "源潭镇", "东城街道", "东城街道"]),
            RawColumn("运营商", "B", ["电信", "移动", "电信", "联通"]),
            RawColumn("用户数/光纤", "C", [100, 50, 7, 3]),
            RawColumn("用户数/铜缆", "D", [20, None, 1, 2]),
            RawColumn("用户数/同轴", "E", [None, 3, None, 1]),
        ],
        rows=[5, 6, 9, 10],
        subtotals=[
            Subtotal(7, "小计", {2: 150.0, 3: 20.0, 4: 3.0}, (0, 1)),
            Subtotal(11, "东城街道小计", {2: 10.0, 3: 3.0, 4: 1.0}, (2, 3)),
            Subtotal(12, "合计", {2: 160.0, 3: 23.0, 4: 4.0}, (0, 1, 2, 3)),
        ],
        notes=found.notes,
    )
    assert english(found.notes) == [
        "row 1 is a title, not read: 清城区宽带用户统计表",
        "row 2 is a title, not read: 填报单位：某公司 2018年6月",
        "row 13 is a footnote, not read: 注：含专线",
        "row 14 is a footnote, not read: 填表人： 审核人：",
        "total rows, checked and not read as records: 3 (rows 7, 11, 12)",
    ]


def test_cells_keep_their_types(tmp_path: Path) -> None:
    values = ["甲", 12, 12.0, 0.5, True, DAY, MORNING, time(8, 5), "  ", "007"]
    path = write_xlsx(tmp_path / "a.xlsx", {"表": [[f"列{i}" for i in range(10)], values, [timedelta(hours=30)]]})
    first, second = records(only(path))
    kept = ("甲", 12, 12, 0.5, True, DAY, MORNING, "08:05:00", None, "007")
    assert first == kept
    assert [type(cell) for cell in first] == [type(cell) for cell in kept]
    assert second[0] == "1 day, 6:00:00"


def test_sheets_that_are_not_read_are_named(tmp_path: Path) -> None:
    data: Rows = [["编号", "名称"], ["P1", "甲村"]]
    sheets: dict[str, Rows] = {
        "填表说明": [["请逐行填写"], ["不要合并"]],
        "一季度": data,
        "二季度": [["编号", "名称"], ["P2", "乙村"]],
        "旧表": data,
        "空表": [],
        "空白": [["编号", "名称"]],
    }
    path = write_xlsx(tmp_path / "a.xlsx", sheets, hidden=["旧表"])
    found = read(path)
    assert [(one.sheet, records(one)) for one in found] == [("一季度", [("P1", "甲村")]), ("二季度", [("P2", "乙村")])]
    assert english(found[0].notes) == [
        "sheet “填表说明” holds explanations, not read",
        "sheet “旧表” is hidden, not read",
        "sheet “空表” has no data, not read",
        "sheet “空白” has no data, not read",
    ]
    assert found[1].notes == []
    assert [one.sheet for one in read(path, sheet="旧表")] == ["旧表"]
    kind, rule, error = refused(path, sheet="三季度")
    assert (kind, rule) == ("UsageError", "R-016")
    assert error.mend.zh == "可选：填表说明、一季度、二季度、旧表、空表、空白"


def test_a_workbook_without_data(tmp_path: Path) -> None:
    assert refused(write_xlsx(tmp_path / "a.xlsx", {"空表": []}))[:2] == ("InputError", "R-011")
    data: Rows = [["编号", "名称"], ["P1", "甲村"]]
    hidden = write_xlsx(tmp_path / "b.xlsx", {"空表": [], "旧表": data}, hidden=["旧表"])
    assert refused(hidden)[1] == "R-011"
    assert records(only(write_xlsx(tmp_path / "c.xlsx", {"空表": [], "旧表": data}))) == [("P1", "甲村")]


def test_formulas_give_the_saved_value(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["编号", "户数", "类型"])
    sheet.write_row(1, 0, ["P1"])
    sheet.write_formula(1, 1, "=1+2", value=3)
    sheet.write_formula(1, 2, '=IF(B2>2,"","x")', value="x")
    book.close()
    found = only(rewritten(tmp_path / "a.xlsx", b"<v>x</v>", b"<v></v>"))
    assert (records(found), faults(found)) == ([("P1", 3, None)], [])


def test_a_formula_without_saved_value_is_a_fault(table: Path) -> None:
    broken = edited(table, "B3", "=B2+1")
    found = only(broken)
    assert records(found) == [("P1", 3, 441802), ("P2", "=B2+1", 441803)]
    assert faults(found) == [("R-022", 3, "B", "=B2+1")]
    assert found.faults[0].where.sheet == "表"
    assert faults(only(table)) == []


@pytest.mark.parametrize("word", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_error_cells_are_faults(table: Path, word: str) -> None:
    found = only(edited(table, "C2", word))
    assert faults(found) == [("R-023", 2, "C", word)]
    assert found.faults[0].why.zh == f"单元格是错误值 {word}"


def test_numbers_that_lost_digits_are_faults(table: Path) -> None:
    assert faults(only(edited(table, "C2", 1234567890123456))) == [("R-024", 2, "C", "1234567890123456")]
    assert faults(only(edited(table, "C2", 4.41802102001e17))) == [("R-024", 2, "C", "4.41802102001e+17")]
    twin = only(edited(table, "C2", 441802102001001))
    assert (records(twin)[0], faults(twin)) == (("P1", 3, 441802102001001), [])


def test_codes_in_scientific_notation(table: Path) -> None:
    damaged = only(edited(table, "C2", 500157000000, "0.00E+00"))
    assert faults(damaged) == [("R-025", 2, "C", "5.001570E+11")]
    assert records(damaged)[0] == ("P1", 3, 500157000000)
    assert faults(only(edited(table, "C2", 500157001201, "0.00E+00"))) == []
    assert faults(only(edited(table, "C2", 500157000000, "0"))) == []
    text = only(edited(table, "C2", "5.00157E+11"))
    assert (records(text)[0], faults(text)) == (("P1", 3, "5.00157E+11"), [])


def test_a_date_beyond_the_calendar_is_a_fault(table: Path) -> None:
    assert faults(only(edited(table, "B2", 99999999, "yyyy-mm-dd"))) == [("R-030", 2, "B", "99999999")]
    twin = only(edited(table, "B2", 43281, "yyyy-mm-dd"))
    assert (records(twin)[0], faults(twin)) == (("P1", DAY, 441802), [])


def test_faults_of_totals_and_titles_refuse_no_record(table: Path) -> None:
    book = openpyxl.load_workbook(table)
    book.worksheets[0].append(["合计", "=SUM(B2:B3)", None])
    book.save(table)
    found = only(table)
    assert (faults(found), found.subtotals) == ([], [Subtotal(4, "合计", {}, (0, 1))])
    assert english(found.notes) == [
        "row 4, 合计, column B cannot be checked: the formula was saved without its result, so its value is unknown",
        "total rows, checked and not read as records: 1 (rows 4)",
    ]


def test_a_merged_quantity_is_repeated_with_a_warning(tmp_path: Path) -> None:
    rows: Rows = [["序号", "区域", "户数"], [1, 441802102001, 300], [None, None, None, "x"], [2, "乙村", 4]]
    path = write_xlsx(tmp_path / "a.xlsx", {"表": rows}, merges=["A2:A3", "B2:B3", "C2:C3"])
    found = only(path)
    assert records(found) == [(1, 441802102001, 300), (1, 441802102001, 300), (2, "乙村", 4)]
    assert faults(found) == [("R-027", None, "D", ""), ("R-026", 2, "C", "300")]


def test_totals_above_their_records(tmp_path: Path) -> None:
    rows: Rows = [["区域", "户数"], ["合计", 10], ["小计", 3], ["甲村", 1], ["乙村", 2], ["小计", 7], ["丙村", 7]]
    found = only(write_xlsx(tmp_path / "a.xlsx", {"表": rows}))
    assert records(found) == [("甲村", 1), ("乙村", 2), ("丙村", 7)]
    assert found.subtotals == [
        Subtotal(2, "合计", {1: 10.0}, (0, 1, 2)),
        Subtotal(3, "小计", {1: 3.0}, (0, 1)),
        Subtotal(6, "小计", {1: 7.0}, (2,)),
    ]


def test_a_total_of_nothing_is_left_out(tmp_path: Path) -> None:
    rows: Rows = [["区域", "户数"], ["甲村", 1], ["小计", 1], ["小计", 1]]
    assert only(write_xlsx(tmp_path / "a.xlsx", {"表": rows})).subtotals == [Subtotal(3, "小计", {1: 1.0}, (0,))]


def test_totals_by_operator_below_all_records(tmp_path: Path) -> None:
    rows: Rows = [
        ["区域", "运营商", "月份", "户数"],
        ["甲村", "电信", "2018-06", 1],
        ["甲村", "移动", "2018-06", 2],
        ["乙村", "电信", "2018-06", 4],
        ["合计", "电信", "2018-06", 5],
        [None, "移动", "2018-06", 2],
        ["全区合计", None, None, 7],
        ["甲村合计", None, None, 3],
    ]
    found = only(write_xlsx(tmp_path / "a.xlsx", {"表": rows}, merges=["A5:A6"]))
    assert found.subtotals == [
        Subtotal(5, "合计", {3: 5.0}, (0, 2)),
        Subtotal(6, "合计", {3: 2.0}, (1,)),
        Subtotal(7, "全区合计", {3: 7.0}, (0, 1, 2)),
        Subtotal(8, "甲村合计", {3: 3.0}, (0, 1)),
    ]


def test_a_header_merged_over_columns_names_the_first(tmp_path: Path) -> None:
    rows: Rows = [["编号", "备注", None, "户数"], ["P1", "x", None, 1], ["P2", "y", None, 2]]
    found = only(write_xlsx(tmp_path / "a.xlsx", {"表": rows}, merges=["B1:C1"]))
    assert (headers(found), faults(found)) == (["编号", "备注", "户数"], [])
    rows = [*rows[:2], ["P2", "y", "z", 2]]
    found = only(write_xlsx(tmp_path / "b.xlsx", {"表": rows}, merges=["B1:C1"]))
    assert (headers(found), faults(found)) == (["编号", "备注", "户数"], [("R-027", None, "C", "")])


def test_a_quantity_merged_over_an_empty_row_is_not_repeated(tmp_path: Path) -> None:
    rows: Rows = [["区域", "户数"], ["甲村", 300], [], ["乙村", 4]]
    found = only(write_xlsx(tmp_path / "a.xlsx", {"表": rows}, merges=["A2:A3", "B2:B3"]))
    assert (records(found), faults(found)) == ([("甲村", 300), ("乙村", 4)], [])


def test_two_headers_alike_name_both_columns(table: Path) -> None:
    kind, rule, error = refused(edited(table, "C1", "户 数"))
    assert (kind, rule, error.where.sheet, error.where.column) == ("InputError", "R-010", "表", "C")
    assert error.message.en == "columns B and C are both called “户 数” (R-010)"


def test_a_column_beyond_the_header_is_left_out_with_a_warning(table: Path) -> None:
    assert faults(only(edited(table, "E3", "旁注"))) == [("R-027", None, "E", "")]


def test_faults_in_a_column_that_is_not_read_refuse_no_record(tmp_path: Path) -> None:
    rows: Rows = [["编号", None, "名称"], ["P1", "=1+1", "甲"]]
    found = only(write_xlsx(tmp_path / "a.xlsx", {"表": rows}))
    assert (records(found), faults(found)) == ([("P1", "甲")], [("R-027", None, "B", "")])


def test_known_headers_find_the_header_among_titles(tmp_path: Path) -> None:
    rows: Rows = [["接入点", "台账", "2018"], ["内部", "资料", "草稿"], ["编号", "端口", "备注"], ["A1", 8, "x"]]
    path = write_xlsx(tmp_path / "a.xlsx", {"表": rows})
    assert headers(only(path, known_headers=frozenset({"编号", "端口"}))) == ["编号", "端口", "备注"]


def test_stated_dimensions_are_not_believed(table: Path) -> None:
    stated = rewritten(table, b'<dimension ref="A1:C3"', b'<dimension ref="A1:XFD1048576"')
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    found = only(rewritten(stated, b"</sheetData>", far))
    assert (records(found), found.rows) == (records(only(table)), [2, 3])


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_workbook_cut_off(table: Path, tmp_path: Path, share: float) -> None:
    content = table.read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(content[: int(len(content) * share)])
    assert refused(tmp_path / "cut.xlsx")[:2] == ("WrongFormat", "R-007")


@pytest.mark.parametrize("lost", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "[Content_Types].xml"])
def test_a_workbook_without_one_of_its_parts(tmp_path: Path, lost: str) -> None:
    data: Rows = [["编号", "名称"], ["P1", "甲村"]]
    path = write_xlsx(tmp_path / "a.xlsx", {"一": data, "二": data})
    assert len(read(path)) == 2
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for member in old.infolist():
            if member.filename != lost:
                new.writestr(member, old.read(member))
    assert refused(tmp_path / "b.xlsx")[:2] == ("WrongFormat", "R-007")


def test_a_damaged_cell_value(table: Path) -> None:
    broken = rewritten(table, b"<v>441802</v>", b"<v>NaN</v>")
    assert refused(broken)[:2] == ("WrongFormat", "R-007")


def test_a_macro_workbook_reads_like_any_other(table: Path) -> None:
    shutil.copy(table, table.with_suffix(".xlsm"))
    assert records(only(table.with_suffix(".xlsm"))) == [("P1", 3, 441802), ("P2", 4, 441803)]
