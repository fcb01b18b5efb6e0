"""Measures of the network itself: PON ports, 5G sites, key places."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.text import Text
from guangcheng.coverage.measured import (
    Measured,
    Member,
    Params,
    count,
    listed,
    nothing,
    ratio,
    register_gap,
    share,
    words,
)
from guangcheng.coverage.measures_statistics import fact_members, missing_fact
from guangcheng.coverage.results import DataGap
from guangcheng.coverage.rolling import Monthly, Row, monthly
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.tree import in_force
from guangcheng.coverage.verdicts import FAILED, PASSED, UNKNOWN, tally

TOTAL = "-"
"""``olt_id`` of a row that is an operator's total for the area."""

_PORTS = ("olt_id", "ports_total", "ports_10g", "households_gigabit", "zone")


def _ports(survey: Survey, params: Params) -> Monthly:
    zone = words(params, "zone")
    keep = {"zone": zone} if zone else {}
    return survey.kept(("ports", zone), lambda: monthly(survey, "pon_ports", _PORTS, keep))


def _port_members(survey: Survey, rows: Iterable[Row]) -> Iterator[Member]:
    for row in rows:
        place = survey.tree.areas[row["area"]]
        label = f"{row['operator']} {place.name} OLT {row['olt_id']} {row['month'].isoformat()[:7]}"
        yield Member(Text(label, label), rows=({name: value for name, value in row.items() if name != "area"},))


def _no_ports(survey: Survey, area: int) -> Measured:
    code = survey.area_code if area < 0 else survey.tree.areas[area].code
    gap = DataGap("statistics", code, Text(zh="没有 PON 端口统计", en="there are no PON port statistics"))
    return nothing(*register_gap(survey, "pon_ports") or (gap,))


def _totals_or_olts(rows: Iterable[Row]) -> list[Row]:
    """Per operator and area the total where one is given, else the single OLTs."""
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["operator"], row["area"], row["zone"]), []).append(row)
    return [row for group in groups.values() for row in ([r for r in group if r["olt_id"] == TOTAL] or group)]


def pon_10g_share(survey: Survey, area: int, params: Params) -> Measured:
    """10G-PON ports ÷ all PON ports of the zone, over all operators (RUL-003-02, U-14)."""
    found = _ports(survey, params)
    rows = _totals_or_olts(row for operator in found.operators for row in found.of(operator, area))
    if not rows:
        return _no_ports(survey, area)
    lower = sum(row["ports_total"] for row in rows)
    fast = [row["ports_10g"] for row in rows]
    upper = None if None in fast else sum(fast)
    return ratio(upper, lower, "端口", members=listed(lambda: _port_members(survey, rows)))


def gigabit_household_coverage(survey: Survey, area: int, params: Params) -> Measured:
    """Households a gigabit can reach ÷ urban households, never capped (RUL-003-01, U-13).

    Operators' households overlap: per area and OLT the largest figure of any operator counts, never their sum; an
    operator's own total for the area stands against the sum of the others' OLTs.
    """
    found = _ports(survey, params)
    rows = [row for operator in found.operators for row in found.of(operator, area)]
    known = [row for row in rows if row["households_gigabit"] is not None]
    if not known:
        return _no_ports(survey, area)
    upper = _union(survey, found, area)
    lower = survey.facts.of("urban_households", area)
    gaps = () if lower is not None else (missing_fact(survey, area, "urban_households"),)

    def members() -> Iterator[Member]:
        yield from _port_members(survey, known)
        yield from fact_members(survey, area, "urban_households")

    return ratio(upper, lower, "户", members=listed(members), gaps=gaps)


def _union(survey: Survey, found: Monthly, area: int) -> int:
    """Households reached by any operator in ``area`` (-1 the whole)."""
    own = [row for operator in found.operators for row in found.own(operator, area, int(found.months[operator][area]))]
    if not own:
        return sum(_union(survey, found, child) for child in found.children[area])
    reporting = {row["operator"] for row in own}
    others = [
        sum(row["households_gigabit"] or 0 for row in _totals_or_olts(found.of(operator, area)))
        for operator in found.operators
        if operator not in reporting
    ]
    return max([_union_at(own), *others])


def _union_at(rows: Iterable[Row]) -> int:
    """Largest of the operators' totals, and of the single OLTs each taken at its largest."""
    totals, olts = [0], dict[str, int]()
    for row in rows:
        households = row["households_gigabit"] or 0
        if row["olt_id"] == TOTAL:
            totals.append(households)
        else:
            olts[row["olt_id"]] = max(olts.get(row["olt_id"], 0), households)
    return max(*totals, sum(olts.values()))


def _services(survey: Survey, generations: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """Services of ``generations`` in use on sites in use, inside the scope, each with the number of its area."""

    def make() -> list[Mapping[str, Any]]:
        view, on = survey.whole_view, survey.as_of
        sites = view.table("wireless_sites", ("site_id", "area_code", "in_service_from", "in_service_to"))
        sites = sites.filter(in_force(sites, "in_service_from", "in_service_to", on))
        areas = dict(zip(sites["site_id"].to_pylist(), survey.tree.numbers(sites["area_code"]).tolist(), strict=True))
        table = view.table(
            "wireless_services",
            ("service_id", "site_id", "operator", "generation", "in_service_from", "in_service_to"),
        )
        wanted = pc.is_in(table["generation"], value_set=pa.array(list(generations), pa.string()))
        table = table.filter(pc.and_(in_force(table, "in_service_from", "in_service_to", on), wanted))
        rows = [row | {"area": areas[row["site_id"]]} for row in table.to_pylist() if row["site_id"] in areas]
        return sorted(rows, key=lambda row: str(row["service_id"]))

    return survey.kept(("services", generations), make)


def _in_area(survey: Survey, area: int) -> set[int]:
    """Numbers of the areas under ``area``; the whole has the sites without a known area too."""
    return {-1, *range(len(survey.tree))} if area < 0 or survey.tree.roots == (area,) else {*survey.tree.below(area)}


def _sites(survey: Survey, area: int, params: Params, counted: str) -> tuple[int, list[Mapping[str, Any]]]:
    there = _in_area(survey, area)
    rows = [row for row in _services(survey, words(params, "generations")) if row["area"] in there]
    keys = {(row["site_id"], row["operator"] if counted == "per_operator" else "") for row in rows}
    return len(keys), rows


def _site_members(rows: Iterable[Mapping[str, Any]]) -> Iterator[Member]:
    for row in rows:
        label = f"{row['site_id']} {row['operator']} {row['generation']}"
        yield Member(Text(label, label), rows=({name: value for name, value in row.items() if name != "area"},))


def sites_per_10k(survey: Survey, area: int, params: Params) -> Measured:
    """Sites in service ÷ resident population × 10,000; a shared site counts ``once`` or ``per_operator`` (U-16)."""
    missing = register_gap(survey, "wireless_sites", "wireless_services")
    if missing:
        return nothing(*missing)
    counted = str(params.get("count_shared_as") or survey.parameter("count_shared_as", "once"))
    number, rows = _sites(survey, area, params, counted)
    people = survey.facts.of("population", area)
    gaps = () if people is not None else (missing_fact(survey, area, "population"),)

    def members() -> Iterator[Member]:
        yield from _site_members(rows)
        yield from fact_members(survey, area, "population")

    return ratio(number, people, "站址", per=10_000, members=listed(members), gaps=gaps)


def wireless_sites_count(survey: Survey, area: int, params: Params) -> Measured:
    """Sites in service that carry any of the generations; a shared site counts once."""
    missing = register_gap(survey, "wireless_sites", "wireless_services")
    if missing:
        return nothing(*missing)
    number, rows = _sites(survey, area, params, "once")
    return count(number, "站址", members=listed(lambda: _site_members(rows)))


def key_places_reached(survey: Survey, area: int, params: Params) -> Measured:
    """Listed key places where the latest test of at least one operator passed (RUL-003-03, U-15).

    A place nobody has tested has no answer.
    """
    missing = register_gap(survey, "key_places")
    if missing:
        return nothing(*missing)
    there = _in_area(survey, area)
    places = [place for place in _key_places(survey) if place["area"] in there]
    tests = _latest_tests(survey, words(params, "generations"))

    def state(place: Mapping[str, Any]) -> int:
        passed = [test["passed"] for test in tests.get(place["place_id"], ())]
        return UNKNOWN if not passed else (PASSED if any(passed) else FAILED)

    def members() -> Iterator[Member]:
        for place in places:
            rows = tuple(tests.get(place["place_id"], ()))
            yield Member(Text(place["name"], place["name"]), state(place), rows=rows)

    return share(tally(map(state, places)), "场所", members=listed(members))


def _key_places(survey: Survey) -> list[Mapping[str, Any]]:
    def make() -> list[Mapping[str, Any]]:
        table = survey.whole_view.table("key_places", ("place_id", "name", "area_code", "listed_from", "listed_to"))
        table = table.filter(in_force(table, "listed_from", "listed_to", survey.as_of))
        areas = survey.tree.numbers(table["area_code"]).tolist()
        rows = [row | {"area": area} for row, area in zip(table.to_pylist(), areas, strict=True)]
        return sorted(rows, key=lambda row: str(row["place_id"]))

    return survey.kept("key places", make)


def _latest_tests(survey: Survey, generations: tuple[str, ...]) -> dict[str, list[Mapping[str, Any]]]:
    """Per place the latest test of each operator by the day; the highest test id settles two on one day."""

    def make() -> dict[str, list[Mapping[str, Any]]]:
        columns = ("test_id", "place_id", "operator", "generation", "tested_on", "passed", "criterion")
        table = survey.whole_view.table("key_place_tests", columns)
        done = pc.less_equal(table["tested_on"], pa.scalar(survey.as_of, pa.date32()))
        wanted = pc.is_in(table["generation"], value_set=pa.array(list(generations), pa.string()))
        rows = table.filter(pc.and_(done, wanted)).to_pylist()
        rows.sort(key=lambda row: (row["tested_on"], str(row["test_id"])))
        latest = {(row["place_id"], row["operator"]): row for row in rows}
        found: dict[str, list[Mapping[str, Any]]] = {}
        for (place, _), row in sorted(latest.items()):
            found.setdefault(place, []).append(row)
        return found

    return survey.kept(("tests", generations), make)
