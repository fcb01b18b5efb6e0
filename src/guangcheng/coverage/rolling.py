"""Monthly figures of operators, rolled up the area tree without counting anything twice.

An operator may report for a district, for its towns, or for villages. For an area, its own rows are used when it has
any, else those of the areas beneath it, never both. Per operator only one month counts: the latest by the day that
has any row in the area or beneath it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.coverage.survey import Survey
from guangcheng.coverage.tree import Ints

Row = Mapping[str, Any]

_NEVER = -(2**31)


@dataclass(frozen=True, slots=True)
class Monthly:
    """The latest rows of each operator and area, and per operator the latest month in or beneath each area."""

    rows: Mapping[tuple[str, int], tuple[Row, ...]]
    months: Mapping[str, Ints]
    """Day ordinals per area; the last entry is the whole."""
    children: Sequence[Sequence[int]]
    """Per area; the last entry is the whole."""

    @property
    def operators(self) -> tuple[str, ...]:
        """Operators that report anything, in alphabetical order."""
        return tuple(self.months)

    def own(self, operator: str, area: int, month: int) -> tuple[Row, ...]:
        """The operator's rows for the area itself in ``month``."""
        rows = self.rows.get((operator, area), ())
        return rows if rows and _day_number(rows[0]["month"]) == month else ()

    def of(self, operator: str, area: int) -> tuple[Row, ...]:
        """The operator's rows that stand for ``area`` (-1 the whole): its own, else those beneath."""
        month = int(self.months[operator][area])
        if month == _NEVER:
            return ()
        found: list[Row] = []
        waiting = [area]
        while waiting:
            here = waiting.pop()
            own = self.own(operator, here, month)
            if own:
                found += own
            else:
                waiting += [child for child in reversed(self.children[here]) if self.months[operator][child] == month]
        return tuple(found)


def _day_number(day: date) -> int:
    return day.toordinal()


def monthly(survey: Survey, register: str, columns: Sequence[str], keep: Mapping[str, Sequence[str]]) -> Monthly:
    """Read ``register`` up to the day, inside the scope, with only the rows whose columns have one of ``keep``."""
    table = survey.whole_view.table(register, ("operator", "area_code", "month", *columns))
    wanted = pc.less_equal(table["month"], pa.scalar(survey.as_of, pa.date32()))
    for name, values in keep.items():
        wanted = pc.and_(wanted, pc.is_in(table[name], value_set=pa.array(list(values), pa.string())))
    areas = survey.tree.numbers(table["area_code"])
    here = (areas >= 0) & survey.inside[areas] if len(areas) else np.empty(0, dtype=bool)
    table = table.append_column("area", pa.array(areas)).filter(pc.and_(wanted, pa.array(here)))
    return _latest(survey, table.to_pylist())


def _latest(survey: Survey, rows: Sequence[Row]) -> Monthly:
    latest: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        key = (row["operator"], row["area"])
        held = latest.get(key)
        if held is None or row["month"] > held[0]["month"]:
            latest[key] = [row]
        elif row["month"] == held[0]["month"]:
            held.append(row)
    ordered = {key: tuple(sorted(found, key=_row_order)) for key, found in sorted(latest.items())}
    tree = survey.tree
    months = {operator: np.full(len(tree) + 1, _NEVER, dtype=np.int64) for operator, _ in ordered}
    for (operator, area), found in ordered.items():
        month = _day_number(found[0]["month"])
        for above in (*tree.up(area), -1):
            months[operator][above] = max(months[operator][above], month)
    return Monthly(ordered, months, (*tree.children, tree.roots))


def _row_order(row: Row) -> tuple[str, ...]:
    return tuple(str(value) for value in row.values())
