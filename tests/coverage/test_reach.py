"""Reach by RUL-001-05: against the rule written a second time, its laws, and its edges."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import NotFound, OutsideKnowledge
from guangcheng.base.progress import SILENT
from guangcheng.coverage.reach import Condition, Reach, ReachRule, compute_reach
from guangcheng.registers.view import RegisterView, view_of_tables
from tests.coverage.reach_city import (
    AREAS,
    AS_OF,
    CALENDAR,
    OPERATORS,
    City,
    Row,
    cities,
    judge,
    random_city,
    rule,
    view,
)

RULE = rule()


def reach(city: Any, reach_rule: ReachRule = RULE, **options: Any) -> Reach:
    return compute_reach(view(city), reach_rule, calendar=CALENDAR, **options)


def by_id(found: Reach) -> dict[str, tuple[int, dict[str, int]]]:
    """Capable and first failure per operator, by premises."""
    return {
        name: (
            int(found.capable[row]),
            {operator: int(found.operator_failed[at, row]) for at, operator in enumerate(found.operators)},
        )
        for row, name in enumerate(found.premises_id.to_pylist())
    }


def settlement(**row: Any) -> Row:
    return {"premises_id": "P0", "kind": "settlement", "area_code": "V1", "zone": "urban", "x": 0.0, "y": 0.0} | row


def point(**row: Any) -> Row:
    return {
        "access_point_id": "A0", "operator": "telecom", "x": 100.0, "y": 0.0, "capacity_mbps": 100, "ports_free": 4
    } | row  # fmt: skip


# --- against the rule written a second time ----------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(cities)
def test_every_operator_at_every_premises_is_as_the_rule_says(city: City) -> None:
    found = by_id(reach(city))
    for premises in city["premises"]:
        capable, failed = found[premises["premises_id"]]
        present = [o for o in OPERATORS if any(point["operator"] == o for point in city["access_points"])]
        expected = {operator: judge(city, premises, operator) for operator in present}
        assert failed == expected
        measured = premises["x"] is not None
        unknown = -1 if not measured or -1 in expected.values() else 0
        assert capable == (1 if 0 in expected.values() else unknown)


@settings(max_examples=60, deadline=None)
@given(cities)
def test_nearest_point_bits_and_summary_agree_with_the_operators(city: City) -> None:
    found = reach(city)
    points = {row["access_point_id"]: row for row in city["access_points"]}
    for row, premises in enumerate(city["premises"]):
        failed = found.operator_failed[:, row]
        capable = int(found.capable[row])
        assert int(found.capable_operators[row]) == sum(1 << at for at, code in enumerate(failed) if code == 0)
        if capable == 1:
            name = found.point_ids[int(found.nearest_point[row])].as_py()
            x, y = points[name]["x"] - premises["x"], points[name]["y"] - premises["y"]
            assert found.distance_m[row] == np.sqrt(x * x + y * y)
            assert failed[found.operators.index(points[name]["operator"])] == 0
        else:
            assert found.nearest_point[row] == -1
            assert np.isnan(found.distance_m[row])
        furthest = max([1, *(int(code) for code in failed)])
        assert int(found.first_failed[row]) == {1: 0, -1: -1, 0: furthest}[capable]


def test_random_cities_meet_every_outcome() -> None:
    met = {
        judge(city, premises, operator)
        for city in map(random_city, range(60))
        for premises in city["premises"]
        for operator in OPERATORS
    }
    assert met == {-1, 0, *map(int, Condition)}


# --- laws --------------------------------------------------------------------------------------------------------

BETTER = {1: 2, -1: 1, 0: 0}
"""No < unknown < yes."""


def never_worse(before: Reach, after: Reach) -> None:
    worse = {name: BETTER[capable] for name, (capable, _) in by_id(before).items()}
    better = {name: BETTER[capable] for name, (capable, _) in by_id(after).items()}
    assert all(better[name] >= worse[name] for name in worse)


@settings(max_examples=40, deadline=None)
@given(cities, st.sampled_from([201, 400, 1000]), st.sampled_from([1001, 1500]))
def test_a_larger_radius_never_covers_fewer(city: City, urban: int, rural: int) -> None:
    never_worse(reach(city), reach(city, rule(urban_radius_m=urban, rural_radius_m=rural)))


@settings(max_examples=40, deadline=None)
@given(cities, st.integers(0, 8))
def test_an_added_access_point_never_lowers_coverage(city: City, left_out: int) -> None:
    fewer = {**city, "access_points": [row for n, row in enumerate(city["access_points"]) if n != left_out]}
    never_worse(reach(fewer), reach(city))


@settings(max_examples=40, deadline=None)
@given(cities, st.sampled_from([50.01, 100, 1000]))
def test_a_stricter_capacity_never_covers_more(city: City, mbps: float) -> None:
    never_worse(reach(city, rule(min_access_mbps=mbps)), reach(city))


@settings(max_examples=40, deadline=None)
@given(cities, st.integers(1, 9), st.integers(1, 14))
def test_stricter_limits_of_days_never_cover_more(city: City, install: int, expansion: int) -> None:
    never_worse(reach(city, rule(install_working_days=install, expansion_working_days=expansion)), reach(city))


@settings(max_examples=40, deadline=None)
@given(cities, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(city: City, random: Any) -> None:
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in city.items()}
    one, other = reach(city), reach(shuffled)
    assert by_id(one) == by_id(other)
    nearest = [
        dict(zip(found.premises_id.to_pylist(), found.nearest_point.tolist(), strict=True)) for found in (one, other)
    ]
    assert nearest[0] == nearest[1]
    assert one.point_ids == other.point_ids


@settings(max_examples=40, deadline=None)
@given(cities, st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_moving_the_city_by_whole_metres_changes_nothing(city: City, east: int, north: int) -> None:
    def moved(rows: list[Row]) -> list[Row]:
        return [row | {"x": None if row["x"] is None else row["x"] + east, "y": row["y"] + north} for row in rows]

    there = {**city, "premises": moved(city["premises"]), "access_points": moved(city["access_points"])}
    assert by_id(reach(there)) == by_id(reach(city))


@settings(max_examples=40, deadline=None)
@given(cities, st.sampled_from(["V1", "441802100", "441802100201", "441802001", "441802"]))
def test_the_answer_for_a_part_is_the_part_of_the_answer(city: City, area: str) -> None:
    inside = {"441802001": {"441802001"}, "441802": {"V1", "441802001", "441802100"}}
    codes = inside.get(area, {"V1"} | ({"441802100"} if area == "441802100" else set()))
    whole = by_id(reach(city))
    wanted = {row["premises_id"] for row in city["premises"] if row["area_code"] in codes}
    assert by_id(reach(city, area=area)) == {name: whole[name] for name in wanted}


# --- edges -------------------------------------------------------------------------------------------------------


def test_without_a_register_of_access_points_nothing_is_known() -> None:
    found = reach({"premises": [settlement()]})
    assert (found.capable.tolist(), found.first_failed.tolist(), found.operators) == ([-1], [-1], ())
    assert found.of_operator(0, "telecom").capable is None


def test_an_empty_register_of_access_points_is_a_no() -> None:
    found = reach({"premises": [settlement()], "access_points": []})
    assert (found.capable.tolist(), found.first_failed.tolist()) == ([0], [Condition.IN_SERVICE])
    assert found.of_operator(0, "telecom").first_failed == "in_service"


def test_a_tower_company_and_others_do_not_count() -> None:
    found = reach({"premises": [settlement()], "access_points": [point(operator="tower"), point(
        access_point_id="A1", operator="other")]})  # fmt: skip
    assert (found.capable.tolist(), found.operators) == ([0], ())


def test_the_operators_that_count_are_a_setting() -> None:
    city = {"premises": [settlement()], "access_points": [point(operator="other")]}
    assert reach(city, rule(basic_operators=["other"])).capable.tolist() == [1]


def test_two_operators_do_not_help_each_other() -> None:
    fast_but_full = point(ports_free=0)
    free_but_slow = point(access_point_id="A1", operator="mobile", capacity_mbps=20)
    found = reach({"premises": [settlement()], "access_points": [fast_but_full, free_but_slow]})
    assert found.capable.tolist() == [0]
    assert found.of_operator(0, "telecom").first_failed == "ports"
    assert found.of_operator(0, "mobile").first_failed == "capacity"
    assert found.first_failed.tolist() == [Condition.PORTS]


def test_two_points_of_one_operator_do_not_help_each_other_either() -> None:
    points = [point(ports_free=0), point(access_point_id="A1", capacity_mbps=20)]
    assert reach({"premises": [settlement()], "access_points": points}).capable.tolist() == [0]


def test_a_further_point_serves_when_the_nearest_does_not() -> None:
    points = [point(x=1.0, ports_free=0), point(access_point_id="A1", x=199.0)]
    found = reach({"premises": [settlement()], "access_points": points})
    assert found.capable.tolist() == [1]
    assert found.point_ids[int(found.nearest_point[0])].as_py() == "A1"
    assert found.distance_m.tolist() == [199.0]


def test_of_equally_near_points_the_lower_id_is_named() -> None:
    points = [point(access_point_id="B", x=100.0), point(access_point_id="A", x=-100.0, operator="mobile")]
    found = reach({"premises": [settlement()], "access_points": points})
    assert found.point_ids[int(found.nearest_point[0])].as_py() == "A"
    assert found.capable_operators.tolist() == [0b11]


@pytest.mark.parametrize(
    ("begin", "end", "rows"),
    [
        (None, None, 1),
        (AS_OF, None, 1),
        (AS_OF + timedelta(days=1), None, 0),
        (None, AS_OF, 0),
        (None, AS_OF + timedelta(days=1), 1),
    ],
)
def test_only_premises_in_use_are_judged(begin: date | None, end: date | None, rows: int) -> None:
    found = reach({"premises": [settlement(in_service_from=begin, in_service_to=end)], "access_points": [point()]})
    assert len(found) == rows


def test_an_unknown_area_is_said_so() -> None:
    with pytest.raises(NotFound, match="441899"):
        reach({"premises": [settlement()], "access_points": [point()]}, area="441899")


def test_the_whole_takes_in_premises_whose_area_nobody_knows() -> None:
    towns = [{"code": code, "level": "township", "parent": "441802"} for code in ("441802100", "441802101")]
    rows = [settlement(premises_id="P0", area_code="441802100"), settlement(premises_id="P1", area_code="nowhere")]
    city = {"areas": towns, "premises": rows, "access_points": [point()]}
    assert reach(city, area="441802").premises_id.to_pylist() == ["P0", "P1"]
    assert reach(city, area=["441802100", "441802101"]).premises_id.to_pylist() == ["P0"]


def test_orders_in_a_year_without_a_calendar_are_refused() -> None:
    order = {"order_no": "O1", "operator": "telecom", "premises_id": "P0", "submitted_at": date(2027, 3, 1)}
    city = {"premises": [settlement()], "access_points": [point()], "install_orders": [order]}
    with pytest.raises(OutsideKnowledge, match="2027"):
        compute_reach(view(city, date(2027, 6, 1)), RULE, calendar=CALENDAR)
    without = {**city, "install_orders": []}
    assert compute_reach(view(without, date(2027, 6, 1)), RULE, calendar=CALENDAR).capable.tolist() == [1]


def test_progress_is_told_operator_by_operator() -> None:
    class Told:
        def __init__(self) -> None:
            self.heard: list[Any] = []

        def start(self, label: str, total: int | None) -> None:
            self.heard.append((label, total))

        def advance(self, done: int = 1) -> None:
            self.heard.append(done)

        def finish(self) -> None:
            self.heard.append("over")

    told = Told()
    points = [point(), point(access_point_id="A1", operator="cable")]
    reach({"premises": [settlement()], "access_points": points}, progress=told)
    assert told.heard == [("reach", 2), 1, 1, "over"]
    assert SILENT is not told


# --- zones (U-04) ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "village", "town", "subtype", "expected"),
    [
        ("urban", "rural", "rural", "town", 1),
        (None, "rural", "urban", "street", 0),
        (None, None, "urban", "town", 1),
        (None, None, None, "street", 1),
        (None, None, None, "town", 0),
        (None, None, None, "other", 0),
    ],
)
def test_the_zone_is_the_premises_own_then_the_nearest_areas_then_the_townships(
    own: str | None, village: str | None, town: str | None, subtype: str, expected: int
) -> None:
    areas = [
        {"code": "441802100", "level": "township", "subtype": subtype, "urban_rural": town},
        {"code": "441802100201", "level": "admin_village", "parent": "441802100", "urban_rural": village},
        {"code": "V1", "level": "natural_village", "parent": "441802100201"},
    ]
    city = {"areas": areas, "premises": [settlement(zone=own)], "access_points": [point()]}
    assert reach(city).zone.tolist() == [expected]


@pytest.mark.parametrize(("code", "expected"), [("111", 1), ("122", 1), ("210", 0), ("220", 0)])
def test_the_three_digit_class_counts_as_well(code: str, expected: int) -> None:
    areas = [{"code": "V1", "level": "natural_village", "urban_rural_class": code}]
    city = {"areas": areas, "premises": [settlement(zone=None)], "access_points": [point()]}
    assert reach(city).zone.tolist() == [expected]


def test_a_premises_whose_zone_nobody_tells_is_unknown() -> None:
    areas = [{"code": "441802", "level": "district"}]
    city = {"areas": areas, "premises": [settlement(zone=None, area_code="441802")], "access_points": [point()]}
    found = reach(city)
    assert (found.zone.tolist(), found.capable.tolist()) == ([-1], [-1])


# --- estates without a point (C-09) ------------------------------------------------------------------------------


def estate(*buildings: Row, **row: Any) -> dict[str, Any]:
    head = settlement(premises_id="X", kind="estate", x=None, y=None) | row
    children = [
        settlement(premises_id=f"B{n}", kind="building", parent_premises="X") | own for n, own in enumerate(buildings)
    ]
    return {"premises": [head, *children], "access_points": [point()]}


FAR: Row = {"x": 5000.0}
LOST: Row = {"x": None}


@pytest.mark.parametrize(
    ("buildings", "capable", "failed"),
    [
        (({}, {}), 1, 0),
        (({}, FAR), 0, 3),
        (({}, LOST), -1, -1),
        ((FAR, LOST), 0, 3),
        (({}, FAR | {"residential": False}), 1, 0),
        (({}, FAR | {"kind": "clinic"}), 1, 0),
        (({}, FAR | {"in_service_to": AS_OF}), 1, 0),
        ((FAR | {"residential": False},), -1, -1),
        ((), -1, -1),
    ],
)
def test_an_estate_without_a_point_is_as_all_its_residential_buildings(
    buildings: tuple[Row, ...], capable: int, failed: int
) -> None:
    found = reach(estate(*buildings))
    assert (int(found.capable[0]), int(found.first_failed[0])) == (capable, failed)
    assert int(found.operator_failed[0, 0]) == failed
    assert int(found.capable_operators[0]) == (1 if capable == 1 else 0)


def test_an_estate_with_a_point_is_judged_there() -> None:
    assert int(reach(estate(FAR, x=0.0, y=0.0)).capable[0]) == 1


def test_buildings_served_by_different_operators_make_the_estate_capable_by_none_alone() -> None:
    city = estate({}, {"x": 1000.0})
    city["access_points"].append(point(access_point_id="A1", operator="mobile", x=1000.0))
    found = reach(city)
    assert (int(found.capable[0]), int(found.capable_operators[0])) == (1, 0)
    assert found.operator_failed[:, 0].tolist() == [Condition.RADIUS, Condition.RADIUS]


def test_a_part_takes_in_an_estates_buildings_recorded_elsewhere() -> None:
    city = estate({"area_code": "441802001"}, FAR | {"area_code": "441802001"})
    found = reach(city, area="V1")
    assert found.premises_id.to_pylist() == ["X", "B0", "B1"]
    assert int(found.capable[0]) == 0


# --- metres ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("beyond", "capable"), [(0.0, 1), (0.001, 0), (-0.001, 1)])
@pytest.mark.parametrize(("zone", "radius"), [("urban", 200.0), ("rural", 1000.0)])
def test_on_the_limit_is_inside_and_a_millimetre_beyond_is_not(
    beyond: float, capable: int, zone: str, radius: float
) -> None:
    east, north = 423_456.0, 2_617_890.0
    city = {
        "premises": [settlement(zone=zone, x=east, y=north)],
        "access_points": [point(x=east, y=north + radius + beyond)],
    }
    assert reach(city).capable.tolist() == [capable]


def test_metres_of_the_citys_crs_are_within_a_thousandth_of_the_geodesic_all_over_china() -> None:
    from pyproj import Geod

    from guangcheng.base.places import default_metric_crs, to_metric

    geod = Geod(ellps="GRS80")
    worst = 0.0
    for lon in np.arange(73.6, 135.0, 0.7):
        for lat in (18.2, 24.0, 31.0, 40.0, 53.5):
            crs = default_metric_crs(float(lon), lat)
            for azimuth in (0.0, 45.0, 90.0):
                for metres in (200.0, 1000.0):
                    to_lon, to_lat, _ = geod.fwd(lon, lat, azimuth, metres)
                    x, y = to_metric(np.array([lon, to_lon]), np.array([lat, to_lat]), crs)
                    worst = max(worst, abs(float(np.hypot(x[1] - x[0], y[1] - y[0])) / metres - 1))
    assert 1e-5 < worst < 1e-3


# --- shape -------------------------------------------------------------------------------------------------------


def test_columns_follow_the_register_in_table_order() -> None:
    found = reach({"premises": [settlement(premises_id=name) for name in ("Z", "A", "M")], "access_points": [point()]})
    assert found.premises_id.to_pylist() == ["Z", "A", "M"]
    assert found.area_code.to_pylist() == ["V1"] * 3
    assert found.kind.to_pylist() == ["settlement"] * 3
    assert found.premises.column_names == ["premises_id", "area_code", "kind", "parent_premises"]
    assert found.operator_failed.shape == (1, 3)
    columns = (found.capable, found.first_failed, found.zone, found.nearest_point, found.distance_m)
    assert [column.dtype.name for column in columns] == ["int8", "int8", "int8", "int64", "float64"]
    assert found.as_of == AS_OF


def test_a_point_that_does_not_say_whether_it_is_tv_only_counts() -> None:
    whole = view({"premises": [settlement()], "access_points": [point()]})
    tables = {name: whole.table(name) for name in whole.refs}
    points = tables["access_points"]
    at = points.schema.get_field_index("tv_only")
    tables["access_points"] = points.set_column(at, points.schema.field(at), pa.nulls(1, pa.bool_()))
    silent = view_of_tables(tables, as_of=AS_OF, crs=whole.crs)
    assert compute_reach(silent, RULE, calendar=CALENDAR).capable.tolist() == [1]


def test_chunked_tables_are_read_as_one() -> None:
    whole = view({"premises": [settlement(premises_id=f"P{n}") for n in range(6)], "access_points": [point()]})

    def cut(name: str) -> pa.Table:
        table = whole.table(name)
        half = table.num_rows // 2
        return pa.concat_tables([table.slice(0, half), table.slice(half)])

    chunked: RegisterView = view_of_tables({name: cut(name) for name in whole.refs}, as_of=AS_OF, crs=whole.crs)
    assert compute_reach(chunked, RULE, calendar=CALENDAR).capable.tolist() == [1] * 6
    assert len(AREAS) == 5
