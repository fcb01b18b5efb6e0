"""The door of every page and API route, held against the matrix in ``access.csv``: every pair is tried."""

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from guangcheng.apps.web.api import api
from guangcheng.apps.web.http import now
from guangcheng.programme.platform import tokens
from guangcheng.programme.platform.models import User
from guangcheng.programme.platform.roles import Role
from tests.people import TOP, Person, act

NOW = now()

MATRIX = Path(__file__).with_name("access.csv")
BACKEND = "django.contrib.auth.backends.ModelBackend"
Key = tuple[str, str]
HOW = "add a row `route,method,roles` to tests/apps/web/access.csv (its first lines say how); taken away: delete it"

NOBODY, UNGRANTED = "nobody", "without a grant"
EVERYONE = (NOBODY, UNGRANTED, *(role.value for role in Role))
KNOWN = {"public", "signed_in", "any", *(role.value for role in Role)}


def matrix() -> dict[Key, frozenset[str]]:
    """Who may, by route and method, as somebody wrote it."""
    lines = [line for line in MATRIX.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    found = {(row["route"], row["method"]): frozenset(row["roles"].split()) for row in rows}
    assert len(found) == len(rows), "a route and method stands twice"
    return found


def allowed(said: frozenset[str]) -> frozenset[str]:
    """The kinds of caller whom a row lets in."""
    if said == {"public"}:
        return frozenset(EVERYONE)
    if said == {"signed_in"}:
        return frozenset(EVERYONE) - {NOBODY}
    return frozenset(role.value for role in Role) if said == {"any"} else said


def pages(patterns: list[Any]) -> Iterator[URLPattern]:
    """Every page's pattern, the API's aside."""
    for one in patterns:
        if isinstance(one, URLResolver):
            if one.namespace != "api":
                yield from pages(one.url_patterns)
        else:
            yield one


def methods_of(view: Any) -> list[str]:
    """What ``require_http_methods`` lets through, found in the wrappers of a view."""
    while view is not None:
        held = dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
        if "request_method_list" in held:
            return [name for name in held["request_method_list"].cell_contents if name != "HEAD"]
        view = getattr(view, "__wrapped__", None)
    return []


@lru_cache
def page_routes() -> dict[Key, URLPattern]:
    """Every page by name and method."""
    found = [(one, methods_of(one.callback)) for one in pages(get_resolver().url_patterns)]
    return {(str(one.name), method): one for one, methods in found for method in methods or ["ANY"]}


def api_routes() -> set[Key]:
    """Every API operation by path and method."""
    return {
        (f"/api{prefix}{path}", method)
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


@lru_cache
def address(key: Key) -> str:
    """An address of the route with something in place of each part; the thing named need not exist."""
    route = key[0]
    if route.startswith("/api/"):
        return re.sub(r"\{(\w+)\}", lambda part: "x" if part[1] in WORDS else "0", route)
    pattern = page_routes()[key].pattern
    parts = {name: 0 if "Int" in type(kind).__name__ else "x" for name, kind in pattern.converters.items()}
    return reverse(route, kwargs=parts)


WORDS = {"code", "username", "name", "standard"}


def test_every_route_has_its_row() -> None:
    known, there = set(matrix()), set(page_routes()) | api_routes()
    assert known == there, f"missing {sorted(there - known)}; too many {sorted(known - there)}: {HOW}"
    assert set().union(*matrix().values()) <= KNOWN


def test_every_page_says_who_may_and_by_which_method() -> None:
    bare = [
        name for (name, method), one in page_routes().items() if method == "ANY" or not hasattr(one.callback, "access")
    ]
    assert bare == [], "put @page(...) and require_http_methods on these views"


@pytest.fixture
def callers(person: Person) -> dict[str, User | None]:
    """One of each kind, all of the whole city."""
    made: dict[str, User | None] = {role.value: person(role.value, TOP) for role in Role}
    return {NOBODY: None, UNGRANTED: person(None, name="ungranted")} | made


def test_every_page_lets_in_whom_the_matrix_names(callers: dict[str, User | None], settings: Any) -> None:
    settings.RESULTS_PATIENCE_S = 0.01
    wrong = []
    for kind, user in callers.items():
        client = signed_in(user)
        for key, said in matrix().items():
            if key[0].startswith("/api/"):
                continue
            if key == ("logout", "POST"):
                continue
            answer = client.generic(key[1], address(key))
            shut = answer.status_code in {401, 403} or answer.headers.get("Location", "").startswith("/login")
            if shut == (kind in allowed(said)) or answer.status_code >= 500:
                wrong.append((kind, *key, answer.status_code))
    assert not wrong, f"who, route, method, answer: {wrong[:12]}"


def signed_in(user: User | None) -> Client:
    """A browser of ``user`` (of nobody)."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def with_token(user: User | None, *scopes: str) -> Client:
    """A program with a token of ``scopes`` (of nobody: without one)."""
    if user is None:
        return signed_in(None)
    _, secret = tokens.issue(act(user, at=NOW), user, name="t", scopes=scopes, days=1)
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})


def status_of(client: Client, key: Key) -> int:
    """What an API route answers to an empty request."""
    return client.generic(key[1], address(key), "{}", "application/json").status_code


def test_every_api_route_lets_in_whom_the_matrix_names(callers: dict[str, User | None], settings: Any) -> None:
    settings.RESULTS_PATIENCE_S = 0.01
    wrong = []
    for kind, user in callers.items():
        shut_out = 401 if user is None else 403
        clients = (with_token(user, *tokens.SCOPES), signed_in(user))
        for key, said in matrix().items():
            if not key[0].startswith("/api/"):
                continue
            for status in (status_of(client, key) for client in clients):
                right = status not in {401, 403} and (status < 500 or status == 503)
                if (kind in allowed(said)) != right or (kind not in allowed(said) and status != shut_out):
                    wrong.append((kind, *key, status))
    assert not wrong, f"who, route, method, answer: {wrong[:12]}"


def test_a_token_that_only_reads_can_write_nothing(callers: dict[str, User | None]) -> None:
    client = with_token(callers[Role.ADMINISTRATOR.value], "read")
    done = {key: status_of(client, key) for key in api_routes() if key[1] != "GET"}
    assert {key: status for key, status in done.items() if status != 403} == {}


def test_an_ended_a_revoked_and_a_foreign_token_are_nobody(callers: dict[str, User | None]) -> None:
    user = callers["viewer"]
    assert user is not None
    _, old = tokens.issue(act(user), user, name="t", scopes=["read"], days=1)
    live, new = tokens.issue(act(user, at=NOW), user, name="t", scopes=["read"], days=1)

    def status(secret: str) -> int:
        return Client().get("/api/people/areas", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert (status(old), status(new), status(new + "x"), status("")) == (401, 200, 401, 401)
    tokens.revoke(act(user, at=NOW), live)
    assert status(new) == 401
