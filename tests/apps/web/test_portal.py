"""The public portal: no small count, none by subtraction; names only, seldom, and never an access point's place."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from guangcheng.apps.web import public, results
from guangcheng.apps.web.limiter import PER_HOUR
from guangcheng.programme.platform.models import User

STANDARD = "qingcheng-2017-all-optical"


@pytest.fixture
def visitor(city_folder: object, db: None, settings: object) -> Client:
    settings.RESULTS_PATIENCE_S = 60  # type: ignore[attr-defined]
    cache.clear()
    return Client()


def test_the_front_page_is_for_everybody(visitor: Client) -> None:
    page = visitor.get("/public/").content.decode()
    assert "清城区" in page
    assert "各地覆盖情况" in page


def test_no_small_count_is_shown_nor_found_by_subtraction(visitor: Client) -> None:
    rows = public.coverage(STANDARD)
    stack: list[tuple[int, public.Shown]] = []
    children: dict[str, list[public.Shown]] = {}
    for row in rows:
        while stack and stack[-1][0] >= row.depth:
            stack.pop()
        if stack:
            children.setdefault(stack[-1][1].code, []).append(row)
        stack.append((row.depth, row))
    by_code = {row.code: row for row in rows}
    for row in rows:
        if row.premises is not None and row.capable is not None:
            assert row.premises == 0 or row.premises >= 3
            assert all(part == 0 or part >= 3 for part in (row.capable, row.premises - row.capable))
    for code, parts in children.items():
        above = by_code[code]
        if above.premises is None:
            assert all(part.premises is None for part in parts)
            continue
        rest = above.premises - sum(part.premises or 0 for part in parts)
        assert rest == 0 or rest >= 3
    assert len(rows) > 50


def test_the_answer_is_that_of_the_evaluation(visitor: Client) -> None:
    survey = results.looked(STANDARD).survey
    held = survey.premises
    estate = next(row for row in range(len(held)) if held.kind[row] == 1 and held.record[row])
    name = held.label(estate)
    found = [one for one in public.search(STANDARD, name) if one.name == name]
    assert {one.state for one in found} <= {"yes", "no", "unknown"}
    states = Counter(one.state for one in public.search(STANDARD, "小区"))
    assert sum(states.values()) == public.MOST_FOUND
    page = visitor.get("/public/ask", {"q": name}).content.decode()
    assert name in page


def test_nothing_is_answered_for_a_point_and_probing_ends(visitor: Client) -> None:
    """A probe on a 10 m grid gets no answer that depends on where it asks, and soon none at all."""
    answers = set()
    for step in range(PER_HOUR):
        lon, lat = 113.05 + step * 0.0001, 23.7
        answer = visitor.get("/public/ask", {"q": f"{lon:.4f},{lat:.4f}", "lon": str(lon), "lat": str(lat)})
        answers.add(answer.content.decode().count("<tbody>"))
    assert answers == {0}
    assert visitor.get("/public/ask", {"q": "小区"}).status_code == 429


def test_no_position_and_no_access_point_reaches_the_public(visitor: Client) -> None:
    pages = [visitor.get(path).content.decode() for path in ("/public/", "/public/ask?q=小区")]
    ids = results.looked(STANDARD).view.table("access_points", ["access_point_id"])["access_point_id"].to_pylist()
    for page in pages:
        assert "data-lon" not in page
        assert "/tiles/" not in page
        assert not any(name in page for name in ids[:200])


def test_too_short_a_question(visitor: Client) -> None:
    assert visitor.get("/public/ask", {"q": "小"}).status_code == 400


def test_tiles_and_areas_are_not_public(visitor: Client, person: Callable[..., User]) -> None:
    assert visitor.get(f"/tiles/{STANDARD}/12/3334/1767.mvt").status_code in (302, 401)
