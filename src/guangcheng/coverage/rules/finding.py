"""What executing a rule needs and gives: facts, the numbers in force, and the finding with its reasons and clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import NotFound, OutsideKnowledge
from guangcheng.base.provenance import Basis, Clause
from guangcheng.base.shares import shown
from guangcheng.base.text import Text
from guangcheng.coverage.status import exact
from guangcheng.standards.model import DatedValue, Indicator, Rule, Scalar, Standard, Target, TargetStatus, value_at


class Facts(BaseModel):
    """Base of what a rule is told: immutable, unknown keys refused, numbers exact."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoFacts(Facts):
    """A rule that asks for nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a logic says. ``ok`` is ``None`` when the facts do not decide (no data, nothing demanded).

    ``items`` names, in order, what fails or is missing (or what is ranked); ``due`` is the last day in time.
    """

    ok: bool | None
    value: str | None = None
    reasons: tuple[Text, ...] = ()
    items: tuple[str, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer with the rule, its clause, and whether any number behind it is the product's own default."""

    rule: str
    ok: bool | None
    value: str | None
    reasons: tuple[Text, ...]
    items: tuple[str, ...]
    due: date | None
    clause: Clause
    basis: Basis
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers a rule applies on one day, by the names its logic knows. Every value keeps its source and basis."""

    rule: Rule
    standard: Standard
    on: date
    calendar: WorkingCalendar

    def has(self, name: str) -> bool:
        """Whether the standard sets ``name`` on this day."""
        return self._found(name) is not None

    def number(self, name: str) -> Fraction:
        """The number in force, exact as written. ``OutsideKnowledge`` when none is in force on the day."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unusable(name, value)
        return exact(value)

    def whole(self, name: str) -> int:
        """A number that counts whole things."""
        return int(self.number(name))

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words; one word is a list of one."""
        value = self._value(name)
        return tuple(value) if isinstance(value, list) else (str(value),)

    def flag(self, name: str) -> bool:
        """A true/false choice."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise _unusable(name, value)
        return value

    def day(self, name: str) -> date:
        """A day: a parameter written as a date, or the final date of an indicator's targets."""
        indicator = self._indicator(name)
        if indicator is not None:
            return _final(name, indicator).date
        return date.fromisoformat(str(self._value(name)))

    def final(self, name: str) -> Fraction:
        """The last active target of an indicator."""
        indicator = self._indicator(name)
        if indicator is None:
            raise _not_set(name)
        return exact(_final(name, indicator).value or 0)

    def used(self) -> tuple[DatedValue, ...]:
        """Every dated value this rule applies on the day."""
        found = [self._found(name) for name in (*self.rule.parameters, *self.rule.takes)]
        return tuple(item for item in found if item is not None)

    def _indicator(self, name: str) -> Indicator | None:
        return self.standard.indicators.get(self.rule.takes.get(name, name))

    def _found(self, name: str) -> DatedValue | None:
        own = self.rule.parameters.get(name)
        if own is not None:
            return value_at(own.values, self.on)
        return self.standard.parameter(self.rule.takes.get(name, name), self.on)

    def _value(self, name: str) -> Scalar:
        found = self._found(name)
        if found is None or found.value is None:
            raise _not_set(name)
        return found.value


def _final(name: str, indicator: Indicator) -> Target:
    wanted = [item for item in indicator.targets if item.status is TargetStatus.ACTIVE and item.role == "pass"]
    if not wanted:
        raise _not_set(name)
    return max(wanted, key=lambda item: item.date)


def _not_set(name: str) -> OutsideKnowledge:
    return OutsideKnowledge(
        Text(zh=f"标准当天没有给出“{name}”", en=f"the standard does not set “{name}” on this day"),
        mend=Text(zh="在标准里补上该值，或换一个日期", en="set it in the standard, or ask for another day"),
    )


def _unusable(name: str, value: object) -> NotFound:
    return NotFound(
        Text(zh=f"“{name}”的值 {value!r} 类型不对", en=f"“{name}” is {value!r}, of the wrong kind"),
        mend=Text(zh="在标准里改正", en="put it right in the standard"),
    )


def number(value: Decimal | Fraction | int) -> str:
    """A number for people: whole things whole, others with at most two decimals, rounded down."""
    whole = Fraction(value)
    if whole.denominator == 1:
        return str(whole.numerator)
    text = shown(whole, 2) if whole >= 0 else "-" + shown(-whole, 2)
    return text.rstrip("0").rstrip(".")


def listed(names: Sequence[str]) -> Text:
    """Names as a person reads them."""
    return Text(zh="、".join(names), en=", ".join(names))


def missing(names: Sequence[str], what: Text) -> Answer:
    """All there, or the ones that are not."""
    if not names:
        return Answer(ok=True, value="0")
    found = listed(names)
    reason = Text(zh=f"{what.zh}：{found.zh}", en=f"{what.en}: {found.en}")
    return Answer(ok=False, value=str(len(names)), reasons=(reason,), items=tuple(names))
