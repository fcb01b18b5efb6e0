"""Enterprise plans, publicly funded projects, application cases."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Body, Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.apps.web.api.members import body_of
from guangcheng.apps.web.api.tasks import StepIn, step_of
from guangcheng.programme.projects import cases, funded, plans
from guangcheng.programme.projects.flow import CASE, PLAN, PROJECT
from guangcheng.programme.projects.models import Case, Issue, Plan, PlanItem, Project
from guangcheng.programme.tasks.models import Task

router = Router()


class Made(Schema):
    """What was made."""

    id: int


class Moved(Made):
    """What was moved, and its state now."""

    state: str


class PlanIn(Schema):
    """A plan."""

    organisation: str
    kind: str
    year: int
    title: str


class PlanOut(Moved):
    """A plan."""

    kind: str
    year: int
    title: str
    filed_on: dt.date | None


class ItemIn(Schema):
    """A piece of work."""

    work: str
    words: str
    area: str
    start: dt.date
    end: dt.date
    task: int | None = None


class ProjectIn(Schema):
    """A project."""

    name: str
    organisation: str
    fund_source: str
    purpose: str
    area: str
    budget: Decimal | None = None


class ProjectOut(Moved):
    """A project."""

    name: str
    fund_source: str
    purpose: str
    area_code: str
    budget: Decimal | None


class WordsIn(Schema):
    """Words."""

    words: str


class FilingIn(Schema):
    """A document approved or filed."""

    kind: str
    number: str
    on: dt.date


class CaseIn(Schema):
    """A case."""

    title: str
    field: str
    operator: str
    area: str
    industry: str = ""
    partner: str = ""
    network: str = ""
    effect: str = ""


class CaseOut(Moved):
    """A case."""

    title: str
    field: str
    area_code: str
    industry: str
    partner: str
    network: str
    effect: str
    checks: dict[str, bool]


class MendIn(Schema):
    """What a case says, changed; what is left out stays."""

    title: str | None = None
    industry: str | None = None
    partner: str | None = None
    network: str | None = None
    effect: str | None = None


@router.get("/plans", response=list[PlanOut])
@paginate(LimitOffsetPagination)
def plan_list(request: HttpRequest) -> Any:
    """All plans."""
    api_act(request)
    return Plan.objects.all()


@router.post("/plans", response={201: PlanOut}, auth=scope("act"))
def begin_plan(request: HttpRequest, body: PlanIn) -> Any:
    """Begin a plan."""
    unit = body_of(body.organisation)
    return Status(201, plans.begin(api_act(request), unit, kind=body.kind, year=body.year, title=body.title))


@router.get("/plans/findings", response=dict[str, list[dict[str, Any]]])
def findings(request: HttpRequest) -> Any:
    """Tasks no plan serves; the same work of two enterprises in one place."""
    api_act(request)
    return {
        "unserved": [
            {"organisation": one.organisation.code, "task": one.task.code, "zh": one.why.zh, "en": one.why.en}
            for one in plans.unserved()
        ],
        "overlaps": [{"items": [one.one.pk, one.other.pk], "work": one.one.work} for one in plans.overlaps()],
    }


@router.post("/plans/{plan_id}/items", response={201: Made}, auth=scope("act"))
def add_item(request: HttpRequest, plan_id: int, body: ItemIn) -> Any:
    """Add a piece of work."""
    told = body.dict(exclude={"task"})
    task = get_object_or_404(Task, pk=body.task) if body.task else None
    return Status(201, plans.add_item(api_act(request), get_object_or_404(Plan, pk=plan_id), task=task, **told))


@router.delete("/plans/{plan_id}/items/{item_id}", response={204: None}, auth=scope("act"))
def remove_item(request: HttpRequest, plan_id: int, item_id: int) -> Any:
    """Take an item out."""
    plans.remove_item(api_act(request), get_object_or_404(PlanItem, pk=item_id, plan_id=plan_id))
    return Status(204, None)


@router.post("/plans/{plan_id}/steps", response=PlanOut, auth=scope("act"))
def plan_step(request: HttpRequest, plan_id: int, body: StepIn) -> Any:
    """Take a step: file, give_back, accept."""
    one = get_object_or_404(Plan, pk=plan_id)
    return plans.step(api_act(request), one, step_of(PLAN.by_name, body.step), reason=body.reason)


@router.get("/funded", response=list[ProjectOut])
@paginate(LimitOffsetPagination)
def project_list(request: HttpRequest) -> Any:
    """All projects."""
    api_act(request)
    return Project.objects.all()


@router.post("/funded", response={201: ProjectOut}, auth=scope("act"))
def begin_project(request: HttpRequest, body: ProjectIn) -> Any:
    """Enter a project."""
    told = body.dict(exclude={"organisation"})
    return Status(201, funded.begin(api_act(request), organisation=body_of(body.organisation), **told))


@router.post("/funded/{project_id}/records", response={201: Made}, auth=scope("act"))
def record(request: HttpRequest, project_id: int, body: WordsIn) -> Any:
    """Record the stage a project is in."""
    return Status(201, funded.record_stage(api_act(request), get_object_or_404(Project, pk=project_id), body.words))


@router.post("/funded/{project_id}/filings", response={201: Made}, auth=scope("act"))
def file(request: HttpRequest, project_id: int, body: FilingIn) -> Any:
    """Enter a document approved or filed."""
    one = get_object_or_404(Project, pk=project_id)
    return Status(201, funded.file(api_act(request), one, body.kind, number=body.number, on=body.on))


@router.post("/funded/{project_id}/issues", response={201: Made}, auth=scope("act"))
def find_issue(request: HttpRequest, project_id: int, body: WordsIn) -> Any:
    """Enter something wrong."""
    return Status(201, funded.find_issue(api_act(request), get_object_or_404(Project, pk=project_id), body.words))


@router.post("/funded/{project_id}/issues/{issue_id}/correct", response=Made, auth=scope("act"))
def correct(request: HttpRequest, project_id: int, issue_id: int, body: WordsIn) -> Any:
    """Say how it was corrected."""
    one = get_object_or_404(Issue, pk=issue_id, project_id=project_id)
    return funded.correct_issue(api_act(request), one, body.words)


@router.post("/funded/{project_id}/steps", response=ProjectOut, auth=scope("act"))
def project_step(request: HttpRequest, project_id: int, body: StepIn) -> Any:
    """Go to the next stage (to_funding … to_operation) or stop."""
    one = get_object_or_404(Project, pk=project_id)
    return funded.step(api_act(request), one, step_of(PROJECT.by_name, body.step), reason=body.reason)


@router.get("/cases", response=list[CaseOut])
@paginate(LimitOffsetPagination)
def case_list(request: HttpRequest, field: str = "") -> Any:
    """All cases, or those of a field."""
    api_act(request)
    return Case.objects.filter(field=field) if field else Case.objects.all()


@router.get("/cases/counts", response=dict[str, int])
def counts(request: HttpRequest) -> Any:
    """Selected cases by field."""
    api_act(request)
    return cases.counts()


@router.post("/cases", response={201: CaseOut}, auth=scope("act"))
def enter(request: HttpRequest, body: CaseIn) -> Any:
    """Enter a case."""
    told = body.dict(exclude={"operator"})
    return Status(201, cases.enter(api_act(request), operator=body_of(body.operator), **told))


@router.patch("/cases/{case_id}", response=CaseOut, auth=scope("act"))
def mend(request: HttpRequest, case_id: int, body: MendIn) -> Any:
    """Change what a case says."""
    return cases.mend(api_act(request), get_object_or_404(Case, pk=case_id), body.dict(exclude_none=True))


@router.post("/cases/{case_id}/checks", response=CaseOut, auth=scope("act"))
def check(request: HttpRequest, case_id: int, body: Body[dict[str, bool]]) -> Any:
    """Answer the three checks."""
    return cases.check(api_act(request), get_object_or_404(Case, pk=case_id), body)


@router.post("/cases/{case_id}/steps", response=CaseOut, auth=scope("act"))
def case_step(request: HttpRequest, case_id: int, body: StepIn) -> Any:
    """Take a step: recommend, send_back, select, promote, deselect."""
    one = get_object_or_404(Case, pk=case_id)
    return cases.step(api_act(request), one, step_of(CASE.by_name, body.step), reason=body.reason)
