"""Admin villages: natural villages with their places and the access points that decide them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from guangcheng.apps.demo.cases import VillageCase
from guangcheng.apps.demo.layout import (
    CORE,
    CORE_JITTER_M,
    CORE_VILLAGES_M,
    HAMLET_M,
    LONELY_VILLAGES_M,
    SPOT,
    SPOT_HAMLET_M,
    SPOT_VILLAGES_M,
    centimetres,
    circle_points,
    disc,
    largest_remainder,
    spread,
    turned,
)
from guangcheng.apps.demo.rows import Ints
from guangcheng.apps.demo.site import Site, any_operator, around
from guangcheng.apps.demo.words import MOBILE, RURAL, SPOILS, TELECOM, Kind, Reason

RADIUS_M = 1000
"""The rural radius the limit case is built on (001 二(三)7)."""


class Fate(IntEnum):
    """What becomes of a natural village."""

    PASS = 0
    FAIL = 1
    UNKNOWN = 2
    SMALL = 3
    MISSING = 4


@dataclass(frozen=True, slots=True)
class _Ground:
    """The cell of one admin village in metres: its number among the areas, its centre, core and spot."""

    area: int
    centre: tuple[float, float]
    core: tuple[float, float]
    spot: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Hamlet:
    """One natural village just made: what its places need to know."""

    number: int
    area: int
    centre: tuple[float, float]
    radius_m: float
    fate: Fate
    reason: Reason
    resident: int


def build_villages(site: Site, rng: np.random.Generator) -> None:
    """All admin villages, each by its case."""
    for number, area in enumerate(site.areas):
        if area.level == "admin_village":
            _build(site, rng, _ground(site, rng, number), site.villages[area.code])


def _ground(site: Site, rng: np.random.Generator, number: int) -> _Ground:
    x, y = site.centres[site.areas[number].code]
    jitter = rng.uniform(-CORE_JITTER_M, CORE_JITTER_M, 2)
    core = turned(np.array([CORE[0] + jitter[0]]), np.array([CORE[1] + jitter[1]]))
    spot = turned(np.array([SPOT[0]]), np.array([SPOT[1]]))
    return _Ground(number, (x, y), (x + core[0][0], y + core[1][0]), (x + spot[0][0], y + spot[1][0]))


def _build(site: Site, rng: np.random.Generator, ground: _Ground, case: VillageCase) -> None:
    if case.layout == "limit":
        _on_the_limit(site, rng, ground, case)
    elif case.layout == "lonely":
        _lonely(site, rng, ground, case)
    else:
        _core_and_spot(site, rng, ground, case)
    if case.direct:
        _direct_settlements(site, rng, ground, case.direct == "capable")


def _core_and_spot(site: Site, rng: np.random.Generator, ground: _Ground, case: VillageCase) -> None:
    partial = case.failing == 1 and case.defect == Reason.NO_ACCESS_POINT and len(site.hamlets) % 2 == 0
    fates = [Fate.PASS] * case.passing + [Fate.UNKNOWN] * case.unknown + [Fate.FAIL] * (case.failing if partial else 0)
    fates += [Fate.SMALL] * case.small + [Fate.MISSING] * case.missing
    dx, dy = spread(rng, len(fates), CORE_VILLAGES_M * min(1.0, 0.45 + len(fates) / 30))
    order = rng.permutation(len(fates))
    hub = np.array([ground.core[0]] * 2), np.array([ground.core[1]] * 2)
    site.good_points(rng, *hub, area=ground.area, operator=np.array([TELECOM, MOBILE]))
    for fate, place in zip(fates, order, strict=True):
        centre = (ground.core[0] + dx[place], ground.core[1] + dy[place])
        hamlet = _natural_village(site, rng, ground, fate, centre, HAMLET_M, Reason.OK)
        _places(site, rng, hamlet, clinic_at=ground.spot if fate == Fate.FAIL else None)
        _own_point(site, rng, hamlet)
        _lesser_settlement(site, rng, hamlet, ground, case)
    if not partial:
        _spot(site, rng, ground, case)


def _spot(site: Site, rng: np.random.Generator, ground: _Ground, case: VillageCase) -> None:
    dx, dy = spread(rng, case.failing, SPOT_VILLAGES_M)
    for u, v in zip(dx, dy, strict=True):
        centre = (ground.spot[0] + u, ground.spot[1] + v)
        hamlet = _natural_village(site, rng, ground, Fate.FAIL, centre, SPOT_HAMLET_M, case.defect)
        made = _places(site, rng, hamlet)
        operator = TELECOM if case.defect == Reason.ORDER_LATE else any_operator(rng)
        x, y = around(rng, *centre, 1)
        site.spoiled_points(rng, x, y, area=hamlet.area, reason=case.defect, operator=operator)
        if case.defect == Reason.ORDER_LATE:
            site.late_orders(made, operator)


def _lonely(site: Site, rng: np.random.Generator, ground: _Ground, case: VillageCase) -> None:
    fates = [Fate.PASS] * case.passing + [Fate.FAIL] * case.failing + [Fate.SMALL] * case.small
    dx, dy = spread(rng, len(fates), LONELY_VILLAGES_M)
    for fate, u, v in zip(fates, dx, dy, strict=True):
        centre = (ground.centre[0] + u, ground.centre[1] + v)
        _places(site, rng, _natural_village(site, rng, ground, fate, centre, HAMLET_M, case.defect))
    x, y = np.array([ground.centre[0]]), np.array([ground.centre[1]])
    site.spoiled_points(rng, x, y, area=ground.area, reason=case.defect, operator=TELECOM)


def _on_the_limit(site: Site, rng: np.random.Generator, ground: _Ground, case: VillageCase) -> None:
    """The passing ones at exactly the radius in whole metres, the failing one a metre further north."""
    dx, dy = circle_points(RADIUS_M, case.passing + case.failing)
    for place in range(case.passing + case.failing):
        fate = Fate.PASS if place < case.passing else Fate.FAIL
        beyond = 0.0 if fate == Fate.PASS else float(np.sign(dy[place]))
        centre = (ground.centre[0] + dx[place], ground.centre[1] + dy[place] + beyond)
        reason = Reason.ON_LIMIT if fate == Fate.PASS else Reason.BEYOND_LIMIT
        hamlet = _natural_village(site, rng, ground, fate, centre, 0.0, reason, fill=0)
        _add(site, hamlet, Kind.SETTLEMENT, centre, reason, main=1, households=hamlet.resident)
    x, y = np.array([ground.centre[0]]), np.array([ground.centre[1]])
    site.good_points(rng, x, y, area=ground.area, operator=MOBILE)


def _direct_settlements(site: Site, rng: np.random.Generator, ground: _Ground, capable: bool) -> None:
    middle = ground.core if capable else ground.spot
    reason = Reason.OK if capable else Reason.NO_ACCESS_POINT
    dx, dy = disc(rng, 3, SPOT_HAMLET_M)
    site.premises.add(
        3,
        kind=int(Kind.SETTLEMENT),
        area=ground.area,
        zone=RURAL,
        main=1,
        x=centimetres(middle[0] + dx),
        y=centimetres(middle[1] + dy),
        households=rng.integers(12, 40, 3),
        reason=int(reason),
    )


def _natural_village(
    site: Site,
    rng: np.random.Generator,
    ground: _Ground,
    fate: Fate,
    centre: tuple[float, float],
    radius_m: float,
    reason: Reason,
    *,
    fill: int = 1,
) -> _Hamlet:
    """One natural village; houses added to it later stand within ``radius_m`` and have ``reason``."""
    number = len(site.hamlets)
    area, resident = len(site.areas) + number, _resident(rng, number, fate)
    site.hamlets.add(
        1,
        area=area,
        parent=ground.area,
        x=centre[0],
        y=centre[1],
        radius=radius_m,
        fate=int(fate),
        reason=int(reason),
        fill=0 if reason == Reason.ORDER_LATE else fill,
        resident=resident,
    )
    return _Hamlet(number, area, centre, radius_m, fate, reason, resident)


def _resident(rng: np.random.Generator, number: int, fate: Fate) -> int:
    """Resident households: 19, 20 and 21 often enough to see the limit of 20; -1 where nobody counted."""
    if fate == Fate.MISSING:
        return -1
    if fate == Fate.SMALL:
        return 19 if number % 2 == 0 else int(rng.integers(1, 19))
    return 20 + number % 2 if number % 9 == 0 else int(rng.integers(22, 130))


def _places(
    site: Site, rng: np.random.Generator, hamlet: _Hamlet, *, clinic_at: tuple[float, float] | None = None
) -> Ints:
    """The places a natural village is judged on; ``clinic_at``: only its clinic stands out there and fails it."""
    main, reason = hamlet.centre, hamlet.reason
    if hamlet.fate == Fate.UNKNOWN:
        main, reason = (np.nan, np.nan), Reason.NO_POINT
    made = [_add(site, hamlet, Kind.SETTLEMENT, main, reason, main=1, households=max(hamlet.resident, 5))]
    if hamlet.number % 7 == 0:
        made.append(_add(site, hamlet, Kind.SCHOOL, _near(rng, hamlet.centre, hamlet.radius_m), hamlet.reason))
    if clinic_at is not None:
        made.append(_add(site, hamlet, Kind.CLINIC, clinic_at, Reason.NO_ACCESS_POINT))
    elif hamlet.number % 4 == 1:
        made.append(_add(site, hamlet, Kind.CLINIC, _near(rng, hamlet.centre, hamlet.radius_m), hamlet.reason))
    return np.array(made, dtype=np.int64)


def _lesser_settlement(
    site: Site, rng: np.random.Generator, hamlet: _Hamlet, ground: _Ground, case: VillageCase
) -> None:
    """A settlement not marked as main: whether it is capable changes nothing."""
    if hamlet.number % 3:
        return
    outside = hamlet.number % 2 == 0 and case.defect in SPOILS
    reason = Reason.OK
    if outside:
        reason = case.defect if case.failing else Reason.NO_ACCESS_POINT
    place = _near(rng, ground.spot if outside else hamlet.centre, SPOT_HAMLET_M)
    _add(site, hamlet, Kind.SETTLEMENT, place, reason, main=0, households=int(rng.integers(3, 15)))


def _own_point(site: Site, rng: np.random.Generator, hamlet: _Hamlet) -> None:
    """Seven in ten natural villages of a core have a point of their own; one in eight of those is of no use."""
    if rng.random() >= 0.7:
        return
    x, y = around(rng, *hamlet.centre, 1)
    spoil = Reason(int(rng.choice(SPOILS))) if rng.random() < 0.125 else Reason.OK
    site.spoiled_points(rng, x, y, area=hamlet.area, reason=spoil, operator=any_operator(rng))


def _near(rng: np.random.Generator, centre: tuple[float, float], radius_m: float) -> tuple[float, float]:
    dx, dy = disc(rng, 1, radius_m)
    return centre[0] + dx[0], centre[1] + dy[0]


def _add(
    site: Site,
    hamlet: _Hamlet,
    kind: Kind,
    place: tuple[float, float],
    reason: Reason,
    *,
    main: int = -1,
    households: int = -1,
) -> int:
    x, y = np.round(place, 2)
    made = site.premises.add(
        1, kind=int(kind), area=hamlet.area, zone=RURAL, main=main, x=x, y=y, households=households, reason=int(reason)
    )
    return int(made[0])


def add_houses(site: Site, rng: np.random.Generator, count: int) -> None:
    """``count`` houses over the natural villages by their size; their fate is their village's."""
    rows = site.hamlets
    open_ = np.flatnonzero(rows.ints("fill"))
    sizes = np.maximum(rows.ints("resident")[open_], 3).astype(np.float64)
    each = largest_remainder(count, sizes)
    hamlet = np.repeat(open_, each)
    dx, dy = disc(rng, count, 1.0)
    radius = rows.floats("radius")[hamlet]
    site.premises.add(
        count,
        kind=int(Kind.BUILDING),
        area=rows.ints("area")[hamlet],
        zone=np.where(rng.random(count) < 0.5, RURAL, -1),
        x=centimetres(rows.floats("x")[hamlet] + radius * dx),
        y=centimetres(rows.floats("y")[hamlet] + radius * dy),
        floors=rng.integers(1, 5, count),
        residential=np.where(rng.random(count) < 0.9, 1, -1),
        reason=rows.ints("reason")[hamlet],
    )
