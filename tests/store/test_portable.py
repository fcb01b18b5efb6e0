"""Bands and cells on every engine equal plain Python."""

import math
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import UsageError
from guangcheng.coverage.portable import bands_sql, cells_sql
from guangcheng.store.ports import Engine
from tests.store.test_engine import ENGINES, make

MEMBERS = pa.schema([("x", pa.float64()), ("y", pa.float64()), ("state", pa.int64())])
REACH = pa.schema([("area_code", pa.string()), ("distance_m", pa.float64())])
Member = tuple[float | None, float, int]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = make(request.param, request)
    yield made
    made.close()


def check_cells(engine: Engine, members: list[Member], side: float) -> None:
    table = pa.Table.from_pylist([dict(zip(MEMBERS.names, row, strict=True)) for row in members], schema=MEMBERS)
    cells: dict[tuple[int, int], list[int]] = {}
    for x, y, state in members:
        if x is not None and not math.isnan(x):
            cells.setdefault((math.floor(x / side), math.floor(y / side)), []).append(state)
    expected = [(*cell, len(held), held.count(1), held.count(-1)) for cell, held in sorted(cells.items())]
    found = engine.query(cells_sql(side), {"members": table})
    assert [tuple(row.values()) for row in found.to_pylist()] == expected


def check_bands(engine: Engine, reach: list[tuple[str, float | None]], edges: list[float]) -> None:
    table = pa.Table.from_pylist([{"area_code": code, "distance_m": metres} for code, metres in reach], schema=REACH)
    counted: Counter[tuple[str, int]] = Counter()
    for code, metres in reach:
        below = [band for band, edge in enumerate(edges) if metres is not None and metres <= edge]
        counted[code, min(below, default=len(edges))] += 1
    found = engine.query(bands_sql(edges), {"reach": table})
    assert [tuple(row.values()) for row in found.to_pylist()] == [(*key, n) for key, n in sorted(counted.items())]


def test_edges_belong_to_the_band_below_and_to_the_cell_above(engine: Engine) -> None:
    check_cells(engine, [(0.0, 0.0, 1), (500.0, -0.5, 0), (499.9, 0.0, -1), (None, 0.0, 1), (math.nan, 0.0, 1)], 500.0)
    check_bands(engine, [("a", 200.0), ("a", 200.1), ("a", None), ("b", 0.0), ("b", 5000.0)], [200.0, 1000.0])


metres = st.sampled_from([-1000.5, -500.0, 0.0, 0.1, 250.0, 499.9, 500.0, 1500.0])


@pytest.mark.parametrize("engine", ["duckdb", "postgres"], indirect=True)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    members=st.lists(st.tuples(st.none() | metres, metres, st.sampled_from([1, 0, -1])), max_size=20),
    reach=st.lists(st.tuples(st.sampled_from("ab"), st.none() | metres.map(abs)), max_size=20),
    side=st.sampled_from([0.1, 250.0, 500.0]),
)
def test_cells_and_bands_as_in_python(
    engine: Engine, members: list[Member], reach: list[tuple[str, float | None]], side: float
) -> None:
    check_cells(engine, members, side)
    check_bands(engine, reach, [side, 1000.0])


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_metres_must_be_metres(wrong: float) -> None:
    with pytest.raises(UsageError):
        cells_sql(wrong)
    with pytest.raises(UsageError):
        bands_sql([1000.0, wrong])
