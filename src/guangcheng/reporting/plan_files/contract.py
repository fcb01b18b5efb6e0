"""Tables of a fibre plan and their columns (``columns.csv``): one contract for writer and docs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pyarrow as pa

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text

__all__ = ["CHECKS", "FORMAT", "Column", "columns", "empty", "schema", "table_names"]

FORMAT = "guangcheng-plan/1"
"""Named in ``plan.json``; another number means other columns."""

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "room_households": "GB 50846-2012 3.2.1",
        "cabinet_households": "GB 50846-2012 3.2.1",
        "duct_operators": "GB 50846-2012 3.2.2",
        "one_cable_per_hole": "GB 50846-2012 3.2.3",
        "spare_holes": "GB 50846-2012 3.2.3",
        "spare_fibres": "GB 50846-2012 3.2.4",
        "fibres_per_home": "GB 50846-2012 3.2.6",
        "estate_room": "GB 50846-2012 3.2.7",
        "power": "",
    }
)
"""Ids the ``check`` column may have beside a plan's own, and their clause."""

_TYPES: Mapping[str, pa.DataType] = MappingProxyType(
    {"text": pa.string(), "whole": pa.int64(), "real": pa.float64(), "bool": pa.bool_()}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type (text, whole, real, bool), unit, codes, the ``table.column`` it refers to, what null means.

    ``null`` is ``None`` where a value must stand.
    """

    name: str
    type: str
    unit: str
    codes: tuple[str, ...]
    refers: tuple[str, str] | None
    null: Text | None
    meaning: Text

    @property
    def arrow(self) -> pa.Field:
        """The Arrow field."""
        return pa.field(self.name, _TYPES[self.type], nullable=self.null is not None)


@cache
def columns() -> Mapping[str, tuple[Column, ...]]:
    """The columns of every table, in the order of the file."""
    found: dict[str, list[Column]] = {}
    for row in packaged_rows("guangcheng.reporting.plan_files", "columns.csv"):
        table, _, column = row["refers"].partition(".")
        found.setdefault(row["table"], []).append(
            Column(
                name=row["column"],
                type=row["type"],
                unit=row["unit"],
                codes=tuple(row["codes"].split("|")) if row["codes"] else (),
                refers=(table, column) if table else None,
                null=Text(row["null_zh"], row["null_en"]) if row["null_zh"] else None,
                meaning=Text(row["zh"], row["en"]),
            )
        )
    return MappingProxyType({name: tuple(items) for name, items in found.items()})


def table_names() -> tuple[str, ...]:
    """Every table, in the order of the contract."""
    return tuple(columns())


def schema(table: str) -> pa.Schema:
    """The Arrow schema of ``table``; ``spans`` also has ``geometry`` (WKB LineString, degrees lon, lat)."""
    fields = [column.arrow for column in columns()[table]]
    if table == "spans":
        fields.append(pa.field("geometry", pa.binary(), nullable=False))
    return pa.schema(fields)


def empty(table: str) -> pa.Table:
    """``table`` without rows."""
    return schema(table).empty_table()
