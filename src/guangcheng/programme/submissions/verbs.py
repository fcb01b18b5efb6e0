"""What people do with submissions: hand in, submit, return, accept; who is missing, and reminding them."""

import datetime as dt
import tempfile
from pathlib import Path

from django.db import transaction

from guangcheng.base.errors import Denied, InputError, NotFound, Refused
from guangcheng.base.text import Text
from guangcheng.programme.platform import attachments, ledger, scope
from guangcheng.programme.platform.acts import CHINA, Act, allow
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.mail import Send
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import carried, note_hand
from guangcheng.programme.submissions import checks
from guangcheng.programme.submissions.flow import DUE, HANDED_IN, SUBMISSION, TAKEN
from guangcheng.programme.submissions.models import Reminder, Submission
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files

AGAIN_DAYS = 7
"""Days after which a body that still owes a month is reminded by itself again (product default)."""


def hand_in(act: Act, *, month: str, register: str, operator: str, name: str, content: bytes) -> Submission:
    """Take a file as a draft: the next version for this month, register and the actor's own organisation.

    ``operator`` is the code the rows must bear. ``Refused`` while an earlier version is submitted or accepted.
    """
    body = _own(act)
    if checks.MONTH.fullmatch(month) is None or register not in TAKEN:
        raise InputError(
            Text(f"月份或台账不对：{month} {register}", f"wrong month or register: {month} {register}"),
            mend=Text("月份如 2026-02；台账：" + "、".join(TAKEN), "a month as 2026-02; one of " + ", ".join(TAKEN)),
        )
    allow(act, (Role.REPORTER,), area=body.area_code)
    city = scope.the_city()
    found = checks.checked(city, register=register, month=month, operator=operator, name=name, content=content)
    return _kept(act, body, month, register, name, content, [one.kept() for one in found])


def _own(act: Act) -> Organisation:
    if act.user.organisation is None:
        raise Denied(
            Text("您不属于任何单位，不能报送", "you belong to no body and cannot hand in for one"),
            mend=Text("请管理员把您登记到单位", "ask an administrator to enter you in your body"),
        )
    return act.user.organisation


@transaction.atomic
def _kept(
    act: Act, body: Organisation, month: str, register: str, name: str, content: bytes, findings: list[dict[str, str]]
) -> Submission:
    earlier = Submission.objects.select_for_update().filter(month=month, register=register, organisation=body)
    if earlier.filter(state__in=("submitted", "accepted")).exists():
        raise Refused(
            Text("这个月已提交，等审核或已接收", "this month is submitted already, or accepted"),
            mend=Text("要更正，请审核人先退回", "to correct it, ask the reviewer to return it"),
        )
    for draft in earlier.filter(state="draft"):
        SUBMISSION.advance(act, draft, "drop")
    version = 1 + max(earlier.values_list("version", flat=True), default=0)
    subject = f"month:{month}/{register}/{body.code}"
    kept = attachments.attach(act, name=name, content=content, subject=subject, area=body.area_code)
    made = Submission.objects.create(
        month=month,
        register=register,
        organisation=body,
        area_code=body.area_code,
        version=version,
        attachment=kept,
        state=SUBMISSION.initial,
        findings=findings,
        made_at=act.at,
        made_by=act.user,
        steps=carried(earlier, HANDED_IN),
    )
    note_hand(act, made, "hand_in")
    made.save(update_fields=["steps"])
    facts = {"month": month, "register": register, "body": body.code, "version": version, "sha256": kept.digest}
    ledger.record(act, "submission.hand_in", made.subject, area=body.area_code, facts=facts)
    return made


def locked(pk: int) -> Submission:
    """The submission, held until the transaction ends."""
    found = Submission.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound(
            Text(f"没有报送件 {pk}", f"there is no submission {pk}"),
            mend=Text("从报送列表进入", "choose one from the list"),
        )
    return found


def _of_own_body(act: Act, one: Submission) -> None:
    if act.user.organisation_id != one.organisation_id:
        raise Denied(
            Text("这是别的单位的报送", "this is another body's submission"),
            mend=Text("由本单位的填报人办", "let one of its own reporters do it"),
        )


@transaction.atomic
def submit(act: Act, pk: int) -> Anchor:
    """Submit a draft of one's own body; ``Refused`` while it has errors."""
    one = locked(pk)
    _of_own_body(act, one)
    if one.state == "draft" and one.errors:
        raise Refused(
            Text(f"还有 {len(one.errors)} 处错误", f"{len(one.errors)} errors are left"),
            mend=Text("改好文件，再交一版", "mend the file and hand in another version"),
        )
    return SUBMISSION.advance(act, one, "submit", facts={"sha256": one.attachment.digest})


@transaction.atomic
def send_back(act: Act, pk: int, *, reason: str) -> Anchor:
    """Return it with the reason; the operator answers with a new version."""
    one = locked(pk)
    one.reason = reason.strip()
    return SUBMISSION.advance(act, one, "send_back", reason=reason)


@transaction.atomic
def accept(act: Act, pk: int) -> tuple[Submission, Anchor]:
    """Accept it: its rows go into the register as a snapshot of the month's last day, by the ordinary import."""
    one = locked(pk)
    allow(act, (Role.REVIEWER,), area=one.area_code)
    before = dict(one.result)
    report = _imported(one) if one.state == "submitted" else None
    if report is not None and report.snapshot is not None:
        one.result = {"snapshot": str(report.snapshot), "added": report.added, "changed": report.changed}
    anchor = SUBMISSION.advance(act, one, "accept", facts=one.result or before)
    return one, anchor


def _imported(one: Submission) -> ImportReport:
    with tempfile.TemporaryDirectory(prefix="guangcheng-month-") as made:
        file = Path(made) / one.attachment.name
        file.write_bytes(attachments.content_of(one.attachment))
        options = ImportOptions(as_of=checks.month_end(one.month))
        return import_files(scope.the_city(), one.register, [file], options)


def missing(month: str) -> list[tuple[Organisation, str]]:
    """Operators that owe a register for ``month``: nothing of it is submitted or accepted."""
    there = set(
        Submission.objects.filter(month=month, state__in=("submitted", "accepted")).values_list(
            "organisation_id", "register"
        )
    )
    operators = Organisation.objects.filter(kind="operator", closed_on=None).prefetch_related("names")
    return [(body, register) for body in operators for register in DUE if (body.pk, register) not in there]


def remind(act: Act, *, month: str, send: Send | None = None) -> list[Reminder]:
    """Remind everybody who owes something for ``month``; by e-mail too where ``send`` is given.

    Safe to repeat: on one day nobody is reminded twice, and what could not be sent is tried again. ``InputError`` for
    what is no month.
    """
    allow(act, (Role.REVIEWER, Role.ADMINISTRATOR), area=scope.top())
    if checks.MONTH.fullmatch(month) is None:
        raise InputError(
            Text(f"月份不对：{month}", f"this is no month: {month}"), mend=Text("如 2026-02", "such as 2026-02")
        )
    return _remind(act, month, since=act.day, send=send)


def remind_due(act: Act, send: Send | None = None) -> list[Reminder]:
    """Remind of the month before the act's day, each body at most once in :data:`AGAIN_DAYS`; for a daily timer."""
    allow(act, (Role.REVIEWER, Role.ADMINISTRATOR), area=scope.top())
    last = act.day.replace(day=1) - dt.timedelta(days=1)
    return _remind(act, f"{last:%Y-%m}", since=act.day - dt.timedelta(days=AGAIN_DAYS - 1), send=send)


def _remind(act: Act, month: str, *, since: dt.date, send: Send | None) -> list[Reminder]:
    """Write what was not written since a day, then send what was written today and not sent."""
    start = dt.datetime.combine(since, dt.time(), CHINA)
    made = []
    for body, register in missing(month):
        held = Reminder.objects.filter(month=month, register=register, organisation=body, at__gte=start)
        one = held.first()
        if one is None:
            one = _written(act, month, register, body)
            made.append(one)
        if send is not None and one.sent_to == 0 and one.at.astimezone(CHINA).date() == act.day:
            _mailed(one, send)
    return made


@transaction.atomic
def _written(act: Act, month: str, register: str, body: Organisation) -> Reminder:
    one = Reminder.objects.create(month=month, register=register, organisation=body, at=act.at)
    facts = {"month": month, "register": register}
    ledger.record(act, "submission.remind", f"organisation:{body.code}", area=body.area_code, facts=facts)
    return one


def _mailed(one: Reminder, send: Send) -> None:
    """Send it to everybody of the body with an address; outside a transaction, a slow server must hold nothing."""
    people = User.objects.filter(organisation=one.organisation, is_active=True).exclude(email="")
    for address in people.values_list("email", flat=True):
        send(address, *_letter(one.organisation, one.month))
        one.sent_to += 1
        one.save(update_fields=["sent_to"])


def _letter(body: Organisation, month: str) -> tuple[Text, Text]:
    """Subject and body of a reminder."""
    return (
        Text(f"{month} 月度数据尚未报送", f"{month}: monthly statistics are due"),
        Text(f"{body.name}：请报送 {month} 的用户统计。", f"{body.name}: please hand in the statistics of {month}."),
    )
