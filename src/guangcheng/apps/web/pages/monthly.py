"""The month: what operators hand in, who is missing, review; the monthly report."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcheng.apps.web import fields, results
from guangcheng.apps.web import monthly as office
from guangcheng.apps.web.http import act_of, held_roles, kept_file, page, paged, say_done, say_refused, show, user_of
from guangcheng.apps.web.lines import lines_of
from guangcheng.apps.web.mail import sender
from guangcheng.base.errors import GuangchengError, InputError, NotFound
from guangcheng.base.text import Text
from guangcheng.coverage.results import Status
from guangcheng.programme.monthly import verbs as reports
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import attachments
from guangcheng.programme.platform.acts import Act, roles_in
from guangcheng.programme.platform.models import LedgerEntry, User
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.submissions import checks, verbs
from guangcheng.programme.submissions.flow import SUBMISSION, TAKEN
from guangcheng.programme.submissions.models import Reminder, Submission
from guangcheng.registers.schema import schema
from guangcheng.reporting.words import STATUSES

STAFF = (Role.REPORTER, Role.REVIEWER, Role.APPROVER, Role.INSPECTOR, Role.VIEWER, Role.ADMINISTRATOR)
OVERSIGHT = {Role.REVIEWER, Role.APPROVER, Role.INSPECTOR, Role.ADMINISTRATOR}
OPERATORS = tuple(schema("subscriber_stats").field("operator").codes)


WHOLE_MONTH = f"^{checks.MONTH.pattern}$"


class HandInForm(forms.Form):
    """A month's file."""

    month = forms.RegexField(WHOLE_MONTH, label=Text("月份", "month"))  # type: ignore[arg-type]
    register = fields.code(Text("台账", "register"), TAKEN)
    operator = fields.code(Text("运营商", "operator"), OPERATORS)
    file = forms.FileField(max_length=200, label=Text("文件（XLSX 或 CSV）", "file (XLSX or CSV)"))  # type: ignore[arg-type]


def seen_by(user: User) -> Any:
    """The submissions a person may see: all for who oversees, else those of their own body."""
    found = Submission.objects.select_related("organisation", "attachment").prefetch_related("organisation__names")
    if not roles_in(user, None).isdisjoint(OVERSIGHT):
        return found
    return found.filter(organisation=user.organisation)


def submission_of(user: User, pk: int) -> Submission:
    """The submission, if the person may see it; else as if there were none."""
    found: Submission | None = seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(
            Text(f"没有报送件 {pk}", f"there is no submission {pk}"),
            mend=Text("从报送列表进入", "choose one from the list"),
        )
    return found


def _last_month(today: dt.date) -> str:
    return (today.replace(day=1) - dt.timedelta(days=1)).isoformat()[:7]


@page(*STAFF)
@require_http_methods(["GET", "POST"])
def submissions(request: HttpRequest) -> HttpResponseBase:
    """What was handed in, who is missing; hand in a file."""
    form = HandInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        one = verbs.hand_in(
            act_of(request),
            month=given["month"],
            register=given["register"],
            operator=given["operator"],
            name=attachments.safe_name(given["file"].name),
            content=given["file"].read(attachments.LARGEST + 1),
        )
        say_done(request, Text("已收下并检查", "taken and checked"))
        return redirect("submission", pk=one.pk)
    asked = request.GET.get("month", "")
    month = asked if checks.MONTH.fullmatch(asked) else _last_month(act_of(request).day)
    oversight = not held_roles(request).isdisjoint(OVERSIGHT)
    context = {
        "month": month,
        "rows": paged([_row(one) for one in seen_by(user_of(request))], request),
        "missing": [(body, schema(register).title) for body, register in verbs.missing(month)] if oversight else [],
        "reminders": Reminder.objects.filter(organisation=user_of(request).organisation)[:5],
        "oversight": oversight,
        "registers": [(name, schema(name).title) for name in TAKEN],
        "operators": [(name, schema("subscriber_stats").field("operator").word(name)) for name in OPERATORS],
        "form": form,
        "nothing": Text("还没有报送", "Nothing handed in yet"),
    }
    return show(request, "monthly/list.html", context, status=422 if form.is_bound and form.errors else 200)


def _row(one: Submission) -> dict[str, Any]:
    return {"one": one, "title": schema(one.register).title, "state": SUBMISSION.states[one.state]}


@page(*STAFF)
@require_GET
def submission(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One submission: findings line by line, steps, receipts."""
    one = submission_of(user_of(request), pk)
    context = {
        **_row(one),
        "findings": [
            {
                "one": found,
                "where": Text(found["where"], found.get("where_en", found["where"])),
                "why": Text(found["zh"], found["en"]),
                "mend": Text(found["mend_zh"], found["mend_en"]),
            }
            for found in one.findings
        ],
        "file": lines_of(one),
        "steps": [step for step in SUBMISSION.open_to(act_of(request), one) if step.name in _STEPS],
        "receipts": LedgerEntry.objects.filter(subject=one.subject),
        "crumbs": [(Text("月度报送", "Submissions"), reverse("submissions")), (f"{one.month}", None)],
    }
    return show(request, "monthly/submission.html", context)


Step = Callable[[Act, int, HttpRequest], object]
_STEPS: dict[str, Step] = {
    "submit": lambda act, pk, _: verbs.submit(act, pk),
    "accept": lambda act, pk, _: verbs.accept(act, pk),
    "send_back": lambda act, pk, request: verbs.send_back(act, pk, reason=request.POST.get("reason", "")),
}


@page(Role.REPORTER, Role.REVIEWER)
@require_POST
def submission_step(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Submit, accept or return."""
    one = submission_of(user_of(request), pk)
    if name not in _STEPS:
        raise NotFound(
            Text("没有这一步", "there is no such step"), mend=Text("用页面上的按钮", "use the page's buttons")
        )
    try:
        _STEPS[name](act_of(request), one.pk, request)
    except GuangchengError as error:
        say_refused(request, error)
    else:
        say_done(request, Text("已办理，记录在案", "done and recorded"))
    return redirect("submission", pk=one.pk)


@page(Role.REVIEWER, Role.ADMINISTRATOR)
@require_POST
def remind(request: HttpRequest) -> HttpResponseBase:
    """Remind who is missing; by e-mail too where that is set up."""
    month = request.POST.get("month", "")
    made = verbs.remind(act_of(request), month=month, send=sender())
    say_done(request, Text(f"已提醒 {len(made)} 个单位", f"{len(made)} bodies reminded"))
    return redirect(f"{reverse('submissions')}?month={month}")


@page(*STAFF)
@require_GET
def submission_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as handed in."""
    return kept_file(submission_of(user_of(request), pk).attachment)


class FreezeForm(forms.Form):
    """A month to freeze."""

    month = forms.RegexField(WHOLE_MONTH, label=Text("月份", "month"))  # type: ignore[arg-type]
    standard = fields.words(Text("标准", "standard"), most=80)
    why = fields.words(Text("更正说明", "what is corrected"), required=False, most=500)


@page(*STAFF)
@require_http_methods(["GET", "POST"])
def monthly(request: HttpRequest) -> HttpResponseBase:
    """The frozen reports; freeze a month."""
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, _ = office.freeze(act_of(request), **form.cleaned_data)
        except InputError as error:
            say_refused(request, error)
            return redirect("monthly")
        say_done(request, Text("已冻结", "frozen"))
        return redirect("report", pk=made.pk)
    context = {
        "reports": paged(Report.objects.all(), request),
        "standards": results.standards_in_force(),
        "month": _last_month(act_of(request).day),
        "form": form,
        "may_freeze": Role.REVIEWER in held_roles(request),
    }
    return show(request, "monthly/reports.html", context, status=422 if form.is_bound and form.errors else 200)


@page(*STAFF)
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One frozen report: its files, figures, receipts."""
    found = reports.report_of(pk)
    held = held_roles(request)
    context = {
        "report": found,
        "files": sorted(found.files.all(), key=lambda file: (file.name.isascii(), file.name)),
        "indicators": [
            {"one": one, "name": Text(one["name"]["zh"], one["name"]["en"]), "status": STATUSES[Status(one["status"])]}
            for one in found.facts["indicators"]
        ],
        "recipients": [
            (code, words, found.receipts.filter(recipient=code).first()) for code, words in reports.RECIPIENTS.items()
        ],
        "receipts": LedgerEntry.objects.filter(subject=found.subject),
        "may_receive": not held.isdisjoint({Role.REVIEWER, Role.INSPECTOR}),
        "may_publish": Role.APPROVER in held and not found.published,
        "crumbs": [(Text("指标月报", "Monthly reports"), reverse("monthly")), (found.month, None)],
    }
    return show(request, "monthly/report.html", context)


@page(*STAFF)
@require_GET
def report_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """One of its files, as frozen."""
    return kept_file(get_object_or_404(reports.report_of(pk).files, pk=file))


@page(Role.REVIEWER, Role.INSPECTOR)
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note a recipient's receipt."""
    reports.receive(act_of(request), pk, recipient=request.POST.get("recipient", ""))
    say_done(request, Text("回执已登记", "the receipt is noted"))
    return redirect("report", pk=pk)


@page(Role.APPROVER)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a version on the public portal."""
    reports.publish(act_of(request), pk)
    say_done(request, Text("已公开", "published"))
    return redirect("report", pk=pk)


urlpatterns = [
    path("submissions/", submissions, name="submissions"),
    path("submissions/remind", remind, name="remind_submissions"),
    path("submissions/<int:pk>/", submission, name="submission"),
    path("submissions/<int:pk>/file", submission_file, name="submission_file"),
    path("submissions/<int:pk>/<slug:name>", submission_step, name="submission_step"),
    path("monthly/", monthly, name="monthly"),
    path("monthly/<int:pk>/", report, name="report"),
    path("monthly/<int:pk>/files/<int:file>", report_file, name="report_file"),
    path("monthly/<int:pk>/receive", receive, name="receive_report"),
    path("monthly/<int:pk>/publish", publish, name="publish_report"),
]
