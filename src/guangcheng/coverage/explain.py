"""The whole derivation of one figure, from the verdict down to register rows and clauses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyarrow.compute as pc

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import NotFound
from guangcheng.base.provenance import Clause
from guangcheng.base.text import Text
from guangcheng.coverage.indicators import (
    ALL_MET,
    evaluate_indicators,
    evaluate_one,
    find_value,
    places_of,
)
from guangcheng.coverage.judge import judge
from guangcheng.coverage.level_tests import LevelInForce, TestInForce, level_in_force
from guangcheng.coverage.measured import Measured, Member
from guangcheng.coverage.measures import take
from guangcheng.coverage.reach import ReachRule
from guangcheng.coverage.reach_explain import ReachExplainer
from guangcheng.coverage.results import AreaVerdict, IndicatorResult, TestResult, TraceNode
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.trace import VERDICT, Trace, parse_trace
from guangcheng.coverage.verdicts import FAILED, OUT, PASSED, UNKNOWN
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Indicator, Level, LevelTest, Standard, Target

STATES = {PASSED: "yes", FAILED: "no", UNKNOWN: "unknown", OUT: "out", None: ""}
"""How a member stands, as ``TraceNode.value`` has it."""

_ORDER = {FAILED: 0, UNKNOWN: 1, PASSED: 2, None: 3, OUT: 4}

MOST_PLACES = 200
"""How many premises one derivation derives in full; the others are named and have traces of their own."""

MOST_AREAS = 2000
"""How many areas one derivation opens; the others are named with the trace that opens them."""


MOST_STEPS = 20
"""How many steps below one step a derivation cut to a depth shows."""


def explain(view: RegisterView, standard: Standard, trace: str, *, calendar: WorkingCalendar) -> TraceNode:
    """Derive the figure that ``trace`` addresses.

    Verdict → tests → members, those that fail first, then those without data → for a natural village its places → per
    operator the conditions → register rows, each with value, clause and basis. A derivation opens at most
    ``MOST_AREAS`` areas and ``MOST_PLACES`` premises; what it does not open it names with the trace to go on with.
    Raises ``NotFound`` with near suggestions when ``trace`` addresses nothing.
    """
    asked = parse_trace(trace)
    if asked.standard != standard.id:
        raise NotFound(
            Text(
                zh=f"地址中的标准是 {asked.standard}，给出的标准是 {standard.id}",
                en=f"the trace is of standard {asked.standard}, the standard given is {standard.id}",
            ),
            mend=Text(zh="换用地址中的标准", en="give the standard the trace names"),
        )
    return _Derivation.of(view, standard, asked, calendar).root()


def explain_in(
    survey: Survey, trace: str, *, most_areas: int = MOST_AREAS, most_places: int = MOST_PLACES
) -> TraceNode:
    """:func:`explain` in a survey of the whole city that has been judged: nothing is judged a second time.

    ``trace`` must be of the survey's standard and day (``ValueError`` otherwise). ``most_areas`` and ``most_places``
    are opened at most; the others are named with their traces. Raises ``NotFound`` as above.
    """
    asked = parse_trace(trace)
    if (asked.standard, asked.as_of) != (survey.standard.id, survey.as_of) or survey.scope >= 0:
        raise ValueError(f"{trace} is not of this survey")
    is_area = asked.code in survey.tree.index or asked.code == survey.tree.top
    if not is_area:
        _home_of_estate(survey.view, survey, asked.code)
    estate = None if is_area else _estate_row(survey, asked.code)
    return _Derivation(survey, asked, estate, _Budget(most_areas, most_places)).root()


def explain_premises_in(survey: Survey, premises_id: str) -> TraceNode:
    """The reach of one premises in use on the survey's day, by the standard's rule; ``NotFound`` if there is none."""
    return _explainer(survey).premises(premises_id)


def _explainer(survey: Survey) -> ReachExplainer:
    def make() -> ReachExplainer:
        rule = ReachRule.of(survey.standard, survey.as_of)
        return ReachExplainer.on(survey.view, rule, survey.calendar, survey.tree)

    return survey.kept("reach_explainer", make)


def to_depth(node: TraceNode, depth: int) -> TraceNode:
    """The first ``depth`` (≥ 1) levels of a derivation, of each step the first ``MOST_STEPS`` below it.

    Where steps are left out, their number is said.
    """
    kept = node.children[:MOST_STEPS] if depth > 1 else ()
    left = sum(map(_steps, node.children[len(kept) :]))
    note = TraceNode(Text(zh=f"其下还有 {left} 步未展开", en=f"{left} more steps below are not opened"), "")
    children = (*(to_depth(child, depth - 1) for child in kept), *((note,) if left else ()))
    return replace(node, children=children)


def _worded(value: object, unit: str | None) -> str:
    """A parameter's value as a node says it: a switch is yes or no, a list has its parts one after the other."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{shown} {unit}" if unit else shown


def _steps(node: TraceNode) -> int:
    return 1 + sum(map(_steps, node.children))


@dataclass(slots=True)
class _Budget:
    areas: int = MOST_AREAS
    places: int = MOST_PLACES


@dataclass(eq=False)
class _Derivation:
    """One survey of the part the figure needs, and the figure asked for."""

    survey: Survey
    asked: Trace
    estate: int | None
    budget: _Budget = field(default_factory=_Budget)

    @classmethod
    def of(cls, view: RegisterView, standard: Standard, asked: Trace, calendar: WorkingCalendar) -> "_Derivation":
        whole = Survey(view, standard, as_of=asked.as_of, calendar=calendar)
        area: str | None = asked.code
        is_area = asked.code in whole.tree.index or asked.code == whole.tree.top
        if not is_area:
            area = _home_of_estate(view, whole, asked.code)
        survey = Survey(view, standard, as_of=asked.as_of, calendar=calendar, area=area)
        judge(survey)
        estate = None if is_area else _estate_row(survey, asked.code)
        return cls(survey, asked, estate)

    def root(self) -> TraceNode:
        """The node of the figure asked for."""
        what = self.asked.what
        if self.estate is not None:
            return self._estate(self.estate) if what == VERDICT else self._estate_test(self.estate, what)
        where = self.survey.tree.find(self.asked.code)
        if where in self.survey.verdicts:
            if what == VERDICT:
                return self._area(where)
            if any(test.id == what for test in self.survey.verdicts[where].tests):
                return self._area_test(where, what)
        indicator = self.survey.standard.indicators.get(what)
        for place, code in () if indicator is None else places_of(self.survey, indicator):
            if code == self.asked.code:
                return self._indicator(what, place, code)
        raise _no_such_figure(self.asked, self._known(where))

    def _known(self, where: int) -> list[str]:
        """What can be asked of the place."""
        names = []
        if where in self.survey.verdicts:
            names = [VERDICT, *(test.id for test in self.survey.verdicts[where].tests)]
        for name, indicator in self.survey.standard.indicators.items():
            if indicator.measure and any(code == self.asked.code for _, code in places_of(self.survey, indicator)):
                names.append(name)
        return names

    # Verdicts

    def _area(self, index: int) -> TraceNode:
        verdict = self.survey.verdicts[index]
        self.budget.areas -= 1
        area = self.survey.tree.areas[index]
        level = level_in_force(self.survey, area.judged_as)
        children = list(self._scope_nodes(index))
        if verdict.tests and level is not None:
            children += [self._test(verdict, item, index) for item in level.tests]
        children += [TraceNode(reason, "") for reason in ([] if verdict.tests else verdict.reasons)]
        return _verdict_node(verdict, level, children)

    def _scope_nodes(self, index: int) -> Iterator[TraceNode]:
        """For a natural village: how many resident households it has, and how many it needs (RUL-001-11)."""
        if self.survey.tree.areas[index].level != "natural_village":
            return
        yield from self._parameter("natural_village_min_households")
        for row in self.survey.facts.rows("resident_households", index):
            title = Text(zh="常住户数", en="resident households")
            yield TraceNode(title, str(row["resident_households"]), kind="row", rows=(row,))

    def _estate(self, row: int) -> TraceNode:
        verdict = self.survey.estates[row]
        level = level_in_force(self.survey, Level.ESTATE)
        tests = () if level is None else level.tests
        return _verdict_node(verdict, level, [self._test(verdict, item, row) for item in tests])

    def _area_test(self, index: int, what: str) -> TraceNode:
        level = level_in_force(self.survey, self.survey.tree.areas[index].judged_as)
        tests = () if level is None else level.tests
        found = next(item for item in tests if item.test.id == what)
        return self._test(self.survey.verdicts[index], found, index)

    def _estate_test(self, row: int, what: str) -> TraceNode:
        level = level_in_force(self.survey, Level.ESTATE)
        tests = () if level is None else level.tests
        for item in tests:
            if item.test.id == what:
                return self._test(self.survey.estates[row], item, row)
        raise _no_such_figure(self.asked, [VERDICT, *(item.test.id for item in tests)])

    def _test(self, verdict: AreaVerdict, in_force: TestInForce, where: int) -> TraceNode:
        test, limit = in_force.test, in_force.limit
        result = next(item for item in verdict.tests if item.id == test.id)
        found = take(self.survey, test.measure, where, test.params)
        compared = {">=": "≥", "<=": "≤"}.get(test.comparator, test.comparator)
        threshold = TraceNode(
            title=Text(zh=f"要求（{'硬性' if result.hard else '参考'}）", en="hard" if result.hard else "reference"),
            value=f"{compared} {result.threshold} {test.unit}",
            clause=limit.source.as_clause(),
            basis=limit.basis,
            kind="parameter",
            children=_decision(limit.decision),
        )
        children = [threshold, *self._switch(test), *_notes(found), *self._members(found)]
        return TraceNode(
            title=result.title,
            value=_test_value(result),
            clause=result.clause,
            basis=result.basis,
            kind="test",
            children=tuple(children),
        )

    def _switch(self, test: LevelTest) -> Iterator[TraceNode]:
        if test.hard_parameter is not None:
            yield from self._parameter(test.hard_parameter)

    def _parameter(self, name: str) -> Iterator[TraceNode]:
        found = self.survey.standard.parameter(name, self.survey.as_of)
        if found is None:
            return
        title = self.survey.standard.parameters[name].title
        unit = self.survey.standard.parameters[name].unit
        yield TraceNode(
            title=Text(zh=title.zh, en=title.en),
            value=_worded(found.value, unit),
            clause=found.source.as_clause(),
            basis=found.basis,
            kind="parameter",
            children=_decision(found.decision),
        )

    # Indicators

    def _indicator(self, name: str, where: int, code: str) -> TraceNode:
        indicator = self.survey.standard.indicators[name]
        if indicator.measure == ALL_MET:
            return self._all_met(name, where, code, evaluate_indicators(self.survey))
        result = evaluate_one(self.survey, name, where, code)
        found = find_value(self.survey, name, where).measured
        children = [*_targets(indicator), *self._demanded(indicator), *_result_notes(result), *self._members(found)]
        return _indicator_node(result, children)

    def _demanded(self, indicator: Indicator) -> Iterator[TraceNode]:
        if indicator.parameter is not None:
            yield from self._parameter(indicator.parameter)

    def _all_met(self, name: str, where: int, code: str, results: Sequence[IndicatorResult]) -> TraceNode:
        """The indicators counted, each with its own derivation."""
        indicator = self.survey.standard.indicators[name]
        result = next(item for item in results if item.id == name and item.area == code)
        listed = indicator.params.get("indicators", [])
        members = [
            self._indicator(item.id, where, code)
            for item in results
            if isinstance(listed, list) and item.id in listed and item.area == code
        ]
        return _indicator_node(result, [*_targets(indicator), *_result_notes(result), *members])

    # Members

    def _members(self, found: Measured) -> Iterator[TraceNode]:
        members = sorted(found.members(None), key=lambda member: _ORDER[member.state])
        for member in members:
            yield self._member(member)

    def _member(self, member: Member) -> TraceNode:
        if member.area is not None and member.area in self.survey.verdicts:
            return self._area_member(member, member.area)
        if member.premises is not None:
            return self._place(member, member.premises)
        if member.estate is not None and member.estate in self.survey.estates:
            if self.budget.places > 0:
                return self._estate(member.estate)
            return self._closed(member, self.survey.estates[member.estate].trace)
        return TraceNode(member.title, member.note or STATES[member.state], kind="row", rows=member.rows)

    def _area_member(self, member: Member, area: int) -> TraceNode:
        if self.budget.areas > 0:
            return self._area(area)
        return self._closed(member, self.survey.verdicts[area].trace)

    def _closed(self, member: Member, trace: str) -> TraceNode:
        """A member named and not opened."""
        title = Text(zh=f"{member.title.zh}（另见 {trace}）", en=f"{member.title.en} (see {trace})")
        return TraceNode(title, STATES[member.state])

    def _place(self, member: Member, row: int) -> TraceNode:
        name = self.survey.premises.id_of(row)
        if self.budget.places <= 0:
            return TraceNode(member.title, STATES[member.state], kind="place", rows=({"premises_id": name},))
        self.budget.places -= 1
        reached = self._reach.premises(name)
        title = Text(zh=f"{member.title.zh}（{name}）", en=f"{member.title.en} ({name})")
        if STATES[member.state] == reached.value:
            return TraceNode(
                title, reached.value, reached.clause, reached.basis, "place", reached.rows, reached.children
            )
        return TraceNode(title, STATES[member.state], kind="place", rows=reached.rows, children=(reached,))

    @cached_property
    def _reach(self) -> ReachExplainer:
        return _explainer(self.survey)


def _home_of_estate(view: RegisterView, whole: Survey, code: str) -> str | None:
    """Area of the estate called ``code``, ``None`` for one in no known area; ``NotFound`` when there is none."""
    table = view.table("premises", ("premises_id", "area_code", "kind"))
    rows = table.filter(pc.and_(pc.equal(table["premises_id"], code), pc.equal(table["kind"], "estate")))
    if not rows.num_rows:
        whole.tree.find(code)
    area = rows["area_code"][0].as_py()
    return area if area in whole.tree.index else None


def _estate_row(survey: Survey, code: str) -> int:
    for row, verdict in survey.estates.items():
        if verdict.code == code:
            return row
    raise NotFound(
        Text(zh=f"当日没有在用小区“{code}”", en=f"no estate “{code}” is in use on that day"),
        mend=Text(zh="核对小区编号和启用、拆除日期", en="check the id and its dates of use"),
    )


def _no_such_figure(asked: Trace, known: Sequence[str]) -> NotFound:
    from rapidfuzz import process

    near = [str(found[0]) for found in process.extract(asked.what, known, limit=3)] or list(known)
    return NotFound(
        Text(
            zh=f"“{asked.code}”没有叫“{asked.what}”的数字",
            en=f"there is no figure “{asked.what}” for {asked.code}",
        ),
        mend=Text(
            zh=f"是不是：{'、'.join(near)}" if near else "本标准没有评估这个地方",
            en=f"did you mean: {', '.join(near)}" if near else "the standard says nothing about this place",
        ),
    )


def _verdict_node(verdict: AreaVerdict, level: LevelInForce | None, children: Sequence[TraceNode]) -> TraceNode:
    clause: Clause | None = None if level is None else level.standard.source.as_clause()
    return TraceNode(
        title=Text(zh=f"{verdict.name}（{verdict.code}）", en=f"{verdict.name} ({verdict.code})"),
        value=verdict.verdict.value,
        clause=clause,
        basis=None if level is None else level.standard.basis,
        kind="verdict",
        children=tuple(children),
    )


def _indicator_node(result: IndicatorResult, children: Sequence[TraceNode]) -> TraceNode:
    value = "no data" if result.value is None else f"{result.value} {result.unit}"
    return TraceNode(
        title=Text(zh=f"{result.id} {result.name.zh}", en=f"{result.id} {result.name.en}"),
        value=f"{value} · {result.status.value}",
        clause=result.clause,
        basis=result.basis,
        kind="indicator",
        children=tuple(children),
    )


def _test_value(result: TestResult) -> str:
    """``18/20 = 90.0 % · yes``; unknown members are named beside."""
    parts = []
    if result.numerator is not None and result.denominator is not None:
        parts.append(f"{result.numerator}/{result.denominator}")
    if result.unknown:
        parts.append(f"+{result.unknown}?")
    if result.value is not None:
        parts.append(f"= {result.value} {result.unit}")
    answer = {True: "yes", False: "no", None: "unknown"}[result.ok]
    return " ".join([*parts, "·", answer]) if parts else answer


def _targets(indicator: Indicator) -> Iterator[TraceNode]:
    for target in sorted(indicator.targets, key=lambda item: item.date):
        yield _target(indicator, target)


def _target(indicator: Indicator, target: Target) -> TraceNode:
    asked = indicator.asked(target) or ""
    value = target.value_text if target.value is None else f"{asked} {target.value} {indicator.unit}"
    role = Text(zh="内控", en="internal control") if target.role == "internal_control" else Text(zh="目标", en="target")
    return TraceNode(
        title=Text(
            zh=f"{role.zh} {target.date.isoformat()}（{target.date_text}）", en=f"{role.en} {target.date.isoformat()}"
        ),
        value=f"{(value or '').strip()} · {target.status.value}",
        clause=target.source.as_clause(),
        basis=target.basis,
        kind="parameter",
        children=_decision(target.decision),
    )


def _decision(decision: str | None) -> tuple[TraceNode, ...]:
    """The product's decision behind a reading of the text."""
    if decision is None:
        return ()
    return (TraceNode(Text(zh="产品取舍", en="decision of the product"), decision),)


def _notes(found: Measured) -> Iterator[TraceNode]:
    for note in (*found.notes, *(gap.message for gap in found.gaps)):
        yield TraceNode(note, "")


def _result_notes(result: IndicatorResult) -> Iterator[TraceNode]:
    for note in result.notes:
        yield TraceNode(note, "")
