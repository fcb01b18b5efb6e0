"""Cities to plan fibre in, from the shared reference data and a seed: Wuchang's households, a suburb's houses.

**Wuchang.** Streets are those of OpenStreetMap. The people of each 100 m cell make households of 2.6; a cell's
households stand in as few buildings of at most 120 as hold them, spread evenly, each at a random place of the cell.
Where the nearest street is farther than a drop may be, the building stands at the place nearest to a street: cells of
the population grid also cover water and campuses the street file does not enter. OLT sites are buildings chosen one
after another, each the farthest (by its distance times the root of its households) from those before, with ports for
its fair share of households and half as much again, at 64 to a port for routes alone. Planned whole it is 32: summed
along the real way, with every splice, class C+ does not carry 1:64 to a fifth of these homes.

**Kotka.** Streets and houses are those of OpenStreetMap; each house is one household. The only OLT site is the street
corner nearest their middle. Ducts lie under a share of the street length, street by street at random.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from guangcheng.base.places import to_metric
from guangcheng.planning.streets.files import read_customers, read_streets
from guangcheng.planning.streets.model import Customers, Ducts, Floats, Ints, Method, Shapes, Sites, StreetLines
from guangcheng.planning.streets.noding import points_at

__all__ = ["City", "kotka", "with_ducts", "wuchang"]

PEOPLE_PER_HOUSEHOLD = 2.6
"""693,090 people in about 267,000 households."""
MOST_HOUSEHOLDS = 120
_CELL_M = 100.0
_INSIDE = 0.9
"""Buildings keep this share of the cell's middle."""
_DROP_M = 290.0


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """What is planned in: see the module."""

    name: str
    crs: str
    streets: StreetLines
    customers: Customers
    sites: Sites


def wuchang(shared: Path, *, seed: int = 1, sites: int = 24, onts_per_port: int = 64) -> City:
    """The Wuchang clip of the shared data with seeded buildings; ports at its sites are reckoned at so many ONTs."""
    crs = "EPSG:4547"
    folder = shared / "data" / "cn_wuhan" / "derived_wuchang_420106"
    streets = read_streets(folder / "streets.gpkg", crs=crs)
    cells = json.loads((folder / "popgrid_points.geojson").read_text(encoding="utf-8"))["features"]
    places = np.array([cell["geometry"]["coordinates"] for cell in cells], dtype=np.float64)
    people = np.array([cell["properties"]["POP_2015"] for cell in cells], dtype=np.float64)
    middle = np.column_stack(to_metric(places[:, 0], places[:, 1], crs))
    rng = np.random.default_rng(seed)
    xy, households = _buildings(middle, people, rng)
    xy = _near_streets(xy, streets.lines)
    ids = tuple(f"b{i + 1:05d}" for i in range(households.size))
    customers = Customers(ids, points_at(xy), households)
    return City("wuchang", crs, streets, customers, _sites(xy, households, sites, onts_per_port))


def kotka(shared: Path) -> City:
    """The Kotka suburb of the shared data."""
    import shapely

    crs = "EPSG:32635"
    path = shared / "data" / "fi_helsinki_kotka_pyrosm" / "kotka_karhula_test.osm.pbf"
    streets, customers = read_streets(path, crs=crs), read_customers(path, crs=crs)
    middle = np.median(shapely.get_coordinates(shapely.centroid(customers.shapes)), axis=0)
    corners = shapely.get_coordinates(streets.lines)
    corner = corners[np.argmin(np.hypot(*(corners - middle).T))]
    site = Sites(("olt-1",), points_at(corner[None, :]), np.array([256]), np.zeros(1))
    return City("kotka", crs, streets, customers, site)


def with_ducts(streets: StreetLines, *, share: float, seed: int = 1, free_holes: int = 4) -> Ducts:
    """Ducts in whole streets chosen at random until they hold ``share`` of all street length."""
    import shapely

    length = shapely.length(streets.lines)
    order = np.random.default_rng(seed).permutation(length.size)
    chosen = np.sort(order[np.cumsum(length[order]) <= share * length.sum()])
    many = chosen.size
    ids = tuple(f"duct-{streets.ids[i]}" for i in chosen)
    return Ducts(ids, (Method.DUCT,) * many, streets.lines[chosen], np.full(many, free_holes))


def _buildings(middle: Floats, people: Floats, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Place and households of each building; households of all cells add up to those of all people."""
    exact = np.cumsum(people / PEOPLE_PER_HOUSEHOLD)
    households = np.diff(np.round(exact), prepend=0.0).astype(np.int64)
    many = -(-households // MOST_HOUSEHOLDS)
    cell = np.repeat(np.arange(many.size), many)
    rank = np.arange(cell.size) - np.repeat(np.cumsum(many) - many, many)
    each, more = households[cell] // many[cell], households[cell] % many[cell]
    aside = rng.uniform(-_INSIDE * _CELL_M / 2, _INSIDE * _CELL_M / 2, (cell.size, 2))
    return middle[cell] + aside, each + (rank < more)


def _near_streets(xy: Floats, lines: Shapes) -> Floats:
    """The same places; those too far from every street come as near as a drop may be long."""
    import shapely

    points = points_at(xy)
    nearest = shapely.STRtree(lines).nearest(points)
    way = shapely.shortest_line(lines[nearest], points)
    far = shapely.length(way) > _DROP_M
    moved = xy.copy()
    moved[far] = shapely.get_coordinates(shapely.line_interpolate_point(way[far], _DROP_M))
    return moved


def _sites(xy: Floats, households: Ints, many: int, onts_per_port: int) -> Sites:
    weight = np.sqrt(households.astype(np.float64))
    chosen = [int(np.argmax(households))]
    near = np.hypot(*(xy - xy[chosen[0]]).T)
    while len(chosen) < many:
        chosen.append(int(np.argmax(near * weight)))
        near = np.minimum(near, np.hypot(*(xy - xy[chosen[-1]]).T))
    ports = int(np.ceil(1.5 * households.sum() / many / onts_per_port))
    ids = tuple(f"olt-{i + 1:02d}" for i in range(many))
    return Sites(ids, points_at(xy[chosen]), np.full(many, ports), np.zeros(many))
