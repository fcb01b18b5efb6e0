"""The planning graph: noding, sides and crossings, drops, ducts, prices, and the faults of its input."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum, from_metric, to_metric, to_wgs84
from guangcheng.planning.streets.build import Rules, planning_graph
from guangcheng.planning.streets.model import METHODS, SURFACES, Customers, Ints, Method, PlanningGraph, Surface
from guangcheng.planning.streets.noding import node_lines, pieces
from guangcheng.planning.streets.prices import example_prices, prices_of
from tests.planning.streets.town import CRS, EAST, NORTH, customers, ducts, line, point, shapes, sites, streets, town

CROSS = (line((0, 0), (100, 0)), line((50, -40), (50, 40)))


def of_surface(graph: PlanningGraph, surface: Surface) -> Ints:
    return np.flatnonzero(graph.surface == SURFACES.index(surface))


def of_method(graph: PlanningGraph, method: Method) -> Ints:
    return np.flatnonzero(graph.method == METHODS.index(method))


def test_lines_meet_at_shared_vertices_loose_ends_and_nowhere_else() -> None:
    shared = node_lines(shapes(line((0, 0), (50, 0), (100, 0)), line((50, 0), (50, 40))), tolerance_m=0.2)
    loose = node_lines(shapes(line((0, 0), (100, 0)), line((50, 0.1), (50, 40))), tolerance_m=0.2)
    apart = node_lines(shapes(line((0, 0), (100, 0)), line((50, 0.3), (50, 40))), tolerance_m=0.2)
    bridge = node_lines(shapes(*CROSS), tolerance_m=0.2)
    joined = node_lines(shapes(*CROSS), tolerance_m=0.2, join_crossings=True)
    assert [pieces(one).tail.size for one in (shared, loose, apart, bridge, joined)] == [3, 3, 2, 2, 4]
    assert [one.node_xy.shape[0] for one in (shared, loose, apart, bridge, joined)] == [4, 4, 4, 4, 5]


def test_a_narrow_street_is_one_way_and_a_wide_one_two_with_crossings() -> None:
    homes, olt = customers(point(40, 20), point(60, -20)), sites(point(0, 10))
    road = line((0, 0), (100, 0))
    narrow = planning_graph(streets(road), homes, olt, crs=CRS)
    wide = planning_graph(streets(road, kind="primary"), homes, olt, crs=CRS)
    assert of_surface(narrow, Surface.CROSSING).size == 0
    assert narrow.length_m[narrow.street >= 0].sum() == pytest.approx(100, rel=1e-3)
    # three cuts of the road (its ends turn round freely): the OLT's at 0, one per house
    assert of_surface(wide, Surface.CROSSING).size == 2
    assert wide.length_m[of_surface(wide, Surface.CROSSING)] == pytest.approx(24, rel=1e-3)
    drops = of_method(wide, Method.DROP)
    assert wide.length_m[drops] == pytest.approx(20 - 12, rel=1e-3)
    # the two houses stand on different sides
    north, south = wide.y[wide.premises_node] - NORTH
    assert (north, south) == pytest.approx((20, -20))


def test_two_sides_never_make_a_square_of_wide_streets_fall_apart() -> None:
    graph = town(3, kind="secondary")
    assert graph.faults == ()
    assert (graph.premises_node >= 0).all()


def test_a_drop_ends_at_the_outline() -> None:
    outline = shapely.box(EAST + 40, NORTH + 15, EAST + 60, NORTH + 30)
    graph = planning_graph(streets(line((0, 0), (100, 0))), customers(outline), sites(point(0, 0)), crs=CRS)
    (drop,) = of_method(graph, Method.DROP)
    assert graph.length_m[drop] == pytest.approx(15, rel=1e-3)
    assert graph.cost[drop] == pytest.approx(15 * 45, rel=1e-3)


def test_a_duct_is_a_cheap_parallel_way_with_room_for_cables() -> None:
    road = line((0, 0), (100, 0))
    graph = planning_graph(
        streets(road),
        customers(point(70, 10)),
        sites(point(0, 0)),
        crs=CRS,
        ducts=ducts(line((0, 0), (100, 0)), holes=4),
        rules=Rules(spare_holes=1),
    )
    laid = np.flatnonzero(graph.duct >= 0)
    assert graph.length_m[laid].sum() == pytest.approx(100, rel=1e-3)
    assert set(graph.free_holes[laid].tolist()) == {3}
    pairs = sorted(zip(graph.tail[laid].tolist(), graph.head[laid].tolist(), strict=True))
    own = graph.street >= 0
    assert pairs == sorted(zip(graph.tail[own].tolist(), graph.head[own].tolist(), strict=True))
    assert graph.cost[laid].sum() / graph.cost[own].sum() == pytest.approx(27 / 260, rel=1e-3)


def test_a_duct_beside_the_street_is_entered_by_a_short_trench() -> None:
    graph = planning_graph(
        streets(line((0, 0), (100, 0))),
        customers(point(70, 10)),
        sites(point(0, 0)),
        crs=CRS,
        ducts=ducts(line((0, 5), (100, 5))),
    )
    into = (graph.street < 0) & (graph.duct < 0) & (graph.method == METHODS.index(Method.TRENCH))
    assert graph.length_m[into] == pytest.approx([5, 5, 5], rel=1e-3)


def test_streets_and_drops_keep_out_of_forbidden_areas() -> None:
    area = shapely.box(EAST + 40, NORTH - 50, EAST + 60, NORTH + 50)
    graph = planning_graph(
        streets(line((0, 0), (100, 0)), line((0, 0), (0, 80), (100, 80), (100, 0))),
        customers(point(20, 10), point(50, 20)),
        sites(point(0, 0)),
        crs=CRS,
        forbidden=shapes(area),
    )
    inner = shapely.box(EAST + 40.01, NORTH - 49.9, EAST + 59.99, NORTH + 49.9)
    assert not shapely.intersects(graph.geometry, inner).any()
    assert [(one.rule, one.value) for one in graph.faults] == [("S-05", "p1")]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["residential", "primary"]))
def test_every_length_is_that_of_its_geometry_on_the_ellipsoid(seed: int, kind: str) -> None:
    graph = town(seed, kind=kind)
    geod = Geod(ellps="WGS84")
    for i, shape in enumerate(graph.geometry):
        x, y = shapely.get_coordinates(shape).T
        assert graph.length_m[i] == pytest.approx(geod.line_length(*from_metric(x, y, CRS)), abs=1e-6)
        ends = [(graph.x[v], graph.y[v]) for v in (graph.tail[i], graph.head[i])]
        assert shapely.get_coordinates(shape)[[0, -1]] == pytest.approx(np.array(ends))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_same_input_gives_the_same_graph(seed: int) -> None:
    one, two = town(seed), town(seed)
    for name in ("x", "y", "tail", "head", "cost", "premises_node", "site_node"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(two.geometry).tolist()


def test_wrong_input_is_listed_and_the_rest_planned() -> None:
    road, far = line((0, 0), (100, 0)), line((5000, 0), (5100, 0))
    homes = replace(
        customers(point(10, 5), None, point(0, 4000), point(5050, 5), point(20, 5), point(30, 5)),
        ids=("a", "b", "c", "d", "e", "a"),
        households=np.array([9, 9, 9, 9, 0, 9]),
    )
    olts = sites(point(0, 0), point(0, 3000), None, ports=4)
    old = replace(ducts(road, line((0, 900), (50, 900)), road), free_holes=np.array([1, 4, 3]))
    graph = planning_graph(
        streets(road, line((50, 0), (50, 0)), point(0, 0), far),
        homes,
        olts,
        crs=CRS,
        ducts=old,
    )
    found = [(one.rule, one.value) for one in graph.faults]
    assert found == [
        ("S-02", "s2"),
        ("S-01", "s1"),
        ("S-15", "a"),
        ("S-14", "e"),
        ("S-03", "b"),
        ("S-08", "olt2"),
        ("S-12", "d0"),
        ("S-04", "c"),
        ("S-08", "olt1"),
        ("S-13", "d1"),
        ("S-06", "d"),
    ]
    assert (graph.premises_node >= 0).tolist() == [True, False, False, False, False, False]
    assert all(one.why.zh and one.mend.zh and "{" not in one.why.zh + one.why.en for one in graph.faults)


def test_premises_shifted_as_web_maps_shift_them_are_named() -> None:
    rng = np.random.default_rng(1)
    up, across = np.cumsum(rng.uniform(60, 180, 14)), np.cumsum(rng.uniform(60, 180, 14))
    roads = [line((0, v), (2000, v)) for v in up] + [line((v, 0), (v, 2000)) for v in across]
    x, y = rng.uniform(0, across[-1], 3000), rng.uniform(0, up[-1], 3000)
    # houses keep clear of the carriageway
    clear = (np.abs(x[:, None] - across).min(axis=1) > 26) & (np.abs(y[:, None] - up).min(axis=1) > 26)
    x, y = x[clear], y[clear]
    lon, lat = from_metric(EAST + x, NORTH + y, CRS)
    aside = np.column_stack(to_metric(*to_wgs84(lon, lat, Datum.GCJ02), CRS)) - np.column_stack([EAST + x, NORTH + y])
    plain = [point(*xy) for xy in zip(x, y, strict=True)]
    # taken as WGS84 though they are GCJ-02: off by what the way back takes away
    shifted = [point(a - dx, b - dy) for a, b, (dx, dy) in zip(x, y, aside, strict=True)]
    town_roads, olt = streets(*roads), sites(point(0, 0))
    right = planning_graph(town_roads, customers(*plain), olt, crs=CRS, rules=Rules(join_crossings=True))
    wrong = planning_graph(town_roads, customers(*shifted), olt, crs=CRS, rules=Rules(join_crossings=True))
    assert "S-11" not in [one.rule for one in right.faults]
    assert [one.value for one in wrong.faults if one.rule == "S-11"] == ["gcj02"]


def test_without_a_site_one_is_supposed_where_the_households_are() -> None:
    homes = Customers(("a", "b"), shapes(point(10, 5), point(90, 5)), np.array([1, 9]))
    graph = planning_graph(streets(line((0, 0), (80, 0), (100, 0))), homes, sites(), crs=CRS)
    assert [(one.rule, one.value) for one in graph.faults] == [("S-07", "supposed-1")]
    assert graph.x[graph.site_node[0]] - EAST == pytest.approx(90, abs=0.01)


def test_nothing_to_lay_a_cable_in_is_refused() -> None:
    with pytest.raises(InputError):
        planning_graph(streets(line((0, 0), (9, 0)), kind="motorway"), customers(), sites(point(0, 0)), crs=CRS)


def test_prices_that_cannot_be_used_are_named_and_the_example_taken() -> None:
    rows = [
        {"method": "trench", "surface": "pavement", "cny_per_m": "-3"},
        {"method": "trench", "surface": "carriageway", "cny_per_m": "300", "source_zh": "某招标", "year": "2023"},
        {"method": "helicopter", "surface": "pavement", "cny_per_m": "1"},
    ]
    prices, faults = prices_of(rows, id="own")
    assert prices.of(Method.TRENCH, Surface.CARRIAGEWAY) == 300
    assert prices.of(Method.TRENCH, Surface.PAVEMENT) == 180
    assert [(one.rule, one.value) for one in faults[:1]] == [("S-09", "trench/pavement")]
    assert {one.rule for one in faults[1:]} == {"S-10"}
    assert len(faults) == len(example_prices().per_m) - 1


def test_the_example_prices_are_of_the_order_of_qingyuan_2020() -> None:
    """2,685 km of poles and 615 km of shallow burial in a project of CNY 113 million: civil works are half and more."""
    prices = example_prices()
    civil = 2_685_000 * prices.of(Method.AERIAL, Surface.UNPAVED) + 615_000 * prices.of(Method.TRENCH, Surface.UNPAVED)
    assert 0.5 < civil / 113e6 < 0.8
