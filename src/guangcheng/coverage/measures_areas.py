"""Measures counted on verdicts of other places, on lists people keep, and on reported values."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.text import Text
from guangcheng.coverage.measured import (
    Measured,
    Member,
    Params,
    count,
    counted,
    listed,
    nothing,
    register_gap,
    share,
    words,
)
from guangcheng.coverage.measures_places import own_settlements
from guangcheng.coverage.results import DataGap
from guangcheng.coverage.survey import ESTATE, Survey
from guangcheng.coverage.tree import Area
from guangcheng.coverage.verdicts import OUT, PASSED, UNKNOWN, tally
from guangcheng.registers.schema import schema


def _area_members(survey: Survey, areas: Iterable[int]) -> Iterator[Member]:
    for here in areas:
        name = survey.tree.areas[here].name
        yield Member(Text(name, name), int(survey.states[here]), area=here)


def _passed(survey: Survey, areas: list[int], things: str) -> Measured:
    found = tally(survey.states[areas].tolist())
    return share(found, things, members=listed(lambda: _area_members(survey, areas)))


def _children(survey: Survey, area: int, wanted: Callable[[Area], bool]) -> list[int]:
    below = survey.tree.roots if area < 0 else survey.tree.children[area]
    return [child for child in below if wanted(survey.tree.areas[child])]


def natural_villages_passed(survey: Survey, area: int, _params: Params) -> Measured:
    """In-scope natural villages of an admin village that pass; with none its own settlements decide (RUL-001-07)."""
    villages = _children(survey, area, lambda child: child.level == "natural_village")
    if not any(survey.states[here] != OUT for here in villages):
        return own_settlements(survey, area)
    return _passed(survey, villages, "自然村")


def admin_villages_passed(survey: Survey, area: int, _params: Params) -> Measured:
    """Admin villages of a town that pass (RUL-001-08)."""
    return _passed(survey, _children(survey, area, lambda child: child.level == "admin_village"), "行政村")


def townships_passed(survey: Survey, area: int, _params: Params) -> Measured:
    """Streets and towns of a district that pass (RUL-001-10).

    Other units are not applicable and so in neither count; units nobody can tell about are unknown.
    """
    return _passed(survey, _children(survey, area, lambda child: child.level == "township"), "街镇")


def _below(survey: Survey, area: int) -> Iterable[int]:
    return range(len(survey.tree)) if area < 0 else sorted(survey.tree.below(area))


def count_passed(survey: Survey, area: int, params: Params) -> Measured:
    """How many areas of the listed levels pass, ``street`` and ``town`` being levels too."""
    levels = words(params, "levels")
    areas = [here for here in _below(survey, area) if survey.tree.areas[here].judged_as in levels]
    found = tally(survey.states[areas].tolist())
    things = {("street", "town"): "街镇", ("town",): "街镇", ("street",): "街道"}.get(levels, "单元")
    return counted(found, things, members=listed(lambda: _area_members(survey, areas)))


def natural_villages_passed_share(survey: Survey, area: int, _params: Params) -> Measured:
    """In-scope natural villages anywhere beneath the area that pass."""
    areas = [here for here in _below(survey, area) if survey.in_scope_villages[here]]
    return _passed(survey, areas, "自然村")


def estates_passed_share(survey: Survey, area: int, _params: Params) -> Measured:
    """Urban estates beneath the area that pass the estate standard."""
    rows = survey.rows_below(area)
    rows = rows[(survey.premises.kind[rows] == ESTATE) & survey.urban[rows]]

    def members() -> Iterator[Member]:
        for row in survey.by_id(rows).tolist():
            label = survey.premises.label(row)
            yield Member(Text(label, label), int(survey.estate_states[row]), estate=row)

    return share(tally(survey.estate_states[rows].tolist()), "小区", members=listed(members))


def _places_below(survey: Survey, area: int, codes: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the rows of a register whose area is ``area`` or beneath; the whole takes every row."""
    if area < 0:
        return np.ones(len(codes), dtype=bool)
    inside = np.append(survey.tree.mask_below(area), np.False_)
    return np.asarray(inside[survey.tree.numbers(codes)])


def _row_members(rows: Iterable[Mapping[str, Any]], name: str) -> Iterator[Member]:
    for row in rows:
        yield Member(Text(str(row[name]), str(row[name])), PASSED, rows=(row,))


def demo_sites_count(survey: Survey, area: int, params: Params) -> Measured:
    """Confirmed demonstration sites of the kind (U-37); ``demo_site_counted_when`` = ``declared`` counts earlier."""
    missing = register_gap(survey, "demo_sites")
    if missing:
        return nothing(*missing)
    day = "declared_on" if survey.parameter("demo_site_counted_when") == "declared" else "verified_on"
    table = survey.whole_view.table("demo_sites")
    wanted = pc.and_(
        pc.equal(table["kind"], str(params["kind"])),
        pc.fill_null(pc.less_equal(table[day], pa.scalar(survey.as_of, pa.date32())), fill_value=False),
    )
    here = _places_below(survey, area, table["area_code"])
    rows = table.filter(pc.and_(wanted, pa.array(here))).sort_by("demo_id").to_pylist()
    return count(len(rows), "示范点", members=listed(lambda: _row_members(rows, "demo_id")))


def applications_selected(survey: Survey, area: int, _params: Params) -> Measured:
    """Application cases selected by the day (RUL-003-07, C-20); fields without a case are named."""
    missing = register_gap(survey, "application_cases")
    if missing:
        return nothing(*missing)
    table = survey.whole_view.table("application_cases")
    chosen = pc.less_equal(table["selected_on"], pa.scalar(survey.as_of, pa.date32()))
    wanted = pc.and_(pc.equal(table["state"], "selected"), pc.fill_null(chosen, fill_value=True))
    here = _places_below(survey, area, table["area_code"])
    rows = table.filter(pc.and_(wanted, pa.array(here))).sort_by("case_id").to_pylist()
    return count(len(rows), "案例", members=listed(lambda: _row_members(rows, "title")), notes=_fields(rows))


def _fields(rows: Iterable[Mapping[str, Any]]) -> tuple[Text, ...]:
    column = schema("application_cases").field("field")
    held = Counter(row["field"] for row in rows)
    each_zh = "、".join(f"{column.word(code).zh} {held[code]}" for code in column.codes)
    each_en = ", ".join(f"{code} {held[code]}" for code in column.codes)
    return (Text(zh=f"按领域：{each_zh}", en=f"by field: {each_en}"),)


def indicators_met(survey: Survey, _area: int, params: Params) -> Measured:
    """How many of the listed indicators are met (RUL-003-08); judged after all others."""
    names = words(params, "indicators")
    states = {name: survey.indicators_met.get(name) for name in names}

    def members() -> Iterator[Member]:
        for name, met in states.items():
            yield Member(Text(name, name), UNKNOWN if met is None else int(met))

    met = sum(1 for state in states.values() if state)
    unknown = sum(1 for state in states.values() if state is None)
    return count(met, "指标", unknown=unknown, members=listed(members))


def reported_value(survey: Survey, area: int, params: Params) -> Measured:
    """The latest value reported for ``indicator`` by the day and not before ``since``, all operators together."""
    if not survey.has("indicator_values"):
        return nothing(*register_gap(survey, "indicator_values"))
    code = survey.area_code if area < 0 else survey.tree.areas[area].code
    table = survey.whole_view.table("indicator_values")
    same = pc.and_(pc.equal(table["indicator_id"], str(params["indicator"])), pc.equal(table["area_code"], code))
    dated = pc.less_equal(table["as_of"], pa.scalar(survey.as_of, pa.date32()))
    rows = table.filter(pc.and_(same, dated)).sort_by("as_of").to_pylist()
    since = date.fromisoformat(str(params.get("since", date.min.isoformat())))
    whole = [row for row in rows if row["operator"] is None and row["as_of"] >= since]
    if not whole:
        return nothing(*((_by_operator_only(code),) if rows and rows[-1]["operator"] else ()))
    return _reported(whole[-1])


def _by_operator_only(code: str) -> DataGap:
    return DataGap(
        kind="statistics",
        where=code,
        message=Text(
            zh="只有分运营商的上报值，没有合计",
            en="values are reported per operator only, without one for all together",
        ),
    )


def _number(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(repr(value))


def _reported(row: Mapping[str, Any]) -> Measured:
    value = _number(row["value"])
    day, source = row["as_of"].isoformat(), row["source_note"]
    note = Text(
        zh=f"上报值，{day}" + (f"，来源：{source}" if source else ""),
        en=f"reported value of {day}" + (f", source: {source}" if source else ""),
    )
    label = Text(zh=f"上报 {day}", en=f"reported {day}")
    return Measured(
        low=value,
        high=value,
        numerator=_number(row["numerator"]),
        denominator=_number(row["denominator"]),
        kind="number",
        notes=(note,),
        members=listed(lambda: (Member(label, rows=(row,), note=str(row["value"])),)),
    )
