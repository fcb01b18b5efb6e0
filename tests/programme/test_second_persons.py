"""The two-person rule, in one place: whoever ever had a hand in something, in any round, does not decide on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from guangcheng.apps.web.flows import FLOWS
from guangcheng.base.errors import Denied
from guangcheng.base.text import Text
from guangcheng.programme.members import verbs as members
from guangcheng.programme.monthly import verbs as monthly
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Transition, Workflow, hands, note_hand, roles
from guangcheng.programme.projects import plans
from guangcheng.programme.submissions import verbs as submissions
from guangcheng.programme.tasks import bulletins, reports
from tests.people import AT, STREET, TOP, Person, act

GUARDED = [(flow, step) for flow in FLOWS for step in flow.transitions if step.not_by]


@dataclass
class Row:
    """A row of any workflow."""

    state: str
    area_code: str = TOP
    steps: dict[str, Any] = field(default_factory=dict)
    subject: str = "row:1"

    def save(self) -> None:
        """Nothing to keep."""


def somebody(person: Person, name: str, body: Organisation | None = None) -> User:
    """A person who may do everything."""
    made = person("reporter", TOP, name=name, body=body)
    for role in ("reviewer", "approver", "administrator", "case_handler", "inspector", "viewer"):
        made.grants.create(role=role, area_code=TOP)
    return made


def test_everybody_with_a_hand_in_it_is_refused(person: Person) -> None:
    """Three people did the earlier deed, one after the other: none of them takes the step, a fourth does."""
    people = [somebody(person, name) for name in ("one", "two", "three", "four")]
    assert len(GUARDED) > 15
    for flow, step in GUARDED:
        only_the_fourth(people, flow, step)


def only_the_fourth(people: list[User], flow: Workflow, step: Transition) -> None:
    row = Row(step.sources[0])
    for deed in step.not_by:
        for one in people[:3]:
            note_hand(act(one), row, deed)
    for one in people[:3]:
        assert step not in flow.open_to(act(one), row)
        with pytest.raises(Denied, match="second person"):
            flow.advance(act(one), row, step.name, reason="理由")
    flow.advance(act(people[3]), row, step.name, reason="理由")
    assert (row.state, hands(row, step.name)) == (step.target, ("four",))


def test_a_table_that_bars_nobody_there_is_is_refused() -> None:
    """A misspelt deed would bar nobody."""
    step = Transition("accept", ("a",), "b", Text("接收", "accept"), roles(Role.REVIEWER), not_by=("submitt",))
    states = {"a": Text("甲", "a"), "b": Text("乙", "b")}
    with pytest.raises(ValueError, match="submitt"):
        Workflow("x", Text("某", "x"), "a", states, (step,))


def test_whoever_acts_again_stands_once_and_last() -> None:
    row = Row("x", steps={"submit": "first"})
    for name in ("second", "first"):
        note_hand(act(User(username=name)), row, "submit")
    assert row.steps == {"submit": ["second", "first"]}


@pytest.fixture
def unicom(body: Callable[..., Organisation]) -> Organisation:
    return body("unicom-qc", "operator")


def test_who_handed_in_an_earlier_version_does_not_accept_the_next(person: Person, unicom: Organisation) -> None:
    first, second, other = (somebody(person, name, unicom) for name in ("first", "second", "other"))
    text = (
        f"运营商,区域代码,月份,用户类型,速率档,客户类别,城乡,用户数\n中国联通,{STREET},2018-07,光纤,全部,家庭,全部,5\n"
    )

    def hand_in(user: User) -> int:
        one = submissions.hand_in(
            act(user),
            month="2018-07",
            register="subscriber_stats",
            operator="unicom",
            name="七月.csv",
            content=text.encode(),
        )
        submissions.submit(act(user), one.pk)
        return one.pk

    one = hand_in(first)
    submissions.send_back(act(other), one, reason="补报")
    again = hand_in(second)
    for user in (first, second):
        with pytest.raises(Denied, match="second person"):
            submissions.accept(act(user), again)
        with pytest.raises(Denied, match="second person"):
            submissions.send_back(act(user), again, reason="x")
    submissions.accept(act(other), again)


def test_who_wrote_a_units_report_does_not_accept_it(person: Person, unicom: Organisation) -> None:
    """The one who wrote, the one who changed it and the one who handed it in are all barred."""
    group = Organisation.objects.create(code="group", kind="office", area_code=TOP)
    people = [somebody(person, name, unicom) for name in ("writes", "changes", "hands", "checks")]
    members.join(act(people[0]), group, unicom, since=AT.date().replace(year=2025))
    period = reports.open_month(act(people[0]), group, 2026, 2)
    report = reports.write(act(people[0]), period, unicom, done="一")
    reports.write(act(people[1]), period, unicom, done="二")
    reports.step(act(people[2]), report, "submit")
    for one in people[:3]:
        with pytest.raises(Denied, match="second person"):
            reports.step(act(one), report, "accept")
    assert reports.step(act(people[3]), report, "accept").state == "accepted"


def test_who_froze_an_earlier_bulletin_does_not_publish_the_next(person: Person) -> None:
    first, second, third = (somebody(person, name) for name in ("first", "second", "third"))
    bulletins.freeze(act(first), 2026, figures={})
    made = bulletins.freeze(act(second), 2026, figures={"x": {}}, reason="更正")
    for one in (first, second):
        with pytest.raises(Denied, match="second person"):
            bulletins.publish(act(one), made)
    assert bulletins.publish(act(third), made).state == "published"


def test_who_froze_a_monthly_report_does_not_publish_it(person: Person) -> None:
    first, second, third = (somebody(person, name) for name in ("first", "second", "third"))

    def freeze(user: User, why: str) -> int:
        made, _ = monthly.freeze(
            act(user),
            month="2018-06",
            standard="s",
            facts={},
            snapshots={},
            files={"月报.pdf": b"%PDF-1.7 one"},
            printed=ledger.head(),
            why=why,
        )
        return made.pk

    freeze(first, "")
    corrected = freeze(second, "漏了一个镇")
    for one in (first, second):
        with pytest.raises(Denied, match="second person"):
            monthly.publish(act(one), corrected)
    monthly.publish(act(third), corrected)


def test_who_wrote_an_item_does_not_accept_the_plan(person: Person, unicom: Organisation) -> None:
    begins, adds, files, checks = (somebody(person, name, unicom) for name in ("begins", "adds", "files", "checks"))
    plan = plans.begin(act(begins), unicom, kind="annual", year=2026, title="年度计划")
    day = AT.date()
    plans.add_item(act(adds), plan, work="site", words="新建", area=STREET, start=day, end=day)
    plans.step(act(files), plan, "file")
    for one in (begins, adds, files):
        with pytest.raises(Denied, match="second person"):
            plans.step(act(one), plan, "accept")
    assert plans.step(act(checks), plan, "accept").state == "accepted"
