"""Columns that grow in chunks, and their way into a register's stored table."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.places import from_metric
from guangcheng.registers.canonical import point_wkb
from guangcheng.registers.schema import schema

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Values = int | float | bool | np.datetime64 | npt.NDArray[np.generic] | Sequence[int] | Sequence[float]

NO_DAY = np.datetime64("NaT", "D")
NOTE = "合成示例数据，不代表真实情况"
"""What every synthetic row says of itself."""

_DEGREE_DIGITS = 9


def day(text: str) -> np.datetime64:
    """One day as NumPy keeps it."""
    return np.datetime64(text, "D")


class Rows:
    """Rows held as NumPy columns; ``add`` appends a chunk and tells its row numbers.

    The defaults give the columns, their types and what a chunk that does not name them gets.
    """

    def __init__(self, **defaults: int | float | np.datetime64) -> None:
        self._defaults = {name: np.asarray(value) for name, value in defaults.items()}
        self._chunks: dict[str, list[npt.NDArray[np.generic]]] = {name: [] for name in defaults}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, count: int, **values: Values) -> Ints:
        """Append ``count`` rows (a single value is repeated) and return their row numbers."""
        unknown = sorted(set(values) - set(self._defaults))
        if unknown:
            raise KeyError(", ".join(unknown))
        for name, default in self._defaults.items():
            given = np.asarray(values.get(name, default), dtype=default.dtype)
            self._chunks[name].append(np.broadcast_to(given, (count,)))
        numbers = np.arange(self._size, self._size + count)
        self._size += count
        return numbers

    def __getitem__(self, name: str) -> npt.NDArray[np.generic]:
        chunks = self._chunks[name]
        if not chunks:
            return np.empty(0, dtype=self._defaults[name].dtype)
        if len(chunks) > 1:
            chunks[:] = [np.concatenate(chunks)]
        return chunks[0]

    def put(self, name: str, rows: Ints, value: Values) -> None:
        """Write ``value`` into ``rows`` of one column."""
        column = self[name].copy()
        column[rows] = value
        self._chunks[name][:] = [column]

    def ints(self, name: str) -> Ints:
        """One column of whole numbers."""
        return self[name].astype(np.int64)

    def floats(self, name: str) -> Floats:
        """One column of decimal numbers."""
        return self[name].astype(np.float64)


def texts(indices: npt.ArrayLike, vocabulary: Sequence[str]) -> pa.Array:
    """The words at ``indices``; a negative index is a missing value."""
    wanted = np.asarray(indices)
    keys = pa.array(wanted.astype(np.int32), mask=wanted < 0)
    return pa.DictionaryArray.from_arrays(keys, pa.array(vocabulary, pa.string())).cast(pa.string())


def numbered(prefix: str, numbers: npt.ArrayLike, width: int = 7) -> pa.Array:
    """Ids such as ``P0000042``; a negative number is a missing value."""
    wanted = np.asarray(numbers)
    digits = pc.utf8_lpad(pa.array(wanted, mask=wanted < 0).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def whole(values: npt.ArrayLike) -> pa.Array:
    """Whole numbers; a negative one is a missing value."""
    wanted = np.asarray(values, dtype=np.int64)
    return pa.array(wanted, mask=wanted < 0)


def flags(values: npt.ArrayLike) -> pa.Array:
    """Booleans from 1 and 0; a negative number is a missing value."""
    wanted = np.asarray(values)
    return pa.array(wanted > 0, mask=wanted < 0)


def floats(values: npt.ArrayLike) -> pa.Array:
    """Decimal numbers; NaN is a missing value."""
    wanted = np.asarray(values, dtype=np.float64)
    return pa.array(wanted, mask=np.isnan(wanted))


def repeated(value: str | None, count: int) -> pa.Array:
    """One text ``count`` times."""
    return pa.repeat(pa.scalar(value, pa.string()), count)


def points(x: Floats, y: Floats, crs: str) -> dict[str, pa.Array]:
    """The five columns of a point: ``lon``, ``lat``, ``x``, ``y``, ``geometry``; NaN is a place without a point."""
    known = ~np.isnan(x)
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    lon[known], lat[known] = from_metric(x[known], y[known], crs)
    xs, ys = floats(x), floats(y)
    return {
        "lon": floats(np.round(lon, _DEGREE_DIGITS)),
        "lat": floats(np.round(lat, _DEGREE_DIGITS)),
        "x": xs,
        "y": ys,
        "geometry": point_wkb(xs, ys),
    }


def stored_rows(register: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """A small stored table from rows as mappings; for registers without points."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema(register).arrow)
