"""What a measure found in one area: exact numbers, the members behind them, and what could not be known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.results import DataGap
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.verdicts import Tally
from guangcheng.standards.model import Scalar

Params = Mapping[str, Scalar]

THINGS: Mapping[str, Text] = MappingProxyType(
    {
        "自然村": Text("自然村", "natural villages"),
        "行政村": Text("行政村", "admin villages"),
        "街镇": Text("街镇", "streets and towns"),
        "街道": Text("街道", "streets"),
        "驻地": Text("驻地", "premises"),
        "小区": Text("小区", "estates"),
        "楼栋": Text("楼栋", "buildings"),
        "单元": Text("单元", "units"),
        "示范点": Text("示范点", "demonstration sites"),
        "案例": Text("案例", "cases"),
        "指标": Text("指标", "indicators"),
        "场所": Text("场所", "places"),
        "站址": Text("站址", "sites"),
        "端口": Text("端口", "ports"),
        "户": Text("户", "households"),
        "用户": Text("用户", "subscribers"),
        "工单": Text("工单", "orders"),
    }
)
"""The real units of gaps: what is counted, in both languages."""


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that was counted: an area (by number), a premises (by row) or register rows as they are.

    ``state`` is 1 counted as passed, 0 as failed, -1 unknown, -2 left out, ``None`` where there is nothing to pass.
    """

    title: Text
    state: int | None = None
    area: int | None = None
    premises: int | None = None
    estate: int | None = None
    rows: tuple[Mapping[str, object], ...] = ()
    note: str = ""


Members = Callable[[int | None], Iterable[Member]]
"""Gives the members in their order: all for ``None``, else only those whose state is the argument."""


def no_members(_only: int | None) -> Iterable[Member]:
    """No member to show."""
    return ()


def listed(make: Callable[[], Iterable[Member]]) -> Members:
    """Members from a plain list of them."""
    return lambda only: (member for member in make() if only is None or member.state == only)


@dataclass(frozen=True, slots=True)
class Measured:
    """A value known to lie in ``low`` … ``high``: unknown members counted as failed, and as passed.

    ``low`` and ``high`` are ``None`` without data. ``per`` times ``numerator`` over ``denominator`` is the value (100
    for a share); a count has no denominator. ``things`` names the unit of the numerator (:data:`THINGS`).
    """

    low: Fraction | None
    high: Fraction | None
    numerator: int | Fraction | None
    denominator: int | Fraction | None
    unknown: int = 0
    per: int = 1
    things: str | None = None
    kind: Literal["share", "ratio", "count", "number"] = "number"
    """``share``: members of a whole; ``ratio``: two independent counts; ``count``: things; ``number``: as reported."""
    notes: tuple[Text, ...] = ()
    gaps: tuple[DataGap, ...] = ()
    basis: Basis | None = None
    applicable: bool = True
    """False when the rule says that there is nothing to judge (``not_applicable``)."""
    demanded: int | None = None
    """A threshold of the rule itself that stands in for the test's (all settlements of a village: 100 %)."""
    members: Members = field(default=no_members, compare=False)

    def more_needed(self, target: Fraction) -> int | Fraction | None:
        """How many more things the numerator needs for the value to reach ``target`` exactly or just beyond.

        Whole things for shares and counts; the plain difference for other numbers; ``None`` without data.
        """
        if self.low is None:
            return None
        if self.kind in ("share", "ratio") and self.denominator is not None and self.numerator is not None:
            wanted = target * self.denominator / self.per
            return max(0, -((Fraction(self.numerator) - wanted).__floor__()))
        missing = target - self.low
        return max(0, -((-missing).__floor__())) if self.kind == "count" else max(Fraction(0), missing)


@lru_cache(maxsize=4096)
def _bounds(counted: Tally) -> tuple[Fraction | None, Fraction | None]:
    """Percentage with every unknown member failed, and with every one passed."""
    if not counted.n:
        return None, None
    low = Fraction(100 * counted.passed, counted.n)
    return low, Fraction(100 * (counted.passed + counted.unknown), counted.n) if counted.unknown else low


def share(
    counted: Tally,
    things: str,
    *,
    members: Members = no_members,
    notes: tuple[Text, ...] = (),
    gaps: tuple[DataGap, ...] = (),
    basis: Basis | None = None,
) -> Measured:
    """A percentage of members; 0/0 has no value."""
    low, high = _bounds(counted)
    return Measured(
        low=low,
        high=high,
        numerator=counted.passed,
        denominator=counted.n,
        unknown=counted.unknown,
        per=100,
        things=things,
        kind="share",
        notes=notes,
        gaps=gaps,
        basis=basis,
        members=members,
    )


def count(
    passed: int,
    things: str,
    *,
    unknown: int = 0,
    members: Members = no_members,
    notes: tuple[Text, ...] = (),
    gaps: tuple[DataGap, ...] = (),
) -> Measured:
    """How many there are; ``unknown`` more might be."""
    return Measured(
        low=Fraction(passed),
        high=Fraction(passed + unknown),
        numerator=passed,
        denominator=None,
        unknown=unknown,
        things=things,
        kind="count",
        notes=notes,
        gaps=gaps,
        members=members,
    )


def counted(found: Tally, things: str, *, members: Members = no_members) -> Measured:
    """How many places pass; no value when there is no such place, or when none of them has an answer."""
    if found.unknown == found.n:
        return Measured(None, None, found.passed, None, found.unknown, things=things, kind="count", members=members)
    return count(found.passed, things, unknown=found.unknown, members=members)


def ratio(
    numerator: int | None,
    denominator: int | None,
    things: str,
    *,
    per: int = 100,
    members: Members = no_members,
    notes: tuple[Text, ...] = (),
    gaps: tuple[DataGap, ...] = (),
) -> Measured:
    """``per`` × numerator ÷ denominator of two counts, never capped; no value when one is missing, or for 0/0."""
    value = None
    if numerator is not None and denominator:
        value = Fraction(per * numerator, denominator)
    return Measured(
        low=value,
        high=value,
        numerator=numerator,
        denominator=denominator,
        per=per,
        things=things,
        kind="ratio",
        notes=notes,
        gaps=gaps,
        members=members,
    )


def nothing(*gaps: DataGap, notes: tuple[Text, ...] = ()) -> Measured:
    """No data at all."""
    return Measured(low=None, high=None, numerator=None, denominator=None, gaps=gaps, notes=notes)


def not_applicable(note: Text) -> Measured:
    """The rule has nothing to judge here."""
    return Measured(low=None, high=None, numerator=0, denominator=0, notes=(note,), applicable=False)


def register_gap(survey: Survey, *registers: str) -> tuple[DataGap, ...]:
    """A gap for each of ``registers`` that the city has not got by the day."""
    from guangcheng.registers.schema import schema

    return tuple(
        DataGap(
            kind="missing_register",
            where=register,
            message=Text(
                zh=f"截至当日没有导入台账“{schema(register).title.zh}”（{register}）",
                en=f"the register {register} has no snapshot by that day",
            ),
        )
        for register in registers
        if not survey.has(register)
    )


def words(params: Params, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Argument ``name`` as a tuple of words; ``default`` when it is not given."""
    value = params.get(name)
    if value is None:
        return default
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def named(names: Sequence[str], total: int | None = None, limit: int = 5) -> Text:
    """The first names and how many there are: ``甲村、乙村等 7 个`` / ``甲村, 乙村 and 5 more``."""
    all_of_them = len(names) if total is None else total
    shown = list(names[:limit])
    more = all_of_them - len(shown)
    if more <= 0:
        return Text(zh="、".join(shown), en=", ".join(shown))
    return Text(zh=f"{'、'.join(shown)}等 {all_of_them} 个", en=f"{', '.join(shown)} and {more} more")


Measure = Callable[[Survey, int, Params], Measured]
"""Takes the survey, the number of an area (-1 the whole; for estates the row of the estate), and arguments."""
