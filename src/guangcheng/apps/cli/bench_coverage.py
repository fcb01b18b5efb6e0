"""``bench coverage`` and ``bench nation``: reach against other tools, and a whole country."""

import json
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, progress, show, words
from guangcheng.apps.cli.options import FOLDER


@click.command(
    help=words(
        "接入能力计算与其他工具同场比较：处理器时间、整个进程；答案须逐位相同。",
        "Reach against other tools in one run: processor time and whole processes; answers must be identical.",
    )
)
@click.option("--premises", type=click.IntRange(min=1000), default=1_000_000, show_default=True)
@click.option("--points", type=click.IntRange(min=100), multiple=True, default=(10_000, 100_000), show_default=True)
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--peer", "peers", multiple=True, help=words("只比较这些工具", "only these tools"))
@click.option(
    "--end-to-end",
    is_flag=True,
    help=words(
        "从 Parquet 到逐驻地结果和各村占比，再写回 Parquet；比墙上时间",
        "from Parquet to reach per premises and village shares in Parquet; wall seconds",
    ),
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    metavar="S",
    help=words("--end-to-end 时每个工具最多几秒", "most seconds of one tool, with --end-to-end"),
)
@common
def coverage(
    premises: int,
    points: tuple[int, ...],
    runs: int,
    seed: int,
    peers: tuple[str, ...],
    end_to_end: bool,
    limit: float,
    as_json: bool,
) -> int:
    """Measure and print; exit 1 when a target is missed."""
    if end_to_end:
        from guangcheng.apps.bench.coverage_end import run_end_bench
        from guangcheng.apps.bench.coverage_end_peers import END_PEERS

        named = ("ours", *peers) if peers else tuple(END_PEERS)
        result = run_end_bench(
            premises=premises, points=points, runs=runs, seed=seed, peers=named, limit_s=limit, progress=progress()
        )
        emit(result, as_json=as_json)
        if not as_json:
            show(json.dumps(result, ensure_ascii=False, indent=2))
        return EXIT_DONE if result["met"] else EXIT_NO
    from guangcheng.apps.bench.coverage import run_coverage_bench
    from guangcheng.apps.bench.coverage_peers import PEERS

    chosen = ("ours", *peers) if peers else tuple(PEERS)
    result = run_coverage_bench(
        premises=premises, points=points, runs=runs, seed=seed, peers=chosen, progress=progress()
    )
    emit(result, as_json=as_json)
    if not as_json:
        show(json.dumps(result, ensure_ascii=False, indent=2))
    return EXIT_DONE if result["met"] else EXIT_NO


@click.command(
    help=words(
        "在磁盘上造一个国家（31 省，村镇与实数相当），逐级判定到省，报告时间、内存和读取量。",
        "Build a country on disk (31 provinces, as many towns and villages as there are) and judge it up to the "
        "provinces; reports time, memory and bytes read.",
    )
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--scale",
    type=click.FloatRange(min=0.0001, max=1),
    default=0.1,
    show_default=True,
    help=words("1 为 1 亿驻地、1000 万接入点", "1 is 100 million premises and 10 million points"),
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
@common
def nation(folder: Path, scale: float, seed: int, threads: int, as_json: bool) -> int:
    """Measure and print."""
    from guangcheng.apps.bench.nation import run_nation_bench

    result = run_nation_bench(folder, scale=scale, seed=seed, threads=threads, progress=progress())
    emit(result, as_json=as_json)
    if not as_json:
        show(json.dumps(result, ensure_ascii=False, indent=2))
    return EXIT_DONE
