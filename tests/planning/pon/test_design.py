"""The network fibre by fibre: every ONT is traced by its joints alone, and all that is built is counted again."""

import csv
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.planning.fibre.tables import power_class, shipped_losses
from guangcheng.planning.pon.catalogue import limits, schemes, shipped_catalogue
from guangcheng.planning.pon.checks import gb50846, light, optical_path, upgrade_path
from guangcheng.planning.pon.design import Design, design
from guangcheng.planning.pon.model import Forest
from guangcheng.planning.pon.place import place, place_best
from guangcheng.planning.pon.tables import boq_table, checks_table, network_tables
from tests.conftest import ROOT
from tests.planning.pon.test_place import SCHEMES, a_forest

cases = given(st.integers(0, 10_000), st.integers(2, 60), st.integers(1, 2), st.sampled_from(sorted(SCHEMES)))


def planned(seed: int, nodes: int, roots: int, name: str) -> tuple[Forest, Design]:
    forest = a_forest(seed, max(nodes, roots + 1), roots)
    return forest, design(forest, place(forest, shipped_catalogue(), schemes()[name], labels=6, shakes=2))


@settings(max_examples=25, deadline=None)
@cases
def test_every_ont_is_traced_to_its_port(seed: int, nodes: int, roots: int, name: str) -> None:
    forest, found = planned(seed, nodes, roots, name)
    above = {(j.down[0], j.down[1], j.down[2]): j for j in found.joints}
    assert len(above) == len(found.joints)  # nothing is fed twice
    assert max(Counter(j.up for j in found.joints).values()) == 1  # and nothing feeds two
    cables = {cable.id: cable for cable in found.cables}
    ratios = {splitter.id: splitter.ratio for splitter in found.splitters}
    assert len(found.onts) == int(forest.ports.sum())
    for ont in found.onts:
        down: tuple[str, str, int | None] = ("ont", ont.id, None)
        metres, connectors, fusions, split, place_now = 0.0, 0, 0, [], ont.node
        while down[0] != "port":
            joint = above[down]
            assert joint.node == place_now
            connectors, fusions = connectors + joint.connectors, fusions + joint.fusions
            kind, which, number = joint.up
            if kind == "cable":
                cable = cables[which]
                assert 1 <= number <= cable.used
                assert cable.end == place_now
                metres, place_now, down = metres + cable.length_m, cable.start, ("cable", which, number)
            elif kind == "splitter":
                assert 1 <= number <= ratios[which]
                split.append(ratios[which])
                down = ("splitter", which, None)
            else:
                assert (which, number, place_now) == (str(ont.port.node), ont.port.number, ont.port.node)
                down = ("port", which, number)
        way = optical_path(ont)
        assert metres == pytest.approx(way.length_m)
        assert tuple(reversed(split)) == way.splitters
        assert connectors == way.connectors
        assert fusions == ont.fusions


@settings(max_examples=25, deadline=None)
@cases
def test_what_is_built_costs_what_the_placement_says(seed: int, nodes: int, roots: int, name: str) -> None:
    _, found = planned(seed, nodes, roots, name)
    c = shipped_catalogue()
    single = {
        "olt_port": len(found.ports),
        "closure": len(found.closures),
        "cabinet": len(found.cabinets),
        "room": len(found.rooms),
        "splitter_box": len(found.boxes),
        "fusion": sum(joint.fusions for joint in found.joints),
        "connector": sum(joint.connectors for joint in found.joints),
    }
    total = sum(number * c.cny(item) for item, number in single.items())
    total += sum(c.splitter[one.ratio].cny for one in found.splitters)
    total += sum(c.cable[one.fibres].cny * one.length_m for one in found.cables)
    assert total == pytest.approx(found.cost)


@settings(max_examples=25, deadline=None)
@cases
def test_cables_run_along_the_tree_and_keep_their_spare(seed: int, nodes: int, roots: int, name: str) -> None:
    forest, found = planned(seed, nodes, roots, name)
    for cable in found.cables:
        ups = [int(forest.parent[v]) for v in cable.edges]
        assert ups == [cable.start, *cable.edges[:-1]]
        assert cable.length_m == pytest.approx(float(forest.length_m[list(cable.edges)].sum()))
        assert cable.spare_share >= 0.1 - 1e-9
    most = schemes()[name].homes
    assert max(Counter(ont.port for ont in found.onts).values()) <= most
    assert sum(found.area_homes.values()) == int(forest.homes[forest.ports > 0].sum())


def test_high_grade_fibres_are_reserved_beside_those_used() -> None:
    forest = Forest(
        np.array([-1, 0]),
        np.array([0.0, 100.0]),
        np.array([0, 10]),
        np.array([0, 10]),
        np.array([0, 2]),
        np.array([True, False]),
        np.zeros(2, dtype=bool),
    )
    found = design(forest, place(forest, shipped_catalogue(), schemes()["8x8"]))
    assert [(c.fibres, c.used, c.reserved) for c in found.cables] == [(24, 10, 10)]


def test_a_budget_that_cannot_close_names_its_onts() -> None:
    near, far = 500.0, 30_000.0
    forest = Forest(
        np.array([-1, 0, 0]),
        np.array([0.0, near, far]),
        np.array([0, 2, 3]),
        np.array([0, 2, 3]),
        np.array([0, 1, 1]),
        np.array([True, True, True]),
        np.zeros(3, dtype=bool),
    )
    found = design(forest, place(forest, shipped_catalogue(), schemes()["8x8"]), ("olt", "near", "far"))
    lit = light(found, power_class("gpon-b+"), shipped_losses())
    assert [ont for ont, _ in lit.dark] == ["far/1", "far/2", "far/3"]
    assert all(reasons for _, reasons in lit.dark)


def test_upgrades_count_the_ports_that_could_be_faster() -> None:
    forest = a_forest(3, 40)
    best = place_best(forest, shipped_catalogue(), schemes().values(), labels=6, shakes=2)
    assert best is not None
    found = design(forest, best)
    classes = [power_class(name) for name in ("gpon-c+", "xgspon-n2", "50gpon-n1")]
    steps = upgrade_path(found, classes, shipped_losses())
    assert steps[0].share.ok == 0
    assert [step.share.n for step in steps] == [len(found.ports)] * 3
    assert steps[1].share.ok == sum(port.closes for port in steps[1].upgrade.ports)
    assert steps[1].share.ok <= steps[2].share.ok
    way = steps[1].upgrade.ports[0].onts[0]
    alone = upgrade_path(found, [classes[1]], shipped_losses())[0].upgrade.ports[0].onts[0]
    assert way.down_db == pytest.approx(alone.down_db + shipped_losses().coexistence.most_db)


def test_each_clause_of_gb_50846_is_looked_at() -> None:
    forest, found = planned(7, 60, 1, "8x8")
    entries = np.flatnonzero(forest.own_box).tolist()
    checks = gb50846(found, forest, free_holes={1: 1}, estates={"E1": [1, 2]}, high_rises=entries)
    assert {one.check for one in checks} == set(limits())
    by_name = {one.check: one for one in checks}
    assert by_name["spare-fibres"].passed
    assert by_name["telecom-room"].passed
    assert not by_name["operators"].passed
    assert by_name["estate-room"].level == "must"
    assert by_name["area-room"].value == max(found.area_homes.values())


def test_the_columns_are_those_of_the_plan_files() -> None:
    forest = a_forest(11, 50)
    catalogue, cls, losses = shipped_catalogue(), power_class("gpon-c+"), shipped_losses()
    ids = tuple(f"N{v}" for v in range(forest.nodes))
    found = design(forest, place(forest, catalogue, schemes()["4x16"], labels=6, shakes=2), ids)
    premises = {v: f"P{v}" for v in np.flatnonzero(forest.ports).tolist()}
    tables = network_tables(
        found,
        catalogue,
        cls,
        losses,
        node_ids=ids,
        span_ids=[f"E{v}" for v in range(forest.nodes)],
        premises_ids=premises,
    )
    tables["boq"] = boq_table(found, catalogue, cls)
    tables["checks"] = checks_table(gb50846(found, forest, free_holes={}, estates={}, high_rises=[]))
    with (ROOT / "src/guangcheng/reporting/plan_files/columns.csv").open(encoding="utf-8", newline="") as file:
        wanted: dict[str, list[str]] = {}
        for row in csv.DictReader(file):
            wanted.setdefault(row["table"], []).append(row["column"])
    for name, columns in tables.items():
        assert list(columns) == wanted[name]
        assert len({len(column) for column in columns.values()}) == 1
    assert sum(tables["boq"]["cost"]) == pytest.approx(found.cost)
    assert set(tables["onts"]["premises_id"]) == set(premises.values())
