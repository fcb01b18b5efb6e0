"""What differs between two standards, and between two days of one."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.standards import library
from guangcheng.standards.diff import Change, diff, diff_days
from guangcheng.standards.loader import load_text

TEXT = (Path(__file__).parent / "data" / "my-town.yaml").read_text(encoding="utf-8")
TOWN = load_text(TEXT, "my-town.yaml")
QINGCHENG = library.load("qingcheng-2017-all-optical")


def test_nothing_differs_from_itself() -> None:
    assert [diff(item, item) for item in map(library.load, library.ids())] == [[] for _ in library.ids()]


def test_each_changed_key_is_one_change() -> None:
    text = TEXT.replace("{value: 90,", "{value: 85,").replace("lead: 镇经济发展办公室", "lead: 镇政府")
    text = text.replace('version: "1"', 'version: "2"')
    assert diff(TOWN, load_text(text, "my-town.yaml")) == [
        Change("standard", "version", "1", "2"),
        Change("TSK-T01-01", "lead", "镇经济发展办公室", "镇政府"),
        Change("TST-T01-villages", "threshold.2025-01-15.value", "90", "85"),
    ]


def test_an_inserted_target_changes_no_other() -> None:
    added = '      - {value: 1.8, date: 2026-03-31, date_text: 2026年3月, source: {document: T01, clause: "2"}}\n'
    later = "      - {value: 2, date: 2026-06-30"
    after = load_text(TEXT.replace(later, added + later), "my-town.yaml")
    where = "targets.2026-03-31/pass/active"
    added_keys = [
        (f"{where}.value", "1.8"),
        (f"{where}.date", "2026-03-31"),
        (f"{where}.date_text", "2026年3月"),
        (f"{where}.relation", "at"),
        (f"{where}.status", "active"),
        (f"{where}.role", "pass"),
        (f"{where}.source.document", "T01"),
        (f"{where}.source.clause", "2"),
        (f"{where}.source.repaired", "false"),
        (f"{where}.source.status", "seed"),
        (f"{where}.basis", "text"),
    ]
    assert diff(TOWN, after) == [Change("IND-T01-01", what, None, value) for what, value in added_keys]
    assert diff(after, TOWN) == [Change("IND-T01-01", what, value, None) for what, value in added_keys]


def test_two_days_of_one_standard() -> None:
    assert diff_days(TOWN, date(2025, 12, 30), date(2026, 1, 1)) == [
        Change("urban_radius_m", "value", "200", "150"),
        Change("IND-T01-01", "target", None, "1.5"),
    ]
    assert diff_days(QINGCHENG, date(2018, 3, 30), date(2018, 3, 31)) == [
        Change("IND-001-08", "target", None, "60"),
        Change("IND-001-12", "target", None, "40"),
    ]


def test_a_disputed_target_never_falls_due() -> None:
    changed = diff_days(QINGCHENG, date(2017, 12, 30), date(2017, 12, 31))
    assert [change.id for change in changed] == [
        *("IND-001-04", "IND-001-06", "IND-001-07", "IND-001-10", "IND-001-11")
    ]


def test_a_standard_before_its_first_day_sets_nothing() -> None:
    changed = diff_days(QINGCHENG, date(2016, 12, 31), date(2017, 1, 1))
    held = sum(len(level.tests) for level in QINGCHENG.acceptance)
    held += sum(len(rule.parameters) for rule in QINGCHENG.rules.values())
    assert len(changed) == len(QINGCHENG.parameters) + held
    assert {change.before for change in changed} == {None}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 900), st.integers(0, 900))
def test_back_is_forth_turned_round(first: int, second: int) -> None:
    one, other = (date(2017, 1, 1) + timedelta(days=days) for days in (first, second))
    forth, back = diff_days(QINGCHENG, one, other), diff_days(QINGCHENG, other, one)
    assert back == [Change(item.id, item.what, item.after, item.before) for item in forth]
