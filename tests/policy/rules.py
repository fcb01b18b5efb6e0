"""What a rule answers in a policy case: facts as written, the finding as a policy person reads it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import GuangchengError
from guangcheng.coverage.rules.execute import execute
from guangcheng.coverage.rules.finding import Finding
from guangcheng.standards.model import Standard
from tests.policy.build import CaseFault, only

KEYS = ("ok", "value", "items", "due", "reasons", "basis", "decisions", "refused")


def findings(
    standard: Standard,
    on: date,
    calendar: WorkingCalendar,
    facts: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> dict[str, Any]:
    """Give for each wanted rule the keys that are wanted; ``refused: true`` when the product refuses to answer."""
    found: dict[str, Any] = {}
    for name, keys in wanted.items():
        only(keys, KEYS, f"rules {name}")
        if name not in facts:
            raise CaseFault(f"rules {name}: the case gives no facts for it")
        try:
            finding = execute(standard, name, facts[name], on=on, calendar=calendar)
        except GuangchengError:
            found[name] = {key: True if key == "refused" else None for key in keys}
        else:
            found[name] = {key: _seen(finding, key) for key in keys}
    return found


def _seen(finding: Finding, key: str) -> Any:
    if key == "refused":
        return False
    if key == "reasons":
        return [reason.zh for reason in finding.reasons]
    value = getattr(finding, key)
    return list(value) if isinstance(value, tuple) else value
