"""The operative reading beside the literal one: what a target asks for when it is evaluated (product defaults).

达到 or a bare number on a floor target means at least (C-11); what names a month or a year means its last day (U-11).
"""

import re

from guangcheng.standards.reader.dates import last_day
from guangcheng.standards.reader.findings import IndicatorFinding
from guangcheng.standards.reader.numbers import Relation

CEILING = re.compile(r"时延|延时|丢包|能耗|PUE|电能利用效率|资费|电价|成本|投诉|故障|时长|时限|排放")


def operative_comparator(item: IndicatorFinding) -> Relation:
    """``>=`` for 达到 and bare numbers, ``<=`` where less is better; what the text says otherwise."""
    if item.comparator in (None, "="):
        return "<=" if CEILING.search(item.name) else ">="
    return ">=" if item.comparator == "range" else item.comparator


def operative_date(item: IndicatorFinding) -> str | None:
    """The day a target is due, ISO; of the date further up where the sentence has none; ``None`` when unknown."""
    day = last_day(item.date or item.date_inferred)
    return None if day is None else day.isoformat()


def is_read(item: IndicatorFinding) -> bool:
    """Whether the operative reading says more than the text."""
    return item.comparator in (None, "=") or item.date is None or len(item.date) != 10
