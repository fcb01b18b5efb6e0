"""Tasks: list, board, calendar, matrix, one task; reminders; evidence."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcheng.apps.web.deeds import Deed, answer, files_of, steps
from guangcheng.apps.web.fields import AreaField, choice, day, number, one_file, tick, unit, words
from guangcheng.apps.web.happened import files_of_subjects, happened
from guangcheng.apps.web.http import act_of, kept_file, page, paged, show, user_of
from guangcheng.apps.web.mail import sender
from guangcheng.base.errors import Denied
from guangcheng.base.text import Text
from guangcheng.programme.members.places import SUBTYPES, townships_below
from guangcheng.programme.members.verbs import OFFICE
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import Act, roles_in
from guangcheng.programme.platform.models import Attachment, Organisation, User
from guangcheng.programme.targets.models import Programme
from guangcheng.programme.tasks import reminders, scores, work
from guangcheng.programme.tasks.flow import AT_WORK, PARTS, TASK
from guangcheng.programme.tasks.lights import Light, light
from guangcheng.programme.tasks.models import Assignment, Decision, Reminder, Task

BOARD = (Light.RED, Light.AMBER, Light.SOON, Light.REPORTED, Light.ON_TIME, Light.CONTINUOUS, Light.UNDATED, Light.DONE)
"""Columns of the board, the most pressing first."""

PRESSING = {one: place for place, one in enumerate((*BOARD, Light.DROPPED))}
"""The list's order."""

OURS = ("note", "problem", "unitreport", "plan", "project", "stage", "case", "decision")
"""Subjects whose files the page of evidence serves."""


class AddForm(forms.Form):
    """A task of one's own."""

    title = words(Text("任务", "task"))
    area = AreaField()
    deadline = day(Text("期限", "by"), required=False)
    continuous = tick(Text("持续推进", "continuous"))
    deliverable = words(Text("成果", "deliverable"), required=False)
    lead = unit(Text("牵头单位", "lead unit"), required=False)


class NoteForm(forms.Form):
    """Progress."""

    words = words(Text("做了什么", "what was done"), long=True, most=2000)
    percent = number(Text("完成比例（%）", "share done (%)"), 0, 100, required=False)
    file = one_file()


class AssignForm(forms.Form):
    """A unit's part."""

    organisation = unit(Text("单位", "unit"))
    role = choice(Text("分工", "part"), PARTS)
    words = words(Text("落实原文中的", "stands for the document's words"), required=False, most=120)


class UnassignForm(forms.Form):
    """A part to take away."""

    assignment = forms.IntegerField(label=Text("分工编号", "part's number"))  # type: ignore[arg-type]


class MoveForm(forms.Form):
    """Another date."""

    deadline = day(Text("新期限", "new date"))
    reason = words(Text("依据", "on what grounds"), long=True, most=500)


class SplitForm(forms.Form):
    """Areas a task is split to."""

    kind = choice(
        Text("分解到", "split to"),
        {
            "street": Text("各街道", "every street"),
            "town": Text("各镇", "every town"),
            "all": Text("各街镇", "every street and town"),
        },
    )


def chosen(request: HttpRequest) -> QuerySet[Task]:
    """The tasks a request asks for: by programme, unit, area, words; all of them otherwise."""
    found = Task.objects.select_related("programme").prefetch_related("assignments__organisation__names")
    if (wanted := request.GET.get("programme", "")).isdigit():
        found = found.filter(programme_id=int(wanted))
    if unit_code := request.GET.get("unit", ""):
        found = found.filter(pk__in=Assignment.objects.filter(organisation__code=unit_code).values("task"))
    if area := request.GET.get("area", ""):
        found = found.filter(area_code=area)
    if text := request.GET.get("q", "").strip():
        found = found.filter(Q(title_zh__icontains=text) | Q(title_en__icontains=text) | Q(code__icontains=text))
    return found


def _choices(request: HttpRequest) -> dict[str, Any]:
    return {
        "programmes": Programme.objects.all(),
        "units": Organisation.objects.filter(assignments__isnull=False).distinct().prefetch_related("names"),
        "asked": request.GET,
        "query": request.GET.urlencode(),
    }


@page()
@require_http_methods(["GET", "POST"])
def tasks(request: HttpRequest) -> HttpResponseBase:
    """The list, by how they stand; a task of one's own."""
    today = act_of(request).day
    lit = [(task, light(task, today)) for task in chosen(request)]
    counts = [(one, sum(now is one for _, now in lit)) for one in Light]
    wanted = request.GET.get("light", "")
    if wanted in tuple(Light):
        lit = [(task, now) for task, now in lit if now.value == wanted]
    lit.sort(key=lambda one: PRESSING[one[1]])
    add = Deed("add", Text("新设任务", "add a task"), _add, AddForm, roles=OFFICE, area=scope.top())
    context = {"rows": paged(lit, request), "counts": [one for one in counts if one[1]], **_choices(request)}
    return answer(request, "work/tasks.html", context, [add], "/tasks/")


def _add(act: Act, given: Mapping[str, Any]) -> str:
    return f"/tasks/{work.add(act, **given).pk}"


@page()
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """Columns by how tasks stand."""
    today = act_of(request).day
    columns: dict[Light, list[Task]] = {one: [] for one in BOARD}
    for task in chosen(request):
        columns.get(light(task, today), []).append(task)
    shown = [(one, found[:MOST], len(found)) for one, found in columns.items() if found]
    return show(request, "work/board.html", {"columns": shown, **_choices(request)})


MOST = 40
"""Cards a column of the board shows; the list has them all."""


@page()
@require_GET
def task_calendar(request: HttpRequest) -> HttpResponseBase:
    """The dates of a month: tasks (own and pass date) and decisions."""
    today = act_of(request).day
    first = _month_of(request.GET.get("month", ""), today)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    on: dict[dt.date, list[dict[str, Any]]] = {}
    for task in chosen(request).filter(Q(deadline__range=(first, after)) | Q(pass_date__range=(first, after))):
        for date, kind in reminders.dates_of(task) or [(task.pass_date or task.deadline or first, "期限")]:
            if first <= date < after:
                entry = {"address": f"/tasks/{task.pk}", "words": task.title, "kind": kind, "light": light(task, today)}
                on.setdefault(date, []).append(entry)
    for decision in Decision.objects.filter(due_on__range=(first, after - dt.timedelta(days=1))):
        entry = {
            "address": f"/meetings/{decision.meeting_id}",
            "words": Text(decision.words, decision.words),
            "kind": "决议",
        }
        on.setdefault(decision.due_on or first, []).append(entry)
    start = first - dt.timedelta(days=first.weekday())
    days = [start + dt.timedelta(days=step) for step in range(((after - start).days + 6) // 7 * 7)]
    cells = [
        {"day": one, "in": first <= one < after, "today": one == today, "entries": on.get(one, [])} for one in days
    ]
    context = {
        "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)],
        "month": f"{first:%Y-%m}",
        "before": f"{first - dt.timedelta(days=1):%Y-%m}",
        "after": f"{after:%Y-%m}",
        **_choices(request),
    }
    return show(request, "work/calendar.html", context)


def _month_of(text: str, today: dt.date) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError:
        return today.replace(day=1)


@page()
@require_GET
def task_ics(request: HttpRequest) -> HttpResponseBase:
    """The dates as a calendar file."""
    decisions = Decision.objects.filter(state="open")
    act = act_of(request)
    periods = reminders.open_periods(act.day)
    content = reminders.calendar_file(chosen(request), decisions, act.at, periods=periods)
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="guangcheng-tasks.ics"'},
    )


@page()
@require_GET
def matrix(request: HttpRequest) -> HttpResponseBase:
    """Who does what: tasks by units; what lacks a unit."""
    found = list(chosen(request))
    units, rows = scores.matrix(found)
    drawn = [
        {"task": row.task, "cells": [[(role, PARTS[role]) for role in row.parts.get(one.code, ())] for one in units]}
        for row in rows
    ]
    context = {"columns": units, "rows": drawn, "lacking": work.lacking(found), **_choices(request)}
    return show(request, "work/matrix.html", context)


@page()
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, task_id: int) -> HttpResponseBase:
    """One task and all that can be done about it."""
    one = get_object_or_404(Task.objects.select_related("programme", "parent"), pk=task_id)
    act = act_of(request)
    notes = list(one.notes.select_related("by", "organisation").prefetch_related("organisation__names"))
    files = files_of_subjects(note.subject for note in notes)
    context = {
        "task": one,
        "state": TASK.states[one.state],
        "light": light(one, act.day),
        "parts": [(PARTS[part.role], part) for part in _parts(one)],
        "below": [(part, light(part, act.day)) for part in one.parts.all()],
        "notes": [(note, files.get(note.subject, [])) for note in notes],
        "acts": happened(one.subject, TASK),
    }
    deeds = [*_deeds(one), *steps(TASK, act, one, lambda act, name, why: work.step(act, one, name, reason=why))]
    return answer(request, "work/task.html", context, deeds, f"/tasks/{one.pk}")


def _parts(one: Task) -> QuerySet[Assignment]:
    return one.assignments.select_related("organisation").prefetch_related("organisation__names")


def _deeds(one: Task) -> list[Deed]:
    area = one.area_code
    return [
        Deed(
            "note",
            Text("记进展", "note progress"),
            lambda act, given: _note(act, one, given),
            NoteForm,
            None,
            AT_WORK,
            area,
        ),
        Deed(
            "assign",
            Text("分工", "assign"),
            lambda act, given: _assign(act, one, given),
            AssignForm,
            None,
            OFFICE,
            area,
        ),
        Deed(
            "unassign",
            Text("取消分工", "unassign"),
            lambda act, given: _unassign(act, one, given),
            UnassignForm,
            roles=(),
        ),
        Deed(
            "split",
            Text("分解到街镇", "split to areas"),
            lambda act, given: _split(act, one, given),
            SplitForm,
            None,
            OFFICE,
            area,
        ),
        Deed(
            "move",
            Text("改期", "move the date"),
            lambda act, given: work.move_date(act, one, given["deadline"], reason=given["reason"]),
            MoveForm,
            {"deadline": one.deadline.isoformat() if one.deadline else ""},
            OFFICE,
            area,
        ),
    ]


def _note(act: Act, one: Task, given: Mapping[str, Any]) -> None:
    work.note(act, one, given["words"], percent=given["percent"], files=files_of(given))


def _assign(act: Act, one: Task, given: Mapping[str, Any]) -> None:
    work.assign(act, one, given["organisation"], given["role"], words=given["words"])


def _unassign(act: Act, one: Task, given: Mapping[str, Any]) -> None:
    work.unassign(act, get_object_or_404(Assignment, pk=given["assignment"], task=one))


def _split(act: Act, one: Task, given: Mapping[str, Any]) -> None:
    wanted = townships_below(one.area_code, SUBTYPES if given["kind"] == "all" else (given["kind"],))
    bodies = Organisation.objects.filter(kind__in=("street", "town"), closed_on=None, area_code__in=wanted)
    leads = {body.area_code: body for body in bodies}
    work.split(act, one, {code: leads.get(code) for code in wanted})


@page()
@require_http_methods(["GET", "POST"])
def my_reminders(request: HttpRequest) -> HttpResponseBase:
    """One's own reminders; the office has those of the day written."""
    mine = user_of(request).reminders.all()
    run = Deed(
        "run",
        Text("生成今天的提醒", "write today's reminders"),
        lambda act, _: reminders.remind(act, sender()),
        roles=OFFICE,
        area=scope.top(),
        done=Text("今天的提醒已生成", "today's reminders are written"),
    )
    return answer(request, "work/reminders.html", {"rows": paged(mine, request)}, [run], "/reminders/")


@page()
@require_POST
def read_reminder(request: HttpRequest, reminder_id: int) -> HttpResponseBase:
    """Put one's own reminder aside and go to what it is about."""
    one = get_object_or_404(Reminder, pk=reminder_id, to=user_of(request))
    reminders.read(act_of(request), one)
    return redirect(one.address)


@page()
@require_GET
def evidence(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """A file handed in with a task, problem, report, plan, project or case: for those of its area or its unit."""
    one = get_object_or_404(Attachment, pk=attachment_id)
    if one.subject.partition(":")[0] not in OURS or not _may_see(user_of(request), one):
        raise Denied(
            Text("这份附件不在您的区域", "this file is not of your area"),
            mend=Text("请上传的单位提供", "ask the unit that handed it in"),
        )
    return kept_file(one)


def _may_see(user: User, one: Attachment) -> bool:
    same = user.organisation_id is not None and user.organisation_id == one.added_by.organisation_id
    return same or bool(roles_in(user, one.area_code))


urlpatterns = [
    path("tasks/", tasks, name="tasks"),
    path("tasks/board", board, name="task_board"),
    path("tasks/calendar", task_calendar, name="task_calendar"),
    path("tasks/calendar.ics", task_ics, name="task_ics"),
    path("tasks/matrix", matrix, name="task_matrix"),
    path("tasks/<int:task_id>", task, name="task"),
    path("reminders/", my_reminders, name="reminders"),
    path("reminders/<int:reminder_id>/read", read_reminder, name="read_reminder"),
    path("evidence/<int:attachment_id>", evidence, name="evidence"),
]
