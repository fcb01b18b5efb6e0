"""Larger graphs: every answer checked from the file itself; the clock, and what the checker catches."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guangcheng.planning.steiner.files import read
from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.steiner.solve import solve
from tests.planning.steiner.checker import faults, load

Answer = dict[str, Any]


def streets(side: int, terminals: int, seed: int) -> Problem:
    """A street grid with seeded lengths, like a small town."""
    rng = np.random.default_rng(seed)
    cell = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([cell[:, :-1].ravel(), cell[:-1, :].ravel()])
    head = np.concatenate([cell[:, 1:].ravel(), cell[1:, :].ravel()])
    prize = np.zeros(side * side)
    prize[rng.choice(side * side, terminals, replace=False)] = np.inf
    return Problem(Network.of(side * side, tail, head, rng.integers(40, 400, tail.size)), prize)


def answered(problem: Problem, **options: Any) -> Answer:
    """The answer as the command prints it."""
    from guangcheng.apps.cli.solve_steiner import answer_object

    return answer_object(problem, solve(problem, **options), 0.0)


def as_instance(problem: Problem) -> dict[str, Any]:
    """The problem as the checker reads it from a file."""
    net = problem.network
    edges = zip((net.tail + 1).tolist(), (net.head + 1).tolist(), net.cost.tolist(), strict=True)
    prizes = {v + 1: float(problem.prize[v]) for v in problem.terminals.tolist()}
    return {"nodes": net.vertices, "edges": list(edges), "prizes": prizes, "root": None}


def test_a_town_is_solved_close_to_its_bound() -> None:
    """1,600 crossings, 120 customers: checked, and proven to 2 %."""
    problem = streets(40, 120, seed=3)
    answer = answered(problem, effort=3)
    assert faults(as_instance(problem), answer) == []
    assert answer["gap"] <= 0.02


def test_when_the_time_is_up_the_best_so_far_is_given() -> None:
    """Whenever the clock stops the search, there is a tree, and the bound is one."""
    problem = streets(30, 60, seed=5)
    whole = solve(problem, effort=4)
    for looks in (0, 1, 2, 5, 20):
        answer = answered(problem, left=countdown(looks))
        assert faults(as_instance(problem), answer) == []
        assert answer["lower_bound"] <= whole.cost
        assert answer["cost"] >= whole.lower_bound


def countdown(looks: int) -> Callable[[], float]:
    """A clock that says the time is up at the look after so many."""
    left = iter([1.0] * looks)
    return lambda: next(left, 0.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a["edges"].pop(), "not a tree: edges and vertices do not match"),
        (lambda a: a.update(cost=a["cost"] - 1), "costs"),
        (lambda a: a.update(lower_bound=a["cost"] + 1), "the bound is above the cost"),
        (lambda a: a.update(terminals_connected=0), "terminals are counted wrongly"),
        (lambda a: a["nodes"].append(a["nodes"][0]), "vertices are listed twice or not at all"),
        (lambda a: a["edges"].append([1, 40]), "no edge (1, 40)"),
    ],
)
def test_the_checker_catches_faults(change: Callable[[Answer], Any], said: str) -> None:
    """The checker itself is checked: each fault put into a right answer is found."""
    problem = streets(10, 8, seed=1)
    answer = answered(problem, effort=2)
    assert faults(as_instance(problem), answer) == []
    change(answer)
    assert any(fault.startswith(said) for fault in faults(as_instance(problem), answer))


@pytest.mark.needs_shared
@pytest.mark.parametrize("family", ["rpcst_cologne1", "pcspg_jmp", "steinlib_B"])
def test_known_optima_are_reached_and_proven(shared: Path, family: str) -> None:
    """Every prize-collecting instance and SteinLib B, to proven optimality."""
    folder = shared / "data" / "steiner"
    with (folder / "known.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: float(row["best_upper"]) for row in csv.DictReader(file) if row["set"] == family}
    assert len(known) >= 12
    for name, optimum in known.items():
        path = folder / family / f"{name}.gz"
        answer = answered(read(path))
        assert faults(load(path), answer) == [], name
        assert answer["cost"] == pytest.approx(optimum, rel=1e-9), name
        assert answer["proven_optimal"], name


@pytest.mark.needs_shared
def test_a_real_access_network_is_solved_closely(shared: Path) -> None:
    """The smallest network of the series: within 0.06 % of the optimum, certified to 0.15 %."""
    path = shared / "data" / "steiner" / "vienna_i_simple" / "I056.gr.gz"
    answer = answered(read(path), effort=3)
    assert faults(load(path), answer) == []
    assert answer["cost"] <= 14171206 * 1.0006
    assert answer["gap"] <= 0.0015
