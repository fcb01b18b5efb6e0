"""The derivation of one premises: the same answer as the kernel's, and everything a person needs to check it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from guangcheng.base.errors import NotFound
from guangcheng.base.provenance import Basis
from guangcheng.coverage.conditions import PASSED, Condition
from guangcheng.coverage.reach import compute_reach
from guangcheng.coverage.reach_explain import ReachExplainer, explain_premises
from guangcheng.coverage.results import TraceNode
from tests.coverage.reach_city import AS_OF, CALENDAR, City, cities, rule, view
from tests.coverage.test_reach import FAR, estate, point, settlement

RULE = rule()
WORD = {1: "yes", 0: "no", -1: "unknown"}


def explain(city: Any, premises_id: str = "P0") -> TraceNode:
    return explain_premises(view(city), RULE, premises_id, calendar=CALENDAR)


def walk(node: TraceNode) -> Iterator[TraceNode]:
    yield node
    for child in node.children:
        yield from walk(child)


def operator(node: TraceNode, name: str = "telecom") -> TraceNode:
    return next(child for child in node.children if child.kind == "operator" and child.rows[0]["operator"] == name)


def conditions(node: TraceNode, name: str = "telecom") -> list[str]:
    return [child.value for child in operator(node, name).children]


@settings(max_examples=120, deadline=None)
@given(cities)
def test_the_derivation_gives_the_kernels_answer(city: City) -> None:
    registers = view(city)
    reach = compute_reach(registers, RULE, calendar=CALENDAR)
    explainer = ReachExplainer.on(registers, RULE, CALENDAR)
    for row, name in enumerate(reach.premises_id.to_pylist()):
        node = explainer.premises(name)
        assert node.value == WORD[int(reach.capable[row])]
        for at, code in enumerate(reach.operators):
            if city["premises"][row]["x"] is None:
                continue
            told = operator(node, code)
            failed = int(reach.operator_failed[at, row])
            assert told.rows[0]["first_failed"] == (Condition(failed).code if failed > PASSED else None)
            assert told.value == ("unknown" if failed == -1 else WORD[int(failed == PASSED)])
            assert len(told.children) == len(Condition)


def test_every_condition_is_listed_with_its_figures() -> None:
    points = [
        point(access_point_id="A0", x=120.0, y=160.0, capacity_mbps=49),
        point(access_point_id="A1", x=201.0, capacity_mbps=1000),
        point(access_point_id="A2", x=10.0, tv_only=True),
        point(access_point_id="A3", x=10.0, in_service_from=AS_OF + timedelta(days=1)),
    ]
    node = explain({"premises": [settlement()], "access_points": points})
    assert node.value == "no"
    told = operator(node)
    assert told.rows[0] == {"operator": "telecom", "access_points": 4, "first_failed": "capacity"}
    assert [child.title.en for child in told.children] == [
        "in service: A0 from not stated until not stated",
        "not TV only: A0 carries broadband",
        "within the radius: nearest such point A0 at 200.00 m, limit 200 m",
        "capacity: A0 has 49 Mbps, at least 50 Mbps",
        "free port or an expansion in time: A0 has 4 free ports",
        "installations in time: 0 orders in 12 months, 0 late",
    ]
    assert [child.title.zh for child in told.children][2:4] == [
        "在半径内：最近的 A0 距 200.00 米，限 200 米",
        "容量达标：A0 容量 49 Mbps，至少 50 Mbps",
    ]
    assert conditions(node) == ["yes", "yes", "yes", "no", "yes", "yes"]
    # how many points are left after each step: A3 is not in service, A2 carries TV, A1 is too far, A0 too slow
    assert [child.children[0].value for child in told.children[:5]] == ["3", "2", "1", "0", "0"]
    assert told.children[2].rows == ({"access_point_id": "A0", "distance_m": 200.0, "radius_m": 200.0},)


def test_numbers_of_the_rule_stand_beside_what_they_limit_with_clause_and_basis() -> None:
    node = explain({"premises": [settlement(zone="rural")], "access_points": [point()]})
    numbers = {child.title.en: child for child in walk(node) if child.kind == "parameter" and child.clause}
    assert {title: child.value for title, child in numbers.items()} == {
        "zone: rural (stated for the premises)": "rural",
        "rural radius": "1000 m",
        "least capacity": "50 Mbps",
        "expansion limit": "15 工作日",
        "installation limit": "10 工作日",
        "orders looked back on": "12 月",
    }
    assert {str(child.clause) for child in numbers.values()} == {"001 二(三)7"}
    assert numbers["rural radius"].basis is Basis.TEXT
    assert numbers["orders looked back on"].basis is Basis.PRODUCT_DEFAULT


def test_beyond_every_radius_the_nearest_usable_point_is_shown_and_never_reads_as_inside() -> None:
    points = [point(x=200.001), point(access_point_id="A1", x=300.0), point(access_point_id="A2", x=5.0, tv_only=True)]
    node = explain({"premises": [settlement()], "access_points": points})
    assert operator(node).rows[0]["first_failed"] == "radius"
    assert operator(node).children[2].title.en.endswith("A0 at 200.01 m, limit 200 m")


def test_the_best_point_is_the_one_that_gets_furthest_then_the_nearest_then_the_lower_id() -> None:
    points = [
        point(access_point_id="A0", x=10.0, capacity_mbps=20),
        point(access_point_id="A2", x=50.0, ports_free=0),
        point(access_point_id="A1", x=-50.0, ports_free=0),
        point(access_point_id="A3", x=60.0, ports_free=0),
    ]
    node = explain({"premises": [settlement()], "access_points": points})
    assert operator(node).children[4].rows[0]["access_point_id"] == "A1"
    sure = [point(x=10.0, capacity_mbps=None), point(access_point_id="A1", x=90.0)]
    node = explain({"premises": [settlement()], "access_points": sure})
    assert operator(node).children[3].rows[0]["access_point_id"] == "A1"


def test_unknown_values_are_said_to_be_unknown() -> None:
    node = explain(
        {"premises": [settlement()], "access_points": [point(capacity_mbps=None, ports_free=None)]},
    )
    assert (node.value, operator(node).value) == ("unknown", "unknown")
    assert conditions(node) == ["yes", "yes", "yes", "unknown", "unknown", "yes"]
    assert [child.title.zh for child in operator(node).children[3:5]] == [
        "容量达标：A0 容量未知，至少 50 Mbps",
        "有空闲端口或按时扩容：A0 空闲端口未知",
    ]


def test_orders_and_expansions_show_due_day_and_days_taken_with_and_without_the_pause() -> None:
    city = {
        "premises": [settlement()],
        "access_points": [point(ports_free=0)],
        "expansions": [
            {
                "expansion_id": "E1",
                "access_point_id": "A0",
                "reported_short_at": date(2018, 7, 4),
                "finished_at": date(2018, 7, 18),
            }
        ],
        "install_orders": [
            {
                "order_no": "O1",
                "operator": "telecom",
                "premises_id": "P0",
                "submitted_at": date(2018, 7, 2),
                "completed_at": date(2018, 7, 31),
                "expansion_id": "E1",
            },
            {
                "order_no": "O2",
                "operator": "telecom",
                "area_code": "V1",
                "submitted_at": date(2018, 6, 11),
                "completed_at": date(2018, 6, 26),
            },
        ],
    }
    node = explain(city)
    rows = {str(found.title.en): found for found in walk(operator(node)) if found.kind == "row"}
    assert {title: found.value for title, found in rows.items()} == {
        "expansion E1": "in_time",
        "order O1": "late",
        "order O2": "in_time",
    }
    assert dict(rows["order O1"].rows[0]) == {
        "order_no": "O1",
        "operator": "telecom",
        "premises_id": "P0",
        "area_code": None,
        "submitted_at": date(2018, 7, 2),
        "completed_at": date(2018, 7, 31),
        "expansion_id": "E1",
        "due": date(2018, 7, 30),
        "raw_days": 21,
        "running_days": 11,
    }
    assert rows["order O1"].children == (rows["expansion E1"],)
    assert {title: found.basis for title, found in rows.items()} == {
        "expansion E1": Basis.TEXT,
        "order O1": Basis.PRODUCT_DEFAULT,  # the pause is the product's decision
        "order O2": Basis.TEXT,
    }
    assert rows["order O2"].rows[0]["due"] == date(2018, 6, 26)
    assert (rows["order O2"].rows[0]["raw_days"], rows["order O2"].rows[0]["running_days"]) == (10, 10)
    assert rows["expansion E1"].rows[0]["due"] == date(2018, 7, 25)
    assert operator(node).children[5].title.zh == "报装按时完成：近 12 个月 2 单，逾期 1 单"
    assert operator(node).rows[0]["first_failed"] == "installation"


def test_a_due_day_nobody_can_know_yet_is_left_open() -> None:
    on = date(2026, 12, 30)
    order = {"order_no": "O1", "operator": "telecom", "premises_id": "P0", "submitted_at": date(2026, 12, 24)}
    city = {"premises": [settlement()], "access_points": [point()], "install_orders": [order]}
    node = explain_premises(view(city, on), RULE, "P0", calendar=CALENDAR)
    row = next(found for found in walk(node) if found.kind == "row")
    assert (row.value, row.rows[0]["due"], row.rows[0]["raw_days"]) == ("in_time", None, 4)


@pytest.mark.parametrize(
    ("own", "area", "title", "basis"),
    [
        ("urban", "V1", "zone: urban (stated for the premises)", None),
        (None, "V1", "zone: rural (by its township: a street is urban, others are rural)", Basis.PRODUCT_DEFAULT),
        (None, "441802", "zone: not known (neither premises, area nor township says)", None),
    ],
)
def test_the_zone_is_shown_with_where_it_comes_from(
    own: str | None, area: str, title: str, basis: Basis | None
) -> None:
    node = explain({"premises": [settlement(zone=own, area_code=area)], "access_points": [point()]})
    assert (node.children[0].title.en, node.children[0].basis) == (title, basis)


def test_a_zone_said_by_the_topmost_area_is_shown_as_the_areas() -> None:
    areas = [{"code": "441802", "level": "district", "urban_rural_class": "111"}]
    city = {"areas": areas, "premises": [settlement(zone=None, area_code="441802")], "access_points": [point()]}
    assert explain(city).children[0].title.en == "zone: urban (from the area it lies in)"


@pytest.mark.parametrize(
    ("city", "note"),
    [
        ({"premises": [settlement()]}, "there is no register of access points, so nothing can be said"),
        (
            {"premises": [settlement(x=None)], "access_points": [point()]},
            "the premises has no point, so no distance can be taken",
        ),
        (
            {"premises": [settlement(zone=None, area_code="441802")], "access_points": [point()]},
            "urban or rural is not known, so neither is the radius",
        ),
    ],
)
def test_why_nothing_is_known(city: Any, note: str) -> None:
    node = explain(city)
    assert (node.value, node.children[-1].title.en) == ("unknown", note)


def test_an_estate_without_a_point_lists_its_buildings() -> None:
    node = explain(estate({}, FAR, {"residential": False}), "X")
    assert node.value == "no"
    assert [(child.title.en, child.value) for child in node.children] == [
        ("the estate has no point: judged by its residential buildings", "2"),
        ("premises B0", "yes"),
        ("premises B1", "no"),
    ]


def test_a_premises_not_in_use_is_not_found() -> None:
    with pytest.raises(NotFound, match="P9"):
        explain({"premises": [settlement()]}, "P9")
