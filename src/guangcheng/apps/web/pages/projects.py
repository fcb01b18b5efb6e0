"""Enterprise plans, publicly funded projects, application cases."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods

from guangcheng.apps.web.deeds import Deed, answer, files_of, steps
from guangcheng.apps.web.fields import AreaField, amount, choice, day, number, one_file, tick, unit, words
from guangcheng.apps.web.happened import files_of_subjects, happened
from guangcheng.apps.web.http import act_of, page, paged
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import CHECKERS
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.projects import cases, funded, plans
from guangcheng.programme.projects.flow import (
    AT_WORK,
    CASE,
    CHECKS_OF_A_CASE,
    FIELDS,
    FILINGS,
    FUNDS,
    HANDLES,
    PLAN,
    PLAN_KINDS,
    PROJECT,
    STAGES,
    WORKS,
)
from guangcheng.programme.projects.models import Case, Issue, Plan, PlanItem, Project
from guangcheng.programme.tasks.models import Task


class PlanForm(forms.Form):
    """A plan."""

    organisation = unit(Text("企业", "enterprise"))
    kind = choice(Text("类型", "kind"), PLAN_KINDS)
    year = number(Text("年份", "year"), 2000, 2100)
    title = words(Text("名称", "title"))
    file = one_file(Text("方案文件（可选）", "the plan's file (optional)"))


class ItemForm(forms.Form):
    """A piece of work."""

    work = choice(Text("工程", "work"), WORKS)
    words = words(Text("内容", "what"), most=300)
    area = AreaField()
    start = day(Text("开工", "from"))
    end = day(Text("完成", "to"))
    task = forms.ModelChoiceField(
        Task.objects.exclude(state="dropped"),
        label=Text("对应任务", "serves the task"),  # type: ignore[arg-type]
        required=False,
        empty_label="—",
    )


class RemoveForm(forms.Form):
    """An item to take out."""

    item = forms.IntegerField(label=Text("计划项编号", "item's number"))  # type: ignore[arg-type]


class ProjectForm(forms.Form):
    """A project."""

    name = words(Text("项目", "project"))
    organisation = unit(Text("项目单位", "unit in charge"))
    fund_source = choice(Text("资金来源", "funds"), FUNDS)
    purpose = choice(Text("建设内容", "purpose"), WORKS)
    area = AreaField()
    budget = amount(Text("投资（万元）", "budget (10,000 yuan)"), required=False)


class RecordForm(forms.Form):
    """What was done in a stage."""

    words = words(Text("本阶段情况", "what was done"), long=True, most=2000)
    file = one_file()


class FilingForm(forms.Form):
    """A document approved or filed."""

    kind = choice(Text("文件", "document"), FILINGS)
    number = words(Text("文号", "number"), most=80)
    on = day(Text("日期", "on"))


class IssueForm(forms.Form):
    """Something wrong."""

    words = words(Text("发现的问题", "what is wrong"), long=True, most=1000)


class CorrectForm(forms.Form):
    """How it was corrected."""

    issue = forms.ModelChoiceField(
        Issue.objects.filter(corrected_on=None),
        label=Text("问题", "issue"),  # type: ignore[arg-type]
        empty_label="—",
    )
    correction = words(Text("改正情况", "how it was corrected"), long=True, most=1000)


class CaseForm(forms.Form):
    """A case."""

    title = words(Text("案例", "case"))
    field = choice(Text("领域", "field"), FIELDS)
    operator = unit(Text("企业", "operator"))
    area = AreaField()
    industry = words(Text("行业", "industry"), required=False, most=60)
    partner = words(Text("用户（单位）", "user (body)"), required=False, most=120)
    network = words(Text("用到的网络", "network used"), required=False, long=True, most=500)
    effect = words(Text("效果", "effect"), required=False, long=True, most=1000)
    file = one_file()


class MendForm(forms.Form):
    """What a case says, changed."""

    title = words(Text("案例", "case"))
    industry = words(Text("行业", "industry"), required=False, most=60)
    partner = words(Text("用户（单位）", "user (body)"), required=False, most=120)
    network = words(Text("用到的网络", "network used"), required=False, long=True, most=500)
    effect = words(Text("效果", "effect"), required=False, long=True, most=1000)


class CheckForm(forms.Form):
    """The three checks."""

    network_used = tick(CHECKS_OF_A_CASE["network_used"])
    user_named = tick(CHECKS_OF_A_CASE["user_named"])
    effect_stated = tick(CHECKS_OF_A_CASE["effect_stated"])


@page()
@require_http_methods(["GET", "POST"])
def plan_list(request: HttpRequest) -> HttpResponseBase:
    """All plans; tasks they do not serve; what two enterprises build in one place."""
    today = act_of(request).day
    rows = paged(Plan.objects.select_related("organisation").prefetch_related("organisation__names"), request)
    begin = Deed("begin", Text("新建计划", "begin a plan"), _begin_plan, PlanForm, {"year": today.year}, AT_WORK)
    context = {
        "page_of": rows,
        "rows": [(one, PLAN.states[one.state], PLAN_KINDS[one.kind]) for one in rows],
        "unserved": list(plans.unserved())[:200],
        "overlaps": [(pair, WORKS[pair.one.work]) for pair in plans.overlaps()[:200]],
        "missing": plans.missing_plans(today.year),
        "year": today.year,
    }
    return answer(request, "work/plans.html", context, [begin], "/plans/")


def _begin_plan(act: Act, given: Mapping[str, Any]) -> str:
    told = {name: given[name] for name in ("kind", "year", "title")}
    return f"/plans/{plans.begin(act, given['organisation'], **told, files=files_of(given)).pk}"


@page()
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    """One plan and its items."""
    one = get_object_or_404(Plan.objects.select_related("organisation"), pk=plan_id)
    open_now = one.state in ("draft", "returned")
    items = one.items.select_related("task")
    context = {
        "plan": one,
        "state": PLAN.states[one.state],
        "kind": PLAN_KINDS[one.kind],
        "items": [(item, WORKS[item.work]) for item in items],
        "open": open_now,
        "files": files_of_subjects([one.subject]).get(one.subject, []),
        "acts": happened(one.subject, PLAN),
    }
    deeds = [
        Deed(
            "item",
            Text("加计划项", "add an item"),
            lambda act, given: plans.add_item(act, one, **given),
            ItemForm,
            roles=AT_WORK if open_now else (),
            area=one.area_code,
        ),
        Deed(
            "remove",
            Text("删除计划项", "remove an item"),
            lambda act, given: _remove(act, one, given),
            RemoveForm,
            roles=(),
        ),
        *steps(PLAN, act_of(request), one, lambda act, name, why: plans.step(act, one, name, reason=why)),
    ]
    return answer(request, "work/plan.html", context, deeds, f"/plans/{one.pk}")


def _remove(act: Act, one: Plan, given: Mapping[str, Any]) -> None:
    plans.remove_item(act, get_object_or_404(PlanItem, pk=given["item"], plan=one))


@page()
@require_http_methods(["GET", "POST"])
def project_list(request: HttpRequest) -> HttpResponseBase:
    """Projects by stage; old issues; two projects of one purpose in one place."""
    found = paged(
        Project.objects.select_related("organisation").prefetch_related("organisation__names", "filings", "issues"),
        request,
    )
    rows = [
        {
            "project": one,
            "stages": _stages(one),
            "state": PROJECT.states[one.state],
            "filed": len(one.filings.all()),
            "issues": sum(issue.corrected_on is None for issue in one.issues.all()),
        }
        for one in found
    ]
    begin = Deed(
        "begin",
        Text("项目立项", "enter a project"),
        lambda act, given: f"/projects/{funded.begin(act, **given).pk}",
        ProjectForm,
        roles=AT_WORK,
    )
    context = {
        "rows": rows,
        "page_of": found,
        "old": funded.old_issues(act_of(request).day),
        "doubled": funded.doubled()[:200],
        "days": funded.OLD_ISSUE_DAYS,
    }
    return answer(request, "work/projects.html", context, [begin], "/projects/")


def _stages(one: Project) -> list[dict[str, Any]]:
    order = list(STAGES)
    at = order.index(one.state) if one.state in order else -1
    return [{"words": STAGES[name], "past": place < at, "now": place == at} for place, name in enumerate(order)]


@page()
@require_http_methods(["GET", "POST"])
def project(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """One project through its seven stages."""
    one = get_object_or_404(Project.objects.select_related("organisation"), pk=project_id)
    records = list(one.records.all())
    files = files_of_subjects(record.subject for record in records)
    moves = steps(PROJECT, act_of(request), one, lambda act, name, why: funded.step(act, one, name, reason=why))
    ahead = [step.name for step in PROJECT.transitions if one.state in step.sources and step.name != "stop"]
    context = {
        "project": one,
        "state": PROJECT.states[one.state],
        "fund": FUNDS[one.fund_source],
        "purpose": WORKS[one.purpose],
        "stages": _stages(one),
        "records": [(record, STAGES[record.stage], files.get(record.subject, [])) for record in records],
        "filings": [(filing, FILINGS[filing.kind]) for filing in one.filings.all()],
        "issues": [(issue, STAGES[issue.stage]) for issue in one.issues.all()],
        "barred": funded.barred(one, ahead[0]) if ahead else None,
        "acts": happened(one.subject, PROJECT),
    }
    return answer(request, "work/project.html", context, [*moves, *_of_project(one)], f"/projects/{one.pk}")


def _of_project(one: Project) -> list[Deed]:
    works = AT_WORK if one.state != "stopped" else ()
    checks = CHECKERS if one.state != "stopped" else ()
    area = one.area_code
    return [
        Deed(
            "record",
            Text("记录本阶段", "record this stage"),
            lambda act, given: funded.record_stage(act, one, given["words"], files=files_of(given)),
            RecordForm,
            roles=works,
            area=area,
        ),
        Deed(
            "filing",
            Text("登记报批备案", "enter a filing"),
            lambda act, given: funded.file(act, one, given["kind"], number=given["number"], on=given["on"]),
            FilingForm,
            roles=checks,
            area=area,
        ),
        Deed(
            "issue",
            Text("登记问题", "enter an issue"),
            lambda act, given: funded.find_issue(act, one, given["words"]),
            IssueForm,
            roles=checks,
            area=area,
        ),
        Deed(
            "correct",
            Text("登记改正", "enter a correction"),
            lambda act, given: _correct(act, one, given),
            CorrectForm,
            roles=works if one.issues.filter(corrected_on=None).exists() else (),
            area=area,
        ),
    ]


def _correct(act: Act, one: Project, given: Mapping[str, Any]) -> None:
    funded.correct_issue(act, get_object_or_404(Issue, pk=given["issue"].pk, project=one), given["correction"])


@page()
@require_http_methods(["GET", "POST"])
def case_list(request: HttpRequest) -> HttpResponseBase:
    """The library of cases with counts by field."""
    found = Case.objects.select_related("operator").prefetch_related("operator__names")
    if (wanted := request.GET.get("field", "")) in FIELDS:
        found = found.filter(field=wanted)
    rows = paged(found, request)
    counted = cases.counts()
    enter = Deed("enter", Text("录入案例", "enter a case"), _enter, CaseForm, roles=AT_WORK | HANDLES)
    context = {
        "page_of": rows,
        "rows": [(one, FIELDS[one.field], CASE.states[one.state]) for one in rows],
        "counts": [(key, FIELDS[key], count) for key, count in counted.items()],
        "total": sum(counted.values()),
        "wanted": cases.WANTED,
    }
    return answer(request, "work/cases.html", context, [enter], "/cases/")


def _enter(act: Act, given: Mapping[str, Any]) -> str:
    told = {name: value for name, value in given.items() if name != "file"}
    return f"/cases/{cases.enter(act, **told, files=files_of(given)).pk}"


@page()
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """One case, its three checks and its steps."""
    one = get_object_or_404(Case.objects.select_related("operator"), pk=case_id)
    context = {
        "case": one,
        "field": FIELDS[one.field],
        "state": CASE.states[one.state],
        "checks": [(words, one.checks.get(name)) for name, words in CHECKS_OF_A_CASE.items()],
        "files": files_of_subjects([one.subject]).get(one.subject, []),
        "acts": happened(one.subject, CASE),
    }
    told = {name: getattr(one, name) for name in MendForm.base_fields}
    deeds = [
        Deed(
            "mend",
            Text("补充案例", "mend the case"),
            lambda act, given: cases.mend(act, one, given),
            MendForm,
            told,
            AT_WORK | HANDLES if one.state == "found" else (),
            one.area_code,
        ),
        Deed(
            "check",
            Text("三项核对", "the three checks"),
            lambda act, given: cases.check(act, one, given),
            CheckForm,
            one.checks,
            HANDLES if one.state == "recommended" else (),
            one.area_code,
        ),
        *steps(CASE, act_of(request), one, lambda act, name, why: cases.step(act, one, name, reason=why)),
    ]
    return answer(request, "work/case.html", context, deeds, f"/cases/{one.pk}")


urlpatterns = [
    path("plans/", plan_list, name="plans"),
    path("plans/<int:plan_id>", plan, name="plan"),
    path("projects/", project_list, name="projects"),
    path("projects/<int:project_id>", project, name="project"),
    path("cases/", case_list, name="cases"),
    path("cases/<int:case_id>", case, name="case"),
]
