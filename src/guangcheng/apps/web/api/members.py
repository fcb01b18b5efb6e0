"""Member bodies, liaisons, licences; the working calendar."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps import bootstrap
from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.programme.members import verbs
from guangcheng.programme.members.models import Member
from guangcheng.programme.platform import scope as places
from guangcheng.programme.platform.models import Organisation, User

router = Router()


class JoinIn(Schema):
    """A body joins a group."""

    group: str
    organisation: str
    since: dt.date | None = None


class LiaisonIn(Schema):
    """The liaison of a body, by the account's name."""

    organisation: str
    user: str


class LicenceIn(Schema):
    """A licence."""

    organisation: str
    kind: str
    number: str
    valid_to: dt.date


def body_of(code: str) -> Organisation:
    """A body by its code, or 404."""
    return get_object_or_404(Organisation, code=code)


@router.get("", response=list[dict[str, Any]])
@paginate(LimitOffsetPagination)
def members(request: HttpRequest) -> Any:
    """The directory."""
    api_act(request)
    found = Member.objects.filter(until=None).select_related("group", "organisation")
    return [
        {
            "id": one.pk,
            "group": one.group.code,
            "organisation": one.organisation.code,
            "name": one.organisation.name,
            "since": one.since,
            "liaison": user.username if (user := verbs.liaison_of(one.organisation)) else None,
        }
        for one in found.prefetch_related("organisation__names")
    ]


@router.get("/gaps", response=list[dict[str, Any]])
@paginate(LimitOffsetPagination)
def gaps(request: HttpRequest) -> Any:
    """What the directory lacks."""
    found = verbs.gaps(api_act(request).day)
    return [{"organisation": one.organisation.code, "zh": one.what.zh, "en": one.what.en} for one in found]


@router.post("", response={201: dict[str, int]}, auth=scope("act"))
def join(request: HttpRequest, body: JoinIn) -> Any:
    """Enter a member body."""
    made = verbs.join(api_act(request), body_of(body.group), body_of(body.organisation), since=body.since)
    return Status(201, {"id": made.pk})


@router.post("/{member_id}/leave", response={204: None}, auth=scope("act"))
def leave(request: HttpRequest, member_id: int) -> Any:
    """End a membership."""
    verbs.leave(api_act(request), get_object_or_404(Member, pk=member_id))
    return Status(204, None)


@router.post("/liaisons", response={201: dict[str, int]}, auth=scope("act"))
def liaison(request: HttpRequest, body: LiaisonIn) -> Any:
    """Name the one liaison of a body."""
    user = get_object_or_404(User, username=body.user)
    return Status(201, {"id": verbs.name_liaison(api_act(request), body_of(body.organisation), user).pk})


@router.post("/licences", response={201: dict[str, int]}, auth=scope("act"))
def licence(request: HttpRequest, body: LicenceIn) -> Any:
    """Enter a licence."""
    told = {"kind": body.kind, "number": body.number, "valid_to": body.valid_to}
    made = verbs.enter_licence(api_act(request), body_of(body.organisation), **told)  # type: ignore[arg-type]
    return Status(201, {"id": made.pk})


@router.get("/workdays", response=dict[str, dt.date])
def working_days(request: HttpRequest, start: dt.date, days: int) -> Any:
    """The day some working days after another."""
    api_act(request)
    return {"due": bootstrap.calendar_of(places.the_city()).add_working_days(start, days)}
