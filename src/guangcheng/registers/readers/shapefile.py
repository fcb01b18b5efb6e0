"""Shapefiles, alone or zipped. Their tables seldom say rightly how their texts are encoded, so we decode them."""

import codecs
import tempfile
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa

from guangcheng.base.errors import InputError, Where, WrongFormat
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.encodings import settle
from guangcheng.registers.readers.excel import no_such_sheet
from guangcheng.registers.readers.grid import note
from guangcheng.registers.readers.sniff import check_zip
from guangcheng.registers.readers.spatial import read_layer, whole, with_rows
from guangcheng.registers.rulebook import rule

__all__ = ["read_shapefile", "read_shapefile_zip"]

_COMPANIONS = (".shx", ".dbf")
_DBF_HEADER_LENGTH = slice(8, 10)
"""Where a .dbf says how long its header is."""

_DBF_END = b"\x1a"
_BYTES_AS_TEXT = "ISO-8859-1"
"""Read so, each byte of a text becomes one character, and nothing is lost before we decode."""

_SAYS_NOTHING = frozenset({"iso8859-1", "cp1252", "ascii"})
"""What programs write into a .cpg without looking; Chinese texts are never in it."""


def read_shapefile(path: Path, encoding: str | None) -> list[RawTable]:
    """Read a shapefile; its texts are in ``encoding``, else what its ``.cpg`` says, else UTF-8 or GB18030 as found.

    Raises R-014 where ``.shx`` or ``.dbf`` is missing, R-031 where texts do not decode, R-007 for damaged files.
    Names cut off in the middle of a character (a table allows ten bytes) lose that character.
    """
    return with_rows(path, [_shapefile(path, path, encoding)])


def read_shapefile_zip(path: Path, sheet: str | None, encoding: str | None) -> list[RawTable]:
    """Read the shapefiles inside a zip that has passed :func:`~.sniff.check_zip`, unpacked to a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        files = _unpacked(path, Path(folder))
        names = [file.stem for file in files]
        if sheet is not None and sheet not in names:
            raise no_such_sheet(path, sheet, names)
        tables = [_shapefile(path, file, encoding) for file in files if sheet in (None, file.stem)]
        return with_rows(path, tables)


def _shapefile(shown: Path, path: Path, encoding: str | None) -> RawTable:
    missing = [suffix for suffix in _COMPANIONS if not _companion(path, suffix)]
    if missing:
        names = ", ".join(path.stem + suffix for suffix in missing)
        raise rule("R-014").error(WrongFormat, Where(file=str(shown)), missing=names)
    chosen = encoding or _stated(path) or _found(shown, path)
    with whole(shown):
        table = read_layer(
            shown, path, path.stem, lambda found: _decoded(shown, found, chosen), encoding=_BYTES_AS_TEXT
        )
    if table.crs is None:
        table.notes.append(
            note("没有 .prj，文件没有声明坐标系", "there is no .prj, so the file does not declare its CRS")
        )
    return table


def _companion(path: Path, suffix: str) -> Path | None:
    """The file beside ``path`` of the same name with ``suffix`` in either case."""
    found = (path.with_suffix(spelling) for spelling in (suffix, suffix.upper()))
    return next((file for file in found if file.is_file()), None)


def _stated(path: Path) -> str | None:
    """The encoding the ``.cpg`` names (``UTF-8``, ``936``, ``ANSI 936``); ``None`` if it names none we believe."""
    file = _companion(path, ".cpg")
    if file is None:
        return None
    word = file.read_text(encoding="ascii", errors="replace").strip().removeprefix("ANSI ")
    try:
        name = codecs.lookup(f"cp{word}" if word.isdecimal() else word).name
    except LookupError:
        return None
    return None if name in _SAYS_NOTHING else name


def _found(shown: Path, path: Path) -> str:
    """The encoding of a table that states none: the one all its texts decode in."""
    file = _companion(path, ".dbf")
    content = file.read_bytes() if file else b""
    records = content[int.from_bytes(content[_DBF_HEADER_LENGTH], "little") :].rstrip(_DBF_END)
    encoding = settle(records)
    if encoding is None:
        raise _wrong_encoding(shown, "UTF-8, GB18030")
    return encoding


def _decoded(shown: Path, table: pa.Table, encoding: str) -> pa.Table:
    """The table with its names and texts decoded from the bytes they were read as."""
    names = [name.encode(_BYTES_AS_TEXT).decode(encoding, "ignore") for name in table.schema.names]
    columns = [
        pa.array([_text(shown, text, encoding) for text in column.to_pylist()], pa.string())
        if pa.types.is_string(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, names=names)


def _text(shown: Path, text: str | None, encoding: str) -> str | None:
    """A text of the table; one cut off inside its last character (a text has at most 254 bytes) loses that one."""
    if text is None:
        return None
    raw = text.encode(_BYTES_AS_TEXT)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(raw):
            raise _wrong_encoding(shown, encoding) from None
        return raw[: error.start].decode(encoding)


def _wrong_encoding(path: Path, encoding: str) -> InputError:
    return rule("R-031").error(WrongFormat, Where(file=str(path)), encoding=encoding)


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """Unpack a checked zip, files only, flat, each under its own name; return its ``.shp`` files in order of name."""
    check_zip(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = Path(member.filename).name
                if not member.is_dir() and name:
                    (folder / name).write_bytes(archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise rule("R-007").error(
            WrongFormat, Where(file=str(path)), detail_zh="压缩内容读不出来", detail_en="its content cannot be unpacked"
        ) from error
    return sorted(file for file in folder.iterdir() if file.suffix.lower() == ".shp")
