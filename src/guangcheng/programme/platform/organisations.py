"""Bodies and people: found, rename, close; add a user, grant, revoke, disable, set a password."""

import datetime as dt
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from guangcheng.base.errors import InputError, NotFound, Refused
from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow, scope_of
from guangcheng.programme.platform.models import Grant, Organisation, OrganisationName, User
from guangcheng.programme.platform.roles import KINDS, Role

ADMIN = (Role.ADMINISTRATOR,)


@transaction.atomic
def found_organisation(
    act: Act, *, code: str, kind: str, name: str, area: str, since: dt.date | None = None
) -> Organisation:
    """Enter a body; its code must be new. ``InputError`` for an unknown kind or area."""
    allow(act, ADMIN, area=area)
    if kind not in KINDS:
        raise InputError(
            Text(f"没有这种单位：{kind}", f"no such kind of body: {kind}"),
            mend=Text("可用：" + "、".join(KINDS), "use one of " + ", ".join(KINDS)),
        )
    known_area(area)
    if Organisation.objects.filter(code=code).exists():
        raise Refused(
            Text(f"单位代码 {code} 已有", f"there is a body {code} already"),
            mend=Text("换一个代码，或给原单位改名", "choose another code, or rename that body"),
        )
    made = Organisation.objects.create(code=code, kind=kind, area_code=area)
    OrganisationName.objects.create(organisation=made, name=name.strip(), since=since or act.day)
    ledger.record(act, "organisation.found", f"organisation:{code}", area=area, facts={"kind": kind, "name": name})
    return made


@transaction.atomic
def rename_organisation(act: Act, organisation: Organisation, *, name: str, since: dt.date) -> OrganisationName:
    """Give it a new name from a day on; its earlier names stay for what was done under them."""
    allow(act, ADMIN, area=organisation.area_code)
    made, _ = OrganisationName.objects.update_or_create(
        organisation=organisation, since=since, defaults={"name": name.strip()}
    )
    subject = f"organisation:{organisation.code}"
    ledger.record(
        act, "organisation.rename", subject, area=organisation.area_code, facts={"name": name, "since": since}
    )
    return made


def known_area(code: str) -> None:
    """``NotFound`` unless the areas register (or the city itself) has this code."""
    if code != scope.top() and code not in scope.areas():
        raise NotFound(
            Text(f"没有区域 {code}", f"there is no area {code}"),
            mend=Text("用区域台账里的代码", "use a code of the areas register"),
        )


@transaction.atomic
def add_user(
    act: Act, *, username: str, title: str = "", organisation: Organisation | None = None, email: str = ""
) -> tuple[User, str]:
    """Add somebody with a one-time password, which is returned once and must be changed at first sign-in."""
    allow(act, ADMIN, area=organisation.area_code if organisation else scope.top())
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(
            Text(f"用户名 {username} 已有", f"the user name {username} is taken"),
            mend=Text("换一个用户名", "choose another"),
        )
    user = User(username=username, title=title, organisation=organisation, email=email, must_change_password=True)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as fault:
        raise InputError(
            Text(
                "用户名或邮箱不合格：" + "；".join(fault.messages), "user name or e-mail: " + "; ".join(fault.messages)
            ),
            mend=Text("用字母、数字和 @ . + - _", "use letters, digits and @ . + - _"),
        ) from fault
    password = one_time_password()
    user.set_password(password)
    user.save()
    body = organisation.code if organisation else ""
    ledger.record(act, "user.add", f"user:{username}", facts={"organisation": body, "title": title})
    return user, password


def one_time_password() -> str:
    """Four groups that can be read over the telephone; about 80 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


@transaction.atomic
def grant(act: Act, user: User, role: Role, *, area: str) -> Grant:
    """Let ``user`` be ``role`` in ``area`` and below; granting twice changes nothing."""
    allow(act, ADMIN, area=area)
    known_area(area)
    made, new = Grant.objects.get_or_create(user=user, role=role.value, area_code=area, revoked_at=None)
    if new:
        ledger.record(act, "grant.give", f"user:{user.username}", area=area, facts={"role": role.value})
    return made


@transaction.atomic
def revoke(act: Act, given: Grant) -> None:
    """End a grant now. The last administrator of the whole city cannot be revoked."""
    allow(act, ADMIN, area=given.area_code)
    if given.role == Role.ADMINISTRATOR and given.area_code == scope.top() and _administrators() == [given.user_id]:
        raise Refused(
            Text("这是最后一位全市管理员", "this is the last administrator of the whole city"),
            mend=Text("先授权另一位", "grant another one first"),
        )
    given.revoked_at = act.at
    given.save(update_fields=["revoked_at"])
    ledger.record(act, "grant.revoke", f"user:{given.user.username}", area=given.area_code, facts={"role": given.role})


def _administrators() -> list[int]:
    held = Grant.objects.filter(role=Role.ADMINISTRATOR, area_code=scope.top(), revoked_at=None, user__is_active=True)
    return list(held.values_list("user_id", flat=True).distinct())


def allow_over(act: Act, user: User) -> None:
    """``Denied`` unless the actor administers the person's body and every area of their grants.

    A street's administrator could otherwise give a new password to the city's, and sign in with it.
    """
    over = set(user.grants.filter(revoked_at=None).values_list("area_code", flat=True))
    if user.organisation:
        over.add(user.organisation.area_code)
    for area in sorted(over or {scope.top()}):
        allow(act, ADMIN, area=area)


def people_of(user: User) -> QuerySet[User]:
    """The people an administrator sees: everybody for the city's, else those of a body or with a grant in the area."""
    areas = scope_of(user, ADMIN)
    found = User.objects.order_by("username")
    if areas is None:
        return found
    granted = Grant.objects.filter(revoked_at=None, area_code__in=areas).values("user_id")
    return found.filter(Q(organisation__area_code__in=areas) | Q(pk__in=granted))


@transaction.atomic
def set_active(act: Act, user: User, *, active: bool) -> None:
    """Let somebody in again, or shut them out at once (their sessions and tokens stop working)."""
    allow_over(act, user)
    if not active and _administrators() == [user.pk]:
        raise Refused(
            Text("这是最后一位全市管理员", "this is the last administrator of the whole city"),
            mend=Text("先授权另一位", "grant another one first"),
        )
    user.is_active = active
    user.save(update_fields=["is_active"])
    ledger.record(act, "user.enable" if active else "user.disable", f"user:{user.username}")


@transaction.atomic
def change_password(act: Act, user: User, password: str) -> None:
    """Set one's own password; a weak one is refused with what is wrong about it."""
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise InputError(
            Text("密码太弱：" + "；".join(fault.messages), "weak password: " + "; ".join(fault.messages)),
            mend=Text("至少 10 位，不要只用数字或常见词", "10 characters or more, not only digits, no common word"),
        ) from fault
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    ledger.record(act, "user.password", f"user:{user.username}")


@transaction.atomic
def reset_password(act: Act, user: User) -> str:
    """Give somebody a new one-time password; what was signed in with the old one, and every token, ends."""
    allow_over(act, user)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    user.tokens.filter(revoked_at=None).update(revoked_at=act.at)
    ledger.record(act, "user.reset", f"user:{user.username}")
    return password


def first_administrator(act: Act) -> tuple[User, str] | None:
    """On a ledger without users: an administrator of the whole city and their one-time password; else ``None``."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        user, password = add_user(act, username="admin", title="管理员")
        grant(act, user, Role.ADMINISTRATOR, area=scope.top())
    return user, password
