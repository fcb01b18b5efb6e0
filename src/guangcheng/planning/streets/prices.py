"""What a metre costs by method and surface, and what the classes of streets are: tables, a person's own in their place.

The prices that ship are an **example** (each row says so): they are of the order of published totals, no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from types import MappingProxyType

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text
from guangcheng.planning.streets.faults import fault
from guangcheng.planning.streets.model import Method, Surface
from guangcheng.registers.faults import Fault

__all__ = ["EXAMPLE", "Price", "Prices", "StreetClass", "example_prices", "prices_of", "street_class"]

EXAMPLE = "example-2024"
"""The id of the price list that ships."""
Key = tuple[Method, Surface]


@dataclass(frozen=True, slots=True)
class Price:
    """CNY per metre, who says so, and of which year."""

    cny_per_m: float
    source: Text
    year: int | None


@dataclass(frozen=True, slots=True)
class Prices:
    """A price list: ``id`` stands in every plan made with it."""

    id: str
    per_m: Mapping[Key, Price]

    def of(self, method: Method, surface: Surface) -> float:
        """CNY per metre; a pair the list lacks raises ``KeyError`` (lists made by :func:`prices_of` lack none)."""
        return self.per_m[method, surface].cny_per_m

    def cheapest(self, methods: Iterable[Method], surface: Surface) -> Method:
        """The cheapest of ``methods`` that has a price on this surface; trench when none has. First named wins ties."""
        priced = [method for method in methods if (method, surface) in self.per_m]
        return min(priced, key=lambda method: self.of(method, surface), default=Method.TRENCH)


@dataclass(frozen=True, slots=True)
class StreetClass:
    """A class of streets: may a cable be laid along it, what is opened there, how wide it is from kerb to kerb."""

    usable: bool
    surface: Surface
    width_m: float


@cache
def street_classes() -> Mapping[str, StreetClass]:
    """The classes of ``data/street_classes.csv`` by OSM ``highway`` value; ``*`` is any other."""
    return MappingProxyType(
        {
            row["highway"]: StreetClass(row["usable"] == "yes", Surface(row["surface"]), float(row["width_m"]))
            for row in _rows("street_classes.csv")
        }
    )


def street_class(kind: str) -> StreetClass:
    """The class of a street; an unknown kind is taken as an ordinary narrow street."""
    known = street_classes()
    return known.get(kind, known["*"])


@cache
def example_prices() -> Prices:
    """The list that ships."""
    return Prices(EXAMPLE, MappingProxyType(dict(_price(row) for row in _rows("prices_example.csv"))))


def prices_of(rows: Iterable[Mapping[str, str]], *, id: str) -> tuple[Prices, tuple[Fault, ...]]:  # noqa: A002
    """A price list from rows with the columns of ``prices_example.csv``, and what was wrong with it.

    A pair that is missing, or whose price is negative or no number, takes the example's price, and a fault says so.
    Rows of methods and surfaces we do not know are left alone: other parts of a plan may have use for them.
    """
    example = example_prices()
    found: dict[Key, Price] = {}
    faults: list[Fault] = []
    for row in rows:
        key = _key(row)
        if key is None or key not in example.per_m:
            continue
        value = _number(row.get("cny_per_m", ""))
        if value is None:
            used = example.of(*key)
            faults.append(
                fault("S-09", "prices", _shown(key), key=_shown(key), found=row.get("cny_per_m", ""), used=f"{used:g}")
            )
            found[key] = example.per_m[key]
        else:
            found[key] = Price(
                value, Text(zh=row.get("source_zh") or "", en=row.get("source_en") or ""), _year(row.get("year"))
            )
    for key, price in example.per_m.items():
        if key not in found:
            faults.append(fault("S-10", "prices", _shown(key), key=_shown(key), used=f"{price.cny_per_m:g}"))
            found[key] = price
    return Prices(id, MappingProxyType(found)), tuple(faults)


def _shown(key: Key) -> str:
    return f"{key[0]}/{key[1]}"


def _key(row: Mapping[str, str]) -> Key | None:
    try:
        return Method(row.get("method", "")), Surface(row.get("surface", ""))
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 else None


def _year(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None


def _price(row: Mapping[str, str]) -> tuple[Key, Price]:
    source = Text(zh=row["source_zh"], en=row["source_en"])
    return (Method(row["method"]), Surface(row["surface"])), Price(float(row["cny_per_m"]), source, int(row["year"]))


def _rows(name: str) -> list[dict[str, str]]:
    return packaged_rows("guangcheng.planning.streets", "data", name)
