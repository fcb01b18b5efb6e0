"""The directory: one liaison per member body, gaps named, licences run out."""

import datetime as dt
from collections.abc import Callable

import pytest

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.programme.members import verbs
from guangcheng.programme.members.models import Liaison, Member
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import Organisation, User
from tests.people import AT, Person, act

Body = Callable[..., Organisation]
DAY = AT.date()


@pytest.fixture
def office(person: Person) -> User:
    return person("administrator")


def test_one_liaison_per_member_body(office: User, person: Person, body: Body) -> None:
    group, unit = body("office", "office"), body("unicom")
    verbs.join(act(office), group, unit)
    verbs.join(act(office), group, unit)
    assert Member.objects.count() == 1
    assert [(gap.organisation.code, gap.what.en) for gap in verbs.gaps(DAY)] == [("unicom", "no liaison")]
    first, second = person("reporter", name="a", body=unit), person("reporter", name="b", body=unit)
    stranger = person("reporter", name="c")
    verbs.name_liaison(act(office), unit, first)
    verbs.name_liaison(act(office), unit, second)
    verbs.name_liaison(act(office), unit, second)
    assert [(one.user, one.until) for one in Liaison.objects.order_by("pk")] == [(first, DAY), (second, None)]
    assert verbs.liaison_of(unit) == second
    assert verbs.gaps(DAY) == []
    with pytest.raises(InputError):
        verbs.name_liaison(act(office), unit, stranger)
    with pytest.raises(Denied):
        verbs.name_liaison(act(first), unit, first)
    second.is_active = False
    second.save()
    assert verbs.liaison_of(unit) is None
    assert len(verbs.gaps(DAY)) == 1
    assert ledger.verify() is None


def test_operators_and_the_tower_company_belong(office: User, body: Body) -> None:
    group, unit, tower = body("office", "office"), body("bureau", "government"), body("tower", "tower")
    assert verbs.gaps(DAY) == []
    verbs.join(act(office), group, unit)
    assert {(gap.organisation, gap.what.en) for gap in verbs.gaps(DAY)} == {
        (unit, "no liaison"),
        (tower, "not a member body"),
    }


def test_leaving(office: User, body: Body) -> None:
    group, unit = body("office", "office"), body("unicom")
    member = verbs.join(act(office), group, unit)
    verbs.leave(act(office), member)
    with pytest.raises(Refused):
        verbs.leave(act(office), member)
    with pytest.raises(Refused):
        verbs.join(act(office), unit, group)
    verbs.join(act(office), group, unit)
    assert Member.objects.count() == 2


def test_a_licence_is_valid_on_its_last_day(office: User, body: Body) -> None:
    unit = body("cable", "other")
    enter = {"kind": "业务经营许可证", "number": "A-1"}
    verbs.enter_licence(act(office), unit, valid_to=DAY, **enter)
    assert verbs.gaps(DAY) == []
    assert [gap.organisation for gap in verbs.gaps(DAY + dt.timedelta(days=1))] == [unit]
    verbs.enter_licence(act(office), unit, valid_to=DAY + dt.timedelta(days=9), **enter)
    assert verbs.gaps(DAY + dt.timedelta(days=1)) == []
