"""Groups, their member bodies, one liaison each, licences; the working calendar."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from guangcheng.apps import bootstrap
from guangcheng.apps.web.deeds import Deed, answer
from guangcheng.apps.web.fields import day, number, unit, words
from guangcheng.apps.web.http import act_of, page, show
from guangcheng.base.errors import OutsideKnowledge
from guangcheng.base.text import Text
from guangcheng.programme.members import verbs
from guangcheng.programme.members.models import Liaison, Licence, Member
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import User


class JoinForm(forms.Form):
    """A body joins a group."""

    group = unit(Text("领导（协调）小组办公室", "group's office"))
    organisation = unit(Text("成员单位", "member body"))
    since = day(Text("自", "since"), required=False)


class LeaveForm(forms.Form):
    """A body leaves."""

    member = forms.ModelChoiceField(
        Member.objects.filter(until=None),
        label=Text("成员单位", "member body"),  # type: ignore[arg-type]
        empty_label="—",
    )


class LiaisonForm(forms.Form):
    """The liaison of a body."""

    organisation = unit(Text("单位", "body"))
    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True, organisation__isnull=False),
        label=Text("联络员账户（岗位）", "liaison's account (post)"),  # type: ignore[arg-type]
        to_field_name="username",
        empty_label="—",
    )


class LicenceForm(forms.Form):
    """A licence."""

    organisation = unit(Text("企业", "enterprise"))
    kind = words(Text("许可证名称", "licence"), most=80)
    number = words(Text("编号", "number"), most=60)
    valid_to = day(Text("有效期至", "valid to"))


class CountForm(forms.Form):
    """Working days counted from a day."""

    start = day(Text("起算日", "from"))
    days = number(Text("工作日数", "working days"), 0, 400)


@page()
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest) -> HttpResponseBase:
    """The directory and what it lacks."""
    live = Member.objects.filter(until=None).select_related("group", "organisation")
    held = {one.organisation_id: one.user for one in Liaison.objects.filter(until=None).select_related("user")}
    rows = [
        {"member": one, "liaison": held.get(one.organisation_id)}
        for one in live.prefetch_related("group__names", "organisation__names")
    ]
    today = act_of(request).day
    licences = [(one, one.valid_on(today)) for one in Licence.objects.select_related("organisation")]
    context = {"rows": rows, "gaps": verbs.gaps(today), "licences": licences}
    return answer(request, "work/members.html", context, _deeds(), "/members/")


def _deeds() -> list[Deed]:
    top = scope.top()
    return [
        Deed("join", Text("登记成员单位", "enter a member body"), _join, JoinForm, roles=verbs.OFFICE, area=top),
        Deed("liaison", Text("指定联络员", "name the liaison"), _liaison, LiaisonForm, roles=verbs.OFFICE, area=top),
        Deed("licence", Text("登记许可证", "enter a licence"), _licence, LicenceForm, roles=verbs.OFFICE, area=top),
        Deed(
            "leave",
            Text("退出", "leave"),
            lambda act, given: verbs.leave(act, given["member"]),
            LeaveForm,
            roles=verbs.OFFICE,
            area=top,
        ),
    ]


def _join(act: Act, given: Mapping[str, Any]) -> None:
    verbs.join(act, given["group"], given["organisation"], since=given["since"])


def _liaison(act: Act, given: Mapping[str, Any]) -> None:
    verbs.name_liaison(act, given["organisation"], given["user"])


def _licence(act: Act, given: Mapping[str, Any]) -> None:
    named = {name: given[name] for name in ("kind", "number", "valid_to")}
    verbs.enter_licence(act, given["organisation"], **named)


@page()
@require_GET
def working_days(request: HttpRequest) -> HttpResponseBase:
    """A year's working days, and the day some working days after another."""
    calendar = bootstrap.calendar_of(scope.the_city())
    years = sorted(calendar.years)
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdigit() and int(wanted) in years else _nearest(years, act_of(request).day.year)
    form = CountForm(request.GET if "start" in request.GET else None)
    due, fault = None, None
    if form.is_bound and form.is_valid():
        try:
            due = calendar.add_working_days(form.cleaned_data["start"], form.cleaned_data["days"])
        except OutsideKnowledge as error:
            fault = error
    context = {
        "years": years,
        "year": year,
        "months": [_month(calendar.is_working_day, year, month) for month in range(1, 13)],
        "form": form,
        "due": due,
        "fault": fault,
    }
    return show(request, "work/workdays.html", context)


def _nearest(years: list[int], year: int) -> int:
    return min(years, key=lambda one: abs(one - year))


def _month(working: Any, year: int, month: int) -> dict[str, Any]:
    first = dt.date(year, month, 1)
    length = ((first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - first).days
    days = [first + dt.timedelta(days=step) for step in range(length)]
    off = [one for one in days if not working(one) and one.weekday() < 5]
    make_up = [one for one in days if working(one) and one.weekday() >= 5]
    return {"month": month, "working": sum(map(working, days)), "off": off, "make_up": make_up}


urlpatterns = [
    path("members/", members, name="members"),
    path("workdays/", working_days, name="workdays"),
]
