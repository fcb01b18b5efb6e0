"""The policy people's tests: every case in ``cases/**/*.yaml`` is one test.

A file holds a list of cases::

    - name: 9 of 10 natural villages is enough
      standard: qingcheng-2017-all-optical
      as_of: 2018-12-31
      area: "441802"                   # optional: evaluate only this area
      parameters: {penetration_is_hard: true}      # optional: the city's own settings
      given: {crs: EPSG:4546, areas: [...], premises: [...], access_points: [...], ...}   # rows, see build.py
      expect:
        verdicts: {CODE: pass}
        tests: {CODE: {IND-001-21: {numerator: 9, denominator: 10, unknown: 0, ok: true, value: "90.0"}}}
        indicators: {IND-001-01: {status: met, value: "4", target: "4", target_date: 2018-06-30, gap: null}}
        reach: {PREMISES: {capable: true, operators: {telecom: {capable: false, first_failed: capacity}}}}
        fewest: {CODE: {villages: 2, premises: 3}}
        data_gaps: {kind: [where, ...]}

An indicator given per area is named ``IND-001-12@CODE``. Estates are named by their premises id. What a case does
not name is not looked at; what it names must be equal. A key nobody reads fails the case.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.gaps import fewest
from guangcheng.coverage.results import AreaVerdict, Evaluation, IndicatorResult
from guangcheng.registers.schema import schemas
from guangcheng.registers.view import RegisterView
from guangcheng.standards import library
from guangcheng.standards.model import Standard
from guangcheng.standards.overrides import with_local_values
from tests.policy import build
from tests.policy.build import CaseFault, only
from tests.policy.reach import observed

CASES = Path(__file__).parent / "cases"
Case = Mapping[str, Any]


def _collect() -> list[Any]:
    found = []
    for path in sorted(CASES.rglob("*.yaml")):
        cases = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or []
        where = path.relative_to(CASES).as_posix()
        found += [pytest.param(case, id=f"{where}::{case.get('name', index)}") for index, case in enumerate(cases)]
    return found


@cache
def _standard(name: str) -> Standard:
    return library.load(name)


@cache
def _calendar() -> WorkingCalendar:
    return WorkingCalendar()


def _checked(case: Case) -> None:
    only(case, ("name", "standard", "as_of", "area", "parameters", "note", "given", "expect"), "case")
    only(case["given"], ("crs", *schemas()), "given")
    only(case["expect"], ("verdicts", "tests", "indicators", "reach", "fewest", "data_gaps"), "expect")
    if not case["expect"]:
        raise CaseFault("expect: nothing is expected, so the case cannot fail")
    if not isinstance(case["as_of"], date):
        raise CaseFault(f"as_of: {case['as_of']!r} is not a day (YYYY-MM-DD)")


@pytest.mark.parametrize("case", _collect())
def test_case(case: Case) -> None:
    _checked(case)
    standard = with_local_values(_standard(case["standard"]), case.get("parameters", {}), source="city.toml")
    view = build.view(case["given"], case["as_of"])
    expect = dict(case["expect"])
    reach, nearest = expect.pop("reach", None), expect.pop("fewest", None)
    found: dict[str, Any] = {}
    if expect:
        evaluation = evaluate(view, standard, as_of=case["as_of"], calendar=_calendar(), area=case.get("area"))
        found = {part: _PARTS[part](evaluation, wanted) for part, wanted in expect.items()}
    if reach is not None:
        found["reach"] = observed(view, standard, case["as_of"], _calendar(), reach)
    if nearest is not None:
        found["fewest"] = _fewest(view, standard, case["as_of"], nearest)
    differences = _differences(found, _normal(case["expect"]))
    assert not differences, "\n".join(differences)


def _differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """Every place where the two differ, as a policy person reads it."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        each = [_differences(found[key], expected[key], f"{where} › {key}" if where else key) for key in expected]
        return [line for lines in each for line in lines]
    return [] if found == expected else [f"{where}: found {found!r}, expected {expected!r}"]


def _normal(expect: Mapping[str, Any]) -> dict[str, Any]:
    """What is expected, with lists in order and codes as text."""
    return {
        part: {str(key): sorted(value) if part == "data_gaps" else value for key, value in wanted.items()}
        for part, wanted in expect.items()
    }


def _places(evaluation: Evaluation) -> dict[str, AreaVerdict]:
    return {place.code: place for place in (*evaluation.areas, *evaluation.estates)}


def _named(things: Mapping[str, Any], name: object, what: str) -> Any:
    if str(name) not in things:
        raise CaseFault(f"{what}: {name} is not in the evaluation; there are {', '.join(sorted(things)) or 'none'}")
    return things[str(name)]


def _verdicts(evaluation: Evaluation, wanted: Mapping[str, Any]) -> dict[str, str]:
    places = _places(evaluation)
    return {str(code): _named(places, code, "verdicts").verdict.value for code in wanted}


def _tests(evaluation: Evaluation, wanted: Mapping[str, Any]) -> dict[str, Any]:
    places = _places(evaluation)
    found: dict[str, Any] = {}
    for code, tests in wanted.items():
        there = {test.id: test for test in _named(places, code, "tests").tests}
        found[str(code)] = {name: _seen(_named(there, name, f"tests {code}"), keys) for name, keys in tests.items()}
    return found


_TEST_KEYS = ("numerator", "denominator", "unknown", "ok", "value", "threshold", "basis", "hard")


def _seen(test: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    only(wanted, _TEST_KEYS, "tests")
    return {key: _plain(getattr(test, key)) for key in wanted}


_INDICATOR_KEYS = (
    *("status", "value", "numerator", "denominator", "target", "target_date", "gap", "unit", "basis", "flags"),
)


def _indicators(evaluation: Evaluation, wanted: Mapping[str, Any]) -> dict[str, Any]:
    there = {item.id: item for item in evaluation.indicators if item.area == evaluation.area}
    there |= {f"{item.id}@{item.area}": item for item in evaluation.indicators}
    found: dict[str, Any] = {}
    for name, keys in wanted.items():
        only(keys, _INDICATOR_KEYS, f"indicators {name}")
        item = _named(there, name, "indicators")
        found[name] = {key: _indicator_value(item, key) for key in keys}
    return found


def _indicator_value(item: IndicatorResult, key: str) -> Any:
    if key == "gap":
        return None if item.gap is None else {"amount": item.gap.amount, "unit": item.gap.unit}
    return _plain(getattr(item, key))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.value if hasattr(value, "value") else value


def _data_gaps(evaluation: Evaluation, wanted: Mapping[str, Any]) -> dict[str, list[str]]:
    return {kind: sorted(gap.where for gap in evaluation.data_gaps if gap.kind == kind) for kind in wanted}


_PARTS: dict[str, Callable[[Evaluation, Mapping[str, Any]], dict[str, Any]]] = {
    "verdicts": _verdicts,
    "tests": _tests,
    "indicators": _indicators,
    "data_gaps": _data_gaps,
}


def _fewest(view: RegisterView, standard: Standard, as_of: date, wanted: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, keys in wanted.items():
        only(keys, ("villages", "premises", "village_codes", "premises_ids"), f"fewest {code}")
        answer = fewest(view, standard, str(code), as_of=as_of, calendar=_calendar())
        found[str(code)] = {key: _plain(getattr(answer, key)) for key in keys}
    return found


def test_a_key_nobody_reads_is_refused() -> None:
    with pytest.raises(CaseFault, match="unknown verdict; known are verdicts"):
        _checked({"name": "x", "standard": "s", "as_of": date(2018, 1, 1), "given": {}, "expect": {"verdict": {}}})


def test_an_empty_expectation_is_refused() -> None:
    with pytest.raises(CaseFault, match="cannot fail"):
        _checked({"name": "x", "standard": "s", "as_of": date(2018, 1, 1), "given": {}, "expect": {}})


def test_repeat_writes_rows_out() -> None:
    rows = build.expand(
        [
            {"repeat": {"count": 2, "start": 3, "step": {"x": 50}, "template": {"id": "P{i}", "x": 0}}},
            {"repeat": {"count": [2, 1], "template": {"id": "Q{i}-{j}"}}},
        ]
    )
    assert rows == [{"id": "P3", "x": 0}, {"id": "P4", "x": 50}, {"id": "Q1-1"}, {"id": "Q2-1"}]


def test_there_are_enough_cases() -> None:
    assert len(_collect()) >= 120
