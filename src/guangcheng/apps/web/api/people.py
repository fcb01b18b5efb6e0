"""Bodies, people, grants, the ledger."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.programme.platform import ledger, organisations
from guangcheng.programme.platform import scope as places
from guangcheng.programme.platform.models import Grant, LedgerEntry, Organisation, User
from guangcheng.programme.platform.roles import Role

router = Router()
ADMIN = (Role.ADMINISTRATOR,)
LOOKERS = (Role.ADMINISTRATOR, Role.INSPECTOR)


class BodyIn(Schema):
    """A new body."""

    code: str
    kind: str
    name: str
    area: str
    since: dt.date | None = None


class BodyOut(Schema):
    """A body with its newest name."""

    code: str
    kind: str
    name: str
    area_code: str


class NameIn(Schema):
    """A new name from a day on."""

    name: str
    since: dt.date


class UserIn(Schema):
    """A new person."""

    username: str
    title: str = ""
    organisation: str | None = None
    email: str = ""


class UserOut(Schema):
    """A person's post."""

    username: str
    title: str
    organisation: str | None
    is_active: bool

    @staticmethod
    def resolve_organisation(user: User) -> str | None:
        """The body's code."""
        return user.organisation.code if user.organisation else None


class NewUser(UserOut):
    """A person just added, with the one-time password."""

    password: str


class GrantIn(Schema):
    """A role in an area."""

    role: Role
    area: str


class GrantOut(GrantIn):
    """A live grant."""

    id: int


class EntryOut(Schema):
    """One act."""

    seq: int
    at: dt.datetime
    actor: str
    organisation: str
    via: str
    verb: str
    subject: str
    area_code: str
    facts: dict[str, Any]
    hash: str

    @staticmethod
    def resolve_facts(entry: LedgerEntry) -> dict[str, Any]:
        """What was recorded."""
        return ledger.facts_of(entry)


class Head(Schema):
    """Where the ledger ends."""

    seq: int
    hash: str


@router.get("/bodies", response=list[BodyOut])
@paginate(LimitOffsetPagination)
def bodies(request: HttpRequest) -> Any:
    """All bodies."""
    api_act(request)
    return Organisation.objects.prefetch_related("names")


@router.post("/bodies", response={201: BodyOut}, auth=scope("admin", *ADMIN))
def found(request: HttpRequest, body: BodyIn) -> Any:
    """Enter a body."""
    made = organisations.found_organisation(
        api_act(request), code=body.code, kind=body.kind, name=body.name, area=body.area, since=body.since
    )
    return Status(201, made)


@router.post("/bodies/{code}/names", response=BodyOut, auth=scope("admin", *ADMIN))
def rename(request: HttpRequest, code: str, body: NameIn) -> Any:
    """Give a body a new name from a day on."""
    one = get_object_or_404(Organisation, code=code)
    organisations.rename_organisation(api_act(request), one, name=body.name, since=body.since)
    return Organisation.objects.get(pk=one.pk)


@router.get("/users", response=list[UserOut], auth=scope("admin", *ADMIN))
@paginate(LimitOffsetPagination)
def users(request: HttpRequest) -> Any:
    """The people one administers."""
    return organisations.people_of(api_act(request).user).select_related("organisation")


@router.post("/users", response={201: NewUser}, auth=scope("admin", *ADMIN))
def add_user(request: HttpRequest, body: UserIn) -> Any:
    """Add somebody; the one-time password is in this answer only."""
    where = get_object_or_404(Organisation, code=body.organisation) if body.organisation else None
    made, password = organisations.add_user(
        api_act(request), username=body.username, title=body.title, organisation=where, email=body.email
    )
    made.password = password
    return Status(201, made)


@router.post("/users/{username}/grants", response={201: GrantOut}, auth=scope("admin", *ADMIN))
def grant(request: HttpRequest, username: str, body: GrantIn) -> Any:
    """Give a role."""
    one = get_object_or_404(User, username=username)
    made = organisations.grant(api_act(request), one, body.role, area=body.area)
    return Status(201, {"id": made.pk, "role": made.role, "area": made.area_code})


@router.delete("/users/{username}/grants/{grant_id}", response={204: None}, auth=scope("admin", *ADMIN))
def revoke(request: HttpRequest, username: str, grant_id: int) -> Any:
    """Take a role away."""
    given = get_object_or_404(Grant, pk=grant_id, user__username=username, revoked_at=None)
    organisations.revoke(api_act(request), given)
    return Status(204, None)


@router.get("/ledger", response=list[EntryOut], auth=scope("read", *LOOKERS))
@paginate(LimitOffsetPagination)
def entries(request: HttpRequest, actor: str | None = None, subject: str | None = None, after: int = 0) -> Any:
    """The acts of one's own areas after one, oldest first."""
    found = ledger.seen_by(api_act(request).user).filter(seq__gt=after)
    if actor:
        found = found.filter(actor=actor)
    return found.filter(subject=subject) if subject else found


@router.get("/ledger/head", response=Head)
def ledger_head(request: HttpRequest) -> Any:
    """The anchor: where the ledger ends now."""
    api_act(request)
    return ledger.head()


@router.get("/areas", response=list[dict[str, Any]])
@paginate(LimitOffsetPagination)
def areas(request: HttpRequest) -> Any:
    """The areas of the newest register."""
    api_act(request)
    rows = places.areas().items()
    return [{"code": code, "name": name, "parent": parent, "level": level} for code, (name, parent, level) in rows]
