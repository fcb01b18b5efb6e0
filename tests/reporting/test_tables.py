"""Terminal tables line up whatever script is in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.reporting.tables import cut, fold, pad, render, width

WORDS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("光城", 4),
        ("ＡＢ", 4),
        ("光a", 3),
        ("e\u0301", 1),
        ("a\u200bb", 2),
        ("≥90%", 4),
        ("𠮷", 2),
    ],
)
def test_chinese_and_full_width_are_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "short"),
    [("凤城街道", 8, "凤城街道"), ("凤城街道", 7, "凤城街…"), ("凤城街道", 6, "凤城…"), ("abc", 1, "…")],
)
def test_cut_never_splits_a_wide_character(text: str, columns: int, short: str) -> None:
    assert cut(text, columns) == short


def test_a_table_is_exactly_this() -> None:
    drawn = render(
        ["代码", "名称", "比例"],
        [["441802006", "凤城街道", "90.0%"], ["1", "a", "8%"]],
        align=["left", "left", "right"],
    )
    assert drawn == (
        "代码       名称       比例\n─────────  ────────  ─────\n441802006  凤城街道  90.0%\n1          a            8%"
    )


def test_no_rows_leave_header_and_rule() -> None:
    assert render(["a", "名"], []) == "a  名\n─  ──"


def test_names_from_files_cannot_move_the_cursor() -> None:
    assert render(["n"], [["a\x1b[2Jb\r\nc\td"]]) == "n\n─────────\na[2Jb c d"


@pytest.mark.parametrize(
    ("rows", "align", "message"),
    [
        ([["a"]], None, "row 1 has 1 cells, the header 2"),
        ([["a", "b"]], ["left"], "1 alignments for 2 columns"),
    ],
)
def test_a_ragged_table_is_refused(rows: list[list[str]], align: list[str] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        render(["x", "y"], rows, align=align)  # type: ignore[arg-type]


def test_a_long_cell_goes_on_in_the_next_line_and_is_never_cut() -> None:
    drawn = render(["代码", "怎么改", "n"], [["1", "改正名称，或给 --map 文件", "2"], ["3", "", "4"]], max_width=12)
    assert drawn.splitlines() == [
        "代码  怎么改        n",
        "────  ────────────  ─",
        "1     改正名称，或  2",
        "      给 --map",
        "      文件",
        "3                   4",
    ]


@settings(max_examples=60)
@given(WORDS, st.integers(2, 20))
def test_folding_fits_and_loses_nothing_but_blanks(text: str, columns: int) -> None:
    lines = fold(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@settings(max_examples=60)
@given(WORDS, st.integers(1, 20))
def test_cut_fits_and_pad_fills(text: str, columns: int) -> None:
    short = cut(text, columns)
    assert width(short) <= columns
    assert width(pad(short, columns)) == width(pad(short, columns, "right")) == columns


@settings(max_examples=60)
@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_every_line_ends_at_the_same_column(rows: list[tuple[str, str]]) -> None:
    lines = render(["名", "b"], [[one, two + "."] for one, two in rows], align=["left", "right"]).split("\n")
    assert len(lines) == len(rows) + 2
    assert len({width(line) for line in lines}) == 1
