"""The order in which places near each other stand together: along a Hilbert curve."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cell_order"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CELL_M = 32.0
_LEVELS = 24
"""The curve covers 2²⁴ cells each way, 268,000 km to every side of the origin."""


def cell_order(x: ArrayLike, y: ArrayLike) -> Ints:
    """The order of rows in which premises near each other stand together: along a Hilbert curve of 32 m cells.

    Cells next to each other on this curve touch, so any run of rows stands in a small box (a Z curve jumps). Rows of
    one cell keep their order; rows without a place (NaN) come last. The order depends on the values alone.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    placed = np.isfinite(x) & np.isfinite(y)
    code = np.full(x.size, np.iinfo(np.int64).max, dtype=np.int64)
    code[placed] = _along_curve(_curve_cell(x[placed]), _curve_cell(y[placed]))
    return np.argsort(code, kind="stable")


def _curve_cell(values: Floats) -> Ints:
    half = 2.0 ** (_LEVELS - 1)
    return np.clip(np.floor(values / _CELL_M) + half, 0, 2 * half - 1).astype(np.int64)


def _along_curve(cx: Ints, cy: Ints) -> Ints:
    """Place of each cell on the Hilbert curve; ``cx`` and ``cy`` are used up.

    From the largest squares to the smallest: which quarter, then the quarter turned so that it is passed like the
    whole. A turn changes all bits; those already read no longer matter.
    """
    code = np.zeros(cx.size, dtype=np.int64)
    for level in reversed(range(_LEVELS)):
        right, up = (cx >> level) & 1, (cy >> level) & 1
        code = (code << 2) | ((3 * right) ^ up)
        mirrored, exchanged = -(right & (1 - up)), up - 1
        cx ^= mirrored
        cy ^= mirrored
        swap = (cx ^ cy) & exchanged
        cx ^= swap
        cy ^= swap
    return code
