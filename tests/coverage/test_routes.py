"""Ways along the streets: equal to a graph of networkx that knows every place as a node of its own."""

import itertools
import math
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.coverage.kernel import nearest_within
from guangcheng.coverage.routes import RouteNearest, Streets

Place = tuple[float, float]
Line = list[Place]


def network(lines: list[Line], nodes: list[tuple[str | None, str | None]] | None = None) -> Streets:
    nodes = nodes or [(None, None)] * len(lines)
    wkb = pa.chunked_array([pa.array([shapely.to_wkb(shapely.LineString(line)) for line in lines], pa.binary())])
    begins, finishes = (pa.chunked_array([pa.array([pair[at] for pair in nodes], pa.string())]) for at in (0, 1))
    return Streets.of(wkb, begins, finishes)


def ask(
    streets: Streets, premises: list[Place], radius: float | list[float], points: list[Place], limit_m: float = 50.0
) -> list[tuple[int, float | None]]:
    px, py = np.array(premises, dtype=float).reshape(-1, 2).T
    ax, ay = np.array(points, dtype=float).reshape(-1, 2).T
    metres = np.broadcast_to(np.asarray(radius, dtype=float), px.shape).copy()
    nearest = RouteNearest(streets, np.concatenate([px, ax]), np.concatenate([py, ay]), limit_m=limit_m)
    found, distance = nearest(px, py, metres, ax, ay)
    return [(int(at), None if math.isnan(far) else float(far)) for at, far in zip(found, distance, strict=True)]


def test_around_the_corner_off_the_street_and_exactly_on_the_radius() -> None:
    streets = network([[(0, 0), (100, 0)], [(100, 0), (100, 80)]])
    # 5 m to the street, 60 m along it, 80 m up, 10 m to the point; the straight line is only about 90 m
    assert ask(streets, [(40, 5)], 155.0, [(110, 80)]) == [(0, 155.0)]
    assert ask(streets, [(40, 5)], math.nextafter(155.0, 0.0), [(110, 80)]) == [(-1, None)]


def test_a_river_without_a_bridge() -> None:
    streets = network([[(0, 0), (100, 0)], [(0, 40), (100, 40)]])
    assert ask(streets, [(50, 0)], 1000.0, [(50, 40)]) == [(-1, None)]
    bridged = network([[(0, 0), (100, 0)], [(0, 40), (100, 40)], [(100, 0), (100, 40)]])
    assert ask(bridged, [(50, 0)], 1000.0, [(50, 40)]) == [(0, 140.0)]


def test_lines_that_cross_without_a_vertex_do_not_meet_and_one_that_ends_on_a_vertex_does() -> None:
    crossing = network([[(0, 0), (100, 0)], [(50, -50), (50, 50)]])
    assert ask(crossing, [(0, 0)], 1000.0, [(50, 50)]) == [(-1, None)]
    meeting = network([[(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 50)]])
    assert ask(meeting, [(0, 0)], 1000.0, [(50, 50)]) == [(0, 100.0)]


def test_ends_of_the_same_node_that_lie_apart_are_joined() -> None:
    lines: list[Line] = [[(0, 0), (100, 0)], [(103, 4), (203, 4)]]
    assert ask(network(lines), [(0, 0)], 1000.0, [(203, 4)]) == [(-1, None)]
    assert ask(network(lines, [("a", "b"), ("b", None)]), [(0, 0)], 1000.0, [(203, 4)]) == [(0, 205.0)]


def test_of_equally_near_points_the_first_and_too_far_from_a_street_none() -> None:
    streets = network([[(0, 0), (100, 0)]])
    points = [(80.0, 0.0), (20.0, 0.0), (20.0, 0.0)]
    assert ask(streets, [(50, 0), (50, 51), (50, 50)], 100.0, points) == [(0, 30.0), (-1, None), (0, 80.0)]
    assert ask(streets, [(50, 0)], 100.0, [(80, 51), (10, 0)]) == [(1, 40.0)]


def test_nothing_at_all() -> None:
    empty = network([])
    assert ask(empty, [(0, 0)], 100.0, [(0, 0)]) == [(-1, None)]
    streets = network([[(0, 0), (100, 0)]])
    assert ask(streets, [(0, 0)], 100.0, []) == [(-1, None)]
    assert ask(streets, [], 100.0, [(0, 0)]) == []
    assert ask(streets, [(math.nan, 0), (0, 0)], math.inf, [(math.nan, 5), (100, 0)]) == [(-1, None), (1, 100.0)]


def test_a_line_of_one_place_and_a_missing_line_are_no_street() -> None:
    wkb = [shapely.to_wkb(shapely.LineString(line)) for line in ([(7, 7), (7, 7)], [(0, 0), (10, 0)])]
    none = pa.chunked_array([pa.array([None, None, None], pa.string())])
    streets = Streets.of(pa.chunked_array([pa.array([wkb[0], None, wkb[1]], pa.binary())]), none, none)
    assert len(streets) == 1
    assert ask(streets, [(7, 7)], 100.0, [(0, 0)]) == [(0, 14.0)]


def test_a_place_that_was_not_told() -> None:
    nearest = RouteNearest(network([[(0, 0), (10, 0)]]), np.zeros(1), np.zeros(1), limit_m=5.0)
    for x in (1.0, -1.0):
        with pytest.raises(KeyError):
            nearest(np.array([x]), np.zeros(1), np.ones(1), np.zeros(1), np.zeros(1))


# --- random towns: streets of a lattice in steps of 10 m, so that every metre is a whole number -------------------

node = st.tuples(st.integers(0, 4), st.integers(0, 4))
step = st.sampled_from([(1, 0), (0, 1)])
place = st.tuples(st.integers(-2, 42), st.integers(-2, 42)).map(lambda p: (float(p[0]), float(p[1])))
towns = st.tuples(
    st.lists(st.tuples(node, step), min_size=1, max_size=30, unique=True),
    st.lists(place, max_size=8),
    st.lists(place, max_size=8),
    st.sampled_from([0.0, 10.0, 25.0, 40.0, 200.0]),
)


def brute(lines: list[Line], premises: list[Place], radius: float, points: list[Place]) -> list[tuple[int, Any]]:
    """The same from a graph in which every place splits the street it lies at."""
    splits: dict[int, set[Place]] = {at: set(line) for at, line in enumerate(lines)}
    feet = {}
    for spot in {*premises, *points}:
        off, foot, at = min(
            ((*_foot(line, spot), at) for at, line in enumerate(lines)), key=lambda found: (found[0], found[2])
        )
        if off <= 3:
            splits[at].add(foot)
            feet[spot] = (foot, off)
    graph = nx.Graph()
    for held in splits.values():
        for one, two in itertools.pairwise(sorted(held)):
            graph.add_edge(one, two, weight=math.dist(one, two))
    answer = []
    for spot in premises:
        best: tuple[float, int] = (math.inf, -1)
        if spot in feet:
            ways = nx.single_source_dijkstra_path_length(graph, feet[spot][0])
            for at, point in enumerate(points):
                if point in feet and feet[point][0] in ways:
                    best = min(best, (ways[feet[point][0]] + feet[spot][1] + feet[point][1], at))
        answer.append((best[1], best[0]) if best[0] <= radius else (-1, None))
    return answer


def _foot(line: Line, spot: Place) -> tuple[float, Place]:
    (x1, y1), (x2, y2) = line
    foot = (min(max(spot[0], x1), x2), min(max(spot[1], y1), y2))
    return math.dist(foot, spot), foot


@settings(max_examples=150, deadline=None)
@given(towns)
def test_random_towns_as_networkx_finds_them(town: tuple[Any, list[Place], list[Place], float]) -> None:
    pieces, premises, points, radius = town
    # as Streets numbers them: pieces in the order given
    lines: list[Line] = [[(10.0 * x, 10.0 * y), (10.0 * (x + dx), 10.0 * (y + dy))] for ((x, y), (dx, dy)) in pieces]
    streets = network(lines)
    assert ask(streets, premises, radius, points, limit_m=3.0) == brute(lines, premises, radius, points)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_way_is_never_shorter_than_the_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = [list(map(tuple, rng.uniform(0, 500, (rng.integers(2, 5), 2)))) for _ in range(rng.integers(1, 20))]
    px, py, ax, ay = (rng.uniform(0, 500, 30) for _ in range(4))
    nearest = RouteNearest(network(lines), np.concatenate([px, ax]), np.concatenate([py, ay]), limit_m=60.0)
    found, way = nearest(px, py, np.full(30, 400.0), ax, ay)
    line, _ = nearest_within(px, py, 400.0, ax, ay)
    hit = found >= 0
    assert (line[hit] >= 0).all()
    straight = np.hypot(px[hit] - ax[found[hit]], py[hit] - ay[found[hit]])
    assert (way[hit] >= straight * (1 - 1e-12)).all()
