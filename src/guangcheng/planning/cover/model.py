"""What covering problems and their answers are made of; plain values, no algorithm.

A *site* may be built, a *point* (customer) wants to be covered and has a *demand*. Points covered by the same set of
sites are one *group*: whatever is built, they are all covered or none is.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guangcheng.base.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sites = NDArray[np.int32]

__all__ = ["Answer", "Distance", "Floats", "Goal", "Groups", "Instance", "Ints", "Problem", "Sites", "summed"]


def summed(at: NDArray[np.integer[Any]], weights: Floats, size: int) -> Floats:
    """Sum the weights that fall on each of ``size`` places."""
    return np.bincount(at, weights=weights, minlength=size).astype(np.float64, copy=False)


class Distance(Enum):
    """How far apart two places are."""

    PLANE = "plane"
    """Straight line, any unit; covered means dx·dx + dy·dy ≤ radius² in IEEE double."""
    SPHERE = "sphere"
    """Great circle in metres on a sphere of 6,378,100 m by the law of cosines; x is latitude, y longitude, degrees."""


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Candidate sites and points as a file gives them."""

    format: str
    distance: Distance
    site_ids: tuple[int, ...]
    site_x: Floats
    site_y: Floats
    site_cost: Floats
    x: Floats
    y: Floats
    demand: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Points merged by the set of sites that reach them; rows in compressed form, sites rising.

    ``need`` is how many different sites must be built before a group counts as covered (2 for key places). Points no
    site reaches are in no group; ``lost`` is their demand and ``lost_points`` their number.
    """

    sites: int
    first: Ints
    members: Sites
    weight: Floats
    points: Ints
    need: Ints
    lost: float = 0.0
    lost_points: int = 0

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.weight.size)

    @property
    def demand(self) -> float:
        """All demand, reachable or not."""
        return float(self.weight.sum()) + self.lost

    def sizes(self) -> Ints:
        """How many sites reach each group."""
        return np.diff(self.first)

    def hits(self, chosen: NDArray[np.bool_]) -> Ints:
        """How many chosen sites reach each group."""
        sums = np.zeros(self.members.size + 1, dtype=np.int64)
        np.cumsum(chosen[self.members], out=sums[1:])
        return sums[self.first[1:]] - sums[self.first[:-1]]

    def covered(self, chosen: NDArray[np.bool_]) -> float:
        """Demand covered when ``chosen`` (one flag per site) is built."""
        return float(self.weight[self.hits(chosen) >= self.need].sum())


class Goal(Enum):
    """What is asked."""

    ALL = "all"
    """Cheapest sites that cover every reachable group (set covering)."""
    SHARE = "share"
    """Cheapest sites that cover a share of all demand (partial covering)."""
    MOST = "most"
    """The most demand within a budget (maximal covering)."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One covering problem.

    ``limit`` is the budget (same unit as ``cost``) for :attr:`Goal.MOST`, the demand to be covered for
    :attr:`Goal.SHARE` and unused for :attr:`Goal.ALL`. ``forced`` sites are built and paid for; ``forbidden`` are not.
    """

    groups: Groups
    cost: Floats
    goal: Goal
    limit: float = 0.0
    forced: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()

    def value(self, chosen: NDArray[np.bool_]) -> float:
        """Covered demand (:attr:`Goal.MOST`) or cost of a choice, computed anew."""
        return self.groups.covered(chosen) if self.goal is Goal.MOST else float(self.cost[chosen].sum())

    def feasible(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether a choice keeps every rule of the problem."""
        if not chosen[list(self.forced)].all() or chosen[list(self.forbidden)].any():
            return False
        if self.goal is Goal.MOST:
            return float(self.cost[chosen].sum()) <= self.limit * (1 + 1e-12)
        if self.goal is Goal.ALL:  # points without demand count too
            return bool((self.groups.hits(chosen) >= self.groups.need).all())
        return self.groups.covered(chosen) >= self.limit * (1 - 1e-12)

    @property
    def whole(self) -> bool:
        """Whether every value the problem can take is a whole number, so that bounds may be rounded."""
        numbers = self.groups.weight if self.goal is Goal.MOST else self.cost
        return bool(np.all(numbers == np.rint(numbers)))


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Sites to build, what they are worth, and how much better any other choice could be at most."""

    chosen: tuple[int, ...]
    """Indices of sites, rising."""
    value: float
    bound: float
    proven_optimal: bool
    seconds: float
    seed: int
    stopped: str
    """``proved``, ``gap`` (close enough), ``work`` (the planned work was done), ``time`` or ``interrupted``."""
    phases: dict[str, float] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    goal: Goal = Goal.MOST

    @property
    def gap(self) -> float:
        """(bound − value)/bound for covered demand, (value − bound)/value for cost; 0 where the divisor is 0."""
        over, under = (self.bound, self.value) if self.goal is Goal.MOST else (self.value, self.bound)
        return max(0.0, (over - under) / over) if over else 0.0

    def timed(self, seconds: float, **phases: float) -> "Answer":
        """Return the same answer with other times."""
        return replace(self, seconds=seconds, phases={**self.phases, **phases})
