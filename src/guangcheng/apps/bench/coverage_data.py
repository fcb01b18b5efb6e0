"""The made-up country of the coverage benchmark: villages in a plane, premises and points around them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guangcheng.base.curve import cell_order
from guangcheng.coverage.kernel import Floats, Ints

VILLAGES = 1000
SIDE_M = 100_000.0
URBAN_M, RURAL_M = 200.0, 1000.0
_URBAN, _QUALIFY, _WEIGHT = 0.3, 0.8, 5.0
"""Share of urban places, share of points that qualify, and how many times more premises an urban place has."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Premises and qualifying points, in metres."""

    x: Floats
    y: Floats
    radius: Floats
    village: Ints
    ax: Floats
    ay: Floats


def make_plane(premises: int, points: int, seed: int, *, ordered: bool) -> Plane:
    """Clustered like towns and villages; ``ordered`` as snapshots are stored, else at random."""
    rng = np.random.default_rng(seed)
    cx, cy = rng.uniform(0, SIDE_M, VILLAGES), rng.uniform(0, SIDE_M, VILLAGES)
    urban = rng.random(VILLAGES) < _URBAN
    weight = np.where(urban, _WEIGHT, 1.0)

    def around(count: int) -> tuple[Ints, Floats, Floats]:
        village = rng.choice(VILLAGES, count, p=weight / weight.sum())
        spread = np.where(urban[village], 800.0, 400.0)
        return village, cx[village] + rng.normal(0, 1, count) * spread, cy[village] + rng.normal(0, 1, count) * spread

    village, x, y = around(premises)
    _, ax, ay = around(points)
    qualifies = rng.random(points) < _QUALIFY
    if ordered:
        order = cell_order(x, y)
        village, x, y = village[order], x[order], y[order]
    radius = np.where(urban[village], URBAN_M, RURAL_M)
    return Plane(x, y, radius, village, ax[qualifies], ay[qualifies])


def write_plane(plane: Plane, folder: Path) -> tuple[Path, Path]:
    """The same as Parquet, for whole processes and for anyone else."""
    premises, points = folder / "premises.parquet", folder / "points.parquet"
    pq.write_table(
        pa.table(
            {
                "id": np.arange(plane.x.size),
                "area_code": plane.village,
                "x": plane.x,
                "y": plane.y,
                "radius_m": plane.radius,
            }
        ),
        premises,
    )
    columns = {"id": np.arange(plane.ax.size), "x": plane.ax, "y": plane.ay}
    pq.write_table(pa.table(columns | {"qualifies": np.ones(plane.ax.size, bool)}), points)
    return premises, points
