"""Plain-text tables for a terminal: a Chinese character is two columns wide and everything still lines up."""

import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import Literal

Align = Literal["left", "right"]

_WIDE = frozenset("WF")
_NO_WIDTH = frozenset({"Mn", "Me", "Cf", "Cc"})


def width(text: str) -> int:
    """Columns ``text`` takes on a terminal: wide and full-width characters two, combining marks none.

    Ambiguous characters (● ≥ …) count one, as terminals set for neither Chinese nor Japanese show them.
    """
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def cut(text: str, columns: int) -> str:
    """Shorten ``text`` to at most ``columns`` (≥ 1) columns, ending in ``…`` where something was left out."""
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for char in text:
        used += _width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…"


def fold(text: str, columns: int) -> list[str]:
    """Break ``text`` into lines of at most ``columns`` (≥ 2) columns, at a blank where one is near; nothing is lost."""
    lines, rest = [], text
    while width(rest) > columns:
        end = _fitting(rest, columns)
        blank = rest.rfind(" ", 1, end + 1)
        at = blank if 2 * blank > end else end
        lines.append(rest[:at].rstrip(" "))
        rest = rest[at:].lstrip(" ")
    return [*lines, rest]


def _fitting(text: str, columns: int) -> int:
    """How many characters of ``text`` fit into ``columns``."""
    used = 0
    for index, char in enumerate(text):
        used += _width(char)
        if used > columns:
            return index
    return len(text)


def pad(text: str, columns: int, align: Align = "left") -> str:
    """Fill ``text`` with blanks up to ``columns``; a longer text is returned as it is."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if align == "right" else text + blanks


def render(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    align: Sequence[Align] | None = None,
    max_width: int = 48,
) -> str:
    """Draw a table as lines without a final line break.

    ``align`` is one word per column (default left). Line breaks and tabs in a cell become blanks, other control
    characters vanish (a name from a file cannot move the cursor), and a cell wider than ``max_width`` goes on in the
    next line: how to mend something is never cut off. A row of another length than the header raises ``ValueError``.
    """
    sides: Sequence[Align] = align or ["left"] * len(header)
    if len(sides) != len(header):
        raise ValueError(f"{len(sides)} alignments for {len(header)} columns")
    for index, row in enumerate((header, *rows)):
        if len(row) != len(header):
            raise ValueError(f"row {index} has {len(row)} cells, the header {len(header)}")
    top = _lines(header, max_width)
    below = [line for row in rows for line in _lines(row, max_width)]
    widths = [max(width(line[column]) for line in (*top, *below)) for column in range(len(header))]
    rule = "  ".join("─" * columns for columns in widths)
    return "\n".join([*(_line(line, widths, sides) for line in top), rule, *(_line(x, widths, sides) for x in below)])


def _lines(row: Sequence[str], max_width: int) -> list[tuple[str, ...]]:
    """The lines one row takes, each a text per column."""
    return list(zip_longest(*(fold(_flat(cell), max_width) for cell in row), fillvalue=""))


def _flat(text: str) -> str:
    return "".join(char for char in " ".join(str(text).split()) if unicodedata.category(char) != "Cc")


def _line(cells: Sequence[str], widths: Sequence[int], sides: Sequence[Align]) -> str:
    return "  ".join(pad(text, w, side) for text, w, side in zip(cells, widths, sides, strict=True)).rstrip()
