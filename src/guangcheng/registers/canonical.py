"""The canonical form of a register's content, and the hash that names it.

Two tables that say the same have the same canonical form, whatever file they came from:

* columns in schema order and type; a missing column is a column without values;
* rows sorted by the key (bytewise, missing last); a key that occurs twice is refused;
* texts in Unicode NFC without blanks at the ends, an empty one is missing; list items likewise, their order kept;
* ``lon``, ``lat`` to 1e-9 degree, ``x``, ``y`` and line vertices to 1 mm; ``-0.0`` is ``0.0``, NaN is missing;
* the geometry of a point register is made from ``x``, ``y``.

The hash is SHA-256 over: a header (format, schema version, register, rows), then per column its name and type, one byte
per row telling whether there is a value, the values (little-endian, 0 where missing; texts as their lengths and then
their UTF-8 bytes). The point geometry is left out, for ``x``, ``y`` say it already.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.errors import InputError, Where
from guangcheng.base.text import Text
from guangcheng.registers.schema import SCHEMA_VERSION, Schema, schema

DEGREE_DIGITS = 9
"""Decimal digits kept of a longitude or latitude (0.1 mm on the ground)."""
METRE_DIGITS = 3
"""Decimal digits kept of a metric coordinate: millimetres."""

_FORMAT = "guangcheng-content-1"
_SHOWN_KEYS = 3
_POINT_WKB = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def canonical(register: str, table: pa.Table) -> pa.Table:
    """Give ``table`` its canonical form: the stored columns of the schema, normalised, sorted by key.

    Applying it twice changes nothing. ``InputError`` for a column the schema does not know, values that do not fit
    their type, or a key that occurs twice.
    """
    wanted = schema(register)
    _refuse_unknown_columns(wanted, table)
    columns = {name: _column(wanted, name, table) for name in wanted.arrow.names if name != "geometry"}
    if wanted.geometry == "point":
        columns["geometry"] = point_wkb(columns["x"], columns["y"])
    elif wanted.geometry == "line":
        columns["geometry"] = _lines(_given(wanted, "geometry", table))
    made = pa.table([columns[name] for name in wanted.arrow.names], schema=wanted.arrow)
    return _sorted_by_key(wanted, made)


def content_hash(register: str, table: pa.Table) -> str:
    """SHA-256 (hex) of what ``table`` says; the same for every order of rows or columns and every source format."""
    return hash_of_canonical(register, canonical(register, table))


def hash_of_canonical(register: str, table: pa.Table) -> str:
    """Hash a table that :func:`canonical` gave, without normalising it again."""
    wanted = schema(register)
    digest = hashlib.sha256()
    header = {"format": _FORMAT, "schema": SCHEMA_VERSION, "register": register, "rows": table.num_rows}
    digest.update(json.dumps(header, sort_keys=True).encode())
    for name in wanted.arrow.names:
        if name == "geometry" and wanted.geometry == "point":
            continue
        column = _whole(table.column(name))
        digest.update(f"\n{name}:{column.type}:{column.null_count}\n".encode())
        if column.null_count < len(column):
            _update(digest.update, column)
    return digest.hexdigest()


def stored(register: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """The register's stored table; a column not given has no values, an unknown one is a ``KeyError``."""
    wanted = schema(register).arrow
    unknown = sorted(set(columns) - set(wanted.names))
    if unknown:
        raise KeyError(f"{register}: {', '.join(unknown)}")
    count = len(next(iter(columns.values())))
    made = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(count, field.type)
        for field in wanted
    ]
    return pa.Table.from_arrays(made, schema=wanted)


def point_wkb(x: pa.Array, y: pa.Array) -> pa.Array:
    """Little-endian WKB points from metres; missing where ``x`` or ``y`` is."""
    valid = _valid(x) & _valid(y)
    records = np.zeros(len(valid), dtype=_POINT_WKB)
    records["order"], records["type"] = 1, 1
    records["x"], records["y"] = _numbers(x), _numbers(y)
    size = _POINT_WKB.itemsize
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(size), len(records), [None, pa.py_buffer(records.tobytes())])
    return pc.if_else(pa.array(valid), fixed.cast(pa.binary()), pa.scalar(None, pa.binary()))


def _refuse_unknown_columns(wanted: Schema, table: pa.Table) -> None:
    unknown = [name for name in table.schema.names if name not in wanted.arrow.names]
    if unknown:
        names = ", ".join(unknown)
        raise InputError(
            Text(zh=f"台账没有这些列：{names}", en=f"the register has no such columns: {names}"),
            mend=Text(zh="去掉这些列，或改成模板里的列名", en="leave them out, or use the names of the template"),
            where=Where(file=wanted.register),
        )


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _given(wanted: Schema, name: str, table: pa.Table) -> pa.Array:
    """The column as given, in the schema's type; a missing column has no values."""
    kind = wanted.arrow.field(name).type
    if name not in table.schema.names:
        return pa.nulls(table.num_rows, kind)
    column = _whole(table.column(name))
    if column.type == kind:
        return column
    try:
        return _whole(column.cast(kind))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise InputError(
            Text(zh=f"值与类型 {kind} 不符：{fault}", en=f"values do not fit the type {kind}: {fault}"),
            mend=Text(zh="按模板说明的类型填写这一列", en="fill this column as the template says"),
            where=Where(file=wanted.register, field=name),
        ) from fault


def _column(wanted: Schema, name: str, table: pa.Table) -> pa.Array:
    column = _given(wanted, name, table)
    if pa.types.is_string(column.type):
        return _texts(column)
    if pa.types.is_list(column.type):
        return _lists(column)
    if pa.types.is_floating(column.type):
        return _floats(column, _digits(wanted, name))
    return column


def _digits(wanted: Schema, name: str) -> int | None:
    if name in ("x", "y"):
        return METRE_DIGITS
    return DEGREE_DIGITS if wanted.field(name).type in ("lon", "lat") else None


def _texts(column: pa.Array) -> pa.Array:
    if not pc.all(pc.string_is_ascii(column), min_count=0).as_py():
        column = pc.utf8_normalize(column, form="NFC")
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _lists(column: pa.Array) -> pa.Array:
    items = _texts(column.flatten()).to_pylist()
    parents = pc.list_parent_indices(column).to_pylist()
    rows: list[list[str] | None] = [None] * len(column)
    for parent, item in zip(parents, items, strict=True):
        if item is not None:
            rows[parent] = [*(rows[parent] or []), item]
    return pa.array(rows, pa.list_(pa.string()))


def _floats(column: pa.Array, digits: int | None) -> pa.Array:
    values = _numbers(column)
    missing = ~_valid(column) | np.isnan(values)
    return pa.array(rounded(values, digits) if digits is not None else values + 0.0, mask=missing)


def rounded(values: Floats, digits: int) -> Floats:
    """Round half to even at ``digits`` decimals, without ``-0.0``; numbers too large to have decimals stay."""
    scale = 10.0**digits
    small = np.abs(values) < 2.0**52 / scale
    return np.where(small, np.rint(np.where(small, values, 0.0) * scale) / scale, values) + 0.0


def _lines(column: pa.Array) -> pa.Array:
    """Lines with their vertices to the millimetre, as little-endian 2-D WKB."""
    if column.null_count == len(column):
        return column
    import shapely

    try:
        shapes = shapely.from_wkb(column.to_pylist())
    except shapely.errors.GEOSException as fault:
        raise InputError(
            Text(zh="几何不是有效的 WKB", en="a geometry is not valid WKB"),
            mend=Text(zh="重新导出几何列", en="export the geometry column again"),
            where=Where(field="geometry"),
        ) from fault
    shapes = shapely.transform(shapely.force_2d(shapes), lambda points: rounded(points, METRE_DIGITS))
    return pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary())


def _sorted_by_key(wanted: Schema, table: pa.Table) -> pa.Table:
    if table.num_rows <= 1:
        return table
    keys = [_whole(table.column(name)) for name in wanted.key]
    if not (len(keys) == 1 and _rises(keys[0])):
        order = pc.sort_indices(table.select(list(wanted.key)), sort_keys=[(name, "ascending") for name in wanted.key])
        table = table.take(order).combine_chunks()
    _refuse_double_keys(wanted, table)
    return table


def _rises(key: pa.Array) -> bool:
    """Whether a key already rises strictly; saves the sort when a snapshot is read back."""
    return key.null_count == 0 and bool(pc.all(pc.less(key[:-1], key[1:])).as_py())


def _refuse_double_keys(wanted: Schema, table: pa.Table) -> None:
    same = np.ones(table.num_rows - 1, dtype=np.bool_)
    for name in wanted.key:
        column = _whole(table.column(name))
        same &= equal_or_both_missing(column[:-1], column[1:])
    if not same.any():
        return
    doubled = table.select(list(wanted.key)).take(pa.array(np.flatnonzero(same)[:_SHOWN_KEYS])).to_pylist()
    shown = "; ".join(" ".join(str(value) for value in row.values()) for row in doubled)
    raise InputError(
        Text(
            zh=f"{int(same.sum())} 个主键重复，如 {shown}",
            en=f"{int(same.sum())} keys occur more than once, such as {shown}",
        ),
        mend=Text(zh="每个主键只保留一行", en="keep one row for each key"),
        where=Where(file=wanted.register, column="; ".join(wanted.key)),
    )


def equal_or_both_missing(left: pa.Array, right: pa.Array) -> Bools:
    """Row by row: equal values, or missing on both sides."""
    if pa.types.is_list(left.type):
        pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
        return np.fromiter((a == b for a, b in pairs), np.bool_, len(left))
    equal = pc.fill_null(pc.equal(left, right), False)
    both = pc.and_(pc.is_null(left), pc.is_null(right))
    result: Bools = pc.or_(equal, both).to_numpy(zero_copy_only=False)
    return result


def _valid(column: pa.Array) -> Bools:
    valid: Bools = column.is_valid().to_numpy(zero_copy_only=False)
    return valid


def _numbers(column: pa.Array) -> Floats:
    """The numbers, 0 where missing."""
    values: Floats = pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False)
    return values


def _update(update: Callable[[Any], None], column: pa.Array) -> None:
    """Feed one column's values to a hash, in a form that does not depend on Arrow's buffers."""
    update(_valid(column).astype(np.uint8).data)
    kind = column.type
    if pa.types.is_list(kind):
        update(pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype("<i8").data)
        _update(update, _whole(column.flatten()))
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        for part in _texts_as_bytes(column):
            update(part)
    elif pa.types.is_floating(kind):
        update(np.ascontiguousarray(_numbers(column), dtype="<f8").data)
    else:
        # bool, int64 and date32 (days since 1970-01-01) are all whole numbers
        whole = column.cast(pa.int32()) if pa.types.is_date32(kind) else column
        update(pc.fill_null(whole.cast(pa.int64()), 0).to_numpy(zero_copy_only=False).astype("<i8").data)


def _texts_as_bytes(column: pa.Array) -> Sequence[Any]:
    """Lengths, then all bytes one after the other; a missing text has length 0."""
    kind = pa.large_binary()
    whole = pc.fill_null(column.cast(kind), b"")
    lengths = pc.binary_length(whole).to_numpy(zero_copy_only=False).astype("<i8")
    _, offsets, data = whole.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[whole.offset : whole.offset + len(whole) + 1]
    return [lengths.data, memoryview(data)[ends[0] : ends[-1]] if data is not None else b""]
