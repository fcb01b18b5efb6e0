"""Dates as policy texts write them, kept literal, with what they mean.

``label`` is the literal reading in the form of the gold data: 2015年底 is 2015-12-31, 2018年6月前 is 2018-06 with
``relation`` before, 到2020年 is 2020, 2016—2017年 is 2016—2017. :func:`last_day` gives the operative day (U-11).
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

_CHINESE_YEAR = r"二[〇○Ο零0oO][〇○Ο零0一二][〇○Ο零0一二三四五六七八九]"
_YEAR = rf"(?P<year>(?:19|20)\d{{2}}|{_CHINESE_YEAR})\s?年"
_ONE_YEAR = r"(?P<year>(?:19|20)\d{2})"
_UNTIL = r"(?P<until>(?:19|20)\d{2})"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])\s?日"
_BEFORE = r"(?P<before>之前|以前|前|内|止)?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(text))
    for name, text in (
        ("range", rf"{_ONE_YEAR}\s?年?\s?(?:—{{1,2}}|-|~|至|到)\s?{_UNTIL}\s?年(?P<before>之前|前|间|期间)?"),
        ("lost_hyphen", r"(?<!\d)(?P<year>20\d{2})(?P<until>20\d{2})\s?年"),
        ("day", rf"{_YEAR}{_MONTH}{_DAY}{_BEFORE}"),
        ("month_end", rf"{_YEAR}{_MONTH}(?:底|末|月末){_BEFORE}"),
        ("month", rf"{_YEAR}{_MONTH}(?:份)?{_BEFORE}"),
        ("half", rf"{_YEAR}\s?(?P<half>[上下]半年|年中|第?[一二三四]季度)(?:末|底)?{_BEFORE}"),
        ("year_end", rf"{_YEAR}\s?(?:年?底|年?末|年终){_BEFORE}"),
        ("year_in", rf"{_YEAR}(?:度)?(?P<before>之前|以前|前|内)"),
        ("year", rf"{_YEAR}度?"),
        ("plan_end", r"[“《\"]?(?P<plan>十[一二三四五六])五[”》\"]?(?:规划|计划|时期)?(?:期)?末(?P<before>之前|前)?"),
        ("plan", r"[“《\"]?(?P<plan>十[一二三四五六])五[”》\"]?(?:期间|时期)(?P<before>)"),
        ("this_month_end", rf"(?P<this>今年|本年度?|当年|明年){_MONTH}(?:底|末){_BEFORE}"),
        ("this_day", rf"(?P<this>今年|本年度?|当年|明年){_MONTH}{_DAY}{_BEFORE}"),
        ("this_month", rf"(?P<this>今年|本年度?|当年|明年){_MONTH}(?:份)?{_BEFORE}"),
        ("this_end", rf"(?P<this>今年|本年度?|当年|明年)年?(?:底|末){_BEFORE}"),
        ("this_end", rf"(?P<this>年)(?:底|末){_BEFORE}"),
        ("this_in", r"(?<![\d一二三四五六七八九十每全常多近历往两几])(?P<this>年)(?P<before>内)"),
        ("lone_day", rf"(?<!\d){_MONTH}{_DAY}{_BEFORE}"),
        ("lone_month_end", rf"(?<!\d){_MONTH}(?:底|末){_BEFORE}"),
        ("lone_month", rf"(?<!\d)(?<!个){_MONTH}(?:份)?(?P<before>之前|以前|前)"),
    )
)  # fmt: skip
_DIGIT = {
    char: digit
    for digit, chars in enumerate(("零〇○Ο0oO", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_HALF = {"上半年": 6, "年中": 6, "下半年": 12, "一季度": 3, "二季度": 6, "三季度": 9, "四季度": 12}
_PLAN_END = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035}


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text: ``label`` literal, ``None`` where the year had to come from elsewhere and was not known."""

    start: int
    end: int
    label: str | None
    relation: Literal["before", "at"]
    bare_year: bool
    """Only a year, which may merely describe (2015年发达国家水平)."""
    repaired: bool = False
    inferred: bool = False
    """The year was not written here."""
    literal: str = ""


def small(text: str) -> int:
    """1 to 31 in digits or Chinese numerals."""
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    whole = (_DIGIT.get(tens, 1) if tens else 1) * 10 if "十" in text else 0
    return whole + (_DIGIT.get(ones, 0) if ones else 0)


def year_number(text: str) -> int:
    """2012 or 二〇一二 as a number."""
    return int(text) if text.isascii() and text.isdigit() else int("".join(str(_DIGIT[char]) for char in text))


def find_dates(text: str, year: int | None = None) -> list[DateMention]:
    """Every date of ``text`` in order; ``year`` is the year meant by 今年 and by months without a year."""
    taken = [False] * (len(text) + 1)
    found: list[DateMention] = []
    if "年" not in text and "月" not in text and "五" not in text:
        return found
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            mention = _read(name, match, year)
            if mention is None:
                continue
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            found.append(mention)
    found.sort(key=lambda item: item.start)
    return list(_with_years(found))


def _read(name: str, match: re.Match[str], this_year: int | None) -> DateMention | None:
    groups = match.groupdict()
    relation: Literal["before", "at"] = "before" if groups.get("before") in ("前", "之前", "以前", "内", "止") else "at"
    label: str | None
    inferred = name.startswith(("this", "lone"))
    year = _year(groups, this_year)
    if name == "lost_hyphen" and not 0 < int(groups["until"]) - int(groups["year"]) <= 15:
        return None
    if name in ("range", "lost_hyphen"):
        label = f"{groups['year']}—{groups['until']}"
    elif name == "plan":
        end = _PLAN_END[groups["plan"]]
        label = f"{end - 4}—{end}"
    elif year is None:
        label = _partial(groups)
        return DateMention(
            match.start(), match.end(), label, relation, bare_year=False, inferred=True, literal=match[0]
        )
    else:
        label = _label(name, groups, year)
    if label is None:
        return None
    return DateMention(
        match.start(),
        match.end(),
        label,
        relation,
        bare_year=name in ("year", "range", "lost_hyphen"),
        repaired=name == "lost_hyphen",
        inferred=inferred,
        literal=match[0],
    )


def _year(groups: dict[str, str | None], this_year: int | None) -> int | None:
    if groups.get("plan"):
        return _PLAN_END[groups["plan"] or ""]
    written = groups.get("year")
    if written:
        return year_number(written)
    if this_year is not None and groups.get("this") == "明年":
        return this_year + 1
    return this_year


def _partial(groups: dict[str, str | None]) -> str | None:
    """``--08-30``: month and day of an unknown year."""
    if not groups.get("month"):
        return None
    month = small(groups["month"] or "")
    return f"--{month:02d}-{small(groups['day'] or ''):02d}" if groups.get("day") else f"--{month:02d}"


def _label(name: str, groups: dict[str, str | None], year: int) -> str | None:
    if name in ("year_end", "this_end", "plan_end", "this_in") or (name == "year_in" and groups.get("before") == "内"):
        return f"{year}-12-31"
    if name in ("year", "year_in"):
        return str(year)
    if name == "half":
        month = _HALF.get((groups["half"] or "").replace("第", ""), 12)
        return f"{year}-{month:02d}-{monthrange(year, month)[1]}"
    month = small(groups["month"] or "0")
    if not 1 <= month <= 12:
        return None
    if groups.get("day"):
        day = small(groups["day"] or "0")
        return f"{year}-{month:02d}-{day:02d}" if 1 <= day <= monthrange(year, month)[1] else None
    return f"{year}-{month:02d}-{monthrange(year, month)[1]}" if name.endswith("month_end") else f"{year}-{month:02d}"


def _with_years(found: list[DateMention]) -> Iterator[DateMention]:
    """Months without a year take the year last written before them in the same stretch."""
    last: str | None = None
    for mention in found:
        if (
            mention.inferred
            and last is not None
            and mention.label
            and "今" not in mention.literal
            and "明" not in mention.literal
        ):
            rest = mention.label[2:] if mention.label.startswith("--") else mention.label[5:]
            changed = _whole(last, rest, mention)
            yield changed
            continue
        if mention.label and not mention.inferred:
            last = mention.label[-4:] if "—" in mention.label else mention.label[:4]
        yield mention


def _whole(year: str, rest: str, mention: DateMention) -> DateMention:
    if rest and re.fullmatch(r"\d{2}", rest) and re.search("底|末", mention.literal):
        rest = f"{rest}-{monthrange(int(year), int(rest))[1]}"
    label = f"{year}-{rest}" if rest else f"{year}-12-31"
    return DateMention(
        mention.start, mention.end, label, mention.relation, bare_year=False, inferred=True, literal=mention.literal
    )


def with_year(label: str | None, year: int | None) -> str | None:
    """``--08-30`` with its year; ``None`` when the year is not known."""
    if label is None or not label.startswith("--"):
        return label
    return None if year is None else f"{year}-{label[2:]}"


def last_day(label: str | None) -> date | None:
    """The operative day of a literal date: the last day of a month, a year or a range of years (U-11)."""
    if label is None:
        return None
    tail = label.split("—")[-1].split("/")[-1]
    parts = tail.split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return date(numbers[0], 12, 31)
        if len(numbers) == 2:
            return date(numbers[0], numbers[1], monthrange(numbers[0], numbers[1])[1])
        return date(numbers[0], numbers[1], numbers[2])
    except (ValueError, IndexError):
        return None


_GLUED = re.compile(r"^\s*(20\d{2})(\d{2,4})\s*$")


def glued_day(text: str) -> tuple[date | None, bool]:
    """A signature's date whose 年月日 were lost (2015716): the day and whether only one reading was possible."""
    match = _GLUED.match(text)
    if match is None:
        return None, False
    year, rest = int(match[1]), match[2]
    readings = []
    for cut in (1, 2):
        month, day = rest[:cut], rest[cut:]
        if not month or not day or month[0] == "0" != rest[0] or (day[0] == "0" and len(day) == 1):
            continue
        if (
            1 <= int(month) <= 12
            and 1 <= int(day) <= monthrange(year, int(month))[1]
            and not (len(day) == 2 and day[0] == "0" and cut == 1)
        ):
            readings.append(date(year, int(month), int(day)))
    return (readings[0], len(readings) == 1) if readings else (None, False)
