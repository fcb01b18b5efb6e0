"""The report: what it says, that Word and WPS show it as an official document, that it can be read aloud."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from guangcheng.base.text import Lang
from guangcheng.coverage.results import Verdict
from guangcheng.reporting import words
from guangcheng.reporting.document import report
from guangcheng.reporting.maps import map_values
from tests.reporting import sample
from tests.reporting.content import document_text, golden
from tests.reporting.regenerate import LANGS, report_of


def paragraphs(content: list[Any], style: str) -> list[str]:
    return [block[1] for block in content if block[0] == style]


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_is_as_in_the_golden_file(lang: Lang) -> None:
    """Regenerate with ``.venv/bin/python -m tests.reporting.regenerate`` and read the diff."""
    assert document_text(report_of(lang)) == golden(f"report-{lang}.json")


def test_the_same_values_give_the_same_bytes() -> None:
    again = report(
        sample.evaluation(),
        sample.standard(),
        city_name=sample.CITY,
        generated_on=sample.GENERATED_ON,
        ways=sample.ways(),
        map_values=map_values(sample.evaluation(), sample.positions()),
        remark=sample.REMARK,
    )
    assert again == report_of("zh")
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    when = datetime(2019, 1, 8, tzinfo=UTC)
    properties = docx.Document(io.BytesIO(again)).core_properties
    assert (properties.created, properties.modified) == (when, when)
    assert (properties.author, properties.last_modified_by) == ("", "")


def test_the_six_parts_and_the_appendix() -> None:
    content = document_text(report_of("zh"))
    assert paragraphs(content, "Heading 1") == [
        "一、总体结论",
        "二、指标完成情况",
        "三、街镇达标情况",
        "四、未达标清单与差距",
        "五、数据缺口与争议口径",
        "六、口径与依据",
        "附表 行政村达标情况",
    ]


@pytest.mark.parametrize(("lang", "table", "figure"), [("zh", "表", "图"), ("en", "Table", "Figure")])
def test_captions_are_numbered_without_a_hole(lang: Lang, table: str, figure: str) -> None:
    captions = paragraphs(document_text(report_of(lang)), "Caption")
    heads = [caption.split("  ")[0] for caption in captions]
    assert sorted(heads) == sorted([f"{table} {n}" for n in range(1, 12)] + [f"{figure} {n}" for n in range(1, 5)])


def test_numbers_of_captions_and_pages_are_fields_of_word() -> None:
    document = docx.Document(io.BytesIO(report_of("zh")))
    fields = [element.get(qn("w:instr")).strip() for element in document.element.body.iter(qn("w:fldSimple"))]
    assert fields.count("SEQ 表 \\* ARABIC") == 11
    assert fields.count("SEQ 图 \\* ARABIC") == 4
    section = document.sections[0]
    footers = [
        (f.paragraphs[0].alignment, f._element.xml.count(" PAGE ")) for f in (section.footer, section.even_page_footer)
    ]
    assert [(str(side), pages) for side, pages in footers] == [("RIGHT (2)", 1), ("LEFT (0)", 1)]


def test_every_figure_can_be_read_aloud() -> None:
    pictures = [block[1] for block in document_text(report_of("zh")) if block[0] == "picture"]
    assert [text.split("：")[0] for text in pictures] == [
        "各级对象达标情况",
        "指标实际值与目标",
        "分期目标与实际值",
        "达标情况示意图",
    ]
    assert all(len(text.split("：", 1)[1]) > 8 for text in pictures)


def test_header_rows_repeat_and_rows_are_not_torn() -> None:
    document = docx.Document(io.BytesIO(report_of("zh")))
    tables = [table._tbl for table in document.tables]
    repeating = [len(list(table.iter(qn("w:tblHeader")))) for table in tables]
    assert repeating == [0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]  # the two blocks of facts have no header
    rows = [row for table in tables for row in table.iter(qn("w:tr"))]
    assert len([row for row in rows if list(row.iter(qn("w:cantSplit")))]) == len(rows)


def test_chinese_faces_are_named_for_chinese_script() -> None:
    document = docx.Document(io.BytesIO(report_of("zh")))
    faces = {}
    for name in ("Title", "Subtitle", "Heading 1", "Normal", "Caption"):
        fonts = document.styles[name].element.rPr.rFonts
        faces[name] = fonts.get(qn("w:eastAsia"))
        assert [key for key in fonts.keys() if "Theme" in key] == []  # noqa: SIM118
    assert faces == {
        "Title": "方正小标宋简体",
        "Subtitle": "楷体",
        "Heading 1": "黑体",
        "Normal": "仿宋",
        "Caption": "黑体",
    }


def test_the_page_is_a4_with_the_margins_of_an_official_document() -> None:
    section = docx.Document(io.BytesIO(report_of("zh"))).sections[0]
    sides = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(side / Mm(1)) for side in sides if side is not None] == [210, 297, 37, 35, 28, 26]


def test_disputed_targets_and_product_defaults_are_shown_as_such() -> None:
    content = document_text(report_of("zh"))
    found = [text for text in paragraphs(content, "Normal") if text.startswith("有争议目标")]
    assert "\n".join(found) == (
        "有争议目标：全区所有自然村建成全光网乡村（IND-001-09，二(二)）原文目标 ≥100%，期限 2017年12月前，"
        "实际值 50.0%；只列示，不计分；与后续各阶段 40%、60%、90%、100% 矛盾，列示而不计分。\n"
        "有争议目标：各镇自然村全光网乡村占比（IND-001-12，二(二)）原文目标 ≥100%，期限 2017年12月前，"
        "无实际值；只列示，不计分。"
    )
    readings = next(block for block in content if block[0] == ["项目", "取值", "依据", "条款"])
    assert readings[1:] == [
        ["住宅楼全部具备光网接入能力", "≥100%", "产品默认（C-09）", "001 三(三)"],
        ["报装工单回看月数", "12 月", "产品默认（U-05）", "001 二(三)7"],
        ["渗透率作为硬性指标", "否", "本地设定（C-06）", "001 二(三)1"],
    ]


def test_each_table_of_figures_says_how_to_trace_it() -> None:
    content = document_text(report_of("zh"))
    notes = paragraphs(content, "Note")
    assert len(notes) == 4
    assert all(f"追溯码＝{sample.PREFIX}/" in note for note in notes)


def test_without_positions_the_report_says_so_and_draws_no_map() -> None:
    whole, standard = sample.evaluation(), sample.standard()
    content = document_text(report(whole, standard, city_name=sample.CITY, generated_on=sample.GENERATED_ON))
    assert "区域和驻地台账没有坐标，未绘制示意图。" in paragraphs(content, "Normal")
    assert len([block for block in content if block[0] == "picture"]) == 3


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_city_still_gives_a_whole_report(lang: Lang) -> None:
    empty = report(
        sample.empty_evaluation(), sample.standard(), city_name=sample.CITY, generated_on=sample.GENERATED_ON, lang=lang
    )
    content = document_text(empty)
    assert len(paragraphs(content, "Heading 1")) == 6
    assert [block for block in content if block[0] == "picture"] == []


def test_the_english_report_has_no_chinese_but_names_units_and_clauses() -> None:
    """Sentences and headers are English; names of places and documents stay as they are registered."""
    content = document_text(report_of("en"))
    headers = [cell for block in content if isinstance(block[0], list) for cell in block[0]]
    styled = [text for style in ("Heading 1", "Caption") for text in paragraphs(content, style)]
    chinese = [text for text in headers + styled if any("\u4e00" <= char <= "\u9fff" for char in text)]
    assert chinese == ["示例区 (441899)"]


def test_characters_no_document_can_hold_do_not_break_it() -> None:
    changed = replace(sample.areas()[3], name="石\x00马<&>\x0b镇\ufffe")
    whole = replace(sample.evaluation(), areas=(changed,))
    content = document_text(report(whole, sample.standard(), city_name="x\x01", generated_on=sample.GENERATED_ON))
    assert "未达标的街镇：石马<&>镇。" in paragraphs(content, "Normal")


def test_long_lists_are_cut_and_the_number_left_out_is_said() -> None:
    village = sample.areas()[5]
    many = tuple(replace(village, code=f"{number:012}", name=f"村{number}", parent=None) for number in range(75))
    whole = replace(sample.evaluation(), areas=many, estates=(), data_gaps=())
    content = document_text(report(whole, sample.standard(), city_name="x", generated_on=sample.GENERATED_ON))
    assert "其余 15 项见评估台账。" in paragraphs(content, "Normal")
    listed = next(block for block in content if block[0] == ["代码", "名称", "结论", "原因", "怎样才能达标"])
    assert len(listed) == 61
    assert {row[2] for row in listed[1:]} == {words.symbol_and_word(Verdict.FAIL, "zh")}
