"""Legacy .xls workbooks (Excel 97–2003 and older)."""

import io
import struct
from pathlib import Path
from typing import Any

from guangcheng.base.errors import Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.faults import Fault
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.excel import Sheet, cell_of, column_letter, number_fault, read_sheets
from guangcheng.registers.readers.grid import CellFault, Row, Source
from guangcheng.registers.readers.headerrow import Merge
from guangcheng.registers.readers.limits import MAX_XLS_BYTES
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

__all__ = ["read_xls"]

_DAMAGE = (struct.error, LookupError, ValueError, TypeError, AttributeError, AssertionError, OverflowError, EOFError)
"""What xlrd lets out, beside its own errors, when a workbook is cut off or malformed."""


def read_xls(path: Path, encoding: str | None, sheet: str | None, known_headers: frozenset[str]) -> list[RawTable]:
    """Read the sheets of a legacy workbook; ``encoding`` is for files older than Excel 97, which do not always say.

    The format keeps the value of every formula, so a missing one cannot be told from an empty text. Raises R-003 for
    an encrypted workbook, R-007 for a damaged one, R-008 for one too large, and what :func:`~.grid.build` raises.
    """
    import xlrd
    from xlrd.compdoc import CompDocError

    where = Where(file=str(path))
    size = path.stat().st_size
    if size > MAX_XLS_BYTES:
        raise too_large(where, Text(zh="文件字节数", en="the size in bytes"), size, MAX_XLS_BYTES)
    try:
        book = xlrd.open_workbook(
            path, logfile=io.StringIO(), formatting_info=True, ragged_rows=True, encoding_override=encoding
        )
    except (xlrd.XLRDError, CompDocError, *_DAMAGE) as error:
        if "encrypted" in str(error):
            raise rule("R-003").error(WrongFormat, where) from error
        raise rule("R-007").error(
            WrongFormat, where, detail_zh="工作簿内部结构读不出来", detail_en="the workbook's structure cannot be read"
        ) from error
    sheets = [_sheet(path, book, index) for index in range(book.nsheets)]
    return read_sheets(path, sheets, sheet, known_headers)


def _sheet(path: Path, book: Any, index: int) -> Sheet:
    found = book.sheet_by_index(index)
    return Sheet(name=found.name, hidden=found.visibility != 0, source=lambda: _source(path, book, found))


def _source(path: Path, book: Any, sheet: Any) -> Source:
    rows = (_row(path, book, sheet, index) for index in range(sheet.nrows))
    merges = [Merge(top + 1, left, bottom, right - 1) for top, bottom, left, right in sheet.merged_cells]
    return Source(
        file=path,
        sheet=sheet.name,
        rows=[row for row in rows if row is not None],
        label=column_letter,
        merges=merges,
    )


def _row(path: Path, book: Any, sheet: Any, index: int) -> Row | None:
    cells: list[object] = []
    faults: list[CellFault] = []
    for column, cell in enumerate(sheet.row(index)):
        where = Where(file=str(path), sheet=sheet.name, row=index + 1, column=column_letter(column))
        value, fault = _cell(book, cell, where)
        cells.append(value)
        if fault is not None:
            faults.append((column, fault))
    while cells and cells[-1] is None:
        cells.pop()
    return (index + 1, cells, faults) if cells else None


def _cell(book: Any, cell: Any, where: Where) -> tuple[object, Fault | None]:
    import xlrd

    value = cell.value
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None, None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        found = xlrd.error_text_from_code.get(value, "#ERROR!")
        return found, rule("R-023").fault(where, found, found=found)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value), None
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(value, book.datemode), None
        except (OverflowError, ValueError):
            return value, rule("R-030").fault(where, str(value), found=value)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return cell_of(value, where), number_fault(value, lambda: _number_format(book, cell), where)
    return cell_of(value, where), None


def _number_format(book: Any, cell: Any) -> str:
    return str(book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
