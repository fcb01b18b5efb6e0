"""A made-up large city, for measuring: no real names, no truth, everything in columns from the start."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.apps.demo.layout import CELL_M, disc
from guangcheng.apps.demo.made import TRUTH, DemoCity
from guangcheng.apps.demo.rows import (
    NO_DAY,
    NOTE,
    Floats,
    Ints,
    day,
    flags,
    floats,
    numbered,
    points,
    repeated,
    texts,
    whole,
)
from guangcheng.apps.demo.words import KINDS, OPERATORS, TECHNOLOGIES, Kind
from guangcheng.registers.canonical import stored

DISTRICT = "990001"
CRS = "EPSG:4547"
AS_OF = date(2018, 6, 30)
STANDARD = "qingcheng-2017-all-optical"
VILLAGES_PER_TOWN, HAMLETS_PER_VILLAGE = 50, 4
_STREETS_PER_HUNDRED = 10
_ORIGIN = (500_000.0, 2_500_000.0)
_VILLAGE_M, _HAMLET_M, _POINT_M = 1700.0, 350.0, 500.0
_DARK = 0.06
"""Share of natural villages without any access point of their own."""
_SPOILED = 0.15
_FIBRE_TIERS = ("20-50", "50-100", "100-500")


class _Areas:
    """Numbers and positions of the made-up areas: towns, villages, natural villages."""

    def __init__(self, villages: int, rng: np.random.Generator) -> None:
        self.towns = -(-villages // VILLAGES_PER_TOWN)
        self.town_of = np.arange(villages) // VILLAGES_PER_TOWN
        side = int(np.ceil(np.sqrt(villages)))
        row, column = np.divmod(np.arange(villages), side)
        dx, dy = disc(rng, villages, CELL_M / 5)
        self.x = _ORIGIN[0] + column * CELL_M + dx
        self.y = _ORIGIN[1] + row * CELL_M + dy
        self.village_of = np.repeat(np.arange(villages), HAMLETS_PER_VILLAGE)
        hx, hy = disc(rng, len(self.village_of), _VILLAGE_M)
        self.hamlet_x, self.hamlet_y = self.x[self.village_of] + hx, self.y[self.village_of] + hy
        self.resident = rng.integers(8, 120, len(self.village_of))
        self.lit = np.flatnonzero(rng.random(len(self.village_of)) >= _DARK)
        self.street = np.arange(self.towns) % 100 < _STREETS_PER_HUNDRED
        self.town_codes = [f"{DISTRICT}{number:03d}" for number in range(1, self.towns + 1)]
        self.village_codes = [
            f"{self.town_codes[town]}{200 + place % VILLAGES_PER_TOWN + 1:03d}"
            for place, town in enumerate(self.town_of.tolist())
        ]
        self.hamlet_codes = [
            f"{self.village_codes[village]}{place % HAMLETS_PER_VILLAGE + 1:03d}"
            for place, village in enumerate(self.village_of.tolist())
        ]


def synthetic_city(
    premises: int = 1_000_000, access_points: int = 100_000, villages: int = 5_000, seed: int = 1
) -> DemoCity:
    """A district of ``villages`` admin villages, four natural villages in each, premises and points over them."""
    rng = np.random.default_rng([seed, 990001])
    areas = _Areas(villages, rng)
    points_table, shorts = _points(rng, areas, access_points)
    premises_table, judged = _premises(rng, areas, premises)
    return DemoCity(
        name="合成大城市（性能测量用）",
        folder="scale",
        area_code=DISTRICT,
        crs=CRS,
        as_of=AS_OF,
        standard=STANDARD,
        tables={
            "areas": _areas(areas),
            "area_facts": _facts(areas),
            "premises": premises_table,
            "access_points": points_table,
            "install_orders": _orders(rng, judged),
            "expansions": _expansions(rng, shorts),
            "subscriber_stats": _statistics(rng, areas),
        },
        truth=TRUTH.empty_table(),
        earlier={},
    )


def _areas(areas: _Areas) -> pa.Table:
    towns, villages, hamlets = areas.towns, len(areas.x), len(areas.village_of)
    subtype = np.where(areas.street, "street", "town").tolist()
    parents = [None, *[DISTRICT] * towns, *(areas.town_codes[town] for town in areas.town_of)]
    blank = np.full(towns + 1, np.nan)
    levels = ["district"] + ["township"] * towns + ["admin_village"] * villages + ["natural_village"] * hamlets
    town_zones = np.where(areas.street, "urban", "rural")
    village_zones = town_zones[areas.town_of]
    zones = ["rural", *town_zones.tolist(), *village_zones.tolist(), *village_zones[areas.village_of].tolist()]
    columns = {
        "code": pa.array([DISTRICT, *areas.town_codes, *areas.village_codes, *areas.hamlet_codes]),
        "name": pa.array(
            ["合成区"]
            + [f"合成街镇{number}" for number in range(towns)]
            + [f"合成村{number}" for number in range(villages)]
            + [f"合成自然村{number}" for number in range(hamlets)]
        ),
        "level": pa.array(levels),
        "subtype": pa.array([None, *subtype, *[None] * (villages + hamlets)]),
        "parent": pa.array([*parents, *(areas.village_codes[village] for village in areas.village_of)]),
        "urban_rural": pa.array(zones),
        "code_list": repeated("city", len(levels)),
        "note": repeated(NOTE, len(levels)),
    }
    x = np.concatenate([blank, areas.x, areas.hamlet_x])
    y = np.concatenate([blank, areas.y, areas.hamlet_y])
    return stored("areas", columns | points(np.round(x, 2), np.round(y, 2), CRS))


def _facts(areas: _Areas) -> pa.Table:
    count = len(areas.hamlet_codes)
    resident = np.where(np.arange(count) % 97 == 0, -1, areas.resident)
    columns = {
        "area_code": pa.array(areas.hamlet_codes),
        "as_of": pa.array(np.full(count, day("2018-05-31"))),
        "resident_households": whole(resident),
        "source_note": repeated(NOTE, count),
    }
    return stored("area_facts", columns)


def _near(rng: np.random.Generator, areas: _Areas, hamlet: Ints, radius_m: float) -> tuple[Floats, Floats]:
    dx, dy = disc(rng, len(hamlet), radius_m)
    return np.round(areas.hamlet_x[hamlet] + dx, 2), np.round(areas.hamlet_y[hamlet] + dy, 2)


def _premises(rng: np.random.Generator, areas: _Areas, count: int) -> tuple[pa.Table, Ints]:
    """A main settlement per natural village, then estates with their buildings, houses, and the other kinds."""
    hamlets = len(areas.village_of)
    hamlet = np.concatenate([np.arange(hamlets), rng.integers(0, hamlets, count - hamlets)])
    kind = rng.choice(
        [
            int(kind)
            for kind in (Kind.ESTATE, Kind.MARKET, Kind.SCHOOL, Kind.CLINIC, Kind.OFFICE_BUILDING, Kind.BUILDING)
        ],
        count,
        p=(0.03, 0.02, 0.02, 0.02, 0.05, 0.86),
    )
    kind[:hamlets] = int(Kind.SETTLEMENT)
    estates = np.flatnonzero(kind == int(Kind.ESTATE))
    parent = np.full(count, -1)
    children = np.flatnonzero((kind == int(Kind.BUILDING)) & (rng.random(count) < 0.5))
    parent[children] = estates[rng.integers(0, len(estates), len(children))]
    hamlet[children] = hamlet[parent[children]]
    x, y = _near(rng, areas, hamlet, _HAMLET_M)
    lost = rng.random(count) < 0.001
    x[lost], y[lost] = np.nan, np.nan
    columns = {
        "premises_id": numbered("P", np.arange(count)),
        "name": pc.binary_join_element_wise(
            pa.scalar("合成驻地"), pa.array(np.arange(count)).cast(pa.string()), pa.scalar("号"), ""
        ),
        "kind": texts(kind, KINDS),
        "area_code": texts(hamlet, areas.hamlet_codes),
        "parent_premises": numbered("P", parent),
        "main_settlement": flags(np.where(kind == int(Kind.SETTLEMENT), 1, -1)),
        "households": whole(np.where(kind == int(Kind.ESTATE), 300, -1)),
        "residential": flags(np.where(parent >= 0, 1, -1)),
        "note": repeated(NOTE, count),
    }
    return stored("premises", columns | points(x, y, CRS)), np.flatnonzero(kind != int(Kind.BUILDING))


def _points(rng: np.random.Generator, areas: _Areas, count: int) -> tuple[pa.Table, Ints]:
    """Access points by three operators; some each of the kinds that do not count. Also those with no free port."""
    hamlet = rng.choice(areas.lit, count)
    x, y = _near(rng, areas, hamlet, _POINT_M)
    spoil = np.where(rng.random(count) < _SPOILED, rng.integers(1, 6, count), 0)
    total = rng.choice([8, 16, 32, 64], count)
    free = np.where(spoil == 5, 0, rng.integers(1, total + 1))
    columns = {
        "access_point_id": numbered("A", np.arange(count)),
        "operator": texts(np.where(spoil == 1, 3, rng.integers(0, 3, count)), OPERATORS),
        "area_code": texts(hamlet, areas.hamlet_codes),
        "capacity_mbps": floats(np.where(spoil == 2, 20.0, rng.choice([50.0, 100.0, 1000.0], count))),
        "technology": texts(rng.integers(0, 3, count), TECHNOLOGIES),
        "ports_total": whole(total),
        "ports_free": whole(free),
        "in_service_from": pa.array(np.where(spoil == 3, day("2018-09-01"), day("2016-01-01"))),
        "in_service_to": pa.array(np.where(spoil == 4, day("2018-01-01"), NO_DAY)),
        "tv_only": flags((spoil == 1).astype(np.int64)),
        "note": repeated(NOTE, count),
    }
    return stored("access_points", columns | points(x, y, CRS)), np.flatnonzero(spoil == 5)


def _orders(rng: np.random.Generator, judged: Ints) -> pa.Table:
    """One order for every tenth premises that is no building, one in twenty of them late."""
    row = judged[::10]
    count = len(row)
    submitted = day("2017-09-01") + rng.integers(0, 270, count).astype("timedelta64[D]")
    took = np.where(rng.random(count) < 0.05, 40, rng.integers(0, 10, count)).astype("timedelta64[D]")
    columns = {
        "order_no": numbered("O", np.arange(count)),
        "operator": texts(rng.integers(0, 3, count), OPERATORS),
        "premises_id": numbered("P", row),
        "submitted_at": pa.array(submitted),
        "completed_at": pa.array(submitted + took),
    }
    return stored("install_orders", columns)


def _expansions(rng: np.random.Generator, shorts: Ints) -> pa.Table:
    count = len(shorts)
    columns = {
        "expansion_id": numbered("E", np.arange(count)),
        "access_point_id": numbered("A", shorts),
        "reported_short_at": pa.array(np.where(rng.random(count) < 0.5, day("2018-06-20"), day("2018-04-02"))),
        "ports_added": whole(np.full(count, 16)),
    }
    return stored("expansions", columns)


def _statistics(rng: np.random.Generator, areas: _Areas) -> pa.Table:
    """One month of subscribers per village, operator and tier, about four in five on fibre."""
    villages, tiers = len(areas.village_codes), len(_FIBRE_TIERS) + 1
    count = villages * 3 * tiers
    village = np.repeat(np.arange(villages), 3 * tiers)
    operator = np.tile(np.repeat(np.arange(3), tiers), villages)
    tier = np.tile(np.arange(tiers), villages * 3)
    columns = {
        "operator": texts(operator, OPERATORS),
        "area_code": texts(village, areas.village_codes),
        "month": pa.array(np.full(count, day("2018-06-30"))),
        "technology": texts((tier == len(_FIBRE_TIERS)).astype(np.int64), ["fibre", "copper"]),
        "tier": texts(tier, [*_FIBRE_TIERS, "4-8"]),
        "customer": repeated("household", count),
        "zone": repeated("all", count),
        "subscribers": whole(rng.integers(20, 60, count) + np.where(tier == len(_FIBRE_TIERS), -10, 20)),
    }
    return stored("subscriber_stats", columns)


def changed_village(city: DemoCity) -> tuple[str, pa.Table]:
    """An admin village, and the access point register after all points in it were put right."""
    levels = city.tables["areas"]["level"]
    village = str(city.tables["areas"].filter(pc.equal(levels, "admin_village"))["code"][0])
    table = city.tables["access_points"]
    inside = pc.starts_with(table["area_code"], village)
    for name, value in (("capacity_mbps", 1000.0), ("tv_only", False), ("ports_free", 8)):
        place = table.schema.get_field_index(name)
        kind = table.schema.field(name).type
        table = table.set_column(place, name, pc.if_else(inside, pa.scalar(value, kind), table[name]))
    return village, table
