"""Planned access points as rows of their register, whatever planned them."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from guangcheng.base.places import from_metric
from guangcheng.coverage.conditions import Floats, Ints, numbers_of
from guangcheng.planning.siting.places import nearest_row
from guangcheng.registers.canonical import stored
from guangcheng.registers.view import RegisterView

__all__ = ["PLANNED", "PORT_MBPS", "access_point_rows"]

PORT_MBPS = 1000.0
"""What a planned port is taken to give one user: a gigabit, the least that GPON and all after it are sold at."""
PLANNED = "planned"
"""The remark of every planned row."""


def access_point_rows(
    view: RegisterView,
    *,
    ids: Sequence[str],
    names: Sequence[str],
    operator: str,
    x: Floats,
    y: Floats,
    ports: Ints,
    capacity_mbps: float,
    technology: str,
    since: dt.date,
) -> pa.Table:
    """Rows of ``access_points``, in service from ``since``, every port free; ``x``, ``y`` in the view's metric CRS.

    Each lies in the area of the nearest premises of ``view`` that has one.
    """
    lon, lat = from_metric(x, y, view.crs)
    premises = view.table("premises", ["area_code", "x", "y"])
    codes = premises["area_code"].to_pylist()
    known = np.array([code is not None for code in codes], dtype=bool)
    near = nearest_row(x, y, numbers_of(premises["x"]), numbers_of(premises["y"]), known).tolist()
    many = len(ids)
    columns = {
        "access_point_id": list(ids),
        "name": list(names),
        "operator": [operator] * many,
        "area_code": [codes[at] if at >= 0 else None for at in near],
        "lon": np.asarray(lon, dtype=np.float64).tolist(),
        "lat": np.asarray(lat, dtype=np.float64).tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
        "capacity_mbps": [capacity_mbps] * many,
        "technology": [technology] * many,
        "ports_total": ports.tolist(),
        "ports_free": ports.tolist(),
        "in_service_from": [since] * many,
        "tv_only": [False] * many,
        "note": [PLANNED] * many,
    }
    return stored("access_points", {name: pa.array(values) for name, values in columns.items()})
