from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import NotFound
from guangcheng.coverage import explain as explaining
from guangcheng.coverage.explain import MOST_STEPS, explain, to_depth
from guangcheng.coverage.results import TraceNode
from guangcheng.coverage.trace import Trace, parse_trace
from guangcheng.registers.view import RegisterView
from guangcheng.standards import library
from tests.coverage.small_cities import AS_OF, City, cities, district
from tests.coverage.test_evaluate import run

QINGCHENG = library.load("qingcheng-2017-all-optical")
CALENDAR = WorkingCalendar()


def derive(view: RegisterView, trace: str) -> TraceNode:
    return explain(view, QINGCHENG, trace, calendar=CALENDAR)


def walk(node: TraceNode) -> Iterator[TraceNode]:
    yield node
    for child in node.children:
        yield from walk(child)


@given(cities())
@settings(max_examples=8, deadline=None)
def test_every_trace_of_an_evaluation_is_explained(city: City) -> None:
    view = city.view()
    found = run(view)
    answers = {True: "yes", False: "no", None: "unknown"}
    for place in (*found.areas, *found.estates):
        assert derive(view, place.trace).value == place.verdict.value
        for test in place.tests:
            node = derive(view, test.trace)
            assert (node.kind, node.value.split()[-1]) == ("test", answers[test.ok])
    for item in found.indicators:
        node = derive(view, item.trace)
        assert (node.kind, node.value.split()[-1]) == ("indicator", item.status.value)


@pytest.fixture
def town() -> tuple[RegisterView, str]:
    city = City()
    top = district(city)
    code = city.area(f"{top}101", "township", top, subtype="town")
    village = city.area(f"{code}201", "admin_village", code)
    for number, state in enumerate((1, -1, 0)):
        city.village(f"{village}0{number}", village, [state])
    city.statistics(code, 9, 1)
    return city.view(), code


def test_failing_members_come_first_then_those_without_data(town: tuple[RegisterView, str]) -> None:
    view, code = town
    node = derive(view, f"qingcheng-2017-all-optical@2018-12-31/{code}201/IND-001-21")
    members = [(child.title.en, child.value) for child in node.children if child.kind == "verdict"]
    assert members == [
        (f"N{code}20102 ({code}20102)", "fail"),
        (f"N{code}20101 ({code}20101)", "no_data"),
        (f"N{code}20100 ({code}20100)", "pass"),
    ]
    assert node.value == "1/3 +1? = 33.3 % · no"


def test_a_verdict_is_derived_down_to_rows_and_clauses(town: tuple[RegisterView, str]) -> None:
    view, code = town
    nodes = list(walk(derive(view, f"qingcheng-2017-all-optical@2018-12-31/{code}/verdict")))
    rows = [row for node in nodes for row in node.rows]
    assert {row["premises_id"] for row in rows if "premises_id" in row} == {"P000", "P001", "P002"}
    assert {row["resident_households"] for row in rows if "resident_households" in row} == {30}
    assert {row["access_point_id"] for row in rows if "access_point_id" in row} == {"AP000", "AP001"}
    assert [(row["technology"], row["subscribers"]) for row in rows if "subscribers" in row] == [
        ("copper", 1),
        ("fibre", 9),
    ]
    clauses = {str(node.clause) for node in nodes if node.clause is not None}
    assert {"001 二(三)3", "001 二(三)5", "001 二(三)6", "001 二(三)7", "001 二(一)2"} <= clauses
    kinds = {node.kind for node in nodes}
    assert {"verdict", "test", "parameter", "place", "operator", "condition", "row"} <= kinds


def test_what_is_not_opened_is_named_with_its_trace(
    town: tuple[RegisterView, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    view, code = town
    monkeypatch.setattr(explaining._Budget.__init__, "__defaults__", (2, 1))
    node = derive(view, f"qingcheng-2017-all-optical@2018-12-31/{code}/verdict")
    titles = [found.title.en for found in walk(node)]
    trace = f"qingcheng-2017-all-optical@2018-12-31/{code}20102/verdict"
    assert f"N{code}20102 (see {trace})" in titles


@pytest.mark.parametrize(
    ("trace", "hint"),
    [
        ("nonsense", "qingcheng-2017-all-optical@2018-12-31/441802103/IND-001-17"),
        ("qingcheng-2017-all-optical@2018-13-31/441802/verdict", "qingcheng-2017-all-optical@2018-12-31"),
        ("qinzhou-2015-broadband@2018-12-31/441802/verdict", "give the standard the trace names"),
        ("qingcheng-2017-all-optical@2018-12-31/441802101/IND-001-71", "IND-001-17"),
        ("qingcheng-2017-all-optical@2018-12-31/441802109/verdict", "441802101"),
    ],
)
def test_an_unknown_trace_is_not_found_with_a_hint(town: tuple[RegisterView, str], trace: str, hint: str) -> None:
    with pytest.raises(NotFound) as caught:
        derive(town[0], trace)
    assert hint in caught.value.mend.en


def test_a_derivation_can_be_opened_level_by_level(town: tuple[RegisterView, str]) -> None:
    view, code = town
    whole = derive(view, f"qingcheng-2017-all-optical@2018-12-31/{code}/verdict")
    every = len(list(walk(whole)))
    one = to_depth(whole, 1)
    assert (one.title, one.value, one.clause, one.rows) == (whole.title, whole.value, whole.clause, whole.rows)
    assert [child.title.en for child in one.children] == [f"{every - 1} more steps below are not opened"]
    two = to_depth(whole, 2)
    assert [child.title for child in two.children] == [child.title for child in whole.children]
    assert to_depth(whole, 99) == whole
    wide = replace(whole, children=whole.children * 20)
    assert len(to_depth(wide, 2).children) == MOST_STEPS + 1
    left = 20 * (every - 1) - sum(len(list(walk(child))) for child in wide.children[:MOST_STEPS])
    assert to_depth(wide, 2).children[-1].title.en == f"{left} more steps below are not opened"


def test_a_trace_reads_back() -> None:
    trace = Trace("qingcheng-2017-all-optical", date(2018, 12, 31), "441802101", "IND-001-17")
    assert parse_trace(str(trace)) == trace
    assert trace.as_of == AS_OF
