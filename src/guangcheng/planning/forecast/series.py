"""One series of yearly values and what it must be to be forecast."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values at the ends of consecutive years.

    ``values[i]`` belongs to ``first + i``; years missed inside the series are filled on the straight line between
    their neighbours and named in ``filled``.
    """

    first: int
    values: Floats
    filled: tuple[int, ...] = ()

    @property
    def last(self) -> int:
        """The year of the last value."""
        return self.first + self.values.size - 1

    @property
    def years(self) -> Floats:
        """The years as floats, for curves."""
        return np.arange(self.first, self.last + 1, dtype=np.float64)


def series_of(observed: Mapping[int, float], until: int | None = None) -> Series:
    """Make the series of what was observed up to and including the year ``until`` (all of it by default).

    Nothing later than ``until`` is looked at, so a forecast from here cannot know the future. Refuses an empty series
    and values that are negative or not finite (``InputError``).
    """
    known = {year: float(value) for year, value in sorted(observed.items()) if until is None or year <= until}
    if not known:
        raise InputError(
            Text(zh="没有可用的年度数据", en="there are no yearly values to forecast from"),
            mend=Text(zh="至少给出一年的数据", en="give at least one year"),
        )
    bad = [year for year, value in known.items() if not np.isfinite(value) or value < 0]
    if bad:
        raise InputError(
            Text(zh=f"{bad[0]} 年的数值不是非负数", en=f"the value of {bad[0]} is not a number of 0 or more"),
            mend=Text(zh="改正这一年，或去掉这一年", en="correct that year or leave it out"),
        )
    first, last = min(known), max(known)
    years = np.arange(first, last + 1)
    values = np.interp(years, list(known), list(known.values()))
    return Series(first, values, tuple(int(year) for year in years if int(year) not in known))
