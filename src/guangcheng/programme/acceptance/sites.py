"""Demonstration sites: propose, take up, name, end; counted per area."""

from collections import Counter

from django.db import transaction

from guangcheng.base.errors import InputError, NotFound, Refused
from guangcheng.base.text import Text
from guangcheng.programme.acceptance.flow import DEMO_SITES, SITE_KINDS
from guangcheng.programme.acceptance.models import DemoSite
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.platform.roles import Role


@transaction.atomic
def propose(act: Act, *, name: str, kind: str, area: str, note: str = "") -> DemoSite:
    """Enter a site. ``InputError`` for an unknown kind or no name; ``Refused`` for one entered before."""
    allow(act, (Role.REPORTER, Role.REVIEWER), area=area)
    known_area(area)
    if kind not in SITE_KINDS or not name.strip():
        raise InputError(
            Text("名称为空或类型不对", "no name, or an unknown kind"),
            mend=Text("类型：" + "、".join(SITE_KINDS), "kinds: " + ", ".join(SITE_KINDS)),
        )
    if DemoSite.objects.filter(area_code=area, kind=kind, name=name.strip()).exists():
        raise Refused(
            Text("这个示范点已登记", "this site is entered already"),
            mend=Text("在列表里找到它", "find it in the list"),
        )
    made = DemoSite.objects.create(
        name=name.strip(),
        kind=kind,
        area_code=area,
        note=note,
        state=DEMO_SITES.initial,
        proposed_on=act.day,
        steps={"propose": [act.name]},
    )
    ledger.record(act, "demo_site.propose", made.subject, area=area, facts={"name": made.name, "kind": kind})
    return made


@transaction.atomic
def move(act: Act, pk: int, step: str, *, reason: str = "") -> Anchor:
    """Take a step of the table; naming notes the day."""
    site = DemoSite.objects.select_for_update().filter(pk=pk).first()
    if site is None or step not in DEMO_SITES.by_name:
        raise NotFound(
            Text("没有这个示范点或步骤", "there is no such site or step"),
            mend=Text("从列表进入", "choose one from the list"),
        )
    if step == "name":
        site.named_on = act.day
    return DEMO_SITES.advance(act, site, step, reason=reason)


def counts(area: str) -> dict[str, int]:
    """Named sites by kind in an area and below it."""
    named = DemoSite.objects.filter(state="named").values_list("kind", "area_code")
    return dict(Counter(kind for kind, code in named if scope.within(code, area)))
