"""Arrow columns of the spatial and columnar formats, turned into cells."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from guangcheng.base.errors import Where
from guangcheng.registers.faults import Fault
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.readers.excel import cell_of, number_fault
from guangcheng.registers.readers.grid import Source, check_headers, note
from guangcheng.registers.rulebook import rule

__all__ = ["table_of"]


def table_of(
    file: Path,
    layer: str | None,
    table: pa.Table,
    *,
    geometry: Sequence[bytes | None] | None = None,
    crs: str | None = None,
) -> RawTable:
    """The raw table of an Arrow table; record ``n`` is feature or row ``n``, counted from 1.

    Refuses two columns of one name (R-010). A number that is not finite (R-029), digits beyond what a float holds
    (R-024) and coordinates that are not finite (R-028) are faults of their rows. Columns of raw bytes are left out
    with a note.
    """
    names = table.schema.names
    source = Source(file=file, sheet=layer, rows=(), label=lambda index: names[index])
    check_headers(names, source)
    columns: list[RawColumn] = []
    faults: list[Fault] = []
    notes: list[str] = []
    for place, name in enumerate(names):
        column = table.column(place)
        if _is_bytes(column.type):
            notes.append(note(f"列“{name}”是二进制内容，未读取", f"column “{name}” holds raw bytes, not read"))
            continue
        cells, found = _cells(column, lambda row, place=place: source.where(row, place))  # type: ignore[misc]
        columns.append(RawColumn(name, name, cells))
        faults.extend(found)
    kept, broken = _checked_geometry(geometry, source) if geometry is not None else (None, [])
    return RawTable(
        file=file,
        sheet=layer,
        columns=columns,
        rows=list(range(1, table.num_rows + 1)),
        geometry=kept,
        crs=crs,
        faults=sorted(faults + broken, key=lambda fault: fault.where.row or 0),
        notes=notes,
    )


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _cells(column: pa.ChunkedArray, where: Callable[[int], Where]) -> tuple[list[object], list[Fault]]:
    if pa.types.is_dictionary(column.type):
        return _shared(column, where), []
    found = column.to_pylist()
    if pa.types.is_floating(column.type):
        return _numbers(found, where)
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        return found, []
    return [_cell(value, where, row) for row, value in enumerate(found, start=1)], []


def _shared(column: pa.ChunkedArray, where: Callable[[int], Where]) -> list[object]:
    """Dictionary-encoded text: each different text is made once, however many rows bear it."""
    cells: list[object] = []
    for chunk in column.chunks:
        words = [_cell(word, where, len(cells) + 1) for word in chunk.dictionary.to_pylist()]
        cells.extend(None if index is None else words[index] for index in chunk.indices.to_pylist())
    return cells


def _numbers(found: list[float | None], where: Callable[[int], Where]) -> tuple[list[object], list[Fault]]:
    cells: list[object] = []
    faults: list[Fault] = []
    for row, value in enumerate(found, start=1):
        place = where(row)
        cells.append(cell_of(value, place))
        if value is not None and (fault := number_fault(value, lambda: "", place)) is not None:
            faults.append(fault)
    return cells, faults


def _cell(value: object, where: Callable[[int], Where], row: int) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, list):
        return ";".join(str(item) for item in value) or None
    return cell_of(value, where(row)) if value is None or isinstance(value, str | date | int | float) else str(value)


def _checked_geometry(geometry: Sequence[bytes | None], source: Source) -> tuple[list[bytes | None], list[Fault]]:
    """The geometries, empty ones as ``None``, and a fault (R-028) for each with a coordinate that is not finite."""
    import numpy as np
    import shapely

    found = shapely.from_wkb(np.asarray(geometry, dtype=object), on_invalid="ignore")
    coordinates, owners = shapely.get_coordinates(found, return_index=True)
    broken = set(owners[~np.isfinite(coordinates).all(axis=1)].tolist())
    unreadable = {i for i, (shape, raw) in enumerate(zip(found, geometry, strict=True)) if shape is None and raw}
    faults = [rule("R-028").fault(source.where(index + 1), "") for index in sorted(broken | unreadable)]
    empty = shapely.is_empty(found)
    return [None if gone else raw for raw, gone in zip(geometry, empty.tolist(), strict=True)], faults
