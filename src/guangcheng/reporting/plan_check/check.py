"""Check a plan: the one door."""

from pathlib import Path

from guangcheng.base.progress import SILENT, Progress
from guangcheng.reporting.plan_check.fibres import check_fibres
from guangcheng.reporting.plan_check.files import read_run
from guangcheng.reporting.plan_check.model import Checked, Findings
from guangcheng.reporting.plan_check.money import check_money
from guangcheng.reporting.plan_check.rest import check_limits, check_phases, check_premises
from guangcheng.reporting.plan_check.structure import check_structure

__all__ = ["check_plan"]


def check_plan(folder: Path, *, progress: Progress = SILENT) -> Checked:
    """Read the run folder and find all that does not agree; what cannot be read as a plan raises with how to mend it.

    Where ids or references fail nothing is followed any further: those are the findings.
    """
    found = Findings()
    progress.start("check", 4)
    run = read_run(folder, found)
    progress.advance()
    looked_at: dict[str, int] = {}
    if run is not None:
        looked_at = {name: len(rows) for name, rows in run.tables.items()}
        sound = check_structure(run, found)
        progress.advance()
        if sound:
            traced = check_fibres(run, found)
            progress.advance()
            check_money(run, found)
            check_limits(run, found, traced)
            check_premises(run, found)
            check_phases(run, found)
    progress.finish()
    return Checked(tuple(found.listed), dict(sorted(found.counts.items())), looked_at)
