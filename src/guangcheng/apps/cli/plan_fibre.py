"""``plan fibre``: from streets and premises to a costed PON."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, progress, say, show, words
from guangcheng.apps.cli.options import EXISTING_FILE, FOLDER, as_of_option, city_argument
from guangcheng.base.text import Text


@click.command(
    help=words(
        "光纤规划：从道路、驻地和局点到每根光缆、每个分光器、每一芯光纤，附造价和下界。接不上的列出原因，其余照常规划。",
        "Fibre: from streets, premises and OLT sites to every cable, splitter and fibre, with cost and a lower bound. "
        "What cannot be connected is listed with the reason, the rest is planned.",
    )
)
@city_argument
@click.option("--area", metavar="CODE", required=True, help=words("规划哪个区域及其下级", "the area to plan"))
@click.option(
    "--olt",
    required=True,
    metavar="FILE|register",
    help=words(
        "局点文件（列 olt_id、lon、lat、pon_ports、cost）；register：用接入点台账里有空余端口的接入点",
        "OLT sites (columns olt_id, lon, lat, pon_ports, cost); register: access points with free ports",
    ),
)
@click.option(
    "--operator",
    type=click.Choice(["telecom", "mobile", "unicom", "cable"]),
    help=words(
        "接入点归哪家运营商；要用 evaluate --with-plan 按标准再评时写",
        "whose access points they will be; needed to evaluate with the plan (evaluate --with-plan)",
    ),
)
@click.option(
    "--name",
    help=words("同时以这个名字存为城市的方案（需 --operator）", "also keep it in the city as the plan of this name"),
)
@click.option("--premises", type=EXISTING_FILE, help=words("驻地文件；默认用台账", "premises; default: the register"))
@click.option("--streets", type=EXISTING_FILE, help=words("道路文件；默认用台账", "streets; default: the register"))
@click.option("--ducts", type=EXISTING_FILE, help=words("既有管道、杆路、同沟", "existing ducts, poles, trenches"))
@click.option("--forbidden", type=EXISTING_FILE, help=words("禁区（面）", "forbidden areas (polygons)"))
@click.option("--prices", type=EXISTING_FILE, help=words("土建单价 CSV；默认用示例", "civil prices; default: example"))
@click.option(
    "--equipment",
    type=EXISTING_FILE,
    help=words("设备、光缆单价 CSV；默认用示例", "equipment prices; default: example"),
)
@click.option(
    "--objective",
    type=click.Choice(["connect-all", "budget", "quota"]),
    default="connect-all",
    show_default=True,
    help=words("全部接通、预算内最多、至少多少户", "connect all, most within a budget, at least so many"),
)
@click.option("--households", type=click.IntRange(min=1), help=words("quota：至少接通的户数", "quota: households"))
@click.option(
    "--budget", type=click.FloatRange(min=0, min_open=True), help=words("budget：总造价（元）", "budget: CNY")
)
@click.option(
    "--class", "cls", default="gpon-c+", show_default=True, metavar="ID", help=words("光功率等级", "power class")
)
@click.option(
    "--scheme", "schemes", multiple=True, metavar="ID", help=words("分光方案，可多次；默认全部试", "default: try all")
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    type=click.Choice(["trench", "micro_trench", "aerial"]),
    default=["trench"],
    show_default=True,
    help=words("新建用什么方式，可多次，取便宜的", "how to build anew, may be repeated, the cheapest is taken"),
)
@click.option(
    "--take-rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help=words("入网率", "share of households that get an ONT"),
)
@click.option(
    "--grade",
    type=click.Choice(["standard", "high"]),
    default="standard",
    show_default=True,
    help=words("高配置每户两芯（GB 50846 3.2.6）", "high: two fibres a home (GB 50846 3.2.6)"),
)
@click.option("--join-crossings", is_flag=True, help=words("道路相交处都相通", "streets that cross are joined"))
@as_of_option
@click.option("--effort", type=click.IntRange(0, 20), default=6, show_default=True, help=words("搜索力度", "effort"))
@click.option("--seed", default=1, show_default=True, help=words("随机种子", "random seed"))
@click.option(
    "-o", "--output", "run", type=FOLDER, required=True, metavar="RUN", help=words("规划写到这个文件夹", "run folder")
)
@common
def fibre(
    folder: Path,
    area: str,
    olt: str,
    operator: str | None,
    name: str | None,
    premises: Path | None,
    streets: Path | None,
    ducts: Path | None,
    forbidden: Path | None,
    prices: Path | None,
    equipment: Path | None,
    objective: str,
    households: int | None,
    budget: float | None,
    cls: str,
    schemes: tuple[str, ...],
    methods: tuple[str, ...],
    take_rate: float,
    grade: str,
    join_crossings: bool,
    as_of: dt.date | None,
    effort: int,
    seed: int,
    run: Path,
    as_json: bool,
) -> int:
    """Plan; exit 1 when something is not connected."""
    from guangcheng.apps.plan_fibre import FibreAsked, plan_fibre
    from guangcheng.registers.city import City

    asked = FibreAsked(
        area=area,
        olt=olt,
        run=run,
        operator=operator,
        name=name,
        premises=premises,
        streets=streets,
        ducts=ducts,
        forbidden=forbidden,
        prices=prices,
        equipment=equipment,
        objective=objective,
        households=households,
        budget=budget,
        cls=cls,
        schemes=schemes,
        methods=methods,
        take_rate=take_rate,
        grade=grade,
        join_crossings=join_crossings,
        as_of=as_of,
        effort=effort,
        seed=seed,
    )
    found = plan_fibre(City.open(folder), asked, lang=lang(), progress=progress())
    emit(found, as_json=as_json)
    if not as_json:
        show(_screen(found))
        _say_rest(found)
    return EXIT_NO if found["unserved"]["named"] else EXIT_DONE


def _screen(found: dict[str, Any]) -> str:
    """The plan in figures, for people."""
    zh = lang() == "zh"
    homes, trench = found["households"], found["trench"]
    metres = "  ".join(f"{method} {value:,.0f}" for method, value in found["length_m"].items())
    rows = [
        (
            "接通户数" if zh else "households",
            f"{homes['connected']:,}/{homes['total']:,} ({100 * homes['share']:.2f} %)",
        ),
        ("造价（元）" if zh else "cost, CNY", f"{found['cost']:,.0f}"),
        ("离最优至多" if zh else "from the optimum at most", f"{100 * found['gap']:.2f} %"),
        ("其中土建" if zh else "civil works of it", f"{trench['cost']:,.0f}  (≤ {100 * trench['gap']:.2f} %)"),
        ("长度（米）" if zh else "length, m", metres),
        ("分光方案" if zh else "splitting scheme", found["scheme"]),
        ("PON 口、分光器" if zh else "PON ports, splitters", f"{found['pon_ports']}, {found['splitters']}"),
        ("价目" if zh else "prices", found["prices"]),
        ("文件" if zh else "files", found["run"]),
    ]
    wide = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{wide}}  {value}" for name, value in rows)


def _say_rest(found: dict[str, Any]) -> None:
    """What is not connected, what was wrong in the input, and which checks fail."""
    tongue = lang()
    for one in found["unserved"]["named"][:10]:
        say(f"{one['premises']}: {one['words'][tongue]}")
    for fault in found["faults"][:10]:
        say(f"{fault['rule']} {fault['why'][tongue]}{'；' if tongue == 'zh' else '; '}{fault['mend'][tongue]}")
    for check in found["checks_failed"]:
        say(Text(f"未通过（{check['level']}）{check['words']['zh']}：{check['subject']}",
                 f"fails ({check['level']}) {check['words']['en']}: {check['subject']}"))  # fmt: skip
