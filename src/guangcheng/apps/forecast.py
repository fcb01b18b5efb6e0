"""``forecast``: how a city's subscribers go on, how sure that is, and what its targets would take.

Yearly values are the register's states at the ends of Decembers, rolled up as an evaluation rolls them up; a city
without such statistics may have reported the indicator itself. The method is chosen by back-test on the area and the
areas right beneath it; where the years are too few it is said that it was not.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.apps import bootstrap
from guangcheng.apps.forecast_targets import Aim, aims_of, flags_of, reported_in, scenarios
from guangcheng.apps.shapes import text
from guangcheng.base.errors import InputError, UsageError, Where
from guangcheng.base.text import Text
from guangcheng.coverage.measures_statistics import subscribers
from guangcheng.coverage.survey import Survey
from guangcheng.planning.forecast.methods import METHODS
from guangcheng.planning.forecast.outlook import Outlook, outlook
from guangcheng.planning.forecast.series import series_of
from guangcheng.registers.city import City
from guangcheng.registers.schema import schema
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Standard

__all__ = ["KINDS", "ForecastAsked", "run_forecast"]

_REGISTER = "subscriber_stats"
KINDS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "fixed": (("fibre", "copper", "coax"), "households"),
    "fibre": (("fibre",), "households"),
    "mobile": (("mobile_2g", "mobile_3g", "mobile_4g", "mobile_5g"), None),
    "mobile-3g-4g": (("mobile_3g", "mobile_4g"), None),
    "mobile-5g": (("mobile_5g",), None),
}
"""Technologies, and the area fact that bounds their number: lines by households; a person may have two SIM cards."""
LONGEST = 30


@dataclass(frozen=True, slots=True)
class ForecastAsked:
    """What was asked on the command line; ``targets`` are (year, subscribers)."""

    kind: str = "fixed"
    tiers: tuple[str, ...] = ()
    zone: str | None = None
    area: str | None = None
    as_of: dt.date | None = None
    years: int = 5
    targets: tuple[tuple[int, float], ...] = ()
    standard: str | None = None
    ceiling: float | None = None


def run_forecast(city: City, asked: ForecastAsked) -> dict[str, Any]:
    """Forecast and hold against targets; the command's one object.

    ``InputError`` where no December of these subscribers is in the register, ``UsageError`` for wrong options.
    """
    day = bootstrap.as_of_day(city, asked.as_of)
    standard = _standard(city, asked)
    view = _with_history(city, city.view(day))
    history = _History(city, view, standard, asked)
    observed, lagging = history.observed(asked.area)
    basis = _REGISTER
    if not observed and _whole(asked):
        observed, basis = _reported(city, view, standard, asked), "indicator_values"
    if not observed:
        raise InputError(
            Text("台账里没有这类用户的年末数", "the register has no end of a year of these subscribers"),
            mend=Text("导入 12 月的用户统计", "import subscriber statistics of Decembers"),
            where=Where(file=_REGISTER, field="month"),
        )
    series = series_of(observed)
    ceiling = asked.ceiling if asked.ceiling is not None else history.ceiling(asked.area)
    aims = [aim for aim in _aims(standard, asked) if series.last < aim.year <= series.last + LONGEST]
    horizon = max([asked.years, *(aim.year - series.last for aim in aims)])
    ahead = outlook(observed, history.beneath(), horizon, ceiling)
    told = scenarios(series, ahead, aims, ceiling)
    flags = [*flags_of(observed, aims, ceiling, standard), *_gaps(series.filled, lagging)]
    return {
        "kind": asked.kind,
        "area": asked.area or city.config.area_code,
        "as_of": day.isoformat(),
        "basis": basis,
        "observed": {str(year): value for year, value in sorted(observed.items())},
        "ceiling": ceiling,
        "method": _method(ahead),
        "forecast": [
            {"year": series.last + h, "value": value, "low": low, "high": high}
            for h, (value, low, high) in enumerate(zip(ahead.values, ahead.low, ahead.high, strict=True), start=1)
        ],
        "level": ahead.level,
        "targets": told,
        "flags": flags,
    }


def _method(ahead: Outlook) -> dict[str, Any]:
    choice, errors = ahead.choice, {}
    if choice is not None:
        errors = {
            name: {"error": round(choice.mean(name), 2), "title": text(METHODS[name].title)} for name in choice.medians
        }
    return {
        "id": ahead.method,
        "title": text(METHODS[ahead.method].title),
        "back_tested": choice is not None,
        "series": ahead.tested,
        "origins": list(ahead.origins),
        "errors": errors,
        "note": text(ahead.note),
    }


def _standard(city: City, asked: ForecastAsked) -> Standard:
    named = asked.standard or next(iter(city.config.standards), None)
    if named is None:
        raise UsageError(
            Text("没有说按哪项标准的目标", "by which standard's targets is not said"),
            mend=Text("加 --standard，或在 city.toml 写 standards", "add --standard, or set standards in city.toml"),
        )
    return bootstrap.standard_of(city, named)


def _aims(standard: Standard, asked: ForecastAsked) -> Sequence[Aim]:
    """Targets of the command line, and those the standard sets for the whole city's subscribers of the kind."""
    own = [Aim(year, value, Text("命令行", "command line")) for year, value in asked.targets]
    return [*own, *aims_of(standard, KINDS[asked.kind][0])] if _whole(asked) else own


def _whole(asked: ForecastAsked) -> bool:
    """Whether all subscribers of the whole city are asked for, as the targets of a standard are."""
    return asked.area is None and not asked.tiers and asked.zone is None


def _reported(city: City, view: RegisterView, standard: Standard, asked: ForecastAsked) -> dict[int, float]:
    """Values of the indicator itself at the ends of years, as reported for the whole city."""
    found = {}
    factors = reported_in(standard, KINDS[asked.kind][0])
    for row in view.table("indicator_values").sort_by("as_of").to_pylist():
        day, factor = row["as_of"], factors.get(row["indicator_id"])
        whole = row["area_code"] == city.config.area_code and row["operator"] is None
        if factor is not None and whole and day <= view.as_of and (day.month, day.day) == (12, 31):
            found[day.year] = float(row["value"]) * factor
    return found


def _gaps(filled: Sequence[int], lagging: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
    found = [
        ("filled", Text(f"{year} 年没有年末数，按前后两年连线补上", f"{year} is missing and put on the line between"))
        for year in filled
    ]
    for year, operators in sorted(lagging.items()):
        named = "、".join(operators)
        found.append(
            (
                "lagging",
                Text(
                    f"{year} 年末缺 {named} 的数，用的是它更早的月份",
                    f"at the end of {year} {named} lacks; an earlier month stands for it",
                ),
            )
        )
    return [{"code": code, **text(message)} for code, message in found]


def _with_history(city: City, view: RegisterView) -> RegisterView:
    """The view with all months ever reported by its day: a later snapshot speaks for the months it holds."""
    infos = [info for info in city.registers.history(_REGISTER) if info.ref.as_of <= view.as_of]
    if len(infos) < 2:
        return view
    key = list(schema(_REGISTER).key)
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for info in infos:
        for row in city.registers.read(info.ref).to_pylist():
            rows[tuple(row[name] for name in key)] = row
    whole = pa.Table.from_pylist(list(rows.values()), schema=schema(_REGISTER).arrow)
    held = view.load

    def load(ref: Any, columns: Sequence[str] | None) -> pa.Table:
        if ref.register != _REGISTER:
            return held(ref, columns)
        return whole if columns is None else whole.select(list(columns))

    return replace(view, load=load)


class _History:
    """The city at the end of each year that has a December of the subscribers asked for."""

    def __init__(self, city: City, view: RegisterView, standard: Standard, asked: ForecastAsked) -> None:
        self.technologies, self.fact = KINDS[asked.kind]
        self.params: dict[str, Any] = {"technologies": list(self.technologies)}
        if asked.tiers:
            self.params["tiers"] = list(asked.tiers)
        if asked.zone:
            self.params["zone"] = asked.zone
        self.area = asked.area
        calendar = bootstrap.calendar_of(city)
        self.surveys = {
            year: Survey(view, standard, as_of=dt.date(year, 12, 31), calendar=calendar)
            for year in _decembers(view, self.technologies)
        }

    @property
    def last(self) -> Survey:
        """The city at the end of the last year."""
        return self.surveys[max(self.surveys)]

    def observed(self, area: str | None) -> tuple[dict[int, float], dict[int, list[str]]]:
        """Subscribers by year, and per year the operators whose December lacks."""
        found, lagging = {}, {}
        for year, survey in self.surveys.items():
            at = _number(survey, area)
            if at is None:
                continue
            measured = subscribers(survey, at, self.params)
            rows: list[Mapping[str, Any]] = [row for member in measured.members(None) for row in member.rows]
            if not isinstance(measured.numerator, int) or not any(row["month"].year == year for row in rows):
                continue
            found[year] = float(measured.numerator)
            late = sorted({row["operator"] for row in rows if (row["month"].year, row["month"].month) != (year, 12)})
            if late:
                lagging[year] = [schema(_REGISTER).field("operator").word(name).zh for name in late]
        return found, lagging

    def ceiling(self, area: str | None) -> float | None:
        """Households of the area at the end of the last year, where they bound the subscribers."""
        at = _number(self.last, area) if self.surveys else None
        if self.fact is None or at is None:
            return None
        known = self.last.facts.of(self.fact, at)
        return float(known) if known else None

    def beneath(self) -> list[tuple[dict[int, float], float | None]]:
        """Values and ceilings of the areas right beneath, for the back-test."""
        if not self.surveys:
            return []
        tree = self.last.tree
        at = _number(self.last, self.area)
        children = tree.roots if at is None or at < 0 else tree.children[at]
        if len(children) == 1:
            children = tree.children[children[0]]
        codes = [tree.areas[child].code for child in children]
        return [(self.observed(code)[0], self.ceiling(code)) for code in codes]


def _number(survey: Survey, area: str | None) -> int | None:
    """Number of an area in a survey's tree, -1 the whole; ``None`` where it was not there on that day."""
    if area is None:
        return -1
    return next((one.index for one in survey.tree.areas if one.code == area), None)


def _decembers(view: RegisterView, technologies: Sequence[str]) -> list[int]:
    table = view.table(_REGISTER, ("month", "technology"))
    table = table.filter(pc.is_in(table["technology"], value_set=pa.array(list(technologies), pa.string())))
    months = {month for month in table["month"].to_pylist() if month.month == 12}
    return sorted({month.year for month in months if month <= view.as_of})
