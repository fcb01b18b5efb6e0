"""Published streets and places with labelled synthetic access points: reach and verdicts against a second hand."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.reach import Reach, ReachRule, compute_reach
from guangcheng.coverage.results import Evaluation
from guangcheng.standards import library
from tests.real import own, quarter
from tests.real.published import LISTED
from tests.real.quarter import Quarter

STANDARD = library.load("qingcheng-2017-all-optical")
STREET_KINDS = {"estate", "development", "urban_village", "market", "school", "hospital", "office_building"}
Ints = npt.NDArray[np.int64]


@pytest.fixture(scope="module", params=[pytest.param("small"), pytest.param("wuchang", marks=pytest.mark.needs_shared)])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    work = tmp_path_factory.mktemp(request.param)
    if request.param == "small":
        return quarter.small(work)
    return quarter.wuchang(request.getfixturevalue("shared"), work)


@pytest.fixture(scope="module")
def reach(town: Quarter) -> Reach:
    return compute_reach(town.city.view(), ReachRule.of(STANDARD, LISTED), calendar=WorkingCalendar())


@pytest.fixture(scope="module")
def evaluated(town: Quarter) -> Evaluation:
    return evaluate(town.city.view(), STANDARD, as_of=LISTED, calendar=WorkingCalendar())


@pytest.fixture(scope="module")
def failures(town: Quarter, reach: Reach) -> Ints:
    return quarter.first_failures(town.city, reach.operators)


@pytest.fixture(scope="module")
def capable(failures: Ints) -> Ints:
    """1 capable by some operator, else -1 if some operator cannot be told, else 0."""
    return np.where((failures == 0).any(axis=0), 1, np.where((failures == -1).any(axis=0), -1, 0))


def test_everything_comes_in(town: Quarter) -> None:
    assert {name: report.refused for name, report in town.reports.items() if report.refused} == {}
    view = town.city.view()
    assert view.table("streets", ["edge_id"]).num_rows == len(town.streets)
    notes = view.table("access_points", ["note"])["note"].unique().to_pylist()
    assert notes == [quarter.NOTE]


COUNTS = {
    own.NAME: ({"city": 1, "district": 2, "township": 5, "community": 4, "admin_village": 3}, 22, {"P": 150}),
    quarter.WUCHANG: (
        {"city": 1, "district": 1, "township": 15, "community": 144},
        12_314,
        {"E": 120, "C": 3331},
    ),
}


def test_the_counts_are_those_of_the_source(town: Quarter) -> None:
    view = town.city.view()
    levels = Counter(view.table("areas", ["level"])["level"].to_pylist())
    ids = Counter(name[0] for name in view.table("premises", ["premises_id"])["premises_id"].to_pylist())
    assert (levels, len(town.streets), ids) == COUNTS[town.city.config.name]


def test_first_failure_of_every_operator_at_every_premises(reach: Reach, failures: Ints) -> None:
    assert reach.operators == ("telecom", "mobile", "unicom", "cable")
    assert np.array_equal(reach.operator_failed, failures)
    # every outcome occurs, so that none is equal for want of cases
    assert set(np.unique(failures).tolist()) == {-1, 0, 3, 4, 5, 6}


def test_capability_of_every_premises(reach: Reach, failures: Ints, capable: Ints) -> None:
    assert np.array_equal(reach.capable, capable)
    bits = sum((failures[place] == 0).astype(np.int64) << place for place in range(len(failures)))
    assert np.array_equal(reach.capable_operators, bits)


def _answer(states: Ints, percent: int) -> str:
    """Verdict of a share: the same whether the unknown count as passed or as failed, else no data."""
    passed, unknown, n = (int(count) for count in ((states == 1).sum(), (states == -1).sum(), len(states)))
    ends = {n > 0 and 100 * sure >= percent * n for sure in (passed, passed + unknown)}
    if n == 0 or len(ends) == 2:
        return "no_data"
    return "pass" if ends == {True} else "fail"


MARKS = {"pass": 1, "fail": 0, "no_data": -1}


def expected_verdicts(town: Quarter, capable: Ints) -> dict[str, str]:
    """From the bottom up, on the codes alone: streets by their places, villages by their settlements (100 %)."""
    view = town.city.view()
    premises = view.table("premises", ["kind", "area_code"]).to_pylist()
    codes = np.array([row["area_code"] for row in premises])
    towns = np.array([code[:9] for code in codes])
    counted, settled = (
        np.array([row["kind"] in kinds for row in premises]) for kinds in (STREET_KINDS, {"settlement"})
    )
    levels = {row["code"]: row["level"] for row in view.table("areas", ["code", "level"]).to_pylist()}
    found = dict.fromkeys(levels, "not_applicable")
    for code in (code for code, level in levels.items() if level == "admin_village"):
        states = capable[settled & (codes == code)]
        found[code] = _answer(states, 100) if len(states) else "not_applicable"
    for code in (code for code, level in levels.items() if level == "township" and code[6:9] < "400"):
        villages = [found[below] for below in levels if below[:9] == code and levels[below] == "admin_village"]
        states = np.array([MARKS[verdict] for verdict in villages if verdict in MARKS])
        found[code] = _answer(capable[counted & (towns == code)] if code[6] == "0" else states, 90)
    for code in (code for code, level in levels.items() if level == "district"):
        below = [MARKS[found[other]] for other in levels if other[:6] == code and len(other) == 9 and other[6] < "4"]
        found[code] = _answer(np.array(below), 100)
    return found


def test_verdict_of_every_place(town: Quarter, evaluated: Evaluation, capable: Ints) -> None:
    found = {area.code: area.verdict.value for area in evaluated.areas}
    assert found == expected_verdicts(town, capable)
    assert {"pass", "fail"} <= set(found.values())


def test_verdict_of_every_estate(town: Quarter, evaluated: Evaluation, capable: Ints) -> None:
    premises = town.city.view().table("premises", ["premises_id", "kind"]).to_pylist()
    words = {1: "pass", 0: "fail", -1: "no_data"}
    expected = {
        row["premises_id"]: words[int(state)]
        for row, state in zip(premises, capable, strict=True)
        if row["kind"] == "estate"
    }
    assert {estate.code: estate.verdict.value for estate in evaluated.estates} == expected
    assert set(expected.values()) == {"pass", "fail", "no_data"}


def test_the_numbers_behind_every_street(town: Quarter, evaluated: Evaluation, capable: Ints) -> None:
    premises = town.city.view().table("premises", ["kind", "area_code"]).to_pylist()
    counted = np.array([row["kind"] in STREET_KINDS for row in premises])
    towns = np.array([row["area_code"][:9] for row in premises])
    found = {
        area.code: (area.tests[0].numerator, area.tests[0].denominator, area.tests[0].unknown)
        for area in evaluated.areas
        if area.subtype == "street"
    }
    expected = {}
    for code in found:
        states = capable[counted & (towns == code)]
        expected[code] = (int((states == 1).sum()), len(states), int((states == -1).sum()))
    assert found == expected
