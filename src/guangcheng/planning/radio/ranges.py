"""Where each model of 3GPP TR 38.901 (table 7.4.1-1) holds; outside, no value is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import OutsideKnowledge
from guangcheng.base.text import Text

Floats = npt.NDArray[np.float64]


class Scenario(StrEnum):
    """The surroundings a model was measured in."""

    RMA = "RMa"
    """Rural macro."""
    UMA = "UMa"
    """Urban macro: antennas above the roofs."""
    UMI = "UMi-StreetCanyon"
    """Urban micro: antennas below the roofs."""
    INH = "InH-Office"
    """Indoor."""


class Sight(StrEnum):
    """Line of sight or not."""

    LOS = "LOS"
    NLOS = "NLOS"


@dataclass(frozen=True, slots=True)
class Range:
    """Closed bounds of one quantity."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Link:
    """What both ends and their surroundings are like.

    Heights above ground in metres, the carrier in GHz; ``street_m`` and ``roofs_m`` (mean width of streets and mean
    height of buildings) count in RMa only. ``environment_m`` is the effective environment height of UMa; 1 m, as the
    report says for terminals up to 13 m. For higher ones it draws it at random; a plan may not be drawn, so it stays
    what it says here.
    """

    ghz: float
    bs_m: float
    ut_m: float = 1.5
    street_m: float = 20.0
    roofs_m: float = 5.0
    environment_m: float = 1.0


METRES, GHZ = "m", "GHz"
_COMMON = {"ghz": Range(0.5, 100.0, GHZ)}
_CITY = {**_COMMON, "ut_m": Range(1.5, 22.5, METRES)}
LINKS: Mapping[Scenario, Mapping[str, Range]] = MappingProxyType(
    {
        Scenario.RMA: {
            "ghz": Range(0.5, 30.0, GHZ),
            "bs_m": Range(10.0, 150.0, METRES),
            "ut_m": Range(1.0, 10.0, METRES),
            "street_m": Range(5.0, 50.0, METRES),
            "roofs_m": Range(5.0, 50.0, METRES),
        },
        Scenario.UMA: {**_CITY, "bs_m": Range(25.0, 25.0, METRES)},
        Scenario.UMI: {**_CITY, "bs_m": Range(10.0, 10.0, METRES)},
        Scenario.INH: _COMMON,
    }
)
DISTANCES: Mapping[tuple[Scenario, Sight], Range] = MappingProxyType(
    {
        (Scenario.RMA, Sight.LOS): Range(10.0, 10_000.0, METRES),
        (Scenario.RMA, Sight.NLOS): Range(10.0, 5_000.0, METRES),
        (Scenario.UMA, Sight.LOS): Range(10.0, 5_000.0, METRES),
        (Scenario.UMA, Sight.NLOS): Range(10.0, 5_000.0, METRES),
        (Scenario.UMI, Sight.LOS): Range(10.0, 5_000.0, METRES),
        (Scenario.UMI, Sight.NLOS): Range(10.0, 5_000.0, METRES),
        (Scenario.INH, Sight.LOS): Range(1.0, 150.0, METRES),
        (Scenario.INH, Sight.NLOS): Range(1.0, 150.0, METRES),
    }
)
"""Distance on the ground; in InH through the air."""
_NAMES = MappingProxyType(
    {
        "ghz": Text(zh="频率", en="frequency"),
        "bs_m": Text(zh="基站天线高度", en="height of the antenna"),
        "ut_m": Text(zh="终端高度", en="height of the terminal"),
        "street_m": Text(zh="平均街宽", en="mean width of streets"),
        "roofs_m": Text(zh="平均楼高", en="mean height of buildings"),
        "distance": Text(zh="距离", en="distance"),
    }
)


def check_link(scenario: Scenario, link: Link) -> None:
    """Refuse (``OutsideKnowledge``) a link the model was not made for; the message names the range."""
    for name, allowed in LINKS[scenario].items():
        value = float(getattr(link, name))
        if not allowed.low <= value <= allowed.high:
            raise _outside(scenario, name, value, allowed)


def check_distances(scenario: Scenario, sight: Sight, distance_m: Floats) -> None:
    """Refuse distances beyond the model; both ends of the range are inside."""
    allowed = DISTANCES[scenario, sight]
    bad = ~((distance_m >= allowed.low) & (distance_m <= allowed.high))
    if bad.any():
        raise _outside(scenario, "distance", float(distance_m[bad].flat[0]), allowed)


def _outside(scenario: Scenario, name: str, value: float, allowed: Range) -> OutsideKnowledge:
    what = _NAMES[name]
    span = f"{allowed.low:g}–{allowed.high:g}" if allowed.low < allowed.high else f"{allowed.low:g}"
    return OutsideKnowledge(
        Text(
            zh=f"{scenario.value} 模型的{what.zh}只适用于 {span} {allowed.unit}，给的是 {value:g}",
            en=f"{scenario.value} holds for a {what.en} of {span} {allowed.unit}; {value:g} was given",
        ),
        mend=Text(zh="换用适用的场景，或改正这个值", en="use a scenario that fits, or correct the value"),
    )
