"""``demo``: from nothing to a report, in one command."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, progress, say, show, words
from guangcheng.apps.cli.options import FOLDER
from guangcheng.base.progress import Progress
from guangcheng.base.text import Text

SAMPLE = Text(
    zh="示例：地名为公开事实，其余数据全部由程序合成，不代表任何真实情况",
    en="sample: place names are published facts, everything else is synthetic and says nothing about any real place",
)


@click.command(
    help=words(
        "生成示例城市（清城区真实村名 + 合成数据），按三项标准评估，写出台账和报告。",
        "Build the sample city (real names of Qingcheng, synthetic data), evaluate three standards, write reports.",
    )
)
@click.argument("folder", metavar="[DIR]", type=FOLDER, default=Path("guangcheng-demo"))
@click.option("--premises", type=click.IntRange(min=1), help=words("驻地数（默认 50000）", "premises (default 50000)"))
@click.option("--seed", type=int, help=words("随机种子", "seed"))
@common
def demo(folder: Path, premises: int | None, seed: int | None, as_json: bool) -> int:
    """Do the main job on the embedded default; exit 1 if any verdict differs from the truth it was built with."""
    from guangcheng.apps.demo.generator import DEFAULT_PREMISES, DEFAULT_SEED
    from guangcheng.apps.demo.write import write_demo
    from guangcheng.apps.meter import seconds

    started = seconds()
    premises, seed = premises or DEFAULT_PREMISES, DEFAULT_SEED if seed is None else seed
    bar = progress()
    say(SAMPLE)
    made = write_demo(folder, premises=premises, seed=seed, progress=bar)
    cities = [_one(city, made.truth, bar, as_json=as_json) for city in made.cities]
    took = round(seconds() - started, 1)
    emit(
        {"folder": str(folder), "premises": premises, "seed": seed, "cities": cities, "seconds": took},
        as_json=as_json,
    )
    if not as_json:
        show(_farewell(made.folder, cities, took).in_(lang()))
    return EXIT_NO if any(city["truth"]["differs"] for city in cities) else EXIT_DONE


def _one(folder: Path, truth: Path, bar: Progress, *, as_json: bool) -> dict[str, Any]:
    from guangcheng.apps import bootstrap
    from guangcheng.apps.cli import screens
    from guangcheng.apps.demo.check import differences, read_truth
    from guangcheng.apps.handover import hand_over, look
    from guangcheng.registers.city import City

    city = City.open(folder)
    standard_id = city.config.standards[0]
    looked = look(city, standard_id, as_of=None, progress=bar)
    rows = read_truth(truth, folder.name)
    wrong = differences(looked.evaluation, rows)
    files = hand_over(
        looked, folder / "reports", generated_on=bootstrap.today(), lang=lang(), remark=SAMPLE, progress=bar
    )
    if not as_json:
        show(f"\n━━ {city.config.name} ━━\n")
        show(screens.evaluation(looked.evaluation, lang()))
        for line in wrong:
            say(Text(zh=f"与构造时的真值不符：{line}", en=f"differs from the truth it was built with: {line}"))
    places = (*looked.evaluation.areas, *looked.evaluation.estates)
    return {
        "folder": str(folder),
        "standard": standard_id,
        "as_of": looked.evaluation.as_of.isoformat(),
        "verdicts": dict(Counter(place.verdict.value for place in places)),
        "indicators": dict(Counter(item.status.value for item in looked.evaluation.indicators)),
        "truth": {"checked": len(rows), "differs": len(wrong)},
        "files": [str(path) for path in files],
    }


def _farewell(folder: Path, cities: list[dict[str, Any]], took: float) -> Text:
    files = "\n".join(f"  {path}" for city in cities for path in city["files"])
    checked = sum(city["truth"]["checked"] for city in cities)
    first = cities[0]
    return Text(
        zh=f"\n{checked} 个结论与构造时的真值逐一核对过。用时 {took} 秒。\n\n报告在这里：\n{files}\n\n接着试试：\n"
        f"  guangcheng explain {first['folder']} {first['standard']}@{first['as_of']}/441802/verdict\n"
        f"  {folder / 'input'} 里有几份可以练习导入的表格（教程第 2 节）",
        en=f"\n{checked} verdicts were held against the truth the city was built with. Took {took} s.\n\n"
        f"The reports are here:\n{files}\n\nNext, try:\n"
        f"  guangcheng explain {first['folder']} {first['standard']}@{first['as_of']}/441802/verdict\n"
        f"  {folder / 'input'} holds files to practise importing on (tutorial, part 2)",
    )
