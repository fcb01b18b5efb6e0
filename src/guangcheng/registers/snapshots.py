"""A city's registers on disk: immutable dated snapshots, one writer at a time, any number of readers.

``<folder>/<register>/<as-of>-<seq>-<hash16>.parquet``. A snapshot exists when its file has its final name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from guangcheng.base.errors import GuangchengError, InputError, NotFound, Refused, Where
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.registers.canonical import canonical, content_hash, hash_of_canonical
from guangcheng.registers.difference import Difference, compare
from guangcheng.registers.geoparquet import (
    Manifest,
    Mode,
    Source,
    damaged,
    in_stored_order,
    read_manifest,
    read_table,
    write_snapshot,
)
from guangcheng.registers.schema import schema, schemas
from guangcheng.store.files import only_writer, remove_parts, write_whole

__all__ = [
    "Commit",
    "Damage",
    "Difference",
    "Manifest",
    "Mode",
    "Registers",
    "SnapshotInfo",
    "SnapshotRef",
    "Source",
    "content_hash",
]

_NAME = re.compile(r"(?P<as_of>\d{4}-\d{2}-\d{2})-(?P<seq>\d{4,})-(?P<hash16>[0-9a-f]{16})\.parquet")

SnapshotInfo = Manifest
"""One line of a register's history."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit left as the register's state; ``new`` is false when it was that already."""

    ref: SnapshotRef
    new: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """A snapshot file that is not what it claims, and why."""

    path: Path
    error: GuangchengError


@dataclass(frozen=True, slots=True, order=True)
class _Named:
    """A snapshot as its file name tells it; ordered by date, then by the order of commits."""

    as_of: date
    seq: int
    hash16: str
    path: Path


class Registers:
    """The snapshots under one folder. Reading takes no lock; every call sees only whole snapshots."""

    def __init__(self, folder: Path, *, crs: str | None = None) -> None:
        """``folder`` is the city's ``registers`` folder; ``crs`` (``EPSG:…``) is written into new snapshots."""
        self.folder = folder
        self.crs = crs

    def latest(self, register: str, as_of: date | None = None) -> SnapshotRef | None:
        """The snapshot with the greatest date ≤ ``as_of`` (any date if ``None``), of these the last committed.

        ``None`` when there is none. ``InputError`` when that snapshot is damaged: an older one never takes its place.
        """
        named = self._latest(register, as_of)
        return None if named is None else _manifest_of(named, register).ref

    def history(self, register: str) -> list[SnapshotInfo]:
        """Every snapshot of the register, by date and then by order of commit."""
        return [_manifest_of(named, register) for named in self._named(register)]

    def path(self, ref: SnapshotRef) -> Path:
        """The Parquet file of ``ref``, for an engine that reads files; ``NotFound`` when it is not there."""
        return self._find(ref).path

    def read(self, ref: SnapshotRef, columns: Sequence[str] | None = None) -> pa.Table:
        """The stored columns (or only ``columns``) of a snapshot, rows as stored. ``InputError`` when damaged.

        Rows are sorted by key; premises stand in cell order, except in snapshots of earlier versions.
        """
        named = self._find(ref)
        if _manifest_of(named, ref.register).ref != ref:
            raise damaged(named.path)
        return read_table(named.path, ref.register, columns)

    def difference(
        self,
        register: str,
        table: pa.Table,
        *,
        as_of: date,
        mode: Mode = "upsert",
        scope: str | None = None,
        areas: pa.Table | None = None,
    ) -> Difference:
        """Compare ``table`` with the latest snapshot dated ≤ ``as_of``; nothing is written.

        ``scope`` is held to the parent links of ``areas``, by default the areas register as of the same day. See
        :func:`guangcheng.registers.difference.compare` for what the modes do and refuse.
        """
        base = self.latest(register, as_of)
        old = schema(register).empty() if base is None else self.read(base)
        links = [areas] if areas is not None else self._areas(as_of) if scope is not None else []
        return compare(register, old, table, base=base, mode=mode, scope=scope, areas=links)

    def commit(
        self,
        register: str,
        table: pa.Table,
        *,
        as_of: date,
        sources: Sequence[Source] = (),
        difference: Difference | None = None,
    ) -> Commit:
        """Make ``table``, the whole register as it stood on ``as_of``, the latest snapshot of that date.

        ``difference`` is what the person agreed to (``table`` is then its ``result``); without it the table replaces
        everything. Content equal to the latest snapshot of the same or an earlier date makes no second one.
        ``Refused`` when another program is writing, or another snapshot came in since ``difference`` was made.
        """
        folder = self.folder / schema(register).register
        folder.mkdir(parents=True, exist_ok=True)
        content = canonical(register, table)
        with only_writer(folder):
            remove_parts(folder)
            base = self.latest(register, as_of)
            if difference is not None and difference.base != base:
                raise _overtaken(register)
            hash_ = hash_of_canonical(register, content)
            if base is not None and base.hash == hash_:
                return Commit(base, new=False)
            told = difference or self.difference(register, content, as_of=as_of, mode="replace")
            manifest = Manifest(
                register=register,
                as_of=as_of,
                seq=max((named.seq for named in self._named(register)), default=0) + 1,
                hash=hash_,
                rows=content.num_rows,
                sources=tuple(sources),
                mode=told.mode,
                scope=told.scope,
                added=told.added,
                changed=told.changed,
                removed=told.removed,
                unchanged=told.unchanged,
            )
            write_whole(folder / manifest.file_name, lambda part: write_snapshot(part, content, manifest, self.crs))
        return Commit(manifest.ref, new=True)

    def verify(self, ref: SnapshotRef) -> None:
        """Read the whole snapshot and hash its content again; ``InputError`` when anything differs."""
        named = self._find(ref)
        if _verified(named, ref.register).ref != ref:
            raise damaged(named.path)

    def verify_all(self) -> list[Damage]:
        """Verify every snapshot of every register; what is damaged, in order of register and date."""
        found = []
        for register in schemas():
            for named in self._named(register):
                try:
                    _verified(named, register)
                except GuangchengError as error:
                    found.append(Damage(named.path, error))
        return found

    def _find(self, ref: SnapshotRef) -> _Named:
        found = [
            named
            for named in self._named(ref.register)
            if named.as_of == ref.as_of and named.hash16 == ref.hash[: len(named.hash16)]
        ]
        if not found:
            raise NotFound(
                Text(zh=f"没有快照 {ref}", en=f"there is no snapshot {ref}"),
                mend=Text(zh="用 guangcheng check 查看现有快照", en="see the snapshots with guangcheng check"),
                where=Where(file=str(self.folder / ref.register)),
            )
        return found[-1]

    def _named(self, register: str) -> list[_Named]:
        folder = self.folder / schema(register).register
        if not folder.is_dir():
            return []
        found = []
        for path in folder.iterdir():
            match = _NAME.fullmatch(path.name)
            if match is not None:
                as_of = date.fromisoformat(match["as_of"])
                found.append(_Named(as_of, int(match["seq"]), match["hash16"], path))
        return sorted(found)

    def _latest(self, register: str, as_of: date | None) -> _Named | None:
        return max((named for named in self._named(register) if as_of is None or named.as_of <= as_of), default=None)

    def _areas(self, as_of: date) -> list[pa.Table]:
        ref = self.latest("areas", as_of)
        return [] if ref is None else [self.read(ref, ["code", "parent"])]


def _manifest_of(named: _Named, register: str) -> Manifest:
    """Read the manifest and hold it to the file's name."""
    manifest = read_manifest(named.path)
    if manifest.register != register or manifest.file_name != named.path.name:
        raise damaged(named.path)
    return manifest


def _verified(named: _Named, register: str) -> Manifest:
    """Read everything and hash it again."""
    manifest = _manifest_of(named, register)
    table = read_table(named.path, register, None)
    try:
        content = canonical(register, table)
    except InputError as fault:
        raise damaged(named.path) from fault
    # snapshots of earlier versions hold premises sorted by key
    as_stored = table.equals(in_stored_order(register, content)) or table.equals(content)
    whole = as_stored and table.num_rows == manifest.rows
    if not whole or hash_of_canonical(register, content) != manifest.hash:
        raise damaged(named.path)
    return manifest


def _overtaken(register: str) -> Refused:
    return Refused(
        Text(
            zh="比较之后另有一份快照入库，差异已不准确",
            en="another snapshot came in after the comparison, so its counts no longer hold",
        ),
        mend=Text(zh="重新运行导入", en="run the import again"),
        where=Where(file=register),
    )
