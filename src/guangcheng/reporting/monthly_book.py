"""The monthly report's workbook (XLSX): every indicator, street, task, problem, case and file, nothing left out."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import IndicatorResult
from guangcheng.reporting import basis, monthly, narrative, summary
from guangcheng.reporting.monthly import Month, Row
from guangcheng.reporting.sheets import Cell, Column, Group, Sheets
from guangcheng.reporting.words import requirement, with_unit

__all__ = ["report_xlsx"]

_INDICATORS = (
    Column(Text("编号", "id"), 15),
    Column(Text("指标", "indicator"), 30, wrap=True),
    Column(Text("区域", "area"), 16, wrap=True),
    Column(Text("分子", "numerator"), 10, right=True),
    Column(Text("分母", "denominator"), 11, right=True),
    Column(Text("本月值", "value"), 12, right=True),
    Column(Text("较上月", "change"), 13, right=True),
    Column(Text("目标", "target"), 12, right=True),
    Column(Text("期限", "by"), 12),
    Column(Text("状态", "status"), 13),
    Column(Text("差距", "gap"), 13, right=True),
    Column(Text("追溯码", "trace"), 58, printed=False),
)
_STREETS = (
    Column(Text("代码", "code"), 15),
    Column(Text("街镇", "street or town"), 18, wrap=True),
    Column(Text("结论", "verdict"), 16),
    Column(Text("原因", "reasons"), 44, wrap=True),
    Column(Text("怎样才能达标", "what would make it pass"), 50, wrap=True),
    Column(Text("追溯码", "trace"), 58, printed=False),
)
_ROWS = (
    Column(Text("事项", "what"), 40, wrap=True),
    Column(Text("单位", "by whom"), 24, wrap=True),
    Column(Text("日期", "day"), 13),
    Column(Text("状态", "state"), 14),
    Column(Text("说明", "note"), 44, wrap=True),
)
_PROOF = (
    Column(Text("项目", "item"), 26),
    Column(Text("截至", "as of"), 13),
    Column(Text("内容", "value"), 72, wrap=True),
)


def report_xlsx(month: Month, lang: Lang) -> bytes:
    """The report's tables as a workbook; no cell can run."""
    from xlsxwriter.workbook import Workbook

    target = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(target, {"in_memory": True, **plain})
    heading = monthly.title(month).in_(lang)
    created = datetime.combine(month.made_on, time(), tzinfo=UTC)
    book.set_properties({"title": heading, "subject": f"{month.month} v{month.version}", "created": created})
    words = monthly.month_words(month.month)
    stamp = Text(
        f"{words.zh} 第 {month.version} 版 · {narrative.stamp(month.evaluation, month.made_on).zh}",
        f"{words.en} version {month.version} · {narrative.stamp(month.evaluation, month.made_on).en}",
    )
    sheets = Sheets(book, lang, title=heading, stamp=stamp.in_(lang))
    _write(sheets, month)
    book.close()
    return target.getvalue()


def _write(sheets: Sheets, month: Month) -> None:
    lang = sheets.lang
    names = summary.names(month.evaluation, month.city_name)
    results = [_indicator(month, result, names, lang) for result in monthly.indicators(month)]
    sheets.table(Text("指标", "Indicators"), (Group(None, _INDICATORS),), results, frozen=2)
    sheets.table(Text("滞后街镇", "Lagging"), (Group(None, _STREETS),), _streets(month, lang), frozen=2)
    for name, rows in (
        (Text("任务", "Tasks"), month.tasks),
        (Text("难题", "Problems"), month.problems),
        (Text("案例", "Cases"), month.cases),
        (Text("报送", "Handed in"), month.handed),
    ):
        if rows is not None:
            sheets.table(name, (Group(None, _ROWS),), _rows(rows, lang), frozen=1)
    sheets.table(Text("凭证", "Proof"), (Group(None, _PROOF),), _proof(month, lang), frozen=0)


def _indicator(month: Month, result: IndicatorResult, names: Mapping[str, str], lang: Lang) -> tuple[Cell, ...]:
    return (
        result.id,
        result.name.in_(lang),
        names.get(result.area, result.area),
        result.numerator,
        result.denominator,
        None if result.value is None else with_unit(result.value, result.unit, lang),
        monthly.change(month, result, lang),
        requirement(result.comparator, result.target, result.unit, lang),
        result.target_date,
        result.status,
        monthly.gap_words(result, lang),
        result.trace,
    )


def _streets(month: Month, lang: Lang) -> list[tuple[Cell, ...]]:
    behind = {area.code for area in monthly.lagging(month)}
    return [
        (
            item.area.code,
            item.area.name,
            item.area.verdict,
            narrative.joined(item.reasons).in_(lang),
            narrative.joined(item.remedies).in_(lang),
            item.area.trace,
        )
        for item in summary.not_passed(month.evaluation, month.ways)
        if item.area.code in behind
    ]


def _rows(rows: Sequence[Row], lang: Lang) -> list[tuple[Cell, ...]]:
    return [(row.title.in_(lang), row.who, row.day, row.state.in_(lang), row.note.in_(lang)) for row in rows]


def _proof(month: Month, lang: Lang) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = [
        (Text("操作记录序号", "ledger entry").in_(lang), None, str(month.seq)),
        (Text("操作记录哈希值", "ledger hash").in_(lang), None, month.hash),
    ]
    if month.why:
        found.append((Text("更正原因", "why corrected").in_(lang), None, month.why))
    for _, ref in sorted(month.evaluation.snapshots.items()):
        found.append((basis.register_title(ref.register, lang), ref.as_of, ref.hash))
    return found
