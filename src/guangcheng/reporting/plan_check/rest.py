"""Limits that are passed over in silence, premises lost or listed twice, and phases that do not stand alone."""

from collections import Counter, defaultdict
from collections.abc import Callable

from guangcheng.reporting.plan_check.fibres import Traced
from guangcheng.reporting.plan_check.files import Row, Run
from guangcheng.reporting.plan_check.model import Findings

__all__ = ["check_limits", "check_phases", "check_premises"]

_EPS = 1e-9
_AT_LEAST = ("spare_fibres", "spare_holes", "duct_operators", "fibres_per_home", "estate_room", "telecom-room")
_AT_MOST = ("room_households", "cabinet_households", "one_cable_per_hole", "power")


def check_limits(run: Run, found: Findings, traced: Traced) -> None:
    """A limit broken must be a failed row of ``checks``; a row that passes must hold."""
    failed = {row["check"] for row in run["checks"] if not row["passed"]}
    for row in run["checks"]:
        if row["passed"] and not _holds(row):
            found.add("check-wrong", row["check"], found=row["value"], wanted=row["limit"])

    def hidden(check: str, broken: list[tuple[str, float]], limit: float) -> None:
        if broken and check not in failed:
            subject, value = broken[0]
            found.add("limit-hidden", f"{check} {subject}", found=value, wanted=limit)

    _spare_fibres(run, hidden)
    _spare_holes(run, hidden)
    _areas(run, hidden)
    listed = sum(row["quantity"] for row in run["boq"] if str(row["item"]).startswith("attenuator"))
    if traced.overloaded > listed:
        found.add("overload", "boq", found=traced.overloaded, wanted=listed)


_Hidden = Callable[[str, list[tuple[str, float]], float], None]


def _holds(row: Row) -> bool:
    value, limit = row["value"], row["limit"]
    if value is None or limit is None:
        return True
    if row["check"] in _AT_LEAST:
        return bool(value >= limit - _EPS)
    return bool(value <= limit + _EPS) if row["check"] in _AT_MOST or row["check"].startswith("area") else True


def _spare_fibres(run: Run, hidden: _Hidden) -> None:
    limit = run.parameter("spare_share", 0.1)
    spare = [
        (row["cable_id"], 1 - (row["fibres_used"] + row["fibres_reserved"]) / row["fibres"]) for row in run["cables"]
    ]
    level = {row["cable_id"]: row["level"] for row in run["cables"]}
    hidden("spare_fibres", [(n, s) for n, s in spare if s < limit - _EPS and level[n] != "drop"], limit)


def _spare_holes(run: Run, hidden: _Hidden) -> None:
    limit = run.parameter("spare_holes", 1)
    cables = Counter(row["span_id"] for row in run["cable_spans"])
    free = [
        (row["span_id"], float(row["holes"] - (row["holes_taken"] or 0) - cables[row["span_id"]]))
        for row in run["spans"]
        if row["holes"] is not None
    ]
    hidden("spare_holes", [(name, left) for name, left in free if left < limit], limit)


def _areas(run: Run, hidden: _Hidden) -> None:
    """Households behind the first splitters of each room and cabinet."""
    kind = {row["node_id"]: row["kind"] for row in run["nodes"]}
    homes = {row["node_id"]: row["households"] or 0 for row in run["nodes"]}
    place = {row["splitter_id"]: row["node_id"] for row in run["splitters"]}
    area: dict[str, set[str]] = defaultdict(set)
    for ont in run["onts"]:
        if ont["splitter_1"] is not None:
            area[place[ont["splitter_1"]]].add(ont["node_id"])
    for what in ("room", "cabinet"):
        limit = run.parameter(f"{what}_households", 300 if what == "room" else 120)
        sums = [(node, float(sum(homes[one] for one in area[node]))) for node in sorted(area) if kind[node] == what]
        hidden(f"{what}_households", [(node, many) for node, many in sums if many > limit], limit)


def check_premises(run: Run, found: Findings) -> None:
    """Every premises has its ONTs or its reason, once."""
    served = Counter(row["premises_id"] for row in run["onts"])
    rows = [row for row in run["nodes"] if row["kind"] == "premises"]
    nodes = Counter(row["premises_id"] for row in rows)
    unserved = Counter(row["premises_id"] for row in run["unserved"])
    place = {row["premises_id"]: row["node_id"] for row in rows}
    for name, many in (nodes + unserved).items():
        if many > 1:
            found.add("premises-twice", name)
    for row in rows:
        name, onts = row["premises_id"], served[row["premises_id"]]
        if not onts and name not in unserved:
            found.add("premises-lost", name)
        elif onts > (row["households"] or 0):
            found.add("premises-onts", name, found=row["households"], wanted=onts)
    for row in run["onts"]:
        if place.get(row["premises_id"]) != row["node_id"]:
            found.add("reference", f"onts.premises_id {row['ont_id']}", found=row["premises_id"])


def check_phases(run: Run, found: Findings) -> None:
    """Each part once, each phase joined to an OLT by itself and those before, budgets and totals."""
    rows = run["phases"]
    if not rows:
        return
    _parts(run, rows, found)
    _order(run, rows, found)
    spent: dict[int, float] = defaultdict(float)
    for row in rows:
        spent[row["phase"]] += row["cost"]
    budgets = run.head.get("phase_budgets") or []
    for phase in sorted(spent):
        budget = budgets[phase - 1] if 1 <= phase <= len(budgets) else None
        if budget is None or spent[phase] > budget + 0.01:
            found.add("phase-budget", phase, found=spent[phase], wanted=budget)
    total, cost = float(sum(spent.values())), float(run.head["cost"])
    if abs(total - cost) > 0.01 + 1e-6 * cost:
        found.add("phase-total", "phases", found=total, wanted=cost)


def _parts(run: Run, rows: list[Row], found: Findings) -> None:
    there = Counter((row["kind"], row["id"]) for row in rows)
    served = {row["premises_id"] for row in run["onts"]}
    wanted = {("span", row["span_id"]) for row in run["spans"]} | {("premises", name) for name in served}
    for key in sorted(wanted | set(there)):
        if key not in wanted or there[key] != 1:
            found.add("phase-parts", f"{key[0]} {key[1]}")


def _order(run: Run, rows: list[Row], found: Findings) -> None:
    """Spans of phases so far, grown from the OLTs; what a phase adds must be joined by its end."""
    ends = {row["span_id"]: (row["from_node"], row["to_node"]) for row in run["spans"]}
    node = {row["premises_id"]: row["node_id"] for row in run["nodes"] if row["kind"] == "premises"}
    lit = {row["node_id"] for row in run["nodes"] if row["kind"] == "olt"}
    waiting: dict[str, set[str]] = defaultdict(set)
    by_phase: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_phase[row["phase"]].append(row)
    for phase in sorted(by_phase):
        grow = []
        for row in by_phase[phase]:
            if row["kind"] == "span" and row["id"] in ends:
                one, other = ends[row["id"]]
                waiting[one].add(other)
                waiting[other].add(one)
                grow += [one, other]
        stack = [one for one in grow if one in lit]
        while stack:
            for other in waiting.get(stack.pop(), set()) - lit:
                lit.add(other)
                stack.append(other)
        for row in by_phase[phase]:
            start = ends[row["id"]][0] if row["kind"] == "span" and row["id"] in ends else node.get(row["id"])
            if start is not None and start not in lit:
                found.add("phase-order", f"{row['kind']} {row['id']}", found=phase)
