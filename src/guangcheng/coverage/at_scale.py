"""Whole countries: shares of areas straight from Parquet, and results brought up to date from a difference.

A chunk of premises is in memory at a time; what is kept is a count per area.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guangcheng.coverage.kernel import Floats, Ints, PointGrid
from guangcheng.store.files import write_whole
from guangcheng.store.parquet import open_parquet

__all__ = ["reach_again", "village_shares"]

_ROWS = 1 << 20


def village_shares(premises: Path, points: Path, out: Path, *, threads: int = 1) -> int:
    """Count per area how many premises have a qualifying point within their radius; the number of areas.

    ``premises``: ``area_code`` (any type), ``x``, ``y``, ``radius_m``; ``points``: ``x``, ``y``, ``qualifies``. Out,
    by ``area_code``: ``area_code``, ``n``, ``passed``.
    """
    table = open_parquet(points).read(columns=["x", "y", "qualifies"])
    table = table.filter(table["qualifies"])
    grid = PointGrid.of(_floats(table["x"]), _floats(table["y"]))
    file = open_parquet(premises)
    place: dict[object, int] = {}
    n, passed = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for batch in file.iter_batches(_ROWS, columns=["area_code", "x", "y", "radius_m"]):
        found, _ = grid.nearest(*(_floats(batch[name]) for name in ("x", "y", "radius_m")), threads=threads)
        coded = batch["area_code"].dictionary_encode()
        at = np.array([place.setdefault(code, len(place)) for code in coded.dictionary.to_pylist()], np.int64)
        rows = at[np.asarray(coded.indices)]
        grown = len(place)
        n = _added(n, np.bincount(rows, minlength=grown))
        passed = _added(passed, np.bincount(rows[found >= 0], minlength=grown))
    kind = file.schema_arrow.field("area_code").type
    answer = pa.table({"area_code": pa.array(list(place), kind), "n": n, "passed": passed}).sort_by("area_code")
    write_whole(out, lambda part: pq.write_table(answer, part))
    return len(place)


def reach_again(
    px: Floats,
    py: Floats,
    radius: Floats,
    ax: Floats,
    ay: Floats,
    *,
    before: tuple[Ints, Floats],
    changed_premises: Ints,
    changed_x: Floats,
    changed_y: Floats,
) -> tuple[Ints, Floats, Ints]:
    """Bring an earlier result up to date; only what the difference can touch is computed.

    ``before`` holds, for the premises as they are now, the index of the nearest point as points are numbered now
    (−1: none, or a point that is gone) and its distance. ``changed_premises``: rows that are new or have moved or got
    another radius. ``changed_x``, ``changed_y``: every place where a point came, went, moved (both places) or came to
    qualify or not. Gives index, distance and the rows computed again. A premises can only change when it changed
    itself or lies within its radius of such a place; which ones do is asked by the kernel itself.
    """
    touched = np.zeros(px.size, dtype=bool)
    touched[changed_premises] = True
    if changed_x.size:
        near, _ = PointGrid.of(changed_x, changed_y).nearest(px, py, radius)
        touched |= near >= 0
    rows = np.flatnonzero(touched)
    found, distance = before[0].copy(), before[1].copy()
    found[rows], distance[rows] = PointGrid.of(ax, ay).nearest(px[rows], py[rows], radius[rows])
    return found, distance, rows


def _added(held: Ints, more: Ints) -> Ints:
    total = more.astype(np.int64)
    total[: held.size] += held
    return total


def _floats(values: pa.Array | pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False), dtype=np.float64)
