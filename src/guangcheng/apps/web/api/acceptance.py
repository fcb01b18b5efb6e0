"""Acceptance cases and demonstration sites: every step the pages have."""

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps import bootstrap
from guangcheng.apps.web import selfcheck
from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.apps.web.pages.acceptance import case_of, seen_by
from guangcheng.base.errors import NotFound, UsageError
from guangcheng.base.text import Text
from guangcheng.programme.acceptance import cases, sites
from guangcheng.programme.acceptance.flow import ACCEPTANCE
from guangcheng.programme.acceptance.models import Case, DemoSite
from guangcheng.programme.platform import scope as places
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.ledger import Anchor

router = Router()


class OpenIn(Schema):
    """A place and the standard to check it by."""

    area: str
    standard: str
    as_of: dt.date | None = None


class CaseOut(Schema):
    """A case."""

    id: int
    area_code: str
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
    seed: int | None = None
    place: str = ""


class VisitIn(Schema):
    """What was found at one premises."""

    found: str
    note: str = ""


class AnswerIn(Schema):
    """An answer to an objection."""

    answer: str


class Receipt(Schema):
    """Where the ledger has it."""

    seq: int
    hash: str


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
def open_case(request: HttpRequest, body: OpenIn) -> Any:
    """Self-check a place and keep the result as a case."""
    told, due = selfcheck.evidence(body.standard, body.area, as_of=body.as_of)
    return Status(201, cases.open_case(api_act(request), area=body.area, evidence=told, due=due))


@router.get("/cases/{pk}", response=CaseWhole)
def one_case(request: HttpRequest, pk: int) -> Any:
    """One case."""
    act = api_act(request)
    case = _case(request, pk)
    more = {
        "verdict": case.verdict,
        "possible": [step.name for step in ACCEPTANCE.open_to(act, case)],
        "sample": list(case.sample.values("id", "premises_id", "claimed", "found", "note")),
        "objections": list(case.objections.values("id", "text", "state", "answer")),
    }
    names = (
        "id area_code area_name level standard state early plaque_number notice_until evidence".split()  # noqa: SIM905
    )
    return {name: getattr(case, name) for name in names} | more


@router.post("/cases/{pk}/steps/{name}", response=Receipt, auth=scope("act"))
def step(request: HttpRequest, pk: int, name: str, body: StepIn) -> Any:
    """Take a step of the table."""
    act, case = api_act(request), _case(request, pk)
    return _taken(act, case, name, body)


@router.post("/cases/{pk}/sample/{item}", response={204: None}, auth=scope("act"))
def visit(request: HttpRequest, pk: int, item: int, body: VisitIn) -> Any:
    """Note what was found at one premises of the sample."""
    act = api_act(request)
    cases.visited(act, _case(request, pk).pk, item, found=body.found, note=body.note)
    return Status(204, None)


@router.post("/cases/{pk}/objections/{objection}", response={204: None}, auth=scope("act"))
def answer(request: HttpRequest, pk: int, objection: int, body: AnswerIn) -> Any:
    """Answer an objection."""
    act = api_act(request)
    cases.answer(act, _case(request, pk).pk, objection, text=body.answer)
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


def _case(request: HttpRequest, pk: int) -> Case:
    request.user = request.auth  # type: ignore[attr-defined]
    return case_of(request, pk)


def _taken(act: Act, case: Case, name: str, body: StepIn) -> Anchor:
    if name in ("send_back", "refuse", "uphold", "withdraw"):
        done: Anchor = getattr(cases, name)(act, case.pk, reason=body.reason)
        return done
    if name in ("submit", "take", "pass_review", "collate", "approve", "close_notice", "publish"):
        simple: Anchor = getattr(cases, name)(act, case.pk)
        return simple
    if name == "award":
        return cases.award(act, case.pk, place=body.place)
    if name == "announce":
        calendar = bootstrap.calendar_of(places.the_city())
        return cases.announce(act, case.pk, objection_days=settings.WEB.objection_days, calendar=calendar)
    if name == "draw":
        return _draw(act, case, body)
    raise NotFound(
        Text(f"没有步骤 {name}", f"there is no step {name}"),
        mend=Text("看 possible 里有哪些", "see the list called possible"),
    )


def _draw(act: Act, case: Case, body: StepIn) -> Anchor:
    if body.size is None:
        raise UsageError(Text("没有给样本数", "no size was given"), mend=Text("给出 size", "give size"))
    seed = secrets.randbelow(2**31) if body.seed is None else body.seed
    drawn = selfcheck.premises(case.standard, case.area_code)
    return cases.draw(act, case.pk, premises=drawn, size=body.size, seed=seed)
