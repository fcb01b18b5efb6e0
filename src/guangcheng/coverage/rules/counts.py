"""Rules on counts and rates: sums that must agree, sharing, scores, gaps, speeds. Exact arithmetic throughout."""

import math
import statistics
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pydantic import Field

from guangcheng.base.shares import Share
from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Answer, Facts, Limits, missing, number


class Sums(Facts):
    """A month's users in one unit."""

    urban: Decimal
    rural: Decimal
    total: Decimal
    ftth: Decimal
    ftth_households_covered: Decimal | None = None


def sums_agree(facts: Sums, limits: Limits) -> Answer:
    """Urban and rural make the total (within ``tolerance``); fibre users are among them.

    More fibre users than households covered is a remark, no fault.
    """
    off = abs(Fraction(facts.urban + facts.rural - facts.total))
    bad = [] if off <= limits.number("tolerance") else ["urban+rural"]
    bad += ["ftth"] if facts.ftth > facts.total else []
    found = missing(bad, Text(zh="勾稽不符", en="figures do not agree"))
    covered = facts.ftth_households_covered
    if covered is None or facts.ftth <= covered:
        return found
    remark = Text(zh="光纤用户多于覆盖户数", en="more fibre users than households covered")
    return Answer(found.ok, found.value, (*found.reasons, remark), found.items)


class Reported(Facts):
    """An operator's monthly figures of one area beside what else is known."""

    users: int
    users_before: int | None = None
    villages: tuple[int, ...] = ()
    claimed_without_point: int = 0
    """Coverage claims with no access point within the radius."""


def plausible(facts: Reported, limits: Limits) -> Answer:
    """Issues, never a rejection (U-12): a jump over ``jump_percent``, parts off the total, claims without point."""
    found = []
    if facts.users_before is not None and 100 * abs(facts.users - facts.users_before) > (
        limits.number("jump_percent") * facts.users_before
    ):
        found.append("jump")
    if facts.villages and sum(facts.villages) != facts.users:
        found.append("sum")
    if facts.claimed_without_point > 0:
        found.append("claim")
    return missing(found, Text(zh="数据疑点", en="issues in the data"))


class Streets(Facts):
    """An indicator's count by street."""

    class Street(Facts):
        """One street: how many of how many."""

        name: str
        ok: int
        n: int

    streets: tuple[Street, ...]


def gap_by_street(facts: Streets, limits: Limits) -> Answer:
    """How many are missing to ``target`` %, and the streets by what they could add, the largest first."""
    ok, n = sum(item.ok for item in facts.streets), sum(item.n for item in facts.streets)
    if n == 0:
        return Answer(None, reasons=(Text(zh="没有数据", en="no data"),))
    short = max(math.ceil(limits.final("target") * n / 100) - ok, 0)
    order = sorted((item for item in facts.streets if item.ok < item.n), key=lambda item: (item.ok - item.n, item.name))
    return Answer(short == 0, str(short), items=tuple(item.name for item in order))


class Investment(Facts):
    """Spending by class of area, this year and the year before (any one unit)."""

    this_year: dict[str, Decimal]
    last_year: dict[str, Decimal] = Field(default_factory=dict)


def share_grows(facts: Investment, limits: Limits) -> Answer:
    """The share that goes to ``classes`` is larger than the year before; without a year before nothing is said."""
    classes = limits.words("classes")
    now, before = _share(facts.this_year, classes), _share(facts.last_year, classes)
    if now is None or before is None:
        return Answer(None, None if now is None else number(now))
    return Answer(now > before, number(now), (Text(zh=f"上年 {number(before)}%", en=f"last year {number(before)} %"),))


def _share(spent: dict[str, Decimal], classes: tuple[str, ...]) -> Fraction | None:
    total = sum(spent.values(), Decimal(0))
    if total == 0:
        return None
    return Fraction(100 * sum((spent.get(name, Decimal(0)) for name in classes), Decimal(0))) / Fraction(total)


class Samples(Facts):
    """Speed samples of groups (area, operator, plan): measured download rates and the contracted one, in Mbps."""

    class Group(Facts):
        """One group."""

        name: str
        contracted: Decimal
        rates: tuple[Decimal, ...]

    groups: tuple[Group, ...]


def speeds_to_publish(facts: Samples, limits: Limits) -> Answer:
    """Groups with at least ``n_min`` samples, each as ``name median mean P10 ratio%``; smaller ones are held back."""
    least = limits.whole("n_min")
    large = [group for group in facts.groups if len(group.rates) >= least]
    held = [group.name for group in facts.groups if len(group.rates) < least]
    reasons = (Text(zh="样本不足：" + "、".join(held), en="too few samples: " + ", ".join(held)),) if held else ()
    return Answer(bool(large) if facts.groups else None, str(len(large)), reasons, tuple(map(_published, large)))


def _published(group: Samples.Group) -> str:
    rates = sorted(Fraction(rate) for rate in group.rates)
    median = statistics.median(rates)
    tenth = rates[max(math.ceil(Fraction(len(rates), 10)) - 1, 0)]
    mean = sum(rates, Fraction(0)) / len(rates)
    ratio = 100 * median / Fraction(group.contracted)
    return f"{group.name} {number(median)} {number(mean)} {number(tenth)} {number(ratio)}%"


class Tiers(Facts):
    """Copper users by contracted Mbps, this month and the month before."""

    users: dict[str, dict[Decimal, int]]
    """Operator → rate → users."""
    before: dict[str, int] = Field(default_factory=dict)


def slow_users(facts: Tiers, limits: Limits) -> Answer:
    """Users below ``below_mbps`` per operator; falling (or none left) is the wish, which binds nobody."""
    floor = limits.number("below_mbps")
    counts = {
        name: sum(count for rate, count in tiers.items() if Fraction(rate) < floor)
        for name, tiers in sorted(facts.users.items())
    }
    total = sum(counts.values())
    items = tuple(f"{name} {count}" for name, count in counts.items())
    if not facts.before:
        return Answer(True if total == 0 else None, str(total), items=items)
    return Answer(total == 0 or total < sum(facts.before.values()), str(total), items=items)


class Issues(Facts):
    """Issues raised, by category: days until solved, ``None`` while open."""

    issues: dict[str, tuple[int | None, ...]]


def support_score(facts: Issues, limits: Limits) -> Answer:
    """Share solved and median days per category of ``categories``; a category without issues is not scored."""
    rows = []
    for name in limits.words("categories"):
        days = facts.issues.get(name, ())
        if days:
            solved = [item for item in days if item is not None]
            median = number(Fraction(statistics.median(map(Fraction, solved)))) if solved else "—"
            rows.append(f"{name} {number(Fraction(100 * len(solved), len(days)))}% {median}")
    unknown = sorted(set(facts.issues) - set(limits.words("categories")))
    reasons = (Text(zh="类别不认识：" + "、".join(unknown), en="unknown: " + ", ".join(unknown)),) if unknown else ()
    return Answer(not unknown if rows else None, str(len(rows)), reasons, tuple(rows))


class Stations(Facts):
    """Stations with the day they came into service and how many operators use them."""

    class Station(Facts):
        """Many alike stations may stand in one row."""

        since: date
        tenants: int
        count: int = 1

    stations: tuple[Station, ...]


def new_and_shared(facts: Stations, limits: Limits) -> Answer:
    """Stations new since ``since`` against the target, and the share with ``tenants`` or more against its own."""
    new = [item for item in facts.stations if limits.day("since") <= item.since <= limits.on]
    total = sum(item.count for item in new)
    share = Share(sum(item.count for item in new if item.tenants >= limits.whole("tenants")), total)
    shared = share.meets(">", limits.final("shared"))
    bad = [] if total >= 10_000 * limits.final("stations") else ["stations"]
    bad += ["shared"] if shared is False else []
    value = f"{total}; {share.shown() or '—'}%"
    found = missing(bad, Text(zh="未达", en="not met"))
    return Answer(found.ok if total else None, value, found.reasons, found.items)


class Built(Facts):
    """Quantities of one year by kind: what could have been shared or jointly built, and what was."""

    class Kind(Facts):
        """One kind of facility, in its own unit (km or systems)."""

        need: Decimal = Decimal(0)
        shared: Decimal = Decimal(0)
        could_co_build: Decimal = Decimal(0)
        co_built: Decimal = Decimal(0)

    pole: Kind = Kind()
    duct: Kind = Kind()
    indoor: Kind = Kind()


RATES = ("pole_shared", "duct_shared", "indoor_shared", "pole_co_built", "duct_co_built", "indoor_co_built")


def sharing_rates(facts: Built, limits: Limits) -> Answer:
    """Six rates against their floors; a rate without quantity is not assessed. ``items`` names those missed."""
    kinds = {"pole": facts.pole, "duct": facts.duct, "indoor": facts.indoor}
    rates = {name: _rate(kinds[name.split("_")[0]], shared=name.endswith("shared")) for name in RATES}
    missed = [name for name, rate in rates.items() if rate is not None and rate < limits.final(name)]
    assessed = sum(rate is not None for rate in rates.values())
    found = missing(missed, Text(zh="未达", en="not met"))
    return Answer(found.ok if assessed else None, f"{assessed - len(missed)}/{assessed}", found.reasons, found.items)


def _rate(kind: Built.Kind, *, shared: bool) -> Fraction | None:
    done, whole = (kind.shared, kind.need) if shared else (kind.co_built, kind.could_co_build)
    return Fraction(100 * done) / Fraction(whole) if whole > 0 else None


class Violations(Facts):
    """Upheld violations of one group, counted nationwide; ``exempt`` ones (RUL-586-18) are left out."""

    upheld: int
    exempt: int = 0


def violation_deduction(facts: Violations, limits: Limits) -> Answer:
    """``points`` for every ``per`` violations, at most ``cap`` (C-31: whole groups of three)."""
    groups = (facts.upheld - facts.exempt) // limits.whole("per")
    points = min(limits.number("cap"), groups * limits.number("points"))
    return Answer(points == 0, number(points))


class Missed(Facts):
    """How many of the six indicators one group missed, and its deduction for violations."""

    missed: int
    for_violations: Decimal = Decimal(0)


def missed_deduction(facts: Missed, limits: Limits) -> Answer:
    """``points`` for each missed indicator, at most ``cap``; the reason shows the total with the other deduction."""
    points = min(limits.number("cap"), facts.missed * limits.number("points"))
    total = number(points + Fraction(facts.for_violations))
    return Answer(points == 0, number(points), (Text(zh=f"合计减 {total} 分", en=f"{total} points in all"),))


class Scores(Facts):
    """Deductions per enterprise, and what it did well."""

    deductions: dict[str, Decimal]
    notable: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def ranking(facts: Scores, limits: Limits) -> Answer:
    """Enterprises from the least deduction, ties by name; those with a deed of ``criteria`` are up for praise."""
    order = sorted(facts.deductions, key=lambda name: (facts.deductions[name], name))
    criteria = limits.words("criteria")
    praise = [name for name in order if any(deed in criteria for deed in facts.notable.get(name, ()))]
    reasons = (Text(zh="可予表扬：" + "、".join(praise), en="up for praise: " + ", ".join(praise)),) if praise else ()
    return Answer(None, str(len(praise)), reasons, tuple(f"{name} -{number(facts.deductions[name])}" for name in order))
