"""Faults a person can write into the rules of a standard, each with its line and how to mend it."""

from pathlib import Path

import pytest

from guangcheng.standards.loader import load_text
from tests.standards.test_loader import faults_of

TOWN = (Path(__file__).parent / "data" / "my-town.yaml").read_text(encoding="utf-8")
RULES = """rules:
  RUL-T01-01:
    title: {zh: 报装时限, en: Installation limit}
    type: service_limit
    check: timer
    disposition: executed
    priority: core
    logic: working_day_limit
    parameters:
      limit:
        title: {zh: 时限, en: Limit}
        unit: 工作日
        values: {2025-01-15: {value: 10, source: {document: T01, clause: "6"}}}
    source: {document: T01, clause: "6"}
  RUL-T01-02:
    title: {zh: 先审后建, en: Approve before building}
    type: procedure
    check: gate
    disposition: decision
    priority: core
    items:
      plan: {title: {zh: 方案, en: Plan}}
    moves:
      - {to: planned}
      - {to: built, after: [planned], needs: [plan]}
    source: {document: T01, clause: "7"}
  RUL-T01-03:
    title: {zh: 乱收费, en: Fees}
    type: prohibition
    check: case
    disposition: decision
    priority: core
    acts:
      fee: {title: {zh: 收费, en: A fee}, route: 镇政府}
    source: {document: T01, clause: "8"}
  RUL-T01-04:
    title: {zh: 限值, en: Limits}
    type: limit
    check: compute
    disposition: executed
    priority: core
    logic: radiation_limit
    bands:
      - {quantity: s, low: 30, high: 3000, coefficient: 0.4, unit: W/m², source: {document: T01, clause: "9"}}
      - quantity: s
        low: 3000
        high: 15000
        coefficient: 1
        divisor: 7500
        exponent: 1
        unit: W/m²
        source: {document: T01, clause: "9"}
    source: {document: T01, clause: "9"}
"""
WHOLE = TOWN + RULES


def test_the_rules_themselves_are_whole() -> None:
    assert list(load_text(WHOLE, "my-town.yaml").rules) == [f"RUL-T01-0{n}" for n in range(1, 5)]


FAULTS = {
    "misspelt key": (
        "    disposition: executed\n    priority: core\n    logic: w",
        "    disposition: executed\n    duty_bearr: x\n    priority: core\n    logic: w",
        "rules.RUL-T01-01.duty_bearr",
        "Did you mean “duty_bearer”?",
    ),
    "unknown logic": (
        "logic: working_day_limit",
        "logic: working_days_limit",
        "rules.RUL-T01-01.logic",
        "Did you mean “working_day_limit”?",
    ),
    "number the logic needs": ("      limit:\n", "      limits:\n", "rules.RUL-T01-01", "add “limit”"),
    "no logic": ("    logic: working_day_limit\n", "", "rules.RUL-T01-01", "add “logic”"),
    "wrong disposition": (
        "    check: timer\n    disposition: executed",
        "    check: timer\n    disposition: decision",
        "rules.RUL-T01-01.disposition",
        "write executed, or out with a reason",
    ),
    "out without reason": (
        "    check: timer\n    disposition: executed",
        "    check: timer\n    disposition: out",
        "rules.RUL-T01-01",
        "add “reason”",
    ),
    "default without decision": (
        '{value: 10, source: {document: T01, clause: "6"}}',
        '{value: 10, basis: product_default, source: {document: T01, clause: "6"}}',
        "rules.RUL-T01-01.parameters.limit.values.2025-01-15",
        "add decision: and its id, such as U-05",
    ),
    "step that needs an unknown item": (
        "needs: [plan]",
        "needs: [plans]",
        "rules.RUL-T01-02.moves.1",
        "Did you mean “plan”?",
    ),
    "step after an unknown state": (
        "after: [planned]",
        "after: [plan]",
        "rules.RUL-T01-02.moves.1",
        "Did you mean “planned”?",
    ),
    "penalty that is not there": (
        "route: 镇政府}",
        "penalty: RUL-T01-09}",
        "rules.RUL-T01-03.acts",
        "Did you mean “RUL-T01-04”?",
    ),
    "unknown check": ("check: case", "check: cases", "rules.RUL-T01-03.check", "Did you mean “case”?"),
    "bands that overlap": (
        "low: 3000\n        high: 15000",
        "low: 2999\n        high: 15000",
        "rules.RUL-T01-04.bands.1",
        "write them from low to high, end to end",
    ),
    "empty band": (
        "low: 3000\n        high: 15000",
        "low: 3000\n        high: 3000",
        "rules.RUL-T01-04.bands.1",
        "write them from low to high, end to end",
    ),
    "band without source": (
        ', source: {document: T01, clause: "9"}}\n      - quantity',
        "}\n      - quantity",
        "rules.RUL-T01-04.bands.0",
        "every value needs its source: {document: ..., clause: ...}",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_on_its_line(name: str) -> None:
    old, new, path, mend = FAULTS[name]
    assert WHOLE.count(old) == 1, name
    text = WHOLE.replace(old, new)
    found = [fault for fault in faults_of(text) if fault[1] == path and fault[3].endswith(mend)]
    assert len(found) == 1, faults_of(text)
    start = WHOLE[: WHOLE.index(old)].count("\n") + 1
    assert abs(found[0][0] - start) <= 8


def test_evaluation_names_what_decides() -> None:
    text = WHOLE.replace("logic: working_day_limit", "logic: evaluation")
    assert [(path, mend) for _, path, _, mend in faults_of(text)] == [("rules.RUL-T01-01", "add “judged_by”")]
    text = WHOLE.replace("logic: working_day_limit", "logic: evaluation\n    judged_by: [IND-T01-02]")
    assert [(path, mend) for _, path, _, mend in faults_of(text)] == [
        ("rules.RUL-T01-01.judged_by", "Did you mean “IND-T01-01”?")
    ]


def test_a_task_out_of_scope_says_why() -> None:
    text = TOWN.replace("    lead: 镇经济发展办公室\n", "    lead: 镇经济发展办公室\n    disposition: out\n")
    assert [(path, mend) for _, path, _, mend in faults_of(text)] == [("tasks.TSK-T01-01", "add “reason”")]
