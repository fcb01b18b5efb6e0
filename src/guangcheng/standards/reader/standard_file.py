"""A draft → a standard file of docs/reference/standards-format.md, doubtful places marked.

A mark is a ``review`` key with ``# 请核对`` behind it. No standard knows that key, so the loader refuses the file until
a person has looked at every marked place and taken its line out (:func:`confirmed` does that mechanically).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from guangcheng.standards.reader import names
from guangcheng.standards.reader.dates import last_day
from guangcheng.standards.reader.findings import FLAGS, DocumentDraft, IndicatorFinding, RuleFinding, TaskFinding
from guangcheng.standards.reader.operative import operative_comparator

CODE = "DRAFT"
_EARLIEST = date(1990, 1, 1)
_TO_FILL = "请填写"
Lines = list[str]


def confirmed(text: str) -> str:
    """The file as after a person confirmed every marked place: without its ``review`` lines."""
    return "".join(line for line in text.splitlines(keepends=True) if not re.match(r"\s*(?:- )?review: ", line))


def _q(value: object) -> str:
    """A value in YAML flow style; quoted words are JSON, which YAML reads the same."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def _words(text: str) -> str:
    return f"{{zh: {_q(text)}, en: {_q(text)}}}"


def _source(clause: str, *, repaired: bool = False, note: str | None = None) -> str:
    parts = [f"document: {CODE}", f"clause: {_q(clause or '正文')}"]
    parts += ["repaired: true"] if repaired else []
    parts += [f"note: {_q(note)}"] if note else []
    return "{" + ", ".join(parts) + "}"


def _review(indent: str, reasons: Sequence[str]) -> Lines:
    return [f"{indent}review: {_q(list(dict.fromkeys(reasons)))}  # 请核对"] if reasons else []


def _reasons(flags: Sequence[str]) -> list[str]:
    return [FLAGS[flag].zh for flag in flags if flag in FLAGS]


def standard_yaml(document: DocumentDraft, *, standard_id: str | None = None, source: str = "") -> str:
    """The draft standard of one document; deterministic."""
    standard_id = standard_id or "draft-" + _fingerprint(document)
    lines = [
        "# 由文件自动起草的标准：凡标“# 请核对”的 review 行，核对该处后删去整行；全部删完即可载入。",
        f"# 检查：guangcheng standards check {standard_id}.yaml" + (f"；来源文件：{source}" if source else ""),
        f"id: {standard_id}",
        'version: "draft"',
        f"title: {_words(document.head.title or _TO_FILL)}",
        *_review("", ["英文名称照抄中文，请补英文"]),
        *_document(document),
        *_parameters(document),
        *_indicators(document),
        *_tasks(document.tasks),
        *_notes(document),
    ]
    return "\n".join(lines) + "\n"


def _fingerprint(document: DocumentDraft) -> str:
    said = [
        str(document.head),
        *(item.place.evidence for item in document.indicators),
        *(item.task for item in document.tasks),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:8]


def _document(document: DocumentDraft) -> Lines:
    head = document.head
    reasons = _reasons(head.flags)
    reasons += [
        f"没有找到{name}"
        for name, value in (("标题", head.title), ("发文机关", head.issuer), ("印发日期", head.issued))
        if not value
    ]
    lines = [
        "document:",
        f"  code: {CODE}",
        f"  title: {_q(head.title or _TO_FILL)}",
        *([f"  number: {_q(head.number)}"] if head.number else []),
        f"  issuer: {_q(head.issuer or _TO_FILL)}",
    ]
    issued, in_force = last_day(head.issued), last_day(head.effective)
    lines += [f"  issued: {issued}"] if issued else []
    lines += [f"  in_force: {in_force}"] if in_force else []
    lines += ['  region: "000000"', f"  region_name: {_q(head.region or _TO_FILL)}"]
    return lines + _review("  ", [*reasons, "region 请填统计用区划代码"])


def _first_day(document: DocumentDraft) -> tuple[date, bool]:
    head = document.head
    day = last_day(head.effective) or last_day(head.issued)
    return (day, True) if day else (_EARLIEST, False)


def _parameters(document: DocumentDraft) -> Lines:
    if not document.rules:
        return []
    day, known = _first_day(document)
    lines = ["parameters:"]
    for place, item in enumerate(document.rules, start=1):
        for suffix, value in _ends(item):
            lines += _parameter(f"rule_{place:02d}{suffix}", item, value, day, known=known)
    return lines


def _ends(item: RuleFinding) -> Iterator[tuple[str, object]]:
    if isinstance(item.value, tuple):
        yield "_min", item.value[0]
        yield "_max", item.value[1]
    else:
        yield "", item.value


def _parameter(name: str, item: RuleFinding, value: object, day: date, *, known: bool) -> Lines:
    reasons = _reasons(item.flags) + ([] if known else ["没有施行日期，暂填最早日期"])
    note = f"literal_comparator: {item.comparator}；{item.place.evidence[:80]}"
    source = _source(item.place.clause, repaired=bool(item.flags), note=note)
    unit_is_small = item.unit == "%" and isinstance(value, float) and 0 < value < 1
    return [
        f"  {name}:",
        f"    title: {_words(item.rule[:80])}",
        f"    unit: {_q('百分数' if unit_is_small else item.unit)}",
        *_review("    ", reasons),
        "    values:",
        f"      {day}: {{value: {_q(value)}, source: {source}}}",
    ]


def _indicators(document: DocumentDraft) -> Lines:
    groups: dict[tuple[str, str, str, str], list[IndicatorFinding]] = {}
    for item in (*document.indicators, *document.qualitative):
        key = (names.normal(item.name), item.unit, operative_comparator(item), item.scope or "")
        groups.setdefault(key, []).append(item)
    if not groups:
        return []
    lines = ["indicators:"]
    for place, items in enumerate(groups.values(), start=1):
        lines += _indicator(f"IND-{CODE}-{place:02d}", items, document)
    return lines


def _indicator(name: str, items: Sequence[IndicatorFinding], document: DocumentDraft) -> Lines:
    first = items[0]
    words = first.role == "qualitative"
    comparator = operative_comparator(first)
    literal = all(item.comparator == comparator for item in items)
    targets, left_out = _targets(items)
    reasons = [reason for item in items for reason in _reasons(item.flags)] + left_out
    lines = [
        f"  {name}:",
        f"    name: {_words(first.name)}",
        f"    definition: {_words((first.text or first.place.evidence)[:200])}",
        f"    kind: {'qualitative' if words else 'reported'}",
        *([] if words else ["    measure: reported_value"]),
        f"    unit: {_q(first.unit or '项')}",
        *([] if words else [f"    comparator: {_q(comparator)}"]),
        f"    hardness: {_q('plan target')}",
        f"    source: {_source(first.place.clause)}",
        *([] if literal or words else ["    basis: product_default", "    decision: C-11"]),
        *_baseline(first, document),
        *(["    flags: [date_inferred]"] if any(item.date is None for item in items) else []),
        *_review("    ", reasons),
        *_noted(left_out),
    ]
    return lines + (["    targets:", *targets] if targets else [])


def _noted(left_out: Sequence[str]) -> Lines:
    return ["    notes:", *(f"      - {_words(text)}" for text in left_out)] if left_out else []


def _baseline(item: IndicatorFinding, document: DocumentDraft) -> Lines:
    for other in document.baselines:
        day = last_day(other.date)
        if (
            names.normal(other.name) == names.normal(item.name)
            and other.unit == item.unit
            and day
            and isinstance(other.value, int | float)
        ):
            return [f"    baseline: {{value: {_q(other.value)}, date: {day}, source: {_source(other.place.clause)}}}"]
    return []


def _targets(items: Sequence[IndicatorFinding]) -> tuple[Lines, list[str]]:
    """The targets in order of date, and what could not become one, in words: nothing is left out in silence."""
    lines: Lines = []
    left_out: list[str] = []
    seen: dict[date, list[object]] = {}
    dated = sorted(
        (day, place) for place, item in enumerate(items) if (day := last_day(item.date or item.date_inferred))
    )
    for day, place in dated:
        item = items[place]
        before = seen.setdefault(day, [])
        if item.value in before and item.role != "qualitative":
            continue
        if (
            len(before) >= 2
            or (isinstance(item.value, float) and item.unit == "%" and 0 < item.value < 1)
            or (item.role == "qualitative" and before)
        ):
            left_out.append(f"{item.date_text or day}：{item.place.evidence[:120]}")
            continue
        lines += _target(item, day, disputed=bool(before))
        before.append(item.value)
    left_out += [
        f"没有日期：{item.place.evidence[:120]}" for item in items if last_day(item.date or item.date_inferred) is None
    ]
    return lines, left_out


def _target(item: IndicatorFinding, day: date, *, disputed: bool) -> Lines:
    words = item.role == "qualitative"
    repaired = any(flag.startswith("repaired") for flag in item.flags)
    value = item.value[0] if isinstance(item.value, tuple) else item.value
    literal = f"literal_comparator: {item.comparator}；literal_date: {item.date}" + (
        f"；{item.qualifier}" if item.qualifier else ""
    )
    read = item.date is None or len(item.date) != 10
    decision = ("C-33" if item.date is None else "U-11") if read else None
    text = item.text if words else ("" if not isinstance(item.value, tuple) else item.place.evidence)
    return [
        f"      - value: {'null' if words else _q(value)}",
        *([f"        value_text: {_q(text)}"] if text else []),
        f"        date: {day}",
        f"        date_text: {_q(item.date_text or item.date or item.date_inferred)}",
        f"        relation: {item.relation}",
        *(["        status: disputed"] if disputed else []),
        *([f"        basis: product_default\n        decision: {decision}"] if decision else []),
        f"        source: {_source(item.place.clause, repaired=repaired)}",
        f"        note: {_words(literal)}",
        *_review("        ", ["同一天有不同的值，请定取舍"] if disputed else []),
    ]


def _tasks(tasks: Sequence[TaskFinding]) -> Lines:
    if not tasks:
        return []
    lines = ["tasks:"]
    for place, item in enumerate(tasks, start=1):
        lines += _task(f"TSK-{CODE}-{place:02d}", item)
    return lines


def _task(name: str, item: TaskFinding) -> Lines:
    deadline, start = (
        last_day(item.deadline) if item.deadline and item.deadline[0].isdigit() else None,
        last_day(item.start),
    )
    if start and deadline and start > deadline:
        start = None
    optional: Mapping[str, object] = {
        "lead": "、".join(item.lead) or None,
        "lead_basis": "product_default" if "lead_inferred" in item.flags and item.lead else None,
        "responsible": list(item.responsible) or None,
        "cooperating": list(item.cooperating) or None,
        "start": start,
        "deadline": deadline,
        "deadline_text": item.deadline_text or item.deadline or None,
        "continuous": True if item.deadline == "持续推进" else None,
    }
    return [
        f"  {name}:",
        f"    title: {_words(item.task)}",
        *(f"    {key}: {_q(value)}" for key, value in optional.items() if value is not None),
        f"    source: {_source(item.place.clause)}",
        *_review("    ", _reasons([flag for flag in item.flags if flag != "no_date"])),
    ]


def _notes(document: DocumentDraft) -> Lines:
    notes = [item.text.zh for item in document.conflicts]
    notes += [f"一般性要求（{'、'.join(item.lead)}）：{item.task}" for item in document.duties]
    if not notes:
        return []
    return ["notes:", *(f"  - {_words(text)}" for text in notes)]
