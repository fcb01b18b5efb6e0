"""The monthly report: one content in three forms, the same bytes again, nothing in it runs."""

import io
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import Verdict
from guangcheng.reporting import monthly
from guangcheng.reporting.maps import map_values
from guangcheng.reporting.monthly import Month, Row, report_docx, report_pdf
from guangcheng.reporting.monthly_book import report_xlsx
from guangcheng.reporting.summary import exact
from tests.reporting import sample
from tests.reporting.content import document_text, workbook_cells

EVIL = '=HYPERLINK("http://x") #let a = read("/etc/passwd") \\ "]'
HASH = "0123456789abcdef" * 4


def month(**changes: object) -> Month:
    evaluation = sample.evaluation()
    plain = Month(
        month="2018-12",
        version=2,
        evaluation=evaluation,
        standard=sample.standard(),
        city_name=sample.CITY,
        made_on=sample.GENERATED_ON,
        handed=(
            Row(Text("用户统计", "subscribers"), "甲公司", Text("已接收", "accepted"), date(2019, 1, 3)),
            Row(Text("用户统计", "subscribers"), "乙公司", Text("未报送", "missing"), late=True),
        ),
        seq=417,
        hash=HASH,
        tasks=(Row(Text(EVIL, EVIL), "住建部门", Text("进行中", "at work"), date(2018, 12, 1), late=True),),
        problems=(),
        cases=(),
        ways=sample.ways(),
        map_values=map_values(evaluation, sample.positions()),
        why="补报一个镇",
        recipients=(Text("领导小组", "the leading group"),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_values_give_the_same_bytes(lang: Lang) -> None:
    for write in (report_docx, report_pdf, report_xlsx):
        assert write(month(), lang) == write(month(), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_docx_and_pdf_say_the_same(lang: Lang) -> None:
    in_docx = str(document_text(report_docx(month(), lang)))
    in_pdf = words_of(report_pdf(month(), lang))
    for found in ("417", HASH, "补报一个镇", "甲公司", "乙公司", "2018-12-01"):
        assert (found in in_docx, found in in_pdf) == (True, True), found
    for part in (Text("滞后街镇", "Streets and towns that lag"), Text("任务进展", "Tasks")):
        assert (part.in_(lang) in in_docx, part.in_(lang) in in_pdf) == (True, True)


def test_the_pdf_has_an_outline_and_a_day() -> None:
    read = PdfReader(io.BytesIO(report_pdf(month(), "zh")))
    titles = [one.title for one in read.outline if not isinstance(one, list)]
    assert titles == [
        "一、本月概况",
        "二、指标完成情况",
        "三、滞后街镇",
        "四、任务进展",
        "五、建设难题",
        "六、应用案例",
        "七、数据报送情况",
        "八、数据与凭证",
    ]
    assert read.metadata is not None
    made = read.metadata.creation_date
    assert made is not None
    assert (read.metadata.title, made.date()) == ("示例区光网建设指标月报", sample.GENERATED_ON)


def test_what_operators_write_is_shown_and_never_runs() -> None:
    pdf = words_of(report_pdf(month(), "zh")).replace(" ", "")
    assert EVIL.replace(" ", "") in pdf
    sheet = load_workbook(io.BytesIO(report_xlsx(month(), "zh")))["任务"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == EVIL)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_the_change_against_the_month_before() -> None:
    now = sample.evaluation()
    one = next(result for result in now.indicators if result.unit == "%" and result.value is not None)
    value = exact(one.value)
    assert value is not None
    earlier = replace(one, value=str(float(value) - 1.5))
    others = tuple(earlier if result is one else result for result in now.indicators)
    told = month(before=replace(now, indicators=others))
    assert monthly.change(told, one, "zh") == "+1.5 百分点"
    assert monthly.change(told, one, "en") == "+1.5 percentage points"
    assert monthly.change(month(before=now), one, "zh") == "持平"
    assert monthly.change(month(), one, "zh") == "—"


def test_lagging_streets_are_those_that_fail_or_lack_data() -> None:
    plain = sample.evaluation()
    failing = next(one for one in plain.areas if one.level == "township" and one.verdict is Verdict.FAIL)
    unknown = replace(failing, code="441899109", verdict=Verdict.NO_DATA)
    fine = replace(failing, code="441899110", verdict=Verdict.PASS_WITH_REMARK)
    told = month(evaluation=replace(plain, areas=(*plain.areas, fine, unknown)))
    assert [area.code for area in monthly.lagging(told)] == [failing.code, "441899109"]


def test_the_workbook_leaves_nothing_out() -> None:
    rows = tuple(Row(Text(f"任务{n}", f"task {n}"), "甲", Text("进行中", "at work")) for n in range(95))
    told = month(tasks=rows)
    cells = workbook_cells(report_xlsx(told, "zh"))
    assert list(cells) == ["指标", "滞后街镇", "任务", "难题", "案例", "报送", "凭证"]
    assert sum(str(row[0]).startswith("任务") for row in cells["任务"][3:]) == 95
    assert "其余 55 项见月报附表。" in str(document_text(report_docx(told, "zh")))
    assert len([row for row in cells["指标"][3:] if row]) == len(told.evaluation.indicators)


def test_a_city_without_tasks_has_no_such_parts() -> None:
    text = str(document_text(report_docx(month(tasks=None, problems=None, cases=None), "zh")))
    assert "四、数据报送情况" in text
    assert "任务进展" not in text


def test_month_words() -> None:
    assert [monthly.month_words(one) for one in ("2018-06", "2019-12")] == [
        Text("2018年6月", "June 2018"),
        Text("2019年12月", "December 2019"),
    ]
