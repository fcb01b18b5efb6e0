"""Sentences of the genre, written by us, and exactly what must be read in each."""

import json
from pathlib import Path
from typing import Any

import pytest

from guangcheng.apps.bench.reader import same_name
from guangcheng.standards.reader import read_text

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "sentences.json").read_text(encoding="utf-8")
)


def _id(case: dict[str, Any]) -> str:
    return str(case["text"])[:24]


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", [case for case in CASES if "indicators" in case], ids=_id)
def test_indicators(case: dict[str, Any]) -> None:
    found = read_text(case["text"]).as_labels()["indicators"]
    keys = ("value", "unit", "comparator", "date")
    assert [[item[key] for key in keys] for item in found] == [wanted[1:] for wanted in case["indicators"]]
    for item, wanted in zip(found, case["indicators"], strict=True):
        assert same_name(item["name"], wanted[0])


@pytest.mark.parametrize("case", [case for case in CASES if "rules" in case], ids=_id)
def test_rules(case: dict[str, Any]) -> None:
    found = read_text(case["text"]).as_labels()["rules"]
    keys = ("value", "unit", "comparator")
    assert [[item[key] for key in keys] for item in found] == [wanted[1:] for wanted in case["rules"]]
    for item, wanted in zip(found, case["rules"], strict=True):
        assert wanted[0] in item["rule"] + item["evidence"]


@pytest.mark.parametrize("case", [case for case in CASES if "tasks" in case], ids=_id)
def test_tasks(case: dict[str, Any]) -> None:
    found = read_text(case["text"]).as_labels()["tasks"]

    def leads(lead: str | list[str] | None) -> list[str]:
        return [lead] if isinstance(lead, str) else lead or []

    read = [[leads(item["lead"]), item["responsible"], item["deadline"]] for item in found]
    assert read == [wanted[1:] for wanted in case["tasks"]]
    for item, wanted in zip(found, case["tasks"], strict=True):
        assert wanted[0] in item["task"] + item["evidence"]


def test_what_is_left_out_of_the_tasks_is_kept_as_a_duty() -> None:
    labels = read_text("各级各部门要高度重视，切实加强组织领导。").as_labels()
    assert labels["tasks"] == []
    assert [(item["lead"], item["flags"]) for item in labels["duties"]] == [("各级各部门", ["general_duty"])]


def test_a_baseline_is_no_target() -> None:
    labels = read_text("截至2020年底，全市建成5G基站1500个。").as_labels()
    assert labels["indicators"] == []
    assert [(item["value"], item["date"]) for item in labels["baselines"]] == [(1500, "2020-12-31")]
