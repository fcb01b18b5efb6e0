"""The city while it is being built: its areas and the rows of its registers, still as numbers."""

from dataclasses import dataclass, field

import numpy as np

from guangcheng.apps.demo.cases import Listed, TownshipCase, VillageCase
from guangcheng.apps.demo.layout import POINTS_M, centimetres
from guangcheng.apps.demo.rows import NO_DAY, Floats, Ints, Rows, Values, day
from guangcheng.apps.demo.words import (
    CABLE,
    IN_TIME_FROM,
    LATE_FROM,
    MOBILE,
    ORDER_LATE_FROM,
    TELECOM,
    UNICOM,
    URBAN,
    Reason,
)


def _premises() -> Rows:
    return Rows(
        kind=0,
        area=0,
        parent=-1,
        zone=URBAN,
        main=-1,
        x=np.nan,
        y=np.nan,
        households=-1,
        buildings=-1,
        floors=-1,
        residential=-1,
        completed=NO_DAY,
        ftth=-1,
        reason=int(Reason.OK),
    )


def _points() -> Rows:
    return Rows(
        operator=0,
        area=0,
        x=0.0,
        y=0.0,
        capacity=100.0,
        technology=0,
        total=32,
        free=8,
        since=NO_DAY,
        until=NO_DAY,
        tv=0,
    )


@dataclass(slots=True)
class Site:
    """Areas are numbered: first the listed ones, then the natural villages in the order they were made.

    ``hamlets``: one row per natural village, also where houses may be added and what becomes of them.
    """

    areas: list[Listed]
    townships: dict[str, TownshipCase]
    villages: dict[str, VillageCase]
    centres: dict[str, tuple[float, float]]
    """Per listed code a position in metres of the city's CRS."""
    premises: Rows = field(default_factory=_premises)
    points: Rows = field(default_factory=_points)
    orders: Rows = field(
        default_factory=lambda: Rows(operator=0, premises=0, submitted=NO_DAY, completed=NO_DAY, expansion=-1)
    )
    expansions: Rows = field(default_factory=lambda: Rows(point=0, reported=NO_DAY, finished=NO_DAY, added=16))
    hamlets: Rows = field(
        default_factory=lambda: Rows(
            area=0, parent=0, x=0.0, y=0.0, radius=0.0, fate=0, reason=0, fill=1, resident=-1, cover=1
        )
    )

    def good_points(
        self, rng: np.random.Generator, x: Floats, y: Floats, *, area: Ints | int, operator: Ints | int
    ) -> Ints:
        """Access points that meet every condition on the as-of day."""
        count = len(x)
        total = rng.choice([8, 16, 32, 64], count)
        opened = day("2012-01-01") + rng.integers(0, 2300, count).astype("timedelta64[D]")
        until = np.where(rng.random(count) < 0.03, day("2021-01-01"), NO_DAY)
        return self.points.add(
            count,
            operator=operator,
            area=area,
            x=centimetres(x),
            y=centimetres(y),
            capacity=rng.choice([50.0, 100.0, 200.0, 500.0, 1000.0], count),
            technology=rng.integers(0, 3, count),
            total=total,
            free=rng.integers(1, total + 1),
            since=np.where(rng.random(count) < 0.1, NO_DAY, opened),
            until=until,
        )

    def spoiled_points(
        self, rng: np.random.Generator, x: Floats, y: Floats, *, area: Ints | int, reason: Reason, operator: int
    ) -> None:
        """Access points that each lack the one thing ``reason`` names; none at all where that is the reason."""
        if reason == Reason.NO_ACCESS_POINT:
            return
        made = self.good_points(rng, x, y, area=area, operator=CABLE if reason == Reason.TV_ONLY else operator)
        changes: dict[Reason, dict[str, Values]] = {
            Reason.TV_ONLY: {"tv": 1},
            Reason.NOT_IN_SERVICE: {"since": day("2018-09-01"), "until": NO_DAY},
            Reason.RETIRED: {"since": day("2013-06-01"), "until": day("2018-03-31")},
            Reason.CAPACITY: {"capacity": 49.0},
            Reason.NO_PORTS: {"free": 0},
            Reason.EXPANSION_LATE: {"free": 0},
            Reason.EXPANSION_IN_TIME: {"free": 0},
        }
        for name, value in changes.get(reason, {}).items():
            self.points.put(name, made, value)
        if reason in (Reason.EXPANSION_LATE, Reason.EXPANSION_IN_TIME):
            reported = LATE_FROM if reason == Reason.EXPANSION_LATE else IN_TIME_FROM
            self.expansions.add(len(made), point=made, reported=reported)

    def late_orders(self, premises: Ints, operator: int) -> None:
        """A late order at each of ``premises``: open a day after its 10 working days, every other one long late."""
        long = np.arange(len(premises)) % 2 == 1
        self.orders.add(
            len(premises),
            operator=operator,
            premises=premises,
            submitted=np.where(long, day("2018-04-09"), ORDER_LATE_FROM),
            completed=np.where(long, day("2018-05-15"), NO_DAY),
        )


def around(rng: np.random.Generator, x: float, y: float, count: int) -> tuple[Floats, Floats]:
    """Positions of access points about a centre."""
    shift = rng.uniform(-POINTS_M / 2, POINTS_M / 2, (2, count))
    return x + shift[0], y + shift[1]


def any_operator(rng: np.random.Generator) -> int:
    """One of the three that build optical access."""
    return int(rng.choice([TELECOM, MOBILE, UNICOM]))
