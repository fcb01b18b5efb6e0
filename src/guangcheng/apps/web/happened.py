"""What the ledger tells of one subject, in words, for the foot of its page; and the files handed in with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Attachment, LedgerEntry
from guangcheng.programme.platform.workflow import Workflow
from guangcheng.programme.projects import flow as projects
from guangcheng.programme.tasks import flow as tasks

_OTHERS = {
    "task.add": Text("新设任务", "added"),
    "task.assign": Text("分工", "assigned"),
    "task.unassign": Text("取消分工", "unassigned"),
    "task.split": Text("分解到区域", "split to areas"),
    "task.note": Text("进展", "progress"),
    "task.move_date": Text("改期", "date moved"),
    "problem.raise": Text("提出", "raised"),
    "meeting.plan": Text("拟开会议", "planned"),
    "decision.make": Text("形成决议", "decided"),
    "unitreport.write": Text("填写", "written"),
    "bulletin.freeze": Text("冻结", "frozen"),
    "plan.begin": Text("新建计划", "begun"),
    "plan.item": Text("加计划项", "item added"),
    "plan.remove_item": Text("删计划项", "item removed"),
    "project.begin": Text("立项", "entered"),
    "project.record": Text("阶段记录", "stage recorded"),
    "project.file": Text("报批备案", "document filed"),
    "project.issue": Text("发现问题", "issue found"),
    "project.correct": Text("改正问题", "issue corrected"),
    "case.enter": Text("录入", "entered"),
    "case.mend": Text("补充", "mended"),
    "case.check": Text("三项核对", "three checks"),
    "attachment.add": Text("上传附件", "file added"),
}

_SHOWN = ("reason", "words", "unit", "role", "from", "to", "number", "owner", "level", "title", "correction", "name")
"""Facts worth a line, in this order."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One act on a page."""

    label: Text
    at: Any
    actor: str
    note: str
    seq: int


def happened(subject: str, flow: Workflow | None = None) -> list[Happened]:
    """The acts on a subject, newest first."""
    states = dict(flow.states) if flow else {}
    entries = LedgerEntry.objects.filter(subject=subject).order_by("-seq")[:100]
    return [
        Happened(label(entry.verb), entry.at, entry.actor, _note(ledger.facts_of(entry), states), entry.seq)
        for entry in entries
    ]


def label(verb: str) -> Text:
    """A ledger verb in words; the verb itself when it is none of these rooms'."""
    name, _, step = verb.partition(".")
    for flow in (*tasks.FLOWS, *projects.FLOWS):
        if flow.name == name and step in flow.by_name:
            return flow.by_name[step].label
    return _OTHERS.get(verb, Text(verb, verb))


def _note(facts: dict[str, Any], states: dict[str, Text]) -> str:
    if facts.get("to") in states:  # the step's own words say from where to where
        facts = {name: value for name, value in facts.items() if name not in ("from", "to")}
    return " · ".join(str(facts[name]) for name in _SHOWN if facts.get(name) not in (None, ""))


def files_of_subjects(subjects: Iterable[str]) -> dict[str, list[Attachment]]:
    """The files handed in with each subject."""
    found: dict[str, list[Attachment]] = {}
    for one in Attachment.objects.filter(subject__in=list(subjects)).order_by("pk"):
        found.setdefault(one.subject, []).append(one)
    return found
