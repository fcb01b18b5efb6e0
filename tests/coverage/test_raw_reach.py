"""The raw door: Parquet in, Parquet out, against brute force; what cannot be read is told by column and row."""

import itertools
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import GuangchengError, InputError, NotFound, UsageError, WrongFormat
from guangcheng.coverage import raw_reach
from guangcheng.coverage.port_rounds import serve
from guangcheng.coverage.raw_reach import RawReach, solve_reach

PREMISES = pa.table(
    {"id": [30, 10, 20], "x": [0.0, 100.0, 300.0], "y": [0.0, 0.0, 0.0], "radius_m": [50.0, 1000.0, 50.0]}
)
POINTS = pa.table(
    {
        "id": [9, 5, 7, 1],
        "x": [30.0, 30.0, 240.0, 0.0],
        "y": [40.0, 40.0, 0.0, 0.0],
        "qualifies": [True, True, True, False],
    }
)


def ticking() -> Callable[[], float]:
    """A clock that goes on by one second each time it is read."""
    return itertools.count().__next__


def solved(folder: Path, premises: pa.Table, points: pa.Table, *, capacity: bool = False) -> tuple[RawReach, pa.Table]:
    pq.write_table(premises, folder / "premises.parquet")
    pq.write_table(points, folder / "points.parquet")
    out = folder / "out.parquet"
    told = solve_reach(folder / "premises.parquet", folder / "points.parquet", out, clock=ticking(), capacity=capacity)
    return told, pq.read_table(out)


def test_nearest_qualifying_point_on_the_limit_lowest_id(tmp_path: Path) -> None:
    told, out = solved(tmp_path, PREMISES, POINTS)
    assert out.schema.equals(
        pa.schema([("id", pa.int64()), ("covered", pa.bool_()), ("point_id", pa.int64()), ("distance_m", pa.float64())])
    )
    assert out.to_pylist() == [
        {"id": 30, "covered": True, "point_id": 5, "distance_m": 50.0},
        {"id": 10, "covered": True, "point_id": 5, "distance_m": math.hypot(70, 40)},
        {"id": 20, "covered": False, "point_id": None, "distance_m": None},
    ]
    assert (told.premises, told.points, told.covered, told.demand) == (3, 4, 2, None)
    # each of the clock's ticks is counted once: reads of points and premises, index and answer, write and closing
    assert (told.read_s, told.compute_s, told.write_s) == (2.0, 2.0, 2.0)


whole = st.integers(-12, 12).map(float)
premises_rows = st.lists(
    st.tuples(st.integers(-99, 99), whole | st.none() | st.just(math.nan), whole, st.sampled_from([0.0, 5.0, 13.0])),
    max_size=30,
)
points_rows = st.lists(st.tuples(st.integers(-50, 50), whole | st.none(), whole, st.booleans()), max_size=30)


def columns(rows: Sequence[tuple[object, ...]], names: tuple[str, ...], last: pa.DataType) -> pa.Table:
    types = (pa.int64(), pa.float64(), pa.float64(), last)
    made = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(types)]
    return pa.table(made, names=list(names))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(premises_rows, points_rows, st.integers(1, 9))
def test_as_brute_force_whatever_the_chunks(
    tmp_path: Path,
    premises: list[tuple[int, float | None, float, float]],
    points: list[tuple[int, float | None, float, bool]],
    rows: int,
) -> None:
    expected = []
    for key, x, y, radius in premises:
        reached = []
        for point, ax, ay, qualifies in points:
            if qualifies and x is not None and ax is not None and (x - ax) ** 2 + (y - ay) ** 2 <= radius * radius:
                reached.append(((x - ax) ** 2 + (y - ay) ** 2, point))
        best = min(reached, default=None)
        expected.append((key, best is not None, best and best[1], best and math.sqrt(best[0])))
    patch = pytest.MonkeyPatch()
    patch.setattr(raw_reach, "_ROWS", rows)
    with patch.context():
        told, out = solved(
            tmp_path,
            columns(premises, ("id", "x", "y", "radius_m"), pa.float64()),
            columns(points, ("id", "x", "y", "qualifies"), pa.bool_()),
        )
    patch.undo()
    assert [tuple(row.values()) for row in out.to_pylist()] == expected
    assert (told.premises, told.points, told.covered) == (len(premises), len(points), sum(row[1] for row in expected))


def test_memory_holds_one_chunk_and_row_groups_are_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_reach, "_ROWS", 1000)
    n = 3500
    solved(tmp_path, pa.table({"id": range(n), "x": np.zeros(n), "y": np.zeros(n), "radius_m": np.ones(n)}), POINTS)
    file = pq.ParquetFile(tmp_path / "out.parquet").metadata
    assert [file.row_group(k).num_rows for k in range(file.num_row_groups)] == [1000, 1000, 1000, 500]


def test_other_whole_and_broken_numbers_are_taken(tmp_path: Path) -> None:
    premises = PREMISES.set_column(0, "id", PREMISES["id"].cast(pa.uint16()))
    premises = premises.set_column(1, "x", premises["x"].cast(pa.int32())).append_column("note", [["a", "b", "c"]])
    assert solved(tmp_path, premises, POINTS)[1].equals(solved(tmp_path, PREMISES, POINTS)[1])


def changed(table: pa.Table, name: str, values: list[object], kind: pa.DataType | None = None) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, pa.array(values, kind))


@pytest.mark.parametrize(
    ("premises", "points", "file", "column", "row"),
    [
        (PREMISES.drop_columns(["radius_m"]), POINTS, "premises", None, None),
        (PREMISES, POINTS.drop_columns(["qualifies"]), "points", None, None),
        (changed(PREMISES, "x", ["1", "2", "3"]), POINTS, "premises", "x", None),
        (changed(PREMISES, "id", [1.0, 2.0, 3.0]), POINTS, "premises", "id", None),
        (changed(PREMISES, "id", [2**63, 2, 3], pa.uint64()), POINTS, "premises", "id", None),
        (changed(PREMISES, "id", [1, None, 3]), POINTS, "premises", "id", 2),
        (changed(PREMISES, "radius_m", [1.0, 2.0, math.nan]), POINTS, "premises", "radius_m", 3),
        (changed(PREMISES, "radius_m", [1.0, 2.0, None]), POINTS, "premises", "radius_m", 3),
        (changed(PREMISES, "radius_m", [-1.0, 2.0, 3.0]), POINTS, "premises", "radius_m", 1),
        (PREMISES, changed(POINTS, "qualifies", [1, 0, 1, 1]), "points", "qualifies", None),
        (PREMISES, changed(POINTS, "qualifies", [True, None, True, True]), "points", "qualifies", 2),
        (PREMISES, changed(POINTS, "id", [None, 1, 2, 3]), "points", "id", 1),
    ],
)
def test_bad_columns_are_named(
    tmp_path: Path, premises: pa.Table, points: pa.Table, file: str, column: str | None, row: int | None
) -> None:
    with pytest.raises(InputError) as caught:
        solved(tmp_path, premises, points)
    where = caught.value.where
    assert (where.file, where.column, where.row) == (str(tmp_path / f"{file}.parquet"), column, row)
    assert not (tmp_path / "out.parquet").exists()


def test_bad_files(tmp_path: Path) -> None:
    good, false = tmp_path / "good.parquet", tmp_path / "false.parquet"
    pq.write_table(PREMISES.append_column("qualifies", [[True] * 3]), good)
    false.write_bytes(b"PAR1")
    cases: list[tuple[Path, Path, Path, type[GuangchengError]]] = [
        (tmp_path / "no.parquet", good, tmp_path / "o.parquet", NotFound),
        (false, good, tmp_path / "o.parquet", InputError),
        (good, false, tmp_path / "o.parquet", WrongFormat),
        (good, false, good, UsageError),
        (good, false, tmp_path / "no" / "o.parquet", UsageError),
    ]
    for premises, points, out, kind in cases:
        with pytest.raises(kind):
            solve_reach(premises, points, out, clock=ticking())


def test_ports_are_consumed_and_the_next_point_is_asked(tmp_path: Path) -> None:
    premises = pa.table(
        {
            "id": [1, 2, 3, 4],
            "x": [1.0, 2.0, 3.0, 4.0],
            "y": [0.0] * 4,
            "radius_m": [10.0] * 4,
            "demand": [2, 2, 1, 0],
        }
    )
    points = pa.table({"id": [8, 6], "x": [0.0, 12.0], "y": [0.0, 0.0], "qualifies": [True, True], "ports": [3, 2]})
    told, out = solved(tmp_path, premises, points, capacity=True)
    # 1 takes two of the three ports; 2 does not fit and goes on to point 6; 3 waits a round and takes the last port
    assert out["point_id"].to_pylist() == [8, 6, 8, 8]
    assert (told.demand, told.served, told.covered) == (5, 5, 4)
    doubled = pa.concat_tables([points, points])
    with pytest.raises(InputError, match="several rows"):
        solved(tmp_path, premises, doubled, capacity=True)


def test_eight_ports_never_serve_ten_thousand() -> None:
    n = 10_000
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, 100, n), rng.uniform(0, 100, n)
    found, distance = serve(
        x, y, np.full(n, 500.0), np.ones(n, np.int64), np.arange(n), np.array([50.0]), np.array([50.0]), np.array([8])
    )
    assert np.flatnonzero(found == 0).tolist() == np.sort(np.argsort(np.hypot(x - 50, y - 50))[:8]).tolist()
    assert int(np.isfinite(distance).sum()) == 8


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 12))
def test_capacity_is_never_exceeded_and_nobody_is_left_who_fits(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    px, py, ax, ay = (rng.integers(0, 20, k).astype(float) for k in (n, n, m, m))
    radius, demand, ports = rng.choice([3.0, 8.0], n), rng.integers(0, 5, n), rng.integers(0, 9, m)
    found, distance = serve(px, py, radius, demand, np.arange(n), ax, ay, ports)
    left = ports.copy()
    hit = found >= 0
    np.subtract.at(left, found[hit], demand[hit])
    assert left.min() >= 0
    away = np.hypot(px[:, None] - ax, py[:, None] - ay)
    np.testing.assert_allclose(distance[hit], away[np.flatnonzero(hit), found[hit]])
    assert (distance[hit] <= radius[hit]).all()
    could = (away <= radius[:, None]) & (left >= demand[:, None])
    assert not could[~hit].any()
    turned = rng.permutation(n)
    again, _ = serve(px[turned], py[turned], radius[turned], demand[turned], turned, ax, ay, ports)
    assert again.tolist() == found[turned].tolist()
