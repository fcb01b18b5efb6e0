"""Orders and expansions as rows of a derivation: due day, days taken, in time or late."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from guangcheng.base.days import NEVER, WorkingCalendar
from guangcheng.base.errors import OutsideKnowledge
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import Expansions
from guangcheng.coverage.orders import Orders
from guangcheng.coverage.reach_rule import CAPABILITY_CLAUSE, ReachRule
from guangcheng.coverage.results import TraceNode

T = TypeVar("T")

_EPOCH = date(1970, 1, 1)
LATE, IN_TIME = "late", "in_time"
"""``TraceNode.value`` of an order or expansion."""


def order_node(
    orders: Orders, row: int, expansions: Expansions, calendar: WorkingCalendar, rule: ReachRule
) -> TraceNode:
    """One order: due day on its own clock, working days taken with (``raw_days``) and without the pause."""
    known = orders.table.slice(row, 1).to_pylist()[0]
    submitted = _day(orders.submitted[row])
    waits_on = int(orders.expansion[row])
    limit, one = rule.install_working_days, np.array([row])
    days = {
        "raw_days": _if_known(lambda: int(orders.raw_days(calendar, one)[0])),
        "running_days": _if_known(lambda: int(orders.running_days(calendar, one)[0])),
    }
    children: tuple[TraceNode, ...] = ()
    if waits_on >= 0:
        begin, finish = _day(orders.paused_from[row]), _day_or_none(orders.paused_to[row])
        due = _if_known(lambda: calendar.paused_due(submitted, limit, begin, finish))
        children = (expansion_node(expansions, waits_on, calendar, rule),)
    else:
        due = _if_known(lambda: calendar.add_working_days(submitted, limit))
    return TraceNode(
        title=Text(zh=f"工单 {known['order_no']}", en=f"order {known['order_no']}"),
        value=LATE if orders.late[row] else IN_TIME,
        clause=CAPABILITY_CLAUSE,
        basis=Basis.PRODUCT_DEFAULT if waits_on >= 0 else Basis.TEXT,
        kind="row",
        rows=(known | {"due": due} | days,),
        children=children,
    )


def expansion_node(expansions: Expansions, row: int, calendar: WorkingCalendar, rule: ReachRule) -> TraceNode:
    """One expansion with its due day."""
    reported = _day(expansions.reported[row])
    known = {
        "expansion_id": str(expansions.ids[row]),
        "access_point_id": str(expansions.access_point_ids[row]),
        "reported_short_at": reported,
        "finished_at": _day_or_none(expansions.finished[row]),
        "due": _if_known(lambda: calendar.add_working_days(reported, rule.expansion_working_days)),
    }
    return TraceNode(
        title=Text(zh=f"扩容单 {known['expansion_id']}", en=f"expansion {known['expansion_id']}"),
        value=LATE if expansions.late[row] else IN_TIME,
        clause=CAPABILITY_CLAUSE,
        basis=Basis.TEXT,
        kind="row",
        rows=(known,),
    )


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=int(number))


def _day_or_none(number: int) -> date | None:
    return None if number >= NEVER else _day(number)


def _if_known(ask: Callable[[], T]) -> T | None:
    """The answer, or ``None`` while it lies in a year nobody knows yet (the judgement itself never needs it then)."""
    try:
        return ask()
    except OutsideKnowledge:
        return None
