"""An act: who does something, when, through which door; and whether they may."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from guangcheng.base.errors import Denied
from guangcheng.base.text import Text
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.models import Grant, User
from guangcheng.programme.platform.roles import Role

Via = Literal["page", "api", "command"]

SYSTEM = "system"
"""The name acts bear that nobody signed in for (a command on the machine itself)."""


@dataclass(frozen=True, slots=True)
class Act:
    """What every verb is given first. ``actor`` is ``None`` for the machine's own administrator at the command line."""

    actor: User | None
    at: dt.datetime
    via: Via

    @property
    def name(self) -> str:
        """The actor as the ledger names them."""
        return self.actor.username if self.actor else SYSTEM

    @property
    def organisation(self) -> str:
        """The code of the actor's organisation, or nothing."""
        return self.actor.organisation.code if self.actor and self.actor.organisation else ""

    @property
    def day(self) -> dt.date:
        """The day of the act where the city is (China Standard Time)."""
        return self.at.astimezone(CHINA).date()

    @property
    def user(self) -> User:
        """The person acting; ``Denied`` for an act nobody signed in for."""
        if self.actor is None:
            raise denied(())
        return self.actor


CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def roles_in(user: User, area: str | None) -> frozenset[Role]:
    """The roles a person has for ``area`` by their live grants (``None``: anywhere at all)."""
    if not user.is_active:
        return frozenset()
    grants = Grant.objects.filter(user=user, revoked_at=None).values_list("role", "area_code")
    return frozenset(Role(role) for role, code in grants if area is None or scope.within(area, code))


def may(user: User, roles: Iterable[Role], area: str | None) -> bool:
    """Whether a person has one of ``roles`` for ``area``; an administrator's grant stands for no other role."""
    return not roles_in(user, area).isdisjoint(roles)


def allow(act: Act, roles: Iterable[Role], *, area: str | None) -> None:
    """``Denied`` unless the actor has one of ``roles`` for ``area``; the command line of the machine may do all."""
    wanted = tuple(roles)
    if act.actor is not None and not may(act.actor, wanted, area):
        raise denied(wanted, area)
    if act.actor is None and act.via != "command":
        raise denied(wanted, area)


def denied(roles: Iterable[Role], area: str | None = None) -> Denied:
    """The refusal, naming the roles that may."""
    wanted = list(roles)
    zh, en = "、".join(role.words.zh for role in wanted), ", ".join(role.words.en for role in wanted)
    of_zh, of_en = (f"（{area}）", f" for {area}") if area else ("", "")
    return Denied(
        Text(f"您没有做这件事的权限{of_zh}", f"you may not do this{of_en}"),
        mend=Text(
            f"需要角色：{zh or '登录'}；请管理员授权",
            f"it takes the role {en or 'of a signed-in person'}; ask an administrator",
        ),
    )


def scope_of(user: User, roles: Iterable[Role]) -> frozenset[str] | None:
    """Every area in which a person has one of ``roles``, with those below; ``None`` for the whole city."""
    wanted = [role.value for role in roles]
    held = Grant.objects.filter(user=user, revoked_at=None, role__in=wanted).values_list("area_code", flat=True)
    codes = frozenset(held) if user.is_active else frozenset()
    if scope.top() in codes:
        return None
    return scope.below(codes)
