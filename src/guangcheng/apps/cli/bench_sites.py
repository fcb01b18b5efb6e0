"""``bench sites``: access points of a real city, with certificate and verdict."""

from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, keep, show, words
from guangcheng.apps.cli.options import FOLDER, result_option

__all__ = ["sites"]


@click.command(
    help=words(
        "武昌的光网接入点：全部小区、95% 的人在 200 米内，最少花多少钱，证书和评估结论。SHARED：共享参考数据文件夹。",
        "Access points of Wuchang: all estates and 95 % of people within 200 m for the least money, certificate and "
        "verdicts. SHARED: the folder of shared reference data.",
    )
)
@click.argument("shared", metavar="SHARED", type=FOLDER)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--time-limit", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help=words("秒", "seconds")
)
@result_option
@common
def sites(shared: Path, seed: int, time_limit: float, output: Path | None, as_json: bool) -> int:
    """Measure and print; exit 1 when an aim is missed."""
    from guangcheng.apps.bench.sites import run_sites_bench

    result = run_sites_bench(shared, seed=seed, time_limit=time_limit)
    keep(result, output)
    emit(result, as_json=as_json)
    if not as_json:
        show("\n".join(_lines(result)))
    return EXIT_DONE if result["met"] else EXIT_NO


def _lines(got: dict[str, Any]) -> list[str]:
    aims, passed = got["aims"], got["verdicts"]["after"].get("pass", 0)
    return [
        words(
            f"{got['sites']} 个站，{got['cost']:,.0f} 元；离最优至多 {got['gap']:.2%}（目标 {aims['gap']:.0%}）",
            f"{got['sites']} sites, {got['cost']:,.0f} yuan; from the optimum at most {got['gap']:.2%} "
            f"(aim {aims['gap']:.0%})",
        ),
        words(
            f"比逐个贪心省 {got['under_greedy']:.1%}（目标 {aims['under_greedy']:.0%}），"
            f"{got['seconds']} 秒（目标 {aims['seconds']:g}）",
            f"{got['under_greedy']:.1%} under lazy greedy (aim {aims['under_greedy']:.0%}), "
            f"{got['seconds']} s (aim {aims['seconds']:g})",
        ),
        words(
            f"小区 {got['estates']:.0%}，人口 {got['people']:.2%}；评估：{passed}/{got['estate_points']} 个小区达标",
            f"estates {got['estates']:.0%}, people {got['people']:.2%}; {passed} of {got['estate_points']} pass",
        ),
    ]
