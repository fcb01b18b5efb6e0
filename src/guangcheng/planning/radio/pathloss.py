"""Path loss, probability of sight, shadowing and loss into buildings by 3GPP TR 38.901 V19 §7.4. Vectorised.

All losses in dB, distances on the ground in metres unless said. The propagation speed is 3·10⁸ m/s, as in the report.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from guangcheng.planning.radio.ranges import DISTANCES, Floats, Link, Scenario, Sight, check_distances, check_link

__all__ = ["air_m", "los_probability", "mean_loss", "path_loss", "penetration_loss", "shadowing_db"]

LIGHT = 3.0e8
_Formula = Callable[[Floats, Floats, Link], Floats]


def air_m(ground_m: Floats, link: Link) -> Floats:
    """The distance through the air (d3D) of points at ``ground_m`` (d2D)."""
    return np.hypot(ground_m, link.bs_m - link.ut_m)


def _rma_near(d: Floats | float, link: Link) -> Floats:
    h = link.roofs_m
    return np.asarray(
        20 * np.log10(40 * np.pi * d * link.ghz / 3)
        + min(0.03 * h**1.72, 10.0) * np.log10(d)
        - min(0.044 * h**1.72, 14.77)
        + 0.002 * np.log10(h) * d
    )


def _rma_break(link: Link) -> float:
    return float(2 * np.pi * link.bs_m * link.ut_m * link.ghz * 1e9 / LIGHT)


def _rma_los(ground: Floats, air: Floats, link: Link) -> Floats:
    turn = _rma_break(link)
    far = _rma_near(turn, link) + 40 * np.log10(air / turn)
    return np.where(ground <= turn, _rma_near(air, link), far)


def _rma_nlos(ground: Floats, air: Floats, link: Link) -> Floats:  # noqa: ARG001
    h, mast = link.roofs_m, float(np.log10(link.bs_m))
    return np.asarray(
        161.04
        - 7.1 * np.log10(link.street_m)
        + 7.5 * np.log10(h)
        - (24.37 - 3.7 * (h / link.bs_m) ** 2) * mast
        + (43.42 - 3.1 * mast) * (np.log10(air) - 3)
        + 20 * np.log10(link.ghz)
        - (3.2 * np.log10(11.75 * link.ut_m) ** 2 - 4.97)
    )


def _city_los(
    start: float, slope: float, fall: float, environment_m: float, args: tuple[Floats, Floats, Link]
) -> Floats:
    """UMa and UMi have one shape: ``slope`` up to the effective break point, 40 dB a decade beyond."""
    ground, air, link = args
    turn = 4 * (link.bs_m - environment_m) * (link.ut_m - environment_m) * link.ghz * 1e9 / LIGHT
    near = start + slope * np.log10(air)
    far = start + 40 * np.log10(air) - fall * np.log10(turn**2 + (link.bs_m - link.ut_m) ** 2)
    return np.asarray(np.where(ground <= turn, near, far) + 20 * np.log10(link.ghz))


def _uma_los(ground: Floats, air: Floats, link: Link) -> Floats:
    return _city_los(28.0, 22.0, 9.0, link.environment_m, (ground, air, link))


def _uma_nlos(ground: Floats, air: Floats, link: Link) -> Floats:  # noqa: ARG001
    return np.asarray(13.54 + 39.08 * np.log10(air) + 20 * np.log10(link.ghz) - 0.6 * (link.ut_m - 1.5))


def _umi_los(ground: Floats, air: Floats, link: Link) -> Floats:
    return _city_los(32.4, 21.0, 9.5, 1.0, (ground, air, link))


def _umi_nlos(ground: Floats, air: Floats, link: Link) -> Floats:  # noqa: ARG001
    return np.asarray(22.4 + 35.3 * np.log10(air) + 21.3 * np.log10(link.ghz) - 0.3 * (link.ut_m - 1.5))


def _inh_los(ground: Floats, air: Floats, link: Link) -> Floats:  # noqa: ARG001
    return np.asarray(32.4 + 17.3 * np.log10(air) + 20 * np.log10(link.ghz))


def _inh_nlos(ground: Floats, air: Floats, link: Link) -> Floats:  # noqa: ARG001
    return np.asarray(17.30 + 38.3 * np.log10(air) + 24.9 * np.log10(link.ghz))


_FORMULAS: Mapping[Scenario, tuple[_Formula, _Formula]] = MappingProxyType(
    {
        Scenario.RMA: (_rma_los, _rma_nlos),
        Scenario.UMA: (_uma_los, _uma_nlos),
        Scenario.UMI: (_umi_los, _umi_nlos),
        Scenario.INH: (_inh_los, _inh_nlos),
    }
)
_SHADOWING = MappingProxyType(
    {
        (Scenario.RMA, Sight.NLOS): 8.0,
        (Scenario.UMA, Sight.LOS): 4.0,
        (Scenario.UMA, Sight.NLOS): 6.0,
        (Scenario.UMI, Sight.LOS): 4.0,
        (Scenario.UMI, Sight.NLOS): 7.82,
        (Scenario.INH, Sight.LOS): 3.0,
        (Scenario.INH, Sight.NLOS): 8.03,
    }
)


def path_loss(scenario: Scenario, sight: Sight, ground_m: Floats, link: Link) -> Floats:
    """Median path loss in dB at distances on the ground.

    NLOS is never less than LOS (as the report says). ``OutsideKnowledge`` where link or distance lie outside the
    model's range, naming the range.
    """
    check_link(scenario, link)
    ground = np.asarray(ground_m, dtype=np.float64)
    air = air_m(ground, link)
    check_distances(scenario, sight, air if scenario is Scenario.INH else ground)
    los, nlos = _FORMULAS[scenario]
    seen = los(ground, air, link)
    return seen if sight is Sight.LOS else np.maximum(seen, nlos(ground, air, link))


def los_probability(scenario: Scenario, ground_m: Floats, link: Link) -> Floats:
    """How likely the antenna is in sight (table 7.4.2-1); ``InH-Office`` is the mixed office."""
    d = np.maximum(np.asarray(ground_m, dtype=np.float64), 1e-9)
    if scenario is Scenario.RMA:
        return np.where(d <= 10, 1.0, np.exp(-(d - 10) / 1000))
    if scenario is Scenario.INH:
        middle, far = np.exp(-(d - 1.2) / 4.7), 0.32 * np.exp(-(d - 6.5) / 32.6)
        return np.where(d <= 1.2, 1.0, np.where(d < 6.5, middle, far))
    reach = 63.0 if scenario is Scenario.UMA else 36.0
    seen = 18 / d + np.exp(-d / reach) * (1 - 18 / d)
    if scenario is Scenario.UMA and link.ut_m > 13:
        seen = seen * (1 + ((link.ut_m - 13) / 10) ** 1.5 * 1.25 * (d / 100) ** 3 * np.exp(-d / 150))
    return np.where(d <= 18, 1.0, seen)


def shadowing_db(scenario: Scenario, sight: Sight, ground_m: Floats, link: Link) -> Floats:
    """Standard deviation of the shadowing, in dB; RMa in sight has 4 dB up to the break point and 6 dB beyond."""
    d = np.asarray(ground_m, dtype=np.float64)
    if (scenario, sight) == (Scenario.RMA, Sight.LOS):
        return np.where(d < _rma_break(link), 4.0, 6.0)
    return np.full(d.shape, _SHADOWING[scenario, sight])


def mean_loss(scenario: Scenario, ground_m: Floats, link: Link) -> Floats:
    """Path loss averaged *in dB* over sight and no sight by their probability, at distances both formulas hold for."""
    seen = los_probability(scenario, ground_m, link)
    los = path_loss(scenario, Sight.LOS, ground_m, link)
    return seen * los + (1 - seen) * path_loss(scenario, Sight.NLOS, ground_m, link)


def reach_of(scenario: Scenario) -> tuple[float, float]:
    """The distances for which both formulas of a scenario hold."""
    both = [DISTANCES[scenario, sight] for sight in Sight]
    return max(item.low for item in both), min(item.high for item in both)


MODELS = MappingProxyType({"low": (0.3, "glass", "concrete", 4.4), "high": (0.7, "irr_glass", "concrete", 6.5)})
"""Low loss (plain glass, concrete) and high loss (coated glass, concrete): share of glass, materials, σ in dB."""
_MATERIALS = MappingProxyType({"glass": (2.0, 0.2), "irr_glass": (25.4, 0.11), "concrete": (5.0, 4.0)})


def penetration_loss(model: str, ghz: float, inside_m: Floats | float) -> tuple[Floats, float]:
    """Loss into a building (§7.4.3) in dB, ``inside_m`` from the outer wall, and its standard deviation.

    Through the wall, ``5 − 10·log₁₀(Σ share·10^(−L/10))``, and 0.5 dB for every metre inside (0–25 m).
    """
    share, glass, wall, sigma = MODELS[model]
    losses = [_MATERIALS[name][0] + _MATERIALS[name][1] * ghz for name in (glass, wall)]
    through = 5 - 10 * np.log10(share * 10 ** (-losses[0] / 10) + (1 - share) * 10 ** (-losses[1] / 10))
    return np.asarray(through + 0.5 * np.clip(inside_m, 0.0, 25.0)), sigma
