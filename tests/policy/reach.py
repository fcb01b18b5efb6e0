"""What the reach of a premises looks like in a policy case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.reach import ReachRule, compute_reach
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Standard
from tests.policy.build import CaseFault, only

ANSWER = {1: True, 0: False, -1: None}


def observed(
    view: RegisterView, standard: Standard, on: date, calendar: WorkingCalendar, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """Give for each wanted premises the keys that are wanted, as the kernel answers them."""
    reach = compute_reach(view, ReachRule.of(standard, on), calendar=calendar)
    place = {name: row for row, name in enumerate(reach.premises_id.to_pylist())}
    found: dict[str, Any] = {}
    for name, keys in wanted.items():
        only(keys, ("capable", "operators"), f"reach {name}")
        if str(name) not in place:
            raise CaseFault(f"reach: there is no premises {name}")
        row = place[str(name)]
        found[str(name)] = {key: _read(reach, row, key, keys[key]) for key in keys}
    return found


def _read(reach: Any, row: int, key: str, wanted: Any) -> Any:
    if key == "capable":
        return ANSWER[int(reach.capable[row])]
    found = {}
    for operator, keys in wanted.items():
        only(keys, ("capable", "first_failed"), f"reach {operator}")
        here = reach.of_operator(row, operator)
        found[operator] = {key: getattr(here, key) for key in keys}
    return found
