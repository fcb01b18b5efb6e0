"""Nothing of the founding documents is lost: every id is in a standard, with what becomes of it and its numbers."""

import re
from collections import Counter
from pathlib import Path

import pytest

from guangcheng.standards import library
from guangcheng.standards.catalogue import catalogue, entries
from guangcheng.standards.decisions import ambiguities, decisions, uses
from guangcheng.standards.model import Check, Standard
from tests.standards.catalogue import rows

ALL = [library.load(name) for name in library.ids()]
FOUNDING = ("000", "001", "002", "003", "302", "132", "48", "41G", "41Y", "586", "40")
IDS = [entry.id for entry in catalogue()]
OF_FOUNDING = [entry for entry in catalogue() if entry.id.split("-")[1] in FOUNDING]
NAMES = {"indicator": "indicators.csv", "task": "tasks.csv", "rule": "rules.csv"}


def test_our_list_is_the_library() -> None:
    assert list(catalogue()) == [entry for standard in ALL for entry in entries(standard)]
    assert len(set(IDS)) == len(IDS)


def test_every_row_of_the_founding_documents_is_represented() -> None:
    assert Counter(entry.part for entry in OF_FOUNDING) == {"indicator": 140, "task": 215, "rule": 212}


def test_what_becomes_of_the_rules() -> None:
    found = Counter(entry.disposition for entry in OF_FOUNDING if entry.part == "rule")
    assert found == {"executed": 79, "decision": 115, "config": 18}


def test_what_is_out_of_scope_has_a_reason() -> None:
    out = [
        (name, item.reason)
        for standard in ALL
        for part in (standard.indicators, standard.tasks, standard.rules)
        for name, item in part.items()
        if "out" in getattr(item, "disposition", "") or getattr(item, "kind", "") == "out_of_scope"
    ]
    assert len(out) == 51 + 8
    assert all(reason is not None and reason.zh and reason.en for _, reason in out)


@pytest.mark.needs_shared
@pytest.mark.parametrize("part", NAMES)
def test_ids_equal_the_catalogue(shared: Path, part: str) -> None:
    wanted = [row["id"] for row in rows(shared / "catalogue" / NAMES[part])]
    assert sorted(entry.id for entry in OF_FOUNDING if entry.part == part) == sorted(wanted)


@pytest.mark.needs_shared
def test_checks_and_priorities_equal_the_catalogue(shared: Path) -> None:
    wanted = {row["id"]: row for row in rows(shared / "catalogue" / "rules.csv")}
    for standard in ALL:
        for name, rule in standard.rules.items():
            if name in wanted:
                assert (rule.check.value.upper(), rule.priority) == (
                    wanted[name]["check_kind"],
                    wanted[name]["priority"],
                ), name


@pytest.mark.needs_shared
def test_scope_equals_the_catalogue(shared: Path) -> None:
    out = {row["id"] for row in rows(shared / "catalogue" / "tasks.csv") if row["relevance"] == "out"}
    assert {entry.id for entry in OF_FOUNDING if entry.part == "task" and entry.disposition == "out"} == out
    out = {row["id"] for row in rows(shared / "catalogue" / "indicators.csv") if row["product_use"] == "out"}
    assert {entry.id for entry in OF_FOUNDING if entry.disposition == "out_of_scope"} == out


PLANS = ("000", "001", "003")
"""Held figure by figure in test_library."""

READ_DIFFERENTLY = {
    "IND-41G-17": [],  # a range of a wish, in words
    "IND-48-19": [7.0],  # 3 + 4
    "IND-586-07": [0.0],  # the cap is the rule's
    "IND-586-08": [0.0],
    "IND-586-10": [],  # the rule's parameter
    "IND-41Y-02": [],  # an estimate, in words
}
_NUMBER = re.compile(r"(?<![\d-])\d+(?:\.\d+)?(?![\d-])")


def _numbers(standard: Standard, name: str) -> list[float]:
    item = standard.indicators[name]
    if item.parameter is not None:
        values = [value.value for value in standard.parameters[item.parameter].values.values()]
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        least = standard.parameters.get(item.parameter.replace("_most", "_least"))
        return [*(float(v.value) for v in least.values.values()), *numbers] if "_most" in item.parameter else numbers  # type: ignore[union-attr, arg-type]
    return [float(target.value) for target in item.targets if target.value is not None]


@pytest.mark.needs_shared
def test_numbers_and_dates_equal_the_catalogue(shared: Path) -> None:
    held = {name: standard for standard in ALL for name in standard.indicators}
    for row in rows(shared / "catalogue" / "indicators.csv"):
        name, text = row["id"], re.sub(r"\([^)]*\)", "", row["targets_value_at_date"])
        if name.split("-")[1] in PLANS:
            continue
        bare = re.sub(r"\d{4}-\d\d-\d\d", "", text)
        wanted = READ_DIFFERENTLY.get(name, [float(item) for item in _NUMBER.findall(bare.replace("..", " "))])
        assert _numbers(held[name], name) == wanted, name
        dates = re.findall(r"@(\d{4}-\d\d-\d\d)", text)
        if dates:
            assert [str(target.date) for target in held[name].indicators[name].targets] == dates, name


def test_every_contradiction_and_open_word_has_its_place() -> None:
    wanted = {f"C-{n:02d}" for n in range(1, 35)} | {f"X-{n:02d}" for n in range(1, 9)}
    wanted |= {f"U-{n:02d}" for n in range(1, 44)}
    named = {use.decision for use in ambiguities() if not use.decision.startswith("P")}
    assert named == wanted
    assert wanted | {use.decision for use in ambiguities()} <= set(decisions())


def test_the_table_of_ambiguities_is_the_library() -> None:
    assert list(ambiguities()) == sorted(use for standard in ALL for use in uses(standard))


@pytest.mark.needs_shared
def test_ambiguities_equal_the_catalogue(shared: Path) -> None:
    text = (shared / "catalogue" / "ambiguities.md").read_text(encoding="utf-8")
    wanted = set(re.findall(r"^(?:\*\*|\| )([CXU]-\d\d)", text, re.MULTILINE))
    assert {name for name in decisions() if not name.startswith("P")} == wanted


def test_every_place_of_a_decision_is_a_parameter_or_flag_of_its_file() -> None:
    by_id = {standard.id: standard for standard in ALL}
    for use in ambiguities():
        part, _, name = use.place.partition(".")
        held = getattr(by_id[use.standard], part)
        assert part in ("acceptance", "document") or name.split(".")[0] in held, use


def test_the_foreign_string_of_the_page_is_nowhere() -> None:
    folder = Path(str(library.__file__)).parent
    found = [
        path.name
        for path in folder.rglob("*")
        if path.suffix in (".yaml", ".csv") and "钱柜" in path.read_text("utf-8")
    ]
    assert found == []


def test_cases_lead_to_a_penalty_with_that_item_or_stay_locked() -> None:
    for standard in ALL:
        for name, rule in standard.rules.items():
            for act in rule.acts.values():
                if act.penalty is None:
                    continue
                penalty = standard.rules[act.penalty]
                assert penalty.check is Check.COMPUTE, name
                assert act.penalty_item is None or act.penalty_item in penalty.items, name
