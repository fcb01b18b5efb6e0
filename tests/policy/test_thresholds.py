"""Every number of an executed rule is held by a case: changed by one unit, up or down, some case answers otherwise."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tools.links import behind, named, read_cases, wanted

from guangcheng.base.errors import GuangchengError
from guangcheng.registers.view import RegisterView
from guangcheng.standards import library
from guangcheng.standards.logics import EVALUATION
from guangcheng.standards.model import Dated, Indicator, Parameter, Rule, Standard, TargetStatus
from guangcheng.standards.overrides import with_local_values
from tests.policy.runner import Case, differences, observe, view_of

ALL = {name: library.load(name) for name in library.ids()}
RULES = [
    (standard.id, name)
    for standard in ALL.values()
    for name, rule in standard.rules.items()
    if rule.disposition == "executed"
]
CASES = read_cases()
BY_DAY = ("done_by_class", "finished_early", "settled_by")
"""Logics that take the day of an indicator's target; the others take its value."""

Mutant = tuple[str, Standard]
_views: dict[int, RegisterView] = {}


def _stepped(value: object) -> Iterator[Any]:
    """The value one unit up and one down: of its last decimal place, or a day."""
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return
        yield from (str(day + timedelta(days=step)) for step in (1, -1))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        unit = Decimal(1).scaleb(Decimal(str(value)).as_tuple().exponent) if isinstance(value, float) else Decimal(1)  # type: ignore[arg-type]
        for step in (unit, -unit):
            changed = Decimal(str(value)) + step
            yield float(changed) if isinstance(value, float) else int(changed)


def _dated(values: Dated) -> Iterator[tuple[str, Dated]]:
    for day, item in values.items():
        for changed in _stepped(item.value):
            yield f"{item.value}→{changed}", {**values, day: item.model_copy(update={"value": changed})}


def _with_rule(standard: Standard, name: str, **update: object) -> Standard:
    rule = standard.rules[name].model_copy(update=update)
    return standard.model_copy(update={"rules": {**standard.rules, name: rule}})


def _own(standard: Standard, name: str, rule: Rule) -> Iterator[Mutant]:
    for key, parameter in rule.parameters.items():
        for label, values in _dated(parameter.values):
            changed = parameter.model_copy(update={"values": values})
            yield f"{key} {label}", _with_rule(standard, name, parameters={**rule.parameters, key: changed})
    for place, band in enumerate(rule.bands):
        for coefficient in _stepped(band.coefficient):
            bands = [*rule.bands]
            bands[place] = band.model_copy(update={"coefficient": coefficient})
            yield f"band {band.quantity} {band.low} → {coefficient}", _with_rule(standard, name, bands=bands)


def _of_standard(standard: Standard, rule: Rule) -> Iterator[Mutant]:
    days = rule.logic in BY_DAY
    both = rule.logic == EVALUATION
    for name in dict.fromkeys([*rule.takes.values(), *rule.judged_by]):
        if name in standard.parameters:
            yield from _parameter(standard, name, standard.parameters[name])
        elif name in standard.indicators and standard.indicators[name].targets:
            item = standard.indicators[name]
            yield from _indicator(standard, name, item, values=not days or both, days=days or both, whole=both)
        elif name in standard.indicators and standard.indicators[name].parameter:
            held = str(standard.indicators[name].parameter)
            yield from _parameter(standard, held, standard.parameters[held])
        yield from _tests(standard, name)


def _parameter(standard: Standard, name: str, parameter: Parameter) -> Iterator[Mutant]:
    for label, values in _dated(parameter.values):
        changed = parameter.model_copy(update={"values": values})
        yield f"{name} {label}", standard.model_copy(update={"parameters": {**standard.parameters, name: changed}})


def _indicator(
    standard: Standard, name: str, item: Indicator, *, values: bool, days: bool, whole: bool
) -> Iterator[Mutant]:
    """Targets changed: the scored ones of an indicator that is evaluated (``whole``), else the final one taken."""
    scored = [t for t in item.targets if t.value is not None and t.status is TargetStatus.ACTIVE]
    for target in scored if whole else scored[-1:]:
        place = item.targets.index(target)
        updates: list[dict[str, object]] = [{"value": value} for value in _stepped(target.value)] if values else []
        updates += [{"date": target.date + timedelta(days=step)} for step in (1, -1)] if days else []
        for update in updates:
            targets = [*item.targets]
            targets[place] = target.model_copy(update=update)
            changed = item.model_copy(update={"targets": targets})
            yield (
                f"{name}@{target.date} {update}",
                standard.model_copy(update={"indicators": {**standard.indicators, name: changed}}),
            )


def _tests(standard: Standard, name: str) -> Iterator[Mutant]:
    for place, level in enumerate(standard.acceptance):
        for number, test in enumerate(level.tests):
            if test.id != name:
                continue
            for label, threshold in _dated(test.threshold):
                tests = [*level.tests]
                tests[number] = test.model_copy(update={"threshold": threshold})
                levels = [*standard.acceptance]
                levels[place] = level.model_copy(update={"tests": tests})
                yield f"{name} {label}", standard.model_copy(update={"acceptance": levels})


def _answers_otherwise(case: Case, mutant: Standard) -> bool:
    view = _views.setdefault(id(case), view_of(case)) if id(case) in _views else view_of(case)
    _views[id(case)] = view
    judged = with_local_values(mutant, case.get("parameters", {}), source="city.toml")
    try:
        return bool(differences(case, observe(case, judged, view)))
    except GuangchengError:
        return True


@pytest.mark.parametrize(("standard_id", "name"), RULES, ids=[name for _, name in RULES])
def test_a_number_changed_by_one_unit_changes_a_case(standard_id: str, name: str) -> None:
    standard = ALL[standard_id]
    rule = standard.rules[name]
    cases = [case for _, case in behind(standard, wanted(standard, name, rule), CASES)]
    assert cases, f"no policy case stands behind {name}"
    alive = [
        label
        for label, mutant in [*_own(standard, name, rule), *_of_standard(standard, rule)]
        if not any(_answers_otherwise(case, mutant) for case in _nearest(cases, label))
    ]
    assert alive == []


def _nearest(cases: list[Case], label: str) -> list[Case]:
    """Cases that name the changed thing first: a killed number is found sooner."""
    head = label.partition(" ")[0].partition("@")
    return sorted(cases, key=lambda case: (head[0] not in named(case), head[2] != str(case["as_of"])))
