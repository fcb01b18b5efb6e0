"""The pages of targets, tasks and all that coordinates them: every verb is done through its form."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Attachment, Grant, Organisation, User
from guangcheng.programme.projects.models import Case, Plan, Project
from guangcheng.programme.targets.models import Programme, Target
from guangcheng.programme.tasks.models import (
    Bulletin,
    Decision,
    Meeting,
    Period,
    Problem,
    Reminder,
    Task,
    UnitReport,
    Weights,
)
from tests.people import OTHER_STREET, STREET, TOP, Person

Body = Callable[..., Organisation]
TODAY = dt.datetime.now(tz=dt.timezone(dt.timedelta(hours=8))).date()
LISTS = (
    "/targets/", "/tasks/", "/tasks/board", "/tasks/calendar", "/tasks/matrix", "/scores/", "/problems/", "/meetings/",
    "/unit-reports/", "/plans/", "/projects/", "/cases/", "/bulletins/", "/members/", "/workdays/", "/reminders/",
)  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def do(client: Client, address: str, deed: str, status: int = 302, /, **given: Any) -> str:
    """Post a deed's form; the page it leads to (or its text when refused)."""
    told = {f"{deed}-{key}": value for key, value in given.items()}
    answer = client.post(address, {"do": deed, **told})
    assert answer.status_code == status, answer.content.decode()[:3000]
    if status == 302:
        assert client.get(answer["Location"]).status_code == 200
        return str(answer["Location"])
    return answer.content.decode()


@pytest.fixture
def unicom(body: Body) -> Organisation:
    return body("unicom", "operator", name="联通公司")


@pytest.fixture
def office(person: Person, body: Body) -> Client:
    return signed_in(person("administrator", body=body("office", "office", name="领导小组办公室")))


@pytest.fixture
def approver(person: Person) -> Client:
    return signed_in(person("approver"))


@pytest.fixture
def reporter(person: Person, unicom: Organisation) -> Client:
    return signed_in(person("reporter", TOP, name="unicom-reporter", body=unicom))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_opens_empty_for_a_viewer(person: Person, lang: str) -> None:
    viewer = signed_in(person("viewer"))
    for address in LISTS:
        answer = viewer.get(address, {"lang": lang})
        assert answer.status_code == 200, address
        assert "{%" not in answer.content.decode(), address


def test_nobody_without_a_grant_comes_in(person: Person) -> None:
    assert {Client().get(address).status_code for address in LISTS} == {302}
    nobody = signed_in(person(None, name="nobody"))
    assert {nobody.get(address).status_code for address in LISTS} == {403}
    assert Client().get("/public/bulletins/").status_code == 200


def test_a_programme_from_a_standard_and_a_split(office: Client, person: Person) -> None:
    address = do(office, "/targets/", "take_up", standard="liangjiang-2022-gigabit", area=TOP)
    assert address == f"/targets/{Programme.objects.get().pk}"
    assert "已经立项" in do(office, "/targets/", "take_up", 409, standard="liangjiang-2022-gigabit", area=TOP)
    target = Target.objects.get(indicator="IND-003-07", role="pass")
    page = f"/targets/item/{target.pk}"
    wrong = do(office, page, "split", 422, shares=f"{STREET} 2\n{OTHER_STREET} 2")
    assert "相差 -1 个" in wrong
    assert f"{STREET} 2" in wrong
    assert "第 1 行读不懂" in do(office, page, "split", 422, shares="凤城街道 两个")
    do(office, page, "split", shares=f"{STREET} 2\n{OTHER_STREET},3")
    assert sorted(target.parts.values_list("area_code", "value")) == [(STREET, Decimal(2)), (OTHER_STREET, Decimal(3))]
    anew = do(office, page, "anew", value="6", reason="领导小组决定")
    assert Target.objects.get(pk=int(anew.rsplit("/", 1)[1])).value == 6
    assert office.get(f"{address}?area={STREET}").status_code == 200
    viewer = signed_in(person("viewer"))
    assert 'name="split-shares"' not in viewer.get(anew).content.decode()
    do(viewer, anew, "split", 403, shares=f"{STREET} 6")


def test_a_task_from_unit_to_done(office: Client, reporter: Client, approver: Client, unicom: Organisation) -> None:
    page = do(
        office,
        "/tasks/",
        "add",
        title="改造<b>网</b>",
        area=TOP,
        deadline=str(TODAY + dt.timedelta(days=3)),
        lead="unicom",
    )
    task = Task.objects.get()
    do(office, page, "assign", organisation="unicom", role="responsible", words="")
    picture = SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n....")
    do(reporter, page, "note", words="完成 <script>", percent="40", file=picture)
    text = reporter.get(page).content.decode()
    assert "改造&lt;b&gt;网&lt;/b&gt;" in text
    assert "<script>" not in text.replace("<script src=", "")
    file = Attachment.objects.get()
    answer = reporter.get(f"/evidence/{file.pk}")
    assert (answer.content[:4], answer["Content-Type"]) == (b"\x89PNG", "image/png")
    do(reporter, page, "step-report")
    do(reporter, page, "step-confirm", 403)
    do(approver, page, "step-send_back", 422, reason=" ")
    do(approver, page, "step-send_back", reason="补照片")
    do(reporter, page, "step-report")
    do(approver, page, "step-confirm")
    task.refresh_from_db()
    assert (task.state, task.percent) == ("done", 100)
    do(office, page, "step-reopen", reason="抽查不符")
    do(office, page, "move", deadline=str(TODAY + dt.timedelta(days=40)), reason="同意延期")
    do(office, page, "split", kind="street")
    streets = set(Task.objects.filter(parent=task).values_list("area_code", flat=True))
    assert {STREET, OTHER_STREET} <= streets
    part = task.assignments.get(role="lead")
    do(office, page, "unassign", assignment=part.pk)
    for address in ("/tasks/?unit=unicom&q=改造", "/tasks/board", "/tasks/matrix", "/tasks/?light=on_time"):
        assert "改造" in office.get(address).content.decode()
    month = f"/tasks/calendar?month={TODAY + dt.timedelta(days=40):%Y-%m}"
    assert "改造" in office.get(month).content.decode()
    assert b"BEGIN:VEVENT" in office.get("/tasks/calendar.ics").content
    assert ledger.verify() is None


def test_evidence_of_another_area_is_not_given(office: Client, person: Person, body: Body) -> None:
    street = body("street", "street", STREET)
    clerk = signed_in(person("reporter", STREET, name="clerk", body=street))
    page = do(office, "/tasks/", "add", title="甲", area=STREET, continuous="yes", lead="street")
    do(clerk, page, "note", words="做了", file=SimpleUploadedFile("a.txt", b"x"))
    file = Attachment.objects.get()
    stranger = signed_in(person("reporter", OTHER_STREET, name="other", body=body("other", "street", OTHER_STREET)))
    assert stranger.get(f"/evidence/{file.pk}").status_code == 403
    assert clerk.get(f"/evidence/{file.pk}").content == b"x"
    Attachment.objects.update(subject="load:1")
    assert clerk.get(f"/evidence/{file.pk}").status_code == 403


def test_reminders_in_the_app(office: Client, reporter: Client) -> None:
    do(office, "/tasks/", "add", title="甲", area=TOP, deadline=str(TODAY + dt.timedelta(days=1)), lead="unicom")
    do(office, "/reminders/", "run")
    one = Reminder.objects.get()
    assert "甲" in reporter.get("/reminders/").content.decode()
    assert office.post(f"/reminders/{one.pk}/read").status_code == 404
    assert reporter.post(f"/reminders/{one.pk}/read")["Location"] == one.address
    do(reporter, "/reminders/", "run", 403)


def test_mail_goes_out_when_set(office: Client, reporter: Client, settings: Any, mailoutbox: list[Any]) -> None:
    from guangcheng.apps.web.config import Mail

    settings.WEB = settings.WEB.model_copy(update={"mail": Mail(host="mail.example.org", sender="office@example.org")})
    settings.DEFAULT_FROM_EMAIL = "office@example.org"
    User.objects.filter(username="unicom-reporter").update(email="unicom@example.org")
    do(office, "/tasks/", "add", title="甲", area=TOP, deadline=str(TODAY + dt.timedelta(days=1)), lead="unicom")
    do(office, "/reminders/", "run")
    assert [(mail.to, mail.from_email) for mail in mailoutbox] == [(["unicom@example.org"], "office@example.org")]


def test_problems_from_raised_to_closed(office: Client, reporter: Client, approver: Client, body: Body) -> None:
    body("bureau", "government")
    page = do(reporter, "/problems/", "raise", category="entry", title="小区不让进", area=STREET, words="物业阻挠")
    do(office, page, "take", owner="bureau")
    Problem.objects.update(raised_on=TODAY - dt.timedelta(days=31))
    assert "应提级" in office.get("/problems/").content.decode()
    do(office, "/problems/", "escalate")
    assert Problem.objects.get().level == 2
    do(office, page, "step-escalate", 409, reason="再提")
    do(reporter, page, "step-solve", 403, reason="自己解决")
    do(office, page, "step-solve", reason="已协调进场")
    do(reporter, page, "step-confirm")
    assert Problem.objects.get().state == "closed"
    assert "已协调进场" in approver.get(page).content.decode()
    assert "小区不让进" in office.get("/problems/?state=all&category=entry").content.decode()


def test_meetings_and_decisions(office: Client, reporter: Client) -> None:
    assert "还没有开过协调会议" in office.get("/meetings/").content.decode()
    page = do(office, "/meetings/", "plan", title="推进会", held_on=str(TODAY), group="office")
    do(office, page, "decide", 409, words="x", organisation="unicom")
    do(office, page, "step-hold", reason="议定两项")
    do(office, page, "decide", words="本月完成", organisation="unicom", due_on=str(TODAY - dt.timedelta(days=1)))
    one = Decision.objects.get()
    assert "逾期" in office.get("/meetings/").content.decode()
    do(reporter, f"/decisions/{one.pk}", "step-report", reason="已完成")
    do(reporter, f"/decisions/{one.pk}", "step-confirm", 403)
    do(office, f"/decisions/{one.pk}", "step-confirm")
    assert Decision.objects.get().state == "done"
    assert Meeting.objects.get().minutes == "议定两项"
    ahead = do(office, "/meetings/", "plan", title="下次会", held_on=str(TODAY + dt.timedelta(days=9)))
    do(office, ahead, "step-hold", 409, reason="未开")
    do(office, ahead, "step-cancel", reason="合并召开")


def test_unit_reports(office: Client, reporter: Client, approver: Client, unicom: Organisation) -> None:
    do(office, "/members/", "join", group="office", organisation="unicom", since="2026-01-01")
    page = do(office, "/unit-reports/", "open", group="office", year=TODAY.year, month=TODAY.month)
    assert "联通公司" in office.get(page).content.decode()
    do(office, "/unit-reports/", "open", 409, group="office", year=TODAY.year, month=TODAY.month)
    report = do(reporter, page, "write", done="新增端口 10 个", next_steps="继续", problems="")
    do(reporter, report, "step-submit")
    do(approver, report, "step-give_back", reason="数字不符")
    do(reporter, page, "write", done="新增端口 12 个", next_steps="", problems="")
    do(reporter, report, "step-submit")
    do(reporter, report, "step-accept", 403)
    do(approver, report, "step-accept")
    assert UnitReport.objects.get().state == "accepted"
    text = office.get(f"/unit-reports/{Period.objects.get().pk}/collated.txt").content.decode()
    assert "1. 联通公司\n   进展：新增端口 12 个\n" in text
    assert text.endswith("未报送：无\n")


def test_members_liaison_licence(office: Client, reporter: Client, unicom: Organisation) -> None:
    do(office, "/members/", "join", group="office", organisation="unicom")
    assert "没有联络员" in office.get("/members/").content.decode()
    do(office, "/members/", "liaison", organisation="unicom", user="unicom-reporter")
    assert "没有联络员" not in office.get("/members/").content.decode()
    do(office, "/members/", "licence", organisation="unicom", kind="经营许可", number="1", valid_to="2020-01-01")
    assert "经营许可已于 2020-01-01 到期" in office.get("/members/").content.decode()
    do(office, "/members/", "leave", member=unicom.memberships.get().pk)
    do(reporter, "/members/", "join", 403, group="office", organisation="unicom")


def test_working_days(office: Client) -> None:
    text = office.get("/workdays/", {"year": "2018", "start": "2018-06-11", "days": "10"}).content.decode()
    assert "2018-06-26" in text
    assert "2018-06-18" in text
    assert office.get("/workdays/", {"start": "1900-01-01", "days": "3"}).status_code == 200


def test_scores_and_weights(office: Client, reporter: Client) -> None:
    do(office, "/tasks/", "add", title="甲", area=TOP, deadline=str(TODAY - dt.timedelta(days=1)), lead="unicom")
    weights = dict.fromkeys(("in_time", "internal", "progress", "problems", "decisions", "reports", "acceptance"), 10)
    do(office, "/scores/", "weights", **weights)
    assert Weights.objects.get().values == weights
    do(reporter, "/scores/", "weights", 403, **weights)
    do(office, "/scores/", "weights", 422, **dict.fromkeys(weights, 0))
    assert "联通公司" in reporter.get("/scores/").content.decode()


def test_the_yearly_bulletin(office: Client, approver: Client) -> None:
    page = do(office, "/bulletins/", "freeze", year=TODAY.year)
    assert Client().get(f"/public/bulletins/{TODAY.year}").status_code == 404
    do(office, page, "step-publish", 403)
    do(approver, page, "step-publish")
    one = Bulletin.objects.get()
    public = Client().get(f"/public/bulletins/{TODAY.year}").content.decode()
    assert one.digest in public
    assert one.receipt_hash in public
    assert set(one.content["figures"]) == {"qingcheng-2017-all-optical"}
    assert one.content["figures"]["qingcheng-2017-all-optical"]["snapshots"]
    do(office, "/bulletins/", "freeze", 422, year=TODAY.year, reason="")
    do(office, "/bulletins/", "freeze", year=TODAY.year, reason="更正单位得分")
    assert sorted(Bulletin.objects.values_list("version", "state")) == [(1, "replaced"), (2, "frozen")]


def test_plans_projects_cases(office: Client, reporter: Client, approver: Client, body: Body, person: Person) -> None:
    body("mobile")
    mobile = signed_in(person("reporter", TOP, name="mobile", body=Organisation.objects.get(code="mobile")))
    for client, code in ((reporter, "unicom"), (mobile, "mobile")):
        page = do(client, "/plans/", "begin", organisation=code, kind="annual", year=TODAY.year, title="年度计划")
        do(client, page, "step-file", 409)
        do(client, page, "item", work="duct", words="新建管道", area=STREET, start="2026-03-01", end="2026-06-01")
        do(client, page, "item", work="duct", words="多余", area=STREET, start="2026-03-01", end="2026-06-01")
        do(client, page, "remove", item=Plan.objects.latest("pk").items.get(words="多余").pk)
        do(client, page, "step-file")
        do(approver, page, "step-accept")
    assert "请联合建设" in office.get("/plans/").content.decode()
    do(mobile, "/plans/", "begin", 403, organisation="unicom", kind="annual", year=TODAY.year, title="x")

    page = do(
        office,
        "/projects/",
        "begin",
        name="平台",
        organisation="unicom",
        fund_source="city",
        purpose="platform",
        area=TOP,
    )
    do(office, page, "step-to_funding", 409)
    documents = {"tender": ["plan"], "supervision": ["tender", "contract"]}
    for stage in ("funding", "tender", "supervision", "testing", "acceptance", "operation"):
        do(reporter, page, "record", words=f"进入{stage}前")
        if stage in documents:
            do(office, page, f"step-to_{stage}", 409)
        for kind in documents.get(stage, []):
            do(office, page, "filing", kind=kind, number="文号 1", on=str(TODAY))
        if stage == "operation":
            do(office, page, "issue", words="资料不全")
            do(office, page, "step-to_operation", 409)
            do(reporter, page, "correct", issue=Project.objects.get().issues.get().pk, correction="已补")
        do(office, page, f"step-to_{stage}")
    assert Project.objects.get().state == "operation"

    page = do(reporter, "/cases/", "enter", title="智慧工厂", field="industry", operator="unicom", area=STREET)
    do(reporter, page, "step-recommend")
    do(office, page, "step-select", 409)
    do(office, page, "check", 422, network_used="yes")
    do(office, page, "step-send_back", reason="补写")
    do(reporter, page, "mend", title="智慧工厂", partner="某厂", network="10G-PON", effect="降本", industry="制造")
    do(reporter, page, "step-recommend")
    do(office, page, "check", network_used="yes", user_named="yes", effect_stated="yes")
    do(reporter, page, "step-select", 403)
    do(office, page, "step-select")
    do(office, page, "step-promote")
    assert Case.objects.get().state == "promoted"
    assert "智慧工厂" in office.get("/cases/?field=industry").content.decode()
    assert ledger.verify() is None
    assert Grant.objects.count() == 4
