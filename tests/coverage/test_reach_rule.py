"""The rule's numbers as a standard sets them, each with clause and basis."""

from datetime import date
from typing import Any

import pytest

from guangcheng.base.errors import InputError, UsageError
from guangcheng.base.provenance import Basis, Clause
from guangcheng.coverage.reach import ReachRule
from guangcheng.standards import library

ON = date(2018, 12, 31)


def of(name: str, on: date = ON, **overrides: Any) -> ReachRule:
    return ReachRule.of(library.load(name), on, overrides)


def test_the_acceptance_standard_sets_every_number() -> None:
    rule = of("qingcheng-2017-all-optical")
    shown = {name: (number.value, number.basis, str(number.clause)) for name, number in rule.numbers.items()}
    text, default = Basis.TEXT, Basis.PRODUCT_DEFAULT
    assert shown == {
        "urban_radius_m": (200, text, "001 二(三)7"),
        "rural_radius_m": (1000, text, "001 二(三)7"),
        "min_access_mbps": (50, text, "001 二(三)7"),
        "install_working_days": (10, text, "001 二(三)7"),
        "expansion_working_days": (15, text, "001 二(三)7"),
        "order_window_months": (12, default, "001 二(三)7"),
    }
    assert (rule.urban_radius_m, rule.rural_radius_m, rule.min_access_mbps) == (200, 1000, 50)
    assert (rule.install_working_days, rule.expansion_working_days, rule.order_window_months) == (10, 15, 12)
    assert rule.operators == ("telecom", "mobile", "unicom", "cable")


@pytest.mark.parametrize(
    ("name", "on"), [("liangjiang-2022-gigabit", ON), ("qingcheng-2017-all-optical", date(2016, 1, 1))]
)
def test_where_the_standard_is_silent_the_default_says_that_it_is_one(name: str, on: date) -> None:
    rule = of(name, on)
    assert {number.basis for number in rule.numbers.values()} == {Basis.PRODUCT_DEFAULT}
    assert {number.clause for number in rule.numbers.values()} == {Clause("001", "二(三)7")}
    assert {name: number.value for name, number in rule.numbers.items()} == {
        "urban_radius_m": 200,
        "rural_radius_m": 1000,
        "min_access_mbps": 50,
        "install_working_days": 10,
        "expansion_working_days": 15,
        "order_window_months": 12,
    }


def test_the_citys_own_settings_are_marked_local() -> None:
    rule = of("qingcheng-2017-all-optical", urban_radius_m=150.5, basic_operators=["mobile", "telecom", "mobile"])
    assert (rule.urban_radius_m, rule.numbers["urban_radius_m"].basis) == (150.5, Basis.LOCAL)
    assert rule.numbers["rural_radius_m"].basis is Basis.TEXT
    assert rule.operators == ("mobile", "telecom")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("urban_radius_m", -1),
        ("urban_radius_m", "200"),
        ("rural_radius_m", float("nan")),
        ("rural_radius_m", float("inf")),
        ("min_access_mbps", True),
        ("install_working_days", 0),
        ("expansion_working_days", 2.5),
        ("order_window_months", []),
        ("basic_operators", []),
        ("basic_operators", "telecom"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=name) as caught:
        of("qingcheng-2017-all-optical", **{name: value})
    assert type(caught.value) is InputError


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="urban_radius") as caught:
        of("qingcheng-2017-all-optical", urban_radius=150)
    assert "urban_radius_m" in caught.value.mend.en
    assert "basic_operators" in caught.value.mend.zh


def test_metres_and_megabits_may_have_decimals() -> None:
    rule = of("qingcheng-2017-all-optical", urban_radius_m=199.5, rural_radius_m=999.5, min_access_mbps=49.5)
    assert (rule.urban_radius_m, rule.rural_radius_m, rule.min_access_mbps) == (199.5, 999.5, 49.5)


def test_a_radius_of_zero_and_a_limit_of_one_day_are_possible() -> None:
    rule = of("qingcheng-2017-all-optical", urban_radius_m=0, install_working_days=1)
    assert (rule.urban_radius_m, rule.install_working_days) == (0, 1)
