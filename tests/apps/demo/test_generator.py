"""The demonstration city itself: its size, its names, its labels, and that it never changes by itself."""

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.apps.demo.cases import listed_areas, township_cases, village_cases
from guangcheng.apps.demo.figures import split
from guangcheng.apps.demo.generator import build_demo
from guangcheng.apps.demo.made import DemoCity
from guangcheng.apps.demo.rows import NOTE, Rows, numbered, texts
from guangcheng.apps.demo.words import REASONS, Reason, is_capable, place_name
from guangcheng.base.errors import UsageError
from guangcheng.registers.canonical import stored
from guangcheng.registers.schema import schema
from guangcheng.registers.snapshots import content_hash
from tests.apps.demo.conftest import SMALL


def hashes(city: DemoCity) -> dict[str, str]:
    return {register: content_hash(register, table) for register, table in city.tables.items()}


def test_the_same_size_and_seed_give_the_same_city(small: DemoCity) -> None:
    again = build_demo(premises=SMALL, seed=2017)
    assert hashes(again) == hashes(small)
    assert again.truth.equals(small.truth)


def test_another_seed_gives_another_city_under_the_same_names(small: DemoCity) -> None:
    other = build_demo(premises=SMALL, seed=1)
    assert hashes(other)["premises"] != hashes(small)["premises"]
    listed = [city.tables["areas"].slice(0, 177).select(["code", "name", "parent"]) for city in (small, other)]
    assert listed[0].equals(listed[1])


@pytest.mark.parametrize("count", [6_000, 7_777, 20_001])
def test_there_are_exactly_as_many_premises_as_asked_for(count: int) -> None:
    assert build_demo(premises=count).tables["premises"].num_rows == count


def test_too_few_premises_are_refused_with_the_least_number_that_works() -> None:
    with pytest.raises(UsageError) as refused:
        build_demo(premises=1_000)
    least = int(refused.value.mend.en.split()[2])
    assert build_demo(premises=least).tables["premises"].num_rows == least


def test_the_list_has_ten_units_and_166_villages_and_keeps_the_two_the_plan_does_not_count() -> None:
    areas = listed_areas()
    assert Counter(area.level for area in areas) == {
        "district": 1,
        "township": 10,
        "community": 95,
        "admin_village": 71,
    }
    assert Counter(area.subtype for area in areas if area.level == "township") == {"street": 4, "town": 4, "other": 2}
    assert {area.code for area in areas if area.subtype == "other"} == {"441802400", "441802450"}
    assert len({area.code for area in areas}) == len(areas)


@pytest.mark.needs_shared
def test_the_list_is_the_published_one(shared: Path) -> None:
    folder = shared / "data" / "cn_qingyuan_qingcheng"
    published: dict[str, str] = {}
    for name in ("admin_towns_nbs2023.csv", "admin_villages_nbs2023.csv"):
        with (folder / name).open(encoding="utf-8-sig") as file:
            published |= {row["code"]: row["name"] for row in csv.DictReader(file)}
    ours = {area.code: area.name for area in listed_areas() if area.level != "district"}
    assert ours == published


def test_every_case_names_a_listed_area_and_says_why() -> None:
    levels = {area.code: area.level for area in listed_areas()}
    assert {levels[code] for code in village_cases()} == {"admin_village"}
    assert {levels[code] for code in township_cases()} == {"township"}
    for code, case in village_cases().items():
        if case.in_scope and not case.unknown:
            passes = 10 * case.passing >= 9 * case.in_scope
            assert (case.verdict in ("pass", "pass_with_remark")) == passes, code


def test_every_synthetic_row_says_so(small: DemoCity) -> None:
    for register in ("premises", "access_points", "claims"):
        assert set(small.tables[register]["note"].to_pylist()) == {NOTE}
    areas = small.tables["areas"]
    villages = areas.filter(pc.equal(areas["level"], "natural_village"))
    assert set(villages["note"].to_pylist()) == {NOTE}
    assert set(small.tables["area_facts"]["source_note"].to_pylist()) == {NOTE}


def test_every_table_has_the_stored_columns_and_known_words(small: DemoCity) -> None:
    for register, table in small.tables.items():
        wanted = schema(register)
        assert table.schema.equals(wanted.arrow), register
        for field in wanted.fields:
            if field.type == "choice":
                assert set(table[field.name].drop_null().unique().to_pylist()) <= set(field.codes), field.name
            if field.required:
                assert table[field.name].null_count == 0, f"{register} {field.name}"


def test_what_refers_to_something_finds_it(small: DemoCity) -> None:
    codes = set(small.tables["areas"]["code"].to_pylist())
    for register, table in small.tables.items():
        for field in schema(register).fields:
            if field.type == "area":
                assert set(table[field.name].drop_null().to_pylist()) <= codes, register
    premises = set(small.tables["premises"]["premises_id"].to_pylist())
    assert set(small.tables["premises"]["parent_premises"].drop_null().to_pylist()) <= premises
    assert set(small.tables["install_orders"]["premises_id"].to_pylist()) <= premises
    points = set(small.tables["access_points"]["access_point_id"].to_pylist())
    assert set(small.tables["expansions"]["access_point_id"].to_pylist()) <= points


def test_every_verdict_and_every_reason_occurs(small: DemoCity) -> None:
    truth = small.truth
    verdicts = {"pass", "pass_with_remark", "fail", "no_data", "not_applicable", "out_of_scope"}
    assert set(truth["verdict"].drop_null().to_pylist()) == verdicts
    assert set(truth["reason"].drop_null().to_pylist()) == set(REASONS)
    assert set(truth["capable"].drop_null().to_pylist()) == {"yes", "no", "unknown"}


def test_the_numbers_say_what_the_verdicts_say(small: DemoCity) -> None:
    """The declared verdict of a street, town and district against its own counts, in whole numbers."""
    for row in small.truth.to_pylist():
        if row["level"] not in ("street", "town", "district"):
            continue
        share = 10 if row["level"] == "district" else 9
        worst = 10 * row["numerator"] >= share * row["denominator"]
        best = 10 * (row["numerator"] + row["unknown"]) >= share * row["denominator"]
        remark = 100 * row["fibre"] < 80 * row["broadband"]
        passed = "pass_with_remark" if remark else "pass"
        assert row["verdict"] == (passed if worst else "no_data" if best else "fail"), row["code"]


def test_a_street_stands_at_exactly_ninety_per_cent_and_another_one_short(small: DemoCity) -> None:
    rows = {row["code"]: row for row in small.truth.to_pylist() if row["level"] == "street"}
    exact, short = rows["441802006"], rows["441802008"]
    assert 10 * exact["numerator"] == 9 * exact["denominator"]
    assert 10 * (short["numerator"] + 1) == 9 * short["denominator"]


def test_invented_names_repeat_only_with_a_number() -> None:
    assert len({place_name(number) for number in range(1500)}) == 1500
    assert place_name(0) == "上塘村"
    assert place_name(256) == "上塘2村"


def test_reasons_mean_what_they_say() -> None:
    assert {reason.name: is_capable(reason) for reason in Reason if is_capable(reason) != 0} == {
        "OK": 1,
        "ON_LIMIT": 1,
        "EXPANSION_IN_TIME": 1,
        "NO_POINT": -1,
    }


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_subscribers_are_split_without_loss(total: int, fibre: bool) -> None:
    found = split(total, fibre)
    assert found.shape == (3, 4 if fibre else 2)
    assert int(found.sum()) == total
    assert bool((found >= 0).all())


def test_rows_grow_repeat_and_refuse_unknown_columns() -> None:
    rows = Rows(a=0, b=1.5)
    assert rows.add(2, a=[3, 4]).tolist() == [0, 1]
    assert rows.add(1).tolist() == [2]
    assert (rows["a"].tolist(), rows["b"].tolist(), len(rows)) == ([3, 4, 0], [1.5, 1.5, 1.5], 3)
    rows.put("a", rows.ints("a")[:1] * 0, 9)
    assert rows["a"].tolist() == [9, 4, 0]
    with pytest.raises(KeyError, match="c"):
        rows.add(1, c=1)


def test_words_and_ids_leave_out_what_is_missing() -> None:
    assert texts([1, -1, 0], ["x", "y"]).to_pylist() == ["y", None, "x"]
    assert numbered("P", [7, -1], 3).to_pylist() == ["P007", None]
    with pytest.raises(KeyError, match="nothing"):
        stored("expansions", {"nothing": pa.array([1])})
