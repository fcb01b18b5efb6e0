"""The ports: what the rooms above ask of a machine, without any engine's type in a signature."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """Tables in, tables out. Adapter today: DuckDB in process."""

    def query(self, sql: str, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
        """Run one portable SELECT over named tables (in memory, or a Parquet file by path).

        The result's row order is what ``ORDER BY`` says; without one it is unspecified. A statement that is not one
        SELECT, or names an unknown table, raises ``InputError``.
        """

    def scan(self, path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream a Parquet file in batches of at most ``batch_rows`` rows, only ``columns``, in file order."""

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
