"""A small city of our own making in the layout of the published lists: the twin of every test on them."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

CODE, NAME, CRS = "990100", "试验市", "EPSG:4547"

DISTRICTS = (("990102", "甲区"), ("990103", "乙区"))
TOWNS = (
    ("990102001", "东街街道"),
    ("990102002", "吴家山街"),
    ("990102400", "高新产业园区"),
    ("990103100", "源头镇"),
    ("990103450", "银盏林场"),
)
VILLAGES = (
    ("990102001001", "东风社区居委会"),
    ("990102001002", "西风社区"),
    ("990102002001", "城北居委会"),
    ("990102400498", "园区虚拟社区"),
    ("990103100201", "大连村委会"),
    ("990103100202", "上营"),
    ("990103450500", "林场生活区"),
)
CIVIL_TOWNS = (
    ("990102001", "990102", "东街街道"),
    ("990102003", "990102", "吴家山街道"),
    ("990103101", "990103", "源头镇"),
)
# Two squares side by side, 0.1° wide, their common border at 114.3° E.
SQUARES = (("甲区", "156990102", 114.2), ("乙区", "156990103", 114.3))
SOUTH, NORTH, WIDTH = 30.5, 30.6, 0.1
ESTATES = (
    (1, 114.25, 30.55),
    (2, 114.299, 30.51),
    (3, 114.35, 30.55),
    (4, 114.301, 30.59),
    (5, 114.3501, 30.6003),
)
"""The fifth lies 0.0003° north of 乙区."""
CELLS = (
    (114.21, 30.51, 10.5),
    (114.22, 30.52, 20.25),
    (114.31, 30.51, 7.25),
    (114.32, 30.52, 0.5),
    (114.45, 30.55, 99.0),
)
"""The last lies in no district."""


def _csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def write(folder: Path) -> Path:
    """All files of the city."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(
        folder / "admin_districts_nbs2023.csv",
        ("code", "name", "cityCode", "provinceCode"),
        [(code, name, "9901", "99") for code, name in DISTRICTS],
    )
    _csv(
        folder / "admin_towns_nbs2023.csv",
        ("code", "name", "areaCode", "provinceCode", "cityCode"),
        [(code, name, code[:6], "99", "9901") for code, name in TOWNS],
    )
    _csv(
        folder / "admin_villages_nbs2023.csv",
        ("code", "name", "streetCode", "provinceCode", "cityCode", "areaCode"),
        [(code, name, code[:9], "99", "9901", code[:6]) for code, name in VILLAGES],
    )
    _csv(
        folder / "admin_towns_mca20251231.csv",
        ("level", "code", "parent", "name"),
        [(4, *town) for town in CIVIL_TOWNS],
    )
    _csv(
        folder / "residential_neighbourhoods_2018.csv",
        ("group", "lon", "lat", "listings", "log_price_mean", "floor_area_median"),
        [(group, lon, lat, 5, 9.5, 88.0) for group, lon, lat in ESTATES],
    )
    _csv(folder / "popgrid100m_own.csv", ("", "POP_2015", "lng", "lat"), [(n, p, x, y) for n, (x, y, p) in _cells()])
    features = [
        {"type": "Feature", "properties": {"name": name, "gb": gb}, "geometry": _square(west)}
        for name, gb, west in SQUARES
    ]
    layer = {"type": "FeatureCollection", "features": features}
    (folder / "district_polygons_tianditu.geojson").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    return folder


def _cells() -> Iterable[tuple[int, tuple[float, float, float]]]:
    return enumerate(CELLS)


def _square(west: float) -> dict[str, object]:
    east = round(west + WIDTH, 6)
    ring = [[west, SOUTH], [east, SOUTH], [east, NORTH], [west, NORTH], [west, SOUTH]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}
