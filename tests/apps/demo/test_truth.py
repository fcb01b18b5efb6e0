"""The evaluation agrees with what the city was built to be, place by place; neither knows the other."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc
import pytest

from guangcheng.apps.demo.generator import build_demo
from guangcheng.apps.demo.made import DemoCity
from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.reach import ReachRule, compute_reach
from guangcheng.coverage.results import AreaVerdict, Evaluation
from guangcheng.registers.view import RegisterView, view_of_tables
from guangcheng.standards.library import load
from tests.apps.demo.conftest import SMALL

Truth = Mapping[str, dict[str, Any]]
NO_STANDARD = ("community", "township")


def view_of(city: DemoCity) -> RegisterView:
    return view_of_tables(city.tables, as_of=city.as_of, crs=city.crs)


def truth_of(city: DemoCity, subject: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in city.truth.to_pylist() if row["subject"] == subject}


def evaluation_of(city: DemoCity) -> Evaluation:
    return evaluate(view_of(city), load(city.standard), as_of=city.as_of, calendar=WorkingCalendar())


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    keys = found.keys() | wanted.keys()
    return {key: (found.get(key), wanted.get(key)) for key in sorted(keys) if found.get(key) != wanted.get(key)}


def hard_counts(area: AreaVerdict) -> tuple[int | None, int | None, int]:
    (test,) = [test for test in area.tests if test.hard]
    return test.numerator, test.denominator, test.unknown


def penetration(area: AreaVerdict) -> tuple[int | None, int | None]:
    (test,) = [test for test in area.tests if not test.hard]
    return test.numerator, test.denominator


def check_reach(city: DemoCity) -> None:
    reach = compute_reach(view_of(city), ReachRule.of(load(city.standard), city.as_of), calendar=WorkingCalendar())
    words = {1: "yes", 0: "no", -1: "unknown"}
    found = dict(zip(reach.premises_id.to_pylist(), [words[int(value)] for value in reach.capable], strict=True))
    wanted = {code: row["capable"] for code, row in truth_of(city, "premises").items()}
    assert differences(found, wanted) == {}


def check_verdicts(city: DemoCity, evaluation: Evaluation) -> None:
    areas, estates = truth_of(city, "area"), truth_of(city, "estate")
    judged = {code: row for code, row in areas.items() if row["level"] not in NO_STANDARD}
    assert differences({area.code: area.verdict.value for area in evaluation.areas}, verdicts(areas)) == {}
    assert differences({estate.code: estate.verdict.value for estate in evaluation.estates}, verdicts(estates)) == {}
    counted = {code: row for code, row in (judged | estates).items() if row["denominator"] is not None}
    found = {
        place.code: hard_counts(place) for place in (*evaluation.areas, *evaluation.estates) if place.code in counted
    }
    counts = {code: (row["numerator"], row["denominator"], row["unknown"]) for code, row in counted.items()}
    assert differences(found, counts) == {}
    fibre = {code: (row["fibre"], row["broadband"]) for code, row in judged.items() if row["fibre"] is not None}
    assert differences({area.code: penetration(area) for area in evaluation.areas if area.code in fibre}, fibre) == {}


def verdicts(rows: Truth) -> dict[str, str]:
    return {code: row["verdict"] for code, row in rows.items()}


def test_every_premises_reaches_what_it_was_built_to_reach(small: DemoCity) -> None:
    check_reach(small)


def test_every_verdict_is_the_one_it_was_built_to_be(small: DemoCity) -> None:
    check_verdicts(small, evaluation_of(small))


def test_the_comparison_notices_a_city_that_lost_its_points(small: DemoCity) -> None:
    """Without one village's access points its premises and it are found to differ from the truth, and little else."""
    points = small.tables["access_points"]
    without = points.filter(pc.invert(pc.starts_with(points["area_code"], "441802103206")))
    city = dataclasses.replace(small, tables={**small.tables, "access_points": without})
    with pytest.raises(AssertionError, match="441802103206"):
        check_verdicts(city, evaluation_of(city))
    with pytest.raises(AssertionError):
        check_reach(city)


def test_counts_of_the_district_are_those_of_the_truth(small: DemoCity) -> None:
    wanted = {code: (row["numerator"], row["denominator"]) for code, row in truth_of(small, "indicator").items()}
    found = {
        item.id: (item.numerator, item.denominator)
        for item in evaluation_of(small).indicators
        if item.id in wanted and item.area == small.area_code
    }
    assert (len(wanted), found) == (4, wanted)


@pytest.mark.parametrize("seed", [1, 99])
def test_another_seed_is_another_city_with_its_own_truth(seed: int) -> None:
    city = build_demo(premises=SMALL, seed=seed)
    check_verdicts(city, evaluation_of(city))


def test_the_whole_city_of_fifty_thousand_premises() -> None:
    city = build_demo()
    assert city.tables["premises"].num_rows == 50_000
    check_reach(city)
    check_verdicts(city, evaluation_of(city))
