"""The canonical form and its hash: what says the same has the same name, whatever file it came in."""

import csv
import hashlib
import json
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.registers.canonical import canonical, content_hash, rounded
from guangcheng.registers.schema import schema, schemas
from tests.registers.samples import area_rows, areas, premises, premises_rows, table


def test_the_hash_is_what_the_docstring_says() -> None:
    """Written out by hand, so that no library upgrade changes every hash unnoticed."""
    given_ = table(
        "streets",
        [
            {"edge_id": "2", "name": "环城路", "length_m": 1.5},
            {"edge_id": "1", "name": " ", "length_m": float("nan")},
        ],
    )
    header = {"format": "guangcheng-content-1", "register": "streets", "rows": 2, "schema": 1}

    def number(value: int) -> bytes:
        return value.to_bytes(8, "little")

    said = b"".join(
        [
            json.dumps(header).encode(),
            b"\nedge_id:string:0\n\x01\x01" + number(1) + number(1) + b"12",
            b"\nname:string:1\n\x00\x01" + number(0) + number(9) + "环城路".encode(),
            b"\nhighway:string:2\n",
            b"\nfrom_node:string:2\n",
            b"\nto_node:string:2\n",
            b"\nlength_m:double:1\n\x00\x01" + number(0) + bytes.fromhex("000000000000f83f"),
            b"\ngeometry:binary:2\n",
        ]
    )
    assert content_hash("streets", given_) == hashlib.sha256(said).hexdigest()


@settings(max_examples=60, deadline=None)
@given(rows=premises_rows, data=st.data())
def test_order_of_rows_and_columns_does_not_matter(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    one = table("premises", rows)
    other = table("premises", data.draw(st.permutations(rows)))
    other = other.select(data.draw(st.permutations(other.schema.names)))
    assert content_hash("premises", other) == content_hash("premises", one)


@settings(max_examples=60, deadline=None)
@given(rows=premises_rows)
def test_canonical_twice_is_canonical_once(rows: list[dict[str, Any]]) -> None:
    once = canonical("premises", table("premises", rows))
    assert canonical("premises", once).equals(once)
    assert once.schema == schema("premises").arrow
    assert once["premises_id"].to_pylist() == sorted(once["premises_id"].to_pylist(), key=str.encode)


@settings(max_examples=40, deadline=None)
@given(rows=area_rows)
def test_lists_have_a_canonical_form_too(rows: list[dict[str, Any]]) -> None:
    once = canonical("areas", table("areas", rows))
    assert canonical("areas", once).equals(once)
    kept = {row["code"]: row.get("aliases") or [] for row in rows}
    expected = [
        [text for item in kept[code] if (text := unicodedata.normalize("NFC", item).strip())] or None
        for code in once["code"].to_pylist()
    ]
    assert once["aliases"].to_pylist() == expected


CHANGES: dict[str, Any] = {
    "name": "甲小区",
    "kind": "estate",
    "area_code": "441802101202",
    "parent_premises": "p0",
    "address": "一号",
    "zone": "rural",
    "main_settlement": True,
    "lon": 113.000000002,
    "lat": 23.000000002,
    "households": 11,
    "buildings_count": 2,
    "floors": 7,
    "residential": False,
    "completed_on": date(2018, 6, 30),
    "ftth_at_completion": True,
    "in_service_from": date(2018, 7, 1),
    "in_service_to": date(2019, 7, 1),
    "ownership": "public_body",
    "note": "x",
    "x": 38500000.002,
    "y": 2600000.002,
    "premises_id": "p9",
}
PLAIN = {"premises_id": "p1", "kind": "building", "area_code": "441802101201", "households": 10}
PLAIN |= {"x": 38500000.001, "y": 2600000.001, "lon": 113.000000001, "lat": 23.000000001, "residential": True}


def test_every_column_can_change_the_hash() -> None:
    assert set(CHANGES) == set(schema("premises").arrow.names) - {"geometry"}
    hashes = {content_hash("premises", table("premises", [PLAIN]))}
    hashes |= {content_hash("premises", table("premises", [PLAIN | {name: CHANGES[name]}])) for name in CHANGES}
    hashes |= {
        content_hash("premises", table("premises", [{**PLAIN, name: None}])) for name in ("x", "lon", "residential")
    }
    assert len(hashes) == len(CHANGES) + 4


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("name", "\u00e9", "e\u0301"),
        ("name", "源潭", " 源潭\u3000"),
        ("name", None, ""),
        ("name", None, " \u3000"),
        ("x", 0.0, -0.0),
        ("x", None, float("nan")),
        ("x", 38500000.001, 38500000.0012),
        ("lon", 113.0000000011, 113.0000000012),
    ],
)
def test_what_says_the_same_has_the_same_hash(name: str, one: object, other: object) -> None:
    hashes = {content_hash("premises", table("premises", [{**PLAIN, name: value}])) for value in (one, other)}
    assert len(hashes) == 1


def test_neighbouring_texts_are_not_mixed_up() -> None:
    rows = [{"edge_id": "1", "from_node": "ab", "to_node": "c"}, {"edge_id": "1", "from_node": "a", "to_node": "bc"}]
    lists = [
        {"code": "1", "aliases": ["ab", "c"]},
        {"code": "1", "aliases": ["a", "bc"]},
        {"code": "1", "aliases": ["abc"]},
    ]
    order = [{"code": "1", "aliases": ["c", "ab"]}]
    assert len({content_hash("streets", table("streets", [row])) for row in rows}) == 2
    assert len({content_hash("areas", table("areas", [row])) for row in lists + order}) == 4


def test_empty_registers_of_different_kind_differ() -> None:
    assert len({content_hash(name, schema(name).empty()) for name in schemas()}) == len(schemas())


def test_csv_and_xlsx_with_the_same_cells_have_the_same_hash(tmp_path: Path) -> None:
    header = ["premises_id", "kind", "area_code", "lon", "households"]
    rows: list[list[Any]] = [["p2", "school", "1", 113.05, 7], ["p1", "building", "1", 23.1, None]]
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "p.xlsx")
    with (tmp_path / "p.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *reversed(rows)])

    sheet = list(openpyxl.load_workbook(tmp_path / "p.xlsx").worksheets[0].values)
    from_xlsx = [dict(zip(header, row, strict=True)) for row in sheet[1:]]
    from_csv: list[dict[str, Any]] = list(csv.DictReader((tmp_path / "p.csv").read_text().splitlines()))
    for told in from_csv:
        told |= {"lon": float(told["lon"]), "households": int(told["households"]) if told["households"] else None}
    assert content_hash("premises", table("premises", from_csv)) == content_hash(
        "premises", table("premises", from_xlsx)
    )


def test_chunks_slices_and_dictionaries_do_not_matter() -> None:
    whole = premises(("p1", "1"), ("p2", "1"), ("p3", "2"))
    padded = pa.concat_tables([premises(("p0", "9")), whole.slice(0, 1), whole.slice(1)]).slice(1)
    coded = whole.set_column(1, "kind", whole["kind"].dictionary_encode())
    expected = content_hash("premises", whole)
    assert content_hash("premises", padded) == expected
    assert content_hash("premises", coded.select(["kind", "premises_id", "area_code", "x", "y"])) == expected


def test_a_point_is_made_from_its_metres() -> None:
    made = canonical("premises", premises(("p1", "1"), x=1.00049, y=-0.0))
    assert shapely.from_wkb(made["geometry"][0].as_py()) == shapely.Point(1.0, 0.0)
    assert canonical("premises", premises(("p1", "1"), y=None))["geometry"].to_pylist() == [None]


def test_lines_are_rounded_to_the_millimetre_and_hashed() -> None:
    def street(*points: tuple[float, ...]) -> pa.Table:
        line = shapely.LineString(points)
        return table("streets", [{"edge_id": "1", "geometry": line.wkb}, {"edge_id": "2", "geometry": None}])

    near = canonical("streets", street((0.0001, -0.0001), (10.0004, 5)))
    assert shapely.from_wkb(near["geometry"][0].as_py()).wkt == "LINESTRING (0 0, 10 5)"
    assert content_hash("streets", near) == content_hash("streets", street((0, 0), (10, 5)))
    assert content_hash("streets", near) == content_hash("streets", street((0, 0, 7), (10, 5, 7)))
    assert content_hash("streets", near) != content_hash("streets", street((0, 0), (10.001, 5)))
    with pytest.raises(InputError) as caught:
        canonical("streets", table("streets", [{"edge_id": "1", "geometry": b"\x01nonsense"}]))
    assert caught.value.where.field == "geometry"


@given(value=st.floats(allow_nan=False, allow_infinity=False), digits=st.sampled_from([3, 9]))
def test_rounding_is_stable_and_near(value: float, digits: int) -> None:
    once = rounded(np.array([value]), digits)
    assert rounded(once, digits).tobytes() == once.tobytes()
    assert abs(once[0] - value) <= 0.5000001 * 10.0**-digits + abs(value) * 2**-51


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"code": "1"}, {"code": " 1 "}, {"code": "2"}], "1 keys occur more than once, such as 1"),
        ([{"code": None}, {"code": ""}], "1 keys occur more than once, such as None"),
    ],
)
def test_double_keys_are_refused(rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InputError) as caught:
        canonical("areas", table("areas", rows))
    assert caught.value.message.en == message


def test_keys_of_several_columns_may_share_parts_and_have_gaps() -> None:
    rows = [
        {"indicator_id": "i", "area_code": "a", "as_of": date(2018, 1, day), "operator": operator, "value": 1.0}
        for day in (2, 1)
        for operator in ("telecom", None)
    ]
    made = canonical("indicator_values", table("indicator_values", rows))
    assert list(zip(made["as_of"].to_pylist(), made["operator"].to_pylist(), strict=True)) == [
        (date(2018, 1, 1), "telecom"),
        (date(2018, 1, 1), None),
        (date(2018, 1, 2), "telecom"),
        (date(2018, 1, 2), None),
    ]
    with pytest.raises(InputError):
        canonical("indicator_values", table("indicator_values", [*rows, rows[1]]))


def test_unknown_columns_and_wrong_types_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        canonical("areas", areas().append_column("mayor", pa.nulls(areas().num_rows, pa.string())))
    assert caught.value.message.en == "the register has no such columns: mayor"
    with pytest.raises(InputError) as caught:
        canonical("premises", pa.table({"premises_id": ["1"], "households": ["many"]}))
    assert caught.value.where.field == "households"
