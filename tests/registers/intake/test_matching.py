"""Names of areas: exact, alias, ending, decision; ambiguous ones never in silence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.registers.matching import Area, AreaIndex, core_name

AREAS = (
    Area("1", "清城区", "district", None),
    Area("11", "凤城街道", "township", "1", ("凤城街办",)),
    Area("12", "源潭镇", "township", "1"),
    Area("111", "东风社区居委会", "community", "11"),
    Area("112", "凤城社区", "community", "11"),
    Area("121", "东风社区居委会", "community", "12", ("老街",)),
    Area("122", "东风村委会", "admin_village", "12"),
    Area("1221", "上围", "natural_village", "122"),
)
INDEX = AreaIndex(AREAS)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("鹤堂社区居委会", ("鹤堂", "community")),
        ("鹤堂社区居民委员会", ("鹤堂", "community")),
        ("鹤堂社区", ("鹤堂", "community")),
        ("大连村民委员会", ("大连", "village")),
        ("大连 村", ("大连", "village")),
        ("凤城街道办事处", ("凤城", "street")),
        ("源潭镇人民政府", ("源潭", "town")),
        ("上围", ("上围", None)),
        ("村", ("村", None)),
    ],
)
def test_core(name: str, core: tuple[str, str | None]) -> None:
    assert core_name(name) == core


@pytest.mark.parametrize(
    ("name", "within", "how", "code"),
    [
        ("凤城街道", None, "exact", "11"),
        (" 凤城 街道", None, "exact", "11"),
        ("凤城街办", None, "alias", "11"),
        ("凤城街道办事处", None, "suffix", "11"),
        ("源潭", None, "suffix", "12"),
        ("东风社区居委会", "11", "exact", "111"),
        ("东风社区", "11", "suffix", "111"),
        ("东风社区", "12", "suffix", "121"),
        ("东风村", "12", "suffix", "122"),
        ("老街", "12", "alias", "121"),
        ("上围", "12", "exact", "1221"),
        ("东风社区居委会", None, "ambiguous", None),
        ("东风", "12", "ambiguous", None),
        ("凤城", None, "ambiguous", None),
        ("上围", "11", "unknown", None),
        ("不存在", None, "unknown", None),
        ("凤城街道", "11", "unknown", None),
    ],
)
def test_find(name: str, within: str | None, how: str, code: str | None) -> None:
    found = INDEX.find(name, within=within)
    assert (found.how, found.code) == (how, code)


def test_a_village_is_never_taken_for_a_community() -> None:
    index = AreaIndex(AREAS[:6])
    assert index.find("东风村", within="12").how == "unknown"


def test_levels_narrow() -> None:
    assert INDEX.find("凤城", levels=frozenset({"township"})).code == "11"
    assert INDEX.find("凤城", levels=frozenset({"community"})).code == "112"


def test_candidates_are_listed_by_code() -> None:
    assert [area.code for area in INDEX.find("东风", within="12").candidates] == ["121", "122"]


def test_suggestions_are_ranked() -> None:
    assert [area.code for area in INDEX.find("东凤风社区").candidates][:2] == ["111", "121"]


def test_one_wrong_character_of_two_is_suggested_the_same_kind_first() -> None:
    assert [area.code for area in INDEX.find("源谭镇").candidates] == ["12"]
    assert [area.code for area in INDEX.find("西风村").candidates] == ["122", "111", "121"]


def test_the_name_at_another_level_is_suggested_first_and_never_linked() -> None:
    found = INDEX.find("上围", within="12", levels=frozenset({"admin_village", "community"}))
    assert (found.how, found.code) == ("unknown", None)
    assert found.candidates[0].code == "1221"


def test_decisions_come_first() -> None:
    index = AreaIndex(AREAS, {"源潭镇/东风": "122", "东风": "111"})
    assert index.find("东风", within="12", within_name="源潭镇").code == "122"
    assert index.find("东风").code == "111"
    assert index.find("东风").how == "decision"


def test_a_loop_of_parents_ends() -> None:
    index = AreaIndex((Area("a", "甲", "township", "b"), Area("b", "乙", "township", "a")))
    assert index.is_within("a", "b")
    assert not index.is_within("a", "c")


@settings(max_examples=80)
@given(st.text(alphabet="东西凤城村社区镇", min_size=1, max_size=6), st.sampled_from([None, "11", "12"]))
def test_a_match_always_lies_within(name: str, within: str | None) -> None:
    found = INDEX.find(name, within=within)
    assert (found.code is None) == (found.how in ("ambiguous", "unknown"))
    if found.code is not None and within is not None:
        assert INDEX.is_within(found.code, within)
    if found.how == "ambiguous":
        assert len(found.candidates) > 1
