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

    from guangcheng.apps.with_plan import After, Given, Uncounted
    from guangcheng.base.errors import GuangchengError
    from guangcheng.coverage.by_route import ByRoute
    from guangcheng.coverage.gaps import Fewest
    from guangcheng.coverage.results import Evaluation

    Change = tuple[Given, After, Sequence[Uncounted]]
    """A plan, what it changes, and what it connects in vain."""


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
    "--with-plan",
    "--planned",
    "plan",
    metavar="NAME|RUN",
    help=words(
        "把这个方案里的设施当作已建成再评，并与现状对照：方案名（plan sites、plan fibre --name），"
        "或 plan fibre 写出的文件夹；现状台账不变",
        "evaluate as if the objects of this plan stood, beside what stands today: the name of a plan (plan sites, "
        "plan fibre --name) or a folder that plan fibre wrote; the registers stay as they are",
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
    plan: str | None,
    by: str,
    limit_m: float | None,
    fail_on: str,
    as_json: bool,
) -> int:
    """Evaluate and print: the JSON object, or tables for people. ``--fail-on`` looks at ``--standard`` alone."""
    from guangcheng.apps import bootstrap, shapes
    from guangcheng.apps.handover import Looked, along_streets, look, ways_to_pass
    from guangcheng.apps.with_plan import compared, given_plan, uncounted
    from guangcheng.registers.city import City
    from guangcheng.registers.view import RegisterView

    if limit_m is not None and by != "route":
        raise _limit_without_route()
    city = City.open(folder)
    given = None if plan is None else given_plan(city, plan, city.view(bootstrap.as_of_day(city, as_of)))

    def looking(standard: str, planned: RegisterView | None) -> Looked:
        return look(city, standard, as_of=as_of, area=area, planned=planned, progress=progress())

    laid = None if given is None else given.view
    looked = looking(standard_id, laid)
    result = looked.evaluation
    change = None
    if given is not None:
        change = (given, compared(looking(standard_id, None).evaluation, result), uncounted(given, looked.survey))
    beside = [looking(name, laid).evaluation for name in others]
    found = ways_to_pass(looked) if ways else None
    routed = along_streets(looked, limit_m, progress=progress()) if by == "route" else None
    more = {
        "by_route": None if routed is None else shapes.by_route(routed, result),
        "with_plan": None if change is None else shapes.with_plan(*change),
        "ways": None if found is None else shapes.ways(found),
        "beside": [shapes.evaluation(other) for other in beside] or None,
    }
    shaped = shapes.evaluation(result) | {key: value for key, value in more.items() if value is not None}
    emit(shaped, as_json=as_json)
    if not as_json:
        _shown(change, result, routed, found, beside)
    verdicts = Counter(place.verdict.value for place in result.areas + result.estates)
    return EXIT_NO if fail_on != "never" and verdicts[fail_on] else EXIT_DONE


def _shown(
    change: "Change | None",
    result: "Evaluation",
    routed: "ByRoute | None",
    found: "Mapping[str, Fewest] | None",
    beside: "Sequence[Evaluation]",
) -> None:
    """Print what was asked for, the evaluation first."""
    from guangcheng.apps.cli import screens, screens_plan, screens_route

    if change is not None:
        show(screens_plan.with_plan(*change, lang()))
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
