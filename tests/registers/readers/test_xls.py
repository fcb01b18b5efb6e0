"""Legacy .xls, made by xlwt."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt

from guangcheng.registers.raw import RawColumn, RawTable, Subtotal

from .making import english, faults, only, records, refused


def styled(number_format: str) -> Any:
    return xlwt.easyxf(num_format_str=number_format)


def workbook(path: Path, *, code_format: str = "0", code: float = 441802102001, date: float = 43281) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    sheet.write_merge(0, 0, 0, 4, "接入点台账")
    for column, name in enumerate(["区域", "代码", "端口", "启用日期", "在用"]):
        sheet.write(1, column, name)
    sheet.write_merge(2, 3, 0, 0, "源潭镇")
    for row, number in [(2, 8), (3, 16)]:
        sheet.write(row, 1, code + row - 2, styled(code_format))
        sheet.write(row, 2, number)
        sheet.write(row, 3, date, styled("yyyy-mm-dd"))
        sheet.write(row, 4, row == 2)
    sheet.write(4, 0, "合计")
    sheet.write(4, 2, 24)
    hidden = book.add_sheet("旧表")
    hidden.write(0, 0, "编号")
    hidden.visibility = 1
    book.save(str(path))
    return path


def test_a_legacy_workbook_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xls")
    found = only(path)
    day = datetime.fromisoformat("2018-06-30")
    assert found == RawTable(
        file=path,
        sheet="台账",
        columns=[
            RawColumn("区域", "A", ["源潭镇", "源潭镇"]),
            RawColumn("代码", "B", [441802102001, 441802102002]),
            RawColumn("端口", "C", [8, 16]),
            RawColumn("启用日期", "D", [day, day]),
            RawColumn("在用", "E", [True, False]),
        ],
        rows=[3, 4],
        subtotals=[Subtotal(5, "合计", {2: 24.0}, (0, 1))],
        notes=found.notes,
    )
    assert [type(cell) for cell in found.columns[1].cells] == [int, int]
    assert english(found.notes) == [
        "sheet “旧表” is hidden, not read",
        "row 1 is a title, not read: 接入点台账",
        "total rows, checked and not read as records: 1 (rows 5)",
    ]


def test_damaged_numbers_are_faults(tmp_path: Path) -> None:
    damaged = only(workbook(tmp_path / "a.xls", code=500157000000, code_format="0.00E+00"))
    assert faults(damaged) == [("R-025", 3, "B", "5.001570E+11")]
    lost = only(workbook(tmp_path / "b.xls", code=4.41802102001e16))
    assert [fault[:3] for fault in faults(lost)] == [("R-024", 3, "B"), ("R-024", 4, "B")]
    late = only(workbook(tmp_path / "c.xls", date=99999999))
    assert [fault[:3] for fault in faults(late)] == [("R-030", 3, "D"), ("R-030", 4, "D")]


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_legacy_workbook_cut_off(tmp_path: Path, share: float) -> None:
    path = workbook(tmp_path / "a.xls")
    assert len(records(only(path))) == 2
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refused(path)[0] == "WrongFormat"
