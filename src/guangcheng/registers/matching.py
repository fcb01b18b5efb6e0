"""Names of areas instead of codes: matched within the parent, never linked in silence when more than one fits.

Order: a person's decision, the exact name, an alias, the name with another ending of the same kind (社区 / 社区居委会,
村 / 村委会). What is left is a ranked list of suggestions for a person to confirm in a decisions file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from guangcheng.registers.readers.headers import squeeze

__all__ = ["Area", "AreaIndex", "Match", "areas_of", "core_name"]

How = Literal["code", "decision", "exact", "alias", "suffix", "ambiguous", "unknown"]

# Ending → what kind of unit it says; the longest ending wins. Endings of one kind are the same name.
_ENDINGS = {
    "社区居民委员会": "community",
    "社区居委会": "community",
    "居民委员会": "community",
    "居委会": "community",
    "社区": "community",
    "村民委员会": "village",
    "村委会": "village",
    "行政村": "village",
    "村": "village",
    "街道办事处": "street",
    "街道办": "street",
    "街道": "street",
    "镇人民政府": "town",
    "镇": "town",
    "乡人民政府": "rural town",
    "乡": "rural town",
}
_LONGEST_FIRST = sorted(_ENDINGS, key=len, reverse=True)
_SUGGESTIONS = 5
_ALIKE = 50.0
"""Least likeness (0–100) of a name worth suggesting: of two characters, as most names have, one may be wrong."""


@dataclass(frozen=True, slots=True)
class Area:
    """What matching needs to know about an area."""

    code: str
    name: str
    level: str
    parent: str | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How a name was matched; ``code`` is ``None`` for ``ambiguous`` and ``unknown``, which list ``candidates``."""

    how: How
    code: str | None
    candidates: tuple[Area, ...] = field(default=())


def areas_of(table: pa.Table) -> list[Area]:
    """The rows of the register of areas (its columns code, name, level, parent, aliases) that have a code."""
    rows = table.select(["code", "name", "level", "parent", "aliases"]).to_pylist()
    return [
        Area(row["code"], row["name"] or "", row["level"] or "", row["parent"], tuple(row["aliases"] or ()))
        for row in rows
        if row["code"]
    ]


def core_name(name: str) -> tuple[str, str | None]:
    """A normalised name without its ending, and the kind that ending says: 鹤堂社区居委会 → (鹤堂, community)."""
    word = squeeze(name)
    for ending in _LONGEST_FIRST:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending), _ENDINGS[ending]
    return word, None


class AreaIndex:
    """Areas by code, by name and by place in the tree; answers are kept, so equal rows are matched once."""

    def __init__(self, areas: Iterable[Area], decisions: Mapping[str, str] | None = None) -> None:
        self.by_code = {area.code: area for area in areas}
        self._decisions = dict(decisions or {})
        self._names: dict[str, list[Area]] = defaultdict(list)
        self._aliases: dict[str, list[Area]] = defaultdict(list)
        self._cores: dict[str, list[tuple[Area, str | None]]] = defaultdict(list)
        for code in sorted(self.by_code):
            area = self.by_code[code]
            self._names[squeeze(area.name)].append(area)
            core, kind = core_name(area.name)
            self._cores[core].append((area, kind))
            for alias in area.aliases:
                self._aliases[squeeze(alias)].append(area)
        self._answers: dict[tuple[str, str | None, frozenset[str] | None, str | None], Match] = {}

    def is_within(self, code: str, above: str) -> bool:
        """Whether ``above`` is ``code`` or one of the areas above it; a loop of parents ends the climb."""
        seen: set[str] = set()
        at: str | None = code
        while at is not None and at not in seen:
            if at == above:
                return True
            seen.add(at)
            area = self.by_code.get(at)
            at = None if area is None else area.parent
        return False

    def find(
        self,
        name: str,
        *,
        within: str | None = None,
        within_name: str | None = None,
        levels: frozenset[str] | None = None,
    ) -> Match:
        """Match ``name`` among the areas below ``within`` (the whole city if ``None``) of the given ``levels``.

        ``within_name`` is how the row names the area above; decisions may be keyed ``within_name/name`` or ``name``.
        """
        key = (name, within, levels, within_name)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._find(name, within, within_name, levels)
        return found

    def _find(self, name: str, within: str | None, within_name: str | None, levels: frozenset[str] | None) -> Match:
        word = squeeze(name)
        decided = self._decisions.get(f"{squeeze(within_name)}/{word}") if within_name else None
        decided = decided or self._decisions.get(word)
        if decided is not None:
            return Match("decision", decided)
        core, kind = core_name(name)
        alike = [area for area, other in self._cores.get(core, ()) if kind is None or other is None or other == kind]
        ways: tuple[tuple[How, list[Area]], ...] = (
            ("exact", self._names.get(word, [])),
            ("alias", self._aliases.get(word, [])),
            ("suffix", alike),
        )
        for how, areas in ways:
            fitting = [area for area in areas if self._fits(area, within, levels)]
            if len(fitting) == 1:
                return Match(how, fitting[0].code)
            if fitting:
                return Match("ambiguous", None, tuple(fitting))
        elsewhere = [area for area in self._names.get(word, ()) if self._fits(area, within, None)]
        alike = self._suggest(core, kind, within, levels)
        near = [*elsewhere, *(area for area in alike if area not in elsewhere)]
        return Match("unknown", None, tuple(near[:_SUGGESTIONS]))

    def _fits(self, area: Area, within: str | None, levels: frozenset[str] | None) -> bool:
        if levels is not None and area.level not in levels:
            return False
        return within is None or (area.code != within and self.is_within(area.code, within))

    def _suggest(self, core: str, kind: str | None, within: str | None, levels: frozenset[str] | None) -> list[Area]:
        """Areas of a like name, the likest first, of equally like ones those with the same kind of ending."""
        from rapidfuzz import fuzz

        scored = [
            (-score, said != kind, area.code, area)
            for other, areas in self._cores.items()
            if (score := fuzz.ratio(core, other)) >= _ALIKE
            for area, said in areas
            if self._fits(area, within, levels)
        ]
        return [area for *_, area in sorted(scored, key=lambda found: found[:3])]
