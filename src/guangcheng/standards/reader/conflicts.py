"""Contradictions inside one document: they are reported, never resolved."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from guangcheng.base.text import Text
from guangcheng.standards.reader import names
from guangcheng.standards.reader.dates import last_day
from guangcheng.standards.reader.findings import Conflict, IndicatorFinding, RuleFinding

_FALLING = re.compile(r"时延|延时|丢包|能耗|PUE|资费|电价|成本|投诉|故障")
_PART = re.compile(r"^其中|城市|农村|城区|乡村|移动|固定")


def conflicts_of(indicators: Sequence[IndicatorFinding], rules: Sequence[RuleFinding]) -> list[Conflict]:
    """Same thing, same day, other value; a later stage below an earlier; prose against table."""
    series: dict[tuple[str, str, str], list[IndicatorFinding]] = defaultdict(list)
    for item in indicators:
        if item.date is not None and isinstance(item.value, int | float):
            series[(_key(item.name), item.unit, item.scope or "")].append(item)
    found: list[Conflict] = []
    for items in series.values():
        found.extend(_same_day(items))
        found.extend(_falling(items))
    found.extend(_prose_and_table(indicators))
    del rules
    return found


def _key(name: str) -> str:
    return re.sub(r"^(?:全[市区县省]|其中)", "", names.normal(name))


def _same_day(items: list[IndicatorFinding]) -> Iterator[Conflict]:
    by_day: dict[str, list[IndicatorFinding]] = defaultdict(list)
    for item in items:
        by_day[str(last_day(item.date))].append(item)
    for day, same in by_day.items():
        values = sorted({float(item.value) for item in same if isinstance(item.value, int | float)})
        if len(values) > 1:
            shown = "、".join(f"{value:g}" for value in values)
            unit = same[0].unit
            yield Conflict(
                Text(
                    zh=f"“{same[0].name}”在 {day} 有不同的值：{shown}{unit}",
                    en=f"“{same[0].name}” has different values on {day}: {shown} {unit}",
                ),
                tuple(item.place.span for item in same),
            )


def _falling(items: list[IndicatorFinding]) -> Iterator[Conflict]:
    dated = sorted(
        (
            (day, float(item.value), item)
            for item in items
            if (day := last_day(item.date)) and isinstance(item.value, int | float)
        ),
        key=lambda entry: entry[0],
    )
    if not dated or _FALLING.search(dated[0][2].name) or any(item.comparator in ("<=", "<") for _, _, item in dated):
        return
    for (day, value, item), (later, lower, other) in pairwise(dated):
        if later > day and lower < value:
            yield Conflict(
                Text(
                    zh=f"“{item.name}”后期目标低于前期：{day} 为 {value:g}{item.unit}，{later} 为 {lower:g}",
                    en=f"“{item.name}”: a later target is lower: {value:g} {item.unit} on {day}, {lower:g} on {later}",
                ),
                (item.place.span, other.place.span),
            )


def _prose_and_table(indicators: Sequence[IndicatorFinding]) -> Iterator[Conflict]:
    """The same name and value in prose and table under different dates."""
    table: dict[tuple[str, object, str], list[IndicatorFinding]] = defaultdict(list)
    for item in indicators:
        if item.mention == "table" and item.date:
            table[(_key(item.name), item.value, item.unit)].append(item)
    for left in indicators:
        if left.mention != "prose" or not left.date:
            continue
        for right in table[(_key(left.name), left.value, left.unit)][:20]:
            if last_day(left.date) != last_day(right.date) and left.date[:4] == (right.date or "")[:4]:
                yield Conflict(
                    Text(
                        zh=f"“{left.name}”正文的日期是 {left.date}，表中是 {right.date}",
                        en=f"“{left.name}”: the prose says {left.date}, the table {right.date}",
                    ),
                    (left.place.span, right.place.span),
                )
