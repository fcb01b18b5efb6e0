"""Plain-text tables for a terminal: a Chinese character is two columns wide and everything still lines up."""

import unicodedata
from collections.abc import Sequence
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

    ``align`` is one word per column (default left). Cells are one line: line breaks and tabs become blanks, other
    control characters vanish (a name from a file cannot move the cursor), and a cell wider than ``max_width`` ends
    in ``…``. A row of another length than the header raises ``ValueError``.
    """
    sides: Sequence[Align] = align or ["left"] * len(header)
    if len(sides) != len(header):
        raise ValueError(f"{len(sides)} alignments for {len(header)} columns")
    lines = [[_cell(text, max_width) for text in row] for row in (header, *rows)]
    for index, line in enumerate(lines):
        if len(line) != len(header):
            raise ValueError(f"row {index} has {len(line)} cells, the header {len(header)}")
    widths = [max(width(line[column]) for line in lines) for column in range(len(header))]
    drawn = [_line(line, widths, sides) for line in lines]
    rule = "  ".join("─" * columns for columns in widths)
    return "\n".join([drawn[0], rule, *drawn[1:]])


def _cell(text: str, max_width: int) -> str:
    flat = " ".join(str(text).split())
    return cut("".join(char for char in flat if unicodedata.category(char) != "Cc"), max_width)


def _line(cells: Sequence[str], widths: Sequence[int], sides: Sequence[Align]) -> str:
    return "  ".join(pad(text, w, side) for text, w, side in zip(cells, widths, sides, strict=True)).rstrip()
