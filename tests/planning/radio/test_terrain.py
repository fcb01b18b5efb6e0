"""Diffraction over profiles against another implementation, and maps over terrain."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.planning.radio.antenna import Antenna, attenuation
from guangcheng.planning.radio.ranges import Link, Scenario
from guangcheng.planning.radio.raster import Cell, Grid, Profile
from guangcheng.planning.radio.terrain import LIGHT, Ground, diffraction, terrain_map

VECTORS = Path(__file__).parent / "data" / "terrain.csv"
KIND = Profile(Scenario.UMA, Link(3.5, 25.0), Antenna(17.0), 6.0, 46.0, 273)
GRID = Grid(0.0, 0.0, 50.0, 31, 21)
FLAT = Ground(GRID, np.zeros((21, 31)))


def test_bullington_agrees_with_another_implementation() -> None:
    """P.452 adds a smooth-earth term where that is larger; it does at a few of these short paths, never less."""
    differences = []
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            heights = np.array([float(value) for value in row["heights"].split()])
            ends = (float(row["bs_m"]), float(row["ut_m"]))
            ours = diffraction(heights, float(row["metres"]), ends, float(row["ghz"]))
            differences.append(ours - float(row["loss_db"]))
    found = np.array(differences)
    assert found.size == 240
    assert int((np.abs(found) < 0.001).sum()) >= 200
    assert found.max() < 0.001


def test_one_edge_by_hand() -> None:
    """A wall of 60 m half-way along 3 km between 25 m and 1.5 m."""
    heights = np.array([0.0] * 50 + [60.0] + [0.0] * 50)
    bulge = 1500.0 * 1500.0 / (2 * 8.5e6)
    v = (60 + bulge - 13.25) * (2 * 3000 / (LIGHT / 3.5e9 * 1500 * 1500)) ** 0.5
    knife = 6.9 + 20 * np.log10(np.sqrt((v - 0.1) ** 2 + 1) + v - 0.1)
    assert diffraction(heights, 3000.0, (25.0, 1.5), 3.5) == pytest.approx(knife + (1 - np.exp(-knife / 6)) * 10.06)
    assert diffraction(np.zeros(101), 3000.0, (25.0, 25.0), 3.5) == 0.0


def test_flat_ground_is_free_space() -> None:
    cell = Cell(750.0, 500.0, 90.0, 0)
    found = terrain_map([cell], [KIND], GRID, FLAT, far_m=600.0)
    x, y = np.meshgrid(50.0 * np.arange(31), 50.0 * np.arange(21))
    d = np.hypot(x - 750, y - 500)
    inside = (d >= 10) & (d <= 600)
    assert np.array_equal(~np.isnan(found.dbm), inside)
    assert found.no_data == int((~inside).sum())
    free = 20 * np.log10(4 * np.pi * np.hypot(d, 23.5) * 3.5e9 / LIGHT)
    bearing, down = np.degrees(np.arctan2(x - 750, y - 500)), np.degrees(np.arctan2(23.5, d))
    taken = attenuation(KIND.antenna, bearing - 90.0, down, 6.0)
    near = inside & (d <= 300)  # farther out the ground begins to touch the Fresnel zone
    assert found.dbm[near] == pytest.approx((KIND.eirp_dbm - taken - free)[near])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 100), st.floats(0.0, 200.0))
def test_a_higher_hill_never_helps(seed: int, place: int, more: float) -> None:
    heights = np.random.default_rng(seed).uniform(0, 40, 101)
    higher = heights.copy()
    at = 1 + place % 99
    higher[at] += more
    assert diffraction(higher, 3000.0, (25.0, 1.5), 3.5) >= diffraction(heights, 3000.0, (25.0, 1.5), 3.5) - 1e-9


def test_more_masts_never_reduce_and_a_ridge_shades() -> None:
    heights = np.zeros((21, 31))
    heights[:, 15] = 80.0
    ground = Ground(GRID, heights)
    west, east = Cell(200.0, 500.0, 90.0, 0), Cell(1300.0, 500.0, 270.0, 0)
    one = terrain_map([west], [KIND], GRID, ground, far_m=2000.0)
    two = terrain_map([west, east], [KIND], GRID, ground, far_m=2000.0)
    assert (np.nan_to_num(two.dbm, nan=-999.0) >= np.nan_to_num(one.dbm, nan=-999.0)).all()
    flat = terrain_map([west], [KIND], GRID, FLAT, far_m=2000.0)
    assert (one.dbm[:, 20] < flat.dbm[:, 20] - 15).all()
    assert two.server[10, 24] == 1


def test_bad_heights_are_refused() -> None:
    cell = Cell(200.0, 500.0, 90.0, 0)
    for heights, words in ((np.zeros((3, 3)), "shape"), (np.full((21, 31), np.nan), "holes")):
        with pytest.raises(InputError, match=words):
            terrain_map([cell], [KIND], GRID, Ground(GRID, heights), far_m=600.0)
    with pytest.raises(InputError, match="outside the heights"):
        terrain_map([replace(cell, x=-1.0)], [KIND], GRID, FLAT, far_m=600.0)
    assert terrain_map([], [KIND], GRID, FLAT, far_m=600.0).no_data == 651
