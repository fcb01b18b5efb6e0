"""The registers as tables: one row per field, read by the validator, the template, the docs and the code.

A register's fields stand in ``schemas/<register>.csv``; the list of registers in ``schemas/_registers.csv``.
"""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

import pyarrow as pa

from guangcheng.base.errors import NotFound
from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text

FieldType = Literal[
    "id", "code", "area", "text", "int", "decimal", "bool", "date", "month", "choice", "list", "lon", "lat"
]

SCHEMA_VERSION = 1
"""Part of every snapshot's hash: a new meaning of the tables is never confused with an old one."""

_ARROW: dict[str, pa.DataType] = {
    "id": pa.string(),
    "code": pa.string(),
    "area": pa.string(),
    "text": pa.string(),
    "choice": pa.string(),
    "int": pa.int64(),
    "decimal": pa.float64(),
    "lon": pa.float64(),
    "lat": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "month": pa.date32(),
    "list": pa.list_(pa.string()),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a register.

    ``codes`` maps each stored code to the words people write for it; ``aliases`` are headers people use, compared
    after normalising width, case and blanks. ``month`` is stored as the last day of the month.
    """

    name: str
    title: Text
    type: FieldType
    unit: str | None
    required: bool
    default: str | None
    codes: MappingProxyType[str, tuple[str, ...]]
    aliases: tuple[str, ...]
    clause: str | None
    description: Text

    @property
    def arrow_type(self) -> pa.DataType:
        """Column type in a snapshot."""
        return _ARROW[self.type]

    def word(self, code: str) -> Text:
        """A stored code as people say it: the first word of the table in Chinese, the code itself in English."""
        return Text(zh=(*self.codes.get(code, ()), code)[0], en=code)


@dataclass(frozen=True, slots=True)
class Schema:
    """One register: its key, its fields, and what its geometry is.

    Stored columns are the fields in table order; a register with point geometry also has ``x``, ``y`` (metres in the
    city's CRS) and ``geometry`` (WKB in that CRS), one with line geometry has ``geometry``.
    """

    register: str
    title: Text
    key: tuple[str, ...]
    geometry: Literal["point", "line"] | None
    clause: str | None
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field called ``name``; ``KeyError`` if there is none (a programming error)."""
        return next(field for field in self.fields if field.name == name)

    @property
    def arrow(self) -> pa.Schema:
        """The stored columns. Key and required fields are still nullable in Arrow; the validator refuses gaps."""
        columns = [pa.field(field.name, field.arrow_type) for field in self.fields]
        if self.geometry == "point":
            columns += [pa.field("x", pa.float64()), pa.field("y", pa.float64())]
        if self.geometry is not None:
            columns.append(pa.field("geometry", pa.binary()))
        return pa.schema(columns)

    def empty(self) -> pa.Table:
        """A table with the stored columns and no rows."""
        return self.arrow.empty_table()


def _read(name: str) -> list[dict[str, str]]:
    return packaged_rows("guangcheng.registers", "schemas", f"{name}.csv")


def _codes(text: str) -> MappingProxyType[str, tuple[str, ...]]:
    pairs = (item.partition("=") for item in text.split(";") if item)
    return MappingProxyType({code: tuple(word for word in words.split("|") if word) for code, _, words in pairs})


def _field(row: dict[str, str]) -> Field:
    return Field(
        name=row["name"],
        title=Text(zh=row["title_zh"], en=row["title_en"]),
        type=cast("FieldType", row["type"]),
        unit=row["unit"] or None,
        required=row["required"] == "yes",
        default=row["default"] or None,
        codes=_codes(row["codes"]),
        aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
        clause=row["clause"] or None,
        description=Text(zh=row["description_zh"], en=row["description_en"]),
    )


@cache
def schemas() -> MappingProxyType[str, Schema]:
    """All registers in the order of ``_registers.csv``."""
    return MappingProxyType(
        {
            row["register"]: Schema(
                register=row["register"],
                title=Text(zh=row["title_zh"], en=row["title_en"]),
                key=tuple(row["key"].split(";")),
                geometry=cast("Literal['point', 'line'] | None", row["geometry"] or None),
                clause=row["clause"] or None,
                fields=tuple(_field(field) for field in _read(row["register"])),
            )
            for row in _read("_registers")
        }
    )


def schema(register: str) -> Schema:
    """The register called ``register``; ``NotFound`` lists the known ones."""
    known = schemas()
    if register not in known:
        names = ", ".join(known)
        raise NotFound(
            Text(zh=f"没有叫“{register}”的台账", en=f"there is no register called “{register}”"),
            mend=Text(zh=f"可用的台账：{names}", en=f"the registers are: {names}"),
        )
    return known[register]
