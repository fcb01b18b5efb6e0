"""Verdicts and evaluations on every engine equal those of this process."""

from collections.abc import Iterator
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.engine_kernel import shares_sql
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.verdicts import decide, tally
from guangcheng.standards import library
from guangcheng.store.ports import Engine
from tests.coverage.small_cities import AS_OF, City
from tests.store.test_engine import ENGINES, make

CODES = ["01", "02", "03"]
MEMBERS = pa.schema([("area_code", pa.string()), ("state", pa.int64())])
WORDS = {True: "pass", False: "fail", None: "no_data"}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = make(request.param, request)
    yield made
    made.close()


def check(engine: Engine, members: list[tuple[str, int]], threshold: Fraction) -> None:
    table = pa.Table.from_pylist([{"area_code": code, "state": state} for code, state in members], schema=MEMBERS)
    found = engine.query(shares_sql(threshold), {"areas": pa.table({"code": CODES[::-1]}), "members": table})
    expected = []
    for code in CODES:
        here = tally(state for name, state in members if name == code)
        low = Fraction(100 * here.passed, here.n) if here.n else None
        high = Fraction(100 * (here.passed + here.unknown), here.n) if here.n else None
        verdict = WORDS[decide(low, high, ">=", threshold)]
        expected.append({"code": code, "n": here.n, "passed": here.passed, "unknown": here.unknown, "verdict": verdict})
    assert found.to_pylist() == expected


def test_a_share_exactly_at_the_threshold_an_unknown_one_and_an_empty_village(engine: Engine) -> None:
    members = [("01", 1)] * 9 + [("01", 0)] + [("02", 1)] * 9 + [("02", -1)] * 2
    check(engine, members, Fraction(90))
    check(engine, members, Fraction(181, 2))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"], indirect=True)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    members=st.lists(st.tuples(st.sampled_from([*CODES, "elsewhere"]), st.sampled_from([1, 0, -1])), max_size=30),
    threshold=st.sampled_from([Fraction(80), Fraction(100), Fraction(100, 3), Fraction(181, 2)]),
)
def test_verdicts_as_in_this_process(engine: Engine, members: list[tuple[str, int]], threshold: Fraction) -> None:
    check(engine, members, threshold)


def test_a_whole_evaluation_is_the_same_on_every_engine(engine: Engine) -> None:
    city = City()
    city.area("990000", "district")
    town = city.area("990000100", "township", "990000", subtype="town")
    village = city.area("990000100201", "admin_village", town)
    city.village("99000010020101", village, [1, 1, 0])
    city.village("99000010020102", village, [1, -1])
    city.village("99000010020103", village, [])
    view = city.view()
    standard = library.load("qingcheng-2017-all-optical")
    here = evaluate(view, standard, as_of=AS_OF, calendar=WorkingCalendar())
    there = evaluate(view, standard, as_of=AS_OF, calendar=WorkingCalendar(), engine=engine)
    assert there == here
