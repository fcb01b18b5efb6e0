"""Small files that would fill the memory are refused in time, each in a process of its own that is measured."""

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from guangcheng.registers.readers import limits

from .making import feature, only, records, refused, write_geojson, write_text, write_xlsx

SECONDS = 10
PEAK_MB = 512

PROBE = """
import json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))  # a backstop: Arrow reserves a gigabyte it never uses
from guangcheng.base.errors import InputError
from guangcheng.registers.readers import read
started = time.monotonic()
try:
    read(Path(sys.argv[1]))
    rule = "read"
except InputError as error:
    rule = error.message.en[-6:-1]
status = Path("/proc/self/status").read_text()  # getrusage would count the parent's peak too
peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
print(json.dumps({"rule": rule, "seconds": time.monotonic() - started, "peak_mb": peak}))
"""


def probe(path: Path) -> str:
    """The rule that refuses ``path``, within the limits of time and memory."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["seconds"] < SECONDS, found
    assert found["peak_mb"] < PEAK_MB, found
    return str(found["rule"])


def rezipped(source: Path, target: Path, parts: dict[str, bytes], level: int = 9) -> Path:
    """A copy of a workbook with some parts replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new:
        for member in old.infolist():
            if member.filename not in parts:
                new.writestr(member, old.read(member))
        for name, content in parts.items():
            new.writestr(name, content)
    return target


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "good.xlsx", {"表": [["编号", "名称"], ["P1", "甲村"]]})


def test_one_endless_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(1000 << 20)  # a sparse gigabyte, which holds NULs …
    assert probe(path) == "R-006"
    with path.open("wb") as file:
        file.write("编号,名称\n1,".encode())
        for _ in range(200):
            file.write(b"x" * (1 << 20))
    assert probe(path) == "R-013"
    path.unlink()


def test_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    assert probe(write_text(tmp_path / "a.csv", f"编号,名称\n1,{'x' * 10_000_000}\n")) == "R-013"
    assert probe(write_text(tmp_path / "b.csv", f'编号,名称\n1,"{"x" * 100 + chr(10)}' * 100_000)) != "read"
    kind, rule, error = refused(write_text(tmp_path / "c.csv", f"编号,名称\n1,甲\n2,{'x' * 200_000}\n"))
    assert (kind, rule, error.where.row) == ("WrongFormat", "R-013", 3)
    just = "x" * limits.MAX_CELL_CHARS
    assert records(only(write_text(tmp_path / "d.csv", f"编号,名称\n1,{just}\n"))) == [("1", just)]


def test_a_quotation_that_swallows_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write('编号,名称\n1,"甲\n')
        for number in range(1_000_000):
            file.write(f"{number},源潭镇第{number}村\n")
    assert probe(path) == "R-013"


def test_too_many_columns(tmp_path: Path) -> None:
    wide = ",".join(f"列{i}" for i in range(limits.MAX_COLUMNS))
    path = write_text(tmp_path / "a.csv", f"{wide},又一列\n" + "1," * limits.MAX_COLUMNS + "1\n")
    assert refused(path)[:2] == ("WrongFormat", "R-008")
    twin = write_text(tmp_path / "b.csv", f"{wide}\n" + "1," * (limits.MAX_COLUMNS - 1) + "1\n")
    assert len(only(twin).columns) == limits.MAX_COLUMNS
    assert probe(write_text(tmp_path / "c.csv", ("," * 1_000_000 + "\n") * 100)) == "R-011"
    assert probe(write_text(tmp_path / "d.csv", "a,b\n1" + ("," * 1_000_000 + "1\n") * 100)) == "R-008"


def test_too_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n")
        for _ in range(500):
            file.write(b"1,2\n" * 20_000)
    assert probe(path) == "R-008"
    path.unlink()


def test_too_many_cells_are_seen_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b",".join(b"c%d" % i for i in range(1000)) + b"\n")
        for _ in range(1000):
            file.write((b"," * 999 + b"\n") * 100)
    assert probe(path) == "R-008"
    path.unlink()


def test_a_workbook_that_unpacks_to_a_gigabyte(workbook: Path, tmp_path: Path) -> None:
    sheet = b"<row><c><v>1</v></c></row>" * 1_000_000
    assert probe(rezipped(workbook, tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet})) == "R-008"
    assert probe(rezipped(workbook, tmp_path / "b.xlsx", {"xl/media/x.bin": bytes(510_000_000)}, level=1)) == "R-008"
    assert probe(workbook) == "read"


def test_a_workbook_whose_directory_understates_it(workbook: Path, tmp_path: Path) -> None:
    path = rezipped(workbook, tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": b" " * 300_000_000})
    content = bytearray(path.read_bytes())
    for at in (content.rindex(b"PK\x01\x02") + 24, content.index(b"xl/worksheets/sheet1.xml") - 8):
        assert int.from_bytes(content[at : at + 4], "little") == 300_000_000
        content[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    assert probe(path) == "R-007"


def test_a_workbook_of_too_many_files(workbook: Path, tmp_path: Path) -> None:
    parts = {f"xl/media/{number}": b"" for number in range(limits.MAX_ZIP_MEMBERS)}
    assert refused(rezipped(workbook, tmp_path / "a.xlsx", parts))[:2] == ("WrongFormat", "R-008")


def test_a_billion_laughs(workbook: Path, tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'{head}<worksheet xmlns="{space}"><sheetData><row><c t="str"><v>&l9;</v></c></row></sheetData></worksheet>'
    assert probe(rezipped(workbook, tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet.encode()})) == "R-007"
    shared = xlsxwriter.Workbook(tmp_path / "shared.xlsx")
    shared.add_worksheet("表").write_row(0, 0, ["编号", "名称"])
    shared.close()
    strings = f'{head}<sst xmlns="{space}"><si><t>&l9;</t></si></sst>'
    bomb = rezipped(tmp_path / "shared.xlsx", tmp_path / "b.xlsx", {"xl/sharedStrings.xml": strings.encode()})
    assert probe(bomb) == "R-007"
    book = f"{head}<workbook>&l9;</workbook>"
    assert probe(rezipped(workbook, tmp_path / "c.xlsx", {"xl/workbook.xml": book.encode()})) == "R-007"


def test_a_cell_of_a_workbook_that_is_too_long(workbook: Path, tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    long = "x" * (limits.MAX_CELL_CHARS + 1)
    cells = f'<c t="str"><v>a</v></c><c t="str"><v>{long}</v></c>'
    sheet = f'<worksheet xmlns="{space}"><sheetData><row r="3">{cells}</row></sheetData></worksheet>'
    kind, rule, error = refused(rezipped(workbook, tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet.encode()}))
    assert (kind, rule, error.where.row, error.where.column) == ("WrongFormat", "R-013", 3, "B")


def test_a_workbook_with_a_cell_far_to_the_right(workbook: Path, tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = '<row r="1"><c r="XFD1"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="{space}"><sheetData>{row}</sheetData></worksheet>'
    assert refused(rezipped(workbook, tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet.encode()}))[1] == "R-008"


def test_geojson_of_brackets_and_of_numbers(tmp_path: Path) -> None:
    start = '{"type": "FeatureCollection", "features": '
    assert probe(write_text(tmp_path / "a.geojson", start + "[" + "[]," * 5_000_000 + "[]]}")) == "R-008"
    assert probe(write_text(tmp_path / "b.geojson", start + "[" + "0.1," * 12_000_000 + "1]}")) == "R-015"
    (tmp_path / "c.geojson").write_bytes(b"{" + b" " * limits.MAX_GEOJSON_BYTES)
    assert probe(tmp_path / "c.geojson") == "R-008"
    twin = write_geojson(tmp_path / "d.geojson", [feature({"a": 1}, None)])
    assert probe(twin) == "read"


def test_parquet_that_unpacks_to_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": pa.nulls(6_000_000)}), path)
    assert probe(path) == "R-008"
    pq.write_table(pa.table({f"c{i}": pa.nulls(400_000) for i in range(160)}), path)
    assert probe(path) == "R-008"
    pq.write_table(
        pa.table({"a": ["x" * 140_000_000]}), path, compression="zstd", use_dictionary=False, write_statistics=False
    )
    assert path.stat().st_size < 1_000_000
    assert probe(path) == "R-008"


def test_parquet_that_says_one_long_text_a_million_times(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 100_000])}), path
    )
    assert probe(path) == "read"


def test_limits_are_reached_quickly_enough_to_wait_for(tmp_path: Path) -> None:
    started = time.monotonic()
    content = "编号,名称,户数\n" + "".join(f"P{i},源潭镇第{i}村,{i}\n" for i in range(50_000))
    assert len(only(write_text(tmp_path / "a.csv", content)).rows) == 50_000
    assert time.monotonic() - started < SECONDS
