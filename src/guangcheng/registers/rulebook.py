"""The numbered rules a file, a row or a cell can break, read from ``registers/rules.csv``.

``R-001`` … ``R-049`` come from reading a file (its format, its cells), ``R-100`` on from what a register demands.
The ids are stable: the report, the quarantine file and the docs show them.
"""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from guangcheng.base.errors import InputError, Where
from guangcheng.base.packaged import packaged_rows
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


def read_rules(package: str, *name: str) -> MappingProxyType[str, Rule]:
    """The rules of a table that ships in ``package``, by id, in the order of the table."""
    return MappingProxyType(
        {
            row["id"]: Rule(
                id=row["id"],
                severity=Severity(row["severity"]),
                title=Text(zh=row["title_zh"], en=row["title_en"]),
                why=Text(zh=row["why_zh"], en=row["why_en"]),
                mend=Text(zh=row["mend_zh"], en=row["mend_en"]),
            )
            for row in packaged_rows(package, *name)
        }
    )


@cache
def rules() -> MappingProxyType[str, Rule]:
    """Every rule by its id, in the order of the table."""
    return read_rules("guangcheng.registers", "rules.csv")


def rule(rule_id: str) -> Rule:
    """The rule called ``rule_id``; ``KeyError`` if there is none (a programming error)."""
    return rules()[rule_id]
