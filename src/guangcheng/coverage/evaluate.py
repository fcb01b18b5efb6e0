"""Evaluate one standard on one city: verdicts of all places, indicators, and what could not be known."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow.compute as pc

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text
from guangcheng.coverage.indicators import evaluate_indicators
from guangcheng.coverage.judge import judge, survey_gaps
from guangcheng.coverage.measured import register_gap
from guangcheng.coverage.results import AreaVerdict, DataGap, Evaluation
from guangcheng.coverage.survey import Survey
from guangcheng.registers.view import RegisterView
from guangcheng.standards.measures import measures
from guangcheng.standards.model import Standard
from guangcheng.store.ports import Engine

_LISTED = 1000
"""How many gaps of one kind are listed by name before the rest is one line."""


def evaluate(
    view: RegisterView,
    standard: Standard,
    *,
    as_of: date,
    calendar: WorkingCalendar,
    area: str | None = None,
    engine: Engine | None = None,
    progress: Progress = SILENT,
) -> Evaluation:
    """Everything ``standard`` says about the city of ``view`` on ``as_of``.

    ``area`` restricts it to one area and all beneath; only what that needs is computed. Areas come by level from the
    city down, then by code; estates by id; indicators by id, then area. ``engine`` measures the distances and counts
    the premises; ``None`` does so in this process, with the same result. Raises ``NotFound`` for an unknown area and
    ``OutsideKnowledge`` when a working day of an unknown year is asked for.
    """
    survey = Survey(view, standard, as_of=as_of, calendar=calendar, area=area, engine=engine, progress=progress)
    return evaluation_of(survey)


def evaluation_of(survey: Survey) -> Evaluation:
    """:func:`evaluate` of a fresh survey, which is judged by this and may be asked on (``gaps.fewest_in``)."""
    judge(survey)
    indicators = evaluate_indicators(survey)
    return Evaluation(
        standard=survey.standard.id,
        standard_version=survey.standard.version,
        area=survey.area_code,
        as_of=survey.as_of,
        snapshots=dict(sorted(survey.whole_view.refs.items())),
        areas=_areas(survey),
        estates=tuple(sorted(survey.estates.values(), key=lambda estate: estate.code)),
        indicators=indicators,
        data_gaps=_data_gaps(survey),
        notes=tuple(_notes(survey)),
    )


def _areas(survey: Survey) -> tuple[AreaVerdict, ...]:
    """Verdicts in the order of the tree, which is by level, then by code."""
    return tuple(survey.verdicts[index] for index in sorted(survey.verdicts))


NATIONAL = "100000"
"""Region of a document in force in the whole country."""


def _in_force(region: str, area: str) -> bool:
    """Whether a document of ``region`` holds in ``area``: codes begin alike, zeros at the end being the whole."""
    one, other = region.rstrip("0"), area.rstrip("0")
    return region == NATIONAL or one.startswith(other) or other.startswith(one)


def _notes(survey: Survey) -> Iterator[Text]:
    document = survey.standard.document
    if not _in_force(document.region, survey.area_code):
        yield Text(
            zh=f"本标准的文件只在{document.region_name}有效，这里的结果仅作参考（X-07）",
            en=f"this standard's document holds in {document.region_name} only; here it is for reference (X-07)",
        )
    if not survey.standard.acceptance:
        yield Text(
            zh="本标准没有验收标准，只评指标，不给区域结论",
            en="this standard sets no acceptance standard: indicators only, no verdicts of areas",
        )
    if survey.scope >= 0 and survey.tree.areas[survey.scope].level not in ("city", "district"):
        yield Text(
            zh="只评估了一个局部，全区指标不在其内",
            en="only a part was evaluated: indicators of the whole are left out",
        )


def _data_gaps(survey: Survey) -> tuple[DataGap, ...]:
    found = dict.fromkeys((*_registers(survey), *survey_gaps(survey), *_acceptance_gaps(survey)))
    ordered = sorted(found, key=lambda gap: (gap.kind, gap.where, gap.message.en))
    kept: list[DataGap] = []
    more: dict[str, int] = {}
    held: dict[str, int] = {}
    for gap in ordered:
        held[gap.kind] = held.get(gap.kind, 0) + 1
        if held[gap.kind] <= _LISTED:
            kept.append(gap)
        else:
            more[gap.kind] = more.get(gap.kind, 0) + 1
    rest = (
        DataGap(kind, survey.area_code, Text(zh=f"另有 {count} 处同类缺口", en=f"and {count} more of this kind"))
        for kind, count in more.items()
    )
    return (*kept, *rest)


def _registers(survey: Survey) -> Iterator[DataGap]:
    """Registers the standard's measures read that the city has not got."""
    standard = survey.standard
    names = {test.measure for level in standard.acceptance for test in level.tests}
    names |= {item.measure for item in standard.indicators.values() if item.measure and item.kind != "out_of_scope"}
    optional = ("install_orders", "expansions")
    wanted = {register for name in names for register in measures()[name].registers if register not in optional}
    yield from register_gap(survey, *sorted(wanted))


def _acceptance_gaps(survey: Survey) -> Iterator[DataGap]:
    if survey.standard.acceptance:
        yield from _area_gaps(survey)
        yield from _premises_gaps(survey)


def _area_gaps(survey: Survey) -> Iterator[DataGap]:
    resident = survey.facts.latest["resident_households"]
    for area in survey.tree.areas:
        if not survey.inside[area.index]:
            continue
        if area.level == "natural_village" and resident[area.index] < 0:
            yield DataGap(
                "missing_households",
                area.code,
                Text(
                    zh=f"自然村“{area.name}”没有常住户数，不计入分子和分母",
                    en=f"natural village {area.name} has no resident household count and is in neither count",
                ),
            )
        if area.level == "natural_village" and (area.parent < 0 or _level(survey, area.parent) != "admin_village"):
            yield DataGap(
                "parent",
                area.code,
                Text(
                    zh=f"自然村“{area.name}”不在任何行政村之下，不进入上级计数",
                    en=f"natural village {area.name} is under no admin village and counts nowhere above",
                ),
            )
        if area.subtype_derived:
            yield _subtype_gap(area.code, area.name, area.subtype)


def _level(survey: Survey, index: int) -> str:
    return survey.tree.areas[index].level


def _subtype_gap(code: str, name: str, subtype: str | None) -> DataGap:
    words = {
        "street": Text("街道", "a street"),
        "town": Text("镇", "a town"),
        "other": Text("其他单位", "another unit"),
    }
    taken = words.get(subtype or "", Text("无法判定", "unknown"))
    return DataGap(
        "subtype",
        code,
        Text(
            zh=f"“{name}”没有填街镇类别，按代码取为：{taken.zh}",
            en=f"{name} has no subtype; by its code it is taken as {taken.en}",
        ),
    )


def _premises_gaps(survey: Survey) -> Iterator[DataGap]:
    table = survey.view.table("premises", ("x", "y", "area_code"))
    lost = pc.or_(pc.is_null(table["x"]), pc.is_null(table["y"])).to_numpy()
    for row in np.flatnonzero(lost).tolist():
        label = survey.premises.label(row)
        yield DataGap(
            "missing_point",
            survey.premises.id_of(row),
            Text(
                zh=f"驻地“{label}”没有坐标，接入能力未知", en=f"premises {label} has no point, so its reach is unknown"
            ),
        )
    for row in np.flatnonzero(survey.premises.area < 0).tolist():
        label, code = survey.premises.label(row), table["area_code"][row].as_py()
        yield DataGap(
            "unknown_area",
            survey.premises.id_of(row),
            Text(
                zh=f"驻地“{label}”所属区域 {code} 当日不在区域台账中，不进入任何计数",
                en=f"premises {label} lies in area {code}, which is not in the register of areas: it counts nowhere",
            ),
        )
