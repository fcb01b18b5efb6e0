"""What the two workbook formats share: which sheets are read, and what a cell of each kind becomes."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from guangcheng.base.errors import InputError, UsageError, Where, WrongFormat
from guangcheng.registers.faults import Fault
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.grid import Source, build, note
from guangcheng.registers.readers.limits import MAX_CELL_CHARS
from guangcheng.registers.rulebook import rule

__all__ = ["Sheet", "cell_of", "choose", "column_letter", "no_such_sheet", "number_fault", "read_sheets"]

_INSTRUCTIONS = re.compile(
    r"说明|须知|指南|字典|枚举|码表|代码表|目录$|封面|修订记录|readme|instruction|guide|notes?$|dictionary|codelist|cover$",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"0+(\.[0#?]+)?E[+-]0+", re.IGNORECASE)

_EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits; an integer of 16 or more has lost the rest."""

_CODE_FROM = 10**9
"""Integers from here on are codes rather than quantities when they are shown in scientific notation."""

_ROUND = 1000
"""A code that ends in three zeros under a scientific format may have had other digits."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, not yet read."""

    name: str
    hidden: bool
    source: Callable[[], Source]


def column_letter(index: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_sheets(file: Path, sheets: Sequence[Sheet], wanted: str | None, known: frozenset[str]) -> list[RawTable]:
    """Read every sheet that holds data: not the hidden, the empty and the explaining ones, each with a note.

    ``wanted`` names the one sheet to read, hidden or not. The notes stand in the first table.
    """
    notes: list[str] = []
    tables: list[RawTable] = []
    for sheet in choose(file, sheets, wanted):
        reason = None if wanted else _reason_to_skip(sheet)
        if reason is not None:
            notes.append(reason)
            continue
        table = build(sheet.source(), known)
        if table is None or not table.rows:
            notes.append(note(f"工作表“{sheet.name}”没有数据，未读取", f"sheet “{sheet.name}” has no data, not read"))
            continue
        tables.append(table)
    if not tables:
        raise rule("R-011").error(InputError, Where(file=str(file), sheet=wanted))
    tables[0] = replace(tables[0], notes=notes + tables[0].notes)
    return tables


def _reason_to_skip(sheet: Sheet) -> str | None:
    if sheet.hidden:
        return note(f"工作表“{sheet.name}”是隐藏的，未读取", f"sheet “{sheet.name}” is hidden, not read")
    if _INSTRUCTIONS.search(sheet.name):
        return note(f"工作表“{sheet.name}”是说明，未读取", f"sheet “{sheet.name}” holds explanations, not read")
    return None


def choose(file: Path, sheets: Sequence[Sheet], wanted: str | None) -> Sequence[Sheet]:
    """The sheet called ``wanted``, or all; R-016 lists the sheets if there is none of that name."""
    if wanted is None:
        return sheets
    found = [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]
    if not found:
        raise no_such_sheet(file, wanted, [sheet.name for sheet in sheets])
    return found


def no_such_sheet(file: Path, wanted: str, names: Sequence[str]) -> InputError:
    """Rule R-016, listing the sheets or layers there are."""
    known = "、".join(names)
    return rule("R-016").error(
        UsageError,
        Where(file=str(file)),
        sheet=wanted,
        advice_zh=f"可选：{known}",
        advice_en=f"there are: {', '.join(names)}",
    )


def cell_of(value: object, where: Where) -> object:
    """The cell handed on: blank text is ``None``, dates are ``datetime``, whole floats up to 15 digits are ``int``.

    Raises R-013 for a text that is too long.
    """
    if isinstance(value, str):
        if len(value) > MAX_CELL_CHARS:
            raise rule("R-013").error(WrongFormat, where, row=where.row, limit=f"{MAX_CELL_CHARS:,}")
        return value if value and not value.isspace() else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT_BELOW else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (a calendar day has no zone)
    if value is None or isinstance(value, bool | int | datetime):
        return value
    return value.isoformat() if isinstance(value, time) else str(value)


def number_fault(value: float, number_format: Callable[[], str], where: Where) -> Fault | None:
    """The fault of a number not to be believed.

    Such is one that is not finite (R-029), one of which a spreadsheet has lost the digits behind the fifteenth
    (R-024), and a code in scientific notation that ends in zeros (R-025; ``number_format`` is asked only then).
    """
    if not math.isfinite(value):
        return rule("R-029").fault(where, str(value), found=value)
    if abs(value) < _CODE_FROM or value != int(value):
        return None
    if abs(value) >= _EXACT_BELOW:
        return rule("R-024").fault(where, str(value))
    if int(value) % _ROUND == 0 and _SCIENTIFIC.search(number_format()):
        return rule("R-025").fault(where, f"{value:E}")
    return None
