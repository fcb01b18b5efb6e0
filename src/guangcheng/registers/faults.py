"""Faults in what people send: numbered, placed, with the reason and the way to mend them.

Each rule has a stable id (``R-101``) in the table ``registers/rules.csv``; the docs, the quality report and the
quarantine file all show that id.
"""

from dataclasses import dataclass
from enum import StrEnum

from guangcheng.base.errors import Where
from guangcheng.base.text import Text


class Severity(StrEnum):
    """What a fault does to its row."""

    ERROR = "error"
    """The row is refused and goes to quarantine."""
    WARNING = "warning"
    """The row is kept; somebody should look."""
    NOTE = "note"
    """The row is kept; worth knowing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: which rule, where, what was found, why it is refused, how to mend it."""

    rule: str
    severity: Severity
    where: Where
    value: str
    why: Text
    mend: Text
