"""Kotka planned whole through the command's own assembly, written, and checked from its files."""

from pathlib import Path

import pytest

from guangcheng.apps.bench.fibre import run_fibre_bench


@pytest.mark.nightly
@pytest.mark.needs_shared
def test_kotka_is_planned_whole_and_its_files_agree(shared: Path) -> None:
    row = run_fibre_bench(shared, cities=("kotka-plan",))["cities"][0]
    assert (row["onts"], row["connected"], row["findings"]) == (2208, 1.0, 0)
    assert 0 < row["lower_bound"] <= row["cost"]
    assert row["trench_gap"] <= 0.001
