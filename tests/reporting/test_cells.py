"""Hexagons of the public map: every premises counted once, small cells never shown."""

import itertools
import json
import sys
from collections import Counter
from typing import Any

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import InputError, UsageError
from guangcheng.coverage.survey import Survey
from guangcheng.reporting.cells import Cells, cells_of, cells_of_survey, comma_separated, geojson
from guangcheng.reporting.disclosure import SMALLEST_SHOWN
from guangcheng.standards import library
from tests.coverage.small_cities import AS_OF, City, district

CALENDAR = WorkingCalendar()
QINGCHENG = library.load("qingcheng-2017-all-optical")
NAN = float("nan")
STATE = st.sampled_from((1, 0, -1))
# a few kilometres, so that cells of resolution 8 hold none, one or several premises
PLACE = st.tuples(st.floats(114.30, 114.34), st.floats(30.50, 30.54)) | st.just((NAN, NAN))
PREMISES = st.lists(st.tuples(PLACE, STATE), max_size=40)
Premises = list[tuple[tuple[float, float], int]]


def counted(premises: Premises, resolution: int = 8) -> Cells:
    lon = np.array([place[0] for place, _ in premises], dtype=np.float64)
    lat = np.array([place[1] for place, _ in premises], dtype=np.float64)
    states = np.array([state for _, state in premises], dtype=np.int8)
    return cells_of(lon, lat, states, resolution=resolution)


@settings(max_examples=60)
@given(PREMISES, st.sampled_from((6, 8)))
def test_counts_are_those_of_a_plain_count(premises: Premises, resolution: int) -> None:
    placed = [(h3.latlng_to_cell(lat, lon, resolution), state) for (lon, lat), state in premises if lon == lon]
    everything, each = Counter(cell for cell, _ in placed), Counter(placed)
    expected = {cell: (n, each[cell, 1], each[cell, -1]) for cell, n in everything.items() if n >= SMALLEST_SHOWN}
    found = counted(premises, resolution)
    rows = zip(
        found.cell.tolist(), found.premises.tolist(), found.capable.tolist(), found.unknown.tolist(), strict=True
    )
    assert {f"{cell:x}": counts for cell, *counts in rows} == {cell: list(n) for cell, n in expected.items()}
    assert found.left_out_cells == len(everything) - len(expected)
    assert found.premises.sum() + found.left_out_premises == len(placed)
    assert found.without_point == len(premises) - len(placed)


@settings(max_examples=30)
@given(st.data())
def test_the_order_of_the_premises_does_not_matter(data: st.DataObject) -> None:
    premises = data.draw(PREMISES)
    shuffled = data.draw(st.permutations(premises))
    assert geojson(counted(premises)) == geojson(counted(shuffled))
    assert comma_separated(counted(premises)) == comma_separated(counted(shuffled))


def test_two_premises_are_too_few_and_three_are_enough() -> None:
    home = ((114.3, 30.5), 1)
    assert len(counted([home] * 2)) == 0
    assert counted([home] * 2).left_out_premises == 2
    assert counted([home] * 3).premises.tolist() == [3]


def test_the_written_polygon_is_a_closed_ring_counter_clockwise_around_the_premises() -> None:
    lon, lat = 114.3, 30.5
    (feature,) = json.loads(geojson(counted([((lon, lat), 1)] * 2 + [((lon, lat), -1)])))["features"]
    cell = h3.latlng_to_cell(lat, lon, 8)
    assert feature["id"] == cell
    assert feature["properties"] == {"cell": cell, "premises": 3, "capable": 2, "unknown": 1}
    (ring,) = feature["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    corners = list(itertools.pairwise(ring))
    assert sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in corners) > 0
    sides = [(x1 - x0) * (lat - y0) - (y1 - y0) * (lon - x0) for (x0, y0), (x1, y1) in corners]
    assert min(sides) > 0


def test_a_cell_across_the_antimeridian_stays_whole() -> None:
    (feature,) = json.loads(geojson(counted([((180.0, 0.0), 1)] * 3, 3)))["features"]
    east = [lon for lon, _ in feature["geometry"]["coordinates"][0]]
    assert max(east) > 180 > min(east)
    assert max(east) - min(east) < 3


def test_no_premises_are_no_cells() -> None:
    assert json.loads(geojson(counted([]))) == {"type": "FeatureCollection", "features": []}
    assert comma_separated(counted([])) == b"cell,premises,capable,unknown\n"


def test_a_resolution_h3_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError):
        counted([], 16)


def test_an_estate_counts_once_and_by_its_buildings_only_when_it_has_no_point() -> None:
    city = City()
    district(city, "441802")
    here: dict[str, Any] = {"area_code": "441802", "zone": "urban"}

    def add(name: str, kind: str, lon: float | None, parent: str | None = None) -> None:
        point = {} if lon is None else {"lon": lon, "lat": 23.7, "x": 1000 * lon, "y": 0}
        city.rows["premises"].append({"premises_id": name, "kind": kind, "parent_premises": parent, **here, **point})

    add("E1", "estate", 113.0)
    add("B1", "building", 113.2, "E1")
    add("E2", "estate", None)
    add("B2", "building", 113.0, "E2")
    add("B3", "building", 113.0, "E2")
    add("B4", "building", None, "E2")
    add("E3", "estate", None)
    city.reach("Z", 113_000)
    survey = Survey(city.view(), QINGCHENG, as_of=AS_OF, calendar=CALENDAR)
    found = cells_of_survey(survey, resolution=8)
    assert found.premises.tolist() == [3]
    assert (found.capable.tolist(), found.unknown.tolist()) == ([3], [0])
    assert (found.left_out_cells, found.without_point) == (0, 1)


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h3.api.basic_int", None)
    with pytest.raises(InputError) as caught:
        counted([])
    assert "guangcheng[web]" in caught.value.mend.en
