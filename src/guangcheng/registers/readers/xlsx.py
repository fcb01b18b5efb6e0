"""XLSX workbooks: cached values of formulas, merged cells, hidden sheets; read as a stream, trusting no stated size."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guangcheng.base.errors import GuangchengError, InputError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.faults import Fault
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.excel import Sheet, cell_of, column_letter, number_fault, read_sheets
from guangcheng.registers.readers.grid import CellFault, Row, Source
from guangcheng.registers.readers.headerrow import Merge
from guangcheng.registers.readers.limits import MAX_CELLS, MAX_COLUMNS
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

__all__ = ["read_xlsx"]

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,  # of the XML: what both ElementTree and lxml (which openpyxl prefers) raise
    EOFError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    OverflowError,
)
"""What openpyxl lets out when a workbook's parts are missing, cut off or not what they should be."""


def read_xlsx(path: Path, sheet: str | None, known_headers: frozenset[str]) -> list[RawTable]:
    """Read the sheets of a workbook that has passed :func:`~.sniff.check_zip`.

    Cells are the stored values; a formula gives the value saved with it, and a fault if none was saved. Raises R-007
    for a damaged workbook, R-008 for one that is too large, and what :func:`~.grid.build` raises.
    """
    from openpyxl import load_workbook

    with _whole(path), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # styles and extensions openpyxl leaves out: no matter here
        workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            _check_sheets(path, workbook.sheetnames)
            sheets = [_sheet(path, worksheet) for worksheet in workbook.worksheets]
            return read_sheets(path, sheets, sheet, known_headers)
        finally:
            workbook.close()


def _check_sheets(path: Path, read: Sequence[str]) -> None:
    """Refuse (R-007) a workbook that states a sheet which is not in it: openpyxl leaves it out without a word."""
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(path) as archive:
        stated = [element.get("name") for element in fromstring(archive.read("xl/workbook.xml")).findall(".//{*}sheet")]
    if set(stated) - set(read):
        raise _damaged(path, Text(zh="有的工作表内容缺失", en="the content of a sheet is missing"))


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turn what a broken workbook makes openpyxl raise into R-007."""
    from defusedxml.common import DefusedXmlException

    try:
        yield
    except GuangchengError:
        raise
    except DefusedXmlException as error:
        detail = Text(zh="含有 XML 实体定义（可能是恶意文件）", en="it defines XML entities, as malicious files do")
        raise _damaged(path, detail) from error
    except _DAMAGE as error:
        detail = Text(zh="工作簿内部内容缺失或不合规范", en="parts of the workbook are missing or malformed")
        raise _damaged(path, detail) from error


def _damaged(path: Path, detail: Text) -> InputError:
    return rule("R-007").error(WrongFormat, Where(file=str(path)), detail_zh=detail.zh, detail_en=detail.en)


def _sheet(path: Path, worksheet: "ReadOnlyWorksheet") -> Sheet:
    return Sheet(
        name=worksheet.title,
        hidden=worksheet.sheet_state != "visible",
        source=lambda: _source(path, worksheet),
    )


def _source(path: Path, worksheet: "ReadOnlyWorksheet") -> Source:
    """Read a sheet whole: merged cells stand behind the rows, and the first row may need them."""
    rows, merges = _parse(path, worksheet)
    return Source(file=path, sheet=worksheet.title, rows=rows, label=column_letter, merges=merges)


def _parse(path: Path, worksheet: Any) -> tuple[list[Row], Sequence[Merge]]:
    """Rows and merged cells by openpyxl's own streaming parser.

    Its public face, ``iter_rows``, gives either formulas or cached values and no merged cells, and fills every row to
    the stated width; the parser below it gives all in one pass over the cells that are really there.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):
        """Marks formulas without a cached value, and dates beyond the calendar."""

        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            if cell["value"] is None and element.get("t") != "str":
                formula = next((child for child in element if child.tag.endswith("}f")), None)
                if formula is not None:
                    cell.update(value=f"={formula.text or ''}", data_type="f")
            elif cell["data_type"] == "e" and element.get("t") != "e":
                cell.update(value=next(child.text for child in element if child.tag.endswith("}v")), data_type="D")
            return cell

    book = worksheet.parent
    reader = _CellReader(path, worksheet)
    with worksheet._get_source() as stream:
        parser = Parser(
            stream,
            worksheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        rows = [row for number, cells in parser.parse() if (row := reader.row(number, cells)) is not None]
    ranges = parser.merged_cells.mergeCell if parser.merged_cells is not None else ()
    return rows, [Merge(found.min_row, found.min_col - 1, found.max_row, found.max_col - 1) for found in ranges]


class _CellReader:
    """Turns openpyxl's cells into ours, counting them."""

    def __init__(self, path: Path, worksheet: Any) -> None:
        self._file = str(path)
        self._worksheet = worksheet
        self._cells = 0

    def row(self, number: int, found: list[dict[str, Any]]) -> Row | None:
        """The cells of one row from column A on; ``None`` for a blank one. Cells only formatted do not count."""
        filled = [cell for cell in found if cell["value"] is not None]
        if not filled:
            return None
        width = max(cell["column"] for cell in filled)
        self._check_size(number, width)
        cells: list[object] = [None] * width
        faults: list[CellFault] = []
        for cell in filled:
            column = cell["column"] - 1
            where = Where(file=self._file, sheet=self._worksheet.title, row=number, column=column_letter(column))
            cells[column] = cell_of(cell["value"], where)
            fault = self._fault(cell, where)
            if fault is not None:
                faults.append((column, fault))
        return (number, cells, faults) if cells.count(None) < width else None

    def _check_size(self, number: int, width: int) -> None:
        where = Where(file=self._file, sheet=self._worksheet.title, row=number)
        if width > MAX_COLUMNS:
            raise too_large(where, Text(zh="列数", en="the number of columns"), width, MAX_COLUMNS)
        self._cells += width
        if self._cells > MAX_CELLS:
            raise too_large(where, Text(zh="单元格数", en="the number of cells"), self._cells, MAX_CELLS)

    def _fault(self, cell: dict[str, Any], where: Where) -> Fault | None:
        value, kind = cell["value"], cell["data_type"]
        if kind == "f":
            return rule("R-022").fault(where, str(value))
        if kind == "e":
            return rule("R-023").fault(where, str(value), found=value)
        if kind == "D":
            return rule("R-030").fault(where, str(value), found=value)
        if kind == "n" and isinstance(value, int | float) and not isinstance(value, bool | date):
            return number_fault(value, lambda: self._number_format(cell), where)
        return None

    def _number_format(self, cell: dict[str, Any]) -> str:
        from openpyxl.cell.read_only import ReadOnlyCell

        return str(ReadOnlyCell(self._worksheet, **cell).number_format)
