"""Makes the files the readers are tested on, and says in few words what came out."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from guangcheng.base.errors import InputError
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers import read

Rows = Sequence[Sequence[object]]


def write_text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def write_xlsx(path: Path, sheets: dict[str, Rows], *, merges: Sequence[str] = (), hidden: Sequence[str] = ()) -> Path:
    """Write a workbook by openpyxl, which saves formulas without their results; ``merges`` are of the first sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for merged in merges:
        book.worksheets[0].merge_cells(merged)
    for name in hidden:
        book[name].sheet_state = "hidden"
    book.save(path)
    return path


def feature(properties: dict[str, Any], geometry: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_geojson(path: Path, features: list[dict[str, Any]], **members: object) -> Path:
    return write_text(path, json.dumps({"type": "FeatureCollection", **members, "features": features}))


def records(table: RawTable) -> list[tuple[object, ...]]:
    return list(zip(*(column.cells for column in table.columns), strict=True))


def headers(table: RawTable) -> list[str]:
    return [column.header for column in table.columns]


def faults(table: RawTable) -> list[tuple[str, int | None, str | None, str]]:
    return [(fault.rule, fault.where.row, fault.where.column, fault.value) for fault in table.faults]


def english(notes: Sequence[str]) -> list[str]:
    return [text.rpartition(" / ")[2] for text in notes]


def only(path: Path, **options: Any) -> RawTable:
    tables = read(path, **options)
    assert len(tables) == 1
    return tables[0]


def refused(path: Path, **options: Any) -> tuple[str, str, InputError]:
    """The class and rule by which a file is refused, and the error; both languages must name the rule and mend it."""
    with pytest.raises(InputError) as caught:
        read(path, **options)
    error = caught.value
    zh, en = re.search(r"（(R-\d{3})）$", error.message.zh), re.search(r"\((R-\d{3})\)$", error.message.en)
    assert zh is not None
    assert en is not None
    assert zh[1] == en[1]
    assert error.mend.zh
    assert error.mend.en
    assert error.where.file == str(path)
    return type(error).__name__, zh[1], error
