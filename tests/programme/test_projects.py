"""Plans, funded projects and cases: gates, checks, overlaps, steps that cannot be."""

import datetime as dt
from collections.abc import Callable

import pytest

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.projects import cases, funded, plans
from guangcheng.programme.projects.flow import CASE, CHECKS_OF_A_CASE, PLAN, PROJECT, STAGES
from guangcheng.programme.projects.models import Case, Plan, Project
from guangcheng.programme.tasks import work
from tests.people import AT, OTHER_STREET, STREET, TOP, Person, act
from tests.programme.test_coordination import every_step

Body = Callable[..., Organisation]
DAY = AT.date()
YES = dict.fromkeys(CHECKS_OF_A_CASE, True)


@pytest.fixture
def office(person: Person) -> User:
    return person("administrator")


@pytest.fixture
def unicom(body: Body) -> Organisation:
    return body("unicom")


def filed(office: User, unit: Organisation, area: str, start: dt.date, end: dt.date, **more: object) -> Plan:
    plan = plans.begin(act(office), unit, kind="annual", year=2026, title="计划")
    plans.add_item(act(office), plan, work="duct", words="管道", area=area, start=start, end=end, **more)  # type: ignore[arg-type]
    return plans.step(act(office), plan, "file")


def test_the_same_work_in_one_place_at_one_time_overlaps(office: User, unicom: Organisation, body: Body) -> None:
    march, april = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
    filed(office, unicom, STREET, march, april)
    filed(office, unicom, STREET, march, april)
    assert plans.overlaps() == []
    filed(office, body("mobile"), OTHER_STREET, march, april)
    filed(office, body("telecom"), STREET, april + dt.timedelta(days=1), dt.date(2026, 9, 1))
    assert plans.overlaps() == []
    filed(office, body("tower", "tower"), TOP, april, april)
    assert {pair.one.plan.organisation.code for pair in plans.overlaps()} == {"unicom", "mobile"}
    assert {pair.other.plan.organisation.code for pair in plans.overlaps()} == {"tower"}
    assert plans.missing_plans(2026) == []
    assert len(plans.missing_plans(2027)) == 4


def test_a_task_is_served_by_an_item_that_ends_in_time(office: User, unicom: Organisation) -> None:
    task = work.add(act(office), title="甲", area=TOP, deadline=dt.date(2026, 6, 30), lead=unicom)
    assert [one.why.en for one in plans.unserved()] == ["no item of a plan serves it"]
    filed(office, unicom, TOP, DAY, dt.date(2026, 7, 1), task=task)
    assert [one.why.en for one in plans.unserved()] == ["planned for 2026-07-01, later than the task's 2026-06-30"]
    filed(office, unicom, TOP, DAY, dt.date(2026, 6, 30), task=task)
    assert list(plans.unserved()) == []


def test_plans_take_only_the_steps_of_their_table(office: User, unicom: Organisation) -> None:
    plan = filed(office, unicom, STREET, DAY, DAY)
    with pytest.raises(Refused):
        plans.remove_item(act(office), plan.items.get())
    every_step(PLAN, plan, lambda name: plans.step(act(office), plan, name, reason="理由"))


def a_project(office: User, unit: Organisation, fund: str = "city") -> Project:
    return funded.begin(act(office), name="平台", organisation=unit, fund_source=fund, purpose="platform", area=TOP)


def test_city_money_needs_the_three_documents_in_order(office: User, unicom: Organisation) -> None:
    one = a_project(office, unicom)
    with pytest.raises(Refused):
        funded.step(act(office), one, "to_funding")
    for stage in list(STAGES)[:2]:
        funded.record_stage(act(office), one, stage)
        one = funded.step(act(office), one, "to_funding") if stage == "review" else one
    for kind in ("tender", "contract"):
        with pytest.raises(Refused):
            funded.file(act(office), one, kind, number="1", on=DAY)
    assert (barred := funded.barred(one, "to_tender")) is not None
    assert barred.en == "missing: construction plan (approved)"
    funded.file(act(office), one, "plan", number="1", on=DAY)
    with pytest.raises(Refused):
        funded.file(act(office), one, "plan", number="2", on=DAY)
    one = funded.step(act(office), one, "to_tender")
    funded.record_stage(act(office), one, "开标")
    funded.file(act(office), one, "tender", number="2", on=DAY)
    with pytest.raises(Refused):
        funded.step(act(office), one, "to_supervision")
    funded.file(act(office), one, "contract", number="3", on=DAY)
    assert funded.step(act(office), one, "to_supervision").state == "supervision"
    with pytest.raises(InputError):
        funded.file(act(office), one, "plan", number="1", on=DAY + dt.timedelta(days=1))
    assert ledger.verify() is None


def test_other_money_needs_records_only(office: User, unicom: Organisation) -> None:
    one = a_project(office, unicom, "district")
    for after in list(STAGES)[1:]:
        funded.record_stage(act(office), one, "做了")
        one = funded.step(act(office), one, f"to_{after}")
    assert one.state == "operation"


def test_projects_take_only_the_steps_of_their_table(office: User, unicom: Organisation) -> None:
    one = a_project(office, unicom, "other")
    for stage in STAGES:
        Project.objects.update(state=stage)
        funded.record_stage(act(office), one, "做了")
    every_step(PROJECT, one, lambda name: funded.step(act(office), one, name, reason="理由"))


def test_issues_old_and_projects_doubled(office: User, unicom: Organisation) -> None:
    one, other = a_project(office, unicom), a_project(office, unicom)
    issue = funded.find_issue(act(office), one, "缺章")
    assert funded.old_issues(DAY + dt.timedelta(days=30)) == []
    assert funded.old_issues(DAY + dt.timedelta(days=31)) == [issue]
    funded.correct_issue(act(office), issue, "已补")
    with pytest.raises(Refused):
        funded.correct_issue(act(office), issue, "又补")
    assert funded.old_issues(DAY + dt.timedelta(days=31)) == []
    assert funded.doubled() == [(one, other)]


def a_case(office: User, unit: Organisation, partner: str = "", network: str = "") -> Case:
    told = {"title": "案例", "field": "industry", "area": STREET, "partner": partner, "network": network}
    return cases.enter(act(office), operator=unit, **told)  # type: ignore[arg-type]


def test_a_case_counts_after_three_checks_by_a_second_person(
    office: User, unicom: Organisation, person: Person
) -> None:
    handler = person("case_handler")
    one = a_case(office, unicom, partner="某厂", network="10G-PON")
    with pytest.raises(Refused):
        cases.check(act(handler), one, YES)
    cases.step(act(office), one, "recommend")
    with pytest.raises(InputError):
        cases.check(act(handler), one, YES)
    cases.check(act(handler), one, {"network_used": True, "user_named": True})
    with pytest.raises(Refused):
        cases.step(act(handler), one, "select")
    cases.step(act(handler), one, "send_back", reason="写明效果")
    assert cases.mend(act(office), one, {"effect": "降本"}).checks == {}
    cases.step(act(office), one, "recommend")
    cases.check(act(handler), one, YES)
    with pytest.raises(Denied):
        cases.step(act(office), one, "select")
    assert cases.counts() == {"consumption": 0, "industry": 0, "livelihood": 0, "government": 0}
    assert cases.step(act(handler), one, "select").selected_on == DAY
    assert cases.counts() == {"consumption": 0, "industry": 1, "livelihood": 0, "government": 0}


def test_cases_take_only_the_steps_of_their_table(office: User, unicom: Organisation) -> None:
    one = a_case(office, unicom)

    def take(name: str) -> None:
        Case.objects.update(checks=YES)
        cases.step(act(office), one, name, reason="理由")

    every_step(CASE, one, take)


def test_another_enterprises_reporter_may_not(office: User, unicom: Organisation, person: Person, body: Body) -> None:
    other = person("reporter", TOP, name="other", body=body("mobile"))
    plan, one, case = filed(office, unicom, STREET, DAY, DAY), a_project(office, unicom), a_case(office, unicom)
    for take in (
        lambda: plans.begin(act(other), unicom, kind="annual", year=2026, title="x"),
        lambda: plans.step(act(other), plan, "file"),
        lambda: funded.record_stage(act(other), one, "x"),
        lambda: funded.file(act(other), one, "plan", number="1", on=DAY),
        lambda: cases.step(act(other), case, "recommend"),
        lambda: cases.mend(act(other), case, {"title": "x"}),
    ):
        with pytest.raises(Denied):
            take()
