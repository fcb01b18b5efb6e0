"""A city's registers as they stood on one day: what an evaluation sees, and all it sees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pyarrow as pa

from guangcheng.base.provenance import SnapshotRef
from guangcheng.registers.schema import schema

Load = Callable[[SnapshotRef, Sequence[str] | None], pa.Table]


@dataclass(frozen=True, slots=True)
class RegisterView:
    """Per register the latest snapshot dated ≤ ``as_of``; tables are read when asked for.

    Objects not yet or no longer in service on ``as_of`` are still in the tables: the rules say what that means
    (for access points it is the first condition of RUL-001-05).
    """

    as_of: date
    crs: str
    """The city's metric CRS; ``x``, ``y`` of every table are metres in it."""
    refs: Mapping[str, SnapshotRef]
    load: Load

    def has(self, register: str) -> bool:
        """Whether the register has any snapshot by ``as_of``; an absent register is ``no_data``, never 0."""
        return register in self.refs

    def table(self, register: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Give the stored columns (or only ``columns``); an absent register gives an empty table of its schema."""
        wanted = schema(register)
        ref = self.refs.get(register)
        if ref is not None:
            return self.load(ref, columns)
        empty = wanted.empty()
        return empty if columns is None else empty.select(list(columns))


def view_of_tables(tables: Mapping[str, pa.Table], *, as_of: date, crs: str) -> RegisterView:
    """Make a view from tables in memory (a plan, tests, notebooks).

    Each table gets a reference dated ``as_of`` with an empty hash; it must have exactly the stored columns of its
    register's schema.
    """
    for register, table in tables.items():
        expected = schema(register).arrow
        if table.schema.names != expected.names:
            raise ValueError(f"{register}: columns {table.schema.names} are not {expected.names}")
    held = dict(tables)
    refs = {register: SnapshotRef(register, as_of, "") for register in held}

    def load(ref: SnapshotRef, columns: Sequence[str] | None) -> pa.Table:
        table = held[ref.register]
        return table if columns is None else table.select(list(columns))

    return RegisterView(as_of=as_of, crs=crs, refs=MappingProxyType(refs), load=load)
