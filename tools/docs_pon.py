"""Generated part of the page on hierarchical PON: measured figures, prices and limits that ship."""

import json
from collections.abc import Callable
from pathlib import Path

from guangcheng.planning.pon.catalogue import limits, shipped_catalogue

Table = Callable[[list[str], list[list[str]]], str]


def pon(path: Path, zh: bool, table: Table) -> str:
    """The measured instances, the limits of GB 50846 and the example prices."""
    if not path.is_file():
        told = "还没有测量。" if zh else "Not measured yet."
        return "\n".join([told, "", _limits(zh, table), _prices(zh, table)])
    got = json.loads(path.read_text(encoding="utf-8"))
    head = (
        ["图", "种子", "用户", "户数", "方案", "造价（元）", "设备、光缆、入户占比", "下界（元）", "差距", "要求", "秒"]
        if zh
        else ["graph", "seed", "customers", "homes", "scheme", "cost", "not trench", "bound", "gap", "wanted", "s"]
    )
    rows = [
        [
            one["file"],
            str(one["seed"]),
            str(one["customers"]),
            str(one["homes"]),
            one["scheme"],
            f"{one['cost']:.0f}",
            f"{100 * one['share_inside']:.1f} %",
            f"{one['lower_bound']:.0f}",
            f"{100 * one['gap']:.2f} %",
            f"≤ {100 * one['gap_wanted']:g} % {'✓' if one['met'] else '✗'}",
            f"{one['seconds']:g}",
        ]
        for one in got["instances"]
    ]
    return "\n".join([table(head, rows), _limits(zh, table), _prices(zh, table)])


def _limits(zh: bool, table: Table) -> str:
    head = ["检查", "条款", "级别", "内容", "限值"] if zh else ["check", "clause", "level", "what", "limit"]
    level = {"must": "应" if zh else "must", "should": "宜" if zh else "should"}
    rows = [
        [
            f"`{one.check}`",
            f"{one.source} {one.clause}",
            level[one.level],
            one.title.in_("zh" if zh else "en"),
            f"{'≤' if one.comparator == '<=' else '≥'} {one.value:g}",
        ]
        for one in limits().values()
    ]
    return table(head, rows)


def _prices(zh: bool, table: Table) -> str:
    c = shipped_catalogue()
    head = ["项目", "规格", "元", "年份", "出处"] if zh else ["item", "size", "CNY", "year", "source"]
    priced = [
        *(("splitter", str(size), one) for size, one in c.splitter.items()),
        *(("cable", str(size), one) for size, one in c.cable.items()),
        *((name, "", one) for name, one in c.single.items()),
    ]
    rows = [
        [f"`{name}`", size, f"{one.cny:g}", str(one.year), one.source.in_("zh" if zh else "en")]
        for name, size, one in priced
    ]
    return table(head, rows)
