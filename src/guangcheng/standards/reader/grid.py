"""Tables as they come out of web pages, word processors and PDF: four shapes of text, one grid of cells.

* one cell per line, each begun by a tab, rows parted by blank lines (what web pages and DOCX are brought to);
* one row per line, cells parted by tabs;
* one cell per line without tabs (copied from a web page), below header lines 指标, 单位, 2015年 …;
* Markdown-like, cells parted by ``|``;
* one row per line, cells parted by blanks, below a line that reads like a header (what a PDF gives).
"""

import re
from dataclasses import dataclass

from guangcheng.standards.reader.stretch import Stretch, joined

Line = tuple[int, int]
"""Start and end of a line in the text, without its line break."""
Row = tuple[Stretch, ...]
MAX_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table and the last line it takes (exclusive)."""

    rows: tuple[Row, ...]
    after: int


def grid_at(text: str, lines: list[Line], at: int) -> Grid | None:
    """The table that begins at line ``at``, or ``None``."""
    start, end = lines[at]
    if text.startswith("\t", start) and (end == start + 1 or not text[start + 1 : end].strip().count("\t")):
        return _cell_per_line(text, lines, at)
    line = text[start:end]
    if _FIRST_HEAD.match(line):
        found = _stacked(text, lines, at)
        if found is not None:
            return found
    if line.count("|") >= 2:
        return _by_mark(text, lines, at, "|")
    if "\t" in line.rstrip() and line.strip():
        return _by_mark(text, lines, at, "\t")
    if _HEADER.search(line) and len(_blanks(line)) >= 3:
        return _by_blanks(text, lines, at)
    return None


_HEADER = re.compile(r"(?:指\s*标|项目|内容|任务|名称).*(?:单位|(?:19|20)\d{2}\s?年|目标|现状|时限|责任)")
_RULE_LINE = re.compile(r"^[\s|:—+=-]+$")


def _cell_per_line(text: str, lines: list[Line], at: int) -> Grid | None:
    rows: list[list[list[Line]]] = []
    width = 0
    place, blank = at, True
    while place < len(lines):
        start, end = lines[place]
        if text.startswith("\t", start):
            if blank:
                rows.append([])
            rows[-1].append([(start + 1, end)])
            width = max(width, len(rows[-1])) if len(rows) > 1 else len(rows[0])
            if width > MAX_COLUMNS:
                return None
            blank = False
        elif not text[start:end].strip():
            blank = True
        elif not rows or not rows[-1] or not _goes_on(text, lines, place, blank=blank, full=len(rows[-1]) >= width > 1):
            break
        else:
            rows[-1][-1].append((start, end))
            blank = False
        place += 1
    cells = [tuple(joined(text, cell, "\n") for cell in row) for row in rows if row]
    if len(cells) < 2 or width < 2 or width > MAX_COLUMNS:
        return None
    return Grid(tuple(cells), _last_tab(text, lines, at, place))


def _goes_on(text: str, lines: list[Line], place: int, *, blank: bool, full: bool) -> bool:
    """Whether a line without a tab continues the cell before it: at once, or when a cell of the row still follows."""
    if not blank and full:
        return True
    for later in range(place, min(place + 40, len(lines))):
        start, end = lines[later]
        if text.startswith("\t", start):
            return not (later > place and not text[lines[later - 1][0] : lines[later - 1][1]].strip())
        if not text[start:end].strip() and later + 1 < len(lines) and text.startswith("\t", lines[later + 1][0]):
            return not blank
    return False


def _last_tab(text: str, lines: list[Line], at: int, place: int) -> int:
    while place > at and not text[lines[place - 1][0] : lines[place - 1][1]].strip("\t "):
        place -= 1
    return max(place, at + 1)


def _by_mark(text: str, lines: list[Line], at: int, mark: str) -> Grid | None:
    rows: list[list[list[Line]]] = []
    place = at
    width = 0
    while place < len(lines):
        start, end = lines[place]
        line = text[start:end]
        if mark in line.strip(" "):
            if not _RULE_LINE.match(line):
                cells = _split(line, start, mark)
                rows.append([[cell] for cell in cells])
                width = max(width, len(cells))
                if width > MAX_COLUMNS:
                    return None
        elif line.strip() and rows and len(rows[-1]) < width and _more_follow(text, lines, place, mark):
            rows[-1][-1].append((start, end))
        elif line.strip() or not _more_follow(text, lines, place, mark):
            break
        place += 1
    if len(rows) < 2 or not 2 <= width <= MAX_COLUMNS:
        return None
    return Grid(tuple(tuple(joined(text, cell, "\n") for cell in row) for row in rows), place)


def _more_follow(text: str, lines: list[Line], place: int, mark: str) -> bool:
    return place + 1 < len(lines) and mark in text[lines[place + 1][0] : lines[place + 1][1]].strip(" ")


def _split(line: str, start: int, mark: str) -> list[Line]:
    body = line.rstrip()
    if mark == "|":
        body = body.rstrip("|") if body.endswith("|") else body
        cut = len(body) - len(body.lstrip())
        if body[cut : cut + 1] == "|":
            start, body = start + cut + 1, body[cut + 1 :]
    cells: list[Line] = []
    place = 0
    for part in body.split(mark):
        cells.append((start + place, start + place + len(part)))
        place += len(part) + 1
    return cells


_FIRST_HEAD = re.compile(r"^\s*(?:序\s*号|类\s*别|指\s*标(?:名称)?|主要指标|项\s*目|指标类别)\s*\|?\s*$")
_OTHER_HEAD = re.compile(
    r"^\s*(?:指标(?:名称)?|(?:计量)?单位|属\s*性|备\s*注|类\s*[别型]|(?:19|"
    r"20)\d{2}\s?年?[\u4e00-\u9fff()]{0,8}|现状值?|基期值?|基准值|目标值|[\u4e00-\u9fff]{0,4}目标|"
    r"年均增[长速].{0,6})\s*\|?\s*$"
)
_STACKED_VALUE = re.compile(
    r"^(?:[≥≤><]=?|大于|小于|不低于|不少于|约)?\s*\d[\d,.]*\s*(?:%|[\u4e00-\u9fff]{0,3})(?:以上|"
    r"以下)?(?:\([^()]*\))?$|^[—–/-]*$"
)


def _stacked(text: str, lines: list[Line], at: int) -> Grid | None:
    """Header and cells stand one below the other; a row is a name and as many cells as the header has more."""
    near = [text[start:end] for start, end in lines[at : at + 24] if text[start:end].strip()]
    if len(near) < 4 or not all(_OTHER_HEAD.match(line) for line in near[1:3]):
        return None
    marked = near[0].rstrip().endswith("|")
    cells: list[Line] = []
    place = at
    while place < len(lines) and len(cells) < 4000:
        start, end = lines[place]
        body = text[start:end].rstrip()
        if marked != body.endswith("|") or len(body) > 60:
            break
        if marked or body.strip():
            cells.append((start, start + len(body) - marked))
        place += 1
    width = next(
        (n for n in range(1, len(cells)) if not _OTHER_HEAD.match(text[cells[n][0] : cells[n][1]])), len(cells)
    )
    if width < 3 or width > 12:
        return None
    rows, taken = [tuple(joined(text, [cell]) for cell in cells[:width])], width
    while taken < len(cells):
        row = _stacked_row(text, cells[taken : taken + width], width)
        if row is None:
            break
        rows.append(row)
        taken += len(row)
    if len(rows) < 3:
        return None
    last = cells[taken - 1][0]
    return Grid(tuple(rows), next(n + 1 for n, line in enumerate(lines) if line[0] <= last <= line[1]))


def _stacked_row(text: str, cells: list[Line], width: int) -> Row | None:
    """A whole row when what follows the name are values (a unit may come first); else a heading of one cell."""
    words = [text[start:end].strip() for start, end in cells]
    if (
        len(words) == width
        and words[0]
        and all(_STACKED_VALUE.match(word) for word in words[2:])
        and len(words[1]) <= 8
    ):
        return tuple(joined(text, [cell]) for cell in cells)
    return (joined(text, [cells[0]]),) if words[0] and len(words[0]) <= 30 and "。" not in words[0] else None


_TOKEN = re.compile(r"\S+")
_VALUE = re.compile(r"^(?:[≥≤><]=?)?\d[\d,.]*(?:%|以上|以下)?$|^[—/-]+$")


def _blanks(line: str) -> list[tuple[int, int]]:
    wide = [match.span() for match in re.finditer(r"\S+(?:[ ]\S+)*", line)]
    return wide if len(wide) >= 3 else [match.span() for match in _TOKEN.finditer(line)]


def _by_blanks(text: str, lines: list[Line], at: int) -> Grid | None:
    """A header whose cells are parted by blanks; each following row fills its columns from the right."""
    start, end = lines[at]
    heads = [(start + a, start + b) for a, b in _blanks(text[start:end])]
    width = len(heads)
    rows: list[Row] = [tuple(joined(text, [head]) for head in heads)]
    place = at + 1
    while place < len(lines):
        start, end = lines[place]
        line = text[start:end]
        if line.strip():
            row = _filled(text, start, line, width)
            if row is None:
                break
            rows.append(row)
        place += 1
    if len(rows) < 3:
        return None
    return Grid(tuple(rows), place)


def _filled(text: str, start: int, line: str, width: int) -> Row | None:
    tokens = [(start + match.start(), start + match.end()) for match in _TOKEN.finditer(line)]
    values = sum(1 for a, b in tokens if _VALUE.match(text[a:b]))
    if len(tokens) < width:
        short = len(tokens) <= 2 and not re.search("[。；，]", line) and len(line.strip()) <= 16
        return (joined(text, [(start, start + len(line))]),) if short else None
    if values == 0:
        return None
    first = (tokens[0][0], tokens[len(tokens) - width][1])
    return tuple(joined(text, [cell]) for cell in [first, *tokens[len(tokens) - width + 1 :]])
