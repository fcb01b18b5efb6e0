"""Measures from operators' subscriber statistics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guangcheng.base.text import Text
from guangcheng.coverage.measured import Measured, Member, Params, count, listed, nothing, ratio, register_gap, words
from guangcheng.coverage.results import DataGap
from guangcheng.coverage.rolling import Monthly, Row, monthly
from guangcheng.coverage.survey import Survey
from guangcheng.registers.schema import schema

FIXED = ("fibre", "copper", "coax")
"""Fixed broadband: the denominator of penetration (RUL-001-03)."""

_COLUMNS = ("technology", "tier", "customer", "zone", "subscribers")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which subscribers: technologies, and optionally tiers, kinds of customer, a zone."""

    technologies: tuple[str, ...]
    tiers: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    zone: str | None = None


def _statistics(survey: Survey, wanted: Wanted) -> Monthly:
    keep: dict[str, Sequence[str]] = {"technology": wanted.technologies}
    if wanted.customers:
        keep["customer"] = wanted.customers
    if wanted.zone:
        keep["zone"] = (wanted.zone,)
    key = ("statistics", wanted.technologies, wanted.customers, wanted.zone)
    return survey.kept(key, lambda: monthly(survey, "subscriber_stats", _COLUMNS, keep))


_KEY = ("operator", "area", "technology", "customer")


def _everybody(rows: Iterable[Row]) -> list[Row]:
    """Rows without double counting: where a total stands beside its parts (by tier, by zone), only the total."""
    rows = list(rows)
    if all(row["tier"] == "all" and row["zone"] == "all" for row in rows):
        return rows
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in _KEY), []).append(row)
    return [row for group in groups.values() for row in _without_parts(group)]


def _without_parts(group: list[Row]) -> list[Row]:
    for names in (("zone", "tier"), ("zone",), ("tier",)):
        totals = [row for row in group if all(row[name] == "all" for name in names)]
        if totals:
            return totals
    return group


def _in_tiers(rows: Sequence[Row], tiers: Sequence[str]) -> list[Row] | None:
    """Rows of ``tiers``; ``None`` when nobody split these rows by tier."""
    if rows and all(row["tier"] == "all" for row in rows):
        return None
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row["tier"] in tiers:
            groups.setdefault((*(row[name] for name in _KEY), row["tier"]), []).append(row)
    return [row for group in groups.values() for row in _without_parts(group)]


def _rows(survey: Survey, area: int, wanted: Wanted) -> dict[str, tuple[Row, ...]]:
    found = _statistics(survey, wanted)
    rows = {operator: found.of(operator, area) for operator in found.operators}
    return {operator: own for operator, own in rows.items() if own}


def _sum(rows: Iterable[Row]) -> int:
    return sum(row["subscribers"] for row in rows)


def _members(survey: Survey, rows: Sequence[Row]) -> Iterator[Member]:
    columns = schema("subscriber_stats")
    for row in rows:
        place, month = survey.tree.areas[row["area"]], row["month"].isoformat()[:7]
        operator, technology, tier = (
            columns.field(name).word(row[name]) for name in ("operator", "technology", "tier")
        )
        label = Text(
            zh=f"{operator.zh} {place.name} {month} {technology.zh} {tier.zh}",
            en=f"{operator.en} {place.name} {month} {technology.en} {tier.en}",
        )
        shown = {name: value for name, value in row.items() if name != "area"}
        yield Member(label, rows=(shown,), note=str(row["subscribers"]))


def _no_statistics(survey: Survey, area: int) -> DataGap:
    code = survey.area_code if area < 0 else survey.tree.areas[area].code
    name = code if area < 0 else survey.tree.areas[area].name
    return DataGap(
        kind="statistics",
        where=code,
        message=Text(zh=f"“{name}”没有用户统计", en=f"{name} has no subscriber statistics"),
    )


def fibre_penetration(survey: Survey, area: int, params: Params) -> Measured:
    """Fibre subscribers ÷ all fixed broadband subscribers, over all operators (RUL-001-03); 0/0 has no value."""
    zone = str(params["zone"]) if "zone" in params else None
    return subscriber_share_of(survey, area, Wanted(("fibre",), zone=zone), FIXED)


def subscriber_share_of(survey: Survey, area: int, wanted: Wanted, of: tuple[str, ...]) -> Measured:
    """Subscribers ``wanted`` ÷ all subscribers of the technologies ``of``."""
    everything = Wanted(
        (*of, *(name for name in wanted.technologies if name not in of)), (), wanted.customers, wanted.zone
    )
    by_operator = _rows(survey, area, everything)
    if not by_operator:
        return nothing(*register_gap(survey, "subscriber_stats") or (_no_statistics(survey, area),))
    upper: list[Row] = []
    gaps = []
    for operator, rows in by_operator.items():
        own = [row for row in rows if row["technology"] in wanted.technologies]
        part = _in_tiers(own, wanted.tiers) if wanted.tiers else _everybody(own)
        if part is None:
            gaps.append(_no_tiers(survey, area, operator))
        upper += part or []
    lower = _everybody(row for rows in by_operator.values() for row in rows if row["technology"] in of)
    total = None if gaps else _sum(upper)
    return ratio(total, _sum(lower), "用户", members=listed(lambda: _members(survey, lower)), gaps=tuple(gaps))


def _no_tiers(survey: Survey, area: int, operator: str) -> DataGap:
    code = survey.area_code if area < 0 else survey.tree.areas[area].code
    return DataGap(
        kind="statistics",
        where=code,
        message=Text(
            zh=f"{operator} 的用户统计没有分速率档，无法计算占比",
            en=f"the statistics of {operator} are not split by speed tier, so the share cannot be told",
        ),
    )


def subscribers(survey: Survey, area: int, params: Params) -> Measured:
    """Subscribers of the listed technologies over all operators, latest month by the day."""
    zone = str(params["zone"]) if "zone" in params else None
    wanted = Wanted(words(params, "technologies"), words(params, "tiers"), words(params, "customers"), zone)
    by_operator = _rows(survey, area, wanted)
    if not by_operator:
        return nothing(*register_gap(survey, "subscriber_stats") or (_no_statistics(survey, area),))
    rows = [row for own in by_operator.values() for row in own]
    if not wanted.tiers:
        chosen: list[Row] | None = _everybody(rows)
    else:
        chosen = _in_tiers(rows, wanted.tiers)
    if chosen is None:
        return nothing(*(_no_tiers(survey, area, operator) for operator in by_operator))
    held = chosen
    return count(_sum(held), "户", members=listed(lambda: _members(survey, held)))


def subscriber_share(survey: Survey, area: int, params: Params) -> Measured:
    """Subscribers of technologies and tiers ÷ all of ``of_technologies`` (RUL-003-05, RUL-003-06)."""
    mobile = words(params, "technologies") == ("mobile_5g",)
    if mobile and survey.parameter("g5_share_basis", "users") != "users":
        return nothing(_no_market_share(survey))
    wanted = Wanted(words(params, "technologies"), words(params, "tiers"), words(params, "customers"))
    return subscriber_share_of(survey, area, wanted, words(params, "of_technologies"))


def _no_market_share(survey: Survey) -> DataGap:
    return DataGap(
        kind="statistics",
        where=survey.area_code,
        message=Text(
            zh="口径选为市场占有率，用户统计中没有这个数，须上报",
            en="the basis chosen is market share, which subscriber statistics do not hold: report it",
        ),
    )


def subscriber_penetration(survey: Survey, area: int, params: Params) -> Measured:
    """Subscribers of technologies ÷ an area fact (households or population); never capped (C-13, C-14)."""
    found = subscribers(survey, area, params)
    fact = str(params["fact"])
    below = survey.facts.of(fact, area)
    gaps = found.gaps
    if below is None:
        gaps = (*gaps, missing_fact(survey, area, fact))
    top = found.numerator if isinstance(found.numerator, int) else None

    def members() -> Iterator[Member]:
        yield from found.members(None)
        yield from fact_members(survey, area, fact)

    return ratio(top, below, "户", members=listed(members), gaps=gaps)


def fact_members(survey: Survey, area: int, fact: str) -> Iterator[Member]:
    """The rows of area facts that a denominator comes from."""
    title = schema("area_facts").field(fact).title
    for row in survey.facts.rows(fact, area):
        place = survey.tree.areas[survey.tree.index[str(row["area_code"])]].name
        label = Text(zh=f"{place} {title.zh} {row['as_of']}", en=f"{place} {title.en} {row['as_of']}")
        yield Member(label, rows=(row,), note=str(row[fact]))


def missing_fact(survey: Survey, area: int, fact: str) -> DataGap:
    """A gap for a dated count the area lacks."""
    code = survey.area_code if area < 0 else survey.tree.areas[area].code
    title = schema("area_facts").field(fact).title
    kind = "missing_households" if "households" in fact else "missing_population"
    return DataGap(
        kind=kind,
        where=code,
        message=Text(zh=f"区域基数缺少“{title.zh}”", en=f"the area facts lack “{title.en}”"),
    )
