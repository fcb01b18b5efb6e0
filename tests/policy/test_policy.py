"""The policy people's tests: every case in ``cases/**/*.yaml`` is one test (how to write one: ``runner.py``)."""

from datetime import date

import pytest

from tests.policy import build
from tests.policy.build import CaseFault
from tests.policy.runner import Case, checked, collect, differences, observe, standard_of, view_of


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in collect()])
def test_case(case: Case) -> None:
    checked(case)
    found = differences(case, observe(case, standard_of(case), view_of(case)))
    assert not found, "\n".join(found)


def test_a_key_nobody_reads_is_refused() -> None:
    with pytest.raises(CaseFault, match="unknown verdict; known are verdicts"):
        checked({"name": "x", "standard": "s", "as_of": date(2018, 1, 1), "given": {}, "expect": {"verdict": {}}})


def test_an_empty_expectation_is_refused() -> None:
    with pytest.raises(CaseFault, match="cannot fail"):
        checked({"name": "x", "standard": "s", "as_of": date(2018, 1, 1), "given": {}, "expect": {}})


def test_repeat_writes_rows_out() -> None:
    rows = build.expand(
        [
            {"repeat": {"count": 2, "start": 3, "step": {"x": 50}, "template": {"id": "P{i}", "x": 0}}},
            {"repeat": {"count": [2, 1], "template": {"id": "Q{i}-{j}"}}},
        ]
    )
    assert rows == [{"id": "P3", "x": 0}, {"id": "P4", "x": 50}, {"id": "Q1-1"}, {"id": "Q2-1"}]


def test_there_are_enough_cases() -> None:
    assert len(collect()) >= 400
