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
