"""Keys for programs: made once, shown once, kept as a digest; scopes and an end."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.db import transaction

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.models import ApiToken, User
from guangcheng.programme.platform.roles import Role

SCOPES = {
    "read": Text("读取", "read everything the person may see"),
    "registers": Text("导入台账", "import registers"),
    "act": Text("办理：任务、上报、验收", "act: tasks, submissions, acceptance"),
    "admin": Text("管理用户和单位", "manage users and bodies"),
}
LONGEST = dt.timedelta(days=366)


@transaction.atomic
def issue(act: Act, user: User, *, name: str, scopes: Sequence[str], days: int) -> tuple[ApiToken, str]:
    """Make a token of ``user``; only oneself or an administrator may. The key is returned once."""
    if act.actor != user:
        allow(act, (Role.ADMINISTRATOR,), area=scope.top())
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes or not 0 < days <= LONGEST.days:
        raise InputError(
            Text(f"范围或期限不对：{'、'.join(unknown) or days}", f"wrong scope or time: {', '.join(unknown) or days}"),
            mend=Text(
                f"范围：{'、'.join(SCOPES)}；期限 1–{LONGEST.days} 天",
                f"scopes: {', '.join(SCOPES)}; 1-{LONGEST.days} days",
            ),
        )
    key = "gc_" + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        user=user,
        name=name,
        digest=_digest(key),
        scopes=sorted(set(scopes)),
        expires_at=act.at + dt.timedelta(days=days),
    )
    facts = {"name": name, "scopes": made.scopes, "until": made.expires_at}
    ledger.record(act, "token.issue", f"user:{user.username}", facts=facts)
    return made, key


@transaction.atomic
def revoke(act: Act, token: ApiToken) -> None:
    """End a token now."""
    if act.actor != token.user:
        allow(act, (Role.ADMINISTRATOR,), area=scope.top())
    token.revoked_at = act.at
    token.save(update_fields=["revoked_at"])
    ledger.record(act, "token.revoke", f"user:{token.user.username}", facts={"name": token.name})


def holder(key: str, at: dt.datetime) -> ApiToken | None:
    """The live token of ``key``, or ``None`` when it is unknown, ended, revoked or its user shut out."""
    found = ApiToken.objects.select_related("user__organisation").filter(digest=_digest(key), revoked_at=None).first()
    live = found is not None and found.expires_at > at and found.user.is_active
    return found if live else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
