"""Peers of covering: the independent count, what is called wrong, and what happens to a peer that fails."""

import sys
from pathlib import Path

import numpy as np
import pytest

from guangcheng.apps.bench import cover_beside
from tests.apps.cli.schemas import validate


def test_covered_is_what_the_sites_cover() -> None:
    given = cover_beside.drawn(300, 4.0, 15)
    expected = sum(
        int(weight)
        for x, y, weight in zip(given["x"], given["y"], given["demand"], strict=True)
        if any((x - given["sx"][j]) ** 2 + (y - given["sy"][j]) ** 2 <= 16.0 for j in (3, 50))
    )
    assert cover_beside.covered(given, [3, 50]) == expected > 0
    assert (given["sx"][0], given["sy"][0]) == pytest.approx((25.205632, 11.831488), abs=1e-6)


def told(status: str, value: float) -> cover_beside.Json:
    return {"sites": [1], "value": value, "status": status, "seconds": 1.0, "process_s": 2.0, "failure": None}


@pytest.mark.parametrize(
    ("status", "claimed", "value", "wrong"),
    [
        ("Optimal", 100.0, 100.0, False),
        ("Feasible", 99.0, 99.0, False),
        ("OPTIMAL", 99.0, 99.0, True),
        ("Feasible", 100.0, 99.0, True),
    ],
)
def test_what_is_called_wrong(status: str, claimed: float, value: float, wrong: bool) -> None:
    row = cover_beside._row("a", "highs", told(status, claimed), value, 100.0)
    assert row["wrong"] == wrong
    assert row["below_best"] == pytest.approx(1 - value / 100.0)


def test_a_peer_that_fails_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "none.npz"
    found = cover_beside._asked("highs", sys.executable, path, 1.0)
    assert found["sites"] == []
    assert "none.npz" in found["failure"]
    row = cover_beside._row("a", "highs", found, None, 100.0)
    assert (row["value"], row["wrong"]) == (None, False)


def test_all_peers_on_a_small_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are installed find the optimum; OR-tools is asked where a Python that has it is named."""
    monkeypatch.setattr(cover_beside, "CASES", ((400, 4.0, 10),))
    rows = cover_beside.beside(limit=20.0, pythons={"ortools": "/bin/false"})
    assert [row["peer"] for row in rows] == ["ours", "spopt-highs", "spopt-cbc", "highs", "ortools-cpsat"]
    assert rows[-1]["failure"] == "ended with 1"
    values = {row["value"] for row in rows if row["failure"] is None}
    assert len(values) == 1
    assert not any(row["wrong"] for row in rows)
    validate("bench-cover", {"cores": 1, "rows": [], "peers": rows, "met": True})
    given = cover_beside.drawn(400, 4.0, 10)
    assert np.ptp(given["demand"]) <= 99
