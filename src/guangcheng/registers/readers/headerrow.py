"""Where the header of a sheet stands: below title rows, one to three rows deep, merged or not."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from guangcheng.registers.readers.headers import clean, normalise

__all__ = ["Header", "Merge", "find_header"]

MAX_DEPTH = 3
"""Rows of one header."""

_FILLED = 0.6
"""Share of the body's columns that must have a name in a header row."""

_WORDS = 0.7
"""Share of a header's cells that must be words, not numbers or dates."""

_NUMBER_LIKE = re.compile(r"^[\d\s.,%:+\-/eE年月日时分秒]+$")
_PERIOD = re.compile(r"^(19|20)\d\d(年|年?\d{1,2}月(份)?|[-./]\d{1,2})?$")
_LABELLED = re.compile(r":\s*\S|:$")

Cells = Sequence[object]
NumberedRow = tuple[int, Cells]


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: rows from 1 as the sheet counts them, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: ``start`` and ``end`` are places in the rows looked through (``end`` is the first body row).

    ``names`` has one name per column from the left, two-row headers joined with ``/``; ``""`` where there is none.
    """

    start: int
    end: int
    names: tuple[str, ...]


def find_header(rows: Sequence[NumberedRow], merges: Sequence[Merge], known: frozenset[str]) -> Header | None:
    """The rows among ``rows`` (not blank, from the top) that name the columns; ``None`` if none can be a header.

    Of the rows that could be a header the one with the most ``known`` words (see :func:`~.headers.normalise`) wins,
    then the uppermost.
    """
    best: tuple[int, Header] | None = None
    for start in range(len(rows)):
        header = _at(rows, start, merges)
        hits = sum(1 for name in header.names if _is_known(name, known))
        if not _could_be(header, rows, merges, hits):
            continue
        if best is None or hits > best[0]:
            best = (hits, header)
    return best[1] if best else None


def _at(rows: Sequence[NumberedRow], start: int, merges: Sequence[Merge]) -> Header:
    depth = _depth(rows, start, merges)
    levels = [_expanded(rows, start, start + level, merges) for level in range(depth)]
    if depth == 1 and _has_unmerged_second_row(rows, start, merges):
        upper, lower = _words(rows[start][1]), _words(rows[start + 1][1])
        levels = [_spread(upper, lower), lower]
    width = max(len(level) for level in levels)
    names = [_joined([level[column] if column < len(level) else "" for level in levels]) for column in range(width)]
    for merge in merges:
        if rows[start][0] <= merge.top <= rows[start + len(levels) - 1][0]:
            _name_once(names, merge)
    while names and not names[-1]:
        names.pop()
    return Header(start, start + len(levels), tuple(names))


def _name_once(names: list[str], merge: Merge) -> None:
    """A cell merged over columns that nothing below tells apart names only the first of them."""
    for column in range(min(merge.right, len(names) - 1), merge.left, -1):
        if names[column] == names[column - 1]:
            names[column] = ""


def _depth(rows: Sequence[NumberedRow], start: int, merges: Sequence[Merge]) -> int:
    """How many rows the merged cells that begin in row ``start`` make the header."""
    top = rows[start][0]
    bottom = top
    for merge in merges:
        if merge.top == top and merge.bottom - top < MAX_DEPTH:
            split = merge.right > merge.left and merge.bottom == top and _splits(rows, start, merge)
            bottom = max(bottom, merge.bottom, top + 1 if split else top)
    inside = [number for number, _ in rows[start : start + MAX_DEPTH] if number <= bottom]
    return len(inside)


def _splits(rows: Sequence[NumberedRow], start: int, merge: Merge) -> bool:
    """Whether the row below has a word under each of the columns that ``merge`` spans."""
    if start + 1 >= len(rows) or rows[start + 1][0] != merge.bottom + 1:
        return False
    below = rows[start + 1][1][merge.left : merge.right + 1]
    return len(below) == merge.right - merge.left + 1 and all(_is_word(cell) for cell in below)


def _expanded(rows: Sequence[NumberedRow], start: int, place: int, merges: Sequence[Merge]) -> list[str]:
    """The words of one header row, merged cells repeated over all they cover."""
    number, cells = rows[place]
    words = _words(cells)
    above = {row[0]: row[1] for row in rows[start : place + 1]}
    for merge in merges:
        if merge.top <= number <= merge.bottom and merge.top in above and merge.left < len(above[merge.top]):
            word = _word(above[merge.top][merge.left])
            words.extend([""] * (merge.right + 1 - len(words)))
            words[merge.left : merge.right + 1] = [word] * (merge.right + 1 - merge.left)
    return words


def _has_unmerged_second_row(rows: Sequence[NumberedRow], start: int, merges: Sequence[Merge]) -> bool:
    """A two-row header whose merged cells were lost (CSV): ``区域,用户数,,`` over ``,光纤,铜缆,同轴``.

    The row below must fill every gap right of an upper word, and some upper word must have nothing below it (else
    the upper row is a title).
    """
    if start + 1 >= len(rows) or rows[start + 1][0] != rows[start][0] + 1:
        return False
    if any(merge.top <= rows[start + 1][0] <= merge.bottom for merge in merges):
        return False
    upper, lower = _words(rows[start][1]), _words(rows[start + 1][1])
    lower += [""] * (len(upper) - len(lower))
    gaps = [column for column, word in enumerate(upper) if not word and any(upper[:column])]
    gaps += list(range(len(upper), len(lower)))
    parents = {column - 1 for column in gaps if column - 1 < len(upper) and upper[column - 1]}
    if not gaps or not any(word and not lower[column] for column, word in enumerate(upper)):
        return False
    filled = {column for column, word in enumerate(lower) if word}
    return filled == set(gaps) | parents and all(_is_word(word) for word in lower if word)


def _spread(upper: list[str], lower: list[str]) -> list[str]:
    """Upper words repeated to the right over the columns that have a lower word."""
    spread, last = [], ""
    for column in range(max(len(upper), len(lower))):
        word = upper[column] if column < len(upper) else ""
        last = word or (last if column < len(lower) and lower[column] else "")
        spread.append(last)
    return spread


def _could_be(header: Header, rows: Sequence[NumberedRow], merges: Sequence[Merge], hits: int) -> bool:
    named = [name for name in header.names if name]
    cells = [cell for _, row in rows[header.start : header.end] for cell in row if cell is not None]
    if not named or _is_title(rows[header.start], merges, len(header.names)):
        return False
    if sum(1 for cell in cells if _is_word(cell)) + _periods(cells) < _WORDS * len(cells):
        return False
    if sum(1 for name in named if _LABELLED.search(unicodedata.normalize("NFKC", name))) * 2 >= len(named):
        return False
    return hits >= 2 or len(named) >= _FILLED * _body_width(rows[header.end :])


def _periods(cells: Sequence[object]) -> int:
    """How many cells are years or months, as in a table with a column for each; one alone is part of a record."""
    found = {str(cell).strip() for cell in cells if _PERIOD.match(str(cell).strip())}
    return len(found) if len(found) > 1 else 0


def _is_title(row: NumberedRow, merges: Sequence[Merge], width: int) -> bool:
    """Whether a row has but one cell for several columns, or none that stands in a column of its own."""
    number, cells = row
    filled = [column for column, cell in enumerate(cells) if cell is not None]
    wide = {merge.left for merge in merges if merge.top == number and merge.right > merge.left}
    if not filled or all(column in wide for column in filled):
        return True
    return len(filled) == 1 and width > 1


def _body_width(rows: Sequence[NumberedRow]) -> int:
    """In how many columns the rows below have cells."""
    return len({column for _, cells in rows for column, cell in enumerate(cells) if cell is not None})


def _is_known(name: str, known: frozenset[str]) -> bool:
    whole = normalise(name)
    return whole in known or any(part in known for part in whole.split("/"))


def _words(cells: Cells) -> list[str]:
    return [_word(cell) for cell in cells]


def _word(cell: object) -> str:
    return "" if cell is None else clean(str(cell))


def _joined(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return "/".join(kept)


def _is_word(cell: object) -> bool:
    if not isinstance(cell, str):
        return False
    text = unicodedata.normalize("NFKC", cell).strip()
    return bool(text) and _NUMBER_LIKE.match(text) is None
