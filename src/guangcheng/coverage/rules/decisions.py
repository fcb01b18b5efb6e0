"""Gates, checklists and cases: data in the standard, one generic pure decision each.

A person acts; this only says what is missing, where a case goes and what may not be done yet.
"""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from guangcheng.base.days import months_before
from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Answer, Facts, Limits, missing
from guangcheng.standards.model import Act, Move, Rule, Scalar

Told = Mapping[str, Scalar]


def binds(wanted: Mapping[str, Scalar], told: Told) -> bool:
    """Whether the facts agree with every condition; a list in the condition means any of them."""
    return all(
        told.get(name) in value if isinstance(value, list) else told.get(name) == value
        for name, value in wanted.items()
    )


def _not_bound() -> Answer:
    return Answer(None, reasons=(Text(zh="本条不适用", en="the rule does not apply"),))


class Shown(Facts):
    """What is there for one object: facts the conditions ask for, and evidence per item (signed, dated)."""

    facts: dict[str, Scalar] = Field(default_factory=dict)
    there: tuple[str, ...] = ()
    dated: dict[str, date] = Field(default_factory=dict)
    """Days of what must not be old (``valid_months``)."""


def required(rule: Rule, told: Told) -> tuple[str, ...]:
    """The items the facts call for."""
    return tuple(name for name, item in rule.items.items() if binds(item.when, told))


def gate(facts: Shown, limits: Limits) -> Answer:
    """Open when every required item is there; else closed, naming what is missing."""
    if not binds(limits.rule.applies, facts.facts):
        return _not_bound()
    gaps = [name for name in required(limits.rule, facts.facts) if name not in facts.there]
    return missing(gaps, _WORDS["gate"])


_WORDS = {
    "gate": Text(zh="缺", en="missing"),
    "checklist": Text(zh="未签或已过期", en="not signed or out of date"),
}


def checklist(facts: Shown, limits: Limits) -> Answer:
    """Done when every required item is signed and none is older than ``valid_months``, where the rule sets it."""
    if not binds(limits.rule.applies, facts.facts):
        return _not_bound()
    since = months_before(limits.on, limits.whole("valid_months")) if limits.has("valid_months") else date.min
    gaps = [
        name
        for name in required(limits.rule, facts.facts)
        if name not in facts.there or facts.dated.get(name, limits.on) < since
    ]
    return missing(gaps, _WORDS["checklist"])


class Step(Facts):
    """A step someone wants to take in a procedure."""

    state: str | None = None
    """Where it stands; ``None`` before the first step."""
    to: str
    by: str | None = None
    person: str | None = None
    person_before: str | None = None
    facts: dict[str, Scalar] = Field(default_factory=dict)
    there: tuple[str, ...] = ()


def step(facts: Step, limits: Limits) -> Answer:
    """Whether the step may be taken: from this state, by this role, with what it needs, not by the same person."""
    if not binds(limits.rule.applies, facts.facts):
        return _not_bound()
    moves = [move for move in limits.rule.moves if move.to == facts.to and _follows(move, facts.state)]
    if not moves:
        reason = Text(zh=f"不能从“{facts.state}”到“{facts.to}”", en=f"“{facts.to}” cannot follow “{facts.state}”")
        return Answer(ok=False, reasons=(reason,))
    (move, *_) = moves
    found = missing([name for name in move.needs if name not in facts.there], _WORDS["gate"])
    odd = _wrong_hand(move, facts)
    return Answer(bool(found.ok) and not odd, reasons=(*found.reasons, *odd), items=found.items)


def _follows(move: Move, state: str | None) -> bool:
    return state in move.after if move.after else state is None


def _wrong_hand(move: Move, facts: Step) -> tuple[Text, ...]:
    if move.by is not None and facts.by != move.by:
        return (Text(zh=f"应由{move.by}办理", en=f"this step belongs to {move.by}"),)
    if move.another_person and facts.person == facts.person_before:
        return (Text(zh="不能由同一人办理", en="the same person may not take this step"),)
    return ()


class Report(Facts):
    """A report of conduct: its kind, and what is true of it."""

    act: str
    facts: dict[str, Scalar] = Field(default_factory=dict)


def case(facts: Report, limits: Limits) -> Answer:
    """Open a case when the conduct is one the rule names and its conditions hold.

    ``items`` are the route and, where a clause punishes it, the penalty rule and its item. Without a penalty rule the
    fine field stays locked (C-22); whether a fine is due is that rule's own answer, never before an expired order.
    """
    act = limits.rule.acts.get(facts.act)
    if act is None:
        reason = Text(zh=f"本条没有“{facts.act}”", en=f"the rule names no “{facts.act}”")
        return Answer(None, reasons=(reason,))
    if not binds({**limits.rule.applies, **act.when}, facts.facts):
        return Answer(ok=True, value="no_case")
    return Answer(ok=False, value="case", reasons=_locked(act), items=_route(limits.rule, act))


def _locked(act: Act) -> tuple[Text, ...]:
    return () if act.penalty else (Text(zh="本条没有罚则，罚款栏锁定", en="no penalty clause: the fine stays locked"),)


def _route(rule: Rule, act: Act) -> tuple[str, ...]:
    found = (act.route or rule.enforcer, act.penalty, act.penalty_item)
    return tuple(item for item in found if item is not None)
