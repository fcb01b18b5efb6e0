"""Somebody whose session ended: a page asks them to sign in, what a page fetches says so without a word of HTML."""

from pathlib import Path

import pytest
from django.test import Client

FETCHED = ("/tiles/qingcheng-2017-all-optical/10/1/1.mvt", "/map/qingcheng-2017-all-optical/441802.geojson")
ANYTHING = {"accept": "*/*"}
PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def nobody(city_folder: Path, db: None) -> Client:
    return Client()


@pytest.mark.parametrize("address", FETCHED)
def test_a_map_of_somebody_signed_out_gets_no_page_and_no_token(nobody: Client, address: str) -> None:
    """A token would take the place of the one in the sign-in form of the same browser, which would be refused."""
    answer = nobody.get(address, headers=ANYTHING)
    assert (answer.status_code, answer.content, dict(answer.cookies)) == (401, b"", {})


def test_a_part_that_is_fetched_takes_its_page_to_the_sign_in_page(nobody: Client) -> None:
    htmx = {**ANYTHING, "hx-request": "true", "hx-current-url": "http://testserver/areas/441802?standard=x"}
    answer = nobody.get("/derivation/steps?trace=x", headers=htmx)
    assert (answer.status_code, answer["HX-Redirect"], dict(answer.cookies)) == (401, "/login?next=/areas/441802", {})


@pytest.mark.parametrize("headers", [PAGE, {}])
def test_a_page_asks_to_sign_in(nobody: Client, headers: dict[str, str]) -> None:
    answer = nobody.get("/areas/441802?standard=x", headers=headers)
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/areas/441802%3Fstandard%3Dx")


def test_a_form_of_somebody_signed_out_is_refused(nobody: Client) -> None:
    assert nobody.post("/tasks/", {"do": "add"}, headers=PAGE).status_code == 401


def test_the_sign_in_form_works_after_the_map_was_refused(nobody: Client) -> None:
    """The order of a loaded machine: form shown, then the old page's last tiles answered, then the form sent."""
    strict = Client(enforce_csrf_checks=True)
    shown = strict.get("/login", headers=PAGE)
    token = strict.cookies["csrftoken"].value
    nobody.get(FETCHED[0], headers=ANYTHING, follow=True)
    strict.cookies.update(nobody.cookies)
    form = {"username": "nobody", "password": "wrong", "csrfmiddlewaretoken": token}
    assert (shown.status_code, strict.post("/login", form).status_code) == (200, 422)
