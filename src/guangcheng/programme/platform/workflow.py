"""One transition table per workflow: it drives the verbs, the pages and the docs, so that they cannot disagree."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act, allow, may
from guangcheng.programme.platform.roles import Role


@dataclass(frozen=True, slots=True)
class Transition:
    """One step people can take.

    ``not_by`` names earlier deeds, steps or others (:func:`note_hand`): whoever ever did one of them with this row may
    not take this step (the two-person rule). ``reason`` says that words are needed. A step from several states is one
    row per state of the page's table.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    label: Text
    roles: frozenset[Role]
    not_by: tuple[str, ...] = ()
    reason: bool = False


class Case(Protocol):
    """What a workflow moves: a row with a state, an area, and who had a hand in it (:func:`hands`)."""

    state: str
    area_code: str
    steps: dict[str, Any]
    """By deed everybody who did it, the last at the end; rows of earlier versions hold the last name alone."""

    @property
    def subject(self) -> str:
        """How the ledger names the row, such as ``acceptance:12``."""
        ...

    @property
    def save(self) -> Callable[..., None]:
        """Writes the row."""
        ...


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and the steps between them."""

    name: str
    title: Text
    initial: str
    states: Mapping[str, Text]
    transitions: tuple[Transition, ...]
    deeds: Mapping[str, Text] = field(default_factory=dict)
    """What else people do with a row that ``not_by`` may name, in words: it moves no state (:func:`note_hand`)."""
    by_name: Mapping[str, Transition] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {step.name: step for step in self.transitions})
        unknown = {deed for step in self.transitions for deed in step.not_by} - {*self.by_name, *self.deeds}
        if unknown:
            raise ValueError(f"{self.name}: no such step or deed: {sorted(unknown)}")

    def word(self, deed: str) -> Text:
        """A step or another deed in words."""
        return self.by_name[deed].label if deed in self.by_name else self.deeds[deed]

    def open_to(self, act: Act, case: Case) -> list[Transition]:
        """The steps the actor could take now, in the table's order."""
        return [
            step
            for step in self.transitions
            if case.state in step.sources
            and (act.actor is None or may(act.actor, step.roles, case.area_code))
            and not _same_person(act, case, step.not_by)
        ]

    def advance(
        self, act: Act, case: Case, step: str, *, reason: str = "", facts: Mapping[str, Any] | None = None
    ) -> ledger.Anchor:
        """Take a step: checks state, role, second person and reason, saves the row, writes the ledger.

        The row must have been read inside this transaction with ``select_for_update``. ``Refused`` names the state and
        what is possible instead; ``Denied`` the role or person missing; ``InputError`` a missing reason.
        """
        found = self.by_name[step]
        allow(act, found.roles, area=case.area_code)
        if case.state not in found.sources:
            raise self._impossible(case, found)
        demand_second_person(act, case, found.not_by, found.label)
        if found.reason and not reason.strip():
            raise InputError(
                Text(f"“{found.label.zh}”要写明理由", f"“{found.label.en}” needs a reason"),
                mend=Text("在理由一栏写清楚", "say why in the field for reasons"),
            )
        before, case.state = case.state, found.target
        note_hand(act, case, step)
        case.save()
        told = {"from": before, "to": found.target, **({"reason": reason.strip()} if reason.strip() else {})}
        return ledger.record(
            act, f"{self.name}.{step}", case.subject, area=case.area_code, facts={**told, **(facts or {})}
        )

    def _impossible(self, case: Case, step: Transition) -> Refused:
        possible = [other.label for other in self.transitions if case.state in other.sources]
        zh, en = "、".join(label.zh for label in possible), ", ".join(label.en for label in possible)
        now = self.states[case.state]
        return Refused(
            Text(
                f"现在是“{now.zh}”，不能“{step.label.zh}”", f"it is “{now.en}” now: “{step.label.en}” is not possible"
            ),
            mend=Text(f"现在可以：{zh or '无'}", f"possible now: {en or 'nothing'}"),
        )


def hands(case: Case, deed: str) -> tuple[str, ...]:
    """Everybody who did a deed with the row, in any round."""
    found = case.steps.get(deed, ())
    return (found,) if isinstance(found, str) else tuple(found)


def note_hand(act: Act, case: Case, deed: str) -> None:
    """Note that the actor did something with the row that a second person has to look at; the caller saves the row."""
    others = [name for name in hands(case, deed) if name != act.name]
    case.steps = {**case.steps, deed: [*others, act.name]}


def carried(rows: Iterable[Case], deeds: Iterable[str]) -> dict[str, list[str]]:
    """Who did ``deeds`` with any of some rows: the steps a next version of them begins with."""
    earlier = list(rows)
    return {
        deed: list(dict.fromkeys(name for row in earlier for name in hands(row, deed)))
        for deed in deeds
        if any(hands(row, deed) for row in earlier)
    }


def demand_second_person(act: Act, case: Case, not_by: Iterable[str], label: Text) -> None:
    """``Denied`` when the actor ever did one of ``not_by`` with the row; for steps and for acts that move no state."""
    if _same_person(act, case, not_by):
        raise second_person(label)


def second_person(label: Text) -> Denied:
    """The refusal to somebody who had a hand in what they would decide on."""
    return Denied(
        Text(f"“{label.zh}”不能由经手的同一人做", f"“{label.en}” takes a second person"),
        mend=Text("请另一位有此角色的人来做", "let another person with this role do it"),
    )


def _same_person(act: Act, case: Case, not_by: Iterable[str]) -> bool:
    return any(act.name in hands(case, earlier) for earlier in not_by)


def roles(*names: Role) -> frozenset[Role]:
    """A set of roles, for the tables."""
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a workflow's table as people read it."""

    source: Text
    step: Text
    target: Text
    roles: str
    """Their codes, separated by commas."""
    others: tuple[Text, ...]
    """Whoever did one of these may not take the step."""
    reason: bool


def table_rows(flow: Workflow) -> Iterable[Row]:
    """The table for docs and page, a line for each state a step leaves."""
    for step in flow.transitions:
        others = tuple(flow.word(deed) for deed in step.not_by)
        for source in step.sources:
            who = ", ".join(sorted(step.roles))
            yield Row(flow.states[source], step.label, flow.states[step.target], who, others, step.reason)
