"""Working days by the real calendar (RUL-001-12, RUL-001-13, U-06, U-07)."""

import json
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcheng.base.days import NEVER, WorkingCalendar, YearDays, day_number, months_before, read_years
from guangcheng.base.errors import InputError, NotFound, OutsideKnowledge, WrongFormat

CALENDAR = WorkingCalendar()
DRAGON_BOAT = date(2018, 6, 18)


def numbers(*days: date) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([day_number(day) for day in days], dtype=np.int64)


def without_the_holiday() -> WorkingCalendar:
    from chinese_calendar.constants import holidays, workdays

    return WorkingCalendar(
        [
            YearDays(
                2018,
                frozenset(day for day in holidays if day.year == 2018 and day != DRAGON_BOAT),
                frozenset(day for day in workdays if day.year == 2018),
            )
        ]
    )


def test_ten_working_days_over_the_dragon_boat_holiday() -> None:
    assert CALENDAR.add_working_days(date(2018, 6, 11), 10) == date(2018, 6, 26)
    assert without_the_holiday().add_working_days(date(2018, 6, 11), 10) == date(2018, 6, 25)


def test_a_make_up_sunday_is_worked() -> None:
    # 2018-02-11 and 2018-02-24 were worked for the Spring Festival, 2018-02-15 to 21 were off.
    assert CALENDAR.is_working_day(date(2018, 2, 11)) is True
    assert CALENDAR.is_working_day(date(2018, 2, 15)) is False
    assert CALENDAR.add_working_days(date(2018, 2, 14), 3) == date(2018, 2, 24)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2018, 6, 11), date(2018, 6, 11), 0),
        (date(2018, 6, 11), date(2018, 6, 12), 1),
        (date(2018, 6, 15), date(2018, 6, 18), 0),
        (date(2018, 6, 11), date(2018, 6, 26), 10),
        (date(2018, 6, 26), date(2018, 6, 11), 0),
    ],
)
def test_days_between_leave_out_the_start_and_take_in_the_end(start: date, end: date, expected: int) -> None:
    assert CALENDAR.working_days_between(start, end) == expected


def test_a_year_without_data_is_refused_by_name() -> None:
    with pytest.raises(OutsideKnowledge, match="2027"):
        CALENDAR.add_working_days(date(2026, 12, 28), 10)
    with pytest.raises(OutsideKnowledge, match="2003"):
        CALENDAR.is_working_day(date(2003, 12, 31))
    assert CALENDAR.add_working_days(date(2003, 12, 31), 1) == date(2004, 1, 2)
    assert CALENDAR.years == frozenset(range(2004, 2027))


def test_a_gap_between_known_years_is_refused_too() -> None:
    later = WorkingCalendar([YearDays(2029, frozenset(), frozenset())])
    with pytest.raises(OutsideKnowledge, match="of 2027, 2028 are not known"):
        later.working_days_between(date(2026, 12, 31), date(2029, 1, 1))
    assert later.working_days_between(date(2028, 12, 31), date(2029, 1, 5)) == 5


def test_what_next_year_brings_does_not_matter_to_an_order_of_this_week() -> None:
    late = CALENDAR.exceeds(numbers(date(2026, 12, 24)), numbers(date(2026, 12, 31)), 10)
    assert late.tolist() == [False]
    with pytest.raises(OutsideKnowledge, match="2027"):
        CALENDAR.exceeds(numbers(date(2026, 12, 24)), numbers(date(2027, 1, 31)), 10)
    assert CALENDAR.exceeds(numbers(date(2026, 11, 2)), numbers(date(2030, 1, 31)), 10).tolist() == [True]


def test_late_is_the_day_after_due_even_on_a_weekend() -> None:
    # due Friday 2018-06-22 for 8 working days after 2018-06-11
    start = date(2018, 6, 11)
    ends = [date(2018, 6, 22), date(2018, 6, 23)]
    assert CALENDAR.add_working_days(start, 8) == ends[0]
    assert CALENDAR.exceeds(numbers(start, start), numbers(*ends), 8).tolist() == [False, True]


def test_the_clock_stands_still_while_capacity_is_built() -> None:
    start, short, finished = date(2018, 7, 2), date(2018, 7, 4), date(2018, 7, 18)
    # 2 days used (3rd, 4th), 8 left after the 18th: 19, 20, 23-27, 30
    assert CALENDAR.paused_due(start, 10, short, finished) == date(2018, 7, 30)
    assert CALENDAR.paused_due(start, 10, short, None) is None
    assert CALENDAR.paused_due(start, 2, short, None) == date(2018, 7, 4)
    # shortage known before the order: the clock starts when the expansion is done
    assert CALENDAR.paused_due(start, 10, date(2018, 6, 1), finished) == date(2018, 8, 1)
    # shortage over before the order: nothing to pause
    assert CALENDAR.paused_due(start, 10, date(2018, 6, 1), date(2018, 6, 20)) == date(2018, 7, 16)


def test_an_open_pause_is_never_late_unless_the_days_were_used_up_before() -> None:
    start, end = date(2018, 7, 2), date(2018, 12, 28)
    starts = numbers(start, start)
    short = numbers(date(2018, 7, 4), date(2018, 7, 17))
    late = CALENDAR.exceeds_paused(
        starts, numbers(end, end), 10, paused_from=short, paused_to=np.array([NEVER, NEVER], dtype=np.int64)
    )
    assert late.tolist() == [False, True]


days = st.dates(date(2015, 1, 1), date(2023, 12, 31))


@given(days, st.integers(1, 40))
def test_adding_and_counting_agree(start: date, n: int) -> None:
    due = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(start, due) == n
    assert CALENDAR.working_days_between(start, due - timedelta(days=1)) == n - 1


@given(days, st.integers(0, 60), st.integers(1, 20))
def test_bulk_lateness_is_the_date_comparison(start: date, after: int, n: int) -> None:
    end = start + timedelta(days=after)
    late = bool(CALENDAR.exceeds(numbers(start), numbers(end), n)[0])
    assert late == (end > CALENDAR.add_working_days(start, n))


@given(days, st.integers(0, 80), st.integers(-20, 40), st.integers(0, 40) | st.none(), st.integers(1, 15))
def test_bulk_paused_lateness_is_the_date_comparison(
    start: date, after: int, short_after: int, pause: int | None, n: int
) -> None:
    end, short = start + timedelta(days=after), start + timedelta(days=short_after)
    finished = None if pause is None else short + timedelta(days=pause)
    due = CALENDAR.paused_due(start, n, short, finished)
    stop = np.array([NEVER], dtype=np.int64) if finished is None else numbers(finished)
    late = CALENDAR.exceeds_paused(numbers(start), numbers(end), n, paused_from=numbers(short), paused_to=stop)
    assert late.tolist() == [due is not None and end > due]


@given(days, st.integers(1, 20), st.integers(0, 30), st.integers(0, 30))
def test_a_pause_never_makes_it_due_earlier(start: date, n: int, short_after: int, pause: int) -> None:
    short = start + timedelta(days=short_after)
    due = CALENDAR.paused_due(start, n, short, short + timedelta(days=pause))
    assert due is not None
    assert due >= CALENDAR.add_working_days(start, n)


def test_a_hundred_thousand_orders_take_no_time() -> None:
    rng = np.random.default_rng(1)
    start = rng.integers(day_number(date(2017, 1, 1)), day_number(date(2019, 1, 1)), 100_000)
    began = time.process_time()
    late = CALENDAR.exceeds(start, start + 14, 10)
    assert time.process_time() - began < 0.5
    assert 0 < int(late.sum()) < late.size


def test_a_limit_of_no_days_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.add_working_days(date(2018, 1, 1), 0)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2019, 6, 30), 12, date(2018, 6, 30)),
        (date(2020, 2, 29), 12, date(2019, 2, 28)),
        (date(2018, 3, 31), 1, date(2018, 2, 28)),
        (date(2018, 1, 15), 1, date(2017, 12, 15)),
        (date(2018, 12, 31), 24, date(2016, 12, 31)),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_a_city_adds_a_year_of_its_own_in_toml_or_json(tmp_path: Path) -> None:
    toml = tmp_path / "years.toml"
    toml.write_text("[2027]\nholidays = [2027-01-01]\nworkdays = [2027-01-02]\n", encoding="utf-8")
    as_json = tmp_path / "years.json"
    as_json.write_text(json.dumps({"2027": {"holidays": ["2027-01-01"], "workdays": ["2027-01-02"]}}), encoding="utf-8")
    assert read_years(toml) == read_years(as_json)
    calendar = WorkingCalendar(read_years(toml))
    assert calendar.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 2)
    assert calendar.add_working_days(date(2026, 12, 31), 2) == date(2027, 1, 4)


def test_every_fault_of_a_year_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "years.toml"
    path.write_text(
        '[2027]\nholidays = [2026-01-01, "soon", 3]\nworkdays = []\nfree = []\n'
        "[27]\nholidays = []\nworkdays = []\n[2028]\nholidays = [2028-01-01]\n"
        "[2029]\nholidays = [2029-01-06]\nworkdays = [2029-01-06]\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_years(path)
    message = caught.value.in_("en")
    for word in (
        "“2026-01-01” is no day of 2027 holidays",
        "“soon” is no day of 2027 holidays",
        "“3” is no day of 2027 holidays",
        "2027 has an unknown key “free”",
        "“27” is not a year of four digits",
        "2028 lacks the list workdays",
        "2029-01-06 is both a holiday and a make-up workday",
        "years.toml",
    ):
        assert word in message


@pytest.mark.parametrize(("name", "content"), [("y.toml", b"[2027"), ("y.json", b"[1]"), ("y.toml", b"\xff\xfe\x00")])
def test_a_year_file_that_is_not_one(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(WrongFormat):
        read_years(path)
    with pytest.raises(NotFound):
        read_years(tmp_path / "absent.toml")


def test_an_unknown_year_is_refused_in_words() -> None:
    with pytest.raises(OutsideKnowledge) as caught:
        WorkingCalendar().add_working_days(date(2026, 12, 30), 10)
    assert caught.value.message.zh == "没有 2027 年的放假和调休安排，不能推算工作日（已知 2004—2026 年）"
    assert caught.value.mend.zh.startswith("等国务院办公厅公布后升级 chinesecalendar，或在城市文件夹中提供")
    assert caught.value.mend.en.startswith("upgrade chinesecalendar once the State Council has published the year")


def test_faults_of_a_year_file_are_named_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text('2028 = 1\n[2027]\nholidays = ["2027-01-01", "2028-01-01"]\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_years(path)
    assert caught.value.where.file == "calendar.toml"
    assert caught.value.message.zh.startswith("2028 应是一节；")
    assert caught.value.message.en.startswith("2028 must be a section; ")
    assert caught.value.mend.zh == "每年一节，例如 [2027]，写 holidays = [2027-01-01] 和 workdays = [2027-02-14]"
    assert caught.value.mend.en == (
        "one section per year, e.g. [2027] with holidays = [2027-01-01] and workdays = [2027-02-14]"
    )
