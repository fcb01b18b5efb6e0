"""The logics a rule may name: the vocabulary ``standards`` and ``coverage.rules`` share (``logics.csv``).

``params`` are the names a rule gives, of its own (``parameters``) or taken from the standard (``takes``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text

EVALUATION = "evaluation"
"""The logic of rules the registers decide, by the tests and indicators in ``judged_by``."""


@dataclass(frozen=True, slots=True)
class LogicName:
    """One logic by name, with the numbers it cannot do without."""

    name: str
    params: tuple[str, ...]
    title: Text


@cache
def logics() -> Mapping[str, LogicName]:
    """All logics by name, in the order of ``logics.csv``."""
    return MappingProxyType(
        {
            row["name"]: LogicName(
                row["name"],
                tuple(item for item in row["params"].split(";") if item),
                Text(zh=row["title_zh"], en=row["title_en"]),
            )
            for row in packaged_rows("guangcheng.standards", "logics.csv")
        }
    )
