"""Which file, logic and test stand behind every id of the library: the rows of ``docs/reference/mapping.md``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guangcheng.standards import library
from guangcheng.standards.catalogue import Entry, catalogue
from guangcheng.standards.model import Standard
from tools.links import named, read_cases, wanted

DECISIONS = "tests/coverage/rules/test_decisions.py"
DATA = "tests/standards/test_catalogue.py"
TESTED_AS_DATA = ("task", "qualitative", "definition", "out_of_scope", "config")
"""Dispositions that compute nothing: the test that holds the data against the list stands behind them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One id: where it stands, how it is answered, and what fails when it is wrong."""

    entry: Entry
    tests: tuple[str, ...]
    cases: int
    """How many policy cases name it."""


def rows() -> list[Row]:
    """One row per id of the shipped list, in its order; a row without tests is unmapped."""
    standards = {name: library.load(name) for name in library.ids()}
    cases = read_cases()
    by_standard = {
        name: [(file, named(case)) for file, case in cases if case["standard"] == name] for name in standards
    }
    return [_row(standards[entry.standard], entry, by_standard[entry.standard]) for entry in catalogue()]


def _row(standard: Standard, entry: Entry, cases: Iterable[tuple[str, set[str]]]) -> Row:
    if entry.part == "rule" and entry.disposition == "decision":
        return Row(entry, (DECISIONS,), 0)
    if entry.part == "task" or entry.disposition in TESTED_AS_DATA:
        return Row(entry, (DATA,), 0)
    files = [file for file, names in cases if names & _ids(standard, entry)]
    found = tuple(f"tests/policy/cases/{file}" for file in dict.fromkeys(files))
    if not found and entry.part == "indicator" and not _scored(standard, entry):
        return Row(entry, (DATA,), 0)
    return Row(entry, found, len(files))


def _ids(standard: Standard, entry: Entry) -> set[str]:
    if entry.part == "rule":
        return wanted(standard, entry.id, standard.rules[entry.id])
    parameter = standard.indicators[entry.id].parameter
    return {entry.id, *({"reach"} if parameter and "reach" in _uses_of_reach(standard) else set())}


def _uses_of_reach(standard: Standard) -> set[str]:
    return {"reach"} if "min_access_mbps" in standard.parameters else set()


def _scored(standard: Standard, entry: Entry) -> bool:
    return any(target.value is not None for target in standard.indicators[entry.id].targets)


def unmapped(found: Iterable[Row]) -> Iterator[str]:
    """Ids behind which nothing stands."""
    return (row.entry.id for row in found if not row.tests)


def counted(found: Iterable[Row]) -> Mapping[str, int]:
    """How many ids have which disposition, by part."""
    counts: dict[str, Any] = {}
    for row in found:
        key = f"{row.entry.part} {row.entry.disposition}"
        counts[key] = counts.get(key, 0) + 1
    return counts
