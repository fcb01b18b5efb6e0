"""``bench fibre``: routes in real streets, with their proof."""

import json
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, keep, progress, show, words
from guangcheng.apps.cli.options import FOLDER, result_option

__all__ = ["fibre"]


@click.command(
    help=words(
        "在真实街道上规划光缆路由：用时、可证明的差距、管道利用。SHARED：共享参考数据文件夹。",
        "Fibre routes in real streets: time, proven gap, use of ducts. SHARED: the folder of shared reference data.",
    )
)
@click.argument("shared", metavar="SHARED", type=FOLDER)
@click.option(
    "--city",
    "cities",
    multiple=True,
    type=click.Choice(["wuchang", "kotka", "kotka-ducts", "kotka-plan", "wuchang-plan"]),
    help=words("只算这一个", "only this one"),
)
@click.option("--seed", type=int, default=1, show_default=True)
@result_option
@common
def fibre(shared: Path, cities: tuple[str, ...], seed: int, output: Path | None, as_json: bool) -> int:
    """Measure and print; exit 1 when a target is missed."""
    from guangcheng.apps.bench.fibre import run_fibre_bench
    from guangcheng.base.errors import NotFound
    from guangcheng.base.text import Text

    if not (shared / "data").is_dir():
        raise NotFound(
            Text(f"{shared} 里没有 data 文件夹", f"there is no folder data in {shared}"),
            mend=Text("给出共享参考数据的文件夹", "give the folder of the shared reference data"),
        )
    result = run_fibre_bench(shared, cities=cities, seed=seed, progress=progress())
    keep(result, output)
    emit(result, as_json=as_json)
    if not as_json:
        show(json.dumps(result["cities"], ensure_ascii=False, indent=2))
    return EXIT_DONE if result["met"] else EXIT_NO
