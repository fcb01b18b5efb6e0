"""A programme's tasks from a standard: their dates and the units the document names."""

import datetime as dt
import re
from collections.abc import Iterable

from django.db import transaction

from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.targets import verbs as targets
from guangcheng.programme.targets.models import Programme
from guangcheng.programme.tasks.flow import TASK
from guangcheng.programme.tasks.models import Assignment, Task
from guangcheng.standards.model import Standard, TargetStatus
from guangcheng.standards.model import Task as Written

_CLASSES = (
    (re.compile(r"办公室$|专班$|领导小组$|推进组$"), ("office",)),
    (re.compile(r"街镇|乡\(镇\)|街道办事处.*镇|镇.*街道"), ("street", "town")),
    (re.compile(r"^(各|基础)?街道(办|办事处)?$"), ("street",)),
    (re.compile(r"^各?镇(人民政府)?$"), ("town",)),
    (re.compile(r"铁塔公司$"), ("tower",)),
    (re.compile(r"(电信|通信|网络)\S*(企业|运营商|经营者)$"), ("operator",)),
)
"""Words of the documents that mean a class of bodies, not one body."""


@transaction.atomic
def begin(act: Act, standard_id: str, *, area: str | None = None) -> Programme:
    """Take up a standard: its targets (see ``targets.take_up``) and one task for each the document sets.

    Where the standard has internal-control targets (003, C-17), a task's own date is internal control and the pass
    date is that of its indicators, else of the whole standard; elsewhere the two are one day.
    """
    programme = targets.take_up(act, standard_id, area=area)
    standard = targets.standard_of(standard_id)
    bodies = list(Organisation.objects.filter(closed_on=None).prefetch_related("names"))
    tracked = {code: task for code, task in standard.tasks.items() if task.disposition == "tracked"}
    for code, written in tracked.items():
        task = Task.objects.create(
            programme=programme,
            code=code,
            title_zh=written.title.zh,
            title_en=written.title.en,
            area_code=programme.area_code,
            state=TASK.initial,
            start=written.start,
            deadline=written.deadline,
            deadline_words=written.deadline_text or "",
            pass_date=pass_date(standard, written),
            continuous=written.continuous,
            deliverable=written.deliverable or "",
            indicators=list(written.indicators),
            clause=f"{written.source.document} {written.source.clause}",
        )
        Assignment.objects.bulk_create(_parts(task, written, bodies))
    ledger.record(act, "programme.tasks", programme.subject, area=programme.area_code, facts={"tasks": len(tracked)})
    return programme


def pass_date(standard: Standard, task: Written) -> dt.date | None:
    """The day a task is judged by; none for one without a date."""
    if task.deadline is None or task.continuous:
        return None
    dated = [
        (name, target.role, target.date)
        for name, indicator in standard.indicators.items()
        for target in indicator.targets
        if target.status is TargetStatus.ACTIVE
    ]
    if all(role != "internal_control" for _, role, _ in dated):
        return task.deadline
    passes = [(name, day) for name, role, day in dated if role == "pass"]
    own = [day for name, day in passes if name in task.indicators] or [day for _, day in passes]
    return max([*own, task.deadline])


def _parts(task: Task, written: Written, bodies: list[Organisation]) -> list[Assignment]:
    named = {
        "lead": _separate([written.lead] if written.lead else []),
        "responsible": _separate(written.responsible),
        "cooperating": _separate(written.cooperating),
    }
    made: dict[tuple[str, str], Assignment] = {}
    for role, words in named.items():
        for one in words:
            found_bodies: list[Organisation | None] = [*bodies_of(one, bodies)]
            for found in found_bodies or [None]:
                key = (role, found.code if found else f"?{one}")
                made.setdefault(key, Assignment(task=task, role=role, words=one, organisation=found))
    return list(made.values())


def _separate(words: Iterable[str]) -> list[str]:
    """Names of one body each: a list joined by 、 is several, unless the whole means a class of bodies."""
    found: list[str] = []
    for one in words:
        whole = any(pattern.search(one) for pattern, _ in _CLASSES) and "、" not in one
        found += [one] if whole else [part for part in one.split("、") if part]
    return found


def bodies_of(words: str, bodies: list[Organisation]) -> list[Organisation]:
    """The bodies a document's words mean: one of that name, else all of the class; none when nobody fits."""
    named = [body for body in bodies if words in {name.name for name in body.names.all()}]
    if named:
        return named
    for pattern, kinds in _CLASSES:
        if pattern.search(words):
            return [body for body in bodies if body.kind in kinds]
    return []
