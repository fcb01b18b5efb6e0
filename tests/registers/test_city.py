"""A city is a folder: made, opened, looked at as of a day."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import GuangchengError, InputError, NotFound, Refused, UsageError
from guangcheng.registers.city import City, CityConfig, check_crs, config_toml, read_config
from guangcheng.registers.schema import schema
from tests.registers.samples import CRS, areas, premises

CONFIG = CityConfig(name="清城区", area_code="441802", crs=CRS, standards=("qingcheng-2017-all-optical",))
D1, D2 = date(2017, 12, 31), date(2018, 12, 31)


def test_a_new_city_has_settings_standards_and_registers(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "清城"
    made = City.create(folder, CONFIG)
    assert sorted(path.name for path in folder.iterdir()) == ["city.toml", "registers", "standards"]
    assert made.config == City.open(folder).config == CONFIG
    assert (made.standards_folder, made.registers.folder) == (folder / "standards", folder / "registers")
    assert (folder / "city.toml").read_text(encoding="utf-8").splitlines()[:2] == [
        "# 城市名称 | name of the city",
        'name = "清城区"',
    ]


def test_an_empty_folder_becomes_a_city(tmp_path: Path) -> None:
    City.create(tmp_path, CONFIG)
    assert City.open(tmp_path).config.name == "清城区"


@pytest.mark.parametrize(
    ("name", "message"),
    [("holiday.jpg", "there is something else in this folder"), ("city.toml", "there is a city here already")],
)
def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(Refused) as caught:
        City.create(tmp_path, CONFIG)
    assert caught.value.message.en == message
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city").write_text("mine")
    with pytest.raises(Refused):
        City.create(tmp_path / "city", CONFIG)


def test_no_city_is_not_found_and_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        City.open(tmp_path)
    assert caught.value.mend.en == f"run guangcheng init {tmp_path} first"


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:2225", "EPSG:999999"])
def test_a_crs_that_is_not_in_metres_is_refused_before_anything_is_made(tmp_path: Path, crs: str) -> None:
    folder = tmp_path / "city"
    with pytest.raises(InputError) as caught:
        City.create(folder, CONFIG.model_copy(update={"crs": crs}))
    assert caught.value.where.field == "crs"
    assert not folder.exists()


@pytest.mark.parametrize("crs", ["EPSG:4526", "EPSG:4547", "EPSG:32635"])
def test_metric_zones_are_accepted(crs: str) -> None:
    check_crs(crs)


GOOD = 'name = "清城区"\narea_code = "441802"\ncrs = "EPSG:4526"\n'


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        (GOOD + 'colour = "red"', "unknown key “colour”", "colour"),
        (GOOD.replace("area_code", "areacode"), "the key “area_code” is missing; unknown key “areacode”", "area_code"),
        (
            GOOD + "as_of = 2018-13-01",
            "this is not valid TOML: Expected newline or end of document after a statement",
            None,
        ),
        (GOOD + 'as_of = "last year"', "the key “as_of” cannot be 'last year'", "as_of"),
        (GOOD + 'engine = "abacus"', "the key “engine” cannot be 'abacus'", "engine"),
        (GOOD.replace("EPSG:4526", "gauss"), "the key “crs” cannot be 'gauss'", "crs"),
        (GOOD.replace("441802", ""), "the key “area_code” cannot be ''", "area_code"),
        (GOOD + 'standards = "one"', "the key “standards” cannot be 'one'", "standards"),
        (GOOD + "[parameters]\nradius = 200", "the key “parameters.radius” cannot be 200", "parameters.radius"),
        (GOOD + "\nname = ", "this is not valid TOML", None),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, message: str, where: str | None) -> None:
    path = tmp_path / "city.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        City.open(tmp_path)
    assert caught.value.message.en.startswith(message)
    assert (caught.value.where.file, caught.value.where.field) == (str(path), where)


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text(GOOD + "standards = ?\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert caught.value.where.row == 4
    path.write_bytes("name = '清城'".encode("gb18030"))
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert caught.value.message.en == "the file is not UTF-8"


_words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_values = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | _words
configs = st.builds(
    CityConfig,
    name=_words,
    area_code=st.from_regex(r"\A\S{1,6}\Z"),
    crs=st.just(CRS),
    standards=st.lists(_words, max_size=3),
    as_of=st.none() | st.dates(),
    parameters=st.dictionaries(_words, st.dictionaries(_words, _values, max_size=3), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(config=configs)
def test_settings_survive_their_file(tmp_path_factory: pytest.TempPathFactory, config: CityConfig) -> None:
    path = tmp_path_factory.mktemp("city") / "city.toml"
    path.write_bytes(config_toml(config).encode())
    back = read_config(path)
    assert back == config
    kinds = [{name: type(value) for name, value in values.items()} for values in back.parameters.values()]
    assert kinds == [{name: type(value) for name, value in values.items()} for values in config.parameters.values()]


def test_settings_given_otherwise_are_checked_alike() -> None:
    assert CityConfig.checked(CONFIG.model_dump()) == CONFIG
    with pytest.raises(InputError) as caught:
        CityConfig.checked({"name": "", "area_code": "441802", "crs": CRS})
    assert caught.value.message.en.startswith("the key “name” cannot be ''")
    assert (caught.value.where.file, caught.value.where.field) == (None, "name")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        CONFIG.name = "other"  # type: ignore[misc]


def test_the_day_is_the_one_asked_for_then_the_citys_own(tmp_path: Path) -> None:
    dated = City(tmp_path, CONFIG.model_copy(update={"as_of": D1}))
    assert dated.as_of(None) == D1
    assert dated.as_of(D2) == D2
    with pytest.raises(UsageError) as caught:
        City(tmp_path, CONFIG).as_of(None)
    assert caught.value.where.field == "as_of"


def test_a_view_sees_each_register_as_of_its_day(tmp_path: Path) -> None:
    city = City.create(tmp_path, CONFIG)
    first = city.registers.commit("areas", areas(), as_of=D1).ref
    later = city.registers.commit("premises", premises(("p1", "441802101201")), as_of=D2).ref
    early, late = city.view(D1), city.view(D2)
    assert (dict(early.refs), dict(late.refs)) == ({"areas": first}, {"areas": first, "premises": later})
    assert (early.as_of, early.crs) == (D1, CRS)
    assert early.has("premises") is False
    assert early.table("premises").equals(schema("premises").empty())
    assert late.table("premises", ["x", "premises_id"]).to_pydict() == {"x": [38500000.0], "premises_id": ["p1"]}
    assert late.table("premises").equals(city.registers.read(later))


def test_a_view_reads_each_column_once_and_is_not_moved_by_later_imports(tmp_path: Path) -> None:
    city = City.create(tmp_path, CONFIG)
    ref = city.registers.commit("premises", premises(("p1", "1"), ("p2", "1")), as_of=D1).ref
    view = city.view(D1)
    one = view.table("premises", ["area_code", "kind"])
    city.registers.commit("premises", premises(("p3", "1")), as_of=D1)
    city.registers.path(ref).unlink()
    assert view.table("premises", ["kind"]).equals(one.select(["kind"]))
    with pytest.raises(NotFound):
        view.table("premises", ["x"])


@pytest.mark.parametrize("act", [lambda city: city.view(D1), lambda city: city.registers.latest("areas")])
def test_a_damaged_snapshot_stops_the_view(tmp_path: Path, act: Any) -> None:
    city = City.create(tmp_path, CONFIG)
    ref = city.registers.commit("areas", areas(), as_of=D1).ref
    city.registers.path(ref).write_bytes(b"PAR1")
    with pytest.raises(GuangchengError):
        act(city)


def test_tables_of_a_view_have_the_stored_types(tmp_path: Path) -> None:
    city = City.create(tmp_path, CONFIG)
    city.registers.commit("areas", areas(), as_of=D1)
    assert city.view(D1).table("areas", ["aliases", "code"]).schema == pa.schema(
        [("aliases", pa.list_(pa.string())), ("code", pa.string())]
    )
