"""Which areas' counts may be published, so that no small count is shown nor found by subtraction.

An area is published whole or withheld whole, and below a withheld area everything is withheld. What a reader can then
work out is, per published area, one more row: the sum of what is withheld directly below it. Areas are withheld until
each such row is itself fit to be published and stands for at least two. This is primary and complementary cell
suppression (Hundepool et al., Statistical Disclosure Control, 2012, ch. 4) for a tree, at the cost of withholding a
few more areas than a solver would.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["SMALLEST_SHOWN", "publishable"]

SMALLEST_SHOWN = 3
"""Fewest premises a published count may stand for; none at all may be said."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def publishable(parents: Ints, counts: Ints, *, at_least: int = SMALLEST_SHOWN, spare: Ints | None = None) -> Flags:
    """Per area whether its row of ``counts`` may be published.

    ``parents``: row of the area above, -1 for none; an area comes after the one above it. ``counts``: areas ×
    categories, each premises in one category, an area's row including everything below it; premises directly in an
    area that has areas below count as one more part of it, never published. A count is small from 1 to ``at_least``
    - 1. The fewest premises are withheld first, then the earlier row. ``spare``: by how much each area's row exceeds
    what else it must reach to be published (an area's including everything below it): a row below zero is withheld as
    a small one is. Raises ``ValueError`` for columns that do not fit, an area before its parent, or parts that are more
    than their whole.
    """
    if counts.ndim != 2 or len(parents) != len(counts):
        raise ValueError("counts must be areas × categories, with a parent each")
    if np.any(parents >= np.arange(len(parents))) or np.any(parents < -1):
        raise ValueError("an area must come after the one above it")
    direct = _direct(parents, counts)
    if np.any(direct < 0) or np.any(counts < 0):
        raise ValueError("the parts of an area must not be more than the area")
    beyond = np.zeros(len(parents), dtype=np.int64) if spare is None else spare
    rows = np.column_stack([counts, beyond])
    direct = np.column_stack([direct, _direct(parents, beyond[:, None])])
    shown = np.zeros(len(parents), dtype=np.bool_)
    below = _children(parents)
    for root in np.flatnonzero(parents == -1):
        shown[root] = not _unfit(rows[root], at_least)
    for area in range(len(parents)):
        if shown[area] and below[area]:
            children = np.array(below[area])
            shown[children] = ~_withheld(rows[children], direct[area], at_least)
    return shown


def _withheld(parts: Ints, direct: Ints, at_least: int) -> Flags:
    """Which of an area's parts to withhold, beside what is directly in it; the last column is what is spare."""
    withheld = np.array([_unfit(part, at_least) for part in parts], dtype=np.bool_)
    together = direct + parts[withheld].sum(axis=0)
    for part in np.argsort(parts[:, :-1].sum(axis=1), kind="stable"):
        # enough together is also at least two: one part alone that is withheld for being small stays small
        if not _unfit(together, at_least):
            break
        # an empty part hides nothing
        if not withheld[part] and parts[part, :-1].any():
            withheld[part] = True
            together = together + parts[part]
    return withheld


def _unfit(row: Ints, at_least: int) -> bool:
    """Whether a row may not be published: a small count, or too little spare."""
    return bool(np.any((row[:-1] > 0) & (row[:-1] < at_least)) or row[-1] < 0)


def _direct(parents: Ints, counts: Ints) -> Ints:
    """What lies directly in an area that has areas below; nothing for the others."""
    has_parent = parents >= 0
    below = np.zeros_like(counts)
    np.add.at(below, parents[has_parent], counts[has_parent])
    divided = np.zeros(len(parents), dtype=np.bool_)
    divided[parents[has_parent]] = True
    return np.where(divided[:, None], counts - below, 0)


def _children(parents: Ints) -> list[list[int]]:
    below: list[list[int]] = [[] for _ in parents]
    for area, parent in enumerate(parents.tolist()):
        if parent >= 0:
            below[parent].append(area)
    return below
