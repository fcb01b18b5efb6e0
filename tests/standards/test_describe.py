"""Every number of a standard is shown once, with its date, clause and basis."""

from datetime import date
from pathlib import Path

from guangcheng.base.provenance import Basis, Clause
from guangcheng.base.text import Text
from guangcheng.standards import library
from guangcheng.standards.describe import Demand, describe, shown_value
from guangcheng.standards.loader import load_file

TOWN = load_file(Path(__file__).parent / "data" / "my-town.yaml")


def test_a_small_standard_is_shown_whole() -> None:
    lines = [(line.part, line.id, line.of, line.comparator, line.value, line.unit, line.day) for line in describe(TOWN)]
    assert lines == [
        ("parameter", "urban_radius_m", None, None, "200", "m", date(2025, 1, 15)),
        ("parameter", "urban_radius_m", None, None, "150", "m", date(2026, 1, 1)),
        ("acceptance", "TST-T01-villages", "admin_village", ">=", "90", "%", date(2025, 1, 15)),
        ("target", "IND-T01-01", None, ">=", "1.5", "万户", date(2025, 12, 31)),
        ("target", "IND-T01-01", None, ">=", "2", "万户", date(2026, 6, 30)),
        ("task", "TSK-T01-01", "镇经济发展办公室", None, None, None, date(2026, 6, 30)),
    ]


def test_a_disputed_target_is_marked() -> None:
    (line,) = [item for item in describe(library.load("qingcheng-2017-all-optical")) if item.id == "IND-001-09"]
    assert line == Demand(
        part="target",
        id="IND-001-09",
        title=Text(
            zh="全部自然村建成（与后续阶段矛盾）", en="All natural villages built (contradicted by later phases)"
        ),
        of=None,
        comparator="=",
        value="100",
        unit="%",
        day=date(2017, 12, 31),
        day_text="2017年12月前",
        clause=Clause("001", "二(二)2"),
        basis=Basis.TEXT,
        decision="C-01",
        remarks=("disputed", "contradicted"),
    )


def test_baseline_and_internal_control_are_marked() -> None:
    qinzhou = [item for item in describe(library.load("qinzhou-2015-broadband")) if item.id == "IND-000-08"]
    assert [(item.part, item.value, item.day, item.remarks) for item in qinzhou] == [
        ("baseline", "20", date(2014, 12, 31), ("target_equals_baseline",)),
        ("target", "20", date(2015, 12, 31), ("target_equals_baseline",)),
        ("target", "50", date(2020, 12, 31), ("target_equals_baseline",)),
    ]
    liangjiang = [item for item in describe(library.load("liangjiang-2022-gigabit")) if item.id == "IND-003-11"]
    assert [(item.value, item.remarks) for item in liangjiang] == [("上升", ("internal_control",))]


def test_a_reference_test_and_a_continuous_task_are_marked() -> None:
    lines = {item.id: item.remarks for item in describe(library.load("qingcheng-2017-all-optical"))}
    assert (lines["IND-001-22"], lines["IND-001-21"]) == (("reference",), ())
    assert (lines["TSK-001-08"], lines["TSK-001-01"]) == (("continuous",), ())


def test_values_read_as_in_the_file() -> None:
    assert [shown_value(value) for value in (None, True, False, 90, 0.17, "once", ["a", "b"])] == [
        *(None, "true", "false", "90", "0.17", "once", "a, b")
    ]


def test_one_date_may_ask_otherwise_than_the_indicator() -> None:
    found = [item for item in describe(library.load("state-council-2015-speed")) if item.id == "IND-41G-09"]
    assert [(item.comparator, item.value) for item in found] == [(">=", "20"), (">", "30")]


def test_a_rule_is_shown_with_its_numbers() -> None:
    found = [item for item in describe(library.load("sharing-2015")) if item.id.startswith("RUL-586-16")]
    assert [(item.id, item.value, item.unit) for item in found] == [
        ("RUL-586-16", None, None),
        ("RUL-586-16 per", "3", "次"),
        ("RUL-586-16 points", "0.1", "分"),
        ("RUL-586-16 cap", "0.9", "分"),
    ]
    assert {item.remarks for item in found} == {("executed", "compute")}
