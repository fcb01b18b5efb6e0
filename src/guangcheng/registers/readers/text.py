"""CSV and TSV as people send them: any common separator, quoted line breaks, title rows, Chinese encodings."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from guangcheng.base.errors import InputError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.encodings import TextProfile, profile
from guangcheng.registers.readers.grid import Row, Source, build
from guangcheng.registers.readers.limits import MAX_CELL_CHARS, MAX_CELLS, MAX_COLUMNS
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

__all__ = ["read_text"]

_SEPARATORS = (",", "\t", ";", "，", "|")
_SNIFF_LINES = 200
_SNIFF_CHARS = 1 << 18
_EXCEL_HINT = re.compile(r"^sep=(.)\r?\n?$")
"""Excel's own first line that names the separator."""


def read_text(path: Path, encoding: str | None, known_headers: frozenset[str]) -> list[RawTable]:
    """Read one CSV or TSV file. Cells stay text exactly as written; an empty or blank cell is ``None``.

    Rows are counted as a spreadsheet counts them: a line break inside quotation marks starts no row, an empty line is
    a row. Raises what :func:`~.encodings.profile` raises, R-012 for quotation marks that do not match, R-013 for a
    cell that is too long, R-008 for too many cells.
    """
    found = profile(path, encoding)
    with path.open(encoding=found.encoding, newline="") as file:
        skipped, separator = _separator(file)
        source = Source(
            file=path,
            sheet=None,
            rows=_rows(file, path, separator, skipped, found),
            label=lambda index: str(index + 1),
            ragged=True,
        )
        table = build(source, known_headers)
    if table is None or not table.rows:
        raise rule("R-011").error(InputError, Where(file=str(path)))
    return [table]


def _separator(file: TextIO) -> tuple[int, str]:
    """The lines to leave out (Excel's ``sep=``) and the separator that splits the first lines most evenly."""
    lines = _first_lines(file)
    hint = _EXCEL_HINT.match(lines[0]) if lines else None
    if hint is not None:
        file.readline()
        return 1, hint[1]
    return 0, max(_SEPARATORS, key=lambda separator: _evenness(lines, separator))


def _first_lines(file: TextIO) -> list[str]:
    lines: list[str] = []
    room = _SNIFF_CHARS
    for line in file:
        lines.append(line)
        room -= len(line)
        if len(lines) == _SNIFF_LINES or room < 0:
            break
    file.seek(0)
    return lines


def _evenness(lines: list[str], separator: str) -> tuple[float, int]:
    """Which share of the rows has the commonest number of cells (if that is above one), and that number."""
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:
        return 0, 0
    cells, rows = max(((cells, rows) for cells, rows in counts.items() if cells > 1), key=_by_rows, default=(0, 0))
    return rows / max(counts.total(), 1), cells


def _by_rows(count: tuple[int, int]) -> tuple[int, int]:
    return count[1], count[0]


def _rows(file: TextIO, path: Path, separator: str, skipped: int, found: TextProfile) -> Iterator[Row]:
    reader = csv.reader(file, delimiter=separator, strict=True)
    number = skipped
    checked_width = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(path, number, error) from None
        text = "".join(cells)
        if not text or text.isspace():
            continue
        if len(cells) > checked_width:
            checked_width = len(cells)
            _check_size(path, number, checked_width, found.lines)
        yield number, [cell if cell and not cell.isspace() else None for cell in cells], ()


def _broken(path: Path, number: int, error: csv.Error) -> InputError:
    where = Where(file=str(path), row=number)
    if "field limit" in str(error):
        return rule("R-013").error(WrongFormat, where, row=number, limit=f"{MAX_CELL_CHARS:,}")
    return rule("R-012").error(WrongFormat, where, row=number)


def _check_size(path: Path, number: int, width: int, lines: int) -> None:
    where = Where(file=str(path), row=number)
    if width > MAX_COLUMNS:
        raise too_large(where, Text(zh="列数", en="the number of columns"), width, MAX_COLUMNS)
    if width * lines > MAX_CELLS:
        raise too_large(where, Text(zh="单元格数", en="the number of cells"), width * lines, MAX_CELLS)
