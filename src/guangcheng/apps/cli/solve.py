"""``solve reach``: the raw doors, columns in and columns out, for anyone who wants to check a kernel."""

from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.cover import cover
from guangcheng.apps.cli.door import EXIT_DONE, common, emit, show, words
from guangcheng.apps.cli.options import FILE
from guangcheng.apps.cli.solve_budget import budget
from guangcheng.apps.cli.solve_steiner import steiner


@click.group(help=words("直接计算：Parquet 列进，Parquet 列出。", "Raw computations: Parquet columns in and out."))
def solve() -> None:
    """Hold the raw doors together."""


solve.add_command(budget)
solve.add_command(cover)
solve.add_command(steiner)


@solve.command(
    help=words(
        "每个驻地半径内最近的合格接入点。PREMISES：id、x、y、radius_m（米）；POINTS：id、x、y、qualifies。"
        "结果：id、covered、point_id、distance_m；dx²+dy² ≤ r² 即覆盖，同距取编号小的。",
        "The nearest qualifying access point within each premises' radius. PREMISES: id, x, y, radius_m (metres); "
        "POINTS: id, x, y, qualifies. Result: id, covered, point_id, distance_m; covered when dx²+dy² ≤ r², "
        "the lowest id of equally near points.",
    )
)
@click.argument("premises", metavar="PREMISES", type=FILE)
@click.argument("points", metavar="POINTS", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, help=words("结果文件（Parquet）", "the result (Parquet)"))
@click.option(
    "--capacity",
    is_flag=True,
    help=words(
        "端口会用完：POINTS 另有 ports，PREMISES 另有 demand；离得近的先得",
        "ports are consumed: POINTS has ports, PREMISES has demand; the nearest are served first",
    ),
)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help=words("线程数", "threads"))
@common
def reach(premises: Path, points: Path, output: Path, capacity: bool, threads: int, as_json: bool) -> int:
    """Compute and print counts, seconds and memory."""
    from guangcheng.apps.meter import MIB, peak_bytes, seconds
    from guangcheng.coverage.raw_reach import solve_reach

    done = solve_reach(premises, points, output, clock=seconds, threads=threads, capacity=capacity)
    times = {"read": done.read_s, "compute": done.compute_s, "write": done.write_s}
    result: dict[str, Any] = {
        "premises": done.premises,
        "points": done.points,
        "covered": done.covered,
        "seconds": {name: round(value, 6) for name, value in times.items()},
        "peak_rss_mb": round(peak_bytes() / MIB, 1),
    }
    if capacity:
        result["ports"] = {"asked": done.demand, "served": done.served}
    emit(result, as_json=as_json)
    if not as_json:
        share = f"{done.covered / done.premises:.2%}" if done.premises else "–"
        spent = " + ".join(f"{value:.3f}" for value in times.values())
        show(
            words(
                f"{done.premises:,} 个驻地，{done.covered:,} 个有覆盖（{share}）；读、算、写 {spent} 秒 → {output}",
                f"{done.premises:,} premises, {done.covered:,} covered ({share}); read + compute + write {spent} s "
                f"→ {output}",
            )
        )
    return EXIT_DONE
