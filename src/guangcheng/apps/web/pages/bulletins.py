"""The yearly bulletins: frozen by the office, published by a second person, open to the public."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from guangcheng.apps.web.deeds import Deed, answer, steps
from guangcheng.apps.web.fields import number, words
from guangcheng.apps.web.happened import happened
from guangcheng.apps.web.http import act_of, page, show
from guangcheng.apps.web.standings import accepted_by_area, figures_of_year
from guangcheng.base.text import Text
from guangcheng.coverage.results import Status
from guangcheng.programme.members.verbs import OFFICE
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.tasks import bulletins
from guangcheng.programme.tasks.flow import BULLETIN, CATEGORIES
from guangcheng.programme.tasks.lights import Light
from guangcheng.programme.tasks.models import Bulletin
from guangcheng.reporting.words import STATUSES


class FreezeForm(forms.Form):
    """A year to freeze."""

    year = number(Text("年份", "year"), 2000, 2100)
    reason = words(
        Text("更正理由（更正已有通报时必填）", "reason (for a correction)"), required=False, long=True, most=500
    )


@page()
@require_http_methods(["GET", "POST"])
def bulletin_list(request: HttpRequest) -> HttpResponseBase:
    """All versions of all years; freezing one."""
    rows = [(one, BULLETIN.states[one.state]) for one in Bulletin.objects.all()]
    year = {"year": act_of(request).day.year}
    freeze = Deed("freeze", Text("冻结年度通报", "freeze a year"), _freeze, FreezeForm, year, OFFICE, scope.top())
    return answer(request, "work/bulletins.html", {"rows": rows}, [freeze], "/bulletins/")


def _freeze(act: Act, given: Mapping[str, Any]) -> str:
    made = bulletins.freeze(
        act, given["year"], figures=figures_of_year(), reason=given["reason"], accepted=accepted_by_area()
    )
    return f"/bulletins/{made.pk}"


@page()
@require_http_methods(["GET", "POST"])
def bulletin(request: HttpRequest, bulletin_id: int) -> HttpResponseBase:
    """One version, with its fingerprint and receipt."""
    one = get_object_or_404(Bulletin, pk=bulletin_id)
    moves = [
        deed
        for deed in steps(BULLETIN, act_of(request), one, lambda act, _name, _why: bulletins.publish(act, one))
        if deed.name == "step-publish"
    ]
    context = {**_told(one), "acts": happened(one.subject, BULLETIN)}
    return answer(request, "work/bulletin.html", context, moves, f"/bulletins/{one.pk}")


@page(public=True)
@require_GET
def public_bulletins(request: HttpRequest) -> HttpResponseBase:
    """The published bulletins."""
    rows = Bulletin.objects.filter(state="published")
    return show(request, "work/public_bulletins.html", {"rows": rows})


@page(public=True)
@require_GET
def public_bulletin(request: HttpRequest, year: int) -> HttpResponseBase:
    """The published bulletin of a year, its newest published version."""
    one = Bulletin.objects.filter(state="published", year=year).order_by("-version").first()
    if one is None:
        raise Http404
    return show(request, "work/bulletin.html", {**_told(one), "public": True})


def _told(one: Bulletin) -> dict[str, Any]:
    content = one.content
    figures = [
        {
            "title": held["title"],
            "as_of": held["as_of"],
            "rows": [(row, STATUSES[Status(row["status"])]) for row in held["indicators"]],
        }
        for held in content["figures"].values()
    ]
    return {
        "bulletin": one,
        "state": BULLETIN.states[one.state],
        "content": content,
        "figures": figures,
        "lights": [(Light(name), count) for name, count in content["tasks"].items()],
        "problems": [(CATEGORIES[row["category"]], row) for row in content["problems"] if row["raised"]],
    }


urlpatterns = [
    path("bulletins/", bulletin_list, name="bulletins"),
    path("bulletins/<int:bulletin_id>", bulletin, name="bulletin"),
    path("public/bulletins/", public_bulletins, name="public_bulletins"),
    path("public/bulletins/<int:year>", public_bulletin, name="public_bulletin"),
]
