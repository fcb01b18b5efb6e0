"""The figures of the demonstration: households, residents, subscribers by month, PON ports, claims, demonstrations."""

from dataclasses import dataclass

import numpy as np

from guangcheng.apps.demo.layout import largest_remainder
from guangcheng.apps.demo.rows import Ints
from guangcheng.apps.demo.site import Site

MONTHS = ("2018-01-31", "2018-02-28", "2018-03-31", "2018-04-30", "2018-05-31", "2018-06-30")
"""Statistics stand at the end of these months; the last one is the as-of day."""
FIBRE_TIERS = ("20-50", "50-100", "100-500", "500-1000")
COPPER_TIERS = ("lt4", "4-8")
_FIBRE_WEIGHTS = (0.2, 0.45, 0.3, 0.05)
_COPPER_WEIGHTS = (0.35, 0.65)
_OPERATOR_WEIGHTS = (0.46, 0.34, 0.20)
_GROWTH_PER_MONTH = 12
"""Thousandths by which the fibre share was lower for each month back."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Per listed area number: households, residents, and fibre and all broadband subscribers in each month.

    ``fibre`` and ``broadband`` have a row per month; only villages and communities have subscribers of their own, the
    levels above are their sums.
    """

    households: Ints
    residents: Ints
    fibre: Ints
    broadband: Ints


def figures_of(site: Site, rng: np.random.Generator) -> Figures:
    """Draw the figures; a case that names a fibre share gets it to the thousandth."""
    count = len(site.areas)
    households, share = np.zeros(count, np.int64), np.zeros(count, np.int64)
    broadband = np.zeros(count, np.int64)
    for number, area in enumerate(site.areas):
        if area.level in ("admin_village", "community"):
            households[number] = rng.integers(1500, 4200) if area.level == "community" else rng.integers(350, 900)
            share[number], exact = _share(site, number, int(rng.integers(-9, 10)))
            broadband[number] = 1000 if exact else households[number] * int(rng.integers(55, 80)) // 100
    months = np.arange(len(MONTHS))[::-1, None]
    permille = np.maximum(share[None, :] - months * _GROWTH_PER_MONTH, 0)
    all_ = np.maximum(broadband[None, :] - months * (broadband[None, :] // 150), 0)
    fibre = all_ * permille // 1000
    residents = households * 3 + rng.integers(0, 60, count) * (households > 0)
    return Figures(
        households=_summed(site, households),
        residents=_summed(site, residents),
        fibre=np.stack([_summed(site, month) for month in fibre]),
        broadband=np.stack([_summed(site, month) for month in all_]),
    )


def split(total: int, fibre: bool) -> Ints:
    """Subscribers of one area and technology over operators (rows) and speed tiers, summing up exactly."""
    tiers = _FIBRE_WEIGHTS if fibre else _COPPER_WEIGHTS
    weights = np.outer(_OPERATOR_WEIGHTS, tiers).ravel()
    return largest_remainder(total, weights).reshape(len(_OPERATOR_WEIGHTS), len(tiers))


def _share(site: Site, number: int, jitter: int) -> tuple[int, bool]:
    area = site.areas[number]
    township = site.townships[str(area.parent)]
    if area.level == "community":
        return township.fibre_communities + jitter, False
    case = site.villages[area.code]
    return (case.fibre, True) if case.fibre is not None else (township.fibre_villages + jitter, False)


def _summed(site: Site, own: Ints) -> Ints:
    """Own figures of villages and communities, and above them the sums of what lies below."""
    numbers = {area.code: number for number, area in enumerate(site.areas)}
    total = own.copy()
    for level in ("township", "district"):
        below = {"township": ("admin_village", "community"), "district": ("township",)}[level]
        for number, area in enumerate(site.areas):
            if area.level in below:
                total[numbers[str(area.parent)]] += total[number]
    return total
