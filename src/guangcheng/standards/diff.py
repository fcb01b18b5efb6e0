"""What differs between two standards (or two versions of one), and between two days of one standard."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from guangcheng.standards.describe import shown_value
from guangcheng.standards.model import Indicator, Standard, TargetStatus, value_at

_WHOLE = "standard"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``id`` is the parameter, test, indicator, task, rule or level; ``what`` the key below it.

    ``before``/``after`` are the values as written; ``None`` where the key does not exist on that side.
    """

    id: str
    what: str
    before: str | None
    after: str | None


def diff(before: Standard, after: Standard) -> list[Change]:
    """Every key whose value differs, in the order of ``before``, then what only ``after`` has."""
    return _compare(_facts(before), _facts(after))


def diff_days(standard: Standard, before: date, after: date) -> list[Change]:
    """What the standard demands on one day and differently on another.

    Parameters and thresholds in force (those of rules too), and per indicator the last target due by the day
    (disputed ones never count).
    """
    return _compare(dict(_in_force(standard, before)), dict(_in_force(standard, after)))


Facts = Mapping[tuple[str, str], str | None]


def _compare(before: Facts, after: Facts) -> list[Change]:
    keys = [*before, *(key for key in after if key not in before)]
    return [
        Change(name, what, before.get((name, what)), after.get((name, what)))
        for name, what in keys
        if before.get((name, what)) != after.get((name, what))
    ]


def _facts(standard: Standard) -> Facts:
    dumped = standard.model_dump(mode="json", exclude_none=True)
    facts: dict[tuple[str, str], str | None] = {}
    levels = dumped.pop("acceptance")
    for part in ("parameters", "indicators", "tasks", "rules"):
        for name, item in dumped.pop(part).items():
            facts |= {(name, what): value for what, value in _leaves(item)}
    for level in levels:
        tests = level.pop("tests")
        facts |= {(level["level"], what): value for what, value in _leaves(level)}
        for test in tests:
            facts |= {(test["id"], what): value for what, value in _leaves({"level": level["level"], **test})}
    return {(_WHOLE, what): value for what, value in _leaves(dumped)} | facts


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str | None]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for place, item in enumerate(value):
            yield from _leaves(item, f"{path}.{_key(item, place)}")
    else:
        yield path, shown_value(value)


def _key(item: object, place: int) -> str:
    """A target is known by date, role and status (unique by rule), so that inserting one moves no other."""
    if isinstance(item, dict) and "date" in item:
        return f"{item['date']}/{item['role']}/{item['status']}"
    return str(place)


def _in_force(standard: Standard, on: date) -> Iterator[tuple[tuple[str, str], str | None]]:
    for name in standard.parameters:
        found = standard.parameter(name, on)
        yield (name, "value"), None if found is None else shown_value(found.value)
    for level in standard.acceptance:
        for test in level.tests:
            found = value_at(test.threshold, on)
            yield (test.id, "threshold"), None if found is None else shown_value(found.value)
    for name, indicator in standard.indicators.items():
        yield (name, "target"), _last_due(indicator, on)
    for name, rule in standard.rules.items():
        for key, parameter in rule.parameters.items():
            found = value_at(parameter.values, on)
            yield (name, key), None if found is None else shown_value(found.value)


def _last_due(indicator: Indicator, on: date) -> str | None:
    due = [item for item in indicator.targets if item.date <= on and item.status is TargetStatus.ACTIVE]
    if not due:
        return None
    return shown_value(due[-1].value if due[-1].value is not None else due[-1].value_text)
