"""Shares that never lie: compared on integers, shown as decimals, never capped, never 0/0 = pass."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Literal

Comparator = Literal[">=", ">", "=", "<=", "<"]

_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
}


def compare(left: Fraction | int | Decimal, comparator: Comparator, right: Fraction | int | Decimal) -> bool:
    """``left comparator right`` in exact arithmetic; no value is rounded before it is compared."""
    return _COMPARE[comparator](Fraction(left), Fraction(right))


@dataclass(frozen=True, slots=True)
class Share:
    """``ok`` of ``n``. The value is ``None`` when ``n`` is 0: 0/0 is never a pass (RUL-001-07)."""

    ok: int
    n: int

    def percent(self) -> Fraction | None:
        """Exact percentage, or ``None`` for 0/0; may exceed 100 (RUL-003-01 is not capped)."""
        return Fraction(100 * self.ok, self.n) if self.n else None

    def meets(self, comparator: Comparator, percent: Fraction | int | Decimal) -> bool | None:
        """Whether the share passes ``percent``; ``None`` (no answer) for 0/0. 17/19 fails 90 %, 18/20 passes."""
        value = self.percent()
        return None if value is None else compare(value, comparator, percent)

    def shown(self, places: int = 1) -> str | None:
        """Decimal string for people, rounded *down* so that 89.99 % never reads as 90.0 %; ``None`` for 0/0."""
        value = self.percent()
        if value is None:
            return None
        return shown(value, places)


def shown(value: Fraction | int | Decimal, places: int = 1) -> str:
    """``value`` as a decimal string with ``places`` digits, rounded down; display only, never compared."""
    exact = Fraction(value)
    scaled = Decimal((exact * 10**places).__floor__())
    return str(scaled.scaleb(-places).quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR))
