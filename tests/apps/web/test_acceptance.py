"""The acceptance pages and API: a street's whole way, refusals as words, other areas unseen."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guangcheng.apps.web import acceptance as office
from guangcheng.apps.web import results
from guangcheng.programme.acceptance.models import Case, DemoSite
from guangcheng.programme.platform import scope, tokens
from guangcheng.programme.platform.models import LedgerEntry, User
from tests.people import OTHER_STREET, STREET, TOP, act

Make = Callable[..., User]
STANDARD = "qingcheng-2017-all-optical"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def staff(person: Make, settings: object) -> dict[str, Client]:
    settings.RESULTS_PATIENCE_S = 60  # type: ignore[attr-defined]
    people = {"reporter": STREET, "reviewer": TOP, "approver": TOP}
    return {role: signed_in(person(role, area)) for role, area in people.items()}


def opened(staff: dict[str, Client]) -> Case:
    answer = staff["reporter"].post("/acceptance/", {"area": STREET, "standard": STANDARD})
    assert answer.status_code == 302
    return Case.objects.get()


def take(client: Client, case: Case, step: str, **fields: str) -> str:
    """Take a step and give the state afterwards."""
    answer = client.post(f"/acceptance/{case.pk}/{step}", fields, follow=True)
    assert answer.status_code == 200
    return Case.objects.get(pk=case.pk).state


def test_a_street_s_way_to_the_plaque(staff: dict[str, Client], city_folder: Path) -> None:
    case = opened(staff)
    # the evidence is the ordinary evaluation's, pinned to the snapshots there are
    assert case.evidence["verdict"] in ("pass", "pass_with_remark")
    assert {"premises", "access_points", "areas"} <= set(case.evidence["snapshots"])
    assert take(staff["reporter"], case, "submit") == "submitted"
    assert take(staff["reviewer"], case, "take") == "review"
    assert take(staff["reviewer"], case, "draw", size="3") == "on_site"
    for item in case.sample.all():
        assert item.claimed in ("yes", "no")
        staff["reviewer"].post(f"/acceptance/{case.pk}/sample/{item.pk}", {"found": item.claimed, "note": "已看"})
    assert take(staff["reviewer"], case, "pass_review") == "reviewed"
    assert take(staff["reviewer"], case, "collate") == "collated"
    assert take(staff["approver"], case, "approve") == "approved"
    assert take(staff["reviewer"], case, "announce") == "notice"
    page = staff["reviewer"].get(f"/acceptance/{case.pk}/").content.decode()
    assert "公示" in page
    # the window is not over: the refusal is told, nothing moves
    assert take(staff["reviewer"], case, "close_notice") == "notice"


PNG = b"\x89PNG\r\n\x1a\n" + b"1" * 20


def awarded(staff: dict[str, Client]) -> Case:
    """A street brought to its plaque; the notice is let end by the calendar."""
    case = opened(staff)
    for role, step, given in (
        ("reporter", "submit", {}),
        ("reviewer", "take", {}),
        ("reviewer", "draw", {"size": "1"}),
    ):
        take(staff[role], case, step, **given)
    item = case.sample.get()
    said = {"found": item.claimed, "photo": SimpleUploadedFile("门口.png", PNG)}
    staff["reviewer"].post(f"/acceptance/{case.pk}/sample/{item.pk}", said)
    for role, step in (
        ("reviewer", "pass_review"),
        ("reviewer", "collate"),
        ("approver", "approve"),
        ("reviewer", "announce"),
    ):
        take(staff[role], case, step)
    Case.objects.filter(pk=case.pk).update(notice_until=dt.date(2020, 1, 2))
    take(staff["reviewer"], case, "close_notice")
    assert take(staff["approver"], case, "award", place="街道办事处门口") == "awarded"
    return Case.objects.get(pk=case.pk)


def test_everybody_can_look_a_plaque_up(staff: dict[str, Client]) -> None:
    case = awarded(staff)
    number = case.plaque_number
    entry = LedgerEntry.objects.get(subject=case.subject, verb="acceptance.award")
    page = Client().get(f"/public/plaques/{number}")
    words = page.content.decode()
    assert page.status_code == 200
    for said in (number, case.area_name, "街道办事处门口", str(entry.seq), entry.hash, "有效", str(case.awarded_on)):
        assert said in words
    # no count, no premises of the sample
    assert case.sample.get().premises_id not in words
    assert f"/public/plaques/{number}" in Client().get("/public/").content.decode()
    # the sheet for the wall prints the same, with the address in letters
    sheet = staff["reviewer"].get(f"/acceptance/{case.pk}/plaque").content.decode()
    assert entry.hash in sheet
    assert f"http://testserver/public/plaques/{number}" in sheet
    assert take(staff["approver"], case, "withdraw", reason="复核未达标") == "withdrawn"
    words = Client().get(f"/public/plaques/{number}").content.decode()
    assert "复核未达标" in words
    assert "有效" not in words
    assert Client().get("/public/plaques/GC-2020-0001").status_code == 404


def test_photographs_are_for_who_may_look_at_the_case(staff: dict[str, Client], person: Make) -> None:
    case = awarded(staff)
    item = case.sample.get()
    photo = item.photos.get()
    address = f"/acceptance/{case.pk}/sample/{item.pk}/photos/{photo.pk}"
    assert address in staff["reporter"].get(f"/acceptance/{case.pk}/").content.decode()
    got = staff["reporter"].get(address)
    assert (got.content, got["Content-Type"]) == (PNG, "image/png")
    assert "attachment" in got["Content-Disposition"]
    assert signed_in(person("reporter", OTHER_STREET)).get(address).status_code == 404
    assert staff["reporter"].get(f"/acceptance/{case.pk}/sample/{item.pk}/photos/{photo.pk + 1}").status_code == 404
    # the yearly re-check is due at the end of the next year, and is on the list
    assert f"{case.awarded_on.year + 1}-12-31" in staff["reporter"].get("/acceptance/").content.decode()  # type: ignore[union-attr]


def test_an_early_finisher_by_its_own_level(staff: dict[str, Client]) -> None:
    """The day that counts is that of the targets for places of the level: streets and towns by the end of 2018."""
    case = opened(staff)
    assert case.due_on == dt.date(2018, 12, 31)
    estate = next(one for one in results.standing(STANDARD).looked.evaluation.estates)
    told, due = office.evidence(STANDARD, estate.code)
    assert (told["level"], due) == ("estate", dt.date(2018, 6, 30))
    assert case.early


def test_a_refusal_is_told_on_the_page(staff: dict[str, Client]) -> None:
    case = opened(staff)
    answer = staff["approver"].post(f"/acceptance/{case.pk}/approve", follow=True)
    assert "不能“审定通过”" in answer.content.decode()
    assert staff["reviewer"].post(f"/acceptance/{case.pk}/nonsense").status_code == 404


def test_the_case_of_another_street_is_not_there(staff: dict[str, Client], person: Make) -> None:
    case = opened(staff)
    other = signed_in(person("reporter", OTHER_STREET))
    assert other.get(f"/acceptance/{case.pk}/").status_code == 404
    assert other.post(f"/acceptance/{case.pk}/submit").status_code == 404
    assert str(case.area_name) not in other.get("/acceptance/").content.decode().partition("<tbody>")[2]


def test_somebody_else_s_area_cannot_be_opened(staff: dict[str, Client]) -> None:
    answer = staff["reporter"].post("/acceptance/", {"area": OTHER_STREET, "standard": STANDARD})
    assert answer.status_code == 403
    assert staff["reporter"].post("/acceptance/", {"area": "404", "standard": STANDARD}).status_code == 404


def test_the_steps_are_shown_as_the_code_has_them(staff: dict[str, Client]) -> None:
    page = staff["reviewer"].get("/acceptance/flow").content.decode()
    assert page.count("<tr>") >= 15
    assert "授牌" in page


def test_an_estate_goes_its_own_way(staff: dict[str, Client], person: Make) -> None:
    """A street's clerk applies for an estate of the street: judged by its buildings, sampled among them (C-09)."""
    standing = results.standing(STANDARD)
    inside = {STREET, *scope.below([STREET])}
    survey = standing.looked.survey
    buildings = Counter(survey.premises.estate[survey.premises.residential].tolist())
    row, estate = next(
        (row, one)
        for row, one in sorted(survey.estates.items())
        if one.parent in inside and one.verdict.value == "pass" and buildings[row] >= 3
    )
    assert staff["reporter"].post("/acceptance/", {"area": estate.code, "standard": STANDARD}).status_code == 302
    case = Case.objects.get()
    assert (case.place_code, case.area_code, case.level) == (estate.code, estate.parent, "estate")
    assert case.evidence["tests"][0]["id"] == "TST-001-estate"
    assert take(staff["reporter"], case, "submit") == "submitted"
    assert take(staff["reviewer"], case, "take") == "review"
    too_many = str(buildings[row] + 1)
    assert take(staff["reviewer"], case, "draw", size=too_many) == "review"
    assert take(staff["reviewer"], case, "draw", size=str(buildings[row])) == "on_site"
    assert all(item.claimed == "yes" for item in case.sample.all())
    # its page names the place it lies in; nobody of another street sees or opens it
    assert estate.code in staff["reporter"].get(f"/acceptance/{case.pk}/").content.decode()
    other = signed_in(person("reporter", OTHER_STREET))
    assert other.get(f"/acceptance/{case.pk}/").status_code == 404
    assert other.post("/acceptance/", {"area": estate.code, "standard": STANDARD}).status_code == 403


def test_demonstration_sites(staff: dict[str, Client]) -> None:
    given = {"name": "桥北<script>", "kind": "estate", "area": STREET, "note": ""}
    assert staff["reporter"].post("/demo-sites/", given).status_code == 302
    site = DemoSite.objects.get()
    staff["reviewer"].post(f"/demo-sites/{site.pk}/start")
    staff["approver"].post(f"/demo-sites/{site.pk}/name")
    page = staff["reviewer"].get("/demo-sites/").content.decode()
    assert DemoSite.objects.get().state == "named"
    assert "<script>" not in page.partition("<main")[2]


def test_the_same_by_the_api(staff: dict[str, Client], person: Make) -> None:
    keys = {}
    for role in ("reporter", "reviewer"):
        user = User.objects.get(grants__role=role)
        keys[role] = tokens.issue(act(user), user, name="t", scopes=["read", "act"], days=300)[1]

    def call(role: str, method: str, path: str, **body: object) -> tuple[int, dict[str, object]]:
        answer = getattr(Client(), method)(
            f"/api/acceptance{path}",
            **({"data": json.dumps(body), "content_type": "application/json"} if method == "post" else {}),
            headers={"Authorization": f"Bearer {keys[role]}"},
        )
        return answer.status_code, json.loads(answer.content or "{}")

    status, case = call("reporter", "post", "/cases", area=STREET, standard=STANDARD)
    assert (status, case["state"]) == (201, "checked")
    number = case["id"]
    assert call("reporter", "get", f"/cases/{number}")[1]["possible"] == ["recheck", "submit"]
    assert call("reporter", "post", f"/cases/{number}/steps/recheck")[0] == 200
    assert call("reporter", "post", f"/cases/{number}/steps/nonsense")[0] == 404
    status, receipt = call("reporter", "post", f"/cases/{number}/steps/submit")
    assert (status, sorted(receipt)) == (200, ["hash", "seq"])
    assert call("reviewer", "post", f"/cases/{number}/steps/take")[0] == 200
    # a seed cannot be chosen
    assert call("reviewer", "post", f"/cases/{number}/steps/draw", size=2, seed=1)[0] == 200
    assert Case.objects.get(place_code=STREET).sample_seed not in (None, 1)
    drawn: Any = call("reviewer", "get", f"/cases/{number}")[1]["sample"]
    address = f"/api/acceptance/cases/{number}/sample/{drawn[0]['id']}/photos"
    key = {"Authorization": f"Bearer {keys['reviewer']}"}
    for content, answer in ((PNG, 204), (b"%PDF-1.7", 415)):
        sent = {"found": "yes", "photo": SimpleUploadedFile("门口.png", content)}
        assert Client().post(address, sent, headers=key).status_code == answer
    drawn = call("reviewer", "get", f"/cases/{number}")[1]["sample"]
    photo = drawn[0]["photos"][0]
    assert (drawn[0]["found"], photo["name"], len(drawn[0]["photos"])) == ("yes", "门口.png", 1)
    assert Client().get(f"{address}/{photo['id']}", headers=key).content == PNG
    status, told = call("reviewer", "post", f"/cases/{number}/steps/send_back")
    assert (status, told["title"]) == (422, "InputError")
    assert call("reviewer", "post", f"/cases/{number}/steps/send_back", reason="补材料")[0] == 200
    assert call("reviewer", "post", f"/cases/{number}/steps/approve")[0] == 403
    assert Client().get("/api/acceptance/cases").status_code == 401
