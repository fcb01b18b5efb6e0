"""The same question asked of other tools, each as its users would ask it; columns in memory in, nearest index out.

Every answer is held against ours: the same squared distances, to the last bit, computed by one formula from the
indices given (of equally near points any will do).
"""

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from guangcheng.apps.bench.coverage_data import RURAL_M, Plane
from guangcheng.coverage.kernel import Ints, nearest_within

Answer = Callable[[Plane], Ints]


def one_pass(plane: Plane) -> Ints:
    """The memory traffic of an answer and nothing else: every column read once, every result column written once.

    Read: ``x``, ``y``, ``radius`` of the premises, ``ax``, ``ay`` of the points; written: covered, index of the point
    (which is its id here), distance, each into fresh memory as :func:`ours` does.
    """
    beyond = float(plane.ax.max()) + float(plane.ay.max())
    distance = plane.x + plane.y
    distance *= plane.radius
    covered = distance > beyond
    return np.where(covered, 0, -1)


def ours(plane: Plane) -> Ints:
    """The kernel, index included: all three result columns, though peers are asked for the index alone."""
    found, _distance = nearest_within(plane.x, plane.y, plane.radius, plane.ax, plane.ay)
    _covered = found >= 0
    return found


def scipy(plane: Plane) -> Ints:
    """``cKDTree`` on both cores."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack([plane.ax, plane.ay]))
    bound = RURAL_M * (1 + 1e-9)
    apart, found = tree.query(np.column_stack([plane.x, plane.y]), distance_upper_bound=bound, workers=2)
    return np.where(apart <= plane.radius, found, -1)


def geopandas(plane: Plane) -> Ints:
    """``sjoin_nearest``."""
    import geopandas as gpd

    premises = gpd.GeoDataFrame({"r": plane.radius}, geometry=gpd.points_from_xy(plane.x, plane.y))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(plane.ax, plane.ay))
    joined = gpd.sjoin_nearest(premises, points, how="inner", max_distance=RURAL_M, distance_col="d")
    joined = joined[(joined["d"] <= joined["r"]) & ~joined.index.duplicated()]
    found = np.full(plane.x.size, -1)
    found[joined.index.to_numpy()] = joined["index_right"].to_numpy()
    return found


def duckdb(plane: Plane) -> Ints:
    """Grid SQL: points copied into nine cells as wide as the greatest radius, joined by cell."""
    import duckdb as db
    import pyarrow as pa

    with db.connect(config={"threads": 2}) as connection:
        rows = np.arange(plane.x.size)
        connection.register("p", pa.table({"i": rows, "x": plane.x, "y": plane.y, "r": plane.radius}))
        connection.register("a", pa.table({"i": np.arange(plane.ax.size), "x": plane.ax, "y": plane.ay}))
        got = connection.execute(
            f"""
            WITH q AS (SELECT *, floor(x / {RURAL_M})::INT AS cx, floor(y / {RURAL_M})::INT AS cy FROM p),
            c AS (
              SELECT a.*, floor(x / {RURAL_M})::INT + dx AS cx, floor(y / {RURAL_M})::INT + dy AS cy
              FROM a, (VALUES (-1), (0), (1)) u(dx), (VALUES (-1), (0), (1)) v(dy)
            )
            SELECT q.i AS i, arg_min(c.i, (q.x - c.x) * (q.x - c.x) + (q.y - c.y) * (q.y - c.y)) AS j
            FROM q JOIN c ON q.cx = c.cx AND q.cy = c.cy
              AND (q.x - c.x) * (q.x - c.x) + (q.y - c.y) * (q.y - c.y) <= q.r * q.r
            GROUP BY q.i
            """
        ).fetchnumpy()
    found = np.full(plane.x.size, -1)
    found[np.asarray(got["i"])] = np.asarray(got["j"])
    return found


def polars(plane: Plane) -> Ints:
    """Grid buckets: the same nine cells, joined and reduced by polars."""
    import polars as pl

    def cell(name: str) -> "pl.Expr":
        return (pl.col(name) / RURAL_M).floor().cast(pl.Int32)

    premises = pl.DataFrame({"x": plane.x, "y": plane.y, "r": plane.radius}).with_row_index("i")
    points = pl.DataFrame({"ax": plane.ax, "ay": plane.ay}).with_row_index("j")
    spread = pl.DataFrame({"dx": np.repeat([-1, 0, 1], 3), "dy": np.tile([-1, 0, 1], 3)}).cast(pl.Int32)
    near = points.join(spread, how="cross").with_columns(cx=cell("ax") + pl.col("dx"), cy=cell("ay") + pl.col("dy"))
    d2 = (pl.col("x") - pl.col("ax")) ** 2 + (pl.col("y") - pl.col("ay")) ** 2
    joined = (
        premises.with_columns(cx=cell("x"), cy=cell("y"))
        .lazy()
        .join(near.lazy(), on=["cx", "cy"])
        .with_columns(d2=d2)
        .filter(pl.col("d2") <= pl.col("r") * pl.col("r"))
        .group_by("i")
        .agg(pl.col("j").sort_by("d2").first())
        .collect()
    )
    found = np.full(plane.x.size, -1)
    found[joined["i"].to_numpy()] = joined["j"].to_numpy()
    return found


def sedonadb(plane: Plane) -> Ints:
    """``ST_DWithin`` at a hair more than the greatest radius, then the exact condition and the nearest."""
    import pyarrow as pa
    import sedonadb as sd

    session = sd.connect()
    premises = {"i": np.arange(plane.x.size), "x": plane.x, "y": plane.y, "r": plane.radius}
    points = {"j": np.arange(plane.ax.size), "ax": plane.ax, "ay": plane.ay}
    session.create_data_frame(pa.table(premises)).to_view("p", overwrite=True)
    session.create_data_frame(pa.table(points)).to_view("a", overwrite=True)
    answer = session.sql(
        f"""
        WITH q AS (SELECT i, x, y, r, ST_Point(x, y) AS g FROM p),
        c AS (SELECT j, ax, ay, ST_Point(ax, ay) AS h FROM a),
        near AS (
          SELECT i, j, r * r AS r2, (x - ax) * (x - ax) + (y - ay) * (y - ay) AS d2
          FROM q JOIN c ON ST_DWithin(g, h, {RURAL_M * (1 + 1e-9)})
        )
        SELECT i, first_value(j ORDER BY d2) AS j FROM near WHERE d2 <= r2 GROUP BY i
        """
    )
    got = pa.table(answer)
    found = np.full(plane.x.size, -1)
    found[got["i"].to_numpy()] = got["j"].to_numpy()
    return found


PEERS: dict[str, Answer] = {
    "one_pass": one_pass,
    "ours": ours,
    "scipy": scipy,
    "geopandas": geopandas,
    "duckdb": duckdb,
    "polars": polars,
    "sedonadb": sedonadb,
}


def installed(name: str) -> bool:
    """Whether the peer's library is here; ours and the limit always are."""
    return name in ("one_pass", "ours") or importlib.util.find_spec(name) is not None


def digest(plane: Plane, found: Ints) -> str:
    """What an answer says, whichever of equally near points it names."""
    hit = found >= 0
    d2 = np.full(found.size, -1.0)
    d2[hit] = (plane.x[hit] - plane.ax[found[hit]]) ** 2 + (plane.y[hit] - plane.ay[found[hit]]) ** 2
    return hashlib.sha256(d2.tobytes()).hexdigest()


GEOPANDAS_PROCESS = """
import sys
import geopandas as gpd, pyarrow.parquet as pq
premises, points, out = sys.argv[1:]
p, a = pq.read_table(premises), pq.read_table(points)
a = a.filter(a["qualifies"])
left = gpd.GeoDataFrame({"id": p["id"].to_numpy(), "r": p["radius_m"].to_numpy()},
    geometry=gpd.points_from_xy(p["x"].to_numpy(), p["y"].to_numpy()))
right = gpd.GeoDataFrame({"point_id": a["id"].to_numpy()},
    geometry=gpd.points_from_xy(a["x"].to_numpy(), a["y"].to_numpy()))
found = gpd.sjoin_nearest(left, right, how="left", max_distance=1000.0, distance_col="distance_m")
found = found[~found.index.duplicated()]
found["covered"] = found["distance_m"] <= found["r"]
found[["id", "covered", "point_id", "distance_m"]].to_parquet(out)
"""
"""A whole process as a GeoPandas user writes it: Parquet in, Parquet out."""


def program(name: str, premises: Path, points: Path, out: Path) -> list[str]:
    """The command line of a whole process: ``ours`` or ``geopandas``."""
    files = [str(premises), str(points)]
    if name == "ours":
        return [sys.executable, "-m", "guangcheng", "solve", "reach", *files, "-o", str(out), "--json"]
    return [sys.executable, "-c", GEOPANDAS_PROCESS, *files, str(out)]
