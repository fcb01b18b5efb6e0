"""Problems, meetings, unit reports and bulletins: steps that cannot be, second persons, age, what is missing."""

import datetime as dt
from collections.abc import Callable

import pytest

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.programme.members import verbs as members
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.platform.workflow import Workflow
from guangcheng.programme.tasks import bulletins, meetings, problems, reports
from guangcheng.programme.tasks.flow import DECISION, MEETING, PROBLEM, UNIT_REPORT
from guangcheng.programme.tasks.models import Bulletin, Decision, Meeting, Moved, Period, Problem, UnitReport
from tests.people import AT, STREET, TOP, Person, act

Body = Callable[..., Organisation]
DAY = AT.date()


@pytest.fixture
def office(person: Person) -> User:
    return person("administrator")


@pytest.fixture
def unicom(body: Body) -> Organisation:
    return body("unicom", name="联通公司")


@pytest.fixture
def reporter(person: Person, unicom: Organisation) -> User:
    return person("reporter", TOP, name="unicom-reporter", body=unicom)


def later(days: int) -> dt.datetime:
    return AT + dt.timedelta(days=days)


def every_step(flow: Workflow, case: Moved, take: Callable[[str], object]) -> None:
    """From every state, take every step: those of the table go through, the others are refused."""
    for state in flow.states:
        for step in flow.transitions:
            type(case).objects.filter(pk=case.pk).update(state=state, steps={})  # type: ignore[attr-defined]
            if state in step.sources:
                take(step.name)
                case.refresh_from_db()
                assert case.state == step.target
            else:
                with pytest.raises(Refused):
                    take(step.name)


def test_a_problem_takes_only_the_steps_of_its_table(office: User, unicom: Organisation) -> None:
    one = problems.raise_problem(act(office), category="duct", title="管道", area=STREET, owner=unicom)
    assert one.state == "working"

    def take(name: str) -> None:
        Problem.objects.update(level=0)
        if name == "take":
            problems.take(act(office), one, unicom)
        else:
            problems.step(act(office), one, name, reason="理由")

    every_step(PROBLEM, one, take)


def test_age_escalates_one_level_at_fifteen_and_at_thirty_days(office: User, unicom: Organisation) -> None:
    one = problems.raise_problem(act(office), category="site", title="站址", area=STREET)
    levels = {}
    for days in (14, 15, 29, 30, 60):
        problems.escalate_due(act(office, later(days)))
        levels[days] = Problem.objects.get().level
    assert levels == {14: 0, 15: 1, 29: 1, 30: 2, 60: 2}
    problems.take(act(office), one, unicom)
    done = problems.step(act(office, later(61)), one, "solve", reason="已选新址")
    assert problems.age(done, later(99).date()) == 61
    (solved,) = [row for row in problems.by_category() if row.raised]
    assert (solved.category, solved.raised, solved.solved, solved.median_days) == ("site", 1, 1, 61.0)


def test_only_the_owner_solves_and_another_confirms(
    office: User, reporter: User, unicom: Organisation, person: Person, body: Body
) -> None:
    bureau = body("bureau", "government")
    clerk = person("reporter", TOP, name="clerk", body=bureau)
    one = problems.raise_problem(act(reporter), category="entry", title="进场", area=TOP)
    problems.take(act(office), one, bureau)
    with pytest.raises(Denied):
        problems.step(act(reporter), one, "solve", reason="x")
    problems.step(act(clerk), one, "solve", reason="已协调")
    with pytest.raises(Denied):
        problems.step(act(clerk), one, "confirm")
    assert problems.step(act(reporter), one, "confirm").state == "closed"
    with pytest.raises(InputError):
        problems.raise_problem(act(reporter), category="weather", title="x", area=TOP)
    assert ledger.verify() is None


def test_meetings_take_only_the_steps_of_their_table(office: User, unicom: Organisation) -> None:
    one = meetings.plan(act(office), title="会", held_on=DAY, group=None, area=TOP)
    every_step(MEETING, one, lambda name: meetings.step(act(office), one, name, reason="理由"))
    Meeting.objects.update(state="held")
    one.refresh_from_db()
    decision = meetings.decide(act(office), one, words="办", organisation=unicom)
    every_step(DECISION, decision, lambda name: meetings.decision_step(act(office), decision, name, reason="理由"))


def test_decisions_go_on_the_next_agenda_until_confirmed(office: User, reporter: User, unicom: Organisation) -> None:
    one = meetings.plan(act(office), title="会", held_on=DAY, group=None, area=TOP)
    meetings.step(act(office), one, "hold", reason="纪要")
    one.refresh_from_db()
    decision = meetings.decide(act(office), one, words="办", organisation=unicom, due_on=DAY)
    assert not meetings.overdue(decision, DAY)
    assert meetings.overdue(decision, DAY + dt.timedelta(days=1))
    meetings.decision_step(act(reporter), decision, "report", reason="办了")
    assert list(meetings.agenda()) == [decision]
    meetings.decision_step(act(office), decision, "confirm")
    assert list(meetings.agenda()) == []
    assert Decision.objects.get().done_on == DAY


def test_a_group_that_does_not_meet_is_warned(office: User) -> None:
    assert meetings.meeting_missing(DAY) is not None
    one = meetings.plan(act(office), title="会", held_on=DAY, group=None, area=TOP)
    assert meetings.meeting_missing(DAY) is None
    meetings.step(act(office), one, "hold", reason="纪要")
    assert meetings.meeting_missing(DAY + dt.timedelta(days=92)) is None
    warned = meetings.meeting_missing(DAY + dt.timedelta(days=93))
    assert warned is not None
    assert warned.en == "the last meeting was 93 days ago, none is set"


def asked(office: User, unicom: Organisation, body: Body) -> Period:
    group = body("office", "office")
    members.join(act(office), group, unicom, since=dt.date(2026, 1, 1))
    return reports.open_month(act(office), group, 2026, 2)


def test_a_months_report_is_missing_until_handed_in(
    office: User, reporter: User, unicom: Organisation, body: Body
) -> None:
    period = asked(office, unicom, body)
    assert (period.since, period.until, period.due_on) == (
        dt.date(2026, 2, 1),
        dt.date(2026, 2, 28),
        dt.date(2026, 3, 5),
    )
    late = members.join(act(office), period.group, body("late"), since=dt.date(2026, 3, 1))
    assert reports.missing(period) == [unicom]
    report = reports.write(act(reporter), period, unicom, done="做了")
    with pytest.raises(Refused):
        reports.write(act(office), period, late.organisation, done="x")
    reports.step(act(reporter), report, "submit")
    assert reports.missing(period) == []
    with pytest.raises(Refused):
        reports.write(act(reporter), period, unicom, done="改")
    with pytest.raises(Denied):
        reports.step(act(reporter), report, "accept")
    reports.step(act(office, later(9)), report, "give_back", reason="不全")
    assert reports.missing(period) == [unicom]
    reports.step(act(reporter, later(10)), report, "submit")
    assert UnitReport.objects.get().handed_in_on == DAY
    with pytest.raises(Refused):
        reports.open_month(act(office), period.group, 2026, 2)
    for year, month in ((2026, 13), (2026, 0), (0, 1)):
        with pytest.raises(InputError):
            reports.open_month(act(office), period.group, year, month)


def test_unit_reports_take_only_the_steps_of_their_table(office: User, unicom: Organisation, body: Body) -> None:
    report = reports.write(act(office), asked(office, unicom, body), unicom, done="做了")
    every_step(UNIT_REPORT, report, lambda name: reports.step(act(office), report, name, reason="理由"))


def test_a_bulletin_is_frozen_and_published_by_another(office: User, person: Person) -> None:
    made = bulletins.freeze(act(office), 2026, figures={})
    assert bulletins.digest_of(made.content) == made.digest
    both = person("approver", name="both")
    with pytest.raises(InputError):
        bulletins.freeze(act(office), 2027, figures={})
    with pytest.raises(InputError):
        bulletins.freeze(act(office), 2026, figures={})
    second = bulletins.freeze(act(both), 2026, figures={"x": {}}, reason="更正")
    with pytest.raises(Denied):
        bulletins.publish(act(both), second)
    with pytest.raises(Refused):
        bulletins.publish(act(person("approver")), made)
    Bulletin.objects.filter(pk=second.pk).update(content={"year": 2026})
    third = person("approver", name="third")
    with pytest.raises(Refused):
        bulletins.publish(act(third), second)
    Bulletin.objects.filter(pk=second.pk).update(content=second.content)
    assert bulletins.publish(act(third), second).published_on == DAY
    assert [one.state for one in Bulletin.objects.order_by("version")] == ["replaced", "published"]
