"""``plan sites``: where to put access points or OLTs."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.cover import Share
from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, say, show, words
from guangcheng.apps.cli.options import EXISTING_FILE, area_option, as_of_option, city_argument
from guangcheng.base.text import Text


@click.command(
    help=words(
        "选址：用最少的钱在道路节点、小区和已有站址上建光网接入点（或 OLT），够到该够到的，附证书；"
        "结果存为方案，不改现状台账，并按标准再评一次。",
        "Siting: the cheapest access points (or OLTs) on street nodes, estates and structures that stand, with a "
        "certificate; kept as a plan beside the registers and evaluated by the standard.",
    )
)
@city_argument
@click.option(
    "--kind",
    type=click.Choice(["access-point", "olt"]),
    required=True,
    help=words("建什么：光网接入点或 OLT", "what to build: access points or OLTs"),
)
@click.option("--name", default="plan", show_default=True, help=words("方案的名字", "name of the plan"))
@click.option("--operator", help=words("接入点属于哪家运营商", "the operator whose access points they are"))
@click.option("--standard", metavar="ID", help=words("按哪项标准的半径；默认 city.toml 的第一项", "whose radius"))
@area_option
@as_of_option
@click.option(
    "--must",
    "must",
    multiple=True,
    type=click.Choice(["estate", "building", "settlement"]),
    default=["estate"],
    show_default=True,
    help=words("必须全部够到的驻地类型，可多次", "kinds of premises that must all be reached, may be repeated"),
)
@click.option(
    "--share", type=Share(), default=1.0, help=words("其余要够到多大份额，如 95%", "share of the rest, such as 95%")
)
@click.option(
    "--cells",
    type=EXISTING_FILE,
    help=words(
        "人口格网文件（经度、纬度、人口）；给出时份额按格网人口算",
        "population cells (lon, lat, people); the share is then counted over their people",
    ),
)
@click.option("--sites", type=click.IntRange(min=1), help=words("最多建几个，够到最多的户", "so many at most"))
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    help=words("预算内够到最多的户（元）", "within a budget, yuan"),
)
@click.option("--forced", multiple=True, metavar="ID", help=words("必选的候选站点，可多次", "must be chosen"))
@click.option("--forbidden", multiple=True, metavar="ID", help=words("不许选的候选站点，可多次", "must not be chosen"))
@click.option(
    "--prices", type=EXISTING_FILE, help=words("单价与容量 CSV；默认用示例", "prices and capacities; default: example")
)
@click.option(
    "--radius",
    "radius_m",
    type=click.FloatRange(min=1),
    help=words(
        "半径（米）；接入点默认按标准的城市、农村半径，OLT 默认 5000",
        "radius in metres; access points default to the standard's, OLTs to 5000",
    ),
)
@click.option(
    "--time-limit", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help=words("秒", "seconds")
)
@click.option("--seed", default=1, show_default=True, help=words("随机种子", "random seed"))
@common
def sites(
    folder: Path,
    kind: str,
    name: str,
    operator: str | None,
    standard: str | None,
    area: str | None,
    as_of: dt.date | None,
    must: tuple[str, ...],
    share: float,
    cells: Path | None,
    sites: int | None,
    budget: float | None,
    forced: tuple[str, ...],
    forbidden: tuple[str, ...],
    prices: Path | None,
    radius_m: float | None,
    time_limit: float,
    seed: int,
    as_json: bool,
) -> int:
    """Plan; exit 1 when some of the demand is out of every candidate's reach."""
    from guangcheng.apps.plan_sites import SitesAsked, plan_sites
    from guangcheng.planning.cover.solve import Plan
    from guangcheng.planning.siting.model import Ask
    from guangcheng.registers.city import City

    asked = SitesAsked(
        kind=kind,
        name=name,
        operator=operator,
        standard=standard,
        ask=Ask(share, sites, budget, forced, forbidden),
        must=must,
        cells=cells,
        prices=prices,
        radius_m=radius_m,
        area=area,
        as_of=as_of,
        plan=Plan(time_limit=time_limit, seed=seed),
    )
    found = plan_sites(City.open(folder), asked)
    emit(found, as_json=as_json)
    if not as_json:
        show(_screen(found))
    lost = found["out_of_reach"]["count"]
    if lost:
        say(
            Text(
                f"有 {lost} 处没有候选站点够得着，没有规划；前几处：{'、'.join(found['out_of_reach']['named'][:5])}",
                f"{lost} points are out of every candidate's reach and not planned for: "
                f"{', '.join(found['out_of_reach']['named'][:5])}",
            )
        )
    return EXIT_NO if lost else EXIT_DONE


def _screen(found: dict[str, Any]) -> str:
    """What was chosen, for people."""
    zh = lang() == "zh"
    proof = ("已证明最优" if zh else "proven optimal") if found["proven_optimal"] else f"{100 * found['gap']:.2f} %"
    households = found["households"]
    rows = [
        ("站点" if zh else "sites", f"{len(found['sites'])}  {found['by_place']}"),
        ("造价（元）" if zh else "cost, yuan", f"{found['cost']:,.0f}"),
        ("离最优至多" if zh else "from the optimum at most", proof),
        ("逐个贪心" if zh else "lazy greedy", f"{found['greedy']:,.0f}"),
        ("必达" if zh else "must be reached", f"{found['must']['reached']}/{found['must']['points']}"),
        ("其余户数" if zh else "households of the rest", f"{households['served']:,.0f}/{households['total']:,.0f}"),
        ("单价" if zh else "prices", found["prices"]["zh" if zh else "en"]),
        ("文件" if zh else "files", found["folder"]),
    ]
    if "verdicts" in found:
        rows.insert(6, ("结论（现状 → 建成后）" if zh else "verdicts (now, then)", _verdicts(found["verdicts"])))
    wide = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{wide}}  {value}" for name, value in rows)


def _verdicts(found: dict[str, dict[str, int]]) -> str:
    keys = sorted({*found["before"], *found["after"]})
    return "  ".join(f"{key} {found['before'].get(key, 0)} → {found['after'].get(key, 0)}" for key in keys)
