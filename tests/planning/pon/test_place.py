"""Where splitters stand: against every placement there is on small trees, and laws on larger ones."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.planning.pon.catalogue import schemes, shipped_catalogue
from guangcheng.planning.pon.model import BOX, NONE, PRIMARY, Forest, children_first
from guangcheng.planning.pon.place import evaluate, place, place_best

SCHEMES = schemes()


def a_forest(seed: int, nodes: int, roots: int = 1) -> Forest:
    rng = np.random.default_rng(seed)
    parent = np.array([-1] * roots + [int(rng.integers(0, v)) for v in range(roots, nodes)])
    leaf = np.bincount(parent[roots:], minlength=nodes) == 0
    leaf[:roots] = False
    homes = np.where(leaf, rng.integers(1, 100, nodes), 0)
    ports = np.where(leaf, np.ceil(homes * 0.7), 0).astype(np.int64)
    fibres = np.where(leaf, rng.integers(1, 3, nodes), 0)
    length = np.where(parent < 0, 0.0, rng.integers(0, 400, nodes)).astype(np.float64)
    own = leaf & (homes > 70)
    return Forest(parent, length, homes, ports, fibres, np.ones(nodes, dtype=bool), own)


def every(forest: Forest, single: bool) -> list[np.ndarray]:
    kinds = (NONE, BOX) if single else (NONE, BOX, PRIMARY)
    free = [kinds if forest.parent[v] >= 0 else (PRIMARY,) for v in range(forest.nodes)]
    return [np.array(one) for one in product(*free)]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7), st.sampled_from(sorted(SCHEMES)))
def test_nothing_is_cheaper_on_small_trees(seed: int, nodes: int, name: str) -> None:
    forest, way, catalogue = a_forest(seed, nodes), SCHEMES[name], shipped_catalogue()
    found = place(forest, catalogue, way, labels=100_000)
    assert found.exact
    costs = [evaluate(forest, catalogue, way, stands) for stands in every(forest, way.first == 1)]
    least = min((one.excess, one.cost) for one in costs)
    assert found.excess == least[0]
    assert found.cost == pytest.approx(least[1])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_exchanges_never_beat_the_programme_that_dropped_nothing(seed: int, roots: int) -> None:
    forest, catalogue = a_forest(seed, 10, roots), shipped_catalogue()
    way = SCHEMES["8x8"]
    best = place(forest, catalogue, way, labels=100_000)
    quick = place(forest, catalogue, way, labels=2)
    assert (best.excess, best.cost) <= (quick.excess, quick.cost + 1e-6)


def test_the_same_seed_gives_the_same_placement() -> None:
    forest, catalogue = a_forest(5, 120), shipped_catalogue()
    one, two = (place(forest, catalogue, SCHEMES["4x16"], labels=5, seed=3) for _ in range(2))
    assert one.stands.tolist() == two.stands.tolist()
    assert one.cost == two.cost


def test_a_placement_found_costs_what_it_is_evaluated_to() -> None:
    forest, catalogue = a_forest(9, 150, 2), shipped_catalogue()
    best = place_best(forest, catalogue, SCHEMES.values(), labels=8)
    assert best is not None
    again = evaluate(forest, catalogue, best.scheme, best.stands)
    assert again.cost == pytest.approx(best.cost)
    assert again.stands.tolist() == best.stands.tolist()
    for name in SCHEMES:
        assert best.cost <= place(forest, catalogue, SCHEMES[name], labels=8).cost + 1e-6


def test_a_lone_house_costs_what_a_hand_reckons() -> None:
    """House - 30 m - OLT, 1:8 × 1:8 at the OLT: port, 1:2 and 1:2, 30 m of 2 fibres, 2 fusions, 6 connectors."""
    none = np.zeros(2, dtype=np.int64)
    one = np.array([0, 1])
    forest = Forest(np.array([-1, 0]), np.array([0.0, 30.0]), one, one, one, np.array([True, False]), none.astype(bool))
    found = place(forest, shipped_catalogue(), SCHEMES["8x8"])
    assert found.cost == pytest.approx(1100 + 45 + 45 + 30 * 3.0 + 2 * 12 + 6 * 9)


def test_a_loop_is_refused() -> None:
    with pytest.raises(ValueError, match="loop"):
        children_first(np.array([1, 2, 0]))
