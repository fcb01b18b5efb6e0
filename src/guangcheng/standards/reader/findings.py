"""What the reader finds: every finding with its clause, its characters, its sentence, and what makes it uncertain."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from guangcheng.base.text import Text
from guangcheng.standards.reader.numbers import Number, Relation
from guangcheng.standards.reader.stretch import Span

Value = Number | tuple[Number, Number]

FLAGS: dict[str, Text] = {
    "repaired_percent": Text(zh="原文缺“%”，按百分数读", en="the % sign is missing in the text; read as a percentage"),
    "repaired_point": Text(zh="原文小数点成了“。”，按小数读", en="the decimal point had become 。; read as a decimal"),
    "repaired_hyphen": Text(zh="原文年份之间缺连接号", en="the hyphen between the years is missing in the text"),
    "repaired_number": Text(zh="文号残缺，已补全", en="the document number was damaged and has been completed"),
    "repaired_date": Text(zh="落款日期缺“年月日”，已补全", en="the signature's date had lost its marks"),
    "date_inferred": Text(
        zh="句中没有日期，可能沿用前文的日期", en="no date in the sentence; an earlier one may apply"
    ),
    "year_inferred": Text(
        zh="句中只有月日，年份取自上文或印发日期", en="the year is taken from above or from the date of issue"
    ),
    "no_date": Text(zh="没有找到日期", en="no date was found"),
    "name_short": Text(zh="名称不全，请按上文补全", en="the name is short; complete it from the context"),
    "shared_name": Text(zh="并列名称与数值个数不符", en="the number of names and of values in the list differ"),
    "approximate": Text(zh="约数", en="an approximate number"),
    "no_unit": Text(zh="没有单位", en="no unit was found"),
    "from_words": Text(zh="原文没有数字（“所有/全部”），读作 100%", en="no number in the text (“all”); read as 100 %"),
    "in_aside": Text(zh="在括号里或作限定语", en="stands in brackets or as a qualification"),
    "weak": Text(zh="把握不大，请对照原文", en="uncertain; compare with the text"),
    "lead_inferred": Text(
        zh="牵头单位由列名次序或上文推定", en="the lead is inferred from the order of names or from above"
    ),
    "relative_change": Text(zh="增幅，不是水平值", en="a change, not a level"),
    "general_duty": Text(zh="一般性要求，未列为任务", en="a general duty, not listed as a task"),
    "restated": Text(zh="与任务清单重复，并入清单", en="restates an entry of the task list and is merged with it"),
}
"""Why a finding wants a look, in words."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands."""

    clause: str
    span: Span
    """The characters of the number or the task."""
    sentence: Span
    """The characters of the sentence it was read from."""
    evidence: str
    """The part of the sentence that says it, as printed."""


@dataclass(frozen=True, slots=True)
class IndicatorFinding:
    """A value to reach: literal reading. ``role`` parts targets from baselines and from what has no number."""

    name: str
    value: Value | None
    unit: str
    comparator: Relation | None
    date: str | None
    relation: Literal["before", "at"]
    date_text: str
    scope: str | None
    qualifier: str | None
    mention: Literal["prose", "table"]
    place: Place
    flags: tuple[str, ...] = ()
    date_inferred: str | None = None
    """A date that stands further up and may be meant."""
    role: Literal["target", "baseline", "qualitative"] = "target"
    text: str = ""
    """The words of what has no number."""


@dataclass(frozen=True, slots=True)
class TaskFinding:
    """A duty: what, who leads, who answers, who helps, by when. ``role`` duty: too general for a task."""

    task: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    cooperating: tuple[str, ...]
    deadline: str | None
    """Literal: a date, or 每月, 每年, 持续推进."""
    deadline_text: str
    relation: Literal["before", "at"]
    start: str | None
    mention: Literal["prose", "table"]
    place: Place
    flags: tuple[str, ...] = ()
    number: int | None = None
    lead_evidence: str | None = None
    role: Literal["task", "duty"] = "task"


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A number that always holds: a distance, a time limit, a threshold, a fine; in metres and yuan."""

    rule: str
    value: Value
    unit: str
    comparator: Relation
    place: Place
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction inside the document."""

    text: Text
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of itself; what it does not say is ``None``, never guessed."""

    number: str | None = None
    issuer: str | None = None
    title: str | None = None
    kind: str | None = None
    issued: str | None = None
    effective: str | None = None
    region: str | None = None
    flags: tuple[str, ...] = ()
    spans: dict[str, Span] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The year of issue."""
        return int(self.issued[:4]) if self.issued else None

    @property
    def issued_day(self) -> date | None:
        """The day of issue, when a whole day is given."""
        return date.fromisoformat(self.issued) if self.issued and len(self.issued) == 10 else None


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """One document of the page and everything found in it."""

    head: Head
    span: Span
    indicators: tuple[IndicatorFinding, ...]
    tasks: tuple[TaskFinding, ...]
    rules: tuple[RuleFinding, ...]
    baselines: tuple[IndicatorFinding, ...] = ()
    qualitative: tuple[IndicatorFinding, ...] = ()
    duties: tuple[TaskFinding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Where everything found stands: targets, baselines, words, tasks, duties, rules."""
        indicators = (*self.indicators, *self.baselines, *self.qualitative)
        return (
            *(item.place for item in indicators),
            *(item.place for item in (*self.tasks, *self.duties)),
            *(item.place for item in self.rules),
        )

    @property
    def doubts(self) -> int:
        """How many findings want a look."""
        groups = (self.indicators, self.tasks, self.rules)
        return sum(sum(bool(item.flags) for item in group) for group in groups)
