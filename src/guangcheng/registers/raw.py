"""What a reader hands over: cells as found, each still knowing where it came from.

A reader understands the *format* (encoding, workbook, layer, header rows, merged cells, subtotal rows); it knows no
register. ``intake`` understands the *register* (which header is which field, types, units, names, rules).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from guangcheng.registers.faults import Fault


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column: its header (two-row headers joined with ``/``), its letter or number in the source, its cells.

    Cells are ``str``, ``int``, ``float``, ``bool``, ``datetime`` or ``None`` (empty), as the format stores them.
    """

    header: str
    label: str
    """What a person looks for in the file: ``C`` in a spreadsheet, ``3`` in a CSV, the property name in a layer."""
    cells: list[object]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of one file. All columns have the same length, ``len(rows)``."""

    file: Path
    sheet: str | None
    columns: list[RawColumn]
    rows: list[int]
    """1-based source row (or feature number) of each record, as a person would find it in the file."""
    geometry: list[bytes | None] | None = None
    """WKB per record for the spatial formats, in the file's own CRS; ``None`` for plain tables."""
    crs: str | None = None
    """The CRS the file declares (``EPSG:4326``), if any."""
    faults: list[Fault] = field(default_factory=list)
    """What the reader itself had to refuse, per row or for the whole table (missing formula cache, damaged code …)."""
    subtotals: list["Subtotal"] = field(default_factory=list)
    """合计/小计 rows: checked against the sums of the rows above, never imported."""
    notes: list[str] = field(default_factory=list)
    """Remarks worth showing (hidden sheet skipped, title row skipped), already in words of both languages."""
    unit: str | None = None
    """The unit a title row states for the whole sheet (``万户`` of 单位：万户); a unit in a header goes before it."""


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A 合计 or 小计 row found at ``row``.

    ``values`` are its numbers by index into ``columns``, ``covers`` the records it sums as indices into ``rows``.
    """

    row: int
    label: str
    values: dict[int, float]
    covers: tuple[int, ...]


def column_named(table: RawTable, names: Sequence[str]) -> RawColumn | None:
    """The first column whose header is one of ``names`` (lower case), in the order of the names."""
    held = {column.header.strip().casefold(): column for column in table.columns}
    return next((held[name] for name in names if name in held), None)
