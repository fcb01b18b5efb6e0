"""Pages of an official Chinese document: A4 with the margins of GB/T 9704, 仿宋 text, 黑体 headings, numbered captions.

Fonts are named for both scripts, so that Word and WPS show 仿宋 and 黑体 and not a substitute. Header rows repeat on
every page, rows are not torn, figures carry alternative text. Dates inside the file come from an argument and the
archive's time stamps are fixed: the same content gives the same bytes.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from guangcheng.base.text import Lang, Text
from guangcheng.reporting.summary import printable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_NUMERALS = "一二三四五六七八九十"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TEXT_WIDTH_MM = 156
_LATIN = "Times New Roman"
_ARCHIVE_TIME = (1980, 1, 1, 0, 0, 0)

Tint = str
"""Ground colour of a cell as ``#RRGGBB``."""


@dataclass(frozen=True, slots=True)
class Face:
    """A way of setting type: Chinese face, size in points (三号 = 16, 五号 = 10.5, 小五 = 9)."""

    chinese: str
    points: float


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one language: Chinese follows GB/T 9704, English is set smaller."""

    title: Face
    subtitle: Face
    heading: Face
    body: Face
    caption: Face
    cell: Face
    note: Face
    line_points: float


_FACES: Mapping[Lang, Faces] = {
    "zh": Faces(
        title=Face("方正小标宋简体", 22),
        subtitle=Face("楷体", 16),
        heading=Face("黑体", 16),
        body=Face("仿宋", 16),
        caption=Face("黑体", 10.5),
        cell=Face("仿宋", 9),
        note=Face("楷体", 8),
        line_points=28,
    ),
    "en": Faces(
        title=Face("黑体", 20),
        subtitle=Face("楷体", 12),
        heading=Face("黑体", 14),
        body=Face("仿宋", 11),
        caption=Face("黑体", 10),
        cell=Face("仿宋", 8.5),
        note=Face("楷体", 8),
        line_points=16,
    ),
}


class Paper:
    """Builds one document from the top down; :meth:`bytes` ends it."""

    def __init__(self, lang: Lang, *, title: Text, subject: str, made_on: date) -> None:
        import docx

        self.lang = lang
        self.faces = _FACES[lang]
        self._document: Document = docx.Document()
        self._headings = self._figures = self._tables = 0
        self._page()
        self._styles()
        self._footers()
        when = datetime.combine(made_on, time(), tzinfo=UTC)
        properties = self._document.core_properties
        properties.title, properties.subject = printable(title.in_(lang)), printable(subject)
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.created = properties.modified = when
        properties.language = "zh-CN" if lang == "zh" else "en-GB"

    # ---- content --------------------------------------------------------------------------------------------------

    def title(self, words: Text) -> None:
        """Set the title of the document."""
        self._paragraph(words, "Title")

    def subtitle(self, words: Text) -> None:
        """Set the line under the title."""
        self._paragraph(words, "Subtitle")

    def heading(self, words: Text) -> None:
        """Open the next part: ``一、总体结论`` / ``1. Conclusion``."""
        self._headings += 1
        number = f"{_NUMERALS[self._headings - 1]}、" if self.lang == "zh" else f"{self._headings}. "
        self._paragraph(Text(f"{number}{words.zh}", f"{number}{words.en}"), "Heading 1")

    def appendix(self, words: Text) -> None:
        """Open an appendix on a new page."""
        paragraph = self._paragraph(words, "Heading 1")
        paragraph.paragraph_format.page_break_before = True

    def say(self, words: Text) -> None:
        """Add a paragraph of text."""
        self._paragraph(words, "Normal")

    def facts(self, rows: Sequence[tuple[Text, Text]]) -> None:
        """Add a block of labels and words without lines."""
        cells = [(label.in_(self.lang), words.in_(self.lang)) for label, words in rows]
        size = max(self.faces.cell.points + 1.5, self.faces.body.points - 5)
        face = Face(self.faces.body.chinese, size)
        self._append_table(_facts_xml(cells, face, Face("黑体", size)))

    def table(
        self,
        caption: Text,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[int],
        right: Iterable[int] = (),
        tints: Sequence[Mapping[int, Tint]] = (),
        note: Text | None = None,
    ) -> None:
        """Add a numbered table with a repeating header.

        ``widths`` are shares of the line, one per column; ``right`` are columns set to the right; ``tints``
        give per row the ground of single cells, which must also say it in words.
        """
        self._tables += 1
        self._caption(Text("表", "Table"), self._tables, caption, keep=True)
        tied = note is not None
        xml = _table_xml(header, rows, _dxa(widths), frozenset(right), tints, self.faces.cell, tied=tied)
        self._append_table(xml, tied=tied)
        if note is not None:
            self._paragraph(note, "Note")

    def figure(self, picture: bytes, caption: Text, *, alt: Text, note: Text | None = None) -> None:
        """Add a numbered picture (PNG) as wide as the text, with alternative text for readers who cannot see it."""
        from docx.shared import Mm

        self._figures += 1
        paragraph = self._document.add_paragraph(style="Figure")
        shape = paragraph.add_run().add_picture(io.BytesIO(picture), width=Mm(_TEXT_WIDTH_MM))
        properties = shape._inline.docPr
        properties.set("name", f"figure {self._figures}")
        properties.set("title", printable(caption.in_(self.lang)))
        properties.set("descr", printable(f"{caption.in_(self.lang)}：{alt.in_(self.lang)}"))
        self._caption(Text("图", "Figure"), self._figures, caption, keep=note is not None)
        if note is not None:
            self._paragraph(note, "Note")

    def bytes(self) -> bytes:
        """Give the finished document."""
        target = io.BytesIO()
        self._document.save(target)
        return _with_fixed_times(target.getvalue())

    # ---- pieces ---------------------------------------------------------------------------------------------------

    def _paragraph(self, words: Text, style: str) -> "Paragraph":
        return self._document.add_paragraph(printable(words.in_(self.lang)), style=style)

    def _caption(self, kind: Text, number: int, words: Text, *, keep: bool) -> None:
        paragraph = self._document.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = keep
        word = kind.in_(self.lang)
        paragraph.add_run(f"{word} ")
        _field(paragraph, f"SEQ {word} \\* ARABIC", str(number))
        paragraph.add_run(f"  {printable(words.in_(self.lang))}")

    def _append_table(self, xml: str, *, tied: bool = False) -> None:
        from docx.oxml.parser import parse_xml

        body = self._document.element.body
        body.insert(len(body) - 1, parse_xml(xml))
        self._document.add_paragraph(style="Gap").paragraph_format.keep_with_next = tied

    # ---- page and styles ------------------------------------------------------------------------------------------

    def _page(self) -> None:
        from docx.shared import Mm

        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE

        faces, styles = self.faces, self._document.styles
        for name in ("Figure", "Gap", "Note"):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        indent = 2 if self.lang == "zh" else 0
        self._style("Normal", faces.body, line=faces.line_points, after=0 if indent else 6, indent=indent)
        self._style("Title", faces.title, line=faces.title.points * 1.6, align="center", before=12, after=4)
        self._style("Subtitle", faces.subtitle, line=faces.line_points, align="center", after=14)
        self._style("Heading 1", faces.heading, line=faces.line_points, before=10, after=4, indent=indent, keep=True)
        self._style("Caption", faces.caption, line=16, align="center", before=6, after=4)
        self._style("Figure", faces.caption, align="center", before=8, keep=True)
        self._style("Note", faces.note, line=12, before=2, after=6)
        self._style("Gap", Face("仿宋", 2), line=4)

    def _style(
        self,
        name: str,
        face: Face,
        *,
        line: float | None = None,
        before: float = 0,
        after: float = 0,
        align: str = "both",
        indent: int = 0,
        keep: bool = False,
    ) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
        from docx.oxml.parser import parse_xml
        from docx.shared import Pt

        style: Any = self._document.styles[name]
        element = style.element
        for old in element.findall(f"{{{_namespace()}}}rPr") + element.findall(f"{{{_namespace()}}}pPr"):
            element.remove(old)
        element.append(parse_xml(f"<w:pPr {_W}>{_indent_xml(indent)}</w:pPr>"))
        element.append(parse_xml(_run_properties(face, extra=_W)))
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.keep_with_next = keep
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER if align == "center" else WD_ALIGN_PARAGRAPH.JUSTIFY
        if line is None:  # a picture needs its own height
            form.line_spacing_rule = WD_LINE_SPACING.SINGLE
        else:
            form.line_spacing, form.line_spacing_rule = Pt(line), WD_LINE_SPACING.EXACTLY
        if name == "Heading 1":
            element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {_W} w:val="0"/>'))

    def _footers(self) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        self._document.settings.odd_and_even_pages_header_footer = True
        section = self._document.sections[0]
        for footer, side in (
            (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
            (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
        ):
            paragraph = footer.paragraphs[0]
            paragraph.style = self._document.styles["Caption"]
            paragraph.alignment = side
            paragraph.add_run("— ")
            _field(paragraph, "PAGE", "1")
            paragraph.add_run(" —")


def _namespace() -> str:
    return _W.split('"')[1]


def _indent_xml(characters: int) -> str:
    return f'<w:ind w:firstLineChars="{characters * 100}" w:firstLine="{characters * 320}"/>'


def _run_properties(face: Face, *, extra: str = "", colour: str = "") -> str:
    """Set both faces by name; theme fonts would win over them, so none is named."""
    half = round(face.points * 2)
    tint = f'<w:color w:val="{colour}"/>' if colour else ""
    return (
        f"<w:rPr {extra}>"
        f'<w:rFonts w:ascii="{_LATIN}" w:hAnsi="{_LATIN}" w:cs="{_LATIN}" w:eastAsia="{face.chinese}"/>{tint}'
        f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
    )


def _field(paragraph: "Paragraph", code: str, shown: str) -> None:
    """Add a Word field with its result, so that it reads right before and after Word updates it."""
    from docx.oxml.parser import parse_xml

    xml = f"<w:fldSimple {_W} w:instr={quoteattr(f' {code} ')}><w:r><w:t>{escape(shown)}</w:t></w:r></w:fldSimple>"
    paragraph._p.append(parse_xml(xml))


def _dxa(widths: Sequence[int]) -> list[int]:
    """Turn shares of the line into twentieths of a point that fill it."""
    line = round(_TEXT_WIDTH_MM / 25.4 * 1440)
    return [line * width // sum(widths) for width in widths]


def _table_xml(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    right: frozenset[int],
    tints: Sequence[Mapping[int, Tint]],
    face: Face,
    *,
    tied: bool,
) -> str:
    """Write the whole table at once: python-docx's cell by cell is quadratic. ``tied``: its end stays with the note."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    borders = (
        '<w:top w:val="single" w:sz="10" w:color="22313A"/><w:bottom w:val="single" w:sz="10" w:color="22313A"/>'
        '<w:insideH w:val="single" w:sz="4" w:color="C9D1D5"/>'
    )
    head = _row_xml(
        header, widths, frozenset(), dict.fromkeys(range(len(header)), "#EEF2F3"), Face("黑体", face.points)
    )
    shades = tints or [{}] * len(rows)
    body = "".join(_row_xml(row, widths, right, shade, face) for row, shade in zip(rows, shades, strict=True))
    if tied and rows:
        start = body.rindex("<w:tr>")
        body = body[:start] + body[start:].replace("<w:pPr>", "<w:pPr><w:keepNext/>")
    head = head.replace("<w:pPr>", "<w:pPr><w:keepNext/>")
    head = head.replace("<w:cantSplit/>", "<w:cantSplit/><w:tblHeader/>", 1)
    return (
        f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _row_xml(
    cells: Sequence[str], widths: Sequence[int], right: frozenset[int], shades: Mapping[int, Tint], face: Face
) -> str:
    drawn = "".join(
        _cell_xml(words, width, face, align="right" if column in right else "left", shade=shades.get(column))
        for column, (words, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{drawn}</w:tr>"


def _cell_xml(words: str, width: int, face: Face, *, align: str = "left", shade: Tint | None = None) -> str:
    ground = "" if shade is None else f'<w:shd w:val="clear" w:color="auto" w:fill="{shade.lstrip("#")}"/>'
    line = round(face.points * 1.35 * 20)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{ground}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="30" w:after="30" w:line="{line}" w:lineRule="exact"/>'
        f'<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r>{_run_properties(face)}<w:t xml:space="preserve">{escape(printable(words))}</w:t></w:r></w:p></w:tc>'
    )


def _facts_xml(rows: Sequence[tuple[str, str]], face: Face, label_face: Face) -> str:
    widths = _dxa((24, 76))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        f"{_cell_xml(label, widths[0], label_face)}{_cell_xml(words, widths[1], face)}</w:tr>"
        for label, words in rows
    )
    rule = '<w:insideH w:val="single" w:sz="4" w:color="E3E8EA"/>'
    ends = '<w:top w:val="single" w:sz="6" w:color="C9D1D5"/><w:bottom w:val="single" w:sz="6" w:color="C9D1D5"/>'
    return (
        f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{ends}{rule}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'
    )


def _with_fixed_times(archive: bytes) -> bytes:
    """Write the archive again with one fixed time stamp on every member."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in source.infolist():
            fixed = zipfile.ZipInfo(member.filename, date_time=_ARCHIVE_TIME)
            fixed.compress_type, fixed.external_attr = zipfile.ZIP_DEFLATED, member.external_attr
            copy.writestr(fixed, source.read(member.filename))
    return target.getvalue()
