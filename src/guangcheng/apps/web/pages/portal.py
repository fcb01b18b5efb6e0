"""The public portal: coverage by area, plaques, published reports, “can I get fibre here”, objections."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from guangcheng.apps import bootstrap
from guangcheng.apps.web import public, results
from guangcheng.apps.web.http import kept_file, now, page, paged, say_done, show
from guangcheng.apps.web.limiter import limit
from guangcheng.apps.web.pages.account import address_of
from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text
from guangcheng.programme.acceptance import cases
from guangcheng.programme.acceptance.models import Case
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import CHINA
from guangcheng.programme.platform.models import LedgerEntry
from guangcheng.reporting.words import LEVELS

OBJECTIONS_PER_HOUR = 5


def _standard() -> str:
    names = results.standards_in_force()
    if not names:
        raise Http404
    return names[0]


@page(public=True)
@require_GET
def portal(request: HttpRequest) -> HttpResponseBase:
    """The public's front page."""
    rows = public.coverage(_standard())
    context = {
        "rows": paged(rows, request, 60),
        "standard": results.looked(_standard()).standard,
        "as_of": results.looked(_standard()).evaluation.as_of,
        "plaques": Case.objects.filter(state__in=("awarded", "noticed_only", "withdrawn")).order_by("-awarded_on")[:50],
        "notices": Case.objects.filter(state="notice"),
        "reports": Report.objects.filter(published=True)[:24],
    }
    return show(request, "portal/home.html", context)


@page(public=True)
@require_GET
def ask(request: HttpRequest) -> HttpResponseBase:
    """Whether a named estate or premises has fibre; never for a point on the map."""
    words, wrong, found = request.GET.get("q", ""), None, []
    if words:
        limit("ask", address_of(request))
        try:
            found = public.search(_standard(), words)
        except UsageError as error:
            wrong = error
    awarded = Case.objects.filter(state="awarded", place_code__in=[one.code for one in found])
    plaques = dict(awarded.values_list("place_code", "plaque_number"))
    rows = [{"answer": one, "word": public.STATES[one.state], "plaque": plaques.get(one.code)} for one in found]
    context = {"q": words, "rows": rows, "wrong": wrong, "most": public.MOST_FOUND}
    return show(request, "portal/ask.html", context, status=400 if wrong else 200)


@page(public=True)
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A public notice, and the form for an objection; nothing about the person is asked or kept."""
    case = get_object_or_404(Case, pk=pk, state__in=("notice", "unopposed", "awarded", "noticed_only"))
    if request.method == "POST":
        limit("object", address_of(request), most=OBJECTIONS_PER_HOUR)
        at = now()
        cases.object_to(at, at.astimezone(CHINA).date(), pk, text=request.POST.get("text", ""))
        say_done(request, Text("异议已收到", "your objection is received"))
        return redirect("notice", pk=pk)
    return show(request, "portal/notice.html", {"case": case})


@page(public=True)
@require_GET
def plaque(request: HttpRequest, number: str) -> HttpResponseBase:
    """What a plaque certifies, by the number on it; a withdrawn one says so. No count and no premises is shown."""
    case = get_object_or_404(Case, plaque_number=number, state__in=("awarded", "withdrawn"))
    entry = get_object_or_404(LedgerEntry, subject=case.subject, verb="acceptance.award")
    context = {
        "case": case,
        "standard": bootstrap.standard_of(scope.the_city(), case.standard),
        "level": LEVELS.get(case.level, Text(case.level, case.level)),
        "as_of": dt.date.fromisoformat(case.evidence["as_of"]),
        "rechecks": case.rechecks.all(),
        "receipt": ledger.Anchor(entry.seq, entry.hash),
    }
    return show(request, "portal/plaque.html", context)


@page(public=True)
@require_GET
def published(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of a published report."""
    report = get_object_or_404(Report, pk=pk, published=True)
    return kept_file(get_object_or_404(report.files, pk=file))


urlpatterns = [
    path("public/", portal, name="portal"),
    path("public/ask", ask, name="ask"),
    path("public/plaques/<slug:number>", plaque, name="public_plaque"),
    path("public/notices/<int:pk>", notice, name="notice"),
    path("public/reports/<int:pk>/files/<int:file>", published, name="published_file"),
]
