"""The Engine on Apache Spark: queries run in its SQL, the kernel inside its partitions, one spatial tile at a time."""

import itertools
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from guangcheng.store.parquet import bad_query, not_one_select, parquet_files, scan_parquet
from guangcheng.store.ports import Kernel

_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        # statements see the named tables and no file
        "spark.sql.runSQLOnFiles": "false",
    }
)
_ALONE: Mapping[str, str] = MappingProxyType(
    {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
)
"""On one machine nothing listens to the network."""
_SELECTS = frozenset(
    {
        *("Project", "Aggregate", "Sort", "GlobalLimit", "LocalLimit", "Distinct", "Filter", "UnresolvedHaving"),
        *("UnresolvedWith", "WithWindowDefinition", "Union", "Except", "Intersect", "Offset", "OneRowRelation"),
    }
)
"""What a parsed SELECT may have on top."""
_TILE_M = 8192.0
_PARTS = 16
_FAR = 1e15


class SparkEngine:
    """An :class:`guangcheng.store.ports.Engine` on a session of its own, or on the one given."""

    def __init__(
        self,
        master: str = "local[2]",
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        parts: int = _PARTS,
        tile_m: float = _TILE_M,
        python: str = sys.executable,
        session: SparkSession | None = None,
    ) -> None:
        """``master`` as Spark writes it; ``settings`` go before our own; ``session`` uses one that runs already.

        ``python``: the interpreter with Guangcheng in it, as the executors find it.
        ``parts``: partitions the premises are dealt into. ``tile_m``: the least side of a tile in metres.
        """
        self._own = session is None
        self._session = session or _start(master, settings, python)
        self._parts = parts
        self._tile_m = tile_m
        self._open = True

    @property
    def session(self) -> SparkSession:
        """The session, for settings and logs."""
        return self._session

    def query(self, sql: str, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
        """Run one SELECT over ``tables``; see the port. ``InputError`` carries Spark's own words."""
        session = self._session.newSession()
        try:
            self._refuse_all_but_one_select(sql)
            for name, table in tables.items():
                self._frame(table, session).createTempView(name)
            found = session.sql(sql).toArrow()
        except PySparkException as fault:
            raise bad_query(fault) from fault
        return found.cast(pa.schema([pa.field(field.name, field.type) for field in found.schema]))

    def scan(self, path: Path, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Stream ``columns``, in that order, of a Parquet file; see the port."""
        return scan_parquet(path, columns, batch_rows)

    def reach(self, premises: pa.Table | Path, points: pa.Table | Path, kernel: Kernel, out: Path) -> None:
        """Run the kernel inside the partitions and let the executors write; see the port."""
        self.reach_frame(premises, points, kernel).write.parquet(str(out))

    def reach_frame(self, premises: pa.Table | Path, points: pa.Table | Path, kernel: Kernel) -> DataFrame:
        """The rows of :meth:`reach`, not computed yet.

        Each premises belongs to one tile; a point is copied into every tile from which it could be reached (the halo
        is the greatest radius). Nothing but that one number comes to the driver.
        """
        session = self._session
        asked, given = self._frame(premises, session), self._frame(points, session)
        finite = f.when(~f.isnan("radius_m"), f.col("radius_m"))
        furthest = asked.agg(f.max(finite)).first()
        halo = float((furthest[0] if furthest else None) or 0.0) * 1.000000001 + 0.000001
        side = max(self._tile_m, 4 * halo)
        asked = asked.withColumns({"_tx": _tile(f.col("x"), side), "_ty": _tile(f.col("y"), side)})
        given = given.filter(~f.isnan("x") & ~f.isnan("y")).select("id", "x", "y")
        for axis in ("x", "y"):
            low, high = _tile(f.col(axis) - halo, side), _tile(f.col(axis) + halo, side)
            given = given.withColumn(f"_t{axis}", f.explode(f.sequence(low, high)))
        carried = [field for field in asked.schema.names if field not in _TILE]
        answer = kernel(to_arrow_schema(asked.select(carried).schema).empty_table(), _POINTS.empty_table()).schema
        both = given.withColumn("_side", f.lit(0)).unionByName(
            asked.withColumn("_side", f.lit(1)), allowMissingColumns=True
        )
        both = both.repartition(self._parts, *_TILE).sortWithinPartitions(*_TILE, "_side")
        answers = _InPartitions(kernel, tuple(carried), answer)
        with warnings.catch_warnings():
            # Spark looks at pandas' version, which nothing here uses
            warnings.simplefilter("ignore", FutureWarning)
            return both.mapInArrow(answers, from_arrow_schema(answer))

    def close(self) -> None:
        """Stop a session of our own; a second call does nothing."""
        if self._own and self._open:
            self._session.stop()
        self._open = False

    def _frame(self, table: pa.Table | Path, session: SparkSession) -> DataFrame:
        if isinstance(table, Path):
            files = [f"file://{file.resolve()}" for file in parquet_files(table)]
            return session.read.parquet(*files)
        return session.createDataFrame(table)

    def _refuse_all_but_one_select(self, sql: str) -> None:
        state = self._session._jsparkSession.sessionState()  # the parser has no public door
        if state.sqlParser().parsePlan(sql).getClass().getSimpleName() not in _SELECTS:
            raise not_one_select()


@dataclass(frozen=True, slots=True)
class _InPartitions:
    """What runs in a partition: rows come tile by tile, in each the points first; premises are answered as they come.

    So a partition holds the points of one tile and one batch of premises, however many premises there are.
    """

    kernel: Kernel
    carried: tuple[str, ...]
    answer: pa.Schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Answer the premises of the partition."""
        tile: tuple[int, int] | None = None
        points: list[pa.Table] = []
        for batch in batches:
            for here, side, rows in _runs(pa.Table.from_batches([batch])):
                if here != tile:
                    tile, points = here, []
                if side == 0:
                    points.append(rows.select(_POINTS.names))
                else:
                    near = pa.concat_tables(points) if points else _POINTS.empty_table()
                    yield from self.kernel(rows.select(self.carried), near).cast(self.answer).to_batches()


def _runs(table: pa.Table) -> Iterator[tuple[tuple[int, int], int, pa.Table]]:
    """Stretches of rows of the same tile and side."""
    keys = np.stack([table[name].to_numpy() for name in (*_TILE, "_side")])
    starts = np.flatnonzero(np.any(keys[:, 1:] != keys[:, :-1], axis=0)) + 1
    bounds = [0, *starts.tolist(), table.num_rows] if table.num_rows else []
    for begin, end in itertools.pairwise(bounds):
        x, y, side = (int(value) for value in keys[:, begin])
        yield (x, y), side, table.slice(begin, end - begin)


_TILE = ("_tx", "_ty")
_POINTS = pa.schema([("id", pa.int64()), ("x", pa.float64()), ("y", pa.float64())])


def _tile(value: Column, side: float) -> Column:
    """Number of a tile along one axis; what is nowhere, or has no bounds, falls into tile 0."""
    number = value / side
    return f.when((number > -_FAR) & (number < _FAR), f.floor(number)).otherwise(f.lit(0).cast("long"))


def _start(master: str, settings: Mapping[str, str], python: str) -> SparkSession:
    builder = SparkSession.builder.master(master).appName("guangcheng")
    alone = _ALONE if master.startswith("local") else {}
    for name, value in {**_SETTINGS, **alone, **settings}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.pythonExec = python
    session.sparkContext.setLogLevel("ERROR")
    return session
