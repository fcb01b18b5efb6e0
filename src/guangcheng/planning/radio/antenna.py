"""A sector antenna: the element pattern of 3GPP TR 38.901 table 7.3-1, turned to its azimuth and tilted down."""

from dataclasses import dataclass

import numpy as np

from guangcheng.planning.radio.ranges import Floats

__all__ = ["Antenna", "attenuation", "horizontal", "vertical"]


@dataclass(frozen=True, slots=True)
class Antenna:
    """Gain in the main direction (dBi), beam widths (°) and the most the pattern takes away (dB)."""

    gain_dbi: float = 8.0
    width_deg: float = 65.0
    height_deg: float = 65.0
    most_db: float = 30.0
    omni: bool = False
    """Equal in all directions of the ground (indoor and small cells); the vertical pattern still holds."""


def horizontal(antenna: Antenna, off_deg: Floats) -> Floats:
    """Attenuation in dB (≥ 0) at angles off the azimuth."""
    if antenna.omni:
        return np.zeros_like(np.asarray(off_deg, dtype=np.float64))
    off = (np.asarray(off_deg, dtype=np.float64) + 180) % 360 - 180
    return np.minimum(12 * (off / antenna.width_deg) ** 2, antenna.most_db)


def vertical(antenna: Antenna, down_deg: Floats, tilt_deg: float) -> Floats:
    """Attenuation in dB (≥ 0) towards ``down_deg`` below the horizon when tilted down by ``tilt_deg``."""
    off = np.asarray(down_deg, dtype=np.float64) - tilt_deg
    return np.minimum(12 * (off / antenna.height_deg) ** 2, antenna.most_db)


def attenuation(antenna: Antenna, off_deg: Floats, down_deg: Floats, tilt_deg: float) -> Floats:
    """Both patterns together, never more than ``most_db``."""
    both = horizontal(antenna, off_deg) + vertical(antenna, down_deg, tilt_deg)
    return np.minimum(both, antenna.most_db)
