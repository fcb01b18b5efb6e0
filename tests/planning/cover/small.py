"""Tiny covering problems and their best answers by trying every choice."""

import itertools

import numpy as np
from numpy.typing import NDArray

from guangcheng.planning.cover.merge import groups_of_points
from guangcheng.planning.cover.model import Goal, Groups, Problem


def points(seed: int, sites: int = 9, customers: int = 60, radius: float = 3.0, need: int = 1) -> Groups:
    """Return groups of random points on a 10 × 10 field; coordinates are whole, so that ties happen."""
    rng = np.random.default_rng(seed)
    sx, sy = rng.integers(0, 11, (2, sites)).astype(float)
    x, y = rng.integers(0, 11, (2, customers)).astype(float)
    return groups_of_points(sx, sy, x, y, rng.integers(0, 20, customers), radius, need=np.full(customers, need))


def costs(seed: int, sites: int) -> NDArray[np.float64]:
    """Return random whole costs 1…9."""
    return np.random.default_rng(seed + 77).integers(1, 10, sites).astype(float)


def choices(sites: int) -> NDArray[np.bool_]:
    """Every choice of sites, one a row."""
    return np.array(list(itertools.product([False, True], repeat=sites)))


def best(problem: Problem) -> float:
    """Return the best value by trying every choice."""
    values = [problem.value(choice) for choice in choices(problem.groups.sites) if problem.feasible(choice)]
    return max(values) if problem.goal is Goal.MOST else min(values)
