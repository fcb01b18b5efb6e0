"""Working days (工作日) by the real Chinese calendar: public holidays and make-up workdays (调休) included.

The years published so far come from the package *chinesecalendar*; a city may add or replace whole years with a file
of its own (:func:`read_years`). A year nobody told us about is refused with ``OutsideKnowledge``, never guessed.

Counting convention (U-06): the day after the start is the first that can count, so *n* working days after ``start``
is the *n*-th working day strictly later than ``start``. The bulk methods take and give day numbers as Arrow's
``date32`` stores them (days since 1970-01-01, ``int64``).
"""

import calendar
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guangcheng.base.errors import InputError, NotFound, OutsideKnowledge, Where, WrongFormat
from guangcheng.base.text import Text

__all__ = ["NEVER", "WorkingCalendar", "YearDays", "day_number", "months_before", "read_years"]

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).max) // 4
"""Day number of what has not happened: later than every day, with room to add to it."""

_EPOCH = date(1970, 1, 1).toordinal()
_SATURDAY = 5


def day_number(day: date) -> int:
    """Days since 1970-01-01, as Arrow's ``date32`` stores a day."""
    return day.toordinal() - _EPOCH


def _day(number: int) -> date:
    return date.fromordinal(number + _EPOCH)


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier; a day the month lacks becomes its last (12 before 2020-02-29: 2019-02-28)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class YearDays:
    """What one year's notice says: weekdays that are free and weekend days that are worked."""

    year: int
    holidays: frozenset[date]
    workdays: frozenset[date]

    def working(self) -> Flags:
        """One flag per day of the year."""
        first = date(self.year, 1, 1)
        days = [first + timedelta(days=n) for n in range(366 if calendar.isleap(self.year) else 365)]
        return np.array([d in self.workdays or (d.weekday() < _SATURDAY and d not in self.holidays) for d in days])


def _published() -> list[YearDays]:
    from chinese_calendar.constants import holidays, workdays

    return [
        YearDays(
            year,
            frozenset(day for day in holidays if day.year == year),
            frozenset(day for day in workdays if day.year == year),
        )
        for year in range(min(holidays).year, max(holidays).year + 1)
    ]


class WorkingCalendar:
    """Which days are worked, over all years we know; built once, then every question is a table look-up.

    ``own_years`` add years the published table lacks or replace them whole.
    """

    __slots__ = ("_first", "_position", "_unknown_before", "_working_before", "_years")

    def __init__(self, own_years: Iterable[YearDays] = ()) -> None:
        years = {year.year: year for year in _published()} | {year.year: year for year in own_years}
        first, last = min(years), max(years)
        self._first = day_number(date(first, 1, 1))
        self._years = frozenset(years)
        working, known = [], []
        for number in range(first, last + 1):
            year = years.get(number, YearDays(number, frozenset(), frozenset()))
            flags = year.working()
            known.append(np.full(flags.size, number in years))
            working.append(flags & known[-1])
        works = np.concatenate(working)
        self._position: Days = np.flatnonzero(works).astype(np.int64)
        self._working_before = _count_before(works)
        self._unknown_before = _count_before(~np.concatenate(known))

    @property
    def years(self) -> frozenset[int]:
        """The years this calendar knows."""
        return self._years

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is worked; ``OutsideKnowledge`` when its year is not known."""
        return self.working_days_between(day - timedelta(days=1), day) == 1

    def add_working_days(self, start: date, n: int) -> date:
        """Give the ``n``-th working day after ``start`` (``n`` ≥ 1; day 1 is the first working day after it).

        RUL-001-12: 10 working days after 2018-06-11 is 2018-06-26, because 2018-06-18 is a holiday.
        Raises ``OutsideKnowledge`` when a day up to the answer lies in a year that is not known.
        """
        after = np.array([day_number(start)], dtype=np.int64)
        due = self._due(after, np.array([n], dtype=np.int64))
        self._demand_known(after, due)
        return _day(int(due[0]))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
        after, until = (np.array([day_number(day)], dtype=np.int64) for day in (start, end))
        return int(self.count(after, until)[0])

    def paused_due(self, start: date, n: int, paused_from: date, paused_to: date | None) -> date | None:
        """Due day of ``n`` working days whose clock stands still after ``paused_from`` until ``paused_to`` (U-07).

        Working days up to and including ``paused_from`` and those after ``paused_to`` count. ``None`` while the
        pause has no end and the days were not used up before it. Raises ``OutsideKnowledge`` as
        :meth:`add_working_days`.
        """
        stop = max(start, paused_from)
        used = self.working_days_between(start, stop)
        if used >= n:
            return self.add_working_days(start, n)
        return None if paused_to is None else self.add_working_days(max(stop, paused_to), n - used)

    def count(self, after: Days, until: Days) -> Days:
        """Bulk :meth:`working_days_between`: working days in (``after``, ``until``] of each pair of day numbers."""
        self._demand_known(after, until)
        counted: Days = self._before(until + 1) - self._before(after + 1)
        return np.maximum(counted, 0)

    def exceeds(self, start: Days, end: Days, n: int) -> Flags:
        """Whether each ``end`` is later than the ``n``-th working day after ``start``.

        Only days up to the earlier of ``end`` and the due day have to be known: an order of last week is not late
        whatever next year's holidays will be.
        """
        due = self._due(start, np.full(start.size, n, dtype=np.int64))
        self._demand_known(start, np.minimum(due, end))
        return end > due

    def exceeds_paused(self, start: Days, end: Days, n: int, *, paused_from: Days, paused_to: Days) -> Flags:
        """:meth:`exceeds` with each clock standing still after ``paused_from`` until ``paused_to`` (``NEVER``: open).

        See :meth:`paused_due` for which days count.
        """
        days = np.full(start.size, n, dtype=np.int64)
        stop = np.maximum(start, paused_from)
        due = self._due(start, days)
        self._demand_known(start, np.minimum(due, np.minimum(stop, end)))
        late: Flags = end > due
        resume = np.maximum(stop, paused_to)
        running = (due > stop) & (end > stop)
        late[running] = False
        again = np.flatnonzero(running & (end > resume))
        left = days[again] - self.count(start[again], stop[again])
        due_again = self._due(resume[again], left)
        self._demand_known(resume[again], np.minimum(due_again, end[again]))
        late[again] = end[again] > due_again
        return late

    def _before(self, number: Days) -> Days:
        """Working days of the table earlier than each day number."""
        at: Days = self._working_before[np.clip(number - self._first, 0, self._working_before.size - 1)]
        return at

    def _due(self, start: Days, n: Days) -> Days:
        """The ``n``-th working day of the table after ``start``; ``NEVER`` where the table ends before."""
        if n.size and int(n.min()) < 1:
            raise ValueError("a limit is at least one working day")
        rank = self._before(start + 1) + n - 1
        inside = rank < self._position.size
        return np.where(inside, self._first + self._position[np.where(inside, rank, 0)], NEVER)

    def _demand_known(self, after: Days, until: Days) -> None:
        """Refuse if any day in (``after``, ``until``] lies in a year we do not know; empty ranges ask for nothing."""
        last = self._unknown_before.size - 1
        low, high = after + 1 - self._first, until + 1 - self._first
        inside = (low >= 0) & (high <= last)
        gaps = self._unknown_before[np.clip(high, 0, last)] - self._unknown_before[np.clip(low, 0, last)]
        bad = (high > low) & (~inside | (gaps > 0))
        if not bad.any():
            return
        beyond = max(self._years) + 1
        first = _day(int(after[bad].min()) + 1).year
        end = int(until[bad].max())
        final = beyond if end >= NEVER else _day(end).year
        missing = sorted(set(range(first, final + 1)) - self._years)
        raise _unknown_years(missing, self._years)


def _count_before(flags: Flags) -> Days:
    return np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)


def _unknown_years(missing: list[int], known: frozenset[int]) -> OutsideKnowledge:
    listed = ", ".join(map(str, missing))
    return OutsideKnowledge(
        Text(
            zh=f"没有 {listed} 年的放假和调休安排，不能推算工作日（已知 {min(known)}—{max(known)} 年）",
            en=f"the holidays and make-up workdays of {listed} are not known, so working days cannot be counted"
            f" (known: {min(known)}-{max(known)})",
        ),
        mend=Text(
            zh="等国务院办公厅公布后升级 chinesecalendar，或在城市文件夹中提供这一年的年历文件（holidays 与 workdays）",
            en="upgrade chinesecalendar once the State Council has published the year, or give the city a year file"
            " of its own (holidays and workdays)",
        ),
    )


def read_years(path: Path) -> tuple[YearDays, ...]:
    """Read a city's own years from TOML or JSON, e.g. ``[2027]`` with ``holidays`` and ``workdays`` as lists of days.

    ``holidays`` are days off (weekends may be left out), ``workdays`` are worked weekend days. Every fault of the
    file is collected; ``NotFound``, ``WrongFormat`` or ``InputError`` says what to mend.
    """
    years, faults = [], []
    for key, value in _parse(path).items():
        year, found = _year(str(key), value)
        faults += found
        if year is not None:
            years.append(year)
    if faults:
        raise InputError(
            Text(zh="；".join(fault.zh for fault in faults), en="; ".join(fault.en for fault in faults)),
            where=Where(file=path.name),
            mend=Text(
                zh="每年一节，例如 [2027]，写 holidays = [2027-01-01] 和 workdays = [2027-02-14]",
                en="one section per year, e.g. [2027] with holidays = [2027-01-01] and workdays = [2027-02-14]",
            ),
        )
    return tuple(years)


def _parse(path: Path) -> dict[str, Any]:
    mend = Text(zh="请给出 UTF-8 的 TOML 或 JSON 文件", en="give a TOML or JSON file in UTF-8")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except FileNotFoundError:
        raise NotFound(
            Text(zh="没有这个年历文件", en="there is no such year file"), where=Where(file=str(path)), mend=mend
        ) from None
    except ValueError as error:
        raise WrongFormat(
            Text(zh=f"年历文件读不懂：{error}", en=f"the year file cannot be read: {error}"),
            where=Where(file=path.name),
            mend=mend,
        ) from error
    if not isinstance(found, dict):
        raise WrongFormat(
            Text(zh="年历文件最外层应是年份", en="the year file must be keyed by year"),
            where=Where(file=path.name),
            mend=mend,
        )
    return found


def _year(key: str, value: object) -> tuple[YearDays | None, list[Text]]:
    if not (key.isascii() and key.isdigit() and len(key) == len("2027")):
        return None, [Text(zh=f"“{key}”不是四位年份", en=f"“{key}” is not a year of four digits")]
    if not isinstance(value, Mapping):
        return None, [Text(zh=f"{key} 应是一节", en=f"{key} must be a section")]
    number, faults = int(key), []
    faults += [
        Text(zh=f"{key} 中不认识“{name}”", en=f"{key} has an unknown key “{name}”")
        for name in value
        if name not in ("holidays", "workdays")
    ]
    lists: dict[str, frozenset[date]] = {}
    for name in ("holidays", "workdays"):
        lists[name], found = _days(number, name, value.get(name))
        faults += found
    both = sorted(lists["holidays"] & lists["workdays"])
    faults += [
        Text(zh=f"{day} 既是假日又是调休上班日", en=f"{day} is both a holiday and a make-up workday") for day in both
    ]
    return (None, faults) if faults else (YearDays(number, lists["holidays"], lists["workdays"]), [])


def _days(year: int, name: str, value: object) -> tuple[frozenset[date], list[Text]]:
    if not isinstance(value, list):
        return frozenset(), [Text(zh=f"{year} 缺少列表 {name}", en=f"{year} lacks the list {name}")]
    days, faults = set(), []
    for item in value:
        day = _one_day(item)
        if day is None or day.year != year:
            faults.append(Text(zh=f"{year} {name} 中“{item}”不是该年的日期", en=f"“{item}” is no day of {year} {name}"))
        else:
            days.add(day)
    return frozenset(days), faults


def _one_day(item: object) -> date | None:
    if type(item) is date:
        return item
    try:
        return date.fromisoformat(item) if isinstance(item, str) else None
    except ValueError:
        return None
