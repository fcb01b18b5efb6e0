"""Urban or rural: which radius a premises is measured by (001 二(三)7; U-04)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guangcheng.base.places import urban_rural_of_class
from guangcheng.coverage.conditions import positions
from guangcheng.coverage.tree import Ints, Tree, in_force, tree_of
from guangcheng.registers.view import RegisterView

States = NDArray[np.int8]

URBAN, RURAL, NO_ZONE = 1, 0, -1
ZONE_CODES = ("rural", "urban")
"""Stored code of each zone."""

ZoneSource = Literal["premises", "area", "township", "none"]
"""Where a zone comes from: its own column, its nearest area that says, the subtype of its township (U-04), nowhere."""


@dataclass(frozen=True, slots=True, eq=False)
class AreaZones:
    """Per area of the tree the zone its premises have by default."""

    said: States
    """By ``urban_rural`` or ``urban_rural_class`` of the area or its nearest ancestor that has one."""
    by_township: States
    """By the subtype of its township: a street is urban; a town or other unit is rural (product default U-04)."""

    @classmethod
    def of(cls, view: RegisterView, tree: Tree) -> "AreaZones":
        """Read the areas' own statements and hand them down."""
        table = view.table("areas", ("code", "urban_rural", "urban_rural_class"))
        own = {
            row["code"]: row["urban_rural"] or urban_rural_of_class(row["urban_rural_class"] or "")
            for row in table.to_pylist()
        }
        said = np.array([_zone(own.get(area.code)) for area in tree.areas], dtype=np.int8)
        township = np.array(
            [_by_subtype(area.subtype) if area.level == "township" else NO_ZONE for area in tree.areas], dtype=np.int8
        )
        return cls(_handed_down(said, tree), _handed_down(township, tree))

    def default(self, areas: Ints) -> States:
        """Default zone of premises in these areas (numbers of the tree, −1 for an unknown area)."""
        said, township = (np.append(zones, NO_ZONE).astype(np.int8)[areas] for zones in (self.said, self.by_township))
        return np.where(said != NO_ZONE, said, township).astype(np.int8)

    def source(self, own: str | None, area: int) -> ZoneSource:
        """Where the zone of one premises comes from."""
        if own is not None:
            return "premises"
        if area < 0:
            return "none"
        if self.said[area] != NO_ZONE:
            return "area"
        return "none" if self.by_township[area] == NO_ZONE else "township"


def zones_of(own: pa.ChunkedArray, area_code: pa.ChunkedArray, zones: AreaZones, tree: Tree) -> States:
    """Zone of each premises: its own ``zone``, else its area's default."""
    stated = positions(own, pa.array(ZONE_CODES)).astype(np.int8)
    return np.where(stated != NO_ZONE, stated, zones.default(tree.numbers(area_code))).astype(np.int8)


def premises_zones(view: RegisterView, tree: Tree | None = None) -> States:
    """Zone of each premises in use on the view's day, in table order: 1 urban, 0 rural, −1 cannot be told."""
    tree = tree or tree_of(view, view.as_of)
    table = view.table("premises", ("area_code", "zone", "in_service_from", "in_service_to"))
    table = table.filter(in_force(table, "in_service_from", "in_service_to", view.as_of))
    return zones_of(table["zone"], table["area_code"], AreaZones.of(view, tree), tree)


def _zone(code: str | None) -> int:
    return NO_ZONE if code is None else ZONE_CODES.index(code)


def _by_subtype(subtype: str | None) -> int:
    return NO_ZONE if subtype is None else int(subtype == "street")


def _handed_down(own: States, tree: Tree) -> States:
    zones = own.copy()
    for area in reversed(tree.bottom_up):
        parent = tree.parent[area]
        if zones[area] == NO_ZONE and parent >= 0:
            zones[area] = zones[parent]
    return zones
