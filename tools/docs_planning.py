"""Generated parts of the pages on forecast and radio, from the committed measurements."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Table = Callable[[list[str], list[list[str]]], str]


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def forecast(path: Path, zh: bool, table: Table) -> str:
    """Back-test, held-out years, intervals, the table of document 000."""
    from guangcheng.planning.forecast.methods import METHODS

    got = _read(path)
    origins = [str(year) for year in got["rule"]["origins"]]
    medians, held = got["back_test"]["medians"], got["held_out"]
    rows = []
    for name, named in METHODS.items():
        title = named.title.zh if zh else named.title.en
        shown = f"**{title}**" if name == got["method"] else title
        past = [f"{medians[name][year]:.2f}" for year in origins]
        rows.append(
            [shown, *past, f"{medians[name]['mean']:.2f}", f"{held[name]['median']:.2f}", f"{held[name]['mean']:.2f}"]
        )
    words = ["均值", "2013–14 中位", "2013–14 均值"] if zh else ["mean", "2013–14 median", "2013–14 mean"]
    first = "方法" if zh else "method"
    parts = [
        f"{got['count']} 个国家和地区；两年误差（MAPE，%）的中位数，按起点年份：\n"
        if zh
        else f"{got['count']} countries and territories; median of the two-year error (MAPE, %) by origin:\n",
        table([first, *origins, *words], rows),
        _gap(got, zh),
        _ranges(got, zh, table),
        _china(got["china"], zh, table),
        _targets(got["targets_000"], zh, table),
        f"名单（用数据里的名称）：{'、'.join(got['countries'])}。"
        if zh
        else f"The countries and territories: {', '.join(got['countries'])}.",
    ]
    return "\n".join(parts)


def _gap(got: dict[str, Any], zh: bool) -> str:
    lines = []
    for item in (got, got["wider"]):
        gap, held = item["difference"], item["held_out"]
        ours, drift = held[item["method"]]["median"], held["drift"]["median"]
        lines.append(
            f"- {item['count']} 个国家和地区：选定的方法 {ours:.2f}%，线性外推 {drift:.2f}%；差 {gap['median']:+.2f} 个百分点，"
            f"成对自助法 95% 区间 {gap['low']:+.2f} 到 {gap['high']:+.2f}；{gap['better_in']} 个国家和地区更好。"
            if zh
            else f"- {item['count']} countries and territories: the chosen method {ours:.2f} %, drift {drift:.2f} %; difference "
            f"{gap['median']:+.2f} points, 95 % interval of the paired bootstrap {gap['low']:+.2f} to {gap['high']:+.2f}; "
            f"better in {gap['better_in']}."
        )
    others = got["others"]["held_out"]
    lines.append(
        f"- 另外 {got['others']['count']} 个国家和地区（每百人 1 条以上，两个名单之外）：{others['combined']:.2f}% 对 {others['drift']:.2f}%。\n"
        if zh
        else f"- {got['others']['count']} other countries and territories (from 1 per 100, on neither list): {others['combined']:.2f} % "
        f"against {others['drift']:.2f} %.\n"
    )
    return "\n".join(lines)


def _ranges(got: dict[str, Any], zh: bool, table: Table) -> str:
    head = (
        ["80% 区间实际含有", "相对误差（默认）", "按近期增速"]
        if zh
        else ["80 % intervals contained", "relative errors (default)", "by recent pace"]
    )
    rows = []
    for item in (got, got["wider"], got["others"]):
        inside = item["intervals"]
        name = f"{item['count']} 个国家和地区" if zh else f"{item['count']} countries and territories"
        rows.append([name, f"{inside['empirical']:.1f}%", f"{inside['pace']:.1f}%"])
    return table(head, rows)


def _china(rows: list[dict[str, Any]], zh: bool, table: Table) -> str:
    head = ["中国（一年误差，%）", "年", "线性外推", "阻尼趋势", "逻辑斯蒂", "龚珀兹"]
    if not zh:
        head = ["China (one-year error, %)", "year", "drift", "damped trend", "logistic", "Gompertz"]
    cells = [
        [f"`{row['metric']}`", str(row["year"])]
        + [f"{row[name]:.2f}" if name in row else "—" for name in ("drift", "damped", "logistic", "gompertz")]
        for row in rows
    ]
    return table(head, cells)


def _targets(got: dict[str, Any], zh: bool, table: Table) -> str:
    head = ["000 的目标", "2014", "2015", "2020", "每年增加", "每年增长"]
    if not zh:
        head = ["target of document 000", "2014", "2015", "2020", "more a year", "growth a year"]
    rows = [
        [
            item["name"]["zh" if zh else "en"],
            *(f"{item['values'][year]:g}" for year in ("2014", "2015", "2020")),
            f"{item['per_year']:g}",
            f"{item['percent_a_year']:.1f}%",
        ]
        for item in got["growth"]
    ]
    flags = [f"- {flag['zh' if zh else 'en']}" for flag in got["flags"]]
    return table(head, rows) + "\n" + "\n".join(flags) + "\n"


def radio(path: Path, zh: bool, table: Table) -> str:
    """Reference values, speed, the network with every assumption."""
    got = _read(path)
    reference, speed, network, aims = got["reference"], got["speed"], got["network"], got["targets"]
    head = ["", "实测", "目标"] if zh else ["", "measured", "target"]
    rows = [
        [
            "公布的参考值" if zh else "published values",
            f"{reference['within']}/{reference['values']}, ≤ {reference['largest_db']} dB",
            f"≤ {aims['reference_db']} dB",
        ],
        [
            "统计预测（百万像元·小区/秒）" if zh else "statistical prediction (million pixel·cells a second)",
            f"{speed['million_per_s']}",
            f"≥ {aims['million_per_s']:g}",
        ],
        *_terrain_row(got, zh),
        [
            f"{network['antennas']} 副天线，{network['pixel_m']:g} m 像元"
            if zh
            else f"{network['antennas']} antennas at {network['pixel_m']:g} m",
            f"{network['seconds']} s",
            f"< {aims['network_s']:g} s",
        ],
    ]
    operators = [
        [
            item["operator"],
            str(item["cells"]),
            str(item["masts"]),
            f"{item['reached_percent']:.1f}%",
            f"{item['mean_probability_percent']:.1f}%",
            f"{item['median_dbm']:.1f}",
            str(item["no_data_pixels"]),
        ]
        for item in network["operators"]
    ]
    columns = ["运营商", "小区", "站址", "可靠达到的面积", "平均概率", "中位 SS-RSRP（dBm）", "无数据像元"]
    if not zh:
        columns = [
            "operator",
            "cells",
            "masts",
            "area reached reliably",
            "mean probability",
            "median SS-RSRP (dBm)",
            "no data",
        ]
    assumed = [f"- {item['zh' if zh else 'en']}" for item in got["assumptions"]]
    said = "全部假设：" if zh else "Everything that is assumed:"
    return "\n".join([table(head, rows), table(columns, operators), f"{said}\n", *assumed])


def _terrain_row(got: dict[str, Any], zh: bool) -> list[list[str]]:
    name = "地形剖面（百万像元·小区/秒）" if zh else "terrain profiles (million pixel·cells a second)"
    return [[name, f"{got['terrain']['million_per_s']}", f"≥ {got['targets']['terrain_million_per_s']:g}"]]
