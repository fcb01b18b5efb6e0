"""Refused rows in a file a person can mend and import again: the original columns, then which rules, why, how to mend.

Identity never gets in: its columns are left empty and numbers that look like it are masked.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from guangcheng.base.text import Text
from guangcheng.registers.faults import Fault
from guangcheng.registers.intake.identity import MASK, masked
from guangcheng.registers.intake.results import RefusedRecord
from guangcheng.registers.mapping import QUARANTINE_HEADERS
from guangcheng.registers.raw import RawTable
from guangcheng.store.files import write_whole, write_whole_bytes

__all__ = ["write_quarantine"]

_PLACE_HEADERS = ("经度", "纬度", "坐标系")
_WIDTHS = {"规则": 10, "原因": 48, "怎么改": 48}
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed moment: the same rows give the same bytes


def write_quarantine(
    path: Path, refused: Sequence[RefusedRecord], identity: Sequence[tuple[RawTable, int]]
) -> tuple[Path, ...]:
    """Write ``path`` (XLSX, one sheet per source table) and beside it one CSV (UTF-8 with BOM) per table.

    ``identity`` names columns whose cells must not be kept. Returns every file written, the XLSX first.
    """
    hidden = {(id(raw), column) for raw, column in identity}
    tables = []
    for raw in _tables(refused):
        rows = [record for record in refused if record.raw is raw]
        tables.append((raw, _grid(raw, rows, hidden)))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda part: _xlsx(part, tables))
    written = [path]
    for number, (_, grid) in enumerate(tables):
        beside = path.with_suffix(".csv") if number == 0 else path.with_name(f"{path.stem}-{number + 1}.csv")
        write_whole_bytes(beside, _csv(grid).encode("utf-8-sig"))
        written.append(beside)
    return tuple(written)


def _tables(refused: Sequence[RefusedRecord]) -> list[RawTable]:
    """The tables the records come from, each once, in order."""
    found: list[RawTable] = []
    for record in refused:
        if not any(record.raw is raw for raw in found):
            found.append(record.raw)
    return found


Grid = list[list[object]]


def _grid(raw: RawTable, rows: Sequence[RefusedRecord], hidden: set[tuple[int, int]]) -> Grid:
    places = _places(raw, rows)
    head: list[object] = [column.header for column in raw.columns]
    head += [*(_PLACE_HEADERS if places else ()), *QUARANTINE_HEADERS]
    grid: Grid = [head]
    for number, refused in enumerate(rows):
        cells: list[object] = [
            None if (id(raw), place) in hidden else _kept(column.cells[refused.record])
            for place, column in enumerate(raw.columns)
        ]
        cells += places[number] if places else []
        cells += [raw.file.name, raw.rows[refused.record]]
        grid.append([*cells, *_reasons(refused.faults)])
    return grid


def _reasons(faults: Sequence[Fault]) -> list[object]:
    """Rule numbers, reasons and ways to mend; each fault on a line of its own, with the column it is in."""
    return [
        " ".join(dict.fromkeys(fault.rule for fault in faults)),
        "\n".join(_line(fault, fault.why) for fault in faults),
        "\n".join(dict.fromkeys(fault.mend.zh for fault in faults)),
    ]


def _line(fault: Fault, text: Text) -> str:
    return f"{fault.where.column}列：{text.zh}" if fault.where.column else text.zh


def _kept(value: object) -> object:
    if isinstance(value, datetime):
        day = value.date().isoformat()
        return day if value.time() == time() else f"{day} {value.time().isoformat()}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and masked(str(value)) != str(value):
        return MASK
    return masked(value) if isinstance(value, str) else value


def _places(raw: RawTable, rows: Sequence[RefusedRecord]) -> list[list[object]]:
    """A point in WGS84 for rows whose place is the file's geometry, so that it is not lost; empty for plain tables."""
    if raw.geometry is None:
        return []
    import numpy as np
    import shapely

    from guangcheng.base.places import reproject

    found = [raw.geometry[refused.record] for refused in rows]
    shapes = np.array([shapely.from_wkb(item, on_invalid="ignore") for item in found], dtype=object)
    points = shapely.point_on_surface(shapes)
    lost = shapely.is_missing(points) | shapely.is_empty(points)
    x, y = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    x[~lost], y[~lost] = shapely.get_x(points[~lost]), shapely.get_y(points[~lost])
    if raw.crs is not None:
        x, y = reproject(x, y, source=raw.crs, target="EPSG:4326")
    return [[None] * 3 if np.isnan(a) else [float(a), float(b), "WGS84"] for a, b in zip(x, y, strict=True)]


def _csv(grid: Grid) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["" if cell is None else cell for cell in row] for row in grid])
    return out.getvalue()


def _xlsx(path: Path, tables: Sequence[tuple[RawTable, Grid]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _EPOCH})
        head, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        for number, (_, grid) in enumerate(tables):
            sheet = book.add_worksheet(f"退回{number + 1}" if len(tables) > 1 else "退回")
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(grid[0]):
                sheet.set_column(column, column, _WIDTHS.get(str(title), 14), wrap)
                sheet.write_string(0, column, str(title), head)
            for place, row in enumerate(grid[1:], 1):
                for column, cell in enumerate(row):
                    _write(sheet, place, column, cell)


def _write(sheet: Any, row: int, column: int, cell: object) -> None:
    """Numbers as numbers, all else as text: a code keeps its digits."""
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and abs(cell) < 10**15:
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell))
