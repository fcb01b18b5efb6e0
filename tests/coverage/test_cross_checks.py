"""Claims against the registers and months against each other: equal to a slow count by hand."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from guangcheng.apps import handover
from guangcheng.apps.demo.write import write_demo
from guangcheng.coverage.cross_checks import LEAST, cross_checks, jump_percent
from guangcheng.coverage.survey import Survey
from guangcheng.registers.city import City
from guangcheng.registers.schema import schema

STANDARD = "qingcheng-2017-all-optical"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = write_demo(tmp_path_factory.mktemp("city") / "demo", premises=20_000)
    return City.open(next(folder for folder in made.cities if folder.name == "qingcheng"))


@pytest.fixture(scope="module")
def survey(city: City) -> Survey:
    return handover.look(city, STANDARD, as_of=None).survey


def test_claims_that_the_registers_do_not_bear_out(survey: Survey) -> None:
    premises, reach = survey.premises, survey.reach
    row_of = {premises.id_of(row): row for row in range(len(premises))}
    expected = set()
    for claim in survey.whole_view.table("claims").to_pylist():
        begins, ends = claim["effective_from"], claim["effective_to"]
        if claim["technology"] != "fibre" or claim["tv_only"]:
            continue
        if (begins and begins > survey.as_of) or (ends and ends < survey.as_of):
            continue
        rows = [row_of[claim["premises_id"]]] if claim["premises_id"] in row_of else []
        if claim["premises_id"] is None and claim["area_code"] in survey.tree.index:
            below = survey.rows_below(survey.tree.index[claim["area_code"]])
            rows = [int(row) for row in below if premises.record[row]]
        if any(reach.of_operator(row, claim["operator"]).capable is False for row in rows):
            expected.add(f"claim_id={claim['claim_id']}")
    found = cross_checks(survey).get("claims", ())
    assert expected
    assert {fault.where.field for fault in found} == expected
    assert {fault.rule for fault in found} == {"R-185"}


def _with_jump(city: City, tmp_path: Path, factor: float) -> Survey:
    """The city with one line of its newest month changed."""
    view = city.view()
    table = view.table("subscriber_stats")
    rows = table.to_pylist()
    months = sorted({row["month"] for row in rows})
    keys = ("operator", "area_code", "technology", "tier", "customer", "zone")
    before = {tuple(row[key] for key in keys): row["subscribers"] for row in rows if row["month"] == months[-2]}
    for row in rows:
        old = before.get(tuple(row[key] for key in keys))
        if row["month"] == months[-1] and old is not None and old >= 100:
            row["subscribers"] = int(old * factor)
            break
    changed = pa.Table.from_pylist(rows, schema("subscriber_stats").arrow)
    held = view.load
    ref = view.refs["subscriber_stats"]
    moved = type(view)(
        as_of=view.as_of,
        crs=view.crs,
        refs=view.refs,
        load=lambda asked, names: (
            held(asked, names) if asked != ref else changed if names is None else changed.select(list(names))
        ),
    )
    from guangcheng.apps import bootstrap

    standard = bootstrap.standard_of(city, STANDARD)
    return Survey(moved, standard, as_of=view.as_of, calendar=bootstrap.calendar_of(city))


def _months(city: City) -> int:
    return len(set(city.view().table("subscriber_stats", ["month"])["month"].to_pylist()))


def test_a_jump_is_more_than_the_standard_lets_pass(city: City, tmp_path: Path) -> None:
    assert _months(city) >= 2
    calm = {fault.where.field for fault in cross_checks(_with_jump(city, tmp_path, 1.0)).get("subscriber_stats", ())}
    jumped = _with_jump(city, tmp_path, 1.5)
    assert jump_percent(jumped) == 20
    found = cross_checks(jumped)["subscriber_stats"]
    assert len({fault.where.field for fault in found} - calm) == 1
    assert {fault.rule for fault in found} == {"R-186"}
    just = cross_checks(_with_jump(city, tmp_path, 1.2)).get("subscriber_stats", ())
    assert {fault.where.field for fault in just} == calm


def test_a_city_without_these_registers_has_nothing_to_check() -> None:
    from guangcheng.base.days import WorkingCalendar
    from guangcheng.registers.view import view_of_tables
    from guangcheng.standards import library

    view = view_of_tables({}, as_of=dt.date(2018, 6, 30), crs="EPSG:4547")
    survey = Survey(view, library.load(STANDARD), as_of=view.as_of, calendar=WorkingCalendar())
    assert cross_checks(survey) == {}
    assert LEAST > 0
    assert np.isfinite(jump_percent(survey))
