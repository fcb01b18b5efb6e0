"""Antennas, budget, maps: the compiled loop against the formula, and the laws of coverage."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.planning.radio.antenna import Antenna, attenuation, horizontal, vertical
from guangcheng.planning.radio.budget import (
    THRESHOLD,
    location_probability,
    margin_db,
    normal,
    per_resource_element,
)
from guangcheng.planning.radio.ranges import Link, Scenario
from guangcheng.planning.radio.raster import Cell, Grid, Indoors, Profile, chance, levels_at, reached_share, rsrp_map

UMA = Profile(Scenario.UMA, Link(3.5, 25.0), Antenna(17.0), 6.0, 46.0, 273)
UMI = Profile(Scenario.UMI, Link(3.5, 10.0), Antenna(8.0, omni=True), 0.0, 37.0, 273, cut_m=800.0)
KINDS = [UMA, UMI]
GRID = Grid(10.0, 10.0, 100.0, 24, 20)


def test_the_pattern_of_the_report() -> None:
    """TR 38.901 table 7.3-1: 3 dB at half the width, 30 dB at most, both planes together 30 dB at most."""
    antenna = Antenna()
    assert horizontal(antenna, np.array([0.0, 32.5, -32.5, 180.0, 392.5])).tolist() == [0, 3, 3, 30, 3]
    assert vertical(antenna, np.array([6.0, 38.5]), 6.0).tolist() == [0, 3]
    assert float(attenuation(antenna, np.array(180.0), np.array(90.0), 0.0)) == 30.0
    assert float(horizontal(replace(antenna, omni=True), np.array(180.0))) == 0.0


def test_power_of_one_resource_element() -> None:
    assert per_resource_element(46.0, 273) == pytest.approx(46 - 10 * np.log10(3276))
    assert per_resource_element(30.0, 1) == pytest.approx(30 - 10 * np.log10(12))
    with pytest.raises(InputError, match="0 resource blocks"):
        per_resource_element(46.0, 0)


def test_the_normal_distribution_and_the_margin() -> None:
    z = np.linspace(-5, 5, 101)
    assert normal(z) == pytest.approx([NormalDist().cdf(float(value)) for value in z], abs=7.5e-8)
    assert margin_db(6.0) == pytest.approx(9.869, abs=1e-3)
    median = -105 + margin_db(6.0, 0.9)
    found = location_probability(
        -105.0, np.array([0.0]), (np.array([0.0]), np.array([4.0])), (np.array([median]), np.array([6.0]))
    )
    assert found[0] == pytest.approx(0.9, abs=1e-6)


cells_of = st.lists(
    st.builds(
        Cell,
        x=st.floats(-500, 3000),
        y=st.floats(-500, 2500),
        azimuth_deg=st.floats(-400, 400),
        profile=st.integers(0, 1),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(cells_of)
def test_the_compiled_map_is_the_formula(cells: list[Cell]) -> None:
    found = rsrp_map(cells, KINDS, GRID)
    x, y = np.meshgrid(GRID.x0 + GRID.pixel_m * np.arange(24), GRID.y0 + GRID.pixel_m * np.arange(20))
    levels = levels_at(cells, KINDS, x.ravel(), y.ravel())
    nothing = np.isnan(levels).all(axis=0)
    best = np.where(nothing, np.nan, np.max(np.where(np.isnan(levels), -np.inf, levels), axis=0))
    assert np.array_equal(np.isnan(found.dbm.ravel()), nothing)
    assert found.no_data == int(nothing.sum())
    assert found.dbm.ravel()[~nothing] == pytest.approx(best[~nothing], abs=0.01)
    served = found.server.ravel()
    assert (served[nothing] == -1).all()
    of_server = levels[served[~nothing], np.flatnonzero(~nothing)]
    assert of_server == pytest.approx(best[~nothing], abs=0.01)


@settings(max_examples=25, deadline=None)
@given(cells_of, cells_of)
def test_more_sites_never_reduce_reach(some: list[Cell], more: list[Cell]) -> None:
    one, two = rsrp_map(some, KINDS, GRID), rsrp_map([*some, *more], KINDS, GRID)
    assert (np.nan_to_num(two.dbm, nan=-999.0) >= np.nan_to_num(one.dbm, nan=-999.0)).all()
    assert two.no_data <= one.no_data


def test_pixels_too_near_or_too_far_are_no_data_and_counted() -> None:
    grid = Grid(0.0, 0.0, 5.0, 1, 400)
    found = rsrp_map([Cell(0.0, 0.0, 0.0, 0)], [UMI], grid)
    metres = 5.0 * np.arange(400)
    inside = (metres >= 10) & (metres <= 800)
    assert np.array_equal(~np.isnan(found.dbm[:, 0]), inside)
    assert found.no_data == int((~inside).sum())
    assert (chance(found, [Cell(0.0, 0.0, 0.0, 0)], [UMI], grid, THRESHOLD)[~inside, 0] == 0).all()
    empty = rsrp_map([], [UMI], grid)
    assert (empty.no_data, empty.evaluations) == (400, 0)
    with pytest.raises(InputError, match="grid is empty"):
        rsrp_map([], [UMI], replace(grid, rows=0))


def test_a_map_is_the_same_twice_and_whatever_the_order() -> None:
    cells = [Cell(100.0 * k, 70.0 * k, 40.0 * k, k % 2) for k in range(12)]
    one, two = rsrp_map(cells, KINDS, GRID), rsrp_map(cells[::-1], KINDS, GRID)
    assert one.dbm.tobytes() == two.dbm.tobytes()
    assert np.array_equal(np.where(two.server >= 0, 11 - two.server, -1), one.server)


def test_chance_falls_with_the_threshold_and_indoors() -> None:
    cells = [Cell(1200.0, 1000.0, azimuth, 0) for azimuth in (0.0, 120.0, 240.0)]
    found = rsrp_map(cells, [UMA], GRID)
    outdoors = chance(found, cells, [UMA], GRID, THRESHOLD)
    indoors = chance(found, cells, [UMA], GRID, THRESHOLD, Indoors(15.0, 6.0))
    assert (indoors <= outdoors).all()
    assert outdoors.max() > 0.99 > indoors[0, 0]
    # with the level far above its threshold everywhere in sight or not, the chance is certain
    sure = chance(found, cells, [UMA], GRID, replace(THRESHOLD, dbm=-200.0))
    assert sure.min() > 0.999999
    share = reached_share(outdoors, np.ones(outdoors.shape, dtype=bool))
    assert share.pixels == 480
    assert share.reached == int((outdoors >= 0.95).sum())
    assert share.mean_probability == pytest.approx(outdoors.mean())
    assert reached_share(outdoors, np.zeros(outdoors.shape, dtype=bool)).mean_probability == 0.0


def test_a_chance_by_simulation() -> None:
    """One pixel: draw sight and shadowing 200,000 times and count."""
    from guangcheng.planning.radio.pathloss import los_probability, path_loss
    from guangcheng.planning.radio.ranges import Sight

    cell, grid = Cell(0.0, 0.0, 0.0, 0), Grid(0.0, 400.0, 20.0, 1, 1)
    found = rsrp_map([cell], [UMA], grid)
    at = np.array([400.0])
    rng = np.random.default_rng(5)
    seen = rng.random(200_000) < los_probability(Scenario.UMA, at, UMA.link)[0]
    down = np.degrees(np.arctan2(23.5, 400.0))
    gain = UMA.eirp_dbm - float(vertical(UMA.antenna, np.array(down), 6.0))
    los, nlos = (float(path_loss(Scenario.UMA, sight, at, UMA.link)[0]) for sight in Sight)
    level = gain - np.where(seen, los + 4 * rng.standard_normal(200_000), nlos + 6 * rng.standard_normal(200_000))
    threshold = replace(THRESHOLD, dbm=-100.0)
    assert chance(found, [cell], [UMA], grid, threshold)[0, 0] == pytest.approx((level >= -100).mean(), abs=0.005)
