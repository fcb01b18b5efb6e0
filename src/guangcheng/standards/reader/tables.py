"""Tables of indicators and of tasks: which column says what, and what each row says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from guangcheng.standards.reader import names
from guangcheng.standards.reader.bodies import split_bodies
from guangcheng.standards.reader.dates import DateMention, find_dates, with_year
from guangcheng.standards.reader.findings import Head, IndicatorFinding, Place, TaskFinding
from guangcheng.standards.reader.grid import Row
from guangcheng.standards.reader.indicators import prose_indicators
from guangcheng.standards.reader.layout import Clause, Table
from guangcheng.standards.reader.numbers import Relation, canonical_unit, number, unit_pattern
from guangcheng.standards.reader.reading import Reading
from guangcheng.standards.reader.stretch import Span, Stretch

_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("number", r"^(?:序号|编号|No\.?|#)$"),
        ("unit", r"^(?:计量)?单位$"),
        ("nature", r"^(?:指标)?(?:属性|性质|类型|备注|说明|数据来源|来源|口径|计算方法)$"),
        ("lead", r"牵头|主办|主责|负责单位"),
        ("responsible", r"^(?:责任(?:单位|部门|主体)|实施(?:单位|主体)|承办单位|落实单位|建设单位|完成单位)"),
        ("cooperating", r"配合|协办|参与|协同|支持单位"),
        ("who", r"责任分工|职责分工|任务分工|分工|单位|部门"),
        ("deadline", r"时限|完成时间|时间(?:节点|要求|安排|进度)|进度|期限|截止|^时间$"),
        ("baseline", r"现状|基期|基数|基准|实际|完成值|当前|现值|完成情况|[^目]?现有|达到值"),
        ("group", r"^(?:类别|分类|一级指标|指标类别|领域|类型|大类|类)$"),
        (
            "content",
            r"(?:具体|主要|工作|建设|任务)内容|(?:具体|工作|主要)举措|具体任务|(?:具体|工作)措施|重点内容|工作要求|工作目标|目标任务",
        ),
        ("name", r"指\s*标|项目|名称|任务|工作|内容|事项|举措|措施"),
    )
)
_TARGET = re.compile(r"目标|预期|规划值|计划|指标值|要求|标准值|达标值|评价值|门槛")
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds; a value column has its date (literal) and whether it is the starting point."""

    role: str
    date: str | None = None
    baseline: bool = False
    unit: str | None = None


def _cell(row: Row, place: int) -> str:
    return row[place].text if place < len(row) else ""


def columns_of(table: Table, head: Head, prose_years: frozenset[str]) -> tuple[list[Column], int] | None:
    """The columns of a table and how many rows its header takes; ``None`` when no row reads like a header."""
    rows = table.grid.rows
    for take in (1, 2):
        if len(rows) <= take:
            return None
        width = max(len(row) for row in rows[: take + 1])
        texts = [
            " ".join(dict.fromkeys(filter(None, (re.sub(r"\s", "", _cell(row, place)) for row in rows[:take]))))
            for place in range(width)
        ]
        columns = [_column(text, head) for text in texts]
        roles = {item.role for item in columns}
        said = roles & {"value", "deadline", "who", "lead", "responsible"}
        if said and roles & {"name", "content"}:
            return _with_baselines(_with_content(columns), head, prose_years), take
    return None


def _with_content(columns: list[Column]) -> list[Column]:
    """Of several columns that name the task, the last one says what is to be done."""
    named = [place for place, item in enumerate(columns) if item.role == "name"]
    if len(named) < 2 or any(item.role in ("content", "value") for item in columns):
        return columns
    return [Column("content") if place == named[-1] else item for place, item in enumerate(columns)]


def _column(text: str, head: Head) -> Column:
    bare = re.sub(r"\([^()]*\)", "", text)
    unit = _unit_in(text)
    year = _YEAR.search(text)
    for role, pattern in _ROLES:
        if role == "name" and (year or _TARGET.search(bare)) and not re.match(r"指\s*标(?:名称)?$|.*名称", bare):
            break
        if pattern.search(bare):
            if role == "baseline" or role in (
                "lead",
                "responsible",
                "cooperating",
                "deadline",
                "number",
                "unit",
                "nature",
                "group",
            ):
                date = _date_of(text, head) if role == "baseline" else None
                return Column("value" if role == "baseline" else role, date, role == "baseline", unit)
            if not (year and role == "content"):
                return Column(role, unit=unit)
    if year or re.search(r"今年|本年|十[一二三四五六]五", text) or _TARGET.search(bare):
        return Column("value", _date_of(text, head), unit=unit)
    return Column("other")


def _date_of(text: str, head: Head) -> str | None:
    found = find_dates(text, head.year)
    if found:
        return with_year(found[0].label, head.year)
    year = _YEAR.search(text)
    return year[0] if year else None


def _unit_in(text: str) -> str | None:
    for part in re.findall(r"[(:]\s*(?:单位[::]?)?([^()]{1,8}?)\s*(?:\)|$)", text):
        if unit_pattern().fullmatch(part):
            return canonical_unit(part)
    return None


def _with_baselines(columns: list[Column], head: Head, prose_years: frozenset[str]) -> list[Column]:
    """The first of several years is the starting point when it lies before the issue, or no sentence aims at it."""
    values = [item for item in columns if item.role == "value" and item.date]
    if any(item.baseline for item in columns) or len({item.date for item in values}) < 2:
        return columns
    first = min(values, key=lambda item: item.date or "")
    year = (first.date or "")[:4]
    early = head.year is not None and int(year) < head.year
    unaimed = (
        head.year is None
        and year not in prose_years
        and (bool(prose_years) or len({item.date for item in values}) >= 3)
    )
    if early or unaimed:
        return [Column(i.role, i.date, i.role == "value" and i.date == first.date, i.unit) for i in columns]
    return columns


_VALUE = re.compile(
    r"^(?P<pre>[≥≧≤≦><]=?|不低于|不少于|超过|大于|高于|小于|低于|达到|约|不超过|至少|"
    r"突破)?\s*(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.。]\d+)?)\s*(?P<more>余|多)?\s*"
    r"(?P<unit>[^\d\s()以]{0,8}?)\s*(?P<post>\(?含?\)?及?以上|以下|以内|左右|\+)?(?:\([^()]*\))?$"
)
_PRE: dict[str, Relation] = {
    **dict.fromkeys(("≥", "≧", ">=", "不低于", "不少于", "至少"), ">="),
    **dict.fromkeys((">", "超过", "大于", "高于", "突破"), ">"),
    **dict.fromkeys(("≤", "≦", "<=", "不超过"), "<="),
    **dict.fromkeys(("<", "小于", "低于"), "<"),
}
_POST: dict[str, Relation] = {"以上": ">=", "及以上": ">=", "+": ">=", "以下": "<=", "以内": "<="}


def table_indicators(
    table: Table, columns: list[Column], take: int, head: Head, original: str
) -> Iterator[IndicatorFinding]:
    """Targets and baselines of a table with value columns."""
    caption_unit = _unit_in(table.caption) or _unit_after(table.caption)
    caption_date = _date_of(table.caption, head) if find_dates(table.caption, head.year) else None
    for row in table.grid.rows[take:]:
        shifted = _aligned(row, columns)
        if shifted is None:
            continue
        name_cell = _name_cell(shifted, columns)
        if name_cell is None:
            continue
        for place, column in enumerate(columns):
            if column.role == "value" and place < len(shifted):
                yield from _value(
                    table, shifted, place, column, name_cell, columns, head, original, caption_unit, caption_date
                )


def _unit_after(text: str) -> str | None:
    match = re.search(r"单位\s*[::]\s*([^\s()，。]{1,8})", text)
    return canonical_unit(match[1]) if match and unit_pattern().fullmatch(match[1]) else None


def _aligned(row: Row, columns: list[Column]) -> Row | None:
    """A row as wide as the header; leading cells that a merged group cell leaves out are put back."""
    if len(row) == len(columns):
        return row
    if len(row) < max(2, len(columns) - 3):
        return None
    if len(row) < len(columns):
        missing = len(columns) - len(row)
        if columns[0].role in ("group", "number") or (
            columns[0].role == "name" and columns[1].role in ("name", "other")
        ):
            return (Stretch("", ((0, 0),)),) * missing + row
        return row
    return row[: len(columns)]


def _name_cell(row: Row, columns: list[Column]) -> Stretch | None:
    places = [place for place, column in enumerate(columns) if column.role == "name" and place < len(row)]
    for place in reversed(places):
        if row[place].text and not re.fullmatch(r"[\d.,%]+", row[place].text):
            return row[place]
    others = [
        place
        for place, column in enumerate(columns)
        if column.role in ("other", "content", "group") and place < len(row) and row[place].text
    ]
    return row[others[0]] if others else None


def _value(
    table: Table,
    row: Row,
    place: int,
    column: Column,
    name_cell: Stretch,
    columns: list[Column],
    head: Head,
    original: str,
    caption_unit: str | None,
    caption_date: str | None,
) -> Iterator[IndicatorFinding]:
    cell = row[place]
    match = _VALUE.match(cell.text)
    value = number(match["number"]) if match else None
    if match is None or value is None:
        if cell.text and re.search(r"\d", cell.text):
            yield from _wordy(table, cell, column, head, original)
        return
    unit_cell = next((row[p].text for p, c in enumerate(columns) if c.role == "unit" and p < len(row)), "")
    name, name_unit = _name_and_unit(name_cell.text)
    own = canonical_unit(match["unit"]) if match["unit"] and unit_pattern().fullmatch(match["unit"]) else None
    unit = (
        own
        or (canonical_unit(unit_cell) if unit_cell not in ("", "—", "-", "/") else None)
        or name_unit
        or column.unit
        or caption_unit
    )
    flags: list[str] = []
    if unit is None:
        unit = "%" if names.SHARE.search(name) and value <= 100 else ""
        flags.append("repaired_percent" if unit else "no_unit")
    relation = (
        _PRE.get(match["pre"] or "")
        or _POST.get((match["post"] or "").strip("()含"))
        or (">" if match["more"] else "=")
    )
    date = column.date or caption_date
    start, end = name_cell.whole.start, row[-1].whole.end
    evidence = " ".join(item.text for item in row if item.text and item.pieces[0][1])
    if "。" in match["number"]:
        flags.append("repaired_point")
    yield IndicatorFinding(
        name=name,
        value=value,
        unit=unit,
        comparator=relation,
        date=date,
        relation="at",
        date_text=date or "",
        scope=None,
        qualifier=None,
        mention="table",
        place=Place(table.clause.ref, cell.whole, Span(start, max(end, start)), evidence),
        flags=tuple(flags + ([] if date else ["no_date"])),
        role="baseline" if column.baseline else "target",
    )


def _name_and_unit(text: str) -> tuple[str, str | None]:
    text = re.sub(r"\s+", "", text)
    text = re.sub(r"^(?:其中[::]?|\d{1,2}[.、．]|\(\d+\)|[#※*·—]+|[一二三四五六七八九十]+、)", "", text)
    unit = None
    for match in re.finditer(r"[(\[]([^()\[\]]{1,10})[)\]]", text):
        word = match[1].removeprefix("单位:").removeprefix("单位：")
        if unit_pattern().fullmatch(word):
            unit = canonical_unit(word)
            text = text.replace(match[0], "")
    return text.replace("(", "（").replace(")", "）"), unit


def _wordy(table: Table, cell: Stretch, column: Column, head: Head, original: str) -> Iterator[IndicatorFinding]:
    """A value cell with a sentence in it is read like prose, under its column's date."""
    default = DateMention(0, 0, column.date, "at", bare_year=False, literal=column.date or "") if column.date else None
    reading = Reading(cell, table.clause, head, 0, default)
    yield from prose_indicators(reading, original, "table")


_LABEL = re.compile(
    r"(?P<label>牵头(?:单位|部门|责任单位)?|责任(?:单位|部门|主体|领导)?|主要责任单位|配合(?:单位|"
    r"部门)?|协办单位|参与单位|协同单位|实施单位|主办单位|"
    r"完成(?:时限|时间)|时间节点|时限(?:要求)?)\s*[:]\s*"
)
_CONTINUOUS = re.compile(r"持续(?:推进|实施|开展|推动)|长期(?:坚持|推进|实施)?|常态化|全年")
_EVERY = re.compile(r"每(?:年|月|季度|半年|周|两年)")


@dataclass(frozen=True, slots=True)
class Who:
    """Who leads, answers and helps, and the deadline when it stands with them."""

    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    deadline: str | None = None


def labelled(text: str) -> Who | None:
    """牵头单位:A;责任单位:B、C;完成时限:2025年底 → who; ``None`` without such labels."""
    marks = list(_LABEL.finditer(text))
    if not marks:
        return None
    got: dict[str, list[str]] = {"lead": [], "responsible": [], "cooperating": []}
    deadline = None
    for place, match in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        body = text[match.end() : end].strip(" ，;。、\n)")
        label = match["label"]
        if re.match("完成|时间|时限", label):
            deadline = body
        else:
            key = (
                "lead"
                if re.match("牵头|主办", label)
                else "cooperating"
                if re.match("配合|协|参与", label)
                else "responsible"
            )
            got[key] += [item for item in split_bodies(body.replace("\n", "、")) if item not in got[key]]
    return Who(tuple(got["lead"]), tuple(got["responsible"]), tuple(got["cooperating"]), deadline)


def table_tasks(
    table: Table, columns: list[Column], take: int, head: Head, original: str
) -> Iterator[tuple[TaskFinding, list[IndicatorFinding]]]:
    """Each row of a task table with the indicators its words set (under the row's deadline)."""
    for row in table.grid.rows[take:]:
        aligned = _aligned(row, columns)
        if aligned is None:
            continue
        contents = [item for item in _of(aligned, columns, "content") if item.text] or [
            item for item in _of(aligned, columns, "name") if item.text
        ]
        if not contents:
            continue
        yield _row_task(table, aligned, columns, contents[0], head, original)


def _of(row: Row, columns: list[Column], role: str) -> list[Stretch]:
    return [row[place] for place, column in enumerate(columns) if column.role == role and place < len(row)]


def _row_task(
    table: Table, row: Row, columns: list[Column], content: Stretch, head: Head, original: str
) -> tuple[TaskFinding, list[IndicatorFinding]]:
    who = _row_who(row, columns)
    words = " ".join(item.text for item in _of(row, columns, "deadline")) or (who.deadline or "")
    deadline, relation, mention = read_deadline(words, head)
    number_cell = next((item.text for item in _of(row, columns, "number")), "")
    span = content.whole
    flags = () if deadline else ("no_date",)
    task = TaskFinding(
        task=short(content.text),
        lead=who.lead,
        responsible=who.responsible,
        cooperating=who.cooperating,
        deadline=deadline,
        deadline_text=words,
        relation=relation,
        start=None,
        mention="table",
        place=Place(table.clause.ref, span, span, original[span.start : span.end].strip()),
        flags=flags,
        number=int(number_cell) if number_cell.isdigit() else None,
    )
    reading = Reading(content, Clause(table.clause.marks), head, 0, mention)
    return task, prose_indicators(reading, original, "table")


def _row_who(row: Row, columns: list[Column]) -> Who:
    lead = [name for cell in _of(row, columns, "lead") for name in split_bodies(cell.text.replace("\n", "、"))]
    responsible = [
        name for cell in _of(row, columns, "responsible") for name in split_bodies(cell.text.replace("\n", "、"))
    ]
    cooperating = [
        name for cell in _of(row, columns, "cooperating") for name in split_bodies(cell.text.replace("\n", "、"))
    ]
    deadline = None
    for cell in [*_of(row, columns, "who"), *_of(row, columns, "responsible"), *_of(row, columns, "lead")]:
        who = labelled(cell.text)
        if who is not None:
            if cell in _of(row, columns, "responsible"):
                responsible = []
            if cell in _of(row, columns, "lead"):
                lead = []
            lead, responsible, cooperating = (
                lead + list(who.lead),
                responsible + list(who.responsible),
                cooperating + list(who.cooperating),
            )
            deadline = deadline or who.deadline
        elif cell in _of(row, columns, "who"):
            responsible += split_bodies(cell.text.replace("\n", "、"))
    keep = [
        tuple(item for item in dict.fromkeys(group) if item not in ("—", "-", "/", "无"))
        for group in (lead, responsible, cooperating)
    ]
    return Who(keep[0], keep[1], keep[2], deadline)


def read_deadline(words: str, head: Head) -> tuple[str | None, Literal["before", "at"], DateMention | None]:
    """(literal deadline, relation, date mention) of the words of a deadline: a date, 每月, or 持续推进."""
    if _CONTINUOUS.search(words) and not re.search(r"\d{4}年|\d月", words):
        return "持续推进", "at", None
    every = _EVERY.search(words)
    if every and not re.search(r"\d{4}年", words):
        return every[0], "at", None
    found = find_dates(words, head.year)
    if found:
        last = found[-1]
        label = with_year(last.label, head.year)
        return (
            label,
            last.relation,
            DateMention(0, 0, label, last.relation, bare_year=False, inferred=last.inferred, literal=last.literal),
        )
    year = re.fullmatch(r"\s*(20\d\d)(?:[./—](\d{1,2}))?(?:[./—](\d{1,2}))?\s*", words)
    if year:
        label = "-".join([year[1], *(f"{int(part):02d}" for part in (year[2], year[3]) if part)])
        return label, "at", DateMention(0, 0, label, "at", bare_year=False, literal=words.strip())
    return None, "at", None


def short(text: str, limit: int = 60) -> str:
    """The task in short: its first sentence, cut at a comma when it is long."""
    text = re.sub(r"\s+", " ", text).strip()
    first = re.split(r"[。;]", text)[0]
    if len(first) <= limit:
        return first
    cut = first.rfind("，", 10, limit)
    return first[: cut if cut > 0 else limit]
