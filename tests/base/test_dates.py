"""Days, months and years as people write them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.dates import FIRST, LAST, Dated, ImpossibleDate, month_end, parse_day, parse_month, read_date
from guangcheng.base.errors import InputError

DAY = date(2018, 6, 11)


@pytest.mark.parametrize(
    "value",
    [
        "2018-06-11",
        "2018/6/11",
        "2018.6.11",
        "2018年6月11日",
        "20180611",
        "２０１８年６月１１日",
        "２０１８－０６－１１",
        " 2018 年 6 月 11 日 ",
        "2018-06-11 08:30:00",
        "2018-06-11T08:30:00Z",
        "43262",
        43262,
        43262.5,
        20180611,
        20180611.0,
        datetime(2018, 6, 11, 23, 59),  # noqa: DTZ001 - spreadsheets know no zone
        DAY,
    ],
)
def test_day(value: object) -> None:
    assert read_date(value) == Dated(DAY, "day")
    assert parse_day(value) == DAY


@pytest.mark.parametrize("value", ["2018.6", "2018-06", "2018/6", "2018年6月", "2018年6月底", "201806", 201806, 2018.6])
def test_month(value: object) -> None:
    assert read_date(value) == Dated(date(2018, 6, 30), "month")
    assert parse_month(value) == date(2018, 6, 30)
    assert parse_day(value) == date(2018, 6, 30)


@pytest.mark.parametrize("value", ["2018", "2018年", "2018年底", 2018, 2018.0])
def test_year(value: object) -> None:
    assert read_date(value) == Dated(date(2018, 12, 31), "year")
    with pytest.raises(InputError, match="no month"):
        parse_month(value)


def test_month_of_a_day() -> None:
    assert parse_month("2016-02-03") == date(2016, 2, 29)


@pytest.mark.parametrize("value", ["2018.10", 2018.11, 2018.12])
def test_two_digit_months(value: object) -> None:
    assert parse_month(value) == month_end(2018, int(str(value)[-2:]))


def test_the_number_2018_1_may_be_october() -> None:
    with pytest.raises(InputError, match="January or October"):
        read_date(2018.1)
    assert parse_month("2018.1") == date(2018, 1, 31)


@pytest.mark.parametrize("value", [None, "", "无", "—", "-", "/", "N/A", "暂无"])
def test_missing(value: object) -> None:
    assert read_date(value) is None
    assert parse_day(value) is None
    assert parse_month(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "1989-12-31",
        "2101-01-01",
        "1900-01-05",
        5,
        0,
        1900,
        "2018-02-30",
        "2018-13-01",
        "2018年13月",
        "20181301",
        32873,
        "10000",
    ],
)
def test_impossible(value: object) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        read_date(value)
    assert caught.value.message.zh.startswith("日期不可能")


@pytest.mark.parametrize(
    "value", ["六月", "11/6/2018", "2018-6-11-3", "2018.6.11.", "abc", True, -3, 2018.65, 123456789, float("inf")]
)
def test_no_date(value: object) -> None:
    with pytest.raises(InputError) as caught:
        read_date(value)
    assert not isinstance(caught.value, ImpossibleDate)


def test_the_borders_are_possible() -> None:
    assert parse_day("1990-01-01") == FIRST
    assert parse_day(32874) == FIRST
    assert parse_day("2100-12-31") == LAST
    assert parse_day(73415) == LAST


@settings(max_examples=60)
@given(st.dates(FIRST, LAST))
def test_every_way_of_writing_a_day_is_the_same_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    ways: list[object] = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        serial,
        str(serial),
        datetime(day.year, day.month, day.day),  # noqa: DTZ001
    ]
    assert {parse_day(way) for way in ways} == {day}
    assert parse_month(day) == (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
