"""What an attacker tries: other people's things, forged forms, scripts in names, guessed passwords, stray redirects."""

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guangcheng.apps.web.config import key_of
from guangcheng.apps.web.http import now
from guangcheng.base.errors import Denied
from guangcheng.programme.platform import attachments, ledger, organisations, tokens
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.platform.roles import Role
from guangcheng.registers.backup import backup
from tests.people import OTHER_STREET, PASSWORD, STREET, TOP, Person, act

BACKEND = "django.contrib.auth.backends.ModelBackend"
SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>"
Body = Callable[..., Organisation]


def browser(user: User, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def test_a_streets_administrator_has_no_power_over_the_citys(person: Person, body: Body) -> None:
    office = body("office", "street", STREET)
    street, chief = person("administrator", STREET), person("administrator", TOP, name="chief", body=office)
    for wrong in (
        lambda: organisations.reset_password(act(street), chief),
        lambda: organisations.set_active(act(street), chief, active=False),
        lambda: organisations.grant(act(street), street, Role.ADMINISTRATOR, area=TOP),
    ):
        with pytest.raises(Denied):
            wrong()
    answer = browser(street).post("/people/users/chief/reset")
    assert answer.status_code == 403
    assert chief.check_password(PASSWORD)


def test_administrators_and_inspectors_see_their_own_areas_alone(person: Person) -> None:
    street, top = person("administrator", STREET), person("administrator", TOP)
    near, far = person("viewer", STREET, name="near-one"), person("viewer", OTHER_STREET, name="far-one")
    for user, area in ((near, STREET), (far, OTHER_STREET)):
        organisations.grant(act(top), user, Role.REPORTER, area=area)
    page = browser(street).get("/people/").content.decode()
    assert ("near-one" in page, "far-one" in page) == (True, False)
    assert browser(street).get("/people/users/far-one").status_code == 404
    assert browser(top).get("/people/users/far-one").status_code == 200
    assert {one.area_code for one in ledger.seen_by(street)} == {STREET}
    assert ledger.seen_by(top).count() == ledger.head().seq
    assert ledger.seen_by(near).count() == 0


def test_nobody_ends_anothers_token_and_a_reset_ends_all(person: Person) -> None:
    admin, one, other = person("administrator"), person("viewer"), person("viewer", name="other")
    made, key = tokens.issue(act(one, at=now()), one, name="t", scopes=["read"], days=1)
    assert browser(other).post(f"/tokens/{made.pk}/end").status_code == 404
    assert tokens.holder(key, now()) is not None
    organisations.reset_password(act(admin, at=now()), one)
    assert tokens.holder(key, now()) is None


@pytest.mark.parametrize("address", ["/people/bodies", "/password", "/tokens/", "/ledger/verify", "/logout", "/login"])
def test_a_form_from_another_site_is_refused(person: Person, address: str) -> None:
    assert browser(person("administrator"), csrf=True).post(address, {"code": "x"}).status_code == 403


def test_the_api_by_session_wants_the_forms_token_too(person: Person) -> None:
    client = browser(person("administrator"), csrf=True)
    given = {"code": "a", "kind": "street", "name": "甲", "area": TOP}
    assert client.post("/api/people/bodies", given, "application/json").status_code == 403
    assert not Organisation.objects.exists()
    page = client.get("/people/").content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    headers = {"X-CSRFToken": found[1]}
    assert client.post("/api/people/bodies", given, "application/json", headers=headers).status_code == 201


def test_scripts_in_names_are_shown_as_words(person: Person) -> None:
    client = browser(person("administrator"))
    client.post("/people/bodies", {"code": "evil", "kind": "street", "name": SCRIPT, "area": TOP})
    client.post("/people/users", {"username": "evil", "title": SCRIPT[:80], "organisation": "evil"})
    client.post("/tokens/", {"name": SCRIPT[:80], "days": "9", "scopes": "read"})
    client.post("/people/bodies/evil", {"name": SCRIPT + "2", "since": "2026-01-01"})
    query = {"actor": SCRIPT, "subject": SCRIPT, "area_code": SCRIPT, "next": SCRIPT}
    for address in ("/people/", "/people/bodies/evil", "/people/users/evil", "/tokens/", "/ledger/", "/login"):
        page = client.get(address, query).content.decode()
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert "alert(1)" in page, f"{address} does not show what was typed"


def test_every_answer_carries_the_strict_policy(person: Person) -> None:
    client = browser(person("viewer"))
    for address in ("/login", "/", "/nowhere", "/people/"):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert parts["script-src"] == parts["style-src"] == parts["default-src"] == "'self'"
        assert (parts["object-src"], parts["base-uri"], parts["frame-ancestors"]) == ("'none'",) * 3
        assert "unsafe" not in policy
        assert (answer.headers["X-Frame-Options"], answer.headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
        page = answer.content.decode()
        assert (
            re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>|<style|\sstyle=|\son\w+=|javascript:", page)
            == []
        )


def test_five_wrong_passwords_shut_out_even_the_right_one(person: Person) -> None:
    person("viewer", name="guessed")
    client = Client(raise_request_exception=False)
    wrong = [client.post("/login", {"username": "guessed", "password": "no"}).status_code for _ in range(5)]
    assert wrong == [422, 422, 422, 422, 429]
    assert client.post("/login", {"username": "guessed", "password": PASSWORD}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert elsewhere.post("/login", {"username": "guessed", "password": PASSWORD}).status_code == 302


def test_what_a_browser_writes_about_its_own_address_is_not_believed(person: Person, settings: Any) -> None:
    person("viewer", name="guessed")

    def guesses(addresses: list[str]) -> int:
        status = 0
        for address in addresses:
            headers = {"X-Forwarded-For": address}
            status = Client().post("/login", {"username": "guessed", "password": "no"}, headers=headers).status_code
        return status

    assert guesses([f"192.0.2.{row}" for row in range(5)]) == 429
    settings.WEB = settings.WEB.model_copy(update={"proxies": 1})
    assert guesses([f"192.0.2.{row}, 198.51.100.7" for row in range(4)]) == 422
    assert guesses(["198.51.100.8"]) == 422
    assert guesses(["198.51.100.7"]) == 429


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else_and_makes_a_new_session(person: Person, wanted: str) -> None:
    person("viewer", name="one")
    client = Client()
    client.get("/login")
    client.cookies["sessionid"] = "planted"
    answer = client.post("/login", {"username": "one", "password": PASSWORD, "next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    cookie = answer.cookies["sessionid"]
    assert cookie.value != "planted"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_somebody_shut_out_is_out_at_once(person: Person) -> None:
    admin, one = person("administrator"), person("viewer")
    client = browser(one)
    assert client.get("/tokens/").status_code == 200
    organisations.set_active(act(admin), one, active=False)
    assert client.get("/tokens/").status_code == 302


def test_a_one_time_password_opens_nothing_but_its_change(person: Person) -> None:
    one = person("administrator")
    one.must_change_password = True
    one.save()
    client = browser(one)
    assert client.get("/people/").headers["Location"] == "/password"
    assert client.get("/api/people/users").status_code == 401


def test_an_upload_cannot_name_a_place(person: Person, city_folder: Path) -> None:
    reporter = person("reporter")
    before = {path for path in city_folder.parent.rglob("*") if path.is_file()}
    names = ("../../evil.txt", "/etc/evil.txt", "..\\..\\evil.txt", "evil\x00.txt")
    kept = [attachments.attach(act(reporter), name=name, content=b"x", subject="t", area=TOP) for name in names]
    assert {one.name for one in kept} == {"evil.txt"}
    new = {path for path in city_folder.parent.rglob("*") if path.is_file()} - before
    assert new == {attachments.folder() / kept[0].digest[:2] / kept[0].digest}


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = key_of(tmp_path, "secret.key")
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert key_of(tmp_path, "secret.key") == first
    assert len(first) == 32


def test_an_archive_with_the_ledgers_key_is_its_owners_alone(city_folder: Path, tmp_path: Path) -> None:
    key_of(city_folder, "ledger.key")
    key_of(city_folder, "secret.key")
    made = backup(city_folder, tmp_path / "city.zip")
    assert stat.S_IMODE((tmp_path / "city.zip").stat().st_mode) == 0o600
    assert [name for name in made.files if name.endswith(".key")] == ["ledger.key"]
