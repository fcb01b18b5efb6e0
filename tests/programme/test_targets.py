"""Programmes made from standards: dated targets, splits whose totals are checked, nothing overwritten."""

import datetime as dt
import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcheng.base.errors import Denied, InputError, NotFound, Refused
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.models import LedgerEntry, User
from guangcheng.programme.targets import verbs
from guangcheng.programme.targets.models import Programme, Target
from guangcheng.programme.targets.verbs import _as_strict
from guangcheng.standards import library
from tests.people import OTHER_STREET, STREET, TOP, Person, act


@pytest.fixture
def office(person: Person) -> User:
    return person("administrator")


def taken(office: User, standard: str = "qingcheng-2017-all-optical") -> Programme:
    return verbs.take_up(act(office), standard)


@pytest.mark.parametrize("seed", verbs.SEEDS)
def test_all_targets_of_the_founding_documents_come(office: User, seed: str) -> None:
    programme = taken(office, seed)
    standard = library.load(seed)
    expected = sorted(
        (name, dated.date, dated.role, None if dated.value is None else Decimal(str(dated.value)), dated.status.value)
        for name, indicator in standard.indicators.items()
        for dated in indicator.targets
    )
    found = programme.targets.values_list("indicator", "date", "role", "value", "status")
    assert sorted(found) == expected
    assert LedgerEntry.objects.get(verb="programme.take_up").area_code == TOP


def test_a_standard_is_taken_up_once_and_by_the_office(office: User, person: Person) -> None:
    taken(office)
    with pytest.raises(Refused):
        taken(office)
    with pytest.raises(Denied):
        verbs.take_up(act(person("reporter")), "liangjiang-2022-gigabit")
    with pytest.raises(NotFound):
        taken(office, "no-such-standard")
    assert Programme.objects.count() == 1


def test_the_founding_documents_are_offered_first(office: User) -> None:
    assert tuple(one for one, _ in verbs.offered()[:4]) == verbs.SEEDS


def counted(office: User, value: str = "30") -> Target:
    programme = taken(office)
    target = programme.targets.filter(unit="个", each="", value__isnull=False, status="active").first()
    assert target is not None
    return verbs.set_anew(act(office), target, value=Decimal(value), reason="会议决定")


def test_counts_must_add_up(office: User) -> None:
    target = counted(office)
    with pytest.raises(InputError) as wrong:
        verbs.split(act(office), target, {STREET: Decimal(10), OTHER_STREET: Decimal("19.5")})
    assert wrong.value.message.en == "the parts make 29.5, the whole is 30: -0.5 apart"
    assert target.parts.count() == 0
    parts = verbs.split(act(office), target, {STREET: Decimal(10), OTHER_STREET: Decimal(20)})
    assert {part.area_code: part.value for part in parts} == {STREET: 10, OTHER_STREET: 20}
    again = verbs.split(act(office), target, {STREET: Decimal(30)})
    assert [part.area_code for part in again] == [STREET]
    assert target.parts.filter(retired_on=None).count() == 1
    assert target.parts.count() == 3
    assert ledger.verify() is None


def test_a_ratio_holds_for_each_part(office: User) -> None:
    programme = taken(office)
    target = programme.targets.filter(unit="%", each="", status="active", comparator=">=").first()
    assert target is not None
    assert target.value is not None
    with pytest.raises(InputError) as lax:
        verbs.split(act(office), target, {STREET: target.value, OTHER_STREET: target.value - 1})
    assert OTHER_STREET in lax.value.message.zh
    assert len(verbs.split(act(office), target, {STREET: target.value, OTHER_STREET: Decimal(100)})) == 2


def test_areas_of_a_split_lie_below_and_apart(office: User) -> None:
    target = counted(office)
    below = next(code for code, (_, parent, _) in sorted(scope.areas().items()) if parent == STREET)
    for shares in ({TOP: Decimal(30)}, {STREET: Decimal(10), below: Decimal(20)}, {}):
        with pytest.raises(InputError):
            verbs.split(act(office), target, shares)
    with pytest.raises(NotFound):
        verbs.split(act(office), target, {"999": Decimal(30)})
    assert target.parts.count() == 0


def test_a_target_set_anew_retires_the_old_one_and_its_parts(office: User) -> None:
    target = counted(office)
    part = verbs.split(act(office), target, {STREET: Decimal(30)})[0]
    with pytest.raises(InputError):
        verbs.set_anew(act(office), target, value=Decimal(40), reason=" ")
    with pytest.raises(Refused):
        verbs.set_anew(act(office), part, value=Decimal(40), reason="x")
    fresh = verbs.set_anew(act(office), target, value=Decimal(40), reason="上级文件")
    target.refresh_from_db()
    part.refresh_from_db()
    assert target.retired_on == part.retired_on == dt.date(2026, 3, 2)
    assert (fresh.value, fresh.retired_on, fresh.parts.count()) == (Decimal(40), None, 0)
    with pytest.raises(Refused):
        verbs.split(act(office), target, {STREET: Decimal(30)})


@pytest.mark.parametrize("value", ["1e12", "0.0000001", "NaN", "Infinity", "-1e13"])
def test_a_number_the_tables_cannot_hold_is_refused(office: User, value: str) -> None:
    target = counted(office)
    with pytest.raises(InputError):
        verbs.set_anew(act(office), target, value=Decimal(value), reason="x")
    with pytest.raises(InputError):
        verbs.split(act(office), target, {STREET: Decimal(value)})


def test_words_are_not_split(office: User) -> None:
    programme = taken(office, "qinzhou-2015-broadband")
    target = programme.targets.filter(value=None).first()
    assert target is not None
    with pytest.raises(Refused):
        verbs.split(act(office), target, {STREET: Decimal(1)})


@given(st.sampled_from([">=", ">", "<=", "<", "="]), st.integers(-5, 5), st.integers(-5, 5))
def test_a_stricter_part_lets_no_more_pass(comparator: str, share: int, value: int) -> None:
    meets = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq}[comparator]
    grid = range(-7, 8)
    implied = all(meets(x, value) for x in grid if meets(x, share))
    assert _as_strict(comparator, Decimal(share), Decimal(value)) == implied
