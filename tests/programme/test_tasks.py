"""Tasks: made from the documents, assigned, split, noted with evidence, confirmed by a second person, reminded of."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members import verbs as members
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Attachment, LedgerEntry, Organisation, User
from guangcheng.programme.tasks import programmes, reminders, reports, scores, work
from guangcheng.programme.tasks.flow import TASK
from guangcheng.programme.tasks.lights import Light, light
from guangcheng.programme.tasks.models import Reminder, Task
from guangcheng.standards import library
from tests.people import AT, OTHER_STREET, STREET, TOP, Person, act

Body = Callable[..., Organisation]
GIGABIT = "liangjiang-2022-gigabit"
PDF = ("照片.pdf", b"%PDF-1.7 evidence")


@pytest.fixture
def office(person: Person) -> User:
    return person("administrator")


@pytest.fixture
def unicom(body: Body) -> Organisation:
    return body("unicom", "operator", name="联通公司")


@pytest.fixture
def reporter(person: Person, unicom: Organisation) -> User:
    return person("reporter", TOP, name="unicom-reporter", body=unicom)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)


def a_task(
    office: User, unit: Organisation | None, deadline: dt.date | None = dt.date(2026, 6, 30), **more: object
) -> Task:
    task = work.add(act(office), title="改造光分配网", area=TOP, deadline=deadline, lead=unit, **more)  # type: ignore[arg-type]
    if unit is not None:
        work.assign(act(office), task, unit, "responsible")
    return task


def test_the_tasks_of_003_with_units_and_two_dates(office: User, body: Body, unicom: Organisation) -> None:
    mobile, centre, street = body("mobile"), body("centre", "office"), body("street", "street", STREET)
    trade = body("trade", "government", name="产业促进局")
    programme = programmes.begin(act(office), GIGABIT)
    written = library.load(GIGABIT).tasks
    assert set(programme.tasks.values_list("code", flat=True)) == {
        code for code, one in written.items() if one.disposition == "tracked"
    }
    task = programme.tasks.get(code="TSK-003-07")
    parts = {(one.role, one.organisation, one.words) for one in task.assignments.all()}
    assert parts == {
        ("lead", centre, "工作专班"),
        ("responsible", unicom, "各基础电信企业"),
        ("responsible", mobile, "各基础电信企业"),
        ("cooperating", trade, "产业促进局"),
        ("cooperating", street, "各街道"),
    }
    assert (task.deadline, task.pass_date) == (dt.date(2022, 8, 30), dt.date(2022, 9, 30))
    days = {dt.date(2022, 8, 30): Light.SOON, dt.date(2022, 8, 31): Light.AMBER, dt.date(2022, 9, 30): Light.AMBER}
    assert {day: light(task, day) for day in days} == days
    assert light(task, dt.date(2022, 10, 1)) is Light.RED
    assert light(programme.tasks.get(code="TSK-003-08"), dt.date(2022, 10, 1)) is Light.CONTINUOUS


@pytest.mark.parametrize("seed", ["qinzhou-2015-broadband", "qingcheng-2017-all-optical", "guangzhou-2012-convergence"])
def test_the_other_founding_documents(office: User, seed: str) -> None:
    programme = programmes.begin(act(office), seed)
    written = {code: one for code, one in library.load(seed).tasks.items() if one.disposition == "tracked"}
    found = {task.code: task for task in programme.tasks.all()}
    assert found.keys() == written.keys()
    for code, task in found.items():
        assert (task.deadline, task.continuous) == (written[code].deadline, written[code].continuous)
        assert task.pass_date == (None if task.continuous else task.deadline)
        assert bool(task.assignments.filter(role="lead")) == (written[code].lead is not None)
    assert ledger.verify() is None


def test_words_without_a_body_are_settled_later(office: User, unicom: Organisation) -> None:
    programme = programmes.begin(act(office), "qingcheng-2017-all-optical")
    task = programme.tasks.get(code="TSK-001-01")
    assert [lack.what.en for lack in work.lacking([task])] == ["no lead unit"]
    work.assign(act(office), task, unicom, "lead", words="区住房和城乡建设局")
    assert work.lacking([task]) == []
    assert not task.assignments.filter(role="lead", organisation=None).exists()


def test_progress_with_evidence_and_a_second_person(
    office: User, reporter: User, unicom: Organisation, person: Person
) -> None:
    task = a_task(office, unicom)
    note = work.note(act(reporter), task, "完成一半", percent=50, files=[PDF])
    task.refresh_from_db()
    assert (task.state, task.percent) == ("going", 50)
    assert Attachment.objects.get(subject=note.subject).name == "照片.pdf"
    work.step(act(reporter), task, "report")
    with pytest.raises(Denied):
        work.step(act(reporter), task, "confirm")
    with pytest.raises(InputError):
        work.step(act(office), task, "send_back")
    work.step(act(office), task, "send_back", reason="缺验收单")
    work.step(act(office), task, "report")
    with pytest.raises(Denied):
        work.step(act(office), task, "confirm")
    done = work.step(act(person("reviewer")), task, "confirm")
    assert (done.state, done.percent, done.done_on) == ("done", 100, AT.date())
    with pytest.raises(Refused):
        work.note(act(reporter), task, "再补一条")
    assert ledger.verify() is None


def test_another_units_reporter_may_not(office: User, unicom: Organisation, person: Person, body: Body) -> None:
    task = a_task(office, unicom)
    other = person("reporter", TOP, name="other", body=body("mobile"))
    for take in (
        lambda: work.note(act(other), task, "x"),
        lambda: work.step(act(other), task, "report"),
        lambda: work.assign(act(other), task, unicom, "lead"),
        lambda: work.split(act(other), task, {STREET: None}),
        lambda: work.move_date(act(other), task, dt.date(2027, 1, 1), reason="x"),
        lambda: work.note(act(person("viewer")), task, "x"),
    ):
        with pytest.raises(Denied):
            take()
    assert task.notes.count() == 0


@pytest.mark.parametrize("state", sorted(TASK.states))
def test_impossible_steps_are_refused(office: User, unicom: Organisation, state: str) -> None:
    task = a_task(office, unicom)
    for step in TASK.transitions:
        Task.objects.filter(pk=task.pk).update(state=state, steps={})
        if state in step.sources:
            assert work.step(act(office), task, step.name, reason="理由").state == step.target
        else:
            with pytest.raises(Refused):
                work.step(act(office), task, step.name, reason="理由")


def test_a_task_is_split_to_areas_and_waits_for_its_parts(
    office: User, person: Person, unicom: Organisation, body: Body
) -> None:
    street = body("street", "street", STREET)
    task = a_task(office, unicom)
    (part,) = work.split(act(office), task, {STREET: street})
    assert (part.code, part.area_code, part.deadline) == (f"{task.code}/{STREET}", STREET, task.deadline)
    assert {one.organisation for one in part.assignments.all()} == {street}
    assert work.split(act(office), task, {STREET: street, OTHER_STREET: None})[0].area_code == OTHER_STREET
    with pytest.raises(InputError):
        work.split(act(office), part, {TOP: None})
    with pytest.raises(Refused):
        work.step(act(office), task, "report")
    task.parts.update(state="done")
    assert work.step(act(office), task, "report").state == "reported"


def test_a_continuous_task_has_no_end(office: User, unicom: Organisation) -> None:
    task = a_task(office, unicom, None, continuous=True)
    with pytest.raises(Refused):
        work.step(act(office), task, "report")
    with pytest.raises(Refused):
        work.move_date(act(office), task, dt.date(2027, 1, 1), reason="x")
    with pytest.raises(InputError):
        work.add(act(office), title="x", area=TOP)
    assert light(task, dt.date(2099, 1, 1)) is Light.CONTINUOUS


def test_a_date_moves_with_a_reason(office: User, unicom: Organisation) -> None:
    task = a_task(office, unicom)
    with pytest.raises(InputError):
        work.move_date(act(office), task, dt.date(2026, 9, 1), reason="")
    moved = work.move_date(act(office), task, dt.date(2026, 9, 1), reason="领导小组同意")
    assert (moved.deadline, moved.pass_date) == (dt.date(2026, 9, 1), dt.date(2026, 9, 1))
    Task.objects.filter(pk=task.pk).update(pass_date=dt.date(2026, 12, 1))
    moved = work.move_date(act(office), task, dt.date(2026, 10, 1), reason="领导小组同意")
    assert moved.pass_date == dt.date(2026, 12, 1)
    assert ledger.facts_of(LedgerEntry.objects.filter(verb="task.move_date").latest("seq"))["from"] == "2026-09-01"


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.integers(0, 60), st.integers(-90, 400), st.integers(0, 30)
)
def test_the_light_goes_one_way_as_days_pass(deadline: dt.date, grace: int, after: int, soon: int) -> None:
    task = Task(state="going", deadline=deadline, pass_date=deadline + dt.timedelta(days=grace))
    day = deadline + dt.timedelta(days=after)
    late = after > grace
    expected = Light.RED if late else Light.AMBER if after > 0 else Light.SOON if -after <= soon else Light.ON_TIME
    assert light(task, day, soon) is expected


class Recorder:
    """A sender that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def __call__(self, to: str, subject: Text, body: Text) -> None:
        self.sent.append((to, body.zh))


def test_reminders_are_said_once_to_the_liaison(
    office: User, reporter: User, unicom: Organisation, person: Person
) -> None:
    second = person("reporter", TOP, name="second", body=unicom)
    second.email = "second@example.org"
    second.save()
    task = a_task(office, unicom, dt.date(2026, 6, 30))
    seen: list[tuple[str, str]] = []
    recorder = Recorder()
    members.name_liaison(act(office), unicom, second)
    days = [15, 14, 13, 7, 6, 1, 0, -1, -7, -8]
    for before in days:
        day = dt.date(2026, 6, 30) - dt.timedelta(days=before)
        made = reminders.remind(act(office, at(day)), recorder)
        seen += [(str(before), one.mark) for one in made]
        assert reminders.remind(act(office, at(day)), recorder) == []
    assert seen == [("14", "soon:14"), ("7", "soon:7"), ("1", "soon:1"), ("-1", "red:0"), ("-8", "red:1")]
    assert set(Reminder.objects.values_list("to__username", "mailed")) == {("second", True)}
    assert recorder.sent[0] == ("second@example.org", f"{task.code} 改造光分配网：即将到期，期限 2026-06-30")
    assert len(recorder.sent) == 5
    one = Reminder.objects.first()
    assert one is not None
    reminders.read(act(reporter), one)
    reminders.read(act(second), one)
    one.refresh_from_db()
    assert one.read_at == AT
    with pytest.raises(Denied):
        reminders.remind(act(reporter))


def test_without_a_sender_or_address_reminders_stay_in_the_app(
    office: User, reporter: User, unicom: Organisation
) -> None:
    a_task(office, unicom, dt.date(2026, 3, 5))
    assert [one.mailed for one in reminders.remind(act(office))] == [False]


def test_the_calendar_holds_both_dates(office: User, unicom: Organisation) -> None:
    from icalendar import Calendar

    task = a_task(office, unicom)
    task.pass_date = dt.date(2026, 9, 30)
    ongoing = a_task(office, unicom, None, continuous=True)
    content = reminders.calendar_file([task, ongoing], [], AT)
    assert content == reminders.calendar_file([task, ongoing], [], AT)
    events = Calendar.from_ical(content).walk("VEVENT")
    assert [(event.decoded("DTSTART"), str(event["SUMMARY"])) for event in events] == [
        (dt.date(2026, 6, 30), f"{task.code} 改造光分配网（内控）"),
        (dt.date(2026, 9, 30), f"{task.code} 改造光分配网（达标）"),
    ]


def test_the_calendar_holds_what_units_have_to_hand_in(office: User, body: Body) -> None:
    from icalendar import Calendar

    group = body("group", "office")
    for month in (1, 2):
        reports.open_month(act(office), group, 2026, month)
    # January's reports were due on 5 February; the day is 2 March
    content = reminders.calendar_file([], [], AT, periods=reminders.open_periods(AT.date()))
    events = Calendar.from_ical(content).walk("VEVENT")
    assert [(event.decoded("DTSTART"), str(event["SUMMARY"])) for event in events] == [
        (dt.date(2026, 3, 5), "单位报送：2026年2月")
    ]


def test_the_matrix_and_the_scores(office: User, unicom: Organisation, body: Body, person: Person) -> None:
    mobile, street = body("mobile"), body("street", "street", STREET)
    late, good = a_task(office, unicom, dt.date(2026, 3, 1)), a_task(office, mobile, dt.date(2026, 6, 30))
    work.assign(act(office), good, unicom, "cooperating")
    work.assign(act(office), good, street, "responsible")
    units, rows = scores.matrix(Task.objects.prefetch_related("assignments__organisation").order_by("pk"))
    assert [unit.code for unit in units] == ["mobile", "street", "unicom"]
    assert {row.task: dict(row.parts) for row in rows} == {
        late: {"unicom": ("lead", "responsible")},
        good: {"mobile": ("lead", "responsible"), "unicom": ("cooperating",), "street": ("responsible",)},
    }
    scores.set_weights(act(office), {"in_time": 60, "progress": 30, "acceptance": 10})
    work.note(act(office), good, "一半", percent=50)
    board = scores.scoreboard(AT.date(), {STREET: (1, 4)})
    assert [(one.rank, one.organisation.code, one.shown) for one in board] == [
        (1, "mobile", "83.3"),
        (2, "street", "77.5"),
        (3, "unicom", "0.0"),
    ]
    scores.set_weights(act(office), {"in_time": 1})
    tied = scores.scoreboard(AT.date())
    assert [(one.rank, one.organisation.code) for one in tied] == [(1, "mobile"), (1, "street"), (3, "unicom")]
    for wrong in ({}, {"in_time": 0}, {"in_time": 101}, {"charm": 5}):
        with pytest.raises(InputError):
            scores.set_weights(act(office), wrong)
    with pytest.raises(Denied):
        scores.set_weights(act(person("reviewer")), {"in_time": 1})


def test_finished_too_late_stays_late_in_the_score(office: User, unicom: Organisation, person: Person) -> None:
    task = a_task(office, unicom, dt.date(2026, 3, 1))
    work.step(act(office), task, "report")
    work.step(act(person("reviewer")), task, "confirm")
    (score,) = scores.scoreboard(AT.date())
    assert score.parts["in_time"] == (Fraction(0), 1)
    assert score.parts["progress"] == (Fraction(1), 1)


def test_what_could_not_be_sent_is_sent_later(office: User, reporter: User, unicom: Organisation) -> None:
    User.objects.filter(pk=reporter.pk).update(email="unicom@example.org")
    a_task(office, unicom, dt.date(2026, 3, 5))

    def broken(to: str, subject: Text, body: Text) -> None:
        raise OSError("no route")

    with pytest.raises(OSError, match="no route"):
        reminders.remind(act(office), broken)
    assert Reminder.objects.get().mailed is False
    recorder = Recorder()
    reminders.remind(act(office), recorder)
    reminders.remind(act(office), recorder)
    assert [to for to, _ in recorder.sent] == ["unicom@example.org"]
