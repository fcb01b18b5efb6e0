"""Generated part of the page on plan files: every table and column from the contract the code reads."""

from collections.abc import Callable

from guangcheng.base.text import Lang
from guangcheng.reporting.plan_files.contract import CHECKS, Column, columns

Table = Callable[[list[str], list[list[str]]], str]


def plan_files(zh: bool, table: Table) -> str:
    """One table of columns for each table of a plan, then the ids of the checks."""
    head = ["列", "类型", "单位", "含义", "空值"] if zh else ["column", "type", "unit", "meaning", "null"]
    parts = []
    for name, items in columns().items():
        parts.append(f"### `{name}`\n\n{table(head, [_row(item, zh) for item in items])}")
    checks = [[f"`{name}`", clause or "—"] for name, clause in CHECKS.items()]
    title = "### 检查编号" if zh else "### Ids of checks"
    parts.append(f"{title}\n\n" + table(["编号" if zh else "id", "条款" if zh else "clause"], checks))
    return "\n".join(parts)


def _row(item: Column, zh: bool) -> list[str]:
    lang: Lang = "zh" if zh else "en"
    meaning = item.meaning.in_(lang)
    if item.codes:
        meaning += ("：" if zh else ": ") + ("、" if zh else ", ").join(f"`{code}`" for code in item.codes)
    if item.refers:
        meaning += f"（→ `{'.'.join(item.refers)}`）" if zh else f" (→ `{'.'.join(item.refers)}`)"
    unit = {"yuan": "元" if zh else "the price list's currency"}.get(item.unit, item.unit)
    return [f"`{item.name}`", item.type, unit, meaning, "" if item.null is None else item.null.in_(lang)]
