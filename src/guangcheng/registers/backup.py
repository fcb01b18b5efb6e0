"""A whole city in one file: the same city gives the same bytes, and nothing is restored unverified.

The archive is a ZIP with ``backup.json`` first: the SHA-256 and size of every file. Derived files (quarantine, reports,
hidden files) stay out; remembered column maps, name decisions and the city's plans go in, and of a city with a
programme its ledger, the key of its seals, its attachments and ``web.toml``. The key of sessions stays out: after a
restore everybody signs in again. SQLite itself copies the ledger, so a server may go on working meanwhile; one
kept on a PostgreSQL server is backed up there.
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from guangcheng.base.errors import GuangchengError, InputError, NotFound, Refused, Where, WrongFormat
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text
from guangcheng.registers.city import CONFIG_NAME, REGISTERS_NAME, STANDARDS_NAME, City
from guangcheng.registers.planned import PLANNED_NAME, planned_registers, plans
from guangcheng.registers.schema import schemas
from guangcheng.store.files import PART_PREFIX, sync_folder, write_whole

MANIFEST_NAME = "backup.json"

_FORMAT = "guangcheng-backup-1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SOURCES_NAME = "_sources"
_OWN_FILES = (CONFIG_NAME, "calendar.toml", "web.toml", "ledger.key")
_SECRET_FILES = ("ledger.key", "ledger.sqlite")
_LEDGER, _ATTACHMENTS = "ledger.sqlite", "attachments"
_BLOCK = 1 << 20
_MAX_MANIFEST = 64 << 20
_MAX_FILES = 1_000_000
_UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_NAME = re.compile(r"[^\x00-\x1f\\:]+")


@dataclass(frozen=True, slots=True)
class Backup:
    """What an archive holds: relative POSIX names with SHA-256 (hex) and size in bytes."""

    files: dict[str, tuple[str, int]]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(size for _, size in self.files.values())


def backup(city_folder: Path, archive: Path, *, progress: Progress = SILENT) -> Backup:
    """Write the city's settings, local standards, snapshots and remembered decisions into ``archive``.

    The acts are copied first, then the files are listed (what an act names was written before it), and snapshots never
    change, so an import going on meanwhile is in it wholly or not at all. Damaged snapshots raise ``InputError``: a
    backup that could not be trusted is not made. ``Refused`` when ``archive`` exists.
    """
    city = City.open(city_folder)
    if archive.exists():
        raise Refused(
            Text(zh="备份文件已存在", en="the archive exists already"),
            mend=Text(zh="换一个文件名", en="choose another name"),
            where=Where(file=str(archive)),
        )
    with tempfile.TemporaryDirectory(prefix="guangcheng-backup-") as scratch:
        acts = _acts(city_folder / _LEDGER, Path(scratch) / _LEDGER)
        paths = {path.relative_to(city_folder).as_posix(): path for path in _files(city)} | acts
        _refuse_damage(city)
        progress.start("backup", len(paths))
        made = Backup({name: _digest_of(path) for name, path in sorted(paths.items())})
        archive.parent.mkdir(parents=True, exist_ok=True)
        write_whole(archive, lambda part: _write(part, made, paths, progress))
        if not made.files.keys().isdisjoint(_SECRET_FILES):
            archive.chmod(0o600)
    progress.finish()
    return made


def _acts(ledger: Path, copy: Path) -> dict[str, Path]:
    """A consistent copy of the ledger as of now, while others may write to it; nothing where there is none."""
    if not ledger.is_file():
        return {}
    address = f"{ledger.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return {_LEDGER: copy}


def restore(archive: Path, folder: Path, *, progress: Progress = SILENT) -> City:
    """Bring the city in ``archive`` back as the new ``folder``, which appears only when every byte is verified.

    ``Refused`` when ``folder`` exists. ``WrongFormat`` when the archive is none of ours; ``InputError`` when it is
    damaged, names a file outside the city, or unpacks to other than it says.
    """
    if folder.exists():
        raise Refused(
            Text(zh="文件夹已存在，不会覆盖", en="the folder exists and is not overwritten"),
            mend=Text(zh="恢复到一个新文件夹", en="restore into a new folder"),
            where=Where(file=str(folder)),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _opened(archive) as file:
        listed = _read_manifest(archive, file)
        part = Path(tempfile.mkdtemp(prefix=PART_PREFIX, dir=folder.parent))
        try:
            progress.start("restore", len(listed.files))
            _unpack(archive, file, listed, part, progress)
            _refuse_unusable(archive, part)
            for name in _SECRET_FILES:
                if (part / name).is_file():
                    (part / name).chmod(0o600)
            part.chmod(0o755)
            part.rename(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    sync_folder(folder.parent)
    progress.finish()
    return City.open(folder)


def _files(city: City) -> Iterator[Path]:
    for name in _OWN_FILES:
        if (city.folder / name).is_file():
            yield city.folder / name
    if city.standards_folder.is_dir():
        yield from (path for path in city.standards_folder.rglob("*") if path.is_file() and not _hidden(path.name))
    registers = city.folder / REGISTERS_NAME
    for register in schemas():
        yield from (registers / register / info.file_name for info in city.registers.history(register))
    if (registers / _SOURCES_NAME).is_dir():
        yield from (
            path for path in (registers / _SOURCES_NAME).rglob("*") if path.is_file() and not _hidden(path.name)
        )
    for path in (*(city.folder / PLANNED_NAME).rglob("*"), *(city.folder / _ATTACHMENTS).rglob("*")):
        if path.is_file() and not any(_hidden(part) for part in path.relative_to(city.folder).parts):
            yield path


def _refuse_damage(city: City) -> None:
    for registers in (city.registers, *(planned_registers(city, name) for name in plans(city))):
        for damage in registers.verify_all():
            raise damage.error


def _refuse_unusable(archive: Path, part: Path) -> None:
    """Say of the archive what is wrong with the city in it; the folder it was tried in is soon gone."""
    try:
        _refuse_damage(City.open(part))
    except GuangchengError as fault:
        raise InputError(
            Text(
                zh=f"备份里的城市不能用：{fault.message.zh}",
                en=f"the city in the backup cannot be used: {fault.message.en}",
            ),
            mend=Text(zh="用另一份备份", en="use another backup"),
            where=Where(file=str(archive)),
        ) from fault


def _hidden(name: str) -> bool:
    return name.startswith(".")


def _digest_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


def _write(part: Path, made: Backup, paths: dict[str, Path], progress: Progress) -> None:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as file:
        file.writestr(_entry(MANIFEST_NAME), _manifest_bytes(made))
        for name, (digest, _) in sorted(made.files.items()):
            with paths[name].open("rb") as source, file.open(_entry(name), "w", force_zip64=True) as target:
                seen = hashlib.sha256()
                for block in iter(lambda: source.read(_BLOCK), b""):
                    seen.update(block)
                    target.write(block)
            if seen.hexdigest() != digest:
                raise Refused(
                    Text(zh="备份期间文件被改动", en="the file changed while the backup was made"),
                    mend=Text(zh="再做一次备份", en="make the backup again"),
                    where=Where(file=str(paths[name])),
                )
            progress.advance()


def _entry(name: str) -> zipfile.ZipInfo:
    """Nothing of the clock or the machine goes into the archive."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o100644 << 16
    entry.create_system = 3
    return entry


def _manifest_bytes(made: Backup) -> bytes:
    files = {name: {"sha256": digest, "size": size} for name, (digest, size) in sorted(made.files.items())}
    return json.dumps({"format": _FORMAT, "files": files}, ensure_ascii=False, indent=1).encode()


def _opened(archive: Path) -> zipfile.ZipFile:
    if not archive.is_file():
        raise NotFound(
            Text(zh="没有这个备份文件", en="there is no such archive"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(archive)),
        )
    try:
        return zipfile.ZipFile(archive)
    except _UNREADABLE as fault:
        raise _not_ours(archive) from fault


def _read_manifest(archive: Path, file: zipfile.ZipFile) -> Backup:
    names = file.namelist()
    if MANIFEST_NAME not in names or len(names) > _MAX_FILES:
        raise _not_ours(archive)
    if file.getinfo(MANIFEST_NAME).file_size > _MAX_MANIFEST:
        raise _not_ours(archive)
    try:
        content: dict[str, Any] = json.loads(file.read(MANIFEST_NAME))
        ours = content["format"] == _FORMAT
        files = {name: (str(told["sha256"]), int(told["size"])) for name, told in content["files"].items()}
    except (*_UNREADABLE, KeyError, TypeError, AttributeError) as fault:
        raise _not_ours(archive) from fault
    if not ours:
        raise _not_ours(archive)
    if sorted(names) != sorted([*files, MANIFEST_NAME]):
        raise _spoilt(archive, MANIFEST_NAME)
    _refuse_unsafe(archive, file, Backup(files))
    return Backup(files)


def _refuse_unsafe(archive: Path, file: zipfile.ZipFile, listed: Backup) -> None:
    """Everything that can be known before a byte is unpacked."""
    folders = {parent.as_posix() for name in listed.files for parent in PurePosixPath(name).parents}
    for name, (_, size) in listed.files.items():
        if not _safe(name):
            raise _outside(archive, name)
        entry = file.getinfo(name)
        if entry.file_size != size or entry.compress_type != zipfile.ZIP_STORED or name in folders:
            raise _spoilt(archive, name)
    # nothing is compressed, so what unpacks to more than the archive itself is a bomb of overlapping entries
    if listed.size > archive.stat().st_size:
        raise _spoilt(archive, MANIFEST_NAME)


def _safe(name: str) -> bool:
    """A relative path below the city's folder, the same on every system."""
    parts = PurePosixPath(name).parts
    plain = _NAME.fullmatch(name) is not None and "/".join(parts) == name
    return plain and not name.startswith("/") and not any(part == ".." or _hidden(part) for part in parts)


def _unpack(archive: Path, file: zipfile.ZipFile, listed: Backup, part: Path, progress: Progress) -> None:
    for name in (STANDARDS_NAME, REGISTERS_NAME):
        (part / name).mkdir()
    for name, (digest, _) in sorted(listed.files.items()):
        path = part.joinpath(*PurePosixPath(name).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        if _copied(archive, file, name, path) != digest:
            raise _spoilt(archive, name)
        progress.advance()


def _copied(archive: Path, file: zipfile.ZipFile, name: str, path: Path) -> str:
    """Unpack one entry and give its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as target:
        for block in _blocks(archive, file, name):
            digest.update(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _blocks(archive: Path, file: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with file.open(name) as source:
            while block := source.read(_BLOCK):
                yield block
    except _UNREADABLE as fault:
        raise _spoilt(archive, name) from fault


def _not_ours(archive: Path) -> WrongFormat:
    return WrongFormat(
        Text(zh="不是光城的备份文件", en="this is not a Guangcheng backup"),
        mend=Text(zh="用 guangcheng backup 生成的文件", en="use a file that guangcheng backup made"),
        where=Where(file=str(archive)),
    )


def _spoilt(archive: Path, name: str) -> InputError:
    return InputError(
        Text(zh=f"备份已损坏：{name} 与清单不符", en=f"the backup is damaged: {name} is not what its list says"),
        mend=Text(zh="用另一份备份", en="use another backup"),
        where=Where(file=str(archive)),
    )


def _outside(archive: Path, name: str) -> InputError:
    return InputError(
        Text(zh=f"备份里的文件名 {name!r} 指向城市之外", en=f"the backup names a file outside the city: {name!r}"),
        mend=Text(zh="不要使用来历不明的备份", en="do not use a backup of unknown origin"),
        where=Where(file=str(archive)),
    )
