"""Where a figure comes from: the clause that sets it and the snapshot it was counted on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """Why a number is what it is; shown wherever the number is shown."""

    TEXT = "text"
    """The document says so."""
    PRODUCT_DEFAULT = "product_default"
    """The document is silent or unclear; the product decided (docs/reference/decisions of the catalogue)."""
    LOCAL = "local"
    """The city's own setting."""
    CLAIM = "claim"
    """An operator's statement that nothing in the registers proves."""


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """A place in a document of the library, e.g. ``Clause("001", "二(三)5")``."""

    document: str
    clause: str

    def __str__(self) -> str:
        return f"{self.document} {self.clause}"


@dataclass(frozen=True, slots=True, order=True)
class SnapshotRef:
    """One immutable dated state of one register; ``hash`` is SHA-256 (hex) over its canonical content."""

    register: str
    as_of: date
    hash: str

    def __str__(self) -> str:
        return f"{self.register}/{self.as_of.isoformat()}-{self.hash[:16]}"
