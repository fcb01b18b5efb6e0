from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.provenance import Basis
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.measures import MEASURES, take
from guangcheng.coverage.results import Gap, IndicatorResult, Status
from guangcheng.coverage.survey import Survey
from guangcheng.registers.view import RegisterView, view_of_tables
from guangcheng.standards import library
from guangcheng.standards.measures import measures
from tests.coverage.small_cities import AS_OF, City, district
from tests.policy import build

CALENDAR = WorkingCalendar()
QINGCHENG = library.load("qingcheng-2017-all-optical")
QINZHOU = library.load("qinzhou-2015-broadband")
LIANGJIANG = library.load("liangjiang-2022-gigabit")


def view_of(as_of: date, **rows: Any) -> RegisterView:
    return view_of_tables({name: build.table(name, own) for name, own in rows.items()}, as_of=as_of, crs=build.CRS)


def found(view: RegisterView, standard: Any, as_of: date, **more: Any) -> dict[str, IndicatorResult]:
    evaluation = evaluate(view, standard, as_of=as_of, calendar=CALENDAR, **more)
    return {item.id: item for item in evaluation.indicators if item.area == evaluation.area}


def test_measures_are_exactly_the_vocabulary() -> None:
    assert list(MEASURES) == list(measures())


CITY = [{"code": "4507", "name": "钦州市", "level": "city"}]


def test_the_published_baseline_is_the_value_until_something_newer() -> None:
    as_of = date(2014, 12, 31)
    item = found(view_of(as_of, areas=CITY), QINZHOU, as_of)["IND-000-11"]
    assert (item.value, item.status, item.target, item.target_date) == (
        *("0.17", Status.ON_TRACK, "0.36"),
        date(2015, 12, 31),
    )
    assert item.gap == Gap("0.19", "万个")
    assert item.basis is Basis.TEXT
    assert "published baseline of 2014-12-31" in item.notes[0].en


def test_before_the_baseline_there_is_no_value() -> None:
    as_of = date(2014, 12, 30)
    assert found(view_of(as_of, areas=CITY), QINZHOU, as_of)["IND-000-11"].status is Status.NO_DATA


@pytest.mark.parametrize(
    ("day", "value"), [(date(2014, 12, 30), "95.0"), (date(2014, 12, 31), "96.0"), (date(2015, 6, 30), "96.0")]
)
def test_a_report_older_than_the_baseline_is_not_used(day: date, value: str) -> None:
    as_of = date(2015, 7, 1)
    row = {"indicator_id": "IND-000-12", "area_code": "4507", "as_of": day, "value": 96}
    item = found(view_of(as_of, areas=CITY, indicator_values=[row]), QINZHOU, as_of)["IND-000-12"]
    assert item.value == value


def test_reports_per_operator_are_no_total() -> None:
    as_of = date(2015, 7, 1)
    row = {"indicator_id": "IND-000-14", "area_code": "4507", "as_of": as_of, "value": 300, "operator": "telecom"}
    view = view_of(as_of, areas=CITY, indicator_values=[row])
    evaluation = evaluate(view, QINZHOU, as_of=as_of, calendar=CALENDAR)
    assert next(item for item in evaluation.indicators if item.id == "IND-000-14").value == "230.0"
    assert "4507" in {gap.where for gap in evaluation.data_gaps if gap.kind == "statistics"}


def test_a_reported_value_keeps_its_digits_parts_and_source() -> None:
    as_of = date(2016, 1, 1)
    row = {
        "indicator_id": "IND-000-13",
        "area_code": "4507",
        "as_of": as_of,
        "value": 98.765,
        "numerator": 19753,
        "denominator": 20000,
        "source_note": "广电年报",
    }
    item = found(view_of(as_of, areas=CITY, indicator_values=[row]), QINZHOU, as_of)["IND-000-13"]
    assert (item.value, item.numerator, item.denominator, item.status) == ("98.765", 19753, 20000, Status.BEHIND)
    assert item.notes[0].zh == "上报值，2016-01-01，来源：广电年报"


def test_flags_of_the_standard_are_carried() -> None:
    as_of = date(2015, 1, 1)
    items = found(view_of(as_of, areas=CITY), QINZHOU, as_of)
    assert items["IND-000-06"].flags == ("inconsistent_basis",)
    assert items["IND-000-08"].flags == ("target_equals_baseline",)
    assert "already at baseline" in [note.en for note in items["IND-000-08"].notes][1]


def test_take_up_is_shown_beside_capability() -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street", urban_rural="urban")
    city.place(street, 1, "school", zone="urban")
    city.statistics(street, 9, 3)
    item = found(city.view(), QINGCHENG, AS_OF)["IND-001-03"]
    assert (item.value, item.status) == ("100.0", Status.MET)
    assert "光网用户占比：75.0%" in [note.zh for note in item.notes]


def test_all_seven_met_counts_the_others() -> None:
    as_of = date(2022, 9, 30)
    values = [
        {"indicator_id": f"IND-003-0{number}", "area_code": "500157", "as_of": as_of, "value": 99}
        for number in range(1, 7)
    ]
    areas = [{"code": "500157", "name": "两江新区", "level": "district"}]
    items = found(view_of(as_of, areas=areas, indicator_values=values), LIANGJIANG, as_of)
    assert items["IND-003-07"].status is Status.NO_DATA
    assert (items["IND-003-08"].status, items["IND-003-08"].value) == (Status.NO_DATA, None)
    values.append({"indicator_id": "IND-003-07", "area_code": "500157", "as_of": as_of, "value": 4})
    items = found(view_of(as_of, areas=areas, indicator_values=values), LIANGJIANG, as_of)
    assert (items["IND-003-08"].status, items["IND-003-08"].value) == (Status.BEHIND, "6")
    assert items["IND-003-08"].gap == Gap("1", "指标")


def test_all_met_is_judged_last_whatever_its_id() -> None:
    as_of = date(2022, 9, 30)
    rows = [{"indicator_id": "IND-003-05", "area_code": "500157", "as_of": as_of, "value": 99}]
    view = view_of(as_of, areas=[{"code": "500157", "name": "两江新区", "level": "district"}], indicator_values=rows)
    count = LIANGJIANG.indicators["IND-003-08"].model_copy(update={"params": {"indicators": ["IND-003-05"]}})
    first = LIANGJIANG.model_copy(update={"indicators": {"IND-003-00": count, **LIANGJIANG.indicators}})
    assert found(view, first, as_of)["IND-003-00"].value == "1"


def test_indicators_of_the_whole_are_left_out_of_a_part() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    evaluation = evaluate(city.view(), QINGCHENG, as_of=AS_OF, calendar=CALENDAR, area=town)
    assert {(item.id, item.area) for item in evaluation.indicators} == {("IND-001-10", town), ("IND-001-12", town)}
    assert "left out" in evaluation.notes[0].en


def test_an_empty_city_has_no_data_and_no_trouble() -> None:
    for standard in (QINGCHENG, QINZHOU, LIANGJIANG):
        items = found(view_of(date(2014, 1, 1)), standard, date(2014, 1, 1))
        assert {item.status for item in items.values()} == {Status.NO_DATA}


def test_an_uncertain_indicator_says_how_uncertain() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    village = city.area(f"{town}201", "admin_village", town)
    for number, state in enumerate((1, 1, 0, -1)):
        city.village(f"{village}0{number}", village, [state])
    evaluation = evaluate(city.view(), QINGCHENG, as_of=AS_OF, calendar=CALENDAR)
    item = next(item for item in evaluation.indicators if item.id == "IND-001-12")
    assert (item.status, item.value, item.gap) == (Status.BEHIND, "50.0", Gap("2", "自然村"))
    assert item.notes[0].en == "1 without data: counted as not passed; counted as passed the answer is the same"


TREES = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=3)
ROWS = st.lists(st.tuples(st.sampled_from(("telecom", "mobile")), st.integers(0, 12), st.integers(1, 50)), max_size=12)


@given(TREES, ROWS)
@settings(max_examples=40, deadline=None)
def test_statistics_roll_up_as_a_plain_recursion_does(shape: list[list[int]], rows: list[tuple[str, int, int]]) -> None:
    city = City()
    top = district(city)
    children: dict[str, list[str]] = {top: []}
    for number, villages in enumerate(shape):
        town = city.area(f"{top}10{number}", "township", top, subtype="town")
        children[top].append(town)
        children[town] = [city.area(f"{town}20{index}", "admin_village", town) for index in range(len(villages))]
    codes = [row["code"] for row in city.rows["areas"]]
    given_rows = {(operator, codes[place % len(codes)]): count for operator, place, count in rows}
    city.rows["subscriber_stats"] = [
        {"operator": operator, "area_code": code, "month": AS_OF, "technology": "fibre", "subscribers": count}
        for (operator, code), count in given_rows.items()
    ]

    def plain(operator: str, code: str) -> int:
        if (operator, code) in given_rows:
            return given_rows[operator, code]
        return sum(plain(operator, child) for child in children.get(code, []))

    survey = Survey(city.view(), QINGCHENG, as_of=AS_OF, calendar=CALENDAR)
    for code in codes:
        measured = take(survey, "subscribers", survey.tree.index[code], {"technologies": ["fibre"]})
        expected = plain("telecom", code) + plain("mobile", code)
        assert (measured.numerator or 0) == expected
