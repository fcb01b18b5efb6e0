"""Numbers as people write them, read exactly or refused.

Full-width digits, thousands separators, Chinese numerals, 万 and 亿, a unit behind the number or in the header:
all become one exact :class:`~decimal.Decimal` in the unit the field stores. What is not exact (约, <, 多, 5.00157E+11)
is refused, never guessed.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text

__all__ = ["DamagedCode", "Inexact", "Unit", "UnitMismatch", "is_missing", "parse_number", "parse_unit", "plain"]


class Inexact(InputError):
    """A number that says of itself that it is not exact (约 500, <20, 五百多)."""


class UnitMismatch(InputError):
    """A number in a unit that cannot be brought to the unit of its field."""


class DamagedCode(InputError):
    """A number in scientific notation: a spreadsheet has thrown digits away (5.00157E+11)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: what it measures (``household``, ``Mbps``, ``m`` …) and how many of it one is.

    ``万户`` is ``Unit("household", 10000)``; a bare ``万`` is ``Unit(None, 10000)``.
    """

    measures: str | None
    factor: Decimal


_MISSING = frozenset({"", "无", "空", "暂无", "不详", "缺", "n/a", "na", "nan", "none", "null", "/", "\\"})
_DASH_CHARACTERS = "-—–―_－"
_DASHES = re.compile(rf"^[{_DASH_CHARACTERS}]+$")
_LONGEST_MISSING = 12
"""No cell longer than this says that something is missing, except with blanks or dashes."""

_MAGNITUDES = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "萬": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}

# Unit word (lower case, half width) → what it measures, how many of the stored unit it is.
_UNITS: dict[str, tuple[str, str]] = {
    "户": ("household", "1"),
    "household": ("household", "1"),
    "households": ("household", "1"),
    "人": ("person", "1"),
    "person": ("person", "1"),
    "persons": ("person", "1"),
    "端口": ("port", "1"),
    "口": ("port", "1"),
    "线": ("port", "1"),
    "port": ("port", "1"),
    "ports": ("port", "1"),
    "个": ("个", "1"),
    "栋": ("个", "1"),
    "幢": ("个", "1"),
    "座": ("个", "1"),
    "层": ("层", "1"),
    "兆": ("Mbps", "1"),
    "m": ("Mbps", "1"),
    "mb": ("Mbps", "1"),
    "mbps": ("Mbps", "1"),
    "mb/s": ("Mbps", "1"),
    "mbit/s": ("Mbps", "1"),
    "g": ("Mbps", "1000"),
    "gb": ("Mbps", "1000"),
    "gbps": ("Mbps", "1000"),
    "gbit/s": ("Mbps", "1000"),
    "吉": ("Mbps", "1000"),
    "k": ("Mbps", "0.001"),
    "kbps": ("Mbps", "0.001"),
    "米": ("m", "1"),
    "公里": ("m", "1000"),
    "千米": ("m", "1000"),
    "km": ("m", "1000"),
    "dbm": ("dBm", "1"),
    "度": ("degree", "1"),
    "°": ("degree", "1"),
}

# Where 个 counts things that have a name of their own, either word is right.
_COUNTS = frozenset({"household", "person", "port", "个", "层"})

_PLAIN = re.compile(r"^-?[0-9]+(?:\.[0-9]+)?\Z")
_NUMBER = re.compile(r"^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(.*)$", re.DOTALL)
_SCIENTIFIC = re.compile(r"^[+-]?\d+(?:\.\d+)?e[+-]?\d+$")
_CHINESE = re.compile(r"^([负零〇一二两三四五六七八九十百千万亿点]+)(.*)$", re.DOTALL)
_INEXACT = re.compile(r"^(约|大约|近|超|逾|不足|不到|<|>|≤|≥|~|≈|±)|(多|余|左右|以上|以下|上下)|[多余][户人个]?$|[+~]$")


def plain(text: str) -> str:
    """``text`` with half-width forms (NFKC), no blanks at the ends and none but single blanks inside."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_missing(value: object) -> bool:
    """Whether a cell says that there is no value: empty, 无, 空, 暂无, 不详, —, -, /, N/A, NaN."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    if not isinstance(value, str):
        return False
    if len(value) > _LONGEST_MISSING and not value.isspace() and value[0] not in _DASH_CHARACTERS:
        return False
    text = plain(value).lower()
    return text in _MISSING or _DASHES.match(text) is not None


def parse_unit(text: str) -> Unit | None:
    """Read a unit as written in a header or behind a number (万户, Mbps, km, 兆, 万); ``None`` if it is none.

    A bare ``m`` is returned as ``Mbps``; where metres are stored :func:`parse_number` reads it as metres.
    """
    word = plain(text).lower().replace(" ", "")
    found = _UNITS.get(word)
    if found is not None:
        return Unit(found[0], Decimal(found[1]))
    for size in (2, 1):
        magnitude = _MAGNITUDES.get(word[:size])
        if magnitude is None:
            continue
        rest = word[size:]
        if not rest:
            return Unit(None, Decimal(magnitude))
        unit = _UNITS.get(rest)
        if unit is not None:
            return Unit(unit[0], magnitude * Decimal(unit[1]))
    return None


def parse_number(value: object, *, unit: str | None = None, header: Unit | None = None) -> Decimal | None:
    """Read ``value`` exactly, in ``unit``; ``None`` for a missing value.

    ``header`` is the unit written in the column's header: it multiplies numbers that bring no unit of their own
    (``12.5`` under 用户数(万户) and ``12.5万户`` under 用户数 are both 125000). Raises :class:`Inexact`,
    :class:`UnitMismatch`, :class:`DamagedCode`, or ``InputError`` for what is no number at all.
    """
    if is_missing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise _no_number(value)
    if isinstance(value, str):
        return _from_text(value, unit, header)
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite():
        raise _no_number(value)
    return _plain_decimal(exact * _factor(header, unit, value))


def _from_text(value: str, unit: str | None, header: Unit | None) -> Decimal:
    if header is None and _PLAIN.match(value):
        return _plain_decimal(Decimal(value))
    text = plain(value).lower().replace(" ", "")
    if _SCIENTIFIC.match(text):
        raise _damaged(value)
    if _INEXACT.search(text):
        raise _inexact(value)
    match = _NUMBER.match(text)
    if match is not None:
        number, rest = Decimal(match[1].replace(",", "")), match[2]
    else:
        number, rest = _chinese(text, value, unit)
    own = parse_unit(rest) if rest else None
    if rest and own is None:
        raise _no_number(value)
    return _plain_decimal(number * _factor(own or header, unit, value))


def _chinese(text: str, value: str, unit: str | None) -> tuple[Decimal, str]:
    """Read Chinese numerals; a magnitude standing alone before 兆 (千兆, 百兆) counts as one of it."""
    alone = parse_unit(text)
    if alone is not None and alone.measures == "Mbps" == unit and text[0] in _MAGNITUDES:
        return Decimal(1), text
    match = _CHINESE.match(text)
    if match is None:
        raise _no_number(value)
    import cn2an

    try:
        return Decimal(str(cn2an.cn2an(match[1], "normal"))), match[2]
    except ValueError:
        raise _no_number(value) from None


def _factor(own: Unit | None, unit: str | None, value: object) -> Decimal:
    if own is None:
        return Decimal(1)
    if own.measures is None or unit is None or own.measures == unit or _same_kind(own.measures, unit):
        return own.factor
    if own == Unit("Mbps", Decimal(1)) and unit == "m":
        return Decimal(1)
    raise UnitMismatch(
        Text(
            zh=f"“{value}”的单位不能换算成“{_unit_zh(unit)}”",
            en=f"the unit of “{value}” cannot be brought to “{unit}”",
        ),
        mend=Text(zh=f"改用以“{_unit_zh(unit)}”为单位的数", en=f"give the number in {unit}"),
    )


def _same_kind(measures: str, unit: str) -> bool:
    return "个" in (measures, unit) and {measures, unit} <= _COUNTS


def _unit_zh(unit: str) -> str:
    return {"household": "户", "person": "人", "port": "个（端口）", "degree": "度", "m": "米"}.get(unit, unit)


def _plain_decimal(number: Decimal) -> Decimal:
    """The same number without an exponent or trailing zeros: 125000, not 1.25E+5."""
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if number == whole and abs(number) < Decimal(10) ** 27 else number.normalize()


def _no_number(value: object) -> InputError:
    return InputError(
        Text(zh=f"“{value}”不是数", en=f"“{value}” is not a number"),
        mend=Text(
            zh="只填数字，单位写在表头；没有数据就留空",
            en="give digits only, the unit in the header; leave blank if unknown",
        ),
    )


def _damaged(value: object) -> DamagedCode:
    return DamagedCode(
        Text(
            zh=f"“{value}”是科学计数法，原来的数字已经丢失",
            en=f"“{value}” is in scientific notation: digits have been lost",
        ),
        mend=Text(
            zh="从原始表格重新导出：先把这一列设成“文本”，再填写完整数字",
            en="export again from the original with this column set to text and all digits shown",
        ),
    )


def _inexact(value: object) -> Inexact:
    return Inexact(
        Text(zh=f"“{value}”不是确数", en=f"“{value}” is not an exact number"),
        mend=Text(zh="填写确切的数；不知道就留空", en="give the exact number, or leave it blank if unknown"),
    )
