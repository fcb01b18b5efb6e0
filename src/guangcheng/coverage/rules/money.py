"""Rules on money: ceilings, fees, fine bands, compensation. A person fixes the amount; the system shows the band."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Answer, Facts, Limits, missing, number


class Price(Facts):
    """A price asked and the table of ceilings the city loaded (yuan)."""

    item: str
    price: Decimal
    table: dict[str, Decimal] = Field(default_factory=dict)


def price_ceiling(facts: Price, limits: Limits) -> Answer:
    """Not above the ceiling plus ``over_percent``; an item in no table is a breach only if ``unlisted_is_breach``."""
    ceiling = facts.table.get(facts.item)
    if ceiling is None:
        reason = Text(zh=f"价目表里没有“{facts.item}”", en=f"“{facts.item}” is in no price table")
        return Answer(False if limits.flag("unlisted_is_breach") else None, reasons=(reason,))
    most = Fraction(ceiling) * (100 + limits.number("over_percent")) / 100
    reason = Text(zh=f"上限 {number(most)} 元", en=f"the ceiling is {number(most)} yuan")
    return Answer(Fraction(facts.price) <= most, number(facts.price), (reason,))


class Use(Facts):
    """A building an operator uses: whose it is, the fee, and whether a fee is agreed."""

    ownership: str
    fee: Decimal | None = None
    agreement: bool = False


def use_fee(facts: Use, limits: Limits) -> Answer:
    """Free of charge for ``free_classes``; for other buildings a fee is due and needs an agreement."""
    if facts.ownership in limits.words("free_classes"):
        ok = not facts.fee
        reason = Text(zh="应当无偿开放", en="to be opened free of charge")
        return Answer(ok, number(facts.fee or Decimal(0)), () if ok else (reason,))
    reason = Text(zh="应有使用费约定", en="a fee needs to be agreed")
    return Answer(facts.agreement, reasons=() if facts.agreement else (reason,))


class Fine(Facts):
    """A case on its way to a fine."""

    item: str | None = None
    conduct: Literal["business", "non_business"] | None = None
    """Found by the inspector, with reason (U-29)."""
    ordered: date | None = None
    term_ends: date | None = None
    inspected_again: date | None = None
    corrected: date | None = None
    severe: bool = False
    other_law: bool = False
    """Another law already provides for it (art. 33)."""
    amount: Decimal | None = None


def fine_band(facts: Fine, limits: Limits) -> Answer:
    """The band, once an order to correct has run out and a second look found nothing corrected; else why not.

    ``value`` is ``low-high`` in yuan, both ends included; ``ok`` is whether the proposed amount lies in it.
    ``items`` holds the clause the item stands on.
    """
    refused = _not_yet(facts, limits)
    if refused is not None:
        return Answer(None, reasons=(refused,))
    suffix = f"_{facts.conduct}" if limits.has(f"least_{facts.conduct}") else ""
    if not limits.has(f"least{suffix}"):
        reason = Text(zh="先认定经营性或非经营性", en="first find whether it is business conduct")
        return Answer(None, reasons=(reason,))
    least, most = limits.number(f"least{suffix}"), limits.number(f"most{suffix}")
    band = f"{number(least)}-{number(most)}"
    basis = (limits.rule.items[facts.item].title.zh,) if facts.item in limits.rule.items else ()
    if facts.amount is None:
        return Answer(None, band, items=basis)
    inside = least <= Fraction(facts.amount) <= most
    reason = Text(zh=f"幅度 {band} 元", en=f"the band is {band} yuan")
    return Answer(inside, band, () if inside else (reason,), basis)


def _not_yet(facts: Fine, limits: Limits) -> Text | None:
    if limits.rule.items and facts.item not in limits.rule.items:
        return Text(zh="不在处罚条款所列各项内", en="none of the items the clause punishes")
    if facts.other_law:
        return Text(zh="其他法律法规已有处罚规定", en="another law already provides a penalty")
    if facts.ordered is None or facts.term_ends is None:
        return Text(zh="未责令限期改正，不得罚款", en="no order to correct, so no fine")
    if facts.term_ends >= limits.on:
        return Text(zh=f"期限到 {facts.term_ends}，尚未届满", en=f"the term runs until {facts.term_ends}")
    if facts.corrected is not None and facts.corrected <= facts.term_ends:
        return Text(zh="期限内已改正，结案", en="corrected in time; close the case")
    if facts.inspected_again is None or facts.inspected_again <= facts.term_ends:
        return Text(zh="期满后未复查", en="not inspected again after the term")
    if facts.item in limits.words("only_severe") and not facts.severe:
        return Text(zh="只有严重影响才处罚", en="punished only when severe")
    return None


class Losses(Facts):
    """Items to be moved or destroyed and the unit prices the city loaded (yuan)."""

    class Line(Facts):
        """One item."""

        item: str
        quantity: Decimal

    lines: tuple[Line, ...]
    prices: dict[str, Decimal] = Field(default_factory=dict)


def compensation(facts: Losses, limits: Limits) -> Answer:
    """Sum of quantity × unit price × ``percent``; an item without a price leaves the sum open."""
    open_items = [line.item for line in facts.lines if line.item not in facts.prices]
    if open_items:
        found = missing(open_items, Text(zh="没有单价", en="no unit price"))
        return Answer(None, reasons=found.reasons, items=found.items)
    total = sum((line.quantity * facts.prices[line.item] for line in facts.lines), Decimal(0))
    return Answer(None, number(Fraction(total) * limits.number("percent") / 100))
