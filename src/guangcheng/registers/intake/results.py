"""What came of reading a file: rows to keep, records refused, faults."""

from dataclasses import dataclass

import pyarrow as pa

from guangcheng.registers.faults import Fault
from guangcheng.registers.raw import RawTable

__all__ = ["Intake", "RefusedRecord"]


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record of a source that was refused: ``raw.rows[record]`` is its row; its cells are still in ``raw``."""

    raw: RawTable
    record: int
    faults: tuple[Fault, ...]
    """The errors that refused it."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of reading: rows to keep, records refused, and every fault in the order of files and rows."""

    table: pa.Table
    """Accepted rows, the stored columns of the schema, in source order."""
    refused: tuple[RefusedRecord, ...]
    faults: tuple[Fault, ...]
    doubles: int
    """Rows left out because they occur twice in every cell."""
    unmatched: tuple[str, ...]
    """Headers nobody knows."""
    identity: tuple[tuple[RawTable, int], ...]
    """Columns of subscriber identity, as (table, column index)."""
    not_run: tuple[str, ...]
    """Checks that crashed; never a pass."""
