"""The Hilbert curve: cells after each other touch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from guangcheng.base.curve import cell_order


def test_cell_order_brings_neighbours_together_and_the_unplaced_last() -> None:
    x, y = np.array([1e6, np.nan, 5.0, 1e6 + 40, 6.0]), np.array([0.0, 0.0, 5.0, 0.0, 4.0])
    assert cell_order(x, y).tolist() == [2, 4, 0, 3, 1]
    assert cell_order(-x, -y).tolist() == [2, 4, 3, 0, 1]


@given(st.integers(0, 2**32), st.sampled_from([(0, 0), (-16, 16), (2048, -4096)]))
def test_cells_after_each_other_touch_and_rows_of_one_cell_keep_their_order(seed: int, corner: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    cells = np.repeat(rng.permutation(256), 2)
    column, row = cells % 16 + corner[0], cells // 16 + corner[1]
    order = cell_order(column * 32.0 + rng.uniform(0, 31, 512), row * 32.0 + rng.uniform(0, 31, 512))
    assert (order[1::2] - order[::2]).tolist() == [1] * 256
    steps = np.abs(np.diff(column[order[::2]])) + np.abs(np.diff(row[order[::2]]))
    assert steps.tolist() == [1] * 255
