"""The catalogue of the founding documents read as expected figures; the few rows we read differently stand here."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from guangcheng.base.provenance import Basis
from guangcheng.standards.model import Indicator, Standard, Task, value_at

DOCUMENTS = {
    "000": "qinzhou-2015-broadband",
    "001": "qingcheng-2017-all-optical",
    "003": "liangjiang-2022-gigabit",
}

COMPARATORS = (">=", "<=", "=")

READ_DIFFERENTLY = {
    # all or none is 100 % of the places, so that numerator and denominator can be shown
    "IND-001-23": {"unit": "%", "targets": "100"},
    # "= 4 streets" is a floor (C-03): a list with more streets must not fail by having more
    "IND-001-02": {"comparator": ">="},
    # a date in the catalogue; here how many of the seven are met by it
    "IND-003-08": {"unit": "个", "comparator": ">=", "targets": "7@2022-09-30"},
    # a specification by layer: words, never scored
    "IND-003-13": {"targets": "400@2022-08-15; 50; 100/200@2022-08-30"},
    "IND-003-14": {"unit": "次/月"},
    "IND-003-09": {"targets": ""},
    "IND-003-10": {"targets": ""},
    "IND-003-12": {"targets": ""},
    "IND-000-20": {"targets": ""},
    "IND-001-13": {"targets": ""},
    # 80 stands in each level's own test
    "IND-001-14": {"targets": ""},
    "IND-003-11": {"targets": "上升@2022-07-15"},
    "IND-000-17": {"targets": "基本实现@2015-12-31"},
    "IND-000-18": {"targets": "基本实现@2015-12-31"},
    "IND-000-19": {"targets": "基本覆盖@2020-12-31"},
    "IND-000-21": {"targets": "全区平均@2020-12-31"},
}

_DATED = re.compile(r"\s*(?P<value>[\d.]+)@(?P<date>\d{4}-\d\d-\d\d)")
_STANDING = re.compile(r"(?P<value>[\d.]+)(@(acceptance|all|each .*)|/month)$")


class Figures(NamedTuple):
    """What must be equal for one indicator."""

    id: str
    unit: str
    comparator: str
    baseline: str
    targets: str
    clause: str
    hardness: str


class Duty(NamedTuple):
    """What must be equal for one task."""

    id: str
    deadline: str
    continuous: bool
    lead: str
    """Empty where the document names none and the product's default stands in."""
    responsible: str
    cooperating: str
    indicators: str


def expected_figures(rows: Iterable[Mapping[str, str]]) -> dict[str, Figures]:
    """Catalogue rows, with the readings above laid over them."""
    return {row["id"]: _expected(row) for row in rows if row["doc"] in DOCUMENTS}


def _expected(row: Mapping[str, str]) -> Figures:
    plain = Figures(
        id=row["id"],
        unit=row["unit"],
        comparator=row["comparator"] if row["comparator"] in COMPARATORS else "",
        baseline=f"{row['baseline_value']}@{row['baseline_date']}" if row["baseline_value"] else "",
        targets="" if "targets" in READ_DIFFERENTLY.get(row["id"], {}) else _targets(row["targets_value_at_date"]),
        clause=row["clause"],
        hardness=row["hardness"],
    )
    return plain._replace(**READ_DIFFERENTLY.get(row["id"], {}))


def _targets(text: str) -> str:
    standing = _STANDING.match(text)
    if standing:
        return standing["value"]
    found = [_DATED.match(item) for item in text.split(";")]
    if not all(found):
        raise AssertionError(f"a catalogue target nobody reads: {text!r}")
    return "; ".join(f"{item['value']}@{item['date']}" for item in found if item)


def figures(standard: Standard) -> dict[str, Figures]:
    """The same from a standard."""
    return {name: _figures(standard, name, item) for name, item in standard.indicators.items()}


def _figures(standard: Standard, name: str, item: Indicator) -> Figures:
    test = next((test for level in standard.acceptance for test in level.tests if test.id == name), None)
    if test is not None:
        assert (item.comparator, item.unit) == (test.comparator, test.unit)
    return Figures(
        id=name,
        unit=item.unit,
        comparator=item.comparator or "",
        baseline=f"{item.baseline.value:g}@{item.baseline.date}" if item.baseline else "",
        targets=_standing(standard, name, item) or _dated(item),
        clause=item.source.clause,
        hardness=item.hardness,
    )


def _dated(item: Indicator) -> str:
    return "; ".join(
        f"{target.value_text if target.value is None else f'{target.value:g}'}@{target.date}" for target in item.targets
    )


def _standing(standard: Standard, name: str, item: Indicator) -> str:
    held = [test.threshold for level in standard.acceptance for test in level.tests if test.id == name]
    held += [standard.parameters[item.parameter].values] if item.parameter else []
    if not held:
        return ""
    (values,) = held
    in_force = value_at(values, max(values))
    assert in_force is not None
    return str(in_force.value)


_NAMES_NOBODY = re.compile(r"^\(|^$")
_REMARK = re.compile(r"\s*\((?:implied|组织|办公室|专班|data|receive)\)|\s*\([^)]*implied\)|抽调专人")


def expected_duties(rows: Iterable[Mapping[str, str]]) -> dict[str, Duty]:
    """Catalogue rows of tasks."""
    return {row["id"]: _expected_duty(row) for row in rows if row["doc"] in DOCUMENTS}


def _expected_duty(row: Mapping[str, str]) -> Duty:
    deadline = row["deadline"]
    names = row["lead_unit"]
    return Duty(
        id=row["id"],
        deadline=deadline if re.fullmatch(r"\d{4}-\d\d-\d\d", deadline) else "",
        continuous=deadline in ("continuous", "持续推进", "定期", "monthly"),
        lead=""
        if _NAMES_NOBODY.match(names) or "implied" in names
        else _REMARK.sub("", names.replace(" (政府)", "政府")),
        responsible=_units(row["responsible_units"]),
        cooperating=_units(row["cooperating_units"]),
        indicators="" if not row["linked_indicators"] else ";".join(_links(row["linked_indicators"])),
    )


def _units(text: str) -> str:
    return "" if _NAMES_NOBODY.match(text) else _REMARK.sub("", text)


def _links(text: str) -> list[str]:
    """``IND-001-06;07`` and ``IND-001-13..28`` written out."""
    head, _, rest = text.rpartition("-")
    found: list[str] = []
    for item in rest.split(";"):
        first, _, last = item.strip().partition("..")
        found += [f"{head}-{number:02d}" for number in range(int(first), int(last or first) + 1)]
    return found


def duties(standard: Standard) -> dict[str, Duty]:
    """The same from a standard."""
    return {name: _duty(name, task) for name, task in standard.tasks.items()}


def _duty(name: str, task: Task) -> Duty:
    return Duty(
        id=name,
        deadline=task.deadline.isoformat() if task.deadline else "",
        continuous=task.continuous,
        lead=task.lead or "" if task.lead_basis is Basis.TEXT else "",
        responsible="、".join(task.responsible),
        cooperating="、".join(task.cooperating),
        indicators=";".join(task.indicators),
    )


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
