"""Faults of forms are told in the language of the page, with what was typed kept."""

from collections.abc import Callable

import pytest
from django.test import Client

from guangcheng.programme.platform.models import User
from tests.people import TOP

BACKEND = "django.contrib.auth.backends.ModelBackend"

LONG = "长" * 300


@pytest.fixture
def office(person: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(person("administrator", TOP), backend=BACKEND)
    return client


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "区域代码或小区编号：这个字段是必填项"),
        ("en", "area&#x27;s code or estate&#x27;s id: This field is required."),
    ],
)
@pytest.mark.parametrize("path", ["/acceptance/"])
def test_forms_that_draw_their_own_fields_say_what_is_wrong(office: Client, lang: str, words: str, path: str) -> None:
    page = office.post(f"{path}?lang={lang}", {"standard": "x"})
    assert page.status_code == 422
    assert words in page.content.decode()


@pytest.mark.parametrize(
    ("lang", "needed", "long"),
    [
        ("zh", "必填", "目前字符数 300"),
        ("en", "This field is required.", "it has 300"),
    ],
)
def test_a_field_s_fault_is_in_the_page_s_language(office: Client, lang: str, needed: str, long: str) -> None:
    given = {"do": "raise", "raise-title": LONG, "raise-category": ""}
    page = office.post(f"/problems/?lang={lang}", given)
    assert page.status_code == 422
    words = page.content.decode()
    assert needed in words
    assert long in words
    # what was typed is kept
    assert LONG in words
    other = "This field is required." if lang == "zh" else "必填项"
    assert other not in words
