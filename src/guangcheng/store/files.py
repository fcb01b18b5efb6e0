"""Files that are whole or absent, and folders with one writer at a time."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from guangcheng.base.errors import Refused, Where
from guangcheng.base.text import Text

PART_PREFIX = ".part-"
"""Unfinished files begin so; readers pass over every name with a leading dot."""

LOCK_NAME = ".lock"


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, sync it, and give it its name in one step.

    A reader sees no file (or the old one) until the new one is complete; a crash at any moment leaves at most a
    ``.part-…`` file. Whatever ``write`` raises is passed on and the part is removed.
    """
    handle, name = tempfile.mkstemp(prefix=PART_PREFIX, dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole_bytes(path: Path, content: bytes) -> None:
    """:func:`write_whole` of content that is there already."""

    def fill(part: Path) -> None:
        part.write_bytes(content)

    write_whole(path, fill)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read block by block."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut, where the system allows a folder to be synced."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_parts(folder: Path) -> int:
    """Delete what interrupted writers left in ``folder`` and say how many; only for the holder of the lock."""
    parts = sorted(folder.glob(f"{PART_PREFIX}*"))
    for part in parts:
        part.unlink(missing_ok=True)
    return len(parts)


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Be the only writer of ``folder``; a second one is ``Refused`` at once, it does not wait.

    The system itself drops the lock when the process ends, however it ends, so no lock is ever stale.
    """
    lock = folder / LOCK_NAME
    with lock.open("ab") as file:
        if not _try_lock(file.fileno()):
            raise Refused(
                Text(zh="另一个程序正在写入这里", en="another program is writing here"),
                mend=Text(zh="等它结束后再做一次", en="wait until it has finished, then do this again"),
                where=Where(file=str(folder)),
            )
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
