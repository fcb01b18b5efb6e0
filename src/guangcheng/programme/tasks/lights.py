"""How a task stands on a day: due soon, past its own date (amber), past the pass date (red)."""

import datetime as dt
from enum import StrEnum

from guangcheng.base.text import Text
from guangcheng.programme.tasks.models import Task

SOON_DAYS = 14
"""Days before its date from which a task is due soon (product default)."""


class Light(StrEnum):
    """How a task stands."""

    RED = "red"
    AMBER = "amber"
    SOON = "soon"
    REPORTED = "reported"
    ON_TIME = "on_time"
    CONTINUOUS = "continuous"
    UNDATED = "undated"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def words(self) -> Text:
        """For people."""
        return _WORDS[self]

    @property
    def look(self) -> str:
        """The look of the pages' own mark (a verdict's or status's)."""
        return _LOOKS.get(self, "not_applicable")


_WORDS = {
    Light.RED: Text("逾期（已过达标日）", "overdue (past the pass date)"),
    Light.AMBER: Text("超内控日期", "past its internal date"),
    Light.SOON: Text("即将到期", "due soon"),
    Light.REPORTED: Text("待核实", "to be confirmed"),
    Light.ON_TIME: Text("按期推进", "on time"),
    Light.CONTINUOUS: Text("持续推进", "continuous"),
    Light.UNDATED: Text("未定期限", "no date"),
    Light.DONE: Text("已办结", "done"),
    Light.DROPPED: Text("不再办理", "dropped"),
}
_LOOKS = {
    Light.RED: "fail",
    Light.AMBER: "behind",
    Light.SOON: "behind",
    Light.REPORTED: "reported",
    Light.ON_TIME: "pass",
    Light.CONTINUOUS: "reported",
    Light.DONE: "pass",
}


def last_day(task: Task) -> dt.date | None:
    """The day a task is judged by: its pass date, else its deadline; none for a continuous one."""
    return None if task.continuous else task.pass_date or task.deadline


def light(task: Task, day: dt.date, soon_days: int = SOON_DAYS) -> Light:
    """How ``task`` stands on ``day``; the day of a date itself is still in time."""
    if task.state in ("done", "dropped"):
        return Light(task.state)
    if task.continuous:
        return Light.CONTINUOUS
    own, judged = task.deadline or task.pass_date, last_day(task)
    if own is None or judged is None:
        return Light.UNDATED
    if day > judged:
        return Light.RED
    if day > own:
        return Light.AMBER
    if task.state == "reported":
        return Light.REPORTED
    return Light.SOON if (own - day).days <= soon_days else Light.ON_TIME


def was_late(task: Task) -> bool:
    """Whether a finished task was finished after the day it is judged by."""
    judged = last_day(task)
    return task.done_on is not None and judged is not None and task.done_on > judged
