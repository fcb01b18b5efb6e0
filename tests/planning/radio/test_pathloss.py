"""Path loss against published values and two other implementations; ranges; laws."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import OutsideKnowledge
from guangcheng.planning.radio.pathloss import (
    los_probability,
    mean_loss,
    path_loss,
    penetration_loss,
    reach_of,
    shadowing_db,
)
from guangcheng.planning.radio.ranges import DISTANCES, LINKS, Link, Scenario, Sight

VECTORS = Path(__file__).parent / "data" / "vectors.csv"
LINK = {
    Scenario.RMA: Link(0.7, 35.0),
    Scenario.UMA: Link(3.5, 25.0),
    Scenario.UMI: Link(3.5, 10.0),
    Scenario.INH: Link(3.5, 3.0, 1.0),
}
BOTH = [(scenario, sight) for scenario in Scenario for sight in Sight]


def ours(row: dict[str, str]) -> float:
    metres = np.array([float(row["metres"])])
    if row["quantity"] == "penetration_loss":
        return float(penetration_loss(row["scenario"], float(row["ghz"]), metres)[0][0])
    link, scenario = Link(float(row["ghz"]), float(row["bs_m"]), float(row["ut_m"])), Scenario(row["scenario"])
    if row["quantity"] == "los_probability":
        return float(los_probability(scenario, metres, link)[0])
    return float(path_loss(scenario, Sight(row["sight"]), metres, link)[0])


def test_every_formula_agrees_with_another_implementation_at_240_points() -> None:
    worst: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            worst[row["quantity"], row["scenario"], row["sight"]].append(abs(ours(row) - float(row["value"])))
    assert {len(found) for found in worst.values()} == {240}
    assert {(scenario, sight) for quantity, scenario, sight in worst if quantity == "path_loss"} == set(BOTH)
    assert len(worst) == 8 + 4 + 2
    assert max(max(found) for found in worst.values()) < 1e-6


def test_values_worked_by_hand() -> None:
    link, far = LINK[Scenario.UMA], np.array([1000.0])
    air = (1000.0**2 + 23.5**2) ** 0.5
    turn = 4 * 24.0 * 0.5 * 3.5e9 / 3e8
    assert turn == pytest.approx(560.0)
    log = float(np.log10(air))
    los = 28 + 40 * log + 20 * float(np.log10(3.5)) - 9 * float(np.log10(turn**2 + 23.5**2))
    assert path_loss(Scenario.UMA, Sight.LOS, far, link)[0] == pytest.approx(los)
    nlos = 13.54 + 39.08 * log + 20 * float(np.log10(3.5))
    assert path_loss(Scenario.UMA, Sight.NLOS, far, link)[0] == pytest.approx(nlos)
    seen = 0.018 + float(np.exp(-1000 / 63)) * (1 - 0.018)
    assert mean_loss(Scenario.UMA, far, link)[0] == pytest.approx(seen * los + (1 - seen) * nlos)


@pytest.mark.needs_shared
def test_the_published_values_of_a_simulator(shared: Path) -> None:
    differences = []
    with (shared / "data" / "radio" / "ns3_tr38901_5GHz.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            link = Link(float(row["f_ghz"]), float(row["h_bs"]), float(row["h_ut"]))
            sight = Sight.LOS if row["los"] == "1" else Sight.NLOS
            found = path_loss(Scenario(row["scenario"]), sight, np.array([float(row["d2d_m"])]), link)[0]
            differences.append(abs(float(found) - float(row["pathloss_db"])))
    assert len(differences) == 24
    assert max(differences) < 0.001


@pytest.mark.parametrize(("scenario", "sight"), BOTH)
def test_distances_outside_the_range_are_refused_with_the_range(scenario: Scenario, sight: Sight) -> None:
    allowed, link = DISTANCES[scenario, sight], LINK[scenario]
    rise = link.bs_m - link.ut_m if scenario is Scenario.INH else 0.0
    span = f"{allowed.low:g}–{allowed.high:g} m"
    top = (allowed.high**2 - rise**2) ** 0.5
    assert np.isfinite(path_loss(scenario, sight, np.array([top * (1 - 1e-12)]), link)[0])
    for metres in (top * 1.001, float("nan")):
        with pytest.raises(OutsideKnowledge) as refusal:
            path_loss(scenario, sight, np.array([top / 2, metres]), link)
        assert span in refusal.value.message.zh
        assert span in refusal.value.message.en
    if scenario is not Scenario.INH:
        with pytest.raises(OutsideKnowledge):
            path_loss(scenario, sight, np.array([allowed.low * 0.999]), link)


@pytest.mark.parametrize(
    ("scenario", "name"), [(scenario, name) for scenario, names in LINKS.items() for name in names]
)
def test_links_outside_the_range_are_refused_with_the_range(scenario: Scenario, name: str) -> None:
    from dataclasses import replace

    allowed = LINKS[scenario][name]
    span = f"{allowed.low:g}" if allowed.low == allowed.high else f"{allowed.low:g}–{allowed.high:g}"
    for value in (allowed.low * 0.99, allowed.high * 1.01):
        with pytest.raises(OutsideKnowledge) as refusal:
            path_loss(scenario, Sight.LOS, np.array([50.0]), replace(LINK[scenario], **{name: value}))
        assert f" {span} {allowed.unit}" in refusal.value.message.en


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(BOTH), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.6, 29.0))
def test_farther_is_never_stronger_at_equal_conditions(
    which: tuple[Scenario, Sight], one: float, two: float, ghz: float
) -> None:
    from dataclasses import replace

    scenario, sight = which
    low, high = DISTANCES[which].low, 145.0 if scenario is Scenario.INH else DISTANCES[which].high
    near, far = sorted(low + part * (high - low) for part in (one, two))
    loss = path_loss(scenario, sight, np.array([near, far]), replace(LINK[scenario], ghz=ghz))
    assert loss[1] >= loss[0] - 1e-9


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(Scenario)), st.floats(0.0, 1.0), st.floats(0.6, 29.0))
def test_no_sight_is_never_better_than_sight_and_the_mean_lies_between(
    scenario: Scenario, part: float, ghz: float
) -> None:
    from dataclasses import replace

    low, high = reach_of(scenario)
    at = np.array([low + part * (min(high, 5000.0 if scenario is not Scenario.INH else 149.0) - low)])
    link = replace(LINK[scenario], ghz=ghz)
    los, nlos = (path_loss(scenario, sight, at, link)[0] for sight in Sight)
    assert los <= nlos
    assert los - 1e-9 <= mean_loss(scenario, at, link)[0] <= nlos + 1e-9
    assert 0 <= los_probability(scenario, at, link)[0] <= 1


def test_shadowing_of_rural_sight_turns_at_the_break_point() -> None:
    link = LINK[Scenario.RMA]
    turn = 2 * np.pi * 35 * 1.5 * 0.7e9 / 3e8
    found = shadowing_db(Scenario.RMA, Sight.LOS, np.array([turn - 1, turn + 1]), link)
    assert found.tolist() == [4.0, 6.0]
    assert shadowing_db(Scenario.UMI, Sight.NLOS, np.array([100.0]), link).tolist() == [7.82]


def test_buildings_of_coated_glass_take_more() -> None:
    low, sigma = penetration_loss("low", 3.5, 10.0)
    high, wide = penetration_loss("high", 3.5, 10.0)
    assert (sigma, wide) == (4.4, 6.5)
    assert float(high) > float(low) + 10
    assert float(penetration_loss("low", 3.5, 99.0)[0]) == float(penetration_loss("low", 3.5, 25.0)[0])
