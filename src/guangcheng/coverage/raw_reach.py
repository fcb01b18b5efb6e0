"""The raw door: reach of columns in Parquet files, so that anyone can check the kernel with any other tool.

Premises: ``id`` (whole number), ``x``, ``y``, ``radius_m``; points: ``id``, ``x``, ``y``, ``qualifies``. Out, one row
per premises in their order: ``id``, ``covered``, ``point_id``, ``distance_m``. Covered means that a qualifying point
has ``dx·dx + dy·dy ≤ r·r`` in IEEE double; the nearest one is given, of equally near ones that with the lowest id.
A premises or point without coordinates (null, NaN, infinite) is never covered and covers none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from guangcheng.base.errors import InputError, UsageError, Where
from guangcheng.base.text import Text
from guangcheng.coverage.kernel import Floats, Ints, PointGrid, warm_up
from guangcheng.coverage.port_rounds import serve
from guangcheng.store.files import write_whole
from guangcheng.store.parquet import false_parquet, open_parquet

__all__ = ["RawReach", "solve_reach"]

T = TypeVar("T", np.float64, np.int64)

_ROWS = 1 << 20
"""Premises read, computed and written at a time; memory does not grow with their number."""
_OUT = pa.schema([("id", pa.int64()), ("covered", pa.bool_()), ("point_id", pa.int64()), ("distance_m", pa.float64())])


@dataclass(frozen=True, slots=True)
class RawReach:
    """What was done: rows read, rows covered, seconds of each part."""

    premises: int
    points: int
    covered: int
    read_s: float
    compute_s: float
    write_s: float
    demand: int | None = None
    """Ports asked for, in capacity mode."""
    served: int | None = None
    """Ports given, in capacity mode."""


class _Watch:
    """Adds up the seconds of three parts; ``lap`` ends one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self.read = self.compute = self.write = 0.0

    def lap(self) -> float:
        now = self._clock()
        gone, self._since = now - self._since, now
        return gone


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Qualifying points by rising id, in a grid."""

    rows: int
    ids: Ints
    grid: PointGrid
    ports: Ints | None
    x: Floats
    y: Floats


def solve_reach(
    premises: Path,
    points: Path,
    out: Path,
    *,
    clock: Callable[[], float],
    threads: int = 1,
    capacity: bool = False,
) -> RawReach:
    """Answer every premises of one file by the points of another and write the answer (whole or not at all).

    ``clock`` gives seconds. With ``capacity`` points also have ``ports`` and premises ``demand`` (whole numbers ≥ 0);
    free ports are consumed by what is assigned (:func:`guangcheng.coverage.port_rounds.serve`), and all premises are
    held in memory. Raises ``NotFound``, ``WrongFormat`` or ``InputError`` naming file, column and row.
    """
    if out.resolve() in (premises.resolve(), points.resolve()):
        raise UsageError(
            Text(zh="结果会覆盖输入文件", en="the result would replace an input file"),
            mend=Text(zh="给 -o 另一个文件名", en="give -o another file name"),
            where=Where(file=str(out)),
        )
    if not out.parent.is_dir():
        raise UsageError(
            Text(zh="结果所在的文件夹不存在", en="the folder of the result does not exist"),
            mend=Text(zh="先建文件夹，或换一个路径", en="make the folder first, or choose another path"),
            where=Where(file=str(out)),
        )
    warm_up()
    watch = _Watch(clock)
    held = _read_points(points, capacity=capacity, watch=watch)
    chunks = _chunks(premises, _PREMISES | (_DEMAND if capacity else {}), None if capacity else _ROWS)
    told: list[RawReach] = []

    def fill(part: Path) -> None:
        with pq.ParquetWriter(part, _OUT, use_dictionary=False, write_statistics=["id"]) as writer:
            told.append(_stream(chunks, held, threads, writer, watch))

    write_whole(out, fill)
    done = told[0]
    return RawReach(
        premises=done.premises,
        points=held.rows,
        covered=done.covered,
        read_s=watch.read,
        compute_s=watch.compute,
        write_s=watch.write + watch.lap(),
        demand=done.demand,
        served=done.served,
    )


def _stream(
    chunks: Iterator[dict[str, pa.Array]], points: _Points, threads: int, writer: pq.ParquetWriter, watch: _Watch
) -> RawReach:
    rows = covered = demand = served = 0
    for chunk in chunks:
        x, y, radius = (_floats(chunk[name]) for name in ("x", "y", "radius_m"))
        watch.read += watch.lap()
        if points.ports is None:
            found, distance = points.grid.nearest(x, y, radius, threads=threads)
        else:
            asked = _ints(chunk["demand"])
            found, distance = serve(x, y, radius, asked, _ints(chunk["id"]), points.x, points.y, points.ports)
            demand, served = demand + int(asked.sum()), served + int(asked[found >= 0].sum())
        answer, hits = _answer(chunk["id"], found, distance, points.ids)
        rows, covered = rows + len(found), covered + hits
        watch.compute += watch.lap()
        writer.write_batch(answer, row_group_size=_ROWS)
        watch.write += watch.lap()
    totals = (None, None) if points.ports is None else (demand, served)
    return RawReach(rows, points.rows, covered, 0.0, 0.0, 0.0, *totals)


def _answer(ids: pa.Array, found: Ints, distance: Floats, point_ids: Ints) -> tuple[pa.RecordBatch, int]:
    """The four columns; one bitmap says covered and where the other two are null."""
    hit = found >= 0
    count = int(np.count_nonzero(hit))
    bits = pa.py_buffer(np.packbits(hit, bitorder="little"))
    # −1, where there is none, takes whatever stands last: it is null anyway
    chosen = point_ids[found] if len(point_ids) else found
    n, nulls = len(found), len(found) - count
    columns = [
        ids,
        pa.Array.from_buffers(pa.bool_(), n, [None, bits]),
        pa.Array.from_buffers(pa.int64(), n, [bits, pa.py_buffer(chosen)], nulls),
        pa.Array.from_buffers(pa.float64(), n, [bits, pa.py_buffer(distance)], nulls),
    ]
    return pa.record_batch(columns, schema=_OUT), count


def _read_points(path: Path, *, capacity: bool, watch: _Watch) -> _Points:
    wanted = _POINTS | (_PORTS if capacity else {})
    held = list(_chunks(path, wanted, None))
    table = held[0] if held else {name: pa.array([], kind) for name, kind in wanted.items()}
    rows = len(table["id"])
    watch.read += watch.lap()
    chosen = np.flatnonzero(_flags(table["qualifies"]))
    ids = _ints(table["id"])[chosen]
    if ids.size and np.any(ids[1:] < ids[:-1]):
        order = np.argsort(ids, kind="stable")
        chosen, ids = chosen[order], ids[order]
    x, y = _floats(table["x"])[chosen], _floats(table["y"])[chosen]
    if capacity and np.any(ids[1:] == ids[:-1]):
        twice = int(ids[1:][ids[1:] == ids[:-1]][0])
        raise InputError(
            Text(zh=f"编号 {twice} 的接入点有多行", en=f"the point {twice} stands in several rows"),
            mend=Text(zh="每个接入点只留一行，端口数相加", en="keep one row per point, with its ports added up"),
            where=Where(file=str(path), column="id"),
        )
    points = _Points(rows, ids, PointGrid.of(x, y), _ints(table["ports"])[chosen] if capacity else None, x, y)
    watch.compute += watch.lap()
    return points


_PREMISES = {"id": pa.int64(), "x": pa.float64(), "y": pa.float64(), "radius_m": pa.float64()}
_POINTS = {"id": pa.int64(), "x": pa.float64(), "y": pa.float64(), "qualifies": pa.bool_()}
_DEMAND, _PORTS = {"demand": pa.int64()}, {"ports": pa.int64()}
_MAY_LACK = ("x", "y")
_NOT_NEGATIVE = ("radius_m", "demand", "ports")


def _chunks(path: Path, wanted: dict[str, pa.DataType], rows: int | None) -> Iterator[dict[str, pa.Array]]:
    """Columns of a Parquet file, checked and in the types wanted, ``rows`` at a time or all at once."""
    file = open_parquet(path)
    _check_schema(file.schema_arrow, wanted, path)
    return _read(file, wanted, rows, path)


def _read(
    file: pq.ParquetFile, wanted: dict[str, pa.DataType], rows: int | None, path: Path
) -> Iterator[dict[str, pa.Array]]:
    at = 0
    try:
        batches = file.iter_batches(rows, columns=list(wanted)) if rows else iter([file.read(columns=list(wanted))])
        for batch in batches:
            chunk = {name: _typed(batch[name], name, kind, path, at) for name, kind in wanted.items()}
            yield chunk
            at += batch.num_rows
    except OSError as fault:
        raise false_parquet(path) from fault


def _typed(values: pa.Array | pa.ChunkedArray, name: str, kind: pa.DataType, path: Path, before: int) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    if values.type != kind:
        try:
            values = values.cast(kind)
        except pa.ArrowInvalid as fault:
            raise InputError(
                Text(zh=f"列“{name}”里有超出 {kind} 的值", en=f"the column “{name}” has values beyond {kind}"),
                mend=Text(zh="检查这一列", en="check this column"),
                where=Where(file=str(path), column=name),
            ) from fault
    row = _wrong_row(values, name)
    if row is not None:
        raise _bad_value(path, name, before + row + 1, values[row].as_py())
    return values


def _wrong_row(values: pa.Array, name: str) -> int | None:
    """First row whose value cannot be used."""
    if values.null_count and name not in _MAY_LACK:
        return int(np.argmin(_flags_of(values.buffers()[0], values)))
    if name in _NOT_NEGATIVE and len(values):
        good = (_floats(values) if pa.types.is_floating(values.type) else _ints(values)) >= 0
        return None if good.all() else int(np.argmin(good))
    return None


def _bad_value(path: Path, name: str, row: int, value: object) -> InputError:
    said = Text(zh="空", en="empty") if value is None else Text(zh=str(value), en=str(value))
    return InputError(
        Text(zh=f"“{name}”不能是{said.zh}", en=f"“{name}” cannot be {said.en}"),
        mend=Text(zh="填一个大于等于 0 的数", en="give a number of 0 or more")
        if name in _NOT_NEGATIVE
        else Text(zh="补上这个值，或去掉这一行", en="fill in the value, or leave the row out"),
        where=Where(file=str(path), row=row, column=name),
    )


def _check_schema(schema: pa.Schema, wanted: dict[str, pa.DataType], path: Path) -> None:
    missing = [name for name in wanted if schema.get_field_index(name) < 0]
    if missing:
        names = "、".join(missing), ", ".join(missing)
        raise InputError(
            Text(zh=f"文件里没有这些列：{names[0]}", en=f"the file has no such columns: {names[1]}"),
            mend=Text(
                zh=f"需要的列：{'、'.join(f'{n}（{t}）' for n, t in wanted.items())}",
                en=f"it needs the columns {', '.join(f'{n} ({t})' for n, t in wanted.items())}",
            ),
            where=Where(file=str(path)),
        )
    for name, kind in wanted.items():
        has = schema.field(name).type
        if not _fits(has, kind):
            raise InputError(
                Text(zh=f"列“{name}”的类型是 {has}", en=f"the column “{name}” is of type {has}"),
                mend=Text(zh=f"存成 {kind} 再导出", en=f"store it as {kind} and export again"),
                where=Where(file=str(path), column=name),
            )


def _fits(has: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_boolean(wanted):
        return bool(pa.types.is_boolean(has))
    whole = pa.types.is_integer(has)
    return bool(whole or (pa.types.is_floating(wanted) and pa.types.is_floating(has)))


def _floats(values: pa.Array) -> Floats:
    """Without copying where nothing is null; null becomes NaN."""
    return _memory(pc.fill_null(values, np.nan) if values.null_count else values, np.float64)


def _ints(values: pa.Array) -> Ints:
    return _memory(values, np.int64)


def _flags(values: pa.Array) -> NDArray[np.bool_]:
    return _flags_of(values.buffers()[1], values)


def _flags_of(bits: pa.Buffer | None, values: pa.Array) -> NDArray[np.bool_]:
    """A bitmap of ``values`` as flags."""
    whole = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little") if bits else np.zeros(0, np.uint8)
    return whole[values.offset : values.offset + len(values)].view(np.bool_)


def _memory(values: pa.Array, kind: type[T]) -> NDArray[T]:
    """The values where they lie; Arrow's own ``to_numpy`` would import pandas where it is installed (0.3 s)."""
    memory = values.buffers()[1]
    if memory is None or len(values) == 0:
        return np.zeros(0, kind)
    return np.frombuffer(memory, kind)[values.offset : values.offset + len(values)]
