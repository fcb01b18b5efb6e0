"""A city's own values: for parameters of the standard and of its rules; the standard itself stays."""

from datetime import date

import pytest

from guangcheng.base.errors import InputError, NotFound
from guangcheng.base.provenance import Basis
from guangcheng.standards import library
from guangcheng.standards.overrides import with_local_values

FACILITIES = library.load("chongqing-2016-facilities")


def test_a_parameter_of_a_rule_is_named_with_its_rule() -> None:
    changed = with_local_values(FACILITIES, {"RUL-302-25.interval_months": 6, "fine_building_least": 600}, source="c")
    (value,) = changed.rules["RUL-302-25"].parameters["interval_months"].values.values()
    assert (value.value, value.basis, value.source.document) == (6, Basis.LOCAL, "c")
    held = changed.parameter("fine_building_least", date(2016, 1, 1))
    assert held is not None
    assert (held.value, held.basis) == (600, Basis.LOCAL)
    assert (
        changed.rules["RUL-302-25"].parameters["publish_days"]
        == FACILITIES.rules["RUL-302-25"].parameters["publish_days"]
    )
    assert {name for name, rule in changed.rules.items() if rule != FACILITIES.rules[name]} == {"RUL-302-25"}


def test_without_values_it_is_the_standard_itself() -> None:
    assert with_local_values(FACILITIES, {}, source="c") is FACILITIES


@pytest.mark.parametrize("name", ["RUL-302-25.interval", "RUL-302-99.interval_months", "interval_months"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(NotFound) as caught:
        with_local_values(FACILITIES, {name: 6}, source="c")
    assert "RUL-302-25.interval_months" in caught.value.mend.en


def test_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError):
        with_local_values(FACILITIES, {"RUL-302-25.interval_months": "six"}, source="c")
