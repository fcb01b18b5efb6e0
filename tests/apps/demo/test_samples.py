"""The labelled samples of the two other regions, against the figures they were made of."""

from guangcheng.apps.demo.liangjiang import build_liangjiang
from guangcheng.apps.demo.made import DemoCity
from guangcheng.apps.demo.qinzhou import BASELINE, build_qinzhou
from guangcheng.apps.demo.rows import NOTE
from guangcheng.base.days import WorkingCalendar
from guangcheng.coverage.evaluate import evaluate
from guangcheng.coverage.results import IndicatorResult, Status
from guangcheng.registers.snapshots import content_hash
from guangcheng.registers.view import view_of_tables
from guangcheng.standards.library import load


def indicators(city: DemoCity) -> dict[str, IndicatorResult]:
    view = view_of_tables(city.tables, as_of=city.as_of, crs=city.crs)
    found = evaluate(view, load(city.standard), as_of=city.as_of, calendar=WorkingCalendar())
    return {item.id: item for item in found.indicators if item.area == city.area_code}


def test_liangjiang_counts_are_those_it_was_made_of() -> None:
    city = build_liangjiang(seed=2017)
    found = indicators(city)
    wanted = {row["code"]: (row["numerator"], row["denominator"]) for row in city.truth.to_pylist()}
    assert len(wanted) == 7
    assert {code: (found[code].numerator, found[code].denominator) for code in wanted} == wanted


def test_of_liangjiangs_seven_indicators_four_are_met() -> None:
    found = indicators(build_liangjiang(seed=2017))
    met = {code for code, item in found.items() if item.status == Status.MET}
    assert met == {"IND-003-01", "IND-003-03", "IND-003-05", "IND-003-06"}
    assert found["IND-003-03"].value == "80.0"
    behind = {code: found[code].gap for code in ("IND-003-02", "IND-003-04", "IND-003-07")}
    assert {code: gap and (gap.amount, gap.unit) for code, gap in behind.items()} == {
        "IND-003-02": ("355", "端口"),
        "IND-003-04": ("48", "站址"),
        "IND-003-07": ("1", "案例"),
    }


def test_liangjiang_is_the_same_each_time() -> None:
    one, two = (build_liangjiang(seed=5).tables for _ in range(2))
    assert {name: content_hash(name, table) for name, table in one.items()} == {
        name: content_hash(name, table) for name, table in two.items()
    }


def test_qinzhou_stands_on_its_published_baseline_in_2014_and_on_labelled_values_in_2015() -> None:
    city = build_qinzhou()
    before = {row["indicator_id"]: row["value"] for row in city.earlier[BASELINE]["indicator_values"].to_pylist()}
    standard = load(city.standard)
    published = {code: item.baseline.value for code, item in standard.indicators.items() if item.baseline}
    assert before == published
    own = [row for row in city.tables["indicator_values"].to_pylist() if row["as_of"] == city.as_of]
    assert {row["source_note"] for row in own} == {NOTE}
    found = indicators(city)
    behind = {code for code, item in found.items() if item.status in (Status.BEHIND, Status.MISSED)}
    assert behind == {f"IND-000-{number:02d}" for number in (1, 3, 4, 7, 11, 12, 15)}
