"""Small registers the snapshot tests share: a district, two towns, four villages."""

from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from guangcheng.registers.schema import schema

CRS = "EPSG:4526"
"""CGCS2000 / 3-degree Gauss-Krüger zone 38, where 清城区 lies."""

AREAS: list[dict[str, Any]] = [
    {"code": "441802", "name": "清城区", "level": "district"},
    {"code": "441802101", "name": "源潭镇", "level": "township", "subtype": "town", "parent": "441802"},
    {"code": "441802102", "name": "龙塘镇", "level": "township", "subtype": "town", "parent": "441802"},
    {
        "code": "441802101201",
        "name": "甲村",
        "level": "admin_village",
        "parent": "441802101",
        "aliases": ["甲", "大甲"],
    },
    {"code": "441802101202", "name": "乙村", "level": "admin_village", "parent": "441802101"},
    {"code": "441802102201", "name": "丙村", "level": "admin_village", "parent": "441802102"},
    {"code": "441802101201-1", "name": "甲一", "level": "natural_village", "parent": "441802101201"},
]

VILLAGES = ["441802101201", "441802101202", "441802102201", "441802101201-1"]


def table(register: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a table with the columns they name, in the schema's types."""
    names = {name for row in rows for name in row}
    stored = schema(register).arrow
    return pa.Table.from_pylist(rows, pa.schema([field for field in stored if field.name in names or not rows]))


def areas() -> pa.Table:
    """The areas register above."""
    return table("areas", AREAS)


def premises(*rows: tuple[str, str], **values: Any) -> pa.Table:
    """Premises from ``(id, area)`` pairs, with the same further ``values`` in each."""
    told: dict[str, Any] = {"kind": "building", "x": 38500000.0, "y": 2600000.0} | values
    return table("premises", [{"premises_id": id_, "area_code": area, **told} for id_, area in rows])


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_metres = st.floats(-4e7, 4e7)

premises_rows = st.lists(
    st.fixed_dictionaries(
        {
            "premises_id": st.text("ab中0", min_size=1, max_size=3),
            "kind": st.sampled_from(["building", "school"]),
            "area_code": st.sampled_from(VILLAGES),
        },
        optional={
            "name": st.none() | _text,
            "main_settlement": st.none() | st.booleans(),
            "lon": st.none() | st.floats(-180, 180),
            "lat": st.none() | st.floats(-90, 90),
            "households": st.none() | st.integers(0, 10_000),
            "completed_on": st.none() | st.dates(),
            "x": st.none() | _metres,
            "y": st.none() | _metres,
        },
    ),
    max_size=8,
    unique_by=lambda row: row["premises_id"],
)
"""Any premises: gaps, odd Unicode, negative zeros, keys in any order."""

area_rows = st.lists(
    st.fixed_dictionaries(
        {"code": st.text("0123456789", min_size=1, max_size=4), "name": _text, "level": st.just("community")},
        optional={"aliases": st.none() | st.lists(_text, max_size=3), "parent": st.none() | st.just("1")},
    ),
    max_size=8,
    unique_by=lambda row: str(row["code"]),
)
"""Any areas: the register with a list column."""
