"""The table of the load on the pages, from the committed benchmark."""

import json
from collections.abc import Callable
from pathlib import Path

Table = Callable[[list[str], list[list[str]]], str]
NAMES = {"page": ("页面", "pages"), "tile": ("地图切片", "map tiles"), "write": ("办事", "acts")}
TARGETS = {"page": "pages_p95_ms", "tile": "tiles_p95_ms"}


def load(path: Path, zh: bool, table: Table) -> str:
    """How long each group took, what the server spent, then every kind of page."""
    got = json.loads(path.read_text(encoding="utf-8"))
    server = got["server"]
    said = (
        f"{got['premises']:,} 个驻地，{got['users']} 人，{got['minutes']:g} 分钟，{got['cores']} 核：{got['requests']:,} 个请求，"
        f"{got['errors']} 个出错。\n"
        if zh
        else f"{got['premises']:,} premises, {got['users']} people, {got['minutes']:g} minutes, {got['cores']} cores: "
        f"{got['requests']:,} requests, {got['errors']} errors.\n"
    )
    head = (
        ["", "个数", "p50 ms", "p95 ms", "p99 ms", "目标"]
        if zh
        else ["", "count", "p50 ms", "p95 ms", "p99 ms", "asked"]
    )
    rows = [
        [
            NAMES[name][0 if zh else 1],
            *_figures(group),
            f"p95 < {got['targets'][TARGETS[name]]:g}" if name in TARGETS else "—",
        ]
        for name, group in got["groups"].items()
    ]
    spent = (
        f"服务器用处理器 {server['cpu_s']:g} 秒（全机的 {server['cpu_share']:.0%}，每个请求 {server['cpu_ms_per_request']:g} ms），"
        f"内存 {server['resident_mib']:,} MiB；模拟这些人的进程用 {got['generator_cpu_s']:g} 秒。从启动到首页出数 "
        f"{got['first_figure_s']:g} 秒。\n"
        if zh
        else f"The server spent {server['cpu_s']:g} s of processor time ({server['cpu_share']:.0%} of the machine, "
        f"{server['cpu_ms_per_request']:g} ms per request) and {server['resident_mib']:,} MiB; the process of the people "
        f"{got['generator_cpu_s']:g} s. From the start to the first figure on a page: {got['first_figure_s']:g} s.\n"
    )
    kinds = [[f"`{kind}`", *_figures(found)] for kind, found in got["kinds"].items() if kind != "tile"]
    return f"{said}\n{table(head, rows)}\n{spent}\n{table(head[:-1], kinds)}"


def _figures(found: dict[str, float]) -> list[str]:
    return [f"{found['count']:,}", *(f"{found[name]:.0f}" for name in ("p50_ms", "p95_ms", "p99_ms"))]
