"""``bench web``: how long people wait for the pages of a large city."""

import json
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, keep, progress, show, words
from guangcheng.apps.cli.options import result_option

__all__ = ["web"]


@click.command(
    help=words(
        "50 人同时用网页：页面、地图、办事各等多久，服务器用多少。FOLDER：城市放在哪里，没有就造一座，留着下次用。",
        "50 people at the pages: how long pages, map and acts take, what the server spends. FOLDER: where the city is "
        "kept; it is made when it is not there.",
    )
)
@click.argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--premises", type=click.IntRange(min=1000), default=1_000_000, show_default=True)
@click.option("--users", type=click.IntRange(min=1), default=50, show_default=True, help=words("人数", "people"))
@click.option("--minutes", type=click.FloatRange(min=0.05), default=10.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@result_option
@common
def web(folder: Path, premises: int, users: int, minutes: float, seed: int, output: Path | None, as_json: bool) -> int:
    """Measure and print; exit 1 when a target is missed."""
    from guangcheng.apps.bench.web import run_web_bench

    result = run_web_bench(folder, premises=premises, users=users, minutes=minutes, seed=seed, progress=progress())
    keep(result, output)
    emit(result, as_json=as_json)
    if not as_json:
        show(json.dumps({name: result[name] for name in SHOWN}, ensure_ascii=False, indent=2))
    return EXIT_DONE if result["met"] else EXIT_NO


SHOWN = ("requests", "errors", "groups", "server", "generator_cpu_s", "targets", "met")
