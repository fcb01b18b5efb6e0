"""Pieces of a document that remember where they stood: every finding can point at the characters it was read from.

Everything is read in a *plain* form of the text that has exactly as many characters as the original (full-width
letters, digits and marks become half-width ones, one for one), so that positions in it are positions in the original.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

_KEPT = "，。、；：！？（）％～　“”‘’《》〈〉【】〔〕"


def _table() -> dict[int, str]:
    table = {ord(a): b for a, b in zip("；：！？（）％～　﹪", ";:!?()%~ %", strict=True)}
    table |= dict.fromkeys((160, 8194, 8195, 8201, 8203, 65279), " ")
    table |= {ord(char): "—" for char in "–―─－‐‑﹣−"}
    for code in range(0xFF01, 0xFF5F):
        narrow = unicodedata.normalize("NFKC", chr(code))
        if chr(code) not in _KEPT and len(narrow) == 1 and code not in table:
            table[code] = narrow
    table |= {ord("０") + digit: str(digit) for digit in range(10)}
    return table


_TABLE = _table()
_COMMA = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")


def plain_text(text: str) -> str:
    """``text`` in plain form, character for character; a comma that is no thousands separator becomes ``，``."""
    return _COMMA.sub("，", text.translate(_TABLE))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of the original text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A paragraph or table cell: its plain text and, for each piece of it, where the piece began in the original."""

    text: str
    pieces: tuple[tuple[int, int], ...]
    """(position in ``text``, position in the original), ascending."""

    def span(self, start: int, end: int) -> Span:
        """Where ``text[start:end]`` stands in the original; for a joined line break the whole is enclosed."""
        if end <= start:
            return Span(self._at(start), self._at(start))
        return Span(self._at(start), self._at(end - 1) + 1)

    @property
    def whole(self) -> Span:
        """Where the whole stretch stands."""
        return self.span(0, len(self.text))

    def _at(self, place: int) -> int:
        index = max(bisect_right(self.pieces, (place, 1 << 60)) - 1, 0)
        own, original = self.pieces[index]
        return original + place - own


def pieces_of(stretch: Stretch, limit: int) -> list[Stretch]:
    """A stretch in parts of at most ``limit`` characters, cut behind a sentence, else a comma, else anywhere."""
    text, parts, start = stretch.text, [], 0
    while len(text) - start > limit:
        window = text[start : start + limit]
        cut = max(window.rfind(mark) for mark in "。;") + 1 or window.rfind("，") + 1 or limit
        parts.append((start, start + cut))
        start += cut
    parts.append((start, len(text)))
    return [Stretch(text[a:b], ((0, stretch.span(a, b).start), *_later(stretch, a, b))) for a, b in parts]


def _later(stretch: Stretch, start: int, end: int) -> list[tuple[int, int]]:
    return [(own - start, original) for own, original in stretch.pieces if start < own < end]


def joined(plain: str, lines: Iterable[tuple[int, int]], glue: str = "") -> Stretch:
    """The lines (start, end in the original) as one stretch, blanks at their ends cut, ``glue`` between them."""
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    length = 0
    for start, end in lines:
        raw = plain[start:end]
        body = raw.strip()
        if not body:
            continue
        if parts and glue:
            parts.append(glue)
            length += len(glue)
        pieces.append((length, start + len(raw) - len(raw.lstrip())))
        parts.append(body)
        length += len(body)
    return Stretch("".join(parts), tuple(pieces) or ((0, 0),))
