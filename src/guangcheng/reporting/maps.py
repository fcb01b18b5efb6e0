"""A map figure from our own layers only: places by verdict, names of townships, scale bar, north arrow, legend.

No base map is drawn, because a published map of China needs a reviewed one with its number; the figure says so.
Access points are never drawn: positions of facilities are not for reports.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import AreaVerdict, Evaluation, Verdict
from guangcheng.reporting.charts import PAGE_WIDTH_IN, Format, new_figure, save
from guangcheng.reporting.fonts import drawable, drawing
from guangcheng.reporting.style import INK, MUTED, PAPER, VERDICT_LOOKS, WASH
from guangcheng.reporting.summary import TOWNSHIPS, ancestors
from guangcheng.reporting.tables import cut, width
from guangcheng.reporting.words import VERDICT_SYMBOLS, VERDICTS, level_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

Metres = npt.NDArray[np.float64]

NOTE = Text(
    "示意图：未使用底图，不作划界依据。不显示通信设施位置。",
    "Sketch: no base map, not for drawing boundaries. Positions of facilities are not shown.",
)

_DRAWN_FIRST = (
    Verdict.OUT_OF_SCOPE,
    Verdict.NOT_APPLICABLE,
    Verdict.PASS,
    Verdict.PASS_WITH_REMARK,
    Verdict.NO_DATA,
    Verdict.FAIL,
)
"""What needs eyes lies on top."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places as arrays of one length: ``x``, ``y`` in metres of the city's CRS (NaN = no position), verdict, label."""

    x: Metres
    y: Metres
    verdicts: tuple[Verdict, ...]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths."""
        if not len(self.x) == len(self.y) == len(self.verdicts) == len(self.labels):
            raise ValueError("x, y, verdicts and labels must be of one length")


@dataclass(frozen=True, slots=True)
class MapValues:
    """All a map draws: small places, named townships, which belongs where, and rings (x, y) around areas if known."""

    places: Places
    townships: Places
    belongs: tuple[int, ...] = ()
    """Per place the index of its township, or -1; a faint line joins the two (no boundary is drawn)."""
    outlines: tuple[tuple[Metres, Verdict], ...] = ()


def map_values(evaluation: Evaluation, positions: Mapping[str, tuple[float, float]]) -> MapValues:
    """Join verdicts with ``positions`` (code → x, y in metres).

    Small places are the natural villages and estates that have a position; where there are none, every other area
    below a township. A township without a position of its own is named at the middle (median) of its places.
    """
    chains = ancestors(evaluation)
    leaves = [area for area in (*evaluation.areas, *evaluation.estates) if area.level in ("natural_village", "estate")]
    small = [area for area in leaves if area.code in positions] or [
        area for area in evaluation.areas if area.code in positions and area.level in ("admin_village", "community")
    ]
    townships = [area for area in evaluation.areas if level_key(area) in TOWNSHIPS]
    middles = _middles(small, chains, positions)
    named = [area for area in townships if area.code in positions or area.code in middles]
    index = {area.code: number for number, area in enumerate(named)}
    return MapValues(
        places=_places(small, positions),
        townships=_places(named, {**middles, **positions}),
        belongs=tuple(next((index[up.code] for up in chains[area.code] if up.code in index), -1) for area in small),
    )


def _middles(
    small: Iterable[AreaVerdict],
    chains: Mapping[str, tuple[AreaVerdict, ...]],
    positions: Mapping[str, tuple[float, float]],
) -> dict[str, tuple[float, float]]:
    members: dict[str, list[tuple[float, float]]] = {}
    for area in small:
        for above in chains[area.code]:
            if level_key(above) in TOWNSHIPS:
                members.setdefault(above.code, []).append(positions[area.code])
    return {
        code: (float(np.median([x for x, _ in xy])), float(np.median([y for _, y in xy])))
        for code, xy in members.items()
    }


def _places(areas: Sequence[AreaVerdict], positions: Mapping[str, tuple[float, float]]) -> Places:
    return Places(
        x=np.array([positions[area.code][0] for area in areas], dtype=np.float64),
        y=np.array([positions[area.code][1] for area in areas], dtype=np.float64),
        verdicts=tuple(area.verdict for area in areas),
        labels=tuple(area.name for area in areas),
    )


def verdict_map(values: MapValues, *, lang: Lang = "zh", form: Format = "png") -> bytes | None:
    """Draw the map, or give ``None`` when nothing has a position. One metre is the same length both ways."""
    box = _extent(values)
    if box is None:
        return None
    left, bottom, right, top = box
    wide, high = right - left, top - bottom
    with drawing("map"):
        map_height = min(max(PAGE_WIDTH_IN * high / wide, 3.0), 5.3)
        height = map_height + 0.78
        figure = new_figure(PAGE_WIDTH_IN, height)
        axes = figure.add_axes((0.0, 0.74 / height, 1.0, map_height / height))
        axes.set_facecolor(WASH)
        _frame(axes, box, PAGE_WIDTH_IN / map_height)
        for ring, verdict in values.outlines:
            axes.fill(ring[:, 0], ring[:, 1], facecolor=VERDICT_LOOKS[verdict].tint, edgecolor=MUTED, linewidth=0.6)
        _draw_membership(axes, values)
        _draw_places(axes, values.places)
        _draw_townships(axes, values.townships, float(np.ptp(axes.get_xlim())) / PAGE_WIDTH_IN)
        scale_bar(axes, lang)
        north_arrow(axes, lang)
        _legend(figure, values, lang)
        figure.text(0.5, 0.10 / height, NOTE.in_(lang), ha="center", va="center", fontsize=7.6, color=MUTED)
        return save(figure, form)


def _extent(values: MapValues) -> tuple[float, float, float, float] | None:
    xs = np.concatenate([values.places.x, values.townships.x, *(ring[:, 0] for ring, _ in values.outlines)])
    ys = np.concatenate([values.places.y, values.townships.y, *(ring[:, 1] for ring, _ in values.outlines)])
    known = np.isfinite(xs) & np.isfinite(ys)
    if not known.any():
        return None
    xs, ys = xs[known], ys[known]
    margin = max(float(np.ptp(xs)), float(np.ptp(ys)), 1000.0) * 0.05
    above = 1.8 * margin  # room for the scale bar below and the arrow above
    return float(xs.min()) - margin, float(ys.min()) - above, float(xs.max()) + margin, float(ys.max()) + above


def _frame(axes: "Axes", box: tuple[float, float, float, float], ratio: float) -> None:
    """Widen the shorter side so that the map fills its frame with equal scales."""
    left, bottom, right, top = box
    wide, high = right - left, top - bottom
    if wide / high < ratio:
        more = (high * ratio - wide) / 2
        left, right = left - more, right + more
    else:
        more = (wide / ratio - high) / 2
        bottom, top = bottom - more, top + more
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#C9D1D5")


def _draw_membership(axes: "Axes", values: MapValues) -> None:
    from matplotlib.collections import LineCollection

    if not values.belongs:
        return
    belongs = np.array(values.belongs)
    mine = np.flatnonzero(belongs >= 0)
    ends = np.stack([values.places.x[mine], values.places.y[mine]], axis=1)
    starts = np.stack([values.townships.x[belongs[mine]], values.townships.y[belongs[mine]]], axis=1)
    lines = np.stack([starts, ends], axis=1)
    axes.add_collection(LineCollection(lines[np.isfinite(lines).all(axis=(1, 2))], colors="#D9E0E3", linewidths=0.45))


def _draw_places(axes: "Axes", places: Places) -> None:
    size = float(np.clip(9000 / max(len(places.x), 1), 9, 38))
    verdicts = np.array([verdict.value for verdict in places.verdicts])
    for order, verdict in enumerate(_DRAWN_FIRST):
        chosen = verdicts == verdict.value if len(verdicts) else np.zeros(0, dtype=bool)
        if not chosen.any():
            continue
        look = VERDICT_LOOKS[verdict]
        line_only = look.marker in ("x", ".")
        axes.scatter(
            places.x[chosen],
            places.y[chosen],
            s=size * (1.35 if verdict is Verdict.FAIL else 1.0),
            marker=look.marker,
            facecolors=MUTED if line_only else look.fill,
            edgecolors=None if line_only else (INK if look.hollow or verdict is Verdict.FAIL else PAPER),
            linewidths=0.8 if line_only else 0.45,
            zorder=2 + order,
        )


def _draw_townships(axes: "Axes", townships: Places, metres_per_inch: float) -> None:
    """Name every township where it lies, or as near as other names allow, then with a line to its place."""
    taken: list[tuple[float, float, float, float]] = []
    frame = (*axes.get_xlim(), *axes.get_ylim())
    for index in _judged_first(townships):
        x, y, verdict = float(townships.x[index]), float(townships.y[index]), townships.verdicts[index]
        look, points = VERDICT_LOOKS[verdict], 9.5 if verdict in _JUDGED else 7.8
        label = f"{VERDICT_SYMBOLS[verdict]} {cut(drawable(townships.labels[index]), 24)}"
        wide = (width(label) * 0.5 + 1.2) * points / 72 * metres_per_inch
        high = points * 2.0 / 72 * metres_per_inch
        at_x, at_y = free_spot(x, y, wide, high, taken, frame)
        taken.append((at_x, at_y, wide, high))
        if (at_x, at_y) != (x, y):
            axes.plot([x, at_x], [y, at_y], color=MUTED, linewidth=0.6, zorder=19)
        axes.text(
            at_x,
            at_y,
            label,
            ha="center",
            va="center",
            fontsize=points,
            color=INK,
            zorder=20,
            bbox={"boxstyle": "round,pad=0.28", "fc": look.tint, "ec": look.fill, "lw": 1.1, "alpha": 0.95},
        )


_JUDGED = frozenset(Verdict) - {Verdict.NOT_APPLICABLE, Verdict.OUT_OF_SCOPE}


def _judged_first(townships: Places) -> list[int]:
    known = np.flatnonzero(np.isfinite(townships.x) & np.isfinite(townships.y)).tolist()
    return sorted(known, key=lambda index: (townships.verdicts[index] not in _JUDGED, -townships.y[index], index))


def free_spot(
    x: float,
    y: float,
    wide: float,
    high: float,
    taken: Sequence[tuple[float, float, float, float]],
    frame: tuple[float, float, float, float],
) -> tuple[float, float]:
    """Find the middle of a free box of ``wide`` × ``high`` nearest to ``x``, ``y``, first below and above it.

    ``taken`` are boxes as (x, y of the middle, width, height); ``frame`` is (left, right, bottom, top), which the box
    does not leave sideways. Where nothing is free within eight heights, the box stays where it belongs.
    """
    left, right, bottom, top = frame
    start = min(max(x, left + wide / 2), right - wide / 2) if right - left > wide else x
    steps = sorted(range(-8, 9), key=lambda step: (abs(step), step))
    for step in steps:
        middle = y + step * high * 0.55
        inside = bottom + high / 2 <= middle <= top - high / 2
        clash = any(
            abs(start - other[0]) < (wide + other[2]) / 2 and abs(middle - other[1]) < (high + other[3]) / 2
            for other in taken
        )
        if inside and not clash:
            return start, middle
    return start, y


def scale_bar(axes: "Axes", lang: Lang) -> None:
    """Draw a bar of a round length at the lower left of axes in metres."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    length = round_length((right - left) * 0.22)
    x, y, tall = left + (right - left) * 0.035, bottom + (top - bottom) * 0.035, (top - bottom) * 0.010
    for part, colour in ((0, INK), (1, PAPER)):
        axes.add_patch(_rectangle(x + part * length / 2, y, length / 2, tall, colour))
    words = ("公里", "米") if lang == "zh" else ("km", "m")
    unit = f"{length / 1000:g} {words[0]}" if length >= 1000 else f"{length:g} {words[1]}"
    for at, label in ((x, "0"), (x + length, unit)):
        axes.text(at, y + tall * 1.7, label, ha="center", va="bottom", fontsize=8, zorder=30)


def _rectangle(x: float, y: float, wide: float, tall: float, colour: str) -> "Rectangle":
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), wide, tall, facecolor=colour, edgecolor=INK, linewidth=0.7, zorder=30)


def round_length(metres: float) -> float:
    """Largest of 1, 2, 5 × 10ⁿ that is not longer than ``metres`` (> 0)."""
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres * (1 + 1e-12)))


def north_arrow(axes: "Axes", lang: Lang) -> None:
    """Draw an arrow that points north at the upper right."""
    axes.annotate(
        "北" if lang == "zh" else "N",
        xy=(0.955, 0.965),
        xytext=(0.955, 0.875),
        xycoords="axes fraction",
        ha="center",
        va="top",
        fontsize=10,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4},
        zorder=30,
    )


def _legend(figure: "Figure", values: MapValues, lang: Lang) -> None:
    from matplotlib.lines import Line2D

    used = {*values.places.verdicts, *values.townships.verdicts, *(verdict for _, verdict in values.outlines)}
    handles = []
    for verdict in VERDICTS:
        if verdict not in used:
            continue
        look = VERDICT_LOOKS[verdict]
        line_only = look.marker in ("x", ".")
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=look.marker,
                markersize=6,
                markerfacecolor=MUTED if line_only else look.fill,
                markeredgecolor=MUTED if line_only else INK,
                markeredgewidth=0.6,
                label=VERDICTS[verdict].in_(lang),
            )
        )
    figure.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 0.19 / figure.get_figheight()),
        ncols=6,
        frameon=False,
        fontsize=8.2,
        handletextpad=0.2,
        columnspacing=1.2,
    )
