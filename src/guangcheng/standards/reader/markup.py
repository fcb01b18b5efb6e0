"""HTML and DOCX → text, tables brought to one cell per line."""

import re
import zipfile
from typing import Any

from guangcheng.base.errors import Where, WrongFormat
from guangcheng.base.text import Text

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "tr",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "pre",
        "center",
        "form",
        "fieldset",
        "main",
        "body",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "iframe",
        "object",
        "svg",
        "select",
        "button",
        "textarea",
    ]
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_CELLS = 200_000
_MAX_SPAN = 60


def text_of_html(source: str, where: Where) -> str:
    """The text of an HTML page; layout tables are walked through, data tables written cell by cell."""
    from lxml import etree, html

    if not source.strip():
        return ""
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    try:
        root = html.document_fromstring(source, parser=html.HTMLParser(recover=True, no_network=True, huge_tree=False))
    except (etree.LxmlError, ValueError, AssertionError):
        raise WrongFormat(
            Text(zh="HTML 解析不了", en="the HTML cannot be parsed"),
            mend=Text(
                zh="在浏览器里打开，把正文复制存成 .txt 再读", en="open it in a browser and save its text as .txt"
            ),
            where=where,
        ) from None
    pieces: list[str] = []
    _walk(root, pieces)
    text = "".join(pieces)
    text = re.sub(r"[ \t\xa0]*\n[ \xa0]*(?!\t)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text)


def _walk(root: Any, pieces: list[str]) -> None:
    """Depth first without recursion: pages may be nested a thousand deep."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            if node.tag in _BLOCKS:
                pieces.append("\n")
            pieces.append(_space(node.tail))
            continue
        if not isinstance(node.tag, str) or node.tag in _SKIPPED:
            pieces.append(_space(node.tail))
            continue
        if node.tag == "br":
            pieces.append("\n" + _space(node.tail))
            continue
        if node.tag == "table" and (rows := _data_rows(node)):
            pieces.append("\n" + _table_text(rows) + "\n" + _space(node.tail))
            continue
        if node.tag in _BLOCKS:
            pieces.append("\n")
        pieces.append(_space(node.text))
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def _space(text: str | None) -> str:
    return re.sub(r"[\s\u00a0]+", " ", text) if text else ""


def _data_rows(table: Any) -> list[list[str]]:
    """The rows of a data table, spans written out; empty for a table that only lays out a page."""
    rows = list(table.iter("tr"))[:5000]
    if table.find(".//table") is not None or len(rows) < 2:
        return []
    grid: list[list[str]] = []
    below: dict[int, int] = {}
    for row in rows:
        line, begun = _expanded(row, below)
        below = {place: left - 1 for place, left in {**below, **begun}.items() if left > 1}
        grid.append(line)
    return grid if sum(1 for row in grid if len(row) >= 2) >= 2 else []


def _expanded(row: Any, below: dict[int, int]) -> tuple[list[str], dict[int, int]]:
    """One row with empty cells where one from above reaches down (``below``: column → rows left), and new spans."""
    line: list[str] = []
    begun: dict[int, int] = {}
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        while below.get(len(line), 0) > 1:
            line.append("")
        wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
        begun |= dict.fromkeys(range(len(line), len(line) + wide), high)
        line.append(_cell_text(cell))
        line.extend([""] * (wide - 1))
    while below.get(len(line), 0) > 1:
        line.append("")
    return line, begun


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(int(value), _MAX_SPAN) if value.isdigit() and int(value) > 0 else 1


def _cell_text(cell: Any) -> str:
    pieces: list[str] = [_space(cell.text)]
    for child in cell:
        _walk(child, pieces)
    return re.sub(r"\s*\n\s*", "\n", "".join(pieces)).strip()


def _table_text(rows: list[list[str]]) -> str:
    cells = 0
    lines: list[str] = []
    for row in rows:
        cells += len(row)
        if cells > _MAX_CELLS:
            break
        lines.append("")
        lines.extend("\t" + re.sub(r"\n\s*\n", "\n", cell) for cell in row)
    return "\n".join([*lines, "", ""])


def text_of_docx(archive: zipfile.ZipFile, where: Where) -> str:
    """The text of a DOCX: paragraphs with their automatic numbers, tables cell by cell, deleted text left out."""
    body = _part(archive, "word/document.xml", where)
    if body is None:
        return ""
    numbers = _Numbers(_part(archive, "word/numbering.xml", where), _part(archive, "word/styles.xml", where))
    pieces: list[str] = []
    root = body.find(f"{_W}body")
    for node in root if root is not None else ():
        _docx_block(node, numbers, pieces)
    return "\n".join(pieces)


def _part(archive: zipfile.ZipFile, name: str, where: Where) -> Any:
    from lxml import etree

    if name not in archive.namelist():
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        with archive.open(name) as file:
            return etree.parse(file, parser).getroot()
    except etree.LxmlError:
        raise WrongFormat(
            Text(zh="DOCX 文件已损坏", en="the DOCX file is damaged"),
            mend=Text(zh="用 Word/WPS 打开并另存一份", en="open it in Word or WPS and save it anew"),
            where=where,
        ) from None


def _docx_block(node: Any, numbers: "_Numbers", pieces: list[str]) -> None:
    if node.tag == f"{_W}p":
        pieces.append(numbers.label(node) + _docx_text(node))
    elif node.tag == f"{_W}tbl":
        pieces.append(_table_text(_docx_rows(node, numbers)))
    elif node.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
        for child in node:
            _docx_block(child, numbers, pieces)


def _docx_text(paragraph: Any) -> str:
    found: list[str] = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}noBreakHyphen"):
        if node.tag == f"{_W}t":
            found.append(node.text or "")
        elif node.tag == f"{_W}tab":
            if node.getparent().tag == f"{_W}r":
                found.append(" ")
        else:
            found.append("\n" if node.tag == f"{_W}br" else "-")
    return "".join(found)


def _docx_rows(table: Any, numbers: "_Numbers") -> list[list[str]]:
    rows: list[list[str]] = []
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        line: list[str] = []
        for cell in row.findall(f"{_W}tc"):
            properties = cell.find(f"{_W}tcPr")
            merge = properties.find(f"{_W}vMerge") if properties is not None else None
            span = properties.find(f"{_W}gridSpan") if properties is not None else None
            goes_on = merge is not None and merge.get(f"{_W}val") in (None, "continue")
            words = "" if goes_on else "\n".join(numbers.label(item) + _docx_text(item) for item in cell.iter(f"{_W}p"))
            line.append(words.strip())
            wide = str(span.get(f"{_W}val")) if span is not None else "1"
            line.extend([""] * (min(int(wide), _MAX_SPAN) - 1 if wide.isdigit() else 0))
        rows.append(line)
    return rows


_CHINESE = "零一二三四五六七八九十"


def _chinese(number: int) -> str:
    if number <= 10:
        return _CHINESE[number]
    if number < 20:
        return "十" + _CHINESE[number - 10]
    tens, ones = divmod(min(number, 99), 10)
    return _CHINESE[tens] + "十" + (_CHINESE[ones] if ones else "")


class _Numbers:
    """Automatic paragraph numbers, which Word keeps apart from the text."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.counts: dict[str, list[int]] = {}
        self.styles: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._definitions(numbering)
        for style in styles.iter(f"{_W}style") if styles is not None else ():
            found = self._reference(style.find(f"{_W}pPr"))
            if found is not None:
                self.styles[str(style.get(f"{_W}styleId"))] = found

    def _definitions(self, numbering: Any) -> None:
        abstract: dict[str, list[tuple[int, str, str, int]]] = {}
        for item in numbering.iter(f"{_W}abstractNum"):
            abstract[str(item.get(f"{_W}abstractNumId"))] = [
                (
                    int(level.get(f"{_W}ilvl") or 0),
                    _val(level, "numFmt", "decimal"),
                    _val(level, "lvlText", ""),
                    int(_val(level, "start", "1") or 1),
                )
                for level in item.findall(f"{_W}lvl")
                if str(level.get(f"{_W}ilvl") or "0").isdigit() and _val(level, "start", "1").isdigit()
            ]
        for item in numbering.iter(f"{_W}num"):
            for level, form, words, start in abstract.get(_val(item, "abstractNumId", ""), []):
                self.levels[(str(item.get(f"{_W}numId")), level)] = (form, words, start)

    @staticmethod
    def _reference(properties: Any) -> tuple[str, int] | None:
        if properties is None or (number := properties.find(f"{_W}numPr")) is None:
            return None
        level = _val(number, "ilvl", "0")
        return _val(number, "numId", ""), int(level) if level.isdigit() else 0

    def label(self, paragraph: Any) -> str:
        """The number printed before a paragraph, or nothing."""
        properties = paragraph.find(f"{_W}pPr")
        found = self._reference(properties)
        if found is None and properties is not None:
            found = self.styles.get(_val(properties, "pStyle", ""))
        if found is None or (found not in self.levels) or found[1] > 8:
            return ""
        number, level = found
        counts = self.counts.setdefault(number, [0] * 9)
        start = self.levels[found][2]
        counts[level] = counts[level] + 1 if counts[level] else start
        counts[level + 1 :] = [0] * (8 - level)
        form, words, _ = self.levels[found]
        if form == "bullet":
            return ""
        return re.sub(r"%([1-9])", lambda match: self._shown(number, int(match[1]) - 1, counts), words)

    def _shown(self, number: str, level: int, counts: list[int]) -> str:
        form = self.levels.get((number, level), ("decimal", "", 1))[0]
        value = max(counts[level], 1)
        return _chinese(value) if "hinese" in form or "japanese" in form or "ideograph" in form else str(value)


def _val(node: Any, name: str, default: str) -> str:
    found = node.find(f"{_W}{name}")
    return default if found is None else str(found.get(f"{_W}val") or default)
