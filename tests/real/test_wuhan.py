"""A whole city on published data: areas, estates, population grid; without access points nothing passes or fails."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.results import Evaluation
from guangcheng.registers.codelists import compare_lists, oddities
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files, import_tables
from guangcheng.registers.placing import facts_of_cells, read_shapes
from guangcheng.registers.readers import read
from guangcheng.registers.snapshots import Source
from guangcheng.standards import library
from tests.real import golden, own, rays
from tests.real.published import LISTED, Imported, import_areas, import_estates, rows

GRID_DAY = date(2015, 12, 31)
GRID_NOTE = "GHSL GHS-POP 2015 人口格网，只含中心城区"


@dataclass(frozen=True)
class Known:
    """What the source says of the city."""

    folder: str
    name: str
    code: str
    levels: Mapping[str, int]
    estates: Mapping[str, int]
    outside: int
    """Estates in no district."""
    people: Mapping[str, int]
    """Persons of the grid by district, rounded."""
    cells: int
    people_in_all: float
    verdicts: Mapping[tuple[str, str | None, str], int]


CITIES = {
    "own": Known(
        "",
        own.NAME,
        own.CODE,
        {"city": 1, "district": 2, "township": 5, "community": 4, "admin_village": 3},
        {"990102": 2, "990103": 2},
        1,
        {"990102": 31, "990103": 8},
        5,
        137.5,
        {
            ("city", None, "not_applicable"): 1,
            ("district", None, "no_data"): 2,
            ("township", "street", "no_data"): 2,
            ("township", "town", "no_data"): 1,
            ("township", "other", "not_applicable"): 2,
            ("admin_village", None, "not_applicable"): 3,
            ("community", None, "not_applicable"): 4,
        },
    ),
    "wuhan": Known(
        "cn_wuhan",
        "武汉市",
        "420100",
        {"city": 1, "district": 13, "township": 193, "community": 1552, "admin_village": 1943},
        {
            "420102": 121,
            "420103": 75,
            "420104": 39,
            "420105": 80,
            "420106": 120,
            "420107": 6,
            "420111": 165,
            "420112": 71,
            "420114": 3,
            "420115": 60,
            "420116": 39,
        },
        0,
        {},
        24_757,
        3_341_946,
        {
            ("city", None, "not_applicable"): 1,
            ("district", None, "no_data"): 13,
            ("township", "street", "no_data"): 158,
            ("township", "town", "no_data"): 4,
            ("township", "other", "not_applicable"): 31,
            ("admin_village", None, "not_applicable"): 1943,
            ("community", None, "not_applicable"): 1552,
        },
    ),
}


@dataclass(frozen=True)
class Case:
    """A city imported with its estates, and what is known of it."""

    id: str
    known: Known
    made: Imported
    estates: ImportReport

    @property
    def shapes(self) -> Path:
        return self.made.folder / "district_polygons_tianditu.geojson"


@pytest.fixture(scope="module", params=[pytest.param("own"), pytest.param("wuhan", marks=pytest.mark.needs_shared)])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    known, work = CITIES[request.param], tmp_path_factory.mktemp(request.param)
    if request.param == "own":
        folder = own.write(work / "published")
    else:
        folder = request.getfixturevalue("shared") / "data" / known.folder
    made = import_areas(folder, work, name=known.name, code=known.code, crs="EPSG:4547")
    return Case(request.param, known, made, import_estates(made))


@pytest.fixture(scope="module")
def evaluated(case: Case) -> Evaluation:
    standard = library.load("qingcheng-2017-all-optical")
    return evaluate(case.made.city.view(), standard, as_of=LISTED, calendar=WorkingCalendar())


def test_every_area_comes_in(case: Case) -> None:
    areas = case.made.city.view().table("areas", ["level"])
    assert Counter(areas["level"].to_pylist()) == case.known.levels
    assert [report.refused for report in case.made.reports.values()] == [0, 0, 0, 0]
    endings = ("社区", "居委会", "居民委员会", "村", "村委会", "村民委员会")
    villages = rows(case.made.folder / "admin_villages_nbs2023.csv")
    unsaid = sum(1 for row in villages if not row["name"].endswith(endings))
    assert case.made.reports["villages"].by_rule() == {"R-143": unsaid}


def test_exactly_these_units_are_odd(case: Case) -> None:
    found = [(item.rule, item.code, item.name) for item in oddities(case.made.city.view().table("areas"))]
    assert found == golden.oddities_of(case.id)


def test_exactly_these_towns_differ_between_two_lists(case: Case) -> None:
    ours = [row | {"parent": row["areaCode"]} for row in rows(case.made.folder / "admin_towns_nbs2023.csv")]
    found = compare_lists(ours, rows(case.made.folder / "admin_towns_mca20251231.csv"))
    assert [
        (item.kind, item.parent, item.name, item.first or "", item.second or "", item.other_parent or "")
        for item in found.disagreements
    ] == golden.disagreements_of(case.id)


# --- estates ------------------------------------------------------------------------------------------------------


def test_each_estate_lies_in_the_district_its_polygon_says(case: Case) -> None:
    """Against a count of crossings in degrees, written for this test."""
    listed = rows(case.made.folder / "residential_neighbourhoods_2018.csv")
    lon, lat = (np.array([float(row[name]) for row in listed]) for name in ("lon", "lat"))
    expected = dict(
        zip((row["group"] for row in listed), rays.district_of(rays.rings_by_code(case.shapes), lon, lat), strict=True)
    )
    table = case.made.city.view().table("premises").to_pylist()
    assert {row["premises_id"]: row["area_code"] for row in table} == {
        group: code for group, code in expected.items() if code is not None
    }
    assert Counter(row["area_code"] for row in table) == case.known.estates
    places = {row["premises_id"]: (row["lon"], row["lat"]) for row in table}
    given = {row["group"]: (float(row["lon"]), float(row["lat"])) for row in listed}
    # kept to a billionth of a degree
    assert [places[group] for group in places] == [pytest.approx(given[group], abs=1e-9, rel=0) for group in places]


def test_every_unplaced_estate_is_listed(case: Case) -> None:
    report = case.estates
    assert (report.accepted, report.refused) == (sum(case.known.estates.values()), case.known.outside)
    assert report.status == ("partial" if case.known.outside else "imported")
    lost = [fault for fault in report.faults if fault.rule == "R-146"]
    assert len(lost) == case.known.outside
    assert report.by_rule() == {"R-145": 1} | ({"R-146": len(lost)} if lost else {})
    assert (report.quarantine is None) is (not lost)


def test_an_estate_beyond_the_border_can_be_mended(tmp_path: Path) -> None:
    made = import_areas(own.write(tmp_path / "published"), tmp_path, name=own.NAME, code=own.CODE, crs=own.CRS)
    report = import_estates(made)
    (lost,) = (fault for fault in report.faults if fault.rule == "R-146")
    assert lost.where.row == 6
    assert lost.why.zh == "点 (114.350100, 30.600300) 不在任何区域的面里，离最近的“乙区”（990103）32 米"
    assert report.quarantine is not None
    # what was settled about the columns is remembered; only the area has to be said
    again = import_files(made.city, "premises", [report.quarantine], ImportOptions(area="990103"))
    assert (again.accepted, again.added, again.refused) == (1, 1, 0)
    areas = made.city.view().table("premises", ["premises_id", "area_code"]).to_pylist()
    assert {row["premises_id"]: row["area_code"] for row in areas}["5"] == "990103"
    assert again.by_rule() == {"R-149": 1, "R-162": 1}


# --- the population grid ------------------------------------------------------------------------------------------


def import_grid(case: Case, order: slice, *, dry_run: bool) -> ImportReport:
    """The grid's people by district as facts of their day, the cells taken in ``order``."""
    (path,) = case.made.folder.glob("popgrid100m_*.csv")
    city = case.made.city
    (cells,) = read(path)
    cells = replace(
        cells,
        columns=[replace(column, cells=column.cells[order]) for column in cells.columns],
        rows=cells.rows[order],
    )
    shapes = read_shapes(case.shapes, city.view().table("areas"), crs=city.config.crs)
    table, _ = facts_of_cells(
        cells,
        shapes,
        value="POP_2015",
        lon="lng",
        lat="lat",
        as_of=GRID_DAY,
        crs=city.config.crs,
        source=GRID_NOTE,
    )
    return import_tables(city, "area_facts", [table], [Source(path.name, "0" * 64)], ImportOptions(dry_run=dry_run))


def test_people_by_district(case: Case) -> None:
    report = import_grid(case, slice(None), dry_run=False)
    (path,) = case.made.folder.glob("popgrid100m_*.csv")
    grid = rows(path)
    assert len(grid) == case.known.cells
    people = np.array([float(row["POP_2015"]) for row in grid])
    assert people.sum() == pytest.approx(case.known.people_in_all, abs=0.5)
    lon, lat = (np.array([float(row[name]) for row in grid]) for name in ("lng", "lat"))
    where = np.array(rays.district_of(rays.rings_by_code(case.shapes), lon, lat))
    expected = {code: int(people[where == code].sum() + 0.5) for code in sorted({c for c in where if c is not None})}
    facts = case.made.city.view().table("area_facts").to_pylist()
    assert {row["area_code"]: row["population"] for row in facts} == expected
    assert expected == (case.known.people or expected)
    assert {(row["as_of"], row["source_note"]) for row in facts} == {(GRID_DAY, GRID_NOTE)}
    assert (report.refused, report.by_rule()) == (0, {})
    backwards = import_grid(case, slice(None, None, -1), dry_run=True)
    assert (backwards.status, backwards.unchanged) == ("unchanged", len(expected))


# --- without access points ----------------------------------------------------------------------------------------


def test_without_access_points_nothing_passes_and_nothing_fails(case: Case, evaluated: Evaluation) -> None:
    assert Counter((area.level, area.subtype, area.verdict.value) for area in evaluated.areas) == case.known.verdicts
    assert Counter(estate.verdict.value for estate in evaluated.estates) == {
        "no_data": sum(case.known.estates.values())
    }
    answers = {test.ok for place in (*evaluated.areas, *evaluated.estates) for test in place.tests}
    assert answers == {None}


def test_without_access_points_no_indicator_is_scored(case: Case, evaluated: Evaluation) -> None:
    assert {(item.status.value, item.value, item.gap) for item in evaluated.indicators} == {("no_data", None, None)}
    streets = [code for code, _, _ in _streets(case)]
    assert [item.area for item in evaluated.indicators if item.id == "IND-001-07"] == streets


def _streets(case: Case) -> list[tuple[str, str, str]]:
    """Streets by their digits: 001–099."""
    towns = rows(case.made.folder / "admin_towns_nbs2023.csv")
    return [(row["code"], row["name"], row["areaCode"]) for row in towns if row["code"][6] == "0"]


def test_what_is_missing_is_said(evaluated: Evaluation) -> None:
    missing = {gap.where for gap in evaluated.data_gaps if gap.kind == "missing_register"}
    assert "access_points" in missing
