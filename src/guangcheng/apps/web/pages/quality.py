"""The quality of the data: what the rules find in the registers as they stand, and what people decided about it."""

import hashlib
from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from guangcheng.apps.web import results
from guangcheng.apps.web.http import act_of, page, paged, say_done, say_refused, show, user_of
from guangcheng.apps.web.pages.figures import asked_day
from guangcheng.base.errors import GuangchengError
from guangcheng.base.text import Text
from guangcheng.coverage.results import DataGap
from guangcheng.programme.desk import loads
from guangcheng.programme.desk.flow import DECISIONS
from guangcheng.programme.desk.models import FindingReview
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import roles_in
from guangcheng.programme.platform.roles import Role
from guangcheng.registers.audit import Audit
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.rulebook import rules
from guangcheng.registers.schema import schemas
from guangcheng.reporting.words import GAP_KINDS

FINDINGS = 25
LOOKS = {Severity.ERROR: "fail", Severity.WARNING: "behind", Severity.NOTE: "not_applicable"}


SEALED = ("access_points", "wireless_sites")
"""Registers whose findings may tell where a facility stands: only for those who work on the data of the whole city."""
MAY_SEE_SEALED = frozenset({Role.REVIEWER, Role.INSPECTOR, Role.ADMINISTRATOR, Role.REPORTER})


def visible(audits: tuple[Audit, ...], held: frozenset[Role]) -> tuple[Audit, ...]:
    """The audits somebody with these roles for the whole city may read; of sealed registers nothing else."""
    return tuple(one for one in audits if one.register not in SEALED or held & MAY_SEE_SEALED)


def key_of(register: str, fault: Fault) -> str:
    """A name for a finding that stays while the row says the same."""
    where = fault.where
    parts = (register, fault.rule, where.field or "", where.column or "", fault.value)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@page()
@require_GET
def quality(request: HttpRequest) -> HttpResponseBase:
    """Findings by register and rule, with their reviews; what the evaluation could not know."""
    day = asked_day(request)
    audits = visible(results.audits(day), _roles_here(request))
    register, rule = request.GET.get("register", ""), request.GET.get("rule", "")
    findings = [
        (audit.register, fault)
        for audit in audits
        if register in ("", audit.register)
        for fault in audit.faults
        if rule in ("", fault.rule)
    ]
    shown = paged(findings, request, FINDINGS)
    gaps = _gaps(request)
    context = {
        "audits": [
            {"audit": audit, "title": schemas()[audit.register].title, "counts": _counts(audit.faults)}
            for audit in audits
        ],
        "rules": [(name, rules()[name].title, n) for name, n in sorted(Counter(f.rule for _, f in findings).items())],
        "register": register,
        "rule": rule,
        "findings": shown,
        "rows": _rows(shown.object_list),
        "decisions": DECISIONS.items(),
        "gaps": gaps[:FINDINGS],
        "gap_count": len(gaps),
        "may_review": Role.REVIEWER in _roles_here(request),
        "standard": next(iter(results.standards_in_force()), ""),
    }
    return show(request, "quality/list.html", context)


def _roles_here(request: HttpRequest) -> frozenset[Role]:
    return roles_in(user_of(request), scope.top())


def _counts(faults: tuple[Fault, ...]) -> list[tuple[str, str, int]]:
    found = Counter(fault.severity for fault in faults)
    return [(severity.value, LOOKS[severity], found[severity]) for severity in Severity if found[severity]]


def _rows(findings: list[tuple[str, Fault]]) -> list[dict[str, Any]]:
    keys = [key_of(register, fault) for register, fault in findings]
    reviews: dict[str, FindingReview] = {}
    for review in FindingReview.objects.filter(finding__in=keys).select_related("by").order_by("pk"):
        reviews[review.finding] = review
    rows = []
    for key, (register, fault) in zip(keys, findings, strict=True):
        review_of = reviews.get(key)
        rows.append(
            {
                "key": key,
                "register": register,
                "title": schemas()[register].title,
                "fault": fault,
                "look": LOOKS[fault.severity],
                "rule": rules()[fault.rule].title,
                "review": review_of,
                "decision": DECISIONS[review_of.decision] if review_of else None,
            }
        )
    return rows


def _gaps(request: HttpRequest) -> list[tuple[Text, DataGap]]:
    """What the first standard in force could not know, and where operators' claims and registers disagree."""
    standard = next(iter(results.standards_in_force()), "")
    if not standard:
        return []
    found = results.evaluation(standard, asked_day(request))
    return [(GAP_KINDS.get(gap.kind, Text(gap.kind, gap.kind)), gap) for gap in found.data_gaps]


@page(Role.REVIEWER)
@require_POST
def review(request: HttpRequest) -> HttpResponseBase:
    """Say what is to be thought of a finding."""
    posted = request.POST
    try:
        loads.review_finding(
            act_of(request),
            finding=posted.get("finding", "")[:64],
            register=posted.get("register", "")[:40],
            rule=posted.get("rule", "")[:10],
            place=posted.get("place", ""),
            decision=posted.get("decision", ""),
            note=posted.get("note", ""),
        )
    except GuangchengError as error:
        say_refused(request, error)
    else:
        say_done(request, Text("结论已登记", "the decision is entered"))
    return redirect("quality")


urlpatterns = [
    path("quality/", quality, name="quality"),
    path("quality/review", review, name="review_finding"),
]
