"""What units do about tasks: add, assign, split, note progress, report, confirm, move a date."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import OFFICE, of_unit
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.attachments import attach
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.tasks.flow import AT_WORK, PARTS, TASK
from guangcheng.programme.tasks.models import Assignment, Note, Task

Files = Iterable[tuple[str, bytes]]
"""Names and contents of files handed in with an act."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A task without the units it needs (RUL-001-25): a lead and one responsible."""

    task: Task
    what: Text


@transaction.atomic
def add(
    act: Act,
    *,
    title: str,
    area: str,
    deadline: dt.date | None = None,
    continuous: bool = False,
    deliverable: str = "",
    lead: Organisation | None = None,
) -> Task:
    """Set a task of one's own, beside those of the documents."""
    allow(act, OFFICE, area=area)
    known_area(area)
    if not continuous and deadline is None:
        raise InputError(
            Text("任务要有期限，或者是持续推进", "a task has a date or is continuous"),
            mend=Text("填期限，或勾选“持续推进”", "give a date, or tick “continuous”"),
        )
    made = Task.objects.create(
        code="",
        title_zh=title.strip(),
        title_en=title.strip(),
        area_code=area,
        state=TASK.initial,
        deadline=None if continuous else deadline,
        pass_date=None if continuous else deadline,
        continuous=continuous,
        deliverable=deliverable,
    )
    made.code = f"T-{made.pk}"
    made.save(update_fields=["code"])
    ledger.record(act, "task.add", made.subject, area=area, facts={"title": title, "deadline": deadline})
    if lead is not None:
        assign(act, made, lead, "lead")
    return made


@transaction.atomic
def assign(act: Act, task: Task, organisation: Organisation, role: str, *, words: str = "") -> Assignment:
    """Give a unit a part in a task; ``words`` names the document's words it stands for, which are then settled."""
    allow(act, OFFICE, area=task.area_code)
    if role not in PARTS:
        raise InputError(
            Text(f"没有这种分工：{role}", f"no such part: {role}"),
            mend=Text("可用：" + "、".join(PARTS), "use one of " + ", ".join(PARTS)),
        )
    if organisation.closed_on is not None:
        raise Refused(
            Text(f"{organisation.name} 已撤销", f"{organisation.name} is closed"),
            mend=Text("选在用的单位", "choose a live one"),
        )
    made, new = Assignment.objects.get_or_create(
        task=task, role=role, organisation=organisation, defaults={"words": words}
    )
    if words:
        task.assignments.filter(role=role, words=words, organisation=None).delete()
    if new:
        ledger.record(
            act, "task.assign", task.subject, area=task.area_code, facts={"unit": organisation.code, "role": role}
        )
    return made


@transaction.atomic
def unassign(act: Act, assignment: Assignment) -> None:
    """Take a unit's part in a task away."""
    task = assignment.task
    allow(act, OFFICE, area=task.area_code)
    unit = assignment.organisation.code if assignment.organisation else assignment.words
    ledger.record(
        act, "task.unassign", task.subject, area=task.area_code, facts={"unit": unit, "role": assignment.role}
    )
    assignment.delete()


@transaction.atomic
def split(act: Act, task: Task, leads: Mapping[str, Organisation | None]) -> list[Task]:
    """Split a task to areas below its own, each with the unit that leads there; an area that has its part is left."""
    allow(act, OFFICE, area=task.area_code)
    if task.state in ("done", "dropped"):
        raise Refused(
            Text("已办结的任务不能再分解", "a finished task is not split"), mend=Text("先重新办理", "reopen it first")
        )
    made = []
    for area, lead in sorted(leads.items()):
        known_area(area)
        if area == task.area_code or not scope.within(area, task.area_code):
            raise InputError(
                Text(f"{scope.area_name(area)} 不在任务的区域之内", f"{area} does not lie within the task's area"),
                mend=Text("只选下级区域", "choose areas below it"),
            )
        if task.parts.filter(area_code=area).exists():
            continue
        part = Task.objects.get(pk=task.pk)
        part.pk, part.parent, part.area_code = None, task, area
        part.code, part.state, part.steps, part.percent = f"{task.code}/{area}", TASK.initial, {}, 0
        part._state.adding = True
        part.save()
        made.append(part)
        if lead is not None:
            assign(act, part, lead, "lead")
            assign(act, part, lead, "responsible")
    ledger.record(act, "task.split", task.subject, area=task.area_code, facts={"areas": sorted(leads)})
    return made


@transaction.atomic
def note(act: Act, task: Task, words: str, *, percent: int | None = None, files: Files = ()) -> Note:
    """Say what was done, with evidence; a task not begun begins. A percentage needs no order: a unit may correct it."""
    allow(act, AT_WORK, area=task.area_code)
    held = _held(task)
    of_unit(act, units_of(held), area=held.area_code)
    if not words.strip():
        raise InputError(Text("没有写进展", "nothing is said"), mend=Text("写明做了什么", "say what was done"))
    if percent is not None and not 0 <= percent <= 100:
        raise InputError(
            Text(f"完成比例 {percent} 不对", f"{percent} is no share"), mend=Text("填 0 到 100", "between 0 and 100")
        )
    if held.state in ("done", "dropped"):
        raise Refused(
            Text("任务已结束，不再记进展", "the task is finished"), mend=Text("由办公室重新办理", "reopen it first")
        )
    if held.state == "open":
        TASK.advance(act, held, "begin")
    made = Note.objects.create(
        task=held, by=act.user, organisation=act.user.organisation, at=act.at, words=words.strip(), percent=percent
    )
    if percent is not None:
        held.percent = percent
        held.save(update_fields=["percent"])
    ledger.record(act, "task.note", held.subject, area=held.area_code, facts={"words": made.words, "percent": percent})
    for name, content in files:
        attach(act, name=name, content=content, subject=made.subject, area=held.area_code)
    return made


@transaction.atomic
def step(act: Act, task: Task, name: str, *, reason: str = "") -> Task:
    """Take a step of the task's workflow; a continuous task is never reported done (it can be dropped)."""
    held = _held(task)
    if name in ("begin", "report"):
        allow(act, AT_WORK, area=held.area_code)
        of_unit(act, units_of(held), area=held.area_code)
    if name == "report" and held.continuous:
        raise Refused(
            Text("持续推进的任务没有办结", "a continuous task is never done"),
            mend=Text("继续记进展", "go on noting progress"),
        )
    if name == "report" and held.parts.exclude(state__in=("done", "dropped")).exists():
        raise Refused(
            Text("分解到各区域的任务还没有都办结", "parts of this task in areas below are not done"),
            mend=Text("先办结各部分", "finish the parts first"),
        )
    TASK.advance(act, held, name, reason=reason)
    held.done_on = act.day if held.state == "done" else None
    held.percent = 100 if held.state == "done" else held.percent
    held.save(update_fields=["done_on", "percent"])
    return held


@transaction.atomic
def move_date(act: Act, task: Task, deadline: dt.date, *, reason: str) -> Task:
    """Give a task another date, with the reason. The pass date moves along only where it was the same day."""
    allow(act, OFFICE, area=task.area_code)
    held = _held(task)
    if not reason.strip():
        raise InputError(
            Text("改期要写明理由", "another date needs a reason"), mend=Text("写清依据", "say on what grounds")
        )
    if held.continuous or held.state in ("done", "dropped"):
        raise Refused(
            Text("这一任务没有可改的期限", "this task has no date to move"),
            mend=Text("只改在办的、有期限的任务", "only a live dated task's date can be moved"),
        )
    before, one_day = held.deadline, held.pass_date in (None, held.deadline)
    held.deadline, held.deadline_words = deadline, ""
    held.pass_date = deadline if one_day else max(held.pass_date or deadline, deadline)
    held.save(update_fields=["deadline", "deadline_words", "pass_date"])
    told = {"from": before, "to": deadline, "reason": reason.strip()}
    ledger.record(act, "task.move_date", held.subject, area=held.area_code, facts=told)
    return held


def _held(task: Task) -> Task:
    return Task.objects.select_for_update().get(pk=task.pk)


def units_of(task: Task) -> list[Organisation]:
    """All units with a part in the task."""
    return [one.organisation for one in task.assignments.select_related("organisation") if one.organisation]


def lacking(tasks: Iterable[Task]) -> list[Lacking]:
    """Tasks without a lead or without anybody responsible, and words no body was found for."""
    found = []
    for task in tasks:
        parts = list(task.assignments.all())
        roles = {part.role for part in parts if part.organisation_id}
        if "lead" not in roles:
            found.append(Lacking(task, Text("牵头单位没有落实", "no lead unit")))
        if "responsible" not in roles:
            found.append(Lacking(task, Text("责任单位没有落实", "no responsible unit")))
    return found
