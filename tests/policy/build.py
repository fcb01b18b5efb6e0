"""Rows written in YAML → register tables: what policy people write, turned into what an evaluation sees.

A register's rows are mappings of stored column names; schema defaults are filled, an unknown column is refused.
Instead of ``lon``/``lat`` a row may give ``x``/``y`` in metres of the case's CRS. Many alike rows are one item::

    - repeat: {count: 10, start: 1, step: {x: 50}, template: {premises_id: "P{i}", kind: school, x: 0, y: 0}}

``{i}`` counts from ``start``; ``count: [3, 4]`` nests two counters ``{i}`` and ``{j}``; ``step`` adds to a number
per step of the innermost counter; a text that is only a counter, like ``"{i}"``, becomes a number in number columns.
"""

import calendar
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

import pyarrow as pa

from guangcheng.registers.schema import Field, Schema, schema
from guangcheng.registers.view import RegisterView, view_of_tables

CRS = "EPSG:4546"
"""CGCS2000 3-degree Gauss-Krüger, central meridian 111° E: the CRS of a case that names none."""

Row = dict[str, Any]


class CaseFault(ValueError):
    """A policy case that cannot be read, with the words that say what to mend."""


def only(keys: Mapping[str, object], allowed: Sequence[str], where: str) -> None:
    """Refuse keys nobody reads: a misspelt expectation must not pass in silence."""
    unknown = sorted(set(keys) - set(allowed))
    if unknown:
        raise CaseFault(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(allowed)}")


def expand(rows: Sequence[Row], where: str = "rows") -> list[Row]:
    """Every ``repeat`` item written out."""
    return [row for item in rows for row in (_repeat(item["repeat"], where) if "repeat" in item else [item])]


def _repeat(repeat: Mapping[str, Any], where: str) -> Iterator[Row]:
    only(repeat, ("count", "start", "step", "template"), f"{where}: repeat")
    counts = repeat["count"] if isinstance(repeat["count"], list) else [repeat["count"]]
    start = repeat.get("start", 1)
    outer = range(1, counts[0] + 1) if len(counts) == 2 else (None,)
    for i in outer:
        for n in range(counts[-1]):
            counters = {"i": start + n} if i is None else {"i": i, "j": start + n}
            yield _row(repeat["template"], counters, repeat.get("step", {}), n)


def _row(template: Row, counters: Mapping[str, int], step: Mapping[str, float], n: int) -> Row:
    row: Row = {key: value.format(**counters) if isinstance(value, str) else value for key, value in template.items()}
    return row | {key: row[key] + amount * n for key, amount in step.items()}


def table(register: str, rows: Sequence[Row], crs: str = CRS) -> pa.Table:
    """Build the stored table of ``register`` from rows as written."""
    wanted = schema(register)
    full = [_filled(wanted, row, crs) for row in expand(rows, register)]
    return pa.Table.from_pylist(full, schema=wanted.arrow)


def view(given: Mapping[str, Any], as_of: date) -> RegisterView:
    """All registers of a case as the view an evaluation takes; a register not named is absent."""
    crs = given.get("crs", CRS)
    tables = {name: table(name, rows, crs) for name, rows in given.items() if name != "crs"}
    return view_of_tables(tables, as_of=as_of, crs=crs)


def _filled(wanted: Schema, row: Row, crs: str) -> Row:
    points = ("x", "y") if wanted.geometry == "point" else ()
    only(row, (*(field.name for field in wanted.fields), *points), wanted.register)
    row = _with_name(wanted, row)
    missing = [f.name for f in wanted.fields if f.required and f.type not in ("lon", "lat") and row.get(f.name) is None]
    if missing:
        raise CaseFault(f"{wanted.register}: {', '.join(missing)} missing in {row}")
    full = {field.name: _value(field, row.get(field.name)) for field in wanted.fields}
    return full | _point(row, crs) if points else full


def _with_name(wanted: Schema, row: Row) -> Row:
    names = [field for field in wanted.fields if field.name == "name" and field.required]
    return row if not names or "name" in row else row | {"name": row.get(wanted.key[0])}


def _point(row: Row, crs: str) -> Row:
    x, y = row.get("x"), row.get("y")
    if x is None and row.get("lon") is not None:
        from guangcheng.base.places import to_metric

        xs, ys = to_metric(row["lon"], row["lat"], crs)
        x, y = float(xs), float(ys)
    geometry = None if x is None or y is None else struct.pack("<BIdd", 1, 1, x, y)
    return {"x": None if x is None else float(x), "y": None if y is None else float(y), "geometry": geometry}


def _value(field: Field, value: object) -> object:
    if value is None:
        value = field.default
    if value is None:
        return None
    if field.type in ("int", "decimal", "lon", "lat"):
        return int(cast("str", value)) if field.type == "int" else float(cast("str", value))
    if field.type == "bool":
        return value if isinstance(value, bool) else value == "true"
    if field.type in ("date", "month"):
        return _day(field, value)
    if field.type == "choice" and value not in field.codes:
        raise CaseFault(f"{field.name}: {value!r} is none of {', '.join(field.codes)}")
    return value if field.type == "list" else str(value)


def _day(field: Field, value: object) -> date:
    if isinstance(value, date):
        day = value
    else:
        text = str(value)
        day = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    if field.type == "date":
        return day
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
