"""Measures counted on premises: which places, buildings and households optical access reaches."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.coverage.measured import (
    Measured,
    Member,
    Members,
    Params,
    count,
    counted,
    listed,
    not_applicable,
    nothing,
    register_gap,
    share,
    words,
)
from guangcheng.coverage.measures_statistics import fibre_penetration
from guangcheng.coverage.results import DataGap
from guangcheng.coverage.survey import ESTATE, SETTLEMENT, Counts, Flags, Survey
from guangcheng.coverage.tree import Ints
from guangcheng.coverage.verdicts import FAILED, PASSED, UNKNOWN, Tally, tally


def _tally(counts: Counts, area: int) -> Tally:
    if area < 0:
        return Tally(int(counts.passed.sum()), int(counts.n.sum()), int(counts.unknown.sum()))
    return Tally(int(counts.passed[area]), int(counts.n[area]), int(counts.unknown[area]))


def _below(survey: Survey, name: object, members: Flags) -> Counts:
    """Counts rolled up the tree, made once."""

    def make() -> Counts:
        own = survey.counts(members)
        up = survey.tree.rolled_up
        return Counts(up(own.passed), up(own.n), up(own.unknown))

    return survey.kept(("below", name), make)


def _total(counts: Counts, survey: Survey, area: int) -> Tally:
    """Rolled-up counts of one area, or of all areas on top."""
    if area >= 0:
        return _tally(counts, area)
    tops = list(survey.tree.roots)
    return Tally(int(counts.passed[tops].sum()), int(counts.n[tops].sum()), int(counts.unknown[tops].sum()))


def premises_members(survey: Survey, find: Callable[[], Ints]) -> Members:
    """The premises of the rows that ``find`` gives, as members with their reach."""

    def members(only: int | None) -> Iterator[Member]:
        rows = find()
        for row in survey.by_id(rows if only is None else rows[survey.capable[rows] == only]).tolist():
            label = survey.premises.label(row)
            yield Member(Text(label, label), int(survey.capable[row]), premises=row)

    return members


def _village_places(survey: Survey, kinds: tuple[str, ...]) -> Flags:
    others = tuple(kind for kind in kinds if kind != "settlement")
    places = survey.of_kinds(others)
    return places | survey.main_settlements if "settlement" in kinds else places


def places_capable(survey: Survey, area: int, params: Params) -> Measured:
    """All main settlements and all places of the listed kinds of a natural village (RUL-001-06).

    At least one main settlement is needed: without one there is no data.
    """
    kinds = words(params, "kinds")
    marked = survey.kept(("village places", kinds), lambda: _village_places(survey, kinds))
    counts = survey.kept(("village counts", kinds), lambda: survey.counts(marked))
    settlements = survey.kept("main settlement counts", lambda: survey.counts(survey.main_settlements))
    found = _tally(counts, area)
    if not settlements.n[area]:
        found_gap = _no_settlement(survey, area)
        return Measured(None, None, found.passed, found.n, found.unknown, per=100, things="驻地", gaps=(found_gap,))

    members = premises_members(survey, lambda: _marked(survey.rows_at(area), marked))
    return share(found, "驻地", members=members)


def _marked(rows: Ints, marked: Flags) -> Ints:
    return rows[marked[rows]]


def _no_settlement(survey: Survey, area: int) -> DataGap:
    here = survey.tree.areas[area]
    return DataGap(
        kind="missing_settlement",
        where=here.code,
        message=Text(
            zh=f"自然村“{here.name}”没有登记人口聚居地，无法判定",
            en=f"natural village {here.name} has no settlement in the register of premises, so it cannot be judged",
        ),
    )


def own_settlements(survey: Survey, area: int) -> Measured:
    """The settlements attached to the area itself: what decides an admin village without natural villages."""
    counts = survey.kept("main settlement counts", lambda: survey.counts(survey.main_settlements))
    found = _tally(counts, area)
    if not found.n:
        if not survey.has("premises"):
            return nothing(*register_gap(survey, "premises"))
        return not_applicable(
            Text(
                zh="没有计入统计的自然村，也没有直属聚居地，本级标准不适用",
                en="no natural village in scope and no settlement of its own: the standard does not apply",
            )
        )

    members = premises_members(survey, lambda: _marked(survey.rows_at(area), survey.main_settlements))
    note = Text(
        zh="没有计入统计的自然村，由直属聚居地决定（须全部具备）",
        en="no natural village in scope: its own settlements decide, and all must be capable",
    )
    counted_all = share(found, "驻地", members=members, notes=(note,), basis=Basis.PRODUCT_DEFAULT)
    return replace(counted_all, demanded=100)


def premises_capable(survey: Survey, area: int, params: Params) -> Measured:
    """Premises records of the listed kinds anywhere beneath the area (RUL-001-09).

    Each record weighs the same (U-09); with parameter ``street_test_unit`` = ``households`` it weighs its households,
    and records without a household count leave both sides.
    """
    kinds = words(params, "kinds")
    marked = survey.kept(("records", kinds), lambda: survey.of_kinds(kinds))

    members = premises_members(survey, lambda: _marked(survey.rows_below(area), marked))
    if survey.parameter("street_test_unit") == "households":
        return _by_households(survey, _marked(survey.rows_below(area), marked), area)
    counts = _below(survey, ("records", kinds), marked)
    return share(_total(counts, survey, area), "驻地", members=members)


def _by_households(survey: Survey, rows: Ints, area: int) -> Measured:
    households, capable = survey.premises.households[rows], survey.capable[rows]
    known = households >= 0

    def weight(state: int) -> int:
        return int(households[known & (capable == state)].sum())

    passed, failed, unknown = weight(PASSED), weight(FAILED), weight(UNKNOWN)
    missing = int((~known).sum())
    gaps = (_missing_households(survey, area, missing),) if missing else ()
    counted = Tally(passed, passed + failed + unknown, unknown)
    return share(counted, "户", members=premises_members(survey, lambda: rows[known]), gaps=gaps)


def _missing_households(survey: Survey, area: int, missing: int) -> DataGap:
    code = survey.area_code if area < 0 else survey.tree.areas[area].code
    return DataGap(
        kind="missing_households",
        where=code,
        message=Text(
            zh=f"{missing} 处驻地没有户数，未计入",
            en=f"{missing} premises have no household count and are in neither count",
        ),
    )


def _estate_counts(survey: Survey) -> Counts:
    """Residential buildings by estate, as arrays over the premises."""
    premises = survey.premises
    rows = np.flatnonzero((premises.estate >= 0) & premises.residential)
    estate, capable = premises.estate[rows], survey.capable[rows]

    def count_of(marked: Flags) -> Ints:
        return np.bincount(estate[marked], minlength=len(premises)).astype(np.int64)

    return Counts(count_of(capable == PASSED), count_of(capable >= UNKNOWN), count_of(capable == UNKNOWN))


def _buildings_of(survey: Survey, estate: int) -> Ints:
    """Rows of the residential buildings of one estate."""

    def make() -> tuple[Ints, Ints]:
        premises = survey.premises
        rows = np.flatnonzero((premises.estate >= 0) & premises.residential)
        rows = rows[np.argsort(premises.estate[rows], kind="stable")]
        return rows, np.searchsorted(premises.estate[rows], np.arange(len(premises) + 1))

    rows, starts = survey.kept("estate buildings", make)
    own: Ints = rows[starts[estate] : starts[estate + 1]]
    return own


def estate_buildings_capable(survey: Survey, estate: int, _params: Params) -> Measured:
    """Residential buildings of an estate that are capable (C-09); ``estate`` is its row among the premises.

    An estate without residential building rows is judged on its own point.
    """
    found = _tally(survey.kept("estate counts", lambda: _estate_counts(survey)), estate)
    if found.n:
        return share(found, "楼栋", members=premises_members(survey, lambda: _buildings_of(survey, estate)))
    point = np.array([estate], dtype=np.int64)
    note = Text(
        zh="没有登记住宅楼栋，按小区自身位置判定",
        en="no residential building in the register: judged on the estate's own point",
    )
    own = tally([int(survey.capable[estate])])
    return share(own, "小区", members=premises_members(survey, lambda: point), notes=(note,))


def streets_fully_covered(survey: Survey, area: int, params: Params) -> Measured:
    """Streets every premises record of which is capable (C-08); a street with no record cannot be told."""
    streets = [here for here in _inside(survey, area) if survey.tree.areas[here].subtype == "street"]
    states = {here: _all_capable(premises_capable(survey, here, params)) for here in streets}

    def members() -> Iterator[Member]:
        for here, state in states.items():
            name = survey.tree.areas[here].name
            yield Member(Text(name, name), state, area=here)

    return counted(tally(states.values()), "街道", members=listed(members))


def _all_capable(found: Measured) -> int:
    if found.low == 100:
        return PASSED
    return FAILED if found.high is not None and found.high < 100 else UNKNOWN


def _inside(survey: Survey, area: int) -> Iterator[int]:
    return iter(range(len(survey.tree))) if area < 0 else survey.tree.below(area)


def urban_fibre_capability(survey: Survey, area: int, params: Params) -> Measured:
    """Urban premises records that are capable; take-up instead when ``urban_fibre_access`` is ``take_up`` (C-05)."""
    if survey.parameter("urban_fibre_access") == "take_up":
        return fibre_penetration(survey, area, {"zone": "urban"})
    kinds = words(params, "kinds")
    wanted = survey.of_kinds(kinds) if kinds else survey.premises.record
    marked = survey.kept(("urban", kinds), lambda: wanted & survey.urban)
    counts = _below(survey, ("urban", kinds), marked)

    members = premises_members(survey, lambda: _marked(survey.rows_below(area), marked))
    return share(_total(counts, survey, area), "驻地", members=members)


def natural_villages_covered(survey: Survey, area: int, _params: Params) -> Measured:
    """In-scope natural villages with at least one capable main settlement."""
    counts = survey.kept("main settlement counts", lambda: survey.counts(survey.main_settlements))

    def state(here: int) -> int:
        if counts.passed[here]:
            return PASSED
        return UNKNOWN if counts.unknown[here] or not counts.n[here] else FAILED

    villages = [here for here in _inside(survey, area) if survey.in_scope_villages[here]]
    states = {here: state(here) for here in villages}

    def members() -> Iterator[Member]:
        for here, how in states.items():
            name = survey.tree.areas[here].name
            yield Member(Text(name, name), how, area=here)

    return share(tally(states.values()), "自然村", members=listed(members))


def households_passed_ftth(survey: Survey, area: int, _params: Params) -> Measured:
    """Households of the premises records that are capable; buildings of an estate are counted with their estate."""
    if not survey.has("premises"):
        return nothing(*register_gap(survey, "premises"))
    rows = survey.rows_below(area)
    rows = rows[survey.premises.record[rows]]
    households, capable = survey.premises.households[rows], survey.capable[rows]
    known = households >= 0
    passed = int(households[known & (capable == PASSED)].sum())
    unknown = int(households[known & (capable == UNKNOWN)].sum())
    homes = np.isin(survey.premises.kind[rows], (ESTATE, SETTLEMENT)) & ~known
    gaps = (_missing_households(survey, area, int(homes.sum())),) if homes.any() else ()
    held = rows[known & (capable != FAILED)]
    return count(passed, "户", unknown=unknown, members=premises_members(survey, lambda: held), gaps=gaps)


def new_estates_ftth(survey: Survey, area: int, params: Params) -> Measured:
    """Estates completed from ``since`` to the day that had fibre to the home when completed."""
    since = date.fromisoformat(str(params["since"])) if "since" in params else date.min
    table = survey.view.table("premises", ("completed_on", "ftth_at_completion"))
    lowest, highest = pa.scalar(since, pa.date32()), pa.scalar(survey.as_of, pa.date32())
    completed = table["completed_on"]
    new = pc.and_(pc.greater_equal(completed, lowest), pc.less_equal(completed, highest))
    marked = pc.fill_null(new, fill_value=False).to_numpy() & (survey.premises.kind == ESTATE)
    fibre = pc.fill_null(table["ftth_at_completion"].cast(pa.int8()), UNKNOWN).to_numpy()
    rows = survey.rows_below(area)
    rows = rows[marked[rows]]

    def members() -> Iterator[Member]:
        for row in survey.by_id(rows).tolist():
            label = survey.premises.label(row)
            yield Member(Text(label, label), int(fibre[row]), premises=row)

    return share(tally(fibre[rows].tolist()), "小区", members=listed(members))
