"""The link budget: power per resource element, shadowing, and how sure a threshold is met.

SS-RSRP is the power of *one* resource element, not of the carrier: with N_RB resource blocks of 12 subcarriers each
the total power is spread over 12·N_RB of them.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.planning.radio.ranges import Floats

__all__ = ["RELIABILITY", "THRESHOLD", "Threshold", "location_probability", "margin_db", "per_resource_element"]

RELIABILITY = 0.95
"""A place counts as reached where the threshold is met with this probability over shadowing."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The SS-RSRP from which a place counts as reached, and who says so."""

    dbm: float
    basis: Basis
    source: Text


THRESHOLD = Threshold(
    -105.0,
    Basis.PRODUCT_DEFAULT,
    Text(
        zh="运营商分档的惯例（-105/-110 dBm），不是规定；没有公开文件给出通达率的电平值",
        en="operators' practice (−105/−110 dBm bins), not law; no public document sets a level for reach",
    ),
)


def per_resource_element(total_dbm: float, resource_blocks: int) -> float:
    """Power of one resource element: ``total − 10·log₁₀(12·N_RB)``; N_RB from 1 (``InputError`` below)."""
    if resource_blocks < 1:
        raise InputError(
            Text(
                zh=f"资源块数须至少为 1，给的是 {resource_blocks}",
                en=f"{resource_blocks} resource blocks: give 1 or more",
            ),
            mend=Text(zh="例如 100 MHz、30 kHz 子载波间隔是 273", en="100 MHz at 30 kHz spacing, for example, has 273"),
        )
    return float(total_dbm - 10 * np.log10(12 * resource_blocks))


def margin_db(sigma_db: float, reliability: float = RELIABILITY) -> float:
    """How far the median must lie above the threshold to meet it with ``reliability``, shadowing of ``sigma_db``."""
    return NormalDist().inv_cdf(reliability) * sigma_db


def normal(z: Floats) -> Floats:
    """The standard normal distribution function, to within 7.5·10⁻⁸ (Abramowitz and Stegun 26.2.17)."""
    size = np.abs(np.asarray(z, dtype=np.float64))
    t = 1 / (1 + 0.2316419 * size)
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-(size**2) / 2) / np.sqrt(2 * np.pi) * poly
    return np.asarray(np.where(np.asarray(z) >= 0, 1 - tail, tail), dtype=np.float64)


def location_probability(
    threshold_dbm: float, seen: Floats, los: tuple[Floats, Floats], nlos: tuple[Floats, Floats]
) -> Floats:
    """How likely the threshold is met: over sight (probability ``seen``) and over log-normal shadowing.

    ``los`` and ``nlos`` are median RSRP (dBm) and its standard deviation (dB). Averaged over the pixels of an area it
    is the area's reliability.
    """
    parts = [normal((median - threshold_dbm) / sigma) for median, sigma in (los, nlos)]
    return np.asarray(seen * parts[0] + (1 - seen) * parts[1])
