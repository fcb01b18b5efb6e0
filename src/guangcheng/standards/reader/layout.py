"""A document's text → paragraphs and tables in order, each knowing its clause: 二（三）2, 第十二条第二款（三）."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from guangcheng.standards.reader.grid import Grid, Line, grid_at
from guangcheng.standards.reader.stretch import Stretch, joined, pieces_of

_CN = "一二三四五六七八九十百零〇两"
_MARKS: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (name, depth, re.compile(pattern))
    for name, depth, pattern in (
        ("chapter", 1, rf"第(?P<no>[{_CN}]+)[编章]\s*"),
        ("section", 2, rf"第(?P<no>[{_CN}]+)节\s*"),
        ("article", 3, rf"第(?P<no>[{_CN}]+)条(?:之[{_CN}])?\s*"),
        ("annex", 1, r"附\s?(?:件|表|录)\s?(?P<no>\d{0,2}|[一二三四五六七八九]?)\s?(?=[::]|$|\s)"),
        ("box", 2, r"专\s?栏\s?(?P<no>\d{1,2}|[一二三四五六七八九十]+)"),
        ("one", 1, rf"(?P<no>[{_CN}]+)\s?[、.．]"),
        ("two", 2, rf"\((?P<no>[{_CN}]+)\)\s?[、.]?"),
        ("four", 4, r"\((?P<no>\d{1,2})\)"),
        ("three", 3, r"(?P<no>\d{1,2})\s?[.．。、](?!\d)"),
        ("ring", 4, r"(?P<no>[①-⑳])"),
        ("item", 5, rf"(?P<no>[{_CN}]+)是(?=[\u4e00-\u9fff])"),
        ("dash", 5, r"(?P<no>——)"),
    )
)
_BARE_NUMBER = re.compile(r"(?P<no>\d{1,2})(?=[\u4e00-\u9fff]{2,14}[:。])")
_TITLE_END = re.compile(r"[。:]")
_TERMINAL = "。;:!?）)”】"
MAX_TITLE = 40
MAX_PARAGRAPH = 3_000
"""A longer line is a text that lost its line breaks: it is read in parts, so that time grows with length only."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Where in the document: the marks from the outermost in, with each one's title."""

    marks: tuple[tuple[int, str, str], ...] = ()
    """(depth, mark as written, title)."""
    article_paragraph: int = 0
    """款: which paragraph of an article, from 1; 0 outside articles."""

    @property
    def ref(self) -> str:
        """``二（三）2``, ``第十二条第二款（三）``; empty before the first mark."""
        marks = self.marks
        articles = [place for place, item in enumerate(marks) if item[1].startswith("第") and item[1].endswith("条")]
        if not articles:
            return "".join(item[1] for item in marks)
        marks = marks[articles[-1] :]
        part = f"第{_CN_SMALL[self.article_paragraph]}款" if 1 < self.article_paragraph < len(_CN_SMALL) else ""
        return marks[0][1] + part + "".join(item[1] for item in marks[1:])

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles from the outermost in, without empty ones."""
        return tuple(title for _, _, title in self.marks if title)

    @property
    def depth(self) -> int:
        """Depth of the innermost mark; 0 before the first."""
        return self.marks[-1][0] if self.marks else 0


_CN_SMALL = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: ``body`` is where the text after its mark begins, ``title`` its own heading, if it has one."""

    stretch: Stretch
    clause: Clause
    body: int = 0
    title: str = ""
    title_end: int = 0
    """Where the heading ends and the sentences begin; equals ``body`` without a heading."""
    marked: bool = False

    @property
    def text(self) -> str:
        """The plain text."""
        return self.stretch.text


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its clause, and the line of text above it (its caption)."""

    grid: Grid
    clause: Clause
    caption: str = ""


Block = Paragraph | Table


@dataclass
class _Walk:
    """What was met so far."""

    marks: list[tuple[int, str, str]] = field(default_factory=list)
    last_number: dict[int, int] = field(default_factory=dict)
    article_paragraph: int = 0


def lines_of(text: str, start: int = 0, end: int | None = None) -> list[Line]:
    """The lines of ``text[start:end]``."""
    end = len(text) if end is None else end
    found: list[Line] = []
    place = start
    while place < end:
        stop = text.find("\n", place, end)
        stop = end if stop < 0 else stop
        found.append((place, stop))
        place = stop + 1
    return found


def blocks(text: str, start: int = 0, end: int | None = None) -> list[Block]:
    """The paragraphs and tables of ``text[start:end]`` (plain form) in order."""
    lines = [part for line in lines_of(text, start, end) for part in _articles(text, line)]
    width = _wrap_width(text, lines)
    walk = _Walk()
    found: list[Block] = []
    barren = False  # cells that made no table are not tried again line by line
    at = 0
    while at < len(lines):
        barren = barren and text[lines[at][0] : lines[at][1]][:1] in ("\t", "")
        grid = None if barren else grid_at(text, lines, at)
        if grid is not None and grid.after > at:
            caption = found[-1].text if found and isinstance(found[-1], Paragraph) else ""
            found.append(Table(grid, Clause(tuple(walk.marks)), caption if len(caption) <= 60 else ""))
            at = grid.after
            continue
        first = at
        barren = text.startswith("\t", lines[at][0])
        at += 1
        if not text[lines[first][0] : lines[first][1]].strip():
            continue
        while at < len(lines) and _wrapped(text, lines, at, width):
            at += 1
        whole, *more = pieces_of(joined(text, lines[first:at]), MAX_PARAGRAPH)
        found.extend(_paragraphs(whole, walk))
        found.extend(Paragraph(item, found[-1].clause) for item in more)
    return found


_INLINE = re.compile(
    rf"(?<=[。;:\s)])(?=第[{_CN}]{{1,6}}(?:条[\s　]|[章节][\s　]))|"
    rf"(?<=[。])(?=第[{_CN}]{{1,6}}条(?!第|规定|的|、|和|至|所|中|或))"
)
_INLINE_ITEM = re.compile(rf"(?<=[。;:])\s*(?=\([{_CN}]{{1,3}}\))")


def _articles(text: str, line: Line) -> list[Line]:
    """A statute whose line breaks were lost: one line becomes one per article and item."""
    start, end = line
    if end - start < 200:
        return [line]
    cuts = [match.start() for match in _INLINE.finditer(text, start + 1, end)]
    if len(cuts) < 3:
        return [line]
    cuts += [match.end() for match in _INLINE_ITEM.finditer(text, start + 1, end)]
    edges = [start, *sorted(set(cuts)), end]
    return list(pairwise(edges))


def _wrap_width(text: str, lines: list[Line]) -> int:
    """How wide lines are where every line of a paragraph is broken (PDF, mail); 0 where they are not."""
    lengths = sorted(len(text[start:end].strip()) for start, end in lines if text[start:end].strip())
    if len(lengths) < 8:
        return 0
    wide = lengths[int(len(lengths) * 0.9)]
    full = sum(1 for length in lengths if length >= 0.85 * wide)
    return wide if 18 <= wide <= 60 and full >= 0.3 * len(lengths) else 0


def _wrapped(text: str, lines: list[Line], at: int, width: int) -> bool:
    """Whether line ``at`` continues the one before."""
    if not width:
        return False
    start, end = lines[at]
    line, before = text[start:end], text[lines[at - 1][0] : lines[at - 1][1]].rstrip()
    if not line.strip() or line.startswith(("  ", "\t")) or len(before.strip()) < 0.8 * width or before[-1:] in "。;:":
        return False
    return mark_of(line.strip()) is None


def mark_of(text: str) -> tuple[str, int, re.Match[str]] | None:
    """The clause mark at the beginning of ``text``: its name, depth and match."""
    for name, depth, pattern in _MARKS:
        match = pattern.match(text)
        if match is not None:
            return name, depth, match
    return None


def _paragraphs(stretch: Stretch, walk: _Walk) -> Iterator[Paragraph]:
    text = stretch.text
    found = mark_of(text)
    bare = _BARE_NUMBER.match(text) if found is None else None
    if (
        bare is not None
        and int(bare["no"]) == walk.last_number.get(3, 0) + 1
        and any(item[0] == 3 for item in walk.marks)
    ):
        found = ("three", 3, bare)
    if found is None:
        in_article = any(item[1].endswith("条") for item in walk.marks)
        if in_article:
            walk.marks = [item for item in walk.marks if item[0] <= 3]
            walk.article_paragraph += 1
        yield Paragraph(stretch, Clause(tuple(walk.marks), walk.article_paragraph if in_article else 0))
        return
    name, depth, match = found
    title, title_end = _title(text, match.end(), name)
    _enter(walk, name, depth, match, title)
    part = walk.article_paragraph if any(item[1].endswith("条") for item in walk.marks) else 0
    yield Paragraph(stretch, Clause(tuple(walk.marks), part), match.end(), title, title_end, marked=True)


def _enter(walk: _Walk, name: str, depth: int, match: re.Match[str], title: str) -> None:
    if name == "article" or not any(item[1].endswith("条") for item in walk.marks):
        walk.marks = [item for item in walk.marks if item[0] < depth]
        walk.article_paragraph = 1 if name == "article" else 0
    elif name in ("chapter", "section", "annex") or (name == "one" and len(title) > 1):
        walk.marks = [item for item in walk.marks if item[0] < depth]
        walk.article_paragraph = 0
    else:
        depth = depth + 3
        walk.marks = [item for item in walk.marks if item[0] < depth]
    walk.marks.append((depth, _shown(name, match), title))
    if name == "three":
        walk.last_number[3] = int(match["no"])


def _shown(name: str, match: re.Match[str]) -> str:
    number = match["no"]
    forms = {
        "chapter": f"第{number}章", "section": f"第{number}节", "article": f"第{number}条", "annex": f"附件{number}",
        "box": f"专栏{number}", "two": f"（{number}）", "four": f"（{number}）", "item": f"{number}是", "dash": "—",
    }  # fmt: skip
    return forms.get(name, number)


def _title(text: str, body: int, name: str) -> tuple[str, int]:
    """The heading behind a mark: up to the first 。or : when short, or the whole line when it is no sentence."""
    rest = text[body:]
    if name == "article":
        return "", body
    stop = _TITLE_END.search(rest, 0, MAX_TITLE + 1)
    if stop is not None:
        head = rest[: stop.start()]
        if "，" in head and (stop.end() >= len(rest) or len(head) > 24):
            return "", body
        return head.strip(), body + stop.end()
    if len(rest) <= MAX_TITLE and rest[-1:] not in _TERMINAL[:2]:
        return rest.strip(), body + len(rest)
    return "", body
