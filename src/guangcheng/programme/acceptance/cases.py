"""What people do with acceptance cases. Each verb checks, changes and records in one transaction."""

import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import InputError, NotFound, Refused
from guangcheng.base.text import Text
from guangcheng.programme.acceptance.flow import ACCEPTANCE, APPLIED, NO_PLAQUE
from guangcheng.programme.acceptance.models import Case, Objection, Recheck, SampleItem
from guangcheng.programme.platform import attachments, ledger
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import demand_second_person

PASSING = ("pass", "pass_with_remark")
FOUND = ("yes", "no")
CLAIMS = ("yes", "no", "unknown")
"""What the register says of a premises: fibre can be had, cannot, or it is not known."""
NEEDED = ("standard", "standard_version", "as_of", "snapshots", "verdict", "tests", "level", "name")
LONGEST_TEXT = 4000
PHOTO_KINDS = ("jpg", "png")
LARGEST_PHOTO = 10 << 20
"""Largest photograph of a visit, bytes."""
MOST_OBJECTIONS = 200
"""Objections taken per case: a public form must not fill the disk."""


def locked(pk: int) -> Case:
    """The case, held until the transaction ends; ``NotFound`` when there is none."""
    found = Case.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound(
            Text(f"没有验收事项 {pk}", f"there is no case {pk}"),
            mend=Text("从验收列表进入", "choose one from the list"),
        )
    return found


@transaction.atomic
def open_case(
    act: Act, *, area: str, evidence: Mapping[str, Any], place: str | None = None, due: dt.date | None = None
) -> Case:
    """Keep a self-check as a new case. ``evidence`` has the keys of :data:`NEEDED`; ``due`` is the target's day.

    ``place`` is the estate that applies, ``area`` the area it lies in (the place itself without one): a street's clerk
    applies for the street's estates. A place that finishes before ``due`` is flagged early (提前达标, 001 三(四)):
    until approval by the day of its data, then by the day of approval.
    ``Refused`` while another case of the same place and standard lives.
    """
    place = place or area
    allow(act, (Role.REPORTER,), area=area)
    _whole(evidence)
    if (
        Case.objects.filter(place_code=place, standard=evidence["standard"])
        .exclude(state__in=("withdrawn", "refused"))
        .exists()
    ):
        raise Refused(
            Text("这个地方按这项标准已有验收事项", "this place has a case by this standard already"),
            mend=Text("在原事项上重新自查", "self-check again in that case"),
        )
    made = Case.objects.create(
        area_code=area,
        place_code=place,
        area_name=evidence["name"],
        level=evidence["level"],
        standard=evidence["standard"],
        state=ACCEPTANCE.initial,
        steps={"open": [act.name]},
        evidence=dict(evidence),
        opened_at=act.at,
        opened_by=act.user,
        due_on=due,
        early=_early(evidence, due),
    )
    told = {"place": place, **_pinned(evidence)}
    ledger.record(act, "acceptance.open", made.subject, area=area, facts=told)
    return made


def _whole(evidence: Mapping[str, Any]) -> None:
    missing = [key for key in NEEDED if key not in evidence]
    if missing:
        raise ValueError(f"evidence lacks {missing}")


def _early(evidence: Mapping[str, Any], due: dt.date | None) -> bool:
    return due is not None and evidence["verdict"] in PASSING and dt.date.fromisoformat(evidence["as_of"]) < due


def _pinned(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {key: evidence[key] for key in ("standard", "standard_version", "as_of", "snapshots", "verdict")}


@transaction.atomic
def self_check(act: Act, pk: int, *, evidence: Mapping[str, Any], due: dt.date | None = None) -> Case:
    """Replace the self-check of a case not submitted, or returned, by a newer one."""
    case = locked(pk)
    _whole(evidence)
    case.evidence = dict(evidence)
    case.due_on, case.early = due, _early(evidence, due)
    ACCEPTANCE.advance(act, case, "recheck", facts=_pinned(evidence))
    return case


@transaction.atomic
def submit(act: Act, pk: int) -> Anchor:
    """Apply. ``Refused`` unless the self-check passed."""
    case = locked(pk)
    if case.state == "checked" and case.evidence["verdict"] not in PASSING:
        raise Refused(
            Text("自查没有达标，不能申报", "the self-check did not pass: it cannot be submitted"),
            mend=Text("看未达标的项目，建成、更新台账后重新自查", "mend what fails, update the registers, check again"),
        )
    return ACCEPTANCE.advance(act, case, "submit", facts=_pinned(case.evidence))


@transaction.atomic
def take(act: Act, pk: int) -> Anchor:
    """Take a submitted case into review."""
    return ACCEPTANCE.advance(act, locked(pk), "take")


@transaction.atomic
def send_back(act: Act, pk: int, *, reason: str) -> Anchor:
    """Return a case with the reason."""
    return ACCEPTANCE.advance(act, locked(pk), "send_back", reason=reason)


@transaction.atomic
def draw(act: Act, pk: int, *, premises: Sequence[tuple[str, str]], size: int) -> Anchor:
    """Draw ``size`` of the place's premises, each (id, claim of :data:`CLAIMS`), for the visit on site.

    Nobody chooses the seed: it follows from the ledger entry of the draw itself, which nobody can know before, and is
    recorded in the next one with the hash of the list drawn from; anybody can draw the same sample again
    (:func:`seed_of`, :func:`sample_of`). ``Refused`` for a size that is not between 1 and the number of premises.
    """
    case = locked(pk)
    if not 1 <= size <= len(premises):
        raise Refused(
            Text(f"样本数应在 1 到 {len(premises)} 之间", f"draw between 1 and {len(premises)} premises"),
            mend=Text("改样本数", "change the number"),
        )
    listed = hashlib.sha256(ledger.canonical({"premises": sorted(premises)}).encode()).hexdigest()
    facts = {"of": len(premises), "size": size, "list_sha256": listed, "snapshots": case.evidence["snapshots"]}
    drawn_by = ACCEPTANCE.advance(act, case, "draw", facts=facts)
    case.sample_seed = seed_of(case, drawn_by, act.day)
    case.save(update_fields=["sample_seed"])
    case.sample.all().delete()
    drawn = sample_of(premises, size, case.sample_seed)
    SampleItem.objects.bulk_create(SampleItem(case=case, premises_id=name, claimed=said) for name, said in drawn)
    told = {"seed": case.sample_seed, "from": str(drawn_by), "premises": [name for name, _ in drawn]}
    return ledger.record(act, "acceptance.sample", case.subject, area=case.area_code, facts=told)


def seed_of(case: Case, drawn_by: Anchor, day: dt.date) -> int:
    """The seed of a sample: 63 bits of the SHA-256 of the case, the ledger's head after the draw, and the day."""
    digest = hashlib.sha256(f"{case.subject}|{drawn_by}|{day.isoformat()}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def sample_of(premises: Sequence[tuple[str, str]], size: int, seed: int) -> list[tuple[str, str]]:
    """``size`` premises drawn from the sorted list by a seed: the same list and seed, the same sample."""
    return sorted(random.Random(seed).sample(sorted(premises), size))  # noqa: S311 - to be repeated, not to be secret


@transaction.atomic
def visited(
    act: Act,
    pk: int,
    item: int,
    *,
    found: str,
    note: str = "",
    day: dt.date | None = None,
    photos: Sequence[tuple[str, bytes]] = (),
) -> SampleItem:
    """Note what was found at one premises of the sample (``yes`` or ``no``), with photographs (name and content).

    Photographs are :data:`PHOTO_KINDS` of at most :data:`LARGEST_PHOTO` bytes, told by their content; kept by hash.
    """
    case = locked(pk)
    allow(act, (Role.REVIEWER, Role.INSPECTOR), area=case.area_code)
    demand_second_person(act, case, APPLIED, Text("现场查看", "visit on site"))
    if case.state != "on_site":
        raise Refused(
            Text("现在不在现场抽查阶段", "the case is not being visited on site"),
            mend=Text("先抽取样本", "draw the sample first"),
        )
    one = case.sample.filter(pk=item).first()
    if one is None or found not in FOUND:
        raise InputError(
            Text("没有这一处，或结果不是 yes/no", "no such premises in the sample, or the finding is not yes or no"),
            mend=Text("从样本表里选", "choose one of the sample"),
        )
    one.found, one.note, one.visited_on, one.visited_by = found, note.strip()[:LONGEST_TEXT], day or act.day, act.user
    one.save()
    facts = {"premises": one.premises_id, "found": found}
    ledger.record(act, "acceptance.visit", case.subject, area=case.area_code, facts=facts)
    for name, content in photos:
        attachments.attach(
            act,
            name=name,
            content=content,
            subject=one.subject,
            area=case.area_code,
            kinds=PHOTO_KINDS,
            largest=LARGEST_PHOTO,
        )
    return one


@transaction.atomic
def pass_review(act: Act, pk: int) -> Anchor:
    """Pass the review: only when the whole sample was visited and nothing claimed is missing.

    A premises the register says has fibre, and has none, keeps the review from passing. One that has more than the
    register says keeps nothing from passing: the place is no worse than applied for. It is recorded, so that the
    register is put right.
    """
    case = locked(pk)
    facts: dict[str, Any] = {}
    if case.state == "on_site":
        items = list(case.sample.all())
        open_ones = sum(1 for item in items if not item.found)
        missing = [item.premises_id for item in items if item.overclaimed]
        if open_ones or missing:
            raise Refused(
                Text(
                    f"样本还有 {open_ones} 处未查，{len(missing)} 处台账说能、现场不能",
                    f"{open_ones} of the sample are not visited, {len(missing)} lack what the register claims",
                ),
                mend=Text("查完再通过；台账多报的退回", "visit them all; return the case where they lack it"),
            )
        better = [item.premises_id for item in items if item.underclaimed]
        facts = {"visited": len(items), "register_to_mend": better}
    return ACCEPTANCE.advance(act, case, "pass_review", facts=facts)


@transaction.atomic
def collate(act: Act, pk: int) -> Anchor:
    """Put a reviewed case on the list for approval."""
    return ACCEPTANCE.advance(act, locked(pk), "collate")


@transaction.atomic
def approve(act: Act, pk: int) -> Anchor:
    """Approve; by somebody else than who applied and who passed the review."""
    case = locked(pk)
    case.approved_on = act.day
    case.early = case.due_on is not None and act.day < case.due_on
    return ACCEPTANCE.advance(act, case, "approve", facts={"early": case.early})


@transaction.atomic
def refuse(act: Act, pk: int, *, reason: str) -> Anchor:
    """Do not approve; the place may open a new case."""
    return ACCEPTANCE.advance(act, locked(pk), "refuse", reason=reason)


@transaction.atomic
def announce(act: Act, pk: int, *, objection_days: int, calendar: WorkingCalendar) -> Anchor:
    """Begin the public notice; objections are taken for ``objection_days`` working days."""
    case = locked(pk)
    case.notice_from = act.day
    case.notice_until = calendar.add_working_days(act.day, objection_days)
    facts = {"from": case.notice_from, "until": case.notice_until, "objection_days": objection_days}
    return ACCEPTANCE.advance(act, case, "announce", facts=facts)


@transaction.atomic
def object_to(at: dt.datetime, day: dt.date, pk: int, *, text: str) -> Objection:
    """Somebody of the public objects. Taken only during the notice; recorded without any identity."""
    case = locked(pk)
    if case.state != "notice" or case.notice_until is None or day > case.notice_until:
        raise Refused(
            Text("现在不在公示期内", "the public notice is not open"),
            mend=Text("公示期外请向主管部门反映", "outside the notice, turn to the competent authority"),
        )
    words = text.strip()
    if not words or len(words) > LONGEST_TEXT or case.objections.count() >= MOST_OBJECTIONS:
        raise InputError(
            Text("异议内容为空或太长，或已收到太多", "the objection is empty or too long, or too many came in"),
            mend=Text(f"1–{LONGEST_TEXT} 字", f"1-{LONGEST_TEXT} characters"),
        )
    made = Objection.objects.create(case=case, text=words, received_at=at)
    public = Act(actor=None, at=at, via="page")
    ledger.record(public, "acceptance.objection", case.subject, area=case.area_code, facts={"objection": made.pk})
    return made


@transaction.atomic
def answer(act: Act, pk: int, objection: int, *, text: str) -> Objection:
    """Dismiss an objection with an answer; an objection that is right returns the case (:func:`uphold`)."""
    case = locked(pk)
    allow(act, (Role.REVIEWER,), area=case.area_code)
    demand_second_person(act, case, APPLIED, Text("答复异议", "answer an objection"))
    one = case.objections.filter(pk=objection, state="open").first()
    if one is None or not text.strip():
        raise InputError(
            Text("没有这条待答复的异议，或答复为空", "no such open objection, or the answer is empty"),
            mend=Text("写明答复", "write the answer"),
        )
    one.state, one.answer, one.answered_at = "dismissed", text.strip()[:LONGEST_TEXT], act.at
    one.save()
    ledger.record(act, "acceptance.answer", case.subject, area=case.area_code, facts={"objection": one.pk})
    return one


@transaction.atomic
def uphold(act: Act, pk: int, *, reason: str) -> Anchor:
    """An objection is right: the open ones are upheld and the case goes back."""
    case = locked(pk)
    anchor = ACCEPTANCE.advance(act, case, "uphold", reason=reason)
    case.objections.filter(state="open").update(state="upheld", answer=reason.strip(), answered_at=act.at)
    return anchor


@transaction.atomic
def close_notice(act: Act, pk: int) -> Anchor:
    """End the notice: after its last day, with every objection answered."""
    case = locked(pk)
    if case.state == "notice" and case.notice_until is not None and act.day <= case.notice_until:
        raise Refused(
            Text(f"公示到 {case.notice_until} 为止", f"the notice runs until {case.notice_until}"),
            mend=Text("期满后再结束", "close it afterwards"),
        )
    if case.objections.filter(state="open").exists():
        raise Refused(
            Text("还有异议没有答复", "there are objections without an answer"),
            mend=Text("先答复或认定异议成立", "answer them, or uphold them"),
        )
    return ACCEPTANCE.advance(act, case, "close_notice")


@transaction.atomic
def award(act: Act, pk: int, *, place: str) -> Anchor:
    """Give the plaque its number, year and running number; a district is announced instead and gets none (C-09)."""
    case = locked(pk)
    if case.level in NO_PLAQUE:
        raise Refused(
            Text("全区达标只通报，不授牌（C-09）", "a district is announced and gets no plaque (C-09)"),
            mend=Text("用“通报”", "use “announce”"),
        )
    if not place.strip():
        raise InputError(
            Text("没有写牌匾挂在哪里", "where the plaque hangs is not said"),
            mend=Text("写明悬挂地点", "say where it hangs"),
        )
    number = 1 + Case.objects.filter(plaque_number__startswith=f"GC-{act.day.year}-").count()
    case.plaque_number = f"GC-{act.day.year}-{number:04d}"
    case.plaque_place, case.awarded_on = place.strip()[:120], act.day
    return ACCEPTANCE.advance(act, case, "award", facts={"plaque": case.plaque_number, "place": case.plaque_place})


@transaction.atomic
def publish(act: Act, pk: int) -> Anchor:
    """Announce a district."""
    case = locked(pk)
    if case.level not in NO_PLAQUE:
        raise Refused(
            Text("这一级要授牌，不是只通报", "this level gets a plaque"),
            mend=Text("用“授牌”", "use “award the plaque”"),
        )
    case.awarded_on = act.day
    return ACCEPTANCE.advance(act, case, "publish")


@transaction.atomic
def withdraw(act: Act, pk: int, *, reason: str) -> Anchor:
    """Withdraw an award; it stays on the public list as withdrawn, with the reason."""
    case = locked(pk)
    case.withdrawn_on, case.withdrawn_why = act.day, reason.strip()
    return ACCEPTANCE.advance(act, case, "withdraw", reason=reason)


@transaction.atomic
def check_again(act: Act, pk: int, *, evidence: Mapping[str, Any]) -> Recheck:
    """The yearly re-check of an accepted place; one a year. A failed one withdraws nothing by itself."""
    case = locked(pk)
    allow(act, (Role.REVIEWER, Role.INSPECTOR), area=case.area_code)
    _whole(evidence)
    if not case.public or case.rechecks.filter(year=act.day.year).exists():
        raise Refused(
            Text("只复核已授牌的地方，每年一次", "only accepted places are re-checked, once a year"),
            mend=Text("看已有的复核", "look at the re-check there is"),
        )
    made = Recheck.objects.create(
        case=case, year=act.day.year, day=act.day, verdict=evidence["verdict"], evidence=dict(evidence)
    )
    ledger.record(act, "acceptance.check_again", case.subject, area=case.area_code, facts=_pinned(evidence))
    return made
