"""``bench steiner``: how close to the optimum, against known optima and peers."""

import json
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, keep, progress, show, words
from guangcheng.apps.cli.options import FOLDER, result_option

__all__ = ["steiner"]


@click.command(
    help=words(
        "斯坦纳树离最优有多远：逐个算 DATA/known.csv 列出的算例，核对每棵树，与已知最优值和同类库比较。",
        "How far Steiner trees are from the optimum: every instance of DATA/known.csv, each tree checked, "
        "against known optima and other libraries.",
    )
)
@click.argument("data", metavar="DATA", type=FOLDER)
@click.option("--time-limit", type=click.FloatRange(min=1), default=60.0, show_default=True, metavar="S")
@click.option("--family", "families", multiple=True, metavar="NAME", help=words("只算这一组", "only this set"))
@result_option
@common
def steiner(data: Path, time_limit: float, families: tuple[str, ...], output: Path | None, as_json: bool) -> int:
    """Measure and print; exit 1 when a target is missed."""
    from guangcheng.apps.bench.steiner import TARGETS, run_steiner_bench
    from guangcheng.base.errors import NotFound
    from guangcheng.base.text import Text

    unknown = [name for name in families if name not in TARGETS]
    if unknown or not (data / "known.csv").is_file():
        said = unknown[0] if unknown else str(data / "known.csv")
        raise NotFound(
            Text(f"没有 {said}", f"there is no {said}"),
            mend=Text(
                f"给出含 known.csv 的文件夹；可选的组：{'、'.join(TARGETS)}",
                f"give a folder with known.csv; sets: {', '.join(TARGETS)}",
            ),
        )
    result = run_steiner_bench(data, time_limit_s=time_limit, families=families, progress=progress())
    keep(result, output)
    emit(result, as_json=as_json)
    if not as_json:
        show(json.dumps(result["families"], ensure_ascii=False, indent=2))
    return EXIT_DONE if result["met"] else EXIT_NO
