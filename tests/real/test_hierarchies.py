"""Districts, towns and villages of published lists: exact counts, exact oddities, two lists that disagree."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.registers.codelists import compare_lists, oddities
from guangcheng.registers.importing import ImportOptions, import_files
from guangcheng.standards import library
from tests.real import golden, own
from tests.real.published import LISTED, Imported, import_areas, map_file, rows


@dataclass(frozen=True)
class Known:
    """What the source says of a city; ``by_district``: towns of the statistical list, villages, towns of the other."""

    folder: str
    name: str
    code: str
    crs: str
    by_district: Mapping[str, tuple[int, int, int]]
    communities: int
    unsaid: int
    """Villages whose name does not say whether they are a village or a community."""


CITIES = {
    "own": Known("", own.NAME, own.CODE, own.CRS, {"990102": (3, 4, 2), "990103": (2, 3, 1)}, 4, 2),
    "qinzhou": Known(
        "cn_qinzhou",
        "钦州市",
        "450700",
        "EPSG:4545",
        {"450702": (21, 173, 16), "450703": (14, 183, 14), "450721": (19, 414, 19), "450722": (17, 274, 17)},
        136,
        7,
    ),
    "qingcheng": Known("cn_qingyuan_qingcheng", "清远市", "441800", "EPSG:4547", {"441802": (10, 166, 8)}, 94, 1),
    "chongqing": Known(
        "cn_chongqing_liangjiang",
        "重庆市（部分）",
        "500100",
        "EPSG:4544",
        {"500105": (12, 132, 0), "500109": (17, 192, 17), "500112": (30, 412, 0), "500157": (0, 0, 42)},
        446,
        0,
    ),
}


@dataclass(frozen=True)
class Case:
    """A city imported, and what is known of it."""

    id: str
    known: Known
    made: Imported


def marked(*names: str) -> list[ParameterSet]:
    """Parameters of which all but our own city need the shared data."""
    return [pytest.param(name, marks=() if name == "own" else pytest.mark.needs_shared) for name in names]


def make(request: pytest.FixtureRequest, work: Path) -> Case:
    known = CITIES[request.param]
    if request.param == "own":
        folder = own.write(work / "published")
    else:
        folder = request.getfixturevalue("shared") / "data" / known.folder
    made = import_areas(folder, work, name=known.name, code=known.code, crs=known.crs)
    return Case(request.param, known, made)


@pytest.fixture(scope="module", params=marked(*CITIES))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make(request, tmp_path_factory.mktemp(request.param))


def test_every_row_comes_in(case: Case) -> None:
    listed = [sum(counts[place] for counts in case.known.by_district.values()) for place in (0, 1)]
    districts = sum(1 for towns, _, _ in case.known.by_district.values() if towns)
    reports = case.made.reports
    assert {name: (report.status, report.added, report.refused) for name, report in reports.items()} == {
        "city": ("imported", 1, 0),
        "districts": ("imported", districts, 0),
        "towns": ("imported", listed[0], 0),
        "villages": ("imported", listed[1], 0),
    }
    assert [report.by_rule() for report in reports.values()] == [
        {},
        {},
        {},
        {"R-143": case.known.unsaid} if case.known.unsaid else {},
    ]


def test_towns_and_villages_by_district(case: Case) -> None:
    areas = case.made.city.view().table("areas", ["code", "level"]).to_pylist()
    towns = Counter(area["code"][:6] for area in areas if area["level"] == "township")
    villages = Counter(area["code"][:6] for area in areas if area["level"] in ("admin_village", "community"))
    civil = Counter(row["parent"] for row in rows(case.made.folder / "admin_towns_mca20251231.csv"))
    found = {code: (towns[code], villages[code], civil[code]) for code in towns | civil}
    assert found == case.known.by_district
    assert sum(1 for area in areas if area["level"] == "community") == case.known.communities


def test_each_area_hangs_where_its_list_hangs_it(case: Case) -> None:
    folder = case.made.folder
    expected = {row["code"]: case.known.code for row in rows(folder / "admin_districts_nbs2023.csv")}
    expected |= {row["code"]: row["areaCode"] for row in rows(folder / "admin_towns_nbs2023.csv")}
    expected |= {row["code"]: row["streetCode"] for row in rows(folder / "admin_villages_nbs2023.csv")}
    areas = case.made.city.view().table("areas", ["code", "parent", "code_list"]).to_pylist()
    assert {area["code"]: area["parent"] for area in areas if area["parent"]} == expected
    assert {area["code_list"] for area in areas} == {"nbs-2023"}


def test_the_same_files_again_change_nothing(case: Case) -> None:
    city, path = case.made.city, case.made.folder / "admin_villages_nbs2023.csv"
    again = import_files(city, "areas", [path], ImportOptions(dry_run=True))
    assert (again.status, again.unchanged) == ("unchanged", city.view().table("areas", ["code"]).num_rows)


def test_exactly_these_units_are_no_towns_or_villages(case: Case) -> None:
    found = [(item.rule, item.code, item.name) for item in oddities(case.made.city.view().table("areas"))]
    assert found == golden.oddities_of(case.id)
    # the same from the digits of the files alone
    towns = [row["code"] for row in rows(case.made.folder / "admin_towns_nbs2023.csv")]
    villages = [row["code"] for row in rows(case.made.folder / "admin_villages_nbs2023.csv")]
    assert [code for rule, code, _ in found if rule == "R-201"] == [code for code in towns if code[6] in "45"]
    assert [code for rule, code, _ in found if rule == "R-203"] == [code for code in villages if code[9] in "45"]


def test_exactly_these_towns_differ_between_the_two_lists(case: Case) -> None:
    ours = [row | {"parent": row["areaCode"]} for row in rows(case.made.folder / "admin_towns_nbs2023.csv")]
    theirs = rows(case.made.folder / "admin_towns_mca20251231.csv")
    found = compare_lists(ours, theirs)
    assert [
        (item.kind, item.parent, item.name, item.first or "", item.second or "", item.other_parent or "")
        for item in found.disagreements
    ] == golden.disagreements_of(case.id)
    same = {(row["areaCode"], row["name"], row["code"]) for row in ours}
    same &= {(row["parent"], row["name"], row["code"]) for row in theirs}
    assert found.same == len(same)


def test_the_other_list_is_never_joined_on_code(case: Case) -> None:
    """Importing it over the first one refuses every town whose code means another, or which has another code."""
    districts = {row["code"] for row in rows(case.made.folder / "admin_districts_nbs2023.csv")}
    ours = {row["code"]: row for row in rows(case.made.folder / "admin_towns_nbs2023.csv")}
    named = {(row["areaCode"], row["name"]) for row in ours.values()}
    theirs = rows(case.made.folder / "admin_towns_mca20251231.csv")
    expected: Counter[str] = Counter()
    for row in theirs:
        if row["parent"] not in districts:
            expected["R-132"] += 1
        elif row["code"] in ours:
            expected["R-204"] += ours[row["code"]]["name"] != row["name"]
        else:
            expected["R-205"] += (row["parent"], row["name"]) in named
    more = 'code_list = {constant = "mca-2025"}\n'
    options = ImportOptions(map_file=map_file(case.made.work, "civil towns", more), dry_run=True)
    report = import_files(case.made.city, "areas", [case.made.folder / "admin_towns_mca20251231.csv"], options)
    assert report.by_rule() == {rule: count for rule, count in sorted(expected.items()) if count}
    assert report.refused == expected.total()
    assert expected.total() > 0


# --- the district that was merged from three, in a city of two dates ------------------------------------------------

CIVIL = date(2025, 12, 31)
CIVIL_DISTRICTS = {"own": own.DISTRICTS, "chongqing": (("500109", "北碚区"), ("500157", "两江新区"))}


@pytest.fixture(scope="module", params=marked(*CIVIL_DISTRICTS))
def two_dates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The register as each list had it on its own day."""
    case = make(request, tmp_path_factory.mktemp(request.param))
    districts = case.made.work / "civil_districts.csv"
    body = "".join(f"{code},{name},区,{case.known.code},mca-2025\n" for code, name in CIVIL_DISTRICTS[case.id])
    top = f"{case.known.code},{case.known.name},市,,mca-2025\n"
    districts.write_text("代码,名称,层级,上级代码,代码来源\n" + top + body, encoding="utf-8")
    options = ImportOptions(as_of=CIVIL, mode="replace", yes=True)
    import_files(case.made.city, "areas", [districts], options)
    settled = map_file(case.made.work, "civil towns", 'code_list = {constant = "mca-2025"}\n')
    towns = case.made.folder / "admin_towns_mca20251231.csv"
    report = import_files(case.made.city, "areas", [towns], ImportOptions(as_of=CIVIL, map_file=settled))
    assert (report.status, report.refused) == ("imported", 0)
    return case


def test_each_day_has_its_own_list(two_dates: Case) -> None:
    city = two_dates.made.city
    for day, place in ((LISTED, 0), (date(2025, 12, 30), 0), (CIVIL, 2)):
        areas = city.view(day).table("areas", ["code", "level", "parent"]).to_pylist()
        towns = Counter(area["parent"] for area in areas if area["level"] == "township")
        counts = {code: known[place] for code, known in two_dates.known.by_district.items() if known[place]}
        assert towns == counts


def test_an_evaluation_sees_the_districts_of_its_day(two_dates: Case) -> None:
    standard = library.load("qingcheng-2017-all-optical")
    for day, place in ((LISTED, 0), (CIVIL, 2)):
        view = two_dates.made.city.view(day)
        found = evaluate(view, standard, as_of=day, calendar=WorkingCalendar())
        districts = {item.code: item.verdict.value for item in found.areas if item.level == "district"}
        expected = {code for code, known in two_dates.known.by_district.items() if known[place]}
        assert districts == dict.fromkeys(sorted(expected), "no_data")


@pytest.mark.needs_shared
def test_towns_moved_into_the_new_district_by_name(shared: Path) -> None:
    """Merge and split: every town of the new district is one of three old ones, and each once."""
    folder = shared / "data/cn_chongqing_liangjiang"
    before = {row["name"]: row["areaCode"] for row in rows(folder / "admin_towns_nbs2023.csv")}
    after = {row["name"]: row["parent"] for row in rows(folder / "admin_towns_mca20251231.csv")}
    assert (len(before), len(after), before.keys() ^ after.keys()) == (59, 59, set())
    assert Counter((before[name], after[name]) for name in before) == {
        ("500105", "500157"): 12,
        ("500112", "500157"): 25,
        ("500109", "500157"): 5,
        ("500112", "500109"): 5,
        ("500109", "500109"): 12,
    }
