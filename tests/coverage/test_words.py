"""What people are told, word by word: the reasons of verdicts and the data gaps, in both languages.

The golden file holds them for every case of ``tests/policy/cases/verdicts``. After a wanted change of words:
``python -m tests.coverage.test_words`` writes it anew; read the difference.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from guangcheng.base.text import Text
from guangcheng.coverage.evaluate import evaluate
from tests.policy.runner import Case, _calendar, collect, standard_of, view_of

GOLDEN = Path(__file__).parent / "golden" / "words.json"
CASES = {name: case for name, case in collect() if name.startswith("verdicts/")}


def pair(text: Text) -> list[str]:
    """Both languages."""
    return [text.zh, text.en]


def told(case: Case) -> dict[str, Any]:
    """Everything an evaluation says in words."""
    found = evaluate(view_of(case), standard_of(case), as_of=case["as_of"], calendar=_calendar())
    places = {place.code: [pair(reason) for reason in place.reasons] for place in (*found.areas, *found.estates)}
    return {
        "reasons": {code: reasons for code, reasons in places.items() if reasons},
        "gaps": [[gap.kind, gap.where, *pair(gap.message)] for gap in found.data_gaps],
        "whole": [pair(note) for note in found.notes],
    }


def golden() -> dict[str, Any]:
    """What was agreed."""
    agreed: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return agreed


@pytest.mark.parametrize("name", CASES)
def test_the_words_are_the_agreed_ones(name: str) -> None:
    assert told(CASES[name]) == golden()[name]


def test_the_golden_file_holds_these_cases_and_no_others() -> None:
    assert sorted(golden()) == sorted(CASES)


if __name__ == "__main__":
    GOLDEN.write_text(
        json.dumps({name: told(case) for name, case in CASES.items()}, ensure_ascii=False, indent=0) + "\n",
        encoding="utf-8",
    )
