"""What is planned on (streets, customers, OLT sites, ducts) and the graph made of it; plain values, no algorithm.

All shapes are shapely geometries in the city's one metric CRS; lengths are metres on the ellipsoid, costs CNY.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guangcheng.registers.faults import Fault

__all__ = [
    "METHODS",
    "SURFACES",
    "Bools",
    "Customers",
    "Ducts",
    "Floats",
    "Ints",
    "Method",
    "PlanningGraph",
    "Shapes",
    "Sites",
    "StreetLines",
    "Surface",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Shapes = NDArray[Any]
"""Shapely geometries; ``None`` where there is none."""


class Method(StrEnum):
    """How a cable gets along a stretch."""

    TRENCH = "trench"
    MICRO_TRENCH = "micro_trench"
    AERIAL = "aerial"
    DUCT = "duct"
    SHARED_TRENCH = "shared_trench"
    DROP = "drop"


class Surface(StrEnum):
    """What has to be opened and made good again."""

    CARRIAGEWAY = "carriageway"
    PAVEMENT = "pavement"
    UNPAVED = "unpaved"
    CROSSING = "crossing"
    """From one side of a street to the other."""
    NONE = "none"
    """Nothing: the cable goes into what is there."""


METHODS = tuple(Method)
"""Methods by the number that :attr:`PlanningGraph.method` holds."""
SURFACES = tuple(Surface)
"""Surfaces by the number that :attr:`PlanningGraph.surface` holds."""


@dataclass(frozen=True, slots=True, eq=False)
class StreetLines:
    """Streets as drawn: ids, classes (OSM ``highway`` values) and centre lines."""

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    lines: Shapes


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """Premises to connect: a point or an outline each (the cable ends at the outline), and how many households."""

    ids: tuple[str, ...]
    shapes: Shapes
    households: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """OLT sites: points, PON ports each has, and what opening it costs (0 for one in use)."""

    ids: tuple[str, ...]
    points: Shapes
    pon_ports: Ints
    cost: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ducts:
    """What is there already: lines of ducts, pole routes or trenches of others, and the holes (places) still free.

    ``methods`` says how a cable uses a line: ``duct``, ``aerial`` (existing poles) or ``shared_trench``.
    """

    ids: tuple[str, ...]
    methods: tuple[Method, ...]
    lines: Shapes
    free_holes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class PlanningGraph:
    """Where a cable can run, what each stretch costs, and where customers and OLTs hang on it.

    Nodes and edges are numbered from 0. An edge is a whole stretch between two nodes: a side of a street (or all of a
    narrow one), a crossing, a drop, the way from an OLT to its street, or a stretch of an existing duct. Edges may be
    parallel. ``faults`` lists what could not be used and how to mend it; a customer or site it concerns has node −1.
    """

    crs: str
    x: Floats
    y: Floats
    lon: Floats
    lat: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    """On the ellipsoid, along the geometry."""
    method: Ints
    """Index into :data:`METHODS`."""
    surface: Ints
    """Index into :data:`SURFACES`."""
    cost: Floats
    """CNY, to the fen."""
    street: Ints
    """Index into ``street_ids``; −1 for what is no part of a street."""
    duct: Ints
    """Index into ``duct_ids``; −1 for what is built anew."""
    free_holes: Ints
    """Holes a new cable may take, those kept free already taken off; 0 for what is built anew (no limit there)."""
    geometry: Shapes
    """A line from tail to head each."""
    street_ids: tuple[str, ...]
    duct_ids: tuple[str, ...]
    premises_ids: tuple[str, ...]
    premises_node: Ints
    households: Ints
    site_ids: tuple[str, ...]
    site_node: Ints
    pon_ports: Ints
    site_cost: Floats
    faults: tuple[Fault, ...]

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return int(self.x.size)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return int(self.tail.size)
