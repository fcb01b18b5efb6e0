"""Reach of key places and exposure of the public."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import OutsideKnowledge, Refused
from guangcheng.planning.radio.antenna import Antenna
from guangcheng.planning.radio.exposure import Source, check_exposure, exposure, limits_of
from guangcheng.planning.radio.places import Measured, Point, Predicted, place_reach, point_reach
from guangcheng.standards import library

GOOD, BAD = Predicted(-90.0, 0.99), Predicted(-115.0, 0.2)
STANDARD = library.load("gb-8702-2014")
ON = date(2024, 1, 1)
WHOLE = limits_of(STANDARD, ON, WorkingCalendar())
PROJECT = limits_of(STANDARD, ON, WorkingCalendar(), project=True)


def test_a_test_overrides_the_prediction_and_both_are_shown() -> None:
    found = point_reach(Point("p"), Measured(False, -112.0), GOOD)
    assert (found.reached, found.by, found.disagree) == (False, "measured", True)
    assert found.predicted == GOOD
    assert point_reach(Point("p"), Measured(True), GOOD).disagree is False
    assert point_reach(Point("p"), None, GOOD).by == "predicted"
    assert point_reach(Point("p"), None, BAD).reached is False
    assert point_reach(Point("p", indoor_system=True), None, BAD).by == "indoor_system"
    unknown = point_reach(Point("p"), None, None)
    assert (unknown.reached, unknown.by, unknown.disagree) == (None, "unknown", None)


def test_the_reliability_is_a_boundary_inside() -> None:
    assert point_reach(Point("p"), None, Predicted(-100.0, 0.95)).reached is True
    assert point_reach(Point("p"), None, Predicted(-100.0, 0.9499)).reached is False
    assert point_reach(Point("p"), None, Predicted(-100.0, 0.9499), reliability=0.9).reached is True


def test_a_place_is_reached_when_every_key_point_is() -> None:
    points = [Point("a"), Point("b")]
    assert place_reach(points, {}, {"a": GOOD, "b": GOOD}).reached is True
    assert place_reach(points, {}, {"a": GOOD, "b": BAD}).reached is False
    assert place_reach(points, {"b": Measured(True)}, {"a": GOOD, "b": BAD}).reached is True
    open_ = place_reach(points, {}, {"a": GOOD})
    assert open_.reached is None
    assert open_.reason.en == "1 of 2 points reached, 1 unknown; 100 % is asked"
    assert place_reach([], {}, {}).reached is None


@pytest.mark.parametrize(("good_m", "reached"), [(95, True), (94, False)])
def test_a_line_is_reached_at_95_percent_of_its_length(good_m: int, reached: bool) -> None:
    line = [Point("a", float(good_m)), Point("b", 100.0 - good_m)]
    found = place_reach(line, {}, {"a": GOOD, "b": BAD}, line=True)
    assert (found.reached, found.share.ok, found.share.n) == (reached, good_m, 100)


def source(mhz: float = 3500.0, watts: float = 100.0, z: float = 30.0) -> Source:
    return Source(0.0, 0.0, z, 0.0, 0.0, watts, mhz, Antenna(gain_dbi=10.0))


def test_density_in_the_main_direction_by_hand() -> None:
    """100 W, 10 dBi, 50 m: 1000/(4π·2500) = 0.0318 W/m²; limit at 3.5 GHz f/7500 = 0.4667, at 2.1 GHz 0.4."""
    point = np.array([[0.0, 50.0, 30.0]])
    density = 1000 / (4 * np.pi * 2500)
    assert exposure([source()], point, WHOLE).total[0] == pytest.approx(density / (3500 / 7500))
    assert exposure([source(2100.0)], point, WHOLE).total[0] == pytest.approx(density / 0.4)
    assert exposure([source(2100.0)], point, PROJECT).total[0] == pytest.approx(density / 0.08)
    both = exposure([source(), source(2100.0)], point, WHOLE)
    assert both.total[0] == pytest.approx(both.parts[:, 0].sum())
    assert both.total[0] == pytest.approx(density / (3500 / 7500) + density / 0.4)


def test_a_shared_structure_that_fails_is_refused_with_the_figure() -> None:
    points = np.array([[0.0, 10.0, 28.0], [0.0, 60.0, 1.5]])
    alone = check_exposure("T1", [source(watts=60.0)], points, WHOLE)
    assert alone.worst[0] == 0
    assert 0.5 < alone.worst[1] < 1
    with pytest.raises(Refused) as refusal:
        check_exposure("T1", [source(watts=60.0), source(2100.0, 60.0)], points, WHOLE)
    worst = exposure([source(watts=60.0), source(2100.0, 60.0)], points, WHOLE).worst[1]
    assert f"= {worst:.2f} > 1 at (0.0, 10.0, 28.0)" in refusal.value.message.en
    assert "2100 MHz" in refusal.value.message.en


def test_antennas_never_cancel_and_distance_never_harms() -> None:
    along = np.stack([np.zeros(50), np.linspace(1, 300, 50), np.full(50, 30.0)], axis=1)
    one, two = exposure([source()], along, WHOLE), exposure([source(), source(z=31.0)], along, WHOLE)
    assert (two.total >= one.total).all()
    assert (np.diff(one.total) < 0).all()


def test_a_frequency_without_a_limit_is_refused() -> None:
    with pytest.raises(OutsideKnowledge, match=r"no limit of power density at 0\.05 MHz"):
        exposure([source(0.05)], np.array([[0.0, 10.0, 30.0]]), WHOLE)
    assert Fraction(1, 5) == PROJECT.number("share_percent") / 100
