"""The kernel as engines carry it: tables in, tables out, so that it can run wherever the data is."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.coverage.kernel import PointGrid

__all__ = ["nearest_table"]

_MEASURED = ("x", "y", "radius_m")


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


def _numbers(values: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    plain = pc.fill_null(pc.cast(values, pa.float64()), float("nan"))
    return np.asarray(plain.to_numpy(), dtype=np.float64)
