"""Problems, meetings and decisions, unit reports, yearly bulletins."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.apps.web.api.members import body_of
from guangcheng.apps.web.api.tasks import StepIn, step_of
from guangcheng.apps.web.standings import accepted_by_area, figures_of_year
from guangcheng.programme.platform import scope as places
from guangcheng.programme.tasks import bulletins, meetings, problems, reports
from guangcheng.programme.tasks.flow import DECISION, MEETING, PROBLEM, UNIT_REPORT
from guangcheng.programme.tasks.models import Bulletin, Decision, Meeting, Period, Problem, UnitReport

router = Router()


class ProblemIn(Schema):
    """A difficulty."""

    category: str
    title: str
    area: str
    words: str = ""
    place: str = ""
    parties: str = ""


class ProblemOut(Schema):
    """A difficulty and how it stands."""

    id: int
    category: str
    title: str
    words: str
    area_code: str
    state: str
    level: int
    raised_on: dt.date
    solved_on: dt.date | None
    solution: str
    owner: str | None

    @staticmethod
    def resolve_owner(one: Problem) -> str | None:
        """The unit in charge."""
        return one.owner.code if one.owner else None


class MeetingIn(Schema):
    """A meeting."""

    title: str
    held_on: dt.date
    group: str | None = None


class MeetingOut(Schema):
    """A meeting."""

    id: int
    title: str
    held_on: dt.date
    state: str
    minutes: str


class DecisionIn(Schema):
    """A decision."""

    words: str
    organisation: str
    due_on: dt.date | None = None


class DecisionOut(Schema):
    """A decision and how it stands."""

    id: int
    meeting_id: int
    words: str
    organisation: str
    due_on: dt.date | None
    state: str
    result: str

    @staticmethod
    def resolve_organisation(one: Decision) -> str:
        """The unit."""
        return one.organisation.code


class MonthIn(Schema):
    """A month to report on."""

    group: str
    year: int
    month: int


class PeriodOut(Schema):
    """A period."""

    id: int
    label: str
    since: dt.date
    until: dt.date
    due_on: dt.date
    missing: list[str]

    @staticmethod
    def resolve_missing(one: Period) -> list[str]:
        """Members whose report is not handed in."""
        return [unit.code for unit in reports.missing(one)]


class ReportIn(Schema):
    """A unit's report."""

    organisation: str
    done: str
    next_steps: str = ""
    problems: str = ""


class ReportOut(Schema):
    """A unit's report."""

    id: int
    organisation: str
    state: str
    done: str
    next: str
    problems: str

    @staticmethod
    def resolve_organisation(one: UnitReport) -> str:
        """The unit."""
        return one.organisation.code


class YearIn(Schema):
    """A year to freeze."""

    year: int
    reason: str = ""


class BulletinOut(Schema):
    """A yearly bulletin with its fingerprint."""

    id: int
    year: int
    version: int
    state: str
    digest: str
    receipt_seq: int
    receipt_hash: str
    content: dict[str, Any]


@router.get("/problems", response=list[ProblemOut])
@paginate(LimitOffsetPagination)
def problem_list(request: HttpRequest, state: str = "", category: str = "") -> Any:
    """Problems, the oldest first."""
    api_act(request)
    found = Problem.objects.select_related("owner")
    found = found.filter(state=state) if state else found
    return found.filter(category=category) if category else found


@router.post("/problems", response={201: ProblemOut}, auth=scope("act"))
def raise_problem(request: HttpRequest, body: ProblemIn) -> Any:
    """Raise a problem."""
    return Status(201, problems.raise_problem(api_act(request), **body.dict()))


@router.post("/problems/escalate", response=list[ProblemOut], auth=scope("act"))
def escalate(request: HttpRequest) -> Any:
    """Bring unsolved problems to the level their age asks for."""
    return problems.escalate_due(api_act(request))


@router.post("/problems/{problem_id}/owner/{code}", response=ProblemOut, auth=scope("act"))
def take(request: HttpRequest, problem_id: int, code: str) -> Any:
    """Hand a problem to a unit."""
    return problems.take(api_act(request), get_object_or_404(Problem, pk=problem_id), body_of(code))


@router.post("/problems/{problem_id}/steps", response=ProblemOut, auth=scope("act"))
def problem_step(request: HttpRequest, problem_id: int, body: StepIn) -> Any:
    """Take a step: solve, confirm, send_back, escalate."""
    one = get_object_or_404(Problem, pk=problem_id)
    return problems.step(api_act(request), one, step_of(set(PROBLEM.by_name) - {"take"}, body.step), reason=body.reason)


@router.get("/meetings", response=list[MeetingOut])
@paginate(LimitOffsetPagination)
def meeting_list(request: HttpRequest) -> Any:
    """Meetings, the newest first."""
    api_act(request)
    return Meeting.objects.all()


@router.post("/meetings", response={201: MeetingOut}, auth=scope("act"))
def plan(request: HttpRequest, body: MeetingIn) -> Any:
    """Set a meeting."""
    group = body_of(body.group) if body.group else None
    made = meetings.plan(api_act(request), title=body.title, held_on=body.held_on, group=group, area=places.top())
    return Status(201, made)


@router.post("/meetings/{meeting_id}/steps", response=MeetingOut, auth=scope("act"))
def meeting_step(request: HttpRequest, meeting_id: int, body: StepIn) -> Any:
    """Take a step: hold (the reason is the minutes), cancel."""
    one = get_object_or_404(Meeting, pk=meeting_id)
    return meetings.step(api_act(request), one, step_of(MEETING.by_name, body.step), reason=body.reason)


@router.post("/meetings/{meeting_id}/decisions", response={201: DecisionOut}, auth=scope("act"))
def decide(request: HttpRequest, meeting_id: int, body: DecisionIn) -> Any:
    """Enter a decision."""
    one, unit = get_object_or_404(Meeting, pk=meeting_id), body_of(body.organisation)
    made = meetings.decide(api_act(request), one, words=body.words, organisation=unit, due_on=body.due_on)
    return Status(201, made)


@router.get("/agenda", response=list[DecisionOut])
@paginate(LimitOffsetPagination)
def agenda(request: HttpRequest) -> Any:
    """The decisions still open."""
    api_act(request)
    return meetings.agenda()


@router.post("/decisions/{decision_id}/steps", response=DecisionOut, auth=scope("act"))
def decision_step(request: HttpRequest, decision_id: int, body: StepIn) -> Any:
    """Take a step: report (the reason is the result), confirm, send_back, drop."""
    one = get_object_or_404(Decision, pk=decision_id)
    return meetings.decision_step(api_act(request), one, step_of(DECISION.by_name, body.step), reason=body.reason)


@router.get("/periods", response=list[PeriodOut])
@paginate(LimitOffsetPagination)
def periods(request: HttpRequest) -> Any:
    """What is asked for, and who is missing."""
    api_act(request)
    return Period.objects.all()


@router.post("/periods", response={201: PeriodOut}, auth=scope("act"))
def open_month(request: HttpRequest, body: MonthIn) -> Any:
    """Ask for a month's reports."""
    return Status(201, reports.open_month(api_act(request), body_of(body.group), body.year, body.month))


@router.get("/periods/{period_id}/reports", response=list[ReportOut])
@paginate(LimitOffsetPagination)
def report_list(request: HttpRequest, period_id: int) -> Any:
    """The reports of a period."""
    api_act(request)
    return get_object_or_404(Period, pk=period_id).reports.select_related("organisation")


@router.put("/periods/{period_id}/reports", response=ReportOut, auth=scope("act"))
def write(request: HttpRequest, period_id: int, body: ReportIn) -> Any:
    """Write or change one's unit's report."""
    one, unit = get_object_or_404(Period, pk=period_id), body_of(body.organisation)
    told = {"done": body.done, "next_steps": body.next_steps, "problems": body.problems}
    return reports.write(api_act(request), one, unit, **told)  # type: ignore[arg-type]


@router.get("/periods/{period_id}/collated")
def collated(request: HttpRequest, period_id: int) -> HttpResponse:
    """The accepted reports as one text."""
    api_act(request)
    text = reports.collated(get_object_or_404(Period, pk=period_id))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@router.post("/reports/{report_id}/steps", response=ReportOut, auth=scope("act"))
def report_step(request: HttpRequest, report_id: int, body: StepIn) -> Any:
    """Take a step: submit, give_back, accept."""
    one = get_object_or_404(UnitReport, pk=report_id)
    return reports.step(api_act(request), one, step_of(UNIT_REPORT.by_name, body.step), reason=body.reason)


@router.get("/bulletins", response=list[BulletinOut])
@paginate(LimitOffsetPagination)
def bulletin_list(request: HttpRequest) -> Any:
    """All versions of all years."""
    api_act(request)
    return Bulletin.objects.all()


@router.post("/bulletins", response={201: BulletinOut}, auth=scope("act"))
def freeze(request: HttpRequest, body: YearIn) -> Any:
    """Freeze a year."""
    act = api_act(request)
    made = bulletins.freeze(act, body.year, figures=figures_of_year(), reason=body.reason, accepted=accepted_by_area())
    return Status(201, made)


@router.post("/bulletins/{bulletin_id}/publish", response=BulletinOut, auth=scope("act"))
def publish(request: HttpRequest, bulletin_id: int) -> Any:
    """Make a bulletin public; by a second person."""
    return bulletins.publish(api_act(request), get_object_or_404(Bulletin, pk=bulletin_id))
