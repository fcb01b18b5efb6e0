"""One table of words: nothing an evaluation can say lacks its word in either language."""

import re
from collections.abc import Mapping

import pytest

from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.results import Status, Verdict
from guangcheng.registers.schema import schema
from guangcheng.reporting import style, words
from guangcheng.standards.library import ids, load
from guangcheng.standards.model import Level
from tests.reporting import sample

TABLES: dict[str, Mapping[object, Text]] = {
    name: getattr(words, name)
    for name in ("VERDICTS", "STATUSES", "LEVELS", "BASES", "HARDNESS", "OK", "FLAGS", "GAP_KINDS")
}


def test_every_value_has_its_word_symbol_and_look() -> None:
    assert set(words.VERDICTS) == set(words.VERDICT_SYMBOLS) == set(style.VERDICT_LOOKS) == set(Verdict)
    assert set(words.STATUSES) == set(words.STATUS_SYMBOLS) == set(style.STATUS_LOOKS) == set(Status)
    assert set(words.BASES) == set(Basis)


def test_every_level_of_standards_and_registers_has_its_word() -> None:
    area = schema("areas")
    named = {level.value for level in Level} | set(area.field("level").codes) | set(area.field("subtype").codes)
    assert set(words.LEVELS) == named | {"estate"}


@pytest.mark.parametrize("name", TABLES)
def test_words_are_distinct_and_in_both_languages(name: str) -> None:
    texts = list(TABLES[name].values())
    assert len({text.zh for text in texts}) == len(texts)
    assert len({text.en for text in texts}) == len(texts)
    assert all(any("\u4e00" <= char <= "\u9fff" for char in text.zh) and text.en.isascii() for text in texts)


@pytest.mark.parametrize(
    "standard_id", ["qingcheng-2017-all-optical", "liangjiang-2022-gigabit", "qinzhou-2015-broadband"]
)
def test_every_reading_of_the_sample_standards_has_its_words(standard_id: str) -> None:
    dated = [value.value for item in load(standard_id).parameters.values() for value in item.values.values()]
    values = [part for value in dated for part in (value if isinstance(value, list) else [value])]
    codes = {part for part in values if isinstance(part, str) and re.fullmatch("[a-z][a-z0-9_-]*", part)}
    assert codes
    assert codes - words.readings().keys() == set()


def test_a_reading_is_said_in_words_and_anything_else_as_it_stands() -> None:
    assert words.reading("straight_line", "zh") == "直线距离"
    assert words.reading("straight_line", "en") == "straight line"
    assert words.reading("区政府", "en") == "区政府"


def test_symbols_tell_verdicts_apart_without_colour() -> None:
    assert len(set(words.VERDICT_SYMBOLS.values())) == len(Verdict)
    assert len({look.marker for look in style.VERDICT_LOOKS.values()}) == len(Verdict)
    assert len(set(words.STATUS_SYMBOLS.values())) == len(Status)


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        ((">=", "90", "%"), "≥90%", "≥90%"),
        ((">=", "4", "个"), "≥4 个", "≥4"),
        (("<=", "10", "工作日"), "≤10 工作日", "≤10 working days"),
        (("=", "100", "%"), "=100%", "=100%"),
        ((">=", None, "%"), "", ""),
        ((None, "50", "万户"), "50 万户", "50 ×10⁴ households"),
        ((None, "3", "自然村"), "3 自然村", "3 natural villages"),
        ((None, "20", "Mbps"), "20 Mbps", "20 Mbps"),
        ((None, "1.5", "百分点"), "1.5 百分点", "1.5 percentage points"),
        ((None, "1", "示范点"), "1 示范点", "1 demonstration site"),
        ((None, "1", "街镇"), "1 街镇", "1 street or town"),
        ((None, "1", "驻地"), "1 驻地", "1 premises"),
        ((None, "1", "Mbps"), "1 Mbps", "1 Mbps"),
        ((None, "1", "万户"), "1 万户", "1 ×10⁴ households"),
        (("<=", "1", "工作日"), "≤1 工作日", "≤1 working day"),
    ],
)
def test_requirements_in_words(arguments: tuple[str | None, str | None, str], zh: str, en: str) -> None:
    assert (words.requirement(*arguments, "zh"), words.requirement(*arguments, "en")) == (zh, en)


@pytest.mark.parametrize("standard_id", ids())
def test_every_unit_of_the_library_has_its_english(standard_id: str) -> None:
    standard = load(standard_id)
    units = {indicator.unit for indicator in standard.indicators.values()}
    units |= {test.unit for level in standard.acceptance for test in level.tests}
    units |= {parameter.unit for parameter in standard.parameters.values() if parameter.unit}
    english = {words.unit_word(unit, "en") for unit in units}
    assert {unit for unit in english if any("\u4e00" <= char <= "\u9fff" for char in unit)} == set()


@pytest.mark.parametrize("standard_id", ids())
def test_every_flag_of_the_library_has_its_words(standard_id: str) -> None:
    flags = {flag for indicator in load(standard_id).indicators.values() for flag in indicator.flags}
    assert flags - set(words.FLAGS) == set()


def test_a_township_is_called_by_its_subtype() -> None:
    assert [words.level_key(area) for area in sample.areas()[:5]] == ["district", "street", "town", "town", "other"]


def test_an_unknown_key_is_shown_as_it_is() -> None:
    assert words.word_of(words.GAP_KINDS, "statistics", "zh") == "缺少统计数据"
    assert words.word_of(words.GAP_KINDS, "not yet named", "zh") == "not yet named"
