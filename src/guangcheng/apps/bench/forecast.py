"""How well the forecasts forecast: chosen on origins up to 2010, scored once on 2013 and 2014, beside naive and drift.

The rule of the countries is fixed: at least twelve observations, the years 2012, 2013 and 2014 among them, at least
5 subscriptions per 100 people in 2012. A second, wider list (eleven observations) shows how much hangs on the rule.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from guangcheng.base.errors import Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.planning.forecast import backtest, intervals, scenario
from guangcheng.planning.forecast.backtest import Case, Choice
from guangcheng.planning.forecast.methods import METHODS, context_of
from guangcheng.planning.forecast.series import Floats, series_of

WORLD = "owid_wb_broadband_per100_1998_2014.csv"
CHINA = "china_miit.csv"
ORIGINS = range(2005, 2011)
HELD_OUT, HORIZON = 2012, 2
ENOUGH = 5.0
"""Subscriptions per 100 people at the origin."""
CEILING = 40.0
"""Fixed lines per 100 people when every household of 2.5 persons has one."""
OBSERVATIONS, WIDER = 12, 11
TARGET = "drift"
COVERED = (72.0, 88.0)
Result = dict[str, Any]
Panel = dict[str, dict[int, float]]


def read_world(path: Path) -> Panel:
    """Subscriptions per 100 people by country and year from ``Entity, Year, value`` rows."""
    panel: Panel = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if number == 1:
                continue
            try:
                panel[row[0]][int(row[1])] = float(row[2])
            except (IndexError, ValueError):
                raise WrongFormat(
                    Text(zh="这一行不是“国家,年份,数值”", en="this row is not “country,year,value”"),
                    mend=Text(zh="给出 series 文件夹里的原文件", en="give the original file of the series folder"),
                    where=Where(file=path.name, row=number),
                ) from None
    return dict(panel)


def read_china(path: Path) -> Panel:
    """National totals by metric and year; rows marked unverified or as a mere lower bound are left out."""
    panel: Panel = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["verified"] in ("yes", "derived"):
                panel[row["metric"]][int(row["year_end"])] = float(row["value"])
    return dict(panel)


def eligible(panel: Mapping[str, Mapping[int, float]], observations: int) -> list[str]:
    """The countries of the rule, by name."""
    return sorted(
        name
        for name, values in panel.items()
        if len(values) >= observations and {2012, 2013, 2014} <= set(values) and values[2012] >= ENOUGH
    )


def run_forecast_bench(folder: Path, *, draws: int = 10_000, seed: int = 1) -> Result:
    """Choose on the past, score once, and say whether drift was beaten and the intervals were right."""
    world = read_world(folder / WORLD)
    main = _judged(world, OBSERVATIONS, draws, seed)
    wider = _judged(world, WIDER, draws, seed)
    aims = {
        "below_drift": main["held_out"][main["method"]]["median"] < main["held_out"][TARGET]["median"],
        "intervals": COVERED[0] <= main["intervals"]["empirical"] <= COVERED[1],
    }
    return {
        "rule": {
            "observations": OBSERVATIONS,
            "wider": WIDER,
            "per_100": ENOUGH,
            "ceiling_per_100": CEILING,
            "origins": list(ORIGINS),
            "held_out": [HELD_OUT + h for h in range(1, HORIZON + 1)],
            "draws": draws,
            "seed": seed,
        },
        **main,
        "wider": {key: wider[key] for key in ("count", "method", "held_out", "difference", "intervals")},
        "others": _others(world, {*main["countries"], *wider["countries"]}),
        "china": _china(read_china(folder / CHINA)),
        "targets_000": _targets(),
        "aims": aims,
        "met": all(aims.values()),
    }


def _judged(world: Panel, observations: int, draws: int, seed: int) -> Result:
    names = eligible(world, observations)
    panel = {name: world[name] for name in names}
    by_origin = {origin: _cases(panel, origin) for origin in ORIGINS}
    choice = backtest.choose(by_origin)
    held = _cases(panel, HELD_OUT)
    ahead = {method: backtest.forecasts_of(method, held) for method in METHODS}
    errors = {method: backtest.errors_of(ahead[method], held) for method in METHODS}
    low, high = backtest.paired_bootstrap(errors[choice.method], errors[TARGET], draws=draws, seed=seed)
    return {
        "countries": names,
        "count": len(names),
        "method": choice.method,
        "back_test": _back_test(choice, by_origin),
        "held_out": {
            method: {"median": _round(np.median(found)), "mean": _round(np.mean(found))}
            for method, found in errors.items()
        },
        "difference": {
            "against": TARGET,
            "median": _round(np.median(errors[choice.method]) - np.median(errors[TARGET])),
            "low": _round(low),
            "high": _round(high),
            "better_in": int((errors[choice.method] < errors[TARGET]).sum()),
        },
        "intervals": _contained(choice.method, by_origin, held, ahead[choice.method]),
    }


def _cases(panel: Panel, origin: int, enough: float = ENOUGH) -> list[Case]:
    return backtest.cases_at(panel, origin, horizon=HORIZON, ceiling=CEILING, enough=enough)


def _others(world: Panel, judged: set[str]) -> Result:
    """The combination and its intervals where nobody looked before: countries of neither list, from 1 per 100."""
    panel = {name: values for name, values in world.items() if name not in judged}
    by_origin = {origin: _cases(panel, origin, 1.0) for origin in ORIGINS}
    held = _cases(panel, HELD_OUT, 1.0)
    ahead = {method: backtest.forecasts_of(method, held) for method in ("combined", TARGET)}
    medians = {method: _round(np.median(backtest.errors_of(found, held))) for method, found in ahead.items()}
    return {
        "count": len(held),
        "held_out": medians,
        "intervals": _contained("combined", by_origin, held, ahead["combined"]),
    }


def _back_test(choice: Choice, by_origin: Mapping[int, list[Case]]) -> Result:
    return {
        "cases": {str(origin): len(cases) for origin, cases in by_origin.items()},
        "medians": {
            method: {
                **{str(origin): _round(value) for origin, value in found.items()},
                "mean": _round(choice.mean(method)),
            }
            for method, found in choice.medians.items()
        },
    }


def _contained(method: str, by_origin: Mapping[int, list[Case]], held: list[Case], ahead: Floats) -> Result:
    """How often the truth lay inside, of all held-out values, in %."""
    learnt = intervals.calibrate(method, by_origin, until=HELD_OUT)
    pace = intervals.contained(learnt, ahead, held)
    known = [cases for _, cases in sorted(by_origin.items())][-intervals.ORIGINS :]
    hits = np.zeros_like(pace)
    for h in range(HORIZON):
        past = np.concatenate([_signed(backtest.forecasts_of(method, cases), cases, h) for cases in known if cases])
        for k, case in enumerate(held):
            low, high = intervals.empirical(past, float(ahead[k, h]))
            hits[k, h] = low <= case.truth[h] <= high
    return {
        "level": round(100 * learnt.level),
        "empirical": _round(100 * hits.mean()),
        "empirical_by_year": [_round(100 * value) for value in hits.mean(axis=0)],
        "pace": _round(100 * pace.mean()),
        "pace_by_year": [_round(100 * value) for value in pace.mean(axis=0)],
        "rests_on": list(learnt.counts),
    }


def _signed(forecasts: Floats, cases: list[Case], h: int) -> Floats:
    return np.array([case.truth[h] / row[h] - 1 for row, case in zip(forecasts, cases, strict=True)])


def _china(panel: Panel) -> list[Result]:
    """One year ahead, wherever a national total has four years in a row: shown, too few to judge by."""
    rows = []
    for metric, values in sorted(panel.items()):
        for year in sorted(values):
            series = series_of(values, year - 1) if any(y < year for y in values) else None
            if series is None or series.last != year - 1 or series.values.size - len(series.filled) < 3:
                continue
            row: Result = {"metric": metric, "year": year, "value": values[year], "years": int(series.values.size)}
            for method in ("drift", "damped", "logistic", "gompertz"):
                named = METHODS[method]
                if series.values.size >= named.least:
                    found = float(named.forecast(series, 1, context_of())[0])
                    row[method] = _round(100 * abs(found / values[year] - 1))
            rows.append(row)
    return rows


def _targets() -> Result:
    """The table of targets of document 000 as scenarios: implied growth, implied bases, what cannot be."""
    from guangcheng.standards import library

    indicators = library.load("qinzhou-2015-broadband").indicators

    def values_of(name: str) -> dict[int, float]:
        item = indicators[name]
        dated = [(target.date, target.value) for target in item.targets]
        if item.baseline is not None:
            dated.append((item.baseline.date, item.baseline.value))
        return {day.year: float(value) for day, value in sorted(_known(dated))}

    growth = []
    for name in ("IND-000-01", "IND-000-02", "IND-000-05", "IND-000-10", "IND-000-14"):
        values = values_of(name)
        (start_year, start), (end_year, end) = min(values.items()), max(values.items())
        implied = scenario.implied_growth(start, end, end_year - start_year)
        growth.append(
            {
                "indicator": name,
                "name": {"zh": indicators[name].name.zh, "en": indicators[name].name.en},
                "values": {str(year): value for year, value in values.items()},
                "per_year": _round(implied.per_year),
                "percent_a_year": _round(100 * implied.rate),
            }
        )
    people = _bases(values_of("IND-000-05"), values_of("IND-000-07"))
    homes = _bases(values_of("IND-000-01"), values_of("IND-000-06"))
    flags = [
        *scenario.moving_base(people, Text(zh="人口（万）", en="population (10,000)")),
        *scenario.moving_base(homes, Text(zh="户数（万）", en="households (10,000)")),
        *(
            flag
            for year, users in values_of("IND-000-14").items()
            for flag in scenario.above_ceiling(
                {year: users}, people[year], Text(zh="推算人口（万）", en="implied population (10,000)")
            )
        ),
    ]
    return {
        "growth": growth,
        "implied_population": {str(year): _round(value) for year, value in people.items()},
        "implied_households": {str(year): _round(value) for year, value in homes.items()},
        "flags": [{"code": flag.code, "zh": flag.message.zh, "en": flag.message.en} for flag in flags],
    }


def _known(dated: list[tuple[date, float | None]]) -> list[tuple[date, float]]:
    return [(day, float(value)) for day, value in dated if value is not None]


def _bases(counts: Mapping[int, float], percents: Mapping[int, float]) -> dict[int, float]:
    return {year: scenario.implied_base(counts[year], percents[year]) for year in sorted(counts) if year in percents}


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), 2)
