"""Several documents on one page: where each begins and what its list head says about it."""

import re
from dataclasses import dataclass
from datetime import date

from guangcheng.standards.reader.layout import lines_of

_HEAD = re.compile(
    r"^\s*(?:[•·●◆■★○▪►>*]|\d{1,2}[.、])\s*\(\s*(?P<number>[^()]{2,30}?\d+\s*号?)\s*\)\s*(?P<title>.{4,120}?)\s*"
    r"(?P<date>20\d\d\s*[—./年-]\s*\d{1,2}\s*[—./月-]\s*\d{1,2}日?)?\s*$"
)
_NUMBER_LINE = re.compile(
    r"^\s*[\u4e00-\u9fff]{1,12}\s?[〔\[【(]\s?(?:19|20)\d\d\s?[〕\]】)]?\s?第?\s?\d{1,4}\s?号\s*$"
)
_RULE = re.compile(r"^\s*(?:[—=*_#~-]{5,}|={3,}|\f)\s*$")


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a page: its stretch of the text and what the page's list says of it."""

    start: int
    end: int
    number: str | None = None
    title: str | None = None
    listed: date | None = None


def parts(text: str) -> list[Part]:
    """The documents of ``text`` (plain form); a page with one document is one part."""
    lines = lines_of(text)
    heads = [
        (start, end, match) for start, end in lines if end - start < 260 and (match := _HEAD.match(text[start:end]))
    ]
    if len(heads) >= 2:
        return [
            Part(
                end,
                heads[place + 1][0] if place + 1 < len(heads) else len(text),
                match["number"],
                match["title"],
                _day(match["date"]),
            )
            for place, (_, end, match) in enumerate(heads)
        ]
    return _by_numbers(text, lines)


def _by_numbers(text: str, lines: list[tuple[int, int]]) -> list[Part]:
    """Without list heads: two or more lines that are nothing but a document number begin a document each."""
    numbers = [
        place for place, (start, end) in enumerate(lines) if end - start < 40 and _NUMBER_LINE.match(text[start:end])
    ]
    if len(numbers) < 2:
        return [Part(0, len(text))]
    starts = [
        _title_before(text, lines, place, floor)
        for place, floor in zip(numbers, [0, *(n + 1 for n in numbers[:-1])], strict=True)
    ]
    starts[0] = 0
    return [
        Part(start, starts[place + 1] if place + 1 < len(starts) else len(text)) for place, start in enumerate(starts)
    ]


def _title_before(text: str, lines: list[tuple[int, int]], place: int, floor: int) -> int:
    """A document's title and issuer stand above its number: up to a rule, a form feed, or a sentence's end."""
    first = place
    taken = 0
    for above in range(place - 1, floor, -1):
        line = text[lines[above][0] : lines[above][1]]
        if _RULE.match(line):
            return lines[above][0]
        if not line.strip():
            continue
        if re.search(r"[。;]\s*$|\d{1,2}日\s*$|印发\s*$", line) or len(line.strip()) > 60 or taken >= 4:
            break
        first, taken = above, taken + 1
    return lines[first][0]


def _day(text: str | None) -> date | None:
    digits = re.findall(r"\d+", text or "")
    try:
        return date(int(digits[0]), int(digits[1]), int(digits[2])) if len(digits) == 3 else None
    except ValueError:
        return None
