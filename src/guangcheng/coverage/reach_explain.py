"""Why one premises has optical access capability or not: every operator, every condition, down to the rows.

This walks the rule for one premises over all points by plain comparison, without the kernel; that both give the same
answer is a test.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import NotFound
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import (
    CONDITION_CLAUSES,
    CONDITION_WORDS,
    NO,
    PASSED,
    UNKNOWN,
    YES,
    AccessPoints,
    Condition,
    Expansions,
    Floats,
    Ints,
    States,
)
from guangcheng.coverage.explain_days import expansion_node, order_node
from guangcheng.coverage.orders import Orders
from guangcheng.coverage.reach import Places, ReachRule, buildings_of_estates, estates_without_point
from guangcheng.coverage.reach_rule import CAPABILITY_CLAUSE, OPERATOR_CLAUSE, RuleNumber
from guangcheng.coverage.results import TraceNode
from guangcheng.coverage.tree import Tree, tree_of
from guangcheng.coverage.zones import NO_ZONE, ZONE_CODES, AreaZones
from guangcheng.registers.schema import schema
from guangcheng.registers.view import RegisterView

ANSWER_WORDS = {YES: "yes", NO: "no", UNKNOWN: "unknown"}
"""How an answer stands in ``TraceNode.value``."""

_ZONE_WORDS = {
    "urban": Text(zh="城市", en="urban"),
    "rural": Text(zh="农村", en="rural"),
    "none": Text(zh="不明", en="not known"),
}
_ZONE_SOURCES = {
    "premises": Text(zh="驻地自己注明", en="stated for the premises"),
    "area": Text(zh="取所属区域的城乡属性", en="from the area it lies in"),
    "township": Text(
        zh="按街镇类别：街道为城市，其余为农村", en="by its township: a street is urban, others are rural"
    ),
    "none": Text(zh="驻地、区域和街镇都没有注明", en="neither premises, area nor township says"),
}


def explain_premises(
    view: RegisterView, rule: ReachRule, premises_id: str, *, calendar: WorkingCalendar, tree: Tree | None = None
) -> TraceNode:
    """Derive the reach of one premises; see :class:`ReachExplainer` for many. ``NotFound`` if it is not in use."""
    return ReachExplainer.on(view, rule, calendar, tree).premises(premises_id)


@dataclass(frozen=True, slots=True, eq=False)
class ReachExplainer:
    """The registers read once, ready to explain any premises in use on the view's day. Make it with :meth:`on`."""

    rule: ReachRule
    calendar: WorkingCalendar
    tree: Tree
    zones: AreaZones
    places: Places
    points: AccessPoints
    expansions: Expansions
    orders: Orders
    access_points: pa.Table
    has_points: bool
    of_estates: tuple[Ints, Ints]
    """Buildings that stand for estates without a point, and the estate of each (rows of ``places``)."""

    @classmethod
    def on(
        cls, view: RegisterView, rule: ReachRule, calendar: WorkingCalendar, tree: Tree | None = None
    ) -> "ReachExplainer":
        """Read what the rule looks at."""
        tree = tree or tree_of(view, view.as_of)
        expansions = Expansions.on(view, rule, calendar)
        places = Places.on(view, tree, None)
        return cls(
            rule=rule,
            calendar=calendar,
            tree=tree,
            zones=AreaZones.of(view, tree),
            places=places,
            points=AccessPoints.on(view, rule, expansions),
            expansions=expansions,
            orders=Orders.in_window(view, rule, expansions, calendar),
            access_points=view.table("access_points", ("access_point_id", "in_service_from", "in_service_to")),
            has_points=view.has("access_points"),
            of_estates=buildings_of_estates(places.table, estates_without_point(places.table, places.x, places.y)),
        )

    def premises(self, premises_id: str) -> TraceNode:
        """The whole derivation: zone, then each operator with each condition; an estate without a point by building.

        ``value`` of the place, its operators and conditions is ``yes``, ``no`` or ``unknown``. ``NotFound`` when no
        such premises is in use on the day.
        """
        row = pc.index(self.places.table["premises_id"], premises_id).as_py()
        if row < 0:
            raise NotFound(
                Text(
                    zh=f"当日没有编号为“{premises_id}”的在用驻地",
                    en=f"no premises “{premises_id}” is in use on that day",
                ),
                mend=Text(zh="核对驻地编号和启用、拆除日期", en="check the id and its dates of use"),
            )
        return self._place(int(row))

    def _place(self, row: int) -> TraceNode:
        buildings = self._buildings(row)
        if buildings.size:
            children = [_note(_BY_BUILDINGS, str(buildings.size)), *(self._place(int(at)) for at in buildings)]
            answers = [child.value for child in children[1:]]
            value = next((word for word in ("no", "unknown") if word in answers), "yes")
        else:
            children = [self._zone(row), *self._operators(row)]
            value = _any_operator([child.value for child in children if child.kind == "operator"])
            children += self._unmeasured(row)
            value = "unknown" if children[-1].kind == "note" else value
        known = self.places.table.slice(row, 1).select(_PLACE_COLUMNS).to_pylist()[0]
        return TraceNode(
            title=Text(zh=f"驻地 {known['premises_id']}", en=f"premises {known['premises_id']}"),
            value=value,
            clause=CAPABILITY_CLAUSE,
            basis=Basis.TEXT,
            kind="place",
            rows=({name: value for name, value in known.items() if value is not None},),
            children=tuple(children),
        )

    def _buildings(self, row: int) -> Ints:
        building, estate = self.of_estates
        chosen: Ints = building[estate == row]
        return chosen

    def _zone(self, row: int) -> TraceNode:
        own = self.places.table["zone"][row].as_py()
        area = int(self.tree.numbers(self.places.table["area_code"].slice(row, 1))[0])
        source = self.zones.source(own, area)
        zone = int(self.places.zone[row])
        code = "none" if zone == NO_ZONE else ZONE_CODES[zone]
        words, why = _ZONE_WORDS[code], _ZONE_SOURCES[source]
        return TraceNode(
            title=Text(zh=f"城乡：{words.zh}（{why.zh}）", en=f"zone: {words.en} ({why.en})"),
            value=code,
            clause=CAPABILITY_CLAUSE,
            basis=Basis.PRODUCT_DEFAULT if source == "township" else None,
            kind="parameter",
        )

    def _unmeasured(self, row: int) -> list[TraceNode]:
        if not self.has_points:
            return [_note(_NO_REGISTER, "unknown")]
        if not (math.isfinite(self.places.x[row]) and math.isfinite(self.places.y[row])):
            return [_note(_NO_POINT, "unknown")]
        return [_note(_NO_ZONE, "unknown")] if self.places.zone[row] == NO_ZONE else []

    def _operators(self, row: int) -> Iterator[TraceNode]:
        if not self.places.placed[row]:
            return
        for bit, operator in enumerate(self.rule.operators):
            mine = np.flatnonzero(self.points.operator == bit)
            if mine.size:
                yield _OperatorCase(self, row, operator, mine).node()

    def number(self, name: str) -> TraceNode:
        """One number of the rule as a node."""
        return _number(self.rule.numbers[name])


_PLACE_COLUMNS = ("premises_id", "area_code", "kind", "parent_premises", "zone", "x", "y")
_BY_BUILDINGS = Text(
    zh="小区没有自己的坐标，按全部住宅楼栋判定（C-09）",
    en="the estate has no point: judged by its residential buildings",
)
_NO_REGISTER = Text(zh="没有接入点台账，无法判定", en="there is no register of access points, so nothing can be said")
_NO_POINT = Text(zh="驻地没有坐标，无法量距离", en="the premises has no point, so no distance can be taken")
_NO_ZONE = Text(zh="城乡属性不明，不知道用哪个半径", en="urban or rural is not known, so neither is the radius")


def _note(title: Text, value: str) -> TraceNode:
    return TraceNode(title=title, value=value)


def _any_operator(answers: list[str]) -> str:
    return next((word for word in ("yes", "unknown") if word in answers), "no")


def _number(number: RuleNumber) -> TraceNode:
    return TraceNode(
        title=number.title,
        value=f"{number.value:g} {number.unit}",
        clause=number.clause,
        basis=number.basis,
        kind="parameter",
    )


@dataclass(frozen=True, slots=True)
class _Detail:
    """What one condition found: the sentence, the row it was read from, and what stands below it."""

    text: Text
    row: Mapping[str, object]
    children: tuple[TraceNode, ...] = ()


class _OperatorCase:
    """One operator at one premises: every condition for every one of its points."""

    def __init__(self, explainer: ReachExplainer, row: int, operator: str, mine: Ints) -> None:
        self.explainer = explainer
        self.operator = operator
        self.mine = mine
        points, places, rule = explainer.points, explainer.places, explainer.rule
        self.radius = float(places.radius(rule)[row])
        dx, dy = places.x[row] - points.x[mine], places.y[row] - points.y[mine]
        squared: Floats = dx * dx + dy * dy
        self.distance: Floats = np.sqrt(squared)
        self.answers: States = np.stack(
            [
                points.in_service[mine].astype(np.int8),
                (~points.tv_only[mine]).astype(np.int8),
                (squared <= self.radius * self.radius).astype(np.int8),
                points.capacity[mine],
                points.ports[mine],
            ]
        )
        self.left = np.cumprod(self.answers != NO, axis=0).sum(axis=1)
        ids = places.table["premises_id"][row].as_py(), places.table["area_code"][row].as_py()
        self.orders = explainer.orders.of(operator, *ids)
        self.best = self._best_point()

    def _best_point(self) -> int:
        """The point that gets furthest along the order, surely rather than perhaps; then the nearest, then by id.

        If none is within the radius that is the nearest usable point of the city.
        """
        failed = self.answers == NO
        got = np.where(failed.any(axis=0), failed.argmax(axis=0), len(self.answers))
        before = np.arange(len(self.answers))[:, None] < got
        doubts = (before & (self.answers == UNKNOWN)).any(axis=0)
        return int(np.lexsort((self.mine, self.distance, doubts, -got))[0])

    @property
    def late(self) -> bool:
        """Whether one of its orders there is late."""
        return bool(self.explainer.orders.late[self.orders].any())

    @property
    def first_failed(self) -> int:
        """As ``Reach.operator_failed``: the condition no point is left at, 0 for none, −1 when it cannot be known."""
        nothing_left = np.flatnonzero(self.left == 0)
        if nothing_left.size:
            return int(nothing_left[0]) + 1
        if self.late:
            return int(Condition.INSTALLATION)
        return PASSED if (self.answers == YES).all(axis=0).any() else UNKNOWN

    def node(self) -> TraceNode:
        """The operator with its six conditions, judged at its best point."""
        failed = self.first_failed
        answer = failed if failed == UNKNOWN else int(failed == PASSED)
        at: dict[str, object] = {"operator": self.operator, "access_points": int(self.mine.size)}
        at["first_failed"] = Condition(failed).code if failed > PASSED else None
        return TraceNode(
            title=schema("access_points").field("operator").word(self.operator),
            value=ANSWER_WORDS[answer],
            clause=OPERATOR_CLAUSE,
            basis=Basis.TEXT,
            kind="operator",
            rows=(at,),
            children=tuple(self._conditions()),
        )

    def _conditions(self) -> Iterator[TraceNode]:
        details = (self._service, self._tv, self._distance, self._capacity, self._ports)
        for place, (condition, detail) in enumerate(zip(Condition, details, strict=False)):
            answer = int(self.answers[place, self.best])
            yield self._condition(condition, answer, int(self.left[place]), detail())
        late = int(self.explainer.orders.late[self.orders].sum())
        months = self.explainer.rule.order_window_months
        text = Text(
            zh=f"近 {months} 个月 {self.orders.size} 单，逾期 {late} 单",
            en=f"{self.orders.size} orders in {months} months, {late} late",
        )
        numbers = (self.explainer.number("install_working_days"), self.explainer.number("order_window_months"))
        explainer = self.explainer
        rows = [
            order_node(explainer.orders, int(at), explainer.expansions, explainer.calendar, explainer.rule)
            for at in self.orders
        ]
        yield self._condition(Condition.INSTALLATION, int(late == 0), None, _Detail(text, {}, (*numbers, *rows)))

    def _condition(self, condition: Condition, answer: int, left: int | None, detail: _Detail) -> TraceNode:
        words = CONDITION_WORDS[condition]
        counted = [] if left is None else [_note(_LEFT, str(left))]
        return TraceNode(
            title=Text(zh=f"{words.zh}：{detail.text.zh}", en=f"{words.en}: {detail.text.en}"),
            value=ANSWER_WORDS[answer],
            clause=CONDITION_CLAUSES[condition],
            basis=Basis.PRODUCT_DEFAULT if condition is Condition.PORTS else Basis.TEXT,
            kind="condition",
            rows=(detail.row,) if detail.row else (),
            children=(*counted, *detail.children),
        )

    @property
    def _id(self) -> str:
        return str(self.explainer.points.ids[int(self.mine[self.best])])

    def _service(self) -> _Detail:
        table = self.explainer.access_points
        row = table.filter(pc.equal(table["access_point_id"], self._id)).to_pylist()[0]
        begin, end = row["in_service_from"], row["in_service_to"]
        text = Text(
            zh=f"{self._id} 启用 {begin or '未注明'}，停用 {end or '未注明'}",
            en=f"{self._id} from {begin or 'not stated'} until {end or 'not stated'}",
        )
        return _Detail(text, row)

    def _tv(self) -> _Detail:
        tv_only = bool(self.explainer.points.tv_only[self.mine[self.best]])
        text = Text(
            zh=f"{self._id} {'仅传电视' if tv_only else '可接宽带'}",
            en=f"{self._id} carries {'TV only' if tv_only else 'broadband'}",
        )
        return _Detail(text, {"access_point_id": self._id, "tv_only": tv_only})

    def _distance(self) -> _Detail:
        metres = float(self.distance[self.best])
        shown = _shown_metres(metres, self.radius)
        text = Text(
            zh=f"最近的 {self._id} 距 {shown} 米，限 {self.radius:g} 米",
            en=f"nearest such point {self._id} at {shown} m, limit {self.radius:g} m",
        )
        rule = self.explainer.rule
        name = "urban_radius_m" if self.radius == rule.urban_radius_m else "rural_radius_m"
        row: dict[str, object] = {"access_point_id": self._id, "distance_m": metres, "radius_m": self.radius}
        return _Detail(text, row, (self.explainer.number(name),))

    def _capacity(self) -> _Detail:
        value = float(self.explainer.points.capacity_mbps[self.mine[self.best]])
        least = self.explainer.rule.min_access_mbps
        known = None if math.isnan(value) else value
        text = Text(
            zh=f"{self._id} 容量{'未知' if known is None else f' {known:g} Mbps'}，至少 {least:g} Mbps",
            en=f"{self._id} has {'unknown capacity' if known is None else f'{known:g} Mbps'}, at least {least:g} Mbps",
        )
        row: dict[str, object] = {"access_point_id": self._id, "capacity_mbps": known}
        return _Detail(text, row, (self.explainer.number("min_access_mbps"),))

    def _ports(self) -> _Detail:
        explainer = self.explainer
        point = int(self.mine[self.best])
        value = float(explainer.points.ports_free[point])
        free = None if math.isnan(value) else int(value)
        text = Text(
            zh=f"{self._id} 空闲端口{'未知' if free is None else f' {free} 个'}",
            en=f"{self._id} has {'an unknown number of' if free is None else free} free ports",
        )
        expansion = int(explainer.points.expansion[point])
        nodes = [explainer.number("expansion_working_days")]
        if expansion >= 0:
            nodes.append(expansion_node(explainer.expansions, expansion, explainer.calendar, explainer.rule))
        return _Detail(text, {"access_point_id": self._id, "ports_free": free}, tuple(nodes))


_LEFT = Text(zh="至此剩余接入点", en="points left here")


def _shown_metres(metres: float, limit: float) -> str:
    """Two decimals; a distance beyond the limit is rounded up, so that it never reads as the limit itself."""
    return f"{math.ceil(metres * 100) / 100 if metres > limit else metres:.2f}"
