"""Quantities counted again, prices multiplied again, sums of the parts and of the plan."""

from collections import Counter, defaultdict

from guangcheng.reporting.plan_check.files import Row, Run
from guangcheng.reporting.plan_check.model import Findings

__all__ = ["check_money"]

_FEN = 0.01
_REL = 1e-6


def check_money(run: Run, found: Findings) -> None:
    """Hold the bill against the tables, and the plan's cost and bound against the bill."""
    counted = _counted(run)
    billed: Counter[tuple[str, str | None]] = Counter()
    for row in run["boq"]:
        product = row["quantity"] * row["unit_price"]
        if not _close(row["cost"], product):
            found.add("boq-cost", row["item"], found=row["cost"], wanted=product)
        if row["counts"] == "lump":
            continue
        key = (row["counts"], row["of"])
        billed[key] += 1
        if billed[key] > 1 or not _close(row["quantity"], counted.get(key, 0.0)):
            found.add("boq-quantity", row["item"], found=row["quantity"], wanted=counted.get(key, 0.0))
    for key, quantity in sorted(counted.items(), key=str):
        if quantity > 0 and key not in billed:
            found.add("boq-missing", f"{key[0]} {key[1] or ''}".strip(), wanted=quantity)
    for part in ("spans", "cables"):
        rows, bill = _sum(run[part]), _sum([row for row in run["boq"] if row["counts"] == part])
        if not _close(rows, bill):
            found.add("part-cost", part, found=rows, wanted=bill)
    _plan(run, found)


def _plan(run: Run, found: Findings) -> None:
    cost, bill = float(run.head["cost"]), _sum(run["boq"])
    if not _close(cost, bill):
        found.add("plan-cost", "plan.json", found=cost, wanted=bill)
    bound, gap = float(run.head["lower_bound"]), float(run.head["gap"])
    wanted = max(0.0, (cost - bound) / cost) if cost > 0 else 0.0
    if not 0 <= bound <= cost + _FEN or abs(gap - wanted) > _REL:
        found.add("bound", "plan.json", found=bound, wanted=cost)


def _sum(rows: list[Row]) -> float:
    return float(sum(row["cost"] for row in rows))


def _close(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= _FEN + _REL * abs(wanted)


def _counted(run: Run) -> dict[tuple[str, str | None], float]:
    """Everything there is, by what a row of the bill counts and which of them."""
    found: dict[tuple[str, str | None], float] = defaultdict(float)
    for row in run["spans"]:
        found["spans", f"{row['method']}/{row['surface'] or ''}"] += row["length_m"]
    for row in run["cables"]:
        found["cables", f"{row['level']}/{row['fibres']}"] += row["length_m"]
    for row in run["nodes"]:
        if not row["existing"] and row["kind"] not in ("junction", "premises"):
            found["nodes", row["kind"]] += 1
    for row in run["splitters"]:
        found["splitters", str(row["ratio"])] += 1
    technology = {(row["olt_node"], row["pon_port"]): row["technology"] for row in run["ports"]}
    for kind in technology.values():
        found["ports", kind] += 1
    for row in run["onts"]:
        found["onts", technology.get((row["olt_node"], row["pon_port"]))] += 1
    for what in ("fusions", "connectors"):
        found[what, None] = float(sum(row[what] for row in run["splices"]))
    return dict(found)
