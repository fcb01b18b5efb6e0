"""The evaluation report as a DOCX document in the form of an official Chinese report (自评估报告).

What it says is in ``narrative``, ``summary`` and ``basis``; how a page looks is in ``paper``. Verdicts are given, never
computed. The same values give the same bytes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import AreaVerdict, DataGap, Evaluation, IndicatorResult, Status, TestResult
from guangcheng.reporting import basis, charts, maps, narrative, summary
from guangcheng.reporting.charts import PhasePath
from guangcheng.reporting.maps import MapValues
from guangcheng.reporting.paper import Paper, Tint
from guangcheng.reporting.style import STATUS_LOOKS, VERDICT_LOOKS
from guangcheng.reporting.summary import NO_WAYS
from guangcheng.reporting.words import (
    GAP_KINDS,
    LEVELS,
    level_key,
    ok_word,
    requirement,
    status_word,
    symbol_and_word,
    with_unit,
    word_of,
)
from guangcheng.standards.model import Indicator, Standard, TargetStatus

if TYPE_CHECKING:
    from guangcheng.coverage.gaps import Fewest

_BULLETS_PER_FIGURE = 16
_MOST_PATHS = 8
_EXAMPLES = 8
_MOST_LISTED = 60
"""Longer lists are cut in the report, with the number left out; the ledger has all of them."""


def report(
    evaluation: Evaluation,
    standard: Standard,
    *,
    city_name: str,
    generated_on: date,
    lang: Lang = "zh",
    ways: Mapping[str, "Fewest"] = NO_WAYS,
    map_values: MapValues | None = None,
    remark: Text | None = None,
) -> bytes:
    """Give the bytes of the report (DOCX).

    ``generated_on`` is printed and becomes the document's date. ``ways`` gives by area code the fewest additions that
    would make it pass, where ``coverage.gaps`` computed them; ``map_values`` (see :func:`maps.map_values`) gives the
    map figure, without it the report says that positions are missing. ``remark`` stands on the title page, e.g. that
    the data are a synthetic sample.
    """
    paper = Paper(lang, title=narrative.report_title(city_name), subject=evaluation.standard, made_on=generated_on)
    writer = _Report(paper, evaluation, standard, city_name)
    writer.front(generated_on, remark)
    writer.conclusion()
    writer.indicators()
    writer.townships(map_values)
    writer.not_passed(ways)
    writer.gaps()
    writer.sources()
    writer.appendix()
    return paper.bytes()


_REPORTED_LEVELS = ("city", "district", *summary.TOWNSHIPS, *summary.VILLAGES)
_INDICATOR_COLUMNS = (
    Text("编号", "id"),
    Text("指标", "indicator"),
    Text("区域", "area"),
    Text("实际值", "actual"),
    Text("目标", "target"),
    Text("期限", "by"),
    Text("状态", "status"),
    Text("差距", "gap"),
)
_TOWNSHIP_COLUMNS = (
    Text("代码", "code"),
    Text("街镇", "street or town"),
    Text("层级", "level"),
    Text("结论", "verdict"),
    Text("检验（分子/分母）", "test (numerator/denominator)"),
    Text("实际值", "actual"),
    Text("要求", "required"),
    Text("结果", "result"),
)
_NOT_PASSED_COLUMNS = (
    Text("代码", "code"),
    Text("名称", "name"),
    Text("结论", "verdict"),
    Text("原因", "reasons"),
    Text("怎样才能达标", "what would make it pass"),
)
_SHORT_COLUMNS = (
    Text("编号", "id"),
    Text("指标", "indicator"),
    Text("区域", "area"),
    Text("实际值 / 目标 @期限", "actual / target @by"),
    Text("状态", "status"),
    Text("差距", "gap"),
)
_GAP_COLUMNS = (
    Text("类别", "kind"),
    Text("处数", "number"),
    Text("说明（首例）", "the first of them"),
    Text("涉及", "concerns"),
)
_DEFAULT_COLUMNS = (Text("项目", "item"), Text("取值", "value"), Text("依据", "basis"), Text("条款", "clause"))
_VILLAGE_COLUMNS = (
    Text("代码", "code"),
    Text("行政村", "village"),
    Text("所属", "within"),
    Text("结论", "verdict"),
    Text("检验（分子/分母）", "test (numerator/denominator)"),
    Text("实际值", "actual"),
    Text("结果", "result"),
)


class _Report:
    """The parts of one report, in order."""

    def __init__(self, paper: Paper, evaluation: Evaluation, standard: Standard, city_name: str) -> None:
        self.city_name = city_name
        self.paper, self.evaluation, self.standard = paper, evaluation, standard
        self.lang = paper.lang
        self.names = summary.names(evaluation, city_name)
        self.chains = summary.ancestors(evaluation)
        self.places = summary.by_code(evaluation)
        self.counts = summary.level_counts(evaluation)

    # ---- parts ----------------------------------------------------------------------------------------------------

    def front(self, generated_on: date, remark: Text | None) -> None:
        """Title block: city, standard, as-of day, digest of the data."""
        self.paper.title(narrative.report_title(self.city_name))
        self.paper.subtitle(Text(f"（{self.standard.title.zh}）", f"({self.standard.title.en})"))
        name, code = self.city_name, self.evaluation.area
        rows = [
            (Text("评估对象", "place"), Text(f"{name}（{code}）", f"{name} ({code})")),
            (Text("依据文件", "document"), Text(self.standard.document.title, self.standard.document.title)),
            (
                Text("标准编号", "standard"),
                Text(
                    f"{self.standard.id}，第 {self.evaluation.standard_version} 版",
                    f"{self.standard.id}, version {self.evaluation.standard_version}",
                ),
            ),
            (Text("基准日", "as of"), narrative.day(self.evaluation.as_of)),
            (Text("数据快照摘要", "digest of data"), _both(summary.digest(self.evaluation))),
            (Text("成文日期", "date of report"), narrative.day(generated_on)),
        ]
        self.paper.facts(rows if remark is None else [*rows, (Text("说明", "remark"), remark)])

    def conclusion(self) -> None:
        """一、总体结论."""
        self.paper.heading(Text("总体结论", "Conclusion"))
        for sentence in narrative.headline(self.evaluation, self.standard, self.city_name):
            self.paper.say(sentence)
        if self.counts:
            picture = charts.verdict_bars(self.counts, lang=self.lang)
            self.paper.figure(
                picture,
                Text("各级对象达标情况", "Verdicts by level"),
                alt=narrative.levels_sentence(self.counts) or Text("没有参评对象", "nothing was judged"),
            )

    def indicators(self) -> None:
        """二、指标完成情况."""
        self.paper.heading(Text("指标完成情况", "Indicators"))
        results = self.evaluation.indicators
        if not results:
            self.paper.say(Text("本标准没有可评估的指标。", "The standard has no indicators to assess."))
            return
        self.paper.table(
            Text("指标完成情况", "Indicators against their targets"),
            self._header(_INDICATOR_COLUMNS),
            [self._indicator_row(result) for result in results],
            widths=(13, 20, 11, 11, 11, 12, 14, 10) if self.lang == "zh" else (12, 20, 9, 10, 10, 11, 12, 16),
            right=(3, 4, 7),
            tints=[{6: STATUS_LOOKS[result.status].tint} for result in results],
            note=self._trace_note(Text("区域代码/编号", "area code/id")),
        )
        drawn = [result for result in results if result.target is not None]
        for start in range(0, len(drawn), _BULLETS_PER_FIGURE):
            part = drawn[start : start + _BULLETS_PER_FIGURE]
            places = [self.names.get(result.area, result.area) for result in part]
            self.paper.figure(
                charts.indicator_bullets(part, places=places, lang=self.lang),
                Text("指标实际值与目标", "Indicators against their targets"),
                alt=narrative.statuses_sentence(part) or _both(""),
            )
        self._paths()

    def _paths(self) -> None:
        paths = list(phase_paths(self.evaluation, self.standard, self.names))[:_MOST_PATHS]
        if paths:
            words = "；".join(f"{path.title.zh}{path.place}：{len(path.targets)} 个阶段" for path in paths)
            english = "; ".join(f"{path.title.en} {path.place}: {len(path.targets)} phases" for path in paths)
            self.paper.figure(
                charts.phase_paths(paths, as_of=self.evaluation.as_of, lang=self.lang),
                Text("分期目标与实际值", "Phase targets and measured values"),
                alt=Text(words, english),
            )

    def townships(self, map_values: MapValues | None) -> None:
        """三、街镇达标情况."""
        self.paper.heading(Text("街镇达标情况", "Streets and towns"))
        areas = summary.of_levels(self.evaluation, summary.TOWNSHIPS)
        if not areas:
            self.paper.say(
                Text(
                    "本标准不设街镇验收标准，或区域台账中没有街镇，不作街镇达标结论。",
                    "The standard judges no streets or towns, or the register has none; no verdicts are given.",
                )
            )
        else:
            rows, tints = self._tests_of(areas)
            self.paper.table(
                Text("街镇达标情况", "Streets and towns"),
                self._header(_TOWNSHIP_COLUMNS),
                rows,
                widths=(13, 13, 8, 15, 26, 9, 10, 9),
                right=(5, 6),
                tints=tints,
                note=self._trace_note(Text("代码/检验编号", "code/test id")),
            )
        picture = None if map_values is None else maps.verdict_map(map_values, lang=self.lang)
        if picture is None:
            self.paper.say(
                Text(
                    "区域和驻地台账没有坐标，未绘制示意图。",
                    "The registers of areas and premises hold no positions, so no map is drawn.",
                )
            )
            return
        self.paper.figure(
            picture,
            Text("达标情况示意图", "Sketch map of verdicts"),
            alt=narrative.places_sentence(self.evaluation)
            or Text("各街镇没有未达标或数据不足的情况。", "No street or town fails or lacks data."),
        )

    def _tests_of(self, areas: Sequence[AreaVerdict]) -> tuple[list[tuple[str, ...]], list[Mapping[int, Tint]]]:
        """One row per test; a place without tests gets one row. Returns rows and the tints of their verdict cells."""
        rows: list[tuple[str, ...]] = []
        tints: list[Mapping[int, Tint]] = []
        for area in areas:
            for number, test in enumerate(area.tests or (None,)):
                first = number == 0
                lead = (
                    area.code,
                    area.name,
                    self._level(area),
                    symbol_and_word(area.verdict, self.lang) if first else "",
                )
                rows.append((*lead, *self._test_cells(test)))
                tints.append({3: VERDICT_LOOKS[area.verdict].tint} if first else {})
        return rows, tints

    def _test_cells(self, test: TestResult | None) -> tuple[str, ...]:
        if test is None:
            return ("—", "", "", "")
        title = narrative.counted_test(test).in_(self.lang)
        mark = "" if test.hard else Text("［参考］", "[reference] ").in_(self.lang)
        return (
            f"{mark}{title}",
            "—" if test.value is None else with_unit(test.value, test.unit, self.lang),
            requirement(test.comparator, test.threshold, test.unit, self.lang),
            ok_word(test.ok, self.lang),
        )

    def not_passed(self, ways: Mapping[str, "Fewest"]) -> None:
        """四、未达标清单与差距."""
        self.paper.heading(Text("未达标清单与差距", "Places that do not pass, and what is missing"))
        found = summary.not_passed(self.evaluation, ways)
        upper = [item for item in found if level_key(item.area) in _REPORTED_LEVELS]
        lower = len(found) - len(upper)
        if not found and self.counts:
            self.paper.say(Text("没有未达标或数据不足的对象。", "No place fails or lacks data."))
        for area in summary.of_levels(self.evaluation, summary.TOWNSHIPS):
            if area.code in ways:
                sentence = summary.way_sentence(self.places, ways[area.code])
                self.paper.say(Text(f"{area.name}：{sentence.zh}。", f"{area.name}: {sentence.en}."))
        if upper:
            shown = upper[:_MOST_LISTED]
            self.paper.table(
                Text("未达标和数据不足的对象", "Places that fail or lack data"),
                self._header(_NOT_PASSED_COLUMNS),
                [self._not_passed_row(item) for item in shown],
                widths=(16, 18, 13, 26, 29),
                tints=[{2: VERDICT_LOOKS[item.area.verdict].tint} for item in shown],
                note=self._trace_note(Text("代码/verdict", "code/verdict")),
            )
            self._left_out(len(upper) - len(shown))
        if lower:
            self.paper.say(
                Text(
                    f"另有自然村、小区 {lower} 个未达标或数据不足，逐个列于评估台账“未通过清单”。",
                    f"{lower} natural villages and estates fail or lack data: see “Not passed” in the ledger.",
                )
            )

        self._indicators_short()

    def _indicators_short(self) -> None:
        """Indicators that are behind or missed, with what is missing in real units."""
        short = [item for item in self.evaluation.indicators if item.status in (Status.BEHIND, Status.MISSED)]
        if not short:
            self.paper.say(Text("没有滞后或到期未达的指标。", "No indicator is behind or missed."))
            return
        self.paper.table(
            Text("滞后和到期未达的指标", "Indicators behind or missed"),
            self._header(_SHORT_COLUMNS),
            [self._short_row(item) for item in short],
            widths=(13, 24, 12, 27, 13, 11) if self.lang == "zh" else (12, 23, 9, 27, 13, 16),
            right=(5,),
            tints=[{4: STATUS_LOOKS[item.status].tint} for item in short],
        )

    def _short_row(self, item: IndicatorResult) -> tuple[str, ...]:
        identifier, name, area, actual, target, day, status, gap = self._indicator_row(item)
        by = f" @{day}" if day else ""
        return identifier, name, area, f"{actual} / {target}{by}", status, gap

    def _not_passed_row(self, item: summary.NotPassed) -> tuple[str, ...]:
        name = item.area.name
        above = narrative.within(self.chains[item.area.code])
        return (
            item.area.code,
            f"{above} › {name}" if above else name,
            symbol_and_word(item.area.verdict, self.lang),
            self._join(item.reasons),
            self._join(item.remedies),
        )

    def gaps(self) -> None:
        """五、数据缺口与争议口径."""
        self.paper.heading(Text("数据缺口与争议口径", "Data gaps and disputed readings"))
        self.paper.say(narrative.gaps_sentence(self.evaluation))
        kinds: dict[str, list[DataGap]] = {}
        for gap in self.evaluation.data_gaps:
            kinds.setdefault(gap.kind, []).append(gap)
        if kinds:
            self.paper.table(
                Text("数据缺口", "Data gaps"),
                self._header(_GAP_COLUMNS),
                [self._gap_row(kind, gaps) for kind, gaps in kinds.items()],
                widths=(16, 8, 34, 42),
                right=(1,),
            )
            self.paper.say(Text("数据缺口逐条列于评估台账。", "Every data gap is listed in the ledger."))
        self._disputed()
        defaults = basis.product_defaults(self.evaluation, self.standard, self.lang)
        if defaults:
            self.paper.say(
                Text(
                    "文件没有写明或写得不清的口径，由产品默认或本地设定补足，逐项列出如下。",
                    "Where the document is silent or unclear, a product default or a local setting stands in.",
                )
            )
            self.paper.table(
                Text("非文件原文的口径", "Readings that are not the text's"),
                self._header(_DEFAULT_COLUMNS),
                defaults,
                widths=(36, 24, 22, 18),
            )

    def _disputed(self) -> None:
        results = [result for result in self.evaluation.indicators if result.status is Status.DISPUTED]
        for identifier, name, target in basis.disputed(self.standard):
            mine = [result for result in results if result.id == identifier]
            value = self._disputed_value(mine)
            notes = narrative.joined(note for result in mine for note in result.notes)
            demanded = basis.target_value(target, self.standard.indicators[identifier], self.lang)
            zh, en = (f"；{notes.zh}", f"; {notes.en}") if notes.zh else ("", "")
            self.paper.say(
                Text(
                    f"有争议目标：{name.zh}（{identifier}，{target.source.clause}）原文目标 {demanded}，"
                    f"期限 {target.date_text}，{value.zh}；只列示，不计分{zh}。",
                    f"Disputed target: {name.en} ({identifier}, {target.source.clause}), {demanded} by "
                    f"{target.date}; {value.en}; shown, not scored{en}.",
                )
            )

    def _disputed_value(self, results: Sequence[IndicatorResult]) -> Text:
        values = [with_unit(result.value, result.unit, self.lang) for result in results if result.value is not None]
        if not values:
            return Text("无实际值", "no value")
        return Text(f"实际值 {'、'.join(values)}", f"actual {', '.join(values)}")

    def sources(self) -> None:
        """六、口径与依据."""
        self.paper.heading(Text("口径与依据", "Basis"))
        self.paper.say(
            Text(
                "每个数字都可追溯：追溯码由“标准@基准日/代码/编号”组成，用 guangcheng explain 展开到台账行和条款。"
                "百分比一律按整数比较，显示时向下取整，不先四舍五入；分母为零不视为达标。",
                "Every figure can be traced: a trace is “standard@day/code/id”, and guangcheng explain walks it down "
                "to rows and clauses. Shares are compared on integers and shown rounded down; 0/0 is never a pass.",
            )
        )
        self.paper.facts(list(basis.facts(self.evaluation, self.standard)))
        for block in basis.blocks(self.evaluation, self.standard, self.lang):
            self.paper.table(block.title, block.header, block.rows, widths=block.widths)
        for note in narrative.notes(self.evaluation, self.standard):
            self.paper.say(Text(f"说明：{note.zh}", f"Note: {note.en}"))

    def appendix(self) -> None:
        """附表：行政村."""
        villages = summary.of_levels(self.evaluation, summary.VILLAGES)
        if not villages:
            return
        rows, tints = self._village_rows(villages)
        self.paper.appendix(Text("附表 行政村达标情况", "Appendix: administrative villages"))
        self.paper.table(
            Text("行政村达标情况", "Administrative villages"),
            self._header(_VILLAGE_COLUMNS),
            rows,
            widths=(16, 18, 12, 15, 27, 9, 10),
            right=(5,),
            tints=tints,
            note=self._trace_note(Text("代码/检验编号", "code/test id")),
        )

    def _village_rows(self, areas: Sequence[AreaVerdict]) -> tuple[list[tuple[str, ...]], list[Mapping[int, Tint]]]:
        rows: list[tuple[str, ...]] = []
        tints: list[Mapping[int, Tint]] = []
        for area in areas:
            hard = next((test for test in area.tests if test.hard), None)
            title, value, _, result = self._test_cells(hard)
            above = narrative.within(self.chains[area.code])
            rows.append((area.code, area.name, above, symbol_and_word(area.verdict, self.lang), title, value, result))
            tints.append({3: VERDICT_LOOKS[area.verdict].tint})
        return rows, tints

    # ---- words ----------------------------------------------------------------------------------------------------

    def _indicator_row(self, result: IndicatorResult) -> tuple[str, ...]:
        counts = f"（{result.numerator}/{result.denominator}）" if result.denominator is not None else ""
        gap = "" if result.gap is None else with_unit(result.gap.amount, result.gap.unit, self.lang)
        name = result.name.in_(self.lang)
        return (
            result.id,
            f"{name}{counts}" if self.lang == "zh" else f"{name} {counts.strip('（）')}".rstrip(),
            self.names.get(result.area, result.area),
            "—" if result.value is None else with_unit(result.value, result.unit, self.lang),
            requirement(result.comparator, result.target, result.unit, self.lang),
            "" if result.target_date is None else f"{result.target_date:%Y-%m-%d}",
            status_word(result.status, self.lang),
            gap,
        )

    def _header(self, titles: Sequence[Text]) -> tuple[str, ...]:
        return tuple(title.in_(self.lang) for title in titles)

    def _trace_note(self, rest: Text) -> Text:
        prefix = f"{self.evaluation.standard}@{self.evaluation.as_of.isoformat()}/"
        digest = summary.digest(self.evaluation)
        return Text(
            f"数据快照 {digest}；追溯码＝{prefix} 加 {rest.zh}；口径见第六部分。",
            f"Snapshots {digest}; trace = {prefix} with {rest.en}; basis in part 6.",
        )

    def _left_out(self, number: int) -> None:
        if number > 0:
            self.paper.say(Text(f"其余 {number} 项见评估台账。", f"{number} more are in the ledger."))

    def _level(self, area: AreaVerdict) -> str:
        return word_of(LEVELS, level_key(area), self.lang)

    def _gap_row(self, kind: str, gaps: Sequence[DataGap]) -> tuple[str, ...]:
        more = Text("等", " …").in_(self.lang) if len(gaps) > _EXAMPLES else ""
        where = [summary.concerned(gap, self.names, self.lang) or gap.where for gap in gaps[:_EXAMPLES]]
        listed = Text("、", ", ").in_(self.lang).join(where) + more
        return word_of(GAP_KINDS, kind, self.lang), str(len(gaps)), gaps[0].message.in_(self.lang), listed

    def _join(self, texts: Sequence[Text]) -> str:
        return narrative.joined(texts).in_(self.lang)


def phase_paths(evaluation: Evaluation, standard: Standard, names: Mapping[str, str]) -> Iterator[PhasePath]:
    """Give a path for every result with a value and at least two scored phase targets: one per indicator first."""
    found: list[tuple[int, PhasePath]] = []
    seen: Counter[str] = Counter()
    for result in evaluation.indicators:
        indicator = standard.indicators.get(result.id)
        value = summary.exact(result.value)
        targets = () if indicator is None else _dated(indicator, TargetStatus.ACTIVE)
        if indicator is None or value is None or len(targets) < 2:
            continue
        path = PhasePath(
            title=result.name,
            unit=result.unit,
            targets=targets,
            measured=((evaluation.as_of, float(value)),),
            disputed=_dated(indicator, TargetStatus.DISPUTED),
            place=names.get(result.area, "") if result.area != evaluation.area else "",
        )
        found.append((seen[result.id], path))
        seen[result.id] += 1
    return (path for _, path in sorted(found, key=lambda item: item[0]))


def _dated(indicator: Indicator, status: TargetStatus) -> tuple[tuple[date, float], ...]:
    found = {t.date: float(t.value) for t in indicator.targets if t.status is status and t.value is not None}
    return tuple(sorted(found.items()))


def _both(words: str) -> Text:
    return Text(words, words)
