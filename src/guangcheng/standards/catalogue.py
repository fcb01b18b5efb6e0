"""The project's own list of every indicator, task and rule with what becomes of it (``catalogue.csv``)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from guangcheng.base.packaged import packaged_rows
from guangcheng.standards.model import Standard


@dataclass(frozen=True, slots=True)
class Entry:
    """One id of the founding documents: the standard that holds it and its disposition.

    Indicators: their kind. Tasks: ``tracked`` or ``out``. Rules: ``executed``, ``decision``, ``config`` or ``out``,
    with ``how`` the logic or the kind of decision.
    """

    id: str
    standard: str
    part: str
    disposition: str
    how: str
    clause: str


@cache
def catalogue() -> tuple[Entry, ...]:
    """The list that ships, in the order of the library."""
    return tuple(Entry(**row) for row in packaged_rows("guangcheng.standards", "catalogue.csv"))


def entries(standard: Standard) -> Iterator[Entry]:
    """The same list as a standard says it."""
    for name, item in standard.indicators.items():
        yield Entry(name, standard.id, "indicator", item.kind, item.measure or "", item.source.clause)
    for name, task in standard.tasks.items():
        yield Entry(name, standard.id, "task", task.disposition, "", task.source.clause)
    for name, rule in standard.rules.items():
        yield Entry(name, standard.id, "rule", rule.disposition, rule.logic or rule.check.value, rule.source.clause)
