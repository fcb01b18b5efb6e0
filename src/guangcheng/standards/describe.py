"""A standard as a list of its demands: every number with its date, clause and basis, as plain values for showing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guangcheng.base.provenance import Basis, Clause
from guangcheng.base.text import Text
from guangcheng.standards.model import Dated, Indicator, LevelStandard, LevelTest, Source, Standard, Target, Words

Part = Literal["parameter", "acceptance", "baseline", "target", "task", "rule"]


@dataclass(frozen=True, slots=True)
class Demand:
    """One value the standard sets. ``of`` is the level of an acceptance test, else ``None``.

    ``value`` is as written (``None``: ended, or a task without a number); ``day`` is the first day in force of a
    parameter or threshold, the date of a baseline, the date to reach a target or finish a task.
    """

    part: Part
    id: str
    title: Text
    of: str | None
    comparator: str | None
    value: str | None
    unit: str | None
    day: date | None
    day_text: str | None
    clause: Clause
    basis: Basis
    decision: str | None
    remarks: tuple[str, ...] = ()
    """Named marks: ``reference``, ``disputed``, ``internal_control``, ``continuous``, ``out``, the indicator's flags;
    of a rule its disposition, then its check."""


def describe(standard: Standard) -> tuple[Demand, ...]:
    """Every demand in the order parameters, acceptance, indicators (baseline, then targets by date), tasks, rules."""
    return (
        *(demand for item in _parameters(standard) for demand in item),
        *(demand for level in standard.acceptance for test in level.tests for demand in _test(level, test)),
        *(demand for name, item in standard.indicators.items() for demand in _indicator(name, item)),
        *_tasks(standard),
        *_rules(standard),
    )


def shown_value(value: object) -> str | None:
    """A parameter, threshold or target as people write it: lists joined, true and false as in YAML."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _text(words: Words) -> Text:
    return Text(zh=words.zh, en=words.en)


def _parameters(standard: Standard) -> Iterator[Iterator[Demand]]:
    for name, parameter in standard.parameters.items():
        yield _dated("parameter", name, parameter.title, parameter.values, parameter.unit)


def _dated(
    part: Part,
    name: str,
    title: Words,
    values: Dated,
    unit: str | None,
    *,
    of: str | None = None,
    comparator: str | None = None,
    remarks: tuple[str, ...] = (),
) -> Iterator[Demand]:
    for day in sorted(values):
        item = values[day]
        yield Demand(
            part=part,
            id=name,
            title=_text(title),
            of=of,
            comparator=comparator,
            value=shown_value(item.value),
            unit=unit,
            day=day,
            day_text=None,
            clause=item.source.as_clause(),
            basis=item.basis,
            decision=item.decision,
            remarks=remarks,
        )


def _test(level: LevelStandard, test: LevelTest) -> Iterator[Demand]:
    return _dated(
        "acceptance",
        test.id,
        test.title,
        test.threshold,
        test.unit,
        of=level.level.value,
        comparator=test.comparator,
        remarks=() if test.hard else ("reference",),
    )


def _indicator(name: str, item: Indicator) -> Iterator[Demand]:
    if item.baseline is not None:
        yield _of_indicator("baseline", name, item, item.baseline.source, item.baseline.value, item.baseline.date)
    for target in item.targets:
        yield _of_indicator(
            "target",
            name,
            item,
            target.source,
            target.value if target.value is not None else target.value_text,
            target.date,
            target,
        )


def _of_indicator(
    part: Part, name: str, item: Indicator, source: Source, value: object, day: date, target: Target | None = None
) -> Demand:
    return Demand(
        part=part,
        id=name,
        title=_text(item.name),
        of=None if item.each_level is None else item.each_level.value,
        comparator=None if target is None else item.asked(target),
        value=shown_value(value),
        unit=item.unit,
        day=day,
        day_text=None if target is None else target.date_text,
        clause=source.as_clause(),
        basis=item.basis if target is None else target.basis,
        decision=item.decision if target is None else (target.decision or item.decision),
        remarks=_marks(item, target),
    )


def _marks(item: Indicator, target: Target | None) -> tuple[str, ...]:
    marks = [] if target is None else [target.status.value, target.role]
    return tuple(mark for mark in [*marks, *item.flags] if mark not in ("active", "pass"))


def _tasks(standard: Standard) -> Iterator[Demand]:
    for name, task in standard.tasks.items():
        yield Demand(
            part="task",
            id=name,
            title=_text(task.title),
            of=task.lead,
            comparator=None,
            value=None,
            unit=None,
            day=task.deadline,
            day_text=task.deadline_text,
            clause=task.source.as_clause(),
            basis=task.lead_basis,
            decision=None,
            remarks=("continuous",) if task.continuous else (),
        )


def _rules(standard: Standard) -> Iterator[Demand]:
    """One row per rule, then one per value of its own parameters."""
    for name, rule in standard.rules.items():
        marks = (rule.disposition, rule.check.value)
        yield Demand(
            part="rule",
            id=name,
            title=_text(rule.title),
            of=rule.duty_bearer,
            comparator=None,
            value=None,
            unit=None,
            day=None,
            day_text=None,
            clause=rule.source.as_clause(),
            basis=rule.basis,
            decision=rule.decision,
            remarks=marks,
        )
        for key, parameter in rule.parameters.items():
            yield from _dated("rule", f"{name} {key}", parameter.title, parameter.values, parameter.unit, remarks=marks)
