"""An indicator's value against its dated targets: met, on track, behind or missed. No interpolation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import cast

from guangcheng.base.shares import Comparator, compare
from guangcheng.coverage.results import Status
from guangcheng.standards.model import Indicator, Target, TargetStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """How a value stands, and the one target to show beside it (``None`` when there is none to show)."""

    status: Status
    target: Target | None


def exact(value: Fraction | Decimal | int | float) -> Fraction:
    """The number as it is written: 0.36 is 36/100, never the nearest binary fraction."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def standing(indicator: Indicator, low: Fraction | None, high: Fraction | None, on: date) -> Standing:
    """How a value known to lie in ``low`` … ``high`` stands on ``on``.

    An answer that differs between the two ends is ``no_data``. A disputed target is shown and never scored; a
    qualitative one is a statement, ``reported``. Targets of role ``internal_control`` (003, C-17) decide ``behind``
    and never ``missed``.
    """
    scored = sorted(_scored(indicator.targets), key=lambda target: target.date)
    shown = _next_or_last(scored or _listed(indicator.targets), on)
    if low is None or high is None:
        return Standing(Status.NO_DATA, shown)
    if not scored:
        disputed = any(target.status is TargetStatus.DISPUTED for target in indicator.targets)
        return Standing(Status.DISPUTED if disputed else Status.REPORTED, shown)
    if indicator.comparator is None:
        return Standing(Status.REPORTED, shown)
    worst, best = (_against(scored, indicator.comparator, value, on) for value in (low, high))
    return worst if worst.status is best.status else Standing(Status.NO_DATA, shown)


def _scored(targets: Sequence[Target]) -> list[Target]:
    return [target for target in targets if target.status is TargetStatus.ACTIVE and target.value is not None]


def _listed(targets: Sequence[Target]) -> list[Target]:
    wanted = [target for target in targets if target.status is not TargetStatus.SUPERSEDED]
    return sorted(wanted, key=lambda target: target.date)


def _next_or_last(targets: Sequence[Target], on: date) -> Target | None:
    """The first target still to come; after the last, the last."""
    coming = [target for target in targets if target.date > on]
    return coming[0] if coming else (targets[-1] if targets else None)


def _against(targets: Sequence[Target], comparator: Comparator, value: Fraction, on: date) -> Standing:
    def meets(target: Target) -> bool:
        return compare(value, target.comparator or comparator, exact(cast("float", target.value)))

    final = next((target for target in reversed(targets) if target.role == "pass"), None)
    return _decided(targets, final, meets, on)


def _decided(targets: Sequence[Target], final: Target | None, meets: Callable[[Target], bool], on: date) -> Standing:
    if final is not None and meets(final):
        return Standing(Status.MET, final)
    if final is not None and on > final.date:
        return Standing(Status.MISSED, final)
    due = [target for target in targets if target.date <= on]
    if due and not meets(due[-1]):
        return Standing(Status.BEHIND, due[-1])
    if final is None and meets(targets[-1]):
        return Standing(Status.MET, targets[-1])
    return Standing(Status.ON_TRACK, _next_or_last(targets, on))
