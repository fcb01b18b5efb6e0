"""Portable SQL over premises and their reach: distance bands and square cells, the same on every engine.

Only what all engines compute alike is used: comparison, floor of a double, counts of whole numbers. NaN is above every
number in all of them.
"""

import math
from collections.abc import Sequence

from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text

__all__ = ["bands_sql", "cells_sql"]

_CELLS = """
SELECT CAST(floor(x / {side}) AS BIGINT) AS cx, CAST(floor(y / {side}) AS BIGINT) AS cy,
  CAST(count(*) AS BIGINT) AS n,
  CAST(sum(CASE WHEN state = 1 THEN 1 ELSE 0 END) AS BIGINT) AS passed,
  CAST(sum(CASE WHEN state < 0 THEN 1 ELSE 0 END) AS BIGINT) AS unknown
FROM members WHERE x > -1e15 AND x < 1e15 AND y > -1e15 AND y < 1e15
GROUP BY CAST(floor(x / {side}) AS BIGINT), CAST(floor(y / {side}) AS BIGINT)
ORDER BY cx, cy
"""
_BANDS = """
SELECT area_code, band, CAST(count(*) AS BIGINT) AS n
FROM (SELECT area_code, {case} AS band FROM reach) banded
GROUP BY area_code, band
ORDER BY area_code, band
"""


def cells_sql(side_m: float) -> str:
    """Count ``members`` (``x``, ``y``, ``state``) per square cell of ``side_m`` metres, for the public map.

    Out, by cell: ``cx``, ``cy`` (the cell from ``cx · side`` up to but without ``(cx + 1) · side``), ``n``, ``passed``,
    ``unknown``. Members without a place (null, NaN, infinite) are in no cell.
    """
    return _CELLS.format(side=_number(side_m))


def bands_sql(edges_m: Sequence[float]) -> str:
    """Count ``reach`` (``area_code``, ``distance_m``) per area and band of distance to the nearest point.

    Band 0 goes from 0 to the first edge, an edge itself included, and so on; what lies beyond the last edge or has no
    point stands in the band after it. Out, by area and band: ``area_code``, ``band``, ``n``.
    """
    if list(edges_m) != sorted(set(edges_m)):
        raise _unusable(", ".join(str(edge) for edge in edges_m))
    steps = " ".join(f"WHEN distance_m <= {_number(edge)} THEN {band}" for band, edge in enumerate(edges_m))
    return _BANDS.format(case=f"CAST(CASE {steps} ELSE {len(edges_m)} END AS BIGINT)")


def _number(value: float) -> str:
    """A number every dialect takes as the same double beside a column of doubles (their names for the type differ)."""
    if not (math.isfinite(value) and value > 0):
        raise _unusable(str(value))
    return repr(float(value))


def _unusable(said: str) -> UsageError:
    return UsageError(
        Text(zh=f"距离不能用：{said}", en=f"these metres cannot be used: {said}"),
        mend=Text(zh="给大于 0 的米数，由小到大", en="give metres above 0, rising"),
    )
