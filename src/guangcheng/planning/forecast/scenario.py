"""Targets as scenarios: what growth a target implies, whether it was ever seen, and what cannot be true at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.forecast.series import Floats

__all__ = ["Flag", "Growth", "above_ceiling", "implied_base", "implied_growth", "moving_base", "path_to"]

BASE_MOVES = 0.05
"""A population or number of households does not move by more than this a year; decided by the product (C-13, C-14)."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What lies between two values: additions per year, compound growth per year, and how often it doubles."""

    years: int
    per_year: float
    rate: float
    doublings: float


def implied_growth(start: float, target: float, years: int) -> Growth:
    """What growth does the target imply? Both values above zero, at least one year between them (``InputError``)."""
    if start <= 0 or target <= 0 or years < 1:
        raise InputError(
            Text(zh="起点、目标须大于零，相隔至少一年", en="start and target must be above zero, a year or more apart"),
            mend=Text(zh="核对两个数值和日期", en="check the two values and their dates"),
        )
    ratio = target / start
    return Growth(years, (target - start) / years, ratio ** (1 / years) - 1, float(np.log2(ratio)))


def path_to(start: float, target: float, years: int, ceiling: float) -> Floats:
    """The logistic path from ``start`` to ``target`` below ``ceiling``: values of every year, both ends included.

    With a fixed ceiling the logistic through two points is unique, so nothing is fitted. ``InputError`` where a value
    is not between zero and the ceiling.
    """
    if not (0 < start < ceiling and 0 < target < ceiling and years >= 1):
        raise InputError(
            Text(
                zh=f"起点与目标须在 0 与上限 {ceiling:g} 之间", en=f"start and target must be within 0 and {ceiling:g}"
            ),
            mend=Text(
                zh="核对上限（户数、人口）和目标的单位", en="check the ceiling (households, people) and the units"
            ),
        )
    ends = np.log(np.array([start, target]) / (ceiling - np.array([start, target])))
    logit = np.linspace(ends[0], ends[1], years + 1)
    return np.asarray(ceiling / (1 + np.exp(-logit)))


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that cannot be true as it stands; it is shown, the printed value is kept."""

    code: str
    message: Text


def implied_base(count: float, percent: float) -> float:
    """The population or households that a count and its penetration imply: ``100·count/percent``."""
    if percent <= 0:
        raise InputError(
            Text(zh="普及率须大于零", en="the penetration must be above zero"),
            mend=Text(zh="核对普及率", en="check the penetration"),
        )
    return 100 * count / percent


def moving_base(bases: Mapping[int, float], what: Text) -> tuple[Flag, ...]:
    """Flag bases (by year) that move by more than 5 % a year: no population or stock of households does."""
    years = sorted(bases)
    found = []
    for before, after in pairwise(years):
        rate = (bases[after] / bases[before]) ** (1 / (after - before)) - 1
        if abs(rate) > BASE_MOVES:
            message = Text(
                zh=f"推算的{what.zh}：{before} 年 {bases[before]:.1f}，{after} 年 {bases[after]:.1f}，"
                f"每年变 {rate:+.0%}：口径不一",
                en=f"implied {what.en}: {bases[before]:.1f} in {before}, {bases[after]:.1f} in {after}, "
                f"{rate:+.0%} a year: not one basis",
            )
            found.append(Flag("inconsistent_basis", message))
    return tuple(found)


def above_ceiling(values: Mapping[int, float], ceiling: float, what: Text) -> tuple[Flag, ...]:
    """Flag values above what there is: subscribers above households, users above people."""
    return tuple(
        Flag(
            "above_ceiling",
            Text(
                zh=f"{year} 年 {value:g} 超过{what.zh} {ceiling:g}",
                en=f"{value:g} in {year} is more than the {what.en}, {ceiling:g}",
            ),
        )
        for year, value in sorted(values.items())
        if value > ceiling
    )
