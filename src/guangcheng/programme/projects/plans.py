"""Enterprise plans: write items, file, accept; which tasks no plan serves, and who builds in one place."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import of_unit
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.attachments import attach
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.platform.workflow import note_hand
from guangcheng.programme.projects.flow import AT_WORK, PLAN, PLAN_KINDS, WORKS
from guangcheng.programme.projects.models import Plan, PlanItem
from guangcheng.programme.tasks.models import Assignment, Task
from guangcheng.programme.tasks.work import Files


@dataclass(frozen=True, slots=True)
class Unserved:
    """A task an enterprise answers for that its filed plans do not serve in time (RUL-003-18)."""

    organisation: Organisation
    task: Task
    why: Text


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two enterprises mean to build the same in one place at one time: a call to build together (132 三〔四〕(二))."""

    one: PlanItem
    other: PlanItem


@transaction.atomic
def begin(act: Act, organisation: Organisation, *, kind: str, year: int, title: str, files: Files = ()) -> Plan:
    """Begin a plan of one's own enterprise."""
    allow(act, AT_WORK, area=organisation.area_code)
    of_unit(act, [organisation], area=organisation.area_code)
    if kind not in PLAN_KINDS or not title.strip():
        raise InputError(
            Text("计划要有类型和名称", "a plan has a kind and a title"),
            mend=Text("类型：" + "、".join(PLAN_KINDS), "kinds: " + ", ".join(PLAN_KINDS)),
        )
    if not 2000 <= year <= 2100:
        raise InputError(Text(f"年份 {year} 不对", f"{year} is no year"), mend=Text("填四位年份", "four digits"))
    made = Plan.objects.create(
        organisation=organisation,
        kind=kind,
        year=year,
        title=title.strip(),
        area_code=organisation.area_code,
        state=PLAN.initial,
        steps={"edit": [act.name]},
    )
    told = {"kind": kind, "year": year, "unit": organisation.code}
    ledger.record(act, "plan.begin", made.subject, area=made.area_code, facts=told)
    for name, content in files:
        attach(act, name=name, content=content, subject=made.subject, area=made.area_code)
    return made


@transaction.atomic
def add_item(
    act: Act,
    plan: Plan,
    *,
    work: str,
    words: str,
    area: str,
    start: dt.date,
    end: dt.date,
    task: Task | None = None,
) -> PlanItem:
    """Add a piece of work while the plan is a draft or was returned."""
    held = _open(act, plan)
    known_area(area)
    if work not in WORKS or not words.strip() or end < start:
        raise InputError(
            Text(
                "计划项要有工程类型、内容，止日不早于起日",
                "an item has a kind of work, words, and ends after it starts",
            ),
            mend=Text("类型：" + "、".join(WORKS), "kinds of work: " + ", ".join(WORKS)),
        )
    made = PlanItem.objects.create(
        plan=held, work=work, words=words.strip(), area_code=area, start=start, end=end, task=task
    )
    told = {"work": work, "area": area, "start": start, "end": end, "task": task.code if task else ""}
    ledger.record(act, "plan.item", held.subject, area=held.area_code, facts=told)
    return made


@transaction.atomic
def remove_item(act: Act, item: PlanItem) -> None:
    """Take an item out while the plan is a draft or was returned."""
    held = _open(act, item.plan)
    ledger.record(act, "plan.remove_item", held.subject, area=held.area_code, facts={"words": item.words})
    item.delete()


def _open(act: Act, plan: Plan) -> Plan:
    """The plan, to be edited by the actor, who may then not accept it."""
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    allow(act, AT_WORK, area=held.area_code)
    of_unit(act, [held.organisation], area=held.area_code)
    if held.state not in ("draft", "returned"):
        raise Refused(
            Text(f"计划已是“{PLAN.states[held.state].zh}”", f"the plan is {PLAN.states[held.state].en}"),
            mend=Text("请办公室退回后再改", "ask the office to return it first"),
        )
    note_hand(act, held, "edit")
    held.save(update_fields=["steps"])
    return held


@transaction.atomic
def step(act: Act, plan: Plan, name: str, *, reason: str = "") -> Plan:
    """File (a plan without items is refused), return or accept."""
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    if name == "file":
        of_unit(act, [held.organisation], area=held.area_code)
        if not held.items.exists():
            raise Refused(
                Text("计划还没有计划项", "the plan has no items"),
                mend=Text("先按地点和时间列出计划项", "list its work by place and date first"),
            )
        held.filed_on = act.day
    PLAN.advance(act, held, name, reason=reason)
    return held


def unserved() -> Iterator[Unserved]:
    """What operators and tower companies answer for and have not planned, or only after the task's date."""
    answering = Assignment.objects.filter(
        role__in=("lead", "responsible"), organisation__kind__in=("operator", "tower"), task__continuous=False
    ).exclude(task__state__in=("done", "dropped"))
    filed = PlanItem.objects.filter(plan__state__in=("filed", "accepted"), task__isnull=False)
    ends: dict[tuple[int, int], dt.date] = {}
    for item in filed.select_related("plan"):
        key = (item.plan.organisation_id, item.task_id or 0)
        ends[key] = min(item.end, ends.get(key, item.end))
    seen: set[tuple[int, int]] = set()
    for one in answering.select_related("task", "organisation").prefetch_related("organisation__names"):
        if one.organisation is None:
            continue
        key = (one.organisation.pk, one.task.pk)
        planned = ends.get(key)
        if key in seen:
            continue
        seen.add(key)
        if planned is None:
            yield Unserved(one.organisation, one.task, Text("计划里没有对应的计划项", "no item of a plan serves it"))
        elif one.task.deadline and planned > one.task.deadline:
            late = Text(
                f"计划 {planned} 完成，晚于任务期限 {one.task.deadline}",
                f"planned for {planned}, later than the task's {one.task.deadline}",
            )
            yield Unserved(one.organisation, one.task, late)


def missing_plans(year: int) -> list[Organisation]:
    """Operators and tower companies without a filed annual plan of ``year``."""
    filed = Plan.objects.filter(kind="annual", year=year, state__in=("filed", "accepted"))
    bodies = Organisation.objects.filter(kind__in=("operator", "tower"), closed_on=None)
    return list(bodies.exclude(pk__in=filed.values("organisation")).prefetch_related("names"))


def overlaps() -> list[Overlap]:
    """Pairs of items of different enterprises: the same work, one place within the other, at overlapping times."""
    items = PlanItem.objects.filter(plan__state__in=("filed", "accepted")).select_related("plan__organisation")
    by_work: dict[str, list[PlanItem]] = {}
    for item in items.order_by("pk"):
        by_work.setdefault(item.work, []).append(item)
    return [
        Overlap(one, other)
        for same in by_work.values()
        for one, other in combinations(same, 2)
        if one.plan.organisation_id != other.plan.organisation_id
        and one.start <= other.end
        and other.start <= one.end
        and (scope.within(one.area_code, other.area_code) or scope.within(other.area_code, one.area_code))
    ]
