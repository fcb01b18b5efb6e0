"""The demonstration city: 清城区 by its real names, everything else synthetic, and the truth it was built to have.

Pure: the same ``premises`` and ``seed`` give the same tables, byte for byte. The truth comes from what was built where
(see :mod:`guangcheng.apps.demo.layout`), never from an evaluation.
"""

from datetime import date

import numpy as np

from guangcheng.apps.demo import figures, rural, tables, urban
from guangcheng.apps.demo.cases import (
    Listed,
    VillageCase,
    listed_areas,
    ordinary_village,
    township_cases,
    village_cases,
)
from guangcheng.apps.demo.layout import CELL_M, back, claim_cells, quarters, shares, turned
from guangcheng.apps.demo.made import DemoCity
from guangcheng.apps.demo.rows import Floats
from guangcheng.apps.demo.site import Site
from guangcheng.apps.demo.truth import truth_of
from guangcheng.apps.demo.words import AS_OF, SPOILS
from guangcheng.base.errors import UsageError
from guangcheng.base.places import to_metric
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text

DEFAULT_PREMISES = 50_000
DEFAULT_SEED = 2017
DISTRICT = "441802"
CRS = "EPSG:4547"
"""CGCS2000 3-degree Gauss-Krüger, central meridian 114° E: the default for the district's longitude."""
STANDARD = "qingcheng-2017-all-optical"

_HOUSES = 0.3
"""Share of what is left after the cases that become houses in natural villages; the rest are estates."""
_PREMISES_PER_ESTATE = 14
_PREMISES_PER_POINT = 60
_LEAST_BUILDINGS = 3


def build_demo(premises: int = DEFAULT_PREMISES, seed: int = DEFAULT_SEED, progress: Progress = SILENT) -> DemoCity:
    """Build 清城区 with exactly ``premises`` premises. ``UsageError`` when the cases alone need more."""
    progress.start("demo city", 4)
    site = _empty_site(np.random.default_rng([seed, 0]))
    rural.build_villages(site, np.random.default_rng([seed, 1]))
    progress.advance()
    _fill(site, premises, seed)
    progress.advance()
    counts = figures.figures_of(site, np.random.default_rng([seed, 4]))
    made = tables.tables_of(site, counts, CRS)
    progress.advance()
    truth = truth_of(site, counts)
    progress.advance()
    progress.finish()
    return DemoCity(
        name="清城区（合成示例）",
        folder="qingcheng",
        area_code=DISTRICT,
        crs=CRS,
        as_of=AS_OF.astype(date),
        standard=STANDARD,
        tables=made,
        truth=truth,
        earlier={},
    )


def _fill(site: Site, premises: int, seed: int) -> None:
    """Communities of every township unit and houses in the natural villages, up to ``premises`` in all."""
    rng = np.random.default_rng([seed, 2])
    quarters_ = [urban.quarter_of(site, case) for case in site.townships.values()]
    listed = {quarter.case.code: _rural_listed(site, quarter.case.code) for quarter in quarters_}
    communities = sum(quarter.count for quarter in quarters_)
    houses = max(int(_HOUSES * (premises - len(site.premises))), 0)
    left = premises - len(site.premises) - houses
    estates = max(left // _PREMISES_PER_ESTATE, urban.LEAST_ESTATES * communities)
    each = np.split(shares(estates, communities), np.cumsum([quarter.count for quarter in quarters_])[:-1])
    per_quarter = [int(part.sum()) for part in each]
    needed = sum(
        urban.places_needed(quarter, count, listed[quarter.case.code][0])
        for quarter, count in zip(quarters_, per_quarter, strict=True)
    )
    buildings = left - needed
    if buildings < _LEAST_BUILDINGS * estates:
        least = len(site.premises) + int((needed + _LEAST_BUILDINGS * estates) / (1 - _HOUSES)) + 1
        raise _too_few(premises, least)
    more = premises // (_PREMISES_PER_POINT * communities * urban.LATE_BLOCK)
    made = []
    for quarter, count in zip(quarters_, per_quarter, strict=True):
        hubs = urban.add_points(site, rng, quarter, more=more)
        made.append(urban.add_places(site, rng, quarter, hubs, estates=count, rural=listed[quarter.case.code]))
    numbers = np.split(shares(buildings, estates), np.cumsum(per_quarter)[:-1])
    for built, number in zip(made, numbers, strict=True):
        urban.add_buildings(site, rng, built, number)
    rural.add_houses(site, np.random.default_rng([seed, 3]), houses)


def _too_few(premises: int, least: int) -> UsageError:
    return UsageError(
        Text(
            zh=f"{premises} 个驻地不够：示例城市的各种情形至少要 {least} 个",
            en=f"{premises} premises are too few: the demonstration's cases need at least {least}",
        ),
        mend=Text(zh=f"用 --premises {least} 或更多", en=f"use --premises {least} or more"),
    )


def _rural_listed(site: Site, township: str) -> tuple[int, int]:
    """Premises of the listed kinds in the natural villages of one township unit, and how many of them fail."""
    parents = site.hamlets.ints("parent")
    codes = np.array([area.parent == township for area in site.areas])
    hamlets = np.flatnonzero(codes[parents])
    inside = np.isin(site.premises.ints("area"), site.hamlets.ints("area")[hamlets])
    listed = inside & np.isin(site.premises.ints("kind"), urban.LISTED_NUMBERS)
    failing = listed & (site.premises.ints("reason") != 0)
    return int(listed.sum()), int(failing.sum())


def _empty_site(rng: np.random.Generator) -> Site:
    areas, townships = listed_areas(), township_cases()
    return Site(areas, townships, _villages(areas, rng), _centres(areas))


def _villages(areas: list[Listed], rng: np.random.Generator) -> dict[str, VillageCase]:
    """The listed cases, and an ordinary passing village for every other admin village."""
    cases = village_cases()
    for number, area in enumerate(areas):
        if area.level == "admin_village" and area.code not in cases:
            passing = int(rng.integers(9, 18))
            failing, small, missing = (int(value) for value in rng.integers(0, [2, 3, 2]))
            defect = SPOILS[number % len(SPOILS)]
            cases[area.code] = ordinary_village(area.code, passing, failing, small, missing, defect)
    return cases


def _centres(areas: list[Listed]) -> dict[str, tuple[float, float]]:
    """Whole-metre positions of every listed area: townships as published in round figures, villages by cells."""
    cases = township_cases()
    x, y = to_metric([case.lon for case in cases.values()], [case.lat for case in cases.values()], CRS)
    found = {code: (float(a), float(b)) for code, a, b in zip(cases, np.round(x), np.round(y), strict=True)}
    found[DISTRICT] = (float(np.round(np.mean(x))), float(np.round(np.mean(y))))
    children = {code: _children(areas, code) for code in cases}
    towns = {code: -(-len(communities) // 4) for code, (communities, _) in children.items()}
    needs = {code: towns[code] + len(villages) for code, (_, villages) in children.items()}
    lattice = dict(zip(cases, zip(*back(x, y), strict=True), strict=True))
    for code, cells in claim_cells(lattice, needs).items():
        communities, villages = children[code]
        u, v = quarters(cells[: towns[code]], len(communities))
        found |= _placed(communities, u, v)
        found |= _placed(villages, *(cells[towns[code] :] * CELL_M).T)
    return found


def _children(areas: list[Listed], code: str) -> tuple[list[str], list[str]]:
    """Communities and admin villages of one township unit."""
    below = [area for area in areas if area.parent == code]
    return (
        [area.code for area in below if area.level == "community"],
        [area.code for area in below if area.level == "admin_village"],
    )


def _placed(codes: list[str], u: Floats, v: Floats) -> dict[str, tuple[float, float]]:
    x, y = turned(u, v)
    return {code: (float(a), float(b)) for code, a, b in zip(codes, np.round(x), np.round(y), strict=True)}
