"""A fibre plan as plain Arrow tables with a head: what a planner hands to the writer, with no planning in it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pyarrow as pa

from guangcheng.base.text import Text
from guangcheng.reporting.plan_files.contract import columns, empty, schema, table_names

__all__ = ["PlanHead", "PlanTables", "Prices"]

Parameter = float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Prices:
    """Which price list was used: id, currency (ISO 4217), year, whether it is only an example, and one sentence."""

    id: str
    currency: str
    year: int
    example: bool
    note: Text


@dataclass(frozen=True, slots=True)
class PlanHead:
    """What ``plan.json`` says of the whole plan.

    ``crs`` is the city's metric CRS (``EPSG:…``). ``inputs`` gives the SHA-256 of each input by its name.
    ``parameters`` are what the plan was asked for; limits stand under ``spare_share``, ``spare_holes``, ``reel_m``,
    ``room_households``, ``cabinet_households``. ``trench_cost`` and ``trench_lower_bound`` are those
    of the route alone. ``phase_budgets`` has one figure per phase, empty without phases. ``assumptions`` are sentences
    for the report's page of assumptions.
    """

    city: str
    area: str
    as_of: dt.date
    crs: str
    prices: Prices
    objective: str
    seed: int
    effort: int
    cost: float
    lower_bound: float
    trench_cost: float
    trench_lower_bound: float
    inputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    phase_budgets: tuple[float, ...] = ()
    assumptions: tuple[Text, ...] = ()

    @property
    def gap(self) -> float:
        """(cost − lower bound) / cost; 0 for a plan that costs nothing."""
        return max(0.0, (self.cost - self.lower_bound) / self.cost) if self.cost > 0 else 0.0


@dataclass(frozen=True, slots=True)
class PlanTables:
    """A whole plan. ``tables`` has every table of the contract, columns and types as :func:`contract.schema` gives.

    Tables left out are taken as empty. ``ValueError`` for an unknown table, other columns, or a null where the
    contract has none: the planner's own mistake, never the user's.
    """

    head: PlanHead
    tables: Mapping[str, pa.Table]

    def __post_init__(self) -> None:
        """Hold the tables against the contract."""
        unknown = sorted(set(self.tables) - set(table_names()))
        if unknown:
            raise ValueError(f"no such table: {unknown[0]}")
        full = {name: _held(name, self.tables.get(name)) for name in table_names()}
        object.__setattr__(self, "tables", MappingProxyType(full))

    @classmethod
    def of(cls, head: PlanHead, **given: Mapping[str, object]) -> "PlanTables":
        """From columns as lists or arrays: ``PlanTables.of(head, nodes={"node_id": […], …})``."""
        return cls(head, {name: _table(name, held) for name, held in given.items()})

    def __getitem__(self, name: str) -> pa.Table:
        """One table."""
        return self.tables[name]


def _table(name: str, held: Mapping[str, object]) -> pa.Table:
    wanted = schema(name)
    if set(held) != set(wanted.names):
        differ = sorted(set(held) ^ set(wanted.names))
        raise ValueError(f"{name}: columns missing or unknown: {', '.join(differ)}")
    return pa.table([pa.array(held[field.name], type=field.type, from_pandas=True) for field in wanted], schema=wanted)


def _held(name: str, table: pa.Table | None) -> pa.Table:
    if table is None:
        return empty(name)
    wanted = schema(name)
    if table.schema.names != wanted.names or table.schema.types != wanted.types:
        raise ValueError(f"{name}: columns or types are not those of the contract")
    for column in wanted:
        if not column.nullable and table[column.name].null_count:
            raise ValueError(f"{name}.{column.name}: a value is missing")
    for column in columns()[name]:
        strange = set(map(str, table[column.name].unique().to_pylist())) - set(column.codes) - {"None"}
        if column.codes and strange:
            raise ValueError(f"{name}.{column.name}: {min(strange)} is not one of {', '.join(column.codes)}")
    return table.cast(wanted)
