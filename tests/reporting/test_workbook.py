"""The ledger: what its cells say, that nothing in them runs, how it prints."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from guangcheng.base.text import Lang
from guangcheng.reporting.workbook import ledger
from tests.reporting import sample
from tests.reporting.content import golden, workbook_cells
from tests.reporting.regenerate import LANGS, ledger_of

SHEETS = ["总览", "指标", "街镇", "行政村", "自然村", "小区", "未通过清单", "数据缺口", "口径与依据"]


@cache
def sheets(book: bytes) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in load_workbook(io.BytesIO(book)).worksheets}


@pytest.mark.parametrize("lang", LANGS)
def test_every_cell_is_as_in_the_golden_file(lang: Lang) -> None:
    """Regenerate with ``.venv/bin/python -m tests.reporting.regenerate`` and read the diff."""
    assert workbook_cells(ledger_of(lang)) == golden(f"ledger-{lang}.json")


def test_the_same_values_give_the_same_bytes() -> None:
    again = ledger(
        sample.evaluation(),
        sample.standard(),
        city_name=sample.CITY,
        generated_on=sample.GENERATED_ON,
        ways=sample.ways(),
    )
    assert again == ledger_of("zh")
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert load_workbook(io.BytesIO(again)).properties.created == datetime(2019, 1, 8)  # noqa: DTZ001


def test_nine_sheets_in_order() -> None:
    assert list(sheets(ledger_of("zh"))) == SHEETS


def test_no_cell_is_a_formula_or_a_link_and_names_survive_as_they_are() -> None:
    found = sheets(ledger_of("zh"))
    cells = [cell for sheet in found.values() for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert all(cell.hyperlink is None for cell in cells)
    assert '=HYPERLINK("http://example.invalid")村' in [cell.value for cell in cells]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_words_like_a_formula_carry_the_quote_prefix(start: str) -> None:
    name = f"{start}1+1"
    changed = replace(sample.areas()[2], name=name)
    whole = replace(sample.evaluation(), areas=(changed,), estates=())
    book = ledger(whole, sample.standard(), city_name=sample.CITY, generated_on=sample.GENERATED_ON)
    cell = sheets(book)["街镇"]["B5"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (name, "s", True)


def test_counts_are_whole_numbers_and_shares_are_words() -> None:
    rows = workbook_cells(ledger_of("zh"))["街镇"]
    header, town = rows[3], next(row for row in rows if row[1:2] == ["太和镇"])
    cells = dict(zip(header[:19], town, strict=False))
    assert town[5:12] == ["90%以上行政村为全光网行政村", 9, 10, None, "90.0%", "≥90%", "符合"]
    assert (cells["结论"], cells["层级"]) == ("◆ 达标（参考值未达）", "镇")


@pytest.mark.parametrize("name", SHEETS[1:6])
def test_every_row_of_figures_ends_in_its_trace(name: str) -> None:
    sheet = sheets(ledger_of("zh"))[name]
    top = 3 if name == "指标" else 4
    headers = [cell.value for cell in sheet[top]]
    traces = [number for number, title in enumerate(headers) if title == "追溯码"]
    figures = [number for number, title in enumerate(headers) if title == "实际值"]
    assert len(traces) == len(figures) >= 1
    for row in sheet.iter_rows(min_row=top + 1, values_only=True):
        for figure, trace in zip(figures, traces, strict=True):
            if row[figure] is not None:
                assert str(row[trace]).startswith(sample.PREFIX)


@pytest.mark.parametrize("name", SHEETS[1:8])
def test_tables_freeze_filter_and_repeat_their_header(name: str) -> None:
    sheet = sheets(ledger_of("zh"))[name]
    top = 4 if name in SHEETS[2:6] else 3
    assert sheet.freeze_panes is not None
    assert str(sheet.freeze_panes).endswith(str(top + 1))
    assert sheet.auto_filter.ref is not None
    assert sheet.auto_filter.ref.startswith(f"A{top}:")
    assert sheet.print_title_rows == f"$3:${top}"


@pytest.mark.parametrize("name", SHEETS)
def test_pages_are_a4_landscape_one_page_wide_with_numbers(name: str) -> None:
    sheet = sheets(ledger_of("zh"))[name]
    assert (int(sheet.page_setup.paperSize or 0), sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.right is not None
    assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页"


def test_colour_never_stands_alone() -> None:
    """A cell with a ground of its own says in words what the colour says."""
    sheet = sheets(ledger_of("zh"))["未通过清单"]
    tinted = {cell.value for row in sheet.iter_rows(min_row=4) for cell in row if cell.fill.fill_type == "solid"}
    assert tinted == {"▲ 未达标", "□ 数据不足"}


def test_an_empty_city_gives_whole_sheets_that_say_so() -> None:
    book = ledger(sample.empty_evaluation(), sample.standard(), city_name=sample.CITY, generated_on=sample.GENERATED_ON)
    cells = workbook_cells(book)
    assert list(cells) == SHEETS
    assert [cells[name][-1] for name in SHEETS[1:8]] == [["没有内容"]] * 7


def test_a_standard_that_judges_no_areas_has_no_sheets_of_areas() -> None:
    whole = replace(sample.evaluation(), areas=(), estates=())
    standard = sample.standard().model_copy(update={"acceptance": ()})
    book = ledger(whole, standard, city_name=sample.CITY, generated_on=sample.GENERATED_ON)
    assert list(workbook_cells(book)) == ["总览", "指标", "数据缺口", "口径与依据"]


def test_names_that_no_file_can_hold_are_cleaned_and_long_ones_cut() -> None:
    changed = replace(sample.areas()[2], name="甲\x00\x0b" + "乙" * 40_000)
    whole = replace(sample.evaluation(), areas=(changed,), estates=())
    rows = workbook_cells(ledger(whole, sample.standard(), city_name="x", generated_on=date(2020, 1, 1)))["街镇"]
    assert rows[4][1] == "甲" + "乙" * 31_998 + "…"
