"""A grid town as files: streets, premises, OLT sites and ducts, and the city's folder; places near Wuhan."""

import json
from pathlib import Path

import numpy as np

from guangcheng.base.places import from_metric
from guangcheng.registers.city import City, CityConfig

CRS = "EPSG:4547"
EAST, NORTH = 530_000.0, 3_380_000.0
SIDE, BLOCK = 4, 100.0


def geojson(path: Path, kind: str, rows: list[tuple[list[tuple[float, float]], dict[str, object]]]) -> Path:
    """Write points or lines given in metres from the town's corner."""
    features = []
    for points, properties in rows:
        xy = np.array(points)
        lon, lat = from_metric(EAST + xy[:, 0], NORTH + xy[:, 1], CRS)
        degrees = [[float(x), float(y)] for x, y in zip(lon, lat, strict=True)]
        shape = {"type": kind, "coordinates": degrees if kind == "LineString" else degrees[0]}
        features.append({"type": "Feature", "geometry": shape, "properties": properties})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def town(folder: Path, *, many: int = 30, ports: int = 64, seed: int = 3) -> dict[str, Path]:
    """A city without registers and files to plan it from; the first premises is one of 300 households."""
    folder.mkdir(parents=True)
    config = CityConfig(name="方格镇", area_code="420106", crs=CRS, as_of="2026-11-01")
    City.create(folder / "city", config)
    far = SIDE * BLOCK
    lines = [[(0.0, i * BLOCK), (far, i * BLOCK)] for i in range(SIDE + 1)]
    lines += [[(i * BLOCK, 0.0), (i * BLOCK, far)] for i in range(SIDE + 1)]
    rng = np.random.default_rng(seed)
    homes = [300, *rng.integers(1, 90, many - 1).tolist()]
    places = [(float(x), float(y)) for x, y in rng.uniform(5, far - 5, (many, 2))]
    return {
        "city": folder / "city",
        "streets": geojson(
            folder / "streets.geojson",
            "LineString",
            [(line, {"edge_id": f"s{i}", "highway": "residential"}) for i, line in enumerate(lines)],
        ),
        "premises": geojson(
            folder / "premises.geojson",
            "Point",
            [([place], {"premises_id": f"p{i}", "households": homes[i]}) for i, place in enumerate(places)],
        ),
        "olt": geojson(
            folder / "olt.geojson",
            "Point",
            [
                ([(far / 2, 8.0)], {"olt_id": "a", "pon_ports": ports}),
                ([(8.0, far - 8)], {"olt_id": "b", "pon_ports": ports}),
            ],
        ),
        "ducts": geojson(
            folder / "ducts.geojson",
            "LineString",
            [([(0.0, 2 * BLOCK + 3), (far, 2 * BLOCK + 3)], {"duct_id": "d0", "free_holes": 3})],
        ),
    }  # fmt: skip


def grid_around(path: Path, x: list[float], y: list[float], crs: str) -> Path:
    """Streets every 200 m around places given in metres."""
    west, east, south, north = min(x) - 300, max(x) + 300, min(y) - 300, max(y) + 300
    lines = [[(west, south + 200 * i), (east, south + 200 * i)] for i in range(int((north - south) // 200) + 2)]
    lines += [[(west + 200 * i, south), (west + 200 * i, north + 200)] for i in range(int((east - west) // 200) + 1)]
    features = []
    for line in lines:
        lon, lat = from_metric([a for a, _ in line], [b for _, b in line], crs)
        shape = {"type": "LineString", "coordinates": [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]}
        features.append({"type": "Feature", "geometry": shape, "properties": {"highway": "residential"}})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path
