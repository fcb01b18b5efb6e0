"""The review page: each finding beside its sentence, the characters it was read from highlighted, doubts named."""

import html
from collections.abc import Iterator, Sequence

from guangcheng.standards.reader.findings import FLAGS, DocumentDraft, IndicatorFinding, Place, RuleFinding, TaskFinding
from guangcheng.standards.reader.operative import operative_comparator, operative_date

_CSS = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1.5rem auto;max-width:76rem;padding:0 1rem;
color:#1b1b1b;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{border:1px solid #c8c8c8;padding:.35rem .5rem;text-align:left;vertical-align:top}th{background:#f2f5f8}
mark{background:#ffe58a;padding:0 .1em}.ok,.where{color:#5a5a5a}.where{font-size:.85em}
.flag{display:inline-block;background:#fdecea;color:#8a1c12;border-radius:.3rem;padding:0 .4rem;margin:.1rem}
tr.doubt td:first-child{border-left:.3rem solid #c0392b}
@media print{body{max-width:none}}
""".strip()
_LIMIT = 600


def review_html(text: str, documents: Sequence[DocumentDraft], source: str = "") -> str:
    """One self-contained page in Chinese (no script); ``text`` is the text the spans point into."""
    title = html.escape(source or (documents[0].head.title if documents else None) or "文件")
    body = [f"<h1>核对：{title}</h1>", *_body(text, documents)]
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>核对：{title}</title><style>{_CSS}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def review_body(text: str, documents: Sequence[DocumentDraft]) -> str:
    """The same without heading and style, to stand in a page of another's making; all text in it is escaped."""
    return "\n".join(_body(text, documents))


def _body(text: str, documents: Sequence[DocumentDraft]) -> Iterator[str]:
    yield f"<p>{_summary(documents)}</p>"
    for number, document in enumerate(documents, start=1):
        yield from _document(text, document, number if len(documents) > 1 else None)


def _summary(documents: Sequence[DocumentDraft]) -> str:
    indicators, tasks, rules = (
        sum(len(getattr(item, kind)) for item in documents) for kind in ("indicators", "tasks", "rules")
    )
    doubts = sum(item.doubts for item in documents)
    counts = f"共 {len(documents)} 份文件：指标 {indicators} 项、任务 {tasks} 项、规则 {rules} 条"
    return f"{counts}；其中 {doubts} 项请重点核对（左边有红线）。黄色是取数的原文。"


def _document(text: str, document: DocumentDraft, number: int | None) -> Iterator[str]:
    head = document.head
    yield f"<h2>{f'{number}. ' if number else ''}{html.escape(head.title or '（没有找到标题）')}</h2>"
    facts = (
        ("文号", head.number),
        ("发文机关", head.issuer),
        ("文种", head.kind),
        ("印发日期", head.issued),
        ("施行日期", head.effective),
    )
    yield "<table><tr>" + "".join(f"<th>{name}</th>" for name, _ in facts) + "<th>存疑</th></tr><tr>"
    yield (
        "".join(f"<td>{html.escape(value or '没有找到')}</td>" for _, value in facts)
        + f"<td>{_flags(head.flags)}</td></tr></table>"
    )
    if document.conflicts:
        yield (
            "<h3>文内矛盾</h3><ul>"
            + "".join(f"<li>{html.escape(item.text.zh)}</li>" for item in document.conflicts)
            + "</ul>"
        )
    yield from _table(
        "指标", ("名称", "字面", "执行口径", "日期"), [(item, _indicator(item)) for item in document.indicators], text
    )
    yield from _table(
        "任务", ("任务", "牵头", "责任 / 配合", "时限"), [(item, _task(item)) for item in document.tasks], text
    )
    yield from _table("规则", ("规则", "关系", "值", "单位"), [(item, _rule(item)) for item in document.rules], text)
    others = [(item, _indicator(item)) for item in (*document.baselines, *document.qualitative)]
    yield from _table("基期值和定性目标（不计分）", ("名称", "字面", "执行口径", "日期"), others, text)
    yield from _table(
        "一般性要求（未列为任务）",
        ("内容", "主体", "责任 / 配合", "时限"),
        [(item, _task(item)) for item in document.duties],
        text,
    )


Finding = IndicatorFinding | TaskFinding | RuleFinding


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[Finding, Sequence[str]]], text: str) -> Iterator[str]:
    if not rows:
        return
    yield (
        f"<h3>{title}（{len(rows)}）</h3><table><tr>"
        + "".join(f"<th>{head}</th>" for head in (*heads, "条款与原文", "存疑"))
        + "</tr>"
    )
    for item, cells in rows:
        doubt = ' class="doubt"' if item.flags else ""
        yield (
            f"<tr{doubt}>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
            + f"<td>{_sentence(text, item.place)}</td><td>{_flags(item.flags)}</td></tr>"
        )
    yield "</table>"


def _flags(flags: Sequence[str]) -> str:
    shown = "".join(
        f'<span class="flag">{html.escape(FLAGS[flag].zh if flag in FLAGS else flag)}</span>' for flag in flags
    )
    return shown or '<span class="ok">—</span>'


def _sentence(text: str, place: Place) -> str:
    start, end = place.sentence.start, place.sentence.end
    a, b = max(place.span.start, start), min(place.span.end, end)
    if b <= a:
        a = b = start
    if end - start > _LIMIT:
        start, end = max(start, a - _LIMIT // 2), min(end, b + _LIMIT // 2)
    marked = f"{html.escape(text[start:a])}<mark>{html.escape(text[a:b])}</mark>{html.escape(text[b:end])}"
    where = f"{place.clause or '正文'} · 第 {place.span.start}–{place.span.end} 字"
    return f'<span class="where">{html.escape(where)}</span><br>{marked.strip()}'


def _number(value: object) -> str:
    return "—".join(str(item) for item in value) if isinstance(value, tuple) else "" if value is None else str(value)


def _indicator(item: IndicatorFinding) -> tuple[str, ...]:
    amount = f"{_number(item.value)}{item.unit}"
    literal = f"{item.comparator or ''} {amount}" + (f"（{item.qualifier}）" if item.qualifier else "")
    due = operative_date(item) or "无日期"
    operative = "" if item.role == "baseline" else f"{operative_comparator(item)} {amount}，{due}（产品默认）"
    dated = (
        (item.date or "")
        + ("（前）" if item.relation == "before" else "")
        + (f" 原文：{item.date_text}" if item.date_text else "")
    )
    return (f"{item.scope or ''} {item.name}".strip(), literal, operative, dated)


def _task(item: TaskFinding) -> tuple[str, ...]:
    others = "、".join(item.responsible) + (f" / {'、'.join(item.cooperating)}" if item.cooperating else "")
    return (
        item.task,
        "、".join(item.lead),
        others,
        (item.deadline or "") + (f"（自 {item.start} 起）" if item.start else ""),
    )


def _rule(item: RuleFinding) -> tuple[str, ...]:
    return (item.rule, item.comparator, _number(item.value), item.unit)
