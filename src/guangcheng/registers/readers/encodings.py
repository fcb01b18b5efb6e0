"""Which encoding a text file is in: decoded strictly to its last byte, never by a guess alone."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from guangcheng.base.errors import InputError, UsageError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.readers.limits import MAX_LINE_CHARS, MAX_ROWS, MAX_TEXT_BYTES
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

__all__ = ["TextProfile", "check_name", "profile", "settle"]

_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
_MAX_CHAR_BYTES = 4
_BELIEVABLE = 0.3
"""Share of everyday Chinese characters below which text decoded as GB18030 is not believed."""

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextProfile:
    """A text file that decodes strictly in ``encoding`` and has ``lines`` lines, none of them too long."""

    encoding: str
    lines: int


class _UndecodableError(Exception):
    """Byte ``offset`` of the file (from 0) does not decode."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(offset)


def profile(path: Path, encoding: str | None) -> TextProfile:
    """Settle the encoding of ``path``: the one given, else a BOM's, else UTF-8, else GB18030 (which holds GBK).

    Memory stays at a few megabytes whatever the file. Raises ``WrongFormat`` where bytes do not decode (R-004), where
    lines of two encodings were joined (R-005), at a NUL (R-006), for a file or line that is too long (R-008, R-013).
    """
    where = Where(file=str(path))
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise too_large(where, Text(zh="文件字节数", en="the size in bytes"), size, MAX_TEXT_BYTES)
    named = _by_bom(path) if encoding is None else "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    try:
        return _scan(path, named or "utf-8")
    except _UndecodableError as error:
        if named is not None:
            raise _undecodable(path, named, error.offset) from None
        return _chinese(path, error.offset)


def check_name(encoding: str, path: Path) -> None:
    """Refuse (R-017) a name that is not one of an encoding of text."""
    try:
        "".encode(encoding)
    except (LookupError, UnicodeError):
        raise rule("R-017").error(UsageError, Where(file=str(path)), encoding=encoding) from None


def settle(texts: bytes) -> str | None:
    """``UTF-8`` if all of ``texts`` decodes so, else ``GB18030`` if it does and reads like Chinese, else ``None``."""
    try:
        texts.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "UTF-8"
    try:
        text = texts.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return "GB18030" if _is_everyday_chinese(text) else None


def _by_bom(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(4)
    return next((encoding for bom, encoding in _BOMS if head.startswith(bom)), None)


def _scan(path: Path, encoding: str) -> TextProfile:
    """Decode the whole file in chunks, counting lines and looking for NULs and endless lines."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, open_chars, offset = 0, 0, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise _UndecodableError(offset - pending + error.start) from None
            offset += len(chunk)
            if "\0" in text:
                raise _nul(path, lines + 1 + text[: text.index("\0")].count("\n"))
            ended = text.count("\n") or text.count("\r")
            open_chars += len(text.partition("\n" if "\n" in text else "\r")[0])
            if open_chars > MAX_LINE_CHARS:
                raise _endless(path, lines + 1)
            if ended:
                open_chars = len(text) - 1 - max(text.rfind("\n"), text.rfind("\r"))
            lines += ended
            if lines > MAX_ROWS:
                raise too_large(_at(path), Text(zh="行数", en="the number of rows"), lines, MAX_ROWS)
            if not chunk:
                return TextProfile(encoding, lines + 1)


def _chinese(path: Path, first_bad: int) -> TextProfile:
    """Read as GB18030 what is not UTF-8, unless some of its lines are UTF-8 or the outcome is no Chinese."""
    sample = _one_encoding(path, first_bad)
    if not _is_everyday_chinese(sample.decode("gb18030", "ignore")):
        raise _undecodable(path, "UTF-8", first_bad, sample)
    try:
        return _scan(path, "gb18030")
    except _UndecodableError as error:
        raise _undecodable(path, "GB18030", error.offset, sample) from None


def _one_encoding(path: Path, first_bad: int) -> bytes:
    """Refuse a file that has lines of UTF-8 and lines of something else; return a sample of its non-ASCII lines."""
    sample = bytearray()
    offset = 0
    first: bool | None = None
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file, path), start=1):
            is_utf8 = None if line.isascii() else _surely_utf8(line)
            if is_utf8 is not None:
                if first is None:
                    first = is_utf8
                if first is not is_utf8:
                    raise _changed(path, number, line, first_bad if first else offset)
            if not line.isascii() and len(sample) < _SAMPLE_BYTES:
                sample += line
            offset += len(line)
    return bytes(sample)


def _lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    longest = _MAX_CHAR_BYTES * MAX_LINE_CHARS
    for number, line in enumerate(iter(lambda: file.readline(longest + 1), b""), start=1):
        if len(line) > longest:
            raise _endless(path, number)
        yield line


def _surely_utf8(line: bytes) -> bool | None:
    """True: at least two Chinese characters in valid UTF-8; False: not UTF-8; ``None``: could be either.

    One valid multi-byte sequence proves nothing (路 in GBK is a valid ``·`` in UTF-8).
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True if sum("\u4e00" <= char <= "\u9fff" for char in text) >= 2 else None


def _changed(path: Path, line: int, content: bytes, offset: int) -> InputError:
    try:
        content.decode("utf-8")
        first, second = "GB18030", "UTF-8"
    except UnicodeDecodeError:
        first, second = "UTF-8", "GB18030"
        try:
            content.decode("gb18030")
        except UnicodeDecodeError:
            return _undecodable(path, "UTF-8", offset)
    return rule("R-005").error(WrongFormat, _at(path, line), line=line, byte=offset, first=first, second=second)


def _is_everyday_chinese(text: str) -> bool:
    """Whether most of what is not ASCII is among the 3,755 everyday characters and the marks of GB2312."""
    foreign = [char for char in text if ord(char) > 127]
    everyday = sum(1 for char in foreign if "\xa1" <= char.encode("gb2312", "ignore").decode("latin-1")[:1] <= "\xd7")
    return everyday >= _BELIEVABLE * len(foreign)


def _undecodable(path: Path, encoding: str, offset: int, sample: bytes = b"") -> InputError:
    line = _line_of(path, encoding, offset)
    guess = _second_opinion(sample)
    return rule("R-004").error(
        WrongFormat,
        _at(path, line),
        line=line,
        byte=offset,
        encoding=encoding,
        hint_zh=f"（看上去像 {guess}）" if guess else "",
        hint_en=f" (it looks like {guess})" if guess else "",
    )


def _line_of(path: Path, encoding: str, offset: int) -> int:
    """The line (from 1) that holds byte ``offset``."""
    decoder = codecs.getincrementaldecoder(encoding)("ignore")
    line = 1
    with path.open("rb") as file:
        while offset > 0 and (chunk := file.read(min(offset, _CHUNK_BYTES))):
            line += decoder.decode(chunk).count("\n")
            offset -= len(chunk)
    return line


def _second_opinion(sample: bytes) -> str | None:
    """Ask charset-normalizer for a name to suggest; never used to read anything."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best() if sample else None
    return best.encoding if best is not None and best.encoding not in {"ascii", "utf_8"} else None


def _nul(path: Path, line: int) -> InputError:
    return rule("R-006").error(WrongFormat, _at(path, line), line=line)


def _endless(path: Path, line: int) -> InputError:
    return rule("R-013").error(WrongFormat, _at(path, line), row=line, limit=f"{MAX_LINE_CHARS:,}")


def _at(path: Path, line: int | None = None) -> Where:
    return Where(file=str(path), row=line)
