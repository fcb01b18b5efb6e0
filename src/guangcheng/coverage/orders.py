"""Installation orders against their limit (RUL-001-12), the clock standing still while capacity is built (U-07)."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.days import NEVER, WorkingCalendar, day_number, months_before
from guangcheng.coverage.conditions import Expansions, Flags, Ints, days_of, one_array, positions
from guangcheng.coverage.reach_rule import ReachRule
from guangcheng.registers.view import RegisterView

_COLUMNS = ("order_no", "operator", "premises_id", "area_code", "submitted_at", "completed_at", "expansion_id")


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Orders submitted by the day (and after ``since``), sorted by number, each judged as of the day.

    ``end`` is the day of completion, or the view's day for an order still open then. ``late``: the end is past the
    due day; for an order waiting on an expansion, past the due day of the paused clock, or the expansion is late.
    """

    table: pa.Table
    submitted: Ints
    end: Ints
    open: Flags
    expansion: Ints
    """Row of the expansion waited on, −1 for none."""
    paused_from: Ints
    paused_to: Ints
    """``NEVER`` while the expansion is open."""
    late: Flags

    @classmethod
    def on(
        cls,
        view: RegisterView,
        rule: ReachRule,
        expansions: Expansions,
        calendar: WorkingCalendar,
        *,
        since: date | None = None,
    ) -> "Orders":
        """Judge the orders submitted after ``since`` (none: all) up to and including the view's day.

        An ``expansion_id`` the register does not know by the day gives no pause.
        """
        today = day_number(view.as_of)
        table = view.table("install_orders", _COLUMNS)
        wanted = pc.less_equal(table["submitted_at"], pa.scalar(view.as_of, pa.date32()))
        if since is not None:
            wanted = pc.and_(wanted, pc.greater(table["submitted_at"], pa.scalar(since, pa.date32())))
        table = table.filter(wanted).sort_by("order_no")
        submitted, completed = days_of(table["submitted_at"], NEVER), days_of(table["completed_at"], NEVER)
        end = np.minimum(completed, today)
        expansion = positions(table["expansion_id"], expansions.ids)
        waits = expansion >= 0
        paused_from = np.append(expansions.reported, NEVER)[expansion]
        paused_to = np.append(expansions.finished, NEVER)[expansion]
        late = np.append(expansions.late, np.False_)[expansion]
        limit = rule.install_working_days
        late[~waits] = calendar.exceeds(submitted[~waits], end[~waits], limit)
        late[waits] |= calendar.exceeds_paused(
            submitted[waits], end[waits], limit, paused_from=paused_from[waits], paused_to=paused_to[waits]
        )
        return cls(table, submitted, end, completed > today, expansion, paused_from, paused_to, late)

    @classmethod
    def in_window(
        cls, view: RegisterView, rule: ReachRule, expansions: Expansions, calendar: WorkingCalendar
    ) -> "Orders":
        """The orders RUL-001-05 looks at: submitted later than the window's months before the day, up to the day."""
        since = months_before(view.as_of, rule.order_window_months)
        return cls.on(view, rule, expansions, calendar, since=since)

    def raw_days(self, calendar: WorkingCalendar, rows: Ints | None = None) -> Ints:
        """Working days each order (or those at ``rows``) took so far, no pause taken off."""
        chosen = slice(None) if rows is None else rows
        return calendar.count(self.submitted[chosen], self.end[chosen])

    def running_days(self, calendar: WorkingCalendar, rows: Ints | None = None) -> Ints:
        """Working days on the order's own clock: those between shortage and end of expansion taken off (U-07)."""
        chosen = slice(None) if rows is None else rows
        end = self.end[chosen]
        begin = np.minimum(np.maximum(self.submitted[chosen], self.paused_from[chosen]), end)
        resume = np.maximum(np.minimum(self.paused_to[chosen], end), begin)
        return self.raw_days(calendar, rows) - calendar.count(begin, resume)

    def of(self, operator: str, premises_id: str, area_code: str) -> Ints:
        """Rows of that operator's orders there: at the premises, or naming only its area."""
        there = pc.or_kleene(
            pc.equal(self.table["premises_id"], premises_id),
            pc.and_(pc.is_null(self.table["premises_id"]), pc.equal(self.table["area_code"], area_code)),
        )
        chosen = pc.and_kleene(pc.equal(self.table["operator"], operator), there)
        return np.flatnonzero(pc.fill_null(chosen, fill_value=False).to_numpy())

    def late_at(self, operator: str, premises_id: pa.ChunkedArray, area_code: pa.ChunkedArray) -> Flags:
        """Mark the premises (by id and area) with a late order of ``operator``; :meth:`of` in bulk."""
        mine = self.table.filter(pc.and_(pa.array(self.late), pc.equal(self.table["operator"], operator)))
        named = pc.is_valid(mine["premises_id"])
        marked = np.zeros(len(premises_id), dtype=bool)
        ids = one_array(mine.filter(named)["premises_id"])
        if len(ids):
            marked |= pc.is_in(premises_id, value_set=ids).to_numpy()
        areas = one_array(mine.filter(pc.invert(named))["area_code"].drop_null())
        if len(areas):
            marked |= pc.is_in(area_code, value_set=areas).to_numpy()
        return marked
