"""One chart of a forecast: what was observed, how it goes on with its interval, and the targets beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guangcheng.base.text import Lang, Text
from guangcheng.reporting.charts import PAGE_WIDTH_IN, Format, new_figure, save
from guangcheng.reporting.fonts import drawable, drawing
from guangcheng.reporting.style import ACCENT, GRID, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Growth", "growth_chart"]

_TARGET = "#D1603D"


@dataclass(frozen=True, slots=True)
class Growth:
    """Yearly values in subscribers; ``ahead`` is (year, value, low, high), the ends ``None`` where not known."""

    title: Text
    observed: Sequence[tuple[int, float]]
    ahead: Sequence[tuple[int, float, float | None, float | None]]
    targets: Sequence[tuple[int, float]]
    ceiling: float | None


def growth_chart(growth: Growth, *, lang: Lang = "zh", form: Format = "png") -> bytes:
    """Draw the years from the first observed to the last forecast, from zero up, in 10,000 subscribers."""
    from matplotlib.ticker import MaxNLocator

    zh = lang == "zh"
    with drawing("growth"):
        figure = new_figure(PAGE_WIDTH_IN, 3.3)
        axes = figure.add_axes((0.09, 0.13, 0.89, 0.74))
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)
        _draw(axes, growth, zh)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(labelsize=8)
        unit = "万户" if zh else "10,000 subscribers"
        axes.set_title(
            f"{drawable(growth.title.in_(lang))}（{unit}）" if zh else f"{drawable(growth.title.in_(lang))} ({unit})",
            fontsize=9.5,
            loc="left",
            color=INK,
        )
        axes.legend(frameon=False, fontsize=8, loc="upper left")
        return save(figure, form)


def _draw(axes: "Axes", growth: Growth, zh: bool) -> None:
    years = [year for year, _ in growth.observed]
    axes.plot(
        years,
        _units([value for _, value in growth.observed]),
        color=INK,
        marker="o",
        markersize=4,
        label="台账" if zh else "registers",
    )
    joined = [growth.observed[-1], *((year, value) for year, value, _, _ in growth.ahead)]
    axes.plot(
        [year for year, _ in joined],
        _units([value for _, value in joined]),
        color=ACCENT,
        linestyle="--",
        label="预测" if zh else "forecast",
    )
    sure = [(year, low, high) for year, _, low, high in growth.ahead if low is not None and high is not None]
    if sure:
        axes.fill_between(
            [year for year, _, _ in sure],
            _units([low for _, low, _ in sure]),
            _units([high for _, _, high in sure]),
            color=ACCENT,
            alpha=0.18,
            linewidth=0,
            label="80% 区间" if zh else "80 % interval",
        )
    if growth.targets:
        axes.plot(
            [year for year, _ in growth.targets],
            _units([value for _, value in growth.targets]),
            color=_TARGET,
            marker="D",
            markersize=5,
            linestyle="none",
            label="目标" if zh else "target",
        )
    if growth.ceiling is not None:
        axes.axhline(growth.ceiling / 1e4, color=MUTED, linestyle=":", label="上限" if zh else "ceiling")


def _units(values: Sequence[float]) -> list[float]:
    return [value / 1e4 for value in values]
