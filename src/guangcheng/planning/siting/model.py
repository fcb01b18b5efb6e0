"""What siting is about: places that may get a site, demand that wants one near, and what was chosen."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

__all__ = ["Ask", "Bools", "Candidates", "Demand", "Floats", "Ints", "Siting"]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Places that may get a site, one row each: metres, yuan, households one site serves (inf: not limited)."""

    ids: tuple[str, ...]
    place: tuple[str, ...]
    """Kind of place: ``street``, ``estate``, ``premises`` or the kind of a structure that stands."""
    x: Floats
    y: Floats
    cost: Floats
    capacity: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Points that want a site within ``radius`` metres; ``weight`` in households.

    ``must`` points are all to be covered; of the others (``covered`` ones count as reached) a share.
    """

    ids: tuple[str, ...]
    x: Floats
    y: Floats
    weight: Floats
    radius: Floats
    must: Bools
    covered: Bools
    """Covered already, so that no new site is needed."""
    cell: Bools
    """A population cell, else a premises."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Ask:
    """``share`` of the demand that need not be covered whole; or the most demand by ``sites`` or within ``budget``.

    ``forced`` and ``forbidden`` are candidates' ids.
    """

    share: float = 1.0
    sites: int | None = None
    budget: float | None = None
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    @property
    def most(self) -> bool:
        """Whether the most demand is asked for."""
        return self.sites is not None or self.budget is not None


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """Sites to build with their certificate.

    ``value`` and ``bound`` are yuan, or households served where the most demand is asked for; no choice can be better
    than ``bound``.
    """

    chosen: Ints
    """Rows of the candidates, rising."""
    load: Floats
    """Households assigned to each chosen site, never more than its capacity."""
    cost: float
    value: float
    bound: float
    proven_optimal: bool
    seed: int
    stopped: str
    greedy: float
    """Value of lazy greedy on the same problem, capacities kept by the same means."""
    added: int
    """Sites added because the cheapest cover alone had too few ports."""
    reached: Bools
    """Demand points with a site in reach (or covered before)."""
    served: Floats
    """Households served at each demand point."""
    most: bool
    phases: dict[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """(value − bound)/value for cost, (bound − value)/bound for demand; 0 where the divisor is 0."""
        over, under = (self.bound, self.value) if self.most else (self.value, self.bound)
        return max(0.0, (over - under) / over) if over else 0.0
