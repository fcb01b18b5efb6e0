"""``bench pon``: how far from the best a hierarchical PON plan can be."""

import json
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, keep, progress, show, words
from guangcheng.apps.cli.options import FOLDER, result_option

__all__ = ["pon"]


@click.command(
    help=words(
        "分级 PON：在公开街道图上按种子生成用户，给出造价、下界和差距。DATA：.gr.gz 图的文件夹（vienna I）。",
        "Hierarchical PON: customers drawn by a seed on public street graphs; cost, bound and gap. DATA: the folder "
        "of the .gr.gz graphs (vienna I).",
    )
)
@click.argument("data", metavar="DATA", type=FOLDER)
@click.option("--cases", type=click.IntRange(min=1), help=words("只算前几题", "only the first so many"))
@click.option("--shakes", type=click.IntRange(min=0), help=words("每个节点试几次随机改动", "random changes a node"))
@result_option
@common
def pon(data: Path, cases: int | None, shakes: int | None, output: Path | None, as_json: bool) -> int:
    """Measure and print; exit 1 when a target is missed."""
    from guangcheng.apps.bench.pon import CASES, run_pon_bench
    from guangcheng.planning.pon.place import SHAKES

    tries = SHAKES if shakes is None else shakes
    result = run_pon_bench(data, cases=CASES[:cases], shakes=tries, progress=progress())
    keep(result, output)
    emit(result, as_json=as_json)
    if not as_json:
        show(json.dumps(result["instances"], ensure_ascii=False, indent=2))
    return EXIT_DONE if result["met"] else EXIT_NO
