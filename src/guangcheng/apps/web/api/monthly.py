"""Submissions and the monthly report: what the pages do, for programs."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web import monthly as office
from guangcheng.apps.web.api.door import Receipt, api_act, scope
from guangcheng.apps.web.http import kept_file
from guangcheng.apps.web.mail import sender
from guangcheng.apps.web.pages.monthly import seen_by, submission_of
from guangcheng.programme.monthly import verbs as reports
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import attachments
from guangcheng.programme.submissions import verbs
from guangcheng.programme.submissions.models import Submission

router = Router()


class SubmissionOut(Schema):
    """A submission with its findings."""

    id: int
    month: str
    register_name: str
    organisation: str
    version: int
    state: str
    reason: str
    findings: list[dict[str, Any]]

    @staticmethod
    def resolve_register_name(one: Submission) -> str:
        """The register's name."""
        return one.register

    @staticmethod
    def resolve_organisation(one: Submission) -> str:
        """The body's code."""
        return one.organisation.code


class Why(Schema):
    """A reason."""

    reason: str


class MonthIn(Schema):
    """A month, such as 2026-02."""

    month: str


class Missing(Schema):
    """Who owes what."""

    organisation: str
    register_name: str


class FreezeIn(Schema):
    """A month to freeze; ``why`` for a correction."""

    month: str
    standard: str
    why: str = ""


class ReportOut(Schema):
    """A frozen report."""

    id: int
    month: str
    standard: str
    version: int
    why: str
    frozen_at: dt.datetime
    head_seq: int
    head_hash: str
    published: bool
    files: list[dict[str, Any]]

    @staticmethod
    def resolve_files(one: Report) -> list[dict[str, Any]]:
        """Its files with their hashes."""
        return [{"id": file.pk, "name": file.name, "digest": file.digest} for file in one.files.all()]


class RecipientIn(Schema):
    """Who has it."""

    recipient: str


@router.get("/submissions", response=list[SubmissionOut])
@paginate(LimitOffsetPagination)
def submissions(request: HttpRequest) -> Any:
    """The submissions one may see."""
    return seen_by(api_act(request).user)


@router.post("/submissions", response={201: SubmissionOut}, auth=scope("act"))
def hand_in(
    request: HttpRequest,
    month: Form[str],
    register_name: Form[str],
    operator: Form[str],
    file: File[UploadedFile],
) -> Any:
    """Hand in a month's file; its findings are in the answer."""
    one = verbs.hand_in(
        api_act(request),
        month=month,
        register=register_name,
        operator=operator,
        name=attachments.safe_name(file.name or ""),
        content=file.read(attachments.LARGEST + 1),
    )
    return Status(201, one)


@router.get("/submissions/missing", response=list[Missing])
def missing(request: HttpRequest, month: str) -> Any:
    """Who has not handed in a month."""
    api_act(request)
    return [{"organisation": body.code, "register_name": register} for body, register in verbs.missing(month)]


@router.post("/submissions/remind", response=dict[str, int], auth=scope("act"))
def remind(request: HttpRequest, body: MonthIn) -> Any:
    """Remind who has not handed in a month; on one day nobody is reminded twice."""
    return {"reminded": len(verbs.remind(api_act(request), month=body.month, send=sender()))}


@router.get("/submissions/{pk}", response=SubmissionOut)
def submission(request: HttpRequest, pk: int) -> Any:
    """One submission."""
    return submission_of(api_act(request).user, pk)


@router.post("/submissions/{pk}/submit", response=Receipt, auth=scope("act"))
def submit(request: HttpRequest, pk: int) -> Any:
    """Submit a draft."""
    act = api_act(request)
    return verbs.submit(act, submission_of(act.user, pk).pk)


@router.post("/submissions/{pk}/accept", response=Receipt, auth=scope("act"))
def accept(request: HttpRequest, pk: int) -> Any:
    """Accept it into the register."""
    act = api_act(request)
    return verbs.accept(act, submission_of(act.user, pk).pk)[1]


@router.post("/submissions/{pk}/return", response=Receipt, auth=scope("act"))
def send_back(request: HttpRequest, pk: int, body: Why) -> Any:
    """Return it with the reason."""
    act = api_act(request)
    return verbs.send_back(act, submission_of(act.user, pk).pk, reason=body.reason)


@router.get("/reports", response=list[ReportOut])
@paginate(LimitOffsetPagination)
def list_reports(request: HttpRequest) -> Any:
    """The frozen reports."""
    api_act(request)
    return Report.objects.all()


@router.post("/reports", response={201: ReportOut}, auth=scope("act"))
def freeze(request: HttpRequest, body: FreezeIn) -> Any:
    """Make and freeze a month's report."""
    return Status(201, office.freeze(api_act(request), month=body.month, standard=body.standard, why=body.why)[0])


@router.get("/reports/{pk}/files/{file}")
def report_file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """One file of a frozen report."""
    api_act(request)
    return kept_file(get_object_or_404(reports.report_of(pk).files, pk=file))


@router.post("/reports/{pk}/receipts", response=Receipt, auth=scope("act"))
def receive(request: HttpRequest, pk: int, body: RecipientIn) -> Any:
    """Note a recipient's receipt."""
    return reports.receive(api_act(request), pk, recipient=body.recipient)[1]


@router.post("/reports/{pk}/publish", response=Receipt, auth=scope("act"))
def publish(request: HttpRequest, pk: int) -> Any:
    """Show a version on the public portal."""
    return reports.publish(api_act(request), pk)
