from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.gaps import Fewest, fewest
from guangcheng.coverage.results import Verdict
from guangcheng.standards import library
from guangcheng.standards.overrides import with_local_values
from tests.coverage.small_cities import AS_OF, City, district
from tests.coverage.test_evaluate import run, verdicts

QINGCHENG = library.load("qingcheng-2017-all-optical")
CALENDAR = WorkingCalendar()


def ask(city: City, code: str) -> Fewest:
    return fewest(city.view(), QINGCHENG, code, as_of=AS_OF, calendar=CALENDAR)


def town_of(villages: list[list[list[int]]]) -> tuple[City, str]:
    """A town of admin villages of natural villages of settlements' states."""
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    for number, naturals in enumerate(villages):
        village = city.area(f"{town}20{number}", "admin_village", town)
        for index, states in enumerate(naturals):
            city.village(f"{village}{index:02d}", village, states)
    return city, town


def brute(villages: list[list[list[int]]]) -> tuple[int, int] | None:
    """Least (villages, premises) over every set of natural villages completed, by the words of the standard alone."""
    places = [(a, n) for a, naturals in enumerate(villages) for n in range(len(naturals))]
    open_ones = [(a, n) for a, n in places if villages[a][n] != [1] * len(villages[a][n]) or not villages[a][n]]
    subsets = chain.from_iterable(combinations(open_ones, size) for size in range(len(open_ones) + 1))
    best = None
    for chosen in subsets:
        if any(not villages[a][n] for a, n in chosen) or not _town_passes(villages, set(chosen)):
            continue
        cost = (len(chosen), sum(state != 1 for a, n in chosen for state in villages[a][n]))
        best = cost if best is None else min(best, cost)
    return best


def _town_passes(villages: list[list[list[int]]], done: set[tuple[int, int]]) -> bool:
    judged = []
    for a, naturals in enumerate(villages):
        if not naturals:
            continue  # no natural village and no settlement of its own: not applicable
        good = sum(
            (a, n) in done or (bool(states) and min(states) == 1 and -1 not in states)
            for n, states in enumerate(naturals)
        )
        judged.append(10 * good >= 9 * len(naturals))
    return bool(judged) and 10 * sum(judged) >= 9 * len(judged)


SETTLEMENTS = st.lists(st.sampled_from((1, 1, 0, -1)), min_size=0, max_size=3)
TOWNS = st.lists(st.lists(SETTLEMENTS, max_size=3), min_size=1, max_size=3)


@given(TOWNS)
@settings(max_examples=40, deadline=None)
def test_a_town_equals_brute_force(villages: list[list[list[int]]]) -> None:
    city, town = town_of(villages)
    found = ask(city, town)
    expected = brute(villages)
    assert (found.villages, found.premises) == (expected or (None, None))


@given(TOWNS)
@settings(max_examples=25, deadline=None)
def test_building_what_is_named_makes_the_town_pass(villages: list[list[list[int]]]) -> None:
    city, town = town_of(villages)
    found = ask(city, town)
    if not found.feasible:
        return
    by_id = {row["premises_id"]: row for row in city.rows["premises"]}
    for name in found.premises_ids:
        city.rows["access_points"].append(
            {
                "access_point_id": f"B{name}",
                "operator": "mobile",
                "capacity_mbps": 100,
                "ports_free": 9,
                "x": by_id[name]["x"],
                "y": 0,
            }
        )
    assert verdicts(run(city.view()))[town] is Verdict.PASS
    assert len(found.premises_ids) == found.premises
    assert len(found.village_codes) == found.villages


def test_a_town_of_twenty_villages_lets_two_go() -> None:
    """18/20 admin villages suffice, so of three that lack the cheapest one is taken: fewest villages, then premises."""
    villages = [[[1]] for _ in range(17)] + [[[0, 0]], [[0], [0]], [[0]]]
    city, town = town_of(villages)
    found = ask(city, town)
    assert (found.villages, found.premises, found.village_codes) == (1, 1, (f"{town}201900",))


def test_fewest_villages_win_over_fewest_premises() -> None:
    """One village with five open places is taken before two villages with one each."""
    city, town = town_of([[[0, 0, 0, 0, 0]], [[0], [0]]] + [[[1]] for _ in range(8)])
    found = ask(city, town)
    assert (found.villages, found.premises) == (1, 5)


@pytest.mark.parametrize(("passed", "needed"), [(18, 0), (17, 1), (16, 2), (0, 18)])
def test_a_street_needs_the_premises_up_to_ninety_percent(passed: int, needed: int) -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street")
    for number in range(20):
        city.place(street, int(number < passed), "school")
    found = ask(city, street)
    assert (found.villages, found.premises) == (0, needed)


def test_a_street_weighed_by_households_takes_the_largest_first() -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street")
    for households, state in ((60, 1), (25, 0), (10, 0), (5, 0)):
        city.place(street, state, "estate", households=households)
    weighed = with_local_values(QINGCHENG, {"street_test_unit": "households"}, source="city.toml")
    found = fewest(city.view(), weighed, street, as_of=AS_OF, calendar=CALENDAR)
    assert (found.villages, found.premises, found.premises_ids) == (0, 2, ("P001", "P002"))


def test_premises_are_called_by_name_where_they_have_one() -> None:
    city = City()
    top = district(city)
    street = city.area(f"{top}001", "township", top, subtype="street")
    for name in ("西苑", None, "东苑"):
        city.place(street, 0, "estate", name=name)
    found = ask(city, street)
    assert found.premises_ids == ("P000", "P001", "P002")
    assert found.premises_names == ("西苑", "P001", "东苑")


def test_a_village_without_settlement_cannot_be_built() -> None:
    city, town = town_of([[[]]])
    assert ask(city, town) == Fewest(None, None)
    assert not ask(city, town).feasible


def test_penetration_made_hard_is_not_built() -> None:
    city, town = town_of([[[1]]])
    city.statistics(town, 1, 9)
    hard = with_local_values(QINGCHENG, {"penetration_is_hard": True}, source="city.toml")
    assert fewest(city.view(), hard, town, as_of=AS_OF, calendar=CALENDAR) == Fewest(None, None)
    assert ask(city, town) == Fewest(0, 0)


def test_a_district_needs_all_its_towns() -> None:
    city, town = town_of([[[0], [0]]])
    street = city.area("441802001", "township", "441802", subtype="street")
    city.place(street, 0, "school")
    found = ask(city, "441802")
    assert (found.villages, found.premises) == (2, 3)
    assert found.village_codes == (f"{town}20000", f"{town}20001")


def test_settlements_decide_a_village_without_natural_villages() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    village = city.area(f"{town}201", "admin_village", town)
    city.place(village, 0)
    city.place(village, -1)
    found = ask(city, town)
    assert (found.villages, found.premises, found.premises_ids) == (0, 2, ("P000", "P001"))
