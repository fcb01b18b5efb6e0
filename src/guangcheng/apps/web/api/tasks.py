"""Tasks, reminders, the matrix, the scoreboard."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Body, File, Form, Router, Schema, Status, UploadedFile
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.apps.web.api.members import body_of
from guangcheng.apps.web.mail import sender
from guangcheng.apps.web.pages.tasks import chosen
from guangcheng.apps.web.standings import accepted_by_area
from guangcheng.programme.platform import scope as places
from guangcheng.programme.tasks import reminders, scores, work
from guangcheng.programme.tasks.flow import TASK
from guangcheng.programme.tasks.lights import light
from guangcheng.programme.tasks.models import Assignment, Decision, Reminder, Task

router = Router()


class StepIn(Schema):
    """A step of a workflow by its name."""

    step: str
    reason: str = ""


class TaskIn(Schema):
    """A task of one's own."""

    title: str
    area: str | None = None
    deadline: dt.date | None = None
    continuous: bool = False
    deliverable: str = ""
    lead: str | None = None


class PartOut(Schema):
    """A unit's part."""

    id: int
    role: str
    words: str
    organisation: str | None

    @staticmethod
    def resolve_organisation(one: Assignment) -> str | None:
        """The body's code."""
        return one.organisation.code if one.organisation else None


class TaskOut(Schema):
    """A task and how it stands today."""

    id: int
    code: str
    title_zh: str
    title_en: str
    area_code: str
    state: str
    light: str
    percent: int
    deadline: dt.date | None
    pass_date: dt.date | None
    continuous: bool
    clause: str
    indicators: list[str]
    parent_id: int | None
    assignments: list[PartOut]

    @staticmethod
    def resolve_light(one: Task, context: Any) -> str:
        """How it stands."""
        return light(one, api_act(context["request"]).day).value

    @staticmethod
    def resolve_assignments(one: Task) -> list[Assignment]:
        """The units."""
        return list(one.assignments.all())


class AssignIn(Schema):
    """A unit's part in a task."""

    organisation: str
    role: str
    words: str = ""


class SplitIn(Schema):
    """Area codes with the unit that leads there."""

    leads: dict[str, str | None]


class DateIn(Schema):
    """Another date."""

    deadline: dt.date
    reason: str


class NoteOut(Schema):
    """Progress noted."""

    id: int
    at: dt.datetime
    words: str
    percent: int | None


def step_of(names: Any, step: str) -> str:
    """The step's name, or 404 for one the workflow has not."""
    from django.http import Http404

    if step not in names:
        raise Http404
    return step


@router.get("", response=list[TaskOut])
@paginate(LimitOffsetPagination)
def tasks(request: HttpRequest, programme: int | None = None, unit: str = "", area: str = "", q: str = "") -> Any:
    """Tasks, by programme, unit, area, words."""
    api_act(request)
    return chosen(request)


@router.post("", response={201: TaskOut}, auth=scope("act"))
def add(request: HttpRequest, body: TaskIn) -> Any:
    """Set a task of one's own."""
    lead = body_of(body.lead) if body.lead else None
    told = {"title": body.title, "deadline": body.deadline, "continuous": body.continuous}
    made = work.add(
        api_act(request),
        area=body.area or places.top(),
        deliverable=body.deliverable,
        lead=lead,
        **told,  # type: ignore[arg-type]
    )
    return Status(201, made)


@router.get("/calendar.ics")
def calendar(request: HttpRequest) -> HttpResponse:
    """The dates of the tasks chosen, as iCalendar."""
    act = api_act(request)
    decisions, periods = Decision.objects.filter(state="open"), reminders.open_periods(act.day)
    content = reminders.calendar_file(chosen(request), decisions, act.at, periods=periods)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


@router.get("/matrix", response=dict[str, dict[str, list[str]]])
def matrix(request: HttpRequest) -> Any:
    """By task code, the parts of each unit."""
    api_act(request)
    _, rows = scores.matrix(chosen(request))
    return {row.task.code: {code: list(parts) for code, parts in row.parts.items()} for row in rows}


@router.get("/scores", response=list[dict[str, Any]])
@paginate(LimitOffsetPagination)
def scoreboard(request: HttpRequest) -> Any:
    """Units by score."""
    board = scores.scoreboard(api_act(request).day, accepted_by_area())
    return [
        {
            "rank": one.rank,
            "organisation": one.organisation.code,
            "points": None if one.points is None else one.shown,
            "parts": {name: {"share": str(share), "of": of} for name, (share, of) in one.parts.items()},
        }
        for one in board
    ]


@router.get("/scores/weights", response=dict[str, int])
def weights(request: HttpRequest) -> Any:
    """The weights that hold."""
    api_act(request)
    return scores.weights()


@router.put("/scores/weights", response=dict[str, int], auth=scope("act"))
def set_weights(request: HttpRequest, body: Body[dict[str, int]]) -> Any:
    """Set the weights."""
    return scores.set_weights(api_act(request), body).values


@router.get("/reminders", response=list[dict[str, Any]])
@paginate(LimitOffsetPagination)
def my_reminders(request: HttpRequest) -> Any:
    """One's own reminders."""
    mine = api_act(request).user.reminders.all()
    return [
        {
            "id": one.pk,
            "zh": one.zh,
            "en": one.en,
            "address": one.address,
            "at": one.at,
            "read": one.read_at is not None,
        }
        for one in mine
    ]


@router.post("/reminders", response=dict[str, int], auth=scope("act"))
def remind(request: HttpRequest) -> Any:
    """Write and send the day's reminders; safe to repeat (for a daily timer)."""
    made = reminders.remind(api_act(request), sender())
    return {"written": len(made), "mailed": sum(one.mailed for one in made)}


@router.post("/reminders/{reminder_id}/read", response={204: None}, auth=scope("act"))
def read(request: HttpRequest, reminder_id: int) -> Any:
    """Put one's own reminder aside."""
    act = api_act(request)
    reminders.read(act, get_object_or_404(Reminder, pk=reminder_id, to=act.user))
    return Status(204, None)


@router.get("/{task_id}", response=TaskOut)
def task(request: HttpRequest, task_id: int) -> Any:
    """One task."""
    api_act(request)
    return get_object_or_404(Task, pk=task_id)


@router.get("/{task_id}/notes", response=list[NoteOut])
@paginate(LimitOffsetPagination)
def notes(request: HttpRequest, task_id: int) -> Any:
    """Its progress."""
    api_act(request)
    return get_object_or_404(Task, pk=task_id).notes.all()


@router.post("/{task_id}/notes", response={201: NoteOut}, auth=scope("act"))
def note(
    request: HttpRequest,
    task_id: int,
    words: Form[str],
    percent: Form[int | None] = None,
    file: File[UploadedFile | None] = None,
) -> Any:
    """Note progress, with a file of evidence if there is one."""
    files = [(file.name or "", file.read())] if file else []
    one = get_object_or_404(Task, pk=task_id)
    return Status(201, work.note(api_act(request), one, words, percent=percent, files=files))


@router.post("/{task_id}/steps", response=TaskOut, auth=scope("act"))
def step(request: HttpRequest, task_id: int, body: StepIn) -> Any:
    """Take a step: begin, report, confirm, send_back, drop, reopen."""
    one = get_object_or_404(Task, pk=task_id)
    return work.step(api_act(request), one, step_of(TASK.by_name, body.step), reason=body.reason)


@router.post("/{task_id}/assignments", response={201: PartOut}, auth=scope("act"))
def assign(request: HttpRequest, task_id: int, body: AssignIn) -> Any:
    """Give a unit a part."""
    one = get_object_or_404(Task, pk=task_id)
    made = work.assign(api_act(request), one, body_of(body.organisation), body.role, words=body.words)
    return Status(201, made)


@router.delete("/{task_id}/assignments/{assignment_id}", response={204: None}, auth=scope("act"))
def unassign(request: HttpRequest, task_id: int, assignment_id: int) -> Any:
    """Take a unit's part away."""
    work.unassign(api_act(request), get_object_or_404(Assignment, pk=assignment_id, task_id=task_id))
    return Status(204, None)


@router.post("/{task_id}/split", response=list[TaskOut], auth=scope("act"))
def split(request: HttpRequest, task_id: int, body: SplitIn) -> Any:
    """Split a task to areas."""
    leads = {area: body_of(code) if code else None for area, code in body.leads.items()}
    return work.split(api_act(request), get_object_or_404(Task, pk=task_id), leads)


@router.post("/{task_id}/deadline", response=TaskOut, auth=scope("act"))
def move_date(request: HttpRequest, task_id: int, body: DateIn) -> Any:
    """Move a date."""
    one = get_object_or_404(Task, pk=task_id)
    return work.move_date(api_act(request), one, body.deadline, reason=body.reason)
