"""One cell of a known field: its value, or which rule it breaks."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from guangcheng.base.dates import ImpossibleDate, parse_month, read_date
from guangcheng.base.errors import InputError
from guangcheng.base.units import DamagedCode, Inexact, Unit, UnitMismatch, is_missing, parse_number, plain
from guangcheng.registers.readers.headers import squeeze
from guangcheng.registers.schema import Field, Schema

__all__ = ["VILLAGE", "Cell", "Trouble", "choice_words", "reader_of"]

TEXT_LIMIT = 1000
"""Longest text a register keeps, in characters."""

VILLAGE = "village"
"""A level that says village or community without saying which; the name, then the code tells."""
_VILLAGE_WORDS = ("village", "村居", "村(居)", "村级", "村社区", "村(社区)", "村/社区", "村委会/居委会")
_SCIENTIFIC = re.compile(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
_SAFE_DIGITS = 10**15
"""A spreadsheet keeps 15 digits of a number; a longer code stored as a number has lost its end."""
_LIST_SEPARATORS = re.compile(r"[;；、,，|\n]")
_YES = frozenset({"是", "有", "真", "对", "√", "✓", "y", "yes", "true", "t", "1"})
_NO = frozenset({"否", "没有", "假", "错", "×", "x", "n", "no", "false", "f", "0", "不是"})
_PRECISION = {"month": ("月份", "month"), "year": ("年份", "year")}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A rule a cell breaks, with what fills its sentences."""

    rule: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of a cell (``None``: missing) and what is wrong with it or worth noting."""

    value: object
    trouble: Trouble | None = None


Reader = Callable[[object], Cell]
_EMPTY = Cell(None)


def reader_of(column: Field, schema: Schema, unit: Unit | None = None) -> Reader:
    """How cells of ``column`` are read; ``unit`` is the one its header names. Equal cells are read once."""
    read = _READERS[column.type]
    if column.type in ("int", "decimal"):
        read = partial(read, unit=unit)
    elif column.type == "choice":
        read = partial(read, words=choice_words(column, schema))
    seen: dict[tuple[type, object], Cell] = {}

    def once(value: object) -> Cell:
        if value is None:
            return _EMPTY
        key = (type(value), value)
        found = seen.get(key)
        if found is None:
            found = seen[key] = _EMPTY if is_missing(value) else read(value, column)
        return found

    return once


def choice_words(column: Field, schema: Schema) -> dict[str, str]:
    """Every word for every choice, normalised, with its code.

    The level of an area may also be said by its subtype: 街道 and 镇 are both townships; 村居 is :data:`VILLAGE`.
    """
    words: dict[str, str] = {}
    if schema.register == "areas" and column.name == "level":
        words |= dict.fromkeys(choice_words(schema.field("subtype"), schema), "township")
        words |= dict.fromkeys(_VILLAGE_WORDS, VILLAGE)
    for code, names in column.codes.items():
        words |= {_choice_key(name): code for name in names}
    return words | {_choice_key(code): code for code in column.codes}


def _choice_key(text: str) -> str:
    return re.sub(r"[~—–至]", "-", squeeze(text))


def _text(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, blanks at the ends gone."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _read_id(value: object, column: Field) -> Cell:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value) or abs(value) >= _SAFE_DIGITS:
            return _damaged(str(value))
        if value != int(value):
            return Cell(str(value))
    text = _text(value).removeprefix("'").strip()
    if _SCIENTIFIC.match(plain(text)):
        return _damaged(text)
    if column.type in ("code", "area"):
        text = plain(text)
        text = text[:-2] if re.fullmatch(r"\d+\.0", text) else text
    return _limited(text)


def _damaged(shown: str) -> Cell:
    return Cell(
        None,
        Trouble(
            "R-117",
            {
                "detail_zh": f"“{shown}”是表格软件显示的近似数，原来的编号已经丢失",
                "detail_en": f"“{shown}” is a spreadsheet's rounded number; the code itself is lost",
                "advice_zh": "从原始表格重新导出：先把这一列设成“文本”，再填写完整编号",
                "advice_en": "export again from the original with this column set to text",
            },
        ),
    )


def _read_text(value: object, column: Field) -> Cell:
    del column
    return _limited(_text(value))


def _limited(text: str) -> Cell:
    if len(text) > TEXT_LIMIT:
        return Cell(None, Trouble("R-121", {"length": len(text), "limit": TEXT_LIMIT}))
    return Cell(text)


def _read_list(value: object, column: Field) -> Cell:
    del column
    parts = [part.strip() for part in _LIST_SEPARATORS.split(_text(value))]
    longest = max((len(part) for part in parts), default=0)
    if longest > TEXT_LIMIT:
        return Cell(None, Trouble("R-121", {"length": longest, "limit": TEXT_LIMIT}))
    return Cell([part for part in parts if part and not is_missing(part)])


def _number(value: object, column: Field, unit: Unit | None) -> Decimal | Trouble:
    try:
        number = parse_number(value, unit=column.unit, header=unit)
    except UnitMismatch as fault:
        return _trouble("R-119", fault)
    except Inexact as fault:
        return _trouble("R-120", fault)
    except DamagedCode as fault:
        return _trouble("R-117", fault)
    except InputError as fault:
        return _trouble("R-112", fault)
    return Decimal(0) if number is None else number


def _read_int(value: object, column: Field, unit: Unit | None) -> Cell:
    number = _number(value, column, unit)
    if isinstance(number, Trouble):
        return Cell(None, number)
    if number != number.to_integral_value():
        return Cell(None, Trouble("R-113", _titles(column) | {"shown": number}))
    if abs(number) >= 2**63:
        return Cell(None, Trouble("R-122", {"shown": value}))
    return Cell(int(number))


def _read_decimal(value: object, column: Field, unit: Unit | None) -> Cell:
    number = _number(value, column, unit)
    if isinstance(number, Trouble):
        return Cell(None, number)
    found = float(number)
    return Cell(found) if math.isfinite(found) else Cell(None, Trouble("R-122", {"shown": value}))


def _read_degrees(value: object, column: Field) -> Cell:
    return _read_decimal(value, column, None)


def _read_bool(value: object, column: Field) -> Cell:
    del column
    if isinstance(value, bool):
        return Cell(value)
    word = squeeze(_text(value))
    if word in _YES or word in _NO:
        return Cell(word in _YES)
    return Cell(None, Trouble("R-118", {"shown": value}))


def _read_day(value: object, column: Field) -> Cell:
    del column
    try:
        dated = read_date(value)
    except ImpossibleDate as fault:
        return Cell(None, _trouble("R-115", fault))
    except InputError as fault:
        return Cell(None, _trouble("R-114", fault))
    if dated is None or dated.precision == "day":
        return Cell(None if dated is None else dated.day)
    zh, en = _PRECISION[dated.precision]
    return Cell(dated.day, Trouble("R-116", {"precision_zh": zh, "precision_en": en, "day": dated.day}))


def _read_month(value: object, column: Field) -> Cell:
    del column
    try:
        return Cell(parse_month(value))
    except ImpossibleDate as fault:
        return Cell(None, _trouble("R-115", fault))
    except InputError as fault:
        return Cell(None, _trouble("R-114", fault))


def _read_choice(value: object, column: Field, words: Mapping[str, str]) -> Cell:
    code = words.get(_choice_key(_text(value)))
    if code is not None:
        return Cell(code)
    choices = "、".join(column.word(code).zh for code in column.codes)
    return Cell(None, Trouble("R-111", _titles(column) | {"shown": value, "choices": choices}))


def _titles(column: Field) -> dict[str, object]:
    return {"field_zh": column.title.zh, "field_en": column.title.en}


def _trouble(rule_id: str, fault: InputError) -> Trouble:
    return Trouble(
        rule_id,
        {
            "detail_zh": fault.message.zh,
            "detail_en": fault.message.en,
            "advice_zh": fault.mend.zh,
            "advice_en": fault.mend.en,
        },
    )


_READERS: dict[str, Callable[..., Cell]] = {
    "id": _read_id,
    "code": _read_id,
    "area": _read_id,
    "text": _read_text,
    "list": _read_list,
    "int": _read_int,
    "decimal": _read_decimal,
    "lon": _read_degrees,
    "lat": _read_degrees,
    "bool": _read_bool,
    "date": _read_day,
    "month": _read_month,
    "choice": _read_choice,
}
