"""Regular reports of member bodies (成员单位定期报送, 002 四(一)): periods, hand in, check, missing, one text."""

import calendar
import datetime as dt

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.models import Member
from guangcheng.programme.members.verbs import OFFICE, of_unit
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.attachments import attach
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.platform.workflow import note_hand
from guangcheng.programme.tasks.flow import AT_WORK, UNIT_REPORT
from guangcheng.programme.tasks.models import Period, UnitReport
from guangcheng.programme.tasks.work import Files

DUE_AFTER_DAYS = 5
"""Days after a month's end by which its report is due (product default: the text says only 定期)."""


@transaction.atomic
def open_month(act: Act, group: Organisation, year: int, month: int) -> Period:
    """Ask the members of a group for the report of a month."""
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise InputError(
            Text(f"没有 {year} 年 {month} 月", f"there is no month {year}-{month}"),
            mend=Text("年份四位，月份 1 到 12", "a year of four digits, a month from 1 to 12"),
        )
    last = dt.date(year, month, calendar.monthrange(year, month)[1])
    due = last + dt.timedelta(days=DUE_AFTER_DAYS)
    return open_period(act, group, label=f"{year}年{month}月", since=dt.date(year, month, 1), until=last, due_on=due)


@transaction.atomic
def open_period(
    act: Act, group: Organisation, *, label: str, since: dt.date, until: dt.date, due_on: dt.date
) -> Period:
    """Ask the members of a group for a report on some days; ``Refused`` when those days were asked for."""
    allow(act, OFFICE, area=group.area_code)
    if not since <= until <= due_on:
        raise InputError(
            Text(
                f"日期次序不对：{since}、{until}、{due_on}", f"the dates are out of order: {since}, {until}, {due_on}"
            ),
            mend=Text("起、止、报送期限依次不早于前一个", "start, end, due day, in this order"),
        )
    if Period.objects.filter(group=group, since=since, until=until).exists():
        raise Refused(
            Text(f"{label}已经布置过", f"{label} was asked for already"), mend=Text("打开已有的一期", "open that one")
        )
    made = Period.objects.create(group=group, label=label, since=since, until=until, due_on=due_on)
    ledger.record(act, "period.open", made.subject, area=group.area_code, facts={"label": label, "due_on": due_on})
    return made


@transaction.atomic
def write(
    act: Act,
    period: Period,
    organisation: Organisation,
    *,
    done: str,
    next_steps: str = "",
    problems: str = "",
    files: Files = (),
) -> UnitReport:
    """Write a unit's report, or change it while it is a draft or was returned."""
    allow(act, AT_WORK, area=organisation.area_code)
    of_unit(act, [organisation], area=organisation.area_code)
    if organisation not in members(period):
        raise Refused(
            Text(f"{organisation.name} 不是这一期的成员单位", f"{organisation.name} is no member for this period"),
            mend=Text("由办公室先登记为成员单位", "let the office enter it as a member"),
        )
    if not done.strip():
        raise InputError(Text("没有写进展", "nothing is reported"), mend=Text("写明本期进展", "say what was done"))
    held = UnitReport.objects.select_for_update().filter(period=period, organisation=organisation).first()
    if held is not None and held.state not in ("draft", "returned"):
        raise Refused(
            Text(
                f"报告已是“{UNIT_REPORT.states[held.state].zh}”", f"the report is {UNIT_REPORT.states[held.state].en}"
            ),
            mend=Text("请办公室退回后再改", "ask the office to return it first"),
        )
    report = held or UnitReport(
        period=period, organisation=organisation, state=UNIT_REPORT.initial, area_code=organisation.area_code
    )
    report.done, report.next, report.problems = done.strip(), next_steps.strip(), problems.strip()
    note_hand(act, report, "write")
    report.save()
    ledger.record(act, "unitreport.write", report.subject, area=report.area_code, facts={"done": report.done})
    for name, content in files:
        attach(act, name=name, content=content, subject=report.subject, area=report.area_code)
    return report


@transaction.atomic
def step(act: Act, report: UnitReport, name: str, *, reason: str = "") -> UnitReport:
    """Hand in, return or accept a report."""
    held = UnitReport.objects.select_for_update().get(pk=report.pk)
    if name == "submit":
        of_unit(act, [held.organisation], area=held.area_code)
    UNIT_REPORT.advance(act, held, name, reason=reason)
    if name == "submit" and held.handed_in_on is None:
        held.handed_in_on = act.day
        held.save(update_fields=["handed_in_on"])
    return held


def members(period: Period) -> list[Organisation]:
    """The bodies that were members of the group on the period's last day."""
    held = Member.objects.filter(group=period.group, since__lte=period.until).select_related("organisation")
    live = [one for one in held if one.until is None or one.until >= period.until]
    return list(dict.fromkeys(one.organisation for one in live))


def missing(period: Period) -> list[Organisation]:
    """The members whose report is not handed in (a returned one is missing again)."""
    handed = set(period.reports.filter(state__in=("submitted", "accepted")).values_list("organisation_id", flat=True))
    return [one for one in members(period) if one.pk not in handed]


def collated(period: Period) -> str:
    """The accepted reports as one Chinese text, unit by unit, with those missing at the end."""
    lines = [f"{period.label}进展情况汇总（{period.since} 至 {period.until}）", ""]
    accepted = period.reports.filter(state="accepted").select_related("organisation")
    for number, report in enumerate(accepted, start=1):
        lines.append(f"{number}. {report.organisation.name}")
        parts = (("进展", report.done), ("下步", report.next), ("困难", report.problems))
        lines += [f"   {name}：{words}" for name, words in parts if words]
    absent = missing(period)
    lines += ["", "未报送：" + ("、".join(one.name for one in absent) or "无")]
    return "\n".join(lines) + "\n"
