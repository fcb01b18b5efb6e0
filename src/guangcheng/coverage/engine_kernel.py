"""Coverage on an engine: the kernel as tables in, tables out, and the counts behind every verdict as portable SQL."""

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guangcheng.coverage.kernel import Floats, Ints, Nearest, PointGrid
from guangcheng.store.parquet import whole
from guangcheng.store.ports import Engine

__all__ = ["counts_by", "nearest_by", "nearest_table", "shares_sql"]

_MEASURED = ("x", "y", "radius_m")
_COUNTS = """
SELECT area, CAST(sum(CASE WHEN capable = 1 THEN 1 ELSE 0 END) AS BIGINT) AS passed, CAST(count(*) AS BIGINT) AS n,
  CAST(sum(CASE WHEN capable < 0 THEN 1 ELSE 0 END) AS BIGINT) AS unknown
FROM premises GROUP BY area
"""
_SHARES = """
SELECT code, n, passed, unknown,
  CASE WHEN n = 0 THEN 'no_data'
    WHEN passed * {of} >= n * {threshold} THEN 'pass'
    WHEN (passed + unknown) * {of} < n * {threshold} THEN 'fail'
    ELSE 'no_data' END AS verdict
FROM (
  SELECT a.code AS code, CAST(count(r.state) AS BIGINT) AS n,
    CAST(coalesce(sum(CASE WHEN r.state = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS passed,
    CAST(coalesce(sum(CASE WHEN r.state < 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS unknown
  FROM areas a LEFT JOIN members r ON r.area_code = a.code
  GROUP BY a.code
) counted
ORDER BY code
"""


def shares_sql(threshold: Fraction) -> str:
    """Verdict of every area whose members must reach ``threshold`` per cent, in SQL every engine understands.

    Tables: ``areas`` (``code``; areas without members stay, with no data) and ``members`` (``area_code``, ``state`` 1
    passed, 0 not, −1 unknown). Out, by code: ``code``, ``n``, ``passed``, ``unknown``, ``verdict`` (``pass``, ``fail``
    or ``no_data``). Whole numbers only, so nothing is rounded; unknown members count as in
    :func:`guangcheng.coverage.verdicts.decide`.
    """
    return _SHARES.format(of=100 * threshold.denominator, threshold=threshold.numerator)


def counts_by(engine: Engine, area: Ints, capable: NDArray[np.int8], areas: int) -> tuple[Ints, Ints, Ints]:
    """Per area (0 … ``areas`` − 1) how many premises are capable, how many there are, how many are unknown."""
    table = pa.table({"area": area, "capable": capable.astype(np.int64)})
    found = engine.query(_COUNTS, {"premises": table})
    at = found["area"].to_numpy()
    result = []
    for name in ("passed", "n", "unknown"):
        held = np.zeros(areas, dtype=np.int64)
        held[at] = found[name].to_numpy()
        result.append(held)
    return result[0], result[1], result[2]


def nearest_by(engine: Engine) -> Nearest:
    """The kernel's question, answered by an engine."""

    def nearest(px: Floats, py: Floats, radius: Floats, ax: Floats, ay: Floats) -> tuple[Ints, Floats]:
        premises = pa.table({"id": np.arange(px.size), "x": px, "y": py, "radius_m": radius})
        points = pa.table({"id": np.arange(ax.size), "x": ax, "y": ay})
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "reach.parquet"
            engine.reach(premises, points, nearest_table, out)
            answer = whole(out).sort_by("id")
        found = pc.fill_null(answer["point_id"], -1).to_numpy().astype(np.int64)
        return found, pc.fill_null(answer["distance_m"], float("nan")).to_numpy().astype(np.float64)

    return nearest


def nearest_table(premises: pa.Table, points: pa.Table) -> pa.Table:
    """Answer premises by points; a :data:`guangcheng.store.ports.Kernel`.

    Null coordinates and radii are taken as NaN: never covered.
    """
    ordered = points.sort_by("id")
    ids, ax, ay = ordered["id"].to_numpy(), _numbers(ordered["x"]), _numbers(ordered["y"])
    px, py, radius = (_numbers(premises[name]) for name in _MEASURED)
    found, distance = PointGrid.of(ax, ay).nearest(px, py, radius)
    lost = found < 0
    chosen = ids[np.where(lost, 0, found)] if len(ids) else found
    answer = premises.drop_columns(list(_MEASURED))
    for name, values in (
        ("covered", pa.array(~lost)),
        ("point_id", pa.array(chosen, pa.int64(), mask=lost)),
        ("distance_m", pa.array(distance, pa.float64(), mask=lost)),
    ):
        answer = answer.append_column(name, values)
    return answer.replace_schema_metadata(None)


def _numbers(values: pa.ChunkedArray) -> Floats:
    plain = pc.fill_null(pc.cast(values, pa.float64()), float("nan"))
    return np.asarray(plain.to_numpy(), dtype=np.float64)
