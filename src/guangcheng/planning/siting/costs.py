"""What a site costs and holds by its kind and the kind of its place: a shipped example list, or a city's own.

A kind of place the list does not name for a kind of site is no candidate: prices and exclusions are one table.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.text import Text

__all__ = ["COLUMNS", "EXAMPLE", "Price", "Prices", "read_prices"]

COLUMNS = (
    *("kind", "place", "cost_yuan", "capacity", "year"),
    *("certainty_zh", "certainty_en", "source_zh", "source_en"),
)
EXAMPLE = Text(zh="随软件的示例单价（假定，须换成本地价）", en="the example prices that ship (assumed; use local ones)")


@dataclass(frozen=True, slots=True)
class Price:
    """One line: yuan for one site, households it can serve (0: not limited), the year of the price, who says so."""

    cost: float
    capacity: float
    year: int
    certainty: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of one kind of site by kind of place, and the list they come from."""

    kind: str
    by_place: Mapping[str, Price]
    listed_in: Text


def read_prices(kind: str, path: Path | None = None) -> Prices:
    """Read the lines of ``kind`` from a CSV with the columns of :data:`COLUMNS`; the shipped list by default.

    ``NotFound`` for no such file; ``InputError`` for missing columns, a number that is none or below zero, the same
    place twice, or a list without the kind.
    """
    if path is not None and not path.is_file():
        raise NotFound(
            Text(zh="没有这个单价文件", en="there is no such list of prices"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(path)),
        )
    name = "costs.csv" if path is None else str(path)
    shipped = resources.files("guangcheng.planning.siting").joinpath("data", "costs.csv")
    lines = _text(shipped.read_bytes() if path is None else path.read_bytes(), name).splitlines()
    rows = list(csv.DictReader(lines))
    missing = [column for column in COLUMNS if not rows or column not in rows[0]]
    if missing:
        raise _wrong(
            name,
            1,
            Text(zh=f"单价文件缺列：{'、'.join(missing)}", en=f"the list of prices lacks: {', '.join(missing)}"),
        )
    found: dict[str, Price] = {}
    for number, row in enumerate(rows, start=2):
        if row["kind"] != kind:
            continue
        if row["place"] in found:
            raise _wrong(
                name,
                number,
                Text(zh=f"{kind} 的 {row['place']} 写了两行", en=f"{row['place']} stands twice for {kind}"),
            )
        found[row["place"]] = _price(row, name, number)
    if not found:
        raise _wrong(name, None, Text(zh=f"单价文件里没有 {kind}", en=f"the list of prices has no {kind}"))
    listed = EXAMPLE if path is None else Text(zh=path.name, en=path.name)
    return Prices(kind, MappingProxyType(found), listed)


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _wrong(name, None, Text(zh="单价文件不是 UTF-8 编码", en="the list of prices is not UTF-8")) from fault


def _price(row: Mapping[str, str | None], name: str, number: int) -> Price:
    try:
        cost, capacity, year = (float(row[column] or "") for column in ("cost_yuan", "capacity", "year"))
    except ValueError as fault:
        raise _wrong(
            name,
            number,
            Text(zh="cost_yuan、capacity、year 须是数", en="cost_yuan, capacity and year must be numbers"),
        ) from fault
    if not (0 < cost < float("inf") and 0 <= capacity < float("inf") and year.is_integer()):
        raise _wrong(
            name,
            number,
            Text(
                zh="单价须大于 0，容量不小于 0，年份为整数",
                en="a price must be above 0, a capacity at least 0, a year whole",
            ),
        )
    certainty, source = (Text(zh=row[f"{key}_zh"] or "", en=row[f"{key}_en"] or "") for key in ("certainty", "source"))
    return Price(cost, capacity, int(year), certainty, source)


def _wrong(name: str, row: int | None, message: Text) -> InputError:
    return InputError(
        message,
        mend=Text(
            zh=f"按随软件的示例写，列为 {','.join(COLUMNS)}", en=f"write it as the shipped one: {','.join(COLUMNS)}"
        ),
        where=Where(file=name, row=row),
    )
