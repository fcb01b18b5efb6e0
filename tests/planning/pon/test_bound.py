"""The bound of the benchmark: never above a plan, and larger for more homes; instances made again from their seed."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.apps.bench.pon import CASES, Case, run_pon_bench
from guangcheng.base.errors import NotFound
from guangcheng.planning.pon.bound import _sites, bound, forest_of, trench_and_cable
from guangcheng.planning.pon.catalogue import Scheme, schemes, shipped_catalogue
from guangcheng.planning.pon.instances import PonInstance, generate
from guangcheng.planning.pon.place import place
from guangcheng.planning.steiner.model import Network, Problem
from guangcheng.planning.steiner.solve import solve
from tests.apps.cli.schemas import validate
from tests.conftest import ROOT

COMMITTED = ROOT / "docs" / "reference" / "bench-pon.json"
SIDE = 6


def a_grid(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    pairs = [(v, v + 1) for v in range(SIDE * SIDE) if v % SIDE < SIDE - 1]
    pairs += [(v, v + SIDE) for v in range(SIDE * SIDE - SIDE)]
    cost = rng.integers(1, 100, len(pairs)).astype(np.float64)
    prize = np.zeros(SIDE * SIDE)
    prize[rng.choice(SIDE * SIDE, 9, replace=False)] = np.inf
    return Problem(Network.of(SIDE * SIDE, [u for u, _ in pairs], [v for _, v in pairs], cost), prize)


def least(instance: PonInstance, ways: list[Scheme]) -> float:
    catalogue = shipped_catalogue()
    steiner = solve(trench_and_cable(instance, catalogue), effort=2).lower_bound
    return bound(instance, catalogue, ways, steiner=steiner).total


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8), st.sampled_from(sorted(schemes())))
def test_no_plan_costs_less_than_the_bound(seed: int, customers: int, name: str) -> None:
    catalogue, way = shipped_catalogue(), schemes()[name]
    instance = generate("grid", a_grid(seed), customers=customers, seed=seed)
    tree = solve(trench_and_cable(instance, catalogue), effort=2)
    forest, _ = forest_of(instance, tree.edges)
    found = place(forest, catalogue, way, labels=300)
    cost = float(instance.network.cost[tree.edges].sum()) + found.cost
    assert found.excess == 0
    assert least(instance, [way]) <= cost
    assert least(instance, list(schemes().values())) <= least(instance, [way])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8))
def test_fewer_customers_never_have_a_larger_bound(seed: int, customers: int) -> None:
    instance = generate("grid", a_grid(seed), customers=customers, seed=seed)
    last = instance.customer[-1]
    fewer = _without(instance, int(last))
    assert least(fewer, list(schemes().values())) <= least(instance, list(schemes().values())) + 1e-6


def shared_out(homes: int, most: int) -> list[tuple[int, ...]]:
    """All ways to share ``homes`` out among sites of at most ``most``, largest first."""
    if homes == 0:
        return [()]
    return [(n, *rest) for n in range(1, min(homes, most) + 1) for rest in shared_out(homes - n, n)]


@pytest.mark.parametrize("homes", range(1, 15))
@pytest.mark.parametrize("name", ["64", "4x16"])
@pytest.mark.parametrize("olts", [1, 2])
def test_the_cheapest_sites_are_those_of_all_ways_to_share_homes_out(homes: int, name: str, olts: int) -> None:
    shipped = shipped_catalogue()
    single = dict(shipped.single)
    single["cabinet"], single["room"] = (replace(single[k], capacity=n) for k, n in (("cabinet", 2), ("room", 6)))
    catalogue, way, box = replace(shipped, single=single), replace(schemes()[name], first=1, second=4), 420.0
    port, joint = catalogue.cny("olt_port") + 2 * catalogue.cny("connector"), 2 * catalogue.cny("fusion")

    def cost(sites: tuple[int, ...]) -> float:
        housed = [(single["cabinet"] if n <= 2 else single["room"]).cny - box for n in sites]
        return sum(housed) + sum(-(-n // 4) * (port + joint) for n in sites)

    ways = [
        -(-near // 4) * port + cost(sites)
        for near in range(min(homes, 6 * olts) + 1)
        for sites in shared_out(homes - near, 6)
    ]
    assert _sites(catalogue, homes, way, box, olts) == pytest.approx(min(ways))


def _without(instance: PonInstance, customer: int) -> PonInstance:
    """The instance less its last customer (the last vertex, whose riser is the last edge)."""
    net, count = instance.network, instance.customer.size
    entry = customer - count
    kept = np.flatnonzero((net.tail != customer) & (net.head != customer) & (net.tail != entry) & (net.head != entry))
    number = np.cumsum(~np.isin(np.arange(net.vertices), [customer, entry])) - 1
    network = Network.of(net.vertices - 2, number[net.tail[kept]], number[net.head[kept]], net.cost[kept])
    return replace(
        instance,
        network=network,
        length_m=instance.length_m[kept],
        root=int(number[instance.root]),
        customer=number[instance.customer[:-1]],
        homes=instance.homes[:-1],
        own_box=np.delete(instance.own_box, [customer, entry]),
    )


def test_an_instance_is_made_again_from_its_seed() -> None:
    one, two = (generate("grid", a_grid(3), customers=6, seed=4) for _ in range(2))
    other = generate("grid", a_grid(3), customers=6, seed=5)
    assert one.homes.tolist() == two.homes.tolist()
    assert one.length_m.tolist() == two.length_m.tolist()
    assert one.homes.tolist() != other.homes.tolist()
    assert (one.own_box.nonzero()[0] < one.customer.min()).all()


def test_the_measurement_of_a_made_up_graph(tmp_path: Path) -> None:
    problem = a_grid(8)
    net = problem.network
    lines = ["SECTION Graph", f"Nodes {net.vertices}", f"Edges {net.edges}"]
    edges = zip(net.tail, net.head, net.cost, strict=True)
    lines += [f"E {u + 1} {v + 1} {int(c)}" for u, v, c in edges]
    lines += ["END", "SECTION Terminals", f"Terminals {problem.terminals.size}"]
    lines += [*(f"T {v + 1}" for v in problem.terminals), "END", "EOF"]
    (tmp_path / "grid.gr.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    result = run_pon_bench(tmp_path, cases=(Case("grid", 6, 1),), shakes=2)
    validate("bench-pon", result)
    one = result["instances"][0]
    assert one["customers"] == 6
    assert 0 < one["lower_bound"] <= one["cost"]
    with pytest.raises(NotFound):
        run_pon_bench(tmp_path, cases=(Case("absent", 6, 1),))


def test_the_committed_figures_are_those_of_published_cases() -> None:
    result = json.loads(COMMITTED.read_text(encoding="utf-8"))
    validate("bench-pon", result)
    found = [(one["file"], one["seed"]) for one in result["instances"]]
    assert found == [(case.file, case.seed) for case in CASES[: len(found)]]
    for one in result["instances"]:
        assert one["gap"] == pytest.approx(1 - one["lower_bound"] / one["cost"], abs=1e-5)
        assert one["share_inside"] >= result["targets"]["share"]


@pytest.mark.needs_shared
def test_a_real_street_graph_keeps_the_gap_wanted(shared: Path) -> None:
    result = run_pon_bench(shared / "data" / "steiner" / "vienna_i_simple", cases=CASES[:2], shakes=5)
    assert [one["share_inside"] >= 0.35 for one in result["instances"]] == [True, True]
    assert all(0 < one["gap"] < 0.12 for one in result["instances"])
