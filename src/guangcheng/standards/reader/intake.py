"""Files → text: txt, html, docx and PDF with a text layer; everything else is told what to be converted to.

No file, however made, may fill the memory or stop the clock: sizes are limited before anything is unpacked or parsed.
Tables come out as one cell per line, each begun by a tab, rows parted by blank lines (``grid``).
"""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from guangcheng.base.errors import InputError, NotFound, Where, WrongFormat
from guangcheng.base.text import Text

MAX_BYTES = 64 << 20
"""Size of a file of any kind."""
MAX_TEXT_BYTES = 16 << 20
"""Size of a text or HTML file."""
MAX_CHARS = 400_000
"""Characters of a document: ten times the longest plan."""
MAX_UNPACKED = 96 << 20
"""What the parts of a DOCX that are read may unpack to."""
MAX_RATIO = 250
"""Unpacked to packed size of a DOCX part above a megabyte."""
MAX_MEMBERS = 5_000
MAX_PAGES = 600

_CONVERT = Text(
    zh="请用 WPS 或 Word 另存为 .docx，或另存为带文字的 .pdf、.txt 后再读",
    en="save it as .docx (or as .txt, or a PDF with text) with WPS or Word and read that",
)
_OCR = Text(
    zh="这是扫描件：请先做文字识别（OCR），存成带文字层的 .pdf、.docx 或 .txt 再读",
    en="run text recognition (OCR) first and save a PDF with a text layer, a .docx or a .txt",
)


def check_length(chars: int, where: Where | None = None) -> None:
    """Refuse a text of more than :data:`MAX_CHARS` characters."""
    if chars > MAX_CHARS:
        raise InputError(
            Text(
                zh=f"文字太长：{chars:,} 字，上限 {MAX_CHARS:,} 字",
                en=f"too long: {chars:,} characters, limit {MAX_CHARS:,}",
            ),
            mend=Text(zh="请拆成单个文件，一次读一份", en="split it and read one document at a time"),
            where=where,
        )


def text_of(path: Path) -> str:
    """The text of a document file.

    Raises ``NotFound``, ``WrongFormat`` (.doc, .wps, .ofd, a scan, a damaged or locked file, no text at all) and
    ``InputError`` (too large), each with what to do.
    """
    where = Where(file=str(path))
    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个文件", en="there is no such file"),
            mend=Text(zh="核对路径", en="check the path"),
            where=where,
        )
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise _too_large(size, MAX_BYTES, where)
    with path.open("rb") as file:
        head = file.read(4096)
    text = _reader(path, head)(path, where)
    if not text.strip():
        raise WrongFormat(Text(zh="文件里没有文字", en="there is no text in the file"), mend=_OCR, where=where)
    check_length(len(text), where)
    return text


def _reader(path: Path, head: bytes) -> Callable[[Path, Where], str]:
    if head.startswith(b"%PDF") or b"%PDF-" in head[:1024]:
        return _pdf
    if head.startswith(b"PK"):
        return _zipped
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_office
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8")):
        return _picture
    if head.startswith(b"{\\rtf"):
        return _other
    if path.suffix.lower() in (".html", ".htm", ".shtml", ".xhtml") or re.search(
        rb"(?i)<(?:!doctype\s+html|html|body|head)\b", head
    ):
        return _html
    return _plain


def _too_large(size: int, limit: int, where: Where) -> InputError:
    return InputError(
        Text(
            zh=f"文件太大：{size / 2**20:.0f} MB，上限 {limit >> 20} MB",
            en=f"too large: {size / 2**20:.0f} MB, limit {limit >> 20} MB",
        ),
        mend=Text(
            zh="公文远小于此；请拆开，或去掉图片后再读",
            en="a document is far smaller: split it or take the pictures out",
        ),
        where=where,
    )


def _old_office(path: Path, where: Where) -> str:
    kind = path.suffix.lower() or ".doc"
    raise WrongFormat(
        Text(
            zh=f"旧版 Office/WPS 格式（{kind}）或加密的文档不能读",
            en=f"the old Office/WPS format ({kind}) or a locked document cannot be read",
        ),
        mend=_CONVERT,
        where=where,
    )


def _picture(_: Path, where: Where) -> str:
    raise WrongFormat(Text(zh="这是图片，不是文字", en="this is a picture, not text"), mend=_OCR, where=where)


def _other(path: Path, where: Where) -> str:
    raise WrongFormat(
        Text(
            zh=f"不支持这种格式（{path.suffix.lower() or '无后缀'}）",
            en=f"this format is not supported ({path.suffix.lower()})",
        ),
        mend=_CONVERT,
        where=where,
    )


def _plain(path: Path, where: Where) -> str:
    if path.suffix.lower() in (".ofd", ".wps", ".doc", ".docx", ".pdf", ".ceb", ".et", ".xls", ".xlsx"):
        return _other(path, where)
    return decoded(_bytes(path, where), where)


def _bytes(path: Path, where: Where) -> bytes:
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise _too_large(size, MAX_TEXT_BYTES, where)
    return path.read_bytes()


_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAX_BROKEN = 0.02


def decoded(raw: bytes, where: Where | None = None, declared: str | None = None) -> str:
    """The text of ``raw``: by its mark, else what is declared, else UTF-8, else GB18030 (which holds GBK).

    A few broken bytes (a text cut in the middle) are borne; text that makes no Chinese is refused with ``WrongFormat``.
    """
    for mark, marked in _BOMS:
        if raw.startswith(mark):
            return raw.decode(marked, "replace").replace("\ufffd", "")
    if raw[:400].count(b"\0") * 4 > len(raw[:400]) > 3:
        side = "utf-16-le" if raw[1:400:2].count(b"\0") > raw[:400:2].count(b"\0") else "utf-16-be"
        return raw.decode(side, "replace").replace("\ufffd", "")
    best: tuple[float, str] | None = None
    for encoding in dict.fromkeys(name for name in (_known(declared), "utf-8", "gb18030") if name):
        text = raw.decode(encoding, "replace")
        broken = text.count("\ufffd") / max(len(text), 1)
        if broken == 0 and (encoding != "gb18030" or _believable(text)):
            return text.replace("\0", " ")
        if _believable(text.replace("\ufffd", "")) and (best is None or broken < best[0]):
            best = (broken, text.replace("\ufffd", ""))
    if best is not None and best[0] <= _MAX_BROKEN:
        return best[1].replace("\0", " ")
    raise WrongFormat(
        Text(zh="认不出文字编码（试过 UTF-8 和 GB18030）", en="the encoding is unknown (tried UTF-8 and GB18030)"),
        mend=Text(
            zh="用记事本或 WPS 打开，另存为 UTF-8 编码的 .txt", en="open it in an editor and save it as UTF-8 text"
        ),
        where=where,
    )


def _known(encoding: str | None) -> str | None:
    import codecs

    if not encoding:
        return None
    name = "gb18030" if encoding.lower().replace("-", "").replace("_", "") in ("gb2312", "gbk", "gb18030") else encoding
    try:
        return codecs.lookup(name).name if codecs.lookup(name)._is_text_encoding else None
    except LookupError:
        return None


def _believable(text: str) -> bool:
    """Whether at least a third of what is not ASCII are everyday characters and marks (GB 2312, level 1)."""
    foreign = [char for char in text[:200_000] if ord(char) > 127]
    everyday = sum(1 for char in foreign if b"\xa1" <= char.encode("gb2312", "ignore")[:1] <= b"\xd7")
    return 3 * everyday >= len(foreign)


_CHARSET = re.compile(rb"(?i)charset\s*=\s*[\"']?\s*([a-z0-9_-]{3,20})")


def _html(path: Path, where: Where) -> str:
    from guangcheng.standards.reader.markup import text_of_html

    raw = _bytes(path, where)
    match = _CHARSET.search(raw[:8192])
    return text_of_html(decoded(raw, where, match[1].decode("ascii") if match else None), where)


def _zipped(path: Path, where: Where) -> str:
    """A DOCX by what is inside; OFD, WPS and workbooks are named for what they are."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {item.filename for item in members}
            if "word/document.xml" not in names:
                raise _not_docx(names, where)
            _check_zip(members, where)
            from guangcheng.standards.reader.markup import text_of_docx

            return text_of_docx(archive, where)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError) as error:
        if isinstance(error, InputError):
            raise
        raise _damaged("DOCX", where) from None


def _check_zip(members: list[zipfile.ZipInfo], where: Where) -> None:
    read = [item for item in members if item.filename in ("word/document.xml", "word/numbering.xml", "word/styles.xml")]
    bomb = any(item.file_size > MAX_RATIO * max(item.compress_size, 1) and item.file_size > 1 << 20 for item in members)
    if len(members) > MAX_MEMBERS or bomb or sum(item.file_size for item in read) > MAX_UNPACKED:
        raise InputError(
            Text(
                zh="文件解开后大得不合理，可能是压缩炸弹", en="it unpacks to an unreasonable size; it may be a zip bomb"
            ),
            mend=Text(
                zh="向来源核实；用 Word 打开另存后再读", en="ask where it comes from; open it in Word and save it anew"
            ),
            where=where,
        )
    if any(item.flag_bits & 1 for item in read):
        raise _damaged("DOCX", where)


def _not_docx(names: set[str], where: Where) -> WrongFormat:
    kind = (
        "OFD"
        if any(name.upper().endswith("OFD.XML") for name in names)
        else "XLSX"
        if "xl/workbook.xml" in names
        else "ZIP"
    )
    return WrongFormat(
        Text(zh=f"这是 {kind} 文件，不是 Word 文档", en=f"this is {kind}, not a Word document"),
        mend=Text(
            zh="请用阅读器或 WPS 转成 .docx，或转成带文字的 .pdf、.txt 再读",
            en="convert it to .docx, to a PDF with text, or to .txt",
        ),
        where=where,
    )


def _damaged(kind: str, where: Where) -> WrongFormat:
    return WrongFormat(
        Text(zh=f"{kind} 文件已损坏或加了密，打不开", en=f"the {kind} file is damaged or locked"),
        mend=Text(
            zh="用 Word/WPS/阅读器打开并另存一份（去掉密码），或复制文字存成 .txt",
            en="open it, save it anew without a password, or save its text as .txt",
        ),
        where=where,
    )


def _pdf(path: Path, where: Where) -> str:
    import logging
    import struct
    import zlib

    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise _no_pdf(where) from None

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    broken = (
        *(PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError),
        *(NotImplementedError, AssertionError, OverflowError, ZeroDivisionError, zlib.error, struct.error),
    )
    try:
        with path.open("rb") as file:
            pages = _pages(PdfReader(file), where)
    except InputError:
        raise
    except broken:
        raise _damaged("PDF", where) from None
    if sum(len(page.strip()) for page in pages) < 8 * len(pages):
        raise WrongFormat(
            Text(zh="PDF 没有文字层，是扫描件", en="the PDF has no text layer: it is a scan"), mend=_OCR, where=where
        )
    return "\n".join(pages)


def _no_pdf(where: Where) -> InputError:
    return InputError(
        Text(zh="读 PDF 需要 pypdf，这里没有安装", en="reading PDF needs pypdf, which is not installed"),
        mend=Text(
            zh="安装 guangcheng[reader]，或另存为 .docx、.txt",
            en="install guangcheng[reader], or save as .docx or .txt",
        ),
        where=where,
    )


_PAGE_NUMBER = re.compile(r"(?m)^\s*[—-]?\s*\d{1,3}\s*[—-]?\s*$")


def _pages(reader: Any, where: Where) -> list[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise _damaged("PDF", where)
    if len(reader.pages) > MAX_PAGES:
        raise InputError(
            Text(zh=f"PDF 超过 {MAX_PAGES} 页", en=f"the PDF has more than {MAX_PAGES} pages"),
            mend=Text(zh="请拆成单个文件再读", en="split it into single documents"),
            where=where,
        )
    found: list[str] = []
    length = 0
    for page in reader.pages:
        text = _PAGE_NUMBER.sub("", page.extract_text())
        found.append(text)
        length += len(text)
        if length > MAX_CHARS:
            break
    return found
