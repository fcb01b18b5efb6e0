"""Gates, checklists, procedures and cases: each of the 115 rules of the founding documents, by its own table."""

from datetime import date
from typing import Any

import pytest

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.rules.decisions import binds, required
from guangcheng.coverage.rules.execute import execute
from guangcheng.standards import library
from guangcheng.standards.model import Check, Rule, Scalar, Standard

ALL = [library.load(name) for name in library.ids()]
CALENDAR = WorkingCalendar()
DECIDED = [
    (standard, name) for standard in ALL for name, rule in standard.rules.items() if rule.disposition == "decision"
]
LISTED = [(s, n) for s, n in DECIDED if s.rules[n].check in (Check.GATE, Check.CHECKLIST) and not s.rules[n].moves]
STEPPED = [(s, n) for s, n in DECIDED if s.rules[n].moves]
CASES = [(s, n) for s, n in DECIDED if s.rules[n].acts]


def by_id(pairs: list[tuple[Standard, str]]) -> Any:
    return pytest.mark.parametrize(("standard", "name"), pairs, ids=[name for _, name in pairs])


def ask(standard: Standard, name: str, facts: dict[str, Any], on: date = date(2023, 6, 30)) -> Any:
    return execute(standard, name, facts, on=on, calendar=CALENDAR)


def some(value: Scalar) -> Scalar:
    """One value a condition accepts."""
    return value[0] if isinstance(value, list) else value


def every_fact(rule: Rule) -> dict[str, Scalar]:
    """Facts under which the rule binds and as many items as possible are called for."""
    facts = {name: some(value) for name, value in rule.applies.items()}
    for item in rule.items.values():
        facts = {**{name: some(value) for name, value in item.when.items()}, **facts}
    return facts


def test_the_three_kinds_make_all_decisions() -> None:
    assert len(LISTED) + len(STEPPED) + len(CASES) == len(DECIDED) == 115 + 1


@by_id(LISTED)
def test_all_there_is_open_and_each_missing_item_is_named(standard: Standard, name: str) -> None:
    rule = standard.rules[name]
    facts = every_fact(rule)
    items = required(rule, facts)
    assert items, "a gate that wants nothing cannot close"
    whole = ask(standard, name, {"facts": facts, "there": list(items)})
    assert (whole.ok, whole.items) == (True, ())
    for gone in items:
        found = ask(standard, name, {"facts": facts, "there": [item for item in items if item != gone]})
        assert (found.ok, found.items) == (False, (gone,))
    assert ask(standard, name, {"facts": facts}).items == items
    assert whole.clause.document == standard.document.code


@by_id([(s, n) for s, n in LISTED if any(item.when for item in s.rules[n].items.values())])
def test_an_item_is_asked_for_only_when_the_facts_call_for_it(standard: Standard, name: str) -> None:
    rule = standard.rules[name]
    bare = {key: some(value) for key, value in rule.applies.items()}
    always = tuple(key for key, item in rule.items.items() if not item.when)
    assert required(rule, bare) == always
    assert set(required(rule, every_fact(rule))) > set(always)


@by_id([(s, n) for s, n in LISTED if s.rules[n].applies])
def test_a_rule_that_does_not_apply_says_nothing(standard: Standard, name: str) -> None:
    assert ask(standard, name, {"there": []}).ok is None


@by_id([(s, n) for s, n in LISTED if "valid_months" in s.rules[n].parameters])
def test_a_signature_grows_old(standard: Standard, name: str) -> None:
    rule = standard.rules[name]
    facts = every_fact(rule)
    items = required(rule, facts)
    (months,) = [value.value for value in rule.parameters["valid_months"].values.values()]
    assert months == 12
    for day, ok in ((date(2022, 6, 30), True), (date(2022, 6, 29), False)):
        told = {"facts": facts, "there": list(items), "dated": {items[0]: day}}
        assert ask(standard, name, told).ok is ok


@by_id(STEPPED)
def test_every_step_of_a_procedure_and_no_other(standard: Standard, name: str) -> None:
    rule = standard.rules[name]
    facts = every_fact(rule)
    states = [None, *dict.fromkeys(move.to for move in rule.moves)]
    for move in rule.moves:
        for state in states:
            follows = any(
                other.to == move.to and (state in other.after if other.after else state is None) for other in rule.moves
            )
            told = {"state": state, "to": move.to, "by": move.by, "there": list(rule.items), "facts": facts}
            told |= {"person": "甲", "person_before": "乙"}
            assert ask(standard, name, told).ok is follows, (state, move.to)
    first = rule.moves[0]
    assert not first.after
    reached = {move.to for move in rule.moves if not move.after}
    for _ in rule.moves:
        reached |= {move.to for move in rule.moves if reached & set(move.after)}
    assert reached == {move.to for move in rule.moves}, "a state nobody can reach"


@by_id([(s, n) for s, n in STEPPED if any(move.needs for move in s.rules[n].moves)])
def test_a_step_waits_for_what_it_needs(standard: Standard, name: str) -> None:
    rule = standard.rules[name]
    for move in rule.moves:
        told = {"state": move.after[0] if move.after else None, "to": move.to, "by": move.by, "facts": every_fact(rule)}
        told |= {"person": "甲", "person_before": "乙"}
        found = ask(standard, name, told)
        first = next(m for m in rule.moves if m.to == move.to and (told["state"] in m.after or not m.after))
        assert found.items == tuple(first.needs)
        assert found.ok is not bool(first.needs)


@by_id([(s, n) for s, n in STEPPED if s.rules[n].applies])
def test_a_procedure_that_does_not_apply_says_nothing(standard: Standard, name: str) -> None:
    assert ask(standard, name, {"to": standard.rules[name].moves[0].to}).ok is None


def test_acceptance_asks_for_the_right_hand_and_another_person() -> None:
    (standard,) = (item for item in ALL if item.document.code == "001")
    told: dict[str, Any] = {"state": "reported", "to": "reviewed", "there": ["review_opinion"], "person_before": "甲"}
    assert ask(standard, "RUL-001-16", {**told, "by": "区经济和信息化局", "person": "乙"}).ok is True
    assert ask(standard, "RUL-001-16", {**told, "by": "区经济和信息化局", "person": "甲"}).ok is False
    assert ask(standard, "RUL-001-16", {**told, "by": "街镇", "person": "乙"}).ok is False


@by_id(CASES)
def test_each_act_opens_a_case_when_its_conditions_hold(standard: Standard, name: str) -> None:
    rule = standard.rules[name]
    for code, act in rule.acts.items():
        facts = {key: some(value) for key, value in {**rule.applies, **act.when}.items()}
        found = ask(standard, name, {"act": code, "facts": facts})
        assert (found.ok, found.value) == (False, "case")
        locked = any("罚款栏锁定" in reason.zh for reason in found.reasons)
        assert locked is (act.penalty is None)
        assert (act.penalty in found.items) is (act.penalty is not None)
        assert found.items[:1] == ((act.route or rule.enforcer),) or rule.enforcer is None
        for key in act.when:
            other = ask(standard, name, {"act": code, "facts": {**facts, key: "something else"}})
            assert (other.ok, other.value, other.items) == (True, "no_case", ())


@by_id(CASES)
def test_conduct_the_rule_does_not_name_opens_nothing(standard: Standard, name: str) -> None:
    assert ask(standard, name, {"act": "no such conduct"}).ok is None


def test_an_exclusive_agreement_has_no_fine_in_302() -> None:
    (standard,) = (item for item in ALL if item.document.code == "302")
    found = ask(standard, "RUL-302-18", {"act": "exclusive_agreement"})
    assert [reason.en for reason in found.reasons] == ["no penalty clause: the fine stays locked"]
    assert found.decisions == ("C-22",)


def test_conditions_are_all_of_them_and_any_of_a_list() -> None:
    assert binds({}, {})
    assert binds({"a": True, "b": ["x", "y"]}, {"a": True, "b": "y"})
    assert not binds({"a": True, "b": ["x", "y"]}, {"a": True, "b": "z"})
    assert not binds({"a": True}, {})
