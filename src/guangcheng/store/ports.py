"""The ports: what the rooms above ask of a machine, without any engine's type in a signature."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa

Kernel = Callable[[pa.Table, pa.Table], pa.Table]
"""Answers premises (``id``, ``x``, ``y``, ``radius_m`` and whatever else) by points (``id``, ``x``, ``y``): every
column of the premises but those three numbers, then ``covered``, ``point_id``, ``distance_m``, in the same order."""


class Engine(Protocol):
    """Tables in, tables out: DuckDB in process, PostgreSQL with PostGIS, Apache Spark. One suite tests them all.

    A table is given in memory or as a :class:`~pathlib.Path`: a Parquet file, or a folder of them.
    """

    def query(self, sql: str, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
        """Run one portable SELECT over named tables.

        The result's row order is what ``ORDER BY`` says; without one it is unspecified. A statement that is not one
        SELECT, or names an unknown table, raises ``InputError``. Names of tables and columns are lower case; sums of
        whole numbers are cast, since engines widen them differently.
        """

    def scan(self, path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream a Parquet file in batches of at most ``batch_rows`` rows, only ``columns``, in file order."""

    def reach(self, premises: pa.Table | Path, points: pa.Table | Path, kernel: Kernel, out: Path) -> None:
        """Write the nearest point within each premises' ``radius_m`` to ``out`` (a Parquet file, or a folder of them).

        Covered means ``dx·dx + dy·dy ≤ r·r`` in IEEE double, the lowest id of equally near points; rows come in any
        order. ``kernel`` is what computes it, for engines that bring code to the data; the others have their own way
        to the same rows. Coordinates and radii are not null; NaN is never covered.
        """

    def close(self) -> None:
        """Give back what the engine holds; a second call does nothing."""


class Blobs(Protocol):
    """Files by the SHA-256 of their bytes; writing the same bytes twice keeps one."""

    def put(self, content: bytes) -> str:
        """Store and return the hash (hex)."""

    def get(self, hash_: str) -> bytes:
        """The bytes, verified against ``hash_``; ``NotFound`` when absent, ``InputError`` when damaged."""

    def has(self, hash_: str) -> bool:
        """Whether the bytes are stored."""
