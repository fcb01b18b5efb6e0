"""What a person sees on the terminal: plain tables from values, in either language."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.gaps import Fewest
from guangcheng.coverage.results import (
    AreaVerdict,
    DataGap,
    Evaluation,
    IndicatorResult,
    TestResult,
    TraceNode,
    Verdict,
)
from guangcheng.registers.importing import ImportReport
from guangcheng.registers.schema import schema
from guangcheng.reporting import words
from guangcheng.reporting.summary import level_counts
from guangcheng.reporting.tables import render
from guangcheng.standards.describe import describe
from guangcheng.standards.diff import Change
from guangcheng.standards.model import Standard

SHOWN_NOT_PASSED = 12
"""How many failing places a screen lists; the ledger has them all."""


def evaluation(result: Evaluation, lang: Lang) -> str:
    """Headline, counts by level, townships, indicators, the first failing places, what is missing."""
    parts = [
        Text(
            zh=f"标准 {result.standard}（版本 {result.standard_version}）  区域 {result.area}  基准日 {result.as_of}",
            en=f"standard {result.standard} (version {result.standard_version})  "
            f"area {result.area}  as of {result.as_of}",
        ).in_(lang)
    ]
    if result.areas or result.estates:
        parts += [_counts(result, lang), _townships(result.areas, lang)]
    if result.indicators:
        parts.append(_indicators(result.indicators, lang))
    parts += [_not_passed(result, lang), _gaps(result, lang)]
    parts += [f"· {note.in_(lang)}" for note in result.notes]
    return "\n\n".join(part for part in parts if part)


def _head(lang: Lang, *columns: tuple[str, str]) -> list[str]:
    return [zh if lang == "zh" else en for zh, en in columns]


def _counts(result: Evaluation, lang: Lang) -> str:
    verdicts = [verdict for verdict in Verdict if any(verdict in row.verdicts for row in level_counts(result))]
    head = _head(lang, ("层级", "level")) + [words.symbol_and_word(verdict, lang) for verdict in verdicts]
    rows = [
        [words.LEVELS[row.level].in_(lang), *(str(row.verdicts.get(verdict, 0)) for verdict in verdicts)]
        for row in level_counts(result)
    ]
    return render(head, rows, align=["left", *["right"] * len(verdicts)])  # type: ignore[list-item]


def _townships(areas: Iterable[AreaVerdict], lang: Lang) -> str:
    places = [place for place in areas if place.level in ("district", "township")]
    head = _head(
        lang,
        ("代码", "code"),
        ("名称", "name"),
        ("层级", "level"),
        ("结论", "verdict"),
        ("硬性指标", "hard test"),
        ("参考", "reference"),
    )
    rows = [
        [
            place.code,
            place.name,
            words.LEVELS[words.level_key(place)].in_(lang),
            words.symbol_and_word(place.verdict, lang),
            _tests(place, hard=True),
            _tests(place, hard=False),
        ]
        for place in places
    ]
    return render(head, rows) if rows else ""


def _tests(place: AreaVerdict, *, hard: bool) -> str:
    return "  ".join(_test(test) for test in place.tests if test.hard == hard)


def _test(test: TestResult) -> str:
    if test.numerator is None or test.denominator is None:
        return "—"
    unknown = f"（?{test.unknown}）" if test.unknown else ""
    value = "" if test.value is None else f" {test.value}{test.unit}"
    return f"{test.numerator}/{test.denominator}{unknown}{value}"


def _indicators(indicators: Sequence[IndicatorResult], lang: Lang) -> str:
    head = _head(
        lang,
        ("编号", "id"),
        ("指标", "indicator"),
        ("区域", "area"),
        ("现值", "value"),
        ("目标", "target"),
        ("日期", "date"),
        ("状态", "status"),
        ("差距", "gap"),
    )
    rows = [
        [
            item.id,
            item.name.in_(lang),
            item.area,
            "—" if item.value is None else words.with_unit(item.value, item.unit, lang),
            words.requirement(item.comparator, item.target, item.unit, lang),
            "" if item.target_date is None else item.target_date.isoformat(),
            words.status_word(item.status, lang),
            "" if item.gap is None else words.with_unit(item.gap.amount, item.gap.unit, lang),
        ]
        for item in indicators
    ]
    return render(head, rows, max_width=34)


def _not_passed(result: Evaluation, lang: Lang) -> str:
    failing = [place for place in result.areas if place.verdict in (Verdict.FAIL, Verdict.NO_DATA)]
    if not failing:
        return ""
    head = _head(
        lang, ("未通过", "not passed"), ("名称", "name"), ("结论", "verdict"), ("原因", "reason"), ("追查", "trace")
    )
    rows = [
        [
            place.code,
            place.name,
            words.symbol_and_word(place.verdict, lang),
            "；".join(reason.in_(lang) for reason in place.reasons),
            place.trace,
        ]
        for place in failing[:SHOWN_NOT_PASSED]
    ]
    more = len(failing) - len(rows)
    rest = Text(
        zh=f"\n……另有 {more} 处，见台账（guangcheng report evaluation）",
        en=f"\n… and {more} more, see the ledger (guangcheng report evaluation)",
    )
    return render(head, rows, max_width=72) + (rest.in_(lang) if more else "")


def _gaps(result: Evaluation, lang: Lang) -> str:
    if not result.data_gaps:
        return ""
    kinds: dict[str, list[str]] = {}
    for gap in result.data_gaps:
        kinds.setdefault(gap.kind, []).append(_missing(gap, lang))
    head = _head(lang, ("数据缺口", "data gap"), ("处数", "places"), ("例如", "such as"))
    rows = []
    for kind, where in kinds.items():
        name = words.GAP_KINDS[kind].in_(lang) if kind in words.GAP_KINDS else kind
        rows.append([name, str(len(where)), "、".join(where[:3])])
    return render(head, rows, align=["left", "right", "left"])


def _missing(gap: DataGap, lang: Lang) -> str:
    """Where something is missing; a register by its title beside the name commands know it by."""
    if gap.kind != "missing_register":
        return gap.where
    return words_of(f"{schema(gap.where).title.zh}（{gap.where}）", gap.where, lang)


def derivation(node: TraceNode, lang: Lang) -> str:
    """Draw the derivation as an indented tree."""
    return "\n".join(_branch(node, lang, "", ""))


def _branch(node: TraceNode, lang: Lang, first: str, then: str) -> Iterable[str]:
    clause = f"  [{node.clause}{_basis(node, lang)}]" if node.clause is not None else ""
    said = f"{_colon(lang)}{words.value_said(node.value, lang)}" if node.value else ""
    yield f"{first}{node.title.in_(lang)}{said}{clause}"
    for row in node.rows:
        cells = "  ".join(f"{name}={_cell(value)}" for name, value in row.items() if value is not None)
        yield f"{then}{'│ ' if node.children else '  '}⟨{cells}⟩"
    for child in node.children:
        last = child is node.children[-1]
        yield from _branch(child, lang, then + ("└ " if last else "├ "), then + ("  " if last else "│ "))


def _cell(value: object) -> str:
    """A value of a row; metres are shown to the millimetre."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _colon(lang: Lang) -> str:
    return "：" if lang == "zh" else ": "


def _basis(node: TraceNode, lang: Lang) -> str:
    if node.basis is None or node.basis.value == "text":
        return ""
    return words_of("，", ", ", lang) + words.BASES[node.basis].in_(lang)


def standards(found: Sequence[Standard], lang: Lang) -> str:
    """List standards, one a line."""
    head = _head(
        lang,
        ("编号", "id"),
        ("标准", "standard"),
        ("版本", "version"),
        ("地区", "region"),
        ("指标", "indicators"),
        ("任务", "tasks"),
        ("规则", "rules"),
    )
    rows = [
        [
            item.id,
            item.title.zh if lang == "zh" else item.title.en,
            item.version,
            f"{item.document.region_name} {item.document.region}",
            str(len(item.indicators)),
            str(len(item.tasks)),
            str(len(item.rules)),
        ]
        for item in found
    ]
    return render(head, rows, align=["left", "left", "left", "left", "right", "right", "right"])


def changes(found: Sequence[Change], lang: Lang) -> str:
    """What differs between two standards or two days, one value a line."""
    if not found:
        return words_of("没有不同", "nothing differs", lang)
    head = _head(lang, ("编号", "id"), ("哪一项", "what"), ("之前", "before"), ("之后", "after"))
    rows = [[item.id, item.what, item.before or "—", item.after or "—"] for item in found]
    return render(head, rows, max_width=40)


def beside(first: Evaluation, others: Sequence[Evaluation], lang: Lang) -> str:
    """The verdicts of several standards side by side: places that at least one of them judges."""
    every = (first, *others)
    places = [{place.code: place for place in (*item.areas, *item.estates)} for item in every]
    codes = list(dict.fromkeys(code for there in places for code in there))
    head = [*_head(lang, ("代码", "code"), ("名称", "name")), *(item.standard for item in every)]
    rows = []
    for code in codes:
        found = [there.get(code) for there in places]
        said = [None if place is None else place.verdict for place in found]
        if all(verdict in (None, Verdict.NOT_APPLICABLE) for verdict in said):
            continue
        name = next(place.name for place in found if place is not None)
        rows.append([code, name, *("—" if v is None else words.VERDICTS[v].in_(lang) for v in said)])
    return render(head, rows, max_width=40)


def standard(item: Standard, lang: Lang) -> str:
    """Show every demand of one standard with its clause and basis."""
    head = _head(
        lang,
        ("部分", "part"),
        ("编号", "id"),
        ("名称", "title"),
        ("要求", "demand"),
        ("日期", "date"),
        ("条款", "clause"),
        ("依据", "basis"),
    )
    parts = {
        "parameter": Text("参数", "parameter"),
        "acceptance": Text("验收", "acceptance"),
        "baseline": Text("基期", "baseline"),
        "target": Text("目标", "target"),
        "task": Text("任务", "task"),
        "rule": Text("规则", "rule"),
    }
    rows = []
    for demand in describe(item):
        basis = words.BASES[demand.basis].in_(lang)
        rows.append(
            [
                parts[demand.part].in_(lang),
                demand.id,
                demand.title.in_(lang),
                words.requirement(demand.comparator, demand.value, demand.unit or "", lang),
                demand.day_text or ("" if demand.day is None else demand.day.isoformat()),
                str(demand.clause),
                f"{basis} {demand.decision}" if demand.decision else basis,
            ]
        )
    title = item.title.zh if lang == "zh" else item.title.en
    return f"{title}  {item.id}  {item.version}\n\n{render(head, rows, max_width=40)}"


def check(name: str, registers: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Show the registers a city holds and what is odd or damaged."""
    head = _head(
        lang, ("台账", "register"), ("快照", "snapshots"), ("行数", "rows"), ("最新", "latest"), ("完好", "sound")
    )
    rows = [
        [
            item["register"],
            str(item["snapshots"]),
            str(item["rows"]),
            item["as_of"] or "",
            "✓" if item["sound"] else "✗",
        ]
        for item in registers
    ]
    text = f"{name}\n\n{render(head, rows, align=['left', 'right', 'right', 'left', 'left'])}"
    if findings:
        head = _head(lang, ("发现", "finding"), ("哪里", "where"), ("说明", "what"))
        text += "\n\n" + render(head, [[f["rule"], f["where"], f["message"][lang]] for f in findings], max_width=72)
    return text


def import_report(report: ImportReport, lang: Lang) -> str:
    """Say what an import took, changed and refused, with the first faults and where the refused rows lie."""
    head = Text(
        zh=f"{report.register}  {report.as_of}  {_IMPORT[report.status].zh}",
        en=f"{report.register}  {report.as_of}  {_IMPORT[report.status].en}",
    ).in_(lang)
    if report.options.dry_run:
        head += words_of("（试运行，没有写入）", " (dry run, nothing was written)", lang)
    counts = Text(
        zh=f"收下 {report.accepted} 行，拒收 {report.refused} 行；新增 {report.added}，改动 {report.changed}，"
        f"删除 {report.removed}，未变 {report.unchanged}",
        en=f"accepted {report.accepted} rows, refused {report.refused}; added {report.added}, changed "
        f"{report.changed}, removed {report.removed}, unchanged {report.unchanged}",
    ).in_(lang)
    parts = [f"{head}\n{counts}"]
    if report.faults:
        parts.append(_faults(report, lang))
    parts += [f"· {note.in_(lang)}" for note in report.notes]
    if report.quarantine is not None:
        parts.append(
            words_of(
                f"拒收的行在 {report.quarantine}，改好后再导入这个文件",
                f"the refused rows are in {report.quarantine}; mend them and import that file",
                lang,
            )
        )
    if report.snapshot is not None and report.new:
        parts.append(words_of(f"新快照 {report.snapshot}", f"new snapshot {report.snapshot}", lang))
    return "\n\n".join(parts)


_IMPORT = {
    "imported": Text("已导入", "imported"),
    "partial": Text("部分导入", "partly imported"),
    "unchanged": Text("内容没有变化，不生成新快照", "nothing changed, no new snapshot"),
    "refused": Text("未导入", "not imported"),
}
SHOWN_FAULTS = 20


def words_of(zh: str, en: str, lang: Lang) -> str:
    """Choose between two sentences."""
    return zh if lang == "zh" else en


def _faults(report: ImportReport, lang: Lang) -> str:
    """List faults one below the other, nothing cut: a person must be able to mend them from here."""
    shown = report.faults[:SHOWN_FAULTS]
    why, mend = ("问题", "怎么改") if lang == "zh" else ("why", "to mend")
    blocks = [
        f"{fault.rule}  {fault.where.in_(lang)}  “{fault.value}”\n"
        f"    {why}{_colon(lang)}{fault.why.in_(lang)}\n    {mend}{_colon(lang)}{fault.mend.in_(lang)}"
        for fault in shown
    ]
    more = len(report.faults) - len(shown)
    if more:
        counts = "  ".join(f"{rule}×{count}" for rule, count in report.by_rule().items())
        blocks.append(words_of(f"……另有 {more} 条；各规则合计 {counts}", f"… and {more} more; by rule {counts}", lang))
    return "\n".join(blocks)


def ways(result: Evaluation, found: Mapping[str, Fewest], lang: Lang) -> str:
    """Say for each failing place what would make it pass with the fewest natural villages, then premises."""
    names = {place.code: place.name for place in result.areas}
    head = _head(
        lang, ("代码", "code"), ("名称", "name"), ("自然村", "villages"), ("驻地", "premises"), ("建成哪些", "which")
    )
    rows = []
    for code, way in found.items():
        members = [names.get(member, member) for member in way.village_codes] or list(way.premises_names)
        rows.append([code, names.get(code, code), str(way.villages), str(way.premises), "、".join(members)])
    title = words_of("最少还要建成：", "the fewest to build:", lang)
    return f"\n{title}\n\n" + render(head, rows, align=["left", "left", "right", "right", "left"], max_width=60)
