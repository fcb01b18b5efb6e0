"""Colours, shapes and hatches shared by charts, map and workbook: calm, colour-blind safe, readable in grey.

Lightness falls from ``pass`` over ``fail`` to ``no_data`` so that a grey print keeps the order, and every colour
comes with a word, a shape or a hatch of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guangcheng.coverage.results import Status, Verdict

INK = "#22313A"
MUTED = "#6B7A82"
GRID = "#E3E8EA"
PAPER = "#FFFFFF"
WASH = "#F5F7F8"
ACCENT = "#1F5F7A"


@dataclass(frozen=True, slots=True)
class Look:
    """How one verdict or status looks. ``tint`` is a pale ground for a table cell, ``text`` is read on ``fill``."""

    fill: str
    tint: str
    text: str
    marker: str
    hatch: str = ""
    hollow: bool = False


VERDICT_LOOKS: Mapping[Verdict, Look] = MappingProxyType(
    {
        Verdict.PASS: Look("#1F6F78", "#DCEDEE", "#FFFFFF", "o"),
        Verdict.PASS_WITH_REMARK: Look("#86BCB6", "#EAF4F2", INK, "D"),
        Verdict.FAIL: Look("#D1603D", "#FBE5DC", INK, "^", "////"),
        Verdict.NO_DATA: Look("#F0D58A", "#FCF5E0", INK, "s", "....", hollow=True),
        Verdict.NOT_APPLICABLE: Look("#CBD2D6", "#F0F2F3", INK, "x"),
        Verdict.OUT_OF_SCOPE: Look("#E9ECEE", "#F7F8F9", INK, "."),
    }
)

STATUS_LOOKS: Mapping[Status, Look] = MappingProxyType(
    {
        Status.MET: VERDICT_LOOKS[Verdict.PASS],
        Status.ON_TRACK: VERDICT_LOOKS[Verdict.PASS_WITH_REMARK],
        Status.BEHIND: Look("#E39B6D", "#FDF0E6", INK, "^", "//"),
        Status.MISSED: VERDICT_LOOKS[Verdict.FAIL],
        Status.NO_DATA: VERDICT_LOOKS[Verdict.NO_DATA],
        Status.DISPUTED: Look("#B9A7C9", "#F2EDF6", INK, "*", "xx"),
        Status.REPORTED: VERDICT_LOOKS[Verdict.NOT_APPLICABLE],
    }
)
