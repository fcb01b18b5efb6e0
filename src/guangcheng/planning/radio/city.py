"""Key places of a city: who reaches them, by the registers of places and tests; tests first, prediction beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcheng.coverage.tree import in_force
from guangcheng.planning.radio.budget import Threshold
from guangcheng.planning.radio.network import GENERATIONS, Network, placed
from guangcheng.planning.radio.parameters import Parameters
from guangcheng.planning.radio.places import Measured, Point, Predicted, Reached, place_reach
from guangcheng.planning.radio.ranges import Floats
from guangcheng.planning.radio.raster import Cell, Indoors, Profile, chance_at, levels_at
from guangcheng.registers.radio_files import KeyPoint
from guangcheng.registers.view import RegisterView

__all__ = ["PlaceReach", "chances", "places_reached", "predict"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceReach:
    """One key place for one operator."""

    place_id: str
    name: str
    operator: str
    line: bool
    reach: Reached


def chances(
    cells: Sequence[Cell], profiles: Sequence[Profile], x: Floats, y: Floats, threshold: Threshold, inside: Indoors
) -> tuple[Floats, Floats]:
    """Every cell (rows) at every point (columns): mean level outdoors and how likely the threshold is met indoors.

    NaN and 0 where the point is beyond (or too near for) the model of the cell.
    """
    levels = levels_at(cells, profiles, x, y)
    sure = np.zeros(levels.shape)
    for row in range(len(cells)):
        known = np.flatnonzero(np.isfinite(levels[row]))
        if known.size:
            server = np.full(known.size, row, dtype=np.int32)
            sure[row, known] = chance_at(
                levels[row, known], server, (x[known], y[known]), cells, profiles, threshold, inside
            )
    return levels, sure


def predict(network: Network, points: Sequence[KeyPoint], parameters: Parameters) -> dict[tuple[str, str], Predicted]:
    """The strongest level at every point and the best chance of any cell, by (place, point).

    The chance is that of the cell most likely to suffice, so that more cells never lower it. Beyond the model's range
    of all cells the level is −∞ and the chance 0; a point too near to a mast for the model, and seen by no other, has
    none.
    """
    found: dict[tuple[str, str], Predicted] = {}
    operator = network.operator
    kinds: dict[Indoors, list[KeyPoint]] = {}
    for point in points:
        inside = parameters.indoors(operator, point.inside_m) if point.indoor else Indoors()
        kinds.setdefault(inside, []).append(point)
    for inside, mine in kinds.items():
        x, y = (np.array([getattr(point, axis) for point in mine], dtype=np.float64) for axis in ("x", "y"))
        levels, sure = chances(network.cells, network.profiles, x, y, parameters.threshold(operator), inside)
        best = np.where(np.isnan(levels), -np.inf, levels).max(axis=0, initial=-np.inf)
        chance = sure.max(axis=0, initial=0.0)
        near = _too_near(network, x, y)
        for k, point in enumerate(mine):
            if np.isfinite(best[k]) or not near[k]:
                found[point.place_id, point.point_id] = Predicted(float(best[k] - inside.loss_db), float(chance[k]))
    return found


def _too_near(network: Network, x: Floats, y: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    near = np.zeros(x.size, dtype=bool)
    for cell in network.cells:
        near |= np.hypot(x - cell.x, y - cell.y) < network.profiles[cell.profile].reach_m[0]
    return near


def places_reached(
    view: RegisterView,
    networks: Mapping[str, Network],
    parameters: Parameters,
    *,
    points: Sequence[KeyPoint] = (),
    generations: Sequence[str] = GENERATIONS,
) -> list[PlaceReach]:
    """Reach of every listed key place by every operator that has cells or tests, places in order of their ids.

    ``points`` are the key points of places (a place with lengths is a line); a place without any is the one point the
    register has. The latest test of the operator at the place (by day, then id) decides all its points; without one
    the prediction does; a place without coordinates and tests is not known.
    """
    tests = _tests(view, generations)
    places = _places(view)
    own: dict[str, list[KeyPoint]] = {}
    for point in points:
        own.setdefault(point.place_id, []).append(point)
    at = {place["place_id"]: own.get(place["place_id"]) or _register_point(place) for place in places}
    placed = [point for mine in at.values() for point in mine]
    found: list[PlaceReach] = []
    for operator in sorted({*networks, *(operator for _, operator in tests)}):
        predicted = predict(networks[operator], placed, parameters) if operator in networks else {}
        for place in places:
            key, mine = place["place_id"], at[place["place_id"]]
            found.append(_place(place, mine, operator, tests.get((key, operator)), predicted, parameters))
    return sorted(found, key=lambda item: (item.place_id, item.operator))


def _place(
    place: Row,
    mine: Sequence[KeyPoint],
    operator: str,
    test: Measured | None,
    predicted: Mapping[tuple[str, str], Predicted],
    parameters: Parameters,
) -> PlaceReach:
    key = place["place_id"]
    line = bool(mine) and all(point.length_m > 0 for point in mine)
    points = [Point(item.point_id, item.length_m, operator in item.indoor_systems) for item in mine] or [Point(key)]
    reach = place_reach(
        points,
        {point.point_id: test for point in points} if test else {},
        {point.point_id: predicted[key, point.point_id] for point in points if (key, point.point_id) in predicted},
        line=line,
        line_percent=parameters.number("line_percent", operator),
        reliability=parameters.reliability(operator),
    )
    return PlaceReach(key, place["name"], operator, line, reach)


def _register_point(place: Row) -> list[KeyPoint]:
    if not placed(place):
        return []
    return [KeyPoint(place["place_id"], place["place_id"], place["x"], place["y"])]


def _places(view: RegisterView) -> list[Row]:
    columns = ("place_id", "name", "x", "y", "listed_from", "listed_to")
    table = view.table("key_places", columns)
    listed = table.filter(in_force(table, "listed_from", "listed_to", view.as_of)).to_pylist()
    return sorted(listed, key=lambda row: str(row["place_id"]))


def _tests(view: RegisterView, generations: Sequence[str]) -> dict[tuple[str, str], Measured]:
    columns = ("test_id", "place_id", "operator", "generation", "tested_on", "rsrp_dbm", "passed")
    rows = [
        row
        for row in view.table("key_place_tests", columns).to_pylist()
        if row["tested_on"] <= view.as_of and row["generation"] in generations
    ]
    rows.sort(key=lambda row: (row["tested_on"], row["test_id"]))
    return {
        (row["place_id"], row["operator"]): Measured(
            row["passed"], None if row["rsrp_dbm"] is None else float(row["rsrp_dbm"])
        )
        for row in rows
    }
