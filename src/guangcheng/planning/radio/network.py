"""Whose cells stand where: networks of a city from its registers or from tables of sites and antennas.

The register of services has no azimuths: without a table of antennas the sectors of a site are spread evenly from
north. Antennas without an azimuth and sites marked ``indoor`` take no part outdoors; both are counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.places import convergence, from_metric
from guangcheng.base.text import Text
from guangcheng.coverage.tree import in_force
from guangcheng.planning.radio.parameters import Parameters, kind_of
from guangcheng.planning.radio.raster import Cell, Profile
from guangcheng.registers.radio_files import AntennaRow, Mast
from guangcheng.registers.view import RegisterView

__all__ = [
    "GENERATIONS",
    "Network",
    "Networks",
    "extent",
    "grid_north",
    "masts_of",
    "networks_of",
    "networks_of_antennas",
    "placed",
]

GENERATIONS = ("5g", "5g-a")


@dataclass(frozen=True, slots=True)
class Network:
    """One operator's cells; ``sites`` and ``names`` are the site and the antenna (or sector) of each cell."""

    operator: str
    cells: tuple[Cell, ...]
    sites: tuple[str, ...]
    names: tuple[str, ...]
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks by operator, and how many sites or antennas were left out and why."""

    by_operator: Mapping[str, Network]
    left_out: Mapping[str, int] = field(default_factory=dict)


def masts_of(view: RegisterView) -> tuple[dict[str, Mast], Counter[str]]:
    """Structures in service on the view's day that have a place, by id; and how many were left out by reason."""
    left: Counter[str] = Counter()
    found: dict[str, Mast] = {}
    for row in _in_service(view, "wireless_sites", ("site_id", "structure", "x", "y")):
        if row["structure"] == "indoor":
            left["indoor_sites"] += 1
        elif not placed(row):
            left["sites_without_place"] += 1
        else:
            found[row["site_id"]] = Mast(row["site_id"], row["x"], row["y"], row["structure"] or "other")
    return found, left


def networks_of(view: RegisterView, parameters: Parameters, generations: Sequence[str] = GENERATIONS) -> Networks:
    """Cells in service on the view's day by operator, sectors spread evenly from north."""
    masts, left = masts_of(view)
    rows = []
    columns = ("service_id", "site_id", "operator", "generation", "sectors")
    for row in sorted(_in_service(view, "wireless_services", columns), key=lambda row: str(row["service_id"])):
        mast = masts.get(row["site_id"])
        if mast is None or row["generation"] not in generations:
            continue
        sectors = int(row["sectors"] or parameters.number("sectors", row["operator"]))
        rows += [(row["operator"], mast, f"{row['service_id']}-{k + 1}", 360.0 * k / sectors) for k in range(sectors)]
    return Networks(_by_operator(rows, parameters), dict(left))


def networks_of_antennas(
    masts: Mapping[str, Mast], antennas: Iterable[AntennaRow], parameters: Parameters, convergence: Mapping[str, float]
) -> Networks:
    """Cells of a table of antennas, true azimuths turned to grid north by each site's ``convergence`` (degrees).

    ``InputError`` when no antenna stands on a known site with an azimuth.
    """
    left: Counter[str] = Counter()
    rows = []
    for antenna in antennas:
        mast = masts.get(antenna.site_id)
        if mast is None:
            left["antennas_without_site"] += 1
        elif mast.structure == "indoor":
            left["indoor_antennas"] += 1
        elif antenna.azimuth_deg is None:
            left["antennas_without_azimuth"] += 1
        else:
            azimuth = antenna.azimuth_deg - convergence.get(mast.site_id, 0.0)
            rows.append((antenna.operator, mast, antenna.antenna_id, azimuth))
    if not rows:
        raise InputError(
            Text(zh="没有一副天线既有方位角又在已知站址上", en="no antenna has an azimuth and stands on a known site"),
            mend=Text(
                zh="核对两张表的 site_id 和天线表的 azimuth（方位角）",
                en="compare site_id of both tables, and azimuth in the table of antennas",
            ),
        )
    return Networks(_by_operator(rows, parameters), dict(left))


def grid_north(masts: Mapping[str, Mast], crs: str) -> dict[str, float]:
    """How far grid north of ``crs`` lies east of true north at each mast, in degrees."""
    lon, lat = from_metric([mast.x for mast in masts.values()], [mast.y for mast in masts.values()], crs)
    return dict(zip(masts, convergence(lon, lat, crs).tolist(), strict=True))


def _by_operator(rows: Iterable[tuple[str, Mast, str, float]], parameters: Parameters) -> dict[str, Network]:
    grouped: dict[str, list[tuple[Mast, str, float]]] = {}
    for operator, mast, name, azimuth in rows:
        grouped.setdefault(operator, []).append((mast, name, azimuth))
    return {
        operator: Network(
            operator,
            tuple(Cell(mast.x, mast.y, azimuth, kind_of(mast.structure)) for mast, _, azimuth in mine),
            tuple(mast.site_id for mast, _, _ in mine),
            tuple(name for _, name, _ in mine),
            parameters.profiles(operator),
        )
        for operator, mine in sorted(grouped.items())
    }


def placed(row: Mapping[str, Any]) -> bool:
    """Whether a row of a register has a place."""
    return row["x"] is not None and isfinite(row["x"])


def _in_service(view: RegisterView, register: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    table = view.table(register, (*columns, "in_service_from", "in_service_to"))
    return list(table.filter(in_force(table, "in_service_from", "in_service_to", view.as_of)).to_pylist())


def extent(networks: Networks, margin_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north of all cells and a margin around them."""
    places = np.array([(cell.x, cell.y) for one in networks.by_operator.values() for cell in one.cells])
    low, high = places.min(axis=0) - margin_m, places.max(axis=0) + margin_m
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
