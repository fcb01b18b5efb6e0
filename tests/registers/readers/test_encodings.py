"""Encodings are proved to the last byte, never guessed."""

from pathlib import Path

import pytest

from .making import only, records, refused, write_text

CONTENT = "编号,名称,运营商\nP1,源潭镇,中国联通\nP2,路,是\n"
ROWS = [("P1", "源潭镇", "中国联通"), ("P2", "路", "是")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-32"])
def test_encodings_found(tmp_path: Path, encoding: str) -> None:
    assert records(only(write_text(tmp_path / "a.csv", CONTENT, encoding))) == ROWS


def test_big_endian_with_its_mark(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xfe\xff" + CONTENT.encode("utf-16-be"))
    assert records(only(tmp_path / "a.csv")) == ROWS


def test_characters_of_four_bytes(tmp_path: Path) -> None:
    assert records(only(write_text(tmp_path / "a.csv", "编号,名称\n1,㐂𠮷村小区\n", "gb18030"))) == [
        ("1", "㐂𠮷村小区")
    ]


@pytest.mark.parametrize("encoding", ["gbk", "big5", "utf-8", "latin-1"])
def test_an_encoding_can_be_named(tmp_path: Path, encoding: str) -> None:
    name = "café" if encoding == "latin-1" else "甲村"
    header = "id,name" if encoding == "latin-1" else "編號,名稱" if encoding == "big5" else "编号,名称"
    path = write_text(tmp_path / "a.csv", f"{header}\n1,{name}\n", encoding)
    assert records(only(path, encoding=encoding)) == [("1", name)]


def test_a_named_encoding_must_be_right(tmp_path: Path) -> None:
    kind, rule, error = refused(write_text(tmp_path / "a.csv", CONTENT, "gbk"), encoding="utf-8")
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-004", 1)


def test_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", CONTENT)
    assert refused(path, encoding="gbk2")[:2] == ("UsageError", "R-017")
    assert refused(path, encoding="rot13")[:2] == ("UsageError", "R-017")


def test_one_byte_that_does_not_decode(tmp_path: Path) -> None:
    good = CONTENT.encode()
    bad = good[:-2] + b"\xff" + good[-1:]
    (tmp_path / "a.csv").write_bytes(bad)
    kind, rule, error = refused(tmp_path / "a.csv")
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-004", 3)
    offset = bad.index("是".encode()[:2] + b"\xff")
    assert error.message.en == f"line 3, byte {offset} of the file (from 0) is not valid UTF-8 (R-004)"
    (tmp_path / "b.csv").write_bytes(good)
    assert records(only(tmp_path / "b.csv")) == ROWS


@pytest.mark.parametrize(("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_files_of_two_encodings_joined(tmp_path: Path, first: str, second: str) -> None:
    head, tail = "编号,名称\n1,源潭镇\n".encode(first), "2,东城街道\n3,龙塘镇\n".encode(second)
    (tmp_path / "a.csv").write_bytes(head + tail)
    kind, rule, error = refused(tmp_path / "a.csv")
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-005", 3)
    assert f"the lines before are {first.upper()}, from line 3" in error.message.en
    assert f"on they are {second.upper()}" in error.message.en
    (tmp_path / "b.csv").write_bytes(head + tail.decode(second).encode(first))
    assert len(records(only(tmp_path / "b.csv"))) == 3


def test_the_byte_where_the_encoding_changes(tmp_path: Path) -> None:
    head = "编号,名称\n".encode()
    (tmp_path / "a.csv").write_bytes(head + b"1," + "甲村小区".encode("gbk") + b"\n")
    assert f"byte {len(head) + 2} " in refused(tmp_path / "a.csv")[2].message.en


def test_text_of_another_language_is_not_taken_for_chinese(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,name\n1,Königstraße\n2,Café Zürich\n", "latin-1")
    kind, rule, error = refused(path)
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-004", 2)


def test_utf_16_without_its_mark_is_explained(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,name\n1,x\n", "utf-16-le")
    kind, rule, error = refused(path)
    assert (kind, rule) == ("WrongFormat", "R-006")
    assert "UTF-16" in error.mend.en


def test_an_undecodable_byte_far_into_a_file(tmp_path: Path) -> None:
    lines = ["编号,名称"] + [f"{number},源潭镇第{number}村" for number in range(60_000)]
    content = "\n".join(lines).encode()
    assert len(content) > 1 << 20
    place = content.index("59000,源潭镇".encode()) + len("59000,源")
    cut = bytearray(content)
    cut[place + 2] = 0xFF
    (tmp_path / "a.csv").write_bytes(bytes(cut))
    kind, rule, error = refused(tmp_path / "a.csv")
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-004", 59_002)
