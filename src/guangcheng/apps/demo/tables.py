"""From the site's numbers to the registers' stored tables."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.apps.demo import figures as fig
from guangcheng.apps.demo.figures import MONTHS, Figures, split
from guangcheng.apps.demo.rows import (
    NOTE,
    Ints,
    flags,
    floats,
    numbered,
    points,
    repeated,
    stored_rows,
    texts,
    whole,
)
from guangcheng.apps.demo.rural import Fate
from guangcheng.apps.demo.site import Site
from guangcheng.apps.demo.words import KIND_NAMES, KINDS, LISTED, OPERATORS, TECHNOLOGIES, ZONES, Kind, place_name
from guangcheng.registers.canonical import stored

LIST_NOTE = "名称与代码：统计用区划代码2023年版；位置为示意"
FACTS_DAY, OLD_FACTS_DAY = date(2018, 5, 31), date(2016, 12, 31)
_SITES_PER_TOWNSHIP = (12, 10, 9, 11, 14, 10, 9, 12)
"""Demonstrations per street or town, in list order: one street and one town are one short of ten."""


def tables_of(site: Site, figures: Figures, crs: str) -> dict[str, pa.Table]:
    """Every register of the demonstration city."""
    codes, names = area_codes(site), _area_names(site)
    return {
        "areas": _areas(site, codes, names, crs),
        "area_facts": _area_facts(site, codes, figures),
        "premises": _premises(site, codes, names, crs),
        "access_points": _access_points(site, codes, names, crs),
        "claims": _claims(site, codes),
        "subscriber_stats": _subscriber_stats(site, figures),
        "pon_ports": _pon_ports(site, figures),
        "install_orders": _install_orders(site, codes),
        "expansions": _expansions(site),
        "demo_sites": _demo_sites(site, codes),
    }


def area_codes(site: Site) -> list[str]:
    """Codes by area number: the published ones, then parent code + three digits for natural villages."""
    codes = [area.code for area in site.areas]
    counts: dict[int, int] = {}
    for parent in site.hamlets.ints("parent").tolist():
        counts[parent] = counts.get(parent, 0) + 1
        codes.append(f"{site.areas[parent].code}{counts[parent]:03d}")
    return codes


def premises_ids(numbers: Ints) -> pa.Array:
    """Ids of premises by row number; a negative one is missing."""
    return numbered("P", numbers)


def _area_names(site: Site) -> list[str]:
    return [area.name for area in site.areas] + [place_name(number) for number in range(len(site.hamlets))]


def _areas(site: Site, codes: list[str], names: list[str], crs: str) -> pa.Table:
    listed, hamlets = len(site.areas), len(site.hamlets)
    zones = ["urban" if area.level == "community" or area.subtype == "street" else "rural" for area in site.areas]
    classes = [{"community": "111", "admin_village": "220"}.get(area.level) for area in site.areas]
    centres = np.array([site.centres[area.code] for area in site.areas])
    x = np.concatenate([centres[:, 0], np.round(site.hamlets.floats("x"), 2)])
    y = np.concatenate([centres[:, 1], np.round(site.hamlets.floats("y"), 2)])
    columns = {
        "code": pa.array(codes),
        "name": pa.array(names),
        "level": pa.array([area.level for area in site.areas] + ["natural_village"] * hamlets),
        "subtype": pa.array([area.subtype for area in site.areas] + [None] * hamlets),
        "parent": pa.array(
            [area.parent for area in site.areas] + [codes[parent] for parent in site.hamlets.ints("parent")]
        ),
        "urban_rural": pa.array(zones + ["rural"] * hamlets),
        "urban_rural_class": pa.array(classes + [None] * hamlets),
        "code_list": pa.array(["nbs-2023"] * listed + ["city"] * hamlets),
        "aliases": pa.array(
            [[area.short] if area.short != area.name else None for area in site.areas] + [None] * hamlets,
            pa.list_(pa.string()),
        ),
        "note": pa.array([LIST_NOTE] * listed + [NOTE] * hamlets),
    }
    return stored("areas", columns | points(x, y, crs))


def _area_facts(site: Site, codes: list[str], figures: Figures) -> pa.Table:
    rows = [_listed_fact(site, codes, figures, number) for number in range(len(site.areas))]
    for number, (area, resident, fate) in enumerate(
        zip(
            site.hamlets.ints("area").tolist(),
            site.hamlets.ints("resident").tolist(),
            site.hamlets.ints("fate").tolist(),
            strict=True,
        )
    ):
        fact = {"area_code": codes[area], "source_note": NOTE}
        if fate != Fate.MISSING:
            rows.append(fact | {"as_of": FACTS_DAY, "resident_households": resident, "population": resident * 4})
        elif number % 2:
            rows.append(fact | {"as_of": FACTS_DAY, "households": 30})
        if number % 5 == 0 and fate != Fate.MISSING:
            # the older count lies on the other side of the limit, so that taking it shows
            rows.append(fact | {"as_of": OLD_FACTS_DAY, "resident_households": 12 if resident >= 20 else 26})
    return stored_rows("area_facts", rows)


def _listed_fact(site: Site, codes: list[str], figures: Figures, number: int) -> dict[str, object]:
    code, inside = codes[number], site.areas[number].code
    below = [area for area in site.areas if area.code.startswith(inside) and area.code != inside]
    urban = sum(
        int(figures.households[other])
        for other, area in enumerate(site.areas)
        if area.level == "community" and area.code.startswith(inside)
    )
    villages = sum(area.level == "admin_village" for area in below)
    hamlets = sum(other.startswith(inside) for other in codes[len(site.areas) :])
    return {
        "area_code": code,
        "as_of": FACTS_DAY,
        "households": int(figures.households[number]),
        "urban_households": urban,
        "population": int(figures.residents[number]),
        "admin_village_count": villages if below else None,
        "natural_village_count": hamlets if hamlets else None,
        "source_note": NOTE,
    }


def _premises(site: Site, codes: list[str], names: list[str], crs: str) -> pa.Table:
    rows, count = site.premises, len(site.premises)
    shorts = [area.short for area in site.areas] + names[len(site.areas) :]
    number = pa.array(np.arange(1, count + 1)).cast(pa.string())
    name = pc.binary_join_element_wise(
        texts(rows["area"], shorts), texts(rows["kind"], KIND_NAMES), number, pa.scalar("号"), ""
    )
    columns = {
        "premises_id": premises_ids(np.arange(count)),
        "name": name,
        "kind": texts(rows["kind"], KINDS),
        "area_code": texts(rows["area"], codes),
        "parent_premises": premises_ids(rows.ints("parent")),
        "zone": texts(rows["zone"], ZONES),
        "main_settlement": flags(rows["main"]),
        "households": whole(rows["households"]),
        "buildings_count": whole(rows["buildings"]),
        "floors": whole(rows["floors"]),
        "residential": flags(rows["residential"]),
        "completed_on": pa.array(rows["completed"]),
        "ftth_at_completion": flags(rows["ftth"]),
        "note": repeated(NOTE, count),
    }
    return stored("premises", columns | points(rows.floats("x"), rows.floats("y"), crs))


def _access_points(site: Site, codes: list[str], names: list[str], crs: str) -> pa.Table:
    rows, count = site.points, len(site.points)
    number = pa.array(np.arange(1, count + 1)).cast(pa.string())
    columns = {
        "access_point_id": numbered("A", np.arange(count)),
        "name": pc.binary_join_element_wise(texts(rows["area"], names), number, pa.scalar("号接入点"), ""),
        "operator": texts(rows["operator"], OPERATORS),
        "area_code": texts(rows["area"], codes),
        "capacity_mbps": floats(rows["capacity"]),
        "technology": texts(rows["technology"], TECHNOLOGIES),
        "ports_total": whole(rows["total"]),
        "ports_free": whole(rows["free"]),
        "in_service_from": pa.array(rows["since"]),
        "in_service_to": pa.array(rows["until"]),
        "tv_only": flags(rows["tv"]),
        "note": repeated(NOTE, count),
    }
    return stored("access_points", columns | points(rows.floats("x"), rows.floats("y"), crs))


def _claims(site: Site, codes: list[str]) -> pa.Table:
    """Operators' claims: most agree with the access points, some do not, some are TV only."""
    rows: list[dict[str, object]] = []

    def claim(operator: str, technology: str, area: int, **more: object) -> None:
        basic = {"claim_id": f"C{len(rows) + 1:07d}", "operator": operator, "area_code": codes[area], "note": NOTE}
        given = {"technology": technology, "tv_only": False, "effective_from": date(2017, 1, 1)}
        rows.append(basic | given | more)

    for number, area in enumerate(site.areas):
        if area.level in ("admin_village", "community"):
            claim("telecom", "fibre" if number % 5 else "copper", number, max_mbps=200.0 if number % 5 else 8.0)
            claim(
                "mobile", "fibre" if number % 3 == 1 else "copper", number, max_mbps=100.0 if number % 3 == 1 else 4.0
            )
            claim("cable", "coax", number, max_mbps=20.0, tv_only=number % 4 == 0)
    fates = zip(site.hamlets.ints("area").tolist(), site.hamlets.ints("fate").tolist(), strict=True)
    for number, (place, fate) in enumerate(fates):
        if fate == Fate.PASS or number % 2:
            claim("telecom", "fibre", place, max_mbps=100.0)
        if number % 5 < 3:
            claim("unicom", "copper", place, max_mbps=4.0)
        if number % 11 == 0:
            claim("cable", "fibre", place, tv_only=True)
    listed = np.isin(site.premises.ints("kind"), [int(kind) for kind in LISTED])
    failing = np.flatnonzero(listed & (site.premises.ints("reason") > 2))[:60]
    for row, place in zip(failing.tolist(), site.premises.ints("area")[failing].tolist(), strict=True):
        claim("mobile", "fibre", place, premises_id=premises_ids(np.array([row]))[0].as_py(), max_mbps=100.0)
    return stored_rows("claims", rows)


def _subscriber_stats(site: Site, figures: Figures) -> pa.Table:
    """Broadband of villages and communities by operator, month and tier; mobile subscribers by township unit."""
    rows: list[dict[str, object]] = []
    for number, area in enumerate(site.areas):
        for month, day in enumerate(MONTHS):
            at = {"area_code": area.code, "month": date.fromisoformat(day), "customer": "household", "zone": "all"}
            if area.level in ("admin_village", "community"):
                fibre = int(figures.fibre[month, number])
                rows += _by_tier(at | {"technology": "fibre"}, split(fibre, True), fig.FIBRE_TIERS)
                rest = int(figures.broadband[month, number]) - fibre
                rows += _by_tier(at | {"technology": "copper"}, split(rest, False), fig.COPPER_TIERS)
            elif area.level == "township":
                people = int(figures.residents[number])
                mobile = np.array([[people * share // 100] for share in (26, 41, 14)])
                rows += _by_tier(at | {"technology": "mobile_4g"}, mobile, ("all",))
    return stored_rows("subscriber_stats", rows)


def _by_tier(at: dict[str, object], split_: Ints, tiers: tuple[str, ...]) -> list[dict[str, object]]:
    return [
        at | {"operator": OPERATORS[operator], "tier": tier, "subscribers": int(split_[operator, column])}
        for operator in range(len(split_))
        for column, tier in enumerate(tiers)
    ]


def _pon_ports(site: Site, figures: Figures) -> pa.Table:
    rows = [
        {
            "operator": operator,
            "area_code": area.code,
            "olt_id": "-",
            "month": date.fromisoformat(month),
            "ports_total": int(figures.broadband[-1, number]) // (40 + 10 * place),
            "ports_10g": int(figures.broadband[-1, number]) // (400 + 100 * place),
            "zone": "urban" if area.subtype == "street" else "rural",
        }
        for number, area in enumerate(site.areas)
        if area.level == "township"
        for month in MONTHS[-2:]
        for place, operator in enumerate(OPERATORS[:3])
    ]
    return stored_rows("pon_ports", rows)


def _install_orders(site: Site, codes: list[str]) -> pa.Table:
    rows, count = site.orders, len(site.orders)
    premises = rows.ints("premises")
    return stored(
        "install_orders",
        {
            "order_no": numbered("O", np.arange(count)),
            "operator": texts(rows["operator"], OPERATORS),
            "premises_id": premises_ids(premises),
            "area_code": texts(site.premises.ints("area")[premises], codes),
            "submitted_at": pa.array(rows["submitted"]),
            "completed_at": pa.array(rows["completed"]),
            "expansion_id": numbered("E", rows.ints("expansion")),
        },
    )


def _expansions(site: Site) -> pa.Table:
    rows, count = site.expansions, len(site.expansions)
    return stored(
        "expansions",
        {
            "expansion_id": numbered("E", np.arange(count)),
            "access_point_id": numbered("A", rows.ints("point")),
            "reported_short_at": pa.array(rows["reported"]),
            "finished_at": pa.array(rows["finished"]),
            "ports_added": whole(rows["added"]),
        },
    )


def _demo_sites(site: Site, codes: list[str]) -> pa.Table:
    """Demonstration estates of the streets and natural villages of the towns; the last one of each not yet verified."""
    rows: list[dict[str, object]] = []
    units = [area for area in site.areas if area.subtype in ("street", "town")]
    for unit, count in zip(units, _SITES_PER_TOWNSHIP, strict=True):
        chosen = _estates_in(site, unit.code) if unit.subtype == "street" else _hamlets_in(site, unit.code)
        for place, (area, premises) in enumerate(chosen[: count + 1]):
            rows.append(
                {
                    "demo_id": f"D{len(rows) + 1:05d}",
                    "kind": "estate" if unit.subtype == "street" else "natural_village",
                    "area_code": codes[area],
                    "premises_id": None if premises < 0 else premises_ids(np.array([premises]))[0].as_py(),
                    "declared_on": date(2017, 11, 15),
                    "verified_on": date(2017, 12, 20) if place < count else None,
                }
            )
    return stored_rows("demo_sites", rows)


def _estates_in(site: Site, township: str) -> list[tuple[int, int]]:
    inside = np.array([area.parent == township for area in site.areas])
    rows = np.flatnonzero(site.premises.ints("kind") == int(Kind.ESTATE))
    area = site.premises.ints("area")[rows]
    return [(int(place), int(row)) for place, row in zip(area, rows, strict=True) if inside[place]]


def _hamlets_in(site: Site, township: str) -> list[tuple[int, int]]:
    inside = np.array([area.parent == township for area in site.areas])
    passing = (site.hamlets.ints("fate") == Fate.PASS) & inside[site.hamlets.ints("parent")]
    return [(int(area), -1) for area in site.hamlets.ints("area")[passing]]
