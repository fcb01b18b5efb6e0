"""Dashboard, area, indicator, derivation, tiles: what they show is what the evaluation says."""

import gzip
import json

import numpy as np
import pytest
from django.test import Client

from guangcheng.apps import handover
from guangcheng.apps.web import results
from guangcheng.coverage.results import Verdict
from guangcheng.programme.platform import scope
from tests.people import STREET, TOP, Person

BACKEND = "django.contrib.auth.backends.ModelBackend"
STANDARD = "qingcheng-2017-all-optical"


@pytest.fixture
def viewer(person: Person) -> Client:
    client = Client()
    client.force_login(person("viewer"), backend=BACKEND)
    return client


def test_home_shows_targets_levels_map_and_lagging(viewer: Client) -> None:
    page = viewer.get("/").content.decode()
    found = results.evaluation(STANDARD)
    for result in found.indicators:
        if result.area == found.area:
            assert result.name.zh in page
    assert f'data-tiles="/tiles/{STANDARD}/{{z}}/{{x}}/{{y}}.mvt' in page
    failing = [area for area in found.areas if area.level == "township" and area.verdict is Verdict.FAIL]
    assert failing
    assert all(area.name in page for area in failing)


def test_pages_need_a_grant(person: Person) -> None:
    client = Client()
    addresses = ("/", f"/areas/{TOP}", f"/indicators/{STANDARD}/IND-001-01", f"/tiles/{STANDARD}/0/0/0.mvt")
    assert [client.get(address).status_code for address in addresses] == [302] * 4
    client.force_login(person(None, name="nobody"), backend=BACKEND)
    assert [client.get(address).status_code for address in addresses] == [403] * 4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_area_and_estate_has_a_page(viewer: Client, lang: str) -> None:
    found = results.evaluation(STANDARD)
    for area in (*found.areas[:40], *found.estates[:3]):
        answer = viewer.get(f"/areas/{area.code}?lang={lang}")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert area.name in page
        assert all(reason.in_(lang) in page for reason in area.reasons)  # type: ignore[arg-type]


def test_area_page_says_what_would_make_it_pass(viewer: Client) -> None:
    ways = handover.ways_to_pass(results.looked(STANDARD))
    assert ways
    code, way = next(iter(ways.items()))
    page = viewer.get(f"/areas/{code}").content.decode()
    assert f"{way.premises} 处" in page


def test_unknown_area_indicator_and_day_are_told(viewer: Client) -> None:
    assert viewer.get("/areas/nowhere").status_code == 404
    assert viewer.get(f"/indicators/{STANDARD}/IND-999-99").status_code == 404
    assert viewer.get("/?as_of=yesterday").status_code == 422
    assert viewer.get("/?standard=none").status_code == 404
    assert viewer.get("/derivation/?trace=nonsense").status_code == 404


def test_indicator_page_goes_down_to_the_clause(viewer: Client) -> None:
    found = results.evaluation(STANDARD)
    result = next(item for item in found.indicators if item.area == found.area and item.value is not None)
    results.derivation(result.trace)
    page = viewer.get(f"/indicators/{STANDARD}/{result.id}").content.decode()
    assert result.name.zh in page
    assert str(result.clause) in page
    assert 'class="steps root"' in page


def test_failing_premises_are_those_of_the_evaluation(viewer: Client) -> None:
    standing = results.standing(STANDARD)
    survey = standing.looked.survey
    rows = np.flatnonzero(survey.premises.record & (survey.capable != 1)).tolist()
    expected = sorted(survey.premises.id_of(int(row)) for row in rows if survey.premises.area[row] >= 0)
    assert expected
    assert sorted(one.id for one in standing.failing(TOP, 0, len(expected) + 9)) == expected
    failing = set(rows)
    for area in survey.tree.areas:
        below = sum(int(row) in failing for row in survey.rows_below(area.index))
        assert standing.count_failing(area.code) == below
    first = standing.failing(TOP, 0, 1)[0]
    assert first.id in viewer.get(f"/areas/{TOP}").content.decode()
    assert viewer.get(f"/premises/{first.id}").status_code == 200


def test_tiles_are_packed_tagged_and_without_access_points(viewer: Client) -> None:
    answer = viewer.get(f"/tiles/{STANDARD}/0/0/0.mvt")
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    tiles = results.standing(STANDARD).tiles
    plain = gzip.decompress(answer.content)
    assert plain == tiles.tile(0, 0, 0)
    points = scope.the_city().view().table("access_points", ["access_point_id"])["access_point_id"].to_pylist()
    assert not any(str(point).encode() in plain for point in points)
    again = viewer.get(f"/tiles/{STANDARD}/0/0/0.mvt", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert viewer.get(f"/tiles/{STANDARD}/0/1/0.mvt").status_code == 404
    assert viewer.get(f"/tiles/{STANDARD}/18/0/0.mvt").status_code == 204


def test_areas_of_the_map_bear_verdict_and_address(viewer: Client) -> None:
    answer = json.loads(viewer.get(f"/map/{STANDARD}/{TOP}.geojson").content)
    found = {area.code: area.verdict.value for area in results.evaluation(STANDARD).areas if area.parent == TOP}
    told = {item["properties"]["code"]: item["properties"]["verdict"] for item in answer["features"]}
    assert told == {code: verdict for code, verdict in found.items() if results.standing(STANDARD).place_of(code)}
    assert STREET in told
