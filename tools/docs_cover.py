"""The table of covering, from the committed benchmark."""

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

Table = Callable[[list[str], list[list[str]]], str]


def cover(path: Path, zh: bool, table: Table) -> str:
    """One line per case; the many cases of the T1 recipe and the known optima are summed up in one line each."""
    if not path.is_file():
        return "还没有测量。" if zh else "Not measured yet."
    got = json.loads(path.read_text(encoding="utf-8"))
    head = (
        ["算例", "值", "界", "差距", "证明最优", "墙钟 s", "处理器 s", "达到目标"]
        if zh
        else ["case", "value", "bound", "gap", "proven", "wall s", "CPU s", "target met"]
    )
    rows = []
    families = list(dict.fromkeys(row["family"] for row in got["rows"]))
    for family in families:
        members = [row for row in got["rows"] if row["family"] == family]
        if family.startswith("T1") or family == "known":
            rows.append(_summed(family, members, zh))
        else:
            rows += [_single(row) for row in members]
    cores = got["cores"]
    main = (f"{cores} 核：" if zh else f"{cores} cores:") + "\n\n" + table(head, rows)
    return main + _peers(got["peers"], zh, table) if got["peers"] else main


def _peers(peers: list[dict[str, Any]], zh: bool, table: Table) -> str:
    """What other tools answered, their choices counted anew."""
    head = (
        ["算例", "工具", "核对的值", "自报的值", "自报", "低于最好", "说错", "求解 s", "整个进程 s", "失败"]
        if zh
        else [
            "case",
            "tool",
            "value, checked",
            "value, told",
            "told",
            "below best",
            "wrong",
            "s",
            "process s",
            "failed",
        ]
    )
    words = "其他工具，同一次运行：" if zh else "Other tools, in the same run:"
    return f"\n\n{words}\n\n" + table(head, [_peer(row) for row in peers])


def _peer(row: dict[str, Any]) -> list[str]:
    def number(key: str, form: str) -> str:
        return "–" if row[key] is None else format(row[key], form)

    return [
        row["case"],
        row["peer"],
        number("value", ",.0f"),
        number("told", ",.0f"),
        row["status"] or "–",
        number("below_best", ".3%"),
        "✗" if row["wrong"] else "–",
        number("seconds", ".1f"),
        number("process_s", ".1f"),
        row["failure"] or "–",
    ]


def _single(row: dict[str, Any]) -> list[str]:
    known = f"（{row['known']:,.0f}）" if row["known"] is not None else ""
    greedy = f"（greedy {row['greedy']:,.0f}）" if row["greedy"] is not None else ""
    return [
        f"{row['family']}: {row['case']}",
        f"{row['value']:,.0f}{known}{greedy}",
        f"{row['bound']:,.0f}",
        f"{row['gap']:.3%}",
        "✓" if row["proven"] else "–",
        f"{row['seconds']:.1f}",
        f"{row['cpu_s']:.1f}",
        "✓" if row["met"] else "✗",
    ]


def _summed(family: str, rows: list[dict[str, Any]], zh: bool) -> list[str]:
    proven, met = sum(row["proven"] for row in rows), sum(row["met"] for row in rows)
    wall, cpu = [row["seconds"] for row in rows], [row["cpu_s"] for row in rows]
    words = "中位 {:.2f}，最大 {:.2f}" if zh else "median {:.2f}, worst {:.2f}"
    worst = max(row["gap"] for row in rows)
    return [
        f"{family}: {len(rows)}",
        "–",
        "–",
        f"≤ {worst:.3%}",
        f"{proven}/{len(rows)}",
        words.format(statistics.median(wall), max(wall)),
        words.format(statistics.median(cpu), max(cpu)),
        f"{met}/{len(rows)}",
    ]
