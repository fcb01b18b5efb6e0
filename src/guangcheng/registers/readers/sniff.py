"""What a file is, by its first bytes, and whether its name says the same."""

import codecs
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from guangcheng.base.errors import InputError, NotFound, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.readers.limits import (
    MAX_UNPACKED_BYTES,
    MAX_ZIP_MEMBERS,
    MAX_ZIP_RATIO,
    ZIP_RATIO_FROM_BYTES,
)
from guangcheng.registers.rulebook import rule

__all__ = ["Format", "check_zip", "sniff", "too_large"]


class Format(StrEnum):
    """The formats that are read."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    GEOJSON = "geojson"
    GEOPACKAGE = "geopackage"
    SHAPEFILE = "shapefile"
    SHAPEFILE_ZIP = "shapefile_zip"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What content was found: a format that is read, or a foreign one with the advice what to do about it."""

    name: Text
    format: Format | None = None
    advice: Text | None = None


def _foreign(zh: str, en: str, advice_zh: str, advice_en: str) -> _Kind:
    return _Kind(Text(zh=zh, en=en), advice=Text(zh=advice_zh, en=advice_en))


_TO_XLSX = ("用 Excel 或 WPS 打开，另存为 .xlsx 后再导入", "open it in Excel or WPS, save it as .xlsx and import that")
_TO_TABLE = (
    "把其中的表格复制到电子表格，另存为 .xlsx，或向提供方索取 .xlsx、.csv",
    "copy its table into a spreadsheet and save that as .xlsx, or ask the sender for .xlsx or .csv",
)
_UNPACK = ("先解压，再导入里面的文件", "unpack it and import the files inside")

_TEXT = _Kind(Text(zh="纯文本（CSV）", en="plain text (CSV)"), Format.TEXT)
_BINARY = _foreign(
    "认不出的二进制内容",
    "binary content of no kind known here",
    "重新导出或重新下载一次",
    "export or download it again",
)
_GEOJSON = _Kind(Text(zh="GeoJSON", en="GeoJSON"), Format.GEOJSON)
_XLSX = _Kind(Text(zh="Excel 工作簿（.xlsx）", en="an Excel workbook (.xlsx)"), Format.XLSX)
_XLS = _Kind(Text(zh="旧版 Excel 工作簿（.xls）", en="a legacy Excel workbook (.xls)"), Format.XLS)
_PARQUET = _Kind(Text(zh="Parquet", en="Parquet"), Format.PARQUET)
_GEOPACKAGE = _Kind(Text(zh="GeoPackage", en="GeoPackage"), Format.GEOPACKAGE)
_SHAPEFILE = _Kind(Text(zh="Shapefile（.shp）", en="a shapefile (.shp)"), Format.SHAPEFILE)
_SHAPEFILE_ZIP = _Kind(Text(zh="压缩的 Shapefile（.zip）", en="a zipped shapefile (.zip)"), Format.SHAPEFILE_ZIP)

_SQLITE = _foreign(
    "普通 SQLite 数据库", "a plain SQLite database", "导出为 GeoPackage 或 CSV", "export it as GeoPackage or CSV"
)
_HTML = _foreign("网页（HTML）", "a web page (HTML)", *_TO_XLSX)
_XML = _foreign("XML 文件", "an XML file", *_TO_XLSX)
_ZIP = _foreign("压缩包", "a zip archive", *_UNPACK)
_OLE = _foreign("旧版 Office 文件", "a legacy Office file", *_TO_XLSX)

_MAGIC: tuple[tuple[bytes, _Kind], ...] = (
    (b"PAR1", _PARQUET),
    (b"\x00\x00\x27\x0a", _SHAPEFILE),
    (b"%PDF", _foreign("PDF", "PDF", *_TO_TABLE)),
    (b"\x1f\x8b", _foreign("gzip 压缩文件", "a gzip file", *_UNPACK)),
    (b"Rar!", _foreign("RAR 压缩包", "a RAR archive", *_UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", _foreign("7z 压缩包", "a 7z archive", *_UNPACK)),
    (
        b"fgb\x03",
        _foreign("FlatGeobuf", "FlatGeobuf", "用 GIS 软件另存为 GeoPackage", "save it as GeoPackage in a GIS"),
    ),
    (b"\x89PNG", _foreign("图片", "an image", *_TO_TABLE)),
    (b"\xff\xd8\xff", _foreign("图片", "an image", *_TO_TABLE)),
)

# A member that only this kind of zip has.
_ZIP_MEMBERS: tuple[tuple[str, _Kind], ...] = (
    ("xl/workbook.xml", _XLSX),
    ("xl/workbook.bin", _foreign("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)", *_TO_XLSX)),
    ("word/document.xml", _foreign("Word 文档（.docx）", "a Word document (.docx)", *_TO_TABLE)),
    ("ppt/presentation.xml", _foreign("演示文稿（.pptx）", "a presentation (.pptx)", *_TO_TABLE)),
    ("OFD.xml", _foreign("OFD 版式文件", "an OFD document", *_TO_TABLE)),
    ("content.xml", _foreign("OpenDocument 文件（.ods、.odt）", "an OpenDocument file (.ods, .odt)", *_TO_XLSX)),
    (
        "doc.kml",
        _foreign("KMZ", "KMZ", "用 GIS 软件另存为 GeoPackage 或 GeoJSON", "save it as GeoPackage or GeoJSON in a GIS"),
    ),
)

# A stream that only this kind of OLE container has (its directory writes names in UTF-16).
_OLE_STREAMS: tuple[tuple[str, _Kind], ...] = (
    ("WordDocument", _foreign("Word 文档（.doc）", "a Word document (.doc)", *_TO_TABLE)),
    ("PowerPoint Document", _foreign("演示文稿（.ppt）", "a presentation (.ppt)", *_TO_TABLE)),
    ("Workbook", _XLS),
    ("Book", _XLS),
)

# What a name promises; the suffixes of foreign formats are answered before the file is opened.
_SUFFIXES: dict[str, _Kind] = {
    ".csv": _TEXT,
    ".tsv": _TEXT,
    ".tab": _TEXT,
    ".txt": _TEXT,
    ".xlsx": _XLSX,
    ".xlsm": _XLSX,
    ".xls": _XLS,
    ".geojson": _GEOJSON,
    ".json": _GEOJSON,
    ".gpkg": _GEOPACKAGE,
    ".shp": _SHAPEFILE,
    ".zip": _SHAPEFILE_ZIP,
    ".parquet": _PARQUET,
    ".geoparquet": _PARQUET,
    ".pq": _PARQUET,
    ".et": _foreign("WPS 表格（.et）", "a WPS spreadsheet (.et)", *_TO_XLSX),
    ".ett": _foreign("WPS 表格模板（.ett）", "a WPS spreadsheet template (.ett)", *_TO_XLSX),
    ".ods": _foreign("OpenDocument 表格（.ods）", "an OpenDocument spreadsheet (.ods)", *_TO_XLSX),
    ".xlsb": _foreign("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)", *_TO_XLSX),
    ".numbers": _foreign("Numbers 表格", "a Numbers spreadsheet", *_TO_XLSX),
    ".doc": _foreign("Word 文档（.doc）", "a Word document (.doc)", *_TO_TABLE),
    ".docx": _foreign("Word 文档（.docx）", "a Word document (.docx)", *_TO_TABLE),
    ".wps": _foreign("WPS 文字（.wps）", "a WPS document (.wps)", *_TO_TABLE),
    ".ofd": _foreign("OFD 版式文件", "an OFD document", *_TO_TABLE),
    ".pdf": _foreign("PDF", "PDF", *_TO_TABLE),
    ".ppt": _foreign("演示文稿（.ppt）", "a presentation (.ppt)", *_TO_TABLE),
    ".pptx": _foreign("演示文稿（.pptx）", "a presentation (.pptx)", *_TO_TABLE),
    ".rar": _foreign("RAR 压缩包", "a RAR archive", *_UNPACK),
    ".7z": _foreign("7z 压缩包", "a 7z archive", *_UNPACK),
    ".gz": _foreign("gzip 压缩文件", "a gzip file", *_UNPACK),
    ".kml": _foreign(
        "KML", "KML", "用 GIS 软件另存为 GeoPackage 或 GeoJSON", "save it as GeoPackage or GeoJSON in a GIS"
    ),
    ".dbf": _foreign(
        "Shapefile 的属性表", "a shapefile's table", "请选同名的 .shp", "choose the .shp of the same name"
    ),
    ".shx": _foreign("Shapefile 的索引", "a shapefile's index", "请选同名的 .shp", "choose the .shp of the same name"),
    ".prj": _foreign("Shapefile 的坐标系", "a shapefile's CRS", "请选同名的 .shp", "choose the .shp of the same name"),
}

_RIGHT_SUFFIX = {
    Format.TEXT: ".csv",
    Format.XLSX: ".xlsx",
    Format.XLS: ".xls",
    Format.GEOJSON: ".geojson",
    Format.GEOPACKAGE: ".gpkg",
    Format.SHAPEFILE: ".shp",
    Format.SHAPEFILE_ZIP: ".zip",
    Format.PARQUET: ".parquet",
}

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD_BYTES = 4096
_OLE_SEARCH_BYTES = 64 << 20


def sniff(path: Path) -> Format:
    """The format of ``path``, decided by its content; the name must agree.

    Raises ``NotFound`` where there is no such file, ``WrongFormat`` for a format that is not read (R-002), for content
    that is not what the name says (R-001), for an encrypted workbook (R-003), an empty file (R-011), a zip that is
    broken (R-007) or unpacks to too much (R-008).
    """
    where = Where(file=str(path))
    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个文件", en="there is no such file"),
            mend=Text(zh="检查路径和文件名", en="check the path and the name"),
            where=where,
        )
    claimed = _claimed(path, where)
    try:
        found = _found(path, where)
        if found is _TEXT and claimed is not _TEXT and _is_noise(path):
            found = _BINARY
    except OSError as error:
        raise rule("R-018").error(InputError, where) from error
    if found.format is None or claimed.format is not found.format:
        raise _disagreement(claimed, found, where)
    return found.format


def _is_noise(path: Path) -> bool:
    """Whether there are NUL bytes in what is not UTF-16; a text file with some is the text reader's to explain."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _claimed(path: Path, where: Where) -> _Kind:
    claimed = _SUFFIXES.get(path.suffix.lower())
    if claimed is None:
        known = "、".join(_RIGHT_SUFFIX.values())
        raise rule("R-002").error(
            WrongFormat,
            where,
            found_zh=f"名称以“{path.suffix}”结尾的文件",
            found_en=f"a file whose name ends in “{path.suffix}”",
            advice_zh=f"可读取的格式：{known}",
            advice_en=f"the formats read are {known.replace('、', ', ')}",
        )
    if claimed.format is None:
        raise _unreadable(claimed, where)
    return claimed


def _unreadable(kind: _Kind, where: Where) -> InputError:
    advice = kind.advice or Text(zh="", en="")
    return rule("R-002").error(
        WrongFormat,
        where,
        found_zh=kind.name.zh,
        found_en=kind.name.en,
        advice_zh=advice.zh,
        advice_en=advice.en,
    )


def _disagreement(claimed: _Kind, found: _Kind, where: Where) -> InputError:
    if found.format is not None:
        suffix = _RIGHT_SUFFIX[found.format]
        advice = Text(
            zh=f"把名称改为以 {suffix} 结尾，或重新导出", en=f"let the name end in {suffix}, or export it again"
        )
    else:
        advice = found.advice or Text(zh="", en="")
    return rule("R-001").error(
        WrongFormat,
        where,
        claimed_zh=claimed.name.zh,
        claimed_en=claimed.name.en,
        found_zh=found.name.zh,
        found_en=found.name.en,
        advice_zh=advice.zh,
        advice_en=advice.en,
    )


def _found(path: Path, where: Where) -> _Kind:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise rule("R-011").error(WrongFormat, where)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"SQLite format 3\x00"):
        return _GEOPACKAGE if head[68:72] in (b"GPKG", b"GP10", b"GP11") else _SQLITE
    if head.startswith(_OLE_MAGIC):
        return _found_ole(path, where)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _found_zip(path)
    return _found_text(head)


def _found_text(head: bytes) -> _Kind:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"{", b"[")):
        return _GEOJSON
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<div")):
        return _HTML
    if start.startswith(b"<?xml"):
        return _HTML if b"<html" in head.lower() else _XML
    return _TEXT


def _found_ole(path: Path, where: Where) -> _Kind:
    with path.open("rb") as file:
        data = file.read(_OLE_SEARCH_BYTES)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise rule("R-003").error(WrongFormat, where)
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return kind
    return _OLE


def _found_zip(path: Path) -> _Kind:
    names = set(check_zip(path))
    for member, kind in _ZIP_MEMBERS:
        if member in names:
            return kind
    if any(name.lower().endswith(".shp") for name in names):
        return _SHAPEFILE_ZIP
    return _ZIP


def check_zip(path: Path) -> list[str]:
    """The members of a zip, having checked that it is whole, not encrypted and no bomb; nothing is unpacked.

    Sizes come from the zip's own directory; Python never unpacks more of a member than stands there.
    """
    where = Where(file=str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise rule("R-007").error(
            WrongFormat, where, detail_zh="压缩目录读不出来", detail_en="its zip directory cannot be read"
        ) from error
    if len(members) > MAX_ZIP_MEMBERS:
        raise too_large(
            where, Text(zh="压缩包内的文件数", en="the number of files inside"), len(members), MAX_ZIP_MEMBERS
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise too_large(where, Text(zh="解压后的字节数", en="the unpacked size in bytes"), unpacked, MAX_UNPACKED_BYTES)
    for member in members:
        if member.flag_bits & 1:
            raise rule("R-003").error(WrongFormat, where)
        ratio = member.file_size // max(member.compress_size, 1)
        if member.file_size > ZIP_RATIO_FROM_BYTES and ratio > MAX_ZIP_RATIO:
            raise too_large(where, Text(zh="压缩倍数", en="the compression ratio"), ratio, MAX_ZIP_RATIO)
    return [member.filename for member in members]


def too_large(where: Where, what: Text, found: int, limit: int, advice: Text | None = None) -> InputError:
    """Rule R-008 for a file that goes beyond ``limit``."""
    mend = advice or Text(
        zh="确认文件来源可靠；数据确实很多时，拆成几个文件或另存为 CSV（UTF-8）",
        en="make sure the file comes from where you think; if it is that large, split it or save it as CSV (UTF-8)",
    )
    return rule("R-008").error(
        WrongFormat,
        where,
        what_zh=what.zh,
        what_en=what.en,
        found=f"{found:,}",
        limit=f"{limit:,}",
        advice_zh=mend.zh,
        advice_en=mend.en,
    )
