"""Files as people send them: encodings, HTML, DOCX, PDF; and those that must be refused in words."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import GuangchengError, InputError, NotFound, WrongFormat
from guangcheng.standards.reader import read_document, read_text

TEXT = "某市千兆城市方案\n\n一、目标\n到2025年底，5G用户占比达到60%以上，建成5G基站3000个。\n"
WANTED = [(60, "%", ">=", "2025-12-31"), (3000, "个", "=", "2025-12-31")]
ROWS = [["指标", "单位", "2025年"], ["5G基站", "个", "3000"], ["5G用户占比", "%", "≥60"]]


def _read(path: Path) -> list[tuple[object, ...]]:
    return [
        tuple(item[key] for key in ("value", "unit", "comparator", "date"))
        for item in read_document(path).as_labels()["indicators"]
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert _read(path) == WANTED


def test_text_cut_in_the_middle_of_a_character(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((TEXT * 3).encode()[:-2])
    assert _read(path)[:2] == WANTED


@pytest.mark.parametrize(
    ("encoding", "declared"), [("gbk", "gb2312"), ("utf-8", "utf-8"), ("utf-8", "gbk"), ("gb18030", "")]
)
def test_html_by_its_declaration_and_by_trial(tmp_path: Path, encoding: str, declared: str) -> None:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    meta = f'<meta charset="{declared}">' if declared else ""
    page = (
        f"<html><head>{meta}<script>5G基站达到9个</script></head><body><p>目标</p><table>{rows}</table></body></html>"
    )
    path = tmp_path / "a.html"
    path.write_bytes(page.encode(encoding))
    assert _read(path) == [(3000, "个", "=", "2025"), (60, "%", ">=", "2025")]


def test_html_spans_are_written_out(tmp_path: Path) -> None:
    page = (
        "<table><tr><td>类别</td><td>指标</td><td>单位</td><td>2025年</td></tr>"
        "<tr><td rowspan=2>网络</td><td>5G基站</td><td>个</td><td>3000</td></tr>"
        "<tr><td>5G用户占比</td><td>%</td><td>60</td></tr></table>"
    )
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    found = read_document(path).as_labels()["indicators"]
    assert [(item["name"], item["value"]) for item in found] == [("5G基站", 3000), ("5G用户占比", 60)]


def _docx(path: Path) -> None:
    import docx

    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.save(str(path))


def test_docx_with_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    _docx(path)
    assert _read(path) == [*WANTED, (3000, "个", "=", "2025"), (60, "%", ">=", "2025")]


def _pdf(text: str, *, password: str | None = None) -> bytes:
    """A PDF with one page; its text layer is made by hand with a Unicode map."""
    from pypdf import PdfWriter
    from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

    writer = PdfWriter()
    page = writer.add_blank_page(width=600, height=800)
    if text:
        codes = {char: number for number, char in enumerate(sorted(set(text)), start=1)}
        lines = "".join(f"<{code:04x}> <{ord(char):04x}>\n" for char, code in codes.items())
        cmap = DecodedStreamObject()
        cmap.set_data(
            f"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            f"{len(codes)} beginbfchar\n{lines}endbfchar endcmap end".encode()
        )
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type0"),
                NameObject("/BaseFont"): NameObject("/Made"),
                NameObject("/Encoding"): NameObject("/Identity-H"),
                NameObject("/ToUnicode"): writer._add_object(cmap),
                NameObject("/DescendantFonts"): ArrayObject(
                    [
                        DictionaryObject(
                            {
                                NameObject("/Type"): NameObject("/Font"),
                                NameObject("/Subtype"): NameObject("/CIDFontType2"),
                                NameObject("/BaseFont"): NameObject("/Made"),
                                NameObject("/DW"): NumberObject(1000),
                            }
                        )
                    ]
                ),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
        shown = DecodedStreamObject()
        shown.set_data(
            ("BT /F1 12 Tf 40 700 Td <" + "".join(f"{codes[char]:04x}" for char in text) + "> Tj ET").encode()
        )
        page[NameObject("/Contents")] = writer._add_object(shown)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pdf_with_a_text_layer(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(_pdf("到2025年底，5G用户占比达到60%以上，建成5G基站3000个。"))
    assert _read(path) == WANTED


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes], type[GuangchengError], str]] = [
    ("a.doc", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, WrongFormat, ".docx"),
    ("a.wps", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, WrongFormat, ".docx"),
    ("a.ofd", lambda: _zip({"OFD.xml": b"<a/>"}), WrongFormat, ".docx"),
    ("scan.pdf", lambda: _pdf(""), WrongFormat, "OCR"),
    ("locked.pdf", lambda: _pdf("到2025年底", password="x"), WrongFormat, "密码"),
    ("bad.pdf", lambda: b"%PDF-1.7 nothing", WrongFormat, ".txt"),
    ("picture.pdf", lambda: b"\x89PNG\r\n", WrongFormat, "OCR"),
    ("bad.docx", lambda: b"PK\x03\x04 nothing", WrongFormat, ".txt"),
    ("bomb.docx", lambda: _zip({"word/document.xml": b" " * 30_000_000}), InputError, "来源"),
    ("sheet.docx", lambda: _zip({"xl/workbook.xml": b"<a/>"}), WrongFormat, ".docx"),
    ("entity.docx", lambda: _zip({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;'}), WrongFormat, ""),
    ("empty.txt", lambda: b"", WrongFormat, ""),
    ("noise.txt", lambda: bytes(range(128, 256)) * 40, WrongFormat, "UTF-8"),
    ("long.txt", lambda: "5G基站达到3000个，".encode() * 2_200_000, InputError, "拆"),
    ("longer.txt", lambda: "5G基站达到3000个，".encode() * 60_000, InputError, "拆"),
]


@pytest.mark.parametrize(("name", "content", "error", "mend"), REFUSED, ids=[item[0] for item in REFUSED])
def test_refused_with_what_to_do(
    tmp_path: Path, name: str, content: Callable[[], bytes], error: type[GuangchengError], mend: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content())
    with pytest.raises(error) as refused:
        read_document(path)
    assert mend in refused.value.mend.zh
    assert refused.value.where.file == str(path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_document(tmp_path / "none.txt")


SAMPLES = [
    "，、",
    "9",
    "(",
    "市局、",
    "应当负责要",
    "\t1\n",
    "|a|b|\n",
    "2025年12月31日前",
    "一、标题\n",
    "二三百万",
    "第一条 ",
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_endless_repetition_ends(sample: str) -> None:
    assert read_text(sample * (30_000 // len(sample))).documents


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet="到至年月日底前第条款（）()、，。;：:0123456789一二三十百万亿%个户米元兆GMbps市局应当要负责牵头达超过\t\n|",
        max_size=300,
    )
)
def test_any_text_is_read_without_a_crash(text: str) -> None:
    draft = read_text(text)
    for document in draft.documents:
        for place in document.places:
            assert 0 <= place.span.start <= place.span.end <= len(draft.text)
    draft.to_review_html()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.txt"
    path.write_bytes(content)
    try:
        found = len(read_document(path).documents)
    except InputError as refused:
        found = len(refused.mend.zh)
    assert found > 0
