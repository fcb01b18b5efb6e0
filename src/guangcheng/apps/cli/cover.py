"""``solve cover``: covering with a certificate."""

from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, show, words


class Share(click.ParamType[float]):
    """A share, written 0.95 or 95%."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the share or fail with how to write it."""
        text = str(value).replace("％", "%").strip()
        try:
            share = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        except ValueError:
            share = -1.0
        if not 0 < share <= 1:
            said = words(f"“{value}”不是份额，请写成 0.95 或 95%", f"'{value}' is no share; write 0.95 or 95%")
            self.fail(said, param, ctx)
        return share


class Ids(click.ParamType[tuple[int, ...]]):
    """Ids of sites with commas between."""

    name = "ids"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Read the ids."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(int(part) for part in str(value).replace("，", ",").split(",") if part.strip())
        except ValueError:
            self.fail(words(f"“{value}”里有不是编号的", f"'{value}' holds something that is no id"), param, ctx)


@click.command(
    help=words(
        "选站覆盖，附证书：建哪些站、值多少、任何方案最多还能好多少。FILE 是四种文本格式之一，"
        "或 cordeau:n=100,m=1e6,seed=1 就地生成。不给 --budget、--sites、--share 就是全部覆盖。",
        "Choose sites to cover demand, with a certificate: which, what they are worth, how much better any choice "
        "could be. FILE is one of four text formats, or cordeau:n=100,m=1e6,seed=1 drawn in place. Without --budget, "
        "--sites or --share everything reachable is covered.",
    )
)
@click.argument("file", metavar="FILE")
@click.option(
    "--budget",
    type=click.FloatRange(min=0),
    help=words("预算内覆盖最多的需求", "the most demand within a budget"),
)
@click.option("--sites", type=click.IntRange(min=0), help=words("最多建几个站", "the most demand by so many sites"))
@click.option(
    "--share", type=Share(), help=words("最省地覆盖这一份额，如 95%", "the cheapest cover of a share, as 95%")
)
@click.option(
    "--radius",
    type=click.FloatRange(min=0),
    help=words("覆盖半径，坐标的单位；经纬度时为米", "radius in the unit of the coordinates; metres for degrees"),
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help=words("最多几秒", "seconds at most"),
)
@click.option("--gap", type=click.FloatRange(min=0, max=1), default=0.0, help=words("差距到此即停", "stop at this gap"))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=words("随机种子", "random seed"))
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help=words("线程数", "threads"))
@click.option("--fewest", is_flag=True, help=words("只数站点，不看成本", "count sites, whatever they cost"))
@click.option(
    "--need", type=click.IntRange(1, 9), default=1, help=words("每点需几个站覆盖", "sites that must reach a point")
)
@click.option("--force", type=Ids(), default=(), help=words("必选站点编号，逗号分隔", "sites to build, by id"))
@click.option("--forbid", type=Ids(), default=(), help=words("禁选站点编号，逗号分隔", "sites not to build, by id"))
@click.option(
    "--operators",
    type=click.IntRange(1, 9),
    default=1,
    help=words("几家运营商共用站址，各自达到 --share", "operators sharing sites, each reaching --share"),
)
@click.option("--capacitated", is_flag=True, help=words("站点容量有限", "sites have limited capacity"))
@common
def cover(
    file: str,
    budget: float | None,
    sites: int | None,
    share: float | None,
    radius: float | None,
    time_limit: float,
    gap: float,
    seed: int,
    threads: int,
    fewest: bool,
    need: int,
    force: tuple[int, ...],
    forbid: tuple[int, ...],
    operators: int,
    capacitated: bool,
    as_json: bool,
) -> int:
    """Solve and print; exit 1 when a person cut the run short."""
    from guangcheng.apps.cover import Asked, run_cover
    from guangcheng.planning.cover.solve import Plan

    plan = Plan(time_limit=time_limit, seed=seed, threads=threads, enough=gap)
    asked = Asked(file, budget, sites, share, radius, plan, fewest, need, force, forbid, operators, capacitated)
    result = run_cover(asked)
    emit(result, as_json=as_json)
    if not as_json:
        show(_screen(result))
    return EXIT_NO if result["stopped"] == "interrupted" else EXIT_DONE


def _screen(result: dict[str, Any]) -> str:
    """Say the answer in a few lines."""
    best = (
        words("已证明最优", "proven optimal") if result["proven_optimal"] else words("未证明最优", "not proven optimal")
    )
    count, covered, demand = len(result["sites"]), result["covered"], result["demand"]
    percent = covered / demand if demand else 0.0
    lines = [
        words(
            f"{count} 个站，成本 {result['cost']:,}，覆盖 {covered:,} / {demand:,}（{percent:.2%}）",
            f"{count} sites, cost {result['cost']:,}, covering {covered:,} of {demand:,} ({percent:.2%})",
        ),
        words(
            f"值 {result['value']:,}，界 {result['bound']:,}，差距 {result['gap']:.4%}，{best}，{result['seconds']} 秒",
            f"value {result['value']:,}, bound {result['bound']:,}, gap {result['gap']:.4%}, {best}, "
            f"{result['seconds']} s",
        ),
    ]
    if result["unreachable"]["points"]:
        lost = result["unreachable"]
        lines.append(
            words(
                f"{lost['points']:,} 个需求点（需求 {lost['demand']:,}）没有站点够得到",
                f"{lost['points']:,} points (demand {lost['demand']:,}) lie beyond every site",
            )
        )
    lines.append(words("站点：", "sites: ") + " ".join(str(site) for site in result["sites"]))
    return "\n".join(lines)
