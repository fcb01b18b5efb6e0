"""The table of reach from Parquet to Parquet, from the committed benchmark."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Table = Callable[[list[str], list[list[str]]], str]


def end_to_end(paths: Sequence[Path], zh: bool, table: Table) -> str:
    """One table per number of premises measured, wall seconds and their ratio to ours; failures in their words."""
    measured = [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]
    return "\n\n".join(_measured(got, zh, table) for got in measured)


def _measured(got: dict[str, Any], zh: bool, table: Table) -> str:
    head = [
        f"{got['premises']:,} 个驻地，墙上秒数" if zh else f"{got['premises']:,} premises, wall seconds",
        *(f"{one['points']:,} {'点' if zh else 'points'}" for one in got["tables"]),
    ]
    names = {"ours": "光城" if zh else "Guangcheng"}
    rows = [
        [names.get(name, name), *(_cell(one["peers"][name]) for one in got["tables"])]
        for name in got["tables"][0]["peers"]
    ]
    absent = ", ".join(got["absent"])
    last = (f"\n\n没有测：{absent}。" if zh else f"\n\nNot run: {absent}.") if absent else ""
    said = [_check(one["points"], check, zh) for one in got["tables"] for check in one["targets"]]
    return "\n".join([table(head, rows), *said]) + last


def _check(points: int, check: dict[str, Any], zh: bool) -> str:
    ratio, least, name = check["ratio"], check["at_least"], check["against"]
    if zh:
        return f"\n{points:,} 点：比 {name} 快，是它的 {ratio:g} 倍，目标 {least:g} 倍，{'达到' if check['met'] else '未达到'}。"
    said = "met" if check["met"] else "missed"
    return f"\n{points:,} points: {ratio:g} times as fast as {name}, {least:g} wanted: {said}."


def _cell(row: dict[str, Any]) -> str:
    return row["failed"] if row["wall_s"] is None else f"{row['wall_s']:.2f} ({row['ratio']:g}×)"
