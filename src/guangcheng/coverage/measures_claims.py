"""Measures from operators' claims. A claim is what an operator says; it is never mixed with computed reach."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.measured import Measured, Member, Params, listed, named, nothing, register_gap, share, words
from guangcheng.coverage.measures_statistics import FIXED
from guangcheng.coverage.reach_rule import BASIC_OPERATORS
from guangcheng.coverage.survey import Flags, Survey
from guangcheng.coverage.tree import Ints, in_force
from guangcheng.coverage.verdicts import FAILED, OUT, PASSED, tally


class _Claims:
    """Where claims of some kinds reach: areas claimed as a whole (with all beneath), and single premises."""

    def __init__(self, survey: Survey, kinds: Sequence[str]) -> None:
        table = survey.whole_view.table(
            "claims",
            ("operator", "area_code", "premises_id", "technology", "tv_only", "effective_from", "effective_to"),
        )
        wanted = pc.and_(
            in_force(table, "effective_from", "effective_to", survey.as_of),
            pc.and_(
                pc.is_in(table["technology"], value_set=pa.array(list(kinds), pa.string())),
                pc.is_in(table["operator"], value_set=pa.array(list(BASIC_OPERATORS), pa.string())),
            ),
        )
        wanted = pc.and_(wanted, pc.invert(pc.fill_null(table["tv_only"], fill_value=False)))
        table = table.filter(wanted)
        whole = pc.is_null(table["premises_id"])
        self._survey = survey
        self._ids = table.filter(pc.invert(whole))["premises_id"].combine_chunks()
        claimed = survey.tree.numbers(table.filter(whole)["area_code"])
        self.areas: Flags = np.zeros(len(survey.tree), dtype=bool)
        self.areas[claimed[claimed >= 0]] = True
        for here in reversed(survey.tree.bottom_up):
            above = survey.tree.parent[here]
            if above >= 0 and self.areas[above]:
                self.areas[here] = True

    @cached_property
    def premises(self) -> Flags:
        """Premises that are claimed by id or with their area."""
        premises = self._survey.premises
        named: Flags = pc.is_in(premises.ids, value_set=self._ids).to_numpy(zero_copy_only=False)
        areas = np.append(self.areas, np.False_)
        return named | areas[premises.area]

    @cached_property
    def reached(self) -> Flags:
        """Areas claimed as a whole, or with a claimed premises in or beneath them."""
        premises = self._survey.premises
        area = premises.area[self.premises & (premises.area >= 0)]
        here = np.bincount(area, minlength=len(self._survey.tree)).astype(np.int64)
        return self.areas | (self._survey.tree.rolled_up(here + self.areas) > 0)


def _claims(survey: Survey, kinds: tuple[str, ...]) -> _Claims:
    return survey.kept(("claims", kinds), lambda: _Claims(survey, kinds))


def optical_coverage_rate(survey: Survey, area: int, _params: Params) -> Measured:
    """Units with optical coverage ÷ units with any fixed broadband, by claims (RUL-001-02).

    A unit is a natural village, or a premises record that lies in none. Units without any broadband are in neither
    count and are listed (C-07).
    """
    if not survey.has("claims"):
        return nothing(*register_gap(survey, "claims"))
    optical, broadband = _claims(survey, ("fibre",)), _claims(survey, FIXED)
    light, wired = optical.reached, broadband.reached
    units = [(here, bool(light[here]), bool(wired[here])) for here in _villages_below(survey, area)]
    states = [_state(light, wired) for _, light, wired in units]
    rows = survey.by_id(_loose_premises(survey, area))
    by_row = np.where(broadband.premises[rows], np.where(optical.premises[rows], PASSED, FAILED), OUT).tolist()

    def members() -> Iterator[Member]:
        for (here, _, _), state in zip(units, states, strict=True):
            name = survey.tree.areas[here].name
            yield Member(Text(name, name), state)
        for row, state in zip(rows.tolist(), by_row, strict=True):
            label = survey.premises.label(row)
            yield Member(Text(label, label), state)

    bare = [survey.tree.areas[here].name for here, _, wired in units if not wired]
    bare += [survey.premises.label(row) for row, state in zip(rows.tolist(), by_row, strict=True) if state == OUT]
    notes = (_without_broadband(bare, len(units) + len(by_row)),) if bare else ()
    return share(tally((*states, *by_row)), "单元", members=listed(members), notes=notes, basis=Basis.CLAIM)


def _state(optical: bool, broadband: bool) -> int:
    if not broadband:
        return OUT
    return PASSED if optical else FAILED


def _villages_below(survey: Survey, area: int) -> list[int]:
    below = range(len(survey.tree)) if area < 0 else survey.tree.below(area)
    return sorted(here for here in below if survey.tree.areas[here].level == "natural_village")


def _loose_premises(survey: Survey, area: int) -> Ints:
    """Premises records in ``area`` that lie in no natural village."""
    rows = survey.rows_below(area)
    in_village = np.append(survey.tree.of_level("natural_village"), np.False_)[survey.premises.area[rows]]
    return rows[survey.premises.record[rows] & ~in_village]


def _without_broadband(names: Sequence[str], units: int) -> Text:
    listed = named(names)
    return Text(
        zh=f"另有 {len(names)} 个单元没有任何宽带，不在分母内：{listed.zh}；全部单元 {units} 个",
        en=f"{len(names)} of {units} units have no broadband at all and are in neither count: {listed.en}",
    )


def villages_with_broadband(survey: Survey, area: int, params: Params) -> Measured:
    """Admin villages with any of the listed kinds, wired or wireless, by claims (RUL-000-03)."""
    if not survey.has("claims"):
        return nothing(*register_gap(survey, "claims"))
    kinds = words(params, "kinds")
    reached = _claims(survey, kinds).reached
    below = range(len(survey.tree)) if area < 0 else survey.tree.below(area)
    villages = sorted(here for here in below if survey.tree.areas[here].level == "admin_village")

    def members() -> Iterator[Member]:
        for here in villages:
            name = survey.tree.areas[here].name
            yield Member(Text(name, name), PASSED if reached[here] else FAILED, area=here)

    states = [PASSED if reached[here] else FAILED for here in villages]
    return share(tally(states), "行政村", members=listed(members), basis=Basis.CLAIM)
