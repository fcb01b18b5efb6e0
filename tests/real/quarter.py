"""A quarter with published streets and places, and labelled synthetic access points, expansions and orders on them."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from guangcheng.base.places import Datum
from guangcheng.registers.city import City
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files
from tests.real import own
from tests.real.published import LISTED, import_areas, map_file, rows

NOTE = "合成示例，不是真实设施"
OPERATORS = ("telecom", "mobile", "unicom", "cable", "tower")
KINDS = ("estate", "school", "market", "office_building", "settlement")
CRS = "EPSG:4547"
WUCHANG = "武昌区（合成接入点）"
NEXT = LISTED + timedelta(days=1)
SERVED = [("", "")] * 4 + [(LISTED, ""), (LISTED, NEXT), ("2019-05-01", LISTED), ("2019-05-01", NEXT), (NEXT, "")]
WGS84 = ImportOptions(datum=Datum.WGS84)

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A premises to be: published position, what it is."""

    id: str
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Quarter:
    """A city with everything imported; the synthetic rows as they were written."""

    city: City
    reports: Mapping[str, ImportReport]
    streets: Sequence[Any]
    """Lines in degrees."""
    layer: Path
    """The layer of streets they come from."""


def wuchang(shared: Path, work: Path) -> Quarter:
    """The published clip of 武昌区: its streets, estates and population cells."""
    whole = shared / "data" / "cn_wuhan"
    clip, folder = whole / "derived_wuchang_420106", work / "published"
    folder.mkdir()
    for level, key in (("districts", "code"), ("towns", "areaCode"), ("villages", "areaCode")):
        name = f"admin_{level}_nbs2023.csv"
        _table(folder / name, [row for row in rows(whole / name) if row[key] == "420106"])
    places = [
        Place(f"E{feature['properties']['group']}", "estate", *feature["geometry"]["coordinates"])
        for feature in _features(clip / "residential_neighbourhoods.geojson")
    ]
    random = Random("kinds")
    places += [
        Place(f"C{number}", random.choice(KINDS[1:]), *feature["geometry"]["coordinates"])
        for number, feature in enumerate(_features(clip / "popgrid_points.geojson"), 1)
    ]
    return build(folder, work, WUCHANG, "420100", places, clip / "streets.gpkg", points=4500)


def small(work: Path) -> Quarter:
    """The same in miniature, all of our own making: the western square of the small city."""
    folder = own.write(work / "published")
    random = Random("small")
    places = [
        Place(f"P{number}", random.choice(KINDS), random.uniform(114.25, 114.26), random.uniform(30.55, 30.56))
        for number in range(150)
    ]
    features = []
    for number in range(11):
        at = round(number / 1000, 3)
        across = [[114.25, 30.55 + at], [114.26, 30.55 + at]], [[114.25 + at, 30.55], [114.25 + at, 30.56]]
        for way, line in enumerate(across):
            properties = {"u": number, "v": 100 + way, "key": 0, "highway": "residential"}
            geometry = {"type": "LineString", "coordinates": line}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    layer = work / "streets.geojson"
    layer.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return build(folder, work, own.NAME, own.CODE, places, layer, points=50)


def build(
    folder: Path, work: Path, name: str, code: str, places: Sequence[Place], layer: Path, *, points: int
) -> Quarter:
    """Import areas, streets and places; then what is synthetic, drawn from a fixed seed."""
    made = import_areas(folder, work, name=name, code=code, crs=CRS)
    reports = dict(made.reports)
    settled = ImportOptions(map_file=map_file(work, "streets"))
    reports["streets"] = import_files(made.city, "streets", [layer], settled)
    streets = _lines(layer)
    tables = {
        "premises": _premises(places, rows(folder / "admin_villages_nbs2023.csv")),
        "access_points": _access_points(streets, points),
    }
    tables["expansions"] = _expansions(tables["access_points"])
    tables["install_orders"] = _orders(tables["premises"])
    for register, table in tables.items():
        path = work / f"{register}.csv"
        _table(path, table)
        reports[register] = import_files(made.city, register, [path], WGS84)
    return Quarter(made.city, reports, streets, layer)


def _features(path: Path) -> list[Any]:
    return list(json.loads(path.read_text(encoding="utf-8"))["features"])


def _lines(layer: Path) -> list[Any]:
    import pyogrio

    _, _, found, _ = pyogrio.raw.read(layer, columns=[])
    return list(shapely.from_wkb(found))


def _table(path: Path, table: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def _premises(places: Sequence[Place], villages: Sequence[Mapping[str, str]]) -> list[Row]:
    """The places, each in a village of the nearest of as many drawn centres as there are towns.

    No outlines of towns are published: which town a place belongs to is synthetic, and each row says so.
    """
    random = Random("towns")
    towns = sorted({village["code"][:9] for village in villages})
    centres = random.sample(list(places), len(towns))
    at = np.array([[place.lon, place.lat] for place in centres])
    table = []
    for place in places:
        near = int(np.argmin(((at - [place.lon, place.lat]) ** 2).sum(axis=1)))
        inside = [village["code"] for village in villages if village["code"][:9] == towns[near]]
        table.append(
            {
                "premises_id": place.id,
                "kind": place.kind,
                "area_code": random.choice(inside),
                "zone": random.choice(["", "", "", "urban", "rural"]),
                "lon": place.lon,
                "lat": place.lat,
                "note": "所属区域为合成，不是真实归属",
            }
        )
    return table


def _access_points(streets: Sequence[Any], count: int) -> list[Row]:
    random = Random("access points")
    table = []
    for number in range(count):
        point = shapely.line_interpolate_point(random.choice(streets), random.random(), normalized=True)
        begin, end = random.choice(SERVED)
        table.append(
            {
                "access_point_id": f"A{number}",
                "operator": random.choice(OPERATORS),
                "lon": shapely.get_x(point),
                "lat": shapely.get_y(point),
                "capacity_mbps": random.choice(["", 20, 49.9, 50, 100, 1000, 1000]),
                "ports_free": random.choice(["", 0, 0, 1, 4, 8]),
                "in_service_from": begin,
                "in_service_to": end,
                "tv_only": random.choice(["否"] * 9 + ["是"]),
                "note": NOTE,
            }
        )
    return table


def _expansions(points: Sequence[Row]) -> list[Row]:
    random = Random("expansions")
    table: list[Row] = []
    for point in points:
        if point["ports_free"] == 0 and random.random() < 0.4:
            reported = LISTED - timedelta(days=random.randint(1, 60))
            done = reported + timedelta(days=random.randint(1, 40))
            finished = random.choice(["", done]) if done <= LISTED else ""
            ids = {"expansion_id": f"X{len(table)}", "access_point_id": point["access_point_id"]}
            table.append({**ids, "reported_short_at": reported, "finished_at": finished})
    return table


def _orders(premises: Sequence[Row]) -> list[Row]:
    random = Random("orders")
    table: list[Row] = []
    for place in random.sample(list(premises), len(premises) // 6):
        submitted = LISTED - timedelta(days=random.choice([400, 366, 365, 365, 300, 60, 20, 10, 1]))
        done = submitted + timedelta(days=random.randint(1, 40))
        completed = random.choice(["", done]) if done <= LISTED else ""
        ids = {
            "order_no": f"O{len(table)}",
            "operator": random.choice(OPERATORS[:4]),
            "premises_id": place["premises_id"],
        }
        table.append({**ids, "submitted_at": submitted, "completed_at": completed})
    return table


# --- the rule written a second time, on plain arrays ---------------------------------------------------------------


def working_day(start: date, number: int) -> date:
    """The ``number``-th working day after ``start`` by the published holidays."""
    from chinese_calendar import is_workday

    day = start
    while number:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def first_failures(city: City, operators: Sequence[str]) -> npt.NDArray[np.int64]:
    """First failure of each operator (rows) at each premises (columns): 0 none, -1 not known, else the condition."""
    view = city.view()
    tables = {
        name: view.table(name).to_pylist() for name in ("premises", "access_points", "expansions", "install_orders")
    }
    places, streets = tables["premises"], _streets_of(city)
    x, y = (np.array([row[axis] for row in places]) for axis in ("x", "y"))
    radius = np.array([200.0 if (row["zone"] or streets[row["area_code"]]) == "urban" else 1000.0 for row in places])
    expansions: dict[str, Row] = {}
    for row in sorted(tables["expansions"], key=lambda row: (row["reported_short_at"], row["expansion_id"])):
        expansions[row["access_point_id"]] = row
    late = {(row["operator"], row["premises_id"]) for row in tables["install_orders"] if _late(row, "submitted_at", 10)}
    answer = np.empty((len(operators), len(places)), dtype=np.int64)
    for number, operator in enumerate(operators):
        mine = [row for row in tables["access_points"] if row["operator"] == operator]
        states = np.array([_states(row, expansions.get(row["access_point_id"])) for row in mine])
        dx = x[:, None] - np.array([row["x"] for row in mine])
        dy = y[:, None] - np.array([row["y"] for row in mine])
        left = np.ones((len(places), len(mine)), dtype=bool)
        near = dx * dx + dy * dy <= (radius * radius)[:, None]
        failed = np.zeros(len(places), dtype=np.int64)
        for condition, met in enumerate(
            (states[:, 0] > 0, states[:, 1] > 0, near, states[:, 2] != 0, states[:, 3] != 0)
        ):
            left &= met
            failed[(failed == 0) & ~left.any(axis=1)] = condition + 1
        sure = (left & (states[:, 2] > 0) & (states[:, 3] > 0)).any(axis=1)
        failed[(failed == 0) & ~sure] = -1
        held = np.array([(operator, row["premises_id"]) in late for row in places])
        failed[held & (failed <= 0)] = 6
        answer[number] = failed
    return answer


def _streets_of(city: City) -> dict[str, str]:
    """Zone of every area by the digits of its town: a street is urban."""
    codes = city.view().table("areas", ["code"])["code"].to_pylist()
    return {code: "urban" if code[6:9] < "100" else "rural" for code in codes}


def _late(row: Row, start: str, days: int) -> bool:
    """Whether an order of the last twelve months was not done in time."""
    if row[start] <= LISTED.replace(year=LISTED.year - 1):
        return False
    return bool((row["completed_at"] or LISTED) > working_day(row[start], days))


def _states(row: Row, expansion: Row | None) -> tuple[int, int, int, int]:
    """In service, not for TV only, fast enough, with a free port: 1 yes, 0 no, -1 not known."""
    begin, end = row["in_service_from"], row["in_service_to"]
    serves = (begin is None or begin <= LISTED) and (end is None or end > LISTED)
    fast = -1 if row["capacity_mbps"] is None else int(row["capacity_mbps"] >= 50)
    free = -1 if row["ports_free"] is None else int(row["ports_free"] > 0)
    if expansion is not None and (expansion["finished_at"] or LISTED) <= working_day(
        expansion["reported_short_at"], 15
    ):
        free = 1
    return int(serves), int(not row["tv_only"]), fast, free
