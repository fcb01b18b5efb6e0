"""The plain sentences of a report: conclusion, counts, what is missing. Both languages, no figure without its unit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from guangcheng.base.text import Text
from guangcheng.coverage.results import AreaVerdict, Evaluation, IndicatorResult, TestResult, Verdict
from guangcheng.reporting import summary
from guangcheng.reporting.summary import LevelCount, level_counts, of_levels, status_counts
from guangcheng.reporting.words import LEVELS, STATUSES, VERDICTS
from guangcheng.standards.model import Standard

_JUDGED_TOWNSHIPS = ("street", "town", "township")


def day(on: date) -> Text:
    """``2018年12月31日`` / ``31 December 2018``."""
    return Text(zh=f"{on.year}年{on.month}月{on.day}日", en=f"{on.day} {_MONTHS[on.month - 1]} {on.year}")


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def report_title(city_name: str) -> Text:
    """Title of the report."""
    return Text(zh=f"{city_name}光网建设达标自评估报告", en=f"Self-assessment of broadband targets: {city_name}")


def ledger_title(city_name: str) -> Text:
    """Title of the ledger."""
    return Text(zh=f"{city_name}光网建设达标评估台账", en=f"Ledger of broadband targets: {city_name}")


def stamp(evaluation: Evaluation, generated_on: date) -> Text:
    """One line that says which day, standard and data a sheet stands on, and when it was made."""
    as_of, made, digest = day(evaluation.as_of), day(generated_on), summary.digest(evaluation)
    return Text(
        zh=f"基准日 {as_of.zh} · 标准 {evaluation.standard} 第 {evaluation.standard_version} 版"
        f" · 数据快照 {digest} · 生成于 {made.zh}",
        en=f"as of {as_of.en} · standard {evaluation.standard} version {evaluation.standard_version}"
        f" · snapshots {digest} · generated on {made.en}",
    )


def within(chain: Sequence[AreaVerdict]) -> str:
    """``石马镇 › 石马村``: the areas above a place (``chain`` is nearest first) below the district."""
    return " › ".join(above.name for above in reversed(chain) if above.level not in ("city", "district"))


def counted_test(test: TestResult) -> Text:
    """Name a test with its counts, e.g. ``90%以上自然村具备光网接入能力（8/10，其中未知 2）``."""
    if test.numerator is None or test.denominator is None:
        return test.title
    counts = f"{test.numerator}/{test.denominator}"
    zh, en = (f"，其中未知 {test.unknown}", f", {test.unknown} of them unknown") if test.unknown else ("", "")
    return Text(zh=f"{test.title.zh}（{counts}{zh}）", en=f"{test.title.en} ({counts}{en})")


def joined(texts: Iterable[Text]) -> Text:
    """Join sentences with ；and drop their own full stops, whoever wrote them with or without."""
    kept = list(texts)
    return Text(zh="；".join(text.zh.rstrip("。") for text in kept), en="; ".join(text.en.rstrip(".") for text in kept))


def notes(evaluation: Evaluation, standard: Standard) -> tuple[Text, ...]:
    """Remarks of the standard, then of the evaluation."""
    return (*(Text(zh=note.zh, en=note.en) for note in standard.notes), *evaluation.notes)


def conclusion(evaluation: Evaluation, standard: Standard, city_name: str) -> Text:
    """Say the verdict on the whole, or that the standard judges no levels."""
    on = day(evaluation.as_of)
    head = Text(
        zh=f"截至{on.zh}，依据《{standard.title.zh}》（{standard.id}，第 {evaluation.standard_version} 版）",
        en=f"As of {on.en}, by “{standard.title.en}” ({standard.id}, version {evaluation.standard_version})",
    )
    whole = next((area for area in evaluation.areas if area.code == evaluation.area), None)
    if whole is not None:
        word = VERDICTS[whole.verdict]
        return Text(zh=f"{head.zh}，{city_name}总体结论：{word.zh}。", en=f"{head.en}: {city_name} – {word.en}.")
    if standard.acceptance and not evaluation.areas:
        return Text(
            zh=f"{head.zh}，{city_name}没有可供评估的区域，不能作出结论。",
            en=f"{head.en}: {city_name} has no areas that could be judged, so nothing can be said.",
        )
    if standard.acceptance:
        return Text(
            zh=f"{head.zh}，对{city_name}各级对象作出结论，未作总体结论。",
            en=f"{head.en}: places of {city_name} are judged, the whole is not.",
        )
    return Text(
        zh=f"{head.zh}，对{city_name}逐项评估指标；该文件不设分级验收标准，不作街镇、村达标结论。",
        en=f"{head.en}: the indicators of {city_name} are assessed; the document judges no towns or villages.",
    )


def levels_sentence(counts: Sequence[LevelCount]) -> Text | None:
    """Say per level how many of the judged pass; ``None`` when nothing is judged."""
    judged = [count for count in counts if count.judged and count.level in LEVELS]
    if not judged:
        return None
    zh = "；".join(_level_zh(count) for count in judged)
    en = "; ".join(f"{LEVELS[count.level].en}: {count.passed} of {count.judged} pass" for count in judged)
    return Text(zh=f"参评对象达标情况：{zh}。", en=f"Of the places judged – {en}.")


def _level_zh(count: LevelCount) -> str:
    left = {verdict: count.verdicts.get(verdict, 0) for verdict in (Verdict.FAIL, Verdict.NO_DATA)}
    rest = "".join(f"，{VERDICTS[verdict].zh} {number} 个" for verdict, number in left.items() if number)
    return f"{LEVELS[count.level].zh}参评 {count.judged} 个，达标 {count.passed} 个{rest}"


def statuses_sentence(indicators: Sequence[IndicatorResult]) -> Text | None:
    """Say how many indicator results have each status; ``None`` without indicators."""
    if not indicators:
        return None
    counts = status_counts(indicators)
    zh = "、".join(f"{STATUSES[status].zh} {number} 项" for status, number in counts.items())
    en = ", ".join(f"{STATUSES[status].en} {number}" for status, number in counts.items())
    return Text(
        zh=f"指标结果共 {len(indicators)} 项次：{zh}（有争议的目标只列示，不计分）。",
        en=f"Indicator results: {len(indicators)}, of them {en} (disputed targets are shown, never scored).",
    )


def places_sentence(evaluation: Evaluation) -> Text | None:
    """Name the streets and towns that fail or lack data; ``None`` when all pass or none is judged."""
    found: Mapping[Verdict, list[str]] = {Verdict.FAIL: [], Verdict.NO_DATA: []}
    for area in of_levels(evaluation, _JUDGED_TOWNSHIPS):
        if area.verdict in found:
            found[area.verdict].append(area.name)
    parts = [(VERDICTS[verdict], names) for verdict, names in found.items() if names]
    if not parts:
        return None
    zh = "；".join(f"{word.zh}的街镇：{'、'.join(names)}" for word, names in parts)
    en = "; ".join(f"streets and towns with {word.en}: {', '.join(names)}" for word, names in parts)
    return Text(zh=f"{zh}。", en=f"{en[0].upper()}{en[1:]}.")


def gaps_sentence(evaluation: Evaluation) -> Text:
    """Say how many data gaps there are; none is said too."""
    number = len(evaluation.data_gaps)
    if not number:
        return Text(zh="本次评估未发现数据缺口。", en="No data gaps were found.")
    return Text(
        zh=f"发现数据缺口 {number} 处；缺数据的对象不按未达标处理，补齐后应重新评估。",
        en=f"Data gaps found: {number}. A place without data has not failed; it is judged once it has them.",
    )


def headline(evaluation: Evaluation, standard: Standard, city_name: str) -> tuple[Text, ...]:
    """Everything a leader reads first, in order; sentences about what does not occur are left out."""
    sentences = (
        conclusion(evaluation, standard, city_name),
        levels_sentence(level_counts(evaluation)),
        places_sentence(evaluation),
        statuses_sentence(evaluation.indicators),
        gaps_sentence(evaluation),
    )
    return tuple(sentence for sentence in sentences if sentence is not None)
