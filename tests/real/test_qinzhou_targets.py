"""The target table of document 000, evaluated from its published baseline, every status worked out here by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.results import IndicatorResult
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.importing import ImportOptions, import_files
from guangcheng.standards import library
from tests.real import own
from tests.real.published import LISTED, import_areas

STANDARD = library.load("qinzhou-2015-broadband")
CITY = "450700"
BASE, PHASE, FINAL = date(2014, 12, 31), date(2015, 12, 31), date(2020, 12, 31)

# 000 目标表: indicator → value at the end of 2014, target for 2015, target for 2020.
TABLE: Mapping[str, tuple[str, str, str]] = {
    "IND-000-01": ("37", "50", "110"),
    "IND-000-02": ("11", "30", "100"),
    "IND-000-03": ("25", "33", "75"),
    "IND-000-04": ("12", "17", "35"),
    "IND-000-05": ("80", "115", "270"),
    "IND-000-06": ("44", "55", "80"),
    "IND-000-07": ("24", "50", "75"),
    "IND-000-08": ("20", "20", "50"),
    "IND-000-09": ("4", "4", "12"),
    "IND-000-10": ("33", "50", "110"),
    "IND-000-11": ("0.17", "0.36", "0.8"),
    "IND-000-12": ("95", "100", "100"),
    "IND-000-13": ("98", "99", "100"),
    "IND-000-14": ("230", "250", "350"),
    "IND-000-15": ("100", "105", "150"),
}
NO_BASELINE = {"IND-000-16", "IND-000-17", "IND-000-18", "IND-000-19", "IND-000-20", "IND-000-21"}
AT_BASELINE = {"IND-000-08", "IND-000-09"}
"""Their target of 2015 is their value of 2014 (C-15)."""

# What the statuses must be if nothing newer than the baseline is known.
BY_DAY: Mapping[date, Mapping[str, str]] = {
    BASE: dict.fromkeys(TABLE, "on_track"),
    date(2015, 12, 30): dict.fromkeys(TABLE, "on_track"),
    PHASE: {name: "on_track" if name in AT_BASELINE else "behind" for name in TABLE},
    date(2016, 1, 1): {name: "on_track" if name in AT_BASELINE else "behind" for name in TABLE},
    date(2020, 12, 30): {name: "on_track" if name in AT_BASELINE else "behind" for name in TABLE},
    FINAL: dict.fromkeys(TABLE, "behind"),
    date(2021, 1, 1): dict.fromkeys(TABLE, "missed"),
    LISTED: dict.fromkeys(TABLE, "missed"),
}


def city_alone(folder: Path) -> City:
    """A city of one area: all that the target table needs."""
    city = City.create(folder / "city", CityConfig(name="钦州市", area_code=CITY, crs="EPSG:4545", as_of=BASE))
    areas = folder / "areas.csv"
    areas.write_text(f"代码,名称,层级\n{CITY},钦州市,市\n", encoding="utf-8")
    import_files(city, "areas", [areas])
    return city


@dataclass(frozen=True)
class Case:
    """A city and the code of its topmost area."""

    city: City
    code: str
    since: date
    """The first day its areas are known."""


@pytest.fixture(
    scope="module",
    params=["alone", "own", pytest.param("published", marks=pytest.mark.needs_shared)],
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """One area, a small hierarchy of our own, the published hierarchy of 钦州."""
    work = tmp_path_factory.mktemp(request.param)
    if request.param == "alone":
        return Case(city_alone(work), CITY, BASE)
    if request.param == "own":
        folder = own.write(work / "published")
        return Case(import_areas(folder, work, name=own.NAME, code=own.CODE, crs=own.CRS).city, own.CODE, LISTED)
    folder = request.getfixturevalue("shared") / "data/cn_qinzhou"
    return Case(import_areas(folder, work, name="钦州市", code=CITY, crs="EPSG:4545").city, CITY, LISTED)


def run(city: City, on: date) -> dict[str, IndicatorResult]:
    found = evaluate(city.view(on), STANDARD, as_of=on, calendar=WorkingCalendar())
    return {item.id: item for item in found.indicators}


@pytest.fixture
def alone(tmp_path: Path) -> City:
    return city_alone(tmp_path)


def test_the_library_has_the_table_as_printed() -> None:
    table = {
        name: (item.baseline.value, *(target.value for target in item.targets))
        for name, item in STANDARD.indicators.items()
        if item.baseline is not None
    }
    assert {name: tuple(Decimal(str(value)) for value in row) for name, row in table.items()} == {
        name: tuple(Decimal(value) for value in row) for name, row in TABLE.items()
    }


@pytest.mark.parametrize("day", BY_DAY, ids=str)
def test_statuses_from_the_baseline_alone(case: Case, day: date) -> None:
    found = run(case.city, day)
    assert {name: found[name].status.value for name in TABLE} == BY_DAY[day]
    assert {name: found[name].status.value for name in NO_BASELINE} == dict.fromkeys(NO_BASELINE, "no_data")
    assert set(found) == TABLE.keys() | NO_BASELINE
    # the published list describes 2023: before that the city has no areas, and the figures stand for the whole
    assert {item.area for item in found.values()} == {case.code if case.since <= day else "*"}


def _target(name: str, day: date) -> tuple[str, date]:
    """The target shown: the unmet one that is due, else the next, else the last."""
    base, phase, final = TABLE[name]
    if day < PHASE or (day < FINAL and Decimal(base) < Decimal(phase)):
        return phase, PHASE
    return final, FINAL


@pytest.mark.parametrize("day", BY_DAY, ids=str)
def test_values_targets_and_gaps_from_the_baseline_alone(case: Case, day: date) -> None:
    found = run(case.city, day)
    for name, (base, _, _) in TABLE.items():
        item = found[name]
        target, due = _target(name, day)
        missing = Decimal(target) - Decimal(base)
        assert Decimal(str(item.value)) == Decimal(base)
        assert (item.target, item.target_date) == (target, due), name
        gap = None if item.gap is None else (Decimal(item.gap.amount), item.gap.unit)
        unit = "百分点" if item.unit == "%" else item.unit
        assert gap == ((missing, unit) if missing > 0 else None), name
        assert item.basis.value == "text"
        assert any("2014-12-31" in note.zh for note in item.notes)


def test_the_day_before_the_baseline_nothing_is_known(case: Case) -> None:
    found = run(case.city, date(2014, 12, 30))
    assert {item.status.value for item in found.values()} == {"no_data"}
    assert {(item.value, item.gap) for item in found.values()} == {(None, None)}


def report(city: City, day: date, values: Mapping[str, str]) -> None:
    """Values of one day as a clerk reports them."""
    path = city.folder.parent / f"values-{day}.csv"
    rows = "".join(f"{name},{CITY},{day},{value}\n" for name, value in values.items())
    path.write_text("指标编号,区域代码,数据日期,数值\n" + rows, encoding="utf-8")
    done = import_files(city, "indicator_values", [path], ImportOptions(as_of=day))
    assert (done.refused, done.accepted) == (0, len(values))


def test_targets_met_just_and_just_not(alone: City) -> None:
    """On the day of each target: exactly it, and one hundredth less."""
    report(alone, PHASE, {name: row[1] for name, row in TABLE.items()})
    found = run(alone, PHASE)
    # 行政村通宽带: the same 100 % is the target of 2015 and the final one
    assert {name: found[name].status.value for name in TABLE} == {
        name: "met" if name == "IND-000-12" else "on_track" for name in TABLE
    }
    report(alone, date(2016, 12, 31), {name: str(Decimal(row[1]) - Decimal("0.01")) for name, row in TABLE.items()})
    found = run(alone, date(2016, 12, 31))
    assert {found[name].status.value for name in TABLE} == {"behind"}
    gaps = [found[name].gap for name in TABLE]
    assert {None if gap is None else gap.amount for gap in gaps} == {"0.01"}


def test_final_targets_met_just_and_just_not(alone: City) -> None:
    report(alone, date(2019, 6, 30), {name: row[2] for name, row in TABLE.items()})
    # met stays met, before its date, on it and after
    for day in (date(2019, 6, 30), FINAL, date(2021, 6, 30)):
        assert {run(alone, day)[name].status.value for name in TABLE} == {"met"}
    report(alone, FINAL, {name: str(Decimal(row[2]) - Decimal("0.001")) for name, row in TABLE.items()})
    assert {run(alone, FINAL)[name].status.value for name in TABLE} == {"behind"}
    assert {run(alone, date(2021, 1, 1))[name].status.value for name in TABLE} == {"missed"}
