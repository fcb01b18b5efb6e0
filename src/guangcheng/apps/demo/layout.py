"""Where things stand, so that what reaches what is certain without measuring it.

The district is a square lattice of cells of 3.6 km, turned by 17°: one cell for an admin village or four communities.
Lengths in a cell, from its centre, in metres:

* **rural, core and spot.** The core is a disc of radius 1,000 around (-700, -700), moved by at most 80 each way; a hub
  access point in its middle reaches all of it. The spot is a disc of radius 200 around (950, 950). From the spot it is
  at least 1,020 to the own core, 1,280 to a neighbour's, 1,050 to the nearest access point of an urban cell.
* **rural, lonely and limit.** One disc of radius 750 around the centre, or one access point at the centre with the
  premises on a circle of radius 1,000; every other cell's access points are more than 1,020 from it.
* **urban.** Four communities, each 3 × 3 blocks at a pitch of 440; premises within 105 of a block's centre, access
  points within 40. From a block's premises to another block's access points it is at least 295.

So a rural premises (radius 1,000) of a core has the hub, one of a spot only what stands in the spot; an urban premises
(radius 200) has only what stands in its block. A test measures these bounds.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from guangcheng.apps.demo.rows import Floats, Ints

CELL_M = 3600.0
CORE = (-700.0, -700.0)
CORE_JITTER_M = 80.0
CORE_VILLAGES_M = 800.0
"""Natural villages' centres stand within this of the core's centre, their premises within ``HAMLET_M`` of theirs."""
HAMLET_M = 120.0
SPOT = (950.0, 950.0)
SPOT_VILLAGES_M = 110.0
SPOT_HAMLET_M = 80.0
LONELY_VILLAGES_M = 600.0
QUARTER_M = 900.0
BLOCK_PITCH_M = 440.0
BLOCK_M = 105.0
POINTS_M = 40.0
BLOCKS = 9
_TURN = np.deg2rad(17.0)
_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def turned(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Lattice directions as east and north."""
    cos, sin = np.cos(_TURN), np.sin(_TURN)
    return u * cos - v * sin, u * sin + v * cos


def back(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """East and north as lattice directions."""
    cos, sin = np.cos(_TURN), np.sin(_TURN)
    return x * cos + y * sin, y * cos - x * sin


def centimetres(values: Floats) -> Floats:
    """Positions are kept to the centimetre: no bound above is that tight."""
    return np.round(values, 2) + 0.0


def disc(rng: np.random.Generator, count: int, radius_m: float) -> tuple[Floats, Floats]:
    """``count`` offsets spread evenly over a disc."""
    radius = radius_m * np.sqrt(rng.random(count))
    angle = 2.0 * np.pi * rng.random(count)
    return radius * np.cos(angle), radius * np.sin(angle)


def spread(rng: np.random.Generator, count: int, radius_m: float) -> tuple[Floats, Floats]:
    """``count`` offsets that keep away from each other (a sunflower's), none outside the disc."""
    number = np.arange(count)
    radius = radius_m * np.sqrt((number + 0.5) / max(count, 1))
    angle = number * _GOLDEN + 2.0 * np.pi * rng.random()
    return radius * np.cos(angle), radius * np.sin(angle)


def circle_points(radius_m: int, count: int) -> tuple[Floats, Floats]:
    """``count`` whole-metre offsets at exactly ``radius_m`` (a multiple of 100): from right-angled triangles."""
    sides = ((0, 100), (60, 80), (28, 96), (96, 28), (80, 60))
    found = [
        (sign_x * x * radius_m // 100, sign_y * y * radius_m // 100)
        for x, y in sides
        for sign_x, sign_y in ((1, 1), (1, -1), (-1, 1), (-1, -1))
        if x or sign_x == 1
    ]
    chosen = np.array(found[:count], dtype=np.float64)
    return chosen[:, 0], chosen[:, 1]


def claim_cells(centres: Mapping[str, tuple[float, float]], needs: Mapping[str, int]) -> dict[str, Floats]:
    """Cells for each unit, nearest to its centre first: arrays of lattice (column, row).

    Units take turns, each the free cell nearest to its centre (ties by column, then row), until all have theirs.
    ``centres`` are in lattice metres.
    """
    reach = int(np.ceil(np.sqrt(sum(needs.values())))) + 6
    middle = np.mean(np.array(list(centres.values())), axis=0) / CELL_M
    columns = np.arange(-reach, reach + 1) + round(float(middle[0]))
    rows = np.arange(-reach, reach + 1) + round(float(middle[1]))
    grid = np.array([(column, row) for column in columns for row in rows], dtype=np.float64)
    free = np.ones(len(grid), dtype=np.bool_)
    near = {unit: np.argsort(np.hypot(*(grid * CELL_M - centres[unit]).T), kind="stable") for unit in needs}
    taken: dict[str, list[int]] = {unit: [] for unit in needs}
    while any(len(taken[unit]) < needs[unit] for unit in needs):
        for unit in needs:
            if len(taken[unit]) < needs[unit]:
                first = int(near[unit][free[near[unit]]][0])
                free[first] = False
                taken[unit].append(first)
    return {unit: grid[cells] for unit, cells in taken.items()}


def quarters(cells: Floats, count: int) -> tuple[Floats, Floats]:
    """Centres of the first ``count`` community quarters of urban cells, in lattice metres."""
    corner = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)]) * QUARTER_M
    centres = (cells[:, None, :] * CELL_M + corner[None, :, :]).reshape(-1, 2)[:count]
    return centres[:, 0], centres[:, 1]


def block_offsets() -> tuple[Floats, Floats]:
    """The nine block centres of a community around its centre, in lattice metres, row by row."""
    steps = (np.arange(3) - 1) * BLOCK_PITCH_M
    return np.tile(steps, 3), np.repeat(steps, 3)


def shares(total: int, parts: int) -> Ints:
    """``total`` whole things over ``parts`` as evenly as can be, the first ones getting one more."""
    base, more = divmod(total, parts)
    given: Ints = base + (np.arange(parts) < more).astype(np.int64)
    return given


def largest_remainder(total: int, weights: Sequence[float] | Floats) -> Ints:
    """``total`` whole things by ``weights``, so that they sum up exactly."""
    exact = np.asarray(weights, dtype=np.float64)
    exact = total * exact / exact.sum()
    given: Ints = np.floor(exact).astype(np.int64)
    order: Ints = np.argsort(given - exact, kind="stable")
    given[order[: total - int(given.sum())]] += 1
    return given
