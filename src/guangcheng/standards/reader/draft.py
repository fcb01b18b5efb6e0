"""The whole reading of a text: pages split, heads read, findings gathered, contradictions looked for."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from guangcheng.standards.reader import names
from guangcheng.standards.reader.bodies import is_body
from guangcheng.standards.reader.conflicts import conflicts_of
from guangcheng.standards.reader.dates import DateMention
from guangcheng.standards.reader.findings import DocumentDraft, Head, IndicatorFinding, RuleFinding, TaskFinding
from guangcheng.standards.reader.head import read_head
from guangcheng.standards.reader.indicators import prose_indicators
from guangcheng.standards.reader.layout import Block, Paragraph, Table, blocks
from guangcheng.standards.reader.pages import Part, parts
from guangcheng.standards.reader.reading import Reading, of_paragraph
from guangcheng.standards.reader.rules import is_rule_section, rules
from guangcheng.standards.reader.stretch import Span, plain_text
from guangcheng.standards.reader.tables import Who, columns_of, table_indicators, table_tasks
from guangcheng.standards.reader.tasks import due_of, prose_tasks, who_of_line


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read from one file: the text as read and one draft per document in it."""

    text: str
    documents: tuple[DocumentDraft, ...]
    source: str = ""
    """Name of the file, for people."""

    def issued_by(self, issuer: str) -> "Draft":
        """The same draft with ``issuer`` as the issuer of every document."""
        documents = [replace(item, head=replace(item.head, issuer=issuer)) for item in self.documents]
        return replace(self, documents=tuple(documents))

    def as_labels(self) -> dict[str, Any]:
        """The findings in the schema of the gold data; several documents stand under ``documents``."""
        from guangcheng.standards.reader.labels import page_labels

        return page_labels(self.documents)

    def to_standard_yaml(self, index: int = 0, *, standard_id: str | None = None) -> str:
        """A draft standard file of document ``index``.

        Doubtful places bear ``# 请核对`` and a ``review`` key, which no standard knows: the file loads only when every
        such line has been looked at and taken out. ``standard_id`` is the id and must be the file's name.
        """
        from guangcheng.standards.reader.standard_file import standard_yaml

        return standard_yaml(self.documents[index], standard_id=standard_id, source=self.source)

    def to_review_html(self) -> str:
        """One self-contained page that shows each finding beside its sentence."""
        from guangcheng.standards.reader.review import review_html

        return review_html(self.text, self.documents, self.source)


def read_text(text: str, *, source: str = "") -> Draft:
    """Read ``text``; pure and deterministic. Raises ``InputError`` for a text that is too long to be a document."""
    from guangcheng.standards.reader.intake import check_length

    check_length(len(text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = plain_text(text)
    return Draft(text, tuple(_document(text, plain, part) for part in parts(plain)), source)


MIN_CHARS = 4
"""Less cannot say anything that is to be found."""
_DIRECTORY = re.compile(r"名单|通讯录|联络员|联系人")
_HOLDER = re.compile(r"(?:^|[，。;])(?P<who>[^，。;:]{2,20}?)(?:的)?(?:主要)?(?:工作)?职责(?:如下|是|为)?:?\s*$")
_FOOT = re.compile(r"^(?:电话|地址|邮编|Copyright|版权|主办|承办|ICP|网站|备案|logo|上一篇|下一篇|打印|关闭|分享)")


class _Gatherer:
    """What was found so far in one document."""

    def __init__(self, text: str, head: Head, found: list[Block], *, statute: bool) -> None:
        self.text, self.head, self.blocks, self.statute = text, head, found, statute
        self.indicators: list[IndicatorFinding] = []
        self.tasks: list[TaskFinding] = []
        self.rules: list[RuleFinding] = []
        self.carry: DateMention | None = None
        self.carry_depth = 0
        self.possible: str | None = None
        self.goal_heading = ""
        self.heading = ""
        self.year_of_title = _year_of(head.title or "")
        self.holder, self.holder_fixed = Who(), False
        self.holder_clause: tuple[tuple[int, str, str], ...] = ()
        self.due: tuple[str | None, Literal["before", "at"]] = (None, "at")
        self.has_task_table = False
        self.years = frozenset(
            year
            for block in found
            if isinstance(block, Paragraph)
            for year in re.findall(r"到\s?(20\d\d)\s?年", block.text)
        )

    def paragraph(self, paragraph: Paragraph) -> None:
        """Read one paragraph."""
        if paragraph.marked and paragraph.clause.depth <= self.carry_depth:
            self.carry = None
        if not paragraph.marked and self.carry is not None and paragraph.clause.depth < self.carry_depth:
            self.carry = None
        if len(paragraph.text) < MIN_CHARS:
            return
        reading = of_paragraph(paragraph, self.head, self.carry or self.year_of_title, self.possible)
        if _FOOT.match(paragraph.text) or any(_DIRECTORY.search(title) for title in paragraph.clause.titles):
            return
        self._dates_for_later(paragraph, reading)
        self._findings(paragraph, reading)
        if paragraph.marked and paragraph.title_end >= len(paragraph.text):
            self.heading = paragraph.title

    def _findings(self, paragraph: Paragraph, reading: Reading) -> None:
        found = list(rules(reading, self.text, statute=self.statute))
        self.rules.extend(found)
        if not is_rule_section(reading, statute=self.statute):
            taken = {item.place.span for item in found}
            self.indicators.extend(
                item for item in prose_indicators(reading, self.text) if item.place.span not in taken
            )
        self._tasks(paragraph, reading)

    def _tasks(self, paragraph: Paragraph, reading: Reading) -> None:
        title = paragraph.clause.titles[-1] if paragraph.clause.titles else ""
        line = who_of_line(reading, title, self.due, self.head, self.text)
        if line is not None:
            self.tasks.append(line)
            return
        self.due = due_of(reading)
        before = self.heading if not paragraph.marked else ""
        mark = paragraph.clause.marks[:-1] if paragraph.marked else paragraph.clause.marks
        if mark != self.holder_clause and not (len(mark) > len(self.holder_clause) > 0 and self.holder_fixed):
            self.holder, self.holder_fixed = Who(), False
        for task in prose_tasks(
            paragraph, reading, self.head, self.text, statute=self.statute, before=before, above=self.holder
        ):
            self.tasks.append(task)
            if task.lead and not self.holder_fixed:
                self.holder = Who(task.lead, task.responsible)
        self.holder_clause = mark
        office = _HOLDER.search(paragraph.text)
        if office is not None and is_body(office["who"]):
            self.holder, self.holder_fixed = Who((office["who"],)), True

    def _dates_for_later(self, paragraph: Paragraph, reading: Reading) -> None:
        """A date that holds for what follows: …完成以下目标: or a heading such as (2015年) or 到2020年."""
        text = paragraph.text.rstrip()
        opens = text.endswith((":", "如下")) or re.search(r"以下(?:目标|指标|任务|要求)[^。]{0,10}[。:]?$", text)
        last = [item for item in reading.dates if not re.match("已", text[item.end : item.end + 1])]
        if opens and last and len(text) <= 300:
            self.carry, self.carry_depth = last[-1], paragraph.clause.depth
        goal = re.search("目标", "".join(paragraph.clause.titles))
        if goal and self.possible is None and last:
            self.possible = reading.label_of(last[0])

    def table(self, table: Table) -> None:
        """Read one table."""
        found = columns_of(table, self.head, self.years)
        if found is None:
            self._unheaded(table)
            return
        columns, take = found
        roles = {item.role for item in columns}
        if "value" in roles and not roles & {"who", "lead", "responsible"}:
            self.indicators.extend(table_indicators(table, columns, take, self.head, self.text))
            return
        self.has_task_table = self.has_task_table or bool(roles & {"deadline", "who", "lead", "responsible"})
        for task, indicators in table_tasks(table, columns, take, self.head, self.text):
            self.tasks.append(task)
            self.indicators.extend(indicators)

    def _unheaded(self, table: Table) -> None:
        """A table nobody understands is read cell by cell, so that nothing is lost."""
        for row in table.grid.rows:
            for cell in row:
                reading = Reading(cell, table.clause, self.head)
                self.indicators.extend(prose_indicators(reading, self.text, "table"))
                self.rules.extend(rules(reading, self.text, statute=self.statute))


_TITLE_YEAR = re.compile(r"(?<![\d—-])(20\d\d)年(?!—|至|-|以来)")


def _year_of(title: str) -> DateMention | None:
    """关于2015年…的实施意见: what it asks for without a date is for that year."""
    found = _TITLE_YEAR.findall(title)
    if len(found) != 1 or "—" in title:
        return None
    return DateMention(0, 0, found[0], "at", bare_year=True, inferred=True, literal=f"{found[0]}年")


def _document(text: str, plain: str, part: Part) -> DocumentDraft:
    head = read_head(plain, part)
    found = blocks(plain, part.start, part.end)
    articles = sum(
        1
        for block in found
        if isinstance(block, Paragraph)
        and block.marked
        and block.clause.marks
        and block.clause.marks[-1][1].endswith("条")
    )
    gatherer = _Gatherer(text, head, found, statute=articles >= 3)
    for block in found:
        if isinstance(block, Paragraph):
            gatherer.paragraph(block)
        else:
            gatherer.table(block)
    return _gathered(gatherer, Span(part.start, part.end))


def _gathered(gatherer: _Gatherer, span: Span) -> DocumentDraft:
    series = {names.normal(item.name) for item in gatherer.indicators if item.role == "target" and item.unit == "%"}
    indicators = [_in_a_series(item, series) for item in gatherer.indicators]
    tasks = _merged(gatherer.tasks, has_table=gatherer.has_task_table)
    targets = tuple(item for item in indicators if item.role == "target")
    found_rules = tuple(gatherer.rules)
    return DocumentDraft(
        head=gatherer.head,
        span=span,
        indicators=targets,
        tasks=tuple(item for item in tasks if item.role == "task"),
        rules=found_rules,
        baselines=tuple(item for item in indicators if item.role == "baseline"),
        qualitative=tuple(item for item in indicators if item.role == "qualitative"),
        duties=tuple(item for item in tasks if item.role == "duty"),
        conflicts=tuple(conflicts_of(targets, found_rules)),
    )


def _in_a_series(item: IndicatorFinding, series: set[str]) -> IndicatorFinding:
    """所有…建成… belongs to the series of shares of the same thing; alone it stays words."""
    if item.role != "qualitative":
        return item
    name = names.normal(item.name)
    same = any(name in other or other in name for other in series)
    return replace(item, role="target") if same else item


def _merged(tasks: list[TaskFinding], *, has_table: bool) -> list[TaskFinding]:
    """Where a list of tasks is annexed, the prose says the same tasks: only duties to report stay beside it."""
    if not has_table:
        return tasks
    kept = []
    for item in tasks:
        recurring = (item.deadline or "").startswith("每")
        if item.mention == "prose" and not recurring and item.lead_evidence is None:
            kept.append(replace(item, role="duty", flags=(*item.flags, "restated")))
        else:
            kept.append(item)
    return kept
