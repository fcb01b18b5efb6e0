"""The same numbered rules an import obeys, run over a city's registers as they stand on one day.

An import sees one file; what it left right can become wrong later (an area abolished, an access point gone). The
audit finds that, and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from guangcheng.base.errors import Where
from guangcheng.base.progress import SILENT, Progress
from guangcheng.registers.faults import Fault
from guangcheng.registers.quality import Batch, run_checks
from guangcheng.registers.quality_rules import CHECKS
from guangcheng.registers.schema import Schema, schema
from guangcheng.registers.view import RegisterView


@dataclass(frozen=True, slots=True)
class Audit:
    """What is wrong in one register; ``not_run`` names checks that crashed and so say nothing."""

    register: str
    rows: int
    faults: tuple[Fault, ...]
    not_run: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Rows of a snapshot are found by their key, for they have no file any more."""

    schema: Schema
    table: pa.Table

    def where(self, row: int, name: str | None) -> Where:
        """Name the register, the key and the field."""
        key = ", ".join(f"{part}={self.table[part][row].as_py()}" for part in self.schema.key)
        return Where(file=self.schema.register, field=key, column=name)

    def shown(self, row: int, name: str | None) -> str:
        """Show the stored value."""
        return "" if name is None or name not in self.table.schema.names else str(self.table[name][row].as_py())


def audit(view: RegisterView, *, top: str | None, progress: Progress = SILENT) -> tuple[Audit, ...]:
    """Check every register of ``view`` against the rules and against each other; ``top`` is the topmost area's code."""
    tables = {register: view.table(register) for register in view.refs}
    progress.start("check", len(tables))
    found = []
    for register in tables:
        found.append(_one(view, register, tables, top))
        progress.advance()
    progress.finish()
    return tuple(found)


def _one(view: RegisterView, register: str, tables: Mapping[str, pa.Table], top: str | None) -> Audit:
    wanted, table = schema(register), tables[register]
    batch = Batch(
        schema=wanted,
        table=table,
        numbers=np.arange(table.num_rows, dtype=np.int64),
        as_of=view.as_of,
        registers=tables,
        top=top,
        crs=view.crs,
        origins=_Stored(wanted, table),
        replaces=True,
    )
    quality = run_checks(batch, CHECKS)
    return Audit(register, table.num_rows, quality.faults, quality.not_run)
