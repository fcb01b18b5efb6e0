"""The library of application cases: enter, check, recommend, select, promote, count by field."""

from collections.abc import Mapping

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import of_unit
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act, allow, may
from guangcheng.programme.platform.attachments import attach
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import note_hand
from guangcheng.programme.projects.flow import AT_WORK, CASE, CHECKS_OF_A_CASE, FIELDS, HANDLES
from guangcheng.programme.projects.models import Case
from guangcheng.programme.tasks.work import Files

COUNTED = ("selected", "promoted")
"""States in which a case counts (C-20)."""

WANTED = 5
"""Cases the programme asks for (003 二(三))."""


@transaction.atomic
def enter(
    act: Act,
    *,
    title: str,
    field: str,
    operator: Organisation,
    area: str,
    industry: str = "",
    partner: str = "",
    network: str = "",
    effect: str = "",
    files: Files = (),
) -> Case:
    """Enter a case found."""
    allow(act, AT_WORK | {Role.CASE_HANDLER}, area=area)
    _of_operator(act, operator, area)
    known_area(area)
    if field not in FIELDS or not title.strip():
        raise InputError(
            Text("案例要有标题和领域", "a case has a title and a field"),
            mend=Text("领域：" + "、".join(FIELDS), "fields: " + ", ".join(FIELDS)),
        )
    made = Case.objects.create(
        title=title.strip(),
        field=field,
        operator=operator,
        area_code=area,
        industry=industry.strip(),
        partner=partner.strip(),
        network=network.strip(),
        effect=effect.strip(),
        state=CASE.initial,
        steps={"edit": [act.name]},
    )
    ledger.record(act, "case.enter", made.subject, area=area, facts={"title": made.title, "field": field})
    for name, content in files:
        attach(act, name=name, content=content, subject=made.subject, area=area)
    return made


@transaction.atomic
def mend(act: Act, case: Case, words: Mapping[str, str]) -> Case:
    """Change what a case says while it is only found: title, industry, partner, network, effect."""
    held = Case.objects.select_for_update().get(pk=case.pk)
    allow(act, AT_WORK | {Role.CASE_HANDLER}, area=held.area_code)
    _of_operator(act, held.operator, held.area_code)
    if held.state != CASE.initial:
        raise Refused(
            Text(f"案例已是“{CASE.states[held.state].zh}”", f"the case is {CASE.states[held.state].en}"),
            mend=Text("退回后再改", "send it back first"),
        )
    told = {
        name: words[name].strip() for name in ("title", "industry", "partner", "network", "effect") if name in words
    }
    if not told.get("title", held.title):
        raise InputError(Text("案例要有标题", "a case has a title"), mend=Text("填标题", "give it one"))
    for name, value in told.items():
        setattr(held, name, value)
    note_hand(act, held, "edit")
    held.save()
    ledger.record(act, "case.mend", held.subject, area=held.area_code, facts=told)
    return held


@transaction.atomic
def check(act: Act, case: Case, answers: Mapping[str, bool]) -> Case:
    """Answer the three checks of a recommended case; one whose words are missing cannot be yes."""
    allow(act, HANDLES, area=case.area_code)
    held = Case.objects.select_for_update().get(pk=case.pk)
    if held.state != "recommended":
        raise Refused(
            Text("推荐之后才核对", "a case is checked once recommended"), mend=Text("先推荐", "recommend it first")
        )
    said = {"network_used": held.network, "user_named": held.partner, "effect_stated": held.effect}
    unknown = [name for name in answers if name not in CHECKS_OF_A_CASE]
    empty = [CHECKS_OF_A_CASE[name] for name, yes in answers.items() if name in said and yes and not said[name]]
    if unknown or empty:
        zh = "、".join([*unknown, *(one.zh for one in empty)])
        en = ", ".join([*unknown, *(one.en for one in empty)])
        raise InputError(
            Text(f"案例里没有写，不能核对为是：{zh}", f"the case does not say so: {en}"),
            mend=Text("退回补写，或答否", "send it back to be completed, or answer no"),
        )
    held.checks = {name: bool(answers.get(name, False)) for name in CHECKS_OF_A_CASE}
    held.save(update_fields=["checks"])
    ledger.record(act, "case.check", held.subject, area=held.area_code, facts=held.checks)
    return held


@transaction.atomic
def step(act: Act, case: Case, name: str, *, reason: str = "") -> Case:
    """Recommend, select (all three checks answered yes), promote, send back, deselect."""
    held = Case.objects.select_for_update().get(pk=case.pk)
    if name == "recommend":
        _of_operator(act, held.operator, held.area_code)
    if name == "select" and held.state == "recommended":
        failed = [words for key, words in CHECKS_OF_A_CASE.items() if not held.checks.get(key)]
        if failed:
            allow(act, HANDLES, area=held.area_code)
            zh, en = "、".join(one.zh for one in failed), ", ".join(one.en for one in failed)
            raise Refused(
                Text(f"三项核对还没有都通过：{zh}", f"not all three checks are met: {en}"),
                mend=Text("先核对；通不过就退回", "check it first, or send it back"),
            )
        held.selected_on = act.day
    if name in ("send_back", "deselect"):
        held.checks, held.selected_on = {}, None
    CASE.advance(act, held, name, reason=reason)
    return held


def _of_operator(act: Act, operator: Organisation, area: str) -> None:
    if act.actor is not None and may(act.actor, (Role.CASE_HANDLER,), area):
        return
    of_unit(act, [operator], area=area)


def counts() -> dict[str, int]:
    """By field, the cases that count; a field without one is there with 0."""
    found = dict.fromkeys(FIELDS, 0)
    for field in Case.objects.filter(state__in=COUNTED).values_list("field", flat=True):
        found[field] += 1
    return found
