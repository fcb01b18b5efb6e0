"""The list of difficulties: raise, hand to a unit, escalate by age, solve, confirm."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import CHECKERS, of_unit
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.attachments import attach
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.tasks.flow import AT_WORK, CATEGORIES, LEVELS, PROBLEM
from guangcheng.programme.tasks.models import Problem
from guangcheng.programme.tasks.work import Files

ESCALATE_DAYS = (15, 30)
"""Ages, in days, at which an unsolved problem goes one level up (product default)."""


@dataclass(frozen=True, slots=True)
class Solved:
    """How problems of a category stand: raised, solved, and the median days to solve."""

    category: str
    raised: int
    solved: int
    median_days: float | None


@transaction.atomic
def raise_problem(
    act: Act,
    *,
    category: str,
    title: str,
    area: str,
    words: str = "",
    place: str = "",
    parties: str = "",
    owner: Organisation | None = None,
    files: Files = (),
) -> Problem:
    """Enter a difficulty; with an ``owner`` (checkers only) it is handed over at once."""
    allow(act, AT_WORK, area=area)
    known_area(area)
    if category not in CATEGORIES or not title.strip():
        raise InputError(
            Text("难题要有类别和标题", "a problem has a category and a title"),
            mend=Text("类别：" + "、".join(CATEGORIES), "categories: " + ", ".join(CATEGORIES)),
        )
    made = Problem.objects.create(
        category=category,
        title=title.strip(),
        words=words.strip(),
        place=place.strip(),
        parties=parties.strip(),
        area_code=area,
        state=PROBLEM.initial,
        raised_by=act.actor.organisation if act.actor else None,
        raised_on=act.day,
        steps={"raise": act.name},
    )
    ledger.record(act, "problem.raise", made.subject, area=area, facts={"category": category, "title": made.title})
    for name, content in files:
        attach(act, name=name, content=content, subject=made.subject, area=area)
    return take(act, made, owner) if owner is not None else made


@transaction.atomic
def take(act: Act, problem: Problem, owner: Organisation) -> Problem:
    """Hand it to the unit that is to solve it."""
    held = _held(problem)
    held.owner = owner
    PROBLEM.advance(act, held, "take", facts={"owner": owner.code})
    return held


@transaction.atomic
def step(act: Act, problem: Problem, name: str, *, reason: str = "") -> Problem:
    """Solve (by its owner; the reason is the solution), confirm (by who raised it), send back, escalate."""
    held = _held(problem)
    if name == "solve":
        of_unit(act, [held.owner] if held.owner else [], area=held.area_code)
        held.solution, held.solved_on = reason.strip(), act.day
    if name == "confirm":
        of_unit(act, [held.raised_by] if held.raised_by else [], area=held.area_code)
    if name == "send_back":
        held.solved_on = None
    if name == "escalate":
        if held.level >= len(LEVELS) - 1:
            raise Refused(
                Text(f"已在最高一级：{LEVELS[-1].zh}", f"it is with the {LEVELS[-1].en} already"),
                mend=Text("提交会议研究", "bring it before a meeting"),
            )
        held.level += 1
    PROBLEM.advance(act, held, name, reason=reason, facts={"level": held.level} if name == "escalate" else None)
    return held


@transaction.atomic
def escalate_due(act: Act) -> list[Problem]:
    """Bring every unsolved problem to the level its age asks for."""
    allow(act, CHECKERS, area=scope.top())
    found = []
    for problem in Problem.objects.select_for_update().filter(state__in=("raised", "working")):
        wanted = level_due(problem, act.day)
        days = age(problem, act.day)
        for _ in range(problem.level, wanted):
            step(act, problem, "escalate", reason=f"{days} 天未解决")
        if problem.level < wanted:
            found.append(Problem.objects.get(pk=problem.pk))
    return found


def _held(problem: Problem) -> Problem:
    return Problem.objects.select_for_update().get(pk=problem.pk)


def age(problem: Problem, day: dt.date) -> int:
    """Days from raising to solving, or to ``day``."""
    return ((problem.solved_on or day) - problem.raised_on).days


def level_due(problem: Problem, day: dt.date) -> int:
    """The level an unsolved problem's age asks for."""
    return sum(age(problem, day) >= days for days in ESCALATE_DAYS)


def by_category() -> list[Solved]:
    """How many were raised and solved and how long it took, by category (41G 三(十一))."""
    from statistics import median

    found = []
    for category in CATEGORIES:
        problems = list(Problem.objects.filter(category=category))
        days = [age(one, one.solved_on) for one in problems if one.solved_on and one.state in ("solved", "closed")]
        found.append(Solved(category, len(problems), len(days), float(median(days)) if days else None))
    return found
