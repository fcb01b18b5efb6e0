"""Reminders: in the app, by e-mail where a sender is given, and as calendar entries."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import OFFICE, liaison_of
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.mail import Send
from guangcheng.programme.platform.models import LedgerEntry, Organisation, User
from guangcheng.programme.tasks.lights import Light, last_day, light
from guangcheng.programme.tasks.models import Decision, Period, Reminder, Task
from guangcheng.programme.tasks.reports import missing

DAYS_BEFORE = (14, 7, 1)
"""Days before a date on which its units are reminded (product default)."""

AGAIN_DAYS = 7
"""Days after which something overdue is reminded of again (product default)."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that asks for a reminder: whom, of what, in which words, marked so that it is said once."""

    units: tuple[Organisation, ...]
    subject: str
    mark: str
    words: Text
    address: str


def remind(act: Act, send: Send | None = None) -> list[Reminder]:
    """Write every reminder due on the act's day that was not written yet, then send it to those with an address.

    A body is reminded through its liaison, else through all its live accounts. Safe to repeat: nothing is said twice,
    and what could not be sent within a day is sent then (``send`` raises what is wrong; the reminders stay written).
    """
    made = _write_all(act)
    if send is not None:
        _send_all(act, send)
    return list(Reminder.objects.filter(pk__in=[one.pk for one in made]).select_related("to"))


@transaction.atomic
def _write_all(act: Act) -> list[Reminder]:
    allow(act, OFFICE, area=scope.top())
    made = [
        reminder
        for due in due_on(act.day)
        for unit in due.units
        for user in recipients(unit)
        if (reminder := _write(act, due, user)) is not None
    ]
    day = f"day:{act.day}"
    # a timer may run every hour: one entry a day, and one for each run that wrote something
    if made or not LedgerEntry.objects.filter(verb="reminder.write", subject=day).exists():
        ledger.record(act, "reminder.write", day, facts={"written": len(made)})
    return made


def _send_all(act: Act, send: Send) -> None:
    """Outside a transaction, one by one: a slow mail server must not hold the database."""
    waiting = Reminder.objects.filter(mailed=False, read_at=None, at__gt=act.at - dt.timedelta(days=1))
    for one in waiting.exclude(to__email="").select_related("to").order_by("pk"):
        send(one.to.email, Text("任务提醒", "A reminder"), one.words)
        Reminder.objects.filter(pk=one.pk).update(mailed=True)


def _write(act: Act, due: Due, user: User) -> Reminder | None:
    made, new = Reminder.objects.get_or_create(
        to=user,
        subject=due.subject,
        mark=due.mark,
        defaults={"zh": due.words.zh[:300], "en": due.words.en[:300], "address": due.address, "at": act.at},
    )
    return made if new else None


def recipients(unit: Organisation) -> list[User]:
    """Who is told for a body."""
    liaison = liaison_of(unit)
    return [liaison] if liaison else list(unit.users.filter(is_active=True).order_by("username"))


def due_on(day: dt.date) -> Iterator[Due]:
    """What asks for a reminder on ``day``: tasks, decisions, unit reports."""
    tasks = Task.objects.exclude(state__in=("done", "dropped", "reported")).filter(continuous=False)
    for task in tasks.prefetch_related("assignments__organisation"):
        yield from _of_task(task, day)
    for decision in Decision.objects.filter(state="open", due_on__isnull=False).select_related("organisation"):
        yield from _of_decision(decision, day)
    for period in Period.objects.filter(until__lt=day).select_related("group"):
        yield from _of_period(period, day)


def _of_task(task: Task, day: dt.date) -> Iterator[Due]:
    own, now = task.deadline or task.pass_date, light(task, day)
    marked = _mark(own, last_day(task), day) if own else None
    if marked is None or own is None:
        return
    late = now in (Light.RED, Light.AMBER)
    words = Text(
        f"{task.code} {task.title_zh}：{now.words.zh if late else '即将到期'}，期限 {own}",
        f"{task.code} {task.title.en}: {now.words.en if late else 'due soon'}, by {own}",
    )
    parts = sorted(task.assignments.all(), key=lambda one: one.pk)
    units = tuple(dict.fromkeys(one.organisation for one in parts if one.organisation and one.role != "cooperating"))
    yield Due(units, task.subject, marked, words, f"/tasks/{task.pk}")


def _of_decision(decision: Decision, day: dt.date) -> Iterator[Due]:
    marked = _mark(decision.due_on, decision.due_on, day)
    if marked is not None:
        words = Text(f"会议决议：{decision.words[:80]}，期限 {decision.due_on}", f"decision by {decision.due_on}")
        yield Due((decision.organisation,), decision.subject, marked, words, f"/meetings/{decision.meeting_id}")


def _of_period(period: Period, day: dt.date) -> Iterator[Due]:
    marked = _mark(period.due_on, period.due_on, day) or f"soon:{DAYS_BEFORE[0]}"
    words = Text(f"{period.label}进展还没有报送，期限 {period.due_on}", f"report for {period.label} by {period.due_on}")
    lacking = tuple(missing(period))
    if lacking:
        yield Due(lacking, period.subject, marked, words, f"/unit-reports/{period.pk}")


def _mark(own: dt.date | None, judged: dt.date | None, day: dt.date) -> str | None:
    """Which reminder is due: the narrowest of the days before, or the number of the week it is late."""
    if own is None or judged is None:
        return None
    left = (own - day).days
    if left >= 0:
        passed = [before for before in DAYS_BEFORE if left <= before]
        return f"soon:{min(passed)}" if passed else None
    colour, since = ("red", judged) if day > judged else ("amber", own)
    return f"{colour}:{((day - since).days - 1) // AGAIN_DAYS}"


@transaction.atomic
def read(act: Act, reminder: Reminder) -> None:
    """Put one's own reminder aside; reading is not an act of the programme and not in the ledger."""
    Reminder.objects.filter(pk=reminder.pk, to=act.user, read_at=None).update(read_at=act.at)


def calendar_file(
    tasks: Iterable[Task], decisions: Iterable[Decision], at: dt.datetime, *, periods: Iterable[Period] = ()
) -> bytes:
    """An iCalendar (RFC 5545) with one all-day entry per date, an alarm a week before; the same input, the same bytes.

    A task with an internal date before its pass date gives two entries; a period the day its unit reports are due.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Guangcheng//tasks//ZH")
    calendar.add("version", "2.0")
    for task in tasks:
        for day, kind in dates_of(task):
            summary = f"{task.code} {task.title_zh}（{kind}）"
            calendar.add_component(_entry(f"{task.subject}-{kind}", summary, task.clause, day, at))
    for decision in decisions:
        if decision.due_on:
            entry = _entry(decision.subject, f"会议决议：{decision.words[:80]}", "", decision.due_on, at)
            calendar.add_component(entry)
    for period in periods:
        entry = _entry(period.subject, f"单位报送：{period.label}", "", period.due_on, at)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def open_periods(day: dt.date) -> QuerySet[Period]:
    """The periods whose unit reports are still due on a day or after it."""
    return Period.objects.filter(due_on__gte=day).order_by("due_on", "pk")


def dates_of(task: Task) -> list[tuple[dt.date, str]]:
    """The days of a live task that count, with what each is."""
    if task.continuous or task.state in ("done", "dropped"):
        return []
    if task.deadline and task.pass_date and task.pass_date != task.deadline:
        return [(task.deadline, "内控"), (task.pass_date, "达标")]
    judged = last_day(task)
    return [(judged, "期限")] if judged else []


def _entry(uid: str, summary: str, description: str, day: dt.date, at: dt.datetime) -> Any:
    from icalendar import Alarm, Event

    entry = Event()
    entry.add("uid", f"{uid.replace(':', '-')}@guangcheng")
    entry.add("dtstamp", at)
    entry.add("dtstart", day)
    entry.add("summary", summary)
    if description:
        entry.add("description", description)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", dt.timedelta(days=-7))
    entry.add_component(alarm)
    return entry
