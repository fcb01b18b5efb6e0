"""Who does what (责任矩阵) and how units score: parts with weights the office sets."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db import transaction

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.programme.members.models import Member
from guangcheng.programme.members.verbs import OFFICE
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.tasks.lights import Light, light, was_late
from guangcheng.programme.tasks.models import Decision, Period, Problem, Task, Weights

PARTS = {
    "in_time": Text("任务没有逾期", "tasks not overdue"),
    "internal": Text("任务没有超内控日期", "tasks within their internal dates"),
    "progress": Text("任务完成程度", "tasks' progress"),
    "problems": Text("难题解决", "problems solved"),
    "decisions": Text("决议按期落实", "decisions carried out"),
    "reports": Text("进展按期报送", "reports handed in"),
    "acceptance": Text("辖区达标", "areas that pass"),
}
"""The parts of a score: each a share between 0 and 1."""

DEFAULTS = {
    "in_time": 30,
    "internal": 10,
    "progress": 20,
    "problems": 10,
    "decisions": 10,
    "reports": 10,
    "acceptance": 10,
}
"""Weights until the office sets its own (product default: the texts give none)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One task of the responsibility matrix: the part of each unit, by its code."""

    task: Task
    parts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's score. ``parts`` holds (share met, of how many) ; a part without anything does not count."""

    organisation: Organisation
    parts: Mapping[str, tuple[Fraction, int]]
    points: Fraction | None
    """Out of 100, weighted over the parts that count; ``None`` when none does."""
    rank: int | None = None

    @property
    def shown(self) -> str:
        """The points with one decimal, halves up."""
        return "—" if self.points is None else decimal(self.points)


def decimal(value: Fraction) -> str:
    """One decimal, halves up."""
    tenths = int(value * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def matrix(tasks: Iterable[Task]) -> tuple[list[Organisation], list[Row]]:
    """Units (columns, by code) and tasks (rows) with each unit's parts."""
    units: dict[str, Organisation] = {}
    rows = []
    for task in tasks:
        parts: dict[str, list[str]] = {}
        for one in task.assignments.all():
            if one.organisation is not None:
                units.setdefault(one.organisation.code, one.organisation)
                parts.setdefault(one.organisation.code, []).append(one.role)
        rows.append(Row(task, {code: tuple(roles) for code, roles in parts.items()}))
    return [units[code] for code in sorted(units)], rows


@transaction.atomic
def set_weights(act: Act, values: Mapping[str, int]) -> Weights:
    """Set how the parts count, each 0 to 100, not all zero. The newest weights hold from now on."""
    allow(act, OFFICE, area=scope.top())
    wrong = [name for name, value in values.items() if name not in PARTS or not 0 <= value <= 100]
    if wrong or sum(values.values()) == 0:
        named = "、".join(wrong) or "全为 0"
        raise InputError(
            Text(f"权重不对：{named}", f"wrong weights: {', '.join(wrong) or 'all zero'}"),
            mend=Text("每项填 0 到 100，不能全为 0", "0 to 100 each, not all zero"),
        )
    whole = {name: int(values.get(name, 0)) for name in PARTS}
    made = Weights.objects.create(values=whole, at=act.at, by=act.user)
    ledger.record(act, "score.weights", f"weights:{made.pk}", area=scope.top(), facts=whole)
    return made


def weights() -> dict[str, int]:
    """The weights that hold now."""
    newest = Weights.objects.first()
    return dict(newest.values) if newest else dict(DEFAULTS)


def scoreboard(day: dt.date, accepted: Mapping[str, tuple[int, int]] | None = None) -> list[Score]:
    """The scores of all units with something to do, best first, equal points sharing a rank.

    ``accepted`` gives for area codes how many places beneath passed and were judged; streets and towns are scored by
    their own area's. Cooperating parts are not scored: the lead and responsible units answer for a task.
    """
    held = weights()
    units: dict[int, Organisation] = {}
    shares: dict[int, dict[str, list[Fraction]]] = {}
    for unit, part, share in _shares(day):
        units[unit.pk] = unit
        shares.setdefault(unit.pk, {}).setdefault(part, []).append(share)
    scores = [_score(units[key], parts, held, accepted or {}) for key, parts in shares.items()]
    return _ranked(scores)


def _shares(day: dt.date) -> Iterable[tuple[Organisation, str, Fraction]]:
    yield from _of_tasks(day)
    for problem in Problem.objects.filter(owner__isnull=False).select_related("owner"):
        if problem.owner is not None:
            yield problem.owner, "problems", Fraction(problem.state in ("solved", "closed"))
    due = Decision.objects.exclude(state="dropped").filter(due_on__lt=day).select_related("organisation")
    for decision in due:
        done = decision.done_on is not None and decision.due_on is not None and decision.done_on <= decision.due_on
        yield decision.organisation, "decisions", Fraction(done)
    yield from _of_reports(day)


def _of_tasks(day: dt.date) -> Iterable[tuple[Organisation, str, Fraction]]:
    tasks = Task.objects.exclude(state="dropped").prefetch_related("assignments__organisation__names")
    for task in tasks:
        answering = {
            one.organisation.pk: one.organisation
            for one in task.assignments.all()
            if one.organisation and one.role in ("lead", "responsible")
        }
        now = light(task, day)
        for unit in answering.values():
            if not task.continuous and now is not Light.UNDATED:
                yield unit, "in_time", Fraction(now is not Light.RED and not was_late(task))
                yield unit, "internal", Fraction(_within_own(task, day))
            if not task.continuous:
                yield unit, "progress", Fraction(task.percent, 100)


def _within_own(task: Task, day: dt.date) -> bool:
    own = task.deadline or task.pass_date
    return own is None or (task.done_on or day) <= own


def _of_reports(day: dt.date) -> Iterable[tuple[Organisation, str, Fraction]]:
    for period in Period.objects.filter(due_on__lt=day).prefetch_related("reports"):
        handed = {one.organisation_id: one.handed_in_on for one in period.reports.all()}
        members = Member.objects.filter(group=period.group_id, since__lte=period.until).select_related("organisation")
        for unit in {one.organisation for one in members if one.until is None or one.until >= period.until}:
            on = handed.get(unit.pk)
            yield unit, "reports", Fraction(on is not None and on <= period.due_on)


def _score(
    unit: Organisation,
    shares: Mapping[str, list[Fraction]],
    held: Mapping[str, int],
    accepted: Mapping[str, tuple[int, int]],
) -> Score:
    parts = {name: (sum(values, Fraction(0)) / len(values), len(values)) for name, values in shares.items()}
    passed, judged = accepted.get(unit.area_code, (0, 0)) if unit.kind in ("street", "town") else (0, 0)
    if judged:
        parts["acceptance"] = (Fraction(passed, judged), judged)
    counted = {name: held.get(name, 0) for name in parts}
    whole = sum(counted.values())
    points = sum((parts[name][0] * weight for name, weight in counted.items()), Fraction(0)) / whole if whole else None
    ordered = {name: parts[name] for name in PARTS if name in parts}
    return Score(unit, ordered, points * 100 if points is not None else None)


def _ranked(scores: Iterable[Score]) -> list[Score]:
    ordered = sorted(scores, key=lambda one: (-(one.points if one.points is not None else -1), one.organisation.code))
    ranked: list[Score] = []
    for place, one in enumerate(ordered, start=1):
        tied = bool(ranked) and ranked[-1].points == one.points
        rank = None if one.points is None else ranked[-1].rank if tied else place
        ranked.append(Score(one.organisation, one.parts, one.points, rank))
    return ranked
