"""Assumptions of a radio prediction: the shipped list and a city's own values."""

from pathlib import Path

import pytest

from guangcheng.base.errors import InputError, NotFound
from guangcheng.base.packaged import packaged_rows
from guangcheng.base.provenance import Basis
from guangcheng.planning.radio.budget import THRESHOLD
from guangcheng.planning.radio.parameters import MACRO, POLE, kind_of, read_parameters
from guangcheng.planning.radio.ranges import check_link


def test_every_assumption_is_named_and_cited_in_both_languages_and_within_its_range() -> None:
    rows = packaged_rows("guangcheng.planning.radio", "data", "parameters.csv")
    for row in rows:
        assert all(row[name] for name in ("title_zh", "title_en", "source_zh", "source_en", "basis")), row["name"]
        if row["low"]:
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row["name"]
    assert len({(row["name"], row["operator"]) for row in rows}) == len(rows)
    for operator in ("", "mobile", "cable", "telecom"):
        for profile in read_parameters().profiles(operator):
            check_link(profile.scenario, profile.link)


def test_the_threshold_is_the_one_the_library_names() -> None:
    shipped = read_parameters().threshold()
    assert (shipped.dbm, shipped.basis, shipped.source) == (THRESHOLD.dbm, THRESHOLD.basis, THRESHOLD.source)


def test_poles_have_a_profile_of_their_own() -> None:
    assert [kind_of(one) for one in ("pole", "rooftop", "ground_tower", "other", None)] == [POLE, *[MACRO] * 4]


def test_a_city_s_own_values_go_before_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("threshold_dbm = -110\nfrequency_ghz = 2.1\n[operator.mobile]\nfrequency_ghz = 2.6\n")
    found = read_parameters(path)
    assert found.threshold().dbm == -110
    assert found.threshold().basis is Basis.LOCAL
    assert "own.toml" in found.threshold().source.en
    # what everybody has by the city's word goes before what ships for cable
    assert [found.number("frequency_ghz", one) for one in ("mobile", "cable", "telecom")] == [2.6, 2.1, 2.1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("threshold = -105", "no parameter threshold"),
        ("threshold_dbm = -1", "-140"),
        ("threshold_dbm = true", "must be a number"),
        ("threshold_dbm = 'low'", "must be a number"),
        ("threshold_dbm = nan", "must be a number"),
        ("macro_model = 'InH-Office'", "must be one of"),
        ("building = 'straw'", "low, high"),
        ("threshold_dbm -105", "no TOML"),
        ("operator = 3", "one table for each"),
        ("[operator.mobile]\nspeed = 1", "no parameter speed"),
    ],
)
def test_what_is_wrong_is_refused_with_its_range(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(content)
    with pytest.raises(InputError) as refused:
        read_parameters(path)
    assert said in refused.value.message.en
    assert refused.value.where.file == str(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_parameters(tmp_path / "none.toml")
