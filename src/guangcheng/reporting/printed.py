"""The same pages as ``paper``, as a PDF: set by typst with the pinned fonts, so that no office program is needed.

All words reach the typesetter as string literals, never as markup: nothing an operator wrote can run or break a page.
The document's date comes from an argument and no system font is read: the same content gives the same bytes.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from guangcheng.base.text import Lang, Text
from guangcheng.reporting.fonts import drawable, sans_path, serif_path
from guangcheng.reporting.paper import Tint

__all__ = ["Printed"]

_NUMERALS = "一二三四五六七八九十"

_STYLE = """
#set page(paper: "a4", margin: (top: 30mm, bottom: 28mm, left: 28mm, right: 26mm),
  footer: context align(center, text(font: "Noto Sans SC", size: 9pt)[— #counter(page).display() —]))
#set text(font: ("Noto Serif SC",), fallback: false, size: 11pt, fill: rgb("#22313A"))
#set par(leading: 0.85em, spacing: 1em, justify: true)
#set table(stroke: (x: none, y: 0.4pt + rgb("#C9D1D5")), inset: (x: 4pt, y: 4pt))
#let sans(size, words) = text(font: "Noto Sans SC", size: size, words)
#let note(words) = block(above: 4pt, below: 12pt, text(size: 8pt, fill: rgb("#6B7A82"), words))
#let caption(words) = block(width: 100%, above: 12pt, below: 6pt, sticky: true, align(center, sans(9.5pt, words)))
#show table: set par(justify: false, leading: 0.6em)
#show table: set text(hyphenate: true)
#let cell(words) = text(size: 8.5pt, words)
#let head(words) = sans(8.5pt, words)
"""


class Printed:
    """Builds one PDF from the top down with the calls of :class:`guangcheng.reporting.paper.Paper`."""

    def __init__(self, lang: Lang, *, title: Text, subject: str, made_on: date) -> None:
        self.lang = lang
        self._headings = self._figures = self._tables = 0
        self._pictures: dict[str, bytes] = {}
        day = f"datetime(year: {made_on.year}, month: {made_on.month}, day: {made_on.day})"
        about = f"title: {self._words(title)}, description: {_literal(subject)}, date: {day}"
        self._parts = [f"#set document({about})", f'#set text(lang: "{lang}")', _STYLE]

    def title(self, words: Text) -> None:
        """Set the title of the document."""
        self._parts.append(f"#block(width: 100%, below: 8pt, align(center, sans(19pt, {self._words(words)})))")

    def subtitle(self, words: Text) -> None:
        """Set the line under the title."""
        self._parts.append(f"#block(width: 100%, below: 16pt, align(center, text(size: 12pt, {self._words(words)})))")

    def heading(self, words: Text) -> None:
        """Open the next part: ``一、总体结论`` / ``1. Conclusion``; it stands in the PDF's outline too."""
        self._headings += 1
        number = f"{_NUMERALS[self._headings - 1]}、" if self.lang == "zh" else f"{self._headings}. "
        self._heading(f"{number}{words.in_(self.lang)}")

    def appendix(self, words: Text) -> None:
        """Open an appendix on a new page."""
        self._parts.append("#pagebreak(weak: true)")
        self._heading(words.in_(self.lang))

    def _heading(self, words: str) -> None:
        self._parts.append(f"#block(above: 18pt, below: 10pt, sticky: true, heading(sans(13pt, {_literal(words)})))")

    def say(self, words: Text) -> None:
        """Add a paragraph of text."""
        self._parts.append(f"#par({self._words(words)})")

    def facts(self, rows: Sequence[tuple[Text, Text]]) -> None:
        """Add a block of labels and words."""
        cells = ", ".join(f"head({self._words(label)}), cell({self._words(words)})" for label, words in rows)
        self._parts.append(f"#table(columns: (24fr, 76fr), {cells})")

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
        """Add a numbered table with a repeating header (see ``Paper.table``)."""
        self._tables += 1
        word = Text(f"表 {self._tables}", f"Table {self._tables}").in_(self.lang)
        self._parts.append(f"#caption({_literal(f'{word}  {caption.in_(self.lang)}')})")
        to_right = frozenset(right)
        aligns = ", ".join("right + horizon" if n in to_right else "left + horizon" for n in range(len(widths)))
        columns = ", ".join(f"{width}fr" for width in widths)
        heads = ", ".join(f'table.cell(fill: rgb("#EEF2F3"), head({_literal(words)}))' for words in header)
        body = [
            f"table.cell({_fill(shade.get(n))}cell({_literal(words)}))"
            for row, shade in zip(rows, tints or [{}] * len(rows), strict=True)
            for n, words in enumerate(row)
        ]
        inner = ", ".join([f"table.header({heads})", *body])
        self._parts.append(f"#table(columns: ({columns},), align: ({aligns},), {inner})")
        if note is not None:
            self._parts.append(f"#note({self._words(note)})")

    def figure(self, picture: bytes, caption: Text, *, alt: Text, note: Text | None = None) -> None:
        """Add a numbered picture (PNG) as wide as the text, with alternative text."""
        self._figures += 1
        name = f"figure{self._figures}.png"
        self._pictures[name] = picture
        word = Text(f"图 {self._figures}", f"Figure {self._figures}").in_(self.lang)
        spoken = f"{caption.in_(self.lang)}：{alt.in_(self.lang)}"
        image = f'image("{name}", width: 92%, alt: {_literal(spoken)})'
        below = f"align(center, sans(9.5pt, {_literal(f'{word}  {caption.in_(self.lang)}')}))"
        self._parts.append(f"#block(width: 100%, breakable: false, above: 12pt, {{ align(center, {image}); {below} }})")
        if note is not None:
            self._parts.append(f"#note({self._words(note)})")

    def bytes(self) -> bytes:
        """Give the finished document; pictures lie in a folder meanwhile, the typesetter reads files only."""
        import typst

        with tempfile.TemporaryDirectory(prefix="guangcheng-pdf-") as made:
            folder = Path(made)
            (folder / "main.typ").write_text("\n".join(self._parts), encoding="utf-8")
            for name, picture in self._pictures.items():
                (folder / name).write_bytes(picture)
            fonts = sorted({str(path().parent) for path in (sans_path, serif_path)})
            main = str(folder / "main.typ")
            return bytes(typst.compile(main, root=str(folder), font_paths=fonts, ignore_system_fonts=True))

    def _words(self, text: Text) -> str:
        return _literal(text.in_(self.lang))


def _fill(tint: Tint | None) -> str:
    return "" if tint is None else f'fill: rgb("{tint}"), '


def _literal(words: str) -> str:
    """A typst string: whatever stands in it is shown, never read as markup."""
    safe = "\n".join(drawable(line) for line in words.splitlines())
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
