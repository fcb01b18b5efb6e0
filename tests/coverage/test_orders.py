"""Orders and expansions against their limits (RUL-001-12, RUL-001-13, U-06, U-07)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from guangcheng.base.days import NEVER
from guangcheng.coverage.conditions import AccessPoints, Expansions
from guangcheng.coverage.orders import Orders
from tests.coverage.reach_city import AS_OF, CALENDAR, City, Row, cities, expansion_late, order_late, rule, view

RULE = rule()
MONDAY = date(2018, 6, 11)
DAYS = [CALENDAR.add_working_days(MONDAY, n) for n in range(1, 17)]
"""Working days 1 to 16 after the Monday."""


def judged(orders: list[Row], expansions: list[Row] | None = None, on: date = AS_OF) -> tuple[Orders, Expansions]:
    registers = view({"install_orders": orders, "expansions": expansions or []}, on)
    known = Expansions.on(registers, RULE, CALENDAR)
    return Orders.in_window(registers, RULE, known, CALENDAR), known


def order(**row: Any) -> Row:
    return {"order_no": "O1", "operator": "telecom", "premises_id": "P0", "submitted_at": MONDAY} | row


def expansion(**row: Any) -> Row:
    return {"expansion_id": "E1", "access_point_id": "A0", "reported_short_at": MONDAY} | row


@pytest.mark.parametrize(
    ("completed", "late"),
    [(DAYS[8], False), (DAYS[9], False), (DAYS[9] + timedelta(days=1), True), (DAYS[10], True), (None, True)],
)
def test_an_order_is_in_time_on_day_ten_and_late_the_day_after(completed: date | None, late: bool) -> None:
    assert DAYS[9] == date(2018, 6, 26)
    assert judged([order(completed_at=completed)])[0].late.tolist() == [late]


@pytest.mark.parametrize(("on", "late"), [(DAYS[9], False), (DAYS[10], True)])
def test_an_open_order_is_judged_as_of_the_day(on: date, late: bool) -> None:
    for completed in (None, on + timedelta(days=1)):
        orders, _ = judged([order(completed_at=completed)], on=on)
        assert (orders.late.tolist(), orders.open.tolist()) == ([late], [True])


def test_an_order_completed_on_the_day_is_closed() -> None:
    orders, _ = judged([order(completed_at=DAYS[9])], on=DAYS[9])
    assert (orders.late.tolist(), orders.open.tolist()) == ([False], [False])


@pytest.mark.parametrize(
    ("submitted", "inside"),
    [
        (date(2017, 12, 28), False),
        (date(2017, 12, 29), True),
        (AS_OF, True),
        (AS_OF + timedelta(days=1), False),
    ],
)
def test_the_window_is_the_twelve_months_before_the_day(submitted: date, inside: bool) -> None:
    assert judged([order(submitted_at=submitted)])[0].table.num_rows == int(inside)


def test_all_orders_can_be_judged_without_the_window() -> None:
    registers = view({"install_orders": [order(submitted_at=date(2016, 3, 1), completed_at=date(2016, 3, 2))]})
    orders = Orders.on(registers, RULE, Expansions.on(registers, RULE, CALENDAR), CALENDAR)
    assert (orders.late.tolist(), orders.raw_days(CALENDAR).tolist()) == ([False], [1])


@pytest.mark.parametrize(
    ("finished", "late"),
    [(DAYS[13], False), (DAYS[14], False), (DAYS[15], True), (None, True)],
)
def test_an_expansion_is_in_time_on_day_fifteen(finished: date | None, late: bool) -> None:
    _, known = judged([], [expansion(finished_at=finished)])
    assert known.late.tolist() == [late]


@pytest.mark.parametrize(("on", "late"), [(DAYS[14], False), (DAYS[15], True)])
def test_an_open_expansion_is_judged_as_of_the_day(on: date, late: bool) -> None:
    for finished in (None, on + timedelta(days=1)):
        _, known = judged([], [expansion(finished_at=finished)], on)
        assert (known.late.tolist(), known.finished.tolist()) == ([late], [NEVER])


def test_an_expansion_reported_after_the_day_is_not_there_yet() -> None:
    assert len(judged([], [expansion()], MONDAY - timedelta(days=1))[1].ids) == 0
    assert len(judged([], [expansion()], MONDAY)[1].ids) == 1


def test_an_order_waiting_on_an_expansion_runs_on_the_paused_clock() -> None:
    waits = order(expansion_id="E1", completed_at=date(2018, 7, 13))
    known = [expansion(reported_short_at=date(2018, 6, 12), finished_at=DAYS[14])]
    orders, expansions = judged([waits], known)
    # one day used before the shortage, nine left after 3 July: 4-6, 9-13, 16 July
    assert orders.late.tolist() == [False]
    assert (orders.raw_days(CALENDAR).tolist(), orders.running_days(CALENDAR).tolist()) == ([23], [9])
    assert judged([waits | {"completed_at": date(2018, 7, 16)}], known)[0].late.tolist() == [False]
    assert judged([waits | {"completed_at": date(2018, 7, 17)}], known)[0].late.tolist() == [True]
    assert judged([order(completed_at=date(2018, 7, 13))], known)[0].late.tolist() == [True]
    assert expansions.late.tolist() == [False]


def test_an_order_waiting_on_a_late_expansion_is_late() -> None:
    known = [expansion(finished_at=DAYS[15])]
    assert judged([order(expansion_id="E1", completed_at=DAYS[15])], known)[0].late.tolist() == [True]
    assert judged([order(expansion_id="E9", completed_at=DAYS[2])], known)[0].late.tolist() == [False]


def test_the_latest_expansion_of_a_point_counts() -> None:
    points = [
        {"access_point_id": name, "operator": "telecom", "x": 0, "y": 0, "ports_free": 0} for name in ("A0", "A1", "A2")
    ]
    first, second = MONDAY, MONDAY + timedelta(days=30)
    known = [
        expansion(expansion_id="E1", reported_short_at=second, finished_at=second),
        expansion(expansion_id="E2", reported_short_at=first),
        expansion(expansion_id="E3", access_point_id="A1", reported_short_at=first, finished_at=first),
        expansion(expansion_id="E4", access_point_id="A1", reported_short_at=first),
        expansion(expansion_id="E5", access_point_id="gone"),
    ]
    registers = view({"access_points": points, "expansions": known})
    expansions = Expansions.on(registers, RULE, CALENDAR)
    access = AccessPoints.on(registers, RULE, expansions)
    assert [str(expansions.ids[row]) for row in access.expansion[:2].tolist()] == ["E1", "E4"]
    assert access.expansion[2] == -1
    assert access.ports.tolist() == [1, 0, 0]


def test_an_order_counts_at_its_premises_or_if_it_names_none_in_its_area() -> None:
    orders, _ = judged(
        [
            order(order_no="O1", premises_id="P0", area_code="V1"),
            order(order_no="O2", premises_id=None, area_code="V1"),
            order(order_no="O3", premises_id=None, area_code=None),
            order(order_no="O4", premises_id="P1", area_code="V1"),
            order(order_no="O5", operator="mobile", premises_id="P0"),
        ]
    )

    def there(premises_id: str, area_code: str) -> list[str]:
        return [str(orders.table["order_no"][int(row)]) for row in orders.of("telecom", premises_id, area_code)]

    assert there("P0", "V1") == ["O1", "O2"]
    assert there("P0", "V2") == ["O1"]
    assert there("P2", "V1") == ["O2"]
    assert there("P2", "V2") == []


@settings(max_examples=100, deadline=None)
@given(cities)
def test_bulk_judgement_is_the_rule_row_by_row(city: City) -> None:
    registers = view(city)
    expansions = Expansions.on(registers, RULE, CALENDAR)
    orders = Orders.on(registers, RULE, expansions, CALENDAR)
    by_number = {row["order_no"]: row for row in city["install_orders"]}
    for row, number in enumerate(orders.table["order_no"].to_pylist()):
        assert bool(orders.late[row]) == order_late(city, by_number[number])
    by_id = {row["expansion_id"]: row for row in city["expansions"]}
    for row, number in enumerate(expansions.ids.to_pylist()):
        assert bool(expansions.late[row]) == expansion_late(by_id[number])


@settings(max_examples=60, deadline=None)
@given(cities)
def test_running_days_never_exceed_raw_days_and_decide_lateness_of_working_days(city: City) -> None:
    registers = view(city)
    orders = Orders.on(registers, RULE, Expansions.on(registers, RULE, CALENDAR), CALENDAR)
    raw, running = orders.raw_days(CALENDAR), orders.running_days(CALENDAR)
    assert bool(((running >= 0) & (running <= raw)).all())
    # more than ten days on the clock is always late
    assert bool(orders.late[running > RULE.install_working_days].all())
