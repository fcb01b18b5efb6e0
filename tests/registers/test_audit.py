"""The rules of an import over what is already there (RULES: registers/rules.csv)."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from guangcheng.registers.audit import audit
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.schema import schema

DAY = date(2018, 6, 30)
AREAS: list[dict[str, object]] = [
    {"code": "990000", "name": "试验区", "level": "district"},
    {"code": "990000100", "name": "甲镇", "level": "township", "subtype": "town", "parent": "990000"},
    {"code": "990000100201", "name": "一村", "level": "admin_village", "parent": "990000100"},
]
POINTS: list[dict[str, object]] = [
    {"access_point_id": "A1", "operator": "telecom", "area_code": "990000100201", "ports_total": 8, "ports_free": 8}
]


def table(register: str, rows: list[dict[str, object]]) -> pa.Table:
    wanted = schema(register).arrow
    return pa.Table.from_pylist([{name: row.get(name) for name in wanted.names} for row in rows], schema=wanted)


def city(folder: Path) -> City:
    made = City.create(folder, CityConfig(name="试验区", area_code="990000", crs="EPSG:4547"))
    made.registers.commit("areas", table("areas", AREAS), as_of=DAY)
    made.registers.commit("access_points", table("access_points", POINTS), as_of=DAY)
    return made


def found(made: City) -> dict[str, list[tuple[str, str]]]:
    audits = audit(made.view(DAY), top=made.config.area_code)
    return {one.register: [(fault.rule, str(fault.where.field)) for fault in one.faults] for one in audits}


def test_a_sound_city_has_nothing_to_mend(tmp_path: Path) -> None:
    assert found(city(tmp_path / "c")) == {"areas": [], "access_points": []}


def test_what_was_right_when_imported_is_found_when_it_becomes_wrong(tmp_path: Path) -> None:
    made = city(tmp_path / "c")
    made.registers.commit("areas", table("areas", AREAS[:2]), as_of=DAY)
    assert found(made) == {"areas": [], "access_points": [("R-133", "access_point_id=A1")]}


def test_impossible_numbers_that_came_in_another_way_are_found(tmp_path: Path) -> None:
    made = city(tmp_path / "c")
    made.registers.commit("access_points", table("access_points", [{**POINTS[0], "ports_free": 9}]), as_of=DAY)
    rules = [rule for rule, _ in found(made)["access_points"]]
    assert len(rules) == 1
    assert rules[0] != "R-190"


def test_the_tables_are_left_as_they_were(tmp_path: Path) -> None:
    made = city(tmp_path / "c")
    before = made.registers.latest("access_points")
    audit(made.view(DAY), top=made.config.area_code)
    assert made.registers.latest("access_points") == before
