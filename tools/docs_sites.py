"""The table of siting in a real city, from the committed benchmark."""

import json
from collections.abc import Callable
from pathlib import Path

Table = Callable[[list[str], list[list[str]]], str]


def sites(path: Path, zh: bool, table: Table) -> str:
    """What was reached beside what is asked, then the plan."""
    got = json.loads(path.read_text(encoding="utf-8"))
    aims = got["aims"]
    named = (
        ("小区在 200 m 内", "estates within 200 m", f"{got['estates']:.0%}", f"{aims['estates']:.0%}"),
        ("人口在 200 m 内", "people within 200 m", f"{got['people']:.2%}", f"≥ {aims['people']:.0%}"),
        ("离最优至多", "from the optimum at most", f"{got['gap']:.2%}", f"≤ {aims['gap']:.0%}"),
        ("比逐个贪心省", "under lazy greedy", f"{got['under_greedy']:.1%}", f"≥ {aims['under_greedy']:.0%}"),
        ("墙钟 s", "wall s", f"{got['seconds']:.0f}", f"< {aims['seconds']:.0f}"),
        ("处理器 s", "CPU s", f"{got['cpu_s']:.0f}", "—"),
    )
    head = ["", "实测", "要求"] if zh else ["", "measured", "asked"]
    places = {"street": "路口", "estate": "小区"} if zh else {"street": "street corners", "estate": "estates"}
    by_place = ("，" if zh else ", ").join(
        f"{places.get(name, name)} {count}" for name, count in got["by_place"].items()
    )
    after = got["verdicts"]["after"]
    said = (
        f"{got['candidates']:,} 个候选里选了 {got['sites']} 个（{by_place}），{got['cost']:,.0f} 元；界 {got['bound']:,.0f}，"
        f"逐个贪心 {got['greedy']:,.0f}。最满的站接 {got['fullest_site']:,.0f} 户。平常的评估："
        f"{got['estate_points']} 个小区里 {after.get('pass', 0)} 个达标，{after.get('fail', 0)} 个不达标。\n"
        if zh
        else f"Of {got['candidates']:,} candidates {got['sites']} were chosen ({by_place}) for {got['cost']:,.0f} yuan; bound "
        f"{got['bound']:,.0f}, lazy greedy {got['greedy']:,.0f}. The fullest site serves {got['fullest_site']:,.0f} households. "
        f"The ordinary evaluation: {after.get('pass', 0)} of {got['estate_points']} estates pass, "
        f"{after.get('fail', 0)} fail.\n"
    )
    return table(head, [[row[0 if zh else 1], *row[2:]] for row in named]) + "\n" + said
