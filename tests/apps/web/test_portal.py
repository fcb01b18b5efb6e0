"""The public portal: no small count, none by subtraction; names only, seldom, and never an access point's place."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client

from guangcheng.apps.web import public, results
from guangcheng.apps.web.limiter import PER_HOUR
from guangcheng.coverage.survey import ESTATE
from guangcheng.programme.platform.models import User
from guangcheng.reporting.locating import UNCERTAIN_M, needed
from tests.attack import Attacker, remainders

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


def test_an_answer_says_nothing_that_the_table_does_not(visitor: Client) -> None:
    """Whoever asks for every name learns the published rows, and which area a place is in."""
    survey = results.looked(STANDARD).survey
    held, rows = survey.premises, public.coverage(STANDARD)
    published = {row for row in rows if row.premises}
    asked = range(0, len(held), 400)
    found = [one for row in asked if held.record[row] for one in public.search(STANDARD, held.label(row))]
    assert len(found) > 50
    assert {one.around for one in found} <= published
    states = Counter(one.state for one in public.search(STANDARD, "小区"))
    assert sum(states.values()) == public.MOST_FOUND
    # premises with and without fibre in one area are answered alike
    estates = np.flatnonzero(held.record & (held.kind == ESTATE))
    by_area: dict[int, set[int]] = {}
    for row in estates.tolist():
        by_area.setdefault(int(held.area[row]), set()).add(int(survey.capable[row]))
    mixed = next(area for area, seen in by_area.items() if {0, 1} <= seen)
    labels = [held.label(row) for row in estates.tolist() if held.area[row] == mixed]
    answers = {
        (one.around, one.state) for label in labels for one in public.search(STANDARD, label) if one.name == label
    }
    assert len(answers) == 1
    page = visitor.get("/public/ask", {"q": labels[0]}).content.decode()
    assert labels[0] in page


def test_the_small_area_stands_for_the_next_one_above_it(visitor: Client) -> None:
    """A place in an area whose count is withheld is answered by the smallest published one around it."""
    survey, rows = results.looked(STANDARD).survey, public.coverage(STANDARD)
    by_code = {row.code: row for row in rows}
    held, hidden = survey.premises, next(row for row in rows if row.premises is None)
    inside = set(survey.tree.below(survey.tree.find(hidden.code)))
    place = next(row for row in range(len(held)) if held.record[row] and int(held.area[row]) in inside)
    answer = next(one for one in public.search(STANDARD, held.label(place)) if one.name == held.label(place))
    above = survey.tree.areas[survey.tree.areas[survey.tree.find(hidden.code)].parent]
    assert (answer.area, answer.around) == (hidden.name, by_code[above.code])


def test_no_access_point_of_the_city_is_located(visitor: Client) -> None:
    """Asked without limit, with every place known and every area said to be nearly all served taken as served."""
    survey = results.looked(STANDARD).survey
    rows, shown = public.public_rows(survey), public.coverage(STANDARD)
    places = public.located(survey, rows)
    attacker = Attacker(np.stack([places.x, places.y], axis=1), places.least)
    flags = np.array([row.premises is not None for row in shown])
    served = np.array([row.capable or 0 for row in shown])
    need = needed(places, len(shown))
    facts = remainders(rows.parents.tolist(), places.part, flags, served)
    for members, count in facts:
        attacker.hear(members, count)
    # the rule is known: what is withheld may have too few
    parents, counts = set(rows.parents.tolist()), public._counts(survey, rows)
    for row in np.flatnonzero(~flags & (counts[:, 0] < need)).tolist():
        if row not in parents:
            attacker.hear_at_most(places.part == row, int(need[row]) - 1)
    nearly = [members for members, count in facts if count >= members.sum() * 0.95]
    guessed = np.flatnonzero(np.any(nearly, axis=0))
    for premises in guessed[:: len(guessed) // 20].tolist():
        close = np.hypot(*(attacker.places - attacker.places[premises]).T) <= 2100
        here = Attacker(attacker.places[close], attacker.radius[close])
        # areas that lie only partly within sight exclude nothing more than whole ones do
        here.groups = [(members[close], most) for members, most in attacker.groups if members[close].any()]
        assert here.uncertainty(int(close[:premises].sum())) >= UNCERTAIN_M - 1e-3
    assert len(guessed) > 1000


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
