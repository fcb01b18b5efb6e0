"""What the check says (findings, by id) and the sentences of ``findings.csv``."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text

__all__ = ["Checked", "Finding", "Findings", "sentences"]

LISTED = 20
"""Findings of one id that are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which kind, about what, in words."""

    id: str
    subject: str
    words: Text


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings (the first of each kind), how many of each there are, and what was looked at."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    looked_at: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.counts


@cache
def sentences() -> Mapping[str, Text]:
    """The sentence of each finding by id."""
    rows = packaged_rows("guangcheng.reporting.plan_check", "findings.csv")
    return MappingProxyType({row["id"]: Text(row["zh"], row["en"]) for row in rows})


@dataclass(slots=True)
class Findings:
    """Findings as they are gathered."""

    listed: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, id: str, subject: object, *, found: object = "", wanted: object = "") -> None:  # noqa: A002
        """One more; numbers are said to three decimals."""
        self.counts[id] += 1
        if self.counts[id] <= LISTED:
            words = sentences()[id].format(subject=str(subject), found=_said(found), wanted=_said(wanted))
            self.listed.append(Finding(id, str(subject), words))


def _said(value: object) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
