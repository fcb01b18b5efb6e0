"""Join and leave a group, name the liaison, enter licences; what is missing; who may act for a unit."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.models import Liaison, Licence, Member
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act, allow, may
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.platform.roles import Role

OFFICE = (Role.ADMINISTRATOR, Role.APPROVER)
"""The roles of the leading group's office (领导小组办公室)."""

CHECKERS = (*OFFICE, Role.REVIEWER)
"""Who looks at what units report."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the directory lacks."""

    organisation: Organisation
    what: Text


@transaction.atomic
def join(act: Act, group: Organisation, organisation: Organisation, *, since: dt.date | None = None) -> Member:
    """Make a body a member of a group; joining twice changes nothing. ``Refused`` when ``group`` is no office."""
    allow(act, OFFICE, area=group.area_code)
    if group.kind != "office" or group == organisation:
        raise Refused(
            Text(f"{group.name} 不是领导（协调）小组办公室", f"{group.name} is not the office of a group"),
            mend=Text("选一个类型为“领导小组办公室”的单位", "choose a body of the kind “leading group's office”"),
        )
    made, new = Member.objects.get_or_create(
        group=group, organisation=organisation, until=None, defaults={"since": since or act.day}
    )
    if new:
        _record(act, "member.join", organisation, group=group.code)
    return made


@transaction.atomic
def leave(act: Act, member: Member) -> None:
    """End a membership today."""
    allow(act, OFFICE, area=member.group.area_code)
    held = Member.objects.select_for_update().get(pk=member.pk)
    if held.until is not None:
        raise Refused(Text("已经退出", "it has left already"), mend=Text("不用再做", "nothing is left to do"))
    held.until = act.day
    held.save(update_fields=["until"])
    _record(act, "member.leave", member.organisation, group=member.group.code)


@transaction.atomic
def name_liaison(act: Act, organisation: Organisation, user: User) -> Liaison:
    """Name the one liaison of a body; the one before ends today. The account must belong to the body (000 附件)."""
    allow(act, OFFICE, area=organisation.area_code)
    if user.organisation_id != organisation.pk or not user.is_active:
        raise InputError(
            Text(f"{user.username} 不是 {organisation.name} 的在用账户", f"{user.username} is no live account there"),
            mend=Text("联络员从本单位的账户里选", "choose the liaison among the body's own accounts"),
        )
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    now = Liaison.objects.filter(organisation=organisation, until=None).first()
    if now is not None and now.user_id == user.pk:
        return now
    if now is not None:
        now.until = act.day
        now.save(update_fields=["until"])
    made = Liaison.objects.create(organisation=organisation, user=user, since=act.day)
    _record(act, "liaison.name", organisation, user=user.username)
    return made


@transaction.atomic
def enter_licence(act: Act, organisation: Organisation, *, kind: str, number: str, valid_to: dt.date) -> Licence:
    """Enter a licence, or extend the one with this number."""
    allow(act, OFFICE, area=organisation.area_code)
    made, _ = Licence.objects.update_or_create(
        organisation=organisation, kind=kind.strip(), number=number.strip(), defaults={"valid_to": valid_to}
    )
    _record(act, "licence.enter", organisation, kind=kind, number=number, valid_to=valid_to)
    return made


def _record(act: Act, verb: str, organisation: Organisation, **facts: object) -> None:
    subject = f"organisation:{organisation.code}"
    ledger.record(act, verb, subject, area=organisation.area_code, facts=facts)


def liaison_of(organisation: Organisation) -> User | None:
    """The body's liaison now, while the account is in use."""
    found = Liaison.objects.filter(organisation=organisation, until=None, user__is_active=True).first()
    return found.user if found else None


def gaps(day: dt.date) -> list[Gap]:
    """What the directory lacks: members without a liaison, operators and tower companies left out, licences run out."""
    members = Member.objects.filter(until=None).select_related("organisation").prefetch_related("organisation__names")
    bodies = {member.organisation_id: member.organisation for member in members}
    held = set(
        Liaison.objects.filter(until=None, user__is_active=True, organisation__in=bodies).values_list(
            "organisation_id", flat=True
        )
    )
    found = [Gap(body, Text("没有联络员", "no liaison")) for key, body in bodies.items() if key not in held]
    if bodies:
        outside = Organisation.objects.filter(kind__in=("operator", "tower"), closed_on=None).exclude(pk__in=bodies)
        found += [Gap(body, Text("还不是成员单位", "not a member body")) for body in outside.prefetch_related("names")]
    return found + _expired(day)


def _expired(day: dt.date) -> list[Gap]:
    newest: dict[tuple[int, str], Licence] = {}
    for licence in Licence.objects.select_related("organisation").order_by("valid_to"):
        newest[(licence.organisation_id, licence.kind)] = licence
    return [
        Gap(one.organisation, Text(f"{one.kind}已于 {one.valid_to} 到期", f"{one.kind} ran out on {one.valid_to}"))
        for one in newest.values()
        if not one.valid_on(day)
    ]


def of_unit(act: Act, organisations: Iterable[Organisation], *, area: str) -> None:
    """``Denied`` unless the actor belongs to one of ``organisations`` or looks after all of them (the checkers)."""
    if act.actor is None or may(act.actor, CHECKERS, area):
        return
    if act.actor.organisation_id not in {one.pk for one in organisations}:
        raise Denied(
            Text("这件事不由贵单位负责", "this is not your unit's"),
            mend=Text("由负责的单位或办公室来做", "let the unit in charge, or the office, do it"),
        )
