"""Programmes made from standards and their dated targets."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web.api.door import api_act, scope
from guangcheng.programme.targets import verbs
from guangcheng.programme.targets.models import Programme, Target
from guangcheng.programme.tasks import programmes

router = Router()


class TakeUpIn(Schema):
    """A standard to take up, for the whole city when no area is given."""

    standard: str
    area: str | None = None


class ProgrammeOut(Schema):
    """A programme."""

    id: int
    standard_id: str
    version: str
    title_zh: str
    title_en: str
    area_code: str
    started_on: dt.date


class TargetOut(Schema):
    """A dated target."""

    id: int
    indicator: str
    name_zh: str
    name_en: str
    area_code: str
    comparator: str
    value: Decimal | None
    value_words: str
    unit: str
    date: dt.date
    role: str
    status: str
    clause: str
    parent_id: int | None
    retired_on: dt.date | None


class SplitIn(Schema):
    """Numbers by area code."""

    shares: dict[str, Decimal]


class AnewIn(Schema):
    """Another value."""

    value: Decimal
    reason: str


@router.get("", response=list[ProgrammeOut])
@paginate(LimitOffsetPagination)
def all_programmes(request: HttpRequest) -> Any:
    """All programmes."""
    api_act(request)
    return Programme.objects.all()


@router.get("/standards", response=list[dict[str, str]])
@paginate(LimitOffsetPagination)
def standards(request: HttpRequest) -> Any:
    """The standards a programme can be made from."""
    api_act(request)
    return [{"id": one, "zh": title.zh, "en": title.en} for one, title in verbs.offered()]


@router.post("", response={201: ProgrammeOut}, auth=scope("act"))
def take_up(request: HttpRequest, body: TakeUpIn) -> Any:
    """Take up a standard: its targets, tasks and units."""
    return Status(201, programmes.begin(api_act(request), body.standard, area=body.area))


@router.get("/{programme_id}/targets", response=list[TargetOut])
@paginate(LimitOffsetPagination)
def targets(request: HttpRequest, programme_id: int, area: str | None = None, retired: bool = False) -> Any:
    """A programme's targets, those split to areas too."""
    api_act(request)
    found = get_object_or_404(Programme, pk=programme_id).targets.all()
    found = found if retired else found.filter(retired_on=None)
    return found.filter(area_code=area) if area else found


@router.post("/items/{target_id}/split", response=list[TargetOut], auth=scope("act"))
def split(request: HttpRequest, target_id: int, body: SplitIn) -> Any:
    """Split a target to areas; counts must add up."""
    return verbs.split(api_act(request), get_object_or_404(Target, pk=target_id), body.shares)


@router.post("/items/{target_id}/value", response=TargetOut, auth=scope("act"))
def set_anew(request: HttpRequest, target_id: int, body: AnewIn) -> Any:
    """Give a target another value."""
    one = get_object_or_404(Target, pk=target_id)
    return verbs.set_anew(api_act(request), one, value=body.value, reason=body.reason)
