"""The back-test's own run: on a small made-up world, and the committed figures of the published one."""

import json
from pathlib import Path

import numpy as np
import pytest

from guangcheng.apps.bench import forecast
from guangcheng.base.errors import WrongFormat
from tests.apps.cli.schemas import validate
from tests.conftest import ROOT

COMMITTED = ROOT / "docs" / "reference" / "bench-forecast.json"


def write_world(folder: Path) -> None:
    rng = np.random.default_rng(7)
    rows = ["Entity,Year,value"]
    for k in range(10):
        top, grown = (30.0, 4.0) if k < 5 else (6.0, 2.5)
        for year in range(2000, 2015):
            value = top / (1 + np.exp(-0.5 * (year - 2000 - grown))) + rng.uniform(0, 0.1)
            rows.append(f"Land {k},{year},{value:.4f}")
    (folder / forecast.WORLD).write_text("\n".join(rows) + "\n", encoding="utf-8")
    china = ["year_end,metric,value,unit,source,verified"]
    china += [f"{year},lines,{100 + 10 * (year - 2010)},million,made up,yes" for year in range(2010, 2015)]
    china += ["2015,lines,9,million,made up,unverified"]
    (folder / forecast.CHINA).write_text("\n".join(china) + "\n", encoding="utf-8")


def test_a_made_up_world_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "eligible", lambda panel, observations: [f"Land {k}" for k in range(5)])
    write_world(tmp_path)
    result = forecast.run_forecast_bench(tmp_path, draws=100)
    validate("bench-forecast", result)
    assert result["count"] == 5
    assert result["others"]["count"] == 5
    assert [row["year"] for row in result["china"]] == [2013, 2014]
    assert [row["drift"] for row in result["china"]] == [0.0, 0.0]


def test_countries_are_chosen_by_the_rule() -> None:
    years = range(2001, 2015)
    whole = dict.fromkeys(years, 10.0)
    panel = {
        "whole": whole,
        "few": dict.fromkeys(range(2004, 2015), 10.0),
        "no 2013": {year: 10.0 for year in range(1999, 2015) if year != 2013},
        "small": {**whole, 2012: 4.99},
    }
    assert forecast.eligible(panel, 12) == ["whole"]
    assert forecast.eligible(panel, 11) == ["few", "whole"]


def test_a_row_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "world.csv"
    path.write_text("Entity,Year,value\nA,2000,1\nB,x,1\n", encoding="utf-8")
    with pytest.raises(WrongFormat) as refusal:
        forecast.read_world(path)
    assert refusal.value.where.row == 3


def test_the_committed_figures_are_valid_and_say_what_the_page_says() -> None:
    result = json.loads(COMMITTED.read_text(encoding="utf-8"))
    validate("bench-forecast", result)
    assert result["count"] == len(result["countries"]) == 65
    assert result["rule"]["origins"] == [2005, 2006, 2007, 2008, 2009, 2010]
    held = result["held_out"]
    assert result["aims"]["below_drift"] == (held[result["method"]]["median"] < held["drift"]["median"])
    assert result["targets_000"]["implied_population"] == {"2014": 333.33, "2015": 230.0, "2020": 360.0}


@pytest.mark.needs_shared
def test_the_committed_countries_are_those_of_the_published_series(shared: Path) -> None:
    world = forecast.read_world(shared / "data" / "series" / forecast.WORLD)
    result = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert forecast.eligible(world, forecast.OBSERVATIONS) == result["countries"]


@pytest.mark.needs_shared
@pytest.mark.nightly
def test_the_committed_figures_come_out_again(shared: Path) -> None:
    result = forecast.run_forecast_bench(shared / "data" / "series")
    assert json.loads(json.dumps(result)) == json.loads(COMMITTED.read_text(encoding="utf-8"))
