"""Key places of a city: who reaches them, by the registers of sites and services, tests first, prediction beside them.

The registers hold neither azimuths nor powers nor tilts. What is assumed instead is one
:class:`~guangcheng.planning.radio.raster.Profile`, chosen by the caller and to be shown with every result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from guangcheng.coverage.tree import in_force
from guangcheng.planning.radio.budget import RELIABILITY, THRESHOLD, Threshold
from guangcheng.planning.radio.places import Measured, Point, Predicted, Reached, place_reach
from guangcheng.planning.radio.raster import OUTDOORS, Cell, Indoors, Profile, chance_at, levels_at
from guangcheng.registers.view import RegisterView

__all__ = ["GENERATIONS", "PlaceReach", "cells_of", "places_reached"]

GENERATIONS = ("5g", "5g-a")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceReach:
    """One key place for one operator."""

    place_id: str
    name: str
    operator: str
    reach: Reached


def cells_of(view: RegisterView, generations: Sequence[str] = GENERATIONS) -> dict[str, list[Cell]]:
    """Cells in service on the view's day by operator.

    Sectors are spread evenly from north (the register has no azimuths), three where their number is not given; masts
    marked ``indoor`` and sites without a place take no part.
    """
    columns = ("site_id", "structure", "x", "y", "in_service_from", "in_service_to")
    sites = {
        row["site_id"]: row
        for row in _in_service(view, "wireless_sites", columns)
        if row["structure"] != "indoor" and _placed(row)
    }
    cells: dict[str, list[Cell]] = {}
    columns = ("site_id", "operator", "generation", "sectors", "in_service_from", "in_service_to")
    for row in _in_service(view, "wireless_services", columns):
        site = sites.get(row["site_id"])
        if site is None or row["generation"] not in generations:
            continue
        sectors = row["sectors"] or 3
        cells.setdefault(row["operator"], []).extend(
            Cell(site["x"], site["y"], 360.0 * k / sectors, 0) for k in range(sectors)
        )
    return cells


def places_reached(
    view: RegisterView,
    assumed: Profile,
    *,
    threshold: Threshold = THRESHOLD,
    inside: Indoors = OUTDOORS,
    generations: Sequence[str] = GENERATIONS,
    reliability: float = RELIABILITY,
) -> list[PlaceReach]:
    """Reach of every listed key place by every operator that has cells or tests, places in order of their ids.

    A place is its one point. The latest test of the operator at the place (by day, then id) decides; without one the
    prediction does; a place without coordinates and tests is not known.
    """
    cells = cells_of(view, generations)
    tests = _tests(view, generations)
    places = _places(view)
    found: list[PlaceReach] = []
    for operator in sorted({*cells, *(operator for _, operator in tests)}):
        predicted = _predicted(places, cells.get(operator, []), assumed, threshold, inside)
        for place in places:
            key = place["place_id"]
            test = tests.get((key, operator))
            reach = place_reach(
                [Point(key)], {key: test} if test else {}, {key: predicted[key]} if key in predicted else {},
                reliability=reliability,
            )  # fmt: skip
            found.append(PlaceReach(key, place["name"], operator, reach))
    return sorted(found, key=lambda item: (item.place_id, item.operator))


def _predicted(
    places: Sequence[Row], cells: Sequence[Cell], assumed: Profile, threshold: Threshold, inside: Indoors
) -> dict[str, Predicted]:
    """The best cell at every place that has coordinates; beyond the model's range of all cells there is no reach."""
    known = [place for place in places if _placed(place)]
    if not known or not cells:
        return {}
    x, y = (np.array([place[name] for place in known], dtype=np.float64) for name in ("x", "y"))
    levels = levels_at(cells, [assumed], x, y)
    filled = np.where(np.isnan(levels), -np.inf, levels)
    server, best = filled.argmax(axis=0).astype(np.int32), filled.max(axis=0)
    seen = np.flatnonzero(np.isfinite(best))
    sure = np.zeros(best.size)
    sure[seen] = chance_at(best[seen], server[seen], (x[seen], y[seen]), cells, [assumed], threshold, inside)
    return {
        place["place_id"]: Predicted(float(best[k] - inside.loss_db), float(sure[k])) for k, place in enumerate(known)
    }


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


def _in_service(view: RegisterView, register: str, columns: Sequence[str]) -> list[Row]:
    table = view.table(register, columns)
    return list(table.filter(in_force(table, "in_service_from", "in_service_to", view.as_of)).to_pylist())


def _placed(row: Row) -> bool:
    return row["x"] is not None and isfinite(row["x"])
