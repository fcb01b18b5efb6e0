"""The API does what the pages of targets, tasks, coordination and projects do, with the same refusals."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guangcheng.programme.platform import ledger, tokens
from guangcheng.programme.platform.models import Attachment, Organisation, User
from guangcheng.programme.targets.models import Target
from tests.people import OTHER_STREET, STREET, TOP, Person, act

Body = Callable[..., Organisation]
NOW = dt.datetime.now(tz=dt.UTC)
TODAY = NOW.astimezone(dt.timezone(dt.timedelta(hours=8))).date()


class Caller:
    """Somebody with a token."""

    def __init__(self, user: User, *scopes: str) -> None:
        _, self.key = tokens.issue(act(user, NOW), user, name="t", scopes=list(scopes) or ["read", "act"], days=9)

    def __call__(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        answer = Client().generic(
            method.upper(),
            f"/api/{path}",
            data=b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {self.key}"},
        )
        wanted = status or {"get": 200, "put": 200, "patch": 200, "delete": 204}.get(method)
        assert wanted is None or answer.status_code == wanted, answer.content.decode()
        assert wanted is not None or answer.status_code in (200, 201, 204), answer.content.decode()
        kind = answer.headers.get("Content-Type", "")
        return answer.json() if "json" in kind and answer.content else answer.content.decode()


@pytest.fixture
def office(person: Person, body: Body) -> Caller:
    return Caller(person("administrator", body=body("office", "office")))


@pytest.fixture
def approver(person: Person) -> Caller:
    return Caller(person("approver"))


@pytest.fixture
def reporter(person: Person, body: Body) -> Caller:
    return Caller(person("reporter", TOP, name="unicom-reporter", body=body("unicom")))


def test_targets(office: Caller, reporter: Caller) -> None:
    made = office("post", "targets", {"standard": "liangjiang-2022-gigabit"})
    target = Target.objects.get(indicator="IND-003-07", role="pass").pk
    shares = {STREET: "2", OTHER_STREET: "2"}
    refused = office("post", f"targets/items/{target}/split", {"shares": shares}, 422)
    assert refused["detail_en"] == "the parts make 4, the whole is 5: -1 apart"
    reporter("post", f"targets/items/{target}/split", {"shares": shares}, 403)
    parts = office("post", f"targets/items/{target}/split", {"shares": {**shares, OTHER_STREET: "3"}})
    assert {one["area_code"]: float(one["value"]) for one in parts} == {STREET: 2, OTHER_STREET: 3}
    found = reporter("get", f"targets/{made['id']}/targets?area={STREET}")
    assert found["count"] == 1
    assert office("post", f"targets/items/{target}/value", {"value": 6, "reason": "决定"})["retired_on"] is None
    assert reporter("get", "targets")["count"] == 1
    assert "liangjiang-2022-gigabit" in {one["id"] for one in reporter("get", "targets/standards")["items"]}


def test_tasks(office: Caller, reporter: Caller, approver: Caller, person: Person) -> None:
    soon = str(TODAY + dt.timedelta(days=3))
    made = office("post", "tasks", {"title": "改造", "deadline": soon, "lead": "unicom"})
    page = f"tasks/{made['id']}"
    assert (made["light"], [one["organisation"] for one in made["assignments"]]) == ("soon", ["unicom"])
    part = office("post", f"{page}/assignments", {"organisation": "unicom", "role": "responsible"})
    answer = Client().post(
        f"/api/{page}/notes",
        {"words": "做了", "percent": 30, "file": io.BytesIO(b"%PDF-1")},
        headers={"authorization": f"Bearer {reporter.key}"},
    )
    assert answer.status_code == 415  # a file without the ending of its kind
    assert (
        Client()
        .post(
            f"/api/{page}/notes", {"words": "做了", "percent": 30}, headers={"authorization": f"Bearer {reporter.key}"}
        )
        .status_code
        == 201
    )
    assert Attachment.objects.count() == 0
    assert reporter("get", f"{page}/notes")["items"][0]["percent"] == 30
    reporter("post", f"{page}/steps", {"step": "report"})
    reporter("post", f"{page}/steps", {"step": "confirm"}, 403)
    reporter("post", f"{page}/steps", {"step": "no_such"}, 404)
    approver("post", f"{page}/steps", {"step": "send_back"}, 422)
    approver("post", f"{page}/steps", {"step": "send_back", "reason": "不全"})
    office("post", f"{page}/deadline", {"deadline": soon, "reason": "同意"})
    assert len(office("post", f"{page}/split", {"leads": {STREET: None, OTHER_STREET: "unicom"}})) == 2
    office("delete", f"{page}/assignments/{part['id']}")
    assert reporter("get", "tasks?q=改造")["count"] == 3
    assert reporter("get", page)["state"] == "going"
    assert reporter("get", "tasks/matrix")[made["code"]] == {"unicom": ["lead"]}
    assert "BEGIN:VCALENDAR" in reporter("get", "tasks/calendar.ics")
    weights = office("put", "tasks/scores/weights", {"in_time": 5})
    assert reporter("get", "tasks/scores/weights") == weights
    assert reporter("get", "tasks/scores")["items"][0]["points"] == "100.0"
    assert office("post", "tasks/reminders")["written"] > 0
    assert office("post", "tasks/reminders")["written"] == 0
    one = reporter("get", "tasks/reminders")["items"][0]
    reporter("post", f"tasks/reminders/{one['id']}/read")
    assert reporter("get", "tasks/reminders")["items"][0]["read"] is True
    Caller(person("administrator", name="reads"), "read")("post", "tasks/reminders", status=403)
    assert ledger.verify() is None


def test_coordination(office: Caller, reporter: Caller, approver: Caller, body: Body) -> None:
    body("bureau", "government")
    one = reporter("post", "coordination/problems", {"category": "duct", "title": "管道", "area": STREET})
    page = f"coordination/problems/{one['id']}"
    assert office("post", f"{page}/owner/bureau")["owner"] == "bureau"
    office("post", f"{page}/steps", {"step": "escalate", "reason": "急"})
    office("post", f"{page}/steps", {"step": "solve", "reason": "已通"})
    assert reporter("post", f"{page}/steps", {"step": "confirm"})["state"] == "closed"
    assert office("post", "coordination/problems/escalate") == []
    assert reporter("get", "coordination/problems?state=closed&category=duct")["count"] == 1

    meeting = office("post", "coordination/meetings", {"title": "会", "held_on": str(TODAY), "group": "office"})
    office("post", f"coordination/meetings/{meeting['id']}/steps", {"step": "hold", "reason": "纪要"})
    decision = office(
        "post", f"coordination/meetings/{meeting['id']}/decisions", {"words": "办", "organisation": "unicom"}
    )
    assert [row["id"] for row in reporter("get", "coordination/agenda")["items"]] == [decision["id"]]
    steps = f"coordination/decisions/{decision['id']}/steps"
    reporter("post", steps, {"step": "report", "reason": "办了"})
    assert office("post", steps, {"step": "confirm"})["state"] == "done"
    assert reporter("get", "coordination/agenda")["count"] == 0
    assert reporter("get", "coordination/meetings")["items"][0]["minutes"] == "纪要"

    office("post", "members", {"group": "office", "organisation": "unicom", "since": "2026-01-01"})
    month = {"group": "office", "year": TODAY.year, "month": TODAY.month}
    period = office("post", "coordination/periods", month)
    assert period["missing"] == ["unicom"]
    told = {"organisation": "unicom", "done": "新增 3 个端口"}
    report = reporter("put", f"coordination/periods/{period['id']}/reports", told)
    reporter("post", f"coordination/reports/{report['id']}/steps", {"step": "submit"})
    approver("post", f"coordination/reports/{report['id']}/steps", {"step": "accept"})
    assert reporter("get", "coordination/periods")["items"][0]["missing"] == []
    assert reporter("get", f"coordination/periods/{period['id']}/reports")["items"][0]["state"] == "accepted"
    assert "新增 3 个端口" in reporter("get", f"coordination/periods/{period['id']}/collated")

    made = office("post", "coordination/bulletins", {"year": TODAY.year})
    office("post", f"coordination/bulletins/{made['id']}/publish", status=403)
    assert approver("post", f"coordination/bulletins/{made['id']}/publish")["state"] == "published"
    assert reporter("get", "coordination/bulletins")["items"][0]["digest"] == made["digest"]


def test_members(office: Caller, reporter: Caller) -> None:
    joined = office("post", "members", {"group": "office", "organisation": "unicom"})
    assert reporter("get", "members/gaps")["items"] == [
        {"organisation": "unicom", "zh": "没有联络员", "en": "no liaison"}
    ]
    office("post", "members/liaisons", {"organisation": "unicom", "user": "unicom-reporter"})
    licence = {"organisation": "unicom", "kind": "许可", "number": "1", "valid_to": "2099-01-01"}
    office("post", "members/licences", licence)
    assert reporter("get", "members")["items"][0]["liaison"] == "unicom-reporter"
    office("post", f"members/{joined['id']}/leave")
    assert reporter("get", "members/workdays?start=2018-06-11&days=10") == {"due": "2018-06-26"}


def test_projects(office: Caller, reporter: Caller, approver: Caller) -> None:
    told = {"organisation": "unicom", "kind": "annual", "year": TODAY.year, "title": "计划"}
    plan = reporter("post", "projects/plans", told)
    item = {"work": "duct", "words": "管道", "area": STREET, "start": "2026-01-01", "end": "2026-02-01"}
    first = reporter("post", f"projects/plans/{plan['id']}/items", item)
    reporter("post", f"projects/plans/{plan['id']}/items", item)
    reporter("delete", f"projects/plans/{plan['id']}/items/{first['id']}")
    reporter("post", f"projects/plans/{plan['id']}/steps", {"step": "file"})
    assert approver("post", f"projects/plans/{plan['id']}/steps", {"step": "accept"})["state"] == "accepted"
    assert reporter("get", "projects/plans")["count"] == 1
    assert reporter("get", "projects/plans/findings") == {"unserved": [], "overlaps": []}

    told = {"name": "平台", "organisation": "unicom", "fund_source": "city", "purpose": "platform", "area": TOP}
    page = f"projects/funded/{office('post', 'projects/funded', told)['id']}"
    reporter("post", f"{page}/records", {"words": "可研通过"})
    office("post", f"{page}/filings", {"kind": "tender", "number": "1", "on": str(TODAY)}, 409)
    office("post", f"{page}/filings", {"kind": "plan", "number": "1", "on": str(TODAY)})
    issue = office("post", f"{page}/issues", {"words": "缺章"})
    reporter("post", f"{page}/issues/{issue['id']}/correct", {"words": "已补"})
    assert office("post", f"{page}/steps", {"step": "to_funding"})["state"] == "funding"
    office("post", f"{page}/steps", {"step": "to_operation"}, 409)
    assert reporter("get", "projects/funded")["items"][0]["state"] == "funding"

    case = reporter(
        "post", "projects/cases", {"title": "案例", "field": "industry", "operator": "unicom", "area": STREET}
    )
    page = f"projects/cases/{case['id']}"
    reporter("patch", page, {"network": "10G-PON", "partner": "某厂", "effect": "降本"})
    reporter("post", f"{page}/steps", {"step": "recommend"})
    yes = dict.fromkeys(("network_used", "user_named", "effect_stated"), True)
    assert office("post", f"{page}/checks", yes)["checks"] == yes
    office("post", f"{page}/steps", {"step": "select"})
    assert reporter("get", "projects/cases/counts")["industry"] == 1
    assert reporter("get", "projects/cases?field=industry")["items"][0]["state"] == "selected"
