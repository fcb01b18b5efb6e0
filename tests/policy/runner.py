"""The policy people's cases: what one says, and what the product answers.

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

A case of a rule that registers do not decide gives facts instead of rows::

      facts: {RUL-586-16: {upheld: 26}}
      expect: {rules: {RUL-586-16: {ok: false, value: "0.8", items: [...], due: 2018-06-26, refused: true}}}

An indicator given per area is named ``IND-001-12@CODE``. Estates are named by their premises id. What a case does
not name is not looked at; what it names must be equal. A key nobody reads fails the case.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

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
from tests.policy.rules import findings

CASES = Path(__file__).parent / "cases"
Case = Mapping[str, Any]


@cache
def collect() -> tuple[tuple[str, Case], ...]:
    """Every case with its name: ``file::name``."""
    found: list[tuple[str, Case]] = []
    for path in sorted(CASES.rglob("*.yaml")):
        cases = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or []
        where = path.relative_to(CASES).as_posix()
        found += [(f"{where}::{case.get('name', index)}", case) for index, case in enumerate(cases)]
    return tuple(found)


@cache
def _standard(name: str) -> Standard:
    return library.load(name)


@cache
def _calendar() -> WorkingCalendar:
    return WorkingCalendar()


def checked(case: Case) -> None:
    """Refuse a case that cannot be read or cannot fail."""
    only(case, ("name", "standard", "as_of", "area", "parameters", "note", "given", "facts", "expect"), "case")
    only(case.get("given", {}), ("crs", *schemas()), "given")
    only(case["expect"], ("verdicts", "tests", "indicators", "reach", "fewest", "data_gaps", "rules"), "expect")
    if not case["expect"]:
        raise CaseFault("expect: nothing is expected, so the case cannot fail")
    if not isinstance(case["as_of"], date):
        raise CaseFault(f"as_of: {case['as_of']!r} is not a day (YYYY-MM-DD)")


def standard_of(case: Case) -> Standard:
    """The standard a case is judged by, with the city's own settings."""
    return with_local_values(_standard(case["standard"]), case.get("parameters", {}), source="city.toml")


def observe(case: Case, standard: Standard, view: RegisterView) -> dict[str, Any]:
    """What the product answers where the case expects something."""
    expect = dict(case["expect"])
    reach, nearest, rules = (expect.pop(part, None) for part in ("reach", "fewest", "rules"))
    found: dict[str, Any] = {}
    if expect:
        evaluation = evaluate(view, standard, as_of=case["as_of"], calendar=_calendar(), area=case.get("area"))
        found = {part: _PARTS[part](evaluation, wanted) for part, wanted in expect.items()}
    if reach is not None:
        found["reach"] = observed(view, standard, case["as_of"], _calendar(), reach)
    if nearest is not None:
        found["fewest"] = _fewest(view, standard, case["as_of"], nearest)
    if rules is not None:
        found["rules"] = findings(standard, case["as_of"], _calendar(), case.get("facts", {}), rules)
    return found


def view_of(case: Case) -> RegisterView:
    """The registers of a case."""
    return build.view(case.get("given", {}), case["as_of"])


def differences(case: Case, found: Mapping[str, Any]) -> list[str]:
    """Every place where what was found is not what the case expects."""
    return _differences(found, _normal(case["expect"]))


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
