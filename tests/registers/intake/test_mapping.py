"""Which header is which field; what a person settled; what is remembered."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from guangcheng.base.errors import InputError, NotFound, WrongFormat
from guangcheng.base.places import Datum
from guangcheng.base.units import Unit
from guangcheng.registers.mapfile import NO_MAP, MapFile, Sources, header_key, read_decisions, read_map, with_joins
from guangcheng.registers.mapping import ColumnMap, known_headers, map_columns
from guangcheng.registers.schema import Schema, schema, schemas
from tests.registers.intake.town import raw_table


def mapped(register: str, *headers: str, settled: MapFile | None = None) -> ColumnMap:
    table = raw_table((headers, ["x"] * len(headers)))
    return map_columns(table, schema(register), settled or MapFile())


def fields(found: ColumnMap) -> dict[str, int]:
    return {name: bound.column for name, bound in found.fields.items()}


@pytest.mark.parametrize("known", schemas().values(), ids=lambda known: known.register)
def test_no_two_fields_share_a_word(known: Schema) -> None:
    words: dict[str, set[str]] = {}
    for column in known.fields:
        for word in (column.name, column.title.zh, column.title.en, *column.aliases):
            words.setdefault(header_key(word), set()).add(column.name)
    assert {word: names for word, names in words.items() if len(names) > 1} == {}


@pytest.mark.parametrize("known", schemas().values(), ids=lambda known: known.register)
def test_names_titles_and_aliases_are_all_understood(known: Schema) -> None:
    """Each word alone, beside the required columns by name, is bound to its field."""
    if known.geometry == "line":
        return
    for column in known.fields:
        for word in (column.title.zh, column.title.en, *column.aliases, f"{column.title.zh}*"):
            others = [other.name for other in known.fields if other.required and other.name != column.name]
            found = mapped(known.register, word, *others)
            place = {at.column for at in found.areas}
            assert found.unmatched == ()
            assert found.fields[column.name].column == 0 if column.name in found.fields else 0 in place


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("户数", None),
        ("户 数", None),
        ("Households", None),
        ("户数（户）", Unit("household", Decimal(1))),
        ("户数(万户)", Unit("household", Decimal(10000))),
        ("户数（单位：万户）", Unit("household", Decimal(10000))),
        ("规模/户数", None),
        ("户数*", None),
    ],
)
def test_the_unit_in_the_header(header: str, unit: Unit | None) -> None:
    found = mapped("premises", "id", "类型", "村", header)
    assert found.fields["households"].column == 3
    assert found.fields["households"].unit == unit


def test_the_unit_of_the_whole_sheet() -> None:
    rows = (("运营商", "区域", "月份", "光纤用户数", "铜缆用户数(户)"), ["x"] * 5)
    found = map_columns(raw_table(rows, unit="万户"), schema("subscriber_stats"))
    assert [wide.unit for wide in found.wide] == [Unit("household", Decimal(10000)), Unit("household", Decimal(1))]
    pon = map_columns(
        raw_table((("运营商", "区域", "月份", "端口总数", "10G端口", "千兆覆盖户数"), ["x"] * 6), unit="万"),
        schema("pon_ports"),
    )
    units = {name: bound.unit for name, bound in pon.fields.items()}
    assert units["ports_total"] is None
    assert units["households_gigabit"] == Unit(None, Decimal(10000))


def test_what_stands_in_brackets_may_make_another_column() -> None:
    found = mapped("premises", "小区编号", "小区编号（上级）", "类型", "村", "小区编号（旧）")
    assert fields(found) == {"premises_id": 0, "parent_premises": 1, "kind": 2}
    assert found.unmatched == (4,)


@pytest.mark.parametrize(
    ("header", "order", "datum"),
    [
        ("经纬度", "lonlat", None),
        ("坐标", "lonlat", None),
        ("坐标（经度,纬度）", "lonlat", None),
        ("纬经度", "latlon", None),
        ("lat,lng", "latlon", None),
        ("经纬度（百度）", "lonlat", Datum.BD09),
        ("经纬度(GCJ-02)", "lonlat", Datum.GCJ02),
    ],
)
def test_merged_coordinates(header: str, order: str, datum: Datum | None) -> None:
    found = mapped("premises", "id", "类型", "村", header)
    assert found.pair is not None
    assert (found.pair.column, found.pair.order, found.header_datum) == (3, order, datum)


def test_the_datum_in_the_header_of_two_columns() -> None:
    found = mapped("premises", "id", "类型", "村", "经度(高德)", "纬度(高德)", "坐标系")
    assert (found.fields["lon"].column, found.fields["lat"].column) == (3, 4)
    assert found.header_datum is Datum.GCJ02
    assert found.datum_column == 5


def test_columns_of_areas_stand_side_by_side() -> None:
    found = mapped("premises", "id", "类型", "区县", "所属街镇", "村", "社区")
    assert [(area.column, area.fine) for area in found.areas] == [
        (4, "village"),
        (5, "village"),
        (3, "township"),
        (2, "district"),
    ]


def test_areas_take_their_parent_from_such_columns() -> None:
    found = mapped("areas", "代码", "自然村名称", "层级", "镇", "行政村")
    assert fields(found) == {"code": 0, "name": 1, "level": 2}
    assert [(area.column, area.fine) for area in found.areas] == [(4, "village"), (3, "township")]


def test_one_row_per_wide_column() -> None:
    found = mapped(
        "subscriber_stats",
        "运营商",
        "区域",
        "月份",
        "用户数(万户)/光纤",
        "铜缆用户数",
        "用户数/光纤/100-500M",
        "用户数/合计",
    )
    assert [(wide.column, wide.unit, dict(wide.codes)) for wide in found.wide] == [
        (3, Unit("household", Decimal(10000)), {"technology": "fibre"}),
        (4, None, {"technology": "copper"}),
        (5, None, {"technology": "fibre", "tier": "100-500"}),
    ]
    assert found.wide_total is not None
    assert found.wide_total.column == 6


def test_a_column_cannot_be_two_codes_of_one_dimension() -> None:
    found = mapped("subscriber_stats", "运营商", "区域", "月份", "光纤用户数", "用户数/光纤/铜缆")
    assert [wide.column for wide in found.wide] == [3]


def test_a_dimension_cannot_be_a_column_and_spread() -> None:
    with pytest.raises(InputError, match="R-102"):
        mapped("subscriber_stats", "运营商", "区域", "月份", "用户类型", "光纤用户数")


def test_columns_of_identity_are_set_aside() -> None:
    headers = ("身份证号", "用户姓名", "联系电话", "手机号码", "户主", "宽带账号", "phone number", "mobile_no", "IMSI")
    found = mapped("premises", "id", "类型", "村", *headers)
    assert found.identity == tuple(range(3, 3 + len(headers)))
    assert {fault.rule for fault in found.faults} == {"R-104"}
    assert len(found.faults) == len(headers)


def test_unknown_headers_are_told_with_the_nearest_field() -> None:
    found = mapped("premises", "id", "类型", "村", "楼层数", "序号")
    assert found.unmatched == (3,)
    assert "可能是“层数”" in found.faults[0].mend.zh


def test_quarantine_columns_are_passed_over() -> None:
    found = mapped("premises", "id", "类型", "村", "来源文件", "来源行", "规则", "原因", "怎么改")
    assert found.unmatched == ()
    assert fields(found) == {"premises_id": 0, "kind": 1}


def test_headers_for_the_reader_are_the_words_we_bind() -> None:
    words = known_headers(schema("premises"))
    assert {"驻地编号", "经纬度", "街镇", "户数", "premises_id"} <= words


# --- what a person settled ---------------------------------------------------------------------------------------


def test_a_map_file(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        '"组团" = "area_code"\n"名 称" = "ignore"\nkind = {constant = "小区"}\n'
        '"规模" = {field = "households", unit = "万户"}\n',
        encoding="utf-8",
    )
    settled = read_map(path, schema("premises"))
    found = mapped("premises", "id", "组团", "名称", "规模", settled=settled)
    assert fields(found) == {"premises_id": 0, "households": 3}
    assert found.fields["households"].unit == Unit("household", Decimal(10000))
    assert [area.column for area in found.areas] == [1]
    assert found.constants == {"kind": "小区"}
    assert found.unmatched == ()
    yaml = tmp_path / "map.yaml"
    yaml.write_text(
        "组团: area_code\n名称: ignore\nkind: {constant: 小区}\n规模: {field: households, unit: 万户}\n",
        encoding="utf-8",
    )
    assert read_map(yaml, schema("premises")) == settled


def test_a_constant_takes_the_place_of_its_column() -> None:
    found = mapped("areas", "代码", "名称", "level", "级别", settled=MapFile(constants={"level": "township"}))
    assert fields(found) == {"code": 0, "name": 1}
    assert found.unmatched == ()


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("a.toml", '"x" = "no_such_field"', InputError),
        ("a.toml", '"x" = 3', InputError),
        ("a.toml", 'nothing = {constant = "x"}', InputError),
        ("a.toml", "x = {", WrongFormat),
        ("a.yaml", "a: [1", WrongFormat),
        ("a.yaml", "- 1\n- 2\n", WrongFormat),
        ("a.yaml", b"\xff\xfe\x00", WrongFormat),
    ],
)
def test_a_map_file_that_cannot_be_used(name: str, text: str | bytes, error: type[InputError], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(error) as caught:
        read_map(path, schema("areas"))
    assert caught.value.where.file == name


def test_no_map_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_map(tmp_path / "none.toml", schema("areas"))


def test_sources_remember_a_map_by_its_headers(tmp_path: Path) -> None:
    memory = Sources(tmp_path / "_sources")
    settled = MapFile({"组团": "area_code", "规模": "households"}, {"规模": "万户"}, {"kind": "小区"})
    memory.remember(schema("premises"), ["ID", "组团", "规模"], settled)
    assert memory.recall(schema("premises"), ["规模", "组 团", "id"]) == settled
    assert not memory.recall(schema("premises"), ["规模", "组团"])
    assert not memory.recall(schema("areas"), ["ID", "组团", "规模"])
    (file,) = (tmp_path / "_sources").iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["headers"] == ["id", "组团", "规模"]


def test_decisions(tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text('"源潭镇/东风": "441802103001"\n东 风社区: 441802006002\n', encoding="utf-8")
    decided = read_decisions(path)
    assert decided == {"源潭镇/东风": "441802103001", "东风社区": "441802006002"}
    memory = Sources(tmp_path / "_sources")
    memory.remember_decisions(decided)
    memory.remember_decisions({"东风社区": "441802103001"})
    assert memory.decisions() == {"源潭镇/东风": "441802103001", "东风社区": "441802103001"}
    path.write_text("东风社区: [1]\n", encoding="utf-8")
    with pytest.raises(InputError, match="area code should follow"):
        read_decisions(path)


def test_a_key_that_stands_in_several_columns(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('premises_id = {join = ["小区号", "楼号"]}\n', encoding="utf-8")
    settled = read_map(path, schema("premises"))
    raw = raw_table((("小区号", "楼号", "类型"), (7, " 2 ", "楼栋"), (7, "", "楼栋")))
    joined = with_joins(raw, settled)
    assert [column.header for column in joined.columns] == ["小区号", "楼号", "类型", "premises_id"]
    assert (joined.columns[3].label, joined.columns[3].cells) == ("A+B", ["7-2", None])
    assert with_joins(raw, NO_MAP) is raw
    sources = Sources(tmp_path / "_sources")
    sources.remember(schema("premises"), ["小区号", "楼号"], settled)
    assert sources.recall(schema("premises"), ["楼号", "小区号"]) == settled
    with pytest.raises(InputError) as caught:
        with_joins(raw_table((("小区号", "类型"), (7, "楼栋"))), settled)
    assert "“楼号”（R-106）" in caught.value.message.zh
