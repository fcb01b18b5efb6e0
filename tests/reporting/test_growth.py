"""The chart of a forecast: same bytes for the same values, every part drawn, in both languages."""

from dataclasses import replace

from guangcheng.base.text import Text
from guangcheng.reporting.growth import Growth, growth_chart

FULL = Growth(
    title=Text("固定宽带用户", "fixed broadband subscribers"),
    observed=[(2014, 370_000.0), (2015, 486_000.0)],
    ahead=[(2016, 578_800.0, 560_000.0, 600_000.0), (2017, 653_040.0, None, None)],
    targets=[(2020, 1_100_000.0)],
    ceiling=1_375_000.0,
)


def test_the_same_values_give_the_same_bytes() -> None:
    assert growth_chart(FULL) == growth_chart(FULL)
    assert growth_chart(FULL).startswith(b"\x89PNG")
    assert growth_chart(FULL, lang="en") != growth_chart(FULL)


def test_each_part_is_drawn_where_there_is_one() -> None:
    whole = growth_chart(FULL, lang="en", form="svg")
    assert whole.startswith(b"<?xml")
    pictures = {
        whole,
        growth_chart(replace(FULL, targets=[]), lang="en", form="svg"),
        growth_chart(replace(FULL, ceiling=None), lang="en", form="svg"),
        growth_chart(replace(FULL, ahead=[(2016, 578_800.0, None, None)]), lang="en", form="svg"),
    }
    assert len(pictures) == 4
    assert b"PolyCollection" in whole or b"FillBetween" in whole
