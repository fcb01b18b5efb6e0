"""Rules with a clock: limits in working days, deadlines, periods. Days come in; nothing here asks what day it is."""

import calendar
from datetime import date, timedelta

from guangcheng.base.days import months_before
from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Answer, Facts, Limits, missing, number


class Span(Facts):
    """Something begun on a day and, perhaps, finished; a clock that may pause while capacity is short (U-07)."""

    started: date
    finished: date | None = None
    paused_from: date | None = None
    paused_to: date | None = None


def working_day_limit(facts: Span, limits: Limits) -> Answer:
    """Done within ``limit`` working days, the day after the start being day 1; pauses do not count."""
    days = limits.whole("limit")
    if facts.paused_from is None:
        due = limits.calendar.add_working_days(facts.started, days)
    else:
        paused = limits.calendar.paused_due(facts.started, days, facts.paused_from, facts.paused_to)
        if paused is None:
            return Answer(None, reasons=(Text(zh="计时暂停中", en="the clock stands still"),))
        due = paused
    end = facts.finished or limits.on
    used = limits.calendar.working_days_between(facts.started, end)
    if end <= due:
        done = facts.finished is not None
        return Answer(ok=True if done else None, value=str(used), due=due, reasons=() if done else (_running(due),))
    reason = Text(zh=f"应在 {due} 前完成，已用 {used} 个工作日", en=f"due on {due}; {used} working days used")
    return Answer(ok=False, value=str(used), reasons=(reason,), due=due)


def _running(due: date) -> Text:
    return Text(zh=f"未到期，期限 {due}", en=f"still in time, due on {due}")


class Dues(Facts):
    """Things with a date each; ``continuous`` ones are asked for a note within the last month instead."""

    class Due(Facts):
        """One decision, task or request."""

        name: str
        due: date | None = None
        done: date | None = None
        continuous: bool = False
        last_note: date | None = None

    things: tuple[Due, ...]


def deadlines(facts: Dues, limits: Limits) -> Answer:
    """Overdue when the day has passed undone; ``due_soon_days`` before it is a warning, not a breach.

    A continuous task is overdue when no note was made for ``note_months``.
    """
    late = [item.name for item in facts.things if _late(item, limits)]
    soon = [item.name for item in facts.things if _soon(item, limits)]
    found = missing(late, Text(zh="逾期", en="overdue"))
    if not soon:
        return found
    warning = Text(zh="临近期限：" + "、".join(soon), en="due soon: " + ", ".join(soon))
    return Answer(found.ok, found.value, (*found.reasons, warning), found.items)


def _late(item: Dues.Due, limits: Limits) -> bool:
    if item.continuous:
        since = months_before(limits.on, limits.whole("note_months"))
        return item.done is None and (item.last_note is None or item.last_note < since)
    return item.due is not None and (item.done or limits.on) > item.due


def _soon(item: Dues.Due, limits: Limits) -> bool:
    if item.done is not None or item.due is None:
        return False
    return limits.on <= item.due <= limits.on + timedelta(days=limits.whole("due_soon_days"))


class Periodic(Facts):
    """When each thing was last done; ``None`` never."""

    last: dict[str, date | None]
    interval_months: int | None = None
    """The unit's own interval, where the text leaves it to the unit."""


def since_last(facts: Periodic, limits: Limits) -> Answer:
    """Each is done at least once every ``interval_months``."""
    months = facts.interval_months if facts.interval_months is not None else limits.whole("interval_months")
    since = months_before(limits.on, months)
    late = [name for name, day in facts.last.items() if day is None or day < since]
    return missing(late, Text(zh=f"超过 {months} 个月未做", en=f"not done for {months} months"))


class Sent(Facts):
    """What each unit sent for the month that ends on ``period``; ``recipients`` who got it."""

    period: date
    sent: dict[str, date | None]
    recipients: tuple[str, ...] = ()


def monthly_due(facts: Sent, limits: Limits) -> Answer:
    """Sent by ``due_day`` of the month after the period, to every one of ``recipients`` where the rule names any."""
    year, month = divmod(facts.period.year * 12 + facts.period.month, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    due = date(year, month + 1, min(limits.whole("due_day"), last_day))
    late = [name for name, day in facts.sent.items() if (day or limits.on) > due]
    wanted = limits.words("recipients") if limits.has("recipients") else ()
    found = missing(
        [*late, *(name for name in wanted if name not in facts.recipients and any(facts.sent.values()))],
        Text(zh="迟报、未报或未送达", en="late, missing or not delivered"),
    )
    return Answer(found.ok, found.value, found.reasons, found.items, due)


class ByClass(Facts):
    """A thing of a class, and when it was finished."""

    kind: str
    finished: date | None = None


def done_by_class(facts: ByClass, limits: Limits) -> Answer:
    """Finished by the day its class has: the early day for ``early_kinds``, else the late one."""
    due = limits.day("early_by" if facts.kind in limits.words("early_kinds") else "late_by")
    if facts.finished is None and limits.on <= due:
        return Answer(None, reasons=(_running(due),), due=due)
    ok = (facts.finished or limits.on) <= due
    return Answer(ok, reasons=() if ok else (Text(zh=f"期限 {due} 已过", en=f"the day {due} has passed"),), due=due)


class Settled(Facts):
    """Shared things with their first day and the day the account was settled."""

    class Thing(Facts):
        """One shared facility."""

        name: str
        since: date
        settled: date | None = None

    things: tuple[Thing, ...]


def settled_by(facts: Settled, limits: Limits) -> Answer:
    """Everything shared up to ``shared_until`` is settled by ``settle_by``; what came later has no day in the text."""
    due = limits.day("settle_by")
    bound = [item for item in facts.things if item.since <= limits.day("shared_until")]
    if limits.on <= due and all(item.settled is None or item.settled <= due for item in bound):
        waiting = [item for item in bound if item.settled is None]
        if waiting:
            return Answer(None, value=str(len(waiting)), reasons=(_running(due),), due=due)
    late = [item.name for item in bound if (item.settled or limits.on) > due]
    found = missing(late, Text(zh=f"{due} 前未结算", en=f"not settled by {due}"))
    return Answer(found.ok, found.value, found.reasons, found.items, due)


class Published(Facts):
    """The day results were published per year and area, and big matters reported."""

    year: int
    areas: dict[str, int]
    """How many publications each area has for the year."""


def yearly_publication(facts: Published, limits: Limits) -> Answer:
    """At least ``per_year`` publications for the year and every area, due by the end of the year after."""
    least = limits.whole("per_year")
    late = [name for name, count in facts.areas.items() if count < least]
    due = date(facts.year + 1, 12, 31)
    if late and limits.on <= due:
        return Answer(None, value=str(len(late)), items=tuple(late), reasons=(_running(due),), due=due)
    found = missing(late, Text(zh="未按年公布", en="not published for the year"))
    return Answer(found.ok, found.value, found.reasons, found.items, due)


class Tests(Facts):
    """Stations with their last test, the laboratory's licence and the day of publication."""

    class Station(Facts):
        """One station."""

        name: str
        tested: date | None = None
        lab_valid_to: date | None = None
        published: date | None = None

    stations: tuple[Station, ...]


def regular_tests(facts: Tests, limits: Limits) -> Answer:
    """Tested within ``interval_months`` by a body with a licence then valid, published within ``publish_days``."""
    found = [item.name for item in facts.stations if not _tested(item, limits)]
    return missing(found, Text(zh="检测、资质或公布不合要求", en="test, licence or publication amiss"))


def _tested(item: Tests.Station, limits: Limits) -> bool:
    if item.tested is None or item.tested < months_before(limits.on, limits.whole("interval_months")):
        return False
    if item.lab_valid_to is None or item.lab_valid_to < item.tested:
        return False
    return (item.published or limits.on) <= item.tested + timedelta(days=limits.whole("publish_days"))


class Emergency(Facts):
    """What an operator has for emergencies."""

    plan_valid_to: date | None = None
    team: int = 0
    supplies: int = 0
    last_drill: date | None = None


def emergency_ready(facts: Emergency, limits: Limits) -> Answer:
    """A valid plan, a team, supplies, and a drill within ``interval_months``."""
    since = months_before(limits.on, limits.whole("interval_months"))
    checks = {
        "plan": facts.plan_valid_to is not None and facts.plan_valid_to >= limits.on,
        "team": facts.team >= 1,
        "supplies": facts.supplies >= 1,
        "drill": facts.last_drill is not None and facts.last_drill >= since,
    }
    return missing(
        [name for name, ok in checks.items() if not ok], Text(zh="应急准备缺项", en="emergency readiness lacks")
    )


class Outage(Facts):
    """A planned power cut: announced and starting, as days; the lead time the authority set, in days."""

    announced: date
    begins: date
    lead_days: int | None = None


def notice_lead(facts: Outage, limits: Limits) -> Answer:
    """Announced at least the required days ahead; without a required lead time nothing can be said (U-31)."""
    wanted = facts.lead_days
    if wanted is None:
        wanted = limits.whole("lead_days") if limits.has("lead_days") else None
    ahead = (facts.begins - facts.announced).days
    if wanted is None:
        reason = Text(zh="没有规定提前天数", en="no lead time is set")
        return Answer(None, value=str(ahead), reasons=(reason,))
    reason = Text(zh=f"提前 {ahead} 天，应提前 {wanted} 天", en=f"{ahead} days ahead, {wanted} demanded")
    return Answer(ahead >= wanted, value=str(ahead), reasons=(reason,))


class Disputes(Facts):
    """Open and solved disputes."""

    class Dispute(Facts):
        """One dispute."""

        name: str
        category: str
        raised: date
        solved: date | None = None

    disputes: tuple[Dispute, ...]


def disputes_age(facts: Disputes, limits: Limits) -> Answer:
    """Each belongs to one of ``categories`` and is solved within ``escalate_days``; older ones go up."""
    known = limits.words("categories")
    odd = [item.name for item in facts.disputes if item.category not in known]
    days = limits.whole("escalate_days")
    old = [
        item.name
        for item in facts.disputes
        if item.name not in odd and ((item.solved or limits.on) - item.raised).days > days
    ]
    return missing([*odd, *old], Text(zh=f"类别不符或超过 {days} 天", en=f"of no category or older than {days} days"))


class Early(Facts):
    """An approved place and the day."""

    kind: str
    approved: date


def finished_early(facts: Early, limits: Limits) -> Answer:
    """Approved before the final day of its kind's target: a candidate for publicity."""
    due = limits.day(facts.kind)
    days = (due - facts.approved).days
    return Answer(days > 0, value=number(days), due=due)
