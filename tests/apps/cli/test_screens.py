"""What people read on the terminal says what is known, and says nothing where nothing is."""

import pytest

from guangcheng.apps.cli import screens
from guangcheng.base.text import Lang
from tests.coverage.small_cities import City, district
from tests.coverage.test_evaluate import run


def lines(city: City, lang: Lang) -> list[str]:
    return screens.evaluation(run(city.view()), lang).splitlines()


@pytest.fixture
def city() -> City:
    made = City()
    town = made.area("441802101", "township", district(made), subtype="town", name="甲镇")
    village = made.area("441802101201", "admin_village", town)
    made.village("441802101201001", village, [1, 0])
    return made


def test_a_reference_without_statistics_is_a_dash(city: City) -> None:
    row = next(line for line in lines(city, "zh") if line.startswith("441802101 "))
    assert row.split()[-3:] == ["0/1", "0.0%", "—"]


@pytest.mark.parametrize(("lang", "shown"), [("zh", "宽带覆盖申报（claims）"), ("en", "claims")])
def test_a_missing_register_is_called_by_title_and_name(city: City, lang: Lang, shown: str) -> None:
    row = next(line for line in lines(city, lang) if line.startswith(("缺少台账", "register missing")))
    assert row.split()[-1].split("、")[0] == shown
