"""People, areas and acts for tests of the programme: one small city, made once, its ledger fresh in every test."""

import datetime as dt
import importlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guangcheng.programme.platform.acts import Act, Via
from guangcheng.programme.platform.models import Grant, Organisation, OrganisationName, User
from guangcheng.programme.platform.roles import Role

TOP = "441802"
STREET = "441802006"
"""凤城街道."""
OTHER_STREET = "441802007"
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
PASSWORD = "correct-horse-9"

Person = Callable[..., User]


@pytest.fixture(scope="session")
def city_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration district, made once."""
    from guangcheng.apps.demo.write import write_demo

    made = write_demo(tmp_path_factory.mktemp("city") / "demo")
    return next(folder for folder in made.cities if folder.name == "qingcheng")


@pytest.fixture
def city_folder(city_made: Path, tmp_path: Path, settings: object) -> Iterator[Path]:
    """A copy of the city of this test's own, the one the programme runs for."""
    from guangcheng.programme.platform import scope

    folder = tmp_path / "city"
    shutil.copytree(city_made, folder)
    settings.CITY_FOLDER = folder  # type: ignore[attr-defined]
    settings.RESULTS_PATIENCE_S = 120  # type: ignore[attr-defined]
    yield folder
    scope._opened.cache_clear()


@pytest.fixture
def person(city_folder: Path, db: None) -> Person:
    """Make somebody with a role: ``person("reporter", STREET)``; further roles by ``also=``."""

    def make(role: str | None, area: str = TOP, name: str | None = None, body: Organisation | None = None) -> User:
        username = name or f"{role}-{area}"
        user = User.objects.create_user(username, password=PASSWORD, organisation=body, title="岗位")
        if role is not None:
            Grant.objects.create(user=user, role=Role(role).value, area_code=area)
        return user

    return make


@pytest.fixture
def body(city_folder: Path, db: None) -> Callable[..., Organisation]:
    """Make an organisation: ``body("unicom", "operator")``."""

    def make(code: str, kind: str = "operator", area: str = TOP, name: str | None = None) -> Organisation:
        made = Organisation.objects.create(code=code, kind=kind, area_code=area)
        OrganisationName.objects.create(organisation=made, name=name or code, since=AT.date())
        return made

    return make


def act(user: User | None, at: dt.datetime = AT, via: Via = "page") -> Act:
    """An act of ``user``."""
    return Act(actor=user, at=at, via=via)


def drop_triggers() -> None:
    """Take the database's own guard of the ledger away, as somebody with its password could."""
    from django.db import connection

    of_table = " ON platform_ledgerentry" if connection.vendor == "postgresql" else ""
    names = ("append_only", "no_truncate") if of_table else ("no_update", "no_delete")
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS ledger_{name}{of_table}")


@pytest.fixture(scope="module")
def triggers_back(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The ledger's triggers, made anew once the database of the module's last test was emptied."""
    from django.db import connection

    made = importlib.import_module("guangcheng.programme.platform.migrations.0002_append_only")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        if connection.vendor == "postgresql":
            for statement in made.POSTGRES:
                cursor.execute(statement.replace("CREATE", "CREATE OR REPLACE"))
        else:
            for statement in made.SQLITE:
                cursor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))


@pytest.fixture
def emptied(triggers_back: None, transactional_db: None) -> Iterator[None]:
    """For tests whose writes are really committed: the database is emptied at the end, which its triggers refuse."""
    yield
    drop_triggers()
