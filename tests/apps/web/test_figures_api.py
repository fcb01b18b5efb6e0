"""Evaluations and registers through the API: the same figures, the same desk."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guangcheng.apps import shapes
from guangcheng.apps.web import results
from guangcheng.programme.desk.models import Load
from guangcheng.programme.platform import ledger, scope, tokens
from guangcheng.programme.platform.models import User
from guangcheng.registers.schema import schemas
from tests.people import OTHER_STREET, STREET, TOP, Person, act

STANDARD = "qingcheng-2017-all-optical"
HEAD = "驻地编号,名称,类型,所属区域,户数"


class Program:
    """A program with a token."""

    def __init__(self, user: User, *scopes: str) -> None:
        now = dt.datetime.now(tz=dt.UTC)
        _, key = tokens.issue(act(user, at=now), user, name="test", scopes=scopes or ("read", "act"), days=5)
        self.client, self.headers = Client(), {"Authorization": f"Bearer {key}"}

    def get(self, address: str) -> Any:
        answer = self.client.get(f"/api{address}", headers=self.headers)
        assert answer.status_code == 200, answer.content.decode()
        return json.loads(answer.content)

    def post(self, address: str, body: object = None, **form: object) -> Any:
        told: dict[str, Any] = {"data": form} if form else {"data": body or {}, "content_type": "application/json"}
        return self.client.post(f"/api{address}", headers=self.headers, **told)


def village(street: str) -> str:
    return next(code for code, (_, parent, _) in sorted(scope.areas().items()) if parent == street)


@pytest.fixture
def viewer(person: Person) -> Program:
    return Program(person("viewer"))


def test_evaluations_are_those_of_the_pages(viewer: Program) -> None:
    found = results.evaluation(STANDARD)
    told = viewer.get(f"/evaluations/{STANDARD}")
    assert told["snapshots"] == shapes.evaluation(found)["snapshots"]
    assert told["indicators"] == json.loads(
        json.dumps([shapes.indicator(one) for one in found.indicators if one.area == found.area])
    )
    areas = viewer.get(f"/evaluations/{STANDARD}/areas?limit=1000")
    assert areas["count"] == len(found.areas) + len(found.estates)
    towns = viewer.get(f"/evaluations/{STANDARD}/areas?level=township&verdict=fail&parent={TOP}")["items"]
    expected = [one.code for one in found.areas if one.level == "township" and one.verdict.value == "fail"]
    assert [one["code"] for one in towns] == expected
    assert viewer.get("/evaluations")["items"] == [{"standard": STANDARD, "ready": True}]
    assert viewer.get(f"/evaluations/{STANDARD}/indicators?limit=1000")["count"] == len(found.indicators)
    assert viewer.get(f"/evaluations/{STANDARD}/gaps")["count"] == len(found.data_gaps)
    assert viewer.get(f"/evaluations/{STANDARD}/trend")["items"][-1]["as_of"] == found.as_of.isoformat()


def test_an_area_has_its_way_and_its_premises(viewer: Program) -> None:
    standing = results.standing(STANDARD)
    code = next(one.code for one in standing.looked.evaluation.areas if standing.way(one.code))
    told = viewer.get(f"/evaluations/{STANDARD}/areas/{code}")
    way = standing.way(code)
    assert way is not None
    assert told["way"]["premises_ids"] == list(way.premises_ids)
    first = viewer.get(f"/evaluations/{STANDARD}/areas/{code}/premises?limit=2")
    second = viewer.get(f"/evaluations/{STANDARD}/areas/{code}/premises?limit=2&offset=2")
    assert told["failing_premises"] == first["count"] == standing.count_failing(code)
    four = [one.id for one in standing.failing(code, 0, 4)]
    assert [one["premises_id"] for one in (*first["items"], *second["items"])] == four
    derived = viewer.get(f"/evaluations/derivation?trace={told['trace']}")
    assert derived["derivation"]["kind"] == "verdict"


def test_unknown_things_are_problems(viewer: Program) -> None:
    for address in (
        "/evaluations/none",
        f"/evaluations/{STANDARD}/areas/none",
        "/registers/none",
        "/registers/loads/0",
    ):
        answer = viewer.client.get(f"/api{address}", headers=viewer.headers)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert Client().get(f"/api/evaluations/{STANDARD}").status_code == 401


def test_early_answers_say_when_to_ask_again(viewer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from guangcheng.apps.web.api import evaluations

    monkeypatch.setattr(evaluations, "PATIENCE_S", 0.0)
    results.forget()
    answer = viewer.client.get(f"/api/evaluations/{STANDARD}", headers=viewer.headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    results.standing(STANDARD, patience=120)
    assert viewer.get(f"/evaluations/{STANDARD}")["standard"] == STANDARD


def test_a_register_is_loaded_by_a_program(person: Person) -> None:
    clerk = Program(person("reporter", STREET))
    rows = [HEAD, f"新1,一号楼,楼栋,{village(STREET)},十几", f"新2,二号楼,楼栋,{village(OTHER_STREET)},9"]
    file = SimpleUploadedFile("驻地.csv", "\n".join(rows).encode())
    answer = clerk.post("/registers/premises/loads", file=file, as_of="2018-06-30")
    assert answer.status_code == 201, answer.content.decode()
    made = json.loads(answer.content)
    assert made["preview"]["counts"]["refused"] == 2
    faults = clerk.get(f"/registers/loads/{made['id']}/faults")["items"]
    (cell,) = [json.loads(one["cell"]) for one in faults if one["value"] == "十几"]
    body = {"cells": [{"sheet": cell[0], "row": cell[1], "column": cell[2], "value": "12"}]}
    settled = json.loads(clerk.post(f"/registers/loads/{made['id']}/settle", body).content)
    assert settled["version"] == 1
    assert settled["preview"]["counts"]["added"] == 1
    other = Program(person("reporter", OTHER_STREET))
    assert other.post(f"/registers/loads/{made['id']}/commit").status_code == 403
    reading = Program(Load.objects.get().made_by, "read")
    assert reading.post(f"/registers/loads/{made['id']}/commit").status_code == 403
    stale = clerk.post(f"/registers/loads/{made['id']}/commit", {"version": 0})
    assert stale.status_code == 409
    done = json.loads(clerk.post(f"/registers/loads/{made['id']}/commit", {"version": 1}).content)
    assert done["state"] == "committed"
    assert done["receipt"]["hash"] == Load.objects.get().receipt_hash
    assert clerk.get("/registers/premises?limit=1000")["items"][-1]["hash"] == done["result"]["snapshot"]
    workbook = clerk.client.get(f"/api/registers/loads/{made['id']}/quarantine", headers=clerk.headers)
    assert workbook.content.startswith(b"PK")
    assert clerk.get("/registers/loads")["count"] == 1
    assert other.get("/registers/loads")["count"] == 0
    assert ledger.verify() is None


def test_registers_and_findings_are_listed(viewer: Program) -> None:
    assert [one["name"] for one in viewer.get("/registers")["items"]] == list(schemas())
    findings = viewer.get("/registers/findings?limit=1000")
    assert findings["count"] == sum(len(one.faults) for one in results.audits())
    template = viewer.client.get("/api/registers/premises/template", headers=viewer.headers)
    assert template.content.startswith(b"PK")
