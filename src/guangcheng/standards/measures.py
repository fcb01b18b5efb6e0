"""The measures a standard may name: the vocabulary ``standards`` and ``coverage`` share (``measures.csv``).

Columns: ``unit`` is what the measure counts in (``*`` = the indicator's own); ``params`` are ``name:list`` or
``name:text``, optional with ``?``; ``scope`` the levels it can be taken for; ``registers`` what it reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text
from guangcheng.standards.model import Level

ANY_UNIT = "*"

_TEN_THOUSANDS = "万"


@dataclass(frozen=True, slots=True)
class Param:
    """One argument of a measure; ``list`` is a list of words, ``text`` one word."""

    name: str
    kind: Literal["list", "text"]
    required: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One named measure: what it counts, in which unit, for which levels, from which registers."""

    name: str
    unit: str
    params: tuple[Param, ...]
    scope: tuple[Level, ...]
    title: Text
    registers: tuple[str, ...]


def _param(text: str) -> Param:
    name, _, kind = text.partition(":")
    return Param(name, cast("Literal['list', 'text']", kind.rstrip("?")), required=not kind.endswith("?"))


def _items(text: str) -> list[str]:
    return [item for item in text.split(";") if item]


@cache
def measures() -> Mapping[str, Measure]:
    """All measures by name, in the order of ``measures.csv``."""
    return MappingProxyType(
        {
            row["name"]: Measure(
                name=row["name"],
                unit=row["unit"],
                params=tuple(_param(item) for item in _items(row["params"])),
                scope=tuple(Level(item) for item in _items(row["scope"])),
                title=Text(zh=row["title_zh"], en=row["title_en"]),
                registers=tuple(_items(row["registers"])),
            )
            for row in packaged_rows("guangcheng.standards", "measures.csv")
        }
    )


def scale(measured: str, wanted: str) -> Fraction | None:
    """Factor from a measure's unit to an indicator's: 户 → 万户 is 1/10000; ``None`` when they do not fit.

    ``*`` (reported values) is the indicator's own unit already: 1.
    """
    if ANY_UNIT in (measured, wanted) or measured == wanted:
        return Fraction(1)
    if wanted == _TEN_THOUSANDS + measured:
        return Fraction(1, 10_000)
    if measured == _TEN_THOUSANDS + wanted:
        return Fraction(10_000)
    return None
