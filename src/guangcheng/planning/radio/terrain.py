"""Maps over terrain: free space and diffraction over each profile (Bullington, ITU-R P.526 §4.5.1).

Simpler than ITU-R P.1812: no ducting, no scatter, no clutter, no variability in time; heights are those of the ground
(or of roofs and trees, if the height grid holds them). Good where hills decide; in a city the statistical map is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.radio.ranges import Floats
from guangcheng.planning.radio.raster import Cell, Grid, Map, Profile, sorted_masts

__all__ = ["Ground", "diffraction", "terrain_map"]

LIGHT = 299_792_458.0
"""TR 38.901 takes 3·10⁸ m/s; ITU-R takes the speed of light."""
NEAR_M = 10.0
STEP_M = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Heights above sea level in metres at the pixel centres of ``grid``; two pixels at least either way."""

    grid: Grid
    heights: Floats

    def check(self, cells: Sequence[Cell]) -> None:
        """Refuse (``InputError``) holes, a grid of another shape, and masts outside it."""
        grid = self.grid
        if self.heights.shape != (grid.rows, grid.columns) or min(self.heights.shape) < 2:
            raise InputError(
                Text(zh="高程的行列数与网格不符", en="the heights do not have the shape of their grid"),
                mend=Text(zh="给出 2×2 以上、形状相同的高程", en="give heights of that shape, 2 × 2 or more"),
            )
        if not np.isfinite(self.heights).all():
            raise InputError(
                Text(zh="高程里有空值", en="the heights have holes"),
                mend=Text(zh="先填补空值", en="fill them first"),
            )
        east, north = (grid.x0 + grid.pixel_m * (grid.columns - 1)), (grid.y0 + grid.pixel_m * (grid.rows - 1))
        for cell in cells:
            if not (grid.x0 <= cell.x <= east and grid.y0 <= cell.y <= north):
                raise InputError(
                    Text(
                        zh=f"站点 ({cell.x:.0f}, {cell.y:.0f}) 在高程范围之外",
                        en=f"the mast at ({cell.x:.0f}, {cell.y:.0f}) lies outside the heights",
                    ),
                    mend=Text(zh="换范围更大的高程", en="give heights of a larger area"),
                )


def terrain_map(
    cells: Sequence[Cell],
    profiles: Sequence[Profile],
    grid: Grid,
    ground: Ground,
    *,
    far_m: float,
    step_m: float = STEP_M,
) -> Map:
    """The strongest cell of every pixel over terrain, up to ``far_m``; profiles are looked at every ``step_m``.

    Of a :class:`~guangcheng.planning.radio.raster.Profile` frequency, heights, antenna, tilt and power count, its
    statistical model does not. Terminals have the height of the first profile. Pixels nearer than 10 m, farther than
    ``far_m`` from every mast, or outside the heights are no data.
    """
    from guangcheng.planning.radio import _terrain

    ground.check(cells)
    dbm, server = np.full((grid.rows, grid.columns), -np.inf), np.full((grid.rows, grid.columns), -1, dtype=np.int32)
    done = np.zeros(grid.rows, dtype=np.int64)
    if cells:
        order, masts, kinds, starts = sorted_masts(cells)
        of_cell, of_mast = [profiles[cells[k].profile] for k in order], [profiles[k] for k in kinds]
        curve = np.array([0.0 if item.antenna.omni else 12 / item.antenna.width_deg**2 for item in of_cell])
        eirp, most = np.array([item.eirp_dbm for item in of_cell]), np.array([item.antenna.most_db for item in of_cell])
        azimuth = np.array([cells[k].azimuth_deg for k in order], dtype=np.float64)
        above, tilt = (np.array([get(item) for item in of_mast]) for get in (_above, _tilt))
        width = np.array([item.antenna.height_deg for item in of_mast])
        wave = np.array([LIGHT / (item.link.ghz * 1e9) for item in of_mast])
        below: tuple[Any, ...] = (ground.grid.x0, ground.grid.y0, ground.grid.pixel_m)
        frame: tuple[Any, ...] = (grid.x0, grid.y0, grid.pixel_m, grid.columns, grid.rows)
        sectors = (starts, azimuth, eirp, curve, most)
        limits = (profiles[0].link.ut_m, NEAR_M, far_m, step_m)
        heights = np.ascontiguousarray(ground.heights, dtype=np.float64)
        ends: tuple[Any, ...] = (*sectors, tilt, width, wave, *limits)
        _terrain.best_server(*(heights, *below, *frame, masts, above, *ends, dbm, server, done))
        server = np.where(server >= 0, order[server], -1).astype(np.int32)
    dbm[server < 0] = np.nan
    return Map(dbm, server, int(done.sum()), int((server < 0).sum()))


def _above(profile: Profile) -> float:
    return profile.link.bs_m


def _tilt(profile: Profile) -> float:
    return profile.tilt_deg


def diffraction(heights: Floats, metres: float, ends_m: tuple[float, float], ghz: float) -> float:
    """Loss in dB by diffraction over one profile of equally spaced heights, antennas ``ends_m`` above its ends."""
    from guangcheng.planning.radio import _terrain

    band = np.ascontiguousarray(np.stack([heights, heights]), dtype=np.float64)
    last = heights.size - 1
    tops = float(heights[0] + ends_m[0]), float(heights[-1] + ends_m[1])
    wave = LIGHT / (ghz * 1e9)
    return float(_terrain.bullington(band, 0.0, 0.0, float(last), 0.0, *tops, metres, last, wave))
