"""The measures by name: what ``standards/measures.csv`` names, ``coverage`` computes here."""

from collections.abc import Mapping
from types import MappingProxyType

from guangcheng.coverage import (
    measures_areas,
    measures_claims,
    measures_network,
    measures_orders,
    measures_places,
    measures_statistics,
)
from guangcheng.coverage.measured import Measure, Measured, Params
from guangcheng.coverage.survey import Survey

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "places_capable": measures_places.places_capable,
        "natural_villages_passed": measures_areas.natural_villages_passed,
        "admin_villages_passed": measures_areas.admin_villages_passed,
        "premises_capable": measures_places.premises_capable,
        "townships_passed": measures_areas.townships_passed,
        "estate_buildings_capable": measures_places.estate_buildings_capable,
        "fibre_penetration": measures_statistics.fibre_penetration,
        "count_passed": measures_areas.count_passed,
        "streets_fully_covered": measures_places.streets_fully_covered,
        "urban_fibre_capability": measures_places.urban_fibre_capability,
        "natural_villages_covered": measures_places.natural_villages_covered,
        "natural_villages_passed_share": measures_areas.natural_villages_passed_share,
        "estates_passed_share": measures_areas.estates_passed_share,
        "demo_sites_count": measures_areas.demo_sites_count,
        "optical_coverage_rate": measures_claims.optical_coverage_rate,
        "reported_value": measures_areas.reported_value,
        "subscribers": measures_statistics.subscribers,
        "subscriber_share": measures_statistics.subscriber_share,
        "subscriber_penetration": measures_statistics.subscriber_penetration,
        "gigabit_household_coverage": measures_network.gigabit_household_coverage,
        "pon_10g_share": measures_network.pon_10g_share,
        "key_places_reached": measures_network.key_places_reached,
        "sites_per_10k": measures_network.sites_per_10k,
        "wireless_sites_count": measures_network.wireless_sites_count,
        "applications_selected": measures_areas.applications_selected,
        "villages_with_broadband": measures_claims.villages_with_broadband,
        "households_passed_ftth": measures_places.households_passed_ftth,
        "install_limit": measures_orders.install_limit,
        "expansion_limit": measures_orders.expansion_limit,
        "new_estates_ftth": measures_places.new_estates_ftth,
        "indicators_met": measures_areas.indicators_met,
    }
)


def take(survey: Survey, name: str, where: int, params: Params) -> Measured:
    """Take measure ``name`` of an area by number (-1 the whole), or of an estate by its row for estate measures."""
    return MEASURES[name](survey, where, params)
