"""``plan radio``: where a city's sites reach."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, lang, progress, show, words
from guangcheng.apps.cli.options import EXISTING_FILE, FOLDER, as_of_option, city_argument
from guangcheng.base.text import Text


@click.command(
    help=words(
        "无线预测：在用的 5G 站址够到哪里、多可靠；每家运营商的 SS-RSRP、概率和主服小区写成 GeoTIFF、图和瓦片，"
        "重点场所逐个判断，实测优先；每个假设连同出处都列出。",
        "Radio: where the 5G sites in service reach, and how surely; SS-RSRP, probability and best server of each "
        "operator as GeoTIFF, pictures and tiles; key places, tests first; every assumption with its source.",
    )
)
@city_argument
@click.option(
    "-o",
    "--output",
    "run",
    type=FOLDER,
    required=True,
    metavar="RUN",
    help=words("结果写到这个文件夹", "result folder"),
)
@click.option(
    "--parameters",
    type=EXISTING_FILE,
    help=words(
        "参数文件（TOML），如 threshold_dbm = -105；没写的用随软件的假设",
        "parameters (TOML), such as threshold_dbm = -105; the shipped assumptions for the rest",
    ),
)
@click.option(
    "--antennas",
    type=EXISTING_FILE,
    help=words("天线表：antenna_id、site_id、operator、azimuth", "antennas: antenna_id, site_id, operator, azimuth"),
)
@click.option(
    "--sites",
    type=EXISTING_FILE,
    help=words(
        "站址表：site_id、lon、lat、structure；默认用台账", "sites: site_id, lon, lat, structure; default: the register"
    ),
)
@click.option(
    "--points",
    type=EXISTING_FILE,
    help=words(
        "重点场所的关键点：place_id、lon、lat，可有 line、indoor、inside_m、indoor_system；默认用台账的坐标",
        "key points of places: place_id, lon, lat and line, indoor, inside_m, indoor_system; default: the register's",
    ),
)
@click.option(
    "--outline",
    type=EXISTING_FILE,
    help=words("只看这个边界（面图层）", "look within this outline only (a layer of polygons)"),
)
@click.option(
    "--operator", "operators", multiple=True, help=words("只算这家，可多次", "only this one, may be repeated")
)
@click.option(
    "--generation",
    "generations",
    multiple=True,
    type=click.Choice(["4g", "5g", "5g-a"]),
    default=["5g", "5g-a"],
    show_default=True,
    help=words("制式，可多次", "generation, may be repeated"),
)
@click.option(
    "--pixel",
    "pixel_m",
    type=click.FloatRange(min=1, max=1000),
    default=20.0,
    show_default=True,
    help=words("像元边长（米）", "pixel size in metres"),
)
@click.option("--tiles/--no-tiles", default=True, show_default=True, help=words("写地图瓦片", "write map tiles"))
@as_of_option
@common
def radio(
    folder: Path,
    run: Path,
    parameters: Path | None,
    antennas: Path | None,
    sites: Path | None,
    points: Path | None,
    outline: Path | None,
    operators: tuple[str, ...],
    generations: tuple[str, ...],
    pixel_m: float,
    tiles: bool,
    as_of: dt.date | None,
    as_json: bool,
) -> int:
    """Predict and write."""
    from guangcheng.apps.plan_radio import RadioAsked, plan_radio
    from guangcheng.registers.city import City

    asked = RadioAsked(
        run=run,
        parameters=parameters,
        sites=sites,
        antennas=antennas,
        points=points,
        outline=outline,
        operators=operators,
        generations=generations,
        pixel_m=pixel_m,
        as_of=as_of,
        tiles=tiles,
    )
    found = plan_radio(City.open(folder), asked, lang=lang(), progress=progress())
    emit(found, as_json=as_json)
    if not as_json:
        show(_screen(found))
    return EXIT_DONE


def _screen(found: dict[str, Any]) -> str:
    """Operators, key places, then what was assumed."""
    tongue = lang()
    lines = [words("面积（按像元）", "Area (by pixels)"), *("  " + _operator(row) for row in found["operators"])]
    if found["summary"]:
        lines += ["", words("重点场所（实测优先，其余按预测）", "Key places (tests first, predictions for the rest)")]
        lines += ["  " + _summary(row) for row in found["summary"]]
    if found["left_out"]:
        lines += ["", words("没有算进去的", "Left out")]
        lines += [f"  {row['count']:,}  {row['words'][tongue]}" for row in found["left_out"]]
    lines += ["", words("假设（用 --parameters 改）", "Assumed (change with --parameters)")]
    lines += ["  " + _assumption(item) for item in found["assumptions"]]
    lines += [f"  {note[tongue]}" for note in found["notes"]]
    lines += ["", words("文件：", "Files: ") + found["run"]]
    return "\n".join(lines)


def _operator(row: dict[str, Any]) -> str:
    level = "–" if row["median_dbm"] is None else f"{row['median_dbm']:.1f} dBm"
    share, mean, gaps = row["reached_percent"], row["mean_probability_percent"], row["no_data_pixels"]
    told = Text(
        f"{row['operator']}：站址 {row['sites']}，小区 {row['cells']}；可靠达到 {share:.1f}%，"
        f"平均概率 {mean:.1f}%，中位数 {level}，无数据 {gaps:,}/{row['pixels']:,}",
        f"{row['operator']}: {row['sites']} sites, {row['cells']} cells; reached reliably {share:.1f} %, "
        f"mean probability {mean:.1f} %, median {level}, no data {gaps:,}/{row['pixels']:,}",
    )
    return told.in_(lang())


def _summary(row: dict[str, Any]) -> str:
    who = row["operator"] or words("至少一家", "any operator")
    told = Text(
        f"{who}：{row['reached']}/{row['places']} 通达，{row['not_reached']} 未通达，{row['unknown']} 未知"
        f"（实测 {row['measured_points']} 点，预测 {row['predicted_points']} 点，两者不一致 {row['disagree']}）",
        f"{who}: {row['reached']} of {row['places']} reached, {row['not_reached']} not, {row['unknown']} not known "
        f"({row['measured_points']} points tested, {row['predicted_points']} predicted, {row['disagree']} disagree)",
    )
    return told.in_(lang())


def _assumption(item: dict[str, Any]) -> str:
    value = item["value"] if isinstance(item["value"], str) else f"{item['value']:g}"
    who = f" [{item['operator']}]" if item["operator"] else ""
    said = f"{value} {item['unit']}".rstrip()
    return f"{item['title'][lang()]}{who} {item['name']} = {said}  ({item['source'][lang()]})"
