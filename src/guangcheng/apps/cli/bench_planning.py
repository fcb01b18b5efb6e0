"""``bench forecast`` and ``bench radio``: how good the planner's predictions are."""

from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, progress, show, words
from guangcheng.apps.cli.options import FOLDER

data_argument = click.argument("data", metavar="DATA", type=FOLDER)


@click.command(
    help=words(
        "预测：方法只按 2010 年及以前的起点选定，再在 2013、2014 年上打一次分。DATA：共享参考数据的 series 文件夹。",
        "Forecasts: chosen on origins up to 2010, scored once on 2013–14. DATA: the folder series of the "
        "reference data.",
    )
)
@data_argument
@click.option("--seed", type=int, default=1, show_default=True)
@common
def forecast(data: Path, seed: int, as_json: bool) -> int:
    """Score and print; exit 1 when an aim is missed."""
    from guangcheng.apps.bench.forecast import run_forecast_bench

    result = run_forecast_bench(data, seed=seed)
    emit(result, as_json=as_json)
    if not as_json:
        show("\n".join(_forecast_lines(result)))
    return EXIT_DONE if result["met"] else EXIT_NO


def _forecast_lines(result: dict[str, Any]) -> list[str]:
    held, chosen, gap = result["held_out"], result["method"], result["difference"]
    lines = [
        words(
            f"{result['count']} 个国家和地区，选定 {chosen}，2013–14 年误差中位数（%）：",
            f"{result['count']} countries and territories, chosen: {chosen}; median error on 2013–14 in %:",
        )
    ]
    lines += [f"  {name:18}{value['median']:7.2f}" for name, value in held.items()]
    inside = result["intervals"]
    lines.append(
        words(
            f"与 {gap['against']} 之差 {gap['median']:+.2f} 个百分点"
            f"（95% 区间 {gap['low']:+.2f} 到 {gap['high']:+.2f}）；"
            f"{inside['level']}% 区间含 {inside['empirical']:.1f}%",
            f"{gap['median']:+.2f} points against {gap['against']} "
            f"(95 % interval {gap['low']:+.2f} to {gap['high']:+.2f}); "
            f"{inside['level']} % intervals contain {inside['empirical']:.1f} %",
        )
    )
    return lines


@click.command(
    help=words(
        "无线：公布的参考值、速度、一座真实城市的网络（每个假设都打印）。DATA：共享参考数据的 data 文件夹。",
        "Radio: published values, speed, the network of a real city, every assumption printed. DATA: the folder data "
        "of the reference data.",
    )
)
@data_argument
@click.option(
    "--pixel", type=click.FloatRange(min=1), default=20.0, show_default=True, help=words("像元（米）", "pixel (m)")
)
@click.option(
    "-o", "--output", type=FOLDER, help=words("把图（PNG 和 GeoTIFF）写到这里", "write maps (PNG and GeoTIFF) here")
)
@common
def radio(data: Path, pixel: float, output: Path | None, as_json: bool) -> int:
    """Measure and print; exit 1 when an aim is missed."""
    from guangcheng.apps.bench.radio import run_radio_bench

    result = run_radio_bench(data, pixel_m=pixel, output=output, progress=progress())
    emit(result, as_json=as_json)
    if not as_json:
        show("\n".join(_radio_lines(result)))
    return EXIT_DONE if result["met"] else EXIT_NO


def _radio_lines(result: dict[str, Any]) -> list[str]:
    reference, speed, terrain, network = (result[name] for name in ("reference", "speed", "terrain", "network"))
    lines = [
        words("假设：", "Assumed:"),
        *(f"  {words(item['zh'], item['en'])}" for item in result["assumptions"]),
        words(
            f"参考值 {reference['within']}/{reference['values']} 在 0.01 dB 内；"
            f"每秒 {speed['million_per_s']} 百万像元·小区，地形剖面 {terrain['million_per_s']}",
            f"{reference['within']} of {reference['values']} reference values within 0.01 dB; "
            f"{speed['million_per_s']} million pixel·cells a second, {terrain['million_per_s']} over terrain",
        ),
        words(
            f"网络 {network['antennas']} 副天线，{network['pixel_m']:g} m 像元，{network['seconds']} 秒：",
            f"network of {network['antennas']} antennas at {network['pixel_m']:g} m in {network['seconds']} s:",
        ),
    ]
    lines += [
        words(
            f"  {item['operator']}：{item['reached_percent']}% 的面积可靠达到，"
            f"平均概率 {item['mean_probability_percent']}%",
            f"  {item['operator']}: {item['reached_percent']} % of the area reached reliably, "
            f"mean probability {item['mean_probability_percent']} %",
        )
        for item in network["operators"]
    ]
    return lines
