"""Tiny cities for laws: every premises stands alone, so one access point reaches exactly one premises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from guangcheng.registers.view import RegisterView, view_of_tables
from tests.policy import build

AS_OF = date(2018, 12, 31)
APART_M = 5000
"""Distance between premises: five times the rural radius."""

Row = dict[str, Any]


@dataclass
class City:
    """Rows by register; ``place`` adds a premises and, by its state, the access point that makes it so."""

    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {"areas": [], "area_facts": [], "premises": [], "access_points": []}
    )

    def area(self, code: str, level: str, parent: str | None = None, **more: Any) -> str:
        self.rows["areas"].append({"code": code, "name": f"N{code}", "level": level, "parent": parent, **more})
        return code

    def households(self, code: str, count: int | None) -> None:
        row = {"area_code": code, "as_of": date(2017, 12, 31), "resident_households": count}
        self.rows["area_facts"].append(row)

    def place(self, area: str, state: int, kind: str = "settlement", **more: Any) -> str:
        number = len(self.rows["premises"])
        name, x = f"P{number:03d}", APART_M * number
        self.rows["premises"].append(
            {"premises_id": name, "kind": kind, "area_code": area, "zone": "rural", "x": x, "y": 0, **more}
        )
        if state != 0:
            self.reach(name, x, ports_free=4 if state == 1 else None)
        return name

    def reach(self, name: str, x: float, ports_free: int | None = 4) -> None:
        self.rows["access_points"].append(
            {
                "access_point_id": f"A{name}",
                "operator": "telecom",
                "capacity_mbps": 100,
                "x": x,
                "y": 0,
                "ports_free": ports_free,
            }
        )

    def village(self, code: str, parent: str, states: list[int], count: int | None = 30) -> str:
        """A natural village with one settlement per state."""
        self.area(code, "natural_village", parent)
        self.households(code, count)
        for state in states:
            self.place(code, state)
        return code

    def statistics(self, area: str, fibre: int, copper: int) -> None:
        rows = self.rows.setdefault("subscriber_stats", [])
        for technology, subscribers in (("fibre", fibre), ("copper", copper)):
            rows.append(
                {
                    "operator": "telecom",
                    "area_code": area,
                    "month": date(2018, 11, 30),
                    "technology": technology,
                    "subscribers": subscribers,
                }
            )

    def tables(self) -> dict[str, pa.Table]:
        return {register: build.table(register, rows) for register, rows in self.rows.items()}

    def view(self) -> RegisterView:
        return view_of_tables(self.tables(), as_of=AS_OF, crs=build.CRS)


def district(city: City, code: str = "441802") -> str:
    return city.area(code, "district")


def reordered(tables: Mapping[str, pa.Table], seed: int) -> dict[str, pa.Table]:
    """The same rows in another order."""
    import numpy as np

    draw = np.random.default_rng(seed)
    return {name: table.take(pa.array(draw.permutation(table.num_rows))) for name, table in tables.items()}


STATES = st.sampled_from((1, 1, 1, 0, -1))
HOUSEHOLDS = st.sampled_from((30, 30, 20, 19, None))
KINDS = st.sampled_from(("estate", "school", "market", "office_building", "other"))


@st.composite
def cities(draw: st.DrawFn) -> City:
    """A district with a town, a street and perhaps another unit, small enough to check by hand."""
    city = City()
    top = district(city)
    for town in range(draw(st.integers(1, 2))):
        _town(draw, city, city.area(f"{top}10{town}", "township", top, subtype="town"))
    street = city.area(f"{top}001", "township", top, subtype="street")
    community = city.area(f"{street}001", "community", street)
    for _ in range(draw(st.integers(0, 4))):
        city.place(community, draw(STATES), draw(KINDS), zone="urban")
    estate = city.place(community, draw(STATES), "estate", zone="urban")
    for _ in range(draw(st.integers(0, 2))):
        city.place(community, draw(STATES), "building", parent_premises=estate, zone="urban")
    if draw(st.booleans()):
        city.area(f"{top}401", "township", top, subtype="other")
    return city


def _town(draw: st.DrawFn, city: City, town: str) -> None:
    if draw(st.booleans()):
        city.statistics(town, draw(st.integers(0, 10)), draw(st.integers(0, 3)))
    for village in range(draw(st.integers(0, 3))):
        code = city.area(f"{town}20{village}", "admin_village", town)
        if draw(st.booleans()):
            city.place(code, draw(STATES))
        for natural in range(draw(st.integers(0, 3))):
            states = draw(st.lists(STATES, max_size=2))
            city.village(f"{code}{natural:02d}", code, states, draw(HOUSEHOLDS))
