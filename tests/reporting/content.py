"""What a reader finds in a file of ours, as plain data: cells of a workbook, paragraphs and tables of a document."""

import io
import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "golden"


def workbook_cells(ledger: bytes) -> dict[str, list[list[Any]]]:
    """Per sheet the rows of values (dates as ISO text); rows end at their last filled cell."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(ledger))
    return {sheet.title: [_row(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def _row(values: tuple[Any, ...]) -> list[Any]:
    plain = [value.date().isoformat() if hasattr(value, "date") else value for value in values]
    while plain and plain[-1] is None:
        plain.pop()
    return plain


def document_text(report: bytes) -> list[Any]:
    """Paragraphs as ``[style, text]``, tables as lists of rows, pictures as ``["picture", alternative text]``."""
    import docx
    from docx.oxml.ns import qn
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    found: list[Any] = []
    for block in docx.Document(io.BytesIO(report)).iter_inner_content():
        if isinstance(block, Table):
            rows = block._tbl.findall(qn("w:tr"))
            found.append([[_words(cell) for cell in row.findall(qn("w:tc"))] for row in rows])
            continue
        assert isinstance(block, Paragraph)
        pictures = [element.get("descr") for element in block._p.iter(qn("wp:docPr"))]
        found += [["picture", descr] for descr in pictures]
        text = _words(block._p)
        if text:
            found.append([None if block.style is None else block.style.name, text])
    return found


def _words(element: Any) -> str:
    from docx.oxml.ns import qn

    return "".join(part.text or "" for part in element.iter(qn("w:t")))


def golden(name: str) -> Any:
    """Read a golden file."""
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def write_golden(name: str, value: Any) -> None:
    """Replace a golden file; one line per row so that a change reads well in a diff."""
    GOLDEN.mkdir(exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (GOLDEN / name).write_text(text + "\n", encoding="utf-8")
