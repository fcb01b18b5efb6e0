"""Where access points stand is never told: not in an evaluation, not in a ledger, not in a report or its pictures."""

import re
import zipfile
from pathlib import Path

import pytest

from guangcheng.apps import handover
from guangcheng.registers.city import City
from tests.apps.cli.conftest import Ran, Run

STANDARD = "qingcheng-2017-all-optical"


@pytest.fixture(scope="module")
def city(demo: tuple[Path, Ran]) -> City:
    return City.open(demo[0] / "qingcheng")


def told(city: City, register: str, key: str) -> set[str]:
    """Ids and coordinates of a register, as a text could tell them (metres and degrees without their last digits)."""
    table = city.view().table(register, [key, "x", "y", "lon", "lat"]).drop_null()
    words = set(table[key].to_pylist())
    for name, digits in (("x", 1), ("y", 1), ("lon", 5), ("lat", 5)):
        words |= {f"{int(value * 10**digits) / 10**digits:.{digits}f}" for value in table[name].to_pylist()}
    return words


def words_of(path: Path) -> set[str]:
    """Every id and every number of a DOCX or XLSX, cut to the digits of :func:`told`."""
    with zipfile.ZipFile(path) as parts:
        texts = (parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels")))
        return {word for text in texts for word in tokens(text)}


def tokens(text: str) -> set[str]:
    numbers = re.findall(r"\d+\.\d+", text)
    cut = {number[: number.index(".") + 1 + digits] for number in numbers for digits in (1, 5)}
    return cut | set(re.findall(r"\b[A-Z]\d{5,}\b", text))


def test_the_search_finds_what_is_told(city: City, run: Run) -> None:
    trace = f"{STANDARD}@2018-06-30/441802106/verdict"
    assert tokens(run("explain", city.folder, trace, "--json").out) & told(city, "access_points", "access_point_id")
    assert tokens("x 402310.57, lon 113.0484512, A0000159") == {
        "402310.5",
        "402310.57",
        "113.0",
        "113.04845",
        "A0000159",
    }


def test_an_evaluation_tells_no_position(city: City, run: Run) -> None:
    answer = tokens(run("evaluate", city.folder, "--standard", STANDARD, "--json").out)
    assert answer & told(city, "access_points", "access_point_id") == set()


def test_ledger_and_report_tell_no_position(city: City, demo: tuple[Path, Ran]) -> None:
    points = told(city, "access_points", "access_point_id")
    for path in (Path(name) for name in demo[1].json["cities"][0]["files"]):
        assert words_of(path) & points == set(), path.name


def test_the_map_is_given_places_and_never_points(city: City) -> None:
    placed = handover.positions(city.view())
    assert placed
    assert placed.keys() & set(city.view().table("access_points", ["access_point_id"]).column(0).to_pylist()) == set()
