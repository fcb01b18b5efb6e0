"""``plan radio``: where a city's sites reach, as rasters, pictures and tiles; its key places; every assumption."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from guangcheng.apps import bootstrap
from guangcheng.apps.meter import seconds
from guangcheng.apps.shapes import text
from guangcheng.base.errors import InputError, NotFound, UsageError
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Lang, Text
from guangcheng.planning.radio.budget import margin_db
from guangcheng.planning.radio.city import PlaceReach, places_reached
from guangcheng.planning.radio.network import (
    GENERATIONS,
    Network,
    Networks,
    extent,
    grid_north,
    masts_of,
    networks_of,
    networks_of_antennas,
)
from guangcheng.planning.radio.parameters import Parameter, Parameters, read_parameters
from guangcheng.planning.radio.pathloss import shadowing_db
from guangcheng.planning.radio.ranges import Floats, Sight
from guangcheng.planning.radio.raster import Grid, Map, chance, reached_share, rsrp_map
from guangcheng.registers.city import City
from guangcheng.registers.radio_files import KeyPoint, read_antennas, read_key_points, read_masts, read_outline
from guangcheng.registers.view import RegisterView
from guangcheng.reporting.geotiff import Frame, geotiff
from guangcheng.reporting.radio_maps import (
    Marks,
    Paper,
    Scale,
    chance_scale,
    class_map,
    legend_picture,
    level_scale,
    rgb,
    server_map,
)
from guangcheng.reporting.raster_tiles import Pyramid, indexed_png, pyramid, tiles
from guangcheng.store.files import write_whole_bytes

__all__ = ["RadioAsked", "plan_radio"]

PIXEL_M = 20.0
MOST_PIXELS = 40_000_000
Json = dict[str, Any]
Flags = npt.NDArray[np.bool_]
_LEFT_OUT: Mapping[str, Text] = {
    "indoor_sites": Text("室分站址不参加室外预测", "indoor sites take no part outdoors"),
    "sites_without_place": Text("没有坐标的站址", "sites without a place"),
    "antennas_without_site": Text(
        "天线表里站址不在站址表、台账或已停用", "antennas whose site is not known or not in service"
    ),
    "indoor_antennas": Text("室分站址上的天线", "antennas on indoor sites"),
    "antennas_without_azimuth": Text("没有方位角的天线", "antennas without an azimuth"),
}
_NOTES = (
    Text(
        "地形、建筑不计；视距与否按 3GPP TR 38.901 的概率，电平按该概率取 dB 平均；达到与否按概率另算，不从平均值推",
        "no terrain, no buildings; sight by the probability of 3GPP TR 38.901, levels averaged in dB over it; "
        "reach is worked out from the probabilities, not from the mean",
    ),
    Text(
        "SS-RSRP 是一个资源单元的功率：总功率 − 10·log₁₀(12·N_RB)",
        "SS-RSRP is the power of one resource element: total power − 10·log₁₀(12·N_RB)",
    ),
    Text(
        "像元按最强小区达到门限的概率不小于可靠度才算达到；平均概率就是面积可靠度",
        "a pixel is reached where the strongest cell meets the threshold with the reliability asked; "
        "the mean probability is the area's reliability",
    ),
)
_EVEN = Text(
    "扇区从正北起均分：台账没有方位角（--antennas 给出）",
    "sectors spread evenly from north: the registers hold no azimuths (give --antennas)",
)


@dataclass(frozen=True, slots=True)
class RadioAsked:
    """What was asked on the command line."""

    run: Path
    parameters: Path | None = None
    sites: Path | None = None
    antennas: Path | None = None
    points: Path | None = None
    outline: Path | None = None
    operators: tuple[str, ...] = ()
    generations: tuple[str, ...] = GENERATIONS
    pixel_m: float = PIXEL_M
    as_of: dt.date | None = None
    tiles: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """The networks and the frame they are mapped in."""

    parameters: Parameters
    networks: Networks
    points: list[KeyPoint]
    grid: Grid
    frame: Frame
    inside: Flags
    outline: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """One operator's result."""

    network: Network
    found: Map
    sure: Floats
    scale: Scale
    surely: Scale


def plan_radio(city: City, asked: RadioAsked, *, lang: Lang = "zh", progress: Progress = SILENT) -> Json:
    """Predict, write rasters, pictures and tiles into ``asked.run``, judge the key places; the command's one object.

    Raises the errors of :mod:`guangcheng.base.errors` for wrong files and options, for a link outside its model, and
    where there is no cell to predict.
    """
    began = seconds()
    view = city.view(bootstrap.as_of_day(city, asked.as_of))
    case = _case(city, view, asked)
    operators = case.networks.by_operator
    progress.start("plan radio", len(operators) + 1 + asked.tiles)
    layers, told = [], []
    for operator in operators:
        layer = _layer(case, operators[operator])
        figures = _operator(case, layer)
        layers.append(layer)
        told.append(figures | {"files": _write(asked.run, case, layer, _foot(case, figures), lang)})
        progress.advance()
    places = places_reached(view, operators, case.parameters, points=case.points, generations=asked.generations)
    _write_places(asked.run, places)
    progress.advance()
    result = _told(city, view, case, asked) | {
        "operators": told,
        "places": _places(places),
        "summary": _summary(places),
    }
    if asked.tiles:
        result["tiles"] = _write_tiles(asked.run, case, layers, lang)
        progress.advance()
    progress.finish()
    write_whole_bytes(asked.run / "radio.json", json.dumps(result, ensure_ascii=False, indent=1).encode() + b"\n")
    return result | {"run": str(asked.run), "seconds": round(seconds() - began, 2)}


def _case(city: City, view: RegisterView, asked: RadioAsked) -> _Case:
    parameters = read_parameters(asked.parameters)
    networks = _asked_for(_networks(city, view, asked, parameters), asked.operators)
    crs = city.config.crs
    points = (
        []
        if asked.points is None
        else _known(read_key_points(asked.points, crs, parameters.number("line_step_m")), view, asked.points)
    )
    outline = None if asked.outline is None else read_outline(asked.outline, crs)
    bounds = extent(networks, parameters.number("margin_m")) if outline is None else outline.bounds
    grid = _grid(bounds, asked.pixel_m)
    inside, rings = (np.ones((grid.rows, grid.columns), dtype=bool), ()) if outline is None else _inside(outline, grid)
    return _Case(parameters, networks, points, grid, _frame(grid, crs), inside, rings)


def _networks(city: City, view: RegisterView, asked: RadioAsked, parameters: Parameters) -> Networks:
    if asked.antennas is None:
        if asked.sites is not None:
            raise UsageError(
                Text("--sites 要和 --antennas 一起给", "--sites needs --antennas"),
                mend=Text("加 --antennas，或把站址导入台账", "add --antennas, or import the sites into the register"),
            )
        networks = networks_of(view, parameters, asked.generations)
        if not networks.by_operator:
            raise InputError(
                Text("台账里没有在用的、有坐标的 5G 站址", "the registers have no 5G site in service that has a place"),
                mend=Text(
                    "导入 wireless_sites 和 wireless_services，或给出 --sites 和 --antennas",
                    "import wireless_sites and wireless_services, or give --sites and --antennas",
                ),
            )
        return networks
    crs = city.config.crs
    masts, left = masts_of(view) if asked.sites is None else (read_masts(asked.sites, crs), {})
    networks = networks_of_antennas(masts, read_antennas(asked.antennas), parameters, grid_north(masts, crs))
    return Networks(networks.by_operator, {**left, **networks.left_out})


def _asked_for(networks: Networks, operators: Sequence[str]) -> Networks:
    if not operators:
        return networks
    unknown = [name for name in operators if name not in networks.by_operator]
    if unknown:
        there = ", ".join(networks.by_operator)
        raise NotFound(
            Text(f"运营商 {unknown[0]} 没有小区", f"the operator {unknown[0]} has no cells"),
            mend=Text(f"有小区的：{there}", f"those that have cells: {there}"),
        )
    return Networks({name: networks.by_operator[name] for name in sorted(set(operators))}, networks.left_out)


def _known(points: list[KeyPoint], view: RegisterView, path: Path) -> list[KeyPoint]:
    """Refuse points of places that the register does not list."""
    listed = set(view.table("key_places", ["place_id"])["place_id"].to_pylist())
    unknown = sorted({point.place_id for point in points} - listed)
    if unknown:
        raise InputError(
            Text(
                f"{path.name} 里的场所 {unknown[0]} 不在重点场所台账",
                f"the place {unknown[0]} of {path.name} is not in the register of key places",
            ),
            mend=Text("先导入 key_places，或改正 place_id", "import key_places first, or correct place_id"),
        )
    return points


def _grid(bounds: tuple[float, float, float, float], pixel_m: float) -> Grid:
    west, south, east, north = bounds
    x0, y0 = (float(np.floor(edge / pixel_m) * pixel_m + pixel_m / 2) for edge in (west, south))
    columns, rows = (max(1, int(np.ceil((far - near) / pixel_m + 0.5))) for near, far in ((x0, east), (y0, north)))
    if columns * rows > MOST_PIXELS:
        raise InputError(
            Text(
                f"{columns}×{rows} 个像元太多，最多 {MOST_PIXELS:,}",
                f"{columns} × {rows} pixels are too many, {MOST_PIXELS:,} at most",
            ),
            mend=Text(
                "用更大的 --pixel，或用 --outline 缩小范围", "use larger pixels (--pixel) or a smaller --outline"
            ),
        )
    return Grid(x0, y0, pixel_m, columns, rows)


def _frame(grid: Grid, crs: str) -> Frame:
    code = crs.upper().removeprefix("EPSG:")
    if not code.isdigit():
        raise InputError(
            Text(f"坐标系 {crs} 没有 EPSG 编号，写不进 GeoTIFF", f"{crs} has no EPSG number to write into a GeoTIFF"),
            mend=Text("在 city.toml 用 EPSG 编号", "use an EPSG number in city.toml"),
        )
    return Frame(grid.x0, grid.y0, grid.pixel_m, int(code))


def _inside(outline: Any, grid: Grid) -> tuple[Flags, tuple[Floats, ...]]:
    import shapely

    rings = [np.asarray(shapely.get_coordinates(part.exterior)) for part in shapely.get_parts(outline)]
    return grid.inside(outline), tuple(rings)


def _layer(case: _Case, network: Network) -> _Layer:
    threshold = case.parameters.threshold(network.operator)
    found = rsrp_map(network.cells, network.profiles, case.grid)
    sure = chance(found, network.cells, network.profiles, case.grid, threshold)
    surely = chance_scale(case.parameters.reliability(network.operator))
    return _Layer(network, found, np.where(found.server >= 0, sure, np.nan), level_scale(threshold.dbm), surely)


def _operator(case: _Case, layer: _Layer) -> Json:
    operator, network = layer.network.operator, layer.network
    reliability = case.parameters.reliability(operator)
    share = reached_share(np.nan_to_num(layer.sure), case.inside, reliability)
    levels = layer.found.dbm[case.inside & (layer.found.server >= 0)]
    above = int((levels >= case.parameters.number("threshold_dbm", operator)).sum())
    return {
        "operator": operator,
        "sites": len(set(network.sites)),
        "cells": len(network.cells),
        "pixels": share.pixels,
        "no_data_pixels": int((case.inside & (layer.found.server < 0)).sum()),
        "reached_percent": round(100 * share.reached / share.pixels, 2) if share.pixels else 0.0,
        "mean_probability_percent": round(100 * share.mean_probability, 2),
        "median_above_threshold_percent": round(100 * above / share.pixels, 2) if share.pixels else 0.0,
        "median_dbm": _rounded(float(np.median(levels))) if levels.size else None,
        "mean_in_db_dbm": _rounded(float(levels.mean())) if levels.size else None,
        "mean_linear_dbm": _rounded(float(10 * np.log10(np.mean(10 ** (levels / 10))))) if levels.size else None,
        "threshold_dbm": case.parameters.number("threshold_dbm", operator),
        "reliability_percent": case.parameters.number("reliability_percent", operator),
        "margin_db": _margins(layer.network, reliability),
        "indoor_loss_db": _rounded(case.parameters.indoors(operator).loss_db),
    }


def _margins(network: Network, reliability: float) -> dict[str, float]:
    """How far the median must lie above the threshold at 100 m, in sight and not, by model in use."""
    used = sorted({cell.profile for cell in network.cells})
    return {
        f"{network.profiles[k].scenario.value} {sight.value}": _rounded(
            margin_db(
                float(
                    shadowing_db(network.profiles[k].scenario, sight, np.array([100.0]), network.profiles[k].link)[0]
                ),
                reliability,
            )
        )
        for k in used
        for sight in Sight
    }


def _rounded(value: float) -> float:
    return round(value, 2)


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name) or "_"


def _write(run: Path, case: _Case, layer: _Layer, foot: Text, lang: Lang) -> dict[str, str]:
    """GeoTIFFs, the list of cells they count in, and pictures; names relative to the run."""
    name, network = _safe(layer.network.operator), layer.network
    site_ids = sorted(set(network.sites))
    number = {site: k for k, site in enumerate(site_ids)}
    site_of_cell = [number[site] for site in network.sites]
    at = {site: cell for cell, site in zip(network.cells, network.sites, strict=True)}
    title = network.operator
    marks = (
        Marks(
            Text(f"站址 {len(site_ids)} 个", f"{len(site_ids)} sites"),
            [at[s].x for s in site_ids],
            [at[s].y for s in site_ids],
            size=6.0,
        ),
    )
    heads = {
        "rsrp": Text(f"{title}：SS-RSRP", f"{title}: SS-RSRP"),
        "chance": Text(f"{title}：达到门限的概率", f"{title}: probability of reaching the threshold"),
        "server": Text(f"{title}：主服小区", f"{title}: best server"),
    }
    papers = {key: Paper(head, foot, marks, case.outline) for key, head in heads.items()}
    contents: dict[str, bytes] = {
        f"rsrp-{name}.tif": geotiff(layer.found.dbm, case.frame),
        f"chance-{name}.tif": geotiff(layer.sure, case.frame),
        f"server-{name}.tif": geotiff(layer.found.server, case.frame),
        f"server-{name}.csv": _cells_csv(network),
        f"rsrp-{name}.png": class_map(
            layer.scale.classes(layer.found.dbm), layer.scale, case.frame, papers["rsrp"], lang=lang
        ),
        f"chance-{name}.png": class_map(
            layer.surely.classes(layer.sure), layer.surely, case.frame, papers["chance"], lang=lang
        ),
        f"server-{name}.png": server_map(layer.found.server, site_of_cell, case.frame, papers["server"], lang=lang),
    }
    run.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        write_whole_bytes(run / file, content)
    return {file.split("-")[0] + "_" + file.rsplit(".", 1)[1]: file for file in contents}


def _foot(case: _Case, figures: Json) -> Text:
    share, mean, gaps = (figures[key] for key in ("reached_percent", "mean_probability_percent", "no_data_pixels"))
    return Text(
        f"像元 {case.grid.pixel_m:g} m；可靠达到 {share:g}%，平均概率 {mean:g}%，无数据 {gaps:,} 个像元。"
        "电平为预测，全部假设见 radio.json。",
        f"pixels of {case.grid.pixel_m:g} m; reached reliably {share:g} %, mean probability {mean:g} %, "
        f"no data {gaps:,} pixels. Predicted; all assumptions in radio.json.",
    )


def _cells_csv(network: Network) -> bytes:
    sheet = io.StringIO()
    rows = csv.writer(sheet, lineterminator="\n")
    rows.writerow(("cell", "site_id", "antenna", "x", "y", "azimuth_grid_deg", "model"))
    for k, (cell, site, name) in enumerate(zip(network.cells, network.sites, network.names, strict=True)):
        model = network.profiles[cell.profile].scenario.value
        rows.writerow((k, site, name, f"{cell.x:.2f}", f"{cell.y:.2f}", f"{cell.azimuth_deg % 360:.2f}", model))
    return sheet.getvalue().encode()


def _write_tiles(run: Path, case: _Case, layers: Sequence[_Layer], lang: Lang) -> Json:
    """Tiles of levels and of chances for every operator, and what a map needs to show them."""
    shown = []
    for layer in layers:
        name = _safe(layer.network.operator)
        shown.append((f"rsrp-{name}", layer.scale, layer.scale.classes(layer.found.dbm)))
        shown.append((f"chance-{name}", layer.surely, layer.surely.classes(layer.sure)))
    cut = pyramid(case.frame, case.inside.shape)
    count = dict.fromkeys((name for name, *_ in shown), 0)
    for zoom, column, row, cutouts in tiles([classes for *_, classes in shown], case.frame, cut):
        for (name, scale, _), classes in zip(shown, cutouts, strict=True):
            if classes is not None:
                path = run / "tiles" / name / str(zoom) / str(column) / f"{row}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(indexed_png(classes, [rgb(colour) for colour in scale.colours]))
                count[name] += 1
    for name, scale, _ in shown:
        told = _tilejson(name, scale, cut)
        write_whole_bytes(run / "tiles" / name / "legend.png", legend_picture(scale, lang=lang))
        write_whole_bytes(
            run / "tiles" / name / "tiles.json", json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
        )
    return {"zooms": [cut.lowest, cut.highest], "bounds": [round(edge, 6) for edge in cut.bounds], "count": count}


def _tilejson(name: str, scale: Scale, cut: Pyramid) -> Json:
    """TileJSON 3.0.0, with the legend as a list of colours and words."""
    return {
        "tilejson": "3.0.0",
        "name": name,
        "description": f"{scale.title.zh} / {scale.title.en}",
        "tiles": ["{z}/{x}/{y}.png"],
        "scheme": "xyz",
        "minzoom": cut.lowest,
        "maxzoom": cut.highest,
        "bounds": [round(edge, 6) for edge in cut.bounds],
        "legend": [
            {"colour": colour, **text(label)} for colour, label in zip(scale.colours, scale.labels, strict=True)
        ],
    }


def _told(city: City, view: RegisterView, case: _Case, asked: RadioAsked) -> Json:
    notes = [*_NOTES] if asked.antennas is not None else [*_NOTES, _EVEN]
    if asked.outline is None:
        notes.append(
            Text(
                "份额按整幅图的像元算，不是行政区（--outline 给出边界）",
                "shares are of the whole map, not of the city (give --outline)",
            )
        )
    left = case.networks.left_out
    return {
        "as_of": view.as_of.isoformat(),
        "crs": city.config.crs,
        "pixel_m": case.grid.pixel_m,
        "columns": case.grid.columns,
        "rows": case.grid.rows,
        "generations": list(asked.generations),
        "left_out": [
            {"what": key, "count": left[key], "words": text(words)} for key, words in _LEFT_OUT.items() if left.get(key)
        ],
        "assumptions": [_assumption(item) for item in case.parameters.told(case.networks.by_operator)],
        "notes": [text(note) for note in notes],
    }


def _assumption(item: Parameter) -> Json:
    return {
        "name": item.name,
        "operator": item.operator or None,
        "value": item.value,
        "unit": item.unit,
        "title": text(item.title),
        "basis": item.basis.value,
        "source": text(item.source),
    }


def _places(found: Sequence[PlaceReach]) -> list[Json]:
    return [
        {
            "place_id": item.place_id,
            "name": item.name,
            "operator": item.operator,
            "line": item.line,
            "reached": item.reach.reached,
            "reason": text(item.reach.reason),
            "points": [
                {
                    "point_id": point.point_id,
                    "reached": point.reached,
                    "by": point.by,
                    "measured": None
                    if point.measured is None
                    else {"passed": point.measured.passed, "dbm": point.measured.dbm},
                    "predicted": None
                    if point.predicted is None
                    else {"dbm": _finite(point.predicted.dbm), "probability": round(point.predicted.chance, 4)},
                    "disagree": point.disagree,
                }
                for point in item.reach.points
            ],
        }
        for item in found
    ]


def _finite(value: float) -> float | None:
    return _rounded(value) if isfinite(value) else None


def _summary(found: Sequence[PlaceReach]) -> list[Json]:
    """Places by operator, and by any operator, reached, not reached and not known; tests against predictions."""
    operators: dict[str | None, list[PlaceReach]] = {}
    for item in found:
        operators.setdefault(item.operator, []).append(item)
    rows = [
        _counts(operator, {item.place_id: item.reach.reached for item in mine}, mine)
        for operator, mine in operators.items()
    ]
    best: dict[str, bool | None] = {}
    for item in found:
        best[item.place_id] = _either(best.get(item.place_id, False), item.reach.reached)
    return [*rows, _counts(None, best, found)] if rows else []


def _either(one: bool | None, two: bool | None) -> bool | None:
    if one or two:
        return True
    return None if one is None or two is None else False


def _counts(operator: str | None, reached: Mapping[str, bool | None], mine: Sequence[PlaceReach]) -> Json:
    states = list(reached.values())
    points = [point for item in mine for point in item.reach.points]
    return {
        "operator": operator,
        "places": len(states),
        "reached": sum(state is True for state in states),
        "not_reached": sum(state is False for state in states),
        "unknown": sum(state is None for state in states),
        "measured_points": sum(point.by == "measured" for point in points),
        "predicted_points": sum(point.by == "predicted" for point in points),
        "disagree": sum(point.disagree is True for point in points),
    }


def _write_places(run: Path, found: Sequence[PlaceReach]) -> None:
    """One row for every point, place and operator; test and prediction side by side."""
    sheet = io.StringIO()
    rows = csv.writer(sheet, lineterminator="\n")
    rows.writerow(
        (
            "place_id",
            "name",
            "operator",
            "place_reached",
            "point_id",
            "reached",
            "by",
            "measured_passed",
            "measured_dbm",
            "predicted_dbm",
            "predicted_probability",
        )
    )
    for item in found:
        for point in item.reach.points:
            measured, predicted = point.measured, point.predicted
            level = None if measured is None else measured.dbm
            rows.writerow(
                (
                    item.place_id,
                    item.name,
                    item.operator,
                    _word(item.reach.reached),
                    point.point_id,
                    _word(point.reached),
                    point.by,
                    "" if measured is None else _word(measured.passed),
                    "" if level is None else f"{level:g}",
                    "" if predicted is None or not isfinite(predicted.dbm) else f"{predicted.dbm:.1f}",
                    "" if predicted is None else f"{predicted.chance:.3f}",
                )
            )
    write_whole_bytes(run / "places.csv", b"\xef\xbb\xbf" + sheet.getvalue().encode())


def _word(state: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[state]
