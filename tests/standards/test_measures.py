"""The vocabulary shared with coverage, and the conversion of units."""

from fractions import Fraction

import pytest

from guangcheng.registers.schema import schemas
from guangcheng.standards.measures import Param, measures, scale
from guangcheng.standards.model import Level


def test_the_names_are_these() -> None:
    assert list(measures()) == [
        *("places_capable", "natural_villages_passed", "admin_villages_passed", "premises_capable"),
        *("townships_passed", "estate_buildings_capable", "fibre_penetration", "count_passed"),
        *("streets_fully_covered", "urban_fibre_capability", "natural_villages_covered"),
        *("natural_villages_passed_share", "estates_passed_share", "demo_sites_count", "optical_coverage_rate"),
        *("reported_value", "subscribers", "subscriber_share", "subscriber_penetration"),
        *("gigabit_household_coverage", "pon_10g_share", "key_places_reached", "sites_per_10k"),
        *("wireless_sites_count", "applications_selected", "villages_with_broadband", "households_passed_ftth"),
        *("install_limit", "expansion_limit", "new_estates_ftth", "indicators_met"),
    ]


def test_a_measure_is_read_whole() -> None:
    found = measures()["subscribers"]
    assert found.unit == "户"
    assert found.params == (
        Param("technologies", "list", required=True),
        Param("zone", "text", required=False),
        Param("tiers", "list", required=False),
        Param("customers", "list", required=False),
    )
    assert found.scope == (Level.STREET, Level.TOWN, Level.DISTRICT, Level.CITY)
    assert found.registers == ("subscriber_stats",)


def test_every_register_named_exists() -> None:
    named = {register for measure in measures().values() for register in measure.registers}
    assert named <= set(schemas())


def test_every_measure_says_what_it_is_in_both_languages() -> None:
    assert [name for name, item in measures().items() if not (item.title.zh and item.title.en and item.scope)] == []


@pytest.mark.parametrize(
    ("measured", "wanted", "factor"),
    [
        ("户", "万户", Fraction(1, 10_000)),
        ("万个", "个", Fraction(10_000)),
        ("个", "个", Fraction(1)),
        ("*", "Mbps", Fraction(1)),
        ("户", "万人", None),
        ("户", "个", None),
        ("m", "km", None),
    ],
)
def test_units(measured: str, wanted: str, factor: Fraction | None) -> None:
    assert scale(measured, wanted) == factor
