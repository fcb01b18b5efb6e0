"""Lists of area codes as they are: units that are no towns counted as towns, two lists that disagree.

The statistics code towns in three digits: 001–099 streets, 100–199 towns, 200–399 rural townships, 400–599 units
treated like towns (development zones, farms, bonded zones). Two lists (statistics, civil affairs) give one town two
codes: they are compared by name within the parent, never by code.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from guangcheng.base.places import level_of_code
from guangcheng.base.text import Text
from guangcheng.registers.matching import core_name
from guangcheng.registers.readers.headers import squeeze
from guangcheng.registers.rulebook import rule

__all__ = ["Disagreement", "ListComparison", "Oddity", "compare_lists", "oddities"]

_NO_TOWN_WORDS = (
    "开发区",
    "工业园",
    "产业园",
    "园区",
    "农场",
    "林场",
    "牧场",
    "渔场",
    "茶场",
    "原种场",
    "良种场",
    "保税",
    "管理处",
    "管理区",
    "管委会",
    "管理委员会",
    "办事处",
    "示范城",
    "风景区",
    "集团",
    "新区",
)
_TOWN_ENDINGS = ("街道", "街道办事处", "镇", "乡", "民族乡", "苏木")


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something about an area that a person should know before counting it as a town or a village."""

    rule: str
    code: str
    name: str
    message: Text


def oddities(areas: pa.Table) -> list[Oddity]:
    """Units of the table (columns of the register of areas) that are no statutory towns or villages, by code.

    R-201: a township whose statistical code is 400–599. R-202: a township whose name has no ending of a street, town
    or township, or says 农场, 开发区 and the like. R-203: a village coded 400–599.
    """
    found: list[Oddity] = []
    columns = areas.select(["code", "name", "level"]).to_pylist()
    for row in sorted(columns, key=lambda row: row["code"]):
        code, name, level = row["code"], row["name"] or "", row["level"]
        if level == "township":
            if _like(code, 6, "township"):
                found.append(_oddity("R-201", code, name))
            word = _no_town(name)
            if word is not None:
                found.append(_oddity("R-202", code, name, word=word))
        elif level in ("admin_village", "community") and _like(code, 9, "village"):
            found.append(_oddity("R-203", code, name))
    return found


def _like(code: str, start: int, level: str) -> bool:
    """Whether a statistical code marks a unit treated *like* one of its level (400–599)."""
    return level_of_code(code) == level and 400 <= int(code[start : start + 3]) < 600


def _no_town(name: str) -> str | None:
    """The word in a name that no street or town has; the name itself where its ending is missing."""
    bare = squeeze(name).partition("(")[0]
    if bare.endswith(_TOWN_ENDINGS) and not bare.endswith("办事处"):
        return None
    return next((word for word in _NO_TOWN_WORDS if word in bare), name)


def _oddity(rule_id: str, code: str, name: str, **values: object) -> Oddity:
    return Oddity(rule_id, code, name, rule(rule_id).why.format(area=name, code=code, **values))


Kind = Literal["other_code", "moved", "only_first", "only_second"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One area on which two lists disagree.

    ``other_code``: the same name below the same parent bears two codes; ``moved``: the name stands once in each list,
    below different parents; ``only_first``, ``only_second``: the name stands in one list only.
    """

    kind: Kind
    parent: str
    """In the first list, else in the second."""
    name: str
    first: str | None
    """Its code in the first list."""
    second: str | None
    other_parent: str | None = None
    """Of ``moved``: the parent in the second list."""


@dataclass(frozen=True, slots=True)
class ListComparison:
    """Two lists compared: how many areas both have under one code, and where they disagree (by parent, then name)."""

    same: int
    disagreements: tuple[Disagreement, ...]

    def of_kind(self, kind: Kind) -> tuple[Disagreement, ...]:
        """The disagreements of one kind."""
        return tuple(item for item in self.disagreements if item.kind == kind)


def compare_lists(first: Iterable[Mapping[str, str]], second: Iterable[Mapping[str, str]]) -> ListComparison:
    """Compare two lists of areas (mappings with ``code``, ``name``, ``parent``) by name within the parent.

    Names are compared with their blanks and width made equal, then, where that leaves one on each side, without their
    endings (凤城街道 and 凤城街道办事处). Namesakes below one parent are matched in the order of their codes.
    """
    one, two = _by_name(first), _by_name(second)
    parents = sorted({parent for parent, _ in one} | {parent for parent, _ in two})
    pairs: list[tuple[tuple[str, str], str | None, str | None]] = []
    for parent in parents:
        pairs += _paired(parent, one, two)
    same = sum(1 for _, a, b in pairs if a is not None and a == b)
    found = [
        Disagreement(_kind(a, b), parent, name, a, b)
        for (parent, name), a, b in pairs
        if a is None or b is None or a != b
    ]
    found = _with_moves(found)
    return ListComparison(same, tuple(sorted(found, key=lambda item: (item.parent, item.name, item.first or ""))))


def _with_moves(found: list[Disagreement]) -> list[Disagreement]:
    """Join what only the first and only the second list has where a name stands just once in each."""
    sides: dict[str, tuple[list[Disagreement], list[Disagreement]]] = defaultdict(lambda: ([], []))
    for item in found:
        if item.kind != "other_code":
            sides[item.name][item.kind == "only_second"].append(item)
    moves = {name: (ours[0], theirs[0]) for name, (ours, theirs) in sides.items() if len(ours) == len(theirs) == 1}
    stayed = [item for item in found if item.kind == "other_code" or item.name not in moves]
    return stayed + [
        Disagreement("moved", old.parent, name, old.first, new.second, new.parent) for name, (old, new) in moves.items()
    ]


def _kind(first: str | None, second: str | None) -> Kind:
    if first is None:
        return "only_second"
    return "only_first" if second is None else "other_code"


Names = dict[tuple[str, str], list[str]]


def _by_name(areas: Iterable[Mapping[str, str]]) -> Names:
    found: Names = defaultdict(list)
    for area in sorted(areas, key=lambda area: area["code"]):
        found[area["parent"], squeeze(area["name"])].append(area["code"])
    return found


def _paired(parent: str, one: Names, two: Names) -> list[tuple[tuple[str, str], str | None, str | None]]:
    """Codes of one parent's areas side by side, by name and then by core name."""
    left = {name: list(codes) for (above, name), codes in one.items() if above == parent}
    right = {name: list(codes) for (above, name), codes in two.items() if above == parent}
    pairs: list[tuple[tuple[str, str], str | None, str | None]] = []
    for name in sorted(left.keys() & right.keys()):
        while left[name] and right[name]:
            pairs.append(((parent, name), left[name].pop(0), right[name].pop(0)))
    pairs += _paired_by_core(parent, left, right)
    pairs += [((parent, name), code, None) for name, codes in left.items() for code in codes]
    pairs += [((parent, name), None, code) for name, codes in right.items() for code in codes]
    return pairs


def _paired_by_core(
    parent: str, left: dict[str, list[str]], right: dict[str, list[str]]
) -> list[tuple[tuple[str, str], str | None, str | None]]:
    """Pair what is left where exactly one name on each side has a core and their endings are of one kind."""
    cores: dict[tuple[str, str | None], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, names in enumerate((left, right)):
        for name, codes in names.items():
            if codes:
                cores[core_name(name)][side].append(name)
    pairs: list[tuple[tuple[str, str], str | None, str | None]] = []
    for ours, theirs in cores.values():
        if len(ours) == len(theirs) == 1 and len(left[ours[0]]) == len(right[theirs[0]]) == 1:
            pairs.append(((parent, ours[0]), left[ours[0]].pop(), right[theirs[0]].pop()))
    return pairs
