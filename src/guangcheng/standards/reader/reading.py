"""A paragraph made ready for the grammars: what counts nothing masked, dates and quantities found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from guangcheng.standards.reader.dates import DateMention, find_dates, with_year
from guangcheng.standards.reader.findings import Head, Place
from guangcheng.standards.reader.layout import Clause, Paragraph
from guangcheng.standards.reader.numbers import Quantity, quantities
from guangcheng.standards.reader.stretch import Stretch

STOPS = "，;。:!?\n"
_MASKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"《[^《》]{0,200}》",
        r"[〔\[【][12]\d{3}[〕\]】]?\s?第?\d{0,4}\s?号?",
        r"第\s?[\d一二三四五六七八九十百千零〇两]+\s?[条款项章节届次批期号部版代季类]",
        r"(?:GB|YD|DB|HJ|ISO|IEC|ITU|JGJ|CJJ|DL|YDB|DBJ|IEEE)\s?[/\-—]?\s?T?\s?\d+[\d./—\-]*",
        r"(?:IPv|Wi-?Fi|H\.|USB|WLAN|LTE|DOCSIS|Windows|COVID-|SM|Web)\s?\d+(?:\.\d+)*",
        r"(?<![\d.])[2-6]G(?![bB/]?(?:it|ps|p))(?:[/、+—-]\d?G)*(?:[—-]A)?",
        r"(?<!\d)\d{1,3}G?[-— ]?(?:E|G|XG|XGS)?PON",
        r"(?:电话|邮编|传真|热线|网址|邮箱|联系方式)[::]?[\d\s()—,、-]*",
        r"(?<!\d)\d{1,6}\s?[+×xX*]\s?(?:\d{1,6}|[NnXx])(?:\s?\+\s?\d{1,6})*",
        r"[三四五两]网|三级|两化|两端|三个代表|四个全面|五位一体|二维码|二次|十分",
        r"万物|万家|百姓|千家万户|千行百业|亿万",
        r"(?:万|千|百|亿)兆|双千兆|一(?:批|定|些|体|般|致|律|直|方面|带一路|系列|对一|张网|网通|站式|步到位|窗|码)",
    )
)
_DIGIT = re.compile(r"[\d一二三四五六七八九十百千万亿零〇两]")
_BEFORE_YEAR = re.compile(
    r"(?:^|到|至|在|于|争取|力争|计划|确保|预计|自|从|底|将|要|其中|并|目标|全[市区县省]|我[市区县省])$"
)
_COMPARED = re.compile(r"(?:比|较|与|相比|同比|高于|低于|超过|达到|截至|截止|自|从|以|完成|关于|推进|《)\s*$")
_BASELINE = re.compile(r"(?:截至|截止|截止到|截至到|目前|当前|现有|已经?)")
BACKGROUND = re.compile(
    r"现状|工作基础|发展基础|建设基础|发展成就|主要成[效绩就]|发展回顾|基本情况|背景|形势|"
    r"存在(?:的)?问题|现有条件|基础条件"
)
STANDARDS = re.compile(
    r"(?:验收|评价|认定|达标|评定|考评|评估|建设|技术)标准|验收条件|认定条件|达标条件|技术要求|"
    r"指标(?:解释|说明|定义)|名词解释"
)
_WIDER = re.compile(r"目标|任务|计划|措施|体系|制定|完善")
PENALTIES = re.compile(r"考核|奖惩|处罚|惩戒|罚则|法律责任|扣分|评分|补助|奖励|扶持")


@dataclass(frozen=True)
class Reading:
    """One paragraph or table cell with its dates and quantities."""

    stretch: Stretch
    clause: Clause
    head: Head
    body: int = 0
    default_date: DateMention | None = None
    """The date that holds where the paragraph names none (以下目标, a table's deadline)."""
    possible_date: str | None = None
    """A date further up that may be meant; only noted."""

    @property
    def text(self) -> str:
        """The plain text."""
        return self.stretch.text

    @cached_property
    def dates(self) -> list[DateMention]:
        """The dates outside 《》, with 今年 read by the year of issue."""
        covered = [match.span() for match in _MASKS[0].finditer(self.text)]
        found = find_dates(self.text, self.head.year)
        return [item for item in found if not any(a <= item.start < b for a, b in covered)]

    @cached_property
    def masked(self) -> str:
        """The text with digits that count nothing blanked out, character for character."""
        chars = list(self.text)
        places = [match.span() for pattern in _MASKS for match in pattern.finditer(self.text)]
        places += [(item.start, item.end) for item in self.dates]
        for start, end in places:
            for place in range(start, end):
                if _DIGIT.match(chars[place]):
                    chars[place] = "\x01"
        return "".join(chars)

    @cached_property
    def quantities(self) -> list[Quantity]:
        """All quantities in order."""
        return quantities(self.text, self.masked)

    @cached_property
    def dated(self) -> list[bool]:
        """For each character whether it belongs to a date."""
        found = [False] * len(self.text)
        for item in self.dates:
            found[item.start : item.end] = [True] * (item.end - item.start)
        return found

    @cached_property
    def levels(self) -> list[int]:
        """How many brackets are open at each character."""
        found, level = [], 0
        for char in self.text:
            level -= char == ")" and level > 0
            found.append(level)
            level += char == "("
        return found

    def in_section(self, pattern: re.Pattern[str]) -> bool:
        """Whether a heading above matches."""
        titles = self.clause.titles
        if pattern is STANDARDS:
            return any(pattern.search(title) and not _WIDER.search(title) for title in titles)
        return any(pattern.search(title) for title in titles)

    def governing(self, place: int) -> DateMention | None:
        """The date that holds at ``place``: the last one before it that governs, else the default."""
        for mention in reversed(self.dates):
            if mention.start < place and self._governs(mention, place):
                return mention
        return self.default_date

    def _governs(self, mention: DateMention, place: int) -> bool:
        if self.levels[mention.start] > self.levels[min(place, len(self.levels) - 1)]:
            return bool(self.body and mention.start < self.body)
        before = self.text[max(0, mention.start - 8) : mention.start]
        after = self.text[mention.end : mention.end + 3]
        if re.match(r"以来|[起版]|已|的?(?:基础上|水平|基数|决算)", after):
            return False
        if not mention.bare_year:
            return re.search(r"(?:比|较|与|同比|自|截至|截止)\s*$", before) is None or self.is_baseline(place)
        clause_start = max(self.text.rfind(mark, 0, mention.start) for mark in STOPS + "(、") + 1
        prefix = self.text[max(clause_start, self.body) : mention.start].strip()
        if not prefix or prefix in ("——", "—"):
            return True
        return _COMPARED.search(before) is None and (_BEFORE_YEAR.search(prefix) is not None or len(prefix) <= 3)

    def is_baseline(self, place: int) -> bool:
        """Whether the sentence up to ``place`` tells what is, not what shall be."""
        start = max(self.text.rfind(mark, 0, place) for mark in "。;") + 1
        words = self.text[start:place]
        marks = list(_BASELINE.finditer(words))
        return bool(marks) and re.search(r"力争|争取|到20\d\d年", words[marks[-1].end() :]) is None

    def label_of(self, mention: DateMention | None) -> str | None:
        """The literal date with its year, when it is known."""
        return None if mention is None else with_year(mention.label, self.head.year)

    def sentence(self, start: int, end: int, stops: str = "。;!?\n") -> tuple[int, int]:
        """The sentence around ``text[start:end]``."""
        left = max(self.text.rfind(mark, self.body if start >= self.body else 0, start) for mark in stops) + 1
        rights = [place for mark in stops if (place := self.text.find(mark, end)) >= 0]
        right = min(rights) if rights else len(self.text)
        return max(left, self.body if start >= self.body else 0), right

    def place(self, start: int, end: int, sentence: tuple[int, int], original: str) -> Place:
        """The place of a finding; ``original`` is the whole original text."""
        span, around = self.stretch.span(start, end), self.stretch.span(*sentence)
        return Place(self.clause.ref, span, around, original[around.start : around.end].strip())


def of_paragraph(
    paragraph: Paragraph, head: Head, default: DateMention | None = None, possible: str | None = None
) -> Reading:
    """A paragraph as a :class:`Reading`."""
    body = paragraph.title_end if paragraph.title and paragraph.title_end < len(paragraph.text) else paragraph.body
    return Reading(paragraph.stretch, paragraph.clause, head, body, default, possible)


def cut_sentences(text: str, marks: str = "。;!?") -> Sequence[tuple[int, int]]:
    """The sentences of ``text`` as (start, end) without their marks; marks inside brackets do not part."""
    found, start, level = [], 0, 0
    for place, char in enumerate(text):
        level = max(0, level + (char == "(") - (char == ")"))
        if char in marks and (level == 0 or place - start > 400):
            found.append((start, place))
            start, level = place + 1, 0
    if start < len(text):
        found.append((start, len(text)))
    return [(a, b) for a, b in found if text[a:b].strip()]
