"""``forecast`` on a made-up city with twelve years of statistics, and on the demonstration's city with two."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from guangcheng.registers.city import City, CityConfig
from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate
from tests.registers.samples import table

TOWNS = ("450701", "450702", "450703", "450704")
YEARS = range(2004, 2016)


def count(town: int, year: int) -> int:
    """Growth that fades: each year's increment is 0.9 of the year before's."""
    return round((3000 + 500 * town) * (1 - 0.9 ** (year - 2002)))


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Fibre and copper of one operator in four towns; the first six years are in a snapshot of their own."""
    config = CityConfig(
        name="样市",
        area_code="450700",
        crs="EPSG:4545",
        standards=("qinzhou-2015-broadband",),
        as_of=dt.date(2015, 12, 31),
    )
    made = City.create(tmp_path / "city", config)
    whole: dict[str, Any] = {"code": "450700", "name": "样市", "level": "city"}
    towns = [{"code": code, "name": f"区{code}", "level": "district", "parent": "450700"} for code in TOWNS]
    made.registers.commit("areas", table("areas", [whole, *towns]), as_of=dt.date(2004, 1, 1))
    made.registers.commit(
        "area_facts",
        table("area_facts", [{"area_code": "450700", "as_of": dt.date(2015, 12, 31), "households": 20_000}]),
        as_of=dt.date(2015, 12, 31),
    )
    for years in (range(2004, 2010), range(2010, 2016)):
        rows = [
            {
                "operator": "telecom",
                "area_code": code,
                "month": dt.date(year, 12, 31),
                "technology": technology,
                "tier": "all",
                "customer": "household",
                "zone": "all",
                "subscribers": count(town, year) // share,
            }
            for town, code in enumerate(TOWNS)
            for year in years
            for technology, share in (("fibre", 2), ("copper", 2))
        ]
        made.registers.commit("subscriber_stats", table("subscriber_stats", rows), as_of=dt.date(max(years), 12, 31))
    return made.folder


def test_the_method_is_chosen_and_intervals_given(city: Path, run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "g.png"
    ran = run("forecast", city, "--years", "3", "-o", picture, "--json")
    validate("forecast", ran.json)
    got = ran.json
    assert ran.code == 0
    assert got["observed"] == {
        str(year): float(sum(2 * (count(town, year) // 2) for town in range(4))) for year in YEARS
    }
    assert (got["basis"], got["ceiling"]) == ("subscriber_stats", 20_000)
    assert (got["method"]["back_tested"], got["method"]["series"]) == (True, 5)
    # the target of 2020 is five years ahead: only origins with five years known after them can be tested
    assert got["method"]["origins"] == [2009, 2010]
    errors = {name: told["error"] for name, told in got["method"]["errors"].items()}
    assert errors[got["method"]["id"]] <= min(errors.values()) + 0.3
    truth = [sum(count(town, year) for town in range(4)) for year in range(2016, 2019)]
    for row, value in zip(got["forecast"][:3], truth, strict=True):
        assert row["value"] == pytest.approx(value, rel=0.03)
        assert row["low"] <= row["high"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert run("forecast", city, "--years", "3", "--json").out == ran.out
    again = tmp_path / "again.png"
    run("forecast", city, "--years", "3", "-o", again)
    assert again.read_bytes() == picture.read_bytes()


def test_a_target_is_a_scenario(city: Path, run: Run) -> None:
    got = run("forecast", city, "--target", "2020=1.8万", "--target", "2018=21000", "--json").json
    own = {row["value"]: row for row in got["targets"] if row["source"]["en"] == "command line"}
    last = got["observed"]["2015"]
    near = own[18_000.0]
    assert near["per_year"] == pytest.approx((18_000 - last) / 5, abs=0.1)
    assert near["percent_a_year"] == pytest.approx(100 * ((18_000 / last) ** 0.2 - 1), abs=0.01)
    assert (near["path"][0], near["path"][-1], len(near["path"])) == (last, 18_000.0, 6)
    assert not near["reached"]
    assert own[21_000.0]["path"] is None
    assert "above_ceiling" in {flag["code"] for flag in got["flags"]}
    printed = [row for row in got["targets"] if row["source"]["en"] != "command line"]
    assert [(row["year"], row["value"]) for row in printed] == [(2020, 1_100_000.0)]


def test_one_district_has_no_target_of_the_city(city: Path, run: Run) -> None:
    got = run("forecast", city, "--area", TOWNS[1], "--kind", "fibre", "--json").json
    assert got["observed"]["2015"] == count(1, 2015) // 2
    assert (got["targets"], got["ceiling"]) == ([], None)


def test_the_printed_targets_imply_three_populations(demo: tuple[Path, Ran], run: Run) -> None:
    ran = run("forecast", demo[0] / "qinzhou", "--kind", "mobile-3g-4g", "--json")
    validate("forecast", ran.json)
    got = ran.json
    assert (got["basis"], list(got["observed"])) == ("indicator_values", ["2014", "2015"])
    assert not got["method"]["back_tested"]
    assert [row["low"] for row in got["forecast"]] == [None] * 5
    # households of the fixed lines (84.1, 90.9, 137.5) and people of the mobile ones, whatever kind is asked for
    assert [flag["code"] for flag in got["flags"]] == ["inconsistent_basis"] * 4
    said = " ".join(flag["zh"] for flag in got["flags"])
    assert [number in said for number in ("333.3", "230.0", "360.0", "84.1", "90.9", "137.5")] == [True] * 6
    assert "不够回测" in run("forecast", demo[0] / "qinzhou").out


def test_refusals(city: Path, demo: tuple[Path, Ran], run: Run) -> None:
    none = run("forecast", city, "--kind", "mobile-5g", "--json")
    assert (none.code, none.json["error"]["where"]["file"]) == (2, "subscriber_stats")
    assert run("forecast", city, "--target", "2020", "--json").code == 2
    # a district with half a year of months has no end of a year
    assert run("forecast", demo[0] / "qingcheng", "--json").code == 2
