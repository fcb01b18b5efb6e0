"""One door to every rule: facts as plain values in, a finding with clause, basis and decisions out."""

from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import InputError, NotFound, UsageError, Where
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.rules import decisions
from guangcheng.coverage.rules.finding import Answer, Facts, Finding, Limits
from guangcheng.coverage.rules.logics import LOGICS, Logic
from guangcheng.standards.model import Check, Rule, Standard

EVALUATION = "evaluation"
"""The logic of rules the registers decide: ``coverage.evaluate`` gives their tests and indicators."""

_DECISIONS = {
    Check.GATE: Logic(decisions.Shown, decisions.gate),
    Check.CHECKLIST: Logic(decisions.Shown, decisions.checklist),
    Check.CASE: Logic(decisions.Report, decisions.case),
}
_STEP = Logic(decisions.Step, decisions.step)


def logic_of(name: str, rule: Rule) -> Logic:
    """The facts and function of a rule; ``UsageError`` for one the registers decide or that is only data."""
    logic = LOGICS.get(rule.logic or "")
    if rule.disposition == "executed" and logic is not None:
        return logic
    if rule.disposition == "decision":
        return _STEP if rule.moves else _DECISIONS[rule.check]
    ids = ", ".join(rule.judged_by) or "—"
    raise UsageError(
        Text(zh=f"{name} 由台账评估判定或只是数据", en=f"{name} is decided by evaluating registers, or is only data"),
        mend=Text(zh=f"用 evaluate 看这些编号：{ids}", en=f"use evaluate and look at: {ids}"),
    )


def execute(
    standard: Standard,
    rule_id: str,
    facts: Mapping[str, object],
    *,
    on: date,
    calendar: WorkingCalendar,
) -> Finding:
    """Execute one rule on one day.

    ``NotFound`` for a rule the standard lacks, ``UsageError`` for one the registers decide, ``InputError`` listing
    every fault in ``facts``, ``OutsideKnowledge`` when a number is not in force or the calendar does not reach.
    """
    rule = standard.rules.get(rule_id)
    if rule is None:
        raise NotFound(
            Text(zh=f"标准 {standard.id} 没有规则“{rule_id}”", en=f"{standard.id} has no rule “{rule_id}”"),
            mend=Text(zh=f"看 standards show {standard.id}", en=f"see standards show {standard.id}"),
        )
    logic = logic_of(rule_id, rule)
    limits = Limits(rule, standard, on, calendar)
    return _finding(rule_id, limits, logic.answer(_told(rule_id, logic.facts, facts), limits))


def _told(rule_id: str, kind: type[Facts], facts: Mapping[str, object]) -> Facts:
    try:
        return kind.model_validate(facts)
    except ValidationError as error:
        places = [".".join(map(str, item["loc"])) for item in error.errors(include_url=False)]
        found = ", ".join(dict.fromkeys(places))
        known = ", ".join(kind.model_fields)
        raise InputError(
            Text(zh=f"{rule_id} 的事实有误：{found}", en=f"the facts for {rule_id} are wrong at: {found}"),
            mend=Text(zh=f"可用的有：{known}", en=f"known are: {known}"),
            where=Where(field=places[0] if places else None),
        ) from None


def _finding(rule_id: str, limits: Limits, answer: Answer) -> Finding:
    used = limits.used()
    decided = [limits.rule.decision, *(item.decision for item in used)]
    default = [limits.rule.basis, *(item.basis for item in used)]
    return Finding(
        rule=rule_id,
        ok=answer.ok,
        value=answer.value,
        reasons=answer.reasons,
        items=answer.items,
        due=answer.due,
        clause=limits.rule.source.as_clause(),
        basis=Basis.PRODUCT_DEFAULT if Basis.PRODUCT_DEFAULT in default else limits.rule.basis,
        decisions=tuple(dict.fromkeys(item for item in decided if item is not None)),
    )
