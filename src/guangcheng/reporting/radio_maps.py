"""Pictures of a radio prediction: levels, chance and best server in classes, with legend, scale bar and north.

Blue lies above the threshold, sand, clay and grey below it, so the break is seen at once, by the colour-blind too. They
show where sites are and are therefore working papers, which each picture says.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from guangcheng.base.text import Lang, Text
from guangcheng.reporting.charts import PAGE_WIDTH_IN, new_figure, save
from guangcheng.reporting.fonts import drawable, drawing
from guangcheng.reporting.geotiff import Frame
from guangcheng.reporting.maps import north_arrow, scale_bar
from guangcheng.reporting.style import INK, MUTED, PAPER, WASH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Marks", "Paper", "Scale", "chance_scale", "class_map", "legend_picture", "level_scale", "rgb", "server_map"]

Floats = npt.NDArray[np.float64]
Classes = npt.NDArray[np.uint8]
_STEPS = (-15.0, -5.0, 0.0, 10.0, 20.0, 30.0)
_LEVELS = ("#C3BCB6", "#DFAF88", "#F6E3AE", "#B5DCCB", "#5FAFBE", "#21759C", "#0C3B5E")
_CHANCES = ("#C3BCB6", "#DFAF88", "#F6E3AE", "#5FAFBE", "#0C3B5E")
_SERVERS = ("#8FBBD3", "#F2C79B", "#A9CFA4", "#D6A9B5", "#C3B5DA", "#E6DE9E", "#9CCFC6", "#CDB79E")
NOTE = Text(
    "示意图：未使用底图，不作划界依据。规划工作文件，含设施位置，不得公开。",
    "Sketch: no base map, not for drawing boundaries. Planning paper that shows facilities, not for publication.",
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of a value: ``breaks`` rise, colours and labels are one more than they are."""

    title: Text
    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[Text, ...]

    def classes(self, values: Floats) -> Classes:
        """1 for values below the first break, and so on; a value on a break lies above it; 0 for NaN."""
        found = np.digitize(values, self.breaks).astype(np.uint8) + np.uint8(1)
        return np.where(np.isnan(values), np.uint8(0), found).astype(np.uint8)


def level_scale(threshold_dbm: float) -> Scale:
    """Classes of SS-RSRP around a threshold."""
    breaks = tuple(threshold_dbm + step for step in _STEPS)
    labels = [Text(f"< {breaks[0]:g}", f"< {breaks[0]:g}")]
    labels += [Text(f"{a:g} … {b:g}", f"{a:g} … {b:g}") for a, b in itertools.pairwise(breaks)]
    labels += [Text(f"≥ {breaks[-1]:g}", f"≥ {breaks[-1]:g}")]
    title = Text(
        f"SS-RSRP（dBm，dB 平均；门限 {threshold_dbm:g}）", f"SS-RSRP (dBm, mean in dB; threshold {threshold_dbm:g})"
    )
    return Scale(title, breaks, _LEVELS, tuple(labels))


def chance_scale(reliability: float) -> Scale:
    """Classes of the probability that the threshold is met; the last begins at the reliability asked."""
    breaks = (0.25, 0.5, 0.75, max(reliability, 0.76))
    told = [f"{100 * item:g}%" for item in breaks]
    labels = [f"< {told[0]}", *(f"{a} … {b}" for a, b in itertools.pairwise(told)), f"≥ {told[-1]}"]
    title = Text("达到门限的概率（阴影衰落、视距）", "probability that the threshold is met (shadowing, sight)")
    return Scale(title, breaks, _CHANCES, tuple(Text(label, label) for label in labels))


def rgb(colour: str) -> tuple[int, int, int]:
    """``#RRGGBB`` as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn over a map: places in metres, their look, and their line in the legend."""

    title: Text
    x: Sequence[float]
    y: Sequence[float]
    marker: str = "o"
    fill: str = PAPER
    size: float = 7.0


@dataclass(frozen=True, slots=True)
class Paper:
    """Head and foot of a picture."""

    title: Text
    foot: Text
    marks: tuple[Marks, ...] = ()
    outline: tuple[Floats, ...] = field(default=())
    """Rings (x, y) drawn as a thin line."""


def class_map(classes: Classes, scale: Scale, frame: Frame, paper: Paper, *, lang: Lang = "zh") -> bytes:
    """A PNG of classes (rows go north) with their legend."""
    entries = [(colour, label.in_(lang)) for colour, label in zip(scale.colours, scale.labels, strict=True)]
    held = set(np.unique(classes).tolist())
    entries = [entry for number, entry in enumerate(entries, start=1) if number in held]
    return _map(_shaded(classes, scale.colours), (scale.title.in_(lang), entries), frame, paper, lang, 0 in held)


def legend_picture(scale: Scale, *, lang: Lang = "zh") -> bytes:
    """A small PNG of the classes alone, to lie beside map tiles."""
    from matplotlib.patches import Patch

    with drawing("radio"):
        figure = new_figure(2.9, 0.32 + 0.21 * len(scale.colours))
        handles = [
            Patch(facecolor=colour, edgecolor="none", label=label.in_(lang))
            for colour, label in zip(scale.colours, scale.labels, strict=True)
        ]
        figure.legend(
            handles=handles,
            title=drawable(scale.title.in_(lang)),
            loc="upper left",
            frameon=False,
            fontsize=7.6,
            title_fontsize=7.2,
            borderaxespad=0.2,
            alignment="left",
        )
        return save(figure, "png")


def server_map(
    server: npt.NDArray[np.int32], site: Sequence[int], frame: Frame, paper: Paper, *, lang: Lang = "zh"
) -> bytes:
    """A PNG of who serves where: one colour for each site's area, unlike its neighbours' as far as eight colours go.

    ``server`` is the number of a cell (−1: none), ``site`` the number of the site of each cell.
    """
    of_cell = np.asarray(site, dtype=np.int64)
    sites = np.where(server >= 0, of_cell[np.maximum(server, 0)], -1) if of_cell.size else np.full(server.shape, -1)
    colour = _coloured(sites, int(of_cell.max(initial=-1)) + 1)
    classes = (
        np.where(sites >= 0, colour[np.maximum(sites, 0)] + 1, 0).astype(np.uint8)
        if colour.size
        else np.zeros(server.shape, np.uint8)
    )
    title = (
        "主服站址（每站一色，邻站不同色）"
        if lang == "zh"
        else "best server (a colour for each site, unlike its neighbours)"
    )
    return _map(_shaded(classes, _SERVERS), (title, []), frame, paper, lang, bool((classes == 0).any()))


def _coloured(sites: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """A colour for each site, the first its neighbours in the raster have not."""
    pairs = []
    for one, two in ((sites[:, :-1], sites[:, 1:]), (sites[:-1], sites[1:])):
        apart = (one != two) & (one >= 0) & (two >= 0)
        pairs.append(np.column_stack([one[apart], two[apart]]))
    near: list[set[int]] = [set() for _ in range(count)]
    for a, b in np.unique(np.concatenate(pairs), axis=0).tolist() if pairs else []:
        near[a].add(b)
        near[b].add(a)
    colour = np.full(count, -1, dtype=np.int64)
    for k in sorted(range(count), key=lambda k: (-len(near[k]), k)):
        taken = {int(colour[j]) for j in near[k]}
        free = [c for c in range(len(_SERVERS)) if c not in taken]
        colour[k] = free[0] if free else k % len(_SERVERS)
    return colour


def _shaded(classes: Classes, colours: Sequence[str]) -> npt.NDArray[np.uint8]:
    table = np.array([(*rgb(WASH), 255), *((*rgb(colour), 255) for colour in colours)], dtype=np.uint8)
    return np.asarray(table[classes])


def _map(
    shades: npt.NDArray[np.uint8],
    legend: tuple[str, list[tuple[str, str]]],
    frame: Frame,
    paper: Paper,
    lang: Lang,
    gaps: bool,
) -> bytes:
    rows, columns = shades.shape[:2]
    half = frame.pixel_m / 2
    box = (
        frame.x0 - half,
        frame.x0 + frame.pixel_m * columns - half,
        frame.y0 - half,
        frame.y0 + frame.pixel_m * rows - half,
    )
    wide, high = box[1] - box[0], box[3] - box[2]
    width = PAGE_WIDTH_IN + 1.6
    tall = float(np.clip(width * high / wide, 3.2, 8.0))
    foot = 1.22
    height = tall + foot + 0.42
    with drawing("radio"):
        figure = new_figure(width, height)
        axes = figure.add_axes((0.01, foot / height, 0.98, tall / height))
        axes.set_facecolor(WASH)
        axes.imshow(shades, origin="lower", extent=box, interpolation="nearest", aspect="equal", zorder=1)
        for ring in paper.outline:
            axes.plot(ring[:, 0], ring[:, 1], color=INK, linewidth=0.8, zorder=3)
        for mark in paper.marks:
            axes.scatter(
                mark.x,
                mark.y,
                s=mark.size,
                marker=mark.marker,
                c=mark.fill,
                edgecolors=PAPER,
                linewidths=0.55,
                zorder=5,
            )
        axes.set_xlim(box[0], box[1])
        axes.set_ylim(box[2], box[3])
        axes.set_xticks([])
        axes.set_yticks([])
        _backed(axes)
        scale_bar(axes, lang)
        north_arrow(axes, lang)
        figure.text(0.012, 1 - 0.24 / height, drawable(paper.title.in_(lang)), fontsize=12, color=INK, va="center")
        _legend(figure, legend, paper, lang, gaps, height)
        figure.text(0.012, 0.27 / height, drawable(paper.foot.in_(lang)), fontsize=7.6, color=INK, va="center")
        figure.text(0.012, 0.10 / height, NOTE.in_(lang), fontsize=7.2, color=MUTED, va="center")
        return save(figure, "png")


def _backed(axes: "Axes") -> None:
    """Pale grounds under scale bar and arrow, which must be read on any colour."""
    from matplotlib.patches import Rectangle

    for place in ((0.02, 0.02, 0.29, 0.058), (0.925, 0.855, 0.06, 0.125)):
        axes.add_patch(
            Rectangle(
                place[:2],
                place[2],
                place[3],
                transform=axes.transAxes,
                facecolor=PAPER,
                edgecolor="none",
                alpha=0.82,
                zorder=20,
            )
        )


def _legend(
    figure: "Figure", legend: tuple[str, list[tuple[str, str]]], paper: Paper, lang: Lang, gaps: bool, height: float
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    title, entries = legend
    handles: list[Patch | Line2D] = [
        Patch(facecolor=colour, edgecolor="none", label=label) for colour, label in entries
    ]
    if gaps:
        none = "无数据（模型范围外）" if lang == "zh" else "no data (beyond the model)"
        handles.append(Patch(facecolor=WASH, edgecolor=MUTED, linewidth=0.5, label=none))
    handles += [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=mark.marker,
            color=mark.fill,
            markersize=max(4.0, mark.size**0.5 * 1.3),
            label=drawable(mark.title.in_(lang)),
        )
        for mark in paper.marks
        if len(mark.x)
    ]
    shown = figure.legend(
        handles=handles,
        title=drawable(title),
        loc="upper left",
        bbox_to_anchor=(0.004, 1.18 / height),
        ncols=5,
        frameon=False,
        fontsize=8.2,
        title_fontsize=8.6,
        handlelength=1.5,
        columnspacing=1.4,
        borderaxespad=0.1,
        alignment="left",
    )
    shown.get_title().set_color(INK)
