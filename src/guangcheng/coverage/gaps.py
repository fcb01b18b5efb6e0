"""The least that would make a place pass: fewest natural villages first, then fewest premises.

Exact over nested levels. A level that needs ``k`` more members takes the ``k`` cheapest. Costs are pairs (villages,
premises) compared in that order and added part by part; such costs form an ordered group, so the ``k`` cheapest
members have the least sum, and each member's own cost is the least by the same argument one level down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.judge import judge
from guangcheng.coverage.level_tests import LevelInForce, TestInForce, level_in_force
from guangcheng.coverage.measured import Measured, Member
from guangcheng.coverage.measures import take
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.verdicts import FAILED, PASSED, UNKNOWN
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Standard


@dataclass(frozen=True, slots=True)
class Fewest:
    """What to build. Both counts are ``None`` when building alone cannot make the place pass."""

    villages: int | None
    premises: int | None
    village_codes: tuple[str, ...] = ()
    """Natural villages to complete, by code."""
    premises_ids: tuple[str, ...] = ()
    """Premises to reach, those of the villages included, by id."""
    premises_names: tuple[str, ...] = ()
    """What people call each of ``premises_ids``, in the same order: its name, else its id."""

    @property
    def feasible(self) -> bool:
        """Whether building can make the place pass."""
        return self.villages is not None


_NOTHING = Fewest(0, 0)
_IMPOSSIBLE = Fewest(None, None)


def fewest(view: RegisterView, standard: Standard, code: str, *, as_of: date, calendar: WorkingCalendar) -> Fewest:
    """The fewest natural villages, then premises, whose completion makes the area ``code`` pass on ``as_of``.

    Places without data count as not passed, for nobody can say that they pass. Only hard tests are looked at; one
    that building does not change (penetration made hard) and that is not met makes the answer impossible, and so does
    a natural village without any registered settlement. Raises ``NotFound`` for an unknown area.
    """
    survey = Survey(view, standard, as_of=as_of, calendar=calendar, area=code)
    judge(survey)
    return fewest_in(survey, survey.tree.find(code))


def fewest_in(survey: Survey, area: int) -> Fewest:
    """:func:`fewest` in a survey that has been judged; ``area`` is a number of its tree."""
    if survey.states[area] == PASSED:
        return _NOTHING
    place = survey.tree.areas[area]
    level = level_in_force(survey, place.judged_as)
    if level is None or survey.states[area] not in (FAILED, UNKNOWN):
        return _IMPOSSIBLE
    cost = reduce(_add, (_test_cost(survey, area, test) for test in _unmet(survey, level, area)))
    if place.level != "natural_village" or not cost.feasible:
        return cost
    return _add(cost, Fewest(1, 0, (place.code,)))


def _unmet(survey: Survey, level: LevelInForce, area: int) -> Iterable[TestInForce]:
    answers = {result.id: result.ok for result in survey.verdicts[area].tests}
    return [item for item in level.tests if item.hard and answers.get(item.test.id) is not True]


def _test_cost(survey: Survey, area: int, item: TestInForce) -> Fewest:
    found = take(survey, item.test.measure, area, item.test.params)
    missing = found.more_needed(item.demanded(found))
    if missing is None or found.kind != "share" or not _would_do(found, int(missing), item):
        return _IMPOSSIBLE
    members = [member for member in found.members(None) if member.state in (FAILED, UNKNOWN)]
    if found.things == "户":
        return _heaviest(survey, members, int(missing))
    costs = sorted((_member_cost(survey, member) for member in members), key=_order)
    chosen = [cost for cost in costs if cost.feasible][: int(missing)]
    return reduce(_add, chosen, _NOTHING) if len(chosen) == missing else _IMPOSSIBLE


def _would_do(found: Measured, missing: int, item: TestInForce) -> bool:
    """Whether that many more members meet the test (they do for ``>=``, and for ``=`` 100 %)."""
    if not found.denominator or found.numerator is None:
        return False
    value = Fraction(100 * (int(found.numerator) + missing), int(found.denominator))
    return item.met_at(value, found) is True


def _member_cost(survey: Survey, member: Member) -> Fewest:
    if member.area is not None:
        return fewest_in(survey, member.area)
    if member.premises is not None:
        return _premises(survey, [member.premises])
    return _IMPOSSIBLE


def _premises(survey: Survey, rows: Iterable[int]) -> Fewest:
    """These premises by themselves."""
    called = sorted((survey.premises.id_of(row), survey.premises.label(row)) for row in rows)
    return Fewest(0, len(called), (), tuple(name for name, _ in called), tuple(label for _, label in called))


def _heaviest(survey: Survey, members: Iterable[Member], households: int) -> Fewest:
    """Fewest premises that hold so many households: the largest first."""
    weighed = [
        (-int(survey.premises.households[row]), survey.premises.id_of(row), row)
        for row in (member.premises for member in members)
        if row is not None
    ]
    chosen: list[int] = []
    for weight, _, row in sorted(weighed):
        if households <= 0:
            break
        chosen.append(row)
        households += weight
    return _IMPOSSIBLE if households > 0 else _premises(survey, chosen)


def _add(one: Fewest, other: Fewest) -> Fewest:
    if one.villages is None or one.premises is None or other.villages is None or other.premises is None:
        return _IMPOSSIBLE
    parts = (one, other)
    called = sorted(pair for part in parts for pair in zip(part.premises_ids, part.premises_names, strict=True))
    return Fewest(
        one.villages + other.villages,
        one.premises + other.premises,
        tuple(sorted((*one.village_codes, *other.village_codes))),
        tuple(name for name, _ in called),
        tuple(label for _, label in called),
    )


def _order(cost: Fewest) -> tuple[bool, int, int, tuple[str, ...], tuple[str, ...]]:
    return (not cost.feasible, cost.villages or 0, cost.premises or 0, cost.village_codes, cost.premises_ids)
