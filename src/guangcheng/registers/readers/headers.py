"""What a header says: one spelling for the many ways people write the same column name."""

import re
import unicodedata

from guangcheng.base.units import parse_unit

__all__ = ["clean", "normalise", "squeeze", "unit_of"]

_BLANKS = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_MARKS = frozenset({"必填", "选填", "可选", "非必填", "required", "optional"})
_OTHER_UNITS = frozenset(
    {"%", "元", "万元", "亿元", "人次", "平方公里", "平方米", "公顷", "亩", "岁", "年", "月", "日", "天", "小时"}
)


def clean(header: str) -> str:
    """The header as it stands, without blanks at its ends and without line breaks inside."""
    return _LINE_BREAK.sub("", header).strip()


def squeeze(header: str) -> str:
    """Width, case and blanks made equal (NFKC, lower case, no blanks), nothing else taken away."""
    narrow = _BLANKS.sub("", unicodedata.normalize("NFKC", header)).lower()
    return unicodedata.normalize("NFKC", narrow)


def normalise(header: str) -> str:
    """The word to compare: :func:`squeeze`, then without units and remarks in brackets and without ``*`` marks.

    ``用户数 （万户）*`` and ``用户数`` are the same word; ``小区编号（上级）`` is another than ``小区编号``, because
    上级 is no unit. Each part of a two-row header is treated so: ``用户数(户)/光纤`` gives ``用户数/光纤``.
    """
    word, before = squeeze(header).replace("*", ""), None
    while word != before:
        before = word
        word = _BRACKETS.sub(lambda found: "" if _is_remark(found[1]) else found[0], word)
    return word.strip(":")


def unit_of(header: str) -> str | None:
    """The unit written in brackets, ``万户`` of ``用户数（万户）``; ``None`` if there is none. The last one counts."""
    units = [text for text in _BRACKETS.findall(squeeze(header)) if _is_unit(text)]
    return _unit_word(units[-1]) if units else None


def _unit_word(text: str) -> str:
    return text.removeprefix("单位").lstrip(":")


def _is_unit(text: str) -> bool:
    word = _unit_word(text)
    return word in _OTHER_UNITS or parse_unit(word) is not None


def _is_remark(text: str) -> bool:
    return text in _MARKS or _is_unit(text)
