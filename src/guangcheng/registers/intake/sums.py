"""合计 and 小计 rows are not imported; they are checked against the rows they cover."""

from decimal import Decimal

from guangcheng.base.errors import InputError
from guangcheng.base.units import parse_number
from guangcheng.registers.faults import Fault
from guangcheng.registers.intake.draft import Draft
from guangcheng.registers.mapping import Bound
from guangcheng.registers.raw import Subtotal
from guangcheng.registers.rulebook import rule

__all__ = ["check_subtotals"]


def check_subtotals(draft: Draft) -> list[Fault]:
    """R-181 for every number of a total row that is not the sum of its rows (rows refused count as written)."""
    counted = {"int", "decimal"}
    bound = [bind for name, bind in draft.columns.fields.items() if draft.schema.field(name).type in counted]
    bound += [Bound(wide.column) for wide in draft.columns.wide]
    return [
        fault
        for subtotal in draft.raw.subtotals
        for column in sorted({bind.column for bind in bound})
        for fault in _check(draft, subtotal, column)
    ]


def _check(draft: Draft, subtotal: Subtotal, column: int) -> list[Fault]:
    if column not in subtotal.values:
        return []
    found = Decimal(repr(subtotal.values[column]))
    added = Decimal(0)
    for record in subtotal.covers:
        try:
            added += parse_number(draft.raw.columns[column].cells[record]) or 0
        except InputError:
            return []
    # A total kept as a float may differ from the exact sum by its rounding only.
    if abs(added - found) <= abs(found) * Decimal("1e-12"):
        return []
    where = draft.where(None, column)
    shown = f"{found.normalize():f}"
    placed = type(where)(file=where.file, sheet=where.sheet, row=subtotal.row, column=where.column)
    return [rule("R-181").fault(placed, shown, label=subtotal.label, found=shown, sum=f"{added.normalize():f}")]
