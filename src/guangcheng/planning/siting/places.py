"""Candidates and demand of a city: street nodes, estates and other premises, structures that stand; premises, cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.coverage.conditions import numbers_of
from guangcheng.coverage.tree import in_force
from guangcheng.planning.siting.costs import Prices
from guangcheng.planning.siting.model import Bools, Candidates, Floats
from guangcheng.registers.schema import schema
from guangcheng.registers.view import RegisterView

__all__ = ["Cells", "candidates_of", "nearest_row", "street_nodes", "with_cells"]

_CELL = "cell:"
_STREET = "street:"


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Population cells: metres of the city's CRS and people."""

    ids: tuple[str, ...]
    x: Floats
    y: Floats
    people: Floats

    def __len__(self) -> int:
        return len(self.ids)


def street_nodes(view: RegisterView) -> tuple[list[str], Floats, Floats]:
    """Ends of the streets, each once, in the order of their names; a node without a name is its place to the metre."""
    import shapely

    table = view.table("streets", ("from_node", "to_node", "geometry")).to_pylist()
    lines = shapely.from_wkb([row["geometry"] for row in table])
    found: dict[str, tuple[float, float]] = {}
    for row, line in zip(table, lines, strict=True):
        if line is None or line.is_empty:
            continue
        ends = shapely.get_coordinates(line)
        for name, (x, y) in ((row["from_node"], ends[0]), (row["to_node"], ends[-1])):
            found.setdefault(str(name or f"{x:.0f},{y:.0f}"), (float(x), float(y)))
    names = sorted(found)
    places = np.array([found[name] for name in names], dtype=np.float64).reshape(-1, 2)
    return [f"{_STREET}{name}" for name in names], places[:, 0], places[:, 1]


def candidates_of(view: RegisterView, prices: Prices) -> Candidates:
    """Every place the prices name, with its price: streets, then premises by id, then structures by id.

    A building that belongs to an estate is none (the estate is); what is without a place or out of use is none.
    """
    ids, places, xs, ys = [], [], [], []

    def take(name: str, place: str, x: float, y: float) -> None:
        if place in prices.by_place and np.isfinite(x) and np.isfinite(y):
            ids.append(name)
            places.append(place)
            xs.append(x)
            ys.append(y)

    if "street" in prices.by_place and view.has("streets"):
        for name, x, y in zip(*street_nodes(view), strict=True):
            take(name, "street", float(x), float(y))
    for row in _rows(view, "premises", ("premises_id", "kind", "parent_premises")):
        if row["kind"] != "building" or row["parent_premises"] is None:
            take(row["premises_id"], "estate" if row["kind"] == "estate" else "premises", row["x"], row["y"])
    for row in _rows(view, "wireless_sites", ("site_id", "structure")):
        if row["structure"] != "indoor":
            take(row["site_id"], row["structure"] or "other", row["x"], row["y"])
    priced = [prices.by_place[place] for place in places]
    return Candidates(
        ids=tuple(ids),
        place=tuple(places),
        x=np.array(xs, dtype=np.float64),
        y=np.array(ys, dtype=np.float64),
        cost=np.array([price.cost for price in priced], dtype=np.float64),
        capacity=np.array([price.capacity or np.inf for price in priced], dtype=np.float64),
    )


def _rows(view: RegisterView, register: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    table = view.table(register, (*columns, "x", "y", "in_service_from", "in_service_to"))
    table = table.filter(in_force(table, "in_service_from", "in_service_to", view.as_of)).sort_by(columns[0])
    return [row for row in table.to_pylist() if row["x"] is not None and row["y"] is not None]


def nearest_row(x: Floats, y: Floats, px: Floats, py: Floats, usable: Bools) -> np.ndarray[Any, Any]:
    """For each (x, y) the row of the nearest usable (px, py), −1 where none is; equally near: the lower row."""
    rows = np.flatnonzero(usable & np.isfinite(px) & np.isfinite(py))
    out = np.full(x.size, -1, dtype=np.int64)
    if not rows.size:
        return out
    for at in range(0, x.size, 512):
        part = slice(at, at + 512)
        apart = (x[part, None] - px[rows]) ** 2 + (y[part, None] - py[rows]) ** 2
        out[part] = rows[np.argmin(apart, axis=1)]
    return out


def with_cells(view: RegisterView, cells: Cells) -> RegisterView:
    """The view with the cells as settlements among the premises, so that reach is judged for them as for any place.

    A cell takes the area and the zone of the nearest premises that has them.
    """
    table = view.table("premises")
    x, y = numbers_of(table["x"]), numbers_of(table["y"])
    codes, zones = table["area_code"].to_pylist(), table["zone"].to_pylist()
    near = nearest_row(cells.x, cells.y, x, y, np.array([code is not None for code in codes], dtype=bool))
    rows = [
        {
            "premises_id": f"{_CELL}{name}",
            "kind": "settlement",
            "area_code": codes[row] if row >= 0 else None,
            "zone": zones[row] if row >= 0 else None,
            "x": float(cx),
            "y": float(cy),
        }
        for name, cx, cy, row in zip(cells.ids, cells.x, cells.y, near.tolist(), strict=True)
    ]
    both = pa.concat_tables([table, pa.Table.from_pylist(rows, schema=schema("premises").arrow)])
    held = view.load

    def load(ref: Any, columns: Sequence[str] | None) -> pa.Table:
        if ref.register != "premises":
            return held(ref, columns)
        return both if columns is None else both.select(list(columns))

    return RegisterView(as_of=view.as_of, crs=view.crs, refs=view.refs, load=load)
