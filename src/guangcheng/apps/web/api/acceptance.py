"""Acceptance cases and demonstration sites: every step the pages have."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web.acceptance import Given, open_case, take_step
from guangcheng.apps.web.api.door import Receipt, api_act, scope
from guangcheng.apps.web.http import kept_file
from guangcheng.apps.web.pages.acceptance import case_of, photo_of, sample_of, seen_by
from guangcheng.programme.acceptance import cases, sites
from guangcheng.programme.acceptance.flow import ACCEPTANCE
from guangcheng.programme.acceptance.models import DemoSite

router = Router()


class OpenIn(Schema):
    """A place (an area's code or an estate's id) and the standard to check it by."""

    area: str
    standard: str
    as_of: dt.date | None = None


class CaseOut(Schema):
    """A case."""

    id: int
    area_code: str
    place_code: str
    area_name: str
    level: str
    standard: str
    state: str
    early: bool
    verdict: str
    plaque_number: str
    notice_until: dt.date | None


class CaseWhole(CaseOut):
    """A case with its evidence and what can be done now."""

    evidence: dict[str, Any]
    possible: list[str]
    sample: list[dict[str, Any]]
    objections: list[dict[str, Any]]


class StepIn(Schema):
    """What a step needs: a reason, the size of a sample, where a plaque hangs."""

    reason: str = ""
    size: int | None = None
    place: str = ""


class VisitIn(Schema):
    """What was found at one premises."""

    found: str
    note: str = ""


class AnswerIn(Schema):
    """An answer to an objection."""

    answer: str


class SiteIn(Schema):
    """A demonstration site."""

    name: str
    kind: str
    area: str
    note: str = ""


class SiteOut(Schema):
    """A demonstration site with its state."""

    id: int
    name: str
    kind: str
    area_code: str
    state: str


@router.get("/cases", response=list[CaseOut])
@paginate(LimitOffsetPagination)
def list_cases(request: HttpRequest) -> Any:
    """The cases one may see."""
    return seen_by(api_act(request).user)


@router.post("/cases", response={201: CaseOut}, auth=scope("act"))
def open_new(request: HttpRequest, body: OpenIn) -> Any:
    """Self-check a place and keep the result as a case."""
    return Status(201, open_case(api_act(request), body.standard, body.area, as_of=body.as_of))


@router.get("/cases/{pk}", response=CaseWhole)
def one_case(request: HttpRequest, pk: int) -> Any:
    """One case."""
    act = api_act(request)
    case = case_of(act.user, pk)
    more = {
        "verdict": case.verdict,
        "possible": [step.name for step in ACCEPTANCE.open_to(act, case)],
        "sample": [
            {name: getattr(one, name) for name in ("id", "premises_id", "claimed", "found", "note")}
            | {"photos": [{"id": photo.pk, "name": photo.name, "digest": photo.digest} for photo in photos]}
            for one, photos in sample_of(case)
        ],
        "objections": list(case.objections.values("id", "text", "state", "answer")),
    }
    names = (
        "id area_code place_code area_name level standard state early plaque_number notice_until evidence".split()  # noqa: SIM905
    )
    return {name: getattr(case, name) for name in names} | more


@router.post("/cases/{pk}/steps/{name}", response=Receipt, auth=scope("act"))
def step(request: HttpRequest, pk: int, name: str, body: StepIn) -> Any:
    """Take a step of the table."""
    act = api_act(request)
    return take_step(act, case_of(act.user, pk), name, Given(body.reason, body.size, body.place))


@router.post("/cases/{pk}/sample/{item}", response={204: None}, auth=scope("act"))
def visit(request: HttpRequest, pk: int, item: int, body: VisitIn) -> Any:
    """Note what was found at one premises of the sample."""
    act = api_act(request)
    cases.visited(act, case_of(act.user, pk).pk, item, found=body.found, note=body.note)
    return Status(204, None)


@router.post("/cases/{pk}/sample/{item}/photos", response={204: None}, auth=scope("act"))
def photograph(request: HttpRequest, pk: int, item: int, found: Form[str], photo: File[UploadedFile]) -> Any:
    """Note what was found at one premises of the sample, with a photograph (JPEG or PNG)."""
    act = api_act(request)
    photos = [(photo.name or "", photo.read())]
    cases.visited(act, case_of(act.user, pk).pk, item, found=found, photos=photos)
    return Status(204, None)


@router.get("/cases/{pk}/sample/{item}/photos/{photo}")
def photo(request: HttpRequest, pk: int, item: int, photo: int) -> HttpResponse:
    """A photograph of a visit."""
    return kept_file(photo_of(case_of(api_act(request).user, pk), item, photo))


@router.post("/cases/{pk}/objections/{objection}", response={204: None}, auth=scope("act"))
def answer(request: HttpRequest, pk: int, objection: int, body: AnswerIn) -> Any:
    """Answer an objection."""
    act = api_act(request)
    cases.answer(act, case_of(act.user, pk).pk, objection, text=body.answer)
    return Status(204, None)


@router.get("/sites", response=list[SiteOut])
@paginate(LimitOffsetPagination)
def list_sites(request: HttpRequest) -> Any:
    """Demonstration sites."""
    api_act(request)
    return DemoSite.objects.all()


@router.post("/sites", response={201: SiteOut}, auth=scope("act"))
def propose_site(request: HttpRequest, body: SiteIn) -> Any:
    """Enter a demonstration site."""
    made = sites.propose(api_act(request), name=body.name, kind=body.kind, area=body.area, note=body.note)
    return Status(201, made)


@router.post("/sites/{pk}/steps/{name}", response=Receipt, auth=scope("act"))
def move_site(request: HttpRequest, pk: int, name: str, body: StepIn) -> Any:
    """Take a step with a demonstration site."""
    return sites.move(api_act(request), pk, name, reason=body.reason)
