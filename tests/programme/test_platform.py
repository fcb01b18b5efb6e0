"""Bodies, people, grants, tokens and attachments."""

import datetime as dt
from collections.abc import Callable

import pytest

from guangcheng.base.errors import Denied, InputError, NotFound, Refused, WrongFormat
from guangcheng.programme.platform import attachments, organisations, scope, tokens
from guangcheng.programme.platform.acts import Act, may, roles_in
from guangcheng.programme.platform.models import LedgerEntry, Organisation, User
from guangcheng.programme.platform.roles import Role
from tests.people import AT, OTHER_STREET, STREET, TOP, act

Make = Callable[..., User]


def test_a_grant_holds_for_the_area_and_what_lies_below(person: Make) -> None:
    user = person("reporter", STREET)
    below = next(code for code, (_, parent, _) in scope.areas().items() if parent == STREET)
    assert [may(user, [Role.REPORTER], code) for code in (STREET, below, OTHER_STREET, TOP)] == [
        True,
        True,
        False,
        False,
    ]
    assert roles_in(user, None) == {Role.REPORTER}


def test_an_administrator_is_nothing_else(person: Make) -> None:
    assert not may(person("administrator"), [Role.REVIEWER], STREET)


def test_the_name_of_a_body_is_the_one_of_the_day(person: Make) -> None:
    admin = person("administrator")
    made = organisations.found_organisation(
        act(admin), code="office", kind="office", name="旧名", area=TOP, since=dt.date(2020, 1, 1)
    )
    organisations.rename_organisation(act(admin), made, name="新名", since=dt.date(2022, 1, 1))
    again = Organisation.objects.get(code="office")
    assert [again.name_on(dt.date(*day)) for day in ((2019, 1, 1), (2021, 12, 31), (2022, 1, 1))] == [
        "旧名",
        "旧名",
        "新名",
    ]
    assert again.name == "新名"


def test_only_an_administrator_of_the_area_may(person: Make) -> None:
    local = person("administrator", STREET)
    with pytest.raises(Denied):
        organisations.found_organisation(act(local), code="x", kind="street", name="x", area=OTHER_STREET)
    made = organisations.found_organisation(act(local), code="x", kind="street", name="x", area=STREET)
    assert made.area_code == STREET
    with pytest.raises(Refused):
        organisations.found_organisation(act(local), code="x", kind="street", name="y", area=STREET)
    with pytest.raises(InputError):
        organisations.found_organisation(act(local), code="y", kind="moon", name="y", area=STREET)


def test_an_unknown_area_is_refused(person: Make) -> None:
    with pytest.raises(NotFound):
        organisations.grant(act(person("administrator")), person("viewer"), Role.VIEWER, area="999")


def test_the_last_administrator_stays(person: Make) -> None:
    admin = person("administrator")
    with pytest.raises(Refused):
        organisations.revoke(act(admin), admin.grants.get())
    with pytest.raises(Refused):
        organisations.set_active(act(admin), admin, active=False)
    other = person("administrator", name="second")
    organisations.revoke(act(other), admin.grants.get())
    assert roles_in(admin, None) == frozenset()


def test_the_first_start_makes_one_administrator(city_folder: object, db: None) -> None:
    made = organisations.first_administrator(Act(None, AT, "command"))
    assert made is not None
    user, password = made
    assert user.check_password(password)
    assert user.must_change_password
    assert organisations.first_administrator(Act(None, AT, "command")) is None
    assert list(LedgerEntry.objects.values_list("verb", "actor")) == [("user.add", "system"), ("grant.give", "system")]


def test_a_weak_password_is_refused(person: Make) -> None:
    user = person("viewer")
    with pytest.raises(InputError):
        organisations.change_password(act(user), user, "12345678901")
    organisations.change_password(act(user), user, "a-better-one-77")
    assert User.objects.get(pk=user.pk).check_password("a-better-one-77")


def test_a_token_ends(person: Make) -> None:
    user = person("viewer")
    token, key = tokens.issue(act(user), user, name="t", scopes=["read"], days=3)
    assert tokens.holder(key, AT) == token
    assert tokens.holder(key, AT + dt.timedelta(days=3)) is None
    assert tokens.holder("gc_other", AT) is None
    tokens.revoke(act(user), token)
    assert tokens.holder(key, AT) is None


def test_a_token_of_somebody_else_takes_an_administrator(person: Make) -> None:
    with pytest.raises(Denied):
        tokens.issue(act(person("viewer")), person("reporter"), name="t", scopes=["read"], days=3)
    user = person("viewer", STREET)
    with pytest.raises(InputError):
        tokens.issue(act(user), user, name="t", scopes=["everything"], days=3)


def test_an_attachment_is_kept_by_its_hash_and_checked(person: Make) -> None:
    user = person("reporter")
    made = attachments.attach(act(user), name="C:\\x\\..\\证明.pdf", content=b"%PDF-1.7", subject="t:1", area=TOP)
    assert made.name == "证明.pdf"
    assert attachments.content_of(made) == b"%PDF-1.7"
    path = attachments.folder() / made.digest[:2] / made.digest
    path.write_bytes(b"%PDF-1.8")
    with pytest.raises(NotFound):
        attachments.content_of(made)


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", b"MZ"), ("a.pdf", b"MZ"), ("a.csv", b"a\x00b"), ("pdf", b"%PDF-")]
)
def test_a_file_that_is_not_what_it_says_is_refused(person: Make, name: str, content: bytes) -> None:
    with pytest.raises(WrongFormat):
        attachments.attach(act(person("reporter")), name=name, content=content, subject="t:1", area=TOP)


def test_the_areas_of_a_grant_are_those_whose_path_leads_through_it(city_folder: object) -> None:
    for codes in ((STREET,), (STREET, OTHER_STREET), (TOP,), ("no-such",), ()):
        wanted = {code for code in scope.areas() if not set(codes).isdisjoint(scope.path_of(code))} | set(codes)
        assert scope.below(codes) == wanted
