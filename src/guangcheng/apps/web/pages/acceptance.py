"""Acceptance: the list of cases, one case with its steps, visits, objections; demonstration sites."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcheng.apps.web import acceptance as office
from guangcheng.apps.web import fields, results
from guangcheng.apps.web.flows import FLOWS
from guangcheng.apps.web.happened import files_of_subjects
from guangcheng.apps.web.http import act_of, kept_file, lang_of, page, paged, say_done, say_refused, show, user_of
from guangcheng.base.errors import GuangchengError, NotFound
from guangcheng.base.text import Text
from guangcheng.programme.acceptance import cases, sites
from guangcheng.programme.acceptance.flow import ACCEPTANCE, DEMO_SITES, SITE_KINDS
from guangcheng.programme.acceptance.models import Case, DemoSite, SampleItem
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import scope_of
from guangcheng.programme.platform.models import Attachment, LedgerEntry, User
from guangcheng.programme.platform.roles import EVERYBODY, Role
from guangcheng.programme.platform.workflow import table_rows
from guangcheng.reporting.words import VERDICTS

STAFF = (Role.REPORTER, Role.REVIEWER, Role.APPROVER, Role.INSPECTOR, Role.VIEWER, Role.ADMINISTRATOR)


class OpenForm(forms.Form):
    """A self-check of a place by a standard."""

    area = fields.words(Text("区域代码或小区编号", "area's code or estate's id"), most=64)
    standard = fields.words(Text("标准", "standard"), most=80)


def seen_by(user: User) -> QuerySet[Case]:
    """The cases of the areas a person may look at, by any role they have there."""
    areas = scope_of(user, EVERYBODY)
    return Case.objects.all() if areas is None else Case.objects.filter(area_code__in=areas)


def case_of(user: User, pk: int) -> Case:
    """The case, if the person may look at it; else as if there were none."""
    case = seen_by(user).filter(pk=pk).first()
    if case is None:
        raise NotFound(
            Text(f"没有验收事项 {pk}", f"there is no case {pk}"),
            mend=Text("从验收列表进入", "choose one from the list"),
        )
    return case


@page(*STAFF)
@require_http_methods(["GET", "POST"])
def acceptance(request: HttpRequest) -> HttpResponseBase:
    """The cases one may see; a new self-check."""
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        area, standard = form.cleaned_data["area"].split()[0], form.cleaned_data["standard"]
        case = office.open_case(act_of(request), standard, area)
        say_done(request, Text("自查结果已留存", "the self-check is kept"))
        return redirect("acceptance_case", pk=case.pk)
    today = act_of(request).day
    context = {
        "cases": paged([_row(case, today) for case in seen_by(user_of(request)).prefetch_related("rechecks")], request),
        "standards": [(name, name) for name in results.standards_in_force()],
        "areas": fields.area_hints(),
        "states": ACCEPTANCE.states,
        "form": form,
        "nothing": Text("还没有验收事项", "No case yet"),
    }
    return show(request, "acceptance/list.html", context, status=422 if form.is_bound and form.errors else 200)


def _row(case: Case, today: dt.date) -> dict[str, Any]:
    due = case.recheck_due
    return {
        "case": case,
        "state": ACCEPTANCE.states[case.state],
        "verdict": case.evidence.get("verdict", "no_data"),
        "recheck_due": due,
        "recheck_late": due is not None and due < today,
    }


@page(*STAFF)
@require_GET
def case_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One case: the evidence, what has been done, what can be done now."""
    case = case_of(user_of(request), pk)
    act = act_of(request)
    entries = LedgerEntry.objects.filter(subject=case.subject)
    context = {
        "case": case,
        "state": ACCEPTANCE.states[case.state],
        "verdict_word": VERDICTS_BY_VALUE.get(case.evidence.get("verdict", ""), Text("—", "—")),
        "evidence": case.evidence,
        "steps": ACCEPTANCE.open_to(act, case),
        "sample": sample_of(case),
        "objections": list(case.objections.all()),
        "rechecks": list(case.rechecks.all()),
        "events": [_event(entry) for entry in entries],
        "crumbs": [(Text("验收", "Acceptance"), reverse("acceptance")), (case.area_name, None)],
        "may_visit": case.state == "on_site",
    }
    return show(request, "acceptance/case.html", context)


def sample_of(case: Case) -> list[tuple[SampleItem, list[Attachment]]]:
    """The premises of the sample, each with the photographs taken there."""
    items = list(case.sample.all())
    photos = files_of_subjects(item.subject for item in items)
    return [(item, photos.get(item.subject, [])) for item in items]


VERDICTS_BY_VALUE = {verdict.value: words for verdict, words in VERDICTS.items()}


def _event(entry: LedgerEntry) -> dict[str, Any]:
    verb = entry.verb.partition(".")[2]
    step = ACCEPTANCE.by_name.get(verb)
    words = step.label if step else _OTHER.get(verb, Text(entry.verb, entry.verb))
    facts = ledger.facts_of(entry)
    return {
        "words": words,
        "at": entry.at.astimezone().strftime("%Y-%m-%d %H:%M"),
        "who": entry.actor,
        "note": facts.get("reason", ""),
        "receipt": (entry.seq, entry.hash),
        "state": "done",
    }


_OTHER = {
    "open": Text("自查", "self-check"),
    "sample": Text("样本与随机种子", "the sample and its seed"),
    "visit": Text("现场查看一处", "one premises visited"),
    "objection": Text("收到异议", "objection received"),
    "answer": Text("答复异议", "objection answered"),
    "check_again": Text("年度复核", "yearly re-check"),
}

STEPS = frozenset(step.name for step in ACCEPTANCE.transitions)


def _given(request: HttpRequest) -> office.Given:
    size = request.POST.get("size", "")
    return office.Given(
        reason=_reason(request),
        size=int(size) if size.isascii() and size.isdigit() else None,
        place=request.POST.get("place", ""),
    )


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


@page(*STAFF)
@require_POST
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Take one step of the table; a refusal comes back as a message on the case."""
    case = case_of(user_of(request), pk)
    if name not in STEPS:
        raise NotFound(Text("没有这一步", "there is no such step"), mend=Text("从页面操作", "use the page's buttons"))
    return _told(request, case, lambda: office.take_step(act_of(request), case, name, _given(request)))


def _told(request: HttpRequest, case: Case, doing: Callable[[], object]) -> HttpResponseBase:
    try:
        doing()
    except GuangchengError as error:
        say_refused(request, error)
    else:
        say_done(request, Text("已办理，记录在案", "done and recorded"))
    return redirect("acceptance_case", pk=case.pk)


@page(Role.REVIEWER, Role.INSPECTOR)
@require_POST
def visit(request: HttpRequest, pk: int, item: int) -> HttpResponseBase:
    """Note what was found at one premises."""
    case = case_of(user_of(request), pk)
    found, note = request.POST.get("found", ""), request.POST.get("note", "")
    photos = [(one.name or "", one.read()) for one in request.FILES.getlist("photo")]
    return _told(request, case, lambda: cases.visited(act_of(request), pk, item, found=found, note=note, photos=photos))


@page(*STAFF)
@require_GET
def photo(request: HttpRequest, pk: int, item: int, photo: int) -> HttpResponseBase:
    """A photograph of a visit, for who may look at the case."""
    return kept_file(photo_of(case_of(user_of(request), pk), item, photo))


def photo_of(case: Case, item: int, photo: int) -> Attachment:
    """A photograph of the case's sample; ``NotFound`` for any other file."""
    one = case.sample.filter(pk=item).first()
    found = one.photos.filter(pk=photo).first() if one is not None else None
    if found is None:
        raise NotFound(Text("没有这张照片", "there is no such photograph"), mend=Text("从事项页打开", "open the case"))
    return found


@page(Role.REVIEWER)
@require_POST
def reply(request: HttpRequest, pk: int, objection: int) -> HttpResponseBase:
    """Answer an objection."""
    case = case_of(user_of(request), pk)
    text = request.POST.get("answer", "")
    return _told(request, case, lambda: cases.answer(act_of(request), pk, objection, text=text))


@page(Role.REVIEWER, Role.INSPECTOR)
@require_POST
def check_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The yearly re-check by the figures of today."""
    case = case_of(user_of(request), pk)
    told, _ = office.evidence(case.standard, case.place_code)
    return _told(request, case, lambda: cases.check_again(act_of(request), pk, evidence=told))


@page(*STAFF)
@require_GET
def plaque(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The plaque's sheet, to print: number, place, standard, receipt."""
    case = case_of(user_of(request), pk)
    entry = LedgerEntry.objects.filter(subject=case.subject, verb="acceptance.award").first()
    if entry is None:
        raise NotFound(Text("还没有授牌", "no plaque was awarded"), mend=Text("先走完流程", "finish the steps first"))
    address = request.build_absolute_uri(reverse("public_plaque", args=[case.plaque_number]))
    receipt = ledger.Anchor(entry.seq, entry.hash)
    context = {"case": case, "receipt": receipt, "address": address, "lang": lang_of(request)}
    return show(request, "acceptance/plaque.html", context)


@page(*STAFF)
@require_GET
def flow(request: HttpRequest) -> HttpResponseBase:
    """The tables of steps of every workflow, as the code has them."""
    return show(request, "acceptance/flow.html", {"flows": [(one, list(table_rows(one))) for one in FLOWS]})


class SiteForm(forms.Form):
    """A demonstration site."""

    name = fields.words(Text("名称", "name"), most=120)
    kind = fields.code(Text("类型", "kind"), SITE_KINDS)
    area = fields.words(Text("区域代码", "area's code"), most=64)
    note = fields.words(Text("说明", "note"), required=False, most=500)


@page(*STAFF)
@require_http_methods(["GET", "POST"])
def demo_sites(request: HttpRequest) -> HttpResponseBase:
    """Demonstration sites with their counts; propose one."""
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        area = given["area"].split()[0]
        sites.propose(act_of(request), name=given["name"], kind=given["kind"], area=area, note=given["note"])
        say_done(request, Text("已登记", "entered"))
        return redirect("demo_sites")
    act = act_of(request)
    rows = [
        {
            "site": site,
            "kind": SITE_KINDS[site.kind],
            "state": DEMO_SITES.states[site.state],
            "steps": DEMO_SITES.open_to(act, site),
        }
        for site in DemoSite.objects.all()
    ]
    context = {
        "rows": paged(rows, request),
        "kinds": list(SITE_KINDS.items()),
        "counts": [(SITE_KINDS[kind], n) for kind, n in sorted(sites.counts(scope.top()).items())],
        "areas": fields.area_hints(),
        "form": form,
    }
    return show(request, "acceptance/sites.html", context, status=422 if form.is_bound and form.errors else 200)


@page(*STAFF)
@require_POST
def move_site(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Take a step with a demonstration site."""
    sites.move(act_of(request), pk, name, reason=_reason(request))
    say_done(request, Text("已办理", "done"))
    return redirect("demo_sites")


urlpatterns = [
    path("acceptance/", acceptance, name="acceptance"),
    path("acceptance/flow", flow, name="acceptance_flow"),
    path("acceptance/<int:pk>/", case_page, name="acceptance_case"),
    path("acceptance/<int:pk>/plaque", plaque, name="plaque"),
    path("acceptance/<int:pk>/check-again", check_again, name="check_again"),
    path("acceptance/<int:pk>/sample/<int:item>", visit, name="visit"),
    path("acceptance/<int:pk>/sample/<int:item>/photos/<int:photo>", photo, name="visit_photo"),
    path("acceptance/<int:pk>/objections/<int:objection>", reply, name="reply"),
    path("acceptance/<int:pk>/<slug:name>", step, name="acceptance_step"),
    path("demo-sites/", demo_sites, name="demo_sites"),
    path("demo-sites/<int:pk>/<slug:name>", move_site, name="move_site"),
]
