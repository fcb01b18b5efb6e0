"""The whole way: those without light or port are named with the reason, the rest is planned."""

from dataclasses import replace

import numpy as np

from guangcheng.planning.fibre.tables import power_class, shipped_losses
from guangcheng.planning.pon.catalogue import schemes, shipped_catalogue
from guangcheng.planning.pon.model import Forest
from guangcheng.planning.pon.plan import Plan, plan
from tests.planning.pon.test_place import a_forest

WAYS = [schemes()["8x8"], schemes()["64"]]


def planned(forest: Forest, ports: dict[int, int] | None = None) -> Plan:
    return plan(
        forest, shipped_catalogue(), WAYS, power_class("gpon-c+"), shipped_losses(), ports=ports, labels=6, shakes=2
    )


def test_customers_too_far_are_named_and_the_rest_is_planned() -> None:
    forest = a_forest(2, 30)
    far = int(np.flatnonzero(forest.ports)[-1])
    length = forest.length_m.copy()
    length[far] = 40_000.0
    found = planned(replace(forest, length_m=length))
    assert [(one.node, one.reason, one.households) for one in found.unserved] == [
        (far, "budget", int(forest.homes[far]))
    ]
    assert "dB" in found.unserved[0].words.en
    assert len(found.design.onts) == int(forest.ports.sum() - forest.ports[far])
    assert found.lit.dark == ()


def test_an_olt_with_too_few_ports_leaves_its_farthest_customers() -> None:
    forest = a_forest(4, 30)
    free = planned(forest)
    needed = len(free.design.ports)
    found = planned(forest, {0: needed - 1})
    assert len(found.design.ports) <= needed - 1
    assert {one.reason for one in found.unserved} == {"ports"}
    served = {ont.node for ont in found.design.onts}
    assert served | {one.node for one in found.unserved} == set(np.flatnonzero(forest.ports).tolist())
    assert planned(forest, {0: needed}).unserved == ()


def test_an_olt_without_ports_serves_nobody() -> None:
    found = planned(a_forest(4, 12), {0: 0})
    assert found.design.onts == ()
    assert found.design.cables == ()
    assert found.placement.cost == 0


def test_the_same_input_gives_the_same_plan() -> None:
    assert planned(a_forest(6, 40)).design == planned(a_forest(6, 40)).design


def by_ways(forest: Forest, room: int | None, *names: str) -> Plan:
    return plan(
        forest,
        shipped_catalogue(),
        [schemes()[name] for name in names],
        power_class("gpon-c+"),
        shipped_losses(),
        room=room,
        labels=6,
        shakes=2,
    )


def test_a_scheme_that_needs_more_ports_than_there_are_counts_those_it_cannot_serve() -> None:
    """12 km from the OLT 1:64 leaves some dark; 1:32 lights all but needs three times the ports."""
    forest = a_forest(2, 30)
    forest = replace(forest, length_m=forest.length_m + np.where(forest.parent == 0, 12_000.0, 0.0))
    narrow, wide = by_ways(forest, None, "32"), by_ways(forest, None, "64")
    dark = sum(one.households for one in wide.unserved)
    assert narrow.unserved == ()
    assert 0 < dark < forest.homes.sum() / 2
    few, enough = len(wide.design.ports), len(narrow.design.ports)
    assert few < enough / 2
    assert by_ways(forest, None, "64", "32").placement.scheme.id == "32"
    assert by_ways(forest, enough, "64", "32").placement.scheme.id == "32"
    found = by_ways(forest, few, "64", "32")
    assert (found.placement.scheme.id, found.unserved) == ("64", wide.unserved)


def test_the_scheme_taken_is_the_best_of_all_drawn_alone() -> None:
    forest = a_forest(5, 40)
    length = forest.length_m * 40
    forest = replace(forest, length_m=length)
    every = [by_ways(forest, None, name) for name in schemes()]
    taken = by_ways(forest, None, *schemes())
    lost = [sum(left.households for left in one.unserved) for one in every]
    assert sum(left.households for left in taken.unserved) == min(lost)
    assert min(lost) < max(lost)
