"""The tiny city, made once; tests that change it make their own."""

from pathlib import Path

import pytest

from guangcheng.registers.city import City
from tests.registers.intake.town import make_city


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city nobody writes to."""
    return make_city(tmp_path_factory.mktemp("town") / "city")


@pytest.fixture
def own_town(tmp_path: Path) -> City:
    """A city of one's own."""
    return make_city(tmp_path / "city")
