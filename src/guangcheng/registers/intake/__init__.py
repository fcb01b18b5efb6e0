"""From a file as found to rows of a register: what can be kept, and every fault of what cannot.

``take_all`` reads the cells of each table, finds the areas and the points, then judges all rows together
(:mod:`guangcheng.registers.quality_rules`), so that a town in one file may hang below a district in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from guangcheng.base.errors import Where
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.intake.context import IntakeContext
from guangcheng.registers.intake.draft import Draft, read_cells
from guangcheng.registers.intake.places import areas_of_draft, derive_parents, link_areas, with_parent
from guangcheng.registers.intake.points import locate
from guangcheng.registers.intake.polygons import settle_areas, settled_elsewhere
from guangcheng.registers.intake.results import Intake, RefusedRecord
from guangcheng.registers.intake.sums import check_subtotals
from guangcheng.registers.mapfile import MapFile, with_joins
from guangcheng.registers.mapping import map_columns
from guangcheng.registers.matching import AreaIndex, areas_of
from guangcheng.registers.quality import Batch, Check, run_checks
from guangcheng.registers.quality_rules import CHECKS
from guangcheng.registers.raw import RawTable
from guangcheng.registers.schema import Schema

__all__ = ["Intake", "IntakeContext", "RefusedRecord", "take", "take_all"]


def take(raw: RawTable, schema: Schema, context: IntakeContext) -> Intake:
    """Read one table (see :func:`take_all`)."""
    return take_all([raw], schema, context)


def take_all(
    raws: Sequence[RawTable],
    schema: Schema,
    context: IntakeContext,
    *,
    maps: Sequence[MapFile] = (),
    checks: Sequence[Check] = CHECKS,
) -> Intake:
    """Read tables of one register together; ``maps`` has what was settled for each, else ``context.settled``.

    ``InputError`` is raised for what makes a whole file unusable: required columns missing (R-101), two columns for
    one field (R-102), contradicting datums (R-157). Everything else is collected.
    """
    settled = maps or [context.settled] * len(raws)
    raws = [with_joins(raw, own) for raw, own in zip(raws, settled, strict=True)]
    elsewhere = [settled_elsewhere(schema, own, context) for own in settled]
    drafts = [
        read_cells(raw, schema, map_columns(raw, schema, own, elsewhere=other), elsewhere=other)
        for raw, own, other in zip(raws, settled, elsewhere, strict=True)
    ]
    index = _index(drafts, schema, context)
    for draft, other in zip(drafts, elsewhere, strict=True):
        link_areas(draft, index, elsewhere=other)
        derive_parents(draft, index)
        if schema.geometry is not None:
            locate(draft, context)
        settle_areas(draft, index, context)
    table, origins = _assemble(drafts, schema)
    quality = run_checks(
        Batch(
            schema=schema,
            table=table,
            numbers=np.arange(table.num_rows),
            as_of=context.as_of,
            registers=context.registers,
            top=context.top,
            crs=context.crs,
            origins=origins,
            within=context.within,
            replaces=context.replaces,
        ),
        checks,
    )
    for row in quality.refused:
        draft, record = origins.of(int(row))
        draft.refused.add(record)
    # A record unpivoted into several rows stands or falls as a whole.
    fallen = [row for row in range(table.num_rows) if origins.of(row)[1] in origins.of(row)[0].refused]
    keep = np.ones(table.num_rows, dtype=bool)
    keep[fallen] = False
    keep[quality.dropped] = False
    faults = [fault for draft in drafts for fault in (*draft.columns.faults, *draft.faults)]
    faults += quality.faults
    faults += [fault for draft in drafts for fault in check_subtotals(draft)]
    return Intake(
        table=table.filter(pa.array(keep)),
        refused=tuple(_refused(drafts, faults)),
        faults=tuple(_in_order(faults, raws)),
        doubles=len(quality.dropped),
        unmatched=tuple(draft.raw.columns[at].header for draft in drafts for at in draft.columns.unmatched),
        identity=tuple((draft.raw, at) for draft in drafts for at in draft.columns.identity),
        not_run=quality.not_run,
    )


@dataclass(frozen=True, slots=True)
class _Origins:
    """Where the assembled rows came from: per row the draft's number and the row in the draft."""

    drafts: Sequence[Draft]
    at: Sequence[tuple[int, int]]

    def of(self, row: int) -> tuple[Draft, int]:
        draft, place = self.at[row]
        return self.drafts[draft], self.drafts[draft].record[place]

    def where(self, row: int, name: str | None) -> Where:
        draft, record = self.of(row)
        return draft.where(record, None if name is None else draft.column_of(name), name)

    def shown(self, row: int, name: str | None) -> str:
        draft, record = self.of(row)
        return "" if name is None else draft.cell(record, draft.column_of(name))


def _index(drafts: Sequence[Draft], schema: Schema, context: IntakeContext) -> AreaIndex:
    """Known areas by name; when areas are imported, those being imported too, below the parents their rows name."""
    known = areas_of(context.table("areas"))
    if schema.register != "areas":
        return AreaIndex(known, context.decisions)
    own = [area for draft in drafts for area in areas_of_draft(draft)]
    first = AreaIndex([*known, *own], context.decisions)
    return AreaIndex([*known, *(with_parent(area, first) for area in own)], context.decisions)


def _assemble(drafts: Sequence[Draft], schema: Schema) -> tuple[pa.Table, _Origins]:
    """Rows of records not refused so far, of all drafts, in order."""
    at = [
        (number, row)
        for number, draft in enumerate(drafts)
        for row, record in enumerate(draft.record)
        if record not in draft.refused
    ]
    columns = {}
    for column in schema.arrow:
        per_draft = [draft.values.get(column.name) or [None] * len(draft.record) for draft in drafts]
        columns[column.name] = pa.array([per_draft[number][row] for number, row in at], column.type)
    return pa.table(columns, schema=schema.arrow), _Origins(drafts, at)


def _refused(drafts: Sequence[Draft], faults: Sequence[Fault]) -> list[RefusedRecord]:
    errors: dict[tuple[str | None, str | None, int | None], list[Fault]] = {}
    for fault in faults:
        if fault.severity is Severity.ERROR:
            errors.setdefault((fault.where.file, fault.where.sheet, fault.where.row), []).append(fault)
    found = []
    for draft in drafts:
        whole = errors.get((str(draft.raw.file), draft.raw.sheet, None), [])
        for record in sorted(draft.refused):
            own = errors.get((str(draft.raw.file), draft.raw.sheet, draft.raw.rows[record]), [])
            own = sorted(own or whole, key=lambda fault: fault.rule)
            found.append(RefusedRecord(draft.raw, record, tuple(own)))
    return found


def _in_order(faults: Sequence[Fault], raws: Sequence[RawTable]) -> list[Fault]:
    files = {str(raw.file): number for number, raw in enumerate(raws)}

    def place(fault: Fault) -> tuple[int, str, int, str, str]:
        where = fault.where
        number = files.get(where.file or "", len(files))
        return number, where.sheet or "", where.row or 0, fault.rule, where.column or ""

    return sorted(faults, key=place)
