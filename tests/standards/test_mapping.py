"""No id of the founding documents is without a file and a test; executed rules and scored indicators have cases."""

from pathlib import Path

from tools.mapping import Row, counted, rows, unmapped

from guangcheng.standards.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[2]
FOUND = rows()


def test_no_row_is_unmapped() -> None:
    assert list(unmapped(FOUND)) == []
    assert [row.entry for row in FOUND] == list(catalogue())


def test_every_test_named_exists() -> None:
    assert [name for name in {test for row in FOUND for test in row.tests} if not (ROOT / name).is_file()] == []


def test_every_executed_rule_and_scored_indicator_has_policy_cases() -> None:
    without = [row.entry.id for row in FOUND if row.entry.disposition == "executed" and row.cases == 0]
    assert without == []


def test_a_row_without_tests_is_found() -> None:
    lone = Row(FOUND[0].entry, (), 0)
    assert list(unmapped([lone, *FOUND])) == [FOUND[0].entry.id]


def test_the_counts_of_the_page() -> None:
    counts = counted(FOUND)
    assert sum(counts.values()) == len(FOUND)
    assert counts["task out"] == 51
    assert counts["indicator out_of_scope"] == 8
