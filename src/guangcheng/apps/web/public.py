"""What the public may see of the figures: counts by area fit to be published, and whether a named place has fibre.

No position leaves this module, no access point is ever named, and nothing is answered for a free point: only for
premises and estates a person can name. Counts below three, and what would give them away by subtraction, are withheld
(``reporting.disclosure``). No other cut of the same counts (hexagons, operators) is published beside the areas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.apps.web import results
from guangcheng.apps.web.standing import Standing, preorder
from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text
from guangcheng.reporting.disclosure import publishable
from guangcheng.reporting.words import LEVELS

__all__ = ["Answer", "Shown", "coverage", "search"]

MOST_FOUND = 20
SHORTEST = 2
"""Characters a search needs."""
PUBLIC_LEVELS = ("city", "district", "township", "admin_village", "community")


@dataclass(frozen=True, slots=True)
class Shown:
    """One area's published counts; ``None`` where they are withheld."""

    code: str
    name: str
    level: Text
    depth: int
    premises: int | None
    capable: int | None
    share: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a named premises or estate has optical access capability: yes, no or not known."""

    name: str
    area: str
    state: str


def coverage(standard_id: str) -> tuple[Shown, ...]:
    """Counts by area, down the tree, as they may be published."""
    return _coverage(results.standing(standard_id).tag, standard_id)


@lru_cache(maxsize=8)
def _coverage(_tag: str, standard_id: str) -> tuple[Shown, ...]:
    standing = results.standing(standard_id)
    tree = standing.looked.survey.tree
    counts = _counts(standing)
    place, _ = preorder(tree)
    wanted = [area.index for area in tree.areas if area.level in PUBLIC_LEVELS]
    wanted.sort(key=lambda index: int(place[index]))
    row = {index: at for at, index in enumerate(wanted)}
    parents = [row.get(tree.areas[index].parent, -1) for index in wanted]
    fit = publishable(np.array(parents, dtype=np.int64), counts[wanted])
    depth: list[int] = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    return tuple(_shown(standing, index, counts[index], bool(fit[at]), depth[at]) for at, index in enumerate(wanted))


def _counts(standing: Standing) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Premises by area (below included): capable, surely not, not known."""
    survey = standing.looked.survey
    tree, held = survey.tree, survey.premises
    mine = held.record & (held.area >= 0)
    states = survey.capable[mine]
    counts = np.zeros((len(tree), 3), dtype=np.int64)
    for column, state in enumerate((1, 0, -1)):
        np.add.at(counts[:, column], held.area[mine][states == state], 1)
    for index in tree.bottom_up:
        if (above := tree.areas[index].parent) >= 0:
            counts[above] += counts[index]
    return counts


def _shown(standing: Standing, index: int, counts: np.ndarray, fit: bool, depth: int) -> Shown:
    area = standing.looked.survey.tree.areas[index]
    level = LEVELS.get(area.subtype or area.level) or LEVELS.get(area.level, Text(area.level, area.level))
    total, capable = int(counts.sum()), int(counts[0])
    if not fit or not total:
        return Shown(area.code, area.name, level, depth, None if not fit else total, None if not fit else 0, None)
    # rounded down, as everywhere: 100 % is said only when nothing is missing
    return Shown(area.code, area.name, level, depth, total, capable, f"{capable * 1000 // total / 10:.1f}%")


def search(standard_id: str, words: str) -> list[Answer]:
    """Premises and estates whose name contains ``words``, at most :data:`MOST_FOUND`; ``UsageError`` for too few."""
    asked = words.strip()
    if len(asked) < SHORTEST:
        raise UsageError(
            Text("请至少输入两个字", "give two characters or more"),
            mend=Text("输入小区、村或单位的名称", "give the name of an estate, a village or a building"),
        )
    standing = results.standing(standard_id)
    survey = standing.looked.survey
    held = survey.premises
    names = held.names if isinstance(held.names, pa.Array) else held.names.combine_chunks()
    match = pc.fill_null(pc.match_substring(names, asked), fill_value=False).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(match & held.record)[:MOST_FOUND]
    return [_answer(standing, int(row)) for row in rows]


def _answer(standing: Standing, row: int) -> Answer:
    survey = standing.looked.survey
    area = int(survey.premises.area[row])
    state = {1: "yes", 0: "no"}.get(int(survey.capable[row]), "unknown")
    return Answer(survey.premises.label(row), survey.tree.areas[area].name if area >= 0 else "", state)


STATES: Mapping[str, Text] = {
    "yes": Text("可以办理光纤", "fibre can be had"),
    "no": Text("暂不能办理", "not yet"),
    "unknown": Text("资料不足", "not known"),
}
