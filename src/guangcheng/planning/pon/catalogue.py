"""What a network is made of and what it costs: prices, splitting schemes and the limits of GB 50846, all as tables."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil, floor, isfinite
from types import MappingProxyType
from typing import Literal

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text

__all__ = [
    "SPARE_SHARE",
    "Catalogue",
    "Limit",
    "Price",
    "Scheme",
    "limits",
    "read_prices",
    "scheme",
    "schemes",
    "shipped_catalogue",
]

SPARE_SHARE = 0.10
"""Share of a cable's fibres kept spare (GB 50846-2012 3.2.4)."""
_SIZED = ("splitter", "cable")
_HOUSINGS = ("room", "cabinet", "splitter_box")
_SINGLE = ("olt_port", *_HOUSINGS, "closure", "fusion", "connector", "attenuator")


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs in CNY, with the year and source of the figure; ``capacity`` in households or ports."""

    cny: float
    unit: Text
    year: int
    source: Text
    capacity: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Splitters by ratio, cables by fibres (per metre, laid), and the single items by name."""

    splitter: Mapping[int, Price]
    cable: Mapping[int, Price]
    single: Mapping[str, Price]

    @property
    def largest_cable(self) -> int:
        """Fibres of the largest cable that may be used, the spare share left free."""
        return usable(max(self.cable))

    def cables_for(self, fibres: int) -> tuple[int, ...]:
        """Sizes of the cables that carry ``fibres`` with the spare share free: large ones first, none for 0 fibres.

        One cable where one suffices; above the largest, full ones of the largest and the smallest that takes the rest.
        """
        sizes = sorted(self.cable)
        most = usable(sizes[-1])
        full, rest = divmod(fibres, most)
        if rest == 0:
            return (sizes[-1],) * full
        return (sizes[-1],) * full + (sizes[bisect_left([usable(size) for size in sizes], rest)],)

    def cable_cny(self, fibres: int) -> float:
        """CNY per metre of the cables that carry ``fibres``."""
        return sum(self.cable[size].cny for size in self.cables_for(fibres))

    def splitters_for(self, ports: int, ratio: int) -> tuple[int, ...]:
        """Ratios of the splitters that give ``ports`` outputs: full 1:``ratio`` ones, the smallest for the rest."""
        full, rest = divmod(ports, ratio)
        if rest == 0:
            return (ratio,) * full
        return (ratio,) * full + (min(size for size in self.splitter if rest <= size <= ratio),)

    def splitters_cny(self, ports: int, ratio: int) -> float:
        """CNY of those splitters."""
        return sum(self.splitter[size].cny for size in self.splitters_for(ports, ratio))

    def cny(self, item: str) -> float:
        """CNY of a single item."""
        return self.single[item].cny

    def envelope(self) -> tuple[float, float]:
        """``(a, b)`` in CNY/m with a + b·f ≤ price of cables for f fibres, for every f ≥ 1; b is the largest slope.

        The slope is that of full cables of the largest size, so that it also holds for bundles; a is then as large
        as the other sizes allow.
        """
        most = self.largest_cable
        whole = self.cable[max(self.cable)].cny
        ends = [1, *(usable(size) + 1 for size in sorted(self.cable)[:-1] if usable(size) >= 1)]
        slope = min((self.cable_cny(most) - self.cable_cny(1)) / max(1, most - 1), whole / most)
        intercept = min(self.cable_cny(f) - slope * g for f, g in ((f, _last(self, f)) for f in ends))
        return max(0.0, intercept), max(0.0, slope)


def usable(size: int) -> int:
    """Fibres of a cable of ``size`` that may be used with the spare share left free."""
    return floor(size * (1 - SPARE_SHARE) + 1e-9)


def _last(catalogue: Catalogue, fibres: int) -> int:
    """The most fibres that the cable for ``fibres`` takes."""
    return usable(catalogue.cables_for(fibres)[0])


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a PON port is split: ``first`` × ``second``; ``first`` is 1 where all is split once, in a cabinet or room."""

    id: str
    first: int
    second: int
    title: Text

    @property
    def homes(self) -> int:
        """Homes a PON port can serve."""
        return self.first * self.second

    @property
    def ratios(self) -> tuple[int, ...]:
        """Ratios from the OLT on."""
        return (self.second,) if self.first == 1 else (self.first, self.second)


@dataclass(frozen=True, slots=True)
class Limit:
    """One requirement of GB 50846 that a plan is checked by."""

    check: str
    clause: str
    level: Literal["must", "should"]
    comparator: Literal["<=", ">="]
    value: float
    unit: str
    title: Text
    source: str

    def holds(self, found: float) -> bool:
        """Whether ``found`` keeps the limit; equal does."""
        return found <= self.value + 1e-9 if self.comparator == "<=" else found >= self.value - 1e-9


def _table(name: str) -> list[dict[str, str]]:
    return packaged_rows("guangcheng.planning.pon", "data", name)


@cache
def schemes() -> Mapping[str, Scheme]:
    """The splitting schemes that ship, by id, none above 1:64."""
    found = {
        row["id"]: Scheme(
            row["id"], int(row["first"] or 1), int(row["second"]), Text(zh=row["title_zh"], en=row["title_en"])
        )
        for row in _table("schemes.csv")
    }
    return MappingProxyType(found)


def scheme(name: str) -> Scheme:
    """The scheme ``name``; an unknown one raises ``NotFound`` with those there are."""
    known = schemes()
    if name not in known:
        raise NotFound(
            Text(zh=f"没有分光方案“{name}”", en=f"there is no splitting scheme “{name}”"),
            mend=Text(zh=f"可用的有：{'、'.join(known)}", en=f"use one of {', '.join(known)}"),
        )
    return known[name]


@cache
def limits() -> Mapping[str, Limit]:
    """The requirements of GB 50846-2012 3.2.1 to 3.2.7, by check."""
    found = {}
    for row in _table("limits.csv"):
        level: Literal["must", "should"] = "must" if row["level"] == "must" else "should"
        comparator: Literal["<=", ">="] = "<=" if row["comparator"] == "<=" else ">="
        found[row["check"]] = Limit(
            row["check"],
            row["clause"],
            level,
            comparator,
            float(row["limit"]),
            row["unit"],
            Text(zh=row["title_zh"], en=row["title_en"]),
            row["source"],
        )
    return MappingProxyType(found)


@cache
def shipped_catalogue() -> Catalogue:
    """The prices that ship: an example, not a quotation."""
    return read_prices(enumerate(_table("prices.csv"), start=2), file="prices.csv")


def read_prices(rows: Iterable[tuple[int, Mapping[str, str]]], *, file: str) -> Catalogue:
    """A catalogue from rows with ``item``, ``size``, ``cny`` and, if wanted, capacity, year, unit and source.

    Each row comes with its number in the file. ``item`` is splitter (``size``: ratio), cable (``size``: fibres) or a
    single item. An unknown, repeated or missing item, a negative or unreadable figure is refused with its row.
    """
    sized: dict[str, dict[int, Price]] = {name: {} for name in _SIZED}
    single: dict[str, Price] = {}
    for number, row in rows:
        where = Where(file=file, row=number)
        item = row.get("item") or ""
        price = _price(row, where)
        if item in sized:
            size = int(_figure(row, "size", where))
            _once(size in sized[item], f"{item} {size}", where)
            sized[item][size] = price
        elif item in _SINGLE:
            _once(item in single, item, where)
            single[item] = price
        else:
            raise InputError(
                Text(zh=f"不认识的项目“{item}”", en=f"unknown item “{item}”"),
                mend=Text(zh=f"可用的有：{'、'.join((*_SIZED, *_SINGLE))}", en=f"use {', '.join((*_SIZED, *_SINGLE))}"),
                where=where,
            )
    _complete(sized, single, file)
    return Catalogue(MappingProxyType(sized["splitter"]), MappingProxyType(sized["cable"]), MappingProxyType(single))


def _complete(sized: Mapping[str, Mapping[int, Price]], single: Mapping[str, Price], file: str) -> None:
    missing = [name for name in _SIZED if not sized[name]] + [name for name in _SINGLE if name not in single]
    missing += [f"{name}: capacity" for name in _HOUSINGS if name in single and single[name].capacity < 1]
    missing += [f"splitter {ratio}" for ratio in _needed_ratios() if ratio not in sized["splitter"]]
    if missing:
        raise InputError(
            Text(zh=f"价目表缺少：{'、'.join(missing)}", en=f"the price list lacks {', '.join(missing)}"),
            mend=Text(zh="每项写一行", en="write one row for each"),
            where=Where(file=file),
        )


def _needed_ratios() -> list[int]:
    return sorted({ratio for way in schemes().values() for ratio in way.ratios})


def _once(again: bool, name: str, where: Where) -> None:
    if again:
        raise InputError(
            Text(zh=f"“{name}”写了两次", en=f"“{name}” is given twice"),
            mend=Text(zh="只留一行", en="keep one of the rows"),
            where=where,
        )


def _price(row: Mapping[str, str], where: Where) -> Price:
    unit, source = row.get("unit") or "", row.get("source") or ""
    return Price(
        cny=_figure(row, "cny", where),
        unit=Text(zh=row.get("unit_zh") or unit or "-", en=row.get("unit_en") or unit or "-"),
        year=int(_figure(row, "year", where)) if row.get("year") else 0,
        source=Text(zh=row.get("source_zh") or source or "-", en=row.get("source_en") or source or "-"),
        capacity=int(_figure(row, "capacity", where)) if row.get("capacity") else 0,
    )


def _figure(row: Mapping[str, str], column: str, where: Where) -> float:
    said = row.get(column) or ""
    try:
        value = float(said)
    except ValueError:
        value = -1.0
    whole = column == "cny" or ceil(value) == value if isfinite(value) else False
    if not (whole and value >= (1 if column == "size" else 0)):
        raise InputError(
            Text(zh=f"“{said}”不是可用的数", en=f"“{said}” is not a usable figure"),
            mend=Text(
                zh="单价写不小于 0 的数，规格、容量、年份写整数",
                en="write prices of at least 0, and whole numbers for size, capacity and year",
            ),
            where=Where(file=where.file, row=where.row, column=column),
        )
    return value
