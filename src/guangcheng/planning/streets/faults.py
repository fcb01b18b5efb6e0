"""The numbered faults of planning input (``S-01`` …), read from ``data/faults.csv``: why, and how to mend each."""

from functools import cache
from types import MappingProxyType

from guangcheng.base.errors import Where
from guangcheng.registers.faults import Fault
from guangcheng.registers.rulebook import Rule, read_rules

__all__ = ["fault", "faults_table"]


@cache
def faults_table() -> MappingProxyType[str, Rule]:
    """Every fault by its id, in the order of the table."""
    return read_rules("guangcheng.planning.streets", "data", "faults.csv")


def fault(number: str, field: str, value: object, **values: object) -> Fault:
    """The fault ``number`` about ``value`` of ``field`` (``premises``, ``street``, …); ``values`` fill its texts."""
    return faults_table()[number].fault(Where(field=field), str(value), id=value, **values)
