"""RSRP maps: the strongest cell at every pixel, its level averaged in dB over sight, and how likely it suffices.

Levels depend on distance alone but for the pattern, so loss and vertical attenuation are tabled per kind of mast every
half metre and read off linearly (within 0.01 dB of the formula); the rest of the work is one compiled loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.radio.antenna import Antenna, vertical
from guangcheng.planning.radio.budget import RELIABILITY, Threshold, location_probability, per_resource_element
from guangcheng.planning.radio.pathloss import los_probability, mean_loss, path_loss, reach_of, shadowing_db
from guangcheng.planning.radio.ranges import Floats, Link, Scenario, Sight

__all__ = [
    "Cell",
    "Grid",
    "Indoors",
    "Map",
    "Profile",
    "RasterShare",
    "chance",
    "chance_at",
    "levels_at",
    "reached_share",
    "rsrp_map",
    "sorted_masts",
]

STEPS_PER_M = 2.0
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of cell: model, link, antenna, tilt and power. Cells of one profile share their tables."""

    scenario: Scenario
    link: Link
    antenna: Antenna
    tilt_deg: float
    total_dbm: float
    resource_blocks: int
    losses_db: float = 0.0
    """Feeder, body and all else that is the same everywhere."""
    cut_m: float | None = None
    """Look no farther than this; the model's own reach by default."""

    @property
    def eirp_dbm(self) -> float:
        """Power of one resource element in the main direction, losses taken off."""
        return per_resource_element(self.total_dbm, self.resource_blocks) + self.antenna.gain_dbi - self.losses_db

    @property
    def reach_m(self) -> tuple[float, float]:
        """Nearest and farthest distance on the ground that is computed."""
        low, high = reach_of(self.scenario)
        high = high if self.scenario is not Scenario.INH else (high**2 - (self.link.bs_m - self.link.ut_m) ** 2) ** 0.5
        return low, high if self.cut_m is None else min(high, self.cut_m)


@dataclass(frozen=True, slots=True)
class Cell:
    """One sector on a mast: metres of the metric system, azimuth in degrees clockwise from grid north."""

    x: float
    y: float
    azimuth_deg: float
    profile: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixel centres: ``x0 + pixel_m·column``, ``y0 + pixel_m·row`` (rows go north)."""

    x0: float
    y0: float
    pixel_m: float
    columns: int
    rows: int

    def inside(self, outline: Any) -> npt.NDArray[np.bool_]:
        """Whether the middle of each pixel lies in a shape (shapely), by row and column."""
        import shapely

        shapely.prepare(outline)
        x = self.x0 + self.pixel_m * np.arange(self.columns)
        y = self.y0 + self.pixel_m * np.arange(self.rows)
        return np.asarray(shapely.contains_xy(outline, *np.meshgrid(x, y)))


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """``dbm``: SS-RSRP of the best cell, dB mean over sight (NaN: no data); ``server``: index of the cell, −1 none.

    ``evaluations`` counts pixels times cells looked at, ``no_data`` pixels beyond the model's range of every cell.
    """

    dbm: npt.NDArray[np.float64]
    server: Ints
    evaluations: int
    no_data: int


def rsrp_map(cells: Sequence[Cell], profiles: Sequence[Profile], grid: Grid) -> Map:
    """Find the strongest cell of every pixel.

    Pixels nearer to a mast than the model allows (10 m) do not see that mast; pixels that see none are no data. Of
    equally strong cells the first in the order of masts from south to north serves. ``OutsideKnowledge`` for a link
    outside its model, ``InputError`` for an empty grid.
    """
    from guangcheng.planning.radio import _kernel

    if grid.columns < 1 or grid.rows < 1 or grid.pixel_m <= 0:
        raise InputError(
            Text(zh="网格是空的", en="the grid is empty"),
            mend=Text(zh="给出大于零的像元和范围", en="give a pixel size and an extent above zero"),
        )
    dbm, server = np.full((grid.rows, grid.columns), -np.inf), np.full((grid.rows, grid.columns), -1, dtype=np.int32)
    done = np.zeros(grid.rows, dtype=np.int64)
    if cells:
        order, masts, kinds, starts = sorted_masts(cells)
        loss, down = _tables(profiles)
        kind = np.array([cells[k].profile for k in order])
        antennas = [profiles[k].antenna for k in kind]
        curve = np.array([0.0 if item.omni else 12 / item.width_deg**2 for item in antennas])
        most = np.array([item.most_db for item in antennas])
        eirp = np.array([profile.eirp_dbm for profile in profiles])[kind]
        azimuth = np.array([cells[k].azimuth_deg for k in order], dtype=np.float64)
        far = np.array([profile.reach_m[1] for profile in profiles])
        near = np.array([profile.reach_m[0] for profile in profiles])
        frame = (grid.x0, grid.y0, grid.pixel_m, grid.columns, grid.rows)
        sectors = (starts, azimuth, eirp, curve, most)
        _kernel.best_server(*frame, masts, kinds, *sectors, far, near, STEPS_PER_M, loss, down, dbm, server, done)
        server = np.where(server >= 0, order[server], -1).astype(np.int32)
    dbm[server < 0] = np.nan
    return Map(dbm, server, int(done.sum()), int((server < 0).sum()))


def sorted_masts(cells: Sequence[Cell]) -> tuple[Ints, Floats, Ints, Ints]:
    """Cells sorted by mast (place and profile), masts from south to north, and where each mast's cells begin."""
    order = np.array(
        sorted(range(len(cells)), key=lambda k: (cells[k].y, cells[k].x, cells[k].profile, k)), dtype=np.int32
    )
    keys = [(cells[k].x, cells[k].y, cells[k].profile) for k in order]
    starts = [k for k, key in enumerate(keys) if k == 0 or key != keys[k - 1]]
    masts = np.array([keys[k][:2] for k in starts], dtype=np.float64)
    kinds = np.array([keys[k][2] for k in starts], dtype=np.int32)
    return order, masts, kinds, np.array([*starts, len(keys)], dtype=np.int32)


def _tables(profiles: Sequence[Profile]) -> tuple[Floats, Floats]:
    """Mean loss and vertical attenuation per profile every half metre; nearer than the model's range unused."""
    far = max(profile.reach_m[1] for profile in profiles)
    size = int(np.ceil(far * STEPS_PER_M)) + 2
    loss, down = np.zeros((len(profiles), size)), np.zeros((len(profiles), size))
    for k, profile in enumerate(profiles):
        low, high = profile.reach_m
        ground = np.clip(np.arange(size) / STEPS_PER_M, low, high)
        loss[k] = mean_loss(profile.scenario, ground, profile.link)
        down[k] = vertical(profile.antenna, _down_deg(ground, profile.link), profile.tilt_deg)
    return loss, down


def _down_deg(ground_m: Floats, link: Link) -> Floats:
    return np.asarray(np.degrees(np.arctan2(link.bs_m - link.ut_m, ground_m)))


def levels_at(cells: Sequence[Cell], profiles: Sequence[Profile], x: Floats, y: Floats) -> Floats:
    """Level of every cell (rows) at every point (columns) by the formula itself; NaN beyond the model's range."""
    from guangcheng.planning.radio.antenna import attenuation

    levels = np.full((len(cells), x.size), np.nan)
    for row, cell in enumerate(cells):
        profile = profiles[cell.profile]
        ground = np.hypot(x - cell.x, y - cell.y)
        low, high = profile.reach_m
        inside = (ground >= low) & (ground <= high)
        bearing = np.degrees(np.arctan2(x - cell.x, y - cell.y))[inside]
        near = ground[inside]
        taken = attenuation(
            profile.antenna, bearing - cell.azimuth_deg, _down_deg(near, profile.link), profile.tilt_deg
        )
        levels[row, inside] = profile.eirp_dbm - taken - mean_loss(profile.scenario, near, profile.link)
    return levels


@dataclass(frozen=True, slots=True)
class Indoors:
    """What a building takes off (dB) and the spread of it (dB); see :func:`.pathloss.penetration_loss`."""

    loss_db: float = 0.0
    sigma_db: float = 0.0


OUTDOORS = Indoors()


def chance(
    found: Map,
    cells: Sequence[Cell],
    profiles: Sequence[Profile],
    grid: Grid,
    threshold: Threshold,
    inside: Indoors = OUTDOORS,
) -> Floats:
    """How likely the best cell of each pixel meets the threshold, over sight and shadowing; 0 where no data."""
    result = np.zeros(found.dbm.shape)
    for row in range(grid.rows):
        served = np.flatnonzero(found.server[row] >= 0)
        x = np.asarray(grid.x0 + grid.pixel_m * served, dtype=np.float64)
        y = np.full(served.size, grid.y0 + grid.pixel_m * row)
        result[row, served] = chance_at(
            found.dbm[row, served], found.server[row, served], (x, y), cells, profiles, threshold, inside
        )
    return result


def chance_at(
    dbm: Floats,
    server: Ints,
    points: tuple[Floats, Floats],
    cells: Sequence[Cell],
    profiles: Sequence[Profile],
    threshold: Threshold,
    inside: Indoors = OUTDOORS,
) -> Floats:
    """As :func:`chance`, for points each served by a cell (its index in ``server``) at a mean level of ``dbm``."""
    result = np.zeros(dbm.shape)
    kinds = np.array([cells[s].profile for s in server], dtype=np.int64)
    masts = np.array([(cells[s].x, cells[s].y) for s in server]).reshape(-1, 2)
    ground = np.hypot(points[0] - masts[:, 0], points[1] - masts[:, 1])
    for k, profile in enumerate(profiles):
        mine = np.flatnonzero(kinds == k)
        if mine.size:
            result[mine] = _chance(dbm[mine], ground[mine], profile, threshold.dbm + inside.loss_db, inside.sigma_db)
    return result


def _chance(mean_dbm: Floats, ground: Floats, profile: Profile, dbm: float, sigma_db: float) -> Floats:
    scenario, link = profile.scenario, profile.link
    gain = mean_dbm + mean_loss(scenario, ground, link)
    los, nlos = (
        (
            gain - path_loss(scenario, sight, ground, link),
            np.hypot(shadowing_db(scenario, sight, ground, link), sigma_db),
        )
        for sight in Sight
    )
    return location_probability(dbm, los_probability(scenario, ground, link), los, nlos)


@dataclass(frozen=True, slots=True)
class RasterShare:
    """Of the pixels asked about: how many meet the threshold reliably, and the mean probability (area reliability)."""

    pixels: int
    reached: int
    mean_probability: float


def reached_share(probability: Floats, inside: npt.NDArray[np.bool_], reliability: float = RELIABILITY) -> RasterShare:
    """Count over the pixels of an area; no data counts as not reached."""
    picked = probability[inside]
    mean = float(picked.mean()) if picked.size else 0.0
    return RasterShare(int(picked.size), int((picked >= reliability).sum()), mean)
