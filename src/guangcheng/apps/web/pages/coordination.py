"""Scores, problems, meetings and decisions, unit reports."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from guangcheng.apps.web.deeds import Deed, answer, files_of, steps
from guangcheng.apps.web.fields import AreaField, choice, day, number, one_file, unit, words
from guangcheng.apps.web.happened import files_of_subjects, happened
from guangcheng.apps.web.http import act_of, page, paged, user_of
from guangcheng.apps.web.standings import accepted_by_area
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import CHECKERS, OFFICE
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.tasks import meetings, problems, reports, scores
from guangcheng.programme.tasks.flow import AT_WORK, CATEGORIES, DECISION, LEVELS, MEETING, PROBLEM, UNIT_REPORT
from guangcheng.programme.tasks.models import Decision, Meeting, Period, Problem, UnitReport


class RaiseForm(forms.Form):
    """A difficulty."""

    category = choice(Text("类别", "category"), CATEGORIES)
    title = words(Text("难题", "problem"))
    area = AreaField()
    place = words(Text("地点", "place"), required=False)
    parties = words(Text("涉及各方（单位）", "parties (bodies)"), required=False, most=300)
    words = words(Text("情况", "what it is"), long=True, required=False, most=2000)
    file = one_file()


class OwnerForm(forms.Form):
    """The unit that is to solve it."""

    owner = unit(Text("承办单位", "unit in charge"))


class MeetingForm(forms.Form):
    """A meeting."""

    title = words(Text("会议", "meeting"))
    held_on = day(Text("日期", "on"))
    group = unit(Text("小组（办公室）", "group's office"), required=False)


class DecideForm(forms.Form):
    """A decision."""

    words = words(Text("决议", "decision"), long=True, most=1000)
    organisation = unit(Text("落实单位", "unit"))
    due_on = day(Text("期限", "by"), required=False)


class PeriodForm(forms.Form):
    """A month to report on."""

    group = unit(Text("小组（办公室）", "group's office"))
    year = number(Text("年", "year"), 2000, 2100)
    month = number(Text("月", "month"), 1, 12)


class ReportForm(forms.Form):
    """A unit's report."""

    done = words(Text("本期进展", "done"), long=True, most=5000)
    next_steps = words(Text("下步安排", "next"), long=True, required=False, most=5000)
    problems = words(Text("困难和问题", "difficulties"), long=True, required=False, most=5000)
    file = one_file()


def _weights_form() -> type[forms.Form]:
    fields = {name: number(label, 0, 100) for name, label in scores.PARTS.items()}
    return type("WeightsForm", (forms.Form,), fields)


@page()
@require_http_methods(["GET", "POST"])
def scoreboard(request: HttpRequest) -> HttpResponseBase:
    """How units score, by the weights that hold."""
    held = scores.weights()
    board = scores.scoreboard(act_of(request).day, accepted_by_area())
    rows = [
        {
            "score": one,
            "cells": [
                (scores.decimal(one.parts[name][0] * 100), one.parts[name][1]) if name in one.parts else None
                for name in scores.PARTS
            ],
        }
        for one in board
    ]
    set_weights = Deed(
        "weights", Text("设定权重", "set the weights"), scores.set_weights, _weights_form(), held, OFFICE, scope.top()
    )
    columns = [(label, held.get(name, 0)) for name, label in scores.PARTS.items()]
    context = {"rows": rows, "columns": columns, "by_category": _by_category()}
    return answer(request, "work/scores.html", context, [set_weights], "/scores/")


def _by_category() -> list[dict[str, Any]]:
    return [{"words": CATEGORIES[one.category], "row": one} for one in problems.by_category() if one.raised]


@page()
@require_http_methods(["GET", "POST"])
def problem_list(request: HttpRequest) -> HttpResponseBase:
    """Problems by age; raising one; the day's escalation."""
    today = act_of(request).day
    found = Problem.objects.select_related("owner").prefetch_related("owner__names")
    if request.GET.get("state", "open") == "open":
        found = found.exclude(state="closed")
    if (wanted := request.GET.get("category", "")) in CATEGORIES:
        found = found.filter(category=wanted)
    shown = paged(found, request)
    rows = [
        {
            "problem": one,
            "category": CATEGORIES[one.category],
            "state": PROBLEM.states[one.state],
            "age": problems.age(one, today),
            "level": LEVELS[one.level],
            "due": one.state in ("raised", "working") and problems.level_due(one, today) > one.level,
        }
        for one in shown
    ]
    deeds = [
        Deed("raise", Text("提出难题", "raise a problem"), _raise, RaiseForm, roles=AT_WORK),
        Deed(
            "escalate",
            Text("按天数提级", "escalate by age"),
            lambda act, _: problems.escalate_due(act),
            roles=CHECKERS,
            area=scope.top(),
        ),
    ]
    context = {
        "rows": rows,
        "page_of": shown,
        "categories": CATEGORIES.items(),
        "asked": request.GET,
        "by_category": _by_category(),
        "days": problems.ESCALATE_DAYS,
    }
    return answer(request, "work/problems.html", context, deeds, "/problems/")


def _raise(act: Act, given: Mapping[str, Any]) -> str:
    told = {name: value for name, value in given.items() if name != "file"}
    return f"/problems/{problems.raise_problem(act, **told, files=files_of(given)).pk}"


@page()
@require_http_methods(["GET", "POST"])
def problem(request: HttpRequest, problem_id: int) -> HttpResponseBase:
    """One problem."""
    one = get_object_or_404(Problem.objects.select_related("owner", "raised_by"), pk=problem_id)
    act = act_of(request)
    context = {
        "problem": one,
        "category": CATEGORIES[one.category],
        "state": PROBLEM.states[one.state],
        "level": LEVELS[one.level],
        "age": problems.age(one, act.day),
        "files": files_of_subjects([one.subject]).get(one.subject, []),
        "acts": happened(one.subject, PROBLEM),
    }
    moves = steps(PROBLEM, act, one, lambda act, name, why: problems.step(act, one, name, reason=why))
    take = Deed(
        "take",
        Text("交办", "hand to a unit"),
        lambda act, given: problems.take(act, one, given["owner"]),
        OwnerForm,
        roles=CHECKERS if one.state in ("raised", "working") else (),
        area=one.area_code,
    )
    others = [deed for deed in moves if deed.name != "step-take"]
    return answer(request, "work/problem.html", context, [*others, take], f"/problems/{one.pk}")


@page()
@require_http_methods(["GET", "POST"])
def meeting_list(request: HttpRequest) -> HttpResponseBase:
    """Meetings and the agenda of open decisions."""
    today = act_of(request).day
    plan = Deed("plan", Text("安排会议", "set a meeting"), _plan, MeetingForm, roles=OFFICE, area=scope.top())
    rows = [(one, MEETING.states[one.state]) for one in Meeting.objects.all()[:100]]
    agenda = [
        {"decision": one, "state": DECISION.states[one.state], "overdue": meetings.overdue(one, today)}
        for one in meetings.agenda()
    ]
    context = {"rows": rows, "agenda": agenda, "warning": meetings.meeting_missing(today)}
    return answer(request, "work/meetings.html", context, [plan], "/meetings/")


def _plan(act: Act, given: Mapping[str, Any]) -> str:
    return f"/meetings/{meetings.plan(act, **given, area=scope.top()).pk}"


@page()
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponseBase:
    """One meeting with its decisions."""
    one = get_object_or_404(Meeting, pk=meeting_id)
    act = act_of(request)
    decisions = list(one.decisions.select_related("organisation").prefetch_related("organisation__names"))
    context = {
        "meeting": one,
        "state": MEETING.states[one.state],
        "decisions": [
            {
                "decision": decision,
                "state": DECISION.states[decision.state],
                "overdue": meetings.overdue(decision, act.day),
                "address": f"/decisions/{decision.pk}",
            }
            for decision in decisions
        ],
        "acts": happened(one.subject, MEETING),
    }
    decide = Deed(
        "decide",
        Text("登记决议", "enter a decision"),
        lambda act, given: meetings.decide(act, one, **given),
        DecideForm,
        roles=OFFICE if one.state == "held" else (),
        area=one.area_code,
    )
    moves = steps(MEETING, act, one, lambda act, name, why: meetings.step(act, one, name, reason=why))
    return answer(request, "work/meeting.html", context, [*moves, decide], f"/meetings/{one.pk}")


@page()
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, decision_id: int) -> HttpResponseBase:
    """One decision driven to its end."""
    one = get_object_or_404(Decision.objects.select_related("meeting", "organisation"), pk=decision_id)
    act = act_of(request)
    context = {
        "decision": one,
        "state": DECISION.states[one.state],
        "overdue": meetings.overdue(one, act.day),
        "acts": happened(one.subject, DECISION),
    }
    moves = steps(DECISION, act, one, lambda act, name, why: meetings.decision_step(act, one, name, reason=why))
    return answer(request, "work/decision.html", context, moves, f"/decisions/{one.pk}")


@page()
@require_http_methods(["GET", "POST"])
def periods(request: HttpRequest) -> HttpResponseBase:
    """What member bodies are asked to report on."""
    today = act_of(request).day
    rows = [
        {"period": one, "members": len(reports.members(one)), "missing": len(reports.missing(one))}
        for one in Period.objects.select_related("group")[:60]
    ]
    ask = Deed(
        "open",
        Text("布置报送", "ask for reports"),
        lambda act, given: f"/unit-reports/{reports.open_month(act, **given).pk}",
        PeriodForm,
        {"year": today.year, "month": today.month},
        OFFICE,
        scope.top(),
    )
    return answer(request, "work/periods.html", {"rows": rows}, [ask], "/unit-reports/")


@page()
@require_http_methods(["GET", "POST"])
def period(request: HttpRequest, period_id: int) -> HttpResponseBase:
    """One period: who handed in, who is missing; one's own unit's report."""
    one = get_object_or_404(Period.objects.select_related("group"), pk=period_id)
    handed = list(one.reports.select_related("organisation").prefetch_related("organisation__names"))
    own = user_of(request).organisation
    mine = next((report for report in handed if own is not None and report.organisation_id == own.pk), None)
    deeds = []
    if own is not None and own in reports.members(one) and (mine is None or mine.state in ("draft", "returned")):
        told = {"done": mine.done, "next_steps": mine.next, "problems": mine.problems} if mine else None
        deeds.append(
            Deed(
                "write",
                Text("填写本单位进展", "write my unit's report"),
                lambda act, given: _write(act, one, {**given, "organisation": own}),
                ReportForm,
                told,
                AT_WORK,
            )
        )
    context = {
        "period": one,
        "rows": [(report, UNIT_REPORT.states[report.state]) for report in handed],
        "missing": reports.missing(one),
        "late": act_of(request).day > one.due_on,
    }
    return answer(request, "work/period.html", context, deeds, f"/unit-reports/{one.pk}")


def _write(act: Act, one: Period, given: Mapping[str, Any]) -> str:
    told = {name: given[name] for name in ("done", "next_steps", "problems")}
    made = reports.write(act, one, given["organisation"], **told, files=files_of(given))
    return f"/unit-reports/report/{made.pk}"


@page()
@require_GET
def collated(request: HttpRequest, period_id: int) -> HttpResponseBase:
    """The accepted reports as one text file."""
    one = get_object_or_404(Period, pk=period_id)
    return HttpResponse(
        reports.collated(one),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="unit-reports-{one.until}.txt"'},
    )


@page()
@require_http_methods(["GET", "POST"])
def unit_report(request: HttpRequest, report_id: int) -> HttpResponseBase:
    """One unit's report."""
    one = get_object_or_404(UnitReport.objects.select_related("period", "organisation"), pk=report_id)
    context = {
        "report": one,
        "state": UNIT_REPORT.states[one.state],
        "files": files_of_subjects([one.subject]).get(one.subject, []),
        "acts": happened(one.subject, UNIT_REPORT),
    }
    moves = steps(UNIT_REPORT, act_of(request), one, lambda act, name, why: reports.step(act, one, name, reason=why))
    return answer(request, "work/unit_report.html", context, moves, f"/unit-reports/report/{one.pk}")


urlpatterns = [
    path("scores/", scoreboard, name="scores"),
    path("problems/", problem_list, name="problems"),
    path("problems/<int:problem_id>", problem, name="problem"),
    path("meetings/", meeting_list, name="meetings"),
    path("meetings/<int:meeting_id>", meeting, name="meeting"),
    path("decisions/<int:decision_id>", decision, name="decision"),
    path("unit-reports/", periods, name="unit_reports"),
    path("unit-reports/<int:period_id>", period, name="unit_report_period"),
    path("unit-reports/<int:period_id>/collated.txt", collated, name="unit_reports_collated"),
    path("unit-reports/report/<int:report_id>", unit_report, name="unit_report"),
]
