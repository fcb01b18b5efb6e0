"""``evaluate`` and ``explain``."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, progress, show, words
from guangcheng.apps.cli.options import area_option, as_of_option, city_argument, standard_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guangcheng.base.errors import GuangchengError
    from guangcheng.coverage.by_route import ByRoute
    from guangcheng.coverage.gaps import Fewest
    from guangcheng.coverage.results import Evaluation


@click.command(help=words("按一项标准评估城市：谁达标、谁没有、为什么、缺什么。", "Evaluate a city by one standard."))
@city_argument
@standard_option
@area_option
@as_of_option
@click.option(
    "--beside",
    "others",
    metavar="ID",
    multiple=True,
    help=words(
        "再按这项标准评估，结论并排列出（可重复）", "evaluate by this standard too, verdicts side by side (repeatable)"
    ),
)
@click.option(
    "--ways",
    is_flag=True,
    help=words(
        "再算出每个未达标的镇、街道、行政村最少还要建成哪些自然村、覆盖哪些驻地",
        "also work out the fewest natural villages and premises that would make each failing place pass",
    ),
)
@click.option(
    "--planned",
    metavar="NAME",
    help=words(
        "把这个方案里的设施当作已建成再评（方案由 plan sites 等生成，现状台账不变）",
        "evaluate as if the objects of this plan stood (plans come from plan sites; the registers stay as they are)",
    ),
)
@click.option(
    "--by",
    type=click.Choice(["line", "route"]),
    default="line",
    show_default=True,
    help=words(
        "route：再沿道路量一遍距离，与文本的直线半径并列（需道路台账；结论仍按直线）",
        "route: measure along the streets too, beside the text's straight line (needs the register of streets; "
        "verdicts stay by the line)",
    ),
)
@click.option(
    "--street-limit",
    "limit_m",
    metavar="M",
    type=click.FloatRange(min=0, min_open=True, max=10_000),
    help=words(
        "同 --by route：离所有道路超过这么多米的驻地单独列出（默认 100）",
        "with --by route: premises further than this many metres from every street are listed (default 100)",
    ),
)
@click.option(
    "--fail-on",
    type=click.Choice(["fail", "no_data", "never"]),
    default="never",
    help=words("有这样的结论时以 1 退出", "exit 1 when any place has this verdict"),
)
@common
def evaluate(
    folder: Path,
    standard_id: str,
    area: str | None,
    as_of: dt.date | None,
    others: tuple[str, ...],
    ways: bool,
    planned: str | None,
    by: str,
    limit_m: float | None,
    fail_on: str,
    as_json: bool,
) -> int:
    """Evaluate and print: the JSON object, or tables for people. ``--fail-on`` looks at ``--standard`` alone."""
    from guangcheng.apps import shapes
    from guangcheng.apps.handover import along_streets, look, ways_to_pass
    from guangcheng.registers.city import City

    if limit_m is not None and by != "route":
        raise _limit_without_route()
    city = City.open(folder)
    looked = look(city, standard_id, as_of=as_of, area=area, planned=planned, progress=progress())
    result = looked.evaluation
    beside = [
        look(city, name, as_of=as_of, area=area, planned=planned, progress=progress()).evaluation for name in others
    ]
    found = ways_to_pass(looked) if ways else None
    routed = along_streets(looked, limit_m, progress=progress()) if by == "route" else None
    more = {
        "by_route": None if routed is None else shapes.by_route(routed, result),
        "planned": planned,
        "ways": None if found is None else shapes.ways(found),
        "beside": [shapes.evaluation(other) for other in beside] or None,
    }
    shaped = shapes.evaluation(result) | {key: value for key, value in more.items() if value is not None}
    emit(shaped, as_json=as_json)
    if not as_json:
        _shown(planned, result, routed, found, beside)
    verdicts = Counter(place.verdict.value for place in result.areas + result.estates)
    return EXIT_NO if fail_on != "never" and verdicts[fail_on] else EXIT_DONE


def _shown(
    planned: str | None,
    result: "Evaluation",
    routed: "ByRoute | None",
    found: "Mapping[str, Fewest] | None",
    beside: "Sequence[Evaluation]",
) -> None:
    """Print what was asked for, the evaluation first."""
    from guangcheng.apps.cli import screens, screens_route

    if planned is not None:
        said = "连同方案“{}”里的设施，不是现状", "with the objects of the plan “{}”: not what stands today"
        show(words(*said).format(planned))
    show(screens.evaluation(result, lang()))
    if routed is not None:
        show(screens_route.by_route(result, routed, lang()))
    if found is not None:
        show(screens.ways(result, found, lang()))
    if beside:
        show(screens.beside(result, beside, lang()))


def _limit_without_route() -> "GuangchengError":
    from guangcheng.base.errors import UsageError
    from guangcheng.base.text import Text

    return UsageError(
        Text(zh="--street-limit 只用于 --by route", en="--street-limit only goes with --by route"),
        mend=Text(zh="加 --by route，或去掉 --street-limit", en="add --by route, or leave --street-limit out"),
    )


@click.command(
    help=words(
        "一个数字怎么来的。TRACE 取自评估结果，如 qingcheng-2017-all-optical@2018-12-31/441802103/IND-001-17。",
        "How a figure came about. TRACE comes from an evaluation, e.g. "
        "qingcheng-2017-all-optical@2018-12-31/441802103/IND-001-17.",
    )
)
@city_argument
@click.argument("trace", metavar="TRACE")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    help=words("只展开这么多层；默认全部展开", "open only so many levels; default all"),
)
@common
def explain(folder: Path, trace: str, depth: int | None, as_json: bool) -> int:
    """Print the whole derivation of one figure, down to register rows and clauses."""
    from guangcheng.apps import bootstrap, shapes
    from guangcheng.apps.cli import screens
    from guangcheng.coverage.explain import explain as derive
    from guangcheng.coverage.explain import to_depth
    from guangcheng.coverage.trace import parse_trace
    from guangcheng.registers.city import City

    city = City.open(folder)
    asked = parse_trace(trace)
    node = derive(
        city.view(asked.as_of),
        bootstrap.standard_of(city, asked.standard),
        trace,
        calendar=bootstrap.calendar_of(city),
    )
    node = node if depth is None else to_depth(node, depth)
    emit({"trace": trace, "derivation": shapes.trace(node)}, as_json=as_json)
    if not as_json:
        show(screens.derivation(node, lang()))
    return EXIT_DONE
