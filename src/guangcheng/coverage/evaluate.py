"""Evaluate one standard on one city."""

from datetime import date

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.progress import SILENT, Progress
from guangcheng.coverage.results import Evaluation
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Standard


def evaluate(
    view: RegisterView,
    standard: Standard,
    *,
    as_of: date,
    calendar: WorkingCalendar,
    area: str | None = None,
    progress: Progress = SILENT,
) -> Evaluation:
    """Everything ``standard`` says about the city of ``view`` on ``as_of``."""
    raise NotImplementedError
