"""The numbered rules a file, a row or a cell can break, read from ``registers/rules.csv``.

``R-001`` … ``R-049`` come from reading a file (its format, its cells), ``R-100`` on from what a register demands.
The ids are stable: the report, the quarantine file and the docs show them.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from guangcheng.base.errors import InputError, Where
from guangcheng.base.text import Text
from guangcheng.registers.faults import Fault, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule; ``why`` and ``mend`` may hold ``{names}`` that the finder of a fault fills in."""

    id: str
    severity: Severity
    title: Text
    why: Text
    mend: Text

    def fault(self, where: Where, value: str, **values: object) -> Fault:
        """A fault against this rule at ``where``, showing the ``value`` found; ``values`` fill the texts."""
        return Fault(
            rule=self.id,
            severity=self.severity,
            where=where,
            value=value,
            why=self.why.format(**values),
            mend=self.mend.format(**values),
        )

    def error(self, kind: type[InputError], where: Where, **values: object) -> InputError:
        """Refuse a whole file: an error to raise, with this rule's number at the end of its message."""
        why = self.why.format(**values)
        message = Text(zh=f"{why.zh}（{self.id}）", en=f"{why.en} ({self.id})")
        return kind(message, mend=self.mend.format(**values), where=where)


@cache
def rules() -> MappingProxyType[str, Rule]:
    """Every rule by its id, in the order of the table."""
    source = resources.files("guangcheng.registers").joinpath("rules.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
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


def rule(rule_id: str) -> Rule:
    """The rule called ``rule_id``; ``KeyError`` if there is none (a programming error)."""
    return rules()[rule_id]
