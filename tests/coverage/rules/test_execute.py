"""The door to a rule: what it refuses, and what a finding says of its numbers."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import InputError, NotFound, OutsideKnowledge, UsageError
from guangcheng.base.provenance import Basis, Clause
from guangcheng.coverage.measures import MEASURES
from guangcheng.coverage.rules.execute import execute
from guangcheng.coverage.rules.finding import Finding, Limits, number
from guangcheng.coverage.rules.ground import limit_at
from guangcheng.coverage.rules.logics import LOGICS
from guangcheng.registers.schema import schemas
from guangcheng.standards import library
from guangcheng.standards.logics import EVALUATION, logics
from guangcheng.standards.measures import measures

CALENDAR = WorkingCalendar()
SHARING = library.load("sharing-2015")
FACILITIES = library.load("chongqing-2016-facilities")
QINGCHENG = library.load("qingcheng-2017-all-optical")
EMF = library.load("gb-8702-2014")


def deduct(upheld: int, exempt: int = 0) -> Finding:
    facts = {"upheld": upheld, "exempt": exempt}
    return execute(SHARING, "RUL-586-16", facts, on=date(2015, 12, 31), calendar=CALENDAR)


def test_the_vocabulary_is_what_is_executed() -> None:
    assert set(LOGICS) | {EVALUATION} == set(logics())
    assert set(MEASURES) == set(measures())


def test_every_executed_rule_says_what_it_is_told() -> None:
    for standard in map(library.load, library.ids()):
        for name, rule in standard.rules.items():
            if rule.logic is not None and rule.logic in LOGICS:
                assert rule.inputs == list(LOGICS[rule.logic].facts.model_fields), name


def test_every_rule_the_registers_decide_says_which() -> None:
    for standard in map(library.load, library.ids()):
        tests = {test.id: test.measure for level in standard.acceptance for test in level.tests}
        for name, rule in standard.rules.items():
            if rule.logic != EVALUATION:
                continue
            taken = [
                tests.get(item) or getattr(standard.indicators.get(item), "measure", None) for item in rule.judged_by
            ]
            wanted = {register for measure in taken if measure for register in measures()[measure].registers}
            assert wanted <= set(rule.inputs), name
            assert set(rule.inputs) <= set(schemas()), name


def test_a_finding_carries_clause_basis_and_decisions() -> None:
    found = deduct(6)
    assert (found.rule, found.clause, found.basis) == ("RUL-586-16", Clause("586", "三(三)"), Basis.TEXT)
    assert found.decisions == ("C-31",)


def test_a_product_default_shows() -> None:
    found = execute(FACILITIES, "RUL-302-25", {"stations": []}, on=date(2016, 6, 30), calendar=CALENDAR)
    assert (found.basis, found.decisions) == (Basis.PRODUCT_DEFAULT, ("U-23", "U-24"))


@settings(max_examples=60)
@given(st.integers(0, 60), st.integers(0, 3))
def test_the_deduction_never_falls_and_never_passes_its_cap(upheld: int, more: int) -> None:
    low, high = (Decimal(deduct(n).value or "") for n in (upheld, upheld + more))
    assert 0 <= low <= high <= Decimal("0.9")
    assert low == min(Decimal("0.9"), upheld // 3 * Decimal("0.1"))


def test_a_rule_the_standard_lacks() -> None:
    with pytest.raises(NotFound) as caught:
        execute(SHARING, "RUL-001-07", {}, on=date(2015, 12, 31), calendar=CALENDAR)
    assert "RUL-001-07" in caught.value.message.zh


@pytest.mark.parametrize("name", ["RUL-001-07", "RUL-001-11"])
def test_a_rule_the_registers_decide_is_not_executed_here(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        execute(QINGCHENG, name, {}, on=date(2018, 6, 30), calendar=CALENDAR)
    assert "evaluate" in caught.value.mend.en


def test_wrong_facts_are_listed_with_what_is_known() -> None:
    with pytest.raises(InputError) as caught:
        execute(SHARING, "RUL-586-16", {"upheld": "many", "odd": 1}, on=date(2015, 12, 31), calendar=CALENDAR)
    assert caught.value.message.en == "the facts for RUL-586-16 are wrong at: upheld, odd"
    assert caught.value.mend.en == "known are: upheld, exempt"


def test_before_the_standard_is_in_force_nothing_is_said() -> None:
    with pytest.raises(OutsideKnowledge):
        execute(
            FACILITIES, "RUL-302-43", {"nodes": [{"name": "A", "load_kw": 1}]}, on=date(2016, 3, 31), calendar=CALENDAR
        )


def test_no_fine_without_an_expired_order_whatever_else_is_true() -> None:
    for item in ("1", "2", "3", "4", "5", "6"):
        facts = {"item": item, "severe": True, "amount": 20000, "inspected_again": date(2016, 6, 1)}
        found = execute(FACILITIES, "RUL-302-46", facts, on=date(2016, 6, 30), calendar=CALENDAR)
        assert (found.ok, found.value) == (None, None)


def test_the_limits_join_at_every_edge_of_a_band() -> None:
    limits = Limits(EMF.rules["RUL-GB8702-01"], EMF, date(2020, 1, 1), CALENDAR)
    below, at = Fraction(2999999, 1000), 3000
    for mhz, field, power in ((Fraction(1, 10), 40, 4), (3, 67 / 3**0.5, 4), (30, 12, 0.4), (15000, 27, 2)):
        assert limit_at("e", mhz, limits) == pytest.approx(field)
        assert limit_at("s", mhz, limits) == pytest.approx(power)
    assert limit_at("e", below, limits) == 12
    assert limit_at("e", at, limits) == pytest.approx(0.22 * 3000**0.5)
    assert limit_at("s", at, limits) == pytest.approx(0.4)
    assert limit_at("s", 300000, limits) is None
    assert limit_at("s", Fraction(99, 1000), limits) is None
    assert limit_at("h", 20000, limits) is None


@settings(max_examples=60)
@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=1000))
def test_numbers_are_shown_towards_zero_with_two_places(value: Fraction) -> None:
    shown = Fraction(number(value))
    assert abs(shown) <= abs(value)
    assert abs(value - shown) < Fraction(1, 100)


def test_a_value_of_the_wrong_kind_is_said() -> None:
    limits = Limits(FACILITIES.rules["RUL-302-06"], FACILITIES, date(2016, 6, 30), CALENDAR)
    with pytest.raises(NotFound) as caught:
        limits.number("consent_excuses")
    assert "consent_excuses" in caught.value.message.en
    limits = Limits(FACILITIES.rules["RUL-302-43"], FACILITIES, date(2016, 6, 30), CALENDAR)
    with pytest.raises(NotFound):
        limits.flag("load_percent")


def test_an_indicator_the_standard_lacks_gives_no_target() -> None:
    limits = Limits(FACILITIES.rules["RUL-302-06"], FACILITIES, date(2016, 6, 30), CALENDAR)
    with pytest.raises(OutsideKnowledge):
        limits.final("IND-302-99")
