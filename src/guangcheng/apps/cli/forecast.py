"""``forecast``: how subscribers go on, and what the targets would take."""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, lang, show, words
from guangcheng.apps.cli.options import FILE, area_option, as_of_option, city_argument
from guangcheng.base.text import Text

__all__ = ["forecast"]

_TITLES = {
    "fixed": Text("固定宽带用户", "fixed broadband subscribers"),
    "fibre": Text("光纤用户", "fibre subscribers"),
    "mobile": Text("移动用户", "mobile subscribers"),
    "mobile-3g-4g": Text("3G/4G 用户", "3G and 4G subscribers"),
    "mobile-5g": Text("5G 用户", "5G subscribers"),
}


class Target(click.ParamType[tuple[int, float]]):
    """A target, written 2020=1100000 or 2020=110万."""

    name = "YEAR=N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, float]:
        """Read year and number or fail with how to write them."""
        if isinstance(value, tuple):
            return value
        year, _, count = str(value).partition("=")
        factor = 1e4 if count.endswith("万") else 1.0
        try:
            found = int(year), float(count.removesuffix("万")) * factor
        except ValueError:
            found = 0, 0.0
        if not (1900 < found[0] < 2200 and 0 < found[1] < float("inf")):
            said = words(f"“{value}”不是目标，请写成 2020=110万", f"“{value}” is no target; write 2020=1100000")
            self.fail(said, param, ctx)
        return found


@click.command(
    help=words(
        "预测用户数：方法由回测选出，附区间；目标当作情景，算出它要求的增长，指出不可能的。",
        "Forecast subscribers: the method chosen by back-test, with intervals; targets as scenarios with the growth "
        "they imply, and what cannot be true.",
    )
)
@city_argument
@click.option(
    "--kind", type=click.Choice(list(_TITLES)), default="fixed", show_default=True, help=words("哪类用户", "which")
)
@click.option("--tier", "tiers", multiple=True, metavar="TIER", help=words("只算这些速率档", "only these tiers"))
@click.option("--zone", type=click.Choice(["urban", "rural"]), help=words("只算城市或农村", "urban or rural only"))
@area_option
@as_of_option
@click.option(
    "--years", type=click.IntRange(1, 30), default=5, show_default=True, help=words("预测几年", "years ahead")
)
@click.option(
    "--target", "targets", type=Target(), multiple=True, help=words("目标，如 2020=110万，可多次", "may be repeated")
)
@click.option("--standard", metavar="ID", help=words("用哪项标准的目标；默认 city.toml 的第一项", "whose targets"))
@click.option(
    "--ceiling",
    type=click.FloatRange(min=0, min_open=True),
    help=words("上限；固定宽带默认为区域基数的户数", "saturation; households of the area facts by default"),
)
@click.option("-o", "--output", type=FILE, help=words("把图写成 PNG 或 SVG 文件", "write the chart as PNG or SVG"))
@common
def forecast(
    folder: Path,
    kind: str,
    tiers: tuple[str, ...],
    zone: str | None,
    area: str | None,
    as_of: dt.date | None,
    years: int,
    targets: tuple[tuple[int, float], ...],
    standard: str | None,
    ceiling: float | None,
    output: Path | None,
    as_json: bool,
) -> int:
    """Forecast and print."""
    from guangcheng.apps.forecast import ForecastAsked, run_forecast
    from guangcheng.registers.city import City

    asked = ForecastAsked(kind, tiers, zone, area, as_of, years, targets, standard, ceiling)
    found = run_forecast(City.open(folder), asked)
    if output is not None:
        _draw(found, output)
    emit(found, as_json=as_json)
    if not as_json:
        show(_screen(found))
    return EXIT_DONE


def _draw(found: dict[str, Any], output: Path) -> None:
    from guangcheng.reporting.growth import Growth, growth_chart
    from guangcheng.store.files import write_whole_bytes

    growth = Growth(
        title=_TITLES[found["kind"]],
        observed=[(int(year), value) for year, value in found["observed"].items()],
        ahead=[(row["year"], row["value"], row["low"], row["high"]) for row in found["forecast"]],
        targets=[(row["year"], row["value"]) for row in found["targets"]],
        ceiling=found["ceiling"],
    )
    form: Literal["png", "svg"] = "svg" if output.suffix.lower() == ".svg" else "png"
    write_whole_bytes(output, growth_chart(growth, lang="en" if lang() == "en" else "zh", form=form))


def _screen(found: dict[str, Any]) -> str:
    """The years, then the targets, then what cannot be."""
    lines = [words(_TITLES[found["kind"]].zh, _TITLES[found["kind"]].en)]
    lines += [f"  {year}  {value:>14,.0f}" for year, value in found["observed"].items()]
    for row in found["forecast"]:
        ends = "" if row["low"] is None else f"  ({row['low']:,.0f} – {row['high']:,.0f})"
        lines.append(f"  {row['year']}  {row['value']:>14,.0f}{ends}  " + words("预测", "forecast"))
    method = found["method"]
    lines.append(words(f"方法：{method['title']['zh']}。", f"Method: {method['title']['en']}. ") + _of(method["note"]))
    for row in found["targets"]:
        lines.append(_target(row))
    lines += ["! " + _of(flag) for flag in found["flags"]]
    return "\n".join(lines)


def _of(told: dict[str, str]) -> str:
    return words(told["zh"], told["en"])


def _target(row: dict[str, Any]) -> str:
    seen = "–" if row["fastest_seen_percent"] is None else f"{row['fastest_seen_percent']:g}%"
    growth = "–" if row["percent_a_year"] is None else f"{row['percent_a_year']:g}%"
    more = 0.0 if row["per_year"] is None else row["per_year"]
    return words(
        f"目标 {row['year']} 年 {row['value']:,.0f}（{row['source']['zh']}）：每年须增 {more:,.0f}（{growth}），"
        f"以往最快一年 {seen}；预测 {row['forecast']:,.0f}，{'能' if row['reached'] else '不能'}达到",
        f"Target of {row['year']}: {row['value']:,.0f} ({row['source']['en']}): {more:,.0f} more a year ({growth}), "
        f"fastest year so far {seen}; forecast {row['forecast']:,.0f}: {'' if row['reached'] else 'not '}reached",
    )
