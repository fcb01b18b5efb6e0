"""The generated table of the page on Steiner trees."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Table = Callable[[list[str], list[list[str]]], str]

NAMES = {
    "vienna_i_simple": ("维也纳接入网 I", "VIENNA I, access networks"),
    "vienna_geo_original": ("维也纳街道 GEO", "VIENNA GEO, street graphs"),
    "rpcst_cologne1": ("科隆 FTTx（有根、有奖值）", "Cologne FTTx (rooted, prizes)"),
    "pcspg_jmp": ("JMP（有奖值）", "JMP (prizes)"),
    "steinlib_B": ("SteinLib B", "SteinLib B"),
}


def steiner(path: Path, zh: bool, table: Table) -> str:
    """Each set, then each access network, as measured."""
    if not path.is_file():
        return "还没有测量。" if zh else "Not measured yet."
    got = json.loads(path.read_text(encoding="utf-8"))
    head = (
        ["算例组", "个数", "离最优平均", "最差", "自证差距平均", "证明最优", "求解秒", "整个进程秒"]
        if zh
        else [
            "set",
            "instances",
            "mean above optimum",
            "worst",
            "mean certified gap",
            "proven",
            "solver s",
            "process s",
        ]
    )
    rows = [_family(row, zh) for row in got["families"]]
    absent = [name for name, version in got["peers"].items() if version is None]
    said = (
        f"{got['cores']} 核，每个算例最多 {got['time_limit_s']:g} 秒，测量结束时系统平均负载 {got['load']}；"
        f"每棵树都核对过。同类库缺席：{'、'.join(absent) or '无'}。"
        if zh
        else f"{got['cores']} cores, at most {got['time_limit_s']:g} s each, load average {got['load']} at the end; every "
        f"tree checked. Peers absent: {', '.join(absent) or 'none'}."
    )
    each = (
        ["算例", "点", "终端", "费用", "离最优", "自证差距", "秒"]
        if zh
        else ["instance", "vertices", "terminals", "cost", "above optimum", "certified gap", "s"]
    )
    large = [_instance(one) for one in got["instances"] if one["family"].startswith("vienna")]
    return f"{said}\n\n{table(head, rows)}\n\n{table(each, large)}"


def _family(row: dict[str, Any], zh: bool) -> list[str]:
    return [
        NAMES[row["family"]][0 if zh else 1],
        str(row["instances"]),
        f"{row['mean_gap']:.4%}",
        f"{row['worst_gap']:.4%}",
        f"{row['mean_certified_gap']:.4%}",
        f"{row['proven']}",
        f"{row['mean_solver_s']:.2f}",
        f"{row['mean_process_s']:.2f}",
    ]


def _instance(one: dict[str, Any]) -> list[str]:
    return [
        one["name"],
        f"{one['vertices']:,}",
        f"{one['terminals']:,}",
        f"{one['cost']:,.0f}",
        f"{one['gap_to_known']:.4%}",
        f"{one['certified_gap']:.4%}",
        f"{one['solver_s']:.1f}",
    ]
