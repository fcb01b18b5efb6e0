"""What one evaluation looks at: the city's areas and premises on the day, with the reach of each premises.

Everything is read when first asked for and kept, so that one village of a large city costs only what it needs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.provenance import SnapshotRef
from guangcheng.coverage.conditions import one_array
from guangcheng.coverage.engine_kernel import counts_by, nearest_by
from guangcheng.coverage.kernel import Nearest, nearest_within
from guangcheng.coverage.reach import Reach, ReachRule, compute_reach, premises_zones
from guangcheng.coverage.results import AreaVerdict
from guangcheng.coverage.tree import Facts, Ints, Tree, facts_of, in_force, tree_of
from guangcheng.coverage.verdicts import FAILED, OUT, PASSED, UNKNOWN
from guangcheng.coverage.zones import URBAN
from guangcheng.registers.schema import schema
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Scalar, Standard
from guangcheng.store.ports import Engine

Flags = npt.NDArray[np.bool_]
States = npt.NDArray[np.int8]
Kept = TypeVar("Kept")

KINDS = tuple(schema("premises").field("kind").codes)
"""Kinds of premises; ``Premises.kind`` holds positions in it."""

BUILDING, ESTATE, SETTLEMENT = (KINDS.index(kind) for kind in ("building", "estate", "settlement"))


@dataclass(frozen=True, slots=True)
class Premises:
    """The premises in use on the day, one row each; areas and parents are numbers, -1 for none."""

    ids: pa.Array
    names: pa.Array
    area: Ints
    kind: Ints
    estate: Ints
    """Row of the estate a building belongs to."""
    main: States
    """1 marked as main settlement, 0 marked as not, -1 not marked."""
    households: Ints
    residential: Flags
    """A building not said to be something else (C-09)."""
    record: Flags
    """A record of its own: every premises but the buildings of an estate (U-09)."""

    def __len__(self) -> int:
        return len(self.area)

    def label(self, row: int) -> str:
        """Name of a premises, else its id."""
        return str(self.names[row].as_py() or self.ids[row].as_py())

    def id_of(self, row: int) -> str:
        """Id of a premises."""
        return str(self.ids[row].as_py())


@dataclass(frozen=True, slots=True)
class Counts:
    """Per area the members capable, all members, and members without an answer."""

    passed: Ints
    n: Ints
    unknown: Ints


class Survey:
    """One standard, one city, one day, and the part of it that is asked for.

    ``scope`` is the number of the area asked for, -1 for all. ``states`` holds how each area stands once its level
    has been judged, ``estate_states`` how each estate stands, by the estate's row among the premises.
    """

    def __init__(
        self,
        view: RegisterView,
        standard: Standard,
        *,
        as_of: date,
        calendar: WorkingCalendar,
        area: str | None = None,
        engine: Engine | None = None,
        nearest: Nearest | None = None,
        progress: Progress = SILENT,
    ) -> None:
        """``nearest`` measures the distances otherwise than the engine would (along the streets)."""
        self.standard = standard
        self.as_of = as_of
        self.calendar = calendar
        self.engine = engine
        self.nearest = nearest
        self.progress = progress
        self.whole_view = view
        self.tree: Tree = tree_of(view, as_of)
        self.scope = -1 if area is None else self.tree.find(area)
        self.inside: Flags = self.tree.mask_below(self.scope)
        self.states: States = np.full(len(self.tree), OUT, dtype=np.int8)
        self.verdicts: dict[int, AreaVerdict] = {}
        self.estates: dict[int, AreaVerdict] = {}
        self.indicators_met: dict[str, bool | None] = {}
        self._kept: dict[object, object] = {}

    @property
    def area_code(self) -> str:
        """Code of the area asked for, or of the whole."""
        return self.tree.top if self.scope < 0 else self.tree.areas[self.scope].code

    def has(self, register: str) -> bool:
        """Whether the register has a snapshot by the day."""
        return self.whole_view.has(register)

    def parameter(self, name: str, default: Scalar | None = None) -> Scalar | None:
        """Value of the standard's parameter in force on the day, else ``default``."""
        found = self.standard.parameter(name, self.as_of)
        return default if found is None else found.value

    @cached_property
    def facts(self) -> Facts:
        """Dated counts of the areas."""
        return facts_of(self.whole_view, self.tree, self.as_of)

    @cached_property
    def _rows(self) -> pa.Array:
        """Row numbers in the register of the premises that are in use and inside the scope."""
        table = self.whole_view.table(
            "premises", ("premises_id", "area_code", "parent_premises", "in_service_from", "in_service_to")
        )
        wanted = in_force(table, "in_service_from", "in_service_to", self.as_of)
        if self.scope >= 0:
            codes = pa.array([area.code for area in self.tree.areas if self.inside[area.index]], pa.string())
            here = pc.is_in(table["area_code"], value_set=codes)
            estates = table.filter(here)["premises_id"].combine_chunks()
            wanted = pc.and_(wanted, pc.or_(here, pc.is_in(table["parent_premises"], value_set=estates)))
        return pc.indices_nonzero(wanted)

    @cached_property
    def view(self) -> RegisterView:
        """The city's registers with only the premises in use and inside the scope."""
        whole = self.whole_view

        def load(ref: SnapshotRef, columns: Sequence[str] | None) -> pa.Table:
            table = whole.load(ref, columns)
            if ref.register != "premises" or len(self._rows) == table.num_rows:
                return table
            return table.take(self._rows)

        return RegisterView(as_of=self.as_of, crs=whole.crs, refs=whole.refs, load=load)

    @cached_property
    def premises(self) -> Premises:
        """The premises in use and inside the scope, in register order."""
        return _premises(self.view, self.tree)

    @cached_property
    def capable(self) -> States:
        """Reach of each premises by RUL-001-05: 1 capable, 0 not, -1 unknown. Without access points all unknown."""
        if not self.has("access_points"):
            return np.full(len(self.premises), UNKNOWN, dtype=np.int8)
        return np.asarray(self.reach.capable, dtype=np.int8)

    @cached_property
    def reach(self) -> Reach:
        """Reach of each premises with all its grounds."""
        here = nearest_within if self.engine is None else nearest_by(self.engine)
        return compute_reach(
            self.view,
            ReachRule.of(self.standard, self.as_of),
            calendar=self.calendar,
            tree=self.tree,
            nearest=self.nearest or here,
            progress=self.progress,
        )

    @cached_property
    def estate_states(self) -> States:
        """How each estate stands once judged, by its row among the premises; ``OUT`` for what is no estate."""
        return np.full(len(self.premises), OUT, dtype=np.int8)

    @cached_property
    def urban(self) -> Flags:
        """Whether each premises counts as urban: its own zone, else its area's (U-04)."""
        urban: Flags = premises_zones(self.view, self.tree) == URBAN
        return urban

    @cached_property
    def _by_area(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.premises.area, kind="stable")
        starts = np.searchsorted(self.premises.area[order], np.arange(len(self.tree) + 1))
        return order, starts

    def rows_at(self, area: int) -> Ints:
        """Premises whose own area is ``area``, in register order."""
        order, starts = self._by_area
        return order[starts[area] : starts[area + 1]]

    def rows_below(self, area: int) -> Ints:
        """Premises in ``area`` or anywhere under it; -1 gives all premises."""
        if area < 0:
            return np.arange(len(self.premises))
        parts = [self.rows_at(below) for below in self.tree.below(area)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def by_id(self, rows: Ints) -> Ints:
        """The rows in the order of their premises' ids, so that no list depends on the order of the file."""
        if len(rows) < 2:
            return rows
        ordered: Ints = rows[pc.sort_indices(self.premises.ids.take(pa.array(rows))).to_numpy()]
        return ordered

    def counts(self, members: Flags) -> Counts:
        """Count the marked premises per area (their own area only)."""
        here = members & (self.premises.area >= 0)
        area, capable = self.premises.area[here], self.capable[here]
        if self.engine is not None:
            return Counts(*counts_by(self.engine, area, capable, len(self.tree)))

        def count(state: int) -> Ints:
            return np.bincount(area[capable == state], minlength=len(self.tree)).astype(np.int64)

        passed, failed, unknown = count(PASSED), count(FAILED), count(UNKNOWN)
        return Counts(passed, passed + failed + unknown, unknown)

    def of_kinds(self, kinds: Sequence[str]) -> Flags:
        """Mark the premises records of ``kinds``."""
        wanted = np.zeros(len(KINDS), dtype=bool)
        wanted[[KINDS.index(kind) for kind in kinds if kind in KINDS]] = True
        return wanted[self.premises.kind] & self.premises.record

    @cached_property
    def main_settlements(self) -> Flags:
        """Settlements that decide for their area: those marked main; where none is, all of them (U-08)."""
        premises = self.premises
        settlements = (premises.kind == SETTLEMENT) & (premises.area >= 0)
        marked = settlements & (premises.main == 1)
        has_mark = np.bincount(premises.area[marked], minlength=len(self.tree) + 1) > 0
        deciding: Flags = marked | (settlements & ~has_mark[premises.area])
        return deciding

    @cached_property
    def in_scope_villages(self) -> Flags:
        """Mark natural villages with at least the least number of resident households (RUL-001-11, U-10)."""
        least = self.parameter("natural_village_min_households", 0)
        counted = self.facts.latest["resident_households"] >= int(str(least))
        known = self.facts.latest["resident_households"] >= 0
        return self.tree.of_level("natural_village") & counted & known

    def kept(self, key: object, make: Callable[[], Kept]) -> Kept:
        """What ``make`` gives, made once per survey and key."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast("Kept", self._kept[key])


def _premises(view: RegisterView, tree: Tree) -> Premises:
    columns = ("premises_id", "name", "kind", "area_code", "parent_premises", "main_settlement", "households")
    table = view.table("premises", (*columns, "residential"))
    kind = _positions(table["kind"], KINDS)
    has_parent = pc.is_valid(table["parent_premises"]).to_numpy()
    return Premises(
        ids=one_array(table["premises_id"]),
        names=one_array(table["name"]),
        area=tree.numbers(table["area_code"]),
        kind=kind,
        estate=_estates(table, kind, has_parent),
        main=pc.fill_null(table["main_settlement"].cast(pa.int8()), -1).to_numpy(),
        households=pc.fill_null(table["households"], -1).to_numpy(),
        residential=(kind == BUILDING) & pc.fill_null(table["residential"], fill_value=True).to_numpy(),
        record=~((kind == BUILDING) & has_parent),
    )


def _positions(column: pa.ChunkedArray, names: Sequence[str]) -> Ints:
    found = pc.index_in(column, value_set=pa.array(names, pa.string()))
    positions: Ints = pc.fill_null(found, names.index("other")).to_numpy().astype(np.int64)
    return positions


def _estates(table: pa.Table, kind: Ints, has_parent: Flags) -> Ints:
    """Row of each building's estate; -1 where it names none or one that is not there."""
    rows = np.flatnonzero(kind == ESTATE)
    estate = np.full(len(kind), -1, dtype=np.int64)
    children = np.flatnonzero(has_parent & (kind == BUILDING))
    if len(rows) and len(children):
        ids = table["premises_id"].take(pa.array(rows)).combine_chunks()
        found = pc.index_in(table["parent_premises"].take(pa.array(children)), value_set=ids)
        number = pc.fill_null(found, -1).to_numpy().astype(np.int64)
        estate[children] = np.where(number >= 0, rows[number], -1)
    return estate
