"""The plan's workbooks: bill of quantities and cost; splices, ports and cables by fibre.

Cells are written as ``sheets`` writes them, so that nothing in them can run. The same plan gives the same bytes.
"""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time

import pyarrow as pa

from guangcheng.base.text import Lang, Text
from guangcheng.reporting.plan_files.contract import columns
from guangcheng.reporting.plan_files.tables import PlanTables
from guangcheng.reporting.sheets import Cell, Column, Group, Sheets

__all__ = ["WORKING_FILE", "boq_book", "splice_book"]

WORKING_FILE = Text(
    "规划工作文件，含设施位置，不得公开", "working file of planners with positions of facilities, not for the public"
)
_MOST_ROWS = 1_000_000
"""An Excel sheet holds 1,048,576 rows; more go to a further sheet."""
_NAMES = {
    "boq": Text("工程量清单", "Bill of quantities"),
    "unserved": Text("未接通的驻地", "Premises left out"),
    "checks": Text("检查", "Checks"),
    "ports": Text("PON 口", "PON ports"),
    "splices": Text("接续", "Splices"),
    "splitters": Text("分光器", "Splitters"),
    "cables": Text("光缆", "Cables"),
    "cable_spans": Text("光缆经过的路段", "Spans of cables"),
    "onts": Text("ONT", "ONTs"),
}


def boq_book(plan: PlanTables, *, lang: Lang) -> bytes:
    """The bytes of ``boq.xlsx``: overview, bill of quantities, cost by phase, premises left out."""
    return _book(plan, Text("工程量清单与造价", "Bill of quantities"), _boq_sheets, lang)


def splice_book(plan: PlanTables, *, lang: Lang) -> bytes:
    """The bytes of ``splices.xlsx``: ports, splices, splitters, cables and ONTs, one sheet each (or several)."""
    return _book(plan, Text("接续表与端口表", "Splices and ports"), _splice_sheets, lang)


def _book(plan: PlanTables, title: Text, fill: Callable[[Sheets, PlanTables], None], lang: Lang) -> bytes:
    from xlsxwriter.workbook import Workbook

    target = io.BytesIO()
    book = Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    head = plan.head
    name = f"{head.city} · {title.in_(lang)}"
    created = datetime.combine(head.as_of, time(), tzinfo=UTC)
    book.set_properties({"title": name, "subject": head.area, "created": created})
    stamp = f"{head.as_of.isoformat()} · {WORKING_FILE.in_(lang)}"
    fill(Sheets(book, lang, title=name, stamp=stamp), plan)
    book.close()
    return target.getvalue()


def _boq_sheets(sheets: Sheets, plan: PlanTables) -> None:
    head = plan.head
    rows: list[tuple[Cell, ...]] = [
        (sheets.say(Text("造价", "cost")), head.cost, head.prices.currency),
        (sheets.say(Text("下界（任何方案不低于它）", "lower bound (no plan costs less)")), head.lower_bound, ""),
        (sheets.say(Text("差距（%）", "gap (%)")), 100 * head.gap, "%"),
        (sheets.say(Text("价目", "prices")), head.prices.id, str(head.prices.year)),
        (sheets.say(Text("说明", "note")), sheets.say(head.prices.note), ""),
    ]
    rows += _phase_rows(sheets, plan)
    told = (Column(Text("项目", "item"), 34), Column(Text("数值", "value"), 44), Column(Text("单位", "unit"), 12))
    sheets.table(Text("总览", "Overview"), (Group(None, told),), rows, frozen=0)
    for name in ("boq", "checks", "unserved"):
        _sheet(sheets, plan[name], name)


def _phase_rows(sheets: Sheets, plan: PlanTables) -> list[tuple[Cell, ...]]:
    found = plan["phases"].group_by("phase").aggregate([("cost", "sum"), ("households", "sum")]).sort_by("phase")
    rows: list[tuple[Cell, ...]] = []
    for row in found.to_pylist():
        words = Text(f"第 {row['phase']} 期造价", f"cost of phase {row['phase']}")
        homes = Text(f"覆盖 {row['households_sum']} 户", f"{row['households_sum']} households passed")
        rows.append((sheets.say(words), row["cost_sum"], sheets.say(homes)))
    return rows


def _splice_sheets(sheets: Sheets, plan: PlanTables) -> None:
    for name in ("ports", "splices", "splitters", "cables", "cable_spans", "onts"):
        _sheet(sheets, plan[name], name)


def _sheet(sheets: Sheets, table: pa.Table, name: str) -> None:
    """One table of the contract as it is; its column names are the contract's, for people who join sheets."""
    lasting = columns()[name]
    told = tuple(Column(Text(item.name, item.name), _width(item.type, item.name)) for item in lasting)
    for number, start in enumerate(range(0, max(table.num_rows, 1), _MOST_ROWS), start=1):
        part = table.slice(start, _MOST_ROWS)
        held = [_cells(part[item.name].to_pylist(), item.type, sheets.lang) for item in lasting]
        title = _NAMES[name]
        if number > 1:
            title = Text(f"{title.zh} {number}", f"{title.en} {number}")
        sheets.table(title, (Group(None, told),), list(zip(*held, strict=True)), frozen=1)


def _cells(values: Sequence[Cell], kind: str, lang: Lang) -> Sequence[Cell]:
    if kind != "bool":
        return values
    words = {True: Text("是", "yes").in_(lang), False: Text("否", "no").in_(lang), None: None}
    return [words[None if value is None else bool(value)] for value in values]


def _width(kind: str, name: str) -> float:
    if kind == "text":
        return 40.0 if name in ("name_zh", "name_en", "zh", "en", "source") else 18.0
    return 13.0
