"""Numbers as people write them."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.base.units import DamagedCode, Inexact, Unit, UnitMismatch, is_missing, parse_number, parse_unit


@pytest.mark.parametrize(
    "value", [None, "", "  ", "无", "—", "——", "-", "/", "N/A", "n/a", "空", "暂无", "－", float("nan")]
)
def test_missing(value: object) -> None:
    assert is_missing(value)
    assert parse_number(value) is None


@pytest.mark.parametrize("value", [0, "0", False, "无锡", "-1", "1/2"])
def test_not_missing(value: object) -> None:
    assert not is_missing(value)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (12, None, "12"),
        (12.5, None, "12.5"),
        (0.1, None, "0.1"),
        ("１２３", None, "123"),
        ("1,234,567", None, "1234567"),
        ("1，234", None, "1234"),
        (" 1 234 ", None, "1234"),
        ("+5", None, "5"),
        ("-5", None, "-5"),
        ("12.5万户", "household", "125000"),
        ("12.5万", "household", "125000"),
        ("0.7万户", "household", "7000"),
        ("1.2亿", "person", "120000000"),
        ("300户", "household", "300"),
        ("300个", "household", "300"),
        ("一百二十三", None, "123"),
        ("十二万五千户", "household", "125000"),
        ("两千", None, "2000"),
        ("50兆", "Mbps", "50"),
        ("50M", "Mbps", "50"),
        ("50 Mbps", "Mbps", "50"),
        ("1G", "Mbps", "1000"),
        ("1.25Gbps", "Mbps", "1250"),
        ("千兆", "Mbps", "1000"),
        ("百兆", "Mbps", "100"),
        ("512k", "Mbps", "0.512"),
        ("30米", "m", "30"),
        ("30m", "m", "30"),
        ("1.5公里", "m", "1500"),
        ("2km", "m", "2000"),
        ("2千米", "m", "2000"),
    ],
)
def test_read(value: object, unit: str | None, expected: str) -> None:
    number = parse_number(value, unit=unit)
    assert number == Decimal(expected)
    assert str(number) == expected


@pytest.mark.parametrize(
    ("value", "header", "unit", "expected"),
    [
        (12.5, "万户", "household", "125000"),
        ("84.1", "万户", "household", "841000"),
        ("84.1", "万", "household", "841000"),
        ("12.5万户", "户", "household", "125000"),
        ("12户", "万户", "household", "12"),
        (1, "G", "Mbps", "1000"),
        (3, "km", "m", "3000"),
        (3, "m", "m", "3"),
    ],
)
def test_header_unit(value: object, header: str, unit: str, expected: str) -> None:
    assert parse_number(value, unit=unit, header=parse_unit(header)) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "unit", "error"),
    [
        ("约500", None, Inexact),
        ("<20", None, Inexact),
        ("＜20", None, Inexact),
        ("500多", None, Inexact),
        ("500左右", None, Inexact),
        ("500余户", "household", Inexact),
        ("~3", None, Inexact),
        ("5.00157E+11", None, DamagedCode),
        ("1e3", None, DamagedCode),
        ("50M", "household", UnitMismatch),
        ("50米", "Mbps", UnitMismatch),
    ],
)
def test_refused_kind(value: str, unit: str | None, error: type[InputError]) -> None:
    with pytest.raises(error):
        parse_number(value, unit=unit)


@pytest.mark.parametrize(
    "value", [True, "abc", "12,34", "1.2.3", "12万5", "一二十", float("inf"), "12 x", "12-13", [1]]
)
def test_no_number(value: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_number(value)
    assert type(caught.value) is InputError
    assert str(value) in caught.value.message.zh


def test_units() -> None:
    assert parse_unit("万户") == Unit("household", Decimal(10000))
    assert parse_unit("万") == Unit(None, Decimal(10000))
    assert parse_unit("ＭＢＰＳ") == Unit("Mbps", Decimal(1))
    assert parse_unit("千米") == Unit("m", Decimal(1000))
    assert parse_unit("千兆") == Unit("Mbps", Decimal(1000))
    assert parse_unit("光纤") is None


@settings(max_examples=60)
@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(["万", "亿", ""]))
def test_written_numbers_come_back_exactly(number: int, magnitude: str) -> None:
    factor = {"万": 10**4, "亿": 10**8, "": 1}[magnitude]
    exact = Decimal(number).scaleb(-2)
    assert parse_number(f"{exact:f}{magnitude}") == exact * factor


@settings(max_examples=60)
@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        number = parse_number(text, unit="household")
        assert number is None or number.is_finite()
