"""Reach of key places: per operator, point by point; what was measured overrides what is predicted, both are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from guangcheng.base.shares import Share
from guangcheng.base.text import Text
from guangcheng.planning.radio.budget import RELIABILITY

__all__ = ["Measured", "Point", "PointReach", "Predicted", "Reached", "place_reach", "point_reach"]

LINE_PERCENT = 95
"""A line (road, railway, metro) is reached when this share of its length is (信号升格)."""


@dataclass(frozen=True, slots=True)
class Point:
    """A key point of a place, or the middle of a stretch of a line ``length_m`` long."""

    point_id: str
    length_m: float = 0.0
    indoor_system: bool = False
    """The operator has its own indoor system there: outdoor prediction does not decide."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """Level at a point (loss into the building taken off for indoor points) and the chance that it suffices."""

    dbm: float
    chance: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A test at the point: level where one was noted, and whether it passed by the test's own criterion."""

    passed: bool
    dbm: float | None = None


@dataclass(frozen=True, slots=True)
class PointReach:
    """One point: reached or not (``None``: nothing known), by which evidence, and both pieces of evidence."""

    point_id: str
    reached: bool | None
    by: str
    """``measured``, ``indoor_system``, ``predicted`` or ``unknown``."""
    measured: Measured | None
    predicted: Predicted | None
    reliability: float = RELIABILITY

    @property
    def disagree(self) -> bool | None:
        """Whether test and prediction say different things; ``None`` where one is lacking."""
        if self.measured is None or self.predicted is None:
            return None
        return self.measured.passed != (self.predicted.chance >= self.reliability)


def point_reach(
    point: Point, measured: Measured | None, predicted: Predicted | None, *, reliability: float = RELIABILITY
) -> PointReach:
    """Decide one point for one operator: test first, then an indoor system, then prediction."""
    if measured is not None:
        return PointReach(point.point_id, measured.passed, "measured", measured, predicted, reliability)
    if point.indoor_system:
        return PointReach(point.point_id, True, "indoor_system", None, predicted, reliability)
    if predicted is not None:
        return PointReach(point.point_id, predicted.chance >= reliability, "predicted", None, predicted, reliability)
    return PointReach(point.point_id, None, "unknown", None, None, reliability)


@dataclass(frozen=True, slots=True)
class Reached:
    """A place for one operator. ``reached`` is ``None`` when unknown points could still decide it."""

    reached: bool | None
    points: tuple[PointReach, ...]
    share: Share
    """Points reached of all points; for a line, whole metres reached of its length."""
    reason: Text


def place_reach(
    points: Sequence[Point],
    measured: Mapping[str, Measured],
    predicted: Mapping[str, Predicted],
    *,
    line: bool = False,
    line_percent: float = LINE_PERCENT,
    reliability: float = RELIABILITY,
) -> Reached:
    """Reach of a place (every key point) or of a line (``line_percent`` of its length).

    A place without points is not known.
    """
    found = tuple(
        point_reach(item, measured.get(item.point_id), predicted.get(item.point_id), reliability=reliability)
        for item in points
    )
    weights = [round(item.length_m) if line else 1 for item in points]
    total = sum(weights)
    ok = sum(weight for weight, item in zip(weights, found, strict=True) if item.reached)
    unknown = sum(weight for weight, item in zip(weights, found, strict=True) if item.reached is None)
    wanted = Fraction(str(line_percent)) if line else Fraction(100)
    share = Share(ok, total)
    if total == 0:
        nothing = Text(zh="没有关键点", en="there are no key points")
        return Reached(None, found, share, nothing)
    unit = Text(zh="米", en="m") if line else Text(zh="个点", en="points")
    reason = Text(
        zh=f"{ok}/{total} {unit.zh}达到，另有 {unknown} {unit.zh}未知；要求 {float(wanted):g}%",
        en=f"{ok} of {total} {unit.en} reached, {unknown} unknown; {float(wanted):g} % is asked",
    )
    if 100 * ok >= wanted * total:
        return Reached(True, found, share, reason)
    return Reached(None if 100 * (ok + unknown) >= wanted * total else False, found, share, reason)
