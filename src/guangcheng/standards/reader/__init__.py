"""Read a city's document and draft a standard from it.

``read_document(path)`` takes txt, html, docx and PDF with a text layer, ``read_text(text)`` a text; both give a
:class:`Draft`. Pure and deterministic: no network, no clock, no model. How findings are read and scored:
docs/reference/reader.md.
"""

from pathlib import Path

from guangcheng.standards.reader.draft import Draft, read_text
from guangcheng.standards.reader.intake import text_of

__all__ = ["Draft", "read_document", "read_text"]


def read_document(path: Path) -> Draft:
    """Read a document file; raises ``NotFound``, ``WrongFormat`` or ``InputError`` with what to do about it."""
    return read_text(text_of(path), source=path.name)
