"""Key places of a city from its registers."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.apps.demo.liangjiang import build_liangjiang
from guangcheng.planning.radio.antenna import Antenna
from guangcheng.planning.radio.city import PlaceReach, places_reached, predict
from guangcheng.planning.radio.network import Network, networks_of
from guangcheng.planning.radio.parameters import Parameters, read_parameters
from guangcheng.planning.radio.raster import Cell
from guangcheng.registers.radio_files import KeyPoint
from guangcheng.registers.schema import schema
from guangcheng.registers.view import RegisterView, view_of_tables

ON = date(2024, 6, 30)
ASSUMED = read_parameters()


def reached(city: RegisterView, points: tuple[KeyPoint, ...] = ()) -> list[PlaceReach]:
    return places_reached(city, networks_of(city, ASSUMED).by_operator, ASSUMED, points=points)


def site(name: str, x: float | None, **more: Any) -> dict[str, Any]:
    return {"site_id": name, "structure": "rooftop", "x": x, "y": 0.0 if x is not None else None, **more}


def service(name: str, at: str, **more: Any) -> dict[str, Any]:
    return {"service_id": name, "site_id": at, "operator": "mobile", "generation": "5g", "sectors": 3, **more}


def place(name: str, x: float | None, **more: Any) -> dict[str, Any]:
    y = 100.0 if x is not None else None
    return {"place_id": name, "name": name, "scene": "other", "area_code": "1", "x": x, "y": y, **more}


def trial(name: str, at: str, day: date, passed: bool, **more: Any) -> dict[str, Any]:
    row = {"test_id": name, "place_id": at, "operator": "mobile", "generation": "5g", "tested_on": day}
    return {**row, "passed": passed, "rsrp_dbm": -80.0, **more}


def view(**registers: list[dict[str, Any]]) -> RegisterView:
    return view_of_tables(
        {name: pa.Table.from_pylist(rows, schema(name).arrow) for name, rows in registers.items()},
        as_of=ON,
        crs="EPSG:4545",
    )


def test_cells_in_service_only_outdoors_and_of_the_generation() -> None:
    city = view(
        wireless_sites=[
            site("a", 0.0),
            site("indoor", 0.0, structure="indoor"),
            site("nowhere", None),
            site("gone", 0.0, in_service_to=ON),
        ],
        wireless_services=[
            service("1", "a"),
            service("2", "a", operator="unicom", sectors=None),
            service("3", "a", generation="4g"),
            service("4", "a", in_service_from=date(2024, 7, 1)),
            *(service(f"5{name}", name) for name in ("indoor", "nowhere", "gone", "missing")),
        ],
    )
    found = networks_of(city, ASSUMED)
    assert {name: [cell.azimuth_deg for cell in network.cells] for name, network in found.by_operator.items()} == {
        "mobile": [0.0, 120.0, 240.0],
        "unicom": [0.0, 120.0, 240.0],
    }
    assert found.left_out == {"indoor_sites": 1, "sites_without_place": 1}


def test_a_pole_is_another_kind_of_cell_and_carriers_are_the_operators() -> None:
    city = view(
        wireless_sites=[site("roof", 0.0), site("pole", 10.0, structure="pole")],
        wireless_services=[service("1", "roof"), service("2", "pole"), service("3", "roof", operator="telecom")],
    )
    found = networks_of(city, ASSUMED).by_operator
    assert [cell.profile for cell in found["mobile"].cells] == [0, 0, 0, 1, 1, 1]
    assert [profile.scenario.value for profile in found["mobile"].profiles] == ["UMa", "UMi-StreetCanyon"]
    assert {name: network.profiles[0].link.ghz for name, network in found.items()} == {"mobile": 2.6, "telecom": 3.5}


def test_the_latest_test_decides_and_the_prediction_stands_beside_it() -> None:
    city = view(
        wireless_sites=[site("a", 0.0)],
        wireless_services=[service("1", "a")],
        key_places=[
            place("near", 50.0),
            place("far", 4_000.0),
            place("beyond", 40_000.0),
            place("unplaced", None),
            place("over", 50.0, listed_to=ON),
        ],
        key_place_tests=[
            trial("t2", "far", date(2024, 6, 1), True),
            trial("t1", "far", date(2024, 5, 1), False),
            trial("t3", "near", date(2024, 7, 1), False),
            trial("t4", "near", date(2024, 6, 1), True, operator="telecom"),
        ],
    )
    found = {(item.place_id, item.operator): item.reach for item in reached(city)}
    assert len(found) == 8
    by = {key: (reach.reached, reach.points[0].by) for key, reach in found.items()}
    assert by["near", "mobile"] == (True, "predicted")
    assert by["far", "mobile"] == (True, "measured")
    assert found["far", "mobile"].points[0].disagree is True
    assert by["beyond", "mobile"] == (False, "predicted")
    assert by["unplaced", "mobile"] == (None, "unknown")
    assert by["near", "telecom"] == (True, "measured")
    assert by["far", "telecom"] == (None, "unknown")


def test_indoor_points_lose_what_the_building_takes_and_have_a_chance_no_better() -> None:
    city = view(wireless_sites=[site("a", 0.0)], wireless_services=[service("1", "a")], key_places=[place("p", None)])
    network = networks_of(city, ASSUMED).by_operator["mobile"]
    points = (KeyPoint("p", "out", 50.0, 100.0), KeyPoint("p", "in", 50.0, 100.0, indoor=True))
    found = predict(network, points, ASSUMED)
    loss = ASSUMED.indoors("mobile").loss_db
    assert loss > 20
    assert found["p", "in"].dbm == pytest.approx(found["p", "out"].dbm - loss)
    assert found["p", "in"].chance < found["p", "out"].chance
    own = KeyPoint("p", "system", 50.0, 100.0, indoor=True, indoor_systems=frozenset({"mobile"}))
    assert [(one.by, one.reached) for one in reached(city, (own,))[0].reach.points] == [("indoor_system", True)]


def test_a_place_needs_every_point_and_a_line_95_percent_of_its_length() -> None:
    city = view(
        wireless_sites=[site("a", 0.0)],
        wireless_services=[service("1", "a")],
        key_places=[place("both", None), place("line", None), place("short", None)],
    )
    near, far = (50.0, 100.0), (4_900.0, 100.0)
    points = (
        KeyPoint("both", "1", *near),
        KeyPoint("both", "2", *far),
        KeyPoint("line", "1", *near, length_m=95.0),
        KeyPoint("line", "2", *far, length_m=5.0),
        KeyPoint("short", "1", *near, length_m=94.0),
        KeyPoint("short", "2", *far, length_m=6.0),
    )
    assert {item.place_id: item.reach.reached for item in reached(city, points)} == {
        "both": False,
        "line": True,
        "short": False,
    }


def test_a_point_under_the_mast_is_not_known_rather_than_not_reached() -> None:
    city = view(
        wireless_sites=[site("a", 0.0)], wireless_services=[service("1", "a")], key_places=[place("under", None)]
    )
    assert reached(city, (KeyPoint("under", "1", 3.0, 0.0),))[0].reach.reached is None


cells = st.lists(
    st.builds(
        Cell, x=st.floats(-900, 900), y=st.floats(-900, 900), azimuth_deg=st.floats(0, 360), profile=st.integers(0, 1)
    ),
    min_size=1,
    max_size=5,
)
spots = st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900), st.booleans()), min_size=1, max_size=8)


def net(some: list[Cell], parameters: Parameters = ASSUMED) -> Network:
    names = tuple(str(k) for k in range(len(some)))
    return Network("mobile", tuple(some), names, names, parameters.profiles("mobile"))


@settings(max_examples=25, deadline=None)
@given(cells, cells, spots)
def test_more_sites_never_reduce_the_chance_of_a_point(some: list[Cell], more: list[Cell], at: list[Any]) -> None:
    points = [KeyPoint("p", str(k), x, y, inside) for k, (x, y, inside) in enumerate(at)]
    one, two = predict(net(some), points, ASSUMED), predict(net([*some, *more]), points, ASSUMED)
    for key, before in one.items():
        # a point nobody could see may come to lie under a new mast: then nothing is known of it
        if key in two:
            assert two[key].chance >= before.chance
            assert two[key].dbm >= before.dbm
        else:
            assert before.chance == 0


@settings(max_examples=40, deadline=None)
@given(st.floats(10, 5000), st.floats(10, 5000), st.integers(0, 1))
def test_farther_is_never_surer_or_stronger_at_equal_conditions(a: float, b: float, kind: int) -> None:
    # equal conditions: the pattern takes the same in every direction, also downwards
    even = Antenna(omni=True, height_deg=1e6)
    profiles = tuple(replace(profile, antenna=even) for profile in ASSUMED.profiles("mobile"))
    network = replace(net([Cell(0.0, 0.0, 0.0, kind)]), profiles=profiles)
    near, far = sorted((a, b))
    points = [KeyPoint("p", "near", 0.0, near), KeyPoint("p", "far", 0.0, far)]
    found = predict(network, points, ASSUMED)
    assert found["p", "far"].dbm <= found["p", "near"].dbm + 1e-9
    assert found["p", "far"].chance <= found["p", "near"].chance + 1e-6


def test_the_sample_city_is_judged_by_its_tests() -> None:
    made = build_liangjiang(1)
    city = view_of_tables(made.tables, as_of=made.as_of, crs=made.crs)
    found = reached(city)
    assert found
    assert {item.reach.points[0].by for item in found} <= {"measured", "predicted", "unknown"}
    assert any(item.reach.points[0].by == "measured" for item in found)
    assert found == reached(city)
