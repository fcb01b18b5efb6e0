"""One cell of a known field, and the numbers of people that must never get in."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.registers.intake.cells import VILLAGE, reader_of
from guangcheng.registers.intake.identity import MASK, identity_in, masked
from guangcheng.registers.rulebook import rules
from guangcheng.registers.schema import schema


def read(register: str, name: str, value: object) -> tuple[object, str | None]:
    """Value and the rule broken."""
    wanted = schema(register)
    cell = reader_of(wanted.field(name), wanted)(value)
    return cell.value, None if cell.trouble is None else cell.trouble.rule


@pytest.mark.parametrize(
    ("register", "name", "value", "expected"),
    [
        ("premises", "premises_id", 12, "12"),
        ("premises", "premises_id", 12.0, "12"),
        ("premises", "premises_id", " P-1 ", "P-1"),
        ("areas", "code", "４４１８０２", "441802"),
        ("areas", "code", "441802006.0", "441802006"),
        ("areas", "code", "'441802006", "441802006"),
        ("areas", "code", 441802006001.0, "441802006001"),
        ("areas", "aliases", "老城；城关,旧街", ["老城", "城关", "旧街"]),
        ("areas", "level", "街道", "township"),
        ("areas", "level", "民族乡", "township"),
        ("areas", "level", "自然村", "natural_village"),
        ("areas", "level", "村居", VILLAGE),
        ("areas", "urban_rural_class", 121, "121"),
        ("premises", "kind", "住宅小区", "estate"),
        ("premises", "kind", "ESTATE", "estate"),
        ("premises", "zone", "农村", "rural"),
        ("premises", "residential", "是", True),
        ("premises", "residential", "√", True),
        ("premises", "residential", 0, False),
        ("premises", "residential", "否", False),
        ("premises", "residential", "无", None),
        ("premises", "households", "1,200户", 1200),
        ("premises", "floors", "三十二", 32),
        ("premises", "completed_on", "2018年6月11日", date(2018, 6, 11)),
        ("premises", "completed_on", datetime(2018, 6, 11), date(2018, 6, 11)),  # noqa: DTZ001
        ("subscriber_stats", "month", "201806", date(2018, 6, 30)),
        ("subscriber_stats", "tier", "100～500M", "100-500"),
        ("subscriber_stats", "tier", ">=1000", "ge1000"),
        ("access_points", "capacity_mbps", "千兆", 1000.0),
        ("access_points", "technology", "10G-PON", "xgs-pon"),
        ("wireless_services", "generation", "5G-A", "5g-a"),
        ("premises", "lon", "113.05°", 113.05),
        ("premises", "note", "—", None),
    ],
)
def test_read(register: str, name: str, value: object, expected: object) -> None:
    assert read(register, name, value) == (expected, None)


@pytest.mark.parametrize(
    ("register", "name", "value", "number"),
    [
        ("premises", "premises_id", 5.00157e16, "R-117"),
        ("premises", "premises_id", "5.00157E+11", "R-117"),
        ("areas", "code", "５.00157e+11", "R-117"),
        ("premises", "households", "1E3", "R-117"),
        ("premises", "kind", "凉亭", "R-111"),
        ("premises", "residential", 2, "R-118"),
        ("premises", "residential", "也许", "R-118"),
        ("premises", "households", "12.5", "R-113"),
        ("premises", "households", "不少", "R-112"),
        ("premises", "households", "约20", "R-120"),
        ("premises", "households", "20M", "R-119"),
        ("premises", "households", 10**19, "R-122"),
        ("premises", "completed_on", "很久以前", "R-114"),
        ("premises", "completed_on", "1899-01-01", "R-115"),
        ("subscriber_stats", "month", "2018", "R-114"),
        ("subscriber_stats", "month", "1900-01", "R-115"),
        ("premises", "note", "x" * 1001, "R-121"),
        ("areas", "aliases", "x" * 1001, "R-121"),
        ("access_points", "capacity_mbps", "9" * 400, "R-122"),
    ],
)
def test_refused(register: str, name: str, value: object, number: str) -> None:
    assert read(register, name, value) == (None, number)


def test_a_text_of_exactly_the_limit_is_kept() -> None:
    assert read("premises", "note", "x" * 1000) == ("x" * 1000, None)


def test_a_month_for_a_day_is_its_end_and_noted() -> None:
    assert read("premises", "completed_on", "2016.2") == (date(2016, 2, 29), "R-116")
    assert read("premises", "completed_on", 2016) == (date(2016, 12, 31), "R-116")


@settings(max_examples=150)
@given(
    st.sampled_from(
        [
            (register, column.name)
            for register in ("areas", "premises", "subscriber_stats")
            for column in schema(register).fields
        ]
    ),
    st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.none(), st.datetimes()),
)
def test_any_cell_is_read_or_refused(place: tuple[str, str], value: object) -> None:
    found, number = read(*place, value)
    assert number is None or number in rules()
    assert number in (None, "R-116") or found is None


# --- subscriber identity -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010519491231002X", "身份证号"),  # the specimen of GB 11643
        ("证件11010519491231002x。", "身份证号"),
        ("13812345678", "手机号"),
        ("+86 138-1234-5678", "手机号"),
        ("联系13812345678转", "手机号"),
        ("110105194912310021", None),  # wrong check digit
        ("110105194913310024", None),  # no such month
        ("441802006001", None),
        ("12812345678", None),
        ("1381234567", None),
        ("138123456789", None),
        ("OLT-13812", None),
        ("113.13812345678", None),
    ],
)
def test_identity(text: str, kind: str | None) -> None:
    found = identity_in(text)
    assert (None if found is None else found[0]) == kind
    assert (MASK in masked(text)) == (kind is not None)


def test_masking_leaves_the_rest() -> None:
    assert masked("联系13812345678或11010519491231002X。") == f"联系{MASK}或{MASK}。"
    assert masked("441802006001 22号") == "441802006001 22号"
