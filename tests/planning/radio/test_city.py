"""Key places of a city from its registers."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from guangcheng.apps.demo.liangjiang import build_liangjiang
from guangcheng.planning.radio.antenna import Antenna
from guangcheng.planning.radio.city import cells_of, places_reached
from guangcheng.planning.radio.ranges import Link, Scenario
from guangcheng.planning.radio.raster import Indoors, Profile
from guangcheng.registers.schema import schema
from guangcheng.registers.view import RegisterView, view_of_tables

ON = date(2024, 6, 30)
ASSUMED = Profile(Scenario.UMA, Link(3.5, 25.0), Antenna(17.0), 6.0, 53.0, 273)


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
    found = cells_of(city)
    assert {name: [cell.azimuth_deg for cell in cells] for name, cells in found.items()} == {
        "mobile": [0.0, 120.0, 240.0],
        "unicom": [0.0, 120.0, 240.0],
    }


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
    found = {(item.place_id, item.operator): item.reach for item in places_reached(city, ASSUMED)}
    assert len(found) == 8
    by = {key: (reach.reached, reach.points[0].by) for key, reach in found.items()}
    assert by["near", "mobile"] == (True, "predicted")
    assert by["far", "mobile"] == (True, "measured")
    assert found["far", "mobile"].points[0].disagree is True
    assert by["beyond", "mobile"] == (False, "predicted")
    assert by["unplaced", "mobile"] == (None, "unknown")
    assert by["near", "telecom"] == (True, "measured")
    assert by["far", "telecom"] == (None, "unknown")
    sample = found["near", "mobile"].points[0].predicted
    inside = {
        item.place_id: item.reach.points[0].predicted
        for item in places_reached(city, ASSUMED, inside=Indoors(30.0, 6.5))
        if item.operator == "mobile"
    }["near"]
    assert sample is not None
    assert inside is not None
    assert inside.dbm == pytest.approx(sample.dbm - 30.0)
    assert inside.chance < sample.chance


def test_the_sample_city_is_judged_by_its_tests() -> None:
    made = build_liangjiang(1)
    city = view_of_tables(made.tables, as_of=made.as_of, crs=made.crs)
    found = places_reached(city, ASSUMED)
    assert found
    assert {item.reach.points[0].by for item in found} <= {"measured", "predicted", "unknown"}
    assert any(item.reach.points[0].by == "measured" for item in found)
    assert found == places_reached(city, ASSUMED)
