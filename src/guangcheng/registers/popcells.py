"""Population cells from a file: one row or point per cell with its people. They are demand, not a register."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError, Where
from guangcheng.base.places import to_metric
from guangcheng.base.text import Text
from guangcheng.registers.raw import RawColumn, RawTable, column_named

__all__ = ["read_cells"]

Floats = npt.NDArray[np.float64]
_NAMES = {
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "people": ("people", "population", "pop", "pop_2015", "pop_2020", "人口", "人口数", "常住人口"),
    "id": ("cell_id", "cell", "id", "格网编号", "编号"),
}


def read_cells(path: Path, crs: str) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
    """Ids, x, y (metres of ``crs``) and people of the inhabited cells of a table or a point layer in WGS84.

    Columns are known by name (lon/lng/经度, lat/纬度, people/population/pop/人口); a cell without people or a number of
    them is left out. Ids are the file's own or its rows from 1. ``InputError`` for lacking columns or a cell without a
    place.
    """
    from guangcheng.registers.readers import read

    ids: list[str] = []
    lon, lat, people = [], [], []
    for table in read(path):
        columns = {key: column_named(table, names) for key, names in _NAMES.items()}
        count = _numbers(columns["people"], len(table.rows), path, "people")
        where = _places(table, columns, path)
        named = columns["id"]
        for k, row in enumerate(table.rows):
            if not count[k] > 0:
                continue
            if not np.isfinite(where[k]).all():
                raise _wrong(path, row, Text(zh="这个格没有坐标", en="this cell has no place"))
            ids.append(str(row if named is None else named.cells[k]))
            lon.append(float(where[k, 0]))
            lat.append(float(where[k, 1]))
            people.append(float(count[k]))
    if len(set(ids)) < len(ids):
        ids = [str(k + 1) for k in range(len(ids))]
    x, y = to_metric(np.array(lon), np.array(lat), crs)
    return tuple(ids), x, y, np.array(people)


def _numbers(column: RawColumn | None, rows: int, path: Path, name: str) -> Floats:
    if column is None:
        said = "、".join(_NAMES[name])
        raise _wrong(path, None, Text(zh=f"没有这一列：{said}", en=f"there is no column called any of {said}"))
    out = np.full(rows, np.nan)
    for k, cell in enumerate(column.cells):
        try:
            out[k] = float(str(cell))
        except ValueError:
            continue
    return out


def _places(table: RawTable, columns: dict[str, RawColumn | None], path: Path) -> Floats:
    """Longitude and latitude of each row, from two columns or from the layer's points."""
    if columns["lon"] is not None and columns["lat"] is not None:
        return np.column_stack([_numbers(columns[name], len(table.rows), path, name) for name in ("lon", "lat")])
    if table.geometry is None:
        return np.column_stack([_numbers(columns[name], len(table.rows), path, name) for name in ("lon", "lat")])
    import shapely

    shapes = shapely.from_wkb(table.geometry)
    middle = shapely.centroid(shapes)
    return np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])


def _wrong(path: Path, row: int | None, message: Text) -> InputError:
    return InputError(
        message,
        mend=Text(
            zh="给出每格的经纬度（WGS84）和人口，如 lon,lat,people",
            en="give longitude, latitude (WGS84) and people of each cell, such as lon,lat,people",
        ),
        where=Where(file=str(path), row=row),
    )
