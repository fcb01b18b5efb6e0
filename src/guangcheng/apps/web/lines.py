"""The lines of a file handed in with what was found beside them, for the page of a submission."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guangcheng.base.errors import GuangchengError
from guangcheng.base.text import Text
from guangcheng.programme.platform import attachments
from guangcheng.programme.submissions.models import Submission
from guangcheng.registers.intake.identity import masked
from guangcheng.registers.mapping import known_headers
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers import read
from guangcheng.registers.schema import schema

__all__ = ["FileLine", "FileLines", "lines_of"]

FIRST, MOST = 20, 100
"""Lines shown from the top whatever they say, and at most with the faulty ones."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line: its number in the file, its cells (identities masked), what was found."""

    number: int
    cells: tuple[str, ...]
    found: tuple[Text, ...]
    wrong: bool
    """Whether one of the findings is an error."""


@dataclass(frozen=True, slots=True)
class FileLines:
    """The lines shown, and how many the file has."""

    header: tuple[str, ...]
    lines: tuple[FileLine, ...]
    total: int


def lines_of(one: Submission) -> FileLines:
    """The first lines and every faulty one, in the file's order; none of a file that cannot be read."""
    with tempfile.TemporaryDirectory(prefix="guangcheng-lines-") as made:
        file = Path(made) / one.attachment.name
        file.write_bytes(attachments.content_of(one.attachment))
        try:
            tables = read(file, known_headers=known_headers(schema(one.register)))
        except GuangchengError:  # the page says so already: it is the submission's one finding
            return FileLines((), (), 0)
    by_row: dict[int, list[dict[str, Any]]] = {}
    for found in one.findings:
        if found.get("row") is not None:
            by_row.setdefault(found["row"], []).append(found)
    return _lines(tables[0], by_row) if tables else FileLines((), (), 0)


def _lines(table: RawTable, by_row: Mapping[int, Sequence[Mapping[str, Any]]]) -> FileLines:
    shown = [at for at, row in enumerate(table.rows) if at < FIRST or row in by_row][:MOST]
    lines = tuple(_line(table, at, by_row.get(table.rows[at], ())) for at in shown)
    return FileLines(tuple(column.header for column in table.columns), lines, len(table.rows))


def _line(table: RawTable, at: int, found: Sequence[Mapping[str, Any]]) -> FileLine:
    cells = (column.cells[at] for column in table.columns)
    return FileLine(
        number=table.rows[at],
        cells=tuple("" if cell is None else masked(str(cell)) for cell in cells),
        found=tuple(Text(one["zh"], one["en"]) for one in found),
        wrong=any(one["severity"] == "error" for one in found),
    )
