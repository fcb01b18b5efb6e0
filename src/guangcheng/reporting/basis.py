"""Where every number of a report comes from, as tables: tests, parameters, dated targets, snapshots.

The text's numbers, product defaults, local settings and claims are told apart in words; a disputed target is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from guangcheng.base.errors import NotFound
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import Evaluation
from guangcheng.registers.schema import schema
from guangcheng.reporting.summary import digest
from guangcheng.reporting.words import BASES, COMPARATORS, HARDNESS, LEVELS, reading, with_unit
from guangcheng.standards.model import DatedValue, Indicator, Scalar, Source, Standard, Target, TargetStatus, value_at


@dataclass(frozen=True, slots=True)
class Block:
    """One small table: what it is, its columns, its rows of words; ``widths`` are shares of the line."""

    title: Text
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


TARGET_STATUSES = {
    TargetStatus.ACTIVE: Text("计分", "scored"),
    TargetStatus.DISPUTED: Text("有争议，只列示不计分", "disputed: shown, not scored"),
    TargetStatus.SUPERSEDED: Text("已被取代", "superseded"),
}


def facts(evaluation: Evaluation, standard: Standard) -> tuple[tuple[Text, Text], ...]:
    """Label and words of what the whole evaluation stands on."""
    document = standard.document
    return (
        (Text("标准", "standard"), Text(standard.title.zh, standard.title.en)),
        (Text("标准编号与版本", "id and version"), _both(f"{standard.id} / {evaluation.standard_version}")),
        (Text("文件", "document"), _both(f"{document.code} {document.title}")),
        (Text("发文单位", "issuer"), _both(document.issuer)),
        (Text("适用区域", "region"), Text(*(f"{document.region_name}{p}" for p in _brackets(document.region)))),
        (Text("基准日", "as of"), _both(evaluation.as_of.isoformat())),
        (Text("数据快照摘要", "digest of snapshots"), _both(digest(evaluation))),
        (
            Text("追溯码", "trace"),
            Text(
                "用“guangcheng explain 城市文件夹 追溯码”展开到台账行和条款",
                "“guangcheng explain DIR TRACE” walks a figure down to rows and clauses",
            ),
        ),
    )


def _both(words: str) -> Text:
    return Text(words, words)


def _brackets(words: str) -> tuple[str, str]:
    return f"（{words}）", f" ({words})"


def blocks(evaluation: Evaluation, standard: Standard, lang: Lang) -> tuple[Block, ...]:
    """All basis tables of one evaluation, in reading order; tables without rows are left out."""
    made = (
        _tests(evaluation, standard, lang),
        _parameters(evaluation, standard, lang),
        _targets(standard, lang),
        snapshots(evaluation, lang),
    )
    return tuple(block for block in made if block.rows)


def _tests(evaluation: Evaluation, standard: Standard, lang: Lang) -> Block:
    zh = ("层级", "编号", "检验", "要求", "性质", "条款", "依据")
    en = ("level", "id", "test", "required", "kind", "clause", "basis")
    rows = []
    for level in standard.acceptance:
        for test in level.tests:
            dated = value_at(test.threshold, evaluation.as_of)
            if dated is None:
                continue
            sign = COMPARATORS[test.comparator]
            rows.append(
                (
                    LEVELS[level.level.value].in_(lang),
                    test.id,
                    test.title.zh if lang == "zh" else test.title.en,
                    f"{sign}{with_unit(scalar(dated.value, lang), test.unit, lang)}",
                    HARDNESS[test.hard].in_(lang),
                    clause(dated.source, lang),
                    basis(dated, lang),
                )
            )
    return Block(
        Text("验收检验项目", "acceptance tests"), zh if lang == "zh" else en, tuple(rows), (9, 13, 28, 10, 8, 15, 18)
    )


def _parameters(evaluation: Evaluation, standard: Standard, lang: Lang) -> Block:
    zh = ("参数", "取值", "条款", "依据", "名称（程序用）")
    en = ("parameter", "value", "clause", "basis", "name in the program")
    rows = []
    for name, parameter in standard.parameters.items():
        dated = value_at(parameter.values, evaluation.as_of)
        if dated is None:
            continue
        rows.append(
            (
                parameter.title.zh if lang == "zh" else parameter.title.en,
                with_unit(scalar(dated.value, lang), parameter.unit or "", lang),
                clause(dated.source, lang),
                basis(dated, lang),
                name,
            )
        )
    return Block(Text("参数取值", "parameters in force"), zh if lang == "zh" else en, tuple(rows), (26, 18, 13, 18, 25))


def _targets(standard: Standard, lang: Lang) -> Block:
    zh = ("编号", "指标", "目标", "期限", "计分", "条款", "依据")
    en = ("id", "indicator", "target", "date", "scored", "clause", "basis")
    rows = tuple(
        (
            identifier,
            indicator.name.zh if lang == "zh" else indicator.name.en,
            target_value(target, indicator, lang),
            _target_date(target, lang),
            _scored(target).in_(lang),
            clause(target.source, lang),
            _basis(target.basis.value, target.decision, lang),
        )
        for identifier, indicator in standard.indicators.items()
        for target in indicator.targets
    )
    return Block(
        Text("指标与分期目标", "indicators and dated targets"),
        zh if lang == "zh" else en,
        rows,
        (13, 26, 10, 17, 12, 11, 11),
    )


def _scored(target: Target) -> Text:
    """Whether a target is scored, and whether it is only the document's internal control date (amber, never red)."""
    if target.status is TargetStatus.ACTIVE and target.role == "internal_control":
        return Text("内部控制日期", "internal control date")
    return TARGET_STATUSES[target.status]


def target_value(target: Target, indicator: Indicator, lang: Lang) -> str:
    """``≥90%``, or the words of a target without a number."""
    if target.value is None:
        return target.value_text or "—"
    sign = COMPARATORS.get(indicator.asked(target) or "", "")
    return f"{sign}{with_unit(scalar(target.value, lang), indicator.unit, lang)}"


def _target_date(target: Target, lang: Lang) -> str:
    """The day, and in Chinese the literal words it was read from."""
    day = target.date.isoformat()
    return f"{day}（{target.date_text}）" if lang == "zh" and target.date_text != day else day


def snapshots(evaluation: Evaluation, lang: Lang) -> Block:
    """Say which dated state of each register was used, with its whole hash."""
    zh, en = ("台账", "数据截至", "内容摘要（SHA-256）"), ("register", "data as of", "content hash (SHA-256)")
    rows = tuple(
        (register_title(name, lang), ref.as_of.isoformat(), ref.hash or "—")
        for name, ref in sorted(evaluation.snapshots.items())
    )
    return Block(Text("数据快照", "snapshots"), zh if lang == "zh" else en, rows, (20, 14, 66))


def register_title(name: str, lang: Lang) -> str:
    """Title of a register with its name; a register unknown here keeps its name."""
    try:
        return f"{schema(name).title.in_(lang)}（{name}）" if lang == "zh" else f"{schema(name).title.en} ({name})"
    except NotFound:
        return name


def disputed(standard: Standard) -> Iterator[tuple[str, Text, Target]]:
    """Targets contradicted inside their own document: id, name, target."""
    for identifier, indicator in standard.indicators.items():
        for target in indicator.targets:
            if target.status is TargetStatus.DISPUTED:
                yield identifier, Text(zh=indicator.name.zh, en=indicator.name.en), target


def product_defaults(evaluation: Evaluation, standard: Standard, lang: Lang) -> tuple[tuple[str, str, str, str], ...]:
    """Parameters and thresholds that are not the document's text: what, value, basis, clause."""
    found: list[tuple[str, str, str, str]] = []
    for level in standard.acceptance:
        for test in level.tests:
            dated = value_at(test.threshold, evaluation.as_of)
            if dated is not None and dated.basis.value != "text":
                title = test.title.zh if lang == "zh" else test.title.en
                value = f"{COMPARATORS[test.comparator]}{with_unit(scalar(dated.value, lang), test.unit, lang)}"
                found.append((title, value, basis(dated, lang), clause(dated.source, lang)))
    for parameter in standard.parameters.values():
        dated = value_at(parameter.values, evaluation.as_of)
        if dated is not None and dated.basis.value != "text":
            title = parameter.title.zh if lang == "zh" else parameter.title.en
            value = with_unit(scalar(dated.value, lang), parameter.unit or "", lang)
            found.append((title, value, basis(dated, lang), clause(dated.source, lang)))
    return tuple(found)


def basis(dated: DatedValue, lang: Lang) -> str:
    """``产品默认（C-09）``: the kind of basis and the decision behind it."""
    return _basis(dated.basis.value, dated.decision, lang)


def _basis(value: str, decision: str | None, lang: Lang) -> str:
    word = next(text.in_(lang) for key, text in BASES.items() if key.value == value)
    if not decision:
        return word
    return f"{word}（{decision}）" if lang == "zh" else f"{word} ({decision})"


def clause(source: Source, lang: Lang) -> str:
    """``001 二(三)5``, and whether the reading had to be repaired."""
    repaired = {"zh": "，文字有修补", "en": ", text repaired"}[lang] if source.repaired else ""
    return f"{source.document} {source.clause}{repaired}"


def scalar(value: Scalar | None, lang: Lang) -> str:
    """A parameter's value in words: lists joined, yes or no in words, whole numbers without a point."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return {True: Text("是", "yes"), False: Text("否", "no")}[value].in_(lang)
    if isinstance(value, list):
        return {"zh": "、", "en": ", "}[lang].join(reading(item, lang) for item in value)
    return f"{value:g}" if isinstance(value, float) else reading(str(value), lang)
