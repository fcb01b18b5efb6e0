"""Chinese glyphs from the pinned wheel, so that a machine without fonts draws 光城 and not boxes.

The wheel holds Noto Sans SC and Noto Serif SC, Regular only (SIL Open Font License); weight is therefore shown by
size and colour. System fonts are never consulted: a figure is the same bytes on every machine.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from guangcheng.reporting.style import GRID, INK, MUTED, PAPER

SANS = "guangcheng sans"
SERIF = "guangcheng serif"
"""Names of our own inside matplotlib, so that a font the machine may have under the real name is never taken."""

MISSING = "〓"


def sans_path() -> Path:
    """Give the file of Noto Sans SC Regular."""
    from pylopdf_fonts_zh_cn import sans_path as path

    return Path(path())


def serif_path() -> Path:
    """Give the file of Noto Serif SC Regular."""
    from pylopdf_fonts_zh_cn import serif_path as path

    return Path(path())


@cache
def _held() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(sans_path())).get_charmap())


def drawable(text: str) -> str:
    """``text`` with ``〓`` (as printers set it) for each character the font lacks; control characters vanish.

    Names come from files: a rare character or an emoji must neither warn nor stop a picture.
    """
    kept = (char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return "".join(char if ord(char) in _held() else MISSING for char in kept)


@cache
def _register() -> None:
    from matplotlib import font_manager

    manager = font_manager.fontManager
    for name, path in ((SANS, sans_path()), (SERIF, serif_path())):
        manager.addfont(path)
        manager.ttflist[-1] = replace(manager.ttflist[-1], name=name)


@contextmanager
def drawing(salt: str = "guangcheng") -> Iterator[None]:
    """Draw inside this: our fonts, quiet lines, and nothing in the files that depends on the day or the machine.

    ``salt`` seeds the ids inside SVG files. Leaves matplotlib's settings as they were.
    """
    import matplotlib as mpl

    _register()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rc("font", family=[SANS], size=9.0)
        mpl.rc("svg", hashsalt=salt, fonttype="path")
        mpl.rc("hatch", linewidth=0.6)
        mpl.rc("text", color=INK, parse_math=False)
        mpl.rc("axes", edgecolor=MUTED, labelcolor=INK, linewidth=0.6, facecolor=PAPER)
        mpl.rc("figure", facecolor=PAPER)
        mpl.rc("xtick", color=MUTED)
        mpl.rc("ytick", color=INK)
        mpl.rc("grid", color=GRID, linewidth=0.6)
        yield
