"""No subscriber identity is stored (004-41G 二(八)): what looks like a person's number is refused and masked."""

import re
from datetime import date

__all__ = ["MASK", "identity_in", "masked"]

MASK = "〔不保存〕"
"""Stands in reports and quarantine files where identity stood."""

_CITIZEN = re.compile(r"(?<!\d)(\d{17}[\dXx])(?!\d)")
_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d.])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def identity_in(text: str) -> tuple[str, str] | None:
    """What kind of identity ``text`` holds, in Chinese and English; ``None`` if none.

    A citizen number is 18 digits with a possible birthday and the right check digit (GB 11643); a mobile number is
    11 digits from 13 to 19 on.
    """
    if any(_is_citizen(match) for match in _CITIZEN.findall(text)):
        return "身份证号", "a citizen's identity number"
    if _MOBILE.search(text):
        return "手机号", "a mobile phone number"
    return None


def masked(text: str) -> str:
    """``text`` with every identity in it replaced by :data:`MASK`."""
    hidden = _CITIZEN.sub(lambda match: MASK if _is_citizen(match[1]) else match[0], text)
    return _MOBILE.sub(MASK, hidden)


def _is_citizen(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return 1900 <= int(number[6:10]) <= 2100 and _CHECKS[total % 11] == number[17].upper()
