from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.coverage.results import Status
from guangcheng.coverage.status import Standing, exact, standing
from guangcheng.standards.model import Indicator, Source, Target, TargetStatus, Words

SOURCE = Source(document="001", clause="二(一)")
PHASES = ((4, date(2018, 6, 30)), (6, date(2018, 9, 30)), (8, date(2018, 12, 31)))


def target(value: float | None, day: date, **more: Any) -> Target:
    return Target(value=value, date=day, date_text=day.isoformat(), source=SOURCE, **more)


def indicator(*targets: Target, comparator: Any = ">=") -> Indicator:
    words = Words(zh="数", en="number")
    return Indicator(
        name=words,
        definition=words,
        kind="computed",
        unit="个",
        comparator=comparator,
        hardness="hard",
        targets=list(targets),
        source=SOURCE,
    )


THREE = indicator(*(target(value, day) for value, day in PHASES))


def stands(value: int | None, on: date, of: Indicator = THREE) -> tuple[Status, float | None]:
    exactly = None if value is None else Fraction(value)
    found = standing(of, exactly, exactly, on)
    return found.status, None if found.target is None else found.target.value


@pytest.mark.parametrize(
    ("value", "on", "status", "shown"),
    [
        (3, date(2018, 6, 29), Status.ON_TRACK, 4),
        (3, date(2018, 6, 30), Status.BEHIND, 4),
        (3, date(2018, 7, 1), Status.BEHIND, 4),
        (4, date(2018, 6, 30), Status.ON_TRACK, 6),
        (5, date(2018, 6, 30), Status.ON_TRACK, 6),
        (5, date(2018, 9, 29), Status.ON_TRACK, 6),
        (5, date(2018, 9, 30), Status.BEHIND, 6),
        (7, date(2018, 12, 30), Status.ON_TRACK, 8),
        (7, date(2018, 12, 31), Status.BEHIND, 8),
        (7, date(2019, 1, 1), Status.MISSED, 8),
        (8, date(2018, 1, 1), Status.MET, 8),
        (8, date(2025, 1, 1), Status.MET, 8),
        (None, date(2018, 6, 30), Status.NO_DATA, 6),
    ],
)
def test_phases(value: int | None, on: date, status: Status, shown: float) -> None:
    assert stands(value, on) == (status, shown)


INTERNAL = indicator(
    target(80, date(2022, 8, 30), role="internal_control"), target(80, date(2022, 9, 30), relation="before")
)


@pytest.mark.parametrize(
    ("value", "on", "status"),
    [
        (79, date(2022, 8, 29), Status.ON_TRACK),
        (79, date(2022, 8, 30), Status.BEHIND),
        (79, date(2022, 9, 30), Status.BEHIND),
        (79, date(2022, 10, 1), Status.MISSED),
        (80, date(2022, 8, 1), Status.MET),
    ],
)
def test_an_internal_date_makes_amber_and_only_the_pass_date_red(value: int, on: date, status: Status) -> None:
    assert stands(value, on, INTERNAL)[0] is status


def test_only_internal_dates_never_make_red() -> None:
    only = indicator(target(80, date(2022, 8, 30), role="internal_control"))
    assert stands(79, date(2023, 1, 1), only)[0] is Status.BEHIND
    assert stands(80, date(2023, 1, 1), only)[0] is Status.MET


def test_a_disputed_target_is_shown_and_never_scored() -> None:
    disputed = indicator(target(100, date(2017, 12, 31), status=TargetStatus.DISPUTED), comparator="=")
    assert stands(10, date(2020, 1, 1), disputed) == (Status.DISPUTED, 100)
    assert stands(100, date(2020, 1, 1), disputed) == (Status.DISPUTED, 100)
    assert stands(None, date(2020, 1, 1), disputed) == (Status.NO_DATA, 100)


def test_a_disputed_target_beside_active_ones_changes_nothing() -> None:
    beside = indicator(*THREE.targets, target(100, date(2017, 12, 31), status=TargetStatus.DISPUTED))
    assert stands(3, date(2018, 6, 30), beside) == (Status.BEHIND, 4)


def test_a_target_without_a_number_is_reported() -> None:
    words = indicator(target(None, date(2015, 12, 31), value_text="基本实现"))
    assert stands(1, date(2016, 1, 1), words)[0] is Status.REPORTED
    assert stands(None, date(2016, 1, 1), words)[0] is Status.NO_DATA


def test_a_superseded_target_is_not_looked_at() -> None:
    old = indicator(target(1, date(2017, 1, 1), status=TargetStatus.SUPERSEDED))
    assert stands(1, date(2018, 1, 1), old) == (Status.REPORTED, None)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 800))
@settings(max_examples=200, deadline=None)
def test_an_uncertain_value_is_no_data_only_where_it_matters(low: int, more: int, days: int) -> None:
    on = date(2018, 1, 1) + timedelta(days=days)
    found = standing(THREE, Fraction(low), Fraction(low + more), on)
    every = {standing(THREE, Fraction(value), Fraction(value), on).status for value in (low, low + more)}
    assert found.status is (every.pop() if len(every) == 1 else Status.NO_DATA)


@given(st.integers(0, 8), st.integers(0, 800))
@settings(max_examples=40, deadline=None)
def test_a_higher_value_never_stands_worse(value: int, days: int) -> None:
    order = [Status.MISSED, Status.BEHIND, Status.ON_TRACK, Status.MET]
    on = date(2018, 1, 1) + timedelta(days=days)
    lower, higher = (order.index(stands(number, on)[0]) for number in (value, value + 1))
    assert lower <= higher


def test_numbers_are_taken_as_written() -> None:
    assert exact(0.36) == Fraction(36, 100)
    assert exact(110) == Fraction(110)
    assert standing(
        indicator(target(0.36, date(2015, 12, 31))), exact(0.36), exact(0.36), date(2015, 1, 1)
    ) == Standing(Status.MET, target(0.36, date(2015, 12, 31)))
