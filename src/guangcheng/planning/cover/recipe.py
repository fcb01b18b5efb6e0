"""The instance recipe of Cordeau, Furini and Ljubić (2019), drawn in place: ``cordeau:n=100,m=1e8,seed=1``.

``srand(seed)``; per site x then y (``rand()/RAND_MAX·grid``), per customer x then y, per site a cost, per customer a
demand. Our two extensions go on with the same stream: see :mod:`.operators` and :mod:`.capacity`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text
from guangcheng.planning.cover.merge import groups_of_points, groups_of_sets, merge_recipe
from guangcheng.planning.cover.model import Floats, Groups
from guangcheng.planning.cover.rand import RAND_MAX, State

__all__ = ["PREFIX", "Recipe"]

PREFIX = "cordeau:"
_CHUNK = 1 << 21
_MEND = Text(
    zh="写成 cordeau:n=100,m=1e6,seed=1；可加 grid=30、radius=4、cost=10-100、demand=1-100",
    en="write cordeau:n=100,m=1e6,seed=1; grid=30, radius=4, cost=10-100 and demand=1-100 may be added",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Numbers of the recipe; sites are numbered from 1 in the order drawn."""

    sites: int
    customers: int
    seed: int
    grid: float = 30.0
    radius: float | None = None
    cost: tuple[int, int] | None = None
    demand: tuple[int, int] = (1, 100)

    @classmethod
    def parse(cls, text: str) -> "Recipe":
        """Read ``cordeau:key=value,…``; raises :class:`UsageError` with how to write it."""
        keys = {"n": "sites", "m": "customers", "r": "radius", "R": "radius"}
        found: dict[str, Any] = {}
        for part in text.removeprefix(PREFIX).split(","):
            key, _, value = part.strip().partition("=")
            name = keys.get(key, key)
            if name not in _READ or not value:
                raise UsageError(Text(zh=f"看不懂“{part}”", en=f"'{part}' is not understood"), mend=_MEND)
            try:
                found[name] = _READ[name](value)
            except ValueError as error:
                raise UsageError(Text(zh=f"“{part}”的值不对", en=f"'{part}' has a bad value"), mend=_MEND) from error
        if {"sites", "customers", "seed"} - found.keys():
            raise UsageError(Text(zh="n、m、seed 都要给", en="n, m and seed are all needed"), mend=_MEND)
        return cls(**found)

    @property
    def start(self) -> State:
        """State after ``srand(seed)``."""
        return State.seeded(self.seed)

    def site_places(self) -> tuple[Floats, Floats]:
        """Return x and y of every site."""
        drawn, _ = self.start.draw(2 * self.sites)
        place = drawn / RAND_MAX * self.grid
        return np.ascontiguousarray(place[0::2]), np.ascontiguousarray(place[1::2])

    def site_costs(self, low: int, high: int) -> Floats:
        """Cost of every site, ``rand() % (high−low+1) + low``."""
        drawn, _ = self.start.after(2 * (self.sites + self.customers)).draw(self.sites)
        return (drawn.astype(np.int64) % (high - low + 1) + low).astype(np.float64)

    @property
    def demands(self) -> State:
        """State at the first demand: the second state of the scan."""
        return self.start.after(2 * (self.sites + self.customers) + self.sites)

    def beyond(self, draws: int = 0) -> State:
        """State ``draws`` draws behind the recipe's last."""
        return self.demands.after(self.customers + draws)

    def groups(self, radius: float, *, threads: int = 1, demands: State | None = None) -> Groups:
        """Scan the customers and merge them; memory grows with the groups. ``demands``: another stream of demands."""
        x, y = self.site_places()
        places, stream = self.start.after(2 * self.sites), demands or self.demands
        merged = merge_recipe(
            x,
            y,
            radius,
            side=self.grid,
            places=places,
            demands=stream,
            customers=self.customers,
            demand_low=self.demand[0],
            demand_high=self.demand[1],
            threads=threads,
        )
        return merged or self._crowded(x, y, radius, places, stream)

    def _crowded(self, x: Floats, y: Floats, radius: float, places: State, stream: State) -> Groups:
        """Where too many circles cross for regions: customers in chunks, tested one by one."""
        total: Groups | None = None
        for at in range(0, self.customers, _CHUNK):
            size = min(_CHUNK, self.customers - at)
            drawn, places = places.draw(2 * size)
            weights, stream = stream.draw(size)
            demand = weights.astype(np.int64) % (self.demand[1] - self.demand[0] + 1) + self.demand[0]
            place = drawn / RAND_MAX * self.grid
            part = groups_of_points(x, y, place[0::2], place[1::2], demand, radius)
            total = part if total is None else _together(total, part)
        if total is None:
            raise UsageError(Text(zh="m 至少为 1", en="m is at least 1"), mend=_MEND)
        return total


def _together(a: Groups, b: Groups) -> Groups:
    first = np.concatenate([a.first, b.first[1:] + a.first[-1]])
    rows = (np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("members", "weight", "points"))
    out = groups_of_sets(a.sites, first, *rows)
    return Groups(
        a.sites,
        out.first,
        out.members,
        out.weight,
        out.points,
        out.need,
        a.lost + b.lost,
        a.lost_points + b.lost_points,
    )


def _count(text: str) -> int:
    value = float(text)
    if value != int(value) or value < 0:
        raise ValueError(text)
    return int(value)


def _at_least_one(text: str) -> int:
    value = _count(text)
    if value < 1:
        raise ValueError(text)
    return value


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def _range(text: str) -> tuple[int, int]:
    low, _, high = text.replace("..", "-").replace("–", "-").partition("-")
    out = int(low), int(high or low)
    if not 0 <= out[0] <= out[1]:
        raise ValueError(text)
    return out


_READ: dict[str, Callable[[str], Any]] = {
    "sites": _at_least_one,
    "customers": _at_least_one,
    "seed": _count,
    "grid": _positive,
    "radius": _positive,
    "cost": _range,
    "demand": _range,
}
