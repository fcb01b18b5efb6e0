"""Targets as scenarios beside a forecast: what growth they imply, whether it was ever seen, what cannot be true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from guangcheng.apps.shapes import text
from guangcheng.base.text import Text
from guangcheng.planning.forecast.outlook import Outlook
from guangcheng.planning.forecast.scenario import (
    Flag,
    above_ceiling,
    implied_base,
    implied_growth,
    moving_base,
    path_to,
)
from guangcheng.planning.forecast.series import Series
from guangcheng.standards.model import Standard

__all__ = ["Aim", "aims_of", "flags_of", "reported_in", "scenarios"]

_UNITS = {"万户": 1e4, "户": 1.0, "万人": 1e4, "人": 1.0}
_CEILING = Text("上限", "ceiling")
_BASES = {"households": Text("户数", "households"), "population": Text("人口", "population")}


@dataclass(frozen=True, slots=True)
class Aim:
    """A number of subscribers to be reached by the end of a year, and who says so."""

    year: int
    value: float
    source: Text


def _all(standard: Standard, measure: str) -> list[Any]:
    """Indicators of all subscribers of some technologies: not of a zone, tier or kind of customer."""
    return [
        item
        for item in standard.indicators.values()
        if item.measure == measure
        and "technologies" in item.params
        and not {"zone", "tiers", "customers"} & set(item.params)
    ]


def _matching(standard: Standard, measure: str, technologies: Sequence[str]) -> list[Any]:
    return [item for item in _all(standard, measure) if set(item.params["technologies"]) == set(technologies)]


def _values(item: Any) -> dict[int, float]:
    """Baseline and targets by year, in the indicator's unit."""
    dated = [(item.baseline.date, item.baseline.value)] if item.baseline is not None else []
    dated += [(target.date, target.value) for target in item.targets]
    return {day.year: float(value) for day, value in dated if day is not None and value is not None}


def aims_of(standard: Standard, technologies: Sequence[str]) -> list[Aim]:
    """The standard's targets for all subscribers of the technologies, in subscribers."""
    return [
        Aim(
            target.date.year,
            float(target.value) * _UNITS[item.unit],
            Text(str(target.source.as_clause()), str(target.source.as_clause())),
        )
        for item in _matching(standard, "subscribers", technologies)
        for target in item.targets
        if target.date is not None and target.value is not None and item.unit in _UNITS
    ]


def reported_in(standard: Standard, technologies: Sequence[str]) -> dict[str, float]:
    """Ids of the standard's indicators of all subscribers of the technologies, and how many one of their units is."""
    same = _matching(standard, "subscribers", technologies)
    return {
        name: _UNITS[item.unit] for name, item in standard.indicators.items() if item in same and item.unit in _UNITS
    }


def scenarios(series: Series, ahead: Outlook, aims: Sequence[Aim], ceiling: float | None) -> list[dict[str, Any]]:
    """Each aim with the growth it implies from the last value, the fastest growth seen, and the way to it."""
    now = float(series.values[-1])
    seen = [after / before - 1 for before, after in pairwise(series.values.tolist()) if before > 0]
    told = []
    for aim in sorted(aims, key=lambda aim: (aim.year, aim.value)):
        years = aim.year - series.last
        growth = implied_growth(now, aim.value, years) if now > 0 and aim.value > 0 else None
        below = ceiling is not None and 0 < now < ceiling and 0 < aim.value < ceiling
        forecast = ahead.values[years - 1]
        told.append(
            {
                "year": aim.year,
                "value": aim.value,
                "source": text(aim.source),
                "per_year": None if growth is None else round(growth.per_year, 1),
                "percent_a_year": None if growth is None else round(100 * growth.rate, 2),
                "fastest_seen_percent": round(100 * max(seen), 2) if seen else None,
                "forecast": forecast,
                "reached": forecast >= aim.value,
                "path": [round(float(value), 1) for value in path_to(now, aim.value, years, ceiling)]
                if below and ceiling is not None
                else None,
            }
        )
    return told


def flags_of(
    observed: Mapping[int, float], aims: Sequence[Aim], ceiling: float | None, standard: Standard
) -> list[dict[str, Any]]:
    """What cannot be true as it stands: numbers above the ceiling, targets that imply several populations."""
    found: list[Flag] = []
    if ceiling is not None:
        found += above_ceiling(observed, ceiling, _CEILING)
        for aim in aims:
            found += above_ceiling({aim.year: aim.value}, ceiling, _CEILING)
    found += _several_bases(standard)
    return [{"code": flag.code, **text(flag.message)} for flag in found]


def _several_bases(standard: Standard) -> list[Flag]:
    """Households and people that numbers and penetrations of the same subscribers imply, where they cannot be."""
    found: list[Flag] = []
    for count in _all(standard, "subscribers"):
        for share in _matching(standard, "subscriber_penetration", count.params["technologies"]):
            counts, shares = _values(count), _values(share)
            bases = {year: implied_base(counts[year], shares[year]) for year in counts if shares.get(year, 0) > 0}
            what, tens = _BASES[str(share.params["fact"])], count.unit.startswith("万")
            found += moving_base(
                bases,
                Text(
                    f"{what.zh}（{'万，' if tens else ''}{count.name.zh} ÷ {share.name.zh}）",
                    f"{what.en} ({'10,000; ' if tens else ''}{count.name.en} ÷ {share.name.en})",
                ),
            )
    return found
