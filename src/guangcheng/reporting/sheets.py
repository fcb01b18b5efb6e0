"""Sheets of a ledger: print setup, tables with frozen headers and filters, and cells that cannot run.

All words are written as strings, and those that look like a formula carry Excel's quote prefix, so that neither
opening nor editing a cell turns a village's name into a command. Verdicts are symbol, word and colour together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import Status, Verdict
from guangcheng.reporting.style import ACCENT, INK, MUTED, STATUS_LOOKS, VERDICT_LOOKS, WASH
from guangcheng.reporting.summary import printable
from guangcheng.reporting.tables import width as text_width
from guangcheng.reporting.words import status_word, symbol_and_word

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | date | Verdict | Status | None
Style = Mapping[str, Any]
"""Properties of a cell format as xlsxwriter names them."""

_LONGEST = 32_000
"""Excel holds 32,767 characters in a cell."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FONT: Mapping[Lang, str] = {"zh": "等线", "en": "Calibri"}

BODY: Style = {"border": 1, "border_color": "#DDE3E6"}
HEADER: Style = {**BODY, "bg_color": WASH, "font_color": ACCENT, "bold": True, "text_wrap": True, "align": "center"}
CAPTION: Style = {"font_size": 12, "font_color": ACCENT, "bold": True}
QUIET: Style = {"font_color": MUTED}
COUNT: Style = {**BODY, "num_format": "#,##0"}
REAL: Style = {**BODY, "num_format": "#,##0.00"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its header and its width in characters of the standard font.

    Columns that are not printed (traces, clauses) stand right of those that are, so that a page stays readable.
    """

    title: Text
    width: float
    wrap: bool = False
    right: bool = False
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A header over several columns; ``None`` as its title leaves the cell above free."""

    title: Text | None
    columns: tuple[Column, ...]


class Sheets:
    """Writes sheets into one workbook in one language; ``title`` and ``stamp`` head every sheet."""

    def __init__(self, book: "Workbook", lang: Lang, *, title: str, stamp: str) -> None:
        self.lang = lang
        self._book, self._title, self._stamp = book, title, stamp
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def say(self, text: Text) -> str:
        """Choose the language."""
        return text.in_(self.lang)

    def sheet(self, name: Text) -> "Worksheet":
        """Add a sheet: A4 landscape, one page wide, page numbers, title in row 0 and stamp in row 1."""
        sheet = self._book.add_worksheet(self.say(name))
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(self.say(Text("&L&A&R第 &P 页，共 &N 页", "&L&A&Rpage &P of &N")))
        sheet.set_row(0, 24)
        self.text(sheet, 0, 0, f"{self._title} · {self.say(name)}", {"font_size": 14, "font_color": ACCENT})
        self.text(sheet, 1, 0, self._stamp, {"font_size": 9, **QUIET})
        return sheet

    def table(self, name: Text, groups: Sequence[Group], rows: Sequence[Sequence[Cell]], *, frozen: int) -> None:
        """Write a sheet that is one table: group line, header, rows; filter, frozen panes, repeated header rows."""
        sheet = self.sheet(name)
        columns = [column for group in groups for column in group.columns]
        top = 2
        if any(group.title for group in groups):
            self._group_line(sheet, top, groups)
            top += 1
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            self.text(sheet, top, number, self.say(column.title), HEADER)
        for line, cells in enumerate(rows, start=top + 1):
            self.row(sheet, line, cells, columns)
        if not rows:
            self.text(sheet, top + 1, 0, self.say(Text("没有内容", "nothing to show")), QUIET)
        sheet.autofilter(top, 0, top + max(len(rows), 1), len(columns) - 1)
        sheet.freeze_panes(top + 1, frozen)
        printed = max(number for number, column in enumerate(columns) if column.printed)
        sheet.print_area(0, 0, top + max(len(rows), 1), printed)
        sheet.repeat_rows(2, top)

    def _group_line(self, sheet: "Worksheet", row: int, groups: Sequence[Group]) -> None:
        start = 0
        for group in groups:
            end = start + len(group.columns) - 1
            if group.title is not None:
                self.merged(sheet, row, (start, end), self.say(group.title), HEADER)
            start = end + 1

    def merged(self, sheet: "Worksheet", row: int, columns: tuple[int, int], words: str, style: Style) -> None:
        """Write ``words`` over the cells from the first to the last of ``columns`` (which may be the same) of a row."""
        if columns[0] < columns[1]:
            sheet.merge_range(row, columns[0], row, columns[1], "", self._format(style))
        self.text(sheet, row, columns[0], words, style)

    def row(self, sheet: "Worksheet", line: int, cells: Sequence[Cell], columns: Sequence[Column]) -> None:
        """Write one line of a table, high enough for the cells that wrap (at most twelve lines)."""
        lines = 1
        for number, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            self.cell(sheet, line, number, cell, column)
            if column.wrap and isinstance(cell, str):
                lines = max(lines, _lines(cell, column.width))
        if lines > 1:
            sheet.set_row(line, 13.5 * min(lines, 12) + 3)

    def cell(self, sheet: "Worksheet", row: int, column: int, cell: Cell, how: Column) -> None:
        """Write a value by its kind: verdict, status, date, whole number, real number (two places), text."""
        if cell is None or cell == "":
            sheet.write_blank(row, column, None, self._format(BODY))
        elif isinstance(cell, Verdict):
            tint = VERDICT_LOOKS[cell].tint
            self.text(sheet, row, column, symbol_and_word(cell, self.lang), {**BODY, "bg_color": tint})
        elif isinstance(cell, Status):
            tint = STATUS_LOOKS[cell].tint
            self.text(sheet, row, column, status_word(cell, self.lang), {**BODY, "bg_color": tint})
        elif isinstance(cell, date):
            style = {**BODY, "num_format": "yyyy-mm-dd", "align": "center"}
            sheet.write_datetime(row, column, datetime.combine(cell, time()), self._format(style))
        elif isinstance(cell, int):
            self.count(sheet, row, column, cell)
        elif isinstance(cell, float):
            sheet.write_number(row, column, cell, self._format(REAL))
        else:
            wrap = {"text_wrap": True} if how.wrap else {}
            right = {"align": "right"} if how.right else {}
            self.text(sheet, row, column, cell, {**BODY, **wrap, **right})

    def count(self, sheet: "Worksheet", row: int, column: int, number: int, style: Style = COUNT) -> None:
        """Write a whole number as a number."""
        sheet.write_number(row, column, number, self._format({**COUNT, **style}))

    def text(self, sheet: "Worksheet", row: int, column: int, words: str, style: Style) -> None:
        """Write ``words`` as a string whatever they look like; every text of the workbook passes here."""
        safe = printable(words)
        if len(safe) > _LONGEST:
            safe = safe[: _LONGEST - 1] + "…"
        if safe.startswith(_FORMULA_STARTS):
            style = {**style, "quote_prefix": True}
        sheet.write_string(row, column, safe, self._format(style))

    def caption(self, sheet: "Worksheet", row: int, words: Text) -> None:
        """Write the title of a table inside a sheet."""
        self.text(sheet, row, 0, self.say(words), CAPTION)

    def header(self, sheet: "Worksheet", row: int, titles: Sequence[str]) -> None:
        """Write a header row from the first column on."""
        for column, words in enumerate(titles):
            self.text(sheet, row, column, words, HEADER)

    def _format(self, style: Style) -> "Format":
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            base = {"font_name": _FONT[self.lang], "font_size": 10, "font_color": INK, "valign": "vcenter"}
            self._formats[key] = self._book.add_format({**base, **style})
        return self._formats[key]


def _lines(words: str, width: float) -> int:
    return sum(max(1, -(-text_width(part) // max(int(width), 1))) for part in words.split("\n"))
