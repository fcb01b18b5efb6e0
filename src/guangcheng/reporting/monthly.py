"""The monthly report of a programme (指标月报) as DOCX, PDF and XLSX: one content, three forms.

Verdicts and figures are given, never computed; what the programme's own tables say (tasks, problems, cases, what was
handed in) comes as plain rows. The same values give the same bytes.
"""

import calendar
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import AreaVerdict, Evaluation, IndicatorResult, Status, Verdict
from guangcheng.reporting import basis, charts, maps, narrative, summary
from guangcheng.reporting.maps import MapValues
from guangcheng.reporting.paper import Paper, Tint
from guangcheng.reporting.printed import Printed
from guangcheng.reporting.style import STATUS_LOOKS, VERDICT_LOOKS
from guangcheng.reporting.summary import NO_WAYS
from guangcheng.reporting.words import requirement, status_word, symbol_and_word, with_unit
from guangcheng.standards.model import Standard

if TYPE_CHECKING:
    from guangcheng.coverage.gaps import Fewest

__all__ = ["Month", "Row", "change", "gap_words", "indicators", "lagging", "month_words", "report_docx", "report_pdf"]

MOST_LISTED = 40
"""Longer lists are cut in the report, with the number left out; the workbook has all of them."""
_BULLETS = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of the programme: a task, a problem, a case, a file handed in."""

    title: Text
    who: str
    state: Text
    day: date | None = None
    """Deadline, day raised, day handed in."""
    note: Text = field(default_factory=lambda: Text("—", "—"))
    late: bool = False
    """Whether it should catch the eye (overdue, missing)."""


@dataclass(frozen=True)
class Month:
    """All a month's report says. ``tasks``, ``problems``, ``cases`` are ``None`` where the city keeps none here."""

    month: str
    """``2018-06``."""
    version: int
    evaluation: Evaluation
    standard: Standard
    city_name: str
    made_on: date
    handed: tuple[Row, ...]
    seq: int
    hash: str
    """The ledger's head when the report was made."""
    tasks: tuple[Row, ...] | None = None
    problems: tuple[Row, ...] | None = None
    cases: tuple[Row, ...] | None = None
    before: Evaluation | None = None
    """The evaluation at the end of the month before, where there was one."""
    ways: Mapping[str, "Fewest"] = field(default_factory=lambda: NO_WAYS)
    map_values: MapValues | None = None
    why: str = ""
    """Why an earlier version is corrected."""
    recipients: tuple[Text, ...] = ()

    @cached_property
    def earlier(self) -> Mapping[tuple[str, str, str], str | None]:
        """The values of the month before, by indicator, area and unit."""
        results = self.before.indicators if self.before else ()
        return {(one.id, one.area, one.unit): one.value for one in results}

    @cached_property
    def _drawn(self) -> dict[tuple[str, Lang], bytes | None]:
        return {}

    def picture(self, name: str, lang: Lang, draw: Callable[[], bytes | None]) -> bytes | None:
        """A picture, drawn once for DOCX and PDF."""
        if (name, lang) not in self._drawn:
            self._drawn[name, lang] = draw()
        return self._drawn[name, lang]


class _Pages(Protocol):
    """What ``Paper`` (DOCX) and ``Printed`` (PDF) have in common."""

    lang: Lang

    def title(self, words: Text) -> None: ...
    def subtitle(self, words: Text) -> None: ...
    def heading(self, words: Text) -> None: ...
    def say(self, words: Text) -> None: ...
    def facts(self, rows: Sequence[tuple[Text, Text]]) -> None: ...
    def table(
        self,
        caption: Text,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[int],
        right: Sequence[int] = (),
        tints: Sequence[Mapping[int, Tint]] = (),
        note: Text | None = None,
    ) -> None: ...
    def figure(self, picture: bytes, caption: Text, *, alt: Text, note: Text | None = None) -> None: ...
    def bytes(self) -> bytes: ...


def report_docx(month: Month, lang: Lang) -> bytes:
    """The report as DOCX."""
    return _written(Paper(lang, title=title(month), subject=_subject(month), made_on=month.made_on), month)


def report_pdf(month: Month, lang: Lang) -> bytes:
    """The report as PDF."""
    return _written(Printed(lang, title=title(month), subject=_subject(month), made_on=month.made_on), month)


def title(month: Month) -> Text:
    """``清城区光网建设指标月报``."""
    return Text(f"{month.city_name}光网建设指标月报", f"Monthly report of broadband indicators: {month.city_name}")


def month_words(month: str) -> Text:
    """``2018年6月`` / ``June 2018``."""
    year, number = (int(part) for part in month.split("-"))
    return Text(f"{year}年{number}月", f"{calendar.month_name[number]} {year}")


def _subject(month: Month) -> str:
    return f"{month.evaluation.standard} {month.month} v{month.version}"


def indicators(month: Month) -> tuple[IndicatorResult, ...]:
    """Results of the whole first, then of its parts, in the standard's order."""
    whole = month.evaluation.area
    return tuple(sorted(month.evaluation.indicators, key=lambda result: result.area != whole))


def lagging(month: Month) -> tuple[AreaVerdict, ...]:
    """Streets and towns that fail or lack data, by code."""
    areas = summary.of_levels(month.evaluation, summary.TOWNSHIPS)
    return tuple(area for area in areas if area.verdict in (Verdict.FAIL, Verdict.NO_DATA))


def change(month: Month, result: IndicatorResult, lang: Lang) -> str:
    """The change against the month before with its sign and unit; ``—`` where there is nothing to compare with."""
    was = summary.exact(month.earlier.get((result.id, result.area, result.unit)))
    now = summary.exact(result.value)
    if now is None or was is None:
        return "—"
    difference = now - was
    if difference == 0:
        return Text("持平", "same").in_(lang)
    unit = "百分点" if result.unit == "%" else result.unit
    number = f"{float(abs(difference)):.4f}".rstrip("0").rstrip(".")
    return f"{'+' if difference > 0 else '−'}{with_unit(number, unit, lang)}"


def gap_words(result: IndicatorResult, lang: Lang) -> str:
    """What is missing in real units; ``—`` where nothing is."""
    return "—" if result.gap is None else with_unit(result.gap.amount, result.gap.unit, lang)


def _written(pages: _Pages, month: Month) -> bytes:
    writer = _Writer(pages, month)
    writer.front()
    writer.overview()
    writer.indicators()
    writer.streets()
    writer.programme()
    writer.handed()
    writer.proof()
    return pages.bytes()


_INDICATORS = (
    Text("指标", "indicator"),
    Text("区域", "area"),
    Text("本月值", "value"),
    Text("较上月", "change"),
    Text("目标", "target"),
    Text("期限", "by"),
    Text("状态", "status"),
    Text("差距", "gap"),
)
_STREETS = (
    Text("街镇", "street or town"),
    Text("结论", "verdict"),
    Text("原因", "reasons"),
    Text("怎样才能达标", "what would make it pass"),
)
_ROWS = (
    Text("事项", "what"),
    Text("单位", "by whom"),
    Text("日期", "day"),
    Text("状态", "state"),
    Text("说明", "note"),
)


class _Writer:
    """The parts of one report, in order."""

    def __init__(self, pages: _Pages, month: Month) -> None:
        self.pages, self.month, self.lang = pages, month, pages.lang
        self.evaluation = month.evaluation
        self.names = summary.names(month.evaluation, month.city_name)

    def front(self) -> None:
        """Title block."""
        month, standard = self.month, self.month.standard
        self.pages.title(title(month))
        words = month_words(month.month)
        self.pages.subtitle(Text(f"（{words.zh}，第 {month.version} 版）", f"({words.en}, version {month.version})"))
        to_zh, to_en = "、".join(one.zh for one in month.recipients), ", ".join(one.en for one in month.recipients)
        rows = [
            (Text("报送", "To"), Text(to_zh or "—", to_en or "—")),
            (Text("依据", "Standard"), Text(f"《{standard.title.zh}》", f"“{standard.title.en}”")),
            (Text("数据截至", "As of"), narrative.day(self.evaluation.as_of)),
            (Text("成文日期", "Made on"), narrative.day(month.made_on)),
            (
                Text("操作记录凭证", "Ledger anchor"),
                Text(f"{month.seq}-{month.hash}", f"{month.seq}-{month.hash}"),
            ),
        ]
        if month.why:
            rows.append((Text("更正原因", "Why corrected"), Text(month.why, month.why)))
        self.pages.facts(rows)

    def overview(self) -> None:
        """一、本月概况."""
        self.pages.heading(Text("本月概况", "The month at a glance"))
        for sentence in narrative.headline(self.evaluation, self.month.standard, self.month.city_name):
            self.pages.say(sentence)
        for sentence in self._counted():
            self.pages.say(sentence)
        counts = summary.level_counts(self.evaluation)
        if counts:
            self._figure(
                "levels",
                lambda: charts.verdict_bars(counts, lang=self.lang),
                Text("各级对象达标情况", "Verdicts by level"),
                alt=narrative.levels_sentence(counts) or Text("没有参评对象", "nothing was judged"),
            )

    def _counted(self) -> Iterator[Text]:
        states = Counter(row.state for row in self.month.handed)
        if states:
            zh = "、".join(f"{state.zh} {number} 份" for state, number in states.items())
            en = ", ".join(f"{state.en} {number}" for state, number in states.items())
            yield Text(f"本月数据报送：{zh}。", f"Monthly files: {en}.")
        if self.month.problems:
            number = len(self.month.problems)
            yield Text(f"未解决的难题 {number} 件。", f"Problems not solved: {number}.")
        if self.month.tasks:
            late = sum(row.late for row in self.month.tasks)
            yield Text(
                f"任务共 {len(self.month.tasks)} 项，逾期 {late} 项。",
                f"Tasks: {len(self.month.tasks)}, of them overdue: {late}.",
            )

    def indicators(self) -> None:
        """二、指标."""
        self.pages.heading(Text("指标完成情况", "Indicators"))
        results = indicators(self.month)
        if not results:
            self.pages.say(Text("本标准没有可评估的指标。", "The standard has no indicators to assess."))
            return
        shown = results[:MOST_LISTED]
        self.pages.table(
            Text("指标、目标与差距", "Indicators, targets and what is missing"),
            self._header(_INDICATORS),
            [self._indicator(result) for result in shown],
            widths=(22, 12, 12, 12, 11, 13, 13, 12) if self.lang == "zh" else (21, 10, 11, 9, 11, 13, 12, 16),
            right=(2, 3, 4, 7),
            tints=[{6: STATUS_LOOKS[result.status].tint} for result in shown],
            note=Text(
                "差距以实际单位计：还差多少户、多少处、多少个百分点。",
                "What is missing is in real units: households, premises, percentage points.",
            ),
        )
        self._left_out(len(results) - len(shown))
        drawn = [result for result in results if result.target is not None and result.area == self.evaluation.area]
        if drawn:
            part = drawn[:_BULLETS]
            places = [self.names.get(result.area, result.area) for result in part]
            self._figure(
                "indicators",
                lambda: charts.indicator_bullets(part, places=places, lang=self.lang),
                Text("指标本月值与目标", "Values against targets"),
                alt=narrative.statuses_sentence(part) or Text("没有目标", "no targets"),
            )

    def _indicator(self, result: IndicatorResult) -> tuple[str, ...]:
        return (
            result.name.in_(self.lang),
            self.names.get(result.area, result.area),
            "—" if result.value is None else with_unit(result.value, result.unit, self.lang),
            change(self.month, result, self.lang),
            requirement(result.comparator, result.target, result.unit, self.lang) or "—",
            "—" if result.target_date is None else result.target_date.isoformat(),
            status_word(result.status, self.lang),
            gap_words(result, self.lang),
        )

    def streets(self) -> None:
        """三、滞后街镇."""
        self.pages.heading(Text("滞后街镇", "Streets and towns that lag"))
        found = lagging(self.month)
        if found:
            remedies = {item.area.code: item for item in summary.not_passed(self.evaluation, self.month.ways)}
            shown = found[:MOST_LISTED]
            self.pages.table(
                Text("未达标和数据不足的街镇", "Streets and towns that fail or lack data"),
                self._header(_STREETS),
                [self._street(area, remedies[area.code]) for area in shown],
                widths=(16, 13, 32, 39),
                tints=[{1: VERDICT_LOOKS[area.verdict].tint} for area in shown],
            )
            self._left_out(len(found) - len(shown))
        else:
            self.pages.say(Text("本月没有滞后的街镇。", "No street or town lags this month."))
        drawn = self.month.map_values
        if drawn is not None:
            self._figure(
                "map",
                lambda: maps.verdict_map(drawn, lang=self.lang),
                Text("达标情况示意图", "Sketch map of verdicts"),
                alt=narrative.places_sentence(self.evaluation)
                or Text("各街镇没有未达标或数据不足的情况。", "No street or town fails or lacks data."),
            )

    def _figure(self, name: str, draw: Callable[[], bytes | None], caption: Text, *, alt: Text) -> None:
        picture = self.month.picture(name, self.lang, draw)
        if picture is not None:
            self.pages.figure(picture, caption, alt=alt)

    def _street(self, area: AreaVerdict, item: summary.NotPassed) -> tuple[str, ...]:
        join = narrative.joined
        return (
            area.name,
            symbol_and_word(area.verdict, self.lang),
            join(item.reasons).in_(self.lang),
            join(item.remedies).in_(self.lang),
        )

    def programme(self) -> None:
        """四 to 六: 任务, 难题, 案例."""
        for name, rows, none in (
            (Text("任务进展", "Tasks"), self.month.tasks, Text("本月没有任务。", "There are no tasks.")),
            (Text("建设难题", "Problems"), self.month.problems, Text("没有未解决的难题。", "No problem is open.")),
            (Text("应用案例", "Cases"), self.month.cases, Text("本月没有应用案例。", "There are no cases.")),
        ):
            if rows is not None:
                self.pages.heading(name)
                self._rows(name, rows, none)

    def handed(self) -> None:
        """七、数据报送."""
        name = Text("数据报送情况", "What was handed in")
        self.pages.heading(name)
        self._rows(name, self.month.handed, Text("没有应报送的单位。", "No body has anything to hand in."))

    def _rows(self, name: Text, rows: Sequence[Row], none: Text) -> None:
        if not rows:
            self.pages.say(none)
            return
        shown = sorted(rows, key=lambda row: not row.late)[:MOST_LISTED]
        behind = STATUS_LOOKS[Status.BEHIND].tint
        self.pages.table(
            name,
            self._header(_ROWS),
            [
                (
                    row.title.in_(self.lang),
                    row.who,
                    "—" if row.day is None else row.day.isoformat(),
                    row.state.in_(self.lang),
                    row.note.in_(self.lang),
                )
                for row in shown
            ],
            widths=(32, 20, 13, 13, 22),
            tints=[{3: behind} if row.late else {} for row in shown],
        )
        self._left_out(len(rows) - len(shown))

    def proof(self) -> None:
        """八、凭证."""
        self.pages.heading(Text("数据与凭证", "Data and proof"))
        self.pages.say(
            Text(
                "本报告冻结后不再改动；更正另出新版，旧版照存。"
                "首页所印操作记录凭证（序号-哈希值），可用命令 guangcheng check 核对。",
                "Once frozen this report is never changed: a correction is a new version, the old one stays. "
                "The ledger's anchor (number-hash) printed on page 1 can be compared by the command guangcheng check.",
            )
        )
        digest = summary.digest(self.evaluation)
        rows = [
            (basis.register_title(ref.register, self.lang), ref.as_of.isoformat(), ref.hash)
            for _, ref in sorted(self.evaluation.snapshots.items())
        ]
        self.pages.table(
            Text("所用台账快照", "Snapshots used"),
            self._header((Text("台账", "register"), Text("截至", "as of"), Text("哈希值", "hash"))),
            rows,
            widths=(17, 13, 70),
            note=Text(f"快照摘要 {digest}", f"digest of the snapshots {digest}"),
        )

    def _header(self, titles: Sequence[Text]) -> tuple[str, ...]:
        return tuple(words.in_(self.lang) for words in titles)

    def _left_out(self, number: int) -> None:
        if number > 0:
            self.pages.say(Text(f"其余 {number} 项见月报附表。", f"{number} more are in the workbook."))
