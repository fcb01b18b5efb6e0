"""Blobs in a folder: ``<folder>/<first two of the hash>/<hash>``."""

import hashlib
import re
from pathlib import Path

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.text import Text
from guangcheng.store.files import write_whole_bytes

_HASH = re.compile(r"[0-9a-f]{64}")


class FolderBlobs:
    """A :class:`guangcheng.store.ports.Blobs`; any number of programs may use the folder at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Store ``content`` whole or not at all; bytes already there are kept, damaged ones are written anew."""
        hash_ = hashlib.sha256(content).hexdigest()
        path = self._path(hash_)
        if not (path.is_file() and path.read_bytes() == content):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole_bytes(path, content)
        return hash_

    def get(self, hash_: str) -> bytes:
        """Give the bytes, verified; see the port."""
        if not self.has(hash_):
            raise NotFound(
                Text(zh="没有这个哈希的文件", en="there is no file with this hash"),
                mend=Text(zh="检查哈希，或重新存入该文件", en="check the hash, or store the file again"),
                where=Where(file=str(self.folder), field=hash_),
            )
        path = self._path(hash_)
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != hash_:
            raise InputError(
                Text(zh="文件已损坏：内容与其哈希不符", en="the file is damaged: its content is not its hash's"),
                mend=Text(zh="从备份恢复，或重新存入该文件", en="restore it from a backup, or store the file again"),
                where=Where(file=str(path)),
            )
        return content

    def has(self, hash_: str) -> bool:
        """Whether the bytes are stored; anything that is not 64 small hex digits is not."""
        return _HASH.fullmatch(hash_) is not None and self._path(hash_).is_file()

    def _path(self, hash_: str) -> Path:
        return self.folder / hash_[:2] / hash_
