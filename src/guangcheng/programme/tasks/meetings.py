"""Meetings and their decisions, driven through to the end (000 附件; 002 四(一))."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import OFFICE, of_unit
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.tasks.flow import DECISION, MEETING
from guangcheng.programme.tasks.models import Decision, Meeting

INTERVAL_DAYS = 92
"""Days within which a coordinating group meets again (product default: the text says only 定期)."""


@transaction.atomic
def plan(act: Act, *, title: str, held_on: dt.date, group: Organisation | None, area: str) -> Meeting:
    """Set a meeting."""
    allow(act, OFFICE, area=area)
    if not title.strip():
        raise InputError(Text("会议没有名称", "the meeting has no name"), mend=Text("填会议名称", "name it"))
    made = Meeting.objects.create(
        title=title.strip(), held_on=held_on, group=group, area_code=area, state=MEETING.initial
    )
    ledger.record(act, "meeting.plan", made.subject, area=area, facts={"title": title, "on": held_on})
    return made


@transaction.atomic
def step(act: Act, meeting: Meeting, name: str, *, reason: str) -> Meeting:
    """Record it as held (the reason is its minutes) or cancel it; a meeting to come was not held yet."""
    held = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if name == "hold":
        if held.held_on > act.day:
            raise Refused(
                Text(f"会议定在 {held.held_on}，还没有开", f"the meeting is on {held.held_on}, still to come"),
                mend=Text("开会之后再记录", "record it after it was held"),
            )
        held.minutes = reason.strip()
    MEETING.advance(act, held, name, reason=reason)
    return held


@transaction.atomic
def decide(
    act: Act, meeting: Meeting, *, words: str, organisation: Organisation, due_on: dt.date | None = None
) -> Decision:
    """Enter a decision of a meeting that was held: what, which unit, by when."""
    allow(act, OFFICE, area=meeting.area_code)
    if meeting.state != "held":
        raise Refused(
            Text("会议还没有记录为已开", "the meeting is not recorded as held"),
            mend=Text("先记录会议", "record it first"),
        )
    if not words.strip():
        raise InputError(Text("决议没有内容", "the decision says nothing"), mend=Text("写明决议", "say what it is"))
    made = Decision.objects.create(
        meeting=meeting,
        words=words.strip(),
        organisation=organisation,
        due_on=due_on,
        area_code=meeting.area_code,
        state=DECISION.initial,
    )
    told = {"words": made.words, "unit": organisation.code, "due_on": due_on}
    ledger.record(act, "decision.make", made.subject, area=made.area_code, facts=told)
    return made


@transaction.atomic
def decision_step(act: Act, decision: Decision, name: str, *, reason: str = "") -> Decision:
    """Report done (by its unit; the reason is the result), confirm, send back, drop."""
    held = Decision.objects.select_for_update().get(pk=decision.pk)
    if name == "report":
        of_unit(act, [held.organisation], area=held.area_code)
        held.result, held.done_on = reason.strip(), act.day
    if name == "send_back":
        held.done_on = None
    DECISION.advance(act, held, name, reason=reason)
    return held


def agenda() -> QuerySet[Decision]:
    """The decisions still open, the earliest due first: the next meeting's agenda."""
    open_ones = Decision.objects.filter(state__in=("open", "reported"))
    return open_ones.select_related("meeting", "organisation").prefetch_related("organisation__names")


def overdue(decision: Decision, day: dt.date) -> bool:
    """Whether an open decision is past its day."""
    return decision.state == "open" and decision.due_on is not None and day > decision.due_on


def meeting_missing(day: dt.date) -> Text | None:
    """A warning when no meeting was held within the interval and none is set; ``None`` when all is well."""
    since = day - dt.timedelta(days=INTERVAL_DAYS)
    held = Meeting.objects.filter(state="held").order_by("-held_on").first()
    if (held and held.held_on >= since) or Meeting.objects.filter(state="planned", held_on__gte=day).exists():
        return None
    if held is None:
        return Text("还没有开过协调会议", "no coordinating meeting was held yet")
    days = (day - held.held_on).days
    return Text(f"距上次会议已 {days} 天，还没有定下次会议", f"the last meeting was {days} days ago, none is set")
