"""Days, months and years as people write them in Chinese tables.

What names only a month or a year means its last day (ambiguities U-11: X月底, 2015年底). Days before 1990 or after
2100 are impossible here: 1900-01-05 is what a spreadsheet makes of a stray 5.
"""

import calendar
import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.base.units import is_missing, plain

__all__ = ["FIRST", "LAST", "Dated", "ImpossibleDate", "month_end", "parse_day", "parse_month", "read_date"]

FIRST = date(1990, 1, 1)
"""The first possible day."""
LAST = date(2100, 12, 31)
"""The last possible day."""

Precision = Literal["day", "month", "year"]

# Day 0 of spreadsheet serials from 1900-03-01 on; earlier ones are impossible days anyway.
_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = (FIRST - _SERIAL_ZERO).days, (LAST - _SERIAL_ZERO).days

_SEPARATED = re.compile(r"^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?[底末]?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_YEAR = re.compile(r"^(\d{4})年?[底末]?$")
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?$")


class ImpossibleDate(InputError):
    """A date that cannot be: 2018-02-30, or a day before 1990 or after 2100."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A day and how exactly it was written; for a month or a year ``day`` is its last day."""

    day: date
    precision: Precision


def month_end(year: int, month: int) -> date:
    """The last day of a month; ``ValueError`` for a month that is none."""
    if not 1 <= month <= 12:
        raise ValueError(f"no month {month}")
    return date(year, month, calendar.monthrange(year, month)[1])


def read_date(value: object) -> Dated | None:
    """Read a day, a month or a year; ``None`` for a missing value.

    Understood: 2018-06-11, 2018/6/11, 2018.6.11, 2018年6月11日, 20180611, each also in full width and with a time
    behind it; 2018.6, 2018-06, 2018年6月, 201806; 2018, 2018年, 2018年底; the spreadsheet serial 43262; ``date`` and
    ``datetime``. Raises :class:`ImpossibleDate` for days that cannot be and ``InputError`` for what is no date, and
    for the *number* 2018.1, which may be January or October.
    """
    if is_missing(value):
        return None
    if isinstance(value, datetime):
        return _checked(value.year, value.month, value.day, value)
    if isinstance(value, date):
        return _checked(value.year, value.month, value.day, value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _no_date(value)
    if isinstance(value, str):
        return _from_text(value)
    return _from_number(value)


def parse_day(value: object) -> date | None:
    """The day written in ``value`` (see :func:`read_date`); the last day where only a month or a year is written."""
    dated = read_date(value)
    return None if dated is None else dated.day


def parse_month(value: object) -> date | None:
    """The last day of the month written in ``value``, which may name a day of it; a year alone is refused."""
    dated = read_date(value)
    if dated is None:
        return None
    if dated.precision == "year":
        raise InputError(
            Text(zh=f"“{value}”只有年份，没有月份", en=f"“{value}” names a year but no month"),
            mend=Text(zh="写成年月，如 2018年6月 或 2018-06", en="write year and month, e.g. 2018-06"),
        )
    return month_end(dated.day.year, dated.day.month)


def _from_text(value: str) -> Dated:
    text = _TIME.sub("", plain(value).lower()).replace(" ", "")
    match = _SEPARATED.match(text) or _COMPACT.match(text)
    if match is not None:
        return _checked(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, value)
    year = _YEAR.match(text)
    if year is not None:
        return _checked(int(year[1]), None, None, value)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _from_number(float(text))
    raise _no_date(value)


def _from_number(value: float) -> Dated:
    if not math.isfinite(value):
        raise _no_date(value)
    whole = int(value)
    if value != whole and FIRST.year <= value < LAST.year + 1:
        return _year_dot_month(value)
    if _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        return Dated(_SERIAL_ZERO + timedelta(days=whole), "day")
    if value != whole:
        raise _no_date(value)
    match = _COMPACT.match(str(whole))
    if match is not None:
        return _checked(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, value)
    if 1900 <= whole <= LAST.year:
        return _checked(whole, None, None, value)
    if 0 <= whole < _FIRST_SERIAL:
        raise _impossible(f"{value}（{(_SERIAL_ZERO + timedelta(days=whole)).isoformat()}）")
    raise _no_date(value)


def _year_dot_month(value: float) -> Dated:
    """2018.6 as a number is June; 2018.1 is January or a 2018.10 that lost its zero."""
    year, _, month = repr(value).partition(".")
    if month == "1":
        raise InputError(
            Text(
                zh=f"数字 {value} 分不清是 {year} 年 1 月还是 10 月",
                en=f"the number {value} may be January or October {year}",
            ),
            mend=Text(zh=f"写成 {year}-01 或 {year}-10", en=f"write {year}-01 or {year}-10"),
        )
    if len(month) > 2 or (len(month) == 2 and month[0] != "1" and month[0] != "0"):
        raise _no_date(value)
    return _checked(int(year), int(month), None, value)


def _checked(year: int, month: int | None, day: int | None, value: object) -> Dated:
    try:
        if month is None:
            found = Dated(date(year, 12, 31), "year")
        elif day is None:
            found = Dated(month_end(year, month), "month")
        else:
            found = Dated(date(year, month, day), "day")
    except ValueError:
        raise _impossible(value) from None
    if not FIRST <= found.day <= LAST:
        raise _impossible(value)
    return found


def _impossible(shown: object) -> ImpossibleDate:
    return ImpossibleDate(
        Text(zh=f"日期不可能：{shown}", en=f"this date cannot be: {shown}"),
        mend=Text(
            zh=f"填写 {FIRST.year} 到 {LAST.year} 年之间真实存在的日期；1900 年的日期多半是单元格格式弄错了",
            en=f"give a real day from {FIRST.year} to {LAST.year}; a date in 1900 is mostly a wrongly formatted cell",
        ),
    )


def _no_date(value: object) -> InputError:
    return InputError(
        Text(zh=f"“{value}”不是日期", en=f"“{value}” is not a date"),
        mend=Text(zh="写成 2018-06-11 或 2018年6月11日", en="write 2018-06-11"),
    )
