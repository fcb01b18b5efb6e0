"""Files people hand in (附件): kept once by SHA-256, their kind told from their content, their size limited."""

import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from django.db import transaction

from guangcheng.base.errors import InputError, NotFound, WrongFormat
from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import Attachment
from guangcheng.store.files import write_whole_bytes

LARGEST = 20 << 20
"""Largest attachment, bytes."""

_MAGIC = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "xlsx": (b"PK\x03\x04",),
    "docx": (b"PK\x03\x04",),
    "zip": (b"PK\x03\x04",),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "gpkg": (b"SQLite format 3\x00",),
    "parquet": (b"PAR1",),
    "geojson": (),
    "csv": (),
    "txt": (),
}
KINDS = tuple(_MAGIC)

TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
    "xls": "application/vnd.ms-excel",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


def folder() -> Path:
    """Where attachments lie: ``attachments/`` of the city's folder."""
    from django.conf import settings

    return Path(settings.CITY_FOLDER) / "attachments"


def kind_of(name: str, content: bytes) -> str:
    """The kind by the name's ending, checked against the content; ``WrongFormat`` when they disagree."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    kind = "jpg" if ending == "jpeg" else ending
    if kind not in _MAGIC:
        raise WrongFormat(
            Text(f"不收这种文件：{name}", f"this kind of file is not taken: {name}"),
            mend=Text("可用：" + "、".join(KINDS), "use one of " + ", ".join(KINDS)),
        )
    magic = _MAGIC[kind]
    if (magic and not content.startswith(magic)) or (not magic and b"\x00" in content):
        raise WrongFormat(
            Text(f"文件内容不是 {kind}：{name}", f"the content is not {kind}: {name}"),
            mend=Text("用原来的程序另存一次再上传", "save it again with its own program, then upload"),
        )
    return kind


def safe_name(name: str) -> str:
    """The last part of a path, without control characters, at most 120 characters."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(char for char in last if char.isprintable()).strip(". ")
    return clean[-120:] or "file"


@transaction.atomic
def attach(
    act: Act,
    *,
    name: str,
    content: bytes,
    subject: str,
    area: str,
    kinds: Collection[str] = KINDS,
    largest: int = LARGEST,
) -> Attachment:
    """Keep a file for ``subject``; the same bytes are stored once. ``kinds``, ``largest`` (bytes) narrow what is taken.

    ``InputError`` for a file of the wrong size, ``WrongFormat`` for one of another kind.
    """
    if not content or len(content) > largest:
        raise InputError(
            Text(f"附件大小不对：{len(content)} 字节", f"the attachment has {len(content)} bytes"),
            mend=Text(f"1 字节到 {largest >> 20} MiB", f"between 1 byte and {largest >> 20} MiB"),
        )
    clean = safe_name(name)
    kind = kind_of(clean, content)
    if kind not in kinds:
        raise WrongFormat(
            Text(f"这里不收这种文件：{name}", f"this kind of file is not taken here: {name}"),
            mend=Text("可用：" + "、".join(kinds), "use one of " + ", ".join(kinds)),
        )
    digest = hashlib.sha256(content).hexdigest()
    path = folder() / digest[:2] / digest
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole_bytes(path, content)
    made = Attachment.objects.create(
        digest=digest,
        name=clean,
        kind=kind,
        size=len(content),
        added_at=act.at,
        added_by=act.user,
        area_code=area,
        subject=subject,
    )
    ledger.record(act, "attachment.add", subject, area=area, facts={"name": clean, "sha256": digest})
    return made


def content_of(attachment: Attachment) -> bytes:
    """The bytes, checked against the hash; ``NotFound`` when the file is gone or was changed."""
    path = folder() / attachment.digest[:2] / attachment.digest
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != attachment.digest:
        raise NotFound(
            Text(f"附件 {attachment.name} 不在或已被改动", f"the attachment {attachment.name} is gone or was changed"),
            mend=Text("从备份恢复 attachments 文件夹", "restore the folder attachments from a backup"),
        )
    return content
