"""A file that is not what it claims is refused, and told what to do."""

import shutil
import zipfile
from pathlib import Path

import pytest

from guangcheng.base.errors import NotFound
from guangcheng.registers.readers import read

from .making import only, refused, write_geojson, write_text, write_xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return path


def ole(path: Path, stream: str) -> Path:
    path.write_bytes(OLE + bytes(1000) + stream.encode("utf-16-le") + bytes(500))
    return path


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "a.csv")
    with pytest.raises(NotFound):
        read(tmp_path)


@pytest.mark.parametrize(
    "suffix",
    [
        ".doc",
        ".docx",
        ".wps",
        ".et",
        ".ofd",
        ".pdf",
        ".ods",
        ".xlsb",
        ".rar",
        ".7z",
        ".kml",
        ".dbf",
        ".shx",
        ".xyz",
        "",
    ],
)
def test_names_of_formats_that_are_not_read(tmp_path: Path, suffix: str) -> None:
    assert refused(write_text(tmp_path / f"a{suffix}", "编号,名称\n1,甲\n"))[:2] == ("WrongFormat", "R-002")


def test_the_advice_fits_the_format(tmp_path: Path) -> None:
    error = refused(write_text(tmp_path / "a.et", "x"))[2]
    assert error.message.zh == "不能读取WPS 表格（.et）（R-002）"
    assert error.mend.zh == "用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.xlsx", "编号,名称\n1,甲\n".encode(), "plain text (CSV)"),
        ("a.xls", "编号\t名称\n1\t甲\n".encode("gbk"), "plain text (CSV)"),
        ("a.xls", "<html><table><tr><td>编号</td></tr></table></html>".encode(), "a web page (HTML)"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "an XML file"),
        ("a.csv", b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
        ("a.csv", b"%PDF-1.7 x", "PDF"),
        ("a.csv", b"PAR1xxxxPAR1", "Parquet"),
        ("a.csv", b"\x1f\x8b\x08\x00", "a gzip file"),
        ("a.geojson", b"id,name\n1,x\n", "plain text (CSV)"),
        ("a.parquet", b"id,name\n1,x\n", "plain text (CSV)"),
        ("a.gpkg", b"SQLite format 3\x00" + bytes(100), "a plain SQLite database"),
        ("a.shp", b"id,name\n1,x\n", "plain text (CSV)"),
        ("a.xlsx", b"Rar!\x1a\x07", "a RAR archive"),
        ("a.xlsx", b"\x89PNG\r\n", "an image"),
        ("a.xlsx", b"\x07\x00\x11 noise", "binary content of no kind known here"),
    ],
)
def test_content_that_is_not_what_the_name_says(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(content)
    kind, rule, error = refused(tmp_path / name)
    assert (kind, rule) == ("WrongFormat", "R-001")
    assert error.message.en.endswith(f"but the content is {found} (R-001)")


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("word/document.xml", "a Word document (.docx)"),
        ("OFD.xml", "an OFD document"),
        ("content.xml", "an OpenDocument file (.ods, .odt)"),
        ("xl/workbook.bin", "a binary workbook (.xlsb)"),
        ("photo.jpg", "a zip archive"),
        ("a/b.shp", "a zipped shapefile (.zip)"),
    ],
)
def test_what_a_zip_holds(tmp_path: Path, member: str, found: str) -> None:
    error = refused(zipped(tmp_path / "a.xlsx", member))[2]
    assert error.message.en == f"the name says an Excel workbook (.xlsx), but the content is {found} (R-001)"


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    kind, rule, error = refused(ole(tmp_path / "a.xlsx", "EncryptedPackage"))
    assert (kind, rule, error.message.zh) == ("WrongFormat", "R-003", "文件设有打开密码，内容已加密（R-003）")
    assert refused(ole(tmp_path / "b.xls", "EncryptedPackage"))[1] == "R-003"


def test_what_a_legacy_container_holds(tmp_path: Path) -> None:
    assert refused(ole(tmp_path / "a.xls", "WordDocument"))[2].message.en.endswith("a Word document (.doc) (R-001)")
    assert refused(ole(tmp_path / "b.xlsx", "Workbook"))[2].mend.en == "let the name end in .xls, or export it again"
    assert refused(ole(tmp_path / "c.xls", "Workbook"))[:2] == ("WrongFormat", "R-007")


def test_a_right_file_with_a_wrong_name_reads_once_it_is_renamed(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"表": [["编号", "名称"], ["P1", "甲"]]})
    shutil.copy(path, tmp_path / "a.xls")
    error = refused(tmp_path / "a.xls")[2]
    assert error.mend.zh == "把名称改为以 .xlsx 结尾，或重新导出"
    assert only(path).rows == [2]


def test_names_in_capitals(tmp_path: Path) -> None:
    assert only(write_text(tmp_path / "A.CSV", "编号,名称\n1,甲\n")).rows == [2]
    point = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [113, 23]}}
    assert only(write_geojson(tmp_path / "A.JSON", [point])).rows == [1]
