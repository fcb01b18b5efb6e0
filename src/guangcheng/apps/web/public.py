"""What the public may see of the figures: counts by area fit to be published, and those of where a named place lies.

No position leaves this module, no access point is ever named, and nothing is answered for a free point: only for
premises and estates a person can name. Counts below three, and what would give them away by subtraction, are withheld
(``reporting.disclosure``), and so are counts from which an access point could be located (``reporting.locating``). No
other cut of the same counts (hexagons, operators) is published beside the areas. Who asks for a place is told the
published figure of the smallest area around it, never whether that very place is capable: whoever asks for all places
learns no more than the table says (decision 0010).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.apps.web import results
from guangcheng.apps.web.standing import Standing, preorder
from guangcheng.base.errors import NotFound, UsageError
from guangcheng.base.text import Text
from guangcheng.coverage.reach import buildings_of_estates, estates_without_point
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.zones import NO_ZONE, URBAN
from guangcheng.reporting.disclosure import publishable
from guangcheng.reporting.locating import UNCERTAIN_M, Located, needed
from guangcheng.reporting.words import LEVELS

__all__ = ["Answer", "Shown", "coverage", "located", "public_rows", "search"]

Ints = npt.NDArray[np.int64]

MOST_FOUND = 20
LONGEST_S = 3600.0
"""An evaluation and a table that take longer are given up by :func:`warm`; the page asks anew."""
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
    """A named premises or estate, the smallest area around it with a published figure (if any), and what that says."""

    code: str
    """The premises' id: for what else is public about it (a plaque); not shown."""
    name: str
    area: str
    around: Shown | None
    state: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The areas of the public table, down the tree."""

    areas: tuple[int, ...]
    """Numbers of the areas in the survey's tree."""
    parents: Ints
    """Row of the area above, -1 for none."""
    of: Ints
    """By number of an area the row that counts it: its own or the nearest above; -1 where none does."""


def coverage(standard_id: str) -> tuple[Shown, ...]:
    """Counts by area, down the tree, as they may be published."""
    return _published(standard_id)[1]


def _published(standard_id: str, patience: float | None = None) -> tuple[Rows, tuple[Shown, ...]]:
    standing = results.standing(standard_id, patience=patience)
    key = ("public", standing.tag, standard_id)
    return results.kept(key, lambda: _coverage(standing), patience=patience)


def warm() -> None:
    """Have the public table made before anybody asks; waits for the evaluation, so it takes a thread of its own."""
    for standard_id in results.standards_in_force()[:1]:
        try:
            _published(standard_id, patience=LONGEST_S)
        except NotFound:  # a setting that names a standard there is none of: the page says so to whoever opens it
            return


def _coverage(standing: Standing) -> tuple[Rows, tuple[Shown, ...]]:
    survey = standing.looked.survey
    rows = public_rows(survey)
    counts = _counts(survey, rows)
    fit = publishable(rows.parents, counts, spare=_spare(survey, rows, counts[:, 0]))
    depth: list[int] = []
    for parent in rows.parents.tolist():
        depth.append(0 if parent < 0 else depth[parent] + 1)
    shown = (_shown(survey, index, counts[at], bool(fit[at]), depth[at]) for at, index in enumerate(rows.areas))
    return rows, tuple(shown)


def public_rows(survey: Survey) -> Rows:
    """The areas of the public table."""
    tree = survey.tree
    place, _ = preorder(tree)
    wanted = [area.index for area in tree.areas if area.level in PUBLIC_LEVELS]
    wanted.sort(key=lambda index: int(place[index]))
    row = {index: at for at, index in enumerate(wanted)}
    of = np.full(len(tree), -1, dtype=np.int64)
    for index in reversed(tree.bottom_up):
        above = tree.areas[index].parent
        of[index] = row.get(index, of[above] if above >= 0 else -1)
    parents = [tree.areas[index].parent for index in wanted]
    return Rows(tuple(wanted), np.array([of[above] if above >= 0 else -1 for above in parents], dtype=np.int64), of)


def _mine(survey: Survey, rows: Rows) -> tuple[Ints, Ints]:
    """Rows of the premises counted in the public table, and the row of the table that counts each directly."""
    held = survey.premises
    counted = np.flatnonzero(held.record & (held.area >= 0))
    part = rows.of[held.area[counted]]
    return counted[part >= 0], part[part >= 0]


def _counts(survey: Survey, rows: Rows) -> Ints:
    """Premises by row of the table (below included): capable, and the others; no other cut is published."""
    mine, part = _mine(survey, rows)
    counts = np.zeros((len(rows.areas), 2), dtype=np.int64)
    np.add.at(counts, (part, (survey.capable[mine] != 1).astype(np.int64)), 1)
    return _rolled_up(rows, counts)


def _rolled_up(rows: Rows, columns: Ints) -> Ints:
    for at in range(len(rows.areas) - 1, -1, -1):
        if (above := int(rows.parents[at])) >= 0:
            columns[above] += columns[at]
    return columns


def _spare(survey: Survey, rows: Rows, capable: Ints) -> Ints:
    """By how much an area's capable premises exceed what its count needs so that no access point can be located."""
    if not survey.has("access_points"):
        return np.zeros(len(rows.areas), dtype=np.int64)
    places = located(survey, rows)
    if len(places.least) and float(places.least.min()) < UNCERTAIN_M:
        return np.full(len(rows.areas), -1, dtype=np.int64)  # one premises with fibre already says where
    return capable - _rolled_up(rows, needed(places, len(rows.areas)))


def located(survey: Survey, rows: Rows) -> Located:
    """The places of the counted premises, with the radii within which they are served; those without one are absent."""
    table = survey.view.table("premises", ["premises_id", "kind", "parent_premises", "residential", "x", "y"])
    x, y = (table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in ("x", "y"))
    mine, part = _mine(survey, rows)
    part_of = np.full(len(x), -1, dtype=np.int64)
    part_of[mine] = part
    building, estate = buildings_of_estates(table, estates_without_point(table, x, y))
    at = np.concatenate([mine, building])
    counted = np.concatenate([part, part_of[estate]])
    here = (counted >= 0) & np.isfinite(x[at]) & np.isfinite(y[at])
    at, counted = at[here], counted[here]
    numbers = survey.reach.rule.numbers
    urban, rural = (numbers[name].value for name in ("urban_radius_m", "rural_radius_m"))
    zone = survey.reach.zone[at]
    known = np.where(zone == URBAN, urban, rural).astype(np.float64)
    least, most = (np.where(zone == NO_ZONE, pick(urban, rural), known) for pick in (min, max))
    return Located(x[at], y[at], counted, least, most)


def _shown(survey: Survey, index: int, counts: Ints, fit: bool, depth: int) -> Shown:
    area = survey.tree.areas[index]
    level = LEVELS.get(area.subtype or area.level) or LEVELS.get(area.level, Text(area.level, area.level))
    total, capable = int(counts.sum()), int(counts[0])
    if not fit or not total:
        return Shown(area.code, area.name, level, depth, None if not fit else total, None if not fit else 0, None)
    # rounded down, as everywhere: 100 % is said only when nothing is missing
    return Shown(area.code, area.name, level, depth, total, capable, f"{capable * 1000 // total / 10:.1f}%")


def search(standard_id: str, words: str) -> list[Answer]:
    """Premises and estates whose name contains ``words``, at most :data:`MOST_FOUND`; ``UsageError`` for too few.

    Each with the published figure of the smallest area around it that has one: nothing that the table does not say.
    """
    asked = words.strip()
    if len(asked) < SHORTEST:
        raise UsageError(
            Text("请至少输入两个字", "give two characters or more"),
            mend=Text("输入小区、村或单位的名称", "give the name of an estate, a village or a building"),
        )
    rows, table = _published(standard_id)
    held = results.standing(standard_id).looked.survey.premises
    names = held.names if isinstance(held.names, pa.Array) else held.names.combine_chunks()
    match = pc.fill_null(pc.match_substring(names, asked), fill_value=False).to_numpy(zero_copy_only=False)
    found = np.flatnonzero(match & held.record)[:MOST_FOUND].tolist()
    return [_answer(held.id_of(row), held.label(row), int(held.area[row]), rows, table) for row in found]


def _answer(code: str, name: str, area: int, rows: Rows, table: tuple[Shown, ...]) -> Answer:
    at = int(rows.of[area]) if area >= 0 else -1
    own = table[at].name if at >= 0 else ""
    while at >= 0 and not table[at].premises:
        at = int(rows.parents[at])
    around = table[at] if at >= 0 else None
    return Answer(code, name, own, around, _state(around))


def _state(around: Shown | None) -> str:
    if around is None or not around.premises or around.capable is None:
        return "unknown"
    if around.capable * 100 >= around.premises * NEARLY_ALL_PERCENT:
        return "nearly_all"
    return "most" if around.capable * 2 >= around.premises else "some"


NEARLY_ALL_PERCENT = 95

STATES: Mapping[str, Text] = {
    "nearly_all": Text("基本都能办理", "nearly everybody can"),
    "most": Text("多数能办理", "most can"),
    "some": Text("部分能办理", "some can"),
    "unknown": Text("没有可公布的数字", "no figure is published"),
}
