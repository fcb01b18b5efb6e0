"""The numbered faults of planning input (``S-01`` …), read from ``data/faults.csv``: why, and how to mend each."""

import csv
from functools import cache
from importlib import resources
from types import MappingProxyType

from guangcheng.base.errors import Where
from guangcheng.base.text import Text
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.rulebook import Rule

__all__ = ["fault", "faults_table"]


@cache
def faults_table() -> MappingProxyType[str, Rule]:
    """Every fault by its id, in the order of the table."""
    rows = csv.DictReader(_text().splitlines())
    return MappingProxyType(
        {
            row["id"]: Rule(
                id=row["id"],
                severity=Severity(row["severity"]),
                title=Text(zh=row["title_zh"], en=row["title_en"]),
                why=Text(zh=row["why_zh"], en=row["why_en"]),
                mend=Text(zh=row["mend_zh"], en=row["mend_en"]),
            )
            for row in rows
        }
    )


def fault(number: str, field: str, value: object, **values: object) -> Fault:
    """The fault ``number`` about ``value`` of ``field`` (``premises``, ``street``, …); ``values`` fill its texts."""
    return faults_table()[number].fault(Where(field=field), str(value), id=value, **values)


def _text() -> str:
    return resources.files("guangcheng.planning.streets").joinpath("data/faults.csv").read_text(encoding="utf-8")
