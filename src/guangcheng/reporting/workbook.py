"""The ledger of an evaluation as an XLSX workbook: every place, every test, every figure with its trace.

The same values give the same bytes. How cells are written, and why nothing in them can run, is in ``sheets``.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import AreaVerdict, Evaluation, IndicatorResult, TestResult
from guangcheng.reporting import basis, narrative, summary
from guangcheng.reporting.sheets import BODY, COUNT, HEADER, QUIET, Cell, Column, Group, Sheets
from guangcheng.reporting.style import VERDICT_LOOKS
from guangcheng.reporting.summary import NO_WAYS
from guangcheng.reporting.tables import width as text_width
from guangcheng.reporting.words import (
    BASES,
    FLAGS,
    GAP_KINDS,
    HARDNESS,
    LEVELS,
    VERDICTS,
    level_key,
    ok_word,
    requirement,
    symbol_and_word,
    with_unit,
    word_of,
)
from guangcheng.standards.model import Standard

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from guangcheng.coverage.gaps import Fewest


def ledger(
    evaluation: Evaluation,
    standard: Standard,
    *,
    city_name: str,
    generated_on: date,
    lang: Lang = "zh",
    ways: Mapping[str, "Fewest"] = NO_WAYS,
) -> bytes:
    """Give the bytes of the ledger (XLSX).

    ``generated_on`` is printed and becomes the file's creation date; ``ways`` gives by area code the fewest additions
    that would make it pass, where ``coverage.gaps`` computed them. Only given verdicts are counted here. A standard
    that judges no areas has no sheets of areas.
    """
    from xlsxwriter.workbook import Workbook

    target = io.BytesIO()
    book = Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    title = narrative.ledger_title(city_name).in_(lang)
    book.set_properties(
        {
            "title": title,
            "subject": f"{evaluation.standard}@{evaluation.as_of.isoformat()}",
            "comments": f"snapshots {summary.digest(evaluation)}",
            "created": datetime.combine(generated_on, time(), tzinfo=UTC),
        }
    )
    sheets = Sheets(book, lang, title=title, stamp=narrative.stamp(evaluation, generated_on).in_(lang))
    writer = _Ledger(sheets, evaluation, standard, city_name)
    writer.overview()
    writer.indicators()
    if standard.acceptance:
        for name, levels in _LEVEL_SHEETS:
            writer.places(name, levels)
        writer.not_passed(ways)
    writer.data_gaps()
    writer.sources()
    book.close()
    return target.getvalue()


_LEVEL_SHEETS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("街镇", "Townships"), ("city", "district", *summary.TOWNSHIPS)),
    (Text("行政村", "Admin villages"), summary.VILLAGES),
    (Text("自然村", "Natural villages"), ("natural_village",)),
    (Text("小区", "Estates"), ("estate",)),
)
_CODE = Column(Text("代码", "code"), 15.5)
_NAME = Column(Text("名称", "name"), 18, wrap=True)
_LEVEL = Column(Text("层级", "level"), 8, wrap=True)
_WITHIN = Column(Text("所属", "within"), 14, wrap=True)
_REASONS = Column(Text("原因", "reasons"), 32, wrap=True)
_ACTUAL = Column(Text("实际值", "actual"), 8.5, right=True)
_NUMERATOR = Column(Text("分子", "numerator"), 9, right=True)
_DENOMINATOR = Column(Text("分母", "denominator"), 10.5, right=True)
_CLAUSE = Column(Text("条款", "clause"), 15, printed=False)
_TRACE = Column(Text("追溯码", "trace"), 58, printed=False)

_OVERVIEW_COLUMNS = (
    Column(Text("指标", "indicator"), 26, wrap=True),
    Column(Text("编号", "id"), 15),
    Column(Text("区域", "area"), 18, wrap=True),
    Column(Text("实际值", "actual"), 13, right=True),
    Column(Text("目标", "target"), 13, right=True),
    Column(Text("期限", "by"), 13),
    Column(Text("状态", "status"), 13),
    Column(Text("差距", "gap"), 13, right=True),
)
_INDICATOR_COLUMNS = (
    Column(Text("编号", "id"), 13),
    Column(Text("指标", "indicator"), 30, wrap=True),
    Column(Text("区域", "area"), 14, wrap=True),
    _NUMERATOR,
    _DENOMINATOR,
    _ACTUAL,
    Column(Text("目标", "target"), 10, right=True),
    Column(Text("期限", "by"), 12),
    Column(Text("状态", "status"), 12),
    Column(Text("差距", "gap"), 11, right=True),
    Column(Text("依据", "basis"), 15),
    Column(Text("说明", "notes"), 34, wrap=True),
    Column(Text("标记", "flags"), 18, printed=False),
    Column(Text("区域代码", "area code"), 16, printed=False),
    _CLAUSE,
    _TRACE,
)
_TEST_COLUMNS = (
    Column(Text("项目", "test"), 17, wrap=True),
    _NUMERATOR,
    _DENOMINATOR,
    Column(Text("其中未知", "unknown"), 8, right=True),
    _ACTUAL,
    Column(Text("要求", "required"), 8, right=True),
    Column(Text("结果", "result"), 9),
)
_TEST_SOURCES = (
    Column(Text("性质", "kind"), 9, printed=False),
    _CLAUSE,
    Column(Text("依据", "basis"), 15, printed=False),
    _TRACE,
)
_NOT_PASSED_COLUMNS = (
    _LEVEL,
    _CODE,
    _NAME,
    _WITHIN,
    Column(Text("结论", "verdict"), 12),
    Column(Text("未符合的检验", "tests not met"), 30, wrap=True),
    _REASONS,
    Column(Text("怎样才能达标", "what would make it pass"), 38, wrap=True),
    _TRACE,
)
_GAP_COLUMNS = (
    Column(Text("类别", "kind"), 18),
    Column(Text("位置", "where"), 26),
    _NAME,
    Column(Text("说明", "what is missing"), 80, wrap=True),
)

_BASIS_WIDTHS = (27, 27, 32, 22, 26, 18, 20)


class _Ledger:
    """The sheets of one ledger, in order."""

    def __init__(self, sheets: Sheets, evaluation: Evaluation, standard: Standard, city_name: str) -> None:
        self.sheets, self.evaluation, self.standard = sheets, evaluation, standard
        self.lang = sheets.lang
        self.city_name = city_name
        self.names = summary.names(evaluation, city_name)
        self.chains = summary.ancestors(evaluation)

    def overview(self) -> None:
        """Write one page for a leader."""
        sheet = self.sheets.sheet(Text("总览", "Overview"))
        sheet.hide_gridlines(2)
        for number, column in enumerate(_OVERVIEW_COLUMNS):
            sheet.set_column(number, number, column.width)
        row = 2
        for sentence in narrative.headline(self.evaluation, self.standard, self.city_name):
            words = sentence.in_(self.lang)
            self.sheets.merged(sheet, row, (0, 7), words, {"text_wrap": True, "font_size": 11})
            sheet.set_row(row, 17 * -(-text_width(words) // 114) + 4)
            row += 1
        row = self._overview_counts(sheet, row + 1)
        if self.evaluation.indicators:
            self.sheets.caption(sheet, row + 1, Text("指标完成情况", "Indicators"))
            self.sheets.header(sheet, row + 2, [self.sheets.say(column.title) for column in _OVERVIEW_COLUMNS])
        for line, result in enumerate(self.evaluation.indicators, start=row + 3):
            self.sheets.row(sheet, line, self._overview_indicator(result), _OVERVIEW_COLUMNS)
        sheet.fit_to_pages(1, 1 if len(self.evaluation.indicators) <= 40 else 0)

    def _overview_counts(self, sheet: "Worksheet", row: int) -> int:
        counts = summary.level_counts(self.evaluation)
        if not counts:
            return row
        self.sheets.caption(sheet, row, Text("各级达标情况（个）", "Verdicts by level"))
        words = [symbol_and_word(verdict, self.lang) for verdict in VERDICTS]
        say = self.sheets.say
        self.sheets.header(sheet, row + 1, [say(_LEVEL.title), *words, say(Text("合计", "total"))])
        for line, count in enumerate(counts, start=row + 2):
            self.sheets.text(sheet, line, 0, self._level(count.level), BODY)
            for column, verdict in enumerate(VERDICTS, start=1):
                number = count.verdicts.get(verdict, 0)
                style = {"bg_color": VERDICT_LOOKS[verdict].tint} if number else QUIET
                self.sheets.count(sheet, line, column, number, style)
            self.sheets.count(sheet, line, 7, count.total, COUNT)
        return row + 2 + len(counts)

    def _overview_indicator(self, result: IndicatorResult) -> tuple[Cell, ...]:
        return (
            result.name.in_(self.lang),
            result.id,
            self.names.get(result.area, result.area),
            None if result.value is None else with_unit(result.value, result.unit, self.lang),
            requirement(result.comparator, result.target, result.unit, self.lang),
            result.target_date,
            result.status,
            self._gap(result),
        )

    def indicators(self) -> None:
        """Write every indicator result with its counts and its trace."""
        rows = [self._indicator_row(result) for result in self.evaluation.indicators]
        self.sheets.table(Text("指标", "Indicators"), (Group(None, _INDICATOR_COLUMNS),), rows, frozen=2)

    def _indicator_row(self, result: IndicatorResult) -> tuple[Cell, ...]:
        return (
            result.id,
            result.name.in_(self.lang),
            self.names.get(result.area, result.area),
            result.numerator,
            result.denominator,
            None if result.value is None else with_unit(result.value, result.unit, self.lang),
            requirement(result.comparator, result.target, result.unit, self.lang),
            result.target_date,
            result.status,
            self._gap(result),
            BASES[result.basis].in_(self.lang),
            self._join(result.notes),
            ", ".join(word_of(FLAGS, flag, self.lang) for flag in result.flags),
            result.area,
            str(result.clause),
            result.trace,
        )

    def places(self, name: Text, levels: Sequence[str]) -> None:
        """Write one row per place of ``levels`` with all its tests side by side."""
        areas = summary.of_levels(self.evaluation, levels)
        most = max((len(area.tests) for area in areas), default=0)
        numbers = range(1, most + 1)
        groups = (
            Group(None, (_CODE, _NAME, _LEVEL, _WITHIN, Column(Text("结论", "verdict"), 18.5))),
            *(Group(Text(f"检验 {number}", f"test {number}"), _TEST_COLUMNS) for number in numbers),
            Group(None, (_REASONS, Column(Text("结论追溯码", "trace of the verdict"), 58, printed=False))),
            *(Group(Text(f"检验 {number}：依据", f"test {number}: sources"), _TEST_SOURCES) for number in numbers),
        )
        self.sheets.table(name, groups, [self._place_row(area, most) for area in areas], frozen=2)

    def _place_row(self, area: AreaVerdict, most: int) -> tuple[Cell, ...]:
        figures = tuple(cell for test in area.tests for cell in self._test_figures(test))
        sources = tuple(cell for test in area.tests for cell in self._test_sources(test))
        missing = most - len(area.tests)
        return (
            area.code,
            area.name,
            self._level(level_key(area)),
            narrative.within(self.chains[area.code]),
            area.verdict,
            *figures,
            *(None,) * (len(_TEST_COLUMNS) * missing),
            self._join(area.reasons),
            area.trace,
            *sources,
            *(None,) * (len(_TEST_SOURCES) * missing),
        )

    def _test_figures(self, test: TestResult) -> tuple[Cell, ...]:
        return (
            test.title.in_(self.lang),
            test.numerator,
            test.denominator,
            test.unknown or None,
            None if test.value is None else with_unit(test.value, test.unit, self.lang),
            requirement(test.comparator, test.threshold, test.unit, self.lang),
            ok_word(test.ok, self.lang),
        )

    def _test_sources(self, test: TestResult) -> tuple[Cell, ...]:
        return (HARDNESS[test.hard].in_(self.lang), str(test.clause), BASES[test.basis].in_(self.lang), test.trace)

    def not_passed(self, ways: Mapping[str, "Fewest"]) -> None:
        """Write places that fail or lack data, why, and what would make them pass."""
        rows = [
            (
                self._level(level_key(found.area)),
                found.area.code,
                found.area.name,
                narrative.within(self.chains[found.area.code]),
                found.area.verdict,
                self._join([narrative.counted_test(test) for test in found.tests]),
                self._join(found.reasons),
                self._join(found.remedies),
                found.area.trace,
            )
            for found in summary.not_passed(self.evaluation, ways)
        ]
        self.sheets.table(Text("未通过清单", "Not passed"), (Group(None, _NOT_PASSED_COLUMNS),), rows, frozen=3)

    def data_gaps(self) -> None:
        """Write what the evaluation could not know."""
        rows = [
            (
                word_of(GAP_KINDS, gap.kind, self.lang),
                gap.where,
                summary.concerned(gap, self.names, self.lang),
                gap.message.in_(self.lang),
            )
            for gap in self.evaluation.data_gaps
        ]
        self.sheets.table(Text("数据缺口", "Data gaps"), (Group(None, _GAP_COLUMNS),), rows, frozen=0)

    def sources(self) -> None:
        """Write the tests, parameters, targets and snapshots behind the figures, block under block."""
        sheet = self.sheets.sheet(Text("口径与依据", "Basis"))
        for column, wide in enumerate(_BASIS_WIDTHS):
            sheet.set_column(column, column, wide)
        last = len(_BASIS_WIDTHS) - 1
        row = 2
        for label, words in basis.facts(self.evaluation, self.standard):
            self.sheets.text(sheet, row, 0, label.in_(self.lang), {**BODY, **QUIET})
            self.sheets.merged(sheet, row, (1, last), words.in_(self.lang), BODY)
            row += 1
        for block in basis.blocks(self.evaluation, self.standard, self.lang):
            self.sheets.caption(sheet, row + 1, block.title)
            self._basis_rows(sheet, row + 2, block)
            row += 3 + len(block.rows)
        for note in narrative.notes(self.evaluation, self.standard):
            row += 1
            self.sheets.text(sheet, row, 0, note.in_(self.lang), {})

    def _basis_rows(self, sheet: "Worksheet", row: int, block: basis.Block) -> None:
        """Write header and rows of a block; its last column reaches to the common right edge."""
        wide = len(block.header)
        columns = [Column(block.title, width, wrap=True) for width in _BASIS_WIDTHS[: wide - 1]]
        self.sheets.header(sheet, row, block.header[:-1])
        self.sheets.merged(sheet, row, (wide - 1, len(_BASIS_WIDTHS) - 1), block.header[-1], HEADER)
        for line, cells in enumerate(block.rows, start=row + 1):
            self.sheets.row(sheet, line, cells[:-1], columns)
            self.sheets.merged(sheet, line, (wide - 1, len(_BASIS_WIDTHS) - 1), cells[-1], {**BODY, "text_wrap": True})

    def _level(self, key: str) -> str:
        return word_of(LEVELS, key, self.lang)

    def _gap(self, result: IndicatorResult) -> str | None:
        if result.gap is None:
            return None
        return with_unit(result.gap.amount, result.gap.unit, self.lang)

    def _join(self, texts: Sequence[Text]) -> str:
        return narrative.joined(texts).in_(self.lang)


__all__ = ["ledger"]
