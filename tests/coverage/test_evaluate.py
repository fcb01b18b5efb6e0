from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import NotFound
from guangcheng.coverage.evaluate import _in_force, evaluate
from guangcheng.coverage.results import Evaluation, Status, Verdict
from guangcheng.registers.view import RegisterView, view_of_tables
from guangcheng.standards import library
from guangcheng.standards.measures import measures
from guangcheng.standards.model import LevelStandard, Standard
from guangcheng.standards.overrides import with_local_values
from tests.coverage.small_cities import AS_OF, City, cities, district, reordered
from tests.policy import build

QINGCHENG = library.load("qingcheng-2017-all-optical")
CALENDAR = WorkingCalendar()
RANK = {Verdict.FAIL: 0, Verdict.NO_DATA: 1, Verdict.PASS_WITH_REMARK: 2, Verdict.PASS: 3}


def run(view: RegisterView, standard: Standard = QINGCHENG, **more: Any) -> Evaluation:
    return evaluate(view, standard, as_of=AS_OF, calendar=CALENDAR, **more)


def verdicts(evaluation: Evaluation) -> dict[str, Verdict]:
    return {place.code: place.verdict for place in (*evaluation.areas, *evaluation.estates)}


def ranks(evaluation: Evaluation) -> dict[str, int]:
    return {code: RANK[verdict] for code, verdict in verdicts(evaluation).items() if verdict in RANK}


def stricter(standard: Standard, by: int) -> Standard:
    """The same standard with every threshold below 100 % raised."""

    def raised(level: LevelStandard) -> LevelStandard:
        tests = []
        for test in level.tests:
            limits = {
                day: limit.model_copy(update={"value": min(100, int(str(limit.value)) + by)})
                for day, limit in test.threshold.items()
            }
            tests.append(test.model_copy(update={"threshold": limits}))
        return level.model_copy(update={"tests": tests})

    return standard.model_copy(update={"acceptance": [raised(level) for level in standard.acceptance]})


@given(cities(), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_matter(city: City, seed: int) -> None:
    tables = city.tables()
    other = view_of_tables(reordered(tables, seed), as_of=AS_OF, crs=build.CRS)
    assert run(other) == run(view_of_tables(tables, as_of=AS_OF, crs=build.CRS))


@given(cities(), st.data())
@settings(max_examples=25, deadline=None)
def test_one_more_access_point_never_lowers_a_verdict(city: City, data: st.DataObject) -> None:
    before = ranks(run(city.view()))
    chosen = data.draw(st.sampled_from(city.rows["premises"]))
    city.rows["access_points"].append(
        {
            "access_point_id": "new",
            "operator": "mobile",
            "capacity_mbps": 1000,
            "ports_free": 8,
            "x": chosen["x"],
            "y": chosen["y"],
        }
    )
    after = ranks(run(city.view()))
    assert {code: rank for code, rank in before.items() if after[code] < rank} == {}


@given(cities(), st.integers(1, 10), st.sampled_from(("urban_radius_m", "min_access_mbps", "penetration_is_hard")))
@settings(max_examples=25, deadline=None)
def test_a_stricter_standard_never_raises_a_verdict(city: City, by: int, name: str) -> None:
    before = ranks(run(city.view()))
    value = {"urban_radius_m": 1, "min_access_mbps": 100 + by, "penetration_is_hard": True}[name]
    strict = with_local_values(stricter(QINGCHENG, by), {name: value}, source="city.toml")
    after = ranks(run(city.view(), strict))
    assert {code: rank for code, rank in after.items() if before[code] < rank} == {}


@given(cities(), st.data())
@settings(max_examples=25, deadline=None)
def test_a_part_evaluates_as_it_does_in_the_whole(city: City, data: st.DataObject) -> None:
    view = city.view()
    whole = run(view)
    chosen = data.draw(st.sampled_from(whole.areas))
    part = run(view, area=chosen.code)
    assert part.area == chosen.code
    assert set(part.areas) <= set(whole.areas)
    assert set(part.estates) <= set(whole.estates)
    assert chosen in part.areas
    each = [item for item in part.indicators if item.id in ("IND-001-07", "IND-001-08", "IND-001-10", "IND-001-12")]
    assert set(each) <= set(whole.indicators)


def test_a_building_that_stands_in_another_area_goes_with_its_estate() -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street")
    other = city.area(f"{top}002", "township", top, subtype="street")
    estate = city.place(street, 1, "estate")
    city.place(other, 0, "building", parent_premises=estate)
    view = city.view()
    assert run(view, area=street).estates == run(view).estates
    assert verdicts(run(view, area=street))[estate] is Verdict.FAIL
    assert run(view, area=other).estates == ()


def test_areas_come_by_level_then_code() -> None:
    city = City()
    top = district(city)
    for code in ("441802102", "441802101"):
        city.area(code, "township", top, subtype="town")
        city.area(f"{code}201", "admin_village", code)
    assert [place.code for place in run(city.view()).areas] == [
        *("441802", "441802101", "441802102", "441802101201", "441802102201"),
    ]


def test_a_township_keeps_its_subtype_and_its_parent() -> None:
    areas = [
        {"code": "D", "level": "district"},
        {"code": "S", "level": "township", "subtype": "street", "parent": "D"},
        {"code": "T", "level": "township", "subtype": "town", "parent": "D"},
    ]
    standard = library.load("qingcheng-2017-all-optical")
    found = evaluate(build.view({"areas": areas}, AS_OF), standard, as_of=AS_OF, calendar=WorkingCalendar())
    assert [(place.code, place.subtype, place.parent) for place in found.areas] == [
        ("D", None, None),
        ("S", "street", "D"),
        ("T", "town", "D"),
    ]


def test_without_access_points_nothing_fails() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    street = city.area(f"{top}001", "township", top, subtype="street")
    village = city.area(f"{town}201", "admin_village", town)
    city.village(f"{village}01", village, [1])
    estate = city.place(street, 1, "estate")
    tables = city.tables()
    del tables["access_points"]
    found = run(view_of_tables(tables, as_of=AS_OF, crs=build.CRS))
    assert verdicts(found) == dict.fromkeys((top, street, town, village, f"{village}01", estate), Verdict.NO_DATA)
    assert "access_points" in {gap.where for gap in found.data_gaps if gap.kind == "missing_register"}
    assert {item.status for item in found.indicators} <= {Status.NO_DATA, Status.DISPUTED}


def test_an_empty_access_point_register_is_a_real_answer() -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street")
    city.place(street, 0, "school")
    assert verdicts(run(city.view())) == {top: Verdict.FAIL, street: Verdict.FAIL}


def test_failing_and_unknown_members_are_named_in_both_languages() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    village = city.area(f"{town}201", "admin_village", town)
    for number, state in enumerate((1, 0, 0, -1)):
        city.village(f"{village}0{number}", village, [state])
    place = next(place for place in run(city.view()).areas if place.code == village)
    assert [reason.zh for reason in place.reasons] == [
        "硬性指标“达标自然村占比”为 25.0%（1/4），要求 ≥ 90%",
        f"未达标的自然村 2 个：N{village}01、N{village}02",
        f"缺数据、无法判定的自然村 1 个：N{village}03",
    ]
    assert [reason.en for reason in place.reasons] == [
        "hard test “Natural villages passed” is 25.0 % (1/4), wanted ≥ 90 %",
        f"2 natural villages not passed: N{village}01, N{village}02",
        f"1 natural villages without data: N{village}03",
    ]


def test_premises_not_in_use_do_not_count() -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street")
    city.place(street, 1, "school")
    city.place(street, 0, "school", in_service_to=AS_OF)
    city.place(street, 0, "school", in_service_from=date(2019, 1, 1))
    test = next(place for place in run(city.view()).areas if place.code == street).tests[0]
    assert (test.numerator, test.denominator, test.ok) == (1, 1, True)


def test_premises_of_unknown_areas_are_listed_and_not_counted() -> None:
    city = City()
    top = district(city)
    city.area(f"{top}001", "township", top, subtype="street")
    lost = city.place("nowhere", 1, "school")
    assert [gap.where for gap in run(city.view()).data_gaps if gap.kind == "unknown_area"] == [lost]


def test_areas_that_do_not_exist_on_the_day_are_not_judged() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    city.area(f"{top}102", "township", top, subtype="town", active_to=AS_OF)
    city.area(f"{top}103", "township", top, subtype="town", active_from=date(2019, 1, 1))
    assert [place.code for place in run(city.view()).areas] == [top, town]


def test_an_unknown_area_is_not_found_with_suggestions() -> None:
    city = City()
    top = district(city)
    with pytest.raises(NotFound) as caught:
        run(city.view(), area="441803")
    assert f"{top} N{top}" in caught.value.mend.en


def test_a_circle_of_parents_still_ends() -> None:
    city = City()
    city.area("1", "township", "2", subtype="town")
    city.area("2", "township", "1", subtype="town")
    assert set(verdicts(run(city.view()))) == {"1", "2"}


def test_a_standard_without_acceptance_gives_no_verdicts() -> None:
    city = City()
    district(city)
    found = run(city.view(), library.load("liangjiang-2022-gigabit"))
    assert (found.areas, found.estates) == ((), ())
    assert ["for reference (X-07)" in found.notes[0].en, "indicators only" in found.notes[1].en] == [True, True]


def test_several_districts_stand_under_the_code_they_name() -> None:
    city = City()
    for code in ("420102", "420103"):
        city.area(code, "district", "4201")
    assert run(city.view()).area == "4201"
    assert run(city.view(), area="4201").area == "4201"


def test_measures_are_exactly_the_vocabulary() -> None:
    from guangcheng.coverage.measures import MEASURES

    assert set(MEASURES) == set(measures())


@pytest.mark.parametrize(
    ("region", "area", "holds"),
    [
        ("441802", "441802", True),
        ("441802", "441802106", True),
        ("441802", "44", True),
        ("50", "500157", True),
        ("100000", "441802", True),
        ("440000", "441802", True),
        ("50", "441802", False),
        ("441802", "441803", False),
        ("441802106", "441802107", False),
    ],
)
def test_a_document_outside_its_region_is_for_reference(region: str, area: str, holds: bool) -> None:
    assert _in_force(region, area) is holds
