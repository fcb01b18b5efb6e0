"""Communities: blocks with estates, their buildings and the other kinds a street is judged on."""

from dataclasses import dataclass

import numpy as np

from guangcheng.apps.demo.cases import TownshipCase
from guangcheng.apps.demo.layout import BLOCK_M, BLOCKS, block_offsets, centimetres, disc, shares, turned
from guangcheng.apps.demo.rows import NO_DAY, Bools, Floats, Ints, day
from guangcheng.apps.demo.site import Site
from guangcheng.apps.demo.words import (
    LISTED,
    MOBILE,
    ORDER_OLD,
    SPOILS,
    TELECOM,
    UNICOM,
    URBAN,
    Kind,
    Reason,
)

LATE_BLOCK, BAD_BLOCK = 7, 8
"""Of nine blocks seven are served by several operators, one by a single one (late orders tell there), one by none."""
OTHERS_PER_ESTATE = 2
LEAST_ESTATES = 2
LIMIT_COMMUNITY = "441802006001"
"""Its bad block has one good point, a market at exactly 200 m and one at 200.8 m."""
_LIMIT_OFFSETS = (np.array([120.0, -120.0]), np.array([160.0, 161.0]))
_ESTATE_M, _BUILDING_M = 70.0, 35.0
_OTHER_KINDS = (Kind.DEVELOPMENT, Kind.URBAN_VILLAGE, Kind.MARKET, Kind.SCHOOL, Kind.HOSPITAL, Kind.OFFICE_BUILDING)
_OTHER_WEIGHTS = (0.12, 0.15, 0.16, 0.15, 0.04, 0.38)
_MISC_KINDS = (Kind.CLINIC, Kind.GOVERNMENT, Kind.INDUSTRIAL_PARK, Kind.SCENIC_AREA)
_NEW_SINCE = day("2017-07-01")

GOOD, ONE_FAILS, SHOP_FAILS, ONE_UNKNOWN, ALL_FAIL = range(5)
"""What becomes of an estate: everything capable; one residential building not; only a shop not; one building without a
point; nothing capable."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """The communities of one township unit: area numbers, block centres (communities × 9) and each one's defect."""

    case: TownshipCase
    subtype: str | None
    areas: Ints
    x: Floats
    y: Floats
    defects: Ints
    limit: int
    """Index of the community with the limit case, or -1."""

    @property
    def count(self) -> int:
        """Number of communities."""
        return len(self.areas)

    @property
    def spoiled(self) -> Ints:
        """Indices of communities whose bad block is truly bad."""
        return np.flatnonzero(np.arange(self.count) != self.limit)


@dataclass(frozen=True, slots=True)
class Estates:
    """The estates made so far, which still get their buildings."""

    premises: Ints
    community: Ints
    block: Ints
    state: Ints
    x: Floats
    y: Floats
    quarter: Quarter


def quarter_of(site: Site, case: TownshipCase) -> Quarter:
    """The communities of one township unit and where their blocks are."""
    found = [number for number, area in enumerate(site.areas) if area.parent == case.code and area.level == "community"]
    centres = np.array([site.centres[site.areas[number].code] for number in found])
    dx, dy = turned(*block_offsets())
    codes = [site.areas[number].code for number in found]
    return Quarter(
        case=case,
        subtype=next(area.subtype for area in site.areas if area.code == case.code),
        areas=np.array(found, dtype=np.int64),
        x=centres[:, :1] + dx[None, :],
        y=centres[:, 1:] + dy[None, :],
        defects=np.array([int(SPOILS[number % len(SPOILS)]) for number in found], dtype=np.int64),
        limit=codes.index(LIMIT_COMMUNITY) if LIMIT_COMMUNITY in codes else -1,
    )


def add_points(site: Site, rng: np.random.Generator, quarter: Quarter, *, more: int) -> Ints:
    """Two operators' hubs in each good block, one in the late block, ``more`` others per block, defects in the bad.

    Gives the first operator's hubs as row numbers, communities × good and late blocks.
    """
    area = np.repeat(quarter.areas, BLOCKS).reshape(quarter.x.shape)
    served = np.s_[:, :BAD_BLOCK]
    several = np.s_[:, :LATE_BLOCK]
    x, y, areas = quarter.x[served].ravel(), quarter.y[served].ravel(), area[served].ravel()
    hubs = site.good_points(rng, x, y, area=areas, operator=TELECOM)
    x, y, areas = quarter.x[several].ravel(), quarter.y[several].ravel(), area[several].ravel()
    site.good_points(rng, x, y, area=areas, operator=MOBILE)
    dx, dy = disc(rng, more * len(x), 40.0)
    operator = rng.choice([TELECOM, MOBILE, UNICOM], more * len(x))
    site.good_points(
        rng, np.repeat(x, more) + dx, np.repeat(y, more) + dy, area=np.repeat(areas, more), operator=operator
    )
    for place in range(quarter.count):
        x, y = quarter.x[place, BAD_BLOCK:], quarter.y[place, BAD_BLOCK:]
        at = int(quarter.areas[place])
        reason = Reason.OK if place == quarter.limit else Reason(int(quarter.defects[place]))
        site.spoiled_points(rng, np.round(x), np.round(y), area=at, reason=reason, operator=TELECOM)
    return hubs.reshape(quarter.count, BAD_BLOCK)


def add_places(
    site: Site, rng: np.random.Generator, quarter: Quarter, hubs: Ints, *, estates: int, rural: tuple[int, int]
) -> Estates:
    """Estates (``estates`` of them) and other places; ``rural``: listed premises of its admin villages, and failing.

    ``hubs`` are what :func:`add_points` gave.

    How many fail, and how many lack a point, follows from the township's case and the number of listed premises.
    """
    others = _others_count(quarter, estates, rural[0])
    failing, unknown = _failing(quarter.case, estates + others + rural[0], rural[1])
    fallen = min(len(quarter.spoiled), failing // 3)
    made = _estates(site, rng, quarter, estates, fallen)
    single, several = _others(site, rng, quarter, others, failing - fallen, unknown)
    _old_orders(site, single[::2])
    _paused_orders(site, single[1::2], hubs[:, LATE_BLOCK], quarter)
    _common_orders(site, rng, several)
    _misc(site, rng, quarter)
    return made


def places_needed(quarter: Quarter, estates: int, rural_listed: int) -> int:
    """How many premises :func:`add_places` makes, buildings apart."""
    return estates + _others_count(quarter, estates, rural_listed) + quarter.count


def _others_count(quarter: Quarter, estates: int, rural_listed: int) -> int:
    """Where a street is to have exactly one failing in ten, the listed premises must be a multiple of ten."""
    others = OTHERS_PER_ESTATE * estates
    exact = quarter.case.failing in ("exactly", "just_over")
    return others + (-(estates + others + rural_listed) % 10 if exact else 0)


def _failing(case: TownshipCase, listed: int, rural_failing: int) -> tuple[int, int]:
    """Failing and unknown premises among the urban ones: one in ten, one more, or a share in thousandths."""
    if case.failing == "exactly":
        return listed // 10 - rural_failing, 0
    if case.failing == "just_over":
        return listed // 10 + 1 - rural_failing, 0
    failing = max(listed * int(case.failing) // 1000, rural_failing)
    unknown = listed // 10 + 1 - failing if case.unknown else 0
    return failing - rural_failing, unknown


def _estates(site: Site, rng: np.random.Generator, quarter: Quarter, count: int, fallen: int) -> Estates:
    community = np.repeat(np.arange(quarter.count), shares(count, quarter.count))
    first = np.flatnonzero(np.diff(community, prepend=-1))
    state = np.full(count, GOOD)
    spoiled = quarter.spoiled
    state[first[spoiled]] = spoiled % 4
    state[first[spoiled[:fallen]] + 1] = ALL_FAIL
    block = np.where(state == ALL_FAIL, BAD_BLOCK, rng.integers(0, BAD_BLOCK, count))
    dx, dy = disc(rng, count, _ESTATE_M)
    x, y = quarter.x[community, block] + dx, quarter.y[community, block] + dy
    reason = np.where(state == ALL_FAIL, quarter.defects[community], int(Reason.OK))
    new = rng.random(count) < 0.1
    premises = site.premises.add(
        count,
        kind=int(Kind.ESTATE),
        area=quarter.areas[community],
        zone=np.where(rng.random(count) < 0.7, URBAN, -1),
        x=centimetres(x),
        y=centimetres(y),
        completed=np.where(new, _NEW_SINCE + rng.integers(0, 300, count).astype("timedelta64[D]"), NO_DAY),
        ftth=np.where(new, (rng.random(count) < 0.97).astype(np.int64), -1),
        reason=reason,
    )
    return Estates(premises, community, block, state, x, y, quarter)


def _others(
    site: Site, rng: np.random.Generator, quarter: Quarter, count: int, failing: int, unknown: int
) -> tuple[Ints, Ints]:
    """The other listed kinds: first those with a late order, then those in bad blocks, then those without a point.

    Gives the capable ones served by a single operator, and those served by several.
    """
    limit = int(quarter.limit >= 0)
    late = min(quarter.count, failing // 4)
    number = np.arange(count)
    community = number % quarter.count
    is_late = number < late
    bad = ~is_late & (number < failing - limit)
    community[bad] = quarter.spoiled[number[bad] % len(quarter.spoiled)]
    lost = (number >= failing - limit) & (number < failing - limit + unknown)
    block = rng.integers(0, BAD_BLOCK, count)
    block[is_late], block[bad] = LATE_BLOCK, BAD_BLOCK
    dx, dy = disc(rng, count, BLOCK_M)
    x, y = quarter.x[community, block] + dx, quarter.y[community, block] + dy
    reason = np.full(count, int(Reason.OK))
    reason[is_late], reason[lost] = int(Reason.ORDER_LATE), int(Reason.NO_POINT)
    reason[bad] = quarter.defects[community[bad]]
    kind = rng.choice([int(kind) for kind in _OTHER_KINDS], count, p=_OTHER_WEIGHTS)
    if limit:
        last = np.array([count - 2, count - 1])
        _to_the_limit(quarter, last, community, x, y, kind)
        block[last] = BAD_BLOCK
        reason[last] = [int(Reason.ON_LIMIT), int(Reason.BEYOND_LIMIT)]
    made = site.premises.add(
        count,
        kind=kind,
        area=quarter.areas[community],
        zone=URBAN,
        x=np.where(lost, np.nan, centimetres(x)),
        y=np.where(lost, np.nan, centimetres(y)),
        floors=rng.integers(1, 20, count),
        reason=reason,
    )
    site.late_orders(made[is_late], TELECOM)
    return made[(block == LATE_BLOCK) & ~is_late & ~lost], made[(block < LATE_BLOCK) & ~lost]


def _to_the_limit(quarter: Quarter, last: Ints, community: Ints, x: Floats, y: Floats, kind: Ints) -> None:
    """Two markets at 200 and 200.8 m from the one point of the bad block, in whole metres."""
    community[last] = quarter.limit
    kind[last] = int(Kind.MARKET)
    x[last] = np.round(quarter.x[quarter.limit, BAD_BLOCK]) + _LIMIT_OFFSETS[0]
    y[last] = np.round(quarter.y[quarter.limit, BAD_BLOCK]) + _LIMIT_OFFSETS[1]


def _old_orders(site: Site, premises: Ints) -> None:
    """Late orders from before the time looked back on: they count no more."""
    site.orders.add(
        len(premises), operator=TELECOM, premises=premises, submitted=ORDER_OLD, completed=day("2017-06-20")
    )


def _paused_orders(site: Site, premises: Ints, hubs: Ints, quarter: Quarter) -> None:
    """Orders in time only because their clock stood still for an expansion of the community's hub (U-07)."""
    area = site.premises.ints("area")[premises]
    expansions = site.expansions.add(
        len(premises),
        point=hubs[np.searchsorted(quarter.areas, area)],
        reported=day("2018-05-07"),
        finished=day("2018-05-25"),
    )
    site.orders.add(
        len(premises),
        operator=TELECOM,
        premises=premises,
        submitted=day("2018-05-02"),
        completed=day("2018-05-30"),
        expansion=expansions,
    )


def _common_orders(site: Site, rng: np.random.Generator, several: Ints) -> None:
    """Orders that change nothing: in time, or late where another operator serves the place too."""
    quick = rng.choice(several, min(len(several), 200), replace=False)
    submitted = day("2018-03-05") + rng.integers(0, 80, len(quick)).astype("timedelta64[D]")
    took = rng.integers(0, 8, len(quick)).astype("timedelta64[D]")
    site.orders.add(len(quick), operator=MOBILE, premises=quick, submitted=submitted, completed=submitted + took)
    site.late_orders(np.sort(rng.choice(several, min(len(several), 5), replace=False)), TELECOM)


def _misc(site: Site, rng: np.random.Generator, quarter: Quarter) -> None:
    """One place per community of a kind no street is judged on; every third one fails."""
    community = np.arange(quarter.count)
    fails = (community % 3 == 2) & (community != quarter.limit)
    block = np.where(fails, BAD_BLOCK, 0)
    dx, dy = disc(rng, quarter.count, BLOCK_M)
    site.premises.add(
        quarter.count,
        kind=np.array([int(_MISC_KINDS[place % len(_MISC_KINDS)]) for place in community]),
        area=quarter.areas,
        zone=URBAN,
        x=centimetres(quarter.x[community, block] + dx),
        y=centimetres(quarter.y[community, block] + dy),
        reason=np.where(fails, quarter.defects, int(Reason.OK)),
    )


def add_buildings(site: Site, rng: np.random.Generator, estates: Estates, each: Ints) -> None:
    """``each`` buildings for every estate; the first one is where a partly failing estate fails."""
    quarter = estates.quarter
    count = int(each.sum())
    of = np.repeat(np.arange(len(each)), each)
    first = np.zeros(count, dtype=np.bool_)
    first[np.cumsum(each)[:-1]] = True
    first[0] = True
    state, community = estates.state[of], estates.community[of]
    away = first & ((state == ONE_FAILS) | (state == SHOP_FAILS))
    lost = first & (state == ONE_UNKNOWN)
    dx, dy = disc(rng, count, _BUILDING_M)
    x, y = estates.x[of] + dx, estates.y[of] + dy
    x[away] = quarter.x[community[away], BAD_BLOCK] + dx[away]
    y[away] = quarter.y[community[away], BAD_BLOCK] + dy[away]
    failing = away | (state == ALL_FAIL)
    reason = np.where(failing, quarter.defects[community], int(Reason.OK))
    site.premises.add(
        count,
        kind=int(Kind.BUILDING),
        area=quarter.areas[community],
        parent=estates.premises[of],
        zone=np.where(rng.random(count) < 0.3, URBAN, -1),
        x=np.where(lost, np.nan, centimetres(x)),
        y=np.where(lost, np.nan, centimetres(y)),
        floors=rng.integers(6, 33, count),
        residential=_residential(rng, first, state),
        reason=np.where(lost, int(Reason.NO_POINT), reason),
    )
    site.premises.put("buildings", estates.premises, each)
    site.premises.put("households", estates.premises, each * 28)


def _residential(rng: np.random.Generator, first: Bools, state: Ints) -> Ints:
    """Yes, or empty which means yes; the first building of some estates is a shop."""
    yes: Ints = np.where(rng.random(len(first)) < 0.8, 1, -1)
    return np.where(first & (state == SHOP_FAILS), 0, yes)


LISTED_NUMBERS = np.array([int(kind) for kind in LISTED])
"""The listed kinds as numbers."""
