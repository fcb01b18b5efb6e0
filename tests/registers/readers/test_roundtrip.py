"""What is written is what is read: any table, in each encoding, as CSV and as XLSX."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.subtotals import find_label

from .making import Rows, headers, only, records, write_text, write_xlsx

ENCODINGS = ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"]
HEADERS = ["编号", "名称", "户数", "启用日期", "备注"]

characters = st.sampled_from("甲乙丙丁源潭镇东城街道村小区路号联通移动电信是ABCxyz0123 ,;\t\"'|，。（）-/#\n")
texts = st.text(characters, min_size=1, max_size=8).filter(lambda text: not text.isspace())
keys = st.integers(1, 10**6).map(lambda number: f"P{number}")
numbers = st.integers(-(10**15) + 1, 10**15 - 1)
days = st.datetimes(datetime.fromisoformat("1950-01-01"), datetime.fromisoformat("2099-12-31")).map(
    lambda moment: moment.replace(microsecond=0)
)
rows = st.lists(
    st.tuples(keys, st.none() | texts, st.none() | numbers, st.none() | days, st.none() | texts), min_size=1, max_size=6
)
modest = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_text(value: object) -> str | None:
    return None if value is None else str(value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@modest
@given(table=rows)
def test_csv(tmp_path: Path, encoding: str, table: list[tuple[object, ...]]) -> None:
    assume(all(find_label(row) is None for row in table))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADERS, *table])
    found = only(write_text(tmp_path / "a.csv", buffer.getvalue(), encoding))
    assert headers(found) == HEADERS
    assert records(found) == [tuple(as_text(cell) for cell in row) for row in table]
    assert (found.rows, found.faults, found.notes) == (list(range(2, len(table) + 2)), [], [])


def write_with_shared_texts(path: Path, sheets: dict[str, Rows]) -> Path:
    """Write a workbook by xlsxwriter, which keeps texts in one table as Excel does (openpyxl writes them inline)."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss", "strings_to_urls": False})
    for name, rows_ in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows_):
            sheet.write_row(number, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("write", [write_xlsx, write_with_shared_texts])
@modest
@given(table=rows)
def test_xlsx(tmp_path: Path, write: Callable[[Path, dict[str, Rows]], Path], table: list[tuple[object, ...]]) -> None:
    assume(all(find_label(row) is None for row in table))
    found = only(write(tmp_path / "a.xlsx", {"表": [HEADERS, *table]}))
    assert headers(found) == HEADERS
    assert records(found) == table
    assert (found.rows, found.faults, found.notes) == (list(range(2, len(table) + 2)), [], [])


@modest
@given(table=rows)
def test_parquet(tmp_path: Path, table: list[tuple[object, ...]]) -> None:
    columns = dict(zip(HEADERS, zip(*table, strict=True), strict=True))
    kinds = [pa.string(), pa.string(), pa.int64(), pa.timestamp("s"), pa.string()]
    pq.write_table(pa.table(columns, pa.schema(list(zip(HEADERS, kinds, strict=True)))), tmp_path / "a.parquet")
    found = only(tmp_path / "a.parquet")
    assert (headers(found), records(found), found.faults) == (HEADERS, table, [])


@modest
@given(table=rows, cut=st.integers(0, 1000))
def test_a_csv_cut_off_anywhere_is_read_or_refused_but_never_breaks(
    tmp_path: Path, table: list[tuple[object, ...]], cut: int
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADERS, *table])
    content = buffer.getvalue().encode()
    (tmp_path / "a.csv").write_bytes(content[: cut % len(content)])
    try:
        outcome: RawTable | InputError = only(tmp_path / "a.csv")
    except InputError as error:
        outcome = error
    if isinstance(outcome, InputError):
        assert outcome.mend.zh
    else:
        assert len(outcome.rows) <= len(table)
