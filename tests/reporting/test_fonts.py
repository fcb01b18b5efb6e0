"""Chinese glyphs come from the pinned wheel and are really drawn."""

import io
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.figure import Figure

from guangcheng.reporting import fonts, words

PLACE = "光城街镇"


def drawn(text: str, *, family: str = fonts.SANS) -> npt.NDArray[np.uint8]:
    """The pixels of ``text``."""
    target = io.BytesIO()
    with fonts.drawing():
        figure = Figure(figsize=(1, 1))
        figure.text(0.5, 0.5, text, fontsize=40, ha="center", va="center", family=family)
        figure.savefig(target, format="raw", dpi=72)
    return np.frombuffer(target.getvalue(), dtype=np.uint8)


def test_our_characters_are_drawn_and_are_not_the_missing_box() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictures = [drawn(char) for char in PLACE]
    with pytest.warns(UserWarning, match="missing from font"):
        box = drawn("\U000f0000")
    assert all((picture != box).any() for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(PLACE)


@pytest.mark.parametrize("path", [fonts.sans_path(), fonts.serif_path()], ids=["sans", "serif"])
def test_both_fonts_hold_every_character_our_words_use(path: object) -> None:
    from matplotlib.ft2font import FT2Font

    tables = (words.VERDICTS, words.STATUSES, words.LEVELS, words.BASES, words.HARDNESS, words.OK, words.GAP_KINDS)
    used = {char for table in tables for text in table.values() for char in text.zh + text.en}
    used |= set("".join([*words.VERDICT_SYMBOLS.values(), *words.STATUS_SYMBOLS.values()]) + PLACE + "≥≤＝〔〕—")
    held = FT2Font(str(path)).get_charmap()
    assert {char for char in used if ord(char) not in held} == set()


def test_the_font_file_is_ours_and_not_the_system_s() -> None:
    from matplotlib import font_manager

    with fonts.drawing():
        names = ((fonts.SANS, fonts.sans_path()), (fonts.SERIF, fonts.serif_path()))
        found = [
            font_manager.findfont(font_manager.FontProperties(family=[name]), fallback_to_default=False)
            for name, _ in names
        ]
    assert [Path(path) for path in found] == [path for _, path in names]


def test_characters_the_font_lacks_become_the_printers_mark() -> None:
    assert fonts.drawable("石\x00马\u200b镇\U0001f600\U000f0000 a") == "石马镇〓〓 a"
    assert fonts.drawable(fonts.MISSING) == fonts.MISSING


def test_a_dollar_is_a_dollar_and_no_formula() -> None:
    assert (drawn("$x$") != drawn("x")).any()
    assert drawn("$\\bad$").any()


def test_settings_are_left_as_they_were() -> None:
    with mpl.rc_context():
        mpl.rc("font", size=33.0)
        before = dict(mpl.rcParams)
        with fonts.drawing():
            assert mpl.rcParams["font.size"] == 9.0
        assert dict(mpl.rcParams) == before
