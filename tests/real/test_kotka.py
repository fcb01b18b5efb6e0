"""OpenStreetMap extracts through a city: buildings as premises, streets, then an evaluation runs."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from guangcheng.base.errors import InputError, NotFound, UsageError
from guangcheng.registers.city import City
from guangcheng.registers.osm import in_area, read_osm
from guangcheng.registers.snapshots import content_hash
from tests.apps.cli.conftest import run_guangcheng
from tests.registers.test_osm import node, ring, square, way, write

STANDARD = "qingcheng-2017-all-optical"


@dataclass(frozen=True)
class Known:
    """What the source says of an extract."""

    crs: str
    buildings: int
    residential: int
    streets: int
    cut_off: int
    lonlat: tuple[float, float, float, float]
    """West, south, east, north."""
    rules: frozenset[str]


@dataclass(frozen=True)
class Case:
    """An extract and the city it was imported into."""

    file: Path
    folder: Path
    known: Known
    answers: dict[str, dict[str, object]]

    @property
    def city(self) -> City:
        return City.open(self.folder)


def small(path: Path) -> Path:
    """Two houses, a garage, a building cut off by the border, two streets that cross."""
    nodes = [*square(1, 0, 0, 0.2), *square(11, 1, 0, 0.2), *square(21, 2, 0, 0.2), *square(31, 3, 0, 0.2)]
    nodes += [node(41, 0, 1), node(42, 1, 1), node(43, 2, 1), node(44, 1, 2), node(45, 1, 0.5)]
    return write(
        path,
        *nodes,
        way(1, ring(1), building="residential"),
        way(2, ring(11), building="residential", building__levels="6"),
        way(3, ring(21), building="garage"),
        way(4, [31, 901, 902, 31], building="yes"),
        way(5, [41, 42, 43], highway="residential"),
        way(6, [44, 42, 45], highway="footway"),
    )


@pytest.fixture(scope="module", params=[pytest.param("small"), pytest.param("kotka", marks=pytest.mark.needs_shared)])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Imported by the commands, as a person would."""
    work = tmp_path_factory.mktemp(request.param)
    if request.param == "small":
        file = small(work / "own.osm.pbf")
        known = Known("EPSG:4547", 3, 2, 4, 1, (113, 0, 113.003, 0.001), frozenset({"R-149", "R-153"}))
    else:
        file = request.getfixturevalue("shared") / "data/fi_helsinki_kotka_pyrosm/kotka_karhula_test.osm.pbf"
        known = Known("EPSG:32635", 2208, 1154, 704, 11, (26.93, 60.52, 26.97, 60.54), frozenset({"R-149"}))
    folder, areas = work / "city", work / "areas.csv"
    areas.write_text("代码,名称,层级,上级代码\n285,试验区,区县,\n285001,一街,街道,285\n", encoding="utf-8")
    common = ("--name", "试验区", "--area-code", "285", "--crs", known.crs, "--as-of", "2019-04-30")
    steps = {
        "init": ("init", folder, *common),
        "areas": ("import", folder, "areas", areas),
        "premises": ("import", folder, "premises", file, "--area", "285001"),
        "streets": ("import", folder, "streets", file),
    }
    answers = {}
    for name, step in steps.items():
        ran = run_guangcheng(*step, "--json")
        assert ran.code == 0, ran.err
        answers[name] = ran.json
    return Case(file, folder, known, answers)


def test_its_buildings_become_premises(case: Case) -> None:
    table = case.city.view().table("premises")
    assert (case.answers["premises"]["accepted"], table.num_rows) == (case.known.buildings, case.known.buildings)
    assert table["note"].to_pylist().count("OSM building=residential") == case.known.residential
    assert Counter(table["area_code"].to_pylist()) == {"285001": case.known.buildings}
    assert {fault["rule"] for fault in case.answers["premises"]["faults"]} == case.known.rules  # type: ignore[attr-defined]


def test_they_lie_where_the_source_says(case: Case) -> None:
    table = case.city.view().table("premises", ["lon", "lat"])
    west, south, east, north = case.known.lonlat
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    margin = 0.01
    assert (lon.min() > west - margin, lon.max() < east + margin) == (True, True)
    assert (lat.min() > south - margin, lat.max() < north + margin) == (True, True)


def test_its_streets_become_a_network(case: Case) -> None:
    table = case.city.view().table("streets")
    assert table.num_rows == case.known.streets
    assert np.isfinite(table["length_m"].to_numpy()).all()


def test_the_snapshots_are_what_the_reader_gives(case: Case) -> None:
    """By way of the import nothing is lost, and nothing is moved by more than the millimetre kept."""
    extract, view = read_osm(case.file, crs=case.known.crs), case.city.view()
    assert content_hash("streets", extract.streets) == view.refs["streets"].hash
    read, kept = in_area(extract.premises, "285001"), view.table("premises").sort_by("premises_id")
    same = [name for name in kept.schema.names if name not in ("x", "y", "geometry")]
    assert kept.select(same).equals(read.select(same))
    for axis in ("x", "y"):
        assert np.abs(kept[axis].to_numpy() - read[axis].to_numpy()).max() < 0.0015


def test_the_licence_and_what_was_left_out_are_said(case: Case) -> None:
    notes = [note["zh"] for note in case.answers["premises"]["notes"]]  # type: ignore[attr-defined]
    assert notes == [
        "数据 © OpenStreetMap 贡献者，ODbL 1.0，转发须注明",
        f"{case.known.cut_off} 栋建筑在边界上残缺，未取",
    ]


def test_again_changes_nothing(case: Case) -> None:
    ran = run_guangcheng("import", case.folder, "premises", case.file, "--area", "285001", "--json")
    assert (ran.code, ran.json["status"], ran.json["new_snapshot"]) == (0, "unchanged", False)


def test_an_evaluation_runs_and_says_no_data(case: Case) -> None:
    ran = run_guangcheng("evaluate", case.folder, "--standard", STANDARD, "--json")
    assert ran.code == 0
    assert {area["code"]: area["verdict"] for area in ran.json["areas"]} == {"285": "no_data", "285001": "no_data"}


def test_without_an_area_it_says_how_to_give_one(case: Case) -> None:
    ran = run_guangcheng("import", case.folder, "premises", case.file, "--json")
    assert ran.code == 2
    assert "--area" in ran.json["error"]["mend"]["zh"]
    assert "--shapes" in ran.json["error"]["mend"]["en"]


@pytest.mark.parametrize(
    ("register", "options", "error"),
    [("access_points", (), UsageError), ("premises", ("--area", "999"), NotFound)],
)
def test_what_makes_no_sense_is_refused(
    case: Case, register: str, options: tuple[str, ...], error: type[InputError]
) -> None:
    ran = run_guangcheng("import", case.folder, register, case.file, *options, "--json")
    assert ran.code == 2
    assert ran.json["error"]["kind"] == error.__name__


def test_a_torn_extract_is_refused(case: Case, tmp_path: Path) -> None:
    torn = tmp_path / "torn.osm.pbf"
    torn.write_bytes(case.file.read_bytes()[:-20])
    before = case.city.view().refs
    ran = run_guangcheng("import", case.folder, "premises", torn, "--area", "285001", "--json")
    assert ran.code == 2
    assert case.city.view().refs == before
