from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import NotFound
from guangcheng.coverage.tree import facts_of, township_subtype, tree_of
from guangcheng.registers.view import view_of_tables
from tests.coverage.small_cities import AS_OF, City, cities, district
from tests.policy import build


@pytest.mark.parametrize(
    ("code", "subtype"),
    [
        ("441802001", "street"),
        ("441802099", "street"),
        ("441802100", "town"),
        ("441802399", "town"),
        ("441802400", "other"),
        ("441802500", "other"),
        ("44180200", None),
        ("4418020011", None),
        ("44180200A", None),
        ("44180200１", None),
    ],
)
def test_street_or_town_by_code(code: str, subtype: str | None) -> None:
    assert township_subtype(code) == subtype


@given(cities())
@settings(max_examples=40, deadline=None)
def test_children_stand_after_their_parents_and_are_summed_into_them(city: City) -> None:
    tree = tree_of(city.view(), AS_OF)
    order = list(tree.bottom_up)
    assert sorted(order) == list(range(len(tree)))
    for area in tree.areas:
        if area.parent >= 0:
            assert order.index(area.index) < order.index(area.parent)
    ones = tree.rolled_up(np.ones(len(tree), dtype=np.int64))
    assert [int(ones[here]) for here in range(len(tree))] == [len(list(tree.below(here))) for here in range(len(tree))]
    assert [int(tree.mask_below(here).sum()) for here in range(len(tree))] == ones.tolist()


def test_rows_find_their_areas() -> None:
    city = City()
    top = district(city)
    town = city.area(f"{top}101", "township", top, subtype="town")
    tree = tree_of(city.view(), AS_OF)
    codes = pa.chunked_array([[town, "nowhere"], [None, top]], pa.string())
    assert tree.numbers(codes).tolist() == [tree.index[town], -1, -1, tree.index[top]]
    assert tree.numbers(pa.chunked_array([], pa.string())).tolist() == []


def test_circles_are_cut_and_every_area_stays() -> None:
    city = City()
    for code, parent in (("1", "3"), ("2", "1"), ("3", "2"), ("4", "3")):
        city.area(code, "township", parent)
    tree = tree_of(city.view(), AS_OF)
    assert [tree.areas[root].code for root in tree.roots] == ["1"]
    assert sorted(tree.bottom_up) == [0, 1, 2, 3]


def test_the_whole_is_the_one_area_on_top_or_what_all_tops_name() -> None:
    one, two, none = City(), City(), City()
    district(one)
    for code, parent in (("420102", "4201"), ("420103", "4201")):
        two.area(code, "district", parent)
    none.area("420102", "district")
    none.area("420103", "district")
    assert [tree_of(city.view(), AS_OF).top for city in (one, two, none)] == ["441802", "4201", "*"]
    assert tree_of(two.view(), AS_OF).find("4201") == -1


def test_an_unknown_code_in_an_empty_register_says_so() -> None:
    view = view_of_tables({"areas": build.table("areas", [])}, as_of=AS_OF, crs=build.CRS)
    with pytest.raises(NotFound) as caught:
        tree_of(view, AS_OF).find("441802")
    assert caught.value.mend.en == "the register of areas is empty: import areas first"


def test_facts_are_the_areas_own_else_the_sum_of_all_its_children() -> None:
    city = City()
    top = district(city)
    towns = [city.area(f"{top}10{number}", "township", top, subtype="town") for number in range(2)]
    city.rows["area_facts"] = [
        {"area_code": towns[0], "as_of": date(2017, 1, 1), "households": 10, "population": 40},
        {"area_code": towns[0], "as_of": date(2018, 1, 1), "households": 12},
        {"area_code": towns[0], "as_of": date(2019, 1, 1), "households": 99},
        {"area_code": towns[1], "as_of": date(2018, 1, 1), "households": 5},
    ]
    view = city.view()
    tree = tree_of(view, AS_OF)
    facts = facts_of(view, tree, AS_OF)
    here = tree.index[top]
    assert (facts.of("households", here), facts.of("households", -1)) == (17, 17)
    assert (facts.of("population", here), facts.of("population", tree.index[towns[0]])) == (None, 40)
    assert [row["as_of"] for row in facts.rows("households", here)] == [date(2018, 1, 1), date(2018, 1, 1)]


@given(st.permutations(["441802101", "441802001", "441802", "441802101201"]))
@settings(max_examples=40, deadline=None)
def test_numbers_follow_level_then_code_whatever_the_file(order: list[str]) -> None:
    levels = {"441802": "district", "441802101201": "admin_village"}
    city = City()
    for code in order:
        city.area(code, levels.get(code, "township"))
    tree = tree_of(city.view(), AS_OF)
    assert [area.code for area in tree.areas] == ["441802", "441802001", "441802101", "441802101201"]
