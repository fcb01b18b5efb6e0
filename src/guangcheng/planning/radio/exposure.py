"""Exposure of the public around a structure: all its antennas together, against the limits of GB 8702-2014.

``Σ Sᵢ/S_lim,i(f) ≤ 1`` at every point where people are. ``Sᵢ = P·G/(4πr²)`` in free space with the antenna's pattern
and the mean power of six minutes. The limits are the standard's own data; they are not written here a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import OutsideKnowledge, Refused
from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Limits
from guangcheng.coverage.rules.ground import limit_at
from guangcheng.planning.radio.antenna import Antenna, attenuation
from guangcheng.planning.radio.ranges import Floats
from guangcheng.standards.model import Standard

__all__ = ["Exposure", "Source", "check_exposure", "exposure", "limits_of"]

WHOLE, PROJECT = "RUL-GB8702-01", "RUL-GB8702-02"
"""The limit of all sources together, and the part of it one project may use."""
_NEAR_M = 0.5
"""Nearer than this the far-field formula says nothing; such a point is taken to be so far away."""


@dataclass(frozen=True, slots=True)
class Source:
    """One antenna: place and height in metres, azimuth and tilt in degrees, mean power (W) of six minutes, MHz."""

    x: float
    y: float
    z: float
    azimuth_deg: float
    tilt_deg: float
    mean_w: float
    mhz: float
    antenna: Antenna


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """Σ Sᵢ/S_lim,i at every point, and each source's part (rows are sources)."""

    total: Floats
    parts: Floats

    @property
    def worst(self) -> tuple[int, float]:
        """The point with the largest sum, and the sum."""
        place = int(np.argmax(self.total))
        return place, float(self.total[place])


def limits_of(standard: Standard, on: date, calendar: WorkingCalendar, *, project: bool = False) -> Limits:
    """The limits in force on a day; ``project`` for the share a single project may use (0.08 W/m² at 30–3000 MHz)."""
    return Limits(standard.rules[PROJECT if project else WHOLE], standard, on, calendar)


def exposure(sources: Sequence[Source], points: Floats, limits: Limits) -> Exposure:
    """Sum the shares at ``points`` (rows x, y, z in metres). ``OutsideKnowledge`` for a frequency without a limit."""
    parts = np.zeros((len(sources), points.shape[0]))
    for row, source in enumerate(sources):
        limit = limit_at("s", Fraction(source.mhz), limits)
        if limit is None:
            raise OutsideKnowledge(
                Text(zh=f"{source.mhz:g} MHz 没有功率密度限值", en=f"no limit of power density at {source.mhz:g} MHz"),
                mend=Text(zh="GB 8702-2014 表1 从 0.1 MHz 到 300 GHz", en="GB 8702-2014 table 1: 0.1 MHz to 300 GHz"),
            )
        parts[row] = _density(source, points) / limit
    return Exposure(parts.sum(axis=0), parts)


def _density(source: Source, points: Floats) -> Floats:
    """Power density in W/m²."""
    east, north, up = points[:, 0] - source.x, points[:, 1] - source.y, points[:, 2] - source.z
    ground = np.hypot(east, north)
    away = np.maximum(np.hypot(ground, up), _NEAR_M)
    bearing, down = np.degrees(np.arctan2(east, north)), np.degrees(np.arctan2(-up, ground))
    taken = attenuation(source.antenna, bearing - source.azimuth_deg, down, source.tilt_deg)
    return np.asarray(source.mean_w * 10 ** ((source.antenna.gain_dbi - taken) / 10) / (4 * np.pi * away**2))


def check_exposure(structure: str, sources: Sequence[Source], points: Floats, limits: Limits) -> Exposure:
    """Refuse (``Refused``, with the figure and the strongest source) a structure whose antennas together exceed 1."""
    found = exposure(sources, points, limits)
    place, worst = found.worst
    if worst > 1:
        first = int(np.argmax(found.parts[:, place]))
        x, y, z = points[place]
        raise Refused(
            Text(
                zh=f"站址 {structure}：点 ({x:.1f}, {y:.1f}, {z:.1f}) 处 Σ Sᵢ/S_lim = {worst:.2f} > 1，"
                f"其中 {sources[first].mhz:g} MHz 天线占 {found.parts[first, place]:.2f}",
                en=f"site {structure}: Σ Sᵢ/S_lim = {worst:.2f} > 1 at ({x:.1f}, {y:.1f}, {z:.1f}); "
                f"{found.parts[first, place]:.2f} of it from an antenna at {sources[first].mhz:g} MHz",
            ),
            mend=Text(
                zh="升高、转向或减小功率，或另选站址", en="raise or turn antennas, lower power, or choose another site"
            ),
        )
    return found
