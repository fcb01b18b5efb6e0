"""Reach counted in hexagons for the public map (H3), with cells of too few premises left out."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError, UsageError
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import numbers_of
from guangcheng.coverage.survey import Survey
from guangcheng.reporting.disclosure import SMALLEST_SHOWN

FINEST = 15
"""The finest resolution of H3 (cells of about 1 m²); 0 is the coarsest."""

COLUMNS = ("cell", "premises", "capable", "unknown")

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What may be shown, one row per cell in the order of cell numbers; the arrays have one length."""

    resolution: int
    cell: npt.NDArray[np.uint64]
    """H3 index."""
    premises: Numbers
    """Premises in the cell, at least ``SMALLEST_SHOWN``."""
    capable: Numbers
    """Those that surely have optical access capability."""
    unknown: Numbers
    """Those of which it cannot be known; the rest surely have none."""
    left_out_cells: int
    """Cells with too few premises."""
    left_out_premises: int
    """Premises in them."""
    without_point: int
    """Premises without a point, in no cell."""

    def __len__(self) -> int:
        return len(self.cell)


def cells_of(
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    capable: npt.NDArray[np.int8],
    *,
    resolution: int,
    least: int = SMALLEST_SHOWN,
) -> Cells:
    """Count premises by H3 cell.

    ``lon``, ``lat`` are degrees (WGS84), NaN where there is no point; ``capable`` is 1 yes, 0 no, -1 unknown, one per
    premises. The result does not depend on the order of the premises. Raises ``UsageError`` for a resolution H3 does
    not have, ``InputError`` when the package h3 is not installed.
    """
    if not 0 <= resolution <= FINEST:
        raise UsageError(
            Text(zh=f"没有 {resolution} 级的 H3 网格", en=f"H3 has no resolution {resolution}"),
            mend=Text(zh=f"写 0 到 {FINEST} 之间的整数", en=f"write a whole number from 0 to {FINEST}"),
        )
    h3 = _h3()
    placed = np.isfinite(lon) & np.isfinite(lat)
    points = zip(lat[placed].tolist(), lon[placed].tolist(), strict=True)
    found = np.array([h3.latlng_to_cell(north, east, resolution) for north, east in points], dtype=np.uint64)
    cell, at = np.unique(found, return_inverse=True)
    state = capable[placed]
    premises, yes, unknown = (
        np.bincount(at[mask], minlength=len(cell)).astype(np.int64)
        for mask in (np.ones(len(at), dtype=bool), state == 1, state == -1)
    )
    shown = premises >= least
    return Cells(
        resolution=resolution,
        cell=cell[shown],
        premises=premises[shown],
        capable=yes[shown],
        unknown=unknown[shown],
        left_out_cells=int((~shown).sum()),
        left_out_premises=int(premises[~shown].sum()),
        without_point=int((~placed).sum()),
    )


def cells_of_survey(survey: Survey, *, resolution: int) -> Cells:
    """Count what ``survey`` looks at, each premises as the indicators count it (U-09): an estate once, at its point.

    An estate without a point is on the map by its buildings instead, so that it is not lost. Raises as
    :func:`cells_of` does.
    """
    places = survey.view.table("premises", ("lon", "lat"))
    lon, lat = numbers_of(places["lon"]), numbers_of(places["lat"])
    chosen = survey.premises.record.copy()
    placed = np.isfinite(lon) & np.isfinite(lat)
    estate = survey.premises.estate
    instead = np.flatnonzero((estate >= 0) & placed)
    instead = instead[~placed[estate[instead]]]
    chosen[estate[instead]] = False
    chosen[instead] = True
    return cells_of(lon[chosen], lat[chosen], survey.capable[chosen], resolution=resolution)


def geojson(cells: Cells) -> bytes:
    """A FeatureCollection by RFC 7946: one polygon per cell, counter-clockwise, seven decimals (about 1 cm).

    A cell across the antimeridian keeps its ring whole, with longitudes beyond 180.
    """
    h3 = _h3()
    features = [
        {
            "type": "Feature",
            "id": row["cell"],
            "properties": row,
            "geometry": {"type": "Polygon", "coordinates": [_ring(h3.cell_to_boundary(int(number)))]},
        }
        for number, row in zip(cells.cell, _rows(cells), strict=True)
    ]
    found = {"type": "FeatureCollection", "features": features}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def comma_separated(cells: Cells) -> bytes:
    """CSV with a header line; ``cell`` is the H3 index in hexadecimal."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(cells))
    return text.getvalue().encode()


def _rows(cells: Cells) -> Iterator[dict[str, Any]]:
    for number, *counts in zip(
        cells.cell.tolist(), cells.premises.tolist(), cells.capable.tolist(), cells.unknown.tolist(), strict=True
    ):
        yield dict(zip(COLUMNS, (f"{number:x}", *counts), strict=True))


def _ring(corners: tuple[tuple[float, float], ...]) -> list[list[float]]:
    """The closed ring of longitude and latitude from H3's corners, which are latitude first."""
    east = [lon for _, lon in corners]
    across = max(east) - min(east) > 180
    ring = [[round(lon + 360 if across and lon < 0 else lon, 7), round(lat, 7)] for lat, lon in corners]
    return [*ring, ring[0]]


def _h3() -> Any:
    try:
        import h3.api.basic_int as h3
    except ImportError:
        raise InputError(
            Text(zh="六边形网格需要 h3，这里没有安装", en="hexagons need h3, which is not installed"),
            mend=Text(zh="安装 guangcheng[web]", en="install guangcheng[web]"),
        ) from None
    return h3
