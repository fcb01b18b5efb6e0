"""Wuchang as a city folder to site access points in, from the shared reference data; nothing in it is made up.

The 120 neighbourhoods (2018) are estates, all urban, and the streets of OpenStreetMap are the register of streets. The
data has no boundaries below the district, so all estates belong to the district itself. No access point stands.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.base.errors import NotFound
from guangcheng.base.places import to_metric
from guangcheng.base.text import Text
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.schema import schema

__all__ = ["AS_OF", "CELLS", "STANDARD", "wuchang_city"]

STANDARD = "qingcheng-2017-all-optical"
AS_OF = dt.date(2018, 12, 31)
CELLS = "popgrid_points.geojson"
_CRS = "EPSG:4547"
_DISTRICT = "420106"


def wuchang_city(source: Path, folder: Path) -> City:
    """Make the city in the new ``folder`` from the files in ``source``; ``NotFound`` where one is missing."""
    for name in ("streets.gpkg", "residential_neighbourhoods.geojson", CELLS):
        if not (source / name).is_file():
            raise NotFound(
                Text(f"{source} 里没有 {name}", f"there is no {name} in {source}"),
                mend=Text("给出共享参考数据的文件夹", "give the folder of the shared reference data"),
            )
    config = CityConfig(name="武昌区", area_code=_DISTRICT, crs=_CRS, standards=(STANDARD,), as_of=AS_OF)
    city = City.create(folder, config)
    district = {"code": _DISTRICT, "name": "武昌区", "level": "district", "urban_rural": "urban"}
    for register, rows in (
        ("areas", [district]),
        ("premises", _estates(source / "residential_neighbourhoods.geojson")),
        ("streets", _streets(source / "streets.gpkg")),
        ("access_points", []),
    ):
        city.registers.commit(register, pa.Table.from_pylist(rows, schema=schema(register).arrow), as_of=AS_OF)
    return city


def _estates(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    lon, lat = np.array([one["geometry"]["coordinates"] for one in found], dtype=np.float64).T
    x, y = to_metric(lon, lat, _CRS)
    return [
        {
            "premises_id": f"estate-{one['properties']['group']}",
            "kind": "estate",
            "area_code": _DISTRICT,
            "zone": "urban",
            **{key: float(values[row]) for key, values in (("lon", lon), ("lat", lat), ("x", x), ("y", y))},
        }
        for row, one in enumerate(found)
    ]


def _streets(path: Path) -> list[dict[str, Any]]:
    import pyogrio
    import shapely

    _, _, shapes, (begins, ends, classes) = pyogrio.raw.read(path, columns=["u", "v", "highway"])
    lines = shapely.from_wkb(shapes)
    places = shapely.get_coordinates(lines)
    metric = shapely.set_coordinates(lines, np.column_stack(to_metric(places[:, 0], places[:, 1], _CRS)))
    return [
        {"edge_id": str(row + 1), "from_node": str(begin), "to_node": str(end), "highway": str(kind), "geometry": line}
        for row, (begin, end, kind, line) in enumerate(
            zip(begins.tolist(), ends.tolist(), classes.tolist(), shapely.to_wkb(metric), strict=True)
        )
    ]
