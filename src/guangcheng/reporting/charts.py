"""Three charts for an evaluation: verdicts by level, indicators against their targets, the path of phase targets.

Each function takes values and returns the bytes of a picture; the same values give the same bytes.
Chinese glyphs come from :mod:`guangcheng.reporting.fonts`; colours, shapes and hatches from ``style``.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import IndicatorResult, Status, Verdict
from guangcheng.reporting.fonts import drawable, drawing
from guangcheng.reporting.style import ACCENT, GRID, INK, MUTED, PAPER, STATUS_LOOKS, VERDICT_LOOKS, WASH, Look
from guangcheng.reporting.summary import LevelCount, exact
from guangcheng.reporting.tables import cut
from guangcheng.reporting.words import (
    LEVELS,
    VERDICT_SYMBOLS,
    VERDICTS,
    requirement,
    status_word,
    symbol_and_word,
    unit_word,
    with_unit,
    word_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["png", "svg"]
DPI = 200
PAGE_WIDTH_IN = 6.14
"""Text width of an A4 page with 28 mm and 26 mm margins."""


def save(figure: "Figure", form: Format) -> bytes:
    """Write ``figure`` as PNG (200 dpi) or SVG without date, maker or version, so that bytes are reproducible."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    metadata: dict[str, None] = {"Software": None} if form == "png" else {"Date": None, "Creator": None}
    target = io.BytesIO()
    (FigureCanvasAgg if form == "png" else FigureCanvasSVG)(figure)
    figure.savefig(target, format=form, dpi=DPI, metadata=metadata, facecolor=PAPER)
    return target.getvalue()


def new_figure(width_in: float, height_in: float) -> "Figure":
    """Open an empty figure of that size; call inside :func:`fonts.drawing`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in))


def bare(axes: "Axes") -> None:
    """Take away every frame and tick line."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)


def verdict_bars(counts: Sequence[LevelCount], *, lang: Lang = "zh", form: Format = "png") -> bytes:
    """Draw one bar per level, cut into verdicts by share, with the counts written in; levels without places are absent.

    Shares are of all places of the level; the number at the right is passed / judged. No level at all gives a
    picture that says so.
    """
    with drawing("verdicts"):
        rows = max(len(counts), 1)
        used = [verdict for verdict in VERDICTS if any(verdict in count.verdicts for count in counts)]
        entries = [(VERDICT_LOOKS[verdict], symbol_and_word(verdict, lang)) for verdict in used]
        legend = 0.30 if len(entries) <= _LEGEND_COLUMNS[lang] else 0.52
        height = 0.30 + 0.40 * rows + 0.26 + legend
        left = 0.155 if lang == "zh" else 0.215
        figure = new_figure(PAGE_WIDTH_IN, height)
        axes = figure.add_axes((left, (legend + 0.26) / height, 0.862 - left, 0.40 * rows / height))
        bare(axes)
        axes.set_xlim(0, 100)
        axes.set_ylim(rows - 0.5, -0.5)
        for row, count in enumerate(counts):
            _verdict_bar(axes, row, count)
            axes.text(102, row, f"{count.passed}/{count.judged}", va="center", ha="left", fontsize=9.5)
        axes.set_yticks(range(len(counts)), [_level_label(count, lang) for count in counts], fontsize=9.5)
        axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"], fontsize=8)
        axes.text(102, -0.55, "达标/参评" if lang == "zh" else "pass/judged", va="bottom", fontsize=8, color=MUTED)
        if not counts:
            axes.text(50, 0, "没有参评对象" if lang == "zh" else "nothing was judged", ha="center", color=MUTED)
        _legend(figure, entries, _LEGEND_COLUMNS[lang])
        return save(figure, form)


_LEGEND_COLUMNS: Mapping[Lang, int] = {"zh": 6, "en": 4}


def _level_label(count: LevelCount, lang: Lang) -> str:
    name = drawable(word_of(LEVELS, count.level, lang))
    short = {"administrative village": "admin. village"}.get(name, name)
    return f"{short} {count.total}"


def _verdict_bar(axes: "Axes", row: int, count: LevelCount) -> None:
    left = 0.0
    for verdict, number in count.verdicts.items():
        look = VERDICT_LOOKS[verdict]
        share = 100 * number / count.total
        block(axes, left, row, share, look)
        label = f"{VERDICT_SYMBOLS[verdict]} {number}"
        if share >= 2.0 + 1.15 * len(label):
            box = {"boxstyle": "round,pad=0.15", "fc": look.fill, "ec": "none"} if look.hatch else None
            axes.text(left + share / 2, row, label, ha="center", va="center", fontsize=8.5, color=look.text, bbox=box)
        left += share


def block(axes: "Axes", left: float, row: float, length: float, look: Look, *, height: float = 0.62) -> None:
    """Draw one piece of a horizontal bar with its hatch, parted from its neighbour by a thin white line."""
    axes.barh(
        row,
        length,
        left=left,
        height=height,
        color=look.fill,
        hatch=look.hatch or None,
        edgecolor=PAPER,
        linewidth=0.8,
    )


def _legend(figure: "Figure", entries: Sequence[tuple[Look, str]], columns: int) -> None:
    from matplotlib.patches import Patch

    if not entries:
        return
    patches = [
        Patch(facecolor=look.fill, hatch=look.hatch or None, edgecolor=PAPER, linewidth=0, label=label)
        for look, label in entries
    ]
    figure.legend(
        handles=patches,
        loc="lower center",
        ncols=min(len(patches), columns),
        frameon=False,
        fontsize=8,
        handlelength=1.3,
        handleheight=1.0,
        columnspacing=1.4,
    )


_BULLET_PITCH_IN = 0.345


def indicator_bullets(
    indicators: Sequence[IndicatorResult], *, places: Sequence[str] = (), lang: Lang = "zh", form: Format = "png"
) -> bytes:
    """Draw one row per indicator: a bar from zero to the value, a line at the target, both on the target's own scale.

    The scale ends at 125 % of the target; a longer bar ends in an arrow. A value or target that is missing, in words
    or zero is written, not drawn. ``places`` (as long as ``indicators``) names the place under each indicator.
    """
    with drawing("bullets"):
        rows = max(len(indicators), 1)
        height = 0.75 + _BULLET_PITCH_IN * rows
        figure = new_figure(PAGE_WIDTH_IN, height)
        axes = figure.add_axes((0.315, 0.42 / height, 0.345, _BULLET_PITCH_IN * rows / height))
        bare(axes)
        axes.set_xlim(0, 125)
        axes.set_ylim(rows - 0.5, -0.5)
        for row, result in enumerate(indicators):
            place = places[row] if places else ""
            _bullet(axes, row, result, place, lang)
        axes.set_yticks([])
        axes.set_xticks([0, 50, 100], ["0", "50", "目标 100%" if lang == "zh" else "target 100%"], fontsize=8)
        note = "实际值 / 目标" if lang == "zh" else "actual / target"
        figure.text(0.668, 1 - 0.16 / height, note, fontsize=8, color=MUTED, va="center")
        return save(figure, form)


def _bullet(axes: "Axes", row: int, result: IndicatorResult, place: str, lang: Lang) -> None:
    look = STATUS_LOOKS[result.status]
    value, target = exact(result.value), exact(result.target)
    axes.barh(row, 125, height=0.5, color=WASH)
    if value is not None and target is not None and target > 0:
        length = float(100 * value / target)
        block(axes, 0, row, max(0.0, min(length, 125)), look, height=0.34)
        if length > 125:
            axes.plot([123.2], [row], marker=">", color=PAPER, markersize=5)
    if target is not None:
        dashes = (0, (2, 1.5)) if result.status is Status.DISPUTED else "solid"
        axes.plot([100, 100], [row - 0.3, row + 0.3], color=INK, linewidth=1.8, linestyle=dashes, solid_capstyle="butt")
    up = 0.17 if place else 0.0
    axes.text(-2.5, row - up, cut(drawable(result.name.in_(lang)), 32), ha="right", va="center", fontsize=8.2)
    axes.text(-2.5, row + 0.2, cut(drawable(place), 36), ha="right", va="center", fontsize=7.4, color=MUTED)
    axes.text(128, row - 0.17, _actual_and_target(result, lang), ha="left", va="center", fontsize=8.2)
    axes.text(128, row + 0.2, _status_and_day(result, lang), ha="left", va="center", fontsize=7.4, color=MUTED)


def _actual_and_target(result: IndicatorResult, lang: Lang) -> str:
    """``21.9% / ≥25%``, ``11.2 / ≥12 per 10⁴ people``: the room beside the bars holds one long unit, not two."""
    target = requirement(result.comparator, result.target, result.unit, lang)
    bare = bool(target) and result.unit != "%"
    actual = "—" if result.value is None else result.value if bare else with_unit(result.value, result.unit, lang)
    return drawable(f"{actual} / {target}" if target else actual)


def _status_and_day(result: IndicatorResult, lang: Lang) -> str:
    day = f" @{result.target_date:%Y-%m}" if result.target_date and result.target is not None else ""
    return status_word(result.status, lang) + day


@dataclass(frozen=True, slots=True)
class PhasePath:
    """One indicator's dated targets and what was measured. Percentages or counts in ``unit``; dates ascending.

    ``disputed`` targets are shown as hollow marks and never joined to the path.
    """

    title: Text
    unit: str
    targets: tuple[tuple[date, float], ...]
    measured: tuple[tuple[date, float], ...]
    disputed: tuple[tuple[date, float], ...] = ()
    place: str = ""


def phase_paths(paths: Sequence[PhasePath], *, as_of: date, lang: Lang = "zh", form: Format = "png") -> bytes:
    """Draw small panels, two in a row: targets as steps, measured values as points, the as-of day as a thin line."""
    with drawing("phases"):
        rows = max((len(paths) + 1) // 2, 1)
        height = 0.35 + 1.75 * rows
        figure = new_figure(PAGE_WIDTH_IN, height)
        grid = figure.add_gridspec(
            rows,
            2,
            left=0.07,
            right=0.985,
            bottom=0.5 / height,
            top=1 - 0.30 / height,
            hspace=0.75,
            wspace=0.20,
        )
        for index, path in enumerate(paths):
            _phase_panel(figure.add_subplot(grid[index // 2, index % 2]), path, as_of, lang)
        _phase_legend(figure, lang)
        return save(figure, form)


def _phase_panel(axes: "Axes", path: PhasePath, as_of: date, lang: Lang) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=2, labelsize=7)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    x = _day_numbers([day for day, _ in path.targets])
    y = [value for _, value in path.targets]
    axes.step(x, y, where="post", color=MUTED, linewidth=1.2)
    axes.plot(x, y, "_", color=INK, markersize=9, markeredgewidth=2)
    for at, value in zip(x, y, strict=True):
        axes.annotate(f"{value:g}", (at, value), (-2, 4), textcoords="offset points", ha="right", fontsize=7.5)
    axes.plot(*_columns(path.disputed), "*", color=INK, markerfacecolor=PAPER, markersize=7, linestyle="none")
    axes.plot(*_columns(path.measured), "o-", color=ACCENT, markersize=5, linewidth=1.2)
    _phase_ticks(axes, path, as_of)
    for day, value in path.measured[-1:]:
        number = _day_numbers([day])[0]
        axes.annotate(
            f"{value:g}",
            (number, value),
            (6, 3) if value < 0.15 * axes.get_ylim()[1] else (6, -9),
            textcoords="offset points",
            fontsize=8.5,
            color=ACCENT,
            bbox={"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.8},
        )
    axes.axvline(_day_numbers([as_of])[0], color=MUTED, linewidth=0.7, linestyle=(0, (3, 2)))
    word = unit_word(path.unit, lang)
    unit = f"（{word}）" if lang == "zh" else f" ({word})" if word else ""
    title = cut(drawable(path.title.in_(lang)), 34 if path.place else 40)
    axes.set_title(title + unit, fontsize=8.5, loc="left", color=INK)
    axes.set_title(cut(drawable(path.place), 14), fontsize=7.5, loc="right", color=MUTED)


def _phase_ticks(axes: "Axes", path: PhasePath, as_of: date) -> None:
    points = [*path.targets, *path.measured, *path.disputed]
    days = sorted({day for day, _ in path.targets})
    numbers = _day_numbers([*(day for day, _ in points), as_of])
    margin = max((max(numbers) - min(numbers)) * 0.10, 20)
    axes.set_xlim(min(numbers) - margin, max(numbers) + margin)
    axes.set_ylim(0, max([value for _, value in points] or [1.0]) * 1.22 or 1.0)
    axes.set_xticks(_day_numbers(days), [f"{day:%Y-%m}" for day in days])


def _columns(points: Sequence[tuple[date, float]]) -> tuple[list[float], list[float]]:
    return _day_numbers([day for day, _ in points]), [value for _, value in points]


def _day_numbers(days: Sequence[date]) -> list[float]:
    return [float(day.toordinal()) for day in days]


def _phase_legend(figure: "Figure", lang: Lang) -> None:
    from matplotlib.lines import Line2D

    words: Sequence[tuple[Text, dict[str, Any]]] = (
        (Text("阶段目标", "phase target"), {"color": MUTED, "marker": "_", "markeredgecolor": INK, "markersize": 9}),
        (Text("实际值", "measured"), {"color": ACCENT, "marker": "o", "markersize": 5}),
        (Text("基准日", "as-of day"), {"color": MUTED, "linestyle": (0, (3, 2)), "linewidth": 0.8}),
        (
            Text("有争议目标，不计分", "disputed target, not scored"),
            {"color": INK, "marker": "*", "linestyle": "none", "markerfacecolor": PAPER, "markersize": 7},
        ),
    )
    handles = [Line2D([], [], label=text.in_(lang), **style) for text, style in words]
    figure.legend(handles=handles, loc="lower center", ncols=4, frameon=False, fontsize=8)


__all__ = [
    "DPI",
    "PAGE_WIDTH_IN",
    "Format",
    "PhasePath",
    "Verdict",
    "indicator_bullets",
    "phase_paths",
    "save",
    "verdict_bars",
]
