"""The two sides of wide streets, their corners and their crossings.

A wide street is two ways, one along either kerb: whoever lives across needs a crossing, and digging one costs so much
more than a metre of trench that it decides where routes run. A narrow street is one way, for crossing it costs less
than a second trench would. Around a junction the arms stand in order of their bearing; between two neighbouring arms
is a **corner**, where the left side of one and the right side of the next meet. Crossing an arm leads from the corner
on its right to the corner on its left; for a narrow arm both are one place.
"""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.streets.model import Bools, Floats, Ints
from guangcheng.planning.streets.noding import Pieces, groups

__all__ = ["Sided", "sided"]

_BLUNT, _SHARP = 2.0, 0.5
"""How far out a corner may lie for the angle of its arms."""


@dataclass(frozen=True, slots=True, eq=False)
class Sided:
    """Ways along pieces and across wide ones. Nodes are corners; ``node_of`` gives one of a place (−1: no arm there).

    ``piece`` is the piece a way runs along or crosses, ``side`` −1 right of it, +1 left of it, 0 all of it, and
    ``across`` says whether it crosses it.
    """

    node_xy: Floats
    node_of: Ints
    tail: Ints
    head: Ints
    piece: Ints
    side: Ints
    across: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Arms:
    """Ends of pieces in the order of their bearing around each place; ``slot[p]`` is the place of an end in it."""

    place: Ints
    piece: Ints
    direction: Floats
    slot_tail: Ints
    slot_head: Ints
    before: Ints
    after: Ints


def sided(parts: Pieces, places: Floats, half_width: Floats) -> Sided:
    """Split places (x, y) into corners; ``half_width[p]`` is half the width of a wide piece, 0 for a narrow one."""
    arms = _arms(parts)
    narrow = half_width[arms.piece] == 0
    slots = np.arange(arms.piece.size)
    corner = groups(slots.size, slots[narrow], arms.before[narrow])
    node_xy = _positions(arms, places, half_width, corner)
    left_tail, right_tail = corner[arms.slot_tail], corner[arms.before[arms.slot_tail]]
    left_head, right_head = corner[arms.before[arms.slot_head]], corner[arms.slot_head]
    wide, thin = np.flatnonzero(half_width > 0), np.flatnonzero(half_width == 0)
    over = np.flatnonzero(~narrow & (corner != corner[arms.before]))
    over = over[_first_of_pairs(corner[arms.before[over]], corner[over])]
    node_of = np.full(places.shape[0], -1, dtype=np.int64)
    node_of[arms.place[::-1]] = corner[::-1]
    none = np.zeros(0, dtype=np.int64)
    return Sided(
        node_xy,
        node_of,
        np.concatenate([left_tail[thin], left_tail[wide], right_tail[wide], corner[arms.before[over]]]),
        np.concatenate([left_head[thin], left_head[wide], right_head[wide], corner[over]]),
        np.concatenate([thin, wide, wide, arms.piece[over]]),
        np.concatenate(
            [none, np.zeros_like(thin), np.ones_like(wide), -np.ones_like(wide), np.zeros(over.size, dtype=np.int64)]
        ),
        np.concatenate([np.zeros(thin.size + 2 * wide.size, dtype=np.bool_), np.ones(over.size, dtype=np.bool_)]),
    )


def _arms(parts: Pieces) -> _Arms:
    many = parts.tail.size
    last = parts.first + parts.count - 1
    out_tail = parts.xy[parts.first + 1] - parts.xy[parts.first]
    out_head = parts.xy[last - 1] - parts.xy[last]
    direction = np.concatenate([out_tail, out_head])
    length = np.hypot(direction[:, 0], direction[:, 1])
    direction = direction / np.where(length > 0, length, 1.0)[:, None]
    place = np.concatenate([parts.tail, parts.head])
    piece = np.tile(np.arange(many), 2)
    bearing = np.arctan2(direction[:, 1], direction[:, 0])
    order = np.lexsort((piece, bearing, place))
    slot = np.empty(2 * many, dtype=np.int64)
    slot[order] = np.arange(2 * many)
    place, piece, direction = place[order], piece[order], direction[order]
    slots = np.arange(2 * many)
    first = np.concatenate([[True], place[1:] != place[:-1]]) if many else np.zeros(0, dtype=np.bool_)
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], 2 * many) - 1
    before, after = slots - 1, slots + 1
    before[starts], after[ends] = ends, starts
    return _Arms(place, piece, direction, slot[:many], slot[many:], before, after)


def _positions(arms: _Arms, places: Floats, half_width: Floats, corner: Ints) -> Floats:
    """Where each corner is: the middle of the corners that are one place."""
    half = half_width[arms.piece][:, None]
    dx, dy = arms.direction[:, :1], arms.direction[:, 1:]
    left, right = np.hstack([-dy, dx]), np.hstack([dy, -dx])[arms.after]
    stretch = np.clip(1.0 + (left * right).sum(axis=1, keepdims=True), _SHARP, _BLUNT)
    spot = places[arms.place] + (left * half + right * half[arms.after]) / stretch
    times = np.bincount(corner)
    return np.column_stack([np.bincount(corner, weights=spot[:, axis]) / times for axis in (0, 1)])


def _first_of_pairs(one: Ints, other: Ints) -> Ints:
    """Where each unordered pair occurs first."""
    pairs = np.column_stack([np.minimum(one, other), np.maximum(one, other)])
    return np.sort(np.unique(pairs, axis=0, return_index=True)[1])
